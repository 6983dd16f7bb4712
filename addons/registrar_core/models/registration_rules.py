"""Rules of registration for disciplines (academic.md §5.2).

Every rule is a small class. ``evaluate`` collects the facts of a whole set of plans
with a handful of queries and asks all rules about all plans, so a clerk sees every
reason at once, for one student or for a thousand.

Other addons add rules by extending ``registrar.study.plan._registration_rules``.
"""

from collections import defaultdict
from typing import NamedTuple

ERROR, WARNING = "error", "warning"

# Line types that need not come from the curriculum of the student.
FREE_LINE_TYPES = ("difference", "additional", "minor", "mobility")
# Line types by which a discipline may be taken although it was passed.
REPEATING_LINE_TYPES = ("gpa_raise", "mobility")

# Warning thresholds in credits: parameter → default. Source: academic.md §4.6, §5.4.
CREDIT_LIMITS = {
    "term_credits_min": 20,
    "term_credits_max": 40,
    "year_credits_min": 24,
    "year_credits_max": 68,
    "summer_credits_max": 15,
}


class Reason(NamedTuple):
    """Why a plan should not be registered: technical code, level, text to read."""

    code: str
    level: str
    text: str


def evaluate(plans):
    """Return what stands against the registration of ``plans``.

    :return: reasons per plan, errors first; plans without reasons have an empty list
    :rtype: dict[int, list[Reason]]
    """
    facts = Facts(plans)
    rules = plans._registration_rules()
    result = {}
    for plan in plans:
        reasons = [
            Reason(rule.code, level, text)
            for rule in rules
            for level, text in rule.check(plan, facts)
        ]
        result[plan.id] = sorted(reasons, key=lambda reason: reason.level != ERROR)
    return result


class Facts:
    """What the rules need to know, fetched for all plans at once."""

    def __init__(self, plans):
        env = plans.env
        students = plans.student_id
        self.passed = plans._passed_disciplines(students)
        self.passed_lines = plans._passed_curriculum_lines(students)
        self.failed = plans._failed_disciplines(students)
        self.limits = credit_limits(env)
        self.other_lines = defaultdict(list)
        lines = (
            env["registrar.study.plan.line"]
            .sudo()
            .search(
                [
                    ("student_id", "in", students.ids),
                    ("plan_id", "not in", plans.ids),
                    ("is_cancelled", "=", False),
                ]
            )
        )
        for line in lines:
            self.other_lines[line.student_id.id].append(line)
        self._curricula = {}

    def curriculum(self, plan):
        """Return the part of the curriculum of a plan for its year of study."""
        key = (plan.curriculum_id.id, plan.course)
        if key not in self._curricula:
            self._curricula[key] = CurriculumYear(plan.curriculum_id, plan.course)
        return self._curricula[key]

    def is_passed(self, plan, discipline, curriculum_line):
        """Whether the student has passed a discipline in a place of the curriculum.

        A discipline that lasts several terms is passed term by term.
        """
        student = plan.student_id.id
        if len(self.curriculum(plan).lines_of[discipline.id]) < 2:
            return discipline.id in self.passed.get(student, ())
        return curriculum_line.id in self.passed_lines.get(student, ())


class CurriculumYear:
    """Compulsory lines and elective blocks of one year of study."""

    def __init__(self, curriculum, course):
        self.compulsory = []
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


class Rule:
    """Base of the rules; ``check`` yields pairs of level and text."""

    code = ""

    def check(self, plan, facts):
        raise NotImplementedError


class StudentStudies(Rule):
    code = "status"

    def check(self, plan, facts):
        student = plan.student_id
        if student.status != "studying":
            yield ERROR, plan.env._("%s is not studying.", student.short_name)
        if not plan.curriculum_id:
            yield ERROR, plan.env._("The student has no curriculum.")
        elif plan.curriculum_id.sudo().state == "draft":
            yield ERROR, plan.env._("The curriculum is not approved.")


class HasLines(Rule):
    code = "empty"

    def check(self, plan, facts):
        if not plan.line_ids:
            yield ERROR, plan.env._("The plan is empty.")


class InCurriculum(Rule):
    code = "curriculum"

    def check(self, plan, facts):
        known = facts.curriculum(plan).lines_of
        for line in plan.line_ids:
            if (
                line.line_type not in FREE_LINE_TYPES
                and line.discipline_id.id not in known
            ):
                yield (
                    ERROR,
                    plan.env._(
                        "“%s” is not in the curriculum of the student.",
                        line.discipline_id.display_name,
                    ),
                )


class NotPassed(Rule):
    code = "passed"

    def check(self, plan, facts):
        for line in plan.line_ids:
            if line.line_type not in REPEATING_LINE_TYPES and facts.is_passed(
                plan, line.discipline_id, line.curriculum_line_id
            ):
                yield (
                    ERROR,
                    plan.env._(
                        "“%s” is already passed.", line.discipline_id.display_name
                    ),
                )


class Prerequisites(Rule):
    """A prerequisite is passed, or planned for an earlier term and not failed."""

    code = "prerequisites"

    def check(self, plan, facts):
        student = plan.student_id.id
        passed = facts.passed.get(student, set())
        failed = facts.failed.get(student, set())
        planned = [*plan.line_ids, *facts.other_lines[student]]
        for line in plan.line_ids:
            for prerequisite in line.discipline_id.prerequisite_ids:
                if prerequisite.id in passed:
                    continue
                earlier = any(
                    other.discipline_id == prerequisite
                    and other.term_id.date_from < line.term_id.date_from
                    for other in planned
                )
                if not earlier or prerequisite.id in failed:
                    yield (
                        ERROR,
                        plan.env._(
                            "“%(discipline)s” needs “%(prerequisite)s” passed before.",
                            discipline=line.discipline_id.display_name,
                            prerequisite=prerequisite.display_name,
                        ),
                    )


class NotTwice(Rule):
    code = "duplicate"

    def check(self, plan, facts):
        seen = {}
        others = facts.other_lines[plan.student_id.id]
        for line in [*others, *plan.line_ids]:
            key = (line.discipline_id.id, line.term_id.id)
            if key in seen and line.plan_id == plan:
                yield (
                    ERROR,
                    plan.env._(
                        "“%(discipline)s” is registered twice for %(term)s.",
                        discipline=line.discipline_id.display_name,
                        term=line.term_id.display_name,
                    ),
                )
            seen[key] = line


class ChooseSatisfied(Rule):
    code = "choose"

    def check(self, plan, facts):
        if plan.kind != "main":
            return
        taken = set(plan.line_ids.discipline_id.ids)
        taken |= facts.passed.get(plan.student_id.id, set())
        taken |= {
            line.discipline_id.id
            for line in facts.other_lines[plan.student_id.id]
            if line.year_id == plan.year_id
        }
        for block, options in facts.curriculum(plan).blocks.items():
            chosen = len(options & taken)
            if chosen != block.choose:
                yield (
                    ERROR,
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

    def check(self, plan, facts):
        if plan.kind != "main":
            return
        taken = {(line.discipline_id.id, line.term_id.number) for line in plan.line_ids}
        for line in facts.curriculum(plan).compulsory:
            key = (line.discipline_id.id, line._number_in_year())
            if key not in taken and not facts.is_passed(plan, line.discipline_id, line):
                yield (
                    WARNING,
                    plan.env._(
                        "The compulsory discipline “%s” of this year is not planned.",
                        line.discipline_id.display_name,
                    ),
                )


class CreditLimits(Rule):
    code = "credits"

    def check(self, plan, facts):
        by_term = defaultdict(float)
        for line in plan.line_ids:
            by_term[line.term_id] += line.credits
        limits = facts.limits
        regular = 0
        for term, credits in by_term.items():
            if term.kind == "summer":
                low, high = 0, limits["summer_credits_max"]
            else:
                regular += credits
                low, high = limits["term_credits_min"], limits["term_credits_max"]
            if plan.kind == "main":
                yield from self._outside(plan, term.display_name, credits, low, high)
        if plan.kind == "main":
            low, high = limits["year_credits_min"], limits["year_credits_max"]
            year = plan.year_id.display_name
            yield from self._outside(plan, year, regular, low, high)

    def _outside(self, plan, period, credits, low, high):
        if low <= credits <= high:
            return
        yield (
            WARNING,
            plan.env._(
                "%(period)s: %(credits)g credits; usual are %(low)s to %(high)s.",
                period=period,
                credits=credits,
                low=low,
                high=high,
            ),
        )


RULES = (
    StudentStudies(),
    HasLines(),
    InCurriculum(),
    NotPassed(),
    Prerequisites(),
    NotTwice(),
    ChooseSatisfied(),
    CompulsoryTaken(),
    CreditLimits(),
)


def credit_limits(env):
    """Return the warning thresholds from the settings."""
    parameters = env["ir.config_parameter"].sudo()
    return {
        name: int(parameters.get_param(f"registrar_core.{name}") or default)
        for name, default in CREDIT_LIMITS.items()
    }
