import io
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools.pdf import PdfFileReader

from ..models.registrar_study_plan_line import RegistrarStudyPlanLine
from .common import RegistrarCommon


class RegistrationCommon(RegistrarCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.curriculum.action_approve()
        with freeze_time("2025-09-05"):
            cls._admit()
        cls.portal_student = new_test_user(
            cls.env, login="test_student", groups="base.group_portal"
        )
        cls.student = cls.students[0]
        cls.portal_student.partner_id = cls.student.partner_id
        cls.foreign = cls.disciplines[0].copy({"code": "TST 6001"})

    def _plan(self, student=None):
        return self.env["registrar.study.plan"]._fill(
            student or self.student, self.year
        )

    def _registered(self, student=None):
        plan = self._plan(student)
        plan.sudo().write({"state": "dean"})
        plan.with_user(self.clerk).action_register()
        return plan

    def _codes(self, plan, level="error"):
        return [
            reason.code for reason in plan._reasons()[plan.id] if reason.level == level
        ]

    def _line(self, plan, discipline=None, term=None, **values):
        values = {"credits": 3, "line_type": "additional", **values}
        return self._create(
            "registrar.study.plan.line",
            plan_id=plan.id,
            discipline_id=(discipline or self.foreign).id,
            term_id=(term or self.spring).id,
            **values,
        )

    def _hold(self, user=None, student=None, kind="tuition", **values):
        return (
            self.env["registrar.hold"]
            .with_user(user or self.clerk)
            .create(
                {
                    "student_id": (student or self.student).id,
                    "kind_id": self.env.ref(f"registrar_core.hold_kind_{kind}").id,
                    **values,
                }
            )
        )

    def _rule(self, code):
        return self.env.ref(f"registrar_core.registration_rule_{code}")

    def _override(self, user, plan, code, **values):
        return (
            self.env["registrar.study.plan.override"]
            .with_user(user)
            .create(
                {
                    "plan_id": plan.id,
                    "rule_id": self._rule(code).id,
                    "ground": "Service note No. 5",
                    **values,
                }
            )
        )


@freeze_time("2025-09-05")
class TestHold(RegistrationCommon):
    def test_hold_blocks_the_registration(self):
        plan = self._plan()
        hold = self._hold(reason="150 000 tenge for the spring")
        self.assertEqual(self._codes(plan), ["hold"])
        with self.refused(UserError, "Tuition debt"):
            plan.with_user(self.portal_student).action_submit()
        wizard = (
            self.env["registrar.hold.lift"]
            .with_user(self.clerk)
            .create({"hold_ids": hold.ids, "ground": "Receipt No. 17"})
        )
        wizard.action_lift()
        self.assertRecordValues(
            hold,
            [
                {
                    "is_active": False,
                    "lifted_by_id": self.clerk.id,
                    "lifted_date": date(2025, 9, 5),
                    "lifted_ground": "Receipt No. 17",
                }
            ],
        )
        self.assertFalse(self._codes(plan))

    def test_days_of_a_hold(self):
        Hold = self.env["registrar.hold"]
        hold = self._hold(date_from="2025-09-10", date_to="2025-09-20")
        for day, active in ((9, False), (10, True), (20, True), (21, False)):
            found = Hold._active(self.students, date(2025, 9, day))
            self.assertEqual(found.get(self.student.id, Hold) == hold, active, day)
        self.assertFalse(hold.is_active)
        with freeze_time("2025-09-15"):
            hold.invalidate_recordset(["is_active"])
            self.assertTrue(hold.is_active)
            self.assertIn(hold, Hold.search([("is_active", "=", True)]))
            self.assertEqual(self.student.hold_count, 1)
            self.assertIn("Tuition", self.student.with_user(self.adviser).hold_text)

    def test_what_a_hold_blocks(self):
        Hold = self.env["registrar.hold"]
        self._hold(kind="library")
        self.assertFalse(Hold._active(self.student, blocks="registration"))
        self.assertTrue(Hold._active(self.student, blocks="documents"))
        self.assertFalse(self._codes(self._plan()))

    def test_who_sets_which_hold(self):
        with self.refused(AccessError, "not yours to set"):
            self._hold(self.dean, kind="tuition")
        with self.refused(AccessError, "not yours to set"):
            self._hold(self.clerk, kind="medical")
        hold = self._hold(self.dean, kind="medical", set_by_id=self.head.id)
        self.assertEqual(hold.set_by_id, self.dean)
        with self.assertRaises(AccessError):
            hold.with_user(self.clerk)._lift("no")
        self._hold(self.head, kind="disciplinary")
        for user in (self.adviser, self.viewer, self.teacher, self.portal_student):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._hold(user)

    def test_hold_is_not_rewritten(self):
        hold = self._hold()
        with self.refused(UserError, "not rewritten"):
            hold.student_id = self.students[1]
        with self.refused(AccessError, "Lift"):
            hold.lifted_date = date(2025, 9, 5)
        with self.assertRaises(AccessError):
            hold.unlink()
        hold.date_to = date(2025, 9, 30)

    def test_who_sees_a_hold(self):
        hold = self._hold(reason="private")
        other = self._hold(student=self.students[1])
        Hold = self.env["registrar.hold"]
        own = Hold.with_user(self.portal_student).search([])
        self.assertEqual(own, hold)
        self.assertEqual(own.reason, "private")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            other.with_user(self.portal_student).read(["date_from"])
        self.assertEqual(Hold.with_user(self.adviser).search([]), hold | other)
        with self.assertRaises(AccessError):
            hold.with_user(self.adviser).read(["reason"])
        for user in (self.teacher, self.military):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Hold.with_user(user).search([])

    def test_many_at_once(self):
        self._hold(student=self.students[1])
        wizard = (
            self.env["registrar.hold.set"]
            .with_user(self.clerk)
            .create(
                {
                    "kind_id": self.env.ref("registrar_core.hold_kind_tuition").id,
                    "group_ids": self.group.ids,
                    "numbers": "T25-001\t150 000,50\n T25-002;10\nX-1\n\n",
                    "reason": "Debt",
                }
            )
        )
        action = wizard.action_set()
        report = self.env["registrar.mass.report"].browse(action["res_id"])
        self.assertEqual(report.done_count, 3)
        self.assertEqual(
            [(line.student_id, line.text) for line in report.line_ids],
            [(self.students[1], False), (self.env["registrar.student"], "X-1")],
        )
        self.assertEqual(self.student.hold_ids.amount, 150000.5)
        self.assertTrue(report.action_xlsx()["url"])
        # Once more: nobody gets a second hold.
        again = self.env["registrar.mass.report"].browse(wizard.action_set()["res_id"])
        self.assertEqual(again.done_count, 0)

    def test_set_wise(self):
        plans = self.env["registrar.study.plan"]._fill(self.students, self.year)
        for student in self.students:
            self._hold(student=student)
        plans[:1]._reasons()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            reasons = plans._reasons()
        self.assertEqual({len(r) for r in reasons.values()}, {4})


@freeze_time("2025-09-05")
class TestRules(RegistrationCommon):
    def test_every_rule_has_its_record(self):
        Plan = self.env["registrar.study.plan"]
        records = self.env["registrar.registration.rule"].search([])
        codes = {rule.code for rule in Plan._registration_rules()}
        self.assertLessEqual(codes, set(records.mapped("code")))

    def test_corequisites(self):
        first, second, third, __ = self.disciplines
        first.corequisite_ids = second
        plan = self._plan()
        self.assertFalse(self._codes(plan))
        plan.line_ids.filtered(lambda line: line.discipline_id == second).unlink()
        self.assertEqual(self._codes(plan), ["corequisites"])
        first.corequisite_ids = third
        self.assertEqual(self._codes(plan), ["corequisites"], "only later is too late")

    def test_weight_of_a_rule(self):
        plan = self._plan()
        self.assertIn("credits", self._codes(plan, "warning"))
        self._rule("credits").with_user(self.head).level = "error"
        self.assertEqual(set(self._codes(plan)), {"credits"})
        self._rule("credits").level = "off"
        self.assertFalse(self._codes(plan))
        self.assertNotIn("credits", self._codes(plan, "warning"))
        with self.assertRaises(AccessError):
            self._rule("credits").with_user(self.clerk).level = "off"
        with self.assertRaises(AccessError):
            self._rule("credits").with_user(self.clerk).read(["level"])
            self._rule("credits").with_user(self.head).unlink()

    def test_limits_of_credits(self):
        Limit = self.env["registrar.credit.limit"]
        day = self.year.date_from
        self.assertEqual(
            Limit._limit("term", day, "bachelor", "full_time", 1), (24, 36)
        )
        self.assertEqual(Limit._limit("summer", day), (0, 15))
        Limit.with_user(self.head).create(
            [
                {"period": "term", "level": "bachelor", "credits_min": 5,
                 "credits_max": 10, "date_from": "2025-09-01"},
                {"period": "term", "for_probation": True, "credits_max": 4,
                 "date_from": "2025-09-01"},
            ]
        )  # fmt: skip
        self.assertEqual(Limit._limit("term", day, "bachelor"), (5, 10))
        self.assertEqual(Limit._limit("term", day, "residency"), (24, 36))
        self.assertEqual(Limit._limit("term", date(2025, 8, 31), "bachelor"), (24, 36))
        self.assertEqual(Limit._limit("term", day, "bachelor", probation=True), (0, 4))
        plan = self._plan()
        self.assertEqual(self._codes(plan, "warning"), ["credits"], "only the year")
        plan._refresh_checks()
        self.assertEqual(plan.credit_state, "under")
        with self.refused(ValidationError, "share days"):
            Limit.create({"period": "term", "level": "bachelor", "credits_max": 1})
        with self.assertRaises(AccessError):
            Limit.with_user(self.clerk).create({"period": "term", "credits_max": 1})

    def test_summer(self):
        self._registered()
        summer = self._term("summer", 3, date(2026, 6, 15), date(2026, 8, 15))
        addition = self._create(
            "registrar.study.plan",
            student_id=self.student.id,
            year_id=self.year.id,
            kind="addition",
        )
        line = self._line(addition, term=summer, credits=16, line_type="minor")
        self.assertTrue(line.is_paid)
        self.assertEqual(self._codes(addition, "warning"), ["credits"])
        self.assertFalse(self._codes(addition))
        self.curriculum.sudo().flush_recordset()
        addition.course = 4
        self.assertEqual(self._codes(addition), ["summer_final_year"])

    def test_debts_come_first(self):
        plan = self._plan()
        Plan = type(self.env["registrar.study.plan"])

        def debts(plans, students, year):
            return [
                {"student_id": student.id, "discipline_id": self.foreign.id}
                for student in students
            ]

        with patch.object(Plan, "_debt_lines", debts):
            self.assertIn("debts", self._codes(plan, "warning"))
            self._line(plan, line_type="difference")
            self.assertNotIn("debts", self._codes(plan, "warning"))

    def test_failed_discipline_is_filled_as_a_retake(self):
        Plan = type(self.env["registrar.study.plan"])
        self._price(20000)

        def failed(plans, students):
            return {self.student.id: {self.disciplines[1].id}}

        with patch.object(Plan, "_failed_disciplines", failed):
            plan = self._plan()
            self.assertFalse(self._codes(plan))
        self.assertRecordValues(
            plan.line_ids[:2],
            [
                {"line_type": "main", "is_paid": False, "attempt": 1, "amount": 0},
                {"line_type": "retake", "is_paid": True, "attempt": 2, "amount": 1e5},
            ],
        )

    def test_checklist_shows_what_is_kept(self):
        plan = self._plan()
        html = str(plan.checklist_html)
        self.assertIn("Prerequisites are passed", html)
        self.assertIn("fa-check-circle", html)
        self.assertIn("fa-exclamation-triangle", html)
        self.assertNotIn("timetable", html)
        html = str(plan.with_context(lang="ru_RU").checklist_html)
        self.assertIn("Пререквизиты освоены", html)

    # Prices

    def _price(self, price, **values):
        return (
            self.env["registrar.credit.price"]
            .with_user(self.head)
            .create({"year_id": self.year.id, "price": price, **values})
        )

    def test_price_of_paid_lines(self):
        plan = self._plan()
        line = self._line(plan)
        self.assertFalse(self._codes(plan), "nobody has set prices")
        self._price(30000, level="master_science")
        self.assertEqual(self._codes(plan), ["price"])
        price = self._price(20000)
        self._price(25000, line_type="difference")
        self._price(40000, citizenship="foreigner")
        price.action_refresh_lines()
        self.assertEqual((line.price, line.amount), (20000, 60000))
        self.assertEqual(line.currency_id.name, "KZT")
        self.assertEqual(plan.amount_total, 60000)
        self.assertFalse(self._codes(plan))
        line.line_type = "difference"
        self.assertEqual(line.amount, 75000)
        self.student.citizenship_id = self.env.ref("base.uz")
        line._set_prices()
        self.assertEqual(line.price, 25000, "the kind of registration is more exact")
        with self.refused(ValidationError, "already a price"):
            self._price(1)
        with self.assertRaises(AccessError):
            price.with_user(self.clerk).price = 1

    def test_price_of_a_registered_line_stays(self):
        price = self._price(20000)
        plan = self._plan()
        line = self._line(plan)
        plan.sudo().write({"state": "dean"})
        plan.with_user(self.clerk).action_register()
        price.price = 90000
        price.action_refresh_lines()
        self.env.flush_all()
        self.assertEqual(line.amount, 60000)

    # Overrides

    def test_override_by_the_right_role(self):
        self.disciplines[0].prerequisite_ids = self.disciplines[3]
        plan = self._plan()
        self.assertEqual(self._codes(plan), ["prerequisites"])
        for user in (self.clerk, self.adviser, self.viewer, self.portal_student):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._override(user, plan, "prerequisites")
        with self.assertRaises(ValidationError):
            self._override(self.dean, plan, "prerequisites", ground=" ")
        action = plan.with_user(self.dean).action_override()
        self.assertEqual(
            action["context"]["default_rule_id"], self._rule("prerequisites").id
        )
        override = self._override(
            self.dean, plan, "prerequisites", by_id=self.head.id, date="2020-01-01"
        )
        self.assertRecordValues(
            override, [{"by_id": self.dean.id, "date": date(2025, 9, 5)}]
        )
        self.assertFalse(self._codes(plan))
        reason = plan._reasons()[plan.id][0]
        self.assertEqual((reason.code, reason.level), ("prerequisites", "warning"))
        self.assertIn("Service note No. 5", reason.text)
        self.assertEqual(plan.error_count, 0)
        with self.assertRaises(AccessError):
            override.with_user(self.dean).ground = "Something else"
        override.with_user(self.dean).unlink()
        self.assertEqual(plan.error_count, 1)

    def test_override_of_one_line(self):
        self.disciplines[0].prerequisite_ids = self.disciplines[3]
        self.disciplines[1].prerequisite_ids = self.disciplines[3]
        plan = self._plan()
        self._override(self.dean, plan, "prerequisites", line_id=plan.line_ids[0].id)
        self.assertEqual(self._codes(plan), ["prerequisites"])
        self.assertEqual(len(plan._errors()[plan.id]), 1)

    def test_dean_of_another_faculty(self):
        self.disciplines[0].prerequisite_ids = self.disciplines[3]
        plan = self._plan()
        self.dean_employee.department_id = self.other_faculty
        with self.assertRaises(AccessError):
            self._override(self.dean, plan, "prerequisites")

    def test_what_nobody_overrides(self):
        plan = self._plan()
        plan.line_ids.unlink()
        with self.assertRaises(AccessError):
            self._override(self.head, plan, "empty")
        with self.refused(UserError, "no unmet rule"):
            plan.with_user(self.head).action_override()

    def test_override_is_sealed_with_the_plan(self):
        self._hold()
        plan = self._plan()
        override = self._override(self.head, plan, "hold")
        self.assertFalse(self._codes(plan))
        plan.with_user(self.clerk).action_submit()
        plan.with_user(self.adviser).action_agree()
        plan.with_user(self.dean).action_sign()
        plan.with_user(self.clerk).action_register()
        self.assertIn("override", plan.entry_id.sudo().payload)
        with self.assertRaises(UserError):
            override.with_user(self.head).unlink()
        with self.assertRaises(UserError):
            self._override(self.head, plan, "credits")


@freeze_time("2025-09-05")
class TestChange(RegistrationCommon):
    def setUp(self):
        super().setUp()
        self.plan = self._registered()
        self.line = self.plan.line_ids[3]

    def _change(self, user=None):
        return (
            self.env["registrar.study.plan"]
            .with_user(user or self.clerk)
            ._open_change(self.student, self.year)
        )

    def _finish(self, change):
        change.with_user(self.clerk).action_submit()
        change.with_user(self.adviser).action_agree()
        change.with_user(self.dean).action_sign()
        change.with_user(self.clerk).action_register()

    def test_open_change(self):
        change = self._change()
        self.assertRecordValues(
            change,
            [
                {
                    "kind": "change",
                    "state": "draft",
                    "group_id": self.group.id,
                    "curriculum_id": self.curriculum.id,
                    "course": 1,
                }
            ],
        )
        self.assertEqual(self._change(self.adviser), change, "one at a time")
        other = self.students[1]
        Plan = self.env["registrar.study.plan"]
        self.assertFalse(Plan._open_change(other, self.year))
        draft = self._plan(other)
        self.assertEqual(Plan._open_change(other, self.year), draft)
        action = self.plan.with_user(self.adviser).action_open_change()
        self.assertEqual(action["res_id"], change.id)
        self.assertFalse(self.plan.with_user(self.viewer).can_change)

    def test_add_and_drop(self):
        change = self._change()
        self.assertIn("empty", self._codes(change))
        change._drop(self.line, reason="Another interest")
        self._line(change.with_user(self.clerk))
        self.assertFalse(self._codes(change))
        self.assertIn("compulsory", self._codes(change, "warning"))
        self._finish(change)
        self.assertTrue(self.line.is_cancelled)
        self.assertFalse(self.line.is_withdrawn)
        self.assertEqual(self.plan.credits_total, 20, "the sealed plan stays")
        self.assertRecordValues(
            self.plan,
            [{"credits_current": 18, "version": 2, "change_ids": change.ids}],
        )
        self.assertEqual(
            self.plan.current_line_ids, self.plan.line_ids[:3] | change.line_ids
        )
        register = change._document_register()
        own = {change.entry_id.id, self.plan.entry_id.id}
        self.assertFalse([p for p in register.verify_chain() if p["entry_id"] in own])
        with self.assertRaises(UserError):
            change.drop_ids.with_user(self.clerk).reason = "Something else"
        # The next change begins anew and may take the discipline back.
        again = self._change()
        self.assertNotEqual(again, change)
        self._line(again, self.line.discipline_id, line_type="main", credits=5)
        self.assertFalse(self._codes(again))

    def test_place_is_freed_and_others_are_told(self):
        groups = self.env["registrar.class.group"]._form(self.spring)
        group = groups & self.line.class_group_id
        self.assertTrue(group)
        told = []

        def after_dropped(lines):
            told.append(lines)

        change = self._change()
        change._drop(self.line)
        with patch.object(RegistrarStudyPlanLine, "_after_dropped", after_dropped):
            self._finish(change)
        self.assertEqual(told, [self.line])
        self.assertFalse(self.line.class_group_id)
        self.assertEqual(change.drop_ids.class_group_id, group)

    def test_withdrawal(self):
        change = self._change()
        change._drop(self.line, kind="withdrawal")
        self._finish(change)
        self.assertRecordValues(
            self.line, [{"is_cancelled": True, "is_withdrawn": True}]
        )

    def test_what_cannot_be_dropped(self):
        change = self._change()

        def obstacles(lines):
            return {lines[0].id: "It has a result."}

        change._drop(self.line)
        with patch.object(RegistrarStudyPlanLine, "_drop_obstacles", obstacles):
            self.assertEqual(self._codes(change), ["drop"])
            with self.refused(UserError, "It has a result"):
                change.with_user(self.clerk).action_submit()
        other = self._registered(self.students[1])
        with self.refused(ValidationError, "not a registration of this student"):
            change._drop(other.line_ids[0])
        draft = self._plan(self.students[2])
        with self.assertRaises(ValidationError):
            self._create(
                "registrar.study.plan.drop",
                plan_id=draft.id,
                line_id=draft.line_ids[0].id,
            )

    def test_drop_of_what_another_discipline_needs(self):
        first, second = self.plan.line_ids[0], self.plan.line_ids[1]
        second.discipline_id.corequisite_ids = first.discipline_id
        change = self._change()
        change._drop(first)
        self.assertEqual(self._codes(change), ["corequisites"])
        change._drop(second)
        self.assertFalse(self._codes(change))

    def test_share_that_may_change(self):
        change = self._change()
        change._drop(self.line)
        self.assertNotIn("change_share", self._codes(change, "warning"))
        change.course = 2
        texts = [
            r.text for r in change._reasons()[change.id] if r.code == "change_share"
        ]
        self.assertEqual(len(texts), 2)
        self.assertIn("5 of 20", texts[0])
        self.assertIn("20.08.2025", texts[1])

    def test_change_under_way_is_not_edited(self):
        change = self._change()
        drop = change._drop(self.line)
        change.action_submit()
        with self.refused(UserError, "under way"):
            drop.with_user(self.clerk).reason = "Other"
        with self.refused(UserError, "under way"):
            drop.with_user(self.clerk).unlink()
        with self.assertRaises(AccessError):
            drop.with_user(self.portal_student).unlink()

    def test_print_in_three_languages(self):
        self.env["registrar.credit.price"].create(
            {"year_id": self.year.id, "price": 20000}
        )
        self._hold()
        change = self._change()
        change.with_user(self.clerk).ground = "Application No. 7"
        change._drop(self.line, reason="Another interest")
        self._line(change.with_user(self.clerk))
        self._override(self.head, change, "hold")
        self._finish(change)
        report = self.env["ir.actions.report"]
        expected = {
            "kk_KZ": ("Жоспардың өзгерісі", "Алынатын пәндер", "Кафедра меңгерушісі"),
            "ru_RU": ("Изменение плана", "Снимаемые дисциплины", "Заведующий кафедрой"),
            "en_US": ("Change of the plan", "Dropped disciplines", "Head of the"),
        }
        for lang, texts in expected.items():
            pdfs = report._render_plutoprint_records(
                "registrar_core.action_report_study_plan", change | self.plan, lang=lang
            )
            text = self._text_of(pdfs[change.id])
            for part in (*texts, "60 000", "Application No. 7", "Service note No. 5"):
                with self.subTest(lang=lang, part=part):
                    self.assertIn(part, text)
            log = self._text_of(pdfs[self.plan.id])
            self.assertIn(f"№ {change.number}", log)

    def _text_of(self, pdf):
        reader = PdfFileReader(io.BytesIO(pdf))
        return " ".join(" ".join(page.extract_text() for page in reader.pages).split())

    def test_nothing_is_dropped_without_a_change(self):
        with self.assertRaises(UserError):
            self.line.with_user(self.clerk).unlink()
        self.line.with_user(self.clerk).invalidate_recordset()
        wizard = self._change()
        with self.assertRaises(AccessError):
            wizard.with_user(self.viewer).drop_ids = [
                Command.create({"line_id": self.line.id})
            ]


@freeze_time("2025-09-05")
class TestWindow(RegistrationCommon):
    """Windows of the academic calendar."""

    def setUp(self):
        super().setUp()
        Calendar = self.env["registrar.calendar"]
        Calendar.search([]).sudo().write({"state": "archived"})
        self.calendar = Calendar.create({"year_id": self.year.id})

    def _window(self, code, term, first, last):
        kind = self.env.ref(f"registrar_core.calendar_item_kind_{code}")
        self.env["registrar.calendar.item"].create(
            {
                "calendar_id": self.calendar.id,
                "kind_id": kind.id,
                "term_id": term and term.id,
                "date_from": first,
                "date_to": last,
            }
        )

    def _approve(self):
        self.calendar.with_user(self.head)._approve("Protocol No. 8", "As agreed")
        self.students._refresh_calendar()

    def test_main_plan(self):
        self._window("registration", self.autumn, "2025-09-01", "2025-09-04")
        plan = self._plan()
        self.assertFalse(self._codes(plan), "a draft of a calendar closes nothing")
        self._approve()
        self.assertIn("window", self._codes(plan, "warning"))
        own = plan.with_user(self.portal_student)
        self.assertEqual(self._codes(own), ["window"])
        with self.refused(UserError, "closed now.* Open:"):
            own.action_submit()
        with freeze_time("2025-09-04"):
            own.action_submit()
        # What was submitted in time goes its way.
        plan.with_user(self.adviser).action_agree()
        plan.with_user(self.dean).action_sign()

    def test_change(self):
        self._window("add_drop", self.spring, "2026-01-26", "2026-02-06")
        plan = self._registered()
        self._approve()
        change = self.env["registrar.study.plan"]._open_change(self.student, self.year)
        change._drop(plan.line_ids[3])
        for user in (self.portal_student, self.adviser, self.clerk):
            with self.subTest(user=user.login):
                self.assertEqual(self._codes(change.with_user(user)), ["window"])
        change.with_user(self.clerk).ground = "Application of 5 September"
        self.assertEqual(self._codes(change.with_user(self.adviser)), ["window"])
        self.assertFalse(self._codes(change.with_user(self.clerk)))
        change.ground = False
        with freeze_time("2026-01-27"):
            self.assertFalse(self._codes(change.with_user(self.portal_student)))
            change.drop_ids.kind = "withdrawal"
            # Nothing is said of withdrawals: closed for students, open for the staff.
            self.assertEqual(
                self._codes(change.with_user(self.portal_student)), ["window"]
            )
            self.assertFalse(self._codes(change.with_user(self.adviser)))
