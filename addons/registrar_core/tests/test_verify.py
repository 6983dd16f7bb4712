from datetime import date

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from ..controllers.verify import ATTEMPT_COUNTER, ATTEMPTS
from .common import RegistrarCommon


@tagged("post_install", "-at_install")
class TestVerify(RegistrarCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2025-09-20"):
            cls._admit()
            cls.curriculum.action_approve()
            plan = cls.env["registrar.study.plan"]._fill(cls.students[0], cls.year)
            plan.document_date = date(2025, 9, 10)
            plan._set_state("dean")
            plan.action_register()
            cls.plan = plan

    def setUp(self):
        super().setUp()
        ATTEMPT_COUNTER._failures.clear()
        self.addCleanup(ATTEMPT_COUNTER._failures.clear)

    def test_page_confirms_a_document_and_says_no_more(self):
        response = self.url_open(f"/verify/{self.plan.verification_code}")
        self.assertEqual(response.status_code, 200)
        self.assertIn(self.plan.number, response.text)
        self.assertIn("Ахметов А. С.", response.text)
        self.assertNotIn("Айдар", response.text)
        self.assertNotIn(self.plan.digest, response.text)
        self.assertEqual(response.headers["X-Robots-Tag"], "noindex")

    def test_code_may_be_typed_in_small_letters_with_hyphens(self):
        code = self.plan.verification_code.lower()
        typed = f"{code[:4]}-{code[4:8]} {code[8:]}"
        self.assertEqual(self.url_open(f"/verify?code={typed}").status_code, 200)

    def test_cancelled_document_is_shown_as_cancelled(self):
        self.plan.entry_id.state = "cancelled"
        response = self.url_open(f"/verify/{self.plan.verification_code}")
        self.assertIn("cancelled", response.text)

    def test_unknown_code(self):
        response = self.url_open("/verify/AAAABBBBCCCC")
        self.assertEqual(response.status_code, 404)
        self.assertIn("no document with this code", response.text)

    def test_strange_input_does_no_harm(self):
        for code in ("%27%20OR%201=1", "../etc/passwd", "A" * 500, "%F0%9F%98%80"):
            with self.subTest(code):
                self.assertIn(self.url_open(f"/verify/{code}").status_code, (200, 404))

    def test_too_many_unknown_codes_are_stopped(self):
        for __ in range(ATTEMPTS):
            self.url_open("/verify/AAAABBBBCCCC")
        response = self.url_open(f"/verify/{self.plan.verification_code}")
        self.assertEqual(response.status_code, 429)
        self.assertIn("Too many attempts", response.text)

    def test_empty_form(self):
        response = self.url_open("/verify")
        self.assertEqual(response.status_code, 200)
        self.assertIn('name="code"', response.text)
