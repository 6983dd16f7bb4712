from contextlib import contextmanager
from datetime import date

from odoo.tests import TransactionCase, new_test_user

ROLES = (
    "viewer",
    "adviser",
    "teacher",
    "dean",
    "clerk",
    "head",
    "military",
    "migration",
    "archivist",
)

# Synthetic numbers with a correct check digit.
IINS = ("030515500008", "030515500900")


class RegistrarCommon(TransactionCase):
    """A small university: one user per role, one programme, one group, students."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                tracking_disable=True,
                no_reset_password=True,
                mail_create_nolog=True,
            )
        )
        cls.env.ref("base.user_admin").write({"email": "admin@example.com"})
        cls._create_users()
        cls._create_structure()
        cls._create_students()

    @classmethod
    def _create_users(cls):
        for role in ROLES:
            user = new_test_user(
                cls.env,
                login=f"test_{role}",
                name=f"Test {role}",
                groups=f"registrar_core.group_registrar_{role}",
                lang="en_US",
            )
            setattr(cls, role, user)

    @classmethod
    def _create_structure(cls):
        create = cls._create
        department = cls.env["hr.department"]
        cls.faculty = department.create(
            {"name": "Test faculty", "registrar_kind": "faculty"}
        )
        cls.department = department.create(
            {
                "name": "Test department",
                "registrar_kind": "department",
                "parent_id": cls.faculty.id,
            }
        )
        cls.other_faculty = department.create(
            {"name": "Other faculty", "registrar_kind": "faculty"}
        )
        cls.teacher_employee = cls._employee(cls.teacher, cls.department)
        cls.adviser_employee = cls._employee(cls.adviser, cls.department)
        cls.dean_employee = cls._employee(cls.dean, cls.faculty)
        cls.year = cls.env["registrar.academic.year"].search(
            [("name", "=", "2025/2026")], limit=1
        ) or create(
            "registrar.academic.year",
            name="2025/2026",
            date_from=date(2025, 9, 1),
            date_to=date(2026, 8, 31),
        )
        cls.autumn = cls._term("autumn", 1, date(2025, 9, 1), date(2026, 1, 17))
        cls.spring = cls._term("spring", 2, date(2026, 1, 26), date(2026, 6, 6))
        cls.programme_group = create(
            "registrar.programme.group",
            code="T057",
            name_kk="Сынақ тобы",
            name_ru="Проверочная группа",
            name_en="Test group of programmes",
            level="bachelor",
        )
        cls.programme = create(
            "registrar.programme",
            code="6T06103",
            name_kk="Ақпараттық жүйелер",
            name_ru="Информационные системы",
            name_en="Information systems",
            programme_group_id=cls.programme_group.id,
            level="bachelor",
            department_id=cls.department.id,
            duration_years=4,
            credits_required=20,
        )
        cls.disciplines = cls.env["registrar.discipline"].create(
            [
                {
                    "code": f"TST {1101 + index}",
                    "name_kk": f"Сынақ пәні {index + 1}",
                    "name_ru": f"Проверочная дисциплина {index + 1}",
                    "name_en": f"Test discipline {index + 1}",
                    "department_id": cls.department.id,
                }
                for index in range(4)
            ]
        )
        cls.curriculum = create(
            "registrar.curriculum",
            programme_id=cls.programme.id,
            intake_year_id=cls.year.id,
            study_form="full_time",
            language="ru",
            duration_years=4,
        )
        cls.curriculum_lines = cls.env["registrar.curriculum.line"].create(
            [
                {
                    "curriculum_id": cls.curriculum.id,
                    "discipline_id": discipline.id,
                    "slot": f"{1101 + index}",
                    "cycle": "bd",
                    "component": "vk",
                    "credits": 5,
                    "term_number": 1 + index // 2,
                    "hours_total": 150,
                    "control_form": "exam",
                }
                for index, discipline in enumerate(cls.disciplines)
            ]
        )
        cls.group = create(
            "registrar.group",
            name="ИС-25-1р",
            programme_id=cls.programme.id,
            curriculum_id=cls.curriculum.id,
            intake_year_id=cls.year.id,
            language="ru",
            study_form="full_time",
            adviser_id=cls.adviser_employee.id,
            course=1,
        )

    @classmethod
    def _create_students(cls):
        names = (
            ("Ахметов", "Айдар", "Серікұлы", "male"),
            ("Әлиева", "Әсел", "Нұрланқызы", "female"),
            ("Иванова", "Мария", "Петровна", "female"),
            ("Қасымов", "Ерлан", "Болатұлы", "male"),
        )
        cls.students = cls.env["registrar.student"].create(
            [
                {
                    "last_name": last,
                    "first_name": first,
                    "patronymic": patronymic,
                    "gender": gender,
                    "student_number": f"T25-{index + 1:03d}",
                }
                for index, (last, first, patronymic, gender) in enumerate(names)
            ]
        )

    @contextmanager
    def refused(self, exception, pattern):
        """Expect an error whose text matches; the records stay as they were."""
        with self.assertRaises(exception) as caught:
            yield
        self.assertRegex(str(caught.exception), pattern)

    @classmethod
    def _create(cls, model, **values):
        return cls.env[model].create(values)

    @classmethod
    def _employee(cls, user, department):
        return cls.env["hr.employee"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "department_id": department.id,
                "is_teacher": True,
            }
        )

    @classmethod
    def _term(cls, kind, number, date_from, date_to):
        term = cls.env["registrar.term"].search(
            [("year_id", "=", cls.year.id), ("kind", "=", kind)], limit=1
        )
        return term or cls._create(
            "registrar.term",
            year_id=cls.year.id,
            kind=kind,
            number=number,
            date_from=date_from,
            date_to=date_to,
        )

    @classmethod
    def _entry(cls, document_date, register="protocols"):
        """Return an opened register entry: a document that is being registered."""
        return cls.env["registrar.register.entry"].create(
            {
                "register_id": cls.env["registrar.register"]._by_code(register).id,
                "period": "test",
                "sequence": cls._next_sequence(),
                "number": "test",
                "document_date": document_date,
                "res_model": "registrar.group",
                "res_id": cls.group.id,
            }
        )

    @classmethod
    def _next_sequence(cls):
        cls._sequence = getattr(cls, "_sequence", 0) + 1
        return cls._sequence

    @classmethod
    def _admit(cls, students=None, day=date(2025, 8, 25), **values):
        """Admit students to the test group and return the ledger rows."""
        students = cls.students if students is None else students
        state = {
            "programme_id": cls.programme.id,
            "group_id": cls.group.id,
            "course": 1,
            "study_form": "full_time",
            "language": "ru",
            "funding": "grant",
            **values,
        }
        return students._move(day, state, "admission", Entry(cls._entry(day)))


class Entry:
    """Stands for a document that is being registered; the ledger needs no more."""

    def __init__(self, entry):
        self.entry_id = entry

    def sudo(self):
        return self
