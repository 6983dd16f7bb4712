from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..tools import load
from ..tools import vocabulary as words
from ..tools.collation import sort_key
from ..tools.languages import LANGUAGES, short_language

LABELS = {
    "kk": {
        "plan": "Кафедраның оқу жүктемесін бөлу ведомосы",
        "rate": "Оқытушының оқу жүктемесі картасы",
        "for_year": "%s оқу жылы",
        "department": "Кафедра",
        "faculty": "Факультет",
        "version": "Нұсқа",
        "ground": "Өзгерту негізі",
        "approved": "Бекітілген күні",
        "teacher": "Оқытушы",
        "position": "Лауазымы",
        "degree": "Ғылыми дәрежесі",
        "title": "Ғылыми атағы",
        "rate_share": "Ставка",
        "rate_kind": "Жұмыс түрі",
        "norm": "Жылдық норма, сағ.",
        "number": "№",
        "discipline": "Пән",
        "programme": "ББ",
        "course": "Курс",
        "unit": "Топ / ағын",
        "students": "Адам саны",
        "language": "Оқыту тілі",
        "total": "Барлығы",
        "paid": "оның ішінде бөлек төлем",
        "whole_year": "Жыл бойы",
        "term_total": "%s бойынша барлығы",
        "teacher_total": "Оқытушы бойынша барлығы",
        "year_total": "Жыл бойынша барлығы",
        "department_total": "Кафедра бойынша барлығы",
        "department_term": "Кафедра бойынша: %s",
        "vacant": "Бөлінбеген жүктеме",
        "done": "Орындалды (расталған)",
        "balance": "Норма %(norm)s сағ., тағайындалғаны %(assigned)s сағ., "
        "артық (+) / кем (−): %(difference)s сағ.",
        "teacher_line": "%(name)s, ставка %(rate)s, норма %(norm)s сағ.",
        "head": "Кафедра меңгерушісі",
        "dean": "Факультет деканы",
        "vice_rector": "Оқу ісі жөніндегі проректор",
        "registrar": "Тіркеу офисінің басшысы",
        "draft": "ЖОБА",
        "page": ("", " / ", " бет"),
    },
    "ru": {
        "plan": "Ведомость распределения учебной нагрузки кафедры",
        "rate": "Карточка учебных поручений преподавателя",
        "for_year": "%s учебный год",
        "department": "Кафедра",
        "faculty": "Факультет",
        "version": "Версия",
        "ground": "Основание изменения",
        "approved": "Дата утверждения",
        "teacher": "Преподаватель",
        "position": "Должность",
        "degree": "Учёная степень",
        "title": "Учёное звание",
        "rate_share": "Ставка",
        "rate_kind": "Вид работы",
        "norm": "Годовая норма, ч.",
        "number": "№",
        "discipline": "Дисциплина",
        "programme": "ОП",
        "course": "Курс",
        "unit": "Группа / поток",
        "students": "Обуч., чел.",
        "language": "Язык обучения",
        "total": "Всего",
        "paid": "в т. ч. отдельная оплата",
        "whole_year": "В течение года",
        "term_total": "Итого: %s",
        "teacher_total": "Всего по преподавателю",
        "year_total": "Всего за год",
        "department_total": "Всего по кафедре",
        "department_term": "По кафедре: %s",
        "vacant": "Нераспределённая нагрузка",
        "done": "Выполнено (подтверждено)",
        "balance": "Норма %(norm)s ч., назначено %(assigned)s ч., "
        "перегрузка (+) / недогрузка (−): %(difference)s ч.",
        "teacher_line": "%(name)s, ставка %(rate)s, норма %(norm)s ч.",
        "head": "Заведующий кафедрой",
        "dean": "Декан факультета",
        "vice_rector": "Проректор по учебной работе",
        "registrar": "Руководитель офиса регистратора",
        "draft": "ПРОЕКТ",
        "page": ("Страница ", " из ", ""),
    },
    "en": {
        "plan": "Distribution of the teaching load of the department",
        "rate": "Teaching load card",
        "for_year": "academic year %s",
        "department": "Department",
        "faculty": "Faculty",
        "version": "Version",
        "ground": "Ground of the change",
        "approved": "Approved on",
        "teacher": "Teacher",
        "position": "Position",
        "degree": "Academic degree",
        "title": "Academic title",
        "rate_share": "Rate",
        "rate_kind": "Employment",
        "norm": "Annual norm, h",
        "number": "No.",
        "discipline": "Discipline",
        "programme": "Programme",
        "course": "Year",
        "unit": "Group / stream",
        "students": "Students",
        "language": "Language",
        "total": "Total",
        "paid": "of it paid separately",
        "whole_year": "Whole year",
        "term_total": "Total: %s",
        "teacher_total": "Total of the teacher",
        "year_total": "Total of the year",
        "department_total": "Total of the department",
        "department_term": "Department: %s",
        "vacant": "Not distributed",
        "done": "Done (confirmed)",
        "balance": "Norm %(norm)s h, assigned %(assigned)s h, "
        "over (+) / under (−): %(difference)s h",
        "teacher_line": "%(name)s, rate %(rate)s, norm %(norm)s h",
        "head": "Head of the department",
        "dean": "Dean of the faculty",
        "vice_rector": "Vice-rector for academic affairs",
        "registrar": "Head of the registrar's office",
        "draft": "DRAFT",
        "page": ("Page ", " of ", ""),
    },
}

DEGREES = {
    "candidate": {
        "kk": "ғылым кандидаты",
        "ru": "кандидат наук",
        "en": "candidate of sciences",
    },
    "doctor": {"kk": "ғылым докторы", "ru": "доктор наук", "en": "doctor of sciences"},
    "phd": {"kk": "PhD докторы", "ru": "доктор PhD", "en": "PhD"},
    "profile_doctor": {
        "kk": "бейіні бойынша доктор",
        "ru": "доктор по профилю",
        "en": "doctor in the profile",
    },
    "master": {"kk": "магистр", "ru": "магистр", "en": "master"},
}
TITLES = {
    "associate_professor": {
        "kk": "қауымдастырылған профессор (доцент)",
        "ru": "ассоциированный профессор (доцент)",
        "en": "associate professor (docent)",
    },
    "professor": {"kk": "профессор", "ru": "профессор", "en": "professor"},
    "academician": {"kk": "академик", "ru": "академик", "en": "academician"},
}
RATE_KINDS = {
    "main": {"kk": "негізгі", "ru": "основное место", "en": "main place"},
    "internal": {
        "kk": "ішкі қоса атқару",
        "ru": "внутреннее совместительство",
        "en": "internal part-time",
    },
    "external": {
        "kk": "сыртқы қоса атқару",
        "ru": "внешнее совместительство",
        "en": "external part-time",
    },
    "hourly": {"kk": "сағаттық", "ru": "почасовая оплата", "en": "by the hour"},
}
LANGUAGE_SHORT = {
    "kk": {"kk": "қаз.", "ru": "каз.", "en": "kk"},
    "ru": {"kk": "орыс.", "ru": "рус.", "en": "ru"},
    "en": {"kk": "ағыл.", "ru": "англ.", "en": "en"},
    "other": {"kk": "басқа", "ru": "др.", "en": "other"},
}
# Columns of words before the columns of hours.
TEXT_COLUMNS = (
    "number",
    "discipline",
    "programme",
    "course",
    "unit",
    "students",
    "language",
)
# Their widths on paper, per cent; the columns of hours share the rest.
TEXT_WIDTHS = (3, 17, 8, 4, 9, 5, 4)


class RegistrarLoadSheet(models.AbstractModel):
    """What load sheets and cards print; PDF and XLSX take the same rows."""

    _name = "registrar.load.sheet"
    _description = "Printed teaching load"

    @api.model
    def _sheets(self, records, language):
        """Return what is printed of each record: ``{id: dict}``.

        Rows have ``style`` (group, term, line, subtotal, total, note), ``texts`` (one
        per text column, or a single one over all of them) and ``hours`` (one number
        or None per column, empty for headings).

        :param records: sheets of departments or cards of teachers
        :param str language: ``"kk"``, ``"ru"`` or ``"en"``
        """
        records.check_access("read")
        records = records.sudo().with_context(lang=LANGUAGES[language])
        if records._name == "registrar.load.plan":
            return {plan.id: self._plan_sheet(plan, language) for plan in records}
        return {rate.id: self._rate_sheet(rate, language) for rate in records}

    def _plan_sheet(self, plan, language):
        labels = LABELS[language]
        lines = self._lines(Domain("plan_id", "=", plan.id))
        kinds = lines.kind_id.sorted()
        rates = defaultdict(plan.env["registrar.load.rate"].browse)
        for rate in plan.env["registrar.load.rate"].search(
            [
                ("department_id", "=", plan.department_id.id),
                ("year_id", "=", plan.year_id.id),
            ]
        ):
            rates[rate.employee_id] |= rate
        teachers = sorted(
            lines.teacher_id | plan.env["hr.employee"].union(*rates),
            key=lambda teacher: sort_key(teacher.name),
        )
        rows = []
        for teacher in teachers:
            mine = lines.filtered(lambda line, t=teacher: line.teacher_id == t)
            rows += self._teacher_rows(teacher, rates[teacher], mine, kinds, language)
        if vacant := lines.filtered(lambda line: not line.teacher_id):
            rows.append(self._heading("group", labels["vacant"]))
            rows += self._term_rows(vacant, kinds, language)
        rows += self._department_rows(lines, kinds, language)
        fields = [
            (labels["department"], plan.department_id.name),
            (labels["faculty"], plan.faculty_id.name),
        ]
        if plan.version > 1:
            fields.append((labels["version"], str(plan.version)))
            fields.append((labels["ground"], plan.ground))
        if plan.approved_date:
            fields.append((labels["approved"], f"{plan.approved_date:%d.%m.%Y}"))
        is_final = plan.state in ("approved", "replaced")
        return {
            **self._frame("plan", plan, kinds, language),
            "fields": [pair for pair in fields if pair[1]],
            "rows": rows,
            "watermark": "" if is_final else labels["draft"],
            "signatures": self._signatures(plan, language, ("head", "dean", "office")),
        }

    def _rate_sheet(self, rate, language):
        labels = LABELS[language]
        lines = self._lines(
            Domain("teacher_id", "=", rate.employee_id.id)
            & Domain("year_id", "=", rate.year_id.id)
            & Domain("department_id", "=", rate.department_id.id)
            & Domain("active", "=", True)
        )
        kinds = lines.kind_id.sorted()
        rows = self._term_rows(lines, kinds, language)
        rows.append(self._sum_row("total", labels["year_total"], lines, kinds))
        rows.append(self._done_row(rate, lines, kinds, labels))
        rows.append(self._heading("note", self._balance(rate, labels, language)))
        employee = rate.employee_id
        fields = [
            (labels["teacher"], employee.name),
            (labels["position"], rate.job_id.name),
            (labels["degree"], words.word(DEGREES, rate.academic_degree, language)),
            (labels["title"], words.word(TITLES, rate.academic_title, language)),
            (labels["department"], rate.department_id.name),
            (labels["faculty"], rate.department_id.registrar_faculty_id.name),
            (labels["rate_kind"], words.word(RATE_KINDS, rate.kind, language)),
            (labels["rate_share"], number(rate.rate, language)),
            (labels["norm"], number(rate.norm_hours, language)),
        ]
        plan = rate.env["registrar.load.plan"].search(
            [
                ("department_id", "=", rate.department_id.id),
                ("year_id", "=", rate.year_id.id),
            ],
            limit=1,
        )
        return {
            **self._frame("rate", rate, kinds, language),
            "fields": [pair for pair in fields if pair[1]],
            "rows": rows,
            "watermark": "" if plan.state == "approved" else labels["draft"],
            "signatures": self._signatures(rate, language, ("teacher", "head", "dean")),
        }

    def _frame(self, kind, record, kinds, language):
        labels = LABELS[language]
        rest = 100 - sum(TEXT_WIDTHS)
        return {
            "language": language,
            "labels": labels,
            "university": record.env.company._text("university_name", language),
            "title": labels[kind],
            "subtitle": labels["for_year"] % record.year_id.name,
            "name": (
                record.department_id.name
                if kind == "plan"
                else record.employee_id.short_name or record.employee_id.name
            ),
            "text_widths": [f"width: {width}%" for width in TEXT_WIDTHS],
            "hour_width": f"width: {rest / (len(kinds) + 2):.2f}%",
            "text_heads": [labels[name] for name in TEXT_COLUMNS],
            "hour_heads": [
                *(kind._column(language) for kind in kinds),
                labels["total"],
                labels["paid"],
            ],
        }

    def _lines(self, domain):
        """Return lines with hours, those of kept versions too."""
        return (
            self.env["registrar.load.line"]
            .sudo()
            .with_context(active_test=False)
            .search(domain & Domain("hours", ">", 0))
        )

    def _teacher_rows(self, teacher, rates, lines, kinds, language):
        labels = LABELS[language]
        norm = sum(rates.mapped("norm_hours"))
        assigned = sum(line.hours for line in lines if not line.is_paid_separately)
        text = labels["teacher_line"] % {
            "name": teacher.name,
            "rate": number(sum(rates.mapped("rate")), language),
            "norm": number(norm, language),
        }
        rows = [self._heading("group", text)]
        rows += self._term_rows(lines, kinds, language)
        rows.append(self._sum_row("total", labels["teacher_total"], lines, kinds))
        balance = labels["balance"] % {
            "norm": number(norm, language),
            "assigned": number(assigned, language),
            "difference": signed(assigned - norm, language),
        }
        rows.append(self._heading("note", balance))
        return rows

    def _department_rows(self, lines, kinds, language):
        labels = LABELS[language]
        rows = []
        for term, part in self._by_term(lines):
            name = term._text("kind", language) if term else labels["whole_year"]
            rows.append(
                self._sum_row(
                    "subtotal", labels["department_term"] % name.lower(), part, kinds
                )
            )
        rows.append(self._sum_row("total", labels["department_total"], lines, kinds))
        return rows

    def _term_rows(self, lines, kinds, language):
        """Return the works of one teacher by term, each with a subtotal."""
        labels = LABELS[language]
        rows = []
        for term, part in self._by_term(lines):
            name = term._text("kind", language) if term else labels["whole_year"]
            rows.append(self._heading("term", name))
            by_unit = defaultdict(part.browse)
            for line in part:
                by_unit[self._unit_key(line)] |= line
            for index, members in enumerate(by_unit.values(), start=1):
                rows.append(
                    self._sum_row(
                        "line",
                        self._texts(
                            index, members[0].with_prefetch(lines.ids), language
                        ),
                        members,
                        kinds,
                    )
                )
            total = initial(labels["term_total"] % name.lower())
            rows.append(self._sum_row("subtotal", total, part, kinds))
        return rows

    def _by_term(self, lines):
        terms = lines.term_id.sorted("number")
        found = [
            (term, lines.filtered(lambda line, term=term: line.term_id == term))
            for term in terms
        ]
        if rest := lines.filtered(lambda line: not line.term_id):
            found.append((terms.browse(), rest))
        return found

    def _unit_key(self, line):
        return (line.discipline_id.id, line.unit_name, line.language, line.course_text)

    def _texts(self, index, line, language):
        discipline = line.discipline_id
        name = (
            discipline._text("name", language)
            if discipline
            else line.note or line.kind_id._text("name", language)
        )
        return [
            str(index),
            name,
            ", ".join(line.programme_ids.mapped("code")),
            line.course_text or "",
            line.unit_name or "",
            str(line.student_count or ""),
            words.word(LANGUAGE_SHORT, line.language, language),
        ]

    def _sum_row(self, style, texts, lines, kinds):
        by_kind = defaultdict(lambda: load.Decimal(0))
        paid = load.Decimal(0)
        for line in lines:
            hours = load.cents(line.hours)
            by_kind[line.kind_id] += hours
            if line.is_paid_separately:
                paid += hours
        values = [by_kind.get(kind) for kind in kinds]
        return {
            "style": style,
            "texts": texts if isinstance(texts, list) else [texts],
            "hours": [
                *(float(value) if value else None for value in values),
                float(sum(by_kind.values())),
                float(paid) or None,
            ],
        }

    def _done_row(self, rate, lines, kinds, labels):
        """Return the confirmed hours of the teacher in the department by kind."""
        done = dict(
            rate.env["registrar.load.entry"]._read_group(
                [
                    ("teacher_id", "=", rate.employee_id.id),
                    ("year_id", "=", rate.year_id.id),
                    ("department_id", "=", rate.department_id.id),
                    ("state", "=", "confirmed"),
                ],
                ["kind_id"],
                ["hours:sum"],
            )
        )
        paid = sum(
            rate.env["registrar.load.entry"]
            .search(
                [
                    ("teacher_id", "=", rate.employee_id.id),
                    ("year_id", "=", rate.year_id.id),
                    ("department_id", "=", rate.department_id.id),
                    ("state", "=", "confirmed"),
                    ("line_id.is_paid_separately", "=", True),
                ]
            )
            .mapped("hours")
        )
        return {
            "style": "subtotal",
            "texts": [labels["done"]],
            "hours": [
                *(done.get(kind) or None for kind in kinds),
                float(sum(map(load.cents, done.values()))),
                paid or None,
            ],
        }

    def _heading(self, style, text):
        return {"style": style, "texts": [text], "hours": []}

    def _balance(self, rate, labels, language):
        return labels["balance"] % {
            "norm": number(rate.norm_hours, language),
            "assigned": number(rate.hours_assigned, language),
            "difference": signed(rate.difference, language),
        }

    def _signatures(self, record, language, who):
        labels = LABELS[language]
        Signatory = record.env["registrar.signatory"]
        department = record.department_id
        day = (
            record._name == "registrar.load.plan" and record.approved_date
        ) or self._day_of(record.year_id)
        dean = Signatory._at("dean", day, department.registrar_faculty_id)
        vice = Signatory._at("vice_rector", day)
        office = Signatory._at("registrar_head", day)
        rows = {
            "teacher": [(labels["teacher"], "")],
            "head": [(labels["head"], department.manager_id.short_name)],
            "dean": [(dean._position(language) if dean else labels["dean"], dean.name)],
            "office": [
                (
                    vice._position(language) if vice else labels["vice_rector"],
                    vice.name,
                ),
                (
                    office._position(language) if office else labels["registrar"],
                    office.name,
                ),
            ],
        }
        if "teacher" in who:
            rows["teacher"] = [(labels["teacher"], record.employee_id.short_name)]
        return [
            {"position": position, "name": name or ""}
            for role in who
            for position, name in rows[role]
        ]

    def _day_of(self, year):
        """Return today, or the nearest day of another year."""
        today = self.env["registrar.document"]._today()
        return min(max(today, year.date_from), year.date_to)


def initial(text):
    """Return the text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def number(value, language):
    """Return a number as it is printed: without idle zeros, with the right comma."""
    text = f"{load.cents(value):f}".rstrip("0").rstrip(".")
    return text if language == "en" else text.replace(".", ",")


def signed(value, language):
    """Return a number with its sign; the minus is a proper one."""
    value = load.cents(value)
    text = number(abs(value), language)
    if not value:
        return text
    return f"+{text}" if value > 0 else f"−{text}"


class ReportLoadPlan(models.AbstractModel):
    """Load sheet of a department."""

    _name = "report.registrar_core.report_load_plan"
    _description = "Load sheet of a department"
    _sheet_model = "registrar.load.plan"

    @api.model
    def _get_report_values(self, docids, data=None):
        records = self.env[self._sheet_model].browse(docids)
        language = short_language(self.env.lang or self.env.user.lang)
        return {
            "doc_ids": docids,
            "doc_model": records._name,
            "docs": records,
            "sheets": self.env["registrar.load.sheet"]._sheets(records, language),
            "number": number,
        }


class ReportLoadRate(models.AbstractModel):
    """Card of a teacher."""

    _name = "report.registrar_core.report_load_rate"
    _inherit = ["report.registrar_core.report_load_plan"]
    _description = "Teaching load card"
    _sheet_model = "registrar.load.rate"
