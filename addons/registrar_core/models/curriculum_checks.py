"""What may be wrong with a curriculum (academic.md §4.1–4.3).

Every check is a generator that looks at the facts of one curriculum and yields all
violations it finds. The facts of a whole set of curricula are read before the first
check runs, so that no check asks the database.
"""

import re
from collections import Counter, defaultdict
from fnmatch import fnmatchcase
from typing import NamedTuple

from odoo.tools import float_compare, float_is_zero
from odoo.tools.misc import formatLang

from .registrar_curriculum_line import HOURS_PER_CREDIT
from .registrar_term import TERMS_PER_YEAR

ERROR = "error"
WARNING = "warning"

# Additional training is not a part of the volume of a programme (academic.md §4.2).
OUTSIDE_TOTAL = "dvo"

# Nobody can approve a curriculum without content, whatever the ground.
NEVER_OVERRIDDEN = frozenset({"empty"})

LANGUAGES = ("kk", "ru", "en")
# A number at the end of a name tells the parts of one discipline apart.
_PART_NUMBER = re.compile(r" (?:\d+|[ivx]+|і+)$")


class Violation(NamedTuple):
    """One thing that is wrong: ``level`` is ``error`` or ``warning``."""

    level: str
    code: str
    text: str


class Facts:
    """What the checks look at; one object per curriculum."""

    def __init__(self, curriculum, profile):
        self.env = curriculum.env
        self.curriculum = curriculum
        self.profile = profile
        self.lines = list(curriculum.line_ids)
        self.chosen = [
            line for line in curriculum._chosen_lines() if line.cycle != OUTSIDE_TOTAL
        ]
        self.hours_per_credit = profile.hours_per_credit or HOURS_PER_CREDIT
        self.last_term = round(curriculum.duration_years * TERMS_PER_YEAR)

    def number(self, value):
        return formatLang(self.env, value, digits=1)


def violations(curricula):
    """Return everything that is wrong with each curriculum.

    :return: ``{curriculum id: [Violation]}``, errors before warnings
    """
    curricula.line_ids.discipline_id.prerequisite_ids.mapped("code")
    profiles = curricula.env["registrar.standard.profile"]._for(curricula)
    result = {}
    for curriculum in curricula:
        facts = Facts(curriculum, profiles[curriculum])
        found = [violation for check in CHECKS for violation in check(facts)]
        result[curriculum.id] = sorted(found, key=lambda v: v.level != ERROR)
    return result


def name_key(name):
    """Return a name for comparison: no case, punctuation or number of the part.

    >>> name_key("Казахский (Русский) язык 1")
    'казахский русский язык'
    """
    words = re.sub(r"[^\w*]+", " ", (name or "").casefold().replace("ё", "е")).strip()
    return _PART_NUMBER.sub("", words)


def names_match(names, patterns):
    """Tell whether one of the names fits one of the patterns (``*`` is any text)."""
    keys = [key for key in map(name_key, names) if key]
    return any(
        fnmatchcase(key, pattern)
        for pattern in map(name_key, patterns)
        if pattern
        for key in keys
    )


def check_content(facts):
    if not facts.lines:
        yield Violation(ERROR, "empty", facts.env._("The curriculum has no lines."))


def check_total(facts):
    required = facts.curriculum.programme_id.credits_required
    total = sum(line.credits for line in facts.chosen)
    if facts.lines and required and float_compare(total, required, 1):
        yield Violation(
            ERROR,
            "total",
            facts.env._(
                "The curriculum has %(total)s credits, the programme needs "
                "%(required)s.",
                total=facts.number(total),
                required=required,
            ),
        )


def check_profile(facts):
    """Total, cycles and components against the standard profile."""
    env, profile = facts.env, facts.profile
    if not profile or not facts.lines:
        return
    total = sum(line.credits for line in facts.chosen)
    required = facts.curriculum.programme_id.credits_required
    if profile.credits_total != required and float_compare(
        total, profile.credits_total, 1
    ):
        yield Violation(
            ERROR,
            "profile_total",
            env._(
                "The curriculum has %(total)s credits, the standard “%(profile)s” "
                "requires %(required)s.",
                total=facts.number(total),
                profile=profile.name,
                required=facts.number(profile.credits_total),
            ),
        )
    for rule in profile.line_ids:
        amount = sum(line.credits for line in facts.chosen if rule._covers(line))
        limit = None
        if float_compare(amount, rule.credits_min, 1) < 0:
            limit = rule.credits_min
        elif rule.credits_max and float_compare(amount, rule.credits_max, 1) > 0:
            limit = rule.credits_max
        if limit is None:
            continue
        values = {
            "rule": rule.name,
            "amount": facts.number(amount),
            "limit": facts.number(limit),
        }
        if rule.credits_min == rule.credits_max:
            text = env._("%(rule)s: %(amount)s credits instead of %(limit)s.", **values)
        elif limit == rule.credits_min:
            text = env._(
                "%(rule)s: %(amount)s credits, at least %(limit)s are required.",
                **values,
            )
        else:
            text = env._(
                "%(rule)s: %(amount)s credits, at most %(limit)s are allowed.",
                **values,
            )
        yield Violation(rule.level, "volume", text)


def check_compulsory(facts):
    """The disciplines every programme of the level has, and their control."""
    env = facts.env
    if not facts.lines:
        return
    labels = dict(
        env["registrar.curriculum.line"]
        ._fields["control_form"]
        ._description_selection(env)
    )
    for item in facts.profile.discipline_ids:
        lines = [line for line in facts.chosen if item._covers(line)]
        if not lines:
            yield Violation(
                item.level,
                "compulsory_missing",
                env._(
                    "%(discipline)s: the compulsory discipline is missing, %(credits)s "
                    "credits.",
                    discipline=item.name,
                    credits=facts.number(item.credits_min),
                ),
            )
            continue
        amount = sum(line.credits for line in lines)
        if float_compare(amount, item.credits_min, 1) < 0:
            yield Violation(
                item.level,
                "compulsory_credits",
                env._(
                    "%(discipline)s: %(amount)s credits, at least %(limit)s are "
                    "required.",
                    discipline=item.name,
                    amount=facts.number(amount),
                    limit=facts.number(item.credits_min),
                ),
            )
        last = max(lines, key=lambda line: line.term_number)
        if item.control_form and last.control_form != item.control_form:
            yield Violation(
                item.level,
                "compulsory_control",
                env._(
                    "%(line)s: the control is “%(control)s” instead of “%(required)s”.",
                    line=last.display_name,
                    control=labels[last.control_form],
                    required=labels[item.control_form],
                ),
            )


def check_lines(facts):
    env = facts.env
    for line in facts.lines:
        name = line.display_name
        if float_is_zero(line.credits, 1):
            yield Violation(ERROR, "no_credits", env._("%s: it has no credits.", name))
        expected = line.credits * facts.hours_per_credit
        if float_compare(line.hours_total, expected, 1):
            yield Violation(
                ERROR,
                "hours",
                env._(
                    "%(line)s: %(hours)g hours instead of %(expected)g, %(norm)s per "
                    "credit.",
                    line=name,
                    hours=line.hours_total,
                    expected=expected,
                    norm=facts.hours_per_credit,
                ),
            )
        kinds = line._sum_of_hours()
        if kinds and float_compare(kinds, line.hours_total, 1):
            yield Violation(
                ERROR,
                "hours_by_kind",
                env._(
                    "%(line)s: the hours by kind add up to %(kinds)g, not to "
                    "%(hours)g.",
                    line=name,
                    kinds=kinds,
                    hours=line.hours_total,
                ),
            )
        if line.term_number > facts.last_term:
            yield Violation(
                ERROR,
                "term",
                env._(
                    "%(line)s: the studies have only %(terms)s terms.",
                    line=name,
                    terms=facts.last_term,
                ),
            )


def check_blocks(facts):
    env = facts.env
    options = defaultdict(list)
    for line in facts.lines:
        if line.block_id:
            options[line.block_id].append(line)
    for block in facts.curriculum.block_ids:
        lines = options[block] or options[block._origin]
        volumes = Counter()
        for line in lines:
            volumes[line.discipline_id] += line.credits
        if len(volumes) < block.choose:
            yield Violation(
                ERROR,
                "options",
                env._(
                    "Block %(block)s: %(choose)s are to be chosen of %(options)s.",
                    block=block.code,
                    choose=block.choose,
                    options=len(volumes),
                ),
            )
        defaults = {line.discipline_id for line in lines if line.is_default}
        if defaults and len(defaults) != block.choose:
            yield Violation(
                ERROR,
                "defaults",
                env._(
                    "Block %(block)s: %(defaults)s options are marked as default, "
                    "%(choose)s are chosen.",
                    block=block.code,
                    defaults=len(defaults),
                    choose=block.choose,
                ),
            )
        if len({round(volume, 1) for volume in volumes.values()}) > 1:
            yield Violation(
                ERROR,
                "option_credits",
                env._(
                    "Block %s: its options have different numbers of credits.",
                    block.code,
                ),
            )


def check_repetition(facts):
    """A discipline lasts several terms only within one position."""
    places = defaultdict(set)
    for line in facts.lines:
        places[line.discipline_id].add((line.block_id.id, line.slot or ""))
    for discipline, found in places.items():
        if len(found) > 1:
            yield Violation(
                ERROR,
                "repetition",
                facts.env._(
                    "%s: the discipline occurs in different positions.",
                    discipline.display_name,
                ),
            )


def check_order(facts):
    """Prerequisites come before, corequisites not after the discipline."""
    env = facts.env
    first_terms, last_terms = {}, {}
    for line in facts.lines:
        key, number = line.discipline_id, line.term_number
        first_terms[key] = min(first_terms.get(key, number), number)
        last_terms[key] = max(last_terms.get(key, number), number)
    for discipline, first in first_terms.items():
        for prerequisite in discipline.prerequisite_ids:
            values = {
                "discipline": discipline.display_name,
                "prerequisite": prerequisite.display_name,
            }
            if prerequisite not in last_terms:
                yield Violation(
                    WARNING,
                    "prerequisite_outside",
                    env._(
                        "%(discipline)s: its prerequisite “%(prerequisite)s” is not "
                        "in the curriculum.",
                        **values,
                    ),
                )
            elif last_terms[prerequisite] >= first:
                yield Violation(
                    ERROR,
                    "prerequisite_order",
                    env._(
                        "%(discipline)s: its prerequisite “%(prerequisite)s” is not "
                        "studied before it.",
                        **values,
                    ),
                )
        for corequisite in discipline.corequisite_ids:
            if first_terms.get(corequisite, first + 1) <= first:
                continue
            yield Violation(
                ERROR if corequisite in first_terms else WARNING,
                "corequisite",
                env._(
                    "%(discipline)s: its corequisite “%(corequisite)s” is not studied "
                    "with it.",
                    discipline=discipline.display_name,
                    corequisite=corequisite.display_name,
                ),
            )
    for path in _circles(first_terms):
        yield Violation(
            ERROR,
            "prerequisite_circle",
            env._(
                "The prerequisites go round in a circle: %s.",
                " → ".join(discipline.display_name for discipline in path),
            ),
        )


def _circles(disciplines):
    """Yield each circle of prerequisites among the disciplines once."""
    done = set()
    for start in disciplines:
        path = []
        stack = [(start, iter(start.prerequisite_ids))] if start not in done else []
        while stack:
            node, following = stack[-1]
            if not path or path[-1] != node:
                path.append(node)
            for other in following:
                if other in path:
                    yield [*path[path.index(other) :], other]
                elif other in disciplines and other not in done:
                    stack.append((other, iter(other.prerequisite_ids)))
                    break
            else:
                done.add(node)
                path.pop()
                stack.pop()


def check_years(facts):
    """About as many credits in every year as the norm says."""
    profile = facts.profile
    if not profile.year_credits or not facts.lines:
        return
    years = Counter()
    for line in facts.chosen:
        years[(line.term_number - 1) // TERMS_PER_YEAR + 1] += line.credits
    for course in range(1, -(-facts.last_term // TERMS_PER_YEAR) + 1):
        terms = min(TERMS_PER_YEAR, facts.last_term - TERMS_PER_YEAR * (course - 1))
        norm = profile.year_credits * terms / TERMS_PER_YEAR
        if abs(years[course] - norm) > profile.year_tolerance:
            yield Violation(
                WARNING,
                "year",
                facts.env._(
                    "Year %(year)s: %(credits)s credits, the norm is %(norm)s.",
                    year=course,
                    credits=facts.number(years[course]),
                    norm=facts.number(norm),
                ),
            )


def check_names(facts):
    """Names in three languages, and codes in three languages or in none."""
    env = facts.env
    disciplines = {line.discipline_id: None for line in facts.lines}
    for record in (*disciplines, *facts.curriculum.module_ids):
        missing = [code for code in LANGUAGES if not record[f"name_{code}"]]
        if missing:
            yield Violation(
                WARNING,
                "names",
                env._(
                    "%(name)s: the name is missing in: %(languages)s.",
                    name=record.display_name,
                    languages=", ".join(missing),
                ),
            )
    for discipline in disciplines:
        missing = [code for code in LANGUAGES if not discipline[f"code_{code}"]]
        if missing and len(missing) < len(LANGUAGES):
            yield Violation(
                WARNING,
                "codes",
                env._(
                    "%(name)s: the code is missing in: %(languages)s.",
                    name=discipline.display_name,
                    languages=", ".join(missing),
                ),
            )


CHECKS = (
    check_content,
    check_total,
    check_profile,
    check_compulsory,
    check_lines,
    check_blocks,
    check_repetition,
    check_order,
    check_years,
    check_names,
)
