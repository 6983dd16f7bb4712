from odoo import api, models
from odoo.tools import format_date

from odoo.addons.registrar_core.tools.languages import LANGUAGES

BILINGUAL = ("kk", "ru")

GROUNDS = {
    "entry": ("Баға қате енгізілген", "Оценка введена ошибочно"),
    "reckoning": ("Баға қате есептелген", "Оценка рассчитана ошибочно"),
    "identity": ("Басқа білім алушының бағасы", "Оценка другого обучающегося"),
    "decision": ("Комиссия шешімі", "Решение комиссии"),
}

TEXTS = {
    "ground": ("Негіздеме", "Основание"),
    "number": ("№", ""),
    "name": ("Тегі, аты, әкесінің аты", "Фамилия, имя, отчество"),
    "discipline": ("Пән, академиялық кезең", "Дисциплина, академический период"),
    "old": ("Бұрынғы", "Было"),
    "new": ("Түзетілген", "Стало"),
    "rating": ("рейтинг", "рейтинг"),
    "exam": ("емтихан", "экзамен"),
    "final": ("қорытынды", "итог"),
    "decision": (
        "Төмендегі нәтижелер түзетілсін, орташа балл (GPA) қайта есептелсін.",
        "Исправить следующие результаты, средний балл (GPA) пересчитать.",
    ),
    "qr": (
        "Құжаттың түпнұсқалығын QR-код немесе мына код арқылы тексеруге болады",
        "Подлинность документа можно проверить по QR-коду или по коду",
    ),
    "draft": ("ЖОБА", "ПРОЕКТ"),
    "drafted": ("Хаттаманы дайындаған", "Протокол подготовил"),
    "registrar": ("Тіркеу офисінің басшысы", "Руководитель офиса регистратора"),
}


class ReportResultCorrection(models.AbstractModel):
    """Values of the printed protocol on the correction of results."""

    _name = "report.registrar_exams.report_result_correction"
    _description = "Printed protocol on the correction of results"

    @api.model
    def _get_report_values(self, docids, data=None):
        corrections = self.env["registrar.result.correction"].browse(docids)
        corrections.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": corrections._name,
            "docs": corrections,
            "printed": {
                correction.id: self._prepare(correction)
                for correction in corrections.sudo().with_context(lang=LANGUAGES["ru"])
            },
        }

    def _prepare(self, correction):
        day = correction.document_date or correction._today()
        head = self.env["registrar.signatory"]._at("registrar_head", day)
        # A document keeps the names of its day.
        people = correction.line_ids.student_id._names_at(day)
        position = TEXTS["registrar"]
        if head:
            position = tuple(head._position(lang) for lang in BILINGUAL)
        return {
            "title": [correction._document_title(lang) for lang in BILINGUAL],
            "university": [
                correction.env.company._text("university_name", lang)
                for lang in BILINGUAL
            ],
            "city": [correction.env.company._text("city", lang) for lang in BILINGUAL],
            "date": format_date(self.env, day, date_format="dd.MM.yyyy"),
            "texts": TEXTS,
            "ground": GROUNDS[correction.ground_kind],
            "rows": [self._row(line, people) for line in correction.line_ids],
            "signatures": [
                {"position": TEXTS["drafted"], "name": correction.create_uid.name},
                {"position": position, "name": head.name or ""},
            ],
            "url": correction._verification_url() if correction.entry_id else "",
        }

    def _row(self, line, people):
        discipline = line.discipline_id
        names = dict.fromkeys(discipline._text("name", lang) for lang in BILINGUAL)
        term = line.term_id
        return {
            "name": people[line.student_id.id].full_name,
            "number": line.student_id.student_number or "",
            "discipline": f"{discipline.code} {' / '.join(names)}",
            "term": " / ".join(term._text("kind", lang) for lang in BILINGUAL)
            + f" {term.year_id.name}",
            "old": self._marks(
                line.old_admission, line.old_exam, line.old_score, line.old_letter
            ),
            "new": self._marks(
                line.new_admission, line.new_exam, line.new_score, line.new_letter
            ),
        }

    def _marks(self, admission, exam, score, letter):
        cells = [
            "" if value is False else f"{round(value, 2):g}".replace(".", ",")
            for value in (admission, exam, score)
        ]
        cells[2] = f"{cells[2]} {letter or ''}".strip()
        return cells
