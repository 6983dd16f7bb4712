"""Arithmetic of the teaching load. No ORM.

Source: academic.md §4.8. Hours are kept to two decimals; everything is counted with
``Decimal`` so that parts always add up to the whole.
"""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

CENT = Decimal("0.01")

# How a norm makes hours out of what is studied.
PLAN_STREAM = "plan_stream"
PLAN_GROUP = "plan_group"
PLAN_SUBGROUP = "plan_subgroup"
STUDENT = "student"
STUDENT_CAPPED = "student_capped"
GROUP = "group"
STREAM = "stream"
WEEK = "week"

PLAN_BASES = (PLAN_STREAM, PLAN_GROUP, PLAN_SUBGROUP)
STREAM_BASES = (PLAN_STREAM, STREAM)

EXAMS = ("exam", "state_exam")
HOURS_PER_CREDIT = 30


class Kind(NamedTuple):
    """A kind of work: where it applies."""

    id: int
    code: str
    # hours | discipline | control | practice | attestation | manual
    applies_to: str
    plan_field: str = ""
    control_form: str = ""
    # kinds of subgroups that divide a class group for this work
    subgroup_kinds: tuple = ()


class Norm(NamedTuple):
    """How many hours a kind of work is worth."""

    basis: str
    value: Decimal = Decimal(1)
    cap: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    hours_per_week: Decimal = Decimal(HOURS_PER_CREDIT)


class Part(NamedTuple):
    """A subgroup of a class group."""

    id: int
    kind: str
    students: int
    name: str = ""


class Unit(NamedTuple):
    """A class group, or students of a practice without one."""

    key: str
    term_id: int
    discipline_id: int
    department_id: int
    students: int
    name: str = ""
    class_group_id: int | None = None
    stream_id: int | None = None
    stream_name: str = ""
    discipline_kind: str = "discipline"
    control_form: str = "exam"
    language: str | None = None
    level: str | None = None
    credits: Decimal = Decimal(0)
    hours: dict = {}
    is_mixed: bool = False
    is_department_guessed: bool = False
    programme_ids: tuple = ()
    courses: tuple = ()
    parts: tuple = ()


class Line(NamedTuple):
    """One piece of work to be given to a teacher."""

    key: str
    kind_id: int
    unit: Unit
    plan_hours: Decimal
    hours: Decimal
    students: int
    name: str
    class_group_id: int | None
    stream_id: int | None
    subgroup_id: int | None


def exact(value):
    """Return a number of the database as ``Decimal``."""
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def cents(value):
    """Round half up to two decimals."""
    return exact(value).quantize(CENT, ROUND_HALF_UP)


def round_hours(value, step=0):
    """Round half up to a multiple of ``step``; 0 keeps two decimals.

    :rtype: Decimal
    """
    value, step = exact(value), exact(step)
    if step <= 0:
        return cents(value)
    return cents((value / step).quantize(Decimal(1), ROUND_HALF_UP) * step)


def hours(norm, *, plan_hours=0, students=0):
    """Return the hours of one unit: one stream, class group or subgroup.

    :param plan_hours: hours of the curriculum for this kind of work
    :param int students: number of students in the unit
    :rtype: Decimal
    """
    value, plan = exact(norm.value), exact(plan_hours)
    if norm.basis in PLAN_BASES:
        result = plan * value
    elif norm.basis == STUDENT:
        result = value * students
    elif norm.basis == STUDENT_CAPPED:
        result = value * students
        if norm.cap:
            result = min(result, exact(norm.cap))
    elif norm.basis == WEEK:
        per_week = exact(norm.hours_per_week)
        result = value * (plan / per_week if per_week else 0)
    elif norm.basis in (GROUP, STREAM):
        result = value
    else:
        raise ValueError(f"unknown basis of a norm: {norm.basis}")
    return round_hours(result, norm.rounding)


def applies(kind, unit):
    """Whether students of the unit cause this kind of work."""
    if kind.applies_to == "hours":
        return bool(exact(unit.hours.get(kind.plan_field)))
    if kind.applies_to == "discipline":
        return unit.discipline_kind == "discipline"
    if kind.applies_to == "control":
        wanted = (kind.control_form,) if kind.control_form else EXAMS
        return unit.discipline_kind != "practice" and unit.control_form in wanted
    if kind.applies_to in ("practice", "attestation"):
        return unit.discipline_kind == kind.applies_to and (
            not kind.control_form or unit.control_form == kind.control_form
        )
    return False


def hours_of_plan(kind, unit):
    """Return the hours that the curriculum gives to the kind of work."""
    found = exact(unit.hours.get(kind.plan_field)) if kind.plan_field else Decimal(0)
    if not found and kind.applies_to in ("practice", "attestation"):
        # A practice without hours by kind is described by its credits only.
        found = exact(unit.credits) * HOURS_PER_CREDIT
    return found


def merge(units):
    """Return the units of one stream as one unit.

    Where their plans differ, the longer one counts: whoever lectures must give it.
    """
    units = list(units)
    largest = max(units, key=lambda unit: (unit.students, unit.key))
    fields = {field for unit in units for field in unit.hours}
    merged = {
        field: max(exact(unit.hours.get(field)) for unit in units) for field in fields
    }
    differ = any(
        exact(unit.hours.get(field)) != merged[field]
        for unit in units
        for field in fields
    )
    return largest._replace(
        key=f"s{largest.stream_id}",
        name=largest.stream_name or largest.name,
        class_group_id=None,
        students=sum(unit.students for unit in units),
        hours=merged,
        is_mixed=differ or any(unit.is_mixed for unit in units),
        programme_ids=tuple(sorted({i for unit in units for i in unit.programme_ids})),
        courses=tuple(sorted({c for unit in units for c in unit.courses})),
        parts=(),
    )


def compute(units, kinds, norms):
    """Return the lines of load of the units.

    :param units: :class:`Unit` of one or several terms
    :param kinds: :class:`Kind`
    :param norms: ``{(kind id, level or None): Norm}``; a norm for the level goes
        before the general one; a kind without norm gives no lines
    :rtype: list[Line]
    """
    units = list(units)
    by_stream = defaultdict(list)
    for unit in units:
        if unit.stream_id:
            by_stream[unit.stream_id].append(unit)
    streams = {key: merge(members) for key, members in by_stream.items()}
    lines = []
    for kind in kinds:
        done = set()
        for unit in units:
            norm = _norm(norms, kind, unit)
            if norm is None:
                continue
            if norm.basis in STREAM_BASES and unit.stream_id:
                unit = streams[unit.stream_id]
                if unit.key in done:
                    continue
                done.add(unit.key)
                norm = _norm(norms, kind, unit) or norm
            if applies(kind, unit):
                lines.extend(_lines_of(kind, norm, unit))
    return lines


def _norm(norms, kind, unit):
    return norms.get((kind.id, unit.level)) or norms.get((kind.id, None))


def _lines_of(kind, norm, unit):
    plan = hours_of_plan(kind, unit)
    parts = ()
    if norm.basis == PLAN_SUBGROUP:
        parts = [part for part in unit.parts if part.kind in kind.subgroup_kinds]
    if not parts:
        parts = (None,)
    for part in parts:
        students = unit.students if part is None else part.students
        amount = hours(norm, plan_hours=plan, students=students)
        if amount <= 0:
            continue
        yield Line(
            key=f"{kind.code}|{unit.key if part is None else f'b{part.id}'}",
            kind_id=kind.id,
            unit=unit,
            plan_hours=cents(plan),
            hours=amount,
            students=students,
            name=unit.name if part is None else part.name or unit.name,
            class_group_id=unit.class_group_id,
            stream_id=unit.stream_id if unit.class_group_id is None else None,
            subgroup_id=None if part is None else part.id,
        )


def split(total, shares):
    """Divide hours in proportion to ``shares``; the parts add up to the total.

    :param shares: positive numbers; only their proportion counts
    :rtype: list[Decimal]
    """
    total, shares = cents(total), [exact(share) for share in shares]
    whole = sum(shares)
    if not shares or whole <= 0 or min(shares) < 0:
        raise ValueError("shares must not be negative nor all zero")
    parts, left, rest = [], total, whole
    for share in shares:
        # What is left is divided anew each time, so nothing is lost by rounding.
        part = cents(left * share / rest) if rest else Decimal(0)
        parts.append(part)
        left -= part
        rest -= share
    return parts


def spread(total, norms):
    """Give hours to several rates of one person: each up to its norm, in order.

    What exceeds all norms stays with the first one: that is where it is paid.

    :rtype: list[Decimal]
    """
    left, result = cents(total), []
    for norm in norms:
        given = min(left, cents(norm))
        result.append(given)
        left -= given
    if result and left:
        result[0] += left
    return result


def judge(norm, assigned, tolerance=0):
    """Return ``under``, ``normal`` or ``over``.

    :param tolerance: per cent of the norm that is no deviation yet
    """
    norm, assigned = exact(norm), exact(assigned)
    margin = norm * exact(tolerance) / 100
    if assigned > norm + margin:
        return "over"
    return "under" if assigned < norm - margin else "normal"


class Task(NamedTuple):
    """A line without teacher: its hours and who is closest to it."""

    id: int
    hours: Decimal
    discipline_id: int | None = None
    # (teacher, why), the closest first
    preferred: tuple = ()
    # What is best left in one hand: the works with one class group.
    unit: object = None


class _Staff:
    """Teachers with their room; nobody is loaded above norm and tolerance."""

    def __init__(self, teachers, taught, tolerance):
        self.limits = {
            teacher: exact(norm) * (100 + exact(tolerance)) / 100
            for teacher, (norm, __) in teachers.items()
        }
        self.load = {teacher: exact(done) for teacher, (__, done) in teachers.items()}
        self.taught = set(taught)

    def fits(self, teacher, amount):
        return (
            teacher in self.load and self.load[teacher] + amount <= self.limits[teacher]
        )

    def give(self, teacher, task):
        self.load[teacher] += exact(task.hours)
        self.taught.add((teacher, task.discipline_id))

    def best(self, amount, discipline):
        """Return (teacher, why) or None: who teaches it already, the least loaded."""
        free = [
            teacher
            for teacher, limit in self.limits.items()
            if limit > 0 and self.fits(teacher, amount)
        ]
        near = [teacher for teacher in free if (teacher, discipline) in self.taught]
        if not free:
            return None
        least = min(near or free, key=lambda t: (self.load[t] / self.limits[t], t))
        return least, "discipline" if near else "balance"


def propose(tasks, teachers, taught=(), tolerance=0):
    """Propose a teacher for each task.

    Whoever the class group or stream names takes its work; the rest goes, largest
    first and the works with one class group together where somebody has room, to
    those who teach the discipline already, then to the least loaded. Nobody is loaded
    above norm and tolerance.

    :param teachers: ``{teacher id: (norm, hours assigned)}``
    :param taught: pairs (teacher id, discipline id) that exist already
    :param tolerance: per cent above the norm that is still allowed
    :return: ``{task id: (teacher id, why)}`` with why one of those of ``preferred``,
        ``discipline`` or ``balance``; tasks for whom nobody has room are left out
    """
    staff = _Staff(teachers, taught, tolerance)
    result = {}
    ordered = sorted(tasks, key=lambda task: (-exact(task.hours), task.id))
    for task in ordered:
        for teacher, why in task.preferred:
            if staff.fits(teacher, exact(task.hours)):
                staff.give(teacher, task)
                result[task.id] = (teacher, why)
                break
    bundles = defaultdict(list)
    for task in ordered:
        if task.id not in result:
            bundles[task.unit or ("task", task.id)].append(task)
    totals = {key: sum(exact(t.hours) for t in works) for key, works in bundles.items()}
    rest = []
    for key in sorted(bundles, key=lambda key: (-totals[key], bundles[key][0].id)):
        works = bundles[key]
        found = staff.best(totals[key], works[0].discipline_id)
        if not found:
            rest += works
            continue
        for task in works:
            staff.give(found[0], task)
            result[task.id] = found
    for task in rest:
        if found := staff.best(exact(task.hours), task.discipline_id):
            staff.give(found[0], task)
            result[task.id] = found
    return result
