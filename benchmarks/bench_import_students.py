"""A class list from XLSX: read, checked, stored."""

import io
from datetime import date

import openpyxl

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
        env["registrar.student"].with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        ).create(
            [
                {
                    **dict(zip(HEADINGS, line, strict=True)),
                    "birth_date": line[4].date(),
                    "gender": genders[line[5]],
                    "iin": line[3] or False,
                }
                for line in lines
            ]
        )
        return _count(env)

    count, seconds = bench.rolled_back(suite)
    expected, floor_seconds = bench.rolled_back(floor)
    if count != expected:
        raise AssertionError(f"{count} students instead of {expected}")
    return [
        bench.result(
            bench.students, seconds, floor_seconds, "openpyxl and create(), no checks"
        )
    ]


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
