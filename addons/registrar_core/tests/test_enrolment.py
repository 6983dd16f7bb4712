from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import Entry, RegistrarCommon

REFUSALS = mute_logger("odoo.sql_db")


@tagged("post_install", "-at_install")
@freeze_time("2026-07-01")
class TestEnrolment(RegistrarCommon):
    def _seal(self, entry):
        entry.digest = "0" * 64
        self.env.flush_all()

    def test_admitted_student_studies(self):
        rows = self._admit()
        self.assertEqual(len(rows), 4)
        self.assertRecordValues(
            self.students[:1],
            [
                {
                    "status": "studying",
                    "course": 1,
                    "group_id": self.group.id,
                    "programme_id": self.programme.id,
                    "faculty_id": self.faculty.id,
                    "admission_date": date(2025, 8, 25),
                }
            ],
        )

    def test_state_of_any_past_day(self):
        self._admit(self.students[:1])
        student = self.students[0]
        entry = self._entry(date(2026, 6, 30))
        student._move(date(2026, 7, 1), {"course": 2}, "course_transfer", Entry(entry))
        before = student._state_at(date(2026, 6, 30))[student.id]
        after = student._state_at(date(2026, 7, 1))[student.id]
        self.assertEqual((before.course, after.course), (1, 2))
        self.assertEqual(before.date_to, after.date_from)
        self.assertFalse(student._state_at(date(2025, 8, 24)))

    def test_future_movement_does_not_change_today(self):
        self._admit(self.students[:1])
        student = self.students[0]
        entry = self._entry(date(2026, 7, 1))
        student._move(date(2026, 9, 1), {}, "own_wish", Entry(entry))
        self.assertEqual(student.status, "studying")
        with freeze_time("2026-09-01"):
            student._cron_refresh_state()
            self.assertEqual(student.status, "expelled")

    def test_double_enrolment_is_refused(self):
        self._admit(self.students[:1])
        with self.assertRaisesRegex(UserError, "already enrolled"):
            self._admit(self.students[:1], day=date(2025, 9, 1))

    def test_movement_before_a_later_one_is_refused(self):
        self._admit(self.students[:1])
        with self.assertRaisesRegex(UserError, "later"):
            self.students[0]._move(
                date(2025, 8, 1),
                {"course": 2},
                "course_transfer",
                Entry(self._entry(date(2025, 8, 1))),
            )

    def test_who_is_not_enrolled_cannot_be_moved(self):
        with self.assertRaisesRegex(UserError, "not enrolled"):
            self.students[0]._move(
                date(2026, 1, 1), {}, "own_wish", Entry(self._entry(date(2026, 1, 1)))
            )

    def test_one_student_twice_in_a_document_is_refused(self):
        with self.assertRaisesRegex(UserError, "twice"):
            self._admit(self.students[0] + self.students[0])

    def test_return_needs_leave(self):
        self._admit(self.students[:1])
        with self.assertRaisesRegex(UserError, "not on academic leave"):
            self.students[0]._move(
                date(2026, 1, 1),
                {},
                "leave_return",
                Entry(self._entry(date(2026, 1, 1))),
            )

    def test_database_refuses_overlapping_states(self):
        rows = self._admit(self.students[:1])
        with REFUSALS, self.assertRaises(IntegrityError), self.cr.savepoint():
            self.cr.execute(
                """
                INSERT INTO registrar_enrolment
                       (student_id, date_from, kind_id, status, entry_id)
                SELECT student_id, date '2026-01-01', kind_id, 'studying', entry_id
                  FROM registrar_enrolment WHERE id = %s
                """,
                rows.ids,
            )

    def test_database_refuses_to_change_a_registered_row(self):
        entry_rows = self._admit(self.students[:1])
        self._seal(entry_rows.entry_id)
        statements = (
            "UPDATE registrar_enrolment SET course = 3 WHERE id = %s",
            "UPDATE registrar_enrolment SET date_from = '2024-09-01' WHERE id = %s",
            "DELETE FROM registrar_enrolment WHERE id = %s",
            "INSERT INTO registrar_enrolment (student_id, date_from, kind_id, status,"
            " entry_id, reversal_entry_id) SELECT student_id, '2020-01-01', kind_id,"
            " status, entry_id, entry_id FROM registrar_enrolment WHERE id = %s",
        )
        for statement in statements:
            with self.subTest(statement), REFUSALS, self.assertRaises(IntegrityError):
                with self.cr.savepoint():
                    self.cr.execute(statement, entry_rows.ids)

    def test_registered_row_may_be_closed(self):
        rows = self._admit(self.students[:1])
        self._seal(rows.entry_id)
        self.students[0]._move(
            date(2026, 6, 30), {}, "own_wish", Entry(self._entry(date(2026, 6, 30)))
        )
        self.assertEqual(rows.date_to, date(2026, 6, 30))

    def test_rows_cannot_be_deleted_or_written_by_anybody(self):
        rows = self._admit(self.students[:1])
        with self.assertRaises(UserError):
            rows.unlink()
        with self.assertRaises(AccessError):
            rows.with_user(self.head).write({"course": 4})

    def test_reversal_restores_the_state_and_leaves_a_trace(self):
        self._admit(self.students[:2])
        entry = self._entry(date(2026, 6, 30))
        moved = self.students[:2]._move(
            date(2026, 7, 1), {"course": 2}, "course_transfer", Entry(entry)
        )
        self.assertEqual(self.students[0].course, 2)
        moved._reverse(Entry(self._entry(date(2026, 7, 1))))
        self.assertEqual(self.students[0].course, 1)
        self.assertTrue(moved[0].exists())
        self.assertTrue(moved[0].reversal_entry_id)
        self.assertEqual(
            self.students[0]._state_at(date(2026, 7, 1))[self.students[0].id].course, 1
        )

    def test_reversal_is_refused_where_later_movements_stand(self):
        rows = self._admit(self.students[:1])
        self.students[0]._move(
            date(2026, 6, 1), {}, "leave_medical", Entry(self._entry(date(2026, 6, 1)))
        )
        with self.assertRaisesRegex(UserError, "Ахметов"):
            rows._reverse(Entry(self._entry(date(2026, 6, 2))))

    def test_contingent_as_of_a_day(self):
        self._admit()
        self.students[0]._move(
            date(2025, 9, 15), {}, "own_wish", Entry(self._entry(date(2025, 9, 15)))
        )
        self.students[1]._move(
            date(2025, 9, 20),
            {},
            "leave_medical",
            Entry(self._entry(date(2025, 9, 20))),
        )
        ledger = self.env["registrar.enrolment"]
        own = [("programme_id", "=", self.programme.id)]
        count = lambda day, **kw: ledger._contingent(day, domain=own, **kw)[0]["count"]  # noqa: E731
        self.assertEqual(count("2025-08-24"), 0)
        self.assertEqual(count("2025-09-14"), 4)
        self.assertEqual(count("2025-10-01"), 3)
        self.assertEqual(count("2025-10-01", active_only=True), 2)
        by_gender = {
            row["gender"]: row["count"]
            for row in ledger._contingent("2025-09-14", ["gender"], own)
        }
        self.assertEqual(by_gender, {"male": 2, "female": 2})

    def test_contingent_is_one_query(self):
        self._admit()
        ledger = self.env["registrar.enrolment"]
        ledger._contingent("2025-10-01", ["course"])
        with self.assertQueryCount(1):
            ledger._contingent("2025-10-01", ["course", "gender", "level"])

    def test_unknown_dimension_is_refused(self):
        with self.assertRaises(ValueError):
            self.env["registrar.enrolment"]._contingent("2025-10-01", ["iin; DROP"])

    def test_movement_balances_for_every_segment(self):
        self._admit()
        first, second, third, _fourth = self.students
        first._move(
            date(2025, 10, 5), {}, "own_wish", Entry(self._entry(date(2025, 10, 5)))
        )
        second._move(
            date(2025, 11, 1),
            {"funding": "paid"},
            "funding_to_paid",
            Entry(self._entry(date(2025, 11, 1))),
        )
        third._move(
            date(2025, 12, 1),
            {},
            "leave_medical",
            Entry(self._entry(date(2025, 12, 1))),
        )
        own = [("programme_id", "=", self.programme.id)]
        rows = self.env["registrar.enrolment"]._movement(
            "2025-09-01", "2026-01-31", ["funding"], own
        )
        by_funding = {row["funding"]: row for row in rows}
        for row in rows:
            self.assertEqual(
                row["end"],
                row["start"]
                + sum(row["arrivals"].values())
                - sum(row["departures"].values())
                + row["moved_in"]
                - row["moved_out"],
            )
        self.assertEqual(by_funding["grant"]["start"], 4)
        self.assertEqual(by_funding["grant"]["moved_out"], 1)
        self.assertEqual(by_funding["paid"]["moved_in"], 1)
        self.assertEqual(by_funding["grant"]["leave_out"], 1)
        self.assertEqual(by_funding["grant"]["end"], 2)

    def test_movement_of_one_programme_sees_those_who_left_for_another(self):
        self._admit(self.students[:1])
        other = self.programme.copy({"code": "6T06104"})
        group = self.group.copy(
            {"name": "ДР-25-1р", "programme_id": other.id, "curriculum_id": False}
        )
        self.students[0]._move(
            date(2025, 10, 5),
            {"programme_id": other.id, "group_id": group.id},
            "programme_change",
            Entry(self._entry(date(2025, 10, 5))),
        )
        (row,) = self.env["registrar.enrolment"]._movement(
            "2025-09-01",
            "2025-12-31",
            domain=[("programme_id", "=", self.programme.id)],
        )
        self.assertEqual((row["start"], row["moved_out"], row["end"]), (1, 1, 0))
        self.assertFalse(row["departures"])

    def test_queries_do_not_grow_with_the_students(self):
        """A movement of many costs as many queries as a movement of few."""
        self._admit()
        self.env.flush_all()
        entry = Entry(self._entry(date(2026, 1, 1)))
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.students[:1]._move(
            date(2026, 1, 1), {"course": 2}, "course_transfer", entry
        )
        one = self.cr.sql_log_count - before
        before = self.cr.sql_log_count
        self.students[1:]._move(
            date(2026, 1, 1), {"course": 2}, "course_transfer", entry
        )
        self.assertLessEqual(self.cr.sql_log_count - before, one)


@tagged("post_install", "-at_install")
class TestStudent(RegistrarCommon):
    def test_wrong_iin_is_refused_with_the_reason(self):
        for iin, reason in (
            ("030515500009", "check"),
            ("03051550000", "12 digits"),
            ("03051550000А", "digits only"),
            ("031315500008", "date of birth"),
        ):
            with self.subTest(iin), self.assertRaisesRegex(ValidationError, reason):
                self.students[0].iin = iin

    def test_iin_passes_in_both_rounds(self):
        self.students[0].iin = "030515500008"
        self.students[1].iin = "030515500900"

    def test_iin_of_another_sex_is_flagged_not_refused(self):
        student = self.students[1]
        student.write({"iin": "030515500900", "birth_date": date(2003, 5, 15)})
        self.assertIn("sex", student.iin_anomaly)
        student.gender = "male"
        self.assertFalse(student.iin_anomaly)

    def test_sex_of_a_foreigner_is_not_compared(self):
        student = self.students[1]
        student.write(
            {"iin": "030515500900", "citizenship_id": self.env.ref("base.uz").id}
        )
        self.assertFalse(student.iin_anomaly)

    def test_one_iin_belongs_to_one_student(self):
        self.students[0].iin = "030515500008"
        with REFUSALS, self.assertRaises(IntegrityError), self.cr.savepoint():
            self.students[3].iin = "030515500008"
            self.env.flush_all()

    def test_students_stand_in_kazakh_alphabetical_order(self):
        ordered = self.env["registrar.student"].search(
            [("id", "in", self.students.ids)]
        )
        self.assertEqual(
            ordered.mapped("last_name"), ["Ахметов", "Әлиева", "Иванова", "Қасымов"]
        )

    def test_name_of_the_partner_follows(self):
        self.students[0].with_user(self.clerk).last_name = "Ахмет"
        self.assertEqual(self.students[0].partner_id.name, "Ахмет Айдар Серікұлы")
        self.assertEqual(self.students[0].short_name, "Ахмет А. С.")

    def test_state_is_not_written_by_hand(self):
        with self.assertRaisesRegex(UserError, "registered document"):
            self.students[0].with_user(self.head).write({"status": "graduated"})
        with self.assertRaisesRegex(UserError, "registered document"):
            self.env["registrar.student"].with_user(self.head).create(
                {"last_name": "А", "first_name": "Б", "course": 2}
            )

    def test_student_with_history_is_not_deleted(self):
        self._admit(self.students[:1])
        with self.assertRaises(UserError):
            self.students[0].with_user(self.head).unlink()

    def test_teacher_and_adviser_do_not_see_iin_and_benefits(self):
        self._admit()
        for user in (self.teacher, self.adviser, self.viewer):
            names = self.env["registrar.student"].with_user(user).fields_get()
            self.assertNotIn("iin", names)
            self.assertNotIn("birth_date", names)
            self.assertNotIn("social_category_ids", names)
        self.assertNotIn(
            "social_category_ids",
            self.env["registrar.student"].with_user(self.dean).fields_get(),
        )

    def test_who_sees_which_students(self):
        self._admit()
        foreigner = self.students[3]
        foreigner.citizenship_id = self.env.ref("base.uz")
        model = self.env["registrar.student"]
        own = [("id", "in", self.students.ids)]
        everybody = self.students
        expected = {
            self.viewer: everybody,
            self.clerk: everybody,
            self.head: everybody,
            self.archivist: everybody,
            self.dean: everybody,
            self.adviser: everybody,
            self.teacher: model,
            self.military: everybody - foreigner,
            self.migration: foreigner,
        }
        for user, students in expected.items():
            with self.subTest(user.name):
                self.assertEqual(model.with_user(user).search(own), students)
        self.dean_employee.department_id = self.other_faculty
        self.env.invalidate_all()
        self.assertFalse(model.with_user(self.dean).search(own))

    def test_portal_student_sees_only_the_own_record(self):
        user = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "portal_student_test",
                "partner_id": self.students[0].partner_id.id,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )
        seen = self.env["registrar.student"].with_user(user).search([])
        self.assertEqual(seen, self.students[0])
        with self.assertRaises(AccessError):
            self.students[1].with_user(user).read(["full_name"])
