from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .common import TODAY, ExamsCommon


@tagged("post_install", "-at_install")
class TestPortal(ExamsCommon, HttpCase):
    def test_own_results_by_term(self):
        with freeze_time(TODAY):
            self._finish(
                self._sheet(self.disciplines[0]), [(90, 90, 90)] + [(60, 60, 60)] * 3
            )
        self.authenticate("test_student", "test_student")
        page = self.url_open("/my/results").text
        for text in ("Test discipline 1", "A-", "3.67", "TST 1101"):
            self.assertIn(text, page)
        for text in ("Әлиева", "C-"):
            self.assertNotIn(text, page)
        home = self.url_open("/my/home")
        self.assertIn("/my/results", home.text)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["registrar_result_count"]}
        )
        self.assertEqual(counters["registrar_result_count"], 1)

    def test_student_without_results_reads_why(self):
        self.authenticate("test_student", "test_student")
        page = self.url_open("/my/results").text
        self.assertIn("no registered results yet", page)

    def test_stranger_is_sent_to_the_login(self):
        response = self.url_open("/my/results", allow_redirects=False)
        self.assertIn(response.status_code, (302, 303))
        self.assertIn("/web/login", response.headers["Location"])

    def test_workbook_only_for_own_sheets(self):
        with freeze_time(TODAY):
            sheet = self._sheet(self.disciplines[0])
        url = f"/registrar/sheet/{sheet.id}/marks.xlsx"
        self.authenticate("test_teacher", "test_teacher")
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.content.startswith(b"PK"))
        self.authenticate("test_other_teacher", "test_other_teacher")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate("test_student", "test_student")
        self.assertIn(self.url_open(url).status_code, (403, 404))
