"""Rules of registration for disciplines (academic.md §5.1–5.3).

Every rule is a small class. ``examine`` collects the facts of a whole set of plans
with a handful of queries and asks all rules about all plans, so a clerk sees every
reason at once, for one student or for a thousand.

How heavy a broken rule weighs, and who may override it, are data
(``registrar.registration.rule``). Other addons add rules by extending
``registrar.study.plan._registration_rules``, and facts by the hooks of the plan.
"""

from collections import defaultdict
from datetime import date
from functools import cached_property
from typing import NamedTuple

from odoo.tools import SQL

ERROR, WARNING, OFF = "error", "warning", "off"
SEVERITY = {OFF: 0, WARNING: 1, ERROR: 2}

# Line types that need not come from the curriculum of the student.
FREE_LINE_TYPES = ("difference", "additional", "minor", "mobility")
# Line types by which a discipline may be taken although it was passed.
REPEATING_LINE_TYPES = ("gpa_raise", "mobility")
# Line types by which a discipline is taken that was failed before.
REPEATED_LINE_TYPES = ("retake", "gpa_raise", "mobility", "difference")
# Paid per credit even by holders of a grant (academic.md §5.3).
PAID_LINE_TYPES = ("retake", "difference", "additional", "gpa_raise")

# Credits when no dated limit applies. Source: academic.md §4.6, §5.4.
CREDIT_LIMITS = {"term": (20, 40), "year": (24, 68), "summer": (0, 15)}


class Reason(NamedTuple):
    """Why a plan should not be registered: technical code, level, text to read."""

    code: str
    level: str
    text: str
    line_id: int = 0
    override_id: int = 0


class Taken(NamedTuple):
    """A registration for a discipline, own or of another plan of the student."""

    id: int
    plan_id: int
    student_id: int
    year_id: int
    discipline_id: int
    term_id: int
    curriculum_line_id: int
    credits: float
    line_type: str
    is_paid: bool
    price: float
    is_registered: bool


# So many plans are read together; whatever a rule reads for the first time makes the
# ORM look through all of them.
BATCH = 1000


def evaluate(plans):
    """Return what stands against the registration of ``plans``.

    :return: reasons per plan, errors first; plans without reasons have an empty list
    :rtype: dict[int, list[Reason]]
    """
    return {
        plan_id: sorted(
            (reason for reasons in by_code.values() for reason in reasons),
            key=lambda reason: reason.level != ERROR,
        )
        for plan_id, by_code in examine(plans).items()
    }


def examine(plans, facts=None):
    """Ask every rule in force about every plan.

    :return: reasons by the code of the rule; a rule that is kept has no reasons, a
        rule that says nothing about the plan is missing
    :rtype: dict[int, dict[str, list[Reason]]]
    """
    facts = facts or Facts(plans)
    rules = [rule for rule in plans._registration_rules() if facts.level(rule) != OFF]
    result = {}
    for start in range(0, len(plans), BATCH):
        for plan in plans.browse(plans.ids[start : start + BATCH]):
            by_code = result[plan.id] = {}
            for rule in rules:
                if rule.applies(plan, facts):
                    reasons = _reasons(rule, plan, facts)
                    by_code.setdefault(rule.code, []).extend(reasons)
    return result


def _reasons(rule, plan, facts):
    """Yield the reasons of one rule at the weight that the office gives it."""
    weight = facts.level(rule)
    for level, text, *line in rule.check(plan, facts):
        level = min(level or weight, weight, key=SEVERITY.get)
        line_id = line[0] if line else 0
        override = level == ERROR and facts.override(plan, rule.code, line_id)
        if override:
            text = plan.env._(
                "%(reason)s Overridden by %(user)s: %(ground)s",
                reason=text,
                user=override.by_id.name,
                ground=override.ground,
            )
            yield Reason(rule.code, WARNING, text, line_id, override.id)
        else:
            yield Reason(rule.code, level, text, line_id)


class Facts:
    """What the rules need to know, fetched for all plans at once."""

    def __init__(self, plans):
        self.plans = plans
        self.env = plans.env
        self.students = plans.student_id
        self.passed = plans._passed_disciplines(self.students)
        self.passed_lines = plans._passed_curriculum_lines(self.students)
        self.failed = plans._failed_disciplines(self.students)
        self._parts = {}
        self._measured = {}
        self._curricula = {}
        self._windows = {}
        self._limits = {}

    # Registrations

    @cached_property
    def _taken(self):
        """All registrations in force of the students, by student."""
        env = self.env
        env["registrar.study.plan"].flush_model()
        env["registrar.study.plan.line"].flush_model()
        env.cr.execute(
            SQL(
                """
                SELECT l.id, l.plan_id, l.student_id, l.year_id, l.discipline_id,
                       l.term_id, COALESCE(l.curriculum_line_id, 0), l.credits::float,
                       l.line_type, COALESCE(l.is_paid, FALSE),
                       COALESCE(l.price, 0)::float, p.state = 'registered'
                  FROM registrar_study_plan_line l
                  JOIN registrar_study_plan p ON p.id = l.plan_id
                 WHERE l.student_id = ANY(%s) AND l.is_cancelled IS NOT TRUE
                 ORDER BY l.student_id, l.plan_id, l.sequence, l.id
                """,
                self.students.ids,
            )
        )
        taken = defaultdict(list)
        for row in env.cr.fetchall():
            line = Taken(*row)
            taken[line.student_id].append(line)
        return taken

    def lines(self, plan):
        """Return the registrations that the plan itself asks for."""
        return self._split(plan)[0]

    def others(self, plan):
        """Return the other registrations of the student, without what is dropped."""
        return self._split(plan)[1]

    def in_force(self, plan):
        """Return what the student studies in the year once the plan is registered."""
        return self._split(plan)[2]

    def _split(self, plan):
        if plan.id not in self._parts:
            dropped = self.dropped_ids(plan)
            year = plan.year_id.id
            own, others = [], []
            for line in self._taken[plan.student_id.id]:
                if line.plan_id == plan.id:
                    own.append(line)
                elif line.id not in dropped:
                    others.append(line)
            current = [
                line for line in others if line.year_id == year and line.is_registered
            ]
            self._parts[plan.id] = (own, others, current + own)
        return self._parts[plan.id]

    @cached_property
    def drops(self):
        """Lines that changes take off, by plan."""
        by_plan = defaultdict(list)
        changes = self.plans.filtered(lambda plan: plan.kind == "change")
        if changes:
            for drop in changes.sudo().drop_ids:
                by_plan[drop.plan_id.id].append(drop)
        return by_plan

    def dropped_ids(self, plan):
        return {drop.line_id.id for drop in self.drops[plan.id]}

    # Structure

    @cached_property
    def terms(self):
        env = self.env
        ids = {line.term_id for lines in self._taken.values() for line in lines}
        return {
            term.id: term
            for term in env["registrar.term"].sudo().browse(ids) | self._year_terms
        }

    @cached_property
    def _year_terms(self):
        return self.plans.year_id.sudo().term_ids

    @cached_property
    def disciplines(self):
        ids = {line.discipline_id for lines in self._taken.values() for line in lines}
        return {
            record.id: record
            for record in self.env["registrar.discipline"].sudo().browse(ids)
        }

    def discipline(self, discipline_id):
        """Return the name of a discipline for people to read."""
        return self.env["registrar.discipline"].sudo().browse(discipline_id).name

    def term_kind(self, line):
        return self.terms[line.term_id].kind

    def starts(self, line):
        return self.terms[line.term_id].date_from

    @cached_property
    def requirements(self):
        """Pre- and corequisites: ``{discipline id: ((ids), (ids))}``."""
        return {
            discipline.id: (
                discipline.prerequisite_ids.ids,
                discipline.corequisite_ids.ids,
            )
            for discipline in self.disciplines.values()
        }

    def curriculum(self, plan):
        """Return the part of the curriculum of a plan for its year of study."""
        key = (plan.curriculum_id.id, plan.course)
        if key not in self._curricula:
            self._curricula[key] = CurriculumYear(plan.curriculum_id, plan.course)
        return self._curricula[key]

    def is_passed(self, plan, discipline_id, curriculum_line_id):
        """Whether the student has passed a discipline in a place of the curriculum.

        A discipline that lasts several terms is passed term by term.
        """
        student = plan.student_id.id
        if len(self.curriculum(plan).lines_of[discipline_id]) < 2:
            return discipline_id in self.passed.get(student, ())
        return curriculum_line_id in self.passed_lines.get(student, ())

    # What the office decided

    @cached_property
    def _rules(self):
        return {
            rule.code: rule
            for rule in self.env["registrar.registration.rule"].sudo().search([])
        }

    def level(self, rule):
        """Return how heavy breaking a rule weighs."""
        record = self._rules.get(rule.code)
        return record.level if record else rule.level

    @cached_property
    def _overrides(self):
        overrides = self.env["registrar.study.plan.override"].sudo()
        return {
            (override.plan_id.id, override.rule_id.code, override.line_id.id or 0): (
                override
            )
            for override in overrides.search([("plan_id", "in", self.plans.ids)])
        }

    def override(self, plan, code, line_id):
        found = self._overrides
        return found.get((plan.id, code, line_id)) or found.get((plan.id, code, 0))

    @cached_property
    def holds(self):
        return (
            self.env["registrar.hold"]
            .sudo()
            ._active(self.students, blocks="registration")
        )

    @cached_property
    def probation(self):
        """Ids of the students who are on probation."""
        return self.plans._on_probation(self.students)

    def credit_limit(self, plan, period):
        """Return the fewest and the most credits of a term, a summer or a year."""
        key = (
            plan.year_id.id,
            plan.programme_id.level,
            plan.group_id.study_form,
            plan.course,
            plan.student_id.id in self.probation,
            period,
        )
        if key not in self._limits:
            year, level, form, course, probation, period = key
            self._limits[key] = (
                self.env["registrar.credit.limit"]
                .sudo()
                ._limit(
                    period,
                    plan.year_id.sudo().date_from,
                    level=level,
                    study_form=form,
                    course=course,
                    probation=probation,
                )
            )
        return self._limits[key]

    def credits(self, plan):
        """Measure the credits in force against the limits.

        :return: tuples of period name, credits, fewest, most
        """
        if plan.id not in self._measured:
            self._measured[plan.id] = list(self._measure(plan))
        return self._measured[plan.id]

    def _measure(self, plan):
        by_term = defaultdict(float)
        regular = 0
        for line in self.in_force(plan):
            by_term[line.term_id] += line.credits
        for term_id in sorted(by_term, key=lambda t: self.terms[t].date_from):
            term, credits = self.terms[term_id], by_term[term_id]
            period = "summer" if term.kind == "summer" else "term"
            if period == "term":
                regular += credits
            if period == "summer" or plan.kind != "addition":
                low, high = self.credit_limit(plan, period)
                yield term.display_name, credits, low, high
        if plan.kind != "addition":
            low, high = self.credit_limit(plan, "year")
            yield plan.year_id.sudo().display_name, regular, low, high

    def credit_state(self, plan):
        measured = self.credits(plan)
        if any(credits > high for __, credits, __, high in measured):
            return "over"
        if any(credits < low for __, credits, low, __ in measured):
            return "under"
        return "ok"

    # The user

    @cached_property
    def is_student(self):
        return self.env.user._is_portal()

    @cached_property
    def is_clerk(self):
        return self.env.user.has_group("registrar_core.group_registrar_clerk")

    # Calendar

    @cached_property
    def calendar_years(self):
        """Ids of the academic years for which calendars exist."""
        if "registrar.calendar" not in self.env:
            return set()
        Calendar = self.env["registrar.calendar"].sudo()
        years = self.plans.year_id
        return set(
            Calendar.search(
                [("year_id", "in", years.ids), ("state", "=", "approved")]
            ).year_id.ids
        )

    def is_open(self, plan, activity, term):
        """Whether the calendar of the student has a window open today, or None."""
        key = (activity, tuple(term.ids))
        if key not in self._windows:
            self._windows[key] = (
                self.env["registrar.calendar"]
                .sudo()
                ._is_open(self.students, activity, term=term)
            )
        return self._windows[key].get(plan.student_id.id)

    # Floors and parts that know more

    @cached_property
    def debts(self):
        """Debts that can be studied in a year: ``{(student, year): [vals, …]}``."""
        debts = defaultdict(list)
        mains = self.plans.filtered(lambda plan: plan.kind == "main")
        for year in mains.year_id:
            students = mains.filtered(lambda p, year=year: p.year_id == year).student_id
            for vals in self.plans._debt_lines(students, year):
                debts[vals["student_id"], year.id].append(vals)
        return debts

    @cached_property
    def seats(self):
        return self.plans._seat_obstacles()

    @cached_property
    def languages(self):
        return self.plans._language_obstacles()

    @cached_property
    def closed(self):
        return self.plans._closed_obstacles()

    @cached_property
    def clashes(self):
        return self.plans._timetable_clashes()

    @cached_property
    def drop_obstacles(self):
        lines = self.env["registrar.study.plan.line"].sudo()
        for drops in self.drops.values():
            for drop in drops:
                lines |= drop.line_id
        return lines._drop_obstacles() if lines else {}

    @cached_property
    def priced_years(self):
        """Ids of the academic years for which prices are set."""
        prices = self.env["registrar.credit.price"].sudo()
        years = self.plans.year_id
        return set(prices.search([("year_id", "in", years.ids)]).year_id.ids)

    @cached_property
    def parameters(self):
        return change_parameters(self.env)


class CurriculumYear:
    """Compulsory lines and elective blocks of one year of study."""

    def __init__(self, curriculum, course):
        self.compulsory = []
        self.compulsory_ids = set()
        self.blocks = defaultdict(set)
        self.lines_of = defaultdict(set)
        for line in curriculum.sudo().line_ids:
            discipline = line.discipline_id.id
            self.lines_of[discipline].add(line.id)
            if line.block_id:
                if line.course == course:
                    self.blocks[line.block_id].add(discipline)
            elif line.course == course:
                self.compulsory.append(line)
                self.compulsory_ids.add(line.id)


class Rule:
    """Base of the rules.

    ``check`` yields tuples of level, text and, where one line is meant, its id. The
    level None is that of the rule; another one is never made heavier.
    """

    code = ""
    level = ERROR

    def applies(self, plan, facts):
        """Whether there is anything to judge."""
        return True

    def check(self, plan, facts):
        raise NotImplementedError


class StudentStudies(Rule):
    code = "status"

    def check(self, plan, facts):
        student = plan.student_id
        if student.status != "studying":
            yield None, plan.env._("%s is not studying.", student.short_name)
        if not plan.curriculum_id:
            yield None, plan.env._("The student has no curriculum.")
        elif plan.curriculum_id.sudo().state not in ("approved", "archived"):
            yield None, plan.env._("The curriculum is not approved.")


class NoHold(Rule):
    """Nothing blocks the registration: debts, missing documents, penalties."""

    code = "hold"

    def check(self, plan, facts):
        for hold in facts.holds.get(plan.student_id.id, ()):
            yield (
                None,
                plan.env._("Registration is blocked: %s.", hold._summary()),
            )


class WindowOpen(Rule):
    """The academic calendar lets register now; later steps of the chain may follow."""

    code = "window"

    def applies(self, plan, facts):
        return plan.state == "draft" and plan.year_id.id in facts.calendar_years

    def check(self, plan, facts):
        for activity, term in self._activities(plan, facts):
            is_open = facts.is_open(plan, activity, term)
            if is_open or (is_open is None and not facts.is_student):
                continue
            text = plan._closed_window_text(activity, term)
            if facts.is_student:
                yield ERROR, text
            elif plan.kind != "change":
                yield WARNING, text
            elif facts.is_clerk and (plan.ground or "").strip():
                yield WARNING, text
            elif facts.is_clerk:
                yield ERROR, plan.env._("%s State the ground of the change.", text)
            else:
                yield ERROR, text

    def _activities(self, plan, facts):
        """Return the windows that the plan needs: activity and term."""
        if plan.kind == "main":
            terms = plan.year_id.sudo().term_ids
            return [
                ("registration", terms.filtered(lambda term: term.kind != "summer"))
            ]
        needed = {}
        for line in facts.lines(plan):
            term = facts.terms[line.term_id]
            if term.kind == "summer":
                activity = "summer_registration"
            else:
                activity = "add_drop" if plan.kind == "change" else "registration"
            needed[activity, term.id] = term
        for drop in facts.drops[plan.id]:
            term = drop.line_id.term_id
            activity = "withdrawal" if drop.kind == "withdrawal" else "add_drop"
            needed[activity, term.id] = term
        return [(activity, term) for (activity, __), term in needed.items()]


class HasLines(Rule):
    code = "empty"

    def check(self, plan, facts):
        if not facts.lines(plan) and not facts.drops[plan.id]:
            yield None, plan.env._("The plan is empty.")


class InCurriculum(Rule):
    code = "curriculum"

    def check(self, plan, facts):
        known = facts.curriculum(plan).lines_of
        for line in facts.lines(plan):
            if (
                line.line_type not in FREE_LINE_TYPES
                and line.discipline_id not in known
            ):
                yield (
                    None,
                    plan.env._(
                        "“%s” is not in the curriculum of the student.",
                        facts.discipline(line.discipline_id),
                    ),
                    line.id,
                )


class NotPassed(Rule):
    code = "passed"

    def check(self, plan, facts):
        for line in facts.lines(plan):
            if line.line_type not in REPEATING_LINE_TYPES and facts.is_passed(
                plan, line.discipline_id, line.curriculum_line_id
            ):
                yield (
                    None,
                    plan.env._(
                        "“%s” is already passed.", facts.discipline(line.discipline_id)
                    ),
                    line.id,
                )


class RepeatedAsSuch(Rule):
    """A discipline failed before is studied again as a repeated one, which is paid."""

    code = "repeated"

    def check(self, plan, facts):
        failed = facts.failed.get(plan.student_id.id, ())
        if not failed:
            return
        lines_of = facts.curriculum(plan).lines_of
        for line in facts.lines(plan):
            if (
                line.discipline_id in failed
                and line.line_type not in REPEATED_LINE_TYPES
                and len(lines_of[line.discipline_id]) < 2
            ):
                yield (
                    None,
                    plan.env._(
                        "“%s” was failed before: register it as a retake.",
                        facts.discipline(line.discipline_id),
                    ),
                    line.id,
                )


class Prerequisites(Rule):
    """A prerequisite is passed, or planned for an earlier term and not failed."""

    code = "prerequisites"

    def check(self, plan, facts):
        student = plan.student_id.id
        passed = facts.passed.get(student, ())
        failed = facts.failed.get(student, ())
        planned = [*facts.lines(plan), *facts.others(plan)]
        for line in self._judged(plan, facts):
            for prerequisite in facts.requirements[line.discipline_id][0]:
                if prerequisite in passed:
                    continue
                start = facts.starts(line)
                earlier = any(
                    other.discipline_id == prerequisite and facts.starts(other) < start
                    for other in planned
                )
                if not earlier or prerequisite in failed:
                    yield (
                        None,
                        plan.env._(
                            "“%(discipline)s” needs “%(prerequisite)s” passed before.",
                            discipline=facts.discipline(line.discipline_id),
                            prerequisite=facts.discipline(prerequisite),
                        ),
                        line.id if line.plan_id == plan.id else 0,
                    )

    def _judged(self, plan, facts):
        """Return the own lines and those that lean on what the plan drops."""
        dropped = {drop.discipline_id.id for drop in facts.drops[plan.id]}
        leaning = [
            line
            for line in facts.others(plan)
            if dropped
            and line.is_registered
            and dropped.intersection(*[self._needs(facts, line)])
        ]
        return [*facts.lines(plan), *leaning]

    def _needs(self, facts, line):
        return facts.requirements[line.discipline_id][0]


class Corequisites(Prerequisites):
    """A corequisite is passed, or studied in the same term or earlier."""

    code = "corequisites"

    def check(self, plan, facts):
        passed = facts.passed.get(plan.student_id.id, ())
        planned = [*facts.lines(plan), *facts.others(plan)]
        for line in self._judged(plan, facts):
            for corequisite in facts.requirements[line.discipline_id][1]:
                if corequisite in passed:
                    continue
                start = facts.starts(line)
                if not any(
                    other.discipline_id == corequisite and facts.starts(other) <= start
                    for other in planned
                ):
                    yield (
                        None,
                        plan.env._(
                            "“%(discipline)s” is studied together with "
                            "“%(corequisite)s”, which is not planned.",
                            discipline=facts.discipline(line.discipline_id),
                            corequisite=facts.discipline(corequisite),
                        ),
                        line.id if line.plan_id == plan.id else 0,
                    )

    def _needs(self, facts, line):
        return facts.requirements[line.discipline_id][1]


class NotTwice(Rule):
    code = "duplicate"

    def check(self, plan, facts):
        seen = {(line.discipline_id, line.term_id) for line in facts.others(plan)}
        for line in facts.lines(plan):
            key = (line.discipline_id, line.term_id)
            if key in seen:
                yield (
                    None,
                    plan.env._(
                        "“%(discipline)s” is registered twice for %(term)s.",
                        discipline=facts.discipline(line.discipline_id),
                        term=facts.terms[line.term_id].display_name,
                    ),
                    line.id,
                )
            seen.add(key)


class ChooseSatisfied(Rule):
    code = "choose"

    def applies(self, plan, facts):
        return plan.kind != "addition" and bool(facts.curriculum(plan).blocks)

    def check(self, plan, facts):
        taken = {line.discipline_id for line in facts.lines(plan)}
        taken |= set(facts.passed.get(plan.student_id.id, ()))
        year = plan.year_id.id
        taken |= {
            line.discipline_id for line in facts.others(plan) if line.year_id == year
        }
        for block, options in facts.curriculum(plan).blocks.items():
            chosen = len(options & taken)
            if chosen != block.choose:
                yield (
                    None,
                    plan.env._(
                        "Elective block %(block)s: %(chosen)s chosen instead of "
                        "%(choose)s.",
                        block=block.code,
                        chosen=chosen,
                        choose=block.choose,
                    ),
                )


class CompulsoryTaken(Rule):
    code = "compulsory"
    level = WARNING

    def applies(self, plan, facts):
        return plan.kind != "addition"

    def check(self, plan, facts):
        if plan.kind == "change":
            yield from self._dropped(plan, facts)
            return
        taken = {
            (line.discipline_id, facts.terms[line.term_id].number)
            for line in facts.lines(plan)
        }
        for line in facts.curriculum(plan).compulsory:
            discipline = line.discipline_id.id
            key = (discipline, line._number_in_year())
            if key not in taken and not facts.is_passed(plan, discipline, line.id):
                yield (
                    None,
                    plan.env._(
                        "The compulsory discipline “%s” of this year is not planned.",
                        facts.discipline(discipline),
                    ),
                )

    def _dropped(self, plan, facts):
        compulsory = facts.curriculum(plan).compulsory_ids
        left = {line.discipline_id for line in facts.in_force(plan)}
        for drop in facts.drops[plan.id]:
            line = drop.line_id
            if (
                line.curriculum_line_id.id in compulsory
                and line.discipline_id.id not in left
            ):
                yield (
                    None,
                    plan.env._(
                        "“%s” is compulsory in this year and would be dropped.",
                        facts.discipline(line.discipline_id.id),
                    ),
                )


class CreditLimits(Rule):
    code = "credits"
    level = WARNING

    def check(self, plan, facts):
        for period, credits, low, high in facts.credits(plan):
            if not low <= credits <= high:
                yield (
                    None,
                    plan.env._(
                        "%(period)s: %(credits)s credits; usual are %(low)s to "
                        "%(high)s.",
                        period=period,
                        credits=f"{credits:g}",
                        low=f"{low:g}",
                        high=f"{high:g}",
                    ),
                )


class DebtsFirst(Rule):
    """Debts whose disciplines can be studied this year are planned first."""

    code = "debts"
    level = WARNING

    def applies(self, plan, facts):
        return plan.kind == "main"

    def check(self, plan, facts):
        debts = facts.debts.get((plan.student_id.id, plan.year_id.id))
        if not debts:
            return
        planned = {line.discipline_id for line in facts.in_force(plan)}
        for vals in debts:
            if vals["discipline_id"] not in planned:
                yield (
                    None,
                    plan.env._(
                        "The debt in “%s” is not planned, it comes first.",
                        facts.discipline(vals["discipline_id"]),
                    ),
                )


class NoSummerInFinalYear(Rule):
    code = "summer_final_year"

    def applies(self, plan, facts):
        return any(facts.term_kind(line) == "summer" for line in facts.lines(plan))

    def check(self, plan, facts):
        years = plan.curriculum_id.sudo().duration_years
        if years and plan.course >= years:
            yield (
                None,
                plan.env._("Final-year students have no summer term."),
            )


class PriceKnown(Rule):
    code = "price"

    def applies(self, plan, facts):
        return plan.year_id.id in facts.priced_years

    def check(self, plan, facts):
        for line in facts.lines(plan):
            if line.is_paid and not line.price and line.credits:
                yield (
                    None,
                    plan.env._(
                        "“%s” is paid, but the price of a credit is not set.",
                        facts.discipline(line.discipline_id),
                    ),
                    line.id,
                )


class _LineRule(Rule):
    """A rule whose obstacles a hook of the plan finds: ``{line id: text}``.

    None instead of the dict: nothing is known, the rule does not apply.
    """

    fact = ""

    def applies(self, plan, facts):
        return getattr(facts, self.fact) is not None

    def check(self, plan, facts):
        obstacles = getattr(facts, self.fact)
        for line in facts.lines(plan):
            if text := obstacles.get(line.id):
                yield None, text, line.id


class SeatFree(_LineRule):
    code = "seat"
    fact = "seats"


class LanguageFits(_LineRule):
    code = "language"
    level = WARNING
    fact = "languages"


class NotClosed(_LineRule):
    code = "closed"
    fact = "closed"


class NoClash(_LineRule):
    code = "timetable"
    fact = "clashes"


class DropPossible(Rule):
    """What has a result is a fact and is not dropped any more."""

    code = "drop"

    def applies(self, plan, facts):
        return bool(facts.drops[plan.id])

    def check(self, plan, facts):
        for drop in facts.drops[plan.id]:
            line = drop.line_id
            if line.is_cancelled:
                yield (
                    None,
                    plan.env._(
                        "“%s” has been dropped already.", line.discipline_id.name
                    ),
                )
            elif text := facts.drop_obstacles.get(line.id):
                yield None, text


class ChangeShare(Rule):
    """From the second year on a small share changes, until a day (academic.md §4.6)."""

    code = "change_share"
    level = WARNING

    def applies(self, plan, facts):
        return plan.kind == "change" and plan.course >= 2

    def check(self, plan, facts):
        share, month, day = facts.parameters
        added = sum(line.credits for line in facts.lines(plan))
        dropped = sum(drop.line_id.credits for drop in facts.drops[plan.id])
        planned = sum(line.credits for line in facts.in_force(plan)) - added + dropped
        changed = max(added, dropped)
        if planned and changed * 100 > planned * share:
            yield (
                None,
                plan.env._(
                    "%(changed)s of %(planned)s credits change; at most %(share)s %% "
                    "may.",
                    changed=f"{changed:g}",
                    planned=f"{planned:g}",
                    share=f"{share:g}",
                ),
            )
        start = plan.year_id.sudo().date_from
        limit = date(start.year, month, day)
        if plan.year_id.id not in facts.calendar_years and plan._today() > limit:
            yield (
                None,
                plan.env._(
                    "Plans of this year could be changed until %s.",
                    limit.strftime("%d.%m.%Y"),
                ),
            )


# In the order in which people read them.
RULES = (
    StudentStudies(),
    NoHold(),
    WindowOpen(),
    HasLines(),
    InCurriculum(),
    NotPassed(),
    RepeatedAsSuch(),
    Prerequisites(),
    Corequisites(),
    NotTwice(),
    ChooseSatisfied(),
    CompulsoryTaken(),
    DebtsFirst(),
    CreditLimits(),
    NoSummerInFinalYear(),
    SeatFree(),
    LanguageFits(),
    NotClosed(),
    NoClash(),
    PriceKnown(),
    DropPossible(),
    ChangeShare(),
)


def change_parameters(env):
    """Return the share in per cent and the last day (month, day) of changes."""
    parameters = env["ir.config_parameter"].sudo()
    defaults = {"change_share": 10, "change_month": 8, "change_day": 20}
    return tuple(
        int(parameters.get_param(f"registrar_core.{name}") or default)
        for name, default in defaults.items()
    )
