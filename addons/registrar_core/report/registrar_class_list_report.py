from odoo import api, models
from odoo.exceptions import AccessError

from ..tools import vocabulary as words
from ..tools.languages import LANGUAGES, short_language

# Columns for marks of attendance that fit beside the names on a sheet A4 across.
ATTENDANCE_COLUMNS = 15

LABELS = {
    "kk": {
        "class_group": "Пәндік топ тізімі",
        "stream": "Ағын тізімі",
        "subgroup": "Кіші топ тізімі",
        "discipline": "Пән",
        "term": "Академиялық кезең",
        "language": "Оқыту тілі",
        "teacher": "Оқытушы",
        "lecturer": "Дәріскер",
        "department": "Кафедра",
        "count": "Білім алушылар саны",
        "number": "№",
        "name": "Тегі, аты, әкесінің аты",
        "student_number": "Студенттік нөмірі",
        "group": "Академиялық топ",
        "part": "Кіші топ",
        "of_stream": "Пәндік топ",
        "attendance": "Сабаққа қатысуы (күні)",
        "page": ("", " / ", " бет"),
    },
    "ru": {
        "class_group": "Список дисциплинарной группы",
        "stream": "Список потока",
        "subgroup": "Список подгруппы",
        "discipline": "Дисциплина",
        "term": "Академический период",
        "language": "Язык обучения",
        "teacher": "Преподаватель",
        "lecturer": "Лектор",
        "department": "Кафедра",
        "count": "Количество обучающихся",
        "number": "№",
        "name": "Фамилия, имя, отчество",
        "student_number": "Номер студента",
        "group": "Академическая группа",
        "part": "Подгруппа",
        "of_stream": "Дисциплинарная группа",
        "attendance": "Посещаемость (дата)",
        "page": ("Страница ", " из ", ""),
    },
    "en": {
        "class_group": "List of the class group",
        "stream": "List of the stream",
        "subgroup": "List of the subgroup",
        "discipline": "Discipline",
        "term": "Academic period",
        "language": "Language of study",
        "teacher": "Teacher",
        "lecturer": "Lecturer",
        "department": "Department",
        "count": "Number of students",
        "number": "No.",
        "name": "Full name",
        "student_number": "Student number",
        "group": "Academic group",
        "part": "Subgroup",
        "of_stream": "Class group",
        "attendance": "Attendance (date)",
        "page": ("Page ", " of ", ""),
    },
}

# Model -> kind of list and path from a registration to the record.
LISTS = {
    "registrar.class.group": ("class_group", "class_group_id"),
    "registrar.stream": ("stream", "class_group_id.stream_id"),
    "registrar.class.subgroup": ("subgroup", "subgroup_id"),
}


class ReportClassList(models.AbstractModel):
    """Printed lists of students in Kazakh alphabetical order."""

    _name = "report.registrar_core.report_class_list"
    _description = "Printed list of a class group"

    # Of what the lists are.
    _list_model = "registrar.class.group"

    @api.model
    def _get_report_values(self, docids, data=None):
        records = self.env[self._list_model].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": records._name,
            "docs": records,
            "sheets": self._prepare_lists(records),
        }

    @api.model
    def _get_plutoprint_values(self, docids, data=None):
        """Return the values of a batch, read with a few queries."""
        records = self.env[self._list_model].browse(docids)
        sheets = self._prepare_lists(records)
        return {record.id: {"docs": record, "sheets": sheets} for record in records}

    @api.model
    def _prepare_lists(self, records):
        """Return what each list prints: ``{record id: dict}``.

        ``rows`` are dicts with number, name, student_number, group and part (subgroup
        or class group, where the list has such a column).
        """
        records.check_access("read")
        if not self.env.su and self.env.user.share:
            # A student reads the own class group, not who else is in it.
            raise AccessError(self.env._("Lists of students are for the staff."))
        language = short_language(self.env.lang or self.env.user.lang)
        labels = LABELS[language]
        kind, path = LISTS[records._name]
        records = records.sudo().with_context(lang=LANGUAGES[language])
        lines = records.env["registrar.study.plan.line"].search(
            [
                (path, "in", records.ids),
                ("is_cancelled", "=", False),
                ("is_withdrawn", "=", False),
            ]
        )
        lines.student_id.fetch(["full_name", "sort_key", "student_number"])
        members = {record: [] for record in records}
        for line in lines.sorted(
            lambda line: (line.student_id.sort_key or "", line.id)
        ):
            members[line.mapped(path)].append(line)
        result = {}
        for record, people in members.items():
            part = {
                "class_group": lambda line: line.subgroup_id.number or "",
                "stream": lambda line: line.class_group_id.name,
                "subgroup": lambda line: "",
            }[kind]
            rows = [
                {
                    "number": number,
                    "name": line.student_id.full_name,
                    "student_number": line.student_id.student_number or "",
                    "group": line.plan_id.group_id.name or "",
                    "part": part(line),
                }
                for number, line in enumerate(people, start=1)
            ]
            result[record.id] = {
                "language": language,
                "labels": labels,
                "university": records.env.company._text("university_name", language),
                "title": f"{labels[kind]} {record.name}",
                "name": record.name,
                "fields": self._field_rows(record, kind, len(rows), language),
                "part_label": any(row["part"] for row in rows)
                and labels["of_stream" if kind == "stream" else "part"],
                "rows": rows,
                "columns": range(
                    self.env.context.get("attendance_columns", ATTENDANCE_COLUMNS)
                ),
            }
        return result

    def _field_rows(self, record, kind, count, language):
        labels = LABELS[language]
        discipline = record.discipline_id
        code = discipline._text("code", language) or discipline.code
        rows = [
            ("discipline", f"{code} {discipline._text('name', language)}"),
            ("term", record.term_id._text("name", language)),
            ("language", words.word(words.LANGUAGE_NAMES, record.language, language)),
            ("department", discipline.department_id.name),
            ("lecturer" if kind == "stream" else "teacher", record.teacher_id.name),
            ("count", count),
        ]
        return [(labels[key], value) for key, value in rows if value]


class ReportStreamList(models.AbstractModel):
    _name = "report.registrar_core.report_stream_list"
    _inherit = ["report.registrar_core.report_class_list"]
    _description = "Printed list of a stream"

    _list_model = "registrar.stream"


class ReportSubgroupList(models.AbstractModel):
    _name = "report.registrar_core.report_subgroup_list"
    _inherit = ["report.registrar_core.report_class_list"]
    _description = "Printed list of a subgroup"

    _list_model = "registrar.class.subgroup"
