from datetime import date
from decimal import Decimal

from freezegun import freeze_time

from .. import grading
from .common import AUTUMN_DAY, SPRING_DAY, TODAY, ExamsCommon


@freeze_time(TODAY)
class TestGpa(ExamsCommon):
    def test_values_reckoned_by_hand(self):
        first, second, third, fourth = self.disciplines
        student, other = self.students[:2]
        # 0.6 × rating + 0.4 × exam: 90 → A- 3.67, 75 → B- 2.67 …
        self._finish(
            self._sheet(first), [(90, 90, 90), (60, 60, 60)] + [(50, 50, 50)] * 2
        )
        self._finish(
            self._sheet(second), [(75, 75, 75), (90, 90, 20)] + [(50, 50, 50)] * 2
        )
        self._finish(self._sheet(self.training), [(100, 100, 100)] * 4)
        # Term: (3.67 × 5 + 2.67 × 5) / 10 = 3.17; training does not count in GPA.
        self.assertRecordValues(
            self._gpa(student, "term", self.autumn),
            [
                {
                    "credits_planned": 12,
                    "credits_earned": 12,
                    "credits_gpa": 10,
                    "quality_points": 31.7,
                    "gpa": 3.17,
                    "rank": 1,
                    "cohort_size": 4,
                    "course": 1,
                    "programme_id": self.programme.id,
                    "snapshot_date": date(2026, 7, 10),
                }
            ],
        )
        # C- 1.67 and F 0: (1.67 × 5 + 0) / 10 = 0.835; F earns no credits.
        row = self._gpa(other, "term", self.autumn)
        self.assertEqual((row.gpa, row.credits_earned), (0.835, 7))
        self._finish(self._sheet(third, self.spring), [(95, 95, 95)] * 4, SPRING_DAY)
        self._finish(
            self._sheet(fourth, self.spring),
            [(90, 90, 30), (80, 80, 80)] + [(50, 50, 50)] * 2,
            SPRING_DAY,
        )
        # Year: 31.7 + 4 × 5 + 0.5 × 5 = 54.2 over 20 credits = 2.71.
        for period, term in (("year", None), ("cumulative", None)):
            row = self._gpa(student, period, term)
            self.assertEqual((row.gpa, row.credits_gpa), (2.71, 20), period)
            self.assertEqual(row.credits_earned, 17)
            self.assertEqual(row.credits_planned, 24)
        self.assertEqual(self._gpa(student, "term", self.autumn).gpa, 3.17)
        self.assertEqual(self._gpa(student, "term", self.spring).gpa, 2.25)
        self.assertEqual(round(student.gpa, 2), 2.71)
        self.assertEqual(student.credits_earned, 17)

    def test_agrees_with_the_arithmetic(self):
        marks = [(93, 88, 71), (57, 66, 52), (81, 79, 25), (50, 50, 100)]
        for index, discipline in enumerate(self.disciplines[:2]):
            rotated = marks[index:] + marks[:index]
            self._finish(self._sheet(discipline), rotated)
        for student in self.students:
            results = self._current(student)
            expected = grading.gpa(
                [(r.points, r.credits) for r in results if r.in_gpa], digits=8
            )
            row = self._gpa(student, "cumulative")
            self.assertEqual(Decimal(str(row.gpa)), expected)
            self.assertEqual(
                row.credits_earned,
                float(grading.credits_earned((r.passed, r.credits) for r in results)),
            )
        rows = [self._gpa(student, "cumulative") for student in self.students]
        self.assertEqual(
            [row.rank for row in rows],
            grading.rank([(row.gpa, row.credits_earned) for row in rows]),
        )

    def test_rounding_is_never_done_twice(self):
        """2.975 shows as 2.98, and 2.97499… as 2.97."""
        self._finish(self._sheet(self.disciplines[0]), [(95, 95, 95)] * 4)
        row = self._gpa(self.students[0], "term", self.autumn)
        digits = self.env["registrar.gpa"]._fields["gpa"].get_digits(self.env)
        self.assertEqual(digits[1], 8)
        self.assertEqual(row.gpa, 4)

    def test_equal_students_share_the_rank(self):
        self._finish(
            self._sheet(self.disciplines[0]),
            [(90, 90, 90), (95, 95, 95), (90, 90, 90), (50, 50, 50)],
        )
        ranks = [
            self._gpa(student, "term", self.autumn).rank for student in self.students
        ]
        self.assertEqual(ranks, [2, 1, 2, 4])

    def test_ranks_of_the_others_follow(self):
        self._finish(
            self._sheet(self.disciplines[0]),
            [(90, 90, 40), (80, 80, 80), (70, 70, 70), (60, 60, 60)],
        )
        self.assertEqual(self._ranks(), [4, 1, 2, 3])
        resit = self.env["registrar.sheet"]._open_resits(
            self.autumn, [("discipline_id", "=", self.disciplines[0].id)]
        )
        resit.action_open()
        self._finish(resit, [90], date(2026, 1, 15))
        self.assertEqual(self._ranks(), [1, 2, 3, 4])
        row = self._gpa(self.students[0], "term", self.autumn)
        self.assertEqual((row.gpa, row.credits_earned), (3.67, 5))

    def test_later_years_do_not_change_a_past_term(self):
        first, second = self.disciplines[:2]
        student = self.students[0]
        self._finish(self._sheet(first), [(40, 40, None)] + [(90, 90, 90)] * 3)
        self._finish(self._sheet(second), [(90, 90, 90)] * 4)
        before = self._gpa(student, "term", self.autumn).gpa
        self.assertEqual(before, 1.835)  # (0 + 3.67) / 2
        year = self._retake_year()
        autumn = year.term_ids.filtered(lambda term: term.kind == "autumn")
        with freeze_time("2026-09-05"):
            plan = self.env["registrar.study.plan"].create(
                {
                    "student_id": student.id,
                    "year_id": year.id,
                    "group_id": self.group.id,
                    "programme_id": self.programme.id,
                    "curriculum_id": self.curriculum.id,
                    "course": 2,
                    "language": "ru",
                    "kind": "addition",
                }
            )
            [vals] = [
                vals
                for vals in plan._debt_lines(student, year)
                if vals["discipline_id"] == first.id
            ]
            self.assertEqual(vals["term_id"], autumn.id)
            self.assertEqual(vals["attempt"], 2)
            self.env["registrar.study.plan.line"].create(dict(vals, plan_id=plan.id))
            plan.sudo().write({"state": "dean", "document_date": "2026-09-03"})
            plan.action_register()
            self.env["registrar.class.group"]._form(autumn).write(
                {"teacher_id": self.teacher_employee.id}
            )
        with freeze_time("2027-01-20"):
            sheet = self._sheet(first, autumn)
            self._finish(sheet, [(95, 95, 95)], date(2027, 1, 15))
        self.assertEqual(self._gpa(student, "term", self.autumn).gpa, before)
        self.assertEqual(self._gpa(student, "year", year=self.year).gpa, before)
        self.assertEqual(self._gpa(student, "term", autumn).gpa, 4)
        cumulative = self._gpa(student, "cumulative")
        self.assertEqual(cumulative.gpa, 3.835)  # (4 + 3.67) / 2
        # A discipline studied twice is planned once.
        self.assertEqual(cumulative.credits_earned, 10)
        self.assertEqual(cumulative.year_id, year)
        self.assertEqual(cumulative.course, 2)

    def test_final_attestation_enters_the_cumulative_gpa_only(self):
        sheet = self._sheet(self.disciplines[0])
        sheet.line_ids.plan_line_id.sudo()
        self._finish(sheet, [(90, 90, 90)] * 4)
        self.env.flush_all()
        self.cr.execute("ALTER TABLE registrar_result DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE registrar_result SET cycle = 'ia' WHERE sheet_id = %s", [sheet.id]
        )
        self.cr.execute("ALTER TABLE registrar_result ENABLE TRIGGER USER")
        self.env.invalidate_all()
        self._finish(self._sheet(self.disciplines[1]), [(95, 95, 95)] * 4)
        student = self.students[0]
        self.assertEqual(self._gpa(student, "year").gpa, 4)
        self.assertEqual(self._gpa(student, "year").credits_gpa, 5)
        self.assertEqual(self._gpa(student, "cumulative").gpa, 3.835)

    def test_refresh_changes_nothing_when_nothing_changed(self):
        self._finish(self._sheet(self.disciplines[0]), [(90, 90, 90)] * 4)
        rows = self.env["registrar.gpa"].search(
            [("student_id", "in", self.students.ids)]
        )
        self.env.flush_all()
        self.cr.execute("SELECT id, xmin::text FROM registrar_gpa ORDER BY id")
        before = self.cr.fetchall()
        self.env["registrar.gpa"]._refresh(self.students, self.autumn)
        self.cr.execute("SELECT id, xmin::text FROM registrar_gpa ORDER BY id")
        self.assertEqual(self.cr.fetchall(), before)
        self.assertEqual(len(rows), 12)

    def test_number_of_queries_does_not_grow_with_students(self):
        self._finish(self._sheet(self.disciplines[0]), [(90, 90, 90)] * 4)
        self.env["registrar.gpa"]._refresh(self.students, self.autumn)
        counts = []
        for students in (self.students[:1], self.students):
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.env["registrar.gpa"]._refresh(students, self.autumn)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 6)

    def test_row_opens_its_results(self):
        self._finish(self._sheet(self.disciplines[0]), [(90, 90, 90)] * 4)
        row = self._gpa(self.students[0], "term", self.autumn)
        action = row.action_open_results()
        results = self.env["registrar.result"].search(action["domain"])
        self.assertEqual(results, self._result(self.students[0], self.disciplines[0]))
        self.assertEqual(results.result_date, AUTUMN_DAY)

    def _current(self, student):
        return self.env["registrar.result"].search(
            [("student_id", "=", student.id), ("is_current", "=", True)]
        )

    def _gpa(self, student, period, term=None, year=None):
        rows = self.env["registrar.gpa"]._values(
            student, period, term, year or self.year
        )
        return rows.get(student.id, self.env["registrar.gpa"])

    def _ranks(self):
        return [
            self._gpa(student, "term", self.autumn).rank for student in self.students
        ]
