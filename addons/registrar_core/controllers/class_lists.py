from werkzeug.exceptions import BadRequest, NotFound

from odoo import http
from odoo.http import content_disposition, request

from ..tools.class_list import class_list_workbook
from ..tools.languages import LANGUAGES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Kind of list -> model and report.
KINDS = {
    "class-groups": ("registrar.class.group", "class_list"),
    "streams": ("registrar.stream", "stream_list"),
    "subgroups": ("registrar.class.subgroup", "subgroup_list"),
}
MOST_LISTS = 500
MOST_COLUMNS = 20


class ClassLists(http.Controller):
    """Printed lists of many class groups, streams or subgroups in one file."""

    @http.route(
        "/registrar/lists/<string:kind>.<string:extension>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def lists(self, kind, extension, ids="", lang="ru", columns="15"):
        if kind not in KINDS or extension not in ("pdf", "xlsx"):
            raise NotFound()
        if (
            lang not in LANGUAGES
            or not columns.isdecimal()
            or int(columns) > MOST_COLUMNS
            or not all(part.isdecimal() for part in ids.split(","))
        ):
            raise BadRequest()
        model, report = KINDS[kind]
        if not request.env[model].has_access("read"):
            raise NotFound()
        wanted = [int(part) for part in ids.split(",")][:MOST_LISTS]
        records = (
            request.env[model]
            .with_context(lang=LANGUAGES[lang], attendance_columns=int(columns))
            .search([("id", "in", wanted)])
        )
        if not records:
            raise NotFound()
        if extension == "xlsx":
            content = self._workbook(records, report)
            mimetype = XLSX
        else:
            content, __ = records.env["ir.actions.report"]._render_qweb_pdf(
                f"registrar_core.action_report_{report}", records.ids
            )
            mimetype = "application/pdf"
        name = records.name if len(records) == 1 else kind
        return request.make_response(
            content,
            headers=[
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(f"{name}.{extension}")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    def _workbook(self, records, report):
        lists = records.env[f"report.registrar_core.report_{report}"]
        prepared = lists._prepare_lists(records)
        return class_list_workbook([prepared[record.id] for record in records])
