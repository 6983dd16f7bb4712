from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import users
from odoo.tools import mute_logger

from .common import RegistrarCommon


class TestStructure(RegistrarCommon):
    def test_faculty_is_the_nearest_above(self):
        office = self.env["hr.department"].create(
            {"name": "Laboratory", "parent_id": self.department.id}
        )
        self.assertEqual(office._faculty(), self.faculty)
        self.assertEqual(self.faculty._faculty(), self.faculty)
        university = self.env["hr.department"].create(
            {"name": "University", "registrar_kind": "university"}
        )
        self.assertFalse(university._faculty())
        self.department.parent_id = self.other_faculty
        self.assertEqual(office._faculty(), self.other_faculty)
        self.assertEqual(self.programme.faculty_id, self.other_faculty)

    def test_faculties_of_users(self):
        self.assertEqual(self.dean.registrar_faculty_ids, self.faculty)
        self.assertEqual(self.teacher.registrar_faculty_ids, self.faculty)
        self.assertFalse(self.clerk.registrar_faculty_ids)
        self.other_faculty.manager_id = self.dean_employee
        self.dean.invalidate_recordset()
        self.assertEqual(
            self.dean.registrar_faculty_ids, self.faculty | self.other_faculty
        )

    def test_rules_follow_a_dean_who_changes_faculty(self):
        self._admit()
        students = self.env["registrar.student"].with_user(self.dean)
        self.assertEqual(students.search([]) & self.students, self.students)
        self.dean_employee.department_id = self.other_faculty
        self.assertFalse(students.search([]) & self.students)

    def test_short_name_of_teacher(self):
        employee = self.env["hr.employee"].create({"name": "Ахметов Айдар Серікұлы"})
        self.assertEqual(employee.short_name, "Ахметов А. С.")

    @users("test_clerk")
    def test_clerk_sees_teachers_without_hr_rights(self):
        teacher = self.teacher_employee.with_env(self.env)
        self.env.invalidate_all()
        self.assertEqual(teacher.short_name, "Test t.")
        self.assertIn(
            teacher, self.env["hr.employee"].search([("is_teacher", "=", True)])
        )

    def test_year_at(self):
        years = self.env["registrar.academic.year"]
        self.assertEqual(years._at(date(2025, 9, 1)), self.year)
        self.assertEqual(years._at(date(2026, 8, 31)), self.year)
        self.assertFalse(years._at(date(1990, 1, 1)))

    @mute_logger("odoo.sql_db")
    def test_years_do_not_overlap(self):
        with self.assertRaises(IntegrityError):
            self.env["registrar.academic.year"].create(
                {
                    "name": "2026",
                    "date_from": date(2026, 8, 31),
                    "date_to": date(2026, 12, 31),
                }
            )

    def test_terms_stay_within_their_year(self):
        with self.refused(ValidationError, "not within the academic year"):
            self.spring.date_to = date(2026, 9, 15)
        with self.refused(ValidationError, "not within the academic year"):
            self.year.date_from = date(2025, 9, 2)

    def test_terms_do_not_overlap(self):
        with self.refused(ValidationError, "share days"):
            self.spring.date_from = self.autumn.date_to

    def test_term_names(self):
        self.assertEqual(self.autumn._text("name", "kk"), "Күзгі семестр 2025/2026")
        self.assertEqual(self.autumn._text("name", "ru"), "Осенний семестр 2025/2026")
        self.assertEqual(self.spring._text("kind", "en"), "Spring semester")
        terms = self.env["registrar.term"]
        found = terms.name_search("көктемгі 2025/2026")
        self.assertEqual([term_id for term_id, __ in found], self.spring.ids)
        self.assertEqual(terms._at(date(2025, 10, 1)), self.autumn)
        self.assertFalse(terms._at(date(2026, 1, 20)))

    def test_usual_terms(self):
        year = self.env["registrar.academic.year"].create(
            {
                "name": "2035/2036",
                "date_from": date(2035, 9, 1),
                "date_to": date(2036, 8, 31),
            }
        )
        year.action_add_usual_terms()
        year.action_add_usual_terms()
        self.assertEqual(
            year.term_ids.sorted("number").mapped("kind"),
            ["autumn", "spring", "summer"],
        )
        self.assertEqual(year.term_ids.sorted("number").mapped("number"), [1, 2, 3])

    @users("test_clerk")
    def test_clerk_does_not_change_the_calendar(self):
        with self.assertRaises(AccessError):
            self.autumn.with_env(self.env).date_to = date(2026, 1, 10)
        with self.assertRaises(AccessError):
            self.env["registrar.academic.year"].create(
                {
                    "name": "2040/2041",
                    "date_from": date(2040, 9, 1),
                    "date_to": date(2041, 8, 31),
                }
            )

    @users("test_head")
    def test_head_changes_the_calendar(self):
        self.autumn.with_env(self.env).date_to = date(2026, 1, 10)
        self.assertEqual(self.autumn.date_to, date(2026, 1, 10))

    @users("test_clerk")
    def test_discipline_codes_are_put_right(self):
        discipline = self.env["registrar.discipline"].create(
            {
                # Cyrillic К and Е before a Latin T.
                "code": " \u041a\u0415T  1209 ",
                "name_kk": "Пән",
                "name_ru": "Дисциплина",
            }
        )
        self.assertEqual(discipline.code, "KET 1209")
        self.assertEqual(
            self.env["registrar.discipline"]._by_code("К\u0415T 1209"), discipline
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            discipline.copy({"code": "KET 1209"})

    @users("test_clerk")
    def test_prerequisites_make_no_circle(self):
        first, second, third, __ = self.disciplines.with_env(self.env)
        second.prerequisite_ids = first
        third.prerequisite_ids = second
        self.assertEqual(first.postrequisite_ids, second)
        with self.refused(ValidationError, "lead back"):
            first.prerequisite_ids = third
        with self.refused(ValidationError, "lead back"):
            first.prerequisite_ids = first

    @users("test_clerk")
    def test_corequisites_make_no_circle(self):
        first, second, third, __ = self.disciplines.with_env(self.env)
        second.corequisite_ids = first
        third.corequisite_ids = second
        with self.refused(ValidationError, "lead back"):
            first.corequisite_ids = third
        with self.refused(ValidationError, "lead back"):
            first.corequisite_ids = first

    @users("test_viewer", "test_teacher", "test_adviser", "test_dean")
    def test_others_only_read_the_structure(self):
        for record in (
            self.programme,
            self.disciplines[0],
            self.curriculum,
            self.curriculum_lines[0],
            self.group,
            self.year,
        ):
            record = record.with_env(self.env)
            self.assertTrue(record.display_name)
            with self.assertRaises(AccessError):
                record.check_access("write")
            with self.assertRaises(AccessError):
                record.unlink()

    def test_usual_volume_of_a_level(self):
        programme = self.env["registrar.programme"].create(
            {
                "code": "7m06103",
                "name_kk": "Жүйелер",
                "name_ru": "Системы",
                "level": "master_science",
                "department_id": self.department.id,
            }
        )
        self.assertEqual(programme.credits_required, 120)
        self.assertEqual(programme.duration_years, 2)
        self.assertEqual(programme.code, "7M06103")

    def test_group_and_curriculum_agree(self):
        other = self.programme.copy({"code": "6T06199"})
        with self.refused(ValidationError, "another programme"):
            self.group.programme_id = other
        with self.refused(ValidationError, "language"):
            self.group.language = "kk"
        with self.refused(ValidationError, "form"):
            self.group.study_form = "part_time"

    def test_group_with_history_is_not_deleted(self):
        self._admit(self.students[0])
        with self.refused(ValidationError, "Archive it"):
            self.group.unlink()

    def test_company_texts(self):
        company = self.env.company
        company.write(
            {"university_name_kk": "Сынақ университеті", "university_name_ru": False}
        )
        self.assertEqual(company._text("university_name", "ru"), "Сынақ университеті")
        company.university_name_kk = False
        self.assertEqual(company._text("university_name", "kk"), company.name)
        with self.refused(ValidationError, "twelve digits"):
            company.bin = "12345"

    @freeze_time("2025-10-01")
    def test_years_ahead(self):
        after = self.env["registrar.academic.year"].search(
            [("name", "=", "2026/2027")]
        ) or self.env["registrar.academic.year"].create(
            {
                "name": "2026/2027",
                "date_from": date(2026, 9, 1),
                "date_to": date(2027, 8, 31),
            }
        )
        self.assertEqual(self.year._years_ahead(), 0)
        self.assertEqual(after._years_ahead(), 1)
