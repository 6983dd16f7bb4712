from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from odoo import http
from odoo.http import content_disposition, request

from ..tools.languages import LANGUAGES
from ..tools.workbook import XLSX

REPORT = "registrar_core.action_report_curriculum"
# Paper of XLSX files: numbers of the format.
PAPERS = {"a4": 9, "a3": 8}
STAFF = "registrar_core.group_registrar_user"


class CurriculumFiles(http.Controller):
    """Printed curricula in the language asked for, and differences of versions."""

    @http.route(
        "/registrar/curriculum/<string:kind>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def curricula(self, kind, ids="", lang="", by="module", paper="a4"):
        curricula = self._curricula(ids)
        if kind not in ("pdf", "xlsx") or lang not in LANGUAGES or paper not in PAPERS:
            raise BadRequest()
        if by not in ("module", "cycle"):
            raise BadRequest()
        name = curricula.display_name if len(curricula) == 1 else "curricula"
        if kind == "xlsx":
            content = request.env["report.registrar_core.report_curriculum"]._workbook(
                curricula, lang, by, PAPERS[paper]
            )
            return self._file(content, f"{name}.xlsx", XLSX)
        content, __ = (
            request.env["ir.actions.report"]
            .with_context(
                lang=LANGUAGES[lang],
                working_plan_by=by,
                working_plan_paper=paper,
                force_report_rendering=True,
            )
            ._render_qweb_pdf(REPORT, curricula.ids)
        )
        return self._file(content, f"{name}.pdf", "application/pdf")

    @http.route(
        "/registrar/curriculum/difference/<int:old_id>/<int:new_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def difference(self, old_id, new_id):
        old, new = self._curricula(str(old_id)), self._curricula(str(new_id))
        content = request.env["registrar.curriculum.difference"]._workbook(old, new)
        return self._file(content, f"{new.display_name} difference.xlsx", XLSX)

    def _curricula(self, ids):
        """Return the curricula the user may read; students have no business here."""
        if not request.env.user.has_group(STAFF):
            raise Forbidden()
        numbers = [int(part) for part in ids.split(",") if part.isdecimal()]
        curricula = request.env["registrar.curriculum"].browse(numbers).exists()
        if not curricula or not curricula.has_access("read"):
            raise NotFound()
        return curricula

    @staticmethod
    def _file(content, name, mimetype):
        return request.make_response(
            content,
            [
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(name)),
                ("Content-Length", str(len(content))),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
