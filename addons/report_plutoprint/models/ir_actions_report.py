import base64
import io
import logging
import os
import time

from PIL import Image

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.tools import config

import odoo.addons

from ..lib import engine
from ..lib.qr import qr_svg

_logger = logging.getLogger(__name__)

DEFAULT_TIME_LIMIT = 30
DEFAULT_MEMORY_LIMIT = 1024


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    pdf_engine = fields.Selection(
        [("wkhtmltopdf", "wkhtmltopdf"), ("plutoprint", "PlutoPrint")],
        string="PDF Engine",
        required=True,
        default="wkhtmltopdf",
        help="The program that turns the pages of this report into PDF. PlutoPrint "
        "needs a template made for it, see the layout report_plutoprint.layout.",
    )

    @api.model
    def get_wkhtmltopdf_state(self):
        """Answer ``ok``: the web client asks before any PDF download, whatever the
        report, and shows HTML instead when the program is missing.

        Reports that do need wkhtmltopdf get its true state, see
        ``_render_qweb_pdf_prepare_streams``.
        """
        state = super().get_wkhtmltopdf_state()
        if self.env.context.get("plutoprint_other_engine"):
            return state
        return state if state in ("ok", "upgrade") else "ok"

    def report_action(self, docids, data=None, config=True):
        """Do not ask administrators for a document layout that is not used."""
        config = config and self.pdf_engine != "plutoprint"
        return super().report_action(docids, data=data, config=config)

    def _get_rendering_context(self, report, docids, data):
        """Add the page set-up, which the layout writes into its ``@page`` rule."""
        if report.pdf_engine == "plutoprint":
            self._check_plutoprint_access(report, docids)
        values = super()._get_rendering_context(report, docids, data)
        if report.pdf_engine == "plutoprint" and "plutoprint_page" not in values:
            values["plutoprint_page"] = report.plutoprint_page()
        return values

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Render a report of the engine PlutoPrint, one PDF per record."""
        report = self._get_report(report_ref)
        if report.pdf_engine != "plutoprint":
            self = self.with_context(plutoprint_other_engine=True)
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        data = dict(data or {})
        data.setdefault("report_type", "pdf")
        data.pop("plutoprint_page", None)
        if not res_ids:
            values = self._get_rendering_context(report, res_ids, data)
            html = self._render_template(report.report_name, values)
            pdf = self._render_plutoprint([html], [report.name])[0]
            return {False: {"stream": io.BytesIO(pdf), "attachment": None}}

        # A list with repetitions is not stored, as in the standard engine.
        unique_ids = list(dict.fromkeys(res_ids))
        self._check_plutoprint_access(report, unique_ids)
        stored = (
            report.attachment
            and len(unique_ids) == len(res_ids)
            and not self.env.context.get("report_pdf_no_attachment")
        )
        records = self.env[report.model].browse(unique_ids)
        streams = {}
        for record in records:
            attachment = report.retrieve_attachment(record) if stored else None
            stream = None
            if attachment and report.attachment_use:
                stream = self._plutoprint_attachment_stream(attachment)
            streams[record.id] = {"stream": stream, "attachment": attachment}
        missing = records.filtered(lambda record: not streams[record.id]["stream"])
        for record_id, pdf in self._iter_plutoprint_records(report, missing, data):
            streams[record_id]["stream"] = io.BytesIO(pdf)
        return streams

    @api.model
    def _check_plutoprint_access(self, report, record_ids):
        """Refuse to print what the user may not read.

        Reports read with more rights than the user has: signatures, names, stored
        files. The address of a report takes any number from anybody who has logged in.

        :raise AccessError: for records that are not the user's to read
        """
        if report.model in self.env:
            self.env[report.model].browse(record_ids or ()).check_access("read")

    @api.model
    def _plutoprint_attachment_stream(self, attachment):
        """Return the stored document as a stream of PDF; pictures become a page."""
        stream = io.BytesIO(attachment.raw)
        if not (attachment.mimetype or "").startswith("image"):
            return stream
        page = io.BytesIO()
        with Image.open(stream) as image:
            image.convert("RGB").save(page, format="pdf")
        return page

    @api.model
    def _render_plutoprint_records(self, report_ref, records, data=None, lang=None):
        """Render one document per record in one batch, in tests, too.

        Attachments are neither read nor written.

        :param report_ref: anything that ``_get_report`` takes
        :param records: records of the report's model
        :param dict data: as for ``_render_qweb_pdf``
        :param str lang: code of the language to print in; the user's by default
        :return: ``{id: bytes of the PDF}`` in the order of the records
        :raise UserError: naming the record that could not be printed
        """
        report = self._get_report(report_ref)
        if lang:
            self = self.with_context(lang=lang)
            records = records.with_context(lang=lang)
        data = dict(data or {})
        data.setdefault("report_type", "pdf")
        return dict(self._iter_plutoprint_records(report, records, data))

    @api.model
    def _render_plutoprint(self, htmls, names=None):
        """Render pages that are ready.

        :param htmls: HTML documents, ``str`` or ``bytes`` in UTF-8
        :param names: what to call each of them in an error message
        :return: list of bytes of the PDFs, in the same order
        :raise UserError: naming the document that could not be printed
        """

        def name(index):
            return names[index] if names else self.env._("Document %s", index + 1)

        return list(self._iter_plutoprint(htmls, name))

    def _iter_plutoprint_records(self, report, records, data):
        """Yield ``(id, bytes of the PDF)`` for each of the records.

        The HTML of a record is made while the engine lays out the one before.
        """
        htmls = self._iter_plutoprint_html(report, records, data)
        pdfs = self._iter_plutoprint(
            htmls, lambda index: records[index].sudo().display_name or report.name
        )
        return zip(records.ids, pdfs, strict=True)

    def _iter_plutoprint_html(self, report, records, data):
        """Yield the HTML of each of the records.

        A report model ``report.<report_name>`` may have a method
        ``_get_plutoprint_values(docids, data)`` that returns ``{id: values}`` for the
        whole batch with a few queries; otherwise ``_get_report_values`` is called
        for each record.
        """
        self._check_plutoprint_access(report, records.ids)
        # The same for all: not to be read again for each.
        data = {**data, "plutoprint_page": report.plutoprint_page()}
        prepared = {}
        report_model = self._get_rendering_context_model(report)
        if report_model is not None and hasattr(report_model, "_get_plutoprint_values"):
            prepared = report_model._get_plutoprint_values(records.ids, dict(data))
        for record in records:
            if record.id in prepared:
                values = {**data, **prepared[record.id]}
            else:
                values = self._get_rendering_context(report, record.ids, dict(data))
            docs = values.get("docs")
            if isinstance(docs, models.Model) and docs._name == records._name:
                # What is read for one record is read for the whole batch.
                values["docs"] = docs.with_prefetch(records._prefetch_ids)
            yield self._render_template(report.report_name, values)

    def _iter_plutoprint(self, htmls, name):
        """Yield the bytes of the PDF of each HTML document.

        :param htmls: iterable; the next one is taken while one is being laid out
        :param name: function of the index that tells the name of the document
        :raise UserError: for the first document that cannot be printed
        """
        limit = self._plutoprint_parameter("time_limit", DEFAULT_TIME_LIMIT)
        memory = self._plutoprint_parameter("memory_limit", DEFAULT_MEMORY_LIMIT)
        started = time.perf_counter()
        index = pages = 0
        results = engine.pool.render(
            htmls,
            roots=list(dict.fromkeys(odoo.addons.__path__)),
            limit=limit or DEFAULT_TIME_LIMIT,
            memory=memory << 20,
            cache=os.path.join(config["data_dir"], "report_plutoprint"),
        )
        try:
            for index, (pdf, count, refused) in enumerate(results, start=1):
                for url, reason in refused:
                    _logger.warning(
                        "%s: resource %r refused: %s", name(index - 1), url, reason
                    )
                pages += count
                yield pdf
        except engine.RenderError as error:
            _logger.warning("PlutoPrint: %s (%s)", error, error.kind)
            raise UserError(self._plutoprint_message(error, name, limit)) from error
        finally:
            # The test framework complains about processes that outlive a test.
            if modules.module.current_test:
                engine.pool.close()
        _logger.debug(
            "PlutoPrint: %s documents, %s pages in %.3f s",
            index,
            pages,
            time.perf_counter() - started,
        )

    def _plutoprint_message(self, error, name, limit):
        """Return what to tell the user about a ``RenderError``."""
        if error.kind == "start":
            return self.env._("The PDF engine PlutoPrint does not work: %s", error)
        document = name(error.index)
        if error.kind == "timeout":
            return self.env._(
                "“%(document)s” could not be printed: laying out its pages took longer "
                "than %(seconds)s seconds.",
                document=document,
                seconds=limit,
            )
        if error.kind == "crash":
            return self.env._(
                "“%(document)s” could not be printed: laying out its pages needed too "
                "much memory or failed. Please check its contents.",
                document=document,
            )
        return self.env._(
            "“%(document)s” could not be printed: %(reason)s",
            document=document,
            reason=error,
        )

    @api.model
    def _plutoprint_parameter(self, name, default):
        """Return a system parameter of this addon as a number ≥ 0."""
        key = f"report_plutoprint.{name}"
        text = self.env["ir.config_parameter"].sudo().get_param(key)
        if not text:
            return default
        try:
            return max(0, int(text))
        except ValueError:
            _logger.warning("System parameter %s is not a number: %r", key, text)
            return default

    @api.private
    def plutoprint_page(self):
        """Return size and margins of the page as CSS lengths.

        They come from the paper format of the report, otherwise from this addon's own
        A4 format: the company's leaves the top of the page to a header that only
        wkhtmltopdf prints.

        :return: ``{"size": "210mm 297mm", "margin": "20mm 15mm 20mm 25mm"}``
        """
        paper = self.paperformat_id or self.env.ref(
            "report_plutoprint.paperformat_a4", raise_if_not_found=False
        )
        if not paper or not (paper.print_page_width and paper.print_page_height):
            return {"size": "210mm 297mm", "margin": "20mm 15mm 20mm 25mm"}
        sides = (
            paper.margin_top,
            paper.margin_right,
            paper.margin_bottom,
            paper.margin_left,
        )
        return {
            "size": f"{paper.print_page_width:g}mm {paper.print_page_height:g}mm",
            "margin": " ".join(f"{side:g}mm" for side in sides),
        }

    @api.model
    @api.private
    def plutoprint_qr(self, value, border=4):
        """Return a QR code as ``data:`` address, for templates.

        It is a drawing, sharp in any size and made in a third of the time that the
        picture of ``barcode`` takes.

        :param str value: the text of the code
        :param int border: quiet zone in modules; readers want 4
        """
        # A slot filled with content, not by t-value, is no text yet.
        svg = qr_svg(str(value).strip(), border)
        return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
