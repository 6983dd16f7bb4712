from datetime import date

from odoo.addons.registrar_core.tests.common import Entry, RegistrarCommon


class ReportsCommon(RegistrarCommon):
    """A second faculty with a programme and a group, and a way to move students."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        create = cls._create
        other_department = create(
            "hr.department",
            name="Other department",
            registrar_kind="department",
            parent_id=cls.other_faculty.id,
        )
        cls.other_programme = create(
            "registrar.programme",
            code="6T04101",
            name_kk="Менеджмент",
            name_ru="Менеджмент",
            name_en="Management",
            level="bachelor",
            department_id=other_department.id,
            duration_years=4,
        )
        cls.other_group = create(
            "registrar.group",
            name="Тест-М-25-1р",
            programme_id=cls.other_programme.id,
            intake_year_id=cls.year.id,
            language="ru",
            study_form="full_time",
            course=1,
        )
        cls.aidar, cls.asel, cls.maria, cls.erlan = cls.students
        cls.own = [("student_id", "in", cls.students.ids)]

    @classmethod
    def _do(cls, students, day, kind, **values):
        """Move students by a document of that day."""
        return students._move(day, values, kind, Entry(cls._entry(day)))

    @classmethod
    def _history(cls):
        """Give the four students a year with every kind of movement.

        On 25 August 2025 all are admitted to the first programme (Mariya pays). Äsel
        is on leave from 1 November to 1 February. Mariya moves to the other programme
        on 20 January. Yerlan leaves on 10 February. Aidar goes up to the second year
        on 1 July 2026.
        """
        cls._admit(cls.aidar | cls.asel | cls.erlan)
        cls._admit(cls.maria, funding="paid")
        cls._do(cls.asel, date(2025, 11, 1), "leave_medical")
        cls._do(
            cls.maria,
            date(2026, 1, 20),
            "programme_change",
            programme_id=cls.other_programme.id,
            group_id=cls.other_group.id,
        )
        cls._do(cls.asel, date(2026, 2, 1), "leave_return")
        cls._do(cls.erlan, date(2026, 2, 10), "own_wish")
        cls._do(cls.aidar, date(2026, 7, 1), "course_transfer", course=2)
        cls.env.flush_all()
        cls.env.invalidate_all()
