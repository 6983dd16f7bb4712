"""Rules of taking a seat (academic.md §5.1–5.3).

They judge one more discipline of a student, not the plan as a whole: that is done by
``registration_rules`` when the plan is submitted. Like there, the facts of all students
are fetched at once and every reason is returned.
"""

from collections import defaultdict

from odoo.tools import format_date

from .registration_rules import FREE_LINE_TYPES

# Line types by which a passed discipline may be taken again.
REPEATING = ("gpa_raise", "mobility")


def refusals(offer, students, line_type, mode=None):
    """Return why ``students`` cannot have a seat in ``offer``.

    :param str line_type: None: as the kind of the offer says for each student
    :param str mode: see ``closed_windows``
    :rtype: dict[int, list[str]]
    """
    offer, students = offer.sudo(), students.sudo()
    facts = SeatFacts(offer, students, mode)
    result = {}
    for student in students:
        kind = line_type or offer._line_type_for(student)
        result[student.id] = [
            text for rule in RULES for text in rule(offer, student, kind, facts)
        ]
    return result


class SeatFacts:
    """What the rules need to know, fetched for all students at once."""

    def __init__(self, offer, students, mode):
        env = offer.env
        self.mode = mode
        plans = env["registrar.study.plan"].sudo()
        self.passed = plans._passed_disciplines(students)
        self.failed = plans._failed_disciplines(students)
        self.states = plans._study_states(students, offer.year_id)
        self.lines = defaultdict(list)
        lines = (
            env["registrar.study.plan.line"]
            .sudo()
            .search([("student_id", "in", students.ids), ("is_cancelled", "=", False)])
        )
        for line in lines:
            self.lines[line.student_id.id].append(line)
        holds = env["registrar.hold"].sudo()
        self.holds = holds._active(students, blocks="registration")
        self.closed = closed_windows(
            env, students, offer.term_id, activities(offer.term_id), mode
        )
        self.curricula = {}

    def disciplines_of(self, env, curriculum_id):
        if curriculum_id not in self.curricula:
            curriculum = env["registrar.curriculum"].sudo().browse(curriculum_id)
            self.curricula[curriculum_id] = set(curriculum.line_ids.discipline_id.ids)
        return self.curricula[curriculum_id]


def activities(term):
    """Return the activities of the calendar that open registration for a term."""
    if term.kind == "summer":
        return ("summer_registration",)
    return ("registration", "add_drop")


def closed_windows(env, students, term, wanted, mode):
    """Return why the calendar forbids ``wanted`` activities today, with the dates.

    :param str mode: ``"student"``: one of the activities must be open; ``"adviser"``:
        only a calendar that says "closed" forbids; None: nothing is forbidden
    :return: ``{student id: text}``, without those who may register
    :rtype: dict[int, str]
    """
    if not mode:
        return {}
    Calendar = env["registrar.calendar"].sudo()
    answers = defaultdict(set)
    windows = defaultdict(list)
    for activity in wanted:
        found = Calendar._is_open(students, activity, term=term)
        for student in students:
            answers[student.id].add(found.get(student.id))
    closed = [
        student
        for student in students
        if True not in answers[student.id]
        and (mode == "student" or False in answers[student.id])
    ]
    if not closed:
        return {}
    closed = students.browse([student.id for student in closed])
    for activity in wanted:
        for key, dates in Calendar._windows(closed, activity, term=term).items():
            windows[key] += dates
    return {
        student.id: window_text(env, term, windows[student.id]) for student in closed
    }


def window_text(env, term, dates):
    """Say when registration for a term is open."""
    if not dates:
        return env._(
            "The academic calendar does not open registration for %s yet.",
            term.display_name,
        )
    return env._(
        "Registration for %(term)s is closed now; it is open %(dates)s.",
        term=term.display_name,
        dates=", ".join(
            f"{format_date(env, first)} – {format_date(env, last)}"
            for first, last in sorted(set(dates))
        ),
    )


def is_open(offer, student, kind, facts):
    if offer.state != "open":
        yield offer.env._("“%s” takes nobody else.", offer.display_name)
    if student.id in facts.closed:
        yield facts.closed[student.id]


def student_studies(offer, student, kind, facts):
    if not facts.states.get(student.id) or student.status not in (
        "studying",
        "leave",
    ):
        yield offer.env._("%s does not study in that year.", student.full_name)
    elif student.status == "leave":
        yield offer.env._("%s is on academic leave.", student.full_name)


def no_hold(offer, student, kind, facts):
    for hold in facts.holds.get(student.id, ()):
        yield offer.env._("Registration is held: %s", hold._summary())


def programme_fits(offer, student, kind, facts):
    if offer.programme_ids and student.programme_id not in offer.programme_ids:
        yield offer.env._("“%s” is offered for other programmes.", offer.display_name)


def in_curriculum(offer, student, kind, facts):
    state = facts.states.get(student.id)
    if kind in FREE_LINE_TYPES or not state:
        return
    known = facts.disciplines_of(offer.env, state["curriculum_id"])
    if offer.discipline_id.id not in known:
        yield offer.env._(
            "“%(discipline)s” is not in the curriculum of %(student)s.",
            discipline=offer.discipline_id.display_name,
            student=student.full_name,
        )


def not_passed(offer, student, kind, facts):
    if kind in REPEATING:
        return
    if offer.discipline_id.id in facts.passed.get(student.id, ()) and not lasts_on(
        offer, student, facts
    ):
        yield offer.env._("“%s” is already passed.", offer.discipline_id.display_name)


def lasts_on(offer, student, facts):
    """Whether the discipline lasts several terms in the curriculum."""
    state = facts.states.get(student.id)
    if not state:
        return False
    curriculum = offer.env["registrar.curriculum"].browse(state["curriculum_id"])
    lines = curriculum.sudo().line_ids.filtered(
        lambda line: line.discipline_id == offer.discipline_id
    )
    return len(lines) > 1


def not_twice(offer, student, kind, facts):
    for line in facts.lines[student.id]:
        if line.discipline_id != offer.discipline_id or line.term_id != offer.term_id:
            continue
        if line.offer_id and line.offer_id != offer:
            yield offer.env._(
                "%(student)s has a seat in “%(offer)s” already.",
                student=student.full_name,
                offer=line.offer_id.display_name,
            )


def prerequisites_met(offer, student, kind, facts):
    passed = facts.passed.get(student.id, set())
    failed = facts.failed.get(student.id, set())
    for prerequisite in offer.discipline_id.prerequisite_ids:
        if prerequisite.id in passed:
            continue
        planned = any(
            line.discipline_id == prerequisite
            and line.term_id.date_from < offer.term_id.date_from
            for line in facts.lines[student.id]
        )
        if not planned or prerequisite.id in failed:
            yield offer.env._(
                "“%(discipline)s” needs “%(prerequisite)s” passed before.",
                discipline=offer.discipline_id.display_name,
                prerequisite=prerequisite.display_name,
            )


def summer_is_paid(offer, student, kind, facts):
    """Students come to the summer semester by an application that is paid."""
    if offer.term_id.kind != "summer" or facts.mode != "student":
        return
    paid = offer.env["registrar.summer.application"].search_count(
        [
            ("student_id", "=", student.id),
            ("term_id", "=", offer.term_id.id),
            ("state", "in", ("paid", "registered")),
        ],
        limit=1,
    )
    if not paid:
        yield offer.env._("Apply for the summer semester and pay for it first.")


RULES = (
    is_open,
    student_studies,
    no_hold,
    programme_fits,
    in_curriculum,
    not_passed,
    not_twice,
    prerequisites_met,
    summer_is_paid,
)
