from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .registration_rules import CREDIT_LIMITS
from .selections import LEVELS, STUDY_FORMS


class RegistrarCreditLimit(models.Model):
    """How many credits a plan may have in a term or a year, since a day.

    The most exact limit applies: one that names probation, course, form and level
    before one that names none (academic.md §4.6, §11).
    """

    _name = "registrar.credit.limit"
    _description = "Limit of credits"
    _order = "period, level, study_form, course, date_from desc, id"
    _rec_name = "period"

    period = fields.Selection(
        [
            ("term", "Autumn or spring term"),
            ("summer", "Summer term"),
            ("year", "Academic year without summer"),
        ],
        required=True,
        default="term",
    )
    level = fields.Selection(LEVELS, help="Empty: all levels.")
    study_form = fields.Selection(STUDY_FORMS, help="Empty: all forms.")
    course = fields.Integer("Year of study", aggregator=None, help="0: all years.")
    for_probation = fields.Boolean(
        "On probation", help="Only for students on academic probation."
    )
    credits_min = fields.Float("Fewest", digits=(5, 1), aggregator=None)
    credits_max = fields.Float("Most", digits=(5, 1), required=True, aggregator=None)
    date_from = fields.Date(
        "In force since", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date("In force until")
    note = fields.Char("Ground")

    _credits_ordered = models.Constraint(
        "CHECK (credits_min >= 0 AND credits_max >= credits_min)",
        "The fewest credits are more than the most.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "The limit ends before it begins.",
    )
    _course_positive = models.Constraint(
        "CHECK (course IS NULL OR course >= 0)", "The year of study is negative."
    )

    @api.constrains(
        "period",
        "level",
        "study_form",
        "course",
        "for_probation",
        "date_from",
        "date_to",
    )
    def _check_one_at_a_time(self):
        for limit in self:
            same = self.search(
                [
                    ("id", "!=", limit.id),
                    ("period", "=", limit.period),
                    ("level", "=", limit.level),
                    ("study_form", "=", limit.study_form),
                    ("course", "=", limit.course),
                    ("for_probation", "=", limit.for_probation),
                    (
                        "date_from",
                        "<=",
                        limit.date_to or fields.Date.to_date("9999-12-31"),
                    ),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", limit.date_from),
                ],
                limit=1,
            )
            if same:
                raise ValidationError(
                    self.env._("Two limits for the same students share days.")
                )

    @api.model
    def _limit(
        self, period, day, level=None, study_form=None, course=0, probation=False
    ):
        """Return the fewest and the most credits that apply on ``day``.

        :param str period: ``"term"``, ``"summer"`` or ``"year"``
        :rtype: tuple[float, float]
        """
        limits = self.search(
            [
                ("period", "=", period),
                ("level", "in", (False, level)),
                ("study_form", "in", (False, study_form)),
                ("course", "in", (0, course)),
                ("for_probation", "in", (False, bool(probation))),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ]
        )
        if not limits:
            return CREDIT_LIMITS[period]
        best = max(
            limits,
            key=lambda limit: (
                limit.for_probation,
                bool(limit.course),
                bool(limit.study_form),
                bool(limit.level),
                limit.date_from,
                limit.id,
            ),
        )
        return best.credits_min, best.credits_max
