"""Arithmetic of the process graph: weeks of a year and what fills them. No ORM."""

from datetime import date, timedelta
from typing import NamedTuple

ONE_DAY = timedelta(days=1)

# Background of each colour index of the web client, light enough to print on.
COLOURS = {
    0: "#FFFFFF",
    1: "#F8D0CE",
    2: "#FBE3C6",
    3: "#FFF6CC",
    4: "#D3E9F7",
    5: "#E6D3EA",
    6: "#F3DCE6",
    7: "#D5EDEB",
    8: "#D6DDF0",
    9: "#F6CFE0",
    10: "#D9F0D4",
    11: "#E2D6F3",
}


class Week(NamedTuple):
    """A week of the year: Monday to Sunday, cut at the edges of the year."""

    number: int
    first: date
    last: date


class Period(NamedTuple):
    """What fills days of a row; smaller ranks win where two last equally long."""

    key: object
    rank: int
    first: date
    last: date


def weeks_of_year(first, last):
    """Return the weeks from ``first`` to ``last``, numbered from 1.

    :rtype: list[Week]
    """
    weeks = []
    monday = first - first.weekday() * ONE_DAY
    while monday <= last:
        sunday = monday + 6 * ONE_DAY
        weeks.append(Week(len(weeks) + 1, max(monday, first), min(sunday, last)))
        monday = sunday + ONE_DAY
    return weeks


def fill(weeks, periods):
    """Return for each week the key of the period that has most of its days.

    :rtype: list
    """
    result = []
    for week in weeks:
        best, best_rank = None, None
        for period in periods:
            shared = (
                min(period.last, week.last) - max(period.first, week.first)
            ).days + 1
            if shared <= 0:
                continue
            rank = (-shared, period.rank)
            if best_rank is None or rank < best_rank:
                best, best_rank = period.key, rank
        result.append(best)
    return result


def months(weeks):
    """Return (first day of the month, number of weeks) for a head over the weeks.

    A week belongs to the month of its first day.
    """
    result = []
    for week in weeks:
        month = week.first.replace(day=1)
        if result and result[-1][0] == month:
            result[-1][1] += 1
        else:
            result.append([month, 1])
    return [tuple(pair) for pair in result]
