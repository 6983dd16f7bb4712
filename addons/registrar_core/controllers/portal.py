from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal


class StudentPortal(CustomerPortal):
    """Pages of a student: own calendar, class groups and documents.

    Pages of other addons take the student from ``_portal_student`` as well: who one
    is follows from the user alone, never from the request.
    """

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["registrar_student"] = self._portal_student()
        return values

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        wanted = {
            "registrar_class_count": lambda s: s._portal_class_count(),
            "registrar_document_count": lambda s: len(s._portal_documents()),
        }
        student = self._portal_student() if wanted.keys() & set(counters) else None
        for name in wanted.keys() & set(counters):
            values[name] = wanted[name](student) if student else 0
        return values

    @http.route("/my/calendar", type="http", auth="user", methods=["GET"], website=True)
    def portal_my_calendar(self, **parameters):
        """Show what is open now, the next deadlines and the year by term."""
        values = self._prepare_portal_layout_values()
        student = values["registrar_student"]
        values.update(
            page_name="registrar_calendar",
            student=student,
            **(student._portal_calendar() if student else {}),
        )
        return request.render("registrar_core.portal_my_calendar", values)

    @http.route("/my/classes", type="http", auth="user", methods=["GET"], website=True)
    def portal_my_classes(self, **parameters):
        """Show the class groups of the student by term."""
        values = self._prepare_portal_layout_values()
        student = values["registrar_student"]
        values.update(
            page_name="registrar_classes",
            student=student,
            terms=student._portal_classes() if student else [],
        )
        return request.render("registrar_core.portal_my_classes", values)

    @http.route(
        "/my/documents", type="http", auth="user", methods=["GET"], website=True
    )
    def portal_my_documents(self, **parameters):
        """Show the registered documents that concern the student."""
        values = self._prepare_portal_layout_values()
        student = values["registrar_student"]
        values.update(
            page_name="registrar_documents",
            student=student,
            documents=student._portal_documents() if student else [],
        )
        return request.render("registrar_core.portal_my_documents", values)

    @http.route(
        "/my/documents/<int:entry_id>/pdf",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def portal_my_document_pdf(self, entry_id, **parameters):
        """Send the frozen PDF of an own document; anything else does not exist."""
        student = self._portal_student()
        own = {
            document["entry_id"]
            for document in (student._portal_documents() if student else [])
            if document["download"]
        }
        if entry_id not in own:
            raise request.not_found()
        # The file belongs to the register; the student may read it through here only.
        entry = request.env["registrar.register.entry"].sudo().browse(entry_id)
        attachment = entry.attachment_id
        return request.make_response(
            attachment.raw,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Length", str(len(attachment.raw))),
                ("Content-Disposition", content_disposition(attachment.name)),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    def _portal_student(self):
        """Return the student that the user is, if any."""
        Student = request.env["registrar.student"]
        if request.env.user._is_public() or not Student.has_access("read"):
            return Student
        return Student.search(
            [("partner_id", "=", request.env.user.partner_id.id)], limit=1
        )
