import importlib
import io
import time
from unittest.mock import patch

from PIL import Image
from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_actions_report as base_report

from ..lib import engine
from .common import GREEDY, HANGING, ReportPlutoprintCommon, pages, text

LOGGER = "odoo.addons.report_plutoprint.models.ir_actions_report"


@tagged("post_install", "-at_install")
class TestReport(ReportPlutoprintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Outside of tests, what every user gets.
        cls.Report = cls.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        cls.name = cls.report.report_name

    def _attachments(self):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", self.partners.ids),
                ("name", "like", "doc-%"),
            ]
        )

    def test_default_engine(self):
        report = self.env["ir.actions.report"].create(
            {"name": "Other", "model": "res.partner", "report_name": "other"}
        )
        self.assertEqual(report.pdf_engine, "wkhtmltopdf")

    def test_pypdf2_is_not_installed(self):
        """Odoo prefers it to pypdf, and its version 3 cannot merge documents."""
        with self.assertRaises(ImportError):
            importlib.import_module("PyPDF2")

    def test_html_in_tests(self):
        """As in Odoo, tests get HTML unless they ask for the PDF."""
        content, kind = self.env["ir.actions.report"]._render_qweb_pdf(
            self.name, self.partners.ids
        )
        self.assertEqual(kind, "html")
        self.assertIn("Partner Ә".encode(), content)

    def test_several_documents_are_merged(self):
        content, kind = self.Report._render_qweb_pdf(self.name, self.partners.ids)
        self.assertEqual(kind, "pdf")
        texts = pages(content)
        self.assertEqual(len(texts), 3)
        for partner, page in zip(self.partners, texts, strict=True):
            self.assertIn(partner.name, page)
            self.assertIn("Page 1 of 1", " ".join(page.split()))

    def test_one_document(self):
        content, _kind = self.Report._render_qweb_pdf(self.name, self.partners[1].id)
        self.assertEqual(len(pages(content)), 1)
        self.assertIn("Partner Ғ", text(content))

    def test_order_and_repetitions(self):
        ids = (self.partners[2] + self.partners[0]).ids
        streams = self.Report._render_qweb_pdf_prepare_streams(self.name, {}, ids)
        self.assertEqual(list(streams), ids)
        streams = self.Report._render_qweb_pdf_prepare_streams(
            self.name, {}, [*ids, *ids]
        )
        self.assertEqual(list(streams), ids)

    def test_without_records(self):
        report = self._create_report("nothing", "<p>x</p>")
        self.env["ir.ui.view"].search([("key", "=", report.report_name)]).arch = f"""
            <t t-name="{report.report_name}"><t t-call="report_plutoprint.layout">
                <p><t t-out="note"/></p></t></t>"""
        content, _kind = self.Report._render_qweb_pdf(
            report.report_name, None, data={"note": "Without records"}
        )
        self.assertIn("Without records", text(content))

    def test_attachments(self):
        self.report.write({"attachment": "'doc-%s.pdf' % object.id"})
        first, _kind = self.Report._render_qweb_pdf(self.name, self.partners.ids)
        attachments = self._attachments()
        self.assertEqual(len(attachments), 3)
        for attachment in attachments:
            self.assertEqual(attachment.mimetype, "application/pdf")
            self.assertEqual(len(pages(attachment.raw)), 1)
        # Printed once more: not stored again, and anew unless that is switched off.
        self.partners[0].name = "Renamed"
        again, _kind = self.Report._render_qweb_pdf(self.name, self.partners.ids)
        self.assertIn("Renamed", text(again))
        self.assertEqual(self._attachments(), attachments)
        self.report.attachment_use = True
        stored, _kind = self.Report._render_qweb_pdf(self.name, self.partners.ids)
        self.assertNotIn("Renamed", text(stored))
        self.assertEqual(text(stored), text(first))
        # One missing: the others still come from their attachments.
        attachments.filtered(lambda a: a.res_id == self.partners[1].id).unlink()
        with patch.object(engine.pool, "render", wraps=engine.pool.render) as render:
            mixed, _kind = self.Report._render_qweb_pdf(self.name, self.partners.ids)
        self.assertEqual(render.call_count, 1)
        self.assertEqual(text(mixed), text(first))
        self.assertEqual(len(self._attachments()), 3)

    def test_no_attachments(self):
        self.report.write({"attachment": "'doc-%s.pdf' % object.id"})
        self.Report.with_context(report_pdf_no_attachment=True)._render_qweb_pdf(
            self.name, self.partners.ids
        )
        self.Report._render_qweb_pdf(self.name, self.partners.ids * 2)
        self.Report._render_plutoprint_records(self.report, self.partners)
        self.assertFalse(self._attachments())

    def test_picture_as_attachment(self):
        self.report.write(
            {"attachment": "'doc-%s.pdf' % object.id", "attachment_use": True}
        )
        stream = io.BytesIO()
        Image.new("RGBA", (20, 20), (255, 0, 0, 128)).save(stream, "png")
        self.env["ir.attachment"].create(
            {
                "name": f"doc-{self.partners[0].id}.pdf",
                "res_model": "res.partner",
                "res_id": self.partners[0].id,
                "raw": stream.getvalue(),
                "mimetype": "image/png",
            }
        )
        content, _kind = self.Report._render_qweb_pdf(self.name, self.partners.ids)
        self.assertEqual(len(pages(content)), 3)

    def test_records(self):
        pdfs = self.env["ir.actions.report"]._render_plutoprint_records(
            self.name, self.partners
        )
        self.assertEqual(list(pdfs), self.partners.ids)
        for partner in self.partners:
            self.assertIn(partner.name, text(pdfs[partner.id]))
        again = self.report._render_plutoprint_records(self.report, self.partners)
        self.assertEqual(pdfs, again)
        none = self.report._render_plutoprint_records(self.report, self.partners[:0])
        self.assertEqual(none, {})

    def test_language_of_records(self):
        for lang in ("en_US", "ru_RU"):
            self.env["res.lang"]._activate_lang(lang)
        categories = self.env["res.partner.category"].with_context(lang="en_US")
        category = categories.create({"name": "Student"})
        category.with_context(lang="ru_RU").name = "Студент"
        self.partners[0].category_id = category
        report = self._create_report(
            "language", "<p><t t-out='o.category_id.name'/></p>"
        )
        for lang, name in (("en_US", "Student"), ("ru_RU", "Студент")):
            pdfs = report._render_plutoprint_records(
                report, self.partners[:1], lang=lang
            )
            self.assertIn(name, text(pdfs[self.partners[0].id]))

    def test_data(self):
        report = self._create_report("data", "<p><t t-out='note'/></p>")
        pdfs = report._render_plutoprint_records(
            report, self.partners, data={"note": "A note"}
        )
        self.assertTrue(all("A note" in text(pdf) for pdf in pdfs.values()))

    def test_ready_pages(self):
        pdfs = self.report._render_plutoprint(["<p>One</p>", b"<p>Two</p>"])
        self.assertEqual([text(pdf).strip() for pdf in pdfs], ["One", "Two"])
        with (
            mute_logger(LOGGER),
            self.assertRaisesRegex(UserError, "Second"),
        ):
            self.report._render_plutoprint(["<p>x</p>", b"\xff"], ["First", "Second"])
        with (
            mute_logger(LOGGER),
            self.assertRaisesRegex(UserError, "Document 1"),
        ):
            self.report._render_plutoprint([b"\xff"])

    def test_prefetch_of_a_batch(self):
        """What a document reads is read once for all documents."""
        countries = self.env["res.country"].search([], limit=12)
        partners = self.env["res.partner"].create(
            [{"name": c.name, "country_id": c.id} for c in countries]
        )
        report = self._create_report(
            "prefetch", "<p><t t-out='o.country_id.currency_id.name'/></p>"
        )

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            report._render_plutoprint_records(report, records)
            return self.env.cr.sql_log_count - before

        count(partners[:1])
        self.assertEqual(count(partners), count(partners[:2]))

    def test_values_of_a_batch(self):
        calls = []

        class Model:
            def _get_plutoprint_values(self, docids, data):
                calls.append(docids)
                return {
                    docid: {"docs": partners.browse(docid), "note": f"Note {docid}"}
                    for docid in docids
                }

        partners = self.partners
        report = self._create_report("batch", "<p><t t-out='note'/></p>")
        with patch.object(
            self.env.registry["ir.actions.report"],
            "_get_rendering_context_model",
            lambda self, report: Model(),
        ):
            pdfs = report._render_plutoprint_records(report, partners)
        self.assertEqual(calls, [partners.ids])
        for docid, pdf in pdfs.items():
            self.assertIn(f"Note {docid}", text(pdf))

    def test_hanging_document_is_named(self):
        self.env["ir.config_parameter"].set_param("report_plutoprint.time_limit", "1")
        report = self._create_report("bad", "<p><t t-out='text'/></p>")
        bad = self.partners[1]
        original = type(report)._render_template

        def render(self, template, values=None):
            html = original(self, template, values)
            return HANGING.encode() if values["docs"] == bad else html

        with (
            patch.object(type(report), "_render_template", render),
            self.assertLogs(LOGGER, "WARNING"),
            self.assertRaisesRegex(UserError, "Partner Ғ.*1 seconds"),
        ):
            self.Report._render_qweb_pdf(report.report_name, self.partners.ids)
        pdfs = report._render_plutoprint_records(report, self.partners)
        self.assertEqual(len(pdfs), 3)

    def test_greedy_document_is_named(self):
        self.env["ir.config_parameter"].set_param(
            "report_plutoprint.memory_limit", "600"
        )
        bad = GREEDY.replace("colspan=60000 rowspan=60000", "colspan='60000'")
        bad = bad.replace("<td ", "<td rowspan='60000' ")
        report = self._create_report(
            "bad", f"<t t-if='o.id == {self.partners[2].id}'>{bad}</t>"
        )
        with (
            self.assertLogs(LOGGER, "WARNING"),
            self.assertRaisesRegex(UserError, "Partner Қ"),
        ):
            report._render_plutoprint_records(report, self.partners)
        self.assertEqual(
            len(report._render_plutoprint_records(report, self.partners[:2])), 2
        )

    def test_error_in_template(self):
        """An error of the template is the usual one, and ends nothing."""
        report = self._create_report("broken", "<p><t t-out='1 / 0'/></p>")
        with self.assertRaisesRegex(Exception, "division by zero"):
            report._render_plutoprint_records(report, self.partners)
        self.assertTrue(
            self.report._render_plutoprint_records(self.report, self.partners)
        )

    def test_engine_missing(self):
        with (
            patch.object(
                engine.pool, "take", side_effect=engine.RenderError("start", "x")
            ),
            self.assertLogs(LOGGER, "WARNING"),
            self.assertRaisesRegex(UserError, "does not work"),
        ):
            self.report._render_plutoprint_records(self.report, self.partners)

    def test_refused_resources_are_logged(self):
        report = self._create_report(
            "refused", "<img src='http://127.0.0.1:9/logo.png'/><p>x</p>"
        )
        with self.assertLogs(LOGGER, "WARNING") as logs:
            report._render_plutoprint_records(report, self.partners[:1])
        self.assertIn("Partner Ә", logs.output[0])
        self.assertIn("http://127.0.0.1:9/logo.png", logs.output[0])

    def test_parameters(self):
        parameter = self.env["ir.config_parameter"]
        read = self.report._plutoprint_parameter
        self.assertEqual(read("time_limit", 5), 30)
        self.assertEqual(read("memory_limit", 5), 1024)
        parameter.set_param("report_plutoprint.time_limit", "7")
        self.assertEqual(read("time_limit", 5), 7)
        parameter.set_param("report_plutoprint.time_limit", "-7")
        self.assertEqual(read("time_limit", 5), 0)
        parameter.set_param("report_plutoprint.time_limit", "soon")
        with self.assertLogs(LOGGER, "WARNING"):
            self.assertEqual(read("time_limit", 5), 5)
        parameter.set_param("report_plutoprint.time_limit", False)
        self.assertEqual(read("time_limit", 5), 5)

    def test_wkhtmltopdf_is_not_needed(self):
        """The client may download; other reports still learn that it is missing."""
        names = base_report.WkhtmlInfo._fields
        state = base_report.WkhtmlInfo(**dict.fromkeys(names))._replace(state="install")
        other = self.report.copy({"pdf_engine": "wkhtmltopdf"})
        with patch.object(base_report, "_wkhtml", lambda: state):
            self.assertEqual(self.Report.get_wkhtmltopdf_state(), "ok")
            self.assertTrue(
                self.Report._render_qweb_pdf(self.report, self.partners.ids)
            )
            with self.assertRaisesRegex(UserError, "Wkhtmltopdf"):
                self.Report._render_qweb_pdf(other, self.partners.ids)

    def test_no_layout_to_configure(self):
        """Administrators are not asked for a layout of another engine."""
        admin = self.env.ref("base.user_admin")
        self.env.company.external_report_layout_id = False
        action = self.report.with_user(admin).report_action(self.partners)
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertEqual(action["context"]["active_ids"], self.partners.ids)

    def test_access_rights(self):
        """Printing shows nothing that the user may not read."""
        user = new_test_user(self.env, "plutoprint_portal", groups="base.group_portal")
        self.env.invalidate_all()
        with self.assertRaisesRegex(Exception, "(?i)access|not allowed|доступ"):
            self.Report.with_user(user)._render_qweb_pdf(self.name, self.partners.ids)

    def test_helpers_are_not_for_clients(self):
        for name in ("plutoprint_qr", "plutoprint_page"):
            method = getattr(type(self.report), name)
            self.assertTrue(method._api_private)

    def test_metadata_has_no_time(self):
        pdf = self._render("<p>x</p>")
        metadata = PdfReader(io.BytesIO(pdf)).metadata
        self.assertEqual(metadata.creation_date.year, 2000)


@tagged("-standard", "slow")
class TestSpeed(ReportPlutoprintCommon):
    def test_speed(self):
        """At least 15 documents of two pages in a second."""
        rows = "".join(
            f"<tr><td>{i}</td><td>Қазақстан тарихы</td><td>История Казахстана</td>"
            "<td>History of Kazakhstan</td><td>5</td><td>A-</td></tr>"
            for i in range(60)
        )
        report = self._create_report(
            "speed",
            "<t t-set='qr'>https://example.org/verify/<t t-out='o.id'/></t>"
            f"<h1><t t-out='o.name'/></h1><table class='rp-table'>{rows}</table>",
        )
        partners = self.env["res.partner"].create(
            [{"name": f"Student {i}"} for i in range(60)]
        )
        report._render_plutoprint_records(report, partners[:1])
        start = time.perf_counter()
        pdfs = report._render_plutoprint_records(report, partners)
        self.assertGreater(len(pdfs) / (time.perf_counter() - start), 15)
        self.assertEqual({len(pages(pdf)) for pdf in pdfs.values()}, {2})
