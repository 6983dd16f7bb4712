from odoo import Command, api, fields, models


class RegistrarCalendarAmend(models.TransientModel):
    """Change an approved calendar: new dates of items, new and removed items."""

    _name = "registrar.calendar.amend"
    _description = "Amend an academic calendar"

    calendar_id = fields.Many2one(
        "registrar.calendar", required=True, ondelete="cascade"
    )
    date = fields.Date(
        "Date of the decision",
        required=True,
        default=lambda self: fields.Date.context_today(self),
    )
    ground = fields.Char(
        required=True, help="E.g. decision of the academic council of 5 May 2026."
    )
    line_ids = fields.One2many("registrar.calendar.amend.line", "wizard_id", "Items")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        calendar = self.env["registrar.calendar"].browse(
            values.get("calendar_id") or ()
        )
        if "line_ids" in fields_list and calendar:
            values["line_ids"] = [
                Command.create(
                    {
                        "item_id": item.id,
                        "kind_id": item.kind_id.id,
                        "term_id": item.term_id.id,
                        "date_from": item.date_from,
                        "date_to": item.date_to,
                        "for_course": item.for_course,
                    }
                )
                for item in calendar.item_ids
            ]
        return values

    def action_amend(self):
        """Apply the changes and announce them."""
        self.ensure_one()
        changes = [line._prepare_change() for line in self.line_ids]
        self.calendar_id._amend(
            self.date, self.ground, [change for change in changes if change]
        )
        return {"type": "ir.actions.act_window_close"}
