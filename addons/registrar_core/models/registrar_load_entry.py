from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class RegistrarLoadEntry(models.Model):
    """Hours of a line that were really given in one month.

    The teacher or the department enters them, the department confirms.
    """

    _name = "registrar.load.entry"
    _description = "Teaching hours done"
    _order = "month desc, teacher_id, line_id, id"
    _rec_name = "line_id"

    line_id = fields.Many2one(
        "registrar.load.line",
        "Work",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('teacher_id', '!=', False)]",
    )
    teacher_id = fields.Many2one(
        "hr.employee",
        compute="_compute_teacher_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_teacher', '=', True)]",
        help="Who gave the hours; another one when there was a substitution.",
    )
    month = fields.Date(
        required=True,
        default=lambda self: self._default_month(),
        help="Any day of the month; the first is kept.",
    )
    hours = fields.Float(required=True, digits=(7, 2))
    is_substitution = fields.Boolean(
        "Substitution", compute="_compute_is_substitution", store=True, precompute=True
    )
    note = fields.Char()
    state = fields.Selection(
        [("draft", "Entered"), ("confirmed", "Confirmed")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirmed_date = fields.Date(readonly=True, copy=False)
    year_id = fields.Many2one(
        related="line_id.year_id",
        store=True,
        index=True,
        precompute=True,
        string="Academic year",
    )
    department_id = fields.Many2one(
        related="line_id.department_id",
        store=True,
        index=True,
        precompute=True,
        string="Department",
    )
    term_id = fields.Many2one(
        related="line_id.term_id", store=True, precompute=True, string="Term"
    )
    discipline_id = fields.Many2one(
        related="line_id.discipline_id",
        store=True,
        precompute=True,
        string="Discipline",
    )
    kind_id = fields.Many2one(
        related="line_id.kind_id", store=True, precompute=True, string="Kind of work"
    )
    is_paid_separately = fields.Boolean(
        related="line_id.is_paid_separately", string="Paid separately"
    )
    can_manage = fields.Boolean(compute="_compute_can_manage")

    _hours_positive = models.Constraint(
        "CHECK (hours > 0)", "Hours done are above zero."
    )
    _teacher_index = models.Index("(teacher_id, year_id, department_id)")

    @api.model
    def _default_month(self):
        return fields.Date.context_today(self).replace(day=1)

    @api.depends("line_id")
    def _compute_teacher_id(self):
        for entry in self:
            entry.teacher_id = entry.line_id.teacher_id or entry.teacher_id

    @api.depends("line_id", "teacher_id")
    def _compute_is_substitution(self):
        for entry in self:
            planned = entry.line_id.teacher_id
            entry.is_substitution = bool(planned) and planned != entry.teacher_id

    @api.depends("department_id")
    @api.depends_context("uid")
    def _compute_can_manage(self):
        for entry in self:
            department = entry.department_id
            entry.can_manage = bool(department) and department._may_manage_load()

    @api.constrains("month", "line_id")
    def _check_month(self):
        for entry in self:
            year = entry.year_id
            first = year.date_from.replace(day=1)
            if not first <= entry.month <= year.date_to:
                raise ValidationError(
                    self.env._(
                        "The month is not within the academic year %s.", year.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                if vals.get("state", "draft") != "draft" or vals.keys() & {
                    "confirmed_by_id",
                    "confirmed_date",
                }:
                    raise AccessError(
                        self.env._("Hours are confirmed by the department.")
                    )
        for vals in vals_list:
            self._clean_month(vals)
        entries = super().create(vals_list)
        entries.line_id.check_access("read")
        if any(not line.active for line in entries.line_id):
            raise UserError(
                self.env._("Hours are entered for the version in force only.")
            )
        return entries

    def write(self, vals):
        steps = {"state", "confirmed_by_id", "confirmed_date"}
        if not self.env.su:
            if vals.keys() & steps:
                raise AccessError(self.env._("Hours are confirmed by the department."))
            self._check_not_confirmed()
        self._clean_month(vals)
        result = super().write(vals)
        if "line_id" in vals:
            self.line_id.check_access("read")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        self._check_not_confirmed()

    def action_confirm(self):
        """The department: these hours were given."""
        self._check_may_manage()
        self.filtered(lambda entry: entry.state == "draft").sudo().write(
            {
                "state": "confirmed",
                "confirmed_by_id": self.env.uid,
                "confirmed_date": fields.Date.context_today(self),
            }
        )
        return True

    def action_reopen(self):
        """Take the confirmation back, e.g. to correct a mistake."""
        self._check_may_manage()
        self.sudo().write(
            {"state": "draft", "confirmed_by_id": False, "confirmed_date": False}
        )
        return True

    def _check_may_manage(self):
        self.check_access("write")
        for department in self.department_id:
            if not department._may_manage_load():
                raise AccessError(
                    self.env._(
                        "Hours of “%s” are confirmed by its head, the dean's office "
                        "and the registrar's office.",
                        department.name,
                    )
                )

    def _check_not_confirmed(self):
        if any(entry.state == "confirmed" for entry in self.sudo()):
            raise UserError(
                self.env._("Confirmed hours do not change; reopen them first.")
            )

    @api.model
    def _clean_month(self, vals):
        if vals.get("month"):
            vals["month"] = fields.Date.to_date(vals["month"]).replace(day=1)
