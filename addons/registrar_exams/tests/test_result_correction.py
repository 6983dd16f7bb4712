from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import TODAY, ExamsCommon

DAY = date(2026, 1, 20)


@freeze_time(TODAY)
class TestResultCorrection(ExamsCommon):
    def setUp(self):
        super().setUp()
        self.sheet = self._sheet(self.disciplines[0])
        self._finish(self.sheet, [(80, 80, 60), (90, 90, 20)] + [(90, 90, 90)] * 2)
        self.result = self._result(self.students[0], self.disciplines[0])
        self.failed = self._result(self.students[1], self.disciplines[0])

    def test_correction_supersedes_and_gpa_follows(self):
        protocol = self._protocol(self.result, new_exam=95)
        line = protocol.line_ids
        self.assertRecordValues(
            line,
            [
                {
                    "old_admission": 80,
                    "old_exam": 60,
                    "old_score": 72,
                    "old_letter": "C+",
                    "new_admission": 80,
                    "new_score": 86,
                    "new_letter": "B+",
                    "new_points": 3.33,
                    "new_passed": True,
                }
            ],
        )
        self._register_protocol(protocol)
        self.assertEqual(protocol.entry_id.register_id.code, "protocols")
        new = self.result.superseded_by_id
        self.assertRecordValues(
            new,
            [
                {
                    "kind": "correction",
                    "score": 86,
                    "letter": "B+",
                    "exam_score": 95,
                    "attempt": 1,
                    "resit_number": 0,
                    "credits": 5,
                    "plan_line_id": self.result.plan_line_id.id,
                    "term_id": self.autumn.id,
                    "entry_id": protocol.entry_id.id,
                    "is_current": True,
                }
            ],
        )
        self.assertRecordValues(
            self.result, [{"score": 72, "letter": "C+", "is_current": False}]
        )
        gpa = self.env["registrar.gpa"]._values(self.students[0], "term", self.autumn)
        self.assertEqual(gpa[self.students[0].id].gpa, 3.33)
        self.assertEqual(new._document(), protocol)

    def test_corrected_failure_does_not_count(self):
        results = self.env["registrar.result"]
        self.assertEqual(
            results._failures(self.students[1]), {self.disciplines[0].id: 1}
        )
        protocol = self._protocol(self.failed, new_exam=72)
        self._register_protocol(protocol)
        self.assertEqual(results._failures(self.students[1]), {})
        self.assertFalse(results._debts(self.students[1]))

    def test_failed_exam_overrides_the_sum_here_too(self):
        protocol = self._protocol(self.result, new_exam=40)
        self.assertRecordValues(
            protocol.line_ids,
            [{"new_score": 40, "new_letter": "FX", "new_reason": "exam_fx"}],
        )

    def test_several_results_in_one_protocol(self):
        protocol = self._protocol(self.result | self.failed, new_exam=100)
        self._register_protocol(protocol)
        self.assertTrue(self.result.superseded_by_id)
        self.assertTrue(self.failed.superseded_by_id)

    def test_score_must_follow_from_the_marks(self):
        protocol = self._protocol(self.result, new_score=90)
        with self.refused(UserError, "rating and exam give 72, not 90"):
            self._register_protocol(protocol)

    def test_nothing_to_correct_is_refused(self):
        with self.refused(UserError, "nothing changes"):
            self._register_protocol(self._protocol(self.result))
        with self.refused(UserError, "corrects nothing"):
            self._register_protocol(self._protocol(self.result.browse()))

    def test_only_the_result_that_counts_is_corrected(self):
        self._register_protocol(self._protocol(self.result, new_exam=95))
        with self.refused(UserError, "replaced by a later one"):
            self._register_protocol(self._protocol(self.result, new_exam=96))
        again = self._protocol(self.result.superseded_by_id, new_exam=96)
        self._register_protocol(again)
        self.assertEqual(self.result.superseded_by_id.superseded_by_id.exam_score, 96)

    def test_101_is_refused(self):
        for name in ("new_exam", "new_admission", "new_score"):
            with self.refused(ValidationError, "Ахметов.*101.* is not a mark"):
                self._protocol(self.result, **{name: 101})
        protocol = self._protocol(self.result, new_exam=90)
        with self.refused(ValidationError, "is not a mark"):
            protocol.line_ids.new_exam = 101

    def test_letters_are_not_written_by_hand(self):
        protocol = self._protocol(self.result, new_exam=95)
        for name, value in (("new_letter", "A"), ("new_points", 4), ("old_score", 1)):
            with self.assertRaises(AccessError):
                protocol.line_ids.with_user(self.clerk).write({name: value})
        with self.assertRaises(AccessError):
            self._protocol(self.failed, new_letter="A")

    def test_clerk_drafts_and_head_registers(self):
        protocol = self._protocol(self.result, new_exam=95)
        with self.assertRaises(AccessError):
            protocol.with_user(self.second_clerk).action_register()
        own = self._protocol(self.failed, user=self.head, new_exam=80)
        with self.refused(UserError, "You drafted it"):
            own.with_user(self.head).action_register()
        self._register_protocol(protocol)

    def test_who_entered_the_marks_cannot_register_the_correction(self):
        # Only a forced change can put the head among the authors of a sealed sheet.
        self.sheet.sudo().author_ids = self.teacher | self.head
        protocol = self._protocol(self.result, new_exam=95)
        with self.refused(UserError, "You entered marks"):
            self._register_protocol(protocol)

    def test_teacher_and_viewer_cannot_draft(self):
        for user in (self.teacher, self.viewer, self.dean):
            with self.assertRaises(AccessError):
                self._protocol(self.result, user=user, new_exam=95)

    def test_double_registration_is_refused(self):
        protocol = self._protocol(self.result, new_exam=95)
        self._register_protocol(protocol)
        with self.refused(UserError, "already registered"):
            self._register_protocol(protocol)
        with self.refused(UserError, "registered"):
            protocol.with_user(self.clerk).ground = "Other"
        with self.refused(UserError, "registered"):
            protocol.line_ids.with_user(self.clerk).new_exam = 60
        register = protocol.entry_id.register_id
        self.assertFalse(
            [
                problem
                for problem in register.verify_chain()
                if problem["entry_id"] == protocol.entry_id.id
            ]
        )

    def _protocol(self, results, user=None, **values):
        return (
            self.env["registrar.result.correction"]
            .with_user(user or self.clerk)
            .create(
                {
                    "ground": "Memo No. 12 of the teacher",
                    "line_ids": [
                        Command.create({"result_id": result.id, **values})
                        for result in results
                    ],
                }
            )
        )

    def _register_protocol(self, protocol):
        if not protocol.entry_id:
            protocol.with_user(self.head).document_date = DAY
        protocol.with_user(self.head).action_register()
