from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .common import TODAY, ExamsCommon


@tagged("post_install", "-at_install")
class TestTours(ExamsCommon, HttpCase):
    def test_teacher_enters_and_submits_marks(self):
        with freeze_time(TODAY):
            sheet = self._sheet(self.disciplines[0])
        self.start_tour(
            "/odoo/my-sheets", "registrar_exams_teacher", login="test_teacher"
        )
        sheet.invalidate_recordset()
        lines = sheet.line_ids
        self.assertEqual(lines.mapped("rating_1"), [90, 80, 70, 40])
        self.assertEqual(lines.mapped("letter"), ["A-", "F", "C+", "F"])
        # 0 is a mark and was not lost.
        self.assertEqual(lines[1].exam_score, 0)
        self.assertIsNot(lines[1].exam_score, False)
        self.assertEqual(sheet.state, "submitted")
        self.assertEqual(sheet.submitted_by_id, self.teacher)
