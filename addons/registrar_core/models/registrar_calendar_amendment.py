from odoo import api, fields, models
from odoo.tools import format_date


class RegistrarCalendarAmendment(models.Model):
    """A change of an approved calendar: when, on what ground, what exactly.

    Made by the wizard of amendments only and never changed.
    """

    _name = "registrar.calendar.amendment"
    _description = "Amendment of an academic calendar"
    _order = "date desc, id desc"

    calendar_id = fields.Many2one(
        "registrar.calendar",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date = fields.Date(required=True, readonly=True)
    ground = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Entered by", readonly=True)
    line_ids = fields.One2many(
        "registrar.calendar.amendment.line", "amendment_id", "Changes", readonly=True
    )

    @api.depends("date", "ground")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for amendment in self:
            amendment.display_name = self.env._(
                "Amendment of %(date)s: %(ground)s",
                date=format_date(self.env, amendment.date),
                ground=amendment.ground,
            )
