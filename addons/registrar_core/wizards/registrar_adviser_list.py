import io

import xlsxwriter

from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.languages import LANGUAGES, short_language

LABELS = {
    "kk": {
        "title": "Эдвайзерлер тізімі",
        "on": "%s жағдай бойынша",
        "faculty": "Факультет",
        "no_faculty": "Факультетсіз",
        "number": "№",
        "adviser": "Эдвайзердің Т.А.Ә.",
        "department": "Кафедра",
        "groups": "Академиялық топтар",
        "students": "Білім алушылар саны",
        "personal": "оның ішінде жеке",
        "norm": "Норма",
        "total": "Барлығы",
        "approved": "БЕКІТЕМІН",
        "dean": "Факультет деканы",
        "head": "Тіркеу офисінің басшысы",
        "page": ("", " / ", " бет"),
    },
    "ru": {
        "title": "Список эдвайзеров",
        "on": "по состоянию на %s",
        "faculty": "Факультет",
        "no_faculty": "Без факультета",
        "number": "№",
        "adviser": "Ф.И.О. эдвайзера",
        "department": "Кафедра",
        "groups": "Академические группы",
        "students": "Количество обучающихся",
        "personal": "в том числе персонально",
        "norm": "Норма",
        "total": "Всего",
        "approved": "УТВЕРЖДАЮ",
        "dean": "Декан факультета",
        "head": "Руководитель офиса регистратора",
        "page": ("Страница ", " из ", ""),
    },
    "en": {
        "title": "List of advisers",
        "on": "as of %s",
        "faculty": "Faculty",
        "no_faculty": "Without faculty",
        "number": "No.",
        "adviser": "Adviser",
        "department": "Department",
        "groups": "Academic groups",
        "students": "Students",
        "personal": "of them personally",
        "norm": "Norm",
        "total": "Total",
        "approved": "APPROVED",
        "dean": "Dean of the faculty",
        "head": "Head of the registrar's office",
        "page": ("Page ", " of ", ""),
    },
}


class RegistrarAdviserList(models.TransientModel):
    """The list of advisers that the dean approves, as of a day.

    Source: academic.md §4.9.
    """

    _name = "registrar.adviser.list"
    _description = "List of advisers"

    date = fields.Date(
        "As of", required=True, default=lambda self: fields.Date.context_today(self)
    )
    faculty_ids = fields.Many2many(
        "hr.department",
        string="Faculties",
        domain="[('registrar_kind', '=', 'faculty')]",
        default=lambda self: self.env.user.registrar_faculty_ids,
        help="Empty: all faculties.",
    )
    language = fields.Selection(
        [("kk", "Kazakh"), ("ru", "Russian"), ("en", "English")],
        required=True,
        default=lambda self: short_language(self.env.lang or self.env.user.lang),
    )

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._(
                "List of advisers %s", format_date(self.env, wizard.date)
            )

    def action_print(self):
        self.ensure_one()
        report = self.env.ref("registrar_core.action_report_adviser_list")
        return report.with_context(lang=LANGUAGES[self.language]).report_action(
            self, config=False
        )

    def action_xlsx(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/registrar/adviser_list/{self.id}.xlsx",
            "target": "download",
        }

    def _blocks(self):
        """Return what the list prints: one block per faculty.

        :return: dicts ``faculty, rows, students, dean``; rows are dicts ``adviser,
            department, groups, students, personal, total, excess``
        :rtype: list[dict]
        """
        self.ensure_one()
        language = self.language
        lists = self.sudo().with_context(lang=LANGUAGES[language])
        rows = lists.env["registrar.adviser.assignment"]
        by_faculty = rows._load_at(self.date, lists.faculty_ids or None)
        norm = rows._norm()
        Department = lists.env["hr.department"]
        employees = lists.env["hr.employee"].browse(
            {row["employee_id"] for found in by_faculty.values() for row in found}
        )
        # One query for all names.
        employees.fetch(["name", "academic_degree", "academic_title"])
        signatory = lists.env["registrar.signatory"]
        blocks = []
        faculties = Department.browse(
            [faculty for faculty in by_faculty if faculty]
        ).sorted("name")
        for faculty in [*faculties, *([Department] if None in by_faculty else [])]:
            found = by_faculty[faculty.id or None]
            lines = [self._row(lists.env, row, norm) for row in found]
            lines.sort(key=lambda line: (line["department"], line["adviser"]))
            blocks.append(
                {
                    "faculty": faculty.name or LABELS[language]["no_faculty"],
                    "rows": lines,
                    "students": sum(line["students"] for line in lines),
                    "personal": sum(line["personal"] for line in lines),
                    "dean": signatory._at("dean", self.date, faculty)
                    if faculty
                    else signatory,
                }
            )
        return blocks

    @api.model
    def _row(self, env, row, norm):
        employee = env["hr.employee"].browse(row["employee_id"])
        groups = env["registrar.group"].browse(row["group_ids"])
        return {
            "adviser": employee.name,
            "department": env["hr.department"].browse(row["department_id"]).name or "",
            "groups": ", ".join(sorted(groups.mapped("name"))),
            "students": row["student_count"],
            "personal": row["personal_count"],
            "total": row["total_count"],
            "norm": norm or "",
            "excess": bool(norm) and row["total_count"] > norm,
        }

    def _xlsx(self):
        """Return the list as a workbook.

        :rtype: bytes
        """
        self.ensure_one()
        labels = LABELS[self.language]
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(
            stream, {"in_memory": True, "strings_to_formulas": False}
        )
        title = book.add_format({"bold": True, "font_size": 14})
        head = book.add_format(
            {"bold": True, "bg_color": "#DDE3EA", "border": 1, "text_wrap": True}
        )
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        over = book.add_format({"border": 1, "valign": "top", "font_color": "#B00020"})
        bold = book.add_format({"border": 1, "bold": True})
        sheet = book.add_worksheet(labels["title"][:31])
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, 2, 34)
        sheet.set_column(3, 3, 40)
        sheet.set_column(4, 6, 14)
        sheet.write(0, 0, labels["title"], title)
        sheet.write(1, 0, labels["on"] % self.date.strftime("%d.%m.%Y"))
        line = 3
        columns = ("number", "adviser", "department", "groups", "students")
        columns += ("personal", "norm")
        for block in self._blocks():
            sheet.write(line, 0, f"{labels['faculty']}: {block['faculty']}", title)
            for index, name in enumerate(columns):
                sheet.write(line + 1, index, labels[name], head)
            line += 2
            for number, row in enumerate(block["rows"], start=1):
                sheet.write(line, 0, number, cell)
                for index, name in enumerate(columns[1:], start=1):
                    style = over if name == "students" and row["excess"] else cell
                    sheet.write(line, index, row[name], style)
                line += 1
            sheet.merge_range(line, 0, line, 3, labels["total"], bold)
            sheet.write(line, 4, block["students"], bold)
            sheet.write(line, 5, block["personal"], bold)
            line += 2
        book.close()
        return stream.getvalue()
