from odoo import api, models
from odoo.tools import format_date

from ..tools import vocabulary as words
from ..tools.languages import LANGUAGES, short_language

LABELS = {
    "kk": {
        "for_year": "%s оқу жылына арналған",
        "student": "Білім алушы",
        "student_number": "Студенттік нөмірі",
        "programme": "Білім беру бағдарламасы",
        "level": "Білім беру деңгейі",
        "faculty": "Факультет",
        "course": "Курс",
        "group": "Академиялық топ",
        "study_form": "Оқу нысаны",
        "language": "Оқыту тілі",
        "intake": "Түскен жылы",
        "adviser": "Эдвайзер",
        "number": "№",
        "code": "Коды",
        "discipline": "Пәннің атауы",
        "cycle": "Цикл / компонент",
        "credits": "Кредиттер",
        "type": "Тіркелу түрі",
        "control": "Бақылау нысаны",
        "paid": "ақылы",
        "term_total": "Семестр бойынша барлығы",
        "year_total": "Оқу жылы бойынша барлығы",
        "dean": "Факультет деканы",
        "registrar": "Тіркеу офисінің басшысы",
        "hint": ("қолы", "Т.А.Ә., күні"),
        "draft": "ЖОБА",
        "addition": "Жоспарға толықтыру",
        "change": "Жоспардың өзгерісі",
        "version": "Нұсқа",
        "ground": "Өзгеріс негізі",
        "amount": "Құны, теңге",
        "amount_total": "Төлеуге барлығы",
        "dropped": "Алынатын пәндер",
        "term": "Семестр",
        "drop_kind": "Түрі",
        "drop": "алу",
        "withdrawal": "пәннен бас тарту (W)",
        "reason": "Себебі",
        "overrides": "Ережелерден ауытқулар",
        "rule": "Ереже",
        "override_ground": "Негіздеме",
        "decided": "Кім, қашан шешті",
        "changes": "Өзгерістер тізімі",
        "added": "Қосылған",
        "taken_off": "Алынған",
        "department_head": "Кафедра меңгерушісі",
        "qr": "Құжаттың түпнұсқалығын QR-код немесе мына код арқылы тексеруге болады:",
        "page": ("", " / ", " бет"),
        "date": "Тіркелген күні",
    },
    "ru": {
        "for_year": "на %s учебный год",
        "student": "Обучающийся",
        "student_number": "Номер студента",
        "programme": "Образовательная программа",
        "level": "Уровень образования",
        "faculty": "Факультет",
        "course": "Курс",
        "group": "Академическая группа",
        "study_form": "Форма обучения",
        "language": "Язык обучения",
        "intake": "Год поступления",
        "adviser": "Эдвайзер",
        "number": "№",
        "code": "Код",
        "discipline": "Наименование дисциплины",
        "cycle": "Цикл / компонент",
        "credits": "Кредиты",
        "type": "Вид регистрации",
        "control": "Форма контроля",
        "paid": "платно",
        "term_total": "Всего за семестр",
        "year_total": "Всего за учебный год",
        "dean": "Декан факультета",
        "registrar": "Руководитель офиса регистратора",
        "hint": ("подпись", "Ф.И.О., дата"),
        "draft": "ПРОЕКТ",
        "addition": "Дополнение к плану",
        "change": "Изменение плана",
        "version": "Версия",
        "ground": "Основание изменения",
        "amount": "Стоимость, тенге",
        "amount_total": "Всего к оплате",
        "dropped": "Снимаемые дисциплины",
        "term": "Семестр",
        "drop_kind": "Вид",
        "drop": "снятие",
        "withdrawal": "отказ от дисциплины (W)",
        "reason": "Причина",
        "overrides": "Отступления от правил",
        "rule": "Правило",
        "override_ground": "Основание",
        "decided": "Кто и когда решил",
        "changes": "Лист изменений",
        "added": "Добавлено",
        "taken_off": "Снято",
        "department_head": "Заведующий кафедрой",
        "qr": "Подлинность документа можно проверить по QR-коду или по коду:",
        "page": ("Страница ", " из ", ""),
        "date": "Дата регистрации",
    },
    "en": {
        "for_year": "academic year %s",
        "student": "Student",
        "student_number": "Student number",
        "programme": "Educational programme",
        "level": "Level of education",
        "faculty": "Faculty",
        "course": "Year of study",
        "group": "Academic group",
        "study_form": "Mode of study",
        "language": "Language of study",
        "intake": "Year of entry",
        "adviser": "Adviser",
        "number": "No.",
        "code": "Code",
        "discipline": "Discipline",
        "cycle": "Cycle / component",
        "credits": "Credits",
        "type": "Registration",
        "control": "Control",
        "paid": "paid",
        "term_total": "Total of the semester",
        "year_total": "Total of the academic year",
        "dean": "Dean of the faculty",
        "registrar": "Head of the registrar's office",
        "hint": ("signature", "name, date"),
        "draft": "DRAFT",
        "addition": "Addition to the plan",
        "change": "Change of the plan",
        "version": "Version",
        "ground": "Ground of the change",
        "amount": "Cost, tenge",
        "amount_total": "Total to be paid",
        "dropped": "Dropped disciplines",
        "term": "Semester",
        "drop_kind": "Kind",
        "drop": "drop",
        "withdrawal": "withdrawal (W)",
        "reason": "Reason",
        "overrides": "Overrides of rules",
        "rule": "Rule",
        "override_ground": "Ground",
        "decided": "Decided by, on",
        "changes": "Log of changes",
        "added": "Added",
        "taken_off": "Dropped",
        "department_head": "Head of the department",
        "qr": "The document can be verified by the QR code or by the code:",
        "page": ("Page ", " of ", ""),
        "date": "Registered on",
    },
}


class ReportStudyPlan(models.AbstractModel):
    """Values of the printed individual study plan (academic.md §4.6)."""

    _name = "report.registrar_core.report_study_plan"
    _description = "Printed study plan"

    @api.model
    def _get_report_values(self, docids, data=None):
        plans = self.env["registrar.study.plan"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": plans._name,
            "docs": plans,
            "sheets": self._prepare_sheets(plans),
        }

    @api.model
    def _get_plutoprint_values(self, docids, data=None):
        """Return the values of a batch, read with a few queries."""
        plans = self.env["registrar.study.plan"].browse(docids)
        sheets = self._prepare_sheets(plans)
        return {plan.id: {"docs": plan, "sheets": sheets} for plan in plans}

    def _prepare_sheets(self, plans):
        """Return what each plan prints: ``{plan id: dict}``."""
        language = short_language(self.env.lang or self.env.user.lang)
        plans = plans.sudo().with_context(lang=LANGUAGES[language])
        names = self.env["registrar.student"]._names_in(plans)
        labels = LABELS[language]
        signatories = self._signatories(plans)
        return {
            plan.id: {
                "language": language,
                "labels": labels,
                "university": plan.env.company._text("university_name", language),
                "title": plan._document_title(language),
                "fields": self._field_rows(plan, labels, language, names[plan.id]),
                "terms": self._term_blocks(plan, language),
                "has_amounts": any(line.is_paid for line in plan.line_ids),
                "amount": self._money(sum(plan.line_ids.mapped("amount"))),
                "drops": self._drop_rows(plan, language),
                "overrides": self._override_rows(plan, language),
                "changes": self._change_rows(plan, language),
                "signatures": self._signatures(plan, labels, language, signatories),
                "date": self._date(plan.document_date),
                "url": plan._verification_url() if plan.entry_id else "",
            }
            for plan in plans
        }

    def _field_rows(self, plan, labels, language, name_then):
        programme = plan.programme_id
        rows = [
            ("student", name_then.full_name),
            ("student_number", plan.student_id.student_number),
            (
                "programme",
                f"{programme.code} {programme._text('name', language)}"
                if programme
                else "",
            ),
            ("level", words.word(words.LEVEL_NAMES, programme.level, language)),
            ("faculty", plan.faculty_id.name),
            ("course", plan.course or ""),
            ("group", plan.group_id.name),
            (
                "study_form",
                words.word(words.STUDY_FORM_NAMES, plan.group_id.study_form, language),
            ),
            ("language", words.word(words.LANGUAGE_NAMES, plan.language, language)),
            ("intake", plan.group_id.intake_year_id.name),
            ("adviser", plan.adviser_id.name),
        ]
        return [(labels[key], value) for key, value in rows if value]

    def _term_blocks(self, plan, language):
        blocks = []
        terms = plan.line_ids.term_id.sorted("date_from")
        for term in terms:
            lines = plan.line_ids.filtered(lambda line, term=term: line.term_id == term)
            blocks.append(
                {
                    "name": term._text("kind", language),
                    "lines": [self._line_row(line, language) for line in lines],
                    "credits": f"{sum(lines.mapped('credits')):g}",
                }
            )
        return blocks

    def _line_row(self, line, language):
        discipline = line.discipline_id
        kind = words.word(words.LINE_TYPE_NAMES, line.line_type, language)
        if line.is_paid:
            kind = f"{kind}, {LABELS[language]['paid']}"
        cycle = words.word(words.CYCLE_SHORT, line.cycle, language)
        component = words.word(words.COMPONENT_SHORT, line.component, language)
        return {
            "amount": self._money(line.amount) if line.is_paid else "",
            "code": discipline._text("code", language) or discipline.code,
            "name": discipline._text("name", language),
            "cycle": " / ".join(part for part in (cycle, component) if part),
            "credits": f"{line.credits:g}",
            "type": kind,
            "control": words.word(
                words.CONTROL_FORM_NAMES, line.control_form, language
            ),
        }

    def _drop_rows(self, plan, language):
        """Return what a change takes off."""
        labels = LABELS[language]
        return [
            {
                "name": drop.discipline_id._text("name", language),
                "term": drop.term_id._text("kind", language),
                "credits": f"{drop.credits:g}",
                "kind": labels[drop.kind],
                "reason": drop.reason or "",
            }
            for drop in plan.drop_ids
        ]

    def _override_rows(self, plan, language):
        return [
            {
                "rule": ": ".join(
                    part
                    for part in (
                        override.rule_id._text("name", language),
                        override.line_id.discipline_id
                        and override.line_id.discipline_id._text("name", language),
                    )
                    if part
                ),
                "ground": "; ".join(
                    part for part in (override.ground, override.document) if part
                ),
                "decided": f"{override.by_id.name}, {self._date(override.date)}",
            }
            for override in plan.override_ids
        ]

    def _change_rows(self, plan, language):
        """Return the registered changes of a main plan, in their order."""
        registered = plan.change_ids.filtered(lambda p: p.state == "registered")
        return [
            {
                "title": f"№ {change.number}, {self._date(change.document_date)}",
                "added": self._names(change.line_ids.discipline_id, language),
                "dropped": self._names(change.drop_ids.discipline_id, language),
            }
            for change in registered.sorted("id")
        ]

    def _names(self, disciplines, language):
        return ", ".join(
            discipline._text("name", language) for discipline in disciplines
        )

    def _money(self, amount):
        """Return whole tenge with spaces between thousands."""
        return f"{amount:,.0f}".replace(",", "\u00a0")

    def _signatures(self, plan, labels, language, signatories):
        dean, head = signatories[plan.id]
        rows = [
            (labels["student"], plan.student_id.short_name, plan.submitted_date),
            (labels["adviser"], plan.adviser_id.short_name, plan.agreed_date),
            (
                labels["department_head"],
                plan.programme_id.department_id.manager_id.short_name,
                None,
            ),
            (
                dean._position(language) if dean else labels["dean"],
                dean.name,
                plan.signed_date,
            ),
            (
                head._position(language) if head else labels["registrar"],
                head.name,
                plan.document_date,
            ),
        ]
        return [
            {
                "position": position,
                "name": ", ".join(part for part in (name, self._date(day)) if part),
            }
            for position, name, day in rows
        ]

    def _signatories(self, plans):
        """Return dean and head of the office on the day of each plan."""
        Signatory = self.env["registrar.signatory"].sudo()
        cache, result = {}, {}
        for plan in plans:
            day = plan.document_date or plan._today()
            key = (day, plan.faculty_id)
            if key not in cache:
                cache[key] = (
                    Signatory._at("dean", day, plan.faculty_id),
                    Signatory._at("registrar_head", day),
                )
            result[plan.id] = cache[key]
        return result

    def _date(self, day):
        return format_date(self.env, day, date_format="dd.MM.yyyy") if day else ""
