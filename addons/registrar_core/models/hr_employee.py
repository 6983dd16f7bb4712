from odoo import api, fields, models


class HrEmployee(models.Model):
    """Teachers, advisers and staff."""

    _inherit = "hr.employee"

    is_teacher = fields.Boolean("Teacher", index=True)
    academic_degree = fields.Selection(
        selection=lambda self: self._selection_academic_degree()
    )
    academic_title = fields.Selection(
        selection=lambda self: self._selection_academic_title()
    )
    short_name = fields.Char(
        "Surname and initials",
        compute="_compute_short_name",
        store=True,
        readonly=False,
        help="As printed on sheets and plans, e.g. Ахметов А. Б.",
    )

    @api.depends("name")
    def _compute_short_name(self):
        for employee in self:
            surname, *given = (employee.name or "").split()[:3] or [""]
            initials = " ".join(f"{part[0]}." for part in given)
            employee.short_name = " ".join(part for part in (surname, initials) if part)

    @api.depends_context("registrar_load_plan")
    def _compute_display_name(self):
        """Let the columns of a load sheet tell the norm of each teacher."""
        result = super()._compute_display_name()
        number = self.env.context.get("registrar_load_plan")
        plan = self.env["registrar.load.plan"].browse(
            number if isinstance(number, int) else []
        )
        if plan.exists() and plan.has_access("read"):
            norms = plan._norms_of_teachers()
            for employee in self:
                if employee._origin.id in norms:
                    employee.display_name = self.env._(
                        "%(teacher)s (norm %(hours)g)",
                        teacher=employee.display_name,
                        hours=norms[employee._origin.id],
                    )
        return result

    @api.model
    def _selection_academic_degree(self):
        labels = {
            "candidate": self.env._("Candidate of sciences"),
            "doctor": self.env._("Doctor of sciences"),
            "phd": self.env._("PhD"),
            "profile_doctor": self.env._("Doctor in the profile"),
            "master": self.env._("Master"),
        }
        return list(labels.items())

    @api.model
    def _selection_academic_title(self):
        labels = {
            "associate_professor": self.env._("Associate professor (docent)"),
            "professor": self.env._("Professor"),
            "academician": self.env._("Academician"),
        }
        return list(labels.items())

    @api.model_create_multi
    def create(self, vals_list):
        employees = super().create(vals_list)
        self.env["res.users"]._forget_registrar_faculties()
        return employees

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"user_id", "department_id", "active"}:
            self.env["res.users"]._forget_registrar_faculties()
        return result

    def _cron_update_current_version_id(self):
        result = super()._cron_update_current_version_id()
        self.env["res.users"]._forget_registrar_faculties()
        return result
