"""Admission: groups, files of the new students, orders on enrolment."""

from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from odoo import Command

from odoo.addons.registrar_core.tools.translit import latin

from .curricula import check_stored

SHARE_OF_GRANTS = 0.45
STATE_FUNDINGS = ("grant", "local", "state_body")
# Whom the state pays for is enrolled first, the others ten days later.
WAVES = ((8, 14), (8, 24))
BASIS = (
    {
        "kk": "мемлекеттік білім беру грантын беру туралы куәлік, тұлғаның өтініші",
        "ru": "свидетельство о присуждении государственного образовательного гранта, "
        "заявление",
    },
    {
        "kk": "білім беру қызметтерін көрсету туралы шарт, тұлғаның өтініші",
        "ru": "договор об оказании образовательных услуг, заявление",
    },
)
LANGUAGE_LETTERS = {"kk": "к", "ru": "р", "en": "а", "other": "д"}
# Groups of a class list that names none.
GROUP_PREFIX, GROUP_SIZE = "Т", 25


def create_groups(demo, calendar, plan, curricula, name=None):
    """Create the academic groups of one intake.

    :param plan: tuples (code of the programme, prefix of names, language, sizes)
    :param str name: name of the only group, instead of a prefix and a number
    :param dict curricula: approved curriculum of the intake by code of the programme
    :return: the planned number of students by group
    :rtype: dict
    """
    advisers = defaultdict(list)
    seats = {}
    for code, prefix, language, sizes in plan:
        programme = demo.university.programmes[code]
        department = programme.department_id
        for size in sizes:
            if not advisers[department]:
                advisers[department] = list(_advisers(demo, department))
            label = name or _group_name(demo, calendar, prefix, language)
            group = demo.clerk("registrar.group").create(
                {
                    "name": label,
                    "programme_id": programme.id,
                    "intake_year_id": demo.year(calendar).id,
                    "curriculum_id": curricula[code].id,
                    "language": language,
                    "adviser_id": advisers[department].pop(0).id,
                    "course": 1,
                }
            )
            demo.groups[label] = group
            seats[group] = size
    return seats


def _advisers(demo, department):
    """Return the advisers of a department; who stands for the role comes first."""
    staff = demo.university.staff_of(department, "adviser")
    return sorted(staff, key=lambda teacher: teacher.user_id.login != "adviser")


def _group_name(demo, calendar, prefix, language):
    letter = LANGUAGE_LETTERS[language]
    number = 1
    while True:
        name = f"{prefix}-{calendar.start % 100:02d}-{number}{letter}"
        if name not in demo.groups:
            return name
        number += 1


def create_students(demo, calendar, seats):
    """Enter the files of as many synthetic people as there are seats.

    :param dict seats: number of students by group
    :return: students by group
    """
    values_list, groups = [], []
    for group, size in seats.items():
        for __ in range(size):
            number = f"{calendar.start % 100:02d}-{len(values_list) + 1:04d}"
            values = demo.people.student(group.language, calendar.start, number)
            values_list.append(_with_records(demo.env, values))
            groups.append(group)
    students = demo.clerk("registrar.student").create(values_list)
    result = defaultdict(students.browse)
    for group, student in zip(groups, students, strict=True):
        result[group] |= student
    return result


def import_students(demo, calendar, path):
    """Enter the people of a class list and spread them over groups.

    The group of the list is taken; who has none comes to others who study in the
    same language. People without a number get one.

    :param path: a table, CSV or XLSX
    :return: pairs (programme code, language, name of the group or None) → students,
        and the result of the import
    """
    path = Path(path)
    imported = demo.clerk("registrar.import")._import_file(
        "student", path.read_bytes(), path.name
    )
    check_stored(demo, imported, path)
    parts = defaultdict(demo.clerk("registrar.student").browse)
    for number, row in enumerate(imported.rows, start=1):
        student, proposed = row["record"], row["proposed"]
        student.write(_missing(calendar, student, number))
        language = proposed.get("language") or "kk"
        if funding := proposed.get("funding"):
            demo.fundings[student.id] = funding
        programme = _known_programme(demo, proposed.get("programme"))
        parts[programme, language, proposed.get("group")] |= student
    return parts, imported


def _missing(calendar, student, number):
    """Return what the clerk enters in a file that the class list leaves empty.

    The Latin spelling is a proposal until the identity document is seen.
    """
    values = {
        f"{name}_latin": latin(student[name])
        for name in ("last_name", "first_name", "patronymic")
        if not student[f"{name}_latin"]
    }
    if not student.student_number:
        values["student_number"] = f"{calendar.start % 100:02d}-{number:04d}"
    return values


def _known_programme(demo, text):
    """Return the code of the programme that a class list names, or None."""
    for code in demo.university.programmes:
        if text and code in text.upper():
            return code
    return None


def group_imported(demo, calendar, parts, curricula):
    """Create the groups of a class list.

    :return: students by group
    """
    usual = next(iter(curricula))
    result = {}
    for (code, language, name), students in sorted(
        parts.items(), key=lambda item: tuple(part or "" for part in item[0])
    ):
        if code not in curricula:
            code = usual
        sizes = [len(students)] if name else _sizes(len(students))
        plan = [(code, name or GROUP_PREFIX, language, sizes)]
        seats = create_groups(demo, calendar, plan, curricula, name=name)
        ordered = students.sorted("sort_key")
        for group, size in seats.items():
            result[group], ordered = ordered[:size], ordered[size:]
    return result


def _sizes(count):
    """Return sizes of groups of about equal size, at most ``GROUP_SIZE``."""
    groups = -(-count // GROUP_SIZE)
    return [count // groups + (number < count % groups) for number in range(groups)]


def _with_records(env, values):
    """Replace codes by the records they stand for."""
    values = dict(values)
    country = values.pop("country")
    values["citizenship_id"] = env.ref(f"base.{country.lower()}").id
    code = values.pop("nationality")
    values["nationality_id"] = env.ref(f"registrar_core.nationality_{code}").id
    categories = env["registrar.social.category"].search(
        [("code", "in", values.pop("categories"))]
    )
    values["social_category_ids"] = [Command.set(categories.ids)]
    return values


def enrol(demo, calendar, students_by_group):
    """Draft, agree and register the orders: one per programme and funding.

    The clerk drafts, the head of the office registers.

    :return: the orders
    """
    batches = defaultdict(list)
    for group, students in students_by_group.items():
        for student in students:
            batches[_funding(demo, student), group.programme_id].append(
                {
                    "student_id": student.id,
                    "group_id": group.id,
                    "funding": _funding(demo, student),
                }
            )
    orders = demo.clerk("registrar.order")
    counts = defaultdict(int)
    for (funding, __), lines in sorted(
        batches.items(),
        key=lambda item: (_wave(item[0][0]), item[0][0], item[0][1].code),
    ):
        wave = _wave(funding)
        day = calendar.autumn(*WAVES[wave]) + timedelta(days=counts[wave])
        counts[wave] += 1
        orders |= orders._draft(
            "enrolment",
            calendar.first_day,
            lines,
            reason="admission",
            basis=BASIS[wave],
            document_date=day,
        )
    orders.action_agree()
    demo.register(orders, "head")
    return orders


def _wave(funding):
    return 0 if funding in STATE_FUNDINGS else 1


def _funding(demo, student):
    if student.id in demo.fundings:
        return demo.fundings[student.id]
    if student.citizenship_id.code != "KZ":
        return "paid"
    chance = demo.marker.chance("funding", student.student_number)
    return "grant" if chance < SHARE_OF_GRANTS else "paid"
