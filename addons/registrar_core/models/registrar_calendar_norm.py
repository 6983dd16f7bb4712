from odoo import api, fields, models
from odoo.fields import Domain

from .selections import LEVELS

# What can be asked of a calendar; how each is checked: calendar_rules.py.
NORM_CODES = [
    ("semester", "Weeks of classes in a semester"),
    ("trimester", "Weeks of classes in a trimester"),
    ("quarter", "Weeks of classes in a quarter"),
    ("vacation", "Weeks of vacations in a year, except the final year"),
    ("session", "Weeks of an examination session"),
    ("sessions_total", "Weeks of sessions and final attestation in a year"),
    ("summer", "Weeks of the summer semester"),
    ("orientation", "Days of orientation for the first year"),
    ("inside_year", "Days by which registration may precede the year"),
    ("order", "Order of the parts of a term"),
    ("overlap", "Classes, sessions and vacations share no days"),
    ("work_days", "Deadlines on working days"),
]


class RegistrarCalendarNorm(models.Model):
    """A norm for academic calendars, in force from a day on.

    Source: academic.md §4.7. The figures differ between editions of the rules and
    between universities, so they are dated data.
    """

    _name = "registrar.calendar.norm"
    _description = "Norm of academic calendars"
    _order = "code, date_from desc, level"
    _rec_name = "code"

    code = fields.Selection(NORM_CODES, "Norm", required=True)
    level = fields.Selection(LEVELS, help="Empty: all levels.")
    value_min = fields.Float("At least", digits=(6, 1), aggregator=None)
    value_max = fields.Float(
        "At most", digits=(6, 1), aggregator=None, help="Zero: no upper limit."
    )
    severity = fields.Selection(
        [("error", "Stops the approval"), ("warning", "Warning")],
        required=True,
        default="error",
    )
    date_from = fields.Date(
        "In force from", required=True, default=lambda self: fields.Date.today()
    )
    date_to = fields.Date("In force until")
    source = fields.Char(help="Act or decision that sets the norm.")
    active = fields.Boolean(default=True)

    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "The norm ceases to be in force before it comes into force.",
    )
    _values_ordered = models.Constraint(
        "CHECK (COALESCE(value_max, 0) = 0 OR value_max >= COALESCE(value_min, 0))",
        "The upper limit is below the lower one.",
    )

    @api.model
    def _at(self, day, level=None):
        """Return the norms in force on ``day`` by code.

        A norm of the level beats one for all levels, a later one an earlier one.

        :rtype: dict[str, registrar.calendar.norm]
        """
        norms = self.search(
            Domain("date_from", "<=", day)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", day))
            & Domain("level", "in", [level, False] if level else [False]),
        )
        result = {}
        for norm in norms.sorted(lambda n: (bool(n.level), n.date_from, n.id)):
            result[norm.code] = norm
        return result
