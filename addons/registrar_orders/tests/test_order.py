from datetime import date

import psycopg2
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import ADMISSION_DAY, OrdersCommon


@freeze_time("2026-07-01")
class TestOrderFlow(OrdersCommon):
    def test_enrolment(self):
        order = self._admission()
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.number)
        self.assertEqual(order.year_id, self.year)
        self.assertRecordValues(
            order.line_ids,
            [
                {
                    "kind_id": self._kind("admission").id,
                    "effective_date": ADMISSION_DAY,
                    "programme_id": self.programme.id,
                    "group_id": self.group.id,
                    "course": 1,
                    "study_form": "full_time",
                    "language": "ru",
                    "funding": "grant",
                    "old_programme_id": False,
                    "old_status": False,
                    "faculty_id": self.faculty.id,
                    "old_faculty_id": False,
                }
            ]
            * 4,
        )
        self.assertEqual(self.first.status, "none")
        order = self._register_order(order)
        self.assertEqual(order.state, "registered")
        self.assertEqual(order.number, "1-т")
        self.assertTrue(order.digest)
        self.assertRecordValues(
            self.students,
            [
                {
                    "status": "studying",
                    "group_id": self.group.id,
                    "programme_id": self.programme.id,
                    "course": 1,
                    "funding": "grant",
                    "admission_date": ADMISSION_DAY,
                }
            ]
            * 4,
        )
        self.assertEqual(order.row_count, 4)
        self.assertFalse(self.register.verify_chain())

    def test_whole_life(self):
        """Enrolment, transfer, leave, return, expulsion; every day can be asked."""
        self._enrol(self.first)
        self._gpa(self.first, 3.2)
        transfer = self._draft_order(
            "course_transfer",
            date(2026, 6, 20),
            self.first,
            year_id=self.year.id,
        )
        self.assertEqual(transfer.line_ids.decision, "transfer")
        self._register_order(transfer)
        leave = self._draft_order(
            "academic_leave",
            date(2026, 6, 22),
            self.first,
            reason="leave_medical",
            end_date=date(2026, 6, 25),
        )
        self._register_order(leave)
        back = self._draft_order("leave_return", date(2026, 6, 26), self.first)
        self._register_order(back)
        expulsion = self._draft_order(
            "expulsion", date(2026, 6, 30), self.first, reason="own_wish"
        )
        self._register_order(expulsion)
        expected = {
            date(2025, 8, 24): None,
            date(2025, 8, 25): ("studying", 1),
            date(2026, 6, 19): ("studying", 1),
            date(2026, 6, 20): ("studying", 2),
            date(2026, 6, 22): ("leave", 2),
            date(2026, 6, 26): ("studying", 2),
            date(2026, 6, 30): ("expelled", 2),
        }
        for day, state in expected.items():
            row = self.first._state_at(day).get(self.first.id)
            with self.subTest(day=day):
                self.assertEqual(row and (row.status, row.course), state)
        self.assertEqual(self.first.status, "expelled")
        self.assertEqual(self.first.with_user(self.clerk).order_count, 5)
        self.assertEqual(
            [row["count"] for row in self._contingent(date(2026, 6, 29))], [1]
        )
        self.assertEqual(sum(r["count"] for r in self._contingent(date(2026, 7, 1))), 0)
        self.assertFalse(self.register.verify_chain())

    def test_future_order_does_not_change_today(self):
        self._enrol(self.first)
        order = self._register_order(
            self._draft_order(
                "expulsion", date(2026, 9, 1), self.first, reason="own_wish"
            )
        )
        self.assertEqual(order.document_date, date(2026, 7, 1))
        self.assertEqual(self.first.status, "studying")
        with freeze_time("2026-09-01"):
            self.env["registrar.student"]._cron_refresh_state()
            self.assertEqual(self.first.status, "expelled")

    def test_transfers_without_code(self):
        """Group, programme, form, language and funding: one generic effect."""
        self._enrol(self.first)
        second_group = self._create(
            "registrar.group",
            name="ИС-25-2р",
            programme_id=self.programme.id,
            intake_year_id=self.year.id,
            language="ru",
            study_form="full_time",
            course=1,
        )
        steps = (
            ("group_transfer", None, {"group_id": second_group.id}),
            (
                "programme_transfer",
                None,
                {
                    "programme_id": self.other_programme.id,
                    "group_id": self.other_group.id,
                },
            ),
            ("form_transfer", None, {"study_form": "part_time", "group_id": False}),
            ("language_transfer", None, {"language": "kk", "group_id": False}),
            ("funding_change", "funding_to_paid", {}),
            ("funding_change", "funding_to_grant", {}),
        )
        for day, (code, reason, values) in enumerate(steps, start=1):
            order = self._register_order(
                self._draft_order(
                    code, date(2026, 2, day), self.first, reason=reason, **values
                )
            )
            self.assertEqual(order.row_count, 1)
        rows = self.first.enrolment_ids.sorted("date_from")
        self.assertEqual(rows.mapped("funding"), ["grant"] * 5 + ["paid", "grant"])
        self.assertEqual(self.first.programme_id, self.other_programme)
        self.assertEqual(self.first.study_form, "part_time")
        self.assertEqual(self.first.language, "kk")
        self.assertEqual(self.first.faculty_id, self.other_faculty)

    def test_funding_change_during_leave_does_not_end_it(self):
        self._enrol(self.first)
        self._register_order(
            self._draft_order(
                "academic_leave",
                date(2026, 3, 1),
                self.first,
                end_date=date(2027, 2, 28),
            )
        )
        self._register_order(
            self._draft_order(
                "funding_change",
                date(2026, 4, 1),
                self.first,
                reason="funding_to_paid",
            )
        )
        self.assertEqual(self.first.status, "leave")
        self.assertEqual(self.first.funding, "paid")

    def test_prolonged_leave(self):
        self._enrol(self.first)
        with self.assertRaisesRegex(UserError, "not on academic leave"):
            self._draft_order(
                "leave_prolongation",
                date(2026, 3, 1),
                self.first,
                end_date=date(2026, 9, 1),
            ).action_agree()
        self._register_order(
            self._draft_order(
                "academic_leave",
                date(2026, 3, 1),
                self.first,
                end_date=date(2026, 5, 31),
            )
        )
        self._register_order(
            self._draft_order(
                "leave_prolongation",
                date(2026, 6, 1),
                self.first,
                end_date=date(2026, 12, 31),
            )
        )
        self.assertEqual(self.first.status, "leave")

    def test_repeat_year_loses_the_grant(self):
        self._enrol(self.first | self.second)
        self._gpa(self.first, 1.2)
        self._gpa(self.second, 3.9)
        order = self._draft_order(
            "repeat_year",
            date(2026, 7, 1),
            self.first | self.second,
            year_id=self.year.id,
        )
        line = order.line_ids.filtered(lambda li: li.student_id == self.first)
        self.assertRecordValues(
            line,
            [
                {
                    "course": 1,
                    "funding": "paid",
                    "old_funding": "grant",
                    "decision": "repeat",
                    "gpa": 1.2,
                    "transfer_score": 1.8,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "Әлиева Әсел.*decision"):
            order.action_agree()
        (order.line_ids - line).unlink()
        self._register_order(order)
        self.assertEqual(self.first.funding, "paid")
        self.assertEqual(self.first.course, 1)
        self.assertEqual(self.group.course, 1)

    def test_group_follows_its_students(self):
        self._enrol()
        for student in self.students:
            self._gpa(student, 3.0)
        self._register_order(
            self._draft_order(
                "course_transfer",
                date(2026, 7, 1),
                self.students,
                year_id=self.year.id,
            )
        )
        self.assertEqual(self.group.course, 2)

    def test_exception_needs_a_ground(self):
        self._enrol(self.first)
        self._gpa(self.first, 1.0)
        order = self._draft_order(
            "course_transfer", date(2026, 7, 1), self.first, year_id=self.year.id
        )
        with self.assertRaisesRegex(UserError, "below the transfer score"):
            order.action_agree()
        order.line_ids.ground = "Решение учёного совета от 25.06.2026, протокол № 11"
        self._register_order(order)
        self.assertEqual(self.first.course, 2)

    def test_document_of_every_expulsion_reason(self):
        """All reasons of administrative.md §1.5 have words and documents."""
        kinds = self._type("expulsion").kind_ids
        self.assertEqual(len(kinds), 19)
        for kind in kinds:
            with self.subTest(kind=kind.code):
                self.assertTrue(kind.clause_kk and kind.clause_ru)
                self.assertTrue(kind.basis_kk and kind.basis_ru)
                self.assertTrue(kind.epvo_category)

    def _contingent(self, day):
        return self.env["registrar.enrolment"]._contingent(
            day, domain=[("student_id", "in", self.students.ids)]
        )

    def _kind(self, code):
        return self.env["registrar.movement.kind"].search([("code", "=", code)])


@freeze_time("2026-07-01")
class TestOrderRefusals(OrdersCommon):
    def test_double_enrolment(self):
        self._enrol(self.first)
        order = self._admission(self.first | self.second, day=date(2025, 9, 1))
        self.assertIn("already enrolled", order.problems)
        with self.assertRaisesRegex(UserError, "Ахметов Айдар.*already enrolled"):
            order.action_agree()
        self.assertEqual(order.state, "draft")
        self.assertEqual(self.second.status, "none")

    def test_earlier_than_the_last_movement(self):
        self._enrol(self.first)
        self._register_order(
            self._draft_order(
                "funding_change",
                date(2026, 3, 1),
                self.first,
                reason="funding_to_paid",
            )
        )
        order = self._draft_order(
            "expulsion", date(2026, 2, 1), self.first, reason="own_wish"
        )
        with self.assertRaisesRegex(UserError, "later movement.*03/01/2026.*2-т"):
            order.action_agree()

    def test_two_drafts_on_one_person(self):
        """The second order was drafted before the first took effect."""
        self._enrol(self.first)
        one = self._draft_order(
            "funding_change", date(2026, 3, 1), self.first, reason="funding_to_paid"
        )
        other = self._draft_order(
            "programme_transfer",
            date(2026, 3, 2),
            self.first,
            programme_id=self.other_programme.id,
            group_id=self.other_group.id,
        )
        other.action_agree()
        self._register_order(one)
        with self.assertRaisesRegex(UserError, "has changed since"):
            other.with_user(self.head).action_register()
        other.action_return()
        other.action_refresh()
        self.assertEqual(other.line_ids.old_funding, "paid")
        other.line_ids.funding = "paid"
        self._register_order(other)
        self.assertEqual(self.first.funding, "paid")

    def test_not_enrolled(self):
        for code, reason in (
            ("expulsion", "own_wish"),
            ("funding_change", "funding_to_paid"),
            ("leave_return", None),
        ):
            order = self._draft_order(code, date(2026, 3, 1), self.first, reason=reason)
            with (
                self.subTest(code=code),
                self.assertRaisesRegex(UserError, "not enrolled"),
            ):
                order.action_agree()

    def test_expulsion_during_leave(self):
        self._enrol(self.first)
        self._register_order(
            self._draft_order(
                "academic_leave",
                date(2026, 3, 1),
                self.first,
                end_date=date(2026, 6, 1),
            )
        )
        order = self._draft_order(
            "expulsion", date(2026, 4, 1), self.first, reason="academic_failure"
        )
        with self.assertRaisesRegex(UserError, "is on academic leave"):
            order.action_agree()
        self._register_order(
            self._draft_order(
                "expulsion", date(2026, 6, 2), self.first, reason="no_return_from_leave"
            )
        )
        self.assertEqual(self.first.status, "expelled")

    def test_particulars_of_reasons(self):
        self._enrol(self.first)
        order = self._draft_order(
            "expulsion", date(2026, 4, 1), self.first, reason="transfer_out"
        )
        with self.assertRaisesRegex(UserError, "other university"):
            order.action_agree()
        order.line_ids.institution = "КазНУ им. аль-Фараби"
        order.action_agree()
        leave = self._draft_order("academic_leave", date(2026, 4, 1), self.first)
        with self.assertRaisesRegex(UserError, "last day is not given"):
            leave.action_agree()
        leave.line_ids.end_date = date(2026, 3, 1)
        with self.assertRaisesRegex(UserError, "comes before"):
            leave.action_agree()

    def test_new_state_must_be_complete_and_consistent(self):
        order = self._admission(self.first, funding=False)
        with self.assertRaisesRegex(UserError, "funding is not given"):
            order.action_agree()
        order = self._admission(self.first, programme_id=self.other_programme.id)
        with self.assertRaisesRegex(UserError, "of another programme"):
            order.action_agree()
        order = self._admission(self.first, course=7)
        with self.assertRaisesRegex(UserError, "4 years of study, not 7"):
            order.action_agree()

    def test_nothing_changes(self):
        self._enrol(self.first)
        order = self._draft_order("group_transfer", date(2026, 2, 1), self.first)
        with self.assertRaisesRegex(UserError, "does not change"):
            order.action_agree()

    def test_reason_of_another_type(self):
        with self.assertRaisesRegex(ValidationError, "know no reason"):
            self._draft_order(
                "expulsion", date(2026, 2, 1), self.first, reason="admission"
            )

    def test_all_reasons_are_shown(self):
        self._enrol(self.first)
        order = self._admission(self.first | self.second, funding=False)
        with self.assertRaises(UserError) as caught:
            order.action_agree()
        text = str(caught.exception)
        self.assertIn("Ахметов Айдар", text)
        self.assertIn("Әлиева Әсел", text)

    def test_empty_order_without_basis_or_signatory(self):
        order = self._draft_order("enrolment", ADMISSION_DAY, [])
        with self.assertRaisesRegex(UserError, "no persons"):
            order.action_agree()
        order = self._admission(self.first)
        order.basis_ru = False
        with self.assertRaisesRegex(UserError, "basis"):
            order.action_agree()
        order.basis_ru = "протокол приёмной комиссии № 4"
        order.action_agree()
        self.rector.date_to = date(2020, 12, 31)
        order.sudo().signatory_id = False
        with self.assertRaisesRegex(UserError, "who signs"):
            order.with_user(self.head).action_register()

    def test_attachment_required_by_type(self):
        self._type("enrolment").attachment_required = True
        order = self._admission(self.first)
        with self.assertRaisesRegex(UserError, "attached"):
            order.action_agree()
        self.env["ir.attachment"].with_user(self.clerk).create(
            {
                "name": "scan.pdf",
                "raw": b"%PDF-1.4",
                "res_model": "registrar.order",
                "res_id": order.id,
            }
        )
        order.invalidate_recordset()
        order.action_agree()

    def test_the_same_person_twice(self):
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"):
            self._admission(self.first + self.first)

    def test_double_click(self):
        order = self._enrol(self.first)
        with self.assertRaisesRegex(UserError, "already registered"):
            order.action_register()
        self.assertEqual(order.row_count, 1)
        draft = self._admission(self.second)
        with self.assertRaisesRegex(UserError, "not passed the steps"):
            draft.with_user(self.head).action_register()

    def test_one_bad_person_stops_the_whole_order(self):
        order = self._admission()
        order.action_agree()
        self._enrol(self.first, day=date(2025, 8, 20))
        with self.assertRaises(UserError):
            order.with_user(self.head).action_register()
        self.assertEqual(self.second.status, "none")
        self.assertFalse(order.number)

    def test_agreed_order_is_closed(self):
        order = self._admission(self.first)
        order.action_agree()
        with self.assertRaisesRegex(UserError, "Return it to draft"):
            order.preamble_ru = "Иначе"
        with self.assertRaisesRegex(UserError, "Return it to draft"):
            order.line_ids.funding = "paid"
        with self.assertRaisesRegex(UserError, "Return it to draft"):
            order.section_ids.text_ru = "Иначе"
        with self.assertRaisesRegex(UserError, "Return it to draft"):
            order.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "Return it to draft"):
            order.unlink()
        order.action_return()
        order.line_ids.funding = "paid"

    def test_registered_order_is_closed(self):
        order = self._enrol(self.first)
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            order.basis_ru = "Иначе"
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            order.line_ids.funding = "paid"
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            order.section_ids.text_ru = "Иначе"
        with self.assertRaises(UserError):
            order.line_ids = [Command.create({"student_id": self.second.id})]
        with self.assertRaises(UserError):
            order.unlink()
        with self.assertRaises(UserError):
            order.copy()

    def test_database_protects_registered_orders(self):
        order = self._enrol(self.first)
        self.env.flush_all()
        statements = (
            ("UPDATE registrar_order SET basis_ru = 'x' WHERE id = %s", order.id),
            ("UPDATE registrar_order SET state = 'draft' WHERE id = %s", order.id),
            ("DELETE FROM registrar_order WHERE id = %s", order.id),
            (
                "UPDATE registrar_order_line SET funding = 'paid' WHERE order_id = %s",
                order.id,
            ),
            ("DELETE FROM registrar_order_line WHERE order_id = %s", order.id),
            (
                "UPDATE registrar_order_section SET text_ru = 'x' WHERE order_id = %s",
                order.id,
            ),
            (
                "INSERT INTO registrar_order_line (order_id, student_id, kind_id,"
                " effective_date) SELECT order_id, %s, kind_id, effective_date"
                " FROM registrar_order_line WHERE order_id = " + str(order.id),
                self.second.id,
            ),
            (
                "UPDATE registrar_enrolment SET funding = 'paid' WHERE student_id = %s",
                self.first.id,
            ),
        )
        for statement, argument in statements:
            with (
                self.subTest(statement=statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [argument])

    def test_forced_change_is_found(self):
        order = self._enrol(self.first)
        self.assertFalse(self.register.verify_chain())
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE registrar_order_line DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE registrar_order_line SET funding = 'paid' WHERE order_id = %s",
            [order.id],
        )
        self.env.cr.execute("ALTER TABLE registrar_order_line ENABLE TRIGGER USER")
        problems = self.register.verify_chain()
        self.assertEqual([p["number"] for p in problems], [order.number])
        self.assertIn("funding", problems[0]["problem"])


@freeze_time("2026-07-01")
class TestOrderDraft(OrdersCommon):
    def test_paragraphs_follow_the_persons(self):
        order = self._admission()
        self.assertEqual(len(order.section_ids), 1)
        section = order.section_ids
        self.assertEqual(
            section.text_ru,
            "Зачислить с 25 августа 2025 года в число обучающихся 1 курса по "
            "образовательной программе 6T06103 «Информационные системы» на основе "
            "государственного образовательного гранта следующих лиц:",
        )
        self.assertEqual(
            section.text_kk,
            "Мына тұлғалар 2025 жылғы 25 тамыздан бастап 6T06103 «Ақпараттық жүйелер» "
            "білім беру бағдарламасының 1-курс білім алушылары қатарына мемлекеттік "
            "білім беру гранты негізінде қабылдансын:",
        )
        section.text_ru = "Зачислить по-своему:"
        paid = order.line_ids.filtered(lambda li: li.student_id == self.second)
        paid.funding = "paid"
        self.assertEqual(len(order.section_ids), 2)
        self.assertEqual(section.text_ru, "Зачислить по-своему:")
        self.assertEqual(order.section_ids.mapped("sequence"), [1, 2])
        self.assertIn("на платной основе", paid.section_id.text_ru)
        self.assertEqual(section.line_ids | paid, order.line_ids)
        paid.unlink()
        self.assertEqual(order.section_ids, section)
        section.action_reset_texts()
        self.assertIn("Зачислить с 25 августа", section.text_ru)

    def test_texts_follow_type_and_year(self):
        order = self._draft_order(
            "course_transfer", date(2026, 7, 1), [], year_id=self.year.id
        )
        self.assertIn("по итогам 2025/2026 учебного года", order.preamble_ru)
        self.assertIn("2025/2026 оқу жылының қорытындысы бойынша", order.preamble_kk)
        self._enrol(self.first)
        order.line_ids = [Command.create({"student_id": self.first.id})]
        self.assertIn("2025/2026", order.section_ids.text_ru)
        order.year_id = self.next_year
        self.assertIn("2026/2027", order.preamble_ru)
        self.assertIn("2026/2027", order.section_ids.text_ru)

    def test_lines_follow_the_date_of_the_order(self):
        order = self._admission()
        own = order.line_ids[0]
        own.effective_date = date(2025, 9, 2)
        self.assertEqual(len(order.section_ids), 2)
        self.assertIn("со 2 сентября 2025 года", own.section_id.text_ru)
        order.effective_date = date(2025, 9, 1)
        self.assertEqual(own.effective_date, date(2025, 9, 2))
        self.assertEqual(
            set((order.line_ids - own).mapped("effective_date")), {date(2025, 9, 1)}
        )
        self.assertIn("2025 жылғы 1 қыркүйектен бастап", order.section_ids[0].text_kk)

    def test_leave_texts(self):
        self._enrol(self.first)
        order = self._draft_order(
            "academic_leave",
            date(2026, 2, 1),
            self.first,
            reason="leave_childcare",
            end_date=date(2027, 1, 31),
        )
        self.assertEqual(
            order.section_ids.text_ru,
            "Предоставить с 1 февраля 2026 года по 31 января 2027 года академический "
            "отпуск по уходу за ребёнком следующим обучающимся:",
        )
        self.assertEqual(
            order.section_ids.text_kk,
            "Мына білім алушыларға 2026 жылғы 1 ақпаннан бастап 2027 жылғы 31 "
            "қаңтарға дейін бала күтіміне байланысты академиялық демалыс берілсін:",
        )
        self.assertEqual(order.basis_ru, "заявление, свидетельство о рождении ребёнка")

    def test_basis_given_by_the_caller(self):
        order = self._admission(self.first, basis="протокол № 7")
        self.assertEqual((order.basis_kk, order.basis_ru), ("протокол № 7",) * 2)
        order = self._admission(
            self.second, basis={"kk": "№ 7 хаттама", "ru": "протокол № 7"}
        )
        self.assertEqual(order.basis_kk, "№ 7 хаттама")

    def test_form(self):
        """What a clerk does on the screen."""
        self._enrol(self.first)
        self._gpa(self.first, 2.5)
        form = Form(self.env["registrar.order"].with_user(self.clerk))
        form.type_id = self._type("course_transfer")
        form.effective_date = date(2026, 7, 1)
        form.year_id = self.year
        with form.line_ids.new() as line:
            line.student_id = self.first
            self.assertEqual(line.course, 2)
            self.assertEqual(line.group_id, self.group)
        order = form.save()
        self.assertEqual(order.author_id, self.clerk)
        self.assertRecordValues(
            order.line_ids,
            [{"old_course": 1, "course": 2, "decision": "transfer", "gpa": 2.5}],
        )
        order.action_agree()

    def test_form_of_enrolment(self):
        form = Form(self.env["registrar.order"].with_user(self.clerk))
        form.type_id = self._type("enrolment")
        form.effective_date = ADMISSION_DAY
        with form.line_ids.new() as line:
            line.student_id = self.first
            line.group_id = self.group
            self.assertEqual(line.programme_id, self.programme)
            line.funding = "paid"
        order = form.save()
        self.assertEqual(order.year_id, self.year)
        order.action_agree()
        self.assertEqual(order.agreed_by_id, self.clerk)

    def test_wizard(self):
        self._enrol()
        wizard = Form(
            self.env["registrar.order.add"]
            .with_user(self.clerk)
            .with_context(default_student_ids=self.first.ids)
        )
        wizard.type_id = self._type("expulsion")
        wizard.kind_id = self._type("expulsion").kind_ids.filtered(
            lambda kind: kind.code == "own_wish"
        )
        wizard.effective_date = date(2026, 6, 1)
        action = wizard.save().action_apply()
        order = (
            self.env["registrar.order"].with_user(self.clerk).browse(action["res_id"])
        )
        self.assertEqual(order.line_ids.student_id, self.first)
        more = Form(
            self.env["registrar.order.add"]
            .with_user(self.clerk)
            .with_context(default_order_id=order.id)
        )
        self.assertEqual(more.type_id, order.type_id)
        more.from_group_ids.add(self.group)
        more.save().action_apply()
        self.assertEqual(order.line_ids.student_id, self.students)
        self.assertEqual(order.line_ids.kind_id.code, "own_wish")

    def test_figures_are_not_typed(self):
        self._enrol(self.first)
        order = self._draft_order(
            "course_transfer", date(2026, 7, 1), self.first, year_id=self.year.id
        )
        for name, value in (
            ("gpa", 4.0),
            ("decision", "transfer"),
            ("old_course", 3),
            ("faculty_id", self.other_faculty.id),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                order.line_ids.write({name: value})

    def test_changed_gpa_is_noticed(self):
        self._enrol(self.first)
        gpa = self._gpa(self.first, 3.0)
        order = self._draft_order(
            "course_transfer", date(2026, 7, 1), self.first, year_id=self.year.id
        )
        order.action_agree()
        gpa.gpa = 1.0
        with self.assertRaisesRegex(UserError, "GPA or the debts have changed"):
            order.with_user(self.head).action_register()
