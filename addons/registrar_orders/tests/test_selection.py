from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError

from odoo.addons.registrar_exams.tests.common import (
    AUTUMN_DAY,
    SPRING_DAY,
    ExamsCommon,
)

from .common import OrdersCommon


@freeze_time("2026-07-01")
class TestTransferSelection(OrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-07-01"):
            cls._enrol()
        for student, gpa in zip(cls.students, (3.5, 1.5, 2.4, 3.0), strict=True):
            cls._gpa(student, gpa)

    def _selection(self, **values):
        return (
            self.env["registrar.order.selection"]
            .with_user(self.clerk)
            .create(
                {
                    "purpose": "transfer",
                    "effective_date": date(2026, 7, 1),
                    "year_id": self.year.id,
                    "group_id": self.group.id,
                    **values,
                }
            )
        )

    def _debts(self, owed):
        """Let students owe disciplines, by student: what the exams would answer."""
        rows = [
            {
                "student_id": student.id,
                "discipline_id": discipline.id,
            }
            for student, disciplines in owed.items()
            for discipline in disciplines
        ]
        return patch.object(
            type(self.env["registrar.result"]),
            "_debts",
            lambda model, students=None, date=None: [
                row
                for row in rows
                if students is None or row["student_id"] in students.ids
            ],
        )

    def test_decisions_with_reasons(self):
        selection = self._selection()
        with self._debts({self.third: self.disciplines[:2]}):
            selection.action_select()
        found = {line.student_id: line for line in selection.line_ids}
        self.assertEqual(
            {student: line.decision for student, line in found.items()},
            {
                self.first: "transfer",
                self.second: "repeat",
                self.third: "transfer_with_debts",
                self.fourth: "transfer",
            },
        )
        self.assertTrue(all(selection.line_ids.mapped("included")))
        third = found[self.third]
        self.assertEqual(third.debts, "TST 1101, TST 1102")
        self.assertEqual(third.reasons, "the transfer score is reached; has debts")
        self.assertEqual(found[self.second].gpa, 1.5)
        self.assertEqual(found[self.second].transfer_score, 1.8)
        self.assertIn("Repeat year: 1", selection.summary)

    def test_orders_from_the_selection(self):
        selection = self._selection()
        with self._debts({self.third: self.disciplines[:1]}):
            selection.action_select()
            selection.action_make_orders()
            orders = {order.type_id.code: order for order in selection.order_ids}
            self.assertEqual(set(orders), {"course_transfer", "repeat_year"})
            transfer = orders["course_transfer"]
            self.assertEqual(transfer.author_id, self.clerk)
            self.assertEqual(
                transfer.line_ids.student_id, self.first | self.third | self.fourth
            )
            self.assertEqual(transfer.year_id, self.year)
            texts = transfer.section_ids.mapped("text_ru")
            self.assertEqual(len(texts), 2)
            self.assertTrue(any("выполнивших учебный план" in text for text in texts))
            self.assertTrue(
                any("повторным изучением на платной основе" in text for text in texts)
            )
            for order in orders.values():
                self._register_order(order)
        self.assertRecordValues(
            self.students,
            [
                {"course": 2, "funding": "grant"},
                {"course": 1, "funding": "paid"},
                {"course": 2, "funding": "grant"},
                {"course": 2, "funding": "grant"},
            ],
        )
        self.assertEqual(selection.line_ids.order_id, selection.order_ids)

    def test_policy_without_debts(self):
        selection = self._selection(with_debts=False)
        with self._debts({self.first: self.disciplines[:1]}):
            selection.action_select()
        line = selection.line_ids.filtered(lambda li: li.student_id == self.first)
        self.assertEqual(line.decision, "repeat")
        self.assertIn("no transfer with debts", line.reasons)

    def test_before_the_summer_semester(self):
        selection = self._selection(after_summer=False)
        selection.action_select()
        line = selection.line_ids.filtered(lambda li: li.student_id == self.second)
        self.assertEqual(line.decision, "summer")
        self.assertFalse(line.included)

    def test_own_score_of_the_year(self):
        self._create(
            "registrar.transfer.score",
            year_id=self.year.id,
            level="bachelor",
            course=1,
            min_gpa=3.2,
        )
        selection = self._selection()
        selection.action_select()
        self.assertEqual(
            selection.line_ids.filtered(
                lambda li: li.decision == "transfer"
            ).student_id,
            self.first,
        )

    def test_on_leave_is_not_considered(self):
        self._register_order(
            self._draft_order(
                "academic_leave",
                date(2026, 3, 1),
                self.fourth,
                end_date=date(2027, 1, 31),
            )
        )
        selection = self._selection()
        selection.action_select()
        line = selection.line_ids.filtered(lambda li: li.student_id == self.fourth)
        self.assertEqual(line.decision, "not_considered")
        self.assertFalse(line.included)
        line.included = True
        with self.assertRaisesRegex(UserError, "No order follows"):
            selection.action_make_orders()

    def test_who_stands_in_a_draft_is_left_out(self):
        self._draft_order(
            "course_transfer", date(2026, 7, 1), self.first, year_id=self.year.id
        )
        selection = self._selection()
        selection.action_select()
        line = selection.line_ids.filtered(lambda li: li.student_id == self.first)
        self.assertFalse(line.included)
        self.assertIn("draft order", line.reasons)

    def test_filters(self):
        selection = self._selection(
            group_id=False, student_ids=(self.first | self.second).ids
        )
        selection.action_select()
        self.assertEqual(selection.line_count, 2)
        for values in (
            {"course": 3},
            {"programme_id": self.other_programme.id},
            {"faculty_id": self.other_faculty.id},
            {"group_id": self.other_group.id},
        ):
            selection = self._selection(
                **{"group_id": False, "student_ids": self.students.ids, **values}
            )
            selection.action_select()
            self.assertFalse(selection.line_ids)

    def test_kept_with_the_orders(self):
        selection = self._selection()
        selection.action_select()
        selection.action_make_orders()
        with self.assertRaisesRegex(UserError, "kept with them"):
            selection.action_select()
        with self.assertRaisesRegex(UserError, "kept with them"):
            selection.line_ids[0].included = False
        with self.assertRaises(UserError):
            selection.line_ids.unlink()
        with self.assertRaises(UserError):
            selection.unlink()
        with self.assertRaises(UserError):
            selection.effective_date = date(2026, 8, 1)

    def test_decisions_are_not_typed(self):
        selection = self._selection()
        selection.action_select()
        with self.assertRaises(AccessError):
            selection.line_ids[0].decision = "transfer"
        with self.assertRaises(AccessError):
            selection.line_ids.create(
                {"selection_id": selection.id, "student_id": self.first.id}
            )

    def test_nobody_chosen(self):
        selection = self._selection()
        selection.action_select()
        selection.line_ids.action_exclude()
        with self.assertRaisesRegex(UserError, "Nobody is chosen"):
            selection.action_make_orders()


@freeze_time("2026-07-01")
class TestOtherSelections(OrdersCommon):
    def _select(self, purpose, **values):
        selection = (
            self.env["registrar.order.selection"]
            .with_user(self.clerk)
            .create(
                {
                    "purpose": purpose,
                    "effective_date": date(2026, 7, 1),
                    "student_ids": self.students.ids,
                    **values,
                }
            )
        )
        selection.action_select()
        return selection

    def test_third_failure_feeds_the_expulsion(self):
        self._enrol()
        entry = self._entry(date(2026, 6, 20))
        for number in range(1, 4):
            self._failure(self.first, self.disciplines[0], entry, number)
        for number in range(1, 3):
            self._failure(self.second, self.disciplines[0], entry, number)
        selection = self._select("expulsion")
        self.assertEqual(selection.line_ids.student_id, self.first)
        line = selection.line_ids
        self.assertEqual(line.decision, "expel")
        self.assertEqual(line.reasons, "third failure in one discipline")
        self.assertIn("TST 1101", line.note)
        self.assertEqual(line.debts, "TST 1101")
        selection.action_make_orders()
        order = selection.order_ids
        self.assertEqual(order.line_ids.kind_id.code, "academic_failure")
        self.assertIn("за академическую неуспеваемость", order.section_ids.text_ru)
        self.assertEqual(order.line_ids.debts, "TST 1101")
        self._register_order(order)
        self.assertEqual(self.first.status, "expelled")
        self.assertFalse(self._select("expulsion").line_ids)

    def test_no_return_from_leave(self):
        self._enrol(self.first | self.second)
        for student, last in (
            (self.first, date(2026, 6, 15)),
            (self.second, date(2026, 9, 1)),
        ):
            self._register_order(
                self._draft_order(
                    "academic_leave", date(2026, 3, 1), student, end_date=last
                )
            )
        selection = self._select("expulsion")
        self.assertEqual(selection.line_ids.student_id, self.first)
        self.assertIn("15.06.2026", selection.line_ids.note)
        selection.action_make_orders()
        self.assertEqual(
            selection.order_ids.line_ids.kind_id.code, "no_return_from_leave"
        )
        self._register_order(selection.order_ids)

    def test_enrolment(self):
        complete = self.first
        complete.write({"iin": "030515500008", "birth_date": date(2003, 5, 15)})
        selection = self._select(
            "enrolment",
            effective_date=date(2025, 8, 25),
            target_programme_id=self.programme.id,
            target_group_id=self.group.id,
            target_language="ru",
            target_funding="paid",
        )
        self.assertEqual(selection.line_ids.student_id, self.students)
        self.assertEqual(selection.line_ids.filtered("included").student_id, complete)
        missing = selection.line_ids.filtered(lambda li: li.student_id == self.second)
        self.assertIn("data of the person are missing", missing.reasons)
        selection.action_make_orders()
        self._register_order(selection.order_ids)
        self.assertEqual(complete.status, "studying")
        self.assertEqual(complete.funding, "paid")

    def _failure(self, student, discipline, entry, attempt):
        values = {
            "student_id": student.id,
            "discipline_id": discipline.id,
            "term_id": self.spring.id,
            "year_id": self.year.id,
            "entry_id": entry.id,
            "result_date": date(2026, 6, attempt),
            "score": 20,
            "letter": "F",
            "points": 0,
            "credits": 5,
            "passed": False,
            "in_gpa": True,
            "attempt": attempt,
            "resit_number": 0,
            "kind": "exam",
        }
        return self.env["registrar.result"].sudo().create(values)


@freeze_time("2026-07-10")
class TestYear(OrdersCommon, ExamsCommon):
    """From registered sheets to orders: nothing is pretended."""

    def test_results_decide(self):
        marks = {
            # rating 1, rating 2, exam of each discipline
            self.first: [(90, 90, 90)] * 4,
            self.second: [(60, 60, 55)] * 4,
            self.third: [(95, 95, 95), (95, 95, 95), (95, 95, 95), (70, 70, 10)],
            self.fourth: [(80, 80, 80)] * 4,
        }
        for index, discipline in enumerate(self.disciplines):
            term, day = (
                (self.autumn, AUTUMN_DAY) if index < 2 else (self.spring, SPRING_DAY)
            )
            sheet = self._sheet(discipline, term)
            self._finish(
                sheet,
                [marks[line.student_id][index] for line in sheet.line_ids],
                day,
            )
        selection = (
            self.env["registrar.order.selection"]
            .with_user(self.clerk)
            .create(
                {
                    "purpose": "transfer",
                    "effective_date": date(2026, 7, 10),
                    "year_id": self.year.id,
                    "student_ids": self.students.ids,
                }
            )
        )
        selection.action_select()
        found = {line.student_id: line for line in selection.line_ids}
        self.assertEqual(
            [found[student].decision for student in self.students],
            ["transfer", "repeat", "transfer_with_debts", "transfer"],
        )
        self.assertEqual(found[self.third].debts, "TST 1104")
        self.assertEqual(found[self.first].debt_count, 0)
        self.assertEqual(found[self.first].credits_earned, 20)
        selection.action_make_orders()
        for order in selection.order_ids:
            self._register_order(order)
        self.assertEqual(self.students.mapped("course"), [2, 1, 2, 2])
        self.assertEqual(self.second.funding, "paid")
        self.assertFalse(self.register.verify_chain())
