import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import users
from odoo.tools import mute_logger

from .common import RegistrarCommon


class TestCurriculumAgreement(RegistrarCommon):
    """Office → department → dean → head of the office."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.department.manager_id = cls.teacher_employee
        cls.faculty.manager_id = cls.dean_employee
        cls.env["registrar.standard.profile"].search([]).active = False
        cls.required = "registrar_core.curriculum_agreement_required"

    def _submit(self):
        self.curriculum.with_user(self.clerk).action_submit()
        return self.curriculum

    def test_whole_chain(self):
        curriculum = self._submit()
        self.assertRecordValues(
            curriculum,
            [
                {
                    "state": "agreement",
                    "waiting_for": "department",
                    "submitted_by_id": self.clerk.id,
                }
            ],
        )
        self.assertEqual(curriculum.activity_ids.user_id, self.teacher)
        with self.refused(UserError, "department has not agreed"):
            curriculum.with_user(self.head).action_approve()
        self.assertTrue(curriculum.with_user(self.teacher).can_agree)
        curriculum.with_user(self.teacher).action_agree()
        self.assertEqual(curriculum.waiting_for, "dean")
        self.assertEqual(curriculum.activity_ids.user_id, self.dean)
        with self.refused(UserError, "dean has not agreed"):
            curriculum.with_user(self.head).action_approve()
        curriculum.with_user(self.dean).action_agree()
        self.assertEqual(curriculum.waiting_for, "head")
        curriculum.with_user(self.head).action_approve()
        self.assertRecordValues(
            curriculum,
            [
                {
                    "state": "approved",
                    "waiting_for": False,
                    "department_agreed_by_id": self.teacher.id,
                    "dean_agreed_by_id": self.dean.id,
                    "approved_by_id": self.head.id,
                }
            ],
        )
        self.assertFalse(curriculum.activity_ids)

    def test_whose_turn_it_is_not(self):
        curriculum = self._submit()
        for user in (self.dean, self.clerk, self.head, self.viewer, self.adviser):
            with self.refused(AccessError, "not your turn"):
                curriculum.with_user(user).action_agree()
        curriculum.with_user(self.teacher).action_agree()
        with self.refused(AccessError, "not your turn"):
            curriculum.with_user(self.teacher).action_agree()

    def test_dean_of_another_faculty(self):
        self.programme.department_id.manager_id = False
        curriculum = self._submit()
        self.assertEqual(curriculum.waiting_for, "dean")
        self.dean_employee.department_id = self.other_faculty
        self.faculty.manager_id = False
        with self.refused(AccessError, "not your turn"):
            curriculum.with_user(self.dean).action_agree()

    def test_return_with_a_reason(self):
        curriculum = self._submit()
        with self.assertRaises(AccessError):
            curriculum.with_user(self.viewer).action_return("because")
        action = curriculum.with_user(self.teacher).action_return()
        self.assertEqual(action["res_model"], "registrar.curriculum.return")
        wizard = (
            self.env["registrar.curriculum.return"]
            .with_user(self.teacher)
            .create({"curriculum_ids": curriculum.ids, "reason": "Term 3"})
        )
        wizard.action_return()
        self.assertRecordValues(
            curriculum, [{"state": "draft", "return_reason": "Term 3"}]
        )
        with self.assertRaises(AccessError):
            curriculum.with_user(self.teacher).action_return("again")
        self._submit()
        self.assertFalse(curriculum.return_reason)

    def test_a_change_takes_the_agreement_back(self):
        curriculum = self._submit()
        curriculum.with_user(self.teacher).action_agree()
        with self.assertRaises(AccessError):
            self.curriculum_lines[0].with_user(self.teacher).write({"credits": 4})
        with self.assertRaises(AccessError):
            self.curriculum_lines[0].with_user(self.dean).write({"credits": 4})
        self.curriculum_lines[0].with_user(self.clerk).write({"credits": 4})
        self.assertRecordValues(
            curriculum,
            [{"waiting_for": "department", "department_agreed_by_id": False}],
        )
        curriculum.with_user(self.teacher).action_agree()
        self.curriculum_lines[0].with_user(self.clerk).write({"sequence": 5})
        self.assertEqual(curriculum.waiting_for, "dean")
        curriculum.with_user(self.clerk).write({"language": "kk"})
        self.assertEqual(curriculum.waiting_for, "department")

    @users("test_head")
    def test_draft_is_approved_at_once_unless_the_setting_forbids(self):
        curriculum = self.curriculum.with_env(self.env)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(self.required, "True")
        with self.refused(UserError, "not been submitted"):
            curriculum.action_approve()
        parameters.set_param(self.required, False)
        curriculum.action_approve()
        self.assertEqual(curriculum.state, "approved")

    @users("test_clerk")
    def test_nobody_writes_the_chain_by_hand(self):
        curriculum = self.curriculum.with_env(self.env)
        for name in ("state", "submitted_by_id", "dean_agreed_date", "return_reason"):
            with self.assertRaises(AccessError):
                curriculum.write({name: False})

    @users("test_dean", "test_teacher", "test_viewer")
    def test_only_the_office_submits(self):
        with self.assertRaises(AccessError):
            self.curriculum.with_env(self.env).action_submit()

    def test_under_agreement_nobody_studies_by_it(self):
        self._submit()
        self._admit()
        Plan = self.env["registrar.study.plan"]
        self.assertFalse(Plan._fill(self.students, self.year))
        obstacles = Plan._fill_obstacles(self.students, self.year)
        self.assertEqual(len(obstacles), len(self.students))
        self.assertIn("not approved", next(iter(obstacles.values())))

    @mute_logger("odoo.sql_db")
    def test_database_keeps_what_is_approved(self):
        self._submit()
        self.curriculum.with_user(self.teacher).action_agree()
        self.curriculum.with_user(self.dean).action_agree()
        self.curriculum.with_user(self.head).action_approve()
        self.env.flush_all()
        with (
            self.assertRaises(psycopg2.errors.RestrictViolation),
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(
                "UPDATE registrar_curriculum SET state = 'agreement' WHERE id = %s",
                [self.curriculum.id],
            )
