import io
from datetime import date

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.tests import HttpCase, new_test_user, tagged

from .test_transcript import TranscriptCommon, text_of


@tagged("post_install", "-at_install")
@freeze_time("2026-07-10")
class TestDownloads(TranscriptCommon, HttpCase):
    """What leaves the server, and to whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.students_users = {}
        for student, login in ((cls.aidar, "test_aidar"), (cls.asel, "test_asel")):
            cls.students_users[student] = new_test_user(
                cls.env,
                login=login,
                name=student.full_name,
                groups="base.group_portal",
                partner_id=student.partner_id.id,
            )

    def _page(self, path, status=200):
        response = self.url_open(path, allow_redirects=False)
        self.assertEqual(response.status_code, status, path)
        return response

    # XLSX

    def _movement(self, user):
        return (
            self.env["registrar.movement.report"]
            .with_user(user)
            .create(
                {
                    "date_from": date(2025, 8, 1),
                    "date_to": date(2026, 6, 30),
                    "group_ids": self.group.ids,
                }
            )
        )

    def test_xlsx_of_the_own_report(self):
        report = self._movement(self.clerk)
        self.authenticate("test_clerk", "test_clerk")
        response = self._page(report.action_xlsx()["url"])
        self.assertIn("movement_2025-08-01", response.headers["Content-Disposition"])
        page = load_workbook(io.BytesIO(response.content)).active
        by_code = {
            row[0].value: row[2].value for row in page.iter_rows() if row[0].value
        }
        self.assertEqual((by_code["021"], by_code["050"]), (4, 4))

    def test_xlsx_of_others_does_not_exist(self):
        report = self._movement(self.clerk)
        contingent = (
            self.env["registrar.contingent.report"].with_user(self.clerk).create({})
        )
        paths = [r.action_xlsx()["url"] for r in (report, contingent)]
        paths += [
            "/registrar/xlsx/registrar.movement.report/999999999",
            f"/registrar/xlsx/registrar.student/{self.aidar.id}",
            f"/registrar/xlsx/registrar.xlsx/{report.id}",
            f"/registrar/xlsx/no.such.model/{report.id}",
        ]
        for login in ("test_viewer", "test_teacher", "test_aidar"):
            self.authenticate(login, login)
            for path in paths:
                with self.subTest(login=login, path=path):
                    self._page(path, 404)

    def test_xlsx_needs_a_login(self):
        report = self._movement(self.clerk)
        self.authenticate(None, None)
        response = self._page(report.action_xlsx()["url"], 303)
        self.assertIn("/web/login", response.headers["Location"])

    # Portal

    def test_student_sees_and_downloads_the_own_transcript(self):
        own = self._registered(self.aidar)
        self._transcript(self.aidar)
        other = self._registered(self.asel)
        self.authenticate("test_aidar", "test_aidar")
        page = self._page("/my/transcript").text
        self.assertIn(own.number, page)
        self.assertIn(own.verification_code, page)
        self.assertNotIn(other.verification_code, page)
        self.assertEqual(page.count("o_my_transcript"), 1)
        response = self._page(f"/my/transcript/{own.id}/pdf")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertEqual(response.content, own.entry_id.attachment_id.raw)
        self.assertIn("Ахметов Айдар", text_of(response.content))

    def test_nobody_reaches_the_transcripts_of_others(self):
        own = self._registered(self.aidar)
        draft = self._transcript(self.aidar)
        other = self._registered(self.asel)
        attachment = other.entry_id.attachment_id
        self.authenticate("test_aidar", "test_aidar")
        for path in (
            f"/my/transcript/{other.id}/pdf",
            f"/my/transcript/{draft.id}/pdf",
            "/my/transcript/999999999/pdf",
            f"/web/content/{attachment.id}?download=true",
            f"/web/content/{attachment.id}?access_token=x",
        ):
            with self.subTest(path):
                response = self.url_open(path, allow_redirects=False)
                self.assertNotEqual(response.status_code, 200)
                self.assertNotIn(b"%PDF", response.content)
        response = self.url_open(
            f"/report/pdf/registrar_reports.report_transcript/{other.id}"
        )
        self.assertNotEqual(response.status_code, 200)
        # Staff who are not students have no transcripts here.
        self.authenticate("test_clerk", "test_clerk")
        self._page(f"/my/transcript/{own.id}/pdf", 404)
        self.assertNotIn(own.verification_code, self._page("/my/transcript").text)

    def test_cancelled_transcript_is_shown_but_not_offered(self):
        own = self._registered(self.aidar)
        own._cancel_by(self._registered(self.aidar))
        self.env.flush_all()
        self.authenticate("test_aidar", "test_aidar")
        page = self._page("/my/transcript").text
        self.assertIn("Cancelled", page)
        self.assertNotIn(f"/my/transcript/{own.id}/pdf", page)

    def test_empty_page(self):
        self.authenticate("test_asel", "test_asel")
        self.assertIn(
            "No transcript has been issued", self._page("/my/transcript").text
        )

    def test_portal_home_counts(self):
        self._registered(self.aidar)
        self.authenticate("test_aidar", "test_aidar")
        self.assertIn("/my/transcript", self._page("/my/home").text)
        result = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["transcript_count"]}
        )
        self.assertEqual(result["transcript_count"], 1)

    def test_login_is_needed(self):
        own = self._registered(self.aidar)
        self.authenticate(None, None)
        for path in ("/my/transcript", f"/my/transcript/{own.id}/pdf"):
            self.assertIn("/web/login", self._page(path, 303).headers["Location"])
