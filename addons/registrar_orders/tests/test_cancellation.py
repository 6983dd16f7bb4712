from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError

from .common import OrdersCommon


@freeze_time("2026-07-01")
class TestCancellation(OrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-07-01"):
            cls.admission = cls._enrol()
            cls.move = cls._register_order(
                cls._draft_order(
                    "funding_change",
                    date(2026, 3, 1),
                    cls.first | cls.second,
                    reason="funding_to_paid",
                )
            )

    def _cancellation(self, order):
        action = order.with_user(self.clerk).action_cancel_order()
        return (
            self.env["registrar.order"].with_user(self.clerk).browse(action["res_id"])
        )

    def test_cancel_restores_every_day(self):
        before = {
            student: student._state_at(date(2026, 2, 28))[student.id].funding
            for student in self.students
        }
        order = self._cancellation(self.move)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.cancels_id, self.move)
        self.assertEqual(order.line_ids.student_id, self.first | self.second)
        self.assertEqual(
            order.section_ids.text_ru,
            "Отменить действие приказа от 1 марта 2026 года № 2-т «Об изменении основы "
            "обучения» в отношении следующих лиц:",
        )
        self.assertEqual(
            order.section_ids.text_kk,
            "2026 жылғы 1 наурыздағы № 2-т «Оқу негізін өзгерту туралы» бұйрықтың күші "
            "мына тұлғаларға қатысты жойылсын:",
        )
        self._register_order(order)
        self.assertEqual(self.move.state, "cancelled")
        self.assertEqual(self.move.entry_id.state, "cancelled")
        self.assertEqual(self.move.entry_id.cancelled_by_id, order.entry_id)
        for day in (date(2026, 3, 1), date(2026, 7, 1)):
            states = self.students._state_at(day)
            for student, funding in before.items():
                self.assertEqual(states[student.id].funding, funding)
        self.assertEqual(set(self.students.mapped("funding")), {"grant"})
        self.assertFalse(self.register.verify_chain())

    def test_the_cancelled_rows_stay_as_a_trace(self):
        rows = self.env["registrar.enrolment"].search(
            [("entry_id", "=", self.move.entry_id.id)]
        )
        order = self._register_order(self._cancellation(self.move))
        self.assertEqual(rows.reversal_entry_id, order.entry_id)
        self.assertEqual(len(rows.exists()), 2)

    def test_later_movements_are_named(self):
        order = self._cancellation(self.admission)
        with self.assertRaises(UserError) as caught:
            order.action_agree()
        text = str(caught.exception)
        for student in (self.first, self.second):
            self.assertIn(student.full_name, text)
        self.assertNotIn(self.third.full_name, text)
        self.assertIn("2-т", text)
        self.assertEqual(self.admission.state, "registered")

    def test_from_the_last_back(self):
        self._register_order(self._cancellation(self.move))
        self._register_order(self._cancellation(self.admission))
        self.assertEqual(self.admission.state, "cancelled")
        self.assertEqual(set(self.students.mapped("status")), {"none"})
        again = self._enrol(self.first)
        self.assertEqual(self.first.status, "studying")
        self.assertEqual(again.number, "5-т")

    def test_movement_between_draft_and_registration(self):
        order = self._cancellation(self.move)
        order.action_agree()
        self._register_order(
            self._draft_order(
                "expulsion", date(2026, 6, 1), self.first, reason="own_wish"
            )
        )
        with self.assertRaisesRegex(UserError, "Ахметов Айдар.*later movement"):
            order.with_user(self.head).action_register()
        self.assertEqual(self.move.state, "registered")

    def test_for_some_persons(self):
        order = self._cancellation(self.move)
        order.line_ids.filtered(lambda li: li.student_id == self.first).unlink()
        self._register_order(order)
        self.assertEqual(self.first.funding, "paid")
        self.assertEqual(self.second.funding, "grant")
        self.assertEqual(self.move.state, "registered")
        rest = self._cancellation(self.move)
        self.assertEqual(rest.line_ids.student_id, self.first)
        self._register_order(rest)
        self.assertEqual(self.move.state, "cancelled")
        self.assertEqual(self.first.funding, "grant")

    def test_one_draft_at_a_time(self):
        order = self._cancellation(self.move)
        self.assertEqual(self._cancellation(self.move), order)

    def test_refusals(self):
        draft = self._admission(self.first)
        with self.assertRaisesRegex(UserError, "nothing to cancel"):
            draft.action_cancel_order()
        order = self._register_order(self._cancellation(self.move))
        with self.assertRaisesRegex(UserError, "nothing to cancel"):
            self.move.with_user(self.clerk).action_cancel_order()
        with self.assertRaisesRegex(UserError, "is not cancelled"):
            order.with_user(self.clerk).action_cancel_order()
        with self.assertRaises(ValidationError):
            self._draft_order("cancellation", date(2026, 7, 1), self.first)

    def test_group_goes_back_to_its_year(self):
        for student in self.students:
            self._gpa(student, 3.0)
        order = self._register_order(
            self._draft_order(
                "course_transfer",
                date(2026, 7, 1),
                self.students,
                year_id=self.year.id,
            )
        )
        self.assertEqual(self.group.course, 2)
        self._register_order(self._cancellation(order))
        self.assertEqual(self.group.course, 1)
