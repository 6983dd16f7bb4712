from freezegun import freeze_time

from .common import AUTUMN_DAY, SPRING_DAY, TODAY, ExamsCommon


@freeze_time(TODAY)
class TestStudyPlanHooks(ExamsCommon):
    def setUp(self):
        super().setUp()
        self.plan = self.env["registrar.study.plan"]

    def test_passed_and_failed_disciplines(self):
        first, second = self.disciplines[:2]
        self._finish(self._sheet(first), [(90, 90, 40)] + [(90, 90, 90)] * 3)
        self._finish(self._sheet(second), [(90, 90, 90)] * 4)
        student, other = self.students[:2]
        passed = self.plan._passed_disciplines(self.students)
        self.assertEqual(passed[student.id], {second.id})
        self.assertEqual(passed[other.id], {first.id, second.id})
        failed = self.plan._failed_disciplines(self.students)
        self.assertEqual(dict(failed), {student.id: {first.id}})

    def test_passed_terms_of_a_long_discipline(self):
        self._finish(self._sheet(self.training), [(90, 90, 90)] * 4)
        lines = self.curriculum.line_ids.filtered(
            lambda line: line.discipline_id == self.training
        ).sorted("term_number")
        passed = self.plan._passed_curriculum_lines(self.students)
        self.assertEqual(passed[self.students[0].id], {lines[0].id})

    def test_debts_are_registered_for_the_next_year(self):
        first, third = self.disciplines[0], self.disciplines[2]
        self._finish(
            self._sheet(first), [(40, 40, None)] + [(90, 90, 90)] * 3, AUTUMN_DAY
        )
        self._finish(
            self._sheet(third, self.spring),
            [(90, 90, 20)] + [(90, 90, 90)] * 3,
            SPRING_DAY,
        )
        year = self._retake_year()
        vals_list = self.plan._debt_lines(self.students, year)
        self.assertEqual(
            [
                (
                    vals["student_id"],
                    vals["discipline_id"],
                    self.env["registrar.term"].browse(vals["term_id"]).kind,
                    vals["line_type"],
                    vals["attempt"],
                    vals["credits"],
                )
                for vals in vals_list
            ],
            [
                (self.students[0].id, first.id, "autumn", "retake", 2, 5),
                (self.students[0].id, third.id, "spring", "retake", 2, 5),
            ],
        )
        # Nothing is a debt in the year in which it was failed.
        self.assertFalse(self.plan._debt_lines(self.students, self.year))

    # Changes of plans

    def _change(self, student):
        return self.plan._open_change(student, self.year)

    def _register_change(self, change):
        change.sudo().write({"state": "dean", "document_date": "2026-07-09"})
        change.with_user(self.clerk).action_register()

    def test_dropped_discipline_leaves_its_open_sheet(self):
        first = self.disciplines[0]
        sheet = self._sheet(first)
        student = self.students[0]
        line = sheet.line_ids.filtered(lambda line: line.student_id == student)
        line.with_user(self.teacher).rating_1 = 70
        registration = line.plan_line_id
        change = self._change(student)
        change._drop(registration, kind="withdrawal")
        self._register_change(change)
        self.assertTrue(registration.is_withdrawn)
        self.assertNotIn(student, sheet.line_ids.student_id)
        self.assertEqual(len(sheet.line_ids), 3)
        self._enter(sheet, [(90, 90, 90)] * 3)
        sheet.with_user(self.teacher).action_submit()
        self._register(sheet)
        self.assertFalse(self._result(student, first))
        debts = self.env["registrar.result"]._debts(student, self.year.date_to)
        self.assertFalse([d for d in debts if d["discipline_id"] == first.id])

    def test_discipline_with_a_result_is_not_dropped(self):
        first = self.disciplines[0]
        self._finish(self._sheet(first), [(90, 90, 40)] + [(90, 90, 90)] * 3)
        student = self.students[0]
        change = self._change(student)
        lines = self.plans.line_ids.filtered(
            lambda line: line.student_id == student and line.discipline_id == first
        )
        change._drop(lines)
        texts = change._errors()[change.id]
        self.assertEqual(len(texts), 1)
        self.assertIn("has a result", texts[0])

    def test_marked_discipline_is_not_dropped(self):
        sheet = self._sheet(self.disciplines[0])
        line = sheet.line_ids[0]
        line.with_user(self.teacher).write(
            {"rating_1": 70, "rating_2": 70, "exam_score": 80}
        )
        change = self._change(line.student_id)
        change._drop(line.plan_line_id)
        self.assertIn("under way", change._errors()[change.id][0])
