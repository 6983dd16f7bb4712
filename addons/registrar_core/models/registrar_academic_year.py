from datetime import date

from odoo import Command, api, fields, models


class RegistrarAcademicYear(models.Model):
    """An academic year; by default from 1 September to 31 August."""

    _name = "registrar.academic.year"
    _description = "Academic year"
    _order = "date_from desc"

    name = fields.Char(required=True, help="E.g. 2025/2026.")
    date_from = fields.Date("First day", required=True)
    date_to = fields.Date("Last day", required=True)
    term_ids = fields.One2many("registrar.term", "year_id", "Terms")
    term_count = fields.Integer("Number of terms", compute="_compute_term_count")
    is_current = fields.Boolean(
        "Current", compute="_compute_is_current", search="_search_is_current"
    )

    _name_unique = models.Constraint(
        "UNIQUE (name)", "There is already an academic year with this name."
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to > date_from)", "The academic year ends before it begins."
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (daterange(date_from, date_to, '[]') WITH &&)",
        "Two academic years share a day.",
    )

    @api.depends("term_ids")
    def _compute_term_count(self):
        for year in self:
            year.term_count = len(year.term_ids)

    @api.depends("date_from", "date_to")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for year in self:
            year.is_current = bool(
                year.date_from
                and year.date_to
                and year.date_from <= today <= year.date_to
            )

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("date_from", "<=", today), ("date_to", ">=", today)]

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        """The terms must still lie within the year."""
        self.term_ids._check_dates()

    def action_add_usual_terms(self):
        """Add the autumn, spring and summer terms that the year does not have yet.

        Usual dates: 15 weeks of study, session and vacations; the calendar of the
        university then moves them.
        """
        for year in self:
            present = set(year.term_ids.mapped("kind"))
            year.term_ids = [
                Command.create(vals)
                for vals in year._prepare_term_vals()
                if vals["kind"] not in present
            ]
        return True

    def _prepare_term_vals(self):
        self.ensure_one()
        start = self.date_from.year
        usual = [
            ("autumn", 1, self.date_from, date(start + 1, 1, 18)),
            ("spring", 2, date(start + 1, 1, 19), date(start + 1, 6, 13)),
            ("summer", 3, date(start + 1, 6, 15), self.date_to),
        ]
        return [
            {
                "kind": kind,
                "number": number,
                "date_from": max(first, self.date_from),
                "date_to": min(last, self.date_to),
            }
            for kind, number, first, last in usual
            if max(first, self.date_from) < min(last, self.date_to)
        ]

    @api.model
    def _at(self, day):
        """Return the academic year that contains ``day``, or an empty recordset."""
        return self.search([("date_from", "<=", day), ("date_to", ">=", day)], limit=1)

    @api.model
    def _present(self):
        """Return the academic year of today, else the latest one that is entered."""
        return self._at(fields.Date.context_today(self)) or self.search([], limit=1)

    def _years_ahead(self):
        """Return how many academic years begin after today, up to this one."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        return self.sudo().search_count(
            [("date_from", ">", today), ("date_from", "<=", self.date_from)]
        )
