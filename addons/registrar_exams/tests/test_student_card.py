from freezegun import freeze_time

from odoo.exceptions import UserError

from .common import TODAY, ExamsCommon


@freeze_time(TODAY)
class TestStudentCardOfExams(ExamsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.student = cls.students[0]

    def test_results_are_events(self):
        sheet = self._sheet(self.disciplines[0])
        self._finish(sheet, [(90, 90, 90), (80, 80, 20), (70, 70, 70), (60, 60, 60)])
        by_student = {}
        for event in self.students.with_user(self.clerk)._timeline():
            if event["kind"] in ("result", "warning"):
                by_student.setdefault(event["student_id"], []).append(event)
        failed = (
            self.students
            & sheet.line_ids.filtered(lambda line: not line.passed).student_id
        )
        self.assertTrue(failed)
        for student in self.students:
            (event,) = by_student[student.id]
            self.assertEqual(
                event["kind"], "warning" if student in failed else "result"
            )
            self.assertEqual((event["model"], event["res_id"]), (sheet._name, sheet.id))
        # the military clerk sees the person, but no results
        html = self.student.with_user(self.military).timeline
        self.assertNotIn("fa-graduation-cap", html)

    def test_gpa_is_not_moved(self):
        self.assertIn(
            "registrar.gpa", self.env["registrar.student"]._merge_skipped_models()
        )

    def test_results_of_one_term_twice_are_refused(self):
        self._finish(
            self._sheet(self.disciplines[0]),
            [(90, 90, 90), (80, 80, 80), (70, 70, 70), (60, 60, 60)],
        )
        first, second = self.students[:2]
        # their enrolments are not the matter here
        self.env.cr.execute(
            "ALTER TABLE registrar_enrolment DISABLE TRIGGER USER;"
            "DELETE FROM registrar_enrolment WHERE student_id = %s",
            [second.id],
        )
        self.env.invalidate_all()
        with self.refused(UserError, "results of the same term"):
            first.with_user(self.clerk)._merge(second.with_user(self.clerk))
