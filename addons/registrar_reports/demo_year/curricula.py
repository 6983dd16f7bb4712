"""Curricula through the import of tables, as the clerk does it."""

import re
from collections import Counter
from pathlib import Path

from odoo import Command
from odoo.exceptions import UserError

from . import files, university

BASIS = "Ғылыми кеңес хаттамасы / Протокол учёного совета № {number}"
PROGRAMME_CODE = re.compile(r"\d[A-Z]\d{5}")
# Programmes of a file whose code nobody knows belong to this department.
USUAL_DEPARTMENT = "HIS"
EXAMPLES = 2


def load_own(demo, calendar):
    """Import and approve the project's own curricula for one intake.

    :return: curricula by code of the programme
    """
    result = {}
    for number, row in enumerate(files.table("programmes"), start=1):
        path = files.CURRICULA / row["curriculum"]
        programme = university.programme(demo.university, row)
        imported = _import(
            demo, path, calendar, programme=programme, update_disciplines=True
        )
        _complete_disciplines(demo, imported.records, path)
        _approve(demo, imported.records, number)
        result[row["code"]] = imported.records
    return result


def load_file(demo, calendar, path):
    """Import and approve the curriculum of a file; tell what was odd about it.

    The programme is that whose code stands in the name of the file.

    :return: curricula by code of the programme, and the text about the import
    """
    path = Path(path)
    programme = university.programme(demo.university, _programme_row(path))
    imported = _import(
        demo,
        path,
        calendar,
        programme=programme,
        department=programme.department_id,
    )
    _approve(demo, imported.records, 1)
    return {programme.code: imported.records}, remarks(demo, imported)


def remarks(demo, imported):
    """Return the lines about an import: totals, then remarks by kind.

    :rtype: list[str]
    """
    wizard = demo.clerk("registrar.import")
    lines = [
        f"{len(imported.warnings)} warnings, {len(imported.notes)} notes",
    ]
    if summary := imported.summary:
        terms = "/".join(f"{credits:g}" for credits in summary["terms"].values())
        lines.append(
            f"{summary['slots']} positions, {summary['options']} disciplines, "
            f"{summary['credits']:g} credits, by term {terms}"
        )
    for level, issues in (("warning", imported.warnings), ("note", imported.notes)):
        counts = Counter(issue.code for issue in issues)
        for code, count in counts.most_common():
            lines.append(f"{level} {code}: {count}")
            same = [issue for issue in issues if issue.code == code]
            for issue in same[:EXAMPLES]:
                message = " ".join(filter(None, wizard._issue_texts(issue)))
                place = f"row {issue.row}: " if issue.row else ""
                value = f" [{issue.value}]" if issue.value else ""
                lines.append(f"    {place}{message}{value}")
    return lines


def check_stored(demo, imported, path):
    """Refuse to go on when a table was not taken.

    :raises UserError: with what is wrong with it
    """
    if not imported.stored:
        wizard = demo.clerk("registrar.import")
        reasons = wizard._import_error_text(imported)
        raise UserError("\n".join((str(path), reasons)))


def _import(demo, path, calendar, **options):
    imported = demo.clerk("registrar.import")._import_file(
        "curriculum",
        path.read_bytes(),
        path.name,
        options={"intake_year": demo.year(calendar), **options},
    )
    check_stored(demo, imported, path)
    return imported


def _approve(demo, curriculum, number):
    curriculum.approval_basis = BASIS.format(number=number)
    demo.university.as_user("head", curriculum).action_approve()


def _complete_disciplines(demo, curriculum, path):
    """Enter departments and prerequisites, which the exchange form does not have."""
    by_names = {
        (line.discipline_id.name_kk, line.discipline_id.name_ru): line.discipline_id
        for line in curriculum.line_ids
    }
    by_code = {}
    rows = files.rows(path)
    for row in rows:
        by_code[row["discipline_code"]] = by_names[row["name_kk"], row["name_ru"]]
    for row in rows:
        discipline = by_code[row["discipline_code"]]
        if discipline.department_id and discipline.prerequisite_ids:
            continue
        before = [by_code[code] for code in row["prerequisites"].split("|") if code]
        discipline.write(
            {
                "department_id": demo.university.departments[row["department"]].id,
                "prerequisite_ids": [Command.link(other.id) for other in before],
            }
        )


def _programme_row(path):
    """Return what is known of the programme of a file."""
    match = PROGRAMME_CODE.search(path.stem.upper())
    code = match.group() if match else "6B00000"
    for row in (*files.table("programmes"), *files.table("known_programmes")):
        if row["code"] == code:
            return row
    rest = path.stem[match.end() :] if match else path.stem
    name = " ".join(re.split(r"[\W_]+", rest)).strip().capitalize() or code
    names = dict.fromkeys(("name_kk", "name_ru", "name_en"), name)
    return {
        "code": code,
        "programme_group": "",
        "level": "bachelor",
        "department": USUAL_DEPARTMENT,
        "degree_kk": "",
        "degree_ru": "",
        "degree_en": "",
        "duration_years": "4",
        "credits": "240",
        **names,
    }
