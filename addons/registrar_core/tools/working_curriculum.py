"""The working curriculum (РУП) as a table: what PDF and XLSX both print. No ORM.

A plan has parts (modules or cycles), a part has rows. A row is a position: a compulsory
discipline, or a slot of an elective block with its options below. Sums count positions
only, so options never count twice.
"""

from collections import Counter
from dataclasses import dataclass, field

HOURS = (
    "total",
    "lecture",
    "practical",
    "laboratory",
    "studio",
    "supervised",
    "independent",
    "practice",
    "thesis",
)
# Shown in every plan; the others only where a plan has such hours.
USUAL_HOURS = (
    "total",
    "lecture",
    "practical",
    "laboratory",
    "supervised",
    "independent",
)


@dataclass
class Row:
    """One printed row; ``kind`` is ``discipline``, ``slot`` or ``option``."""

    kind: str
    code: str
    name: str
    number: str = ""
    cycle: str = ""
    component: str = ""
    credits: float = 0
    hours: Counter = field(default_factory=Counter)
    # Credits by number of the term.
    terms: Counter = field(default_factory=Counter)
    # Numbers of terms by group of control: exam, test, work.
    control: dict = field(default_factory=dict)
    # How many options a slot takes.
    choose: int = 1
    state_exam: bool = False
    # Codes of cycle and component.
    place: tuple = ("", "")

    @property
    def counts(self):
        return self.kind != "option"

    def control_text(self, group):
        return ranges(self.control.get(group, ()))


@dataclass
class Part:
    """Rows with a heading and their sums."""

    title: str
    rows: list = field(default_factory=list)
    number: str = ""

    @property
    def total(self):
        return total(self.rows)


@dataclass
class Sum:
    """Sums of positions."""

    credits: float = 0
    hours: Counter = field(default_factory=Counter)
    terms: Counter = field(default_factory=Counter)
    # How many controls of a group a term has: {group: Counter of terms}.
    controls: dict = field(default_factory=dict)


def total(rows):
    """Return the sums of the positions among the rows."""
    result = Sum()
    for row in rows:
        if not row.counts:
            continue
        result.credits += row.credits
        result.hours.update(row.hours)
        result.terms.update(row.terms)
        for group, terms in row.control.items():
            counter = result.controls.setdefault(group, Counter())
            for term in terms:
                counter[term] += row.choose
    return result


def hour_columns(rows):
    """Return the kinds of hours that a plan shows."""
    present = {kind for row in rows for kind, value in row.hours.items() if value}
    return [kind for kind in HOURS if kind in USUAL_HOURS or kind in present]


def ranges(terms):
    """Return numbers of terms as text.

    >>> ranges([4, 1, 2, 3])
    '1–4'
    >>> ranges([1, 2, 5])
    '1, 2, 5'
    """
    numbers = sorted(set(terms))
    parts = []
    while numbers:
        last = 0
        while last + 1 < len(numbers) and numbers[last + 1] == numbers[last] + 1:
            last += 1
        if last > 1:
            parts.append(f"{numbers[0]}–{numbers[last]}")
        else:
            parts += [str(number) for number in numbers[: last + 1]]
        numbers = numbers[last + 1 :]
    return ", ".join(parts)


def figure(value):
    """Return a number as printed; nothing for zero."""
    return f"{value:g}" if value else ""
