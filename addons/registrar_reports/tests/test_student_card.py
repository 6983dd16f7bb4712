from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .test_transcript import REPORT, TranscriptCommon, text_of


@tagged("post_install", "-at_install")
@freeze_time("2026-07-10")
class TestStudentCardOfReports(TranscriptCommon):
    def test_transcripts_are_events(self):
        self._transcript(self.aidar)
        transcript = self._registered(self.aidar)
        events = [
            event
            for event in self.aidar.with_user(self.clerk)._timeline()
            if event["kind"] == "document"
        ]
        self.assertEqual([event["res_id"] for event in events], transcript.ids)
        self.assertIn(transcript.number, events[0]["text"])

    def test_transcript_keeps_the_name_of_its_day(self):
        transcript = self._registered(self.aidar, day=date(2026, 7, 1))
        self.aidar.with_user(self.clerk).with_context(
            name_date=date(2026, 7, 5)
        ).last_name = "Ахмет"
        pdf = self.env["ir.actions.report"]._render_plutoprint_records(
            REPORT, transcript
        )
        text = text_of(pdf[transcript.id])
        self.assertIn("Ахметов Айдар Серікұлы", text)
        draft = self._transcript(self.aidar, day=date(2026, 7, 6))
        pdf = self.env["ir.actions.report"]._render_plutoprint_records(REPORT, draft)
        self.assertIn("Ахмет Айдар Серікұлы", text_of(pdf[draft.id]))

    def test_whole_timeline_is_set_wise(self):
        self._registered(self.aidar)
        counts = []
        for students in (self.aidar, self.students):
            students = students.with_user(self.clerk)
            self.env.flush_all()
            self.env.invalidate_all()
            students.mapped("full_name")
            start = self.env.cr.sql_log_count
            students.mapped("timeline")
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.assertLess(counts[0], 60)
