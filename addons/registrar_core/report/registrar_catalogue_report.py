from odoo import api, models

from ..models.registrar_catalogue import TITLES
from ..models.selections import CYCLES
from ..tools import vocabulary as words
from ..tools.collation import sort_key
from ..tools.languages import LANGUAGES, short_language
from ..tools.workbook import Book, landscape, table

LABELS = {
    "kk": {
        "year": "%s оқу жылы",
        "faculty": "Факультет",
        "basis": "Бекіту негіздемесі",
        "contents": "Мазмұны",
        "preface": "Алғы сөз",
        "cards": "Пәндердің сипаттамасы",
        "draft": "ЖОБА",
        "page": ("", " / ", " бет"),
        "number": "№",
        "code": "Коды",
        "name": "Пәннің атауы",
        "name_kk": "Қазақ тіліндегі атауы",
        "name_ru": "Орыс тіліндегі атауы",
        "name_en": "Ағылшын тіліндегі атауы",
        "department": "Кафедра",
        "programmes": "Білім беру бағдарламалары",
        "cycle": "Цикл / компонент",
        "term": "Семестр",
        "courses": "Курс",
        "credits": "Кредиттер",
        "hours": "Сағат",
        "control": "Бақылау нысаны",
        "languages": "Оқыту тілі",
        "teachers": "Оқытушылар",
        "places": "Студенттер саны (ең азы – ең көбі)",
        "minimum": "Ең азы",
        "maximum": "Ең көбі",
        "prerequisites": "Пререквизиттер",
        "postrequisites": "Постреквизиттер",
        "corequisites": "Кореквизиттер",
        "description": "Қысқаша сипаттамасы",
        "outcomes": "Оқыту нәтижелері",
        "none": "жоқ",
        "without_programme": "Бағдарламасыз",
    },
    "ru": {
        "year": "%s учебный год",
        "faculty": "Факультет",
        "basis": "Основание утверждения",
        "contents": "Содержание",
        "preface": "Предисловие",
        "cards": "Описание дисциплин",
        "draft": "ПРОЕКТ",
        "page": ("Страница ", " из ", ""),
        "number": "№",
        "code": "Код",
        "name": "Наименование дисциплины",
        "name_kk": "Наименование на казахском языке",
        "name_ru": "Наименование на русском языке",
        "name_en": "Наименование на английском языке",
        "department": "Кафедра",
        "programmes": "Образовательные программы",
        "cycle": "Цикл / компонент",
        "term": "Семестр",
        "courses": "Курс",
        "credits": "Кредиты",
        "hours": "Часы",
        "control": "Форма контроля",
        "languages": "Язык обучения",
        "teachers": "Преподаватели",
        "places": "Число студентов (от – до)",
        "minimum": "Не менее",
        "maximum": "Не более",
        "prerequisites": "Пререквизиты",
        "postrequisites": "Постреквизиты",
        "corequisites": "Кореквизиты",
        "description": "Краткое описание",
        "outcomes": "Результаты обучения",
        "none": "нет",
        "without_programme": "Вне программ",
    },
    "en": {
        "year": "Academic year %s",
        "faculty": "Faculty",
        "basis": "Basis of approval",
        "contents": "Contents",
        "preface": "Preface",
        "cards": "Description of the disciplines",
        "draft": "DRAFT",
        "page": ("Page ", " of ", ""),
        "number": "No.",
        "code": "Code",
        "name": "Discipline",
        "name_kk": "Name in Kazakh",
        "name_ru": "Name in Russian",
        "name_en": "Name in English",
        "department": "Department",
        "programmes": "Educational programmes",
        "cycle": "Cycle / component",
        "term": "Semester",
        "courses": "Year of study",
        "credits": "Credits",
        "hours": "Hours",
        "control": "Control",
        "languages": "Language of study",
        "teachers": "Teachers",
        "places": "Students (from – to)",
        "minimum": "At least",
        "maximum": "At most",
        "prerequisites": "Prerequisites",
        "postrequisites": "Postrequisites",
        "corequisites": "Corequisites",
        "description": "Short description",
        "outcomes": "Learning outcomes",
        "none": "none",
        "without_programme": "Outside programmes",
    },
}
# Fields of a card that stand two in a row; an even number of them.
SHORT = (
    "cycle",
    "term",
    "courses",
    "credits",
    "hours",
    "control",
    "languages",
    "places",
)
CYCLE_ORDER = {code: index for index, (code, __) in enumerate(CYCLES)}


class ReportCatalogue(models.AbstractModel):
    """Values of the printed catalogue of electives (academic.md §4.4)."""

    _name = "report.registrar_core.report_catalogue"
    _description = "Printed catalogue of electives"

    @api.model
    def _get_report_values(self, docids, data=None):
        catalogues = self.env["registrar.catalogue"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": catalogues._name,
            "docs": catalogues,
            "books": {c.id: self._prepare_book(c) for c in catalogues},
        }

    @api.model
    def _get_plutoprint_values(self, docids, data=None):
        catalogues = self.env["registrar.catalogue"].browse(docids)
        return {
            c.id: {"docs": c, "books": {c.id: self._prepare_book(c)}}
            for c in catalogues
        }

    @api.model
    def _prepare_book(self, catalogue, language=None, programme=None):
        """Return what the booklet prints; the context may name one programme."""
        language = language or short_language(self.env.lang or self.env.user.lang)
        programme = programme or self.env["registrar.programme"].browse(
            self.env.context.get("catalogue_programme_id")
        )
        catalogue = catalogue.sudo().with_context(lang=LANGUAGES[language])
        labels = LABELS[language]
        cards = self._cards(catalogue, language, programme)
        trilingual = self.env["registrar.trilingual"]
        return {
            "language": language,
            "labels": labels,
            "title": TITLES[language],
            "university": self.env.company._text("university_name", language),
            "city": self.env.company._text("city", language),
            "year": labels["year"] % catalogue.year_id.name,
            "start": catalogue.year_id.date_from.year,
            "faculty": catalogue.faculty_id.name,
            "programme": f"{programme.code} {programme._text('name', language)}"
            if programme
            else "",
            "basis": catalogue.approval_basis,
            "intro": trilingual._text.__func__(catalogue, "intro", language),
            "cards": cards,
            "contents": self._contents(cards, language, programme),
        }

    def _cards(self, catalogue, language, programme):
        cards = catalogue.card_ids.filtered("in_plan")
        if programme:
            cards = cards.filtered(lambda card: programme in card.programme_ids)
        keys = {
            card: (
                CYCLE_ORDER.get(card.cycle, 9),
                sort_key(card.discipline_id._text("name", language)),
                card.term_id.number,
                card.id,
            )
            for card in cards
        }
        return [
            self._card(card, number, language)
            for number, card in enumerate(sorted(cards, key=keys.get), start=1)
        ]

    def _card(self, card, number, language):
        """Return the values of one card as texts."""
        labels = LABELS[language]
        discipline = card.discipline_id
        cycle = words.word(words.CYCLE_SHORT, card.cycle, language)
        component = words.word(words.COMPONENT_SHORT, card.component, language)
        term = card.term_id._text("kind", language)

        def listed(disciplines):
            return "; ".join(
                f"{other.code} {other._text('name', language)}" for other in disciplines
            )

        places = f"{card.capacity_min} – {card.capacity_max or '∞'}"
        others = [
            discipline[f"name_{code}"]
            for code in LANGUAGES
            if code != language and discipline[f"name_{code}"]
        ]
        rows = [
            ("department", card.department_id.name),
            (
                "programmes",
                "; ".join(
                    f"{p.code} {p._text('name', language)}" for p in card.programme_ids
                ),
            ),
            ("cycle", " / ".join(part for part in (cycle, component) if part)),
            ("term", term),
            ("courses", card.courses),
            ("credits", f"{card.credits:g}"),
            ("hours", f"{card.hours_total:g}" if card.hours_total else ""),
            (
                "control",
                words.word(words.CONTROL_FORM_NAMES, card.control_form, language),
            ),
            (
                "languages",
                ", ".join(
                    words.word(words.LANGUAGE_NAMES, code, language)
                    for code in card._languages()
                ),
            ),
            (
                "teachers",
                ", ".join(t.short_name or t.name for t in card.teacher_ids),
            ),
            ("places", places),
            ("prerequisites", listed(card.prerequisite_ids) or labels["none"]),
            ("postrequisites", listed(card.postrequisite_ids) or labels["none"]),
            ("corequisites", listed(card.corequisite_ids) or labels["none"]),
        ]
        short = [(labels[key], value or "–") for key, value in rows if key in SHORT]
        pairs = [short[index : index + 2] for index in range(0, len(short), 2)]
        return {
            "id": card.id,
            "number": number,
            "pairs": pairs,
            "code": discipline._text("code", language) or discipline.code,
            "name": discipline._text("name", language),
            "others": " / ".join(others),
            "term": term,
            "credits": f"{card.credits:g}",
            "cycle": card.cycle,
            "programmes": card.programme_ids,
            "fields": [
                (labels[key], value)
                for key, value in rows
                if value and key not in SHORT
            ],
            "description": card._text("description", language),
            "outcomes": card._text("outcomes", language),
        }

    def _contents(self, cards, language, programme):
        """Return the contents: by programme, by cycle, the cards."""
        programmes = programme or self.env["registrar.programme"].union(
            *(card["programmes"] for card in cards)
        )
        result = []
        for one in [*programmes.sorted("code"), self.env["registrar.programme"]]:
            own = [
                card
                for card in cards
                if (one in card["programmes"] if one else not card["programmes"])
            ]
            cycles = []
            for code in CYCLE_ORDER:
                some = [card for card in own if card["cycle"] == code]
                if some:
                    name = words.word(words.CYCLE_SHORT, code, language)
                    cycles.append((name, some))
            if rest := [card for card in own if card["cycle"] not in CYCLE_ORDER]:
                cycles.append(("", rest))
            if cycles:
                name = (
                    f"{one.code} {one._text('name', language)}"
                    if one
                    else LABELS[language]["without_programme"]
                )
                result.append((name, cycles))
        return result

    # -- workbook -------------------------------------------------------------------

    @api.model
    def _workbook(self, catalogue, language, programme=None):
        """Return the list of the cards as XLSX."""
        labels = LABELS[language]
        catalogue = catalogue.sudo().with_context(lang=LANGUAGES[language])
        cards = catalogue.card_ids.filtered("in_plan")
        if programme:
            cards = cards.filtered(lambda card: programme in card.programme_ids)
        columns = (
            ("number", 5),
            ("code", 18),
            ("name_kk", 36),
            ("name_ru", 36),
            ("name_en", 36),
            ("department", 24),
            ("programmes", 24),
            ("cycle", 10),
            ("term", 18),
            ("courses", 8),
            ("credits", 9),
            ("hours", 8),
            ("control", 14),
            ("languages", 14),
            ("minimum", 9),
            ("maximum", 9),
            ("teachers", 30),
            ("prerequisites", 30),
            ("postrequisites", 30),
            ("corequisites", 30),
            ("description", 60),
            ("outcomes", 60),
        )
        rows = [
            self._workbook_row(number, card, language)
            for number, card in enumerate(
                cards.sorted(
                    lambda card: (
                        CYCLE_ORDER.get(card.cycle, 9),
                        card.term_id.number,
                        card.code or "",
                    )
                ),
                start=1,
            )
        ]
        book = Book()
        sheet = book.sheet(TITLES[language])
        landscape(sheet)
        table(
            book,
            sheet,
            [labels[name] for name, __ in columns],
            rows,
            [width for __, width in columns],
        )
        return book.content()

    def _workbook_row(self, number, card, language):
        discipline = card.discipline_id
        parts = (
            words.word(words.CYCLE_SHORT, card.cycle, language),
            words.word(words.COMPONENT_SHORT, card.component, language),
        )
        return (
            number,
            discipline.code,
            discipline.name_kk or "",
            discipline.name_ru or "",
            discipline.name_en or "",
            card.department_id.name or "",
            ", ".join(card.programme_ids.mapped("code")),
            " / ".join(part for part in parts if part),
            card.term_id._text("kind", language),
            card.courses or "",
            card.credits,
            card.hours_total,
            words.word(words.CONTROL_FORM_NAMES, card.control_form, language),
            ", ".join(card._languages()),
            card.capacity_min,
            card.capacity_max,
            ", ".join(t.short_name or t.name for t in card.teacher_ids),
            ", ".join(card.prerequisite_ids.mapped("code")),
            ", ".join(card.postrequisite_ids.mapped("code")),
            ", ".join(card.corequisite_ids.mapped("code")),
            card._text("description", language),
            card._text("outcomes", language),
        )
