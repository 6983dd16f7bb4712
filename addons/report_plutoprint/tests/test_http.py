import html
import io
import json
from unittest.mock import patch
from urllib.parse import unquote

from pypdf import PdfReader

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import HANGING, ReportPlutoprintCommon, pages, text

CONTEXT = json.dumps({"force_report_rendering": True})


@tagged("post_install", "-at_install")
class TestHttp(ReportPlutoprintCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report.write(
            {"name": "Құжат", "print_report_name": "'Document %s' % object.name"}
        )
        new_test_user(cls.env, "plutoprint_user", groups="base.group_user")

    def setUp(self):
        super().setUp()
        self.authenticate("plutoprint_user", "plutoprint_user")

    def _download(self, ids, report=None):
        """Download as the web client does."""
        name = (report or self.report).report_name
        url = f"/report/pdf/{name}/{','.join(map(str, ids))}"
        return self.url_open(
            "/report/download",
            data={
                "data": json.dumps([url, "qweb-pdf"]),
                "context": CONTEXT,
                "csrf_token": http.Request.csrf_token(self),
            },
            timeout=120,
        )

    def _file_name(self, response):
        return unquote(response.headers["Content-Disposition"])

    def test_route(self):
        response = self.url_open(
            f"/report/pdf/{self.report.report_name}/{self.partners[0].id}"
            f"?context={CONTEXT}"
        )
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn("Partner Ә", text(response.content))

    def test_download_of_one(self):
        response = self._download(self.partners[:1].ids)
        self.assertEqual(response.status_code, 200)
        self.assertIn("attachment", self._file_name(response))
        self.assertIn("Document Partner Ә.pdf", self._file_name(response))
        self.assertEqual(len(pages(response.content)), 1)

    def test_download_of_several(self):
        response = self._download(self.partners.ids)
        self.assertIn("Құжат.pdf", self._file_name(response))
        self.assertEqual(len(pages(response.content)), 3)
        self.assertEqual(int(response.headers["Content-Length"]), len(response.content))

    def test_download_of_five_hundred(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Many {i}"} for i in range(500)]
        )
        response = self._download(partners.ids)
        self.assertEqual(response.status_code, 200)
        reader = PdfReader(io.BytesIO(response.content))
        self.assertEqual(len(reader.pages), 500)
        for index in (0, 250, 499):
            self.assertIn(f"Many {index}\n", reader.pages[index].extract_text() + "\n")

    def test_state(self):
        self.assertEqual(
            self.make_jsonrpc_request("/report/check_wkhtmltopdf", {}), "ok"
        )

    def _error(self, response):
        """Return the message of the error that the web client shows.

        Odoo answers with status 200 and a description instead of the document.
        """
        self.assertNotIn(b"%PDF", response.content)
        self.assertNotIn("Content-Disposition", response.headers)
        return json.loads(html.unescape(response.text))["data"]["message"]

    def test_bad_document(self):
        """The error names the record, and the server goes on."""
        self.env["ir.config_parameter"].set_param("report_plutoprint.time_limit", "1")
        bad = self.partners[1].id
        original = type(self.report)._render_template

        def render(report, template, values=None):
            page = original(report, template, values)
            docs = values.get("docs")
            return HANGING.encode() if docs and docs.id == bad else page

        with (
            patch.object(type(self.report), "_render_template", render),
            mute_logger(
                "odoo.http",
                "odoo.addons.web.controllers.report",
                "odoo.addons.report_plutoprint.models.ir_actions_report",
            ),
        ):
            response = self._download(self.partners.ids)
        self.assertIn("Partner Ғ", self._error(response))
        response = self._download(self.partners.ids)
        self.assertEqual(len(pages(response.content)), 3)

    def test_portal_user(self):
        new_test_user(self.env, "plutoprint_portal", groups="base.group_portal")
        self.authenticate("plutoprint_portal", "plutoprint_portal")
        with mute_logger("odoo.http", "odoo.addons.web.controllers.report"):
            response = self._download(self.partners.ids)
        self.assertTrue(self._error(response))
