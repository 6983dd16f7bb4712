from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal


class TranscriptPortal(CustomerPortal):
    """A student sees and downloads the own registered transcripts."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "transcript_count" in counters:
            values["transcript_count"] = self._own_transcripts(count=True)
        return values

    @http.route(
        "/my/transcript",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_transcripts(self, **parameters):
        """List the transcripts issued to the student of the user."""
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="transcript",
            transcripts=self._own_transcripts(),
            default_url="/my/transcript",
        )
        return request.render("registrar_reports.portal_my_transcripts", values)

    @http.route(
        "/my/transcript/<int:transcript_id>/pdf",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def my_transcript_pdf(self, transcript_id, **parameters):
        """Send the frozen PDF of an own transcript; anything else does not exist."""
        transcript = self._own_transcripts().filtered(lambda t: t.id == transcript_id)
        # The file belongs to the register; the student may read it through here only.
        attachment = transcript.sudo().entry_id.attachment_id
        if not attachment:
            raise request.not_found()
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Length", str(len(attachment.raw))),
            ("Content-Disposition", content_disposition(attachment.name)),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(attachment.raw, headers=headers)

    def _own_transcripts(self, count=False):
        """Return the transcripts of the user as a student, whatever other roles."""
        domain = [
            ("student_id.partner_id", "=", request.env.user.partner_id.id),
            ("state", "in", ("registered", "cancelled")),
        ]
        Transcript = request.env["registrar.transcript"]
        if not Transcript.has_access("read"):
            return 0 if count else Transcript
        if count:
            return Transcript.search_count(domain)
        return Transcript.search(domain, order="document_date desc, id desc")
