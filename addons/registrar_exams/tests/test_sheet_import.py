import base64
import io

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError

from .common import TODAY, ExamsCommon


@freeze_time(TODAY)
class TestSheetImport(ExamsCommon):
    def setUp(self):
        super().setUp()
        self.sheet = self._sheet(self.disciplines[0])

    def test_round_trip(self):
        wizard = self._wizard(
            {2: (90, 80, 70, None), 3: (40, "30,5", None, None)},
        )
        action = wizard.action_check()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertFalse(wizard.error_html)
        self.assertEqual(wizard.mark_count, 2)
        self.assertFalse(self.sheet.line_ids[0].has_marks)
        wizard.action_import()
        first, second, third = self.sheet.line_ids[:3]
        self.assertEqual((first.letter, first.score), ("B-", 79))
        self.assertEqual(second.rating_2, 30.5)
        self.assertEqual(second.admission, "not_admitted")
        self.assertFalse(third.has_marks)
        self.assertEqual(first.entered_by_id, self.teacher)
        # What was stored comes back in the next workbook.
        rows = list(self._book().active.iter_rows(values_only=True))
        self.assertEqual(rows[1][3:6], (90, 80, 70))

    def test_absence_is_read(self):
        self._wizard({2: (90, 90, None, "Absent with a valid reason")}).action_import()
        self.assertEqual(self.sheet.line_ids[0].absence, "excused")

    def test_all_errors_by_row_and_nothing_stored(self):
        wizard = self._wizard(
            {
                2: (101, 80, 70, None),
                3: ("good", 80, 70, None),
                4: (90, 90, 90, "somewhere"),
                5: (90, 90, 90, None),
            },
        )
        wizard.action_import()
        for text in (
            "<td>2</td>",
            "101",
            "<td>3</td>",
            "good",
            "<td>4</td>",
            "somewhere",
        ):
            self.assertIn(text, wizard.error_html)
        self.assertNotIn("<td>5</td>", wizard.error_html)
        self.assertFalse(any(self.sheet.line_ids.mapped("has_marks")))

    def test_errors_of_the_rules_store_nothing_either(self):
        wizard = self._wizard({2: (90, 90, 90, None), 3: (20, 20, 90, None)})
        wizard.action_import()
        self.assertIn("not admitted", wizard.error_html)
        self.env.invalidate_all()
        self.assertFalse(any(self.sheet.line_ids.mapped("has_marks")))

    def test_foreign_and_doubled_rows(self):
        book = self._book()
        book.active["A2"] = 999999999
        book.active["C3"] = "Somebody else"
        book.active["A5"] = book.active["A4"].value
        wizard = self._upload(book)
        wizard.action_import()
        for text in ("999999999", "Somebody else", "stands twice"):
            self.assertIn(text, wizard.error_html)

    def test_broken_files(self):
        for content in (b"no workbook", b"PK\x03\x04broken", b""):
            wizard = self._raw(content)
            with self.assertRaises(UserError):
                wizard.action_import()
        book = self._book()
        book.active["D1"] = "Something"
        wizard = self._upload(book)
        wizard.action_import()
        self.assertIn("Rating 1", wizard.error_html)

    def test_stranger_cannot_upload(self):
        book = self._book()
        stream = io.BytesIO()
        book.active["D2"] = 90
        book.save(stream)
        wizard = (
            self.env["registrar.sheet.import"]
            .with_user(self.other_teacher)
            .create(
                {
                    "sheet_id": self.sheet.id,
                    "file": base64.b64encode(stream.getvalue()),
                }
            )
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            wizard.action_import()
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.other_teacher)._marks_workbook()

    def test_columns_follow_the_kind_of_sheet(self):
        names = [name for name, __ in self.sheet._mark_columns()]
        self.assertEqual(
            names,
            ["id", "number", "name", "rating_1", "rating_2", "exam_score"]
            + ["absence"],
        )
        midterm = self._sheet(self.disciplines[0], kind="midterm", part_number=2)
        names = [name for name, __ in midterm._mark_columns()]
        self.assertEqual(names[3:], ["rating_2", "absence"])

    def _book(self):
        content = self.sheet.with_user(self.teacher)._marks_workbook()
        return load_workbook(io.BytesIO(content))

    def _wizard(self, marks):
        book = self._book()
        for row, values in marks.items():
            for column, value in zip("DEFG", values, strict=True):
                book.active[f"{column}{row}"] = value
        return self._upload(book)

    def _upload(self, book):
        stream = io.BytesIO()
        book.save(stream)
        return self._raw(stream.getvalue())

    def _raw(self, content):
        return (
            self.env["registrar.sheet.import"]
            .with_user(self.teacher)
            .create(
                {
                    "sheet_id": self.sheet.id,
                    "file": base64.b64encode(content),
                    "file_name": "marks.xlsx",
                }
            )
        )
