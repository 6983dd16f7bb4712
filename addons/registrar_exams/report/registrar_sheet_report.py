from odoo import api, models
from odoo.tools import format_date

from odoo.addons.registrar_core.tools import vocabulary as words
from odoo.addons.registrar_core.tools.languages import LANGUAGES

from .. import grading
from ..models.selections import SHEET_TITLES, TRADITIONAL_SHORT

# The sheet is one bilingual document, Kazakh above Russian (academic.md §6.2).
BILINGUAL = ("kk", "ru")

LABELS = {
    "faculty": ("Факультет", "Факультет"),
    "department": ("Кафедра", "Кафедра"),
    "programme": ("Білім беру бағдарламасы", "Образовательная программа"),
    "discipline": ("Пән", "Дисциплина"),
    "credits": ("Кредиттер саны", "Количество кредитов"),
    "term": ("Академиялық кезең", "Академический период"),
    "group": ("Оқыту тобы", "Учебная группа"),
    "language": ("Оқыту тілі", "Язык обучения"),
    "control": ("Бақылау нысаны", "Форма контроля"),
    "date": ("Бақылау күні", "Дата контроля"),
    "teacher": ("Оқытушы", "Преподаватель"),
    "examiner": ("Емтихан қабылдаушы", "Экзаменатор"),
    "follows": ("Негізгі ведомость", "Основная ведомость"),
    "ground": ("Негіздеме", "Основание"),
    "valid_to": ("Жарамдылық мерзімі", "Действительна до"),
    "scheme": ("Бағалау тәртібі", "Порядок оценивания"),
}

HEADS = {
    "number": ("№", ""),
    "name": ("Тегі, аты, әкесінің аты", "Фамилия, имя, отчество"),
    "student_number": ("Студ. нөмірі", "№ студента"),
    "part": ("АБ", "РК"),
    "rating": ("Жіберілу рейтингі", "Рейтинг допуска"),
    "exam": ("Емтихан бағасы", "Экзаменационная оценка"),
    "final": ("Қорытынды баға", "Итоговая оценка"),
    "percent": ("%", ""),
    "letter": ("әріп", "буква"),
    "points": ("балл", "балл"),
    "traditional": ("Дәстүрлі баға", "Традиц. оценка"),
    "signature": ("Қолы", "Подпись"),
}

REMARKS = {
    "not_admitted": ("Жіберілмеді", "Не допущен"),
    "absent": ("Келмеді", "Не явился"),
    "excused": ("Дәлелді себеппен келмеді", "Неявка по ув. п."),
}

BANDS = (
    ("A, A-", ("A", "A-")),
    ("B+, B, B-, C+", ("B+", "B", "B-", "C+")),
    ("C, C-, D+, D", ("C", "C-", "D+", "D")),
    ("FX", ("FX",)),
    ("F", ("F",)),
)

SIGNATURES = {
    "examiner": ("Емтихан қабылдаушы", "Экзаменатор"),
    "teacher": ("Оқытушы", "Преподаватель"),
    "registrar": ("Тіркеу офисінің басшысы", "Руководитель офиса регистратора"),
    "dean": ("Факультет деканы", "Декан факультета"),
}

TEXTS = {
    "total": ("Барлығы", "Всего"),
    "absent": ("Келмегендер", "Не явились"),
    "not_admitted": ("Жіберілмегендер", "Не допущены"),
    "success": ("Үлгерім", "Успеваемость"),
    "quality": ("Білім сапасы", "Качество знаний"),
    "mean": ("Орташа балл", "Средний балл"),
    "bands": ("Бағалар", "Оценки"),
    "people": ("Саны", "Количество"),
    "qr": (
        "Құжаттың түпнұсқалығын QR-код немесе мына код арқылы тексеруге болады",
        "Подлинность документа можно проверить по QR-коду или по коду",
    ),
    "draft": ("ЖОБА", "ПРОЕКТ"),
}


class ReportSheet(models.AbstractModel):
    """Values of the printed sheet of marks."""

    _name = "report.registrar_exams.report_sheet"
    _description = "Printed sheet of marks"

    @api.model
    def _get_report_values(self, docids, data=None):
        sheets = self.env["registrar.sheet"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": sheets._name,
            "docs": sheets,
            "printed": self._prepare(sheets),
        }

    @api.model
    def _get_plutoprint_values(self, docids, data=None):
        """Return the values of a batch, read with a few queries."""
        sheets = self.env["registrar.sheet"].browse(docids)
        printed = self._prepare(sheets)
        return {sheet.id: {"docs": sheet, "printed": printed} for sheet in sheets}

    def _prepare(self, sheets):
        """Return what each sheet prints: ``{sheet id: dict}``."""
        sheets.check_access("read")
        sheets = sheets.sudo().with_context(lang=LANGUAGES["ru"])
        signatories = self._signatories(sheets)
        quality = sheets._quality_counts()
        scales = {}
        printed = {}
        for sheet in sheets:
            if sheet.scale_id not in scales:
                scales[sheet.scale_id] = sheet.scale_id._to_grading()
            scale = scales[sheet.scale_id]
            # A document keeps the names of its day.
            names = sheet.line_ids.student_id._names_at(
                sheet.document_date or sheet._today()
            )
            printed[sheet.id] = {
                "title": [SHEET_TITLES[sheet.kind][lang] for lang in BILINGUAL],
                "part": sheet.part_number if sheet.kind == "midterm" else "",
                "university": [
                    sheet.env.company._text("university_name", lang)
                    for lang in BILINGUAL
                ],
                "fields": self._field_rows(sheet),
                "heads": HEADS,
                "texts": TEXTS,
                "blocks": self._blocks(sheet),
                "parts": self._parts(sheet),
                "rows": [
                    self._row(sheet, line, scale, names) for line in sheet.line_ids
                ],
                "bands": self._bands(sheet),
                "quality": self._quality(quality.get(sheet.id, {})),
                "has_marks": sheet.kind != "midterm",
                "legend": self._legend(sheet),
                "signatures": self._signatures(sheet, *signatories[sheet.id]),
                "url": sheet._verification_url() if sheet.entry_id else "",
                "date": self._date(sheet.document_date),
            }
        return printed

    def _field_rows(self, sheet):
        """Return pairs of bilingual label and value, those that have a value."""
        plans = sheet.line_ids.plan_line_id.plan_id
        programmes = plans.programme_id or sheet.line_ids.student_id.programme_id
        groups = (plans.group_id or sheet.line_ids.student_id.group_id).sorted("name")
        credits = sorted({line.credits for line in sheet.line_ids if line.credits})
        discipline = sheet.discipline_id
        scheme = sheet.scheme_id
        rows = [
            ("faculty", self._unit_name(sheet.faculty_id)),
            ("department", self._unit_name(sheet.department_id)),
            (
                "programme",
                "; ".join(
                    f"{programme.code} {self._both(programme, 'name')}"
                    for programme in programmes
                ),
            ),
            ("discipline", f"{discipline.code} {self._both(discipline, 'name')}"),
            ("credits", ", ".join(f"{value:g}" for value in credits)),
            (
                "term",
                " / ".join(sheet.term_id._text("kind", lang) for lang in BILINGUAL)
                + f", {sheet.term_id.year_id.name}",
            ),
            ("group", self._group_names(sheet, groups)),
            ("language", self._word(words.LANGUAGE_NAMES, sheet.language)),
            (
                "control",
                self._word(words.CONTROL_FORM_NAMES, sheet.class_group_id.control_form),
            ),
            ("date", self._date(sheet.exam_date or sheet.document_date)),
            ("teacher", sheet.teacher_id.name),
            ("examiner", sheet.examiner_id.name),
            (
                "follows",
                f"№ {sheet.resit_of_id.number}" if sheet.resit_of_id.number else "",
            ),
            ("ground", sheet.ground),
            ("valid_to", self._date(sheet.valid_to)),
            ("scheme", self._both(scheme, "name")),
        ]
        return [(LABELS[key], value) for key, value in rows if value]

    def _unit_name(self, department):
        """Return the name of a unit, which is a translated field, in both languages."""
        names = [
            department.with_context(lang=LANGUAGES[lang]).name for lang in BILINGUAL
        ]
        return " / ".join(dict.fromkeys(name for name in names if name))

    def _group_names(self, sheet, groups):
        """Return the class group with the academic groups it is made of."""
        names = ", ".join(groups.mapped("name"))
        if not sheet.class_group_id:
            return names
        return (
            f"{sheet.class_group_id.name} ({names})"
            if names
            else (sheet.class_group_id.name)
        )

    def _blocks(self, sheet):
        """Return which groups of three columns the sheet has."""
        if sheet.kind == "midterm":
            return []
        blocks = []
        if sheet.has_admission:
            blocks.append("rating")
        if sheet.has_exam and sheet.has_admission:
            blocks.append("exam")
        return [*blocks, "final"]

    def _parts(self, sheet):
        """Return the numbers of the midterm columns."""
        if sheet.kind == "midterm":
            return [sheet.part_number]
        return []

    def _row(self, sheet, line, scale, names):
        """Return the cells of one student.

        :param dict names: the name of each student on the day of the sheet
        """
        remark = None
        if line.admission == "not_admitted":
            remark = REMARKS["not_admitted"]
        elif line.absence:
            remark = REMARKS["excused" if line.absence == "excused" else "absent"]
        scheme = sheet.scheme_id
        cells = {
            "rating": self._three(line.admission_rating, scheme.admission_max, scale),
            "exam": self._three(line.exam_score, scheme.exam_max, scale),
            "final": ("", "", ""),
        }
        if line.letter:
            cells["final"] = (
                f"{line.score:.0f}",
                line.letter,
                self._comma(f"{line.points:.2f}"),
            )
        traditional = TRADITIONAL_SHORT.get(line.traditional)
        return {
            "name": names[line.student_id.id].full_name,
            "number": line.student_id.student_number or "",
            "cells": cells,
            "remark": remark,
            "parts": [self._mark(line[f"rating_{number}"]) for number in range(1, 5)],
            "traditional": [traditional[lang] for lang in BILINGUAL]
            if traditional
            else None,
            "passed": line.passed,
        }

    def _three(self, mark, maximum, scale):
        """Return per cent or points collected, letter and points of a part."""
        if mark is False:
            return ("", "", "")
        grade = grading.letter(float(mark) * 100 / maximum, scale)
        return (
            self._mark(mark),
            grade.letter,
            self._comma(f"{grade.points:.2f}"),
        )

    def _bands(self, sheet):
        """Return how many people have which letters, and who has none."""
        lines = sheet.line_ids
        examined = lines.filtered(
            lambda line: line.admission != "not_admitted" and not line.absence
        )
        bands = [
            (label, len(examined.filtered(lambda line, of=of: line.letter in of)))
            for label, of in BANDS
        ]
        return {
            "letters": bands,
            "absent": len(lines.filtered("absence")),
            "not_admitted": len(
                lines.filtered(lambda line: line.admission == "not_admitted")
            ),
            "total": len(lines),
        }

    def _quality(self, counts):
        values = grading.quality(counts)
        return {
            "success": self._comma(f"{values.success}"),
            "quality": self._comma(f"{values.quality}"),
            "mean": self._comma(f"{values.mean}"),
        }

    def _legend(self, sheet):
        """Return how the final grade is reckoned, in both languages.

        The order of rounding changes grades, so the sheet says it (academic.md §2.3).
        """
        scheme = sheet.scheme_id
        if not (scheme.has_admission and scheme.has_exam):
            return []
        first, second = (
            self._comma(f"{weight:g}")
            for weight in (scheme.admission_weight, scheme.exam_weight)
        )
        rounded = scheme.round_admission
        return [
            f"Қорытынды баға = {first} × жіберілу рейтингі + {second} × емтихан "
            "бағасы; "
            + (
                "жіберілу рейтингі алдын ала бүтін санға дейін дөңгелектеледі."
                if rounded
                else "тек қорытынды баға дөңгелектеледі."
            ),
            f"Итоговая оценка = {first} × рейтинг допуска + {second} × экзаменационная "
            "оценка; "
            + (
                "рейтинг допуска предварительно округляется до целого."
                if rounded
                else "округляется только итоговая оценка."
            ),
        ]

    def _signatures(self, sheet, dean, head):
        rows = []
        for key, person in (
            ("teacher", sheet.teacher_id),
            ("examiner", sheet.examiner_id),
        ):
            if person and person.short_name not in [name for __, name in rows]:
                rows.append((SIGNATURES[key], person.short_name))
        if sheet.examiner_id:
            # The examiner signs; a teacher who is not the examiner need not.
            rows = [(SIGNATURES["examiner"], sheet.examiner_id.short_name)]
        if not rows:
            rows.append((SIGNATURES["examiner"], ""))
        for key, signatory in (("registrar", head), ("dean", dean)):
            position = SIGNATURES[key]
            if signatory:
                position = tuple(signatory._position(lang) for lang in BILINGUAL)
            rows.append((position, signatory.name or ""))
        return [{"position": position, "name": name} for position, name in rows]

    def _signatories(self, sheets):
        """Return dean and head of the office on the day of each sheet."""
        Signatory = self.env["registrar.signatory"]
        cache, found = {}, {}
        for sheet in sheets:
            day = sheet.document_date or sheet._today()
            key = (day, sheet.faculty_id)
            if key not in cache:
                cache[key] = (
                    Signatory._at("dean", day, sheet.faculty_id),
                    Signatory._at("registrar_head", day),
                )
            found[sheet.id] = cache[key]
        return found

    def _both(self, record, field):
        """Return a text in Kazakh and Russian, once when they are equal."""
        texts = [record._text(field, lang) for lang in BILINGUAL]
        return " / ".join(dict.fromkeys(text for text in texts if text))

    def _word(self, vocabulary, key):
        texts = [words.word(vocabulary, key, lang) for lang in BILINGUAL]
        return " / ".join(dict.fromkeys(text for text in texts if text))

    def _mark(self, value):
        return "" if value is False else self._comma(f"{round(value, 2):g}")

    def _comma(self, text):
        return text.replace(".", ",")

    def _date(self, day):
        return format_date(self.env, day, date_format="dd.MM.yyyy") if day else ""
