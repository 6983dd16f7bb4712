from odoo import fields, models


class RegistrarHolidayRule(models.Model):
    """A public holiday that falls on the same days every year."""

    _name = "registrar.holiday.rule"
    _description = "Yearly public holiday"
    _inherit = ["registrar.trilingual"]
    _order = "month, day, id"

    month = fields.Integer(required=True, aggregator=None)
    day = fields.Integer("First day", required=True, aggregator=None)
    days = fields.Integer("Number of days", required=True, default=1, aggregator=None)
    is_moved = fields.Boolean(
        "Moved from weekends",
        default=True,
        help="When it falls on a Saturday or Sunday, the next working day is free. "
        "Religious holidays are not moved.",
    )
    year_from = fields.Integer("Since year", aggregator=None)
    year_to = fields.Integer("Until year", aggregator=None, help="Zero: no end.")
    active = fields.Boolean(default=True)

    _date_valid = models.Constraint(
        "CHECK (month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31"
        " AND days BETWEEN 1 AND 10)",
        "There is no such day, or the holiday is too long.",
    )
