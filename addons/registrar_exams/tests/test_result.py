from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError
from psycopg2.errors import RestrictViolation

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import AUTUMN_DAY, SPRING_DAY, TODAY, ExamsCommon


@freeze_time(TODAY)
class TestResult(ExamsCommon):
    def test_rows_of_a_registered_sheet(self):
        sheet = self._sheet(self.disciplines[0])
        self._finish(
            sheet, [(90, 80, 70), (40, 40, None), (90, 90, "unexcused"), (90, 90, 100)]
        )
        results = self.env["registrar.result"].search([("sheet_id", "=", sheet.id)])
        self.assertEqual(results.student_id, self.students)
        for result in results:
            self.assertRecordValues(
                result,
                [
                    {
                        "entry_id": sheet.entry_id.id,
                        "discipline_id": self.disciplines[0].id,
                        "term_id": self.autumn.id,
                        "year_id": self.year.id,
                        "programme_id": self.programme.id,
                        "course": 1,
                        "kind": "exam",
                        "credits": 5,
                        "cycle": "bd",
                        "line_type": "main",
                        "attempt": 1,
                        "resit_number": 0,
                        "in_gpa": True,
                        "is_current": True,
                        "result_date": AUTUMN_DAY,
                    }
                ],
            )
        self.assertEqual(
            [(r.letter, r.score, r.points, r.passed, r.reason) for r in results],
            [
                ("B-", 79, 2.67, True, False),
                ("F", 0, 0, False, "not_admitted"),
                ("F", 0, 0, False, "absent"),
                ("A-", 94, 3.67, True, False),
            ],
        )
        self.assertEqual(results[0]._document(), sheet)
        self.assertEqual(results[0].admission, 85)
        self.assertIs(results[1].exam_score, False)

    def test_rows_are_protected_by_the_database(self):
        self._finish(self._sheet(self.disciplines[0]), [(90, 90, 90)] * 4)
        result = self._result(self.students[0], self.disciplines[0])
        self.env.flush_all()
        for query in (
            "UPDATE registrar_result SET score = 100 WHERE id = %s",
            "UPDATE registrar_result SET letter = 'A', points = 4 WHERE id = %s",
            "DELETE FROM registrar_result WHERE id = %s",
            "UPDATE registrar_result SET student_id = 0 WHERE id = %s",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.cr.execute(query, [result.id])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(RestrictViolation),
            self.cr.savepoint(),
        ):
            self.cr.execute("TRUNCATE registrar_result CASCADE")

    def test_rows_are_never_written_by_people(self):
        self._finish(self._sheet(self.disciplines[0]), [(90, 90, 90)] * 4)
        result = self._result(self.students[0], self.disciplines[0])
        for user in (self.head, self.clerk, self.teacher):
            with self.assertRaises(UserError):
                result.with_user(user).write({"score": 100})
            with self.assertRaises(UserError):
                result.with_user(user).unlink()
            with self.assertRaises(UserError):
                result.with_user(user).copy()
        with self.assertRaises(UserError):
            result.sudo().unlink()

    def test_superseded_once(self):
        sheet = self._sheet(self.disciplines[0])
        self._finish(sheet, [(90, 90, 40)] + [(90, 90, 90)] * 3)
        resit = self.env["registrar.sheet"]._open_resits(
            self.autumn, [("discipline_id", "=", self.disciplines[0].id)]
        )
        resit.action_open()
        self._finish(resit, [80], date(2026, 1, 15))
        old = self._result(self.students[0], self.disciplines[0])[0]
        other = self._result(self.students[1], self.disciplines[0])
        self.env.flush_all()
        for value in (None, other.id):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(RestrictViolation),
                self.cr.savepoint(),
            ):
                self.cr.execute(
                    "UPDATE registrar_result SET superseded_by_id = %s WHERE id = %s",
                    [value, old.id],
                )

    def test_chain_finds_a_forced_change(self):
        self._finish(self._sheet(self.disciplines[0]), [(90, 90, 90)] * 4)
        result = self._result(self.students[0], self.disciplines[0])
        register = result.entry_id.register_id
        entry = result.entry_id
        self.assertFalse(self._problems(register, entry))
        self.env.flush_all()
        self.cr.execute("ALTER TABLE registrar_result DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE registrar_result SET score = 100 WHERE id = %s", [result.id]
        )
        self.cr.execute("ALTER TABLE registrar_result ENABLE TRIGGER USER")
        self.env.invalidate_all()
        self.assertIn("score", str(self._problems(register, entry)))

    def test_chain_finds_a_result_that_no_longer_counts(self):
        self._finish(self._sheet(self.disciplines[0]), [(90, 90, 90)] * 4)
        first = self._result(self.students[0], self.disciplines[0])
        second = self._result(self.students[1], self.disciplines[0])
        self.env.flush_all()
        # The database lets a result be superseded once: by a stranger's, here.
        self.cr.execute(
            "UPDATE registrar_result SET superseded_by_id = %s WHERE id = %s",
            [second.id, first.id],
        )
        self.env.invalidate_all()
        problems = self._problems(first.entry_id.register_id, first.entry_id)
        self.assertIn("another place", str(problems))

    def test_discipline_over_several_terms_has_a_result_in_each(self):
        for term, day in ((self.autumn, AUTUMN_DAY), (self.spring, SPRING_DAY)):
            self._finish(self._sheet(self.training, term), [(90, 90, 90)] * 4, day)
        results = self._result(self.students[0], self.training)
        self.assertEqual(results.mapped("is_current"), [True, True])
        self.assertEqual(results.mapped("attempt"), [1, 1])
        self.assertEqual(results.mapped("in_gpa"), [False, False])

    def test_retake_supersedes_and_counts_the_attempt(self):
        discipline = self.disciplines[0]
        self._finish(
            self._sheet(discipline), [(40, 40, None), (70, 70, 70)] + [(90, 90, 90)] * 2
        )
        self._retake(self.students[0], (80, 80, 80))
        results = self._result(self.students[0], discipline)
        self.assertRecordValues(
            results,
            [
                {"letter": "F", "attempt": 1, "is_current": False},
                {"letter": "B", "attempt": 2, "is_current": True},
            ],
        )
        self.assertEqual(results[0].superseded_by_id, results[1])

    def test_better_result_may_count_after_studying_again(self):
        self.env.company.registrar_retake_policy = "best"
        discipline = self.disciplines[0]
        self._finish(
            self._sheet(discipline), [(70, 70, 70), (70, 70, 70)] + [(90, 90, 90)] * 2
        )
        self._retake(self.students[0], (60, 60, 60), "gpa_raise")
        worse = self._result(self.students[0], discipline)
        self.assertEqual(worse.mapped("is_current"), [True, False])
        self.assertEqual(worse[1].superseded_by_id, worse[0])
        register = worse.entry_id.register_id
        self.assertFalse(self._problems(register, worse.entry_id))

    # Debts

    def test_debts(self):
        discipline = self.disciplines[0]
        self._finish(
            self._sheet(discipline),
            [(90, 90, 40), (40, 40, None), (90, 90, "excused"), (90, 90, 90)],
        )
        self._finish(
            self._sheet(self.disciplines[1]),
            [(90, 90, 20), (90, 90, "unexcused"), (90, 90, 90), (90, 90, 90)],
        )
        debts = self.env["registrar.result"]._debts(self.students)
        self.assertEqual(
            [(d["student_id"], d["discipline_id"], d["kind"], d["way"]) for d in debts],
            [
                (self.students[0].id, discipline.id, "fx", "resit"),
                (self.students[0].id, self.disciplines[1].id, "failed", "restudy"),
                (self.students[1].id, discipline.id, "not_admitted", "restudy"),
                (self.students[1].id, self.disciplines[1].id, "absent", "restudy"),
                (self.students[2].id, discipline.id, "incomplete", "individual"),
            ],
        )
        self.assertEqual({d["failures"] for d in debts}, {0, 1})
        self.assertEqual(self.students[0].debt_count, 2)
        self.assertEqual(self.students[3].debt_count, 0)
        listed = self.env["registrar.debt"].search(
            [("student_id", "in", self.students.ids)]
        )
        self.assertEqual(len(listed), 5)
        # The term has not ended yet.
        self.assertFalse(
            self.env["registrar.result"]._debts(self.students, date(2026, 1, 16))
        )
        # Nothing is a debt before a sheet says so.
        self.assertFalse(
            [d for d in debts if d["discipline_id"] == self.disciplines[2].id]
        )

    def test_passed_retake_clears_the_debt(self):
        discipline = self.disciplines[0]
        self._finish(self._sheet(discipline), [(40, 40, None)] + [(90, 90, 90)] * 3)
        self.assertEqual(self.students[0].debt_count, 1)
        self._retake(self.students[0], (80, 80, 80))
        self.students.invalidate_recordset(["debt_count"])
        self.assertEqual(self.students[0].debt_count, 0)

    # Third failure

    def test_third_failure_proposes_expulsion(self):
        discipline = self.disciplines[0]
        results = self.env["registrar.result"]
        student = self.students[0]
        self._finish(self._sheet(discipline), [(90, 90, 40)] + [(90, 90, 90)] * 3)
        self.assertEqual(results._failures(student), {discipline.id: 1})
        resit = self.env["registrar.sheet"]._open_resits(
            self.autumn, [("discipline_id", "=", discipline.id)]
        )
        resit.action_open()
        self._finish(resit, [30], date(2026, 1, 15))
        self.assertEqual(results._failures(student), {discipline.id: 2})
        self.assertFalse(self._proposals(date(2026, 7, 10)))
        self._retake(student, (80, 80, 30))
        later = date(2027, 1, 20)
        self.assertEqual(results._failures(student, later), {discipline.id: 3})
        self.assertEqual(
            results._failures(self.students, later),
            {(student.id, discipline.id): 3},
        )
        [proposal] = self._proposals(date(2027, 1, 20))
        self.assertEqual(
            (proposal["student_id"], proposal["discipline_id"], proposal["count"]),
            (student.id, discipline.id, 3),
        )
        self.assertEqual(proposal["result_ids"], self._result(student, discipline).ids)
        self.assertRegex(
            proposal["reason"], r"3 failures in .*TST 1101.*FX on 10\.01\.2026"
        )
        # As of an earlier day there were two.
        self.assertFalse(self._proposals(date(2026, 7, 10)))
        # Nobody is registered for the discipline once more.
        year = self._retake_year()
        self.assertFalse(
            [
                vals
                for vals in self.env["registrar.study.plan"]._debt_lines(student, year)
                if vals["discipline_id"] == discipline.id and vals["attempt"] > 2
            ]
        )

    def test_who_has_left_is_not_proposed(self):
        self.test_third_failure_proposes_expulsion()
        entry = self._entry(date(2027, 1, 16))
        self.students[0]._move(date(2027, 1, 16), {}, "own_wish", _Document(entry))
        self.assertFalse(self._proposals(date(2027, 1, 20)))
        self.assertTrue(self._proposals(date(2027, 1, 15)))

    def _proposals(self, day):
        with freeze_time(day):
            found = self.env["registrar.result"]._expulsion_proposals(day)
        return [f for f in found if f["student_id"] in self.students.ids]

    def _retake(self, student, marks, line_type="retake"):
        """Let one student study the first discipline again in the next autumn."""
        discipline = self.disciplines[0]
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
            self.env["registrar.study.plan.line"].create(
                {
                    "plan_id": plan.id,
                    "discipline_id": discipline.id,
                    "term_id": autumn.id,
                    "line_type": line_type,
                }
            )
            plan.sudo().write({"state": "dean", "document_date": "2026-09-03"})
            plan.action_register()
            self.env["registrar.class.group"]._form(autumn).write(
                {"teacher_id": self.teacher_employee.id}
            )
        with freeze_time("2027-01-20"):
            sheet = self._sheet(discipline, autumn)
            self._finish(sheet, [marks], date(2027, 1, 15))
        return sheet

    def _problems(self, register, entries):
        return [
            problem
            for problem in register.verify_chain()
            if problem["entry_id"] in entries.ids
        ]


class _Document:
    """Stands for a document that is being registered."""

    def __init__(self, entry):
        self.entry_id = entry

    def sudo(self):
        return self
