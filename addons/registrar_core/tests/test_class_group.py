import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tools import mute_logger

from .common import RegistrarCommon


@freeze_time("2025-09-05")
class TestClassGroup(RegistrarCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.curriculum.action_approve()
        with freeze_time("2025-09-05"):
            cls._admit(cls.students[:3])
            cls.plans = cls._register(cls.students[:2])

    @classmethod
    def _register(cls, students):
        plans = cls.env["registrar.study.plan"]._fill(students, cls.year)
        plans.action_submit()
        plans.action_agree()
        plans.action_sign()
        plans.action_register()
        return plans

    def _form(self, term=None, domain=None, user=None):
        groups = self.env["registrar.class.group"].with_user(user or self.clerk)
        return groups._form(term or self.autumn, domain)

    def test_one_group_per_discipline(self):
        groups = self._form()
        self.assertEqual(groups.discipline_id, self.disciplines[:2])
        self.assertRecordValues(
            groups,
            [
                {
                    "name": f"{discipline.code}-ru",
                    "language": "ru",
                    "control_form": "exam",
                    "student_count": 2,
                    "term_id": self.autumn.id,
                    "create_uid": self.clerk.id,
                }
                for discipline in self.disciplines[:2]
            ],
        )
        for group in groups:
            self.assertEqual(group.line_ids.student_id, self.students[:2])
        self.assertFalse(
            self.plans.line_ids.filtered(
                lambda line: line.term_id == self.spring
            ).class_group_id
        )

    def test_later_registrations_join(self):
        groups = self._form()
        groups[0].teacher_id = self.teacher_employee
        self._register(self.students[2])
        again = self._form()
        self.assertEqual(again, groups)
        self.assertEqual(groups.mapped("student_count"), [3, 3])
        self.assertFalse(self._form())

    def test_languages_and_control_forms_are_apart(self):
        self.curriculum_lines.flush_recordset()
        kazakh = self.group.copy(
            {"name": "АЖ-25-1қ", "language": "kk", "curriculum_id": False}
        )
        curriculum = self.curriculum.copy({"language": "kk"})
        curriculum.line_ids[1].control_form = "credit_test"
        curriculum.action_approve()
        kazakh.curriculum_id = curriculum
        self._admit(self.students[3], group_id=kazakh.id, language="kk")
        self._register(self.students[3])
        groups = self._form()
        self.assertEqual(
            sorted(
                (group.discipline_id.code, group.language, group.control_form)
                for group in groups
            ),
            [
                ("TST 1101", "kk", "exam"),
                ("TST 1101", "ru", "exam"),
                ("TST 1102", "kk", "credit_test"),
                ("TST 1102", "ru", "exam"),
            ],
        )

    def test_only_registered_plans_count(self):
        draft = self.env["registrar.study.plan"]._fill(self.students[2], self.year)
        self._form()
        self.assertFalse(draft.line_ids.class_group_id)

    def test_domain_narrows(self):
        groups = self._form(domain=[("discipline_id", "=", self.disciplines[1].id)])
        self.assertEqual(groups.discipline_id, self.disciplines[1])

    def test_set_wise(self):
        with self.assertQueryCount(27):
            self._form()

    def test_counts_of_the_term(self):
        self.assertEqual(self.autumn.waiting_line_count, 4)
        self.autumn.with_user(self.clerk).action_form_class_groups()
        self.autumn.invalidate_recordset()
        self.assertEqual(self.autumn.waiting_line_count, 0)
        self.assertEqual(self.autumn.class_group_count, 2)

    def test_line_stays_with_its_discipline(self):
        groups = self._form()
        line = self.plans[0].line_ids[0]
        with self.refused(ValidationError, "another discipline or term"):
            line.class_group_id = groups[1]

    def test_clerk_moves_a_registered_line(self):
        self._form()
        line = self.plans[0].line_ids[0].with_user(self.clerk)
        line.class_group_id = False
        self.env.flush_all()
        self.assertFalse(line.class_group_id)

    @mute_logger("odoo.sql_db")
    def test_group_is_unique(self):
        group = self._form()[0]
        with self.assertRaises(psycopg2.IntegrityError):
            group.copy()

    def test_who_sees_which_groups(self):
        groups = self._form()
        groups[0].teacher_id = self.teacher_employee
        ClassGroup = self.env["registrar.class.group"]
        for user in (self.clerk, self.viewer, self.dean, self.adviser):
            with self.subTest(user=user.login):
                found = ClassGroup.with_user(user).search([])
                self.assertEqual(found & groups, groups)
        self.assertEqual(
            ClassGroup.with_user(self.teacher).search([]) & groups, groups[0]
        )
        lines = self.env["registrar.study.plan.line"].with_user(self.teacher)
        self.assertEqual(lines.search([]), groups[0].line_ids)
        self.dean_employee.department_id = self.other_faculty
        self.assertFalse(ClassGroup.with_user(self.dean).search([]) & groups)

    def test_others_do_not_form_groups(self):
        for user in (self.teacher, self.dean, self.adviser, self.viewer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._form(user=user)
