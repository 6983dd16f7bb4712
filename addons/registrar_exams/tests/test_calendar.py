from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AUTUMN_DAY, TODAY, ExamsCommon

MARKS = [(90, 90, 90), (60, 60, 60), (55, 55, 30), (70, 70, 70)]


@tagged("post_install", "-at_install")
class TestCalendarWindows(ExamsCommon):
    """What the academic calendar closes for teachers and not for the office."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["registrar.calendar"].search([]).sudo().write({"state": "archived"})

    def _calendar(self, *items):
        """Approve a calendar with (kind, first day, last day) for the autumn."""
        calendar = self.env["registrar.calendar"].create({"year_id": self.year.id})
        for code, first, last in items:
            kind = self.env.ref(f"registrar_core.calendar_item_kind_{code}")
            self.env["registrar.calendar.item"].create(
                {
                    "calendar_id": calendar.id,
                    "kind_id": kind.id,
                    "term_id": self.autumn.id,
                    "date_from": first,
                    "date_to": last,
                }
            )
        calendar.with_user(self.head)._approve("Protocol", "only what the test needs")
        return calendar

    def test_marks_only_while_their_entry_is_open(self):
        with freeze_time("2025-12-10"):
            self._calendar(("grade_entry", date(2025, 12, 15), date(2026, 1, 10)))
            sheet = self._sheet(self.disciplines[0])
            line = sheet.line_ids[0]
            with self.refused(UserError, "12/15/2025 – 01/10/2026"):
                line.with_user(self.teacher).rating_1 = 90
            line.with_user(self.clerk).rating_1 = 90
        with freeze_time("2026-01-09"):
            self._enter(sheet, MARKS)
        with freeze_time("2026-01-11"):
            with self.refused(UserError, "academic calendar"):
                sheet.with_user(self.teacher).action_submit()
            with self.refused(UserError, "academic calendar"):
                line.with_user(self.teacher).exam_score = 91
        with freeze_time("2026-01-10"):
            sheet.with_user(self.teacher).action_submit()
        self.assertEqual(sheet.state, "submitted")

    def test_clerk_submits_outside_of_the_period(self):
        with freeze_time("2026-01-05"):
            self._calendar(("grade_entry", date(2025, 12, 15), date(2026, 1, 10)))
            sheet = self._sheet(self.disciplines[0])
            self._enter(sheet, MARKS)
        with freeze_time("2026-02-01"):
            sheet.with_user(self.clerk).action_submit()
        self.assertEqual(sheet.state, "submitted")

    def test_calendar_that_says_nothing_closes_nothing(self):
        with freeze_time(TODAY):
            self._calendar(("classes", date(2025, 9, 1), date(2025, 12, 13)))
            sheet = self._sheet(self.disciplines[0])
            self._enter(sheet, MARKS)
            sheet.with_user(self.teacher).action_submit()
        self.assertEqual(sheet.state, "submitted")

    def test_other_term_is_not_opened(self):
        with freeze_time("2025-12-20"):
            calendar = self._calendar(
                ("grade_entry", date(2025, 12, 15), date(2026, 1, 10))
            )
            Calendar = self.env["registrar.calendar"]
            student = self.students[0]
            self.assertEqual(student.calendar_id, calendar)
            self.assertTrue(
                Calendar._is_open(student, "grade_entry", term=self.autumn)[student.id]
            )
            self.assertIsNone(
                Calendar._is_open(student, "grade_entry", term=self.spring)[student.id]
            )

    def test_resits_have_their_own_period(self):
        with freeze_time(TODAY):
            sheet = self._finish(self._sheet(self.disciplines[0]), MARKS, AUTUMN_DAY)
            self.assertTrue(sheet.result_count)
            resit = self.env["registrar.sheet"]._open_resits(
                self.autumn, [("discipline_id", "=", self.disciplines[0].id)]
            )
            resit.with_user(self.clerk).action_open()
            self._calendar(
                ("grade_entry", date(2025, 12, 15), date(2026, 8, 1)),
                ("resit", date(2026, 1, 12), date(2026, 1, 20)),
            )
            with self.refused(UserError, "01/12/2026 – 01/20/2026"):
                resit.line_ids[0].with_user(self.teacher).exam_score = 60
        with freeze_time("2026-01-15"):
            resit.line_ids[0].with_user(self.teacher).exam_score = 60
        self.assertEqual(resit.line_ids[0].exam_score, 60)

    def test_stranger_is_not_told_the_calendar(self):
        with freeze_time("2025-12-10"):
            self._calendar(("grade_entry", date(2025, 12, 15), date(2026, 1, 10)))
            sheet = self._sheet(self.disciplines[0])
            with self.refused(Exception, "entered by its teacher|not allowed|access"):
                sheet.line_ids[0].with_user(self.other_teacher).rating_1 = 90
