from datetime import date

from freezegun import freeze_time

from odoo.tests import new_test_user

from odoo.addons.registrar_core.tests.common import RegistrarCommon

# A day after both terms of the test year have ended.
TODAY = "2026-07-10"
AUTUMN_DAY = date(2026, 1, 10)
SPRING_DAY = date(2026, 6, 5)


class ExamsCommon(RegistrarCommon):
    """Registered plans and class groups for two terms; marks are up to the tests.

    Autumn: TST 1101, TST 1102 (5 credits each) and physical training (2 credits, not
    in GPA); spring: TST 1103, TST 1104 and physical training again.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.examiner_user = new_test_user(
            cls.env,
            login="test_examiner",
            name="Test examiner",
            groups="registrar_core.group_registrar_teacher",
        )
        cls.other_teacher = new_test_user(
            cls.env,
            login="test_other_teacher",
            name="Test other teacher",
            groups="registrar_core.group_registrar_teacher",
        )
        cls.second_clerk = new_test_user(
            cls.env,
            login="test_second_clerk",
            name="Test second clerk",
            groups="registrar_core.group_registrar_clerk",
        )
        cls.portal_student = new_test_user(
            cls.env, login="test_student", groups="base.group_portal"
        )
        cls.examiner_employee = cls._employee(cls.examiner_user, cls.department)
        cls.other_employee = cls._employee(cls.other_teacher, cls.department)
        cls._create_training()
        cls.programme.credits_required = 24
        cls.curriculum.action_approve()
        with freeze_time("2025-09-05"):
            cls._admit()
            cls.plans = cls._register_plans(cls.students)
        cls.class_groups = cls._form_class_groups(cls.autumn | cls.spring)
        cls.portal_student.partner_id = cls.students[0].partner_id

    @classmethod
    def _entry(cls, document_date, register="orders_students"):
        # Never sealed; the registers of this floor must stay free.
        return super()._entry(document_date, register)

    @classmethod
    def _create_training(cls):
        """Physical training lasts two terms and is not in GPA."""
        cls.training = cls._create(
            "registrar.discipline",
            code="TST 1105",
            name_kk="Дене шынықтыру",
            name_ru="Физическая культура",
            name_en="Physical training",
            department_id=cls.department.id,
        )
        cls.env["registrar.curriculum.line"].create(
            [
                {
                    "curriculum_id": cls.curriculum.id,
                    "discipline_id": cls.training.id,
                    "slot": "1105",
                    "cycle": "ood",
                    "component": "ok",
                    "credits": 2,
                    "term_number": term,
                    "hours_total": 60,
                    "control_form": "credit_test",
                    "in_gpa": False,
                }
                for term in (1, 2)
            ]
        )

    @classmethod
    def _register_plans(cls, students, year=None):
        plans = cls.env["registrar.study.plan"]._fill(students, year or cls.year)
        plans.sudo().write({"state": "dean", "document_date": "2025-09-03"})
        plans.action_register()
        return plans

    @classmethod
    def _form_class_groups(cls, terms):
        groups = cls.env["registrar.class.group"]
        for term in terms:
            groups |= groups._form(term)
        groups.write(
            {
                "teacher_id": cls.teacher_employee.id,
                "examiner_id": cls.examiner_employee.id,
            }
        )
        return groups

    # Steps of a session

    def _sheet(self, discipline, term=None, kind="exam", **kwargs):
        """Return the open sheet of one discipline."""
        term = term or self.autumn
        sheet = (
            self.env["registrar.sheet"]
            ._open_session(
                term, [("discipline_id", "=", discipline.id)], kind=kind, **kwargs
            )
            .filtered(lambda s: s.discipline_id == discipline)
        )
        if sheet.state == "draft":
            sheet.with_user(self.clerk).action_open()
        return sheet

    def _enter(self, sheet, marks, user=None):
        """Enter marks in the order of the lines: (rating 1, rating 2, exam)."""
        for line, values in zip(sheet.line_ids, marks, strict=True):
            line = line.with_user(user or self.teacher)
            if sheet.kind in ("resit", "individual"):
                line.exam_score = values
                continue
            first, second, exam = values
            line.write({"rating_1": first, "rating_2": second})
            if isinstance(exam, str):
                line.absence = exam
            elif exam is not None:
                line.exam_score = exam

    def _finish(self, sheet, marks, day=AUTUMN_DAY):
        """Enter marks, submit and register as the people who do it."""
        self._enter(sheet, marks)
        sheet.with_user(self.teacher).action_submit()
        self._register(sheet, day)
        return sheet

    def _register(self, sheets, day=AUTUMN_DAY):
        sheets.with_user(self.clerk).write({"document_date": day})
        sheets.with_user(self.clerk).action_register()

    def _result(self, student, discipline, **values):
        domain = [
            ("student_id", "=", student.id),
            ("discipline_id", "=", discipline.id),
        ]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["registrar.result"].search(domain, order="id")

    def _retake_year(self):
        """Return the next academic year with its terms, after the test year."""
        year = self.env["registrar.academic.year"].search(
            [("name", "=", "2026/2027")], limit=1
        ) or self._create(
            "registrar.academic.year",
            name="2026/2027",
            date_from=date(2026, 9, 1),
            date_to=date(2027, 8, 31),
        )
        year.action_add_usual_terms()
        return year
