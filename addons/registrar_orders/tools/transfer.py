"""Who goes on to the next year of study: the decision table.

Source: academic.md §3.3. No ORM; imports without Odoo.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

TRANSFER = "transfer"
TRANSFER_WITH_DEBTS = "transfer_with_debts"
SUMMER = "summer"
REPEAT = "repeat"
NOT_CONSIDERED = "not_considered"

OUTCOMES = (TRANSFER, TRANSFER_WITH_DEBTS, SUMMER, REPEAT, NOT_CONSIDERED)

# Master's and doctoral students have to fulfil the plan of the year completely.
STRICT_LEVELS = frozenset(
    {"master_science", "master_profile", "doctorate", "doctorate_profile"}
)


@dataclass(frozen=True)
class Facts:
    """What is known about one student at the end of a year.

    ``gpa`` is that of the year, ``score`` the transfer score; both may be missing.
    They are compared with two decimals, as both are printed.
    ``last_course`` is the number of years of the programme.
    """

    gpa: Decimal | None
    score: Decimal | None
    debts: int
    course: int
    last_course: int
    level: str = "bachelor"
    on_leave: bool = False


@dataclass(frozen=True)
class Policy:
    """What the university has decided for itself.

    ``with_debts``: the transfer score is enough, debts are cleared later.
    ``after_summer``: the summer semester is over, it cannot help any more.
    """

    with_debts: bool = True
    after_summer: bool = True


class Decision(NamedTuple):
    """The outcome and the codes of all reasons for it."""

    outcome: str
    reasons: tuple


class ScoreRow(NamedTuple):
    """A line of the table of transfer scores.

    ``start`` is the first day of the academic year it was approved for, or None when
    it holds until the first approved one; an empty ``study_form`` means any.
    """

    start: object
    level: str
    course: int
    study_form: str
    min_gpa: Decimal


def decide(facts, policy):
    """Return the decision about one student.

    :param Facts facts: what the student has achieved
    :param Policy policy: what the university allows
    :rtype: Decision
    """
    obstacle = _obstacle(facts)
    if obstacle:
        return Decision(NOT_CONSIDERED, (obstacle,))
    reached = _printed(facts.gpa) >= _printed(facts.score)
    reasons = [
        "gpa_reached" if reached else "gpa_below",
        "has_debts" if facts.debts else "no_debts",
    ]
    if reached and not facts.debts:
        return Decision(TRANSFER, tuple(reasons))
    if reached:
        if facts.level in STRICT_LEVELS:
            reasons.append("plan_not_fulfilled")
        elif policy.with_debts:
            return Decision(TRANSFER_WITH_DEBTS, tuple(reasons))
        else:
            reasons.append("debts_not_allowed")
    if policy.after_summer:
        return Decision(REPEAT, (*reasons, "summer_over"))
    return Decision(SUMMER, (*reasons, "summer_possible"))


def find_score(rows, start, level, course, study_form):
    """Return the transfer score that holds in an academic year, or None.

    The scores of the year itself win, then those of the latest year before it, then
    those without year; among these the ones for the form of study win.

    :param rows: iterable of :class:`ScoreRow`
    :param start: first day of the academic year
    :param int course: the year of study from which one is transferred
    """
    best = None
    for row in rows:
        if row.level != level or row.course != course:
            continue
        if row.study_form and row.study_form != study_form:
            continue
        if row.start and row.start > start:
            continue
        rank = (row.start is not None, row.start or start, bool(row.study_form))
        if best is None or rank > best[0]:
            best = (rank, row.min_gpa)
    return best[1] if best else None


def _obstacle(facts):
    """Return why a student cannot be decided about, or None."""
    if facts.on_leave:
        return "on_leave"
    if facts.course >= facts.last_course:
        return "last_course"
    if facts.score is None:
        return "no_score"
    if facts.gpa is None:
        return "no_results"
    return None


def _printed(value):
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
