from datetime import date

from freezegun import freeze_time

from odoo.tests import HttpCase, new_test_user, tagged

from .test_calendar import NOW, CalendarCommon


@tagged("post_install", "-at_install")
class TestStudentPortal(CalendarCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.curriculum.action_approve()
        cls.users = []
        for index, student in enumerate(cls.students[:2]):
            user = new_test_user(
                cls.env, login=f"portal_{index}", groups="base.group_portal"
            )
            user.partner_id = student.partner_id
            cls.users.append(user)
        cls.stranger = new_test_user(
            cls.env, login="portal_stranger", groups="base.group_portal"
        )
        with freeze_time(NOW):
            cls._approve(cls.calendar)
            cls.plans = cls.env["registrar.study.plan"]._fill(
                cls.students[:2], cls.year
            )
            cls.plans.action_submit()
            cls.plans.action_agree()
            cls.plans.action_sign()
            cls.plans.write({"document_date": date(2025, 10, 6)})
            cls.plans.action_register()
            groups = cls.env["registrar.class.group"]._form(cls.autumn)
            groups[0].teacher_id = cls.teacher_employee

    def page(self, url, login="portal_0"):
        self.authenticate(login, login)
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        return response.text

    @freeze_time(NOW)
    def test_calendar_of_the_student(self):
        student = self.students[0].with_user(self.users[0])
        values = student._portal_calendar()
        self.assertEqual(values["calendar"].sudo(), self.calendar.sudo())
        now = [row["item"].kind_id.code for row in values["now"]]
        self.assertIn("classes", now)
        self.assertIn("withdrawal", now)
        coming = values["coming"]
        self.assertEqual(
            [row["item"].date_to for row in coming],
            sorted(row["item"].date_to for row in coming),
        )
        self.assertTrue(all(row["days_left"] >= 0 for row in coming))
        names = {
            row["item"].kind_id.code
            for block in values["terms"]
            for row in block["lines"]
        }
        self.assertIn("training_practice", names)
        self.assertNotIn("defence", names, "that is for the final year")

    def test_calendar_page(self):
        page = self.page("/my/calendar")
        for text in ("Theoretical study", "Examination session", "Autumn semester"):
            self.assertIn(text, page)
        self.assertNotIn("Defence of theses", page)

    def test_calendar_page_in_three_languages(self):
        for lang, text in (
            ("ru_RU", "Теоретическое обучение"),
            ("kk_KZ", "Теориялық оқыту"),
        ):
            if not self.env["res.lang"]._lang_get(lang):
                self.env["res.lang"]._activate_lang(lang)
            self.users[0].lang = lang
            self.assertIn(text, self.page("/my/calendar"))

    def test_student_without_calendar_is_told(self):
        self.students[0].calendar_id = False
        self.assertIn(
            "No academic calendar has been approved", self.page("/my/calendar")
        )

    def test_classes_of_the_student(self):
        page = self.page("/my/classes")
        for line in self.plans[0].line_ids:
            self.assertIn(line.discipline_id.name_en, page)
        self.assertIn(self.teacher_employee.name, page)
        self.assertIn("The group is not formed yet", page)
        self.assertNotIn("Әлиева", page)
        line = self.plans[0].line_ids[0]
        self.assertEqual(self.students[2]._portal_classes(), [])
        with freeze_time(NOW):
            self.assertEqual(
                self.students[0].with_user(self.users[0])._portal_class_count(),
                len(self.plans[0].line_ids),
            )
        self.assertTrue(line)

    def test_documents_and_their_files(self):
        mine, others = self.plans
        page = self.page("/my/documents")
        self.assertIn(mine.verification_code, page)
        self.assertNotIn(others.verification_code, page)
        url = "/my/documents/%s/pdf"
        response = self.url_open(url % mine.entry_id.id)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.content.startswith(b"%PDF"))
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(self.url_open(url % others.entry_id.id).status_code, 404)
        self.authenticate("portal_1", "portal_1")
        self.assertEqual(self.url_open(url % mine.entry_id.id).status_code, 404)

    def test_people_who_are_no_students(self):
        for login in ("portal_stranger", "test_teacher"):
            for path in ("calendar", "classes", "documents"):
                self.assertIn(
                    "This page is for students", self.page(f"/my/{path}", login)
                )
            entry = self.plans[0].entry_id.id
            self.assertEqual(
                self.url_open(f"/my/documents/{entry}/pdf").status_code, 404
            )
        home = self.page("/my/home", "portal_stranger")
        self.assertNotIn("/my/calendar", home)

    def test_anonymous_is_sent_to_the_login(self):
        entry = self.plans[0].entry_id.id
        for path in ("calendar", "classes", "documents", f"documents/{entry}/pdf"):
            response = self.url_open(f"/my/{path}", allow_redirects=False)
            self.assertIn(response.status_code, (302, 303))
            self.assertIn("/web/login", response.headers["Location"])

    def test_home_has_cards_and_counters(self):
        home = self.page("/my/home")
        for path in ("calendar", "classes", "documents"):
            self.assertIn(f"/my/{path}", home)
        counters = self.make_jsonrpc_request(
            "/my/counters",
            {"counters": ["registrar_class_count", "registrar_document_count"]},
        )
        self.assertEqual(counters["registrar_document_count"], 1)

    def test_a_student_reads_only_the_own_calendar(self):
        with freeze_time(NOW):
            other = self._approve(self._generate(course=4))
        Calendar = self.env["registrar.calendar"].with_user(self.users[0])
        Item = self.env["registrar.calendar.item"].with_user(self.users[0])
        self.assertEqual(Calendar.search([]).ids, self.calendar.ids)
        self.assertFalse(Item.search([("calendar_id", "=", other.id)]))
        self.assertTrue(Item.search([("calendar_id", "=", self.calendar.id)]))

    def test_graph_file_only_for_those_who_read_the_calendar(self):
        with freeze_time(NOW):
            draft = self._generate(course=4)
        url = "/registrar/calendar/%s/graph.xlsx"
        self.authenticate("test_viewer", "test_viewer")
        response = self.url_open(url % self.calendar.id)
        self.assertTrue(response.content.startswith(b"PK"))
        self.assertEqual(self.url_open(url % draft.id).status_code, 404)
