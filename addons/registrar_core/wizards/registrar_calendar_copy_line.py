from odoo import fields, models


class RegistrarCalendarCopyLine(models.TransientModel):
    _name = "registrar.calendar.copy.line"
    _description = "New dates of a copied calendar item"
    _order = "date_from, id"

    wizard_id = fields.Many2one(
        "registrar.calendar.copy", required=True, ondelete="cascade"
    )
    item_id = fields.Many2one(
        "registrar.calendar.item", required=True, readonly=True, ondelete="cascade"
    )
    old_date_from = fields.Date("First day before", related="item_id.date_from")
    old_date_to = fields.Date("Last day before", related="item_id.date_to")
    date_from = fields.Date("First day", required=True)
    date_to = fields.Date("Last day", required=True)
    reason = fields.Char("Adjusted", readonly=True)
