import io

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tools.pdf import PdfFileReader

from .common import AUTUMN_DAY, TODAY, ExamsCommon


@freeze_time(TODAY)
class TestSheetReport(ExamsCommon):
    def test_bilingual_sheet(self):
        self.env["registrar.signatory"].create(
            {
                "name": "Б. С. Деканов",
                "role": "dean",
                "department_id": self.faculty.id,
                "position_kk": "Факультет деканы",
                "position_ru": "Декан факультета",
                "date_from": "2020-01-01",
            }
        )
        sheet = self._sheet(self.disciplines[0])
        sheet.exam_date = AUTUMN_DAY
        draft = self._text(sheet)
        self.assertIn("ЖОБА", draft)
        self._finish(
            sheet, [(90, 80, 70), (40, 40, None), (90, 90, "unexcused"), (90, 90, 20)]
        )
        text = self._text(sheet)
        for expected in (
            "ҚОРЫТЫНДЫ БАҚЫЛАУ ВЕДОМОСІ",
            "ВЕДОМОСТЬ ИТОГОВОГО КОНТРОЛЯ",
            f"№ {sheet.number}",
            "Ахметов Айдар Серікұлы",
            "Қасымов Ерлан Болатұлы",
            "Не допущен",
            "Не явился",
            "Сынақ пәні 1",
            "Проверочная дисциплина 1",
            "Б. С. Деканов",
            "B-",
            "2,67",
            sheet.verification_code,
        ):
            self.assertIn(expected, text)
        self.assertNotIn("ЖОБА", text)
        frozen = self._pages(sheet.entry_id.attachment_id.raw)
        self.assertIn("Ахметов Айдар Серікұлы", frozen)

    def test_number_of_queries_of_a_batch(self):
        sheets = self.env["registrar.sheet"]._open_session(
            self.autumn, [("id", "in", self.class_groups.ids)]
        )
        report = self.env["report.registrar_exams.report_sheet"]
        counts = []
        for batch in (sheets[:1], sheets):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            values = report._get_plutoprint_values(batch.ids)
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(set(values), set(batch.ids))
        self.assertLessEqual(counts[1] - counts[0], 3)

    def test_every_kind_can_be_printed(self):
        for kind in ("midterm", "entrance"):
            sheet = self._sheet(self.disciplines[0], kind=kind)
            self.assertIn("Ахметов", self._text(sheet))
        group = self.class_groups.filtered(
            lambda g: g.discipline_id == self.disciplines[1]
        )
        group.control_form = "report"
        sheet = self._sheet(self.disciplines[1])
        self.assertIn("ВЕДОМОСТЬ ПО ПРАКТИКЕ", self._text(sheet))

    def test_strangers_cannot_print(self):
        sheet = self._sheet(self.disciplines[0])
        report = self.env["ir.actions.report"]
        for user in (self.other_teacher, self.portal_student):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                report.with_user(user)._render_plutoprint_records(
                    "registrar_exams.action_report_sheet", sheet.with_user(user)
                )

    def test_protocol(self):
        sheet = self._sheet(self.disciplines[0])
        self._finish(sheet, [(90, 80, 70)] + [(90, 90, 90)] * 3)
        protocol = self.env["registrar.result.correction"].create(
            {
                "ground": "Служебная записка преподавателя № 12",
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "result_id": self._result(
                                self.students[0], self.disciplines[0]
                            ).id,
                            "new_exam": 95,
                        },
                    )
                ],
            }
        )
        report = "registrar_exams.action_report_result_correction"
        text = self._text(protocol, report)
        for expected in (
            "ПРОТОКОЛ ИСПРАВЛЕНИЯ РЕЗУЛЬТАТОВ",
            "Ахметов Айдар Серікұлы",
            "Служебная записка преподавателя № 12",
            "89 B+",
        ):
            self.assertIn(expected, text)

    def _text(self, record, report="registrar_exams.action_report_sheet"):
        contents = self.env["ir.actions.report"]._render_plutoprint_records(
            report, record
        )
        return self._pages(contents[record.id])

    def _pages(self, content):
        reader = PdfFileReader(io.BytesIO(content))
        text = " ".join(page.extract_text() for page in reader.pages)
        return " ".join(text.split())
