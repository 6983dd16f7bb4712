"""Rows of a curriculum → modules, slots and their options, checked.

One row is one option of a slot (a position of the printed plan). Everything but the
option's own columns belongs to the slot and is the same in its rows; rows under a
slot may leave it empty.
"""

import re
from collections import Counter, defaultdict
from typing import NamedTuple

from ..normalise import CYRILLIC, LATIN, code_key, script_of, split_code
from . import cells
from .issues import CellError

HOURS = (
    "hours_lecture",
    "hours_practical",
    "hours_laboratory",
    "hours_studio",
    "hours_supervised",
    "hours_independent",
    "hours_practice",
    "hours_thesis",
)
# Columns that must say the same in all rows of a slot.
SLOT_COLUMNS = (
    "slot_code",
    "module_no",
    "module_code",
    "cycle",
    "component",
    "credits",
    "hours_total",
    *HOURS,
    "control_form",
    "control_term",
    "terms",
    "choose",
    "in_gpa",
)
HOURS_PER_CREDIT = 30
TERMS_PER_YEAR = 2
LAST_TERM = 16
# Outside the volume of the programme (additional training).
OUTSIDE_TOTAL = "dvo"
# What is only held once, at the end; earlier terms end in the ordinary form.
FINAL_FORMS = {"state_exam": "exam", "thesis_defence": "report"}
# A mismatch of that many slots means that the numbers do not name years at all.
CODED_YEARS_SHARE = 0.25

_KAZAKH_LETTERS = re.compile("[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")


class Module(NamedTuple):
    number: int
    code: str
    name_kk: str
    name_ru: str
    name_en: str


class Option(NamedTuple):
    """A discipline offered at a slot; ``codes``: (kk, ru, en)."""

    row: int
    number: int
    code: str
    codes: tuple
    name_kk: str
    name_ru: str
    name_en: str
    is_default: bool


class Slot(NamedTuple):
    """A position; ``terms``: [(number, credits)]; ``hours``: field → hours in all."""

    row: int
    position: int
    number: str
    code: str
    module: int | None
    cycle: str
    component: str
    credits: float
    hours_total: float
    hours: dict
    control_form: str
    control_term: int
    terms: list
    choose: int
    in_gpa: bool
    options: list

    @property
    def is_block(self):
        return len(self.options) > 1

    @property
    def kind(self):
        """Kind of the disciplines: discipline, practice or attestation."""
        if self.cycle == "ia":
            return "attestation"
        if self.hours["hours_practice"] and not self.hours["hours_lecture"]:
            return "practice"
        return "discipline"


class CurriculumFile(NamedTuple):
    modules: list
    slots: list

    @property
    def option_count(self):
        return sum(len(slot.options) for slot in self.slots)

    def totals(self):
        """Return the volume of what one student takes.

        :return: {"credits": …, "cycles": {cycle: credits}, "components": {(cycle,
            component): credits}, "terms": {number: credits}, "slots": …, "options": …}
        """
        cycles, components, terms = Counter(), Counter(), Counter()
        for slot in self.slots:
            volume = slot.credits * slot.choose
            cycles[slot.cycle] += volume
            components[slot.cycle, slot.component] += volume
            if slot.cycle != OUTSIDE_TOTAL:
                for number, credits in slot.terms:
                    terms[number] += credits * slot.choose
        return {
            "credits": sum(v for k, v in cycles.items() if k != OUTSIDE_TOTAL),
            "cycles": dict(cycles),
            "components": dict(components),
            "terms": dict(sorted(terms.items())),
            "slots": len(self.slots),
            "options": self.option_count,
        }


def parse_curriculum(sheet):
    """Read the rows of ``sheet``; complaints go to ``sheet.issues``.

    :param sheet: a :class:`.reader.Sheet`
    :rtype: CurriculumFile
    """
    groups = _group_by_slot(sheet)
    modules, module_numbers = {}, {}
    slots = []
    for position, (number, rows) in enumerate(groups.items(), 1):
        slot = _parse_slot(position, number, rows, modules, module_numbers)
        if slot:
            slots.append(slot)
    _check_codes(slots, sheet)
    _check_years(slots, sheet)
    return CurriculumFile(
        sorted(modules.values(), key=lambda module: module.number), slots
    )


def expand_lines(slot, code_of=None):
    """Return the lines of a slot: one per option and term.

    The hours are split between the terms in proportion to the credits, so that the
    hours of every kind and of every term add up. The form of control of the slot
    holds in its control term (the last one if the file names none); what is held only
    once — the state exam, the defence of a thesis — becomes the ordinary exam or
    report in the other terms.

    :rtype: list[dict]
    """
    hours = split_hours(slot.hours, [credits for _number, credits in slot.terms])
    total = slot.hours_total
    totals = _split(total, [credits for _number, credits in slot.terms])
    has_kinds = any(slot.hours.values())
    lines = []
    for option in slot.options:
        for index, (number, credits) in enumerate(slot.terms):
            kinds = hours[index]
            form = slot.control_form
            if number != slot.control_term:
                form = FINAL_FORMS.get(form, form)
            lines.append(
                {
                    "option": option,
                    "term_number": number,
                    "sequence": slot.position * 100 + option.number,
                    "slot": slot.number,
                    "cycle": slot.cycle,
                    "component": slot.component,
                    "credits": credits,
                    "hours_total": sum(kinds.values())
                    if has_kinds and sum(slot.hours.values()) == total
                    else totals[index],
                    "control_form": form,
                    "in_gpa": slot.in_gpa,
                    "is_default": slot.is_block and option.is_default,
                    **kinds,
                }
            )
    return lines


def split_hours(hours, weights):
    """Split hours by kind into one dict per weight; both sums stay exact.

    Whole hours when that is possible, tenths otherwise.

    :param dict hours: kind → hours of all terms
    :param list weights: credits of each term
    :rtype: list[dict]
    """
    for unit in (1, 10):
        table = _controlled(list(hours.values()), weights, unit)
        if table is not None:
            break
    return [
        dict(zip(hours, (row[index] for row in table), strict=True))
        for index in range(len(weights))
    ]


def _controlled(sums, weights, unit):
    """Round a proportional table keeping the sums of its rows and columns."""
    units = [round(value * unit, 6) for value in sums]
    if any(value % 1 for value in units):
        return None if unit == 1 else [_split(value, weights) for value in sums]
    whole = sum(weights) or len(weights)
    shares = [0.0]
    for weight in weights:
        shares.append(shares[-1] + (weight or (0 if sum(weights) else 1)) / whole)
    previous = [0] * len(shares)
    total, table = 0, []
    for value in units:
        total += value
        edges = [int(total * share + 0.5) for share in shares]
        edges[-1] = round(total)
        row = [
            (edges[i + 1] - edges[i]) - (previous[i + 1] - previous[i])
            for i in range(len(weights))
        ]
        if min(row) < 0:
            return None if unit == 1 else [_split(value, weights) for value in sums]
        table.append([number / unit for number in row])
        previous = edges
    return table


def _split(value, weights):
    """Split one number in proportion to weights, in tenths."""
    whole = sum(weights)
    tenths, done, parts = round(value * 10), 0, []
    for index in range(len(weights)):
        share = (
            sum(weights[: index + 1]) / whole if whole else (index + 1) / len(weights)
        )
        edge = round(tenths * share)
        parts.append((edge - done) / 10)
        done = edge
    return parts


# -- slots --------------------------------------------------------------------------


def _group_by_slot(sheet):
    """Return {number of the slot: its rows}, in the order of the file."""
    key = next((k for k in ("slot_no", "slot_code") if k in sheet.columns), None)
    groups, current = {}, None
    for position, row in enumerate(sheet.rows, 1):
        number = row.text(key) if key else str(position)
        if not number:
            if current and all(row.is_empty(name) for name in SLOT_COLUMNS):
                number = current
            else:
                row.need(key, number)
                continue
        groups.setdefault(number, []).append(row)
        current = number
    return groups


def _parse_slot(position, number, rows, modules, module_numbers):
    head = rows[0]
    if "slot_no" in head.sheet.columns:
        slot_code = head.text("slot_code")
    else:
        slot_code = number
    for row in rows[1:]:
        _compare_with_head(row, head)
    cycle = head.need("cycle", head.choice("cycle"))
    component = head.need("component", head.choice("component"))
    credits = head.need("credits", head.number_of("credits"))
    if credits is not None and (not credits or round(credits * 10, 6) % 1):
        head.error("bad_credits", "credits")
    hours = {key: head.number_of(key) or 0.0 for key in HOURS}
    hours_total = head.number_of("hours_total")
    control_form = head.need("control_form", head.choice("control_form"))
    terms = _parse_terms(head, credits)
    control_term = _control_term(head, terms)
    choose = head.number_of("choose", integer=True)
    in_gpa = head.flag("in_gpa")
    module = _parse_module(head, modules, module_numbers)
    options = _parse_options(rows, 1 if choose is None else choose)
    if choose is not None and not 0 < choose <= max(len(options), 1):
        head.error("bad_choose", "choose", options=len(options))
    if not (cycle and component and credits and control_form and terms and options):
        return None
    hours_total = _check_hours(head, credits, hours, hours_total, control_form)
    return Slot(
        head.number,
        position,
        number,
        slot_code,
        module,
        cycle,
        component,
        credits,
        hours_total,
        hours,
        control_form,
        control_term,
        terms,
        choose or 1,
        True if in_gpa is None else in_gpa,
        options,
    )


def _compare_with_head(row, head):
    """Rows of a slot repeat its columns; a difference is a mistake of the file."""
    for key in SLOT_COLUMNS:
        if row.is_empty(key):
            continue
        try:
            same = _comparable(row.raw(key)) == _comparable(head.raw(key))
        except CellError as error:
            row.error(error.code, key)
            continue
        if not same:
            row.error("slot_differs", key, row=head.number)


def _comparable(value):
    text = cells.plain(value)
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return code_key(text)


def _parse_terms(head, credits):
    if head.is_empty("terms"):
        head.need("terms", None)
        return []
    try:
        terms = cells.parse_terms(head.raw("terms"), credits)
    except CellError as error:
        head.error(error.code, "terms", **error.params)
        return []
    if terms and terms[-1][0] > LAST_TERM:
        head.error("term_too_late", "terms", last=LAST_TERM)
        return []
    if any(not volume for _number, volume in terms) and credits:
        head.error("terms_unclear", "terms")
        return []
    return terms


def _control_term(head, terms):
    """Return the term in which the slot's own form of control is held."""
    last = terms[-1][0] if terms else 0
    number = head.number_of("control_term", integer=True)
    if number is None or not terms or number in dict(terms):
        return number or last
    head.warn(
        "control_term",
        "control_term",
        terms=", ".join(str(term) for term, _credits in terms),
        taken=last,
    )
    return last


def _check_hours(head, credits, hours, hours_total, control_form):
    expected = credits * HOURS_PER_CREDIT
    if hours_total is None:
        hours_total = sum(hours.values()) or expected
    if round(hours_total - expected, 1):
        head.warn(
            "hours_norm",
            "hours_total",
            hours=f"{hours_total:g}",
            expected=f"{expected:g}",
            norm=HOURS_PER_CREDIT,
        )
    kinds = sum(hours.values())
    if kinds and round(kinds - hours_total, 1):
        head.warn(
            "hours_sum", "hours_total", kinds=f"{kinds:g}", hours=f"{hours_total:g}"
        )
    if (
        control_form == "thesis_defence"
        and hours["hours_practice"]
        and not hours["hours_thesis"]
    ):
        head.warn("practice_as_thesis", "control_form")
    return hours_total


def _parse_module(head, modules, module_numbers):
    """Return the number of the row's module, entering it when it is new."""
    number = head.number_of("module_no", integer=True)
    known = number in modules
    if known:
        head.quiet = frozenset(("module_code", "module_kk", "module_ru", "module_en"))
    code = head.text("module_code", code=True)
    names = [head.text(key) for key in ("module_kk", "module_ru", "module_en")]
    if number is None:
        label = code_key(code) or cells.word_key(names[0] or names[1])
        if not label:
            return None
        number = module_numbers.get(label)
        if number is None:
            number = max(modules, default=0) + 1
            module_numbers[label] = number
    if number in modules:
        kept = modules[number]
        for key, new, old in zip(
            ("module_kk", "module_ru", "module_en"), names, kept[2:], strict=True
        ):
            if new and cells.word_key(new) != cells.word_key(old):
                head.warn("module_differs", key, number=number, kept=old)
        return number
    if not any(names):
        names = [code or str(number)] * 2 + [""]
        head.warn("module_without_name", "module_no", number=number)
    elif not names[0] or not names[1]:
        missing = "module_kk" if not names[0] else "module_ru"
        names = [names[0] or names[1], names[1] or names[0], names[2]]
        head.warn("module_one_language", missing, number=number)
    else:
        _check_languages(head, "module", names)
    modules[number] = Module(number, code, *names)
    return number


# -- options ------------------------------------------------------------------------


def _parse_options(rows, choose):
    options, seen, numbers = [], {}, set()
    for row in rows:
        number = row.number_of("option_no", integer=True)
        if not number or number in numbers or number > 99:
            number = max(numbers, default=0) + 1
        numbers.add(number)
        code = row.need("discipline_code", row.text("discipline_code", code=True))
        names = [row.text(key) for key in ("name_kk", "name_ru", "name_en")]
        row.need("name_kk", names[0])
        row.need("name_ru", names[1])
        if not names[2]:
            row.warn("name_missing", "name_en")
        _check_languages(row, "name", names)
        is_default = row.flag("is_default")
        if not (code and names[0] and names[1]):
            continue
        key = code_key(code)
        if key in seen:
            row.error("option_twice", "discipline_code", row=seen[key])
            continue
        seen[key] = row.number
        _check_code_script(row, code)
        options.append(
            Option(row.number, number, code, split_code(code), *names, bool(is_default))
        )
    return _choose_defaults(rows[0], options, choose)


def _check_code_script(row, code):
    if any(script_of(char) == CYRILLIC for char in code):
        row.warn("cyrillic_code", "discipline_code")


def _choose_defaults(head, options, choose):
    if len(options) < 2:
        return options
    defaults = [option for option in options if option.is_default]
    if len(defaults) == choose:
        return options
    head.warn(
        "defaults",
        "is_default" if "is_default" in head.sheet.columns else "choose",
        defaults=len(defaults),
        choose=choose,
    )
    order = sorted(options, key=lambda option: not option.is_default)
    taken = {option.number for option in order[:choose]}
    return [option._replace(is_default=option.number in taken) for option in options]


def _check_languages(row, prefix, names):
    """Names that look as if they stood in the column of another language."""
    kk, ru, en = names
    if ru and en and cells.word_key(ru) == cells.word_key(en) and _is(ru, LATIN):
        row.warn("names_shifted", f"{prefix}_ru")
        return
    if ru and not _is(ru, CYRILLIC):
        row.warn("not_russian", f"{prefix}_ru")
    elif ru and _KAZAKH_LETTERS.search(ru):
        row.warn("kazakh_in_russian", f"{prefix}_ru")
    if kk and not _is(kk, CYRILLIC):
        row.warn("not_kazakh", f"{prefix}_kk")
    if en and any(script_of(char) == CYRILLIC for char in en):
        row.warn("not_english", f"{prefix}_en")


def _is(text, script):
    """Tell whether the text has letters of the script and no others outrun them."""
    counts = Counter(script_of(char) for char in text)
    return counts[script] > 0 and counts[script] * 2 >= counts[LATIN] + counts[CYRILLIC]


# -- the whole file -----------------------------------------------------------------


def _check_codes(slots, sheet):
    """Codes of positions and of disciplines that occur twice."""
    by_number = {row.number: row for row in sheet.rows}
    positions = defaultdict(list)
    places = defaultdict(list)
    for slot in slots:
        if slot.code:
            positions[code_key(slot.code)].append(slot)
        for option in slot.options:
            places[code_key(option.code)].append((slot, option))
    for found in positions.values():
        for slot in found[1:]:
            by_number[slot.row].warn(
                "position_code_twice", "slot_code", slot=found[0].number
            )
    for found in places.values():
        first_slot, first = found[0]
        for index, (slot, option) in enumerate(found[1:]):
            row = by_number[option.row]
            if not same_discipline(first, option):
                distinct = f"{option.code} ({slot.number})"
                row.warn(
                    "code_of_another",
                    "discipline_code",
                    row=first.row,
                    other=first.name_ru,
                    becomes=distinct,
                )
                position = slot.options.index(option)
                slot.options[position] = option._replace(code=distinct)
            elif _share_a_term([slot for slot, _option in found[: index + 1]], slot):
                row.error("discipline_twice", "discipline_code", row=first.row)
            else:
                row.warn("discipline_again", "discipline_code", row=first.row)


def _share_a_term(slots, slot):
    terms = {number for number, _credits in slot.terms}
    return any(terms & {number for number, _credits in one.terms} for one in slots)


def same_discipline(first, second):
    """Tell whether two options are one discipline by their names."""
    return any(
        cells.word_key(first[index]) == cells.word_key(second[index])
        for index in (Option._fields.index("name_kk"), Option._fields.index("name_ru"))
    )


def _check_years(slots, sheet):
    """A code such as 1103 or 1(2)107 begins with the year of study."""
    wrong, coded = [], 0
    for slot in slots:
        match = re.fullmatch(r"(\d)(?:\((\d)\))?\d{3}", slot.code or "")
        if not match:
            continue
        coded += 1
        years = {int(digit) for digit in match.groups() if digit}
        taught = {(number - 1) // TERMS_PER_YEAR + 1 for number, _v in slot.terms}
        if not years & taught:
            wrong.append((slot, min(years), min(taught)))
    if len(wrong) > coded * CODED_YEARS_SHARE:
        return
    by_number = {row.number: row for row in sheet.rows}
    for slot, year, taught in wrong:
        by_number[slot.row].warn(
            "coded_year",
            "slot_code",
            year=year,
            term=slot.terms[0][0],
            taught=taught,
        )
