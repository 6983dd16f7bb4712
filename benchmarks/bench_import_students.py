"""A class list from XLSX: read, checked, stored."""

import io
from datetime import date

import openpyxl
from psycopg2.extras import execute_values

from odoo.addons.registrar_core.tools.collation import sort_key
from odoo.addons.registrar_reports.demo_year.people import People

SIZES = (2000, 20000)
HEADINGS = {
    "last_name": "Фамилия",
    "first_name": "Имя",
    "patronymic": "Отчество",
    "iin": "ИИН",
    "birth_date": "Дата рождения",
    "gender": "Пол",
    "student_number": "Номер студента",
    "email": "Email",
}
GENDERS = {"male": "мужской", "female": "женский"}

FLOOR_PARTNERS = """
    INSERT INTO res_partner (name, complete_name, email, active, type)
    SELECT name, name, email, TRUE, 'contact' FROM (VALUES %s) v(name, email)
    RETURNING id
"""
FLOOR_STUDENTS = """
    INSERT INTO registrar_student
        (partner_id, last_name, first_name, patronymic, full_name, sort_key, iin,
         birth_date, gender, student_number, status, active)
    SELECT v.*, 'none', TRUE FROM (VALUES %s) v
"""


def run(bench):
    env = bench.env
    people = People(7)
    rows = [
        people.student("kk" if number % 3 else "ru", 2025, f"25-{number:05d}")
        for number in range(bench.students)
    ]
    content = _workbook(rows)

    def suite():
        found = env["registrar.import"]._import_file("student", content, "list.xlsx")
        if not found.stored:
            raise AssertionError(env["registrar.import"]._import_error_text(found))
        return _count(env)

    def floor():
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        __, *lines = book.active.iter_rows(values_only=True)
        genders = {word: code for code, word in GENDERS.items()}
        partners = execute_values(
            env.cr._obj,
            FLOOR_PARTNERS,
            [_partner(line) for line in lines],
            fetch=True,
        )
        ids = [row[0] for row in partners]
        execute_values(
            env.cr._obj,
            FLOOR_STUDENTS,
            [
                (
                    partner,
                    *line[:3],
                    " ".join(line[:3]),
                    sort_key(" ".join(line[:3])),
                    line[3] or None,
                    line[4].date(),
                    genders[line[5]],
                    line[6],
                )
                for partner, line in zip(ids, lines, strict=True)
            ],
        )
        return _count(env)

    count, seconds = bench.rolled_back(suite)
    expected, floor_seconds = bench.rolled_back(floor)
    if count != expected:
        raise AssertionError(f"{count} students instead of {expected}")
    return [
        bench.result(
            bench.students,
            seconds,
            floor_seconds,
            "openpyxl, bulk INSERT, no checks",
        )
    ]


def _partner(line):
    return (" ".join(line[:3]), line[7])


def _workbook(rows):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Students")
    sheet.append(list(HEADINGS.values()))
    for row in rows:
        values = {**row, "gender": GENDERS[row["gender"]]}
        sheet.append(
            [
                value if isinstance(value, date) else value or ""
                for value in (values[key] for key in HEADINGS)
            ]
        )
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _count(env):
    env.flush_all()
    env.cr.execute("SELECT COUNT(*) FROM registrar_student")
    return env.cr.fetchone()[0]
