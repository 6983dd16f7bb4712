from datetime import date
from unittest.mock import patch

from odoo.tests import new_test_user

from odoo.addons.registrar_core.tests.common import RegistrarCommon

ADMISSION_DAY = date(2025, 8, 25)


class OrdersCommon(RegistrarCommon):
    """The small university with a rector, a second programme and its own register.

    Orders get their PDF only where a class asks for it: it is most of the time of a
    registration.
    """

    prints = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.prints:
            model = cls.env.registry["registrar.order"]
            cls.startClassPatcher(patch.object(model, "_document_report", None))
        cls.second_head = new_test_user(
            cls.env,
            login="test_second_head",
            name="Test second head",
            groups="registrar_core.group_registrar_head",
        )
        # A register of its own: the tests do not depend on orders already there.
        cls.register = cls._create(
            "registrar.register",
            code="test_orders",
            index="99-01",
            name_kk="Сынақ бұйрықтары",
            name_ru="Проверочные приказы",
            number_pattern="{number}-т",
            reset="never",
            chronological=False,
        )
        cls.env["registrar.order.type"].search([]).register_id = cls.register
        cls.env["registrar.signatory"].search([("role", "=", "rector")]).unlink()
        cls.rector = cls._create(
            "registrar.signatory",
            name="А. Б. Сейітов",
            role="rector",
            position_kk="Басқарма Төрағасы – Ректор",
            position_ru="Председатель Правления – Ректор",
            position_en="Chairman of the Board – Rector",
            date_from=date(2020, 1, 1),
        )
        cls.env.company.write(
            {
                "university_name_kk": "Сынақ университеті",
                "university_name_ru": "Проверочный университет",
                "city_kk": "Шымкент қаласы",
                "city_ru": "город Шымкент",
            }
        )
        cls.other_department = cls.env["hr.department"].create(
            {
                "name": "Other department",
                "registrar_kind": "department",
                "parent_id": cls.other_faculty.id,
            }
        )
        cls.other_programme = cls._create(
            "registrar.programme",
            code="6T01601",
            name_kk="Тарих",
            name_ru="История",
            name_en="History",
            programme_group_id=cls.programme_group.id,
            level="bachelor",
            department_id=cls.other_department.id,
            duration_years=4,
        )
        cls.other_group = cls._create(
            "registrar.group",
            name="И-25-1р",
            programme_id=cls.other_programme.id,
            intake_year_id=cls.year.id,
            language="ru",
            study_form="full_time",
            course=1,
        )
        cls.next_year = cls.env["registrar.academic.year"].search(
            [("name", "=", "2026/2027")], limit=1
        ) or cls._create(
            "registrar.academic.year",
            name="2026/2027",
            date_from=date(2026, 9, 1),
            date_to=date(2027, 8, 31),
        )
        cls.first, cls.second, cls.third, cls.fourth = cls.students

    @classmethod
    def _type(cls, code):
        return cls.env["registrar.order.type"]._by_code(code)

    @classmethod
    def _draft_order(cls, code, day, students, reason=None, user=None, **values):
        """Draft an order as the clerk: the same values for all students."""
        order_values = {
            name: values.pop(name)
            for name in ("document_date", "basis", "year_id")
            if name in values
        }
        return (
            cls.env["registrar.order"]
            .with_user(user or cls.clerk)
            ._draft(
                code,
                day,
                [{"student_id": student.id, **values} for student in students],
                reason=reason,
                **order_values,
            )
        )

    @classmethod
    def _admission(cls, students=None, day=ADMISSION_DAY, **values):
        """Draft the enrolment of students into the test group."""
        students = cls.students if students is None else students
        return cls._draft_order(
            "enrolment",
            day,
            students,
            **{"group_id": cls.group.id, "funding": "grant", **values},
        )

    @classmethod
    def _register_order(cls, order):
        """Let the clerk agree and the head register; return it as the head."""
        order.with_user(cls.clerk).action_agree()
        order = order.with_user(cls.head)
        order.action_register()
        return order

    @classmethod
    def _enrol(cls, students=None, **values):
        return cls._register_order(cls._admission(students, **values))

    @classmethod
    def _gpa(cls, student, gpa, year=None, credits=60):
        """Give a student the GPA of a year, as registered sheets would."""
        return cls._create(
            "registrar.gpa",
            student_id=student.id,
            period="year",
            year_id=(year or cls.year).id,
            programme_id=cls.programme.id,
            course=1,
            gpa=gpa,
            credits_planned=60,
            credits_gpa=60,
            credits_earned=credits,
        )
