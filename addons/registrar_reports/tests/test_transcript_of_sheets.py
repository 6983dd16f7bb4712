from datetime import date
from decimal import Decimal

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.registrar_exams.grading import round_half_up
from odoo.addons.registrar_exams.tests.common import (
    AUTUMN_DAY,
    SPRING_DAY,
    TODAY,
    ExamsCommon,
)

from .test_transcript import text_of


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestTranscriptOfSheets(ExamsCommon):
    """From marks in sheets to the transcript: the figures of GPA and paper agree."""

    def test_whole_way(self):
        first, second, third, __ = self.disciplines
        everybody = [(70, 70, 70)] * 3
        self._finish(self._sheet(first), [(90, 90, 90), *everybody])
        # FX in the exam, then a resit.
        self._finish(self._sheet(second), [(80, 80, 40), *everybody])
        self._finish(self._sheet(self.training), [(100, 100, 100)] * 4)
        resit = self.env["registrar.sheet"]._open_resits(
            self.autumn, [("discipline_id", "=", second.id)]
        )
        resit.action_open()
        self._finish(resit, [75], date(2026, 1, 16))
        self._finish(
            self._sheet(third, self.spring), [(95, 95, 95), *everybody], SPRING_DAY
        )
        student = self.students[0]
        transcripts = (
            self.env["registrar.transcript"]
            .with_user(self.clerk)
            .create(
                [
                    {"student_id": s.id, "document_date": date(2026, 7, 1)}
                    for s in self.students
                ]
            )
        )
        transcripts.action_register()
        for transcript in transcripts:
            gpa = self.env["registrar.gpa"].search(
                [
                    ("student_id", "=", transcript.student_id.id),
                    ("period", "=", "cumulative"),
                ]
            )
            self.assertEqual(Decimal(str(transcript.gpa)), round_half_up(gpa.gpa, 2))
            self.assertEqual(transcript.credits_total, gpa.credits_earned)
            year = self.env["registrar.gpa"].search(
                [
                    ("student_id", "=", transcript.student_id.id),
                    ("period", "=", "year"),
                    ("year_id", "=", self.year.id),
                ]
            )
            data = transcript._transcript_data()[transcript.id]
            (part,) = data["sections"][0]["years"]
            self.assertEqual(part["gpa"], round_half_up(year.gpa, 2))
        own = transcripts.filtered(lambda t: t.student_id == student)
        # A- 3.67, B- 2.67 (0.6 × 80 + 0.4 × 75 = 78), A 4.00; training not in GPA.
        self.assertRecordValues(
            own, [{"gpa": 3.45, "credits_total": 17, "result_count": 5}]
        )
        text = text_of(own.entry_id.attachment_id.raw)
        self.assertIn("FX", text)
        self.assertIn("Test discipline 2 *", text)
        self.assertIn("Дене шынықтыру", text)
        self.assertIn("GPA – 3.45", text)
        before = self.env["registrar.transcript"].create(
            {"student_id": student.id, "document_date": AUTUMN_DAY}
        )
        self.assertEqual(before._transcript_data()[before.id]["count"], 3)
