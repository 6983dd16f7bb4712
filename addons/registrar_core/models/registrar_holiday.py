from datetime import date, timedelta

from odoo import api, fields, models

SATURDAY, SUNDAY = 5, 6


class RegistrarHoliday(models.Model):
    """A day that differs from the usual week: holiday, moved day off, working day.

    Yearly holidays are made from rules; movable ones (Kurban Ait) and days moved by
    the government are entered or corrected by hand.
    """

    _name = "registrar.holiday"
    _description = "Public holiday"
    _inherit = ["registrar.trilingual"]
    _order = "date desc"

    date = fields.Date(required=True, index=True)
    kind = fields.Selection(
        [
            ("holiday", "Holiday"),
            ("moved", "Moved day off"),
            ("working", "Working day"),
        ],
        required=True,
        default="holiday",
        help="A working day is a weekend on which people work instead of another day.",
    )
    rule_id = fields.Many2one(
        "registrar.holiday.rule", "Yearly holiday", ondelete="set null", copy=False
    )
    note = fields.Char(help="E.g. the decision that moves the day off.")
    active = fields.Boolean(default=True)

    _date_unique = models.Constraint(
        "UNIQUE (date)", "This day is already in the list of holidays."
    )

    @api.depends("date", "name_kk", "name_ru", "name_en")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for holiday in self:
            holiday.display_name = holiday.name

    @api.model
    def _generate(self, year_from, year_to=None):
        """Enter the yearly holidays of calendar years; may be repeated.

        Days that are in the list already, also archived ones, stay as they are. A
        holiday on a weekend frees the next working day (Labour Code, art. 85), if
        its rule says so.

        :param int year_from: first calendar year
        :param int year_to: last one; without it only the first
        :return: the days entered
        """
        first, last = date(year_from, 1, 1), date(year_to or year_from, 12, 31)
        every = self.with_context(active_test=False).search(
            [("date", ">=", first), ("date", "<=", last + timedelta(days=14))]
        )
        known = {holiday.date: holiday for holiday in every}
        done = {
            (holiday.rule_id, holiday.date.year)
            for holiday in every
            if holiday.kind == "moved"
        }
        rules = self.env["registrar.holiday.rule"].search([("active", "=", True)])
        vals_list = []
        planned = {}
        for year in range(year_from, (year_to or year_from) + 1):
            for rule in rules:
                if rule.year_from > year or (rule.year_to and rule.year_to < year):
                    continue
                for day in self._rule_days(rule, year):
                    planned.setdefault(day, rule)
                    if day not in known:
                        vals_list.append(self._prepare_vals(rule, day, "holiday"))
        free = set(known) | set(planned)
        for day in sorted(planned):
            rule = planned[day]
            if (
                not rule.is_moved
                or day.weekday() < SATURDAY
                or (rule, day.year) in done
                or (day in known and not known[day].active)
            ):
                continue
            moved = day
            while moved in free or moved.weekday() >= SATURDAY:
                moved += timedelta(days=1)
            free.add(moved)
            vals_list.append(self._prepare_vals(rule, moved, "moved"))
        return self.create(vals_list)

    @api.model
    def _rule_days(self, rule, year):
        try:
            first = date(year, rule.month, rule.day)
        except ValueError:
            # 29 February in a common year
            return []
        return [first + timedelta(days=offset) for offset in range(rule.days)]

    @api.model
    def _prepare_vals(self, rule, day, kind):
        return {
            "date": day,
            "kind": kind,
            "rule_id": rule.id,
            "name_kk": rule.name_kk,
            "name_ru": rule.name_ru,
            "name_en": rule.name_en,
        }

    @api.model
    def _days_off(self, date_from, date_to):
        """Return the holidays and moved days off of a period by day.

        :rtype: dict[date, registrar.holiday]
        """
        holidays = self.search(
            [
                ("date", ">=", date_from),
                ("date", "<=", date_to),
                ("kind", "!=", "working"),
            ],
            order="date",
        )
        return {holiday.date: holiday for holiday in holidays}

    @api.model
    def _next_working_day(self, day):
        """Return ``day`` or the first day after it that is no Sunday and no holiday."""
        exceptions = {
            holiday.date: holiday.kind
            for holiday in self.search(
                [("date", ">=", day), ("date", "<=", day + timedelta(days=30))]
            )
        }
        while True:
            kind = exceptions.get(day)
            if kind == "working" or (kind is None and day.weekday() != SUNDAY):
                return day
            day += timedelta(days=1)
