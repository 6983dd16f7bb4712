from collections import Counter

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..models.curriculum_checks import OUTSIDE_TOTAL
from ..models.registrar_curriculum_line import HOUR_FIELDS
from ..models.registrar_term import TERMS_PER_YEAR
from ..models.selections import COMPONENTS, CYCLES
from ..tools import vocabulary as words
from ..tools import working_curriculum as table
from ..tools.languages import LANGUAGES, short_language
from ..tools.workbook import Book, landscape
from .curriculum_workbook import PlanWriter

# Columns of control: which forms of control a column gathers.
CONTROL_GROUPS = {
    "exam": ("exam", "state_exam"),
    "test": ("credit_test",),
    "work": ("course_work",),
    "defence": ("report", "thesis_defence"),
}
USUAL_GROUPS = ("exam", "test")

LABELS = {
    "kk": {
        "title": "Жұмыс оқу жоспары",
        "approve": "БЕКІТЕМІН",
        "rector": "Ректор",
        "day": "20___ ж. «____» ______________",
        "programme": "Білім беру бағдарламасы",
        "group": "Білім беру бағдарламаларының тобы",
        "level": "Білім беру деңгейі",
        "degree": "Берілетін дәреже",
        "study_form": "Оқу нысаны",
        "language": "Оқыту тілі",
        "duration": "Оқу мерзімі",
        "years": "жыл",
        "intake": "Түскен жылы",
        "version": "Нұсқа",
        "basis": "Негіздеме",
        "approved": "Бекітілген күні",
        "number": "№",
        "code": "Коды",
        "name": "Модуль мен пәннің атауы",
        "cycle": "Цикл",
        "component": "Комп.",
        "credits": "Кредит",
        "hours": "Сағат саны",
        "control": "Бақылау, семестр",
        "terms": "Семестрлер бойынша кредиттер",
        "course": "%s курс",
        "module": "%s-модуль. %s",
        "without_module": "Модульсіз пәндер",
        "choice": "Таңдау бойынша пән (%(choose)s / %(options)s)",
        "part_total": "Барлығы",
        "total": "ЖАЛПЫ",
        "total_dvo": "Оқытудың қосымша түрлері бойынша барлығы",
        "dvo": "Оқытудың қосымша түрлері (ОҚТ)",
        "controls": {
            "exam": "Емтихандар саны",
            "test": "Сынақтар саны",
            "work": "Курстық жұмыстар саны",
            "defence": "Есеп пен жұмыс қорғау саны",
        },
        "groups": {
            "exam": "Емтихан",
            "test": "Сынақ",
            "work": "Курстық жұмыс",
            "defence": "Қорғау",
        },
        "state_exam": "МЕ",
        "kinds": {
            "total": "барлығы",
            "lecture": "дәріс",
            "practical": "практ.",
            "laboratory": "зертх.",
            "studio": "студия",
            "supervised": "ОБӨЖ",
            "independent": "БӨЖ",
            "practice": "практика",
            "thesis": "дипл. жұм.",
        },
        "summary": "Циклдер мен компоненттер бойынша кредиттер",
        "cycles": {
            "ood": "Жалпы білім беру пәндері",
            "bd": "Базалық пәндер",
            "pd": "Бейіндеуші пәндер",
            "ia": "Қорытынды аттестаттау",
            "dvo": "Оқытудың қосымша түрлері",
        },
        "components": {
            "ok": "міндетті компонент",
            "vk": "ЖОО компоненті",
            "kv": "таңдау компоненті",
        },
        "note": "МЕ – мемлекеттік емтихан. Қисық қаріппен таңдау пәндері берілген: "
        "олардың кредиттері орынның жолында бір рет есептелген.",
        "agreed": "Келісілді",
        "vice_rector": "Оқу ісі жөніндегі проректор",
        "dean": "Факультет деканы",
        "head": "Кафедра меңгерушісі",
        "registrar": "Тіркеу офисінің басшысы",
        "draft": "ЖОБА",
        "page": ("", " / ", " бет"),
    },
    "ru": {
        "title": "Рабочий учебный план",
        "approve": "УТВЕРЖДАЮ",
        "rector": "Ректор",
        "day": "«____» ______________ 20___ г.",
        "programme": "Образовательная программа",
        "group": "Группа образовательных программ",
        "level": "Уровень образования",
        "degree": "Присуждаемая степень",
        "study_form": "Форма обучения",
        "language": "Язык обучения",
        "duration": "Срок обучения",
        "years": "года (лет)",
        "intake": "Год поступления",
        "version": "Версия",
        "basis": "Основание",
        "approved": "Дата утверждения",
        "number": "№",
        "code": "Код",
        "name": "Наименование модулей и дисциплин",
        "cycle": "Цикл",
        "component": "Комп.",
        "credits": "Кредиты",
        "hours": "Количество часов",
        "control": "Контроль, семестр",
        "terms": "Кредиты по семестрам",
        "course": "%s курс",
        "module": "Модуль %s. %s",
        "without_module": "Дисциплины вне модулей",
        "choice": "Дисциплина по выбору (%(choose)s из %(options)s)",
        "part_total": "Итого",
        "total": "ВСЕГО",
        "total_dvo": "Всего по дополнительным видам обучения",
        "dvo": "Дополнительные виды обучения (ДВО)",
        "controls": {
            "exam": "Количество экзаменов",
            "test": "Количество зачётов",
            "work": "Количество курсовых работ",
            "defence": "Количество защит отчётов и работ",
        },
        "groups": {
            "exam": "Экзамен",
            "test": "Зачёт",
            "work": "Курс. работа",
            "defence": "Защита",
        },
        "state_exam": "ГЭ",
        "kinds": {
            "total": "всего",
            "lecture": "лек.",
            "practical": "практ.",
            "laboratory": "лаб.",
            "studio": "студ.",
            "supervised": "СРОП",
            "independent": "СРО",
            "practice": "практика",
            "thesis": "дипл. раб.",
        },
        "summary": "Кредиты по циклам и компонентам",
        "cycles": {
            "ood": "Общеобразовательные дисциплины",
            "bd": "Базовые дисциплины",
            "pd": "Профилирующие дисциплины",
            "ia": "Итоговая аттестация",
            "dvo": "Дополнительные виды обучения",
        },
        "components": {
            "ok": "обязательный компонент",
            "vk": "вузовский компонент",
            "kv": "компонент по выбору",
        },
        "note": "ГЭ – государственный экзамен. Курсивом даны дисциплины на выбор: их "
        "кредиты учтены один раз, в строке позиции.",
        "agreed": "Согласовано",
        "vice_rector": "Проректор по учебной работе",
        "dean": "Декан факультета",
        "head": "Заведующий кафедрой",
        "registrar": "Руководитель офиса регистратора",
        "draft": "ПРОЕКТ",
        "page": ("Страница ", " из ", ""),
    },
    "en": {
        "title": "Working curriculum",
        "approve": "APPROVED",
        "rector": "Rector",
        "day": "____ ______________ 20___",
        "programme": "Educational programme",
        "group": "Group of educational programmes",
        "level": "Level of education",
        "degree": "Degree awarded",
        "study_form": "Mode of study",
        "language": "Language of study",
        "duration": "Duration of study",
        "years": "years",
        "intake": "Year of entry",
        "version": "Version",
        "basis": "Basis",
        "approved": "Approved on",
        "number": "No.",
        "code": "Code",
        "name": "Modules and disciplines",
        "cycle": "Cycle",
        "component": "Comp.",
        "credits": "Credits",
        "hours": "Hours",
        "control": "Control, semester",
        "terms": "Credits by semester",
        "course": "Year %s",
        "module": "Module %s. %s",
        "without_module": "Disciplines outside modules",
        "choice": "Elective discipline (%(choose)s of %(options)s)",
        "part_total": "Subtotal",
        "total": "TOTAL",
        "total_dvo": "Total of additional training",
        "dvo": "Additional training",
        "controls": {
            "exam": "Number of exams",
            "test": "Number of credit tests",
            "work": "Number of course works",
            "defence": "Number of defences",
        },
        "groups": {
            "exam": "Exam",
            "test": "Credit test",
            "work": "Course work",
            "defence": "Defence",
        },
        "state_exam": "SE",
        "kinds": {
            "total": "total",
            "lecture": "lect.",
            "practical": "pract.",
            "laboratory": "lab.",
            "studio": "studio",
            "supervised": "IWST",
            "independent": "IWS",
            "practice": "practice",
            "thesis": "thesis",
        },
        "summary": "Credits by cycle and component",
        "cycles": {
            "ood": "General education disciplines",
            "bd": "Basic disciplines",
            "pd": "Profile disciplines",
            "ia": "Final attestation",
            "dvo": "Additional training",
        },
        "components": {
            "ok": "compulsory component",
            "vk": "university component",
            "kv": "elective component",
        },
        "note": "SE – state exam. Disciplines to choose from are in italics: their "
        "credits are counted once, in the row of the position.",
        "agreed": "Agreed",
        "vice_rector": "Vice-rector for academic affairs",
        "dean": "Dean of the faculty",
        "head": "Head of the department",
        "registrar": "Head of the registrar's office",
        "draft": "DRAFT",
        "page": ("Page ", " of ", ""),
    },
}


class ReportCurriculum(models.AbstractModel):
    """Values of the printed working curriculum (academic.md §4.3)."""

    _name = "report.registrar_core.report_curriculum"
    _description = "Printed working curriculum"

    @api.model
    def _get_report_values(self, docids, data=None):
        curricula = self.env["registrar.curriculum"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": curricula._name,
            "docs": curricula,
            "plans": self._prepare_plans(curricula),
        }

    @api.model
    def _get_plutoprint_values(self, docids, data=None):
        curricula = self.env["registrar.curriculum"].browse(docids)
        plans = self._prepare_plans(curricula)
        return {c.id: {"docs": c, "plans": plans} for c in curricula}

    @api.model
    def _prepare_plans(self, curricula, language=None, by=None):
        """Return what each curriculum prints: ``{id: dict}``.

        :param str by: ``module`` or ``cycle``: what the rows are grouped by; the
            context may say it, too (``working_plan_by``)
        """
        curricula.check_access("read")
        if not self.env.su and self.env.user.share:
            raise AccessError(self.env._("Curricula are printed by the staff."))
        language = language or short_language(self.env.lang or self.env.user.lang)
        by = by or self.env.context.get("working_plan_by") or "module"
        curricula = curricula.sudo().with_context(lang=LANGUAGES[language])
        return {c.id: self._prepare_plan(c, language, by) for c in curricula}

    def _prepare_plan(self, curriculum, language, by):
        labels = LABELS[language]
        parts, extra = self._parts(curriculum, language, by)
        rows = [row for part in parts for row in part.rows]
        every = [*rows, *extra.rows]
        last = max(
            [
                round(curriculum.duration_years * TERMS_PER_YEAR),
                *(term for row in every for term in row.terms),
            ]
        )
        terms = list(range(1, last + 1))
        courses = [
            (
                labels["course"] % course,
                [t for t in terms if (t - 1) // TERMS_PER_YEAR + 1 == course],
            )
            for course in range(1, (last - 1) // TERMS_PER_YEAR + 2)
        ]
        used = {group for row in every for group in row.control}
        groups = [g for g in CONTROL_GROUPS if g in USUAL_GROUPS or g in used]
        total = table.total(rows)
        return {
            "language": language,
            "labels": labels,
            "university": self.env.company._text("university_name", language),
            "programme": f"{curriculum.programme_id.code} "
            f"{curriculum.programme_id._text('name', language)}",
            "fields": self._field_rows(curriculum, labels, language),
            "approval": self._approval(curriculum, labels, language),
            "parts": parts,
            "extra": extra,
            "total": total,
            "extra_total": extra.total,
            "terms": terms,
            "courses": courses,
            "kinds": table.hour_columns(every),
            "groups": groups,
            "summary": self._summary(rows, labels),
            "signatures": self._signatures(curriculum, labels, language),
            "has_options": any(row.kind == "option" for row in every),
            "figure": table.figure,
        }

    # -- rows -----------------------------------------------------------------------

    def _parts(self, curriculum, language, by):
        """Return the parts of the plan and the part of additional training."""
        labels = LABELS[language]
        parts, order = {}, []
        extra = table.Part(labels["dvo"])
        by_module = by == "module" and bool(curriculum.module_ids)
        for lines in self._positions(curriculum):
            rows = self._rows(curriculum, lines, language)
            first = lines[0]
            if first.cycle == OUTSIDE_TOTAL:
                extra.rows += rows
                continue
            key = first.module_id if by_module else first.cycle
            if key not in parts:
                parts[key] = table.Part(self._part_title(key, by_module, language))
                order.append(key)
            parts[key].rows += rows
        if by_module:
            order.sort(key=lambda module: (not module, module.number))
        else:
            cycles = [code for code, __ in CYCLES]
            order.sort(key=cycles.index)
        number = 0
        for part in (*(parts[key] for key in order), extra):
            for row in part.rows:
                if row.counts:
                    number += 1
                    row.number = str(number)
        return [parts[key] for key in order], extra

    def _part_title(self, key, by_module, language):
        labels = LABELS[language]
        if not by_module:
            short = words.word(words.CYCLE_SHORT, key, language)
            return f"{short} – {labels['cycles'][key]}"
        if not key:
            return labels["without_module"]
        return labels["module"] % (key.number, key._text("name", language))

    def _positions(self, curriculum):
        """Return the lines of each position: a block, or a compulsory discipline."""
        positions = {}
        for line in curriculum.line_ids.sorted(
            lambda own: (own.sequence, own.term_number, own.id)
        ):
            key = line.block_id or line.discipline_id
            positions.setdefault(key, []).append(line)
        return list(positions.values())

    def _rows(self, curriculum, lines, language):
        block = lines[0].block_id
        if not block:
            return [self._row("discipline", lines, language)]
        options = {}
        for line in lines:
            options.setdefault(line.discipline_id, []).append(line)
        ordered = sorted(
            options.values(), key=lambda own: not any(line.is_default for line in own)
        )
        taken = ordered[: block.choose]
        slot = self._row("slot", [line for own in taken for line in own], language)
        # A mere number of the position says nothing beside the own numbering.
        slot.code = "" if (block.code or "").isdecimal() else block.code
        slot.name = LABELS[language]["choice"] % {
            "choose": block.choose,
            "options": len(options),
        }
        slot.control = self._control(taken[0])
        slot.choose = block.choose
        rows = [self._row("option", own, language) for own in ordered]
        for row in rows:
            # What the slot says already is not said again under it.
            row.cycle = row.component = ""
            row.credits, row.terms = 0, Counter()
            if row.hours == slot.hours:
                row.hours = Counter()
            if row.control == slot.control:
                row.control = {}
        return [slot, *rows]

    def _row(self, kind, lines, language):
        first = lines[0]
        discipline = first.discipline_id
        hours, terms = Counter(), Counter()
        for line in lines:
            terms[line.term_number] += line.credits
            hours["total"] += line.hours_total
            for name in HOUR_FIELDS:
                if line[name]:
                    hours[name.removeprefix("hours_")] += line[name]
        return table.Row(
            kind=kind,
            code=discipline._text("code", language) or discipline.code,
            name=discipline._text("name", language),
            cycle=words.word(words.CYCLE_SHORT, first.cycle, language),
            component=words.word(words.COMPONENT_SHORT, first.component, language),
            credits=sum(line.credits for line in lines),
            hours=hours,
            terms=terms,
            control=self._control(lines),
            state_exam=any(line.control_form == "state_exam" for line in lines),
            place=(first.cycle, first.component),
        )

    def _control(self, lines):
        control = {}
        for group, forms in CONTROL_GROUPS.items():
            terms = [line.term_number for line in lines if line.control_form in forms]
            if terms:
                control[group] = terms
        return control

    def _summary(self, rows, labels):
        """Return the sums of cycles and of their components: (title, sum, is cycle)."""
        result = []
        for cycle, __ in CYCLES:
            own = [row for row in rows if row.counts and row.place[0] == cycle]
            if not own:
                continue
            result.append((labels["cycles"][cycle], table.total(own), True))
            for component, __ in COMPONENTS:
                some = [row for row in own if row.place[1] == component]
                if some:
                    result.append(
                        (labels["components"][component], table.total(some), False)
                    )
        return result

    # -- head and foot --------------------------------------------------------------

    def _field_rows(self, curriculum, labels, language):
        programme = curriculum.programme_id
        group = programme.programme_group_id
        rows = [
            (
                "programme",
                f"{programme.code} {programme._text('name', language)}",
            ),
            ("group", group and f"{group.code} {group._text('name', language)}"),
            ("level", words.word(words.LEVEL_NAMES, programme.level, language)),
            ("degree", self._degree(programme, language)),
            (
                "study_form",
                words.word(words.STUDY_FORM_NAMES, curriculum.study_form, language),
            ),
            (
                "language",
                words.word(words.LANGUAGE_NAMES, curriculum.language, language),
            ),
            ("duration", f"{curriculum.duration_years:g} {labels['years']}"),
            ("intake", curriculum.intake_year_id.name),
            ("version", str(curriculum.version)),
        ]
        return [(labels[key], value) for key, value in rows if value]

    def _degree(self, programme, language):
        trilingual = self.env["registrar.trilingual"]
        return trilingual._text.__func__(programme, "degree", language)

    def _approval(self, curriculum, labels, language):
        rector = self._signatory("rector", curriculum)
        return {
            "title": labels["approve"],
            "position": rector._position(language) if rector else labels["rector"],
            "name": rector.name or "",
            "basis": curriculum.approval_basis or "",
            "date": self._date(curriculum.approved_date) or labels["day"],
        }

    def _signatures(self, curriculum, labels, language):
        programme = curriculum.programme_id
        manager = programme.department_id.manager_id
        people = [
            ("vice_rector", self._signatory("vice_rector", curriculum)),
            ("dean", self._signatory("dean", curriculum, programme.faculty_id)),
            ("registrar", self._signatory("registrar_head", curriculum)),
        ]
        rows = [
            {
                "position": person._position(language) if person else labels[key],
                "name": person.name or "",
            }
            for key, person in people
        ]
        rows.append(
            {
                "position": f"{labels['head']} «{programme.department_id.name}»",
                "name": manager.short_name or "",
            }
        )
        return rows

    def _signatory(self, role, curriculum, department=None):
        day = curriculum.approved_date or self.env["registrar.document"]._today()
        return self.env["registrar.signatory"].sudo()._at(role, day, department)

    def _date(self, day):
        return format_date(self.env, day, date_format="dd.MM.yyyy") if day else ""

    # -- workbook -------------------------------------------------------------------

    @api.model
    def _workbook(self, curricula, language, by="module", paper=9):
        """Return an XLSX file with one worksheet per curriculum.

        Sums are formulas, so that they follow what is changed in the file.
        """
        book = Book()
        plans = self._prepare_plans(curricula, language, by)
        for curriculum in curricula:
            self._write_plan(book, curriculum, plans[curriculum.id], paper)
        return book.content()

    def _write_plan(self, book, curriculum, plan, paper):
        sheet = book.sheet(
            f"{curriculum.programme_id.code} {curriculum.intake_year_id.name}"
        )
        landscape(sheet, paper)
        writer = PlanWriter(book, sheet, plan)
        writer.fill()
