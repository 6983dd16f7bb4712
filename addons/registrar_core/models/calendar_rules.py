"""Rules of academic calendars (academic.md §4.7).

``violations`` asks every rule about one calendar and returns all that is wrong, so
that the office sees everything at once. The figures and severities are the dated
records of ``registrar.calendar.norm``; a norm that is not in force asks nothing.
"""

import math
from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo.tools import format_date

from .calendar_selections import PERIOD_KINDS, concerns

ERROR, WARNING = "error", "warning"

# Registration and orientation may begin somewhat before the academic year.
EARLY_ACTIVITIES = ("registration", "orientation")

# What must come after what within a term: (earlier, edge, later, edge).
ORDERS = (
    ("registration", "date_to", "classes", "date_from"),
    ("classes", "date_to", "exams", "date_from"),
    ("classes", "date_from", "add_drop", "date_from"),
    ("add_drop", "date_from", "withdrawal", "date_to"),
    ("exams", "date_from", "resit", "date_from"),
    ("exams", "date_from", "appeal", "date_from"),
    ("exams", "date_from", "grade_entry", "date_to"),
)
# Where the same day may end the one and begin the other.
SAME_DAY_ALLOWED = frozenset(
    {
        ("classes", "add_drop"),
        ("add_drop", "withdrawal"),
        ("exams", "resit"),
        ("exams", "appeal"),
        ("exams", "grade_entry"),
    }
)

# Activities that take a student's whole days.
DAY_ACTIVITIES = ("classes", "exams", "vacation", "practice", "attestation")


class Violation(NamedTuple):
    """What is wrong: technical code, level, text to read, ids of the items."""

    code: str
    level: str
    text: str
    item_ids: tuple = ()


def violations(calendar):
    """Return what the norms say against one calendar.

    :rtype: list[Violation]
    """
    return list(_Check(calendar).run())


def days_of(items):
    """Return the set of days that the items cover."""
    days = set()
    for item in items:
        if item.date_from and item.date_to:
            length = (item.date_to - item.date_from).days + 1
            days.update(item.date_from + timedelta(days=n) for n in range(length))
    return days


def weeks_of(items):
    """Return how many weeks the items last together, rounded half up.

    Fifteen weeks that end on a Saturday are fifteen weeks.
    """
    return math.floor(len(days_of(items)) / 7 + 0.5)


class _Check:
    def __init__(self, calendar):
        self.calendar = calendar
        self.env = calendar.env
        self.items = calendar.item_ids.filtered(
            lambda item: item.active and item.date_from and item.date_to
        )
        levels = calendar.scope_ids.mapped("level")
        day = calendar.year_id.date_from
        Norm = self.env["registrar.calendar.norm"].sudo()
        self.norms = Norm._at(day, levels[0] if len(set(levels)) == 1 else None)
        self.courses = calendar._courses()

    def run(self):
        if not self.items:
            yield Violation(
                "empty", ERROR, self.env._("The calendar has no items."), ()
            )
            return
        yield from self._inside_year()
        yield from self._weeks_of_classes()
        yield from self._sessions()
        yield from self._vacations()
        yield from self._summer()
        yield from self._orientation()
        yield from self._order()
        yield from self._overlap()
        yield from self._work_days()
        yield from self._same_scope()

    # Helpers

    def _norm(self, code):
        return self.norms.get(code)

    def _found(self, norm, text, items=()):
        return Violation(
            norm.code, norm.severity, text, tuple(item.id for item in items)
        )

    def _by(self, activity, term=None, summer=None):
        return self.items.filtered(
            lambda item: (
                item.activity == activity
                and (term is None or item.term_id == term)
                and (summer is None or item.kind_id.is_summer == summer)
            )
        )

    def _for(self, items, course, is_final):
        return items.filtered(
            lambda item: (
                concerns(item.for_course, course, is_final) and not item.programme_ids
            )
        )

    def _terms(self):
        """Regular terms of the year: those with classes that are not by choice."""
        return self.calendar.year_id.term_ids.filtered(
            lambda term: term.kind != "summer"
        ).sorted("date_from")

    def _weeks_text(self, norm):
        low, high = (f"{value:g}" for value in (norm.value_min, norm.value_max))
        if norm.value_min and norm.value_max:
            return f"{low}–{high}"
        return f"≥ {low}" if norm.value_min else f"≤ {high}"

    def _outside(self, norm, weeks):
        return bool(
            (norm.value_min and weeks < norm.value_min)
            or (norm.value_max and weeks > norm.value_max)
        )

    def _date(self, day):
        return format_date(self.env, day)

    # Rules

    def _inside_year(self):
        year = self.calendar.year_id
        norm = self._norm("inside_year")
        early = int(norm.value_max) if norm else 0
        for item in self.items:
            first = year.date_from
            if item.activity in EARLY_ACTIVITIES:
                first -= timedelta(days=early)
            if item.date_from < first or item.date_to > year.date_to:
                yield Violation(
                    "inside_year",
                    norm.severity if norm else ERROR,
                    self.env._(
                        "%(item)s (%(period)s) is not within the academic year.",
                        item=item.name,
                        period=item._period_text(),
                    ),
                    (item.id,),
                )

    def _weeks_of_classes(self):
        kind = self.calendar.period_kind
        norm = self._norm(kind)
        if not norm:
            return
        label = dict(PERIOD_KINDS)[kind]
        for term in self._terms():
            items = self._by("classes", term, summer=False)
            if not items:
                yield Violation(
                    kind,
                    WARNING,
                    self.env._("%s: the calendar names no classes.", term.name),
                )
                continue
            for course, is_final in self.courses:
                own = self._for(items, course, is_final)
                if not own:
                    continue
                # A semester may be written in parts, shorter periods are counted each.
                parts = [own] if label == "Semesters" else list(own)
                for part in parts:
                    weeks = weeks_of(part)
                    if self._outside(norm, weeks):
                        yield self._found(
                            norm,
                            self.env._(
                                "%(term)s, year %(course)s: classes last %(weeks)s "
                                "weeks, the norm is %(norm)s.",
                                term=term.name,
                                course=course,
                                weeks=weeks,
                                norm=self._weeks_text(norm),
                            ),
                            part,
                        )

    def _sessions(self):
        norm, total_norm = self._norm("session"), self._norm("sessions_total")
        exams = self._by("exams", summer=False)
        for course, is_final in self.courses:
            own = self._for(exams, course, is_final)
            by_term = defaultdict(lambda: exams.browse())
            for item in own:
                by_term[item.term_id] |= item
            for term, items in by_term.items() if norm else ():
                weeks = weeks_of(items)
                if self._outside(norm, weeks):
                    yield self._found(
                        norm,
                        self.env._(
                            "%(term)s, year %(course)s: the session lasts %(weeks)s "
                            "weeks, the norm is %(norm)s.",
                            term=term.name or self.env._("Without term"),
                            course=course,
                            weeks=weeks,
                            norm=self._weeks_text(norm),
                        ),
                        items,
                    )
            together = own | self._for(self._by("attestation"), course, is_final)
            weeks = weeks_of(together)
            if total_norm and together and self._outside(total_norm, weeks):
                yield self._found(
                    total_norm,
                    self.env._(
                        "Year %(course)s: sessions and final attestation last "
                        "%(weeks)s weeks, the norm is %(norm)s.",
                        course=course,
                        weeks=weeks,
                        norm=self._weeks_text(total_norm),
                    ),
                    together,
                )

    def _vacations(self):
        norm = self._norm("vacation")
        if not norm:
            return
        for course, is_final in self.courses:
            if is_final:
                continue
            items = self._for(self._by("vacation"), course, is_final)
            weeks = weeks_of(items)
            if self._outside(norm, weeks):
                yield self._found(
                    norm,
                    self.env._(
                        "Year %(course)s: vacations last %(weeks)s weeks, the norm is "
                        "%(norm)s.",
                        course=course,
                        weeks=weeks,
                        norm=self._weeks_text(norm),
                    ),
                    items,
                )

    def _summer(self):
        norm = self._norm("summer")
        items = self.items.filtered(
            lambda item: (
                item.kind_id.is_summer and item.activity in ("classes", "exams")
            )
        )
        if norm and items and self._outside(norm, weeks_of(items)):
            yield self._found(
                norm,
                self.env._(
                    "The summer semester lasts %(weeks)s weeks, the norm is %(norm)s.",
                    weeks=weeks_of(items),
                    norm=self._weeks_text(norm),
                ),
                items,
            )

    def _orientation(self):
        norm = self._norm("orientation")
        if not norm or 1 not in [course for course, __ in self.courses]:
            return
        items = self._by("orientation")
        if len(days_of(items)) < norm.value_min:
            yield self._found(
                norm,
                self.env._("There is no orientation week for the first year."),
                items,
            )

    def _order(self):
        norm = self._norm("order")
        if not norm:
            return
        for term in self._terms():
            for first, first_edge, second, second_edge in ORDERS:
                for before in self._by(first, term, summer=False).filtered(
                    lambda item: (
                        not item.kind_id.is_next_year
                        and item.kind_id.code != "late_registration"
                    )
                ):
                    for after in self._by(second, term, summer=False):
                        # Midterm marks are entered while classes go on.
                        if after.kind_id.code == "midterm_entry":
                            continue
                        if not self._share_students(before, after):
                            continue
                        left, right = before[first_edge], after[second_edge]
                        if left < right or (
                            left == right and (first, second) in SAME_DAY_ALLOWED
                        ):
                            continue
                        yield self._found(
                            norm,
                            self.env._(
                                "%(term)s: %(second)s (%(second_period)s) comes too "
                                "early after %(first)s (%(first_period)s).",
                                term=term.name,
                                first=before.name,
                                first_period=before._period_text(),
                                second=after.name,
                                second_period=after._period_text(),
                            ),
                            before | after,
                        )

    def _overlap(self):
        norm = self._norm("overlap")
        if not norm:
            return
        items = self.items.filtered(
            lambda item: item.activity in DAY_ACTIVITIES and not item.kind_id.is_summer
        ).sorted(lambda item: (item.date_from, item.id))
        for index, one in enumerate(items):
            for other in items[index + 1 :]:
                if other.date_from > one.date_to:
                    break
                if one.activity == other.activity:
                    continue
                if self._share_students(one, other):
                    yield self._found(
                        norm,
                        self.env._(
                            "%(one)s (%(one_period)s) and %(other)s "
                            "(%(other_period)s) share days.",
                            one=one.name,
                            one_period=one._period_text(),
                            other=other.name,
                            other_period=other._period_text(),
                        ),
                        one | other,
                    )

    def _share_students(self, one, other):
        programmes = one.programme_ids & other.programme_ids
        if one.programme_ids and other.programme_ids and not programmes:
            return False
        # What is for some programmes replaces the common item for them.
        if bool(one.programme_ids) != bool(other.programme_ids):
            return False
        return any(
            concerns(one.for_course, course, is_final)
            and concerns(other.for_course, course, is_final)
            for course, is_final in self.courses
        )

    def _work_days(self):
        norm = self._norm("work_days")
        if not norm:
            return
        Holiday = self.env["registrar.holiday"]
        for item in self.items.filtered("is_deadline"):
            if Holiday._next_working_day(item.date_to) != item.date_to:
                yield self._found(
                    norm,
                    self.env._(
                        "%(item)s: the deadline %(date)s is a holiday or a Sunday.",
                        item=item.name,
                        date=self._date(item.date_to),
                    ),
                    item,
                )

    def _same_scope(self):
        calendar = self.calendar
        mine = calendar._scope_keys()
        others = calendar.sudo().search(
            [
                ("year_id", "=", calendar.year_id.id),
                ("state", "=", "approved"),
                ("id", "!=", calendar._origin.id),
            ]
        )
        for other in others:
            if mine & other._scope_keys():
                yield Violation(
                    "same_scope",
                    ERROR,
                    self.env._(
                        "“%s” is approved for the same students already.",
                        other.display_name,
                    ),
                )
