from odoo import api, fields, models


class HrDepartment(models.Model):
    """Faculties, departments of teachers and offices of the university."""

    _inherit = "hr.department"
    _rec_names_search = ["name", "registrar_code"]

    registrar_kind = fields.Selection(
        [
            ("university", "University"),
            ("faculty", "Faculty"),
            ("department", "Teaching department"),
            ("office", "Office"),
        ],
        "Kind of unit",
        index=True,
    )
    registrar_code = fields.Char("Code of the unit", index=True)
    registrar_faculty_id = fields.Many2one(
        "hr.department",
        "Faculty",
        compute="_compute_registrar_faculty_id",
        store=True,
        recursive=True,
        index=True,
    )
    registrar_programme_ids = fields.One2many(
        "registrar.programme", "department_id", "Programmes"
    )
    registrar_programme_count = fields.Integer(
        "Number of programmes", compute="_compute_registrar_programme_count"
    )

    _registrar_code_unique = models.UniqueIndex(
        "(registrar_code) WHERE registrar_code IS NOT NULL",
        "There is already a unit with this code.",
    )

    @api.depends("registrar_kind", "parent_id.registrar_faculty_id")
    def _compute_registrar_faculty_id(self):
        for department in self:
            if department.registrar_kind == "faculty":
                department.registrar_faculty_id = department._origin
            elif department.registrar_kind == "university":
                department.registrar_faculty_id = False
            else:
                department.registrar_faculty_id = (
                    department.parent_id.registrar_faculty_id
                )

    @api.depends("registrar_kind")
    def _compute_display_name(self):
        """Call faculties and teaching departments by their own names.

        The names are unique in a university; the path from its top only hides them.
        """
        result = super()._compute_display_name()
        for department in self:
            if department.registrar_kind in ("faculty", "department"):
                department.display_name = department.name
        return result

    def _compute_registrar_programme_count(self):
        """Count the programmes of the unit and of everything below it."""
        Programme = self.env["registrar.programme"]
        for department in self:
            department.registrar_programme_count = Programme.search_count(
                [("department_id", "child_of", department._origin.ids)]
            )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"parent_id", "registrar_kind", "manager_id"}:
            self.env["res.users"]._forget_registrar_faculties()
        return result

    def action_open_registrar_programmes(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Programmes"),
            "res_model": "registrar.programme",
            "view_mode": "list,form",
            "domain": [("department_id", "child_of", self.ids)],
            "context": {"default_department_id": self.id},
        }

    def _faculty(self):
        """Return the faculty the unit belongs to: itself or the nearest above."""
        return self.registrar_faculty_id

    def _may_manage_load(self):
        """Whether the user distributes the load of this department.

        The registrar's office all, the dean's office those of its faculty, a head of
        a department the own one.
        """
        self.ensure_one()
        user = self.env.user
        if self.env.su or user.has_group("registrar_core.group_registrar_clerk"):
            return True
        department = self.sudo()
        if user.has_group("registrar_core.group_registrar_dean"):
            if department.registrar_faculty_id in user.sudo().registrar_faculty_ids:
                return True
        return (
            user.has_group("registrar_core.group_registrar_teacher")
            and department.manager_id.user_id == user
        )

    @api.model
    def _load_departments(self):
        """Return the departments whose load the user distributes."""
        departments = self.search(
            [("registrar_kind", "in", ("university", "faculty", "department"))]
        )
        if self.env.su or self.env.user.has_group(
            "registrar_core.group_registrar_clerk"
        ):
            return departments
        return departments.filtered(lambda d: d._may_manage_load())
