from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..models.selections import CONTINGENT_STATUSES


class RegistrarAdviserAssign(models.TransientModel):
    """Give one adviser to many groups or students from a day on."""

    _name = "registrar.adviser.assign"
    _description = "Assign an adviser"

    employee_id = fields.Many2one(
        "hr.employee",
        "Adviser",
        required=True,
        domain="[('is_teacher', '=', True)]",
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.context_today(self)
    )
    ground = fields.Char(help="The list or order by which the adviser is approved.")
    group_ids = fields.Many2many(
        "registrar.group",
        string="Groups",
        default=lambda self: self._default_targets("registrar.group"),
    )
    student_ids = fields.Many2many(
        "registrar.student",
        string="Students personally",
        default=lambda self: self._default_targets("registrar.student"),
    )
    student_count = fields.Integer("Students", compute="_compute_load")
    present_count = fields.Integer("Already advises", compute="_compute_load")
    norm = fields.Integer("Norm of an adviser", compute="_compute_load")
    is_above_norm = fields.Boolean(compute="_compute_load")
    has_role = fields.Boolean("May work as adviser", compute="_compute_load")

    @api.model
    def _default_targets(self, model):
        if self.env.context.get("active_model") == model:
            return self.env.context.get("active_ids", [])
        return []

    @api.depends("employee_id", "group_ids", "student_ids")
    def _compute_load(self):
        Student = self.env["registrar.student"].sudo()
        norm = self.env["registrar.adviser.assignment"]._norm()
        for wizard in self:
            employee = wizard.employee_id.sudo()
            active = [("status", "in", CONTINGENT_STATUSES)]
            chosen = Student.search(
                [
                    *active,
                    "|",
                    ("id", "in", wizard.student_ids._origin.ids),
                    ("group_id", "in", wizard.group_ids._origin.ids),
                ]
            )
            own = Student.search([*active, ("adviser_id", "in", employee.ids)])
            wizard.student_count = len(chosen)
            wizard.present_count = len(own - chosen)
            wizard.norm = norm
            wizard.is_above_norm = bool(norm) and len(own | chosen) > norm
            wizard.has_role = (
                employee.user_id.has_group("registrar_core.group_registrar_adviser")
                if employee.user_id
                else False
            )

    def action_assign(self):
        self.ensure_one()
        if not self.group_ids and not self.student_ids:
            raise UserError(self.env._("Choose groups or students."))
        self._check_scope()
        rows = self.env["registrar.adviser.assignment"]
        rows.check_access("create")
        # A group of the own faculty may have had an adviser of another one.
        made = rows.sudo()._assign(
            self.employee_id.sudo(),
            self.group_ids.sudo(),
            self.student_ids.sudo(),
            self.date_from,
            self.ground,
        )
        groups = made.group_id
        text = self.env._(
            "Adviser from %(date)s: %(name)s",
            date=format_date(self.env, self.date_from),
            name=self.employee_id.display_name,
        )
        for records in (groups, made.student_id):
            if records:
                records._message_log_batch(bodies=dict.fromkeys(records.ids, text))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_adviser_assignment_action"
        )
        domain = [
            ("employee_id", "=", self.employee_id.id),
            "|",
            ("group_id", "in", self.group_ids.ids),
            ("student_id", "in", self.student_ids.ids),
        ]
        return dict(action, domain=domain, context={})

    def _check_scope(self):
        """The dean's office assigns within its faculties."""
        self.student_ids.check_access("read")
        if self.env.su or self.env.user.has_group(
            "registrar_core.group_registrar_clerk"
        ):
            return
        faculties = self.env.user.sudo().registrar_faculty_ids
        targets = self.group_ids.sudo().faculty_id | self.student_ids.sudo().faculty_id
        if targets - faculties or not targets:
            raise AccessError(
                self.env._("The dean's office assigns advisers in its own faculty.")
            )
