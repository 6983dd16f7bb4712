from odoo import fields, models

from .calendar_selections import ACTIVITIES


class RegistrarCalendarItemKind(models.Model):
    """A kind of period or deadline of the academic calendar.

    The symbols are those of the process graph (academic.md §4.3, §4.7).
    """

    _name = "registrar.calendar.item.kind"
    _description = "Kind of calendar item"
    _inherit = ["registrar.trilingual"]
    _order = "sequence, id"

    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(
        default=10,
        help="Where two periods share a week, the process graph shows the one that "
        "comes first.",
    )
    symbol = fields.Char(
        size=4, help="Symbol in the process graph. Empty: it is not drawn there."
    )
    colour = fields.Integer("Color")
    activity = fields.Selection(
        ACTIVITIES,
        "Opens",
        help="What students and teachers may do while a period of this kind lasts. "
        "Where the calendar names such periods, it is closed outside of them.",
    )
    is_deadline = fields.Boolean(
        "Deadline", help="The last day is shown among the deadlines."
    )
    is_summer = fields.Boolean(
        "Summer semester",
        help="Additional studies by choice: they may share days with vacations and "
        "have a row of their own in the process graph.",
    )
    is_next_year = fields.Boolean(
        "For the following year",
        help="What it opens concerns the terms of the following academic year.",
    )
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a kind of calendar item with this code."
    )

    def _code_in_name(self):
        return False
