from num2words import num2words

from odoo import api, models
from odoo.tools import format_date

from ..tools.languages import LANGUAGES, short_language

# The library calls Kazakh after its country.
WORD_LANGUAGES = {"kk": "kz", "ru": "ru", "en": "en"}

LABELS = {
    "kk": {
        "inventory": "Жеке істегі құжаттардың ішкі тізімдемесі",
        "file": "Жеке іс",
        "number": "№",
        "index": "Құжаттың нөмірі, күні",
        "document": "Құжаттың атауы",
        "sheets": "Парақ нөмірлері",
        "count": "Парақ саны",
        "note": "Ескертпе",
        "total_documents": "Барлығы құжат: %s",
        "total_sheets": "Ішкі тізімдеме бойынша парақ саны: %s",
        "compiled": "Ішкі тізімдемені жасаған",
        "date": "Күні",
        "form": {
            "copy": "көшірме",
            "original": "түпнұсқа",
            "electronic": "электрондық",
        },
        "out": "%s берілді",
        "receipt": "Қолхат",
        "receipt_text": "Мен, %(receiver)s, білім алушы %(genitive)s жеке ісінен "
        "(№ %(number)s) мына құжаттардың түпнұсқаларын алдым:",
        "proxy": "Сенімхат",
        "ground": "Негіздеме",
        "due": "Қайтару мерзімі",
        "given": "Берген",
        "received": "Алған",
        "returned": "Қайтарылды",
        "student": "Білім алушы",
        "programme": "Білім беру бағдарламасы",
        "group": "Топ",
        "opened": "Басталды",
        "closed": "Аяқталды",
        "kept": "Сақтау мерзімі",
        "years": "%s жыл",
        "permanent": "тұрақты",
        "nomenclature": "Номенклатура бойынша индекс",
        "place": "Сақталатын орны",
        "page": ("", " / ", " бет"),
    },
    "ru": {
        "inventory": "Внутренняя опись документов личного дела",
        "file": "Личное дело",
        "number": "№",
        "index": "Номер, дата документа",
        "document": "Наименование документа",
        "sheets": "Номера листов",
        "count": "Листов",
        "note": "Примечание",
        "total_documents": "Итого документов: %s",
        "total_sheets": "Количество листов внутренней описи: %s",
        "compiled": "Опись составил(а)",
        "date": "Дата",
        "form": {
            "copy": "копия",
            "original": "подлинник",
            "electronic": "электронный",
        },
        "out": "выдан %s",
        "receipt": "Расписка",
        "receipt_text": "Я, %(receiver)s, получил(а) из личного дела № %(number)s "
        "обучающегося %(genitive)s подлинники следующих документов:",
        "proxy": "Доверенность",
        "ground": "Основание",
        "due": "Срок возврата",
        "given": "Выдал(а)",
        "received": "Получил(а)",
        "returned": "Возвращено",
        "student": "Обучающийся",
        "programme": "Образовательная программа",
        "group": "Группа",
        "opened": "Начато",
        "closed": "Окончено",
        "kept": "Срок хранения",
        "years": "%s лет",
        "permanent": "постоянно",
        "nomenclature": "Индекс по номенклатуре",
        "place": "Место хранения",
        "page": ("Страница ", " из ", ""),
    },
    "en": {
        "inventory": "Inventory of the documents in the personal file",
        "file": "Personal file",
        "number": "No.",
        "index": "Number and date",
        "document": "Document",
        "sheets": "Sheet numbers",
        "count": "Sheets",
        "note": "Remarks",
        "total_documents": "Documents in all: %s",
        "total_sheets": "Sheets in the inventory: %s",
        "compiled": "Compiled by",
        "date": "Date",
        "form": {"copy": "copy", "original": "original", "electronic": "electronic"},
        "out": "given out on %s",
        "receipt": "Receipt",
        "receipt_text": "I, %(receiver)s, have received the originals of the following "
        "documents from the personal file No. %(number)s of %(student)s:",
        "proxy": "Power of attorney",
        "ground": "Ground",
        "due": "To be returned by",
        "given": "Given by",
        "received": "Received by",
        "returned": "Returned",
        "student": "Student",
        "programme": "Educational programme",
        "group": "Group",
        "opened": "Opened",
        "closed": "Closed",
        "kept": "Kept for",
        "years": "%s years",
        "permanent": "permanently",
        "nomenclature": "Index of the nomenclature",
        "place": "Place of storage",
        "page": ("Page ", " of ", ""),
    },
}


class ReportPersonalFileBase(models.AbstractModel):
    """What the papers of a personal file have in common."""

    _name = "registrar.personal.file.paper"
    _description = "Papers of a personal file"

    # Of what the paper is printed.
    _paper_model = "registrar.personal.file"

    @api.model
    def _get_report_values(self, docids, data=None):
        records = self.env[self._paper_model].browse(docids)
        records.check_access("read")
        language = self._language()
        return {
            "doc_ids": docids,
            "doc_model": records._name,
            "docs": records,
            "sheets": {
                record.id: self._sheet(record, language)
                for record in records.sudo().with_context(lang=LANGUAGES[language])
            },
        }

    def _sheet(self, record, language):
        """Return what the paper of one record prints."""
        raise NotImplementedError

    def _language(self):
        return short_language(self.env.lang or self.env.user.lang)

    def _head(self, file, language):
        labels = LABELS[language]
        student = file.student_id
        programme = student.programme_id
        return {
            "language": language,
            "labels": labels,
            "university": file.env.company._text("university_name", language),
            "number": file.number,
            "student": student.full_name,
            "programme": f"{programme.code} {programme._text('name', language)}"
            if programme
            else "",
            "group": student.group_id.name or "",
        }

    def _count_in_words(self, count, language):
        words = num2words(count, lang=WORD_LANGUAGES[language])
        return f"{count} ({words})"

    def _date(self, day):
        return format_date(self.env, day, date_format="dd.MM.yyyy") if day else ""

    def _keeper(self):
        """Return position and name of who prints."""
        employee = self.env.user.sudo().employee_id
        return {
            "position": employee.job_id.name or employee.job_title or "",
            "name": employee.short_name or self.env.user.name,
        }


class ReportPersonalFileInventory(models.AbstractModel):
    """Values of the inventory (administrative.md §10.1)."""

    _name = "report.registrar_core.report_personal_file_inventory"
    _inherit = ["registrar.personal.file.paper"]
    _description = "Printed inventory of a personal file"

    def _sheet(self, file, language):
        labels = LABELS[language]
        lines = file.document_ids.filtered("is_present").sorted(
            lambda line: (
                line.sheet_from or 10**6,
                line.stage_order,
                line.sequence,
                line.id,
            )
        )
        rows = []
        for line in lines:
            loan = line.loan_ids.filtered(lambda loan: not loan.returned_date)[:1]
            notes = [labels["form"].get(line.form, ""), line.note]
            if loan:
                notes.append(labels["out"] % self._date(loan.date_given))
            rows.append(
                {
                    "index": " ".join(
                        part
                        for part in (
                            line.document_number,
                            self._date(line.document_date),
                        )
                        if part
                    ),
                    "document": line._inventory_name(language),
                    "sheets": line.sheets or "",
                    "count": line.sheet_count or "",
                    "note": "; ".join(note for note in notes if note),
                }
            )
        keeper = self._keeper()
        return {
            **self._head(file, language),
            "rows": rows,
            "documents": labels["total_documents"]
            % self._count_in_words(len(lines), language),
            "total": labels["total_sheets"]
            % self._count_in_words(sum(lines.mapped("sheet_count")), language),
            "signatures": [
                {
                    "position": " ".join(
                        part
                        for part in (labels["compiled"], keeper["position"])
                        if part
                    ),
                    "name": keeper["name"],
                }
            ],
            "date": self._date(file.env["registrar.document"]._today()),
        }


class ReportPersonalFileReceipt(models.AbstractModel):
    """Values of the receipt for originals (administrative.md §10.1)."""

    _name = "report.registrar_core.report_personal_file_receipt"
    _inherit = ["registrar.personal.file.paper"]
    _description = "Printed receipt for originals"

    _paper_model = "registrar.personal.file.loan"

    def _sheet(self, loan, language):
        labels = LABELS[language]
        file = loan.file_id
        head = self._head(file, language)
        giver = loan.given_by_id
        employee = giver.employee_id
        return {
            **head,
            "text": labels["receipt_text"]
            % {
                "receiver": loan.receiver,
                "student": head["student"],
                "genitive": file.student_id._declined("genitive", language),
                "number": file.number,
            },
            "rows": [
                {
                    "document": line.document_id._inventory_name(language),
                    "count": line.document_id.sheet_count or "",
                    "returned": self._date(line.returned_date),
                }
                for line in loan._together()
            ],
            "proxy": loan.proxy,
            "ground": loan.ground,
            "due": self._date(loan.date_due),
            "date": self._date(loan.date_given),
            "signatures": [
                {"position": labels["received"], "name": loan.receiver},
                {
                    "position": labels["given"],
                    "name": employee.short_name or giver.name,
                },
            ],
        }


class ReportPersonalFileLabel(models.AbstractModel):
    """Values of the label on the folder."""

    _name = "report.registrar_core.report_personal_file_label"
    _inherit = ["registrar.personal.file.paper"]
    _description = "Printed label of a personal file"

    def _sheet(self, file, language):
        labels = LABELS[language]
        register = file.register_id
        years = register.retention_years
        return {
            **self._head(file, language),
            "rows": [
                (labels["nomenclature"], register.index or ""),
                (labels["opened"], self._date(file.opened_date)),
                (labels["closed"], self._date(file.closed_date)),
                (
                    labels["kept"],
                    labels["years"] % years if years else labels["permanent"],
                ),
                (labels["place"], file.place_id.complete_name or ""),
            ],
        }
