from datetime import date

from freezegun import freeze_time

from odoo.exceptions import ValidationError

from .common import ADMISSION_DAY, OrdersCommon


@freeze_time("2026-07-01")
class TestStudentCardOfOrders(OrdersCommon):
    def test_an_order_stands_once_on_the_timeline(self):
        order = self._enrol(self.first)
        events = self.first.with_user(self.clerk)._timeline()
        self.assertEqual(
            [(event["kind"], event["model"], event["res_id"]) for event in events],
            [("arrival", "registrar.order", order.id)],
        )
        self.assertIn(f"/odoo/registrar.order/{order.id}", self._html(self.first))
        # whoever may not read orders sees the movement without a link
        html = self.first.with_user(self.adviser).timeline
        self.assertIn("fa-sign-in", html)
        self.assertNotIn("/odoo/registrar.order", html)

    def test_a_draft_is_no_event(self):
        self._admission(self.first)
        self.assertFalse(self.first.with_user(self.clerk)._timeline())

    def test_persons_of_a_draft_move_with_the_merge(self):
        order = self._admission(self.first)
        twin = self._create(
            "registrar.student", last_name="Ахметов", first_name="Айдар"
        )
        twin.with_user(self.clerk)._merge(self.first.with_user(self.clerk))
        self.assertEqual(order.line_ids.student_id, twin)

    def test_persons_of_a_registered_order_stay(self):
        order = self._enrol(self.first)
        leave = self._register_order(
            self._draft_order("expulsion", date(2026, 6, 1), self.first)
        )
        twin = self._create(
            "registrar.student", last_name="Ахметов", first_name="Айдар"
        )
        twin.with_user(self.clerk)._merge(self.first.with_user(self.clerk))
        self.assertEqual((order | leave).line_ids.student_id, self.first)
        self.assertEqual(
            [event["res_id"] for event in twin.with_user(self.clerk)._timeline()],
            [leave.id, order.id],
        )

    def test_order_keeps_the_names_of_its_day(self):
        order = self._enrol(self.third, document_date=ADMISSION_DAY)
        self.third.with_user(self.clerk).with_context(
            name_date=date(2026, 2, 14)
        ).last_name = "Петрова"
        table = order._print_table(order.section_ids, "ru")
        names = [row[1]["text"] for row in table["rows"]]
        self.assertEqual(names, ["Иванова Мария Петровна"])

    def test_names_in_cases(self):
        order_type = self._type("expulsion").with_user(self.head)
        order_type.section_ru = "Отчислить {student_accusative} {reason} с {date_from}."
        order_type.section_kk = "{student_accusative} {date_from} бастап {reason}."
        self._enrol(self.first | self.second)
        order = self._draft_order(
            "expulsion", date(2026, 6, 1), self.first | self.second
        )
        section = order.section_ids
        self.assertIn(
            "Отчислить Ахметова Айдара Серікұлы, Әлиеву Әсел Нұрланқызы",
            section.text_ru,
        )
        self.assertIn(
            "Ахметов Айдар Серікұлын, Әлиева Әсел Нұрланқызын", section.text_kk
        )
        order.line_ids.filtered(lambda line: line.student_id == self.second).unlink()
        self.assertNotIn("Әлиеву", section.text_ru)
        self.assertIn("Ахметова Айдара", section.text_ru)
        with self.assertRaises(ValidationError):
            order_type.preamble_ru = "{student_dative}"

    def _html(self, student):
        return student.with_user(self.clerk).timeline
