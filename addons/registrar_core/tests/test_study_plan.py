import io
from datetime import date
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, users
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from ..models.registrar_study_plan import RegistrarStudyPlan
from .common import Entry, RegistrarCommon


@freeze_time("2025-09-05")
class TestStudyPlan(RegistrarCommon):
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
        cls.env["registrar.signatory"].create(
            {
                "name": "Б. С. Деканов",
                "role": "dean",
                "department_id": cls.faculty.id,
                "position_kk": "Факультет деканы",
                "position_ru": "Декан факультета",
                "date_from": date(2020, 1, 1),
            }
        )

    def _plans(self, students=None):
        students = self.students if students is None else students
        return self.env["registrar.study.plan"]._fill(students, self.year)

    def _signed(self, students=None):
        """Return plans that have passed the whole chain, as their people did it."""
        plans = self._plans(students)
        plans.with_user(self.clerk).action_submit()
        plans.with_user(self.adviser).action_agree()
        plans.with_user(self.dean).action_sign()
        return plans

    # Filling

    def test_fill_from_the_curriculum(self):
        plans = self._plans()
        self.assertEqual(plans.student_id, self.students)
        for plan in plans:
            self.assertRecordValues(
                plan,
                [
                    {
                        "group_id": self.group.id,
                        "programme_id": self.programme.id,
                        "curriculum_id": self.curriculum.id,
                        "course": 1,
                        "language": "ru",
                        "credits_total": 20,
                        "state": "draft",
                        "faculty_id": self.faculty.id,
                    }
                ],
            )
            self.assertEqual(plan.credits_by_term, "10 / 10")
            self.assertEqual(
                [(line.discipline_id, line.term_id) for line in plan.line_ids],
                list(
                    zip(
                        self.disciplines,
                        [self.autumn, self.autumn, self.spring, self.spring],
                        strict=True,
                    )
                ),
            )
        self.assertEqual(set(plans.line_ids.mapped("cycle")), {"bd"})
        self.assertEqual(set(plans.line_ids.mapped("control_form")), {"exam"})
        self.assertEqual(set(plans.line_ids.mapped("in_gpa")), {True})

    def test_fill_may_be_repeated(self):
        plans = self._plans()
        plans[0].line_ids[0].unlink()
        plans[1].action_submit()
        again = self._plans()
        self.assertEqual(again, plans - plans[1])
        self.assertEqual(len(plans[0].line_ids), 4)
        self.assertEqual(plans[0].credits_total, 20)

    def test_fill_leaves_out_who_cannot_have_a_plan(self):
        stranger = self.env["registrar.student"].create(
            {"last_name": "Сыртов", "first_name": "Асан"}
        )
        students = self.student | stranger
        plans = self._plans(students)
        self.assertEqual(plans.student_id, self.student)
        obstacles = plans._fill_obstacles(students, self.year)
        self.assertEqual(set(obstacles), {stranger.id})
        self.assertIn("does not study", obstacles[stranger.id])

    def test_fill_takes_the_default_option_unless_another_was_chosen(self):
        curriculum = self.curriculum.copy()
        block = self._create(
            "registrar.curriculum.block", curriculum_id=curriculum.id, code="E1"
        )
        default = curriculum.line_ids[3]
        default.write({"block_id": block.id, "is_default": True})
        other = default.copy(
            {
                "curriculum_id": curriculum.id,
                "discipline_id": self.disciplines[3].copy({"code": "TST 9"}).id,
                "is_default": False,
            }
        )
        curriculum.action_approve()
        self.group.curriculum_id = curriculum
        plan = self._plans(self.student)
        self.assertIn(default.discipline_id, plan.line_ids.discipline_id)
        self.assertNotIn(other.discipline_id, plan.line_ids.discipline_id)
        chosen = plan.line_ids.filtered(
            lambda line: line.discipline_id == default.discipline_id
        )
        chosen.unlink()
        self.assertIn("Elective block E1: 0 chosen", str(plan.reason_html))
        plan.line_ids = [
            Command.create(
                {"discipline_id": other.discipline_id.id, "term_id": self.spring.id}
            )
        ]
        plan.action_fill()
        self.assertNotIn(default.discipline_id, plan.line_ids.discipline_id)
        self.assertFalse(plan._errors()[plan.id])
        self.assertEqual(plan.credits_total, 20)

    def test_course_of_a_coming_year(self):
        coming = self.env["registrar.academic.year"].search(
            [("name", "=", "2026/2027")]
        ) or self.env["registrar.academic.year"].create(
            {
                "name": "2026/2027",
                "date_from": date(2026, 9, 1),
                "date_to": date(2027, 8, 31),
            }
        )
        states = self.env["registrar.study.plan"]._study_states(self.students, coming)
        self.assertEqual({state["course"] for state in states.values()}, {2})

    def test_set_wise(self):
        """The number of queries must not grow with the number of students."""
        self._plans(self.students[0])
        with self.assertQueryCount(60):
            self._plans(self.students[1:])

    def test_hook_of_debts(self):
        debt = self.disciplines[3].copy({"code": "TST 7"})

        def debt_lines(plans, students, year):
            return [
                {
                    "student_id": student.id,
                    "discipline_id": debt.id,
                    "term_id": self.spring.id,
                    "credits": 5,
                    "line_type": "difference",
                }
                for student in students
            ]

        self.patch(RegistrarStudyPlan, "_debt_lines", debt_lines)
        plan = self._plans(self.student)
        line = plan.line_ids.filtered(lambda line: line.discipline_id == debt)
        self.assertRecordValues(
            line, [{"line_type": "difference", "is_paid": True, "credits": 5}]
        )
        self.assertEqual(plan.credits_total, 25)
        plan.action_fill()
        self.assertEqual(len(plan.line_ids), 5)

    # Lines

    def test_line_takes_its_values_from_the_curriculum(self):
        plan = self._plans(self.student)
        plan.line_ids.unlink()
        line = self._create(
            "registrar.study.plan.line",
            plan_id=plan.id,
            discipline_id=self.disciplines[2].id,
            term_id=self.spring.id,
        )
        self.assertRecordValues(
            line,
            [
                {
                    "curriculum_line_id": self.curriculum_lines[2].id,
                    "credits": 5,
                    "student_id": self.student.id,
                    "year_id": self.year.id,
                    "is_paid": False,
                }
            ],
        )

    def test_discipline_outside_the_curriculum(self):
        plan = self._plans(self.student)
        foreign = self.disciplines[0].copy({"code": "TST 8"})
        values = {
            "plan_id": plan.id,
            "discipline_id": foreign.id,
            "term_id": self.autumn.id,
            "credits": 3,
        }
        with self.refused(ValidationError, "not in the curriculum"):
            self._create("registrar.study.plan.line", **values)
        line = self._create(
            "registrar.study.plan.line", **values, line_type="additional"
        )
        self.assertTrue(line.is_paid)
        self.assertFalse(plan._errors()[plan.id])

    def test_double_registration(self):
        plan = self._plans(self.student)
        values = {
            "discipline_id": self.disciplines[0].id,
            "term_id": self.autumn.id,
        }
        with self.refused(ValidationError, "already registered for"):
            self._create("registrar.study.plan.line", plan_id=plan.id, **values)
        addition = self._create(
            "registrar.study.plan",
            student_id=self.student.id,
            year_id=self.year.id,
            kind="addition",
        )
        with self.refused(ValidationError, "already registered for"):
            addition.line_ids = [Command.create(values)]
        with self.refused(ValidationError, "already registered for"):
            plan.line_ids[1].discipline_id = self.disciplines[0]

    @mute_logger("odoo.sql_db")
    def test_double_registration_in_the_database(self):
        plan = self._plans(self.student)
        self.env.flush_all()
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            self.env.cr.execute(
                "INSERT INTO registrar_study_plan_line"
                " (plan_id, student_id, discipline_id, term_id, line_type)"
                " VALUES (%s, %s, %s, %s, 'main')",
                [plan.id, self.student.id, self.disciplines[0].id, self.autumn.id],
            )

    def test_term_of_another_year(self):
        plan = self._plans(self.student)
        year = self.env["registrar.academic.year"].create(
            {
                "name": "2031/2032",
                "date_from": date(2031, 9, 1),
                "date_to": date(2032, 8, 31),
            }
        )
        year.action_add_usual_terms()
        with self.refused(ValidationError, "not a term of"):
            plan.line_ids[0].term_id = year.term_ids[0]

    @mute_logger("odoo.sql_db")
    def test_one_main_plan_a_year(self):
        self._plans(self.student)
        with self.assertRaises(psycopg2.IntegrityError):
            self._create(
                "registrar.study.plan",
                student_id=self.student.id,
                year_id=self.year.id,
            )

    # Rules

    def test_all_reasons_at_once(self):
        self.disciplines[0].prerequisite_ids = self.disciplines[3]
        plan = self._plans(self.student)
        plan.line_ids[1].unlink()
        reasons = plan._reasons()[plan.id]
        self.assertEqual(
            [(reason.code, reason.level) for reason in reasons],
            [
                ("prerequisites", "error"),
                ("compulsory", "warning"),
                ("credits", "warning"),
                ("credits", "warning"),
                ("credits", "warning"),
            ],
        )
        self.assertTrue(plan.has_errors)
        with self.refused(UserError, "passed before"):
            plan.action_submit()

    def test_prerequisite_planned_before_or_passed(self):
        self.disciplines[2].prerequisite_ids = self.disciplines[0]
        self.disciplines[1].prerequisite_ids = self.disciplines[3]
        plan = self._plans(self.student)
        self.assertEqual(len(plan._errors()[plan.id]), 1)
        student = self.student

        def passed(plans, students):
            return {student.id: {self.disciplines[3].id}}

        with self.patch_hook("_passed_disciplines", passed):
            texts = plan._errors()[plan.id]
            self.assertEqual(len(texts), 1)
            self.assertIn("already passed", texts[0])
            plan.line_ids[3].line_type = "gpa_raise"
            self.assertFalse(plan._errors()[plan.id])

        def failed(plans, students):
            return {student.id: {self.disciplines[0].id}}

        with self.patch_hook("_failed_disciplines", failed):
            codes = [r.code for r in plan._reasons()[plan.id] if r.level == "error"]
            self.assertEqual(codes, ["repeated", "prerequisites", "prerequisites"])
            plan.line_ids[0].line_type = "retake"
            self.assertEqual(len(plan._errors()[plan.id]), 2)

    def test_passed_disciplines_are_not_filled_again(self):
        student = self.student

        def passed(plans, students):
            return {student.id: {self.disciplines[0].id}}

        with self.patch_hook("_passed_disciplines", passed):
            plan = self._plans(self.student)
            self.assertEqual(plan.line_ids.discipline_id, self.disciplines[1:])

    def patch_hook(self, name, function):
        return patch.object(RegistrarStudyPlan, name, function)

    def test_addition_to_a_registered_plan(self):
        """An addition is not measured by the demands on a whole year."""
        curriculum = self.curriculum.copy()
        block = self._create(
            "registrar.curriculum.block", curriculum_id=curriculum.id, code="E1"
        )
        curriculum.line_ids[3].write({"block_id": block.id, "is_default": True})
        curriculum.action_approve()
        self.group.curriculum_id = curriculum
        self._signed(self.student).action_register()
        foreign = self.disciplines[0].copy({"code": "TST 6"})
        addition = self._create(
            "registrar.study.plan",
            student_id=self.student.id,
            year_id=self.year.id,
            kind="addition",
            line_ids=[
                Command.create(
                    {
                        "discipline_id": foreign.id,
                        "term_id": self.spring.id,
                        "credits": 3,
                        "line_type": "additional",
                    }
                )
            ],
        )
        self.assertFalse(addition._reasons()[addition.id])
        for action in ("submit", "agree", "sign", "register"):
            getattr(addition, f"action_{action}")()
        self.assertEqual(addition.state, "registered")

    def test_who_does_not_study(self):
        plan = self._plans(self.student)
        self.student._move(
            date(2025, 9, 4),
            {"status": "leave"},
            "leave_medical",
            Entry(self._entry(date(2025, 9, 4))),
        )
        with self.refused(UserError, "is not studying"):
            plan.action_submit()

    # Chain

    def test_chain_by_its_people(self):
        plan = self._plans(self.student)
        plan.with_user(self.portal_student).action_submit()
        self.assertRecordValues(
            plan,
            [
                {
                    "state": "submitted",
                    "submitted_by_id": self.portal_student.id,
                    "submitted_date": date(2025, 9, 5),
                }
            ],
        )
        plan.with_user(self.adviser).action_agree()
        self.assertEqual(plan.state, "adviser")
        plan.with_user(self.dean).action_sign()
        self.assertEqual(plan.state, "dean")
        plan.with_user(self.clerk).action_register()
        self.assertRecordValues(
            plan,
            [
                {
                    "state": "registered",
                    "agreed_by_id": self.adviser.id,
                    "signed_by_id": self.dean.id,
                    "document_date": date(2025, 9, 5),
                }
            ],
        )
        self.assertTrue(plan.number)
        self.assertTrue(plan.entry_id.digest)
        self.assertEqual(plan.entry_id.recipient, self.student.short_name)

    def test_steps_are_not_skipped(self):
        plan = self._plans(self.student)
        for action in ("action_agree", "action_sign"):
            with self.subTest(action=action), self.assertRaises(UserError):
                getattr(plan, action)()
        with self.refused(UserError, "steps before registration"):
            plan.with_user(self.clerk).action_register()
        plan.action_submit()
        with self.assertRaises(UserError):
            plan.action_submit()

    def test_strangers_take_no_step(self):
        plan = self._plans(self.student)
        for user in (self.viewer, self.dean):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                plan.with_user(user).action_submit()
        other = new_test_user(self.env, login="test_other", groups="base.group_portal")
        other.partner_id = self.students[1].partner_id
        with self.assertRaises(AccessError):
            plan.with_user(other).action_submit()
        plan.action_submit()
        for user in (self.clerk, self.head, self.dean, self.portal_student):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                plan.with_user(user).action_agree()
        plan.action_agree()
        for user in (self.clerk, self.head, self.adviser):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                plan.with_user(user).action_sign()
        plan.action_sign()
        for user in (self.adviser, self.dean, self.portal_student, self.viewer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                plan.with_user(user).action_register()

    def test_dean_of_another_faculty_does_not_sign(self):
        plan = self._plans(self.student)
        plan.action_submit()
        plan.action_agree()
        self.dean_employee.department_id = self.other_faculty
        with self.assertRaises(AccessError):
            plan.with_user(self.dean).action_sign()

    def test_adviser_of_another_group_does_not_agree(self):
        plan = self._plans(self.student)
        plan.action_submit()
        self.group.adviser_id = self.teacher_employee
        with self.assertRaises(AccessError):
            plan.with_user(self.adviser).action_agree()

    def test_return_with_a_reason(self):
        plan = self._signed(self.student)
        action = plan.with_user(self.clerk).action_return()
        self.assertEqual(action["res_model"], "registrar.study.plan.return")
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({"reason": "Выберите другую дисциплину"})
        )
        wizard.action_return()
        self.assertRecordValues(
            plan,
            [
                {
                    "state": "draft",
                    "return_reason": "Выберите другую дисциплину",
                    "signed_by_id": False,
                    "agreed_date": False,
                }
            ],
        )
        with self.assertRaises(AccessError):
            plan.with_user(self.dean).action_return("once more")

    def test_chain_of_a_whole_group_is_all_or_nothing(self):
        plans = self._plans()
        plans[2].line_ids.unlink()
        with self.refused(UserError, "The plan is empty"):
            plans.with_user(self.clerk).action_submit()
        self.assertEqual(set(plans.mapped("state")), {"draft"})

    def test_nobody_writes_the_state(self):
        plan = self._plans(self.student)
        for user in (self.clerk, self.head, self.adviser):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                plan.with_user(user).state = "dean"

    def test_plan_under_way_is_not_edited(self):
        plan = self._plans(self.student)
        plan.action_submit()
        clerk_plan = plan.with_user(self.clerk)
        with self.refused(UserError, "under way"):
            clerk_plan.line_ids[0].credits = 9
        with self.refused(UserError, "under way"):
            clerk_plan.line_ids[0].unlink()
        with self.refused(UserError, "under way"):
            clerk_plan.course = 2
        with self.assertRaises(UserError):
            clerk_plan.unlink()

    # Registered document

    def test_registered_plans_have_numbers_in_order(self):
        plans = self._signed()
        plans.with_user(self.clerk).action_register()
        numbers = [int(plan.number) for plan in plans.sorted("id")]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(plans))))
        register = plans._document_register()
        own = {entry.id for entry in plans.entry_id}
        self.assertFalse([p for p in register.verify_chain() if p["entry_id"] in own])

    def test_registered_plan_is_sealed(self):
        plan = self._signed(self.student)
        plan.with_user(self.clerk).action_register()
        line = plan.line_ids[0]
        with self.assertRaises(UserError):
            line.with_user(self.clerk).credits = 9
        with self.assertRaises(UserError):
            line.with_user(self.clerk).unlink()
        with self.assertRaises(UserError):
            plan.with_user(self.clerk).course = 3
        self.env.flush_all()
        for statement in (
            f"UPDATE registrar_study_plan SET course = 3 WHERE id = {plan.id}",
            f"DELETE FROM registrar_study_plan_line WHERE plan_id = {plan.id}",
            f"UPDATE registrar_study_plan_line SET credits = 1 WHERE id = {line.id}",
        ):
            with (
                self.subTest(statement=statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.env.cr.savepoint(flush=False),
            ):
                self.env.cr.execute(statement)

    def test_faculty_of_a_registered_plan_may_move(self):
        plan = self._signed(self.student)
        plan.with_user(self.clerk).action_register()
        self.department.parent_id = self.other_faculty
        self.env.flush_all()
        self.assertEqual(plan.faculty_id, self.other_faculty)

    def test_pdf_in_three_languages(self):
        plan = self._signed(self.student)
        plan.with_user(self.clerk).action_register()
        self.assertTrue(plan.entry_id.attachment_id.raw.startswith(b"%PDF"))
        report = self.env["ir.actions.report"]
        expected = {
            "kk_KZ": ("ЖЕКЕ ОҚУ ЖОСПАРЫ", "Күзгі семестр", "Сынақ пәні 1"),
            "ru_RU": (
                "ИНДИВИДУАЛЬНЫЙ УЧЕБНЫЙ ПЛАН",
                "Осенний семестр",
                "Проверочная дисциплина 1",
                "Декан факультета",
            ),
            "en_US": ("INDIVIDUAL STUDY PLAN", "Autumn semester", "Test discipline 1"),
        }
        for lang, texts in expected.items():
            pdf = report._render_plutoprint_records(
                "registrar_core.action_report_study_plan", plan, lang=lang
            )[plan.id]
            text = self._text_of(pdf)
            for part in (*texts, plan.number, "Ахметов", "Деканов"):
                with self.subTest(lang=lang, part=part):
                    self.assertIn(part.lower(), text.lower())

    def _text_of(self, pdf):
        reader = PdfFileReader(io.BytesIO(pdf))
        text = " ".join(page.extract_text() for page in reader.pages)
        return " ".join(text.split())

    # Rights

    def test_who_sees_which_plans(self):
        plans = self._plans()
        Plan = self.env["registrar.study.plan"]
        for user in (self.clerk, self.head, self.viewer, self.dean, self.adviser):
            with self.subTest(user=user.login):
                self.assertEqual(Plan.with_user(user).search([]) & plans, plans)
        own = Plan.with_user(self.portal_student).search([])
        self.assertEqual(own, plans[0])
        self.assertFalse(Plan.with_user(self.teacher).search([]) & plans)
        with self.assertRaises(AccessError):
            Plan.with_user(self.military).search([])
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            plans[1].with_user(self.portal_student).read(["course"])
        with self.assertRaises(AccessError):
            plans[1].line_ids[0].with_user(self.portal_student).read(["credits"])

    @users("test_adviser")
    def test_adviser_edits_drafts_of_own_students(self):
        plan = self._plans(self.student).with_env(self.env)
        plan.line_ids[0].unlink()
        self.assertEqual(len(plan.line_ids), 3)
        plan.action_fill()
        self.assertEqual(len(plan.line_ids), 4)

    def test_portal_student_does_not_edit(self):
        plan = self._plans(self.student).with_user(self.portal_student)
        self.assertEqual(len(plan.line_ids), 4)
        self.assertTrue(plan.line_ids[0].discipline_id.display_name)
        with self.assertRaises(AccessError):
            plan.course = 2
        with self.assertRaises(AccessError):
            plan.line_ids[0].unlink()

    # Wizard

    def test_wizard_for_groups(self):
        wizard = (
            self.env["registrar.study.plan.fill"]
            .with_user(self.clerk)
            .with_context(active_model="registrar.group", active_ids=self.group.ids)
            .create({})
        )
        self.assertEqual(wizard.year_id, self.year)
        self.assertEqual(wizard.student_ids, self.students)
        self.assertFalse(wizard.obstacle_html)
        action = wizard.action_fill()
        plans = self.env["registrar.study.plan"].search(action["domain"])
        self.assertEqual(plans.student_id, self.students)
