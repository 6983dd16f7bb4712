from odoo import fields, models
from odoo.exceptions import UserError


class RegistrarCalendarAmendLine(models.TransientModel):
    _name = "registrar.calendar.amend.line"
    _description = "Item to be amended"
    _order = "date_from, id"

    wizard_id = fields.Many2one(
        "registrar.calendar.amend", required=True, ondelete="cascade"
    )
    item_id = fields.Many2one("registrar.calendar.item", ondelete="cascade")
    kind_id = fields.Many2one("registrar.calendar.item.kind", required=True)
    term_id = fields.Many2one("registrar.term")
    date_from = fields.Date("First day", required=True)
    date_to = fields.Date("Last day", required=True)
    for_course = fields.Selection(
        selection=lambda self: (
            self.env["registrar.calendar.item"]
            ._fields["for_course"]
            ._description_selection(self.env)
        ),
        string="Year of study",
        required=True,
        default="all",
    )
    is_removed = fields.Boolean("Remove")

    def _prepare_change(self):
        """Return ``(item or None, values or None)`` for ``_amend``, or ``None``."""
        self.ensure_one()
        item = self.item_id
        if self.is_removed:
            return (item, None) if item else None
        values = {
            "kind_id": self.kind_id.id,
            "term_id": self.term_id.id,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "for_course": self.for_course,
        }
        if not item:
            return (None, values)
        if item.calendar_id != self.wizard_id.calendar_id:
            raise UserError(self.env._("The item is of another calendar."))
        changed = {
            name: value
            for name, value in values.items()
            if (item[name].id if name.endswith("_id") else item[name]) != value
        }
        return (item, changed) if changed else None
