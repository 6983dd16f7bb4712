from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class RegistrarSheetOpen(models.TransientModel):
    """Make the sheets of a session and open them for the teachers."""

    _name = "registrar.sheet.open"
    _description = "Make sheets"

    term_id = fields.Many2one(
        "registrar.term",
        required=True,
        default=lambda self: self._default_term_id(),
    )
    kind = fields.Selection(
        [
            ("exam", "Final control of all class groups"),
            ("midterm", "Midterm control"),
            ("resit", "Resits of those who have FX"),
            ("entrance", "Entrance test"),
        ],
        "Sheets",
        required=True,
        default="exam",
    )
    part_number = fields.Integer("Number of the midterm", default=1)
    faculty_ids = fields.Many2many(
        "hr.department",
        string="Faculties",
        domain="[('registrar_kind', '=', 'faculty')]",
        help="Of the disciplines; empty: all.",
    )
    open_now = fields.Boolean(
        "Open for marks at once",
        default=True,
        help="Otherwise the sheets stay drafts until the office opens them.",
    )
    class_group_count = fields.Integer(
        "Class groups", compute="_compute_class_group_count"
    )
    without_teacher_count = fields.Integer(
        "Without teacher", compute="_compute_class_group_count"
    )

    @api.model
    def _default_term_id(self):
        today = fields.Date.context_today(self)
        Term = self.env["registrar.term"]
        return Term._at(today) or Term.search([("date_to", "<", today)], limit=1)

    @api.depends("term_id", "faculty_ids")
    def _compute_class_group_count(self):
        Group = self.env["registrar.class.group"]
        for wizard in self:
            domain = wizard._class_group_domain()
            wizard.class_group_count = Group.search_count(domain)
            wizard.without_teacher_count = Group.search_count(
                domain
                & Domain("teacher_id", "=", False)
                & Domain("examiner_id", "=", False)
            )

    def action_make(self):
        """Make the sheets and show them."""
        self.ensure_one()
        Sheet = self.env["registrar.sheet"]
        faculties = self.faculty_ids.ids
        if self.kind == "resit":
            domain = Domain("discipline_id.faculty_id", "in", faculties)
            sheets = Sheet._open_resits(self.term_id, domain if faculties else None)
        else:
            sheets = Sheet._open_session(
                self.term_id,
                self._class_group_domain(),
                kind=self.kind,
                part_number=self.part_number,
            )
        if not sheets:
            raise UserError(
                self.env._(
                    "There is nothing to make a sheet for. Class groups need students "
                    "with registered study plans; resits need results with FX."
                )
            )
        if self.open_now:
            sheets.filtered(
                lambda sheet: sheet.state == "draft" and sheet.line_count
            ).action_open()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_exams.registrar_sheet_action"
        )
        return dict(action, domain=[("id", "in", sheets.ids)], context={})

    def _class_group_domain(self):
        domain = Domain("term_id", "=", self.term_id.id)
        if self.faculty_ids:
            domain &= Domain("discipline_id.faculty_id", "in", self.faculty_ids.ids)
        return domain
