"""Rows of a list of students → values of students and proposals for an order."""

import datetime
import re
from typing import NamedTuple

from ..iin import check_iin, iin_anomalies
from . import cells
from .columns import PROPOSED
from .issues import CellError

NAMES = ("last_name", "first_name", "patronymic")
LATIN_NAMES = ("last_name_latin", "first_name_latin", "patronymic_latin")
YOUNGEST = 14
OLDEST = 90
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]{2,}")


class StudentRow(NamedTuple):
    """``values``: fields of the student; ``proposed``: what an order decides."""

    row: int
    values: dict
    proposed: dict

    @property
    def name_key(self):
        return cells.word_key(" ".join(self.values.get(k) or "" for k in NAMES))


class Lookups(NamedTuple):
    """Word key → id of the classifiers; ``home`` is the id of Kazakhstan."""

    countries: dict
    nationalities: dict
    social_categories: dict
    home: int | None = None


def parse_students(sheet, lookups, today=None):
    """Read the rows of ``sheet``; complaints go to ``sheet.issues``.

    :param sheet: a :class:`.reader.Sheet`
    :param Lookups lookups: classifiers of the database
    :param datetime.date today: for the checks of age
    :rtype: list[StudentRow]
    """
    today = today or datetime.date.today()
    students = [_parse_row(row, lookups, today) for row in sheet.rows]
    _find_duplicates(sheet, [student for student in students if student])
    return [student for student in students if student]


def _parse_row(row, lookups, today):
    values = _names(row)
    for key in LATIN_NAMES:
        if key in row.sheet.columns:
            values[key] = _name(row, key)
    values["iin"] = _iin(row)
    values["birth_date"] = row.date("birth_date")
    values["gender"] = row.choice("gender")
    values["citizenship_id"] = row.look_up("citizenship", lookups.countries)
    values["nationality_id"] = row.look_up("nationality", lookups.nationalities)
    values["social_category_ids"] = _categories(row, lookups.social_categories)
    values["student_number"] = row.text("student_number")
    values["previous_education"] = row.choice("previous_education")
    values["previous_institution"] = row.text("previous_institution")
    values["previous_document"] = row.text("previous_document")
    values["previous_document_date"] = row.date("previous_document_date")
    values["is_rural"] = row.flag("is_rural")
    values["email"] = _email(row)
    values["phone"] = _phone(row)
    _check_person(row, values, lookups, today)
    return StudentRow(
        row.number,
        {key: value for key, value in values.items() if value not in (None, "", [])},
        _proposed(row),
    )


def _names(row):
    values = dict.fromkeys(NAMES, "")
    if not row.is_empty("full_name") and all(row.is_empty(key) for key in NAMES):
        text = row.text("full_name")
        if not text:
            # Only hidden signs were in the cell; the required parts are missing.
            row.need("full_name", text)
            return values
        try:
            parts = cells.split_full_name(text)
            parts = [cells.parse_name(part, part) for part in parts]
        except CellError as error:
            row.error(error.code, "full_name")
            return values
        if " ".join(part for part in parts if part) != text:
            row.note("name_case", "full_name", after=" ".join(filter(None, parts)))
        return dict(zip(NAMES, parts, strict=True))
    for key in NAMES:
        values[key] = _name(row, key)
    missing_in = "full_name" if "full_name" in row.sheet.columns else None
    for key in NAMES[:2]:
        if key in row.sheet.columns or not missing_in:
            row.need(key, values[key])
        elif not values[key]:
            row.need(missing_in, "")
    return values


def _name(row, key):
    clean = row.text(key)
    if not clean:
        return ""
    try:
        name = cells.parse_name(clean, clean)
    except CellError as error:
        row.error(error.code, key)
        return ""
    if name != clean:
        row.note("name_case", key, after=name)
    return name


def _iin(row):
    found = row._get("iin", cells.parse_iin)
    if not found:
        return None
    iin, note = found
    if note == "iin_zeros":
        row.warn("iin_zeros", "iin", after=iin)
    elif note:
        row.note(note, "iin", after=iin)
    return iin


def _email(row):
    text = row._get("email", cells.plain) or ""
    if text and not _EMAIL.fullmatch(text):
        row.error("bad_email", "email")
        return ""
    return text


def _phone(row):
    text = row._get("phone", cells.plain) or ""
    return re.sub(r"\s+", " ", text)


def _categories(row, lookup):
    text = row._get("social_categories", cells.plain) or ""
    if cells.word_key(text) in ("", "нет", "жоқ", "heт", "жoк", "no"):
        return []
    # A name may contain a comma; then the whole cell is one category.
    if found := lookup.get(cells.word_key(text)):
        return [found]
    ids = []
    for part in re.split(r"[;,\n]", text):
        if not part.strip():
            continue
        found = lookup.get(cells.word_key(part))
        if not found:
            row.error("category_not_found", "social_categories", part=part.strip())
            continue
        ids.append(found)
    return sorted(set(ids))


def _check_person(row, values, lookups, today):
    """Complete the person from the IIN and say what does not fit."""
    iin, birth_date = values["iin"], values["birth_date"]
    is_foreigner = bool(values["citizenship_id"]) and (
        values["citizenship_id"] != lookups.home
    )
    if iin:
        for code in iin_anomalies(
            iin, birth_date, values["gender"], is_foreigner, today
        ):
            row.warn(f"iin_{code}", "iin")
        told = check_iin(iin)
        if not birth_date and "birth_date" not in row.failed and told.birth_date:
            values["birth_date"] = told.birth_date
        if not values["gender"] and "gender" not in row.failed and told.gender:
            values["gender"] = told.gender
    elif "iin" in row.sheet.columns and "iin" not in row.failed:
        row.warn("iin_missing", "iin")
    birth_date = values["birth_date"]
    if birth_date:
        age = (today - birth_date).days / 365.25
        key = "birth_date" if not row.is_empty("birth_date") else "iin"
        if age < 0:
            row.error("born_later", key)
        elif not YOUNGEST <= age <= OLDEST:
            row.warn("odd_age", key, age=int(age))


def _proposed(row):
    found = {
        "programme": row.text("programme"),
        "group": row.text("group"),
        "course": row.number_of("course", integer=True),
        "study_form": row.choice("study_form"),
        "language": row.choice("language"),
        "funding": row.choice("funding"),
        "admission_date": row.date("admission_date"),
    }
    return {key: found[key] for key in PROPOSED if found[key] not in (None, "")}


def _find_duplicates(sheet, students):
    """The same person on two rows, by each key."""
    rows = {row.number: row for row in sheet.rows}
    seen = {"iin": {}, "student_number": {}, "name": {}}
    for student in students:
        values = student.values
        for key in ("iin", "student_number"):
            value = values.get(key)
            if not value:
                continue
            first = seen[key].setdefault(value.lower(), student)
            if first is not student:
                rows[student.row].error("row_twice", key, row=first.row)
        if not student.name_key:
            continue
        label = (student.name_key, values.get("birth_date"))
        first = seen["name"].setdefault(label, student)
        if first is student:
            continue
        told_apart = any(
            values.get(key) and first.values.get(key)
            for key in ("iin", "student_number")
        )
        key = (
            "full_name" if not rows[student.row].is_empty("full_name") else "last_name"
        )
        if told_apart:
            rows[student.row].warn("namesake_in_file", key, row=first.row)
        else:
            rows[student.row].error("row_twice", key, row=first.row)
