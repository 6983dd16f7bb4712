from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class XlsxController(http.Controller):
    @http.route(
        "/registrar/xlsx/<string:model>/<int:record_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def xlsx(self, model, record_id):
        """Send a report as XLSX.

        Only models with the mixin ``registrar.xlsx`` answer; access is that of the
        user to the record, and the figures are counted with the user's rights.
        """
        allowed = request.env.registry.descendants(["registrar.xlsx"], "_inherit")
        if model not in allowed or request.env[model]._abstract:
            raise request.not_found()
        report = request.env[model].browse(record_id).exists()
        if not report or not report.has_access("read"):
            raise request.not_found()
        content = report._xlsx_content()
        headers = [
            ("Content-Type", XLSX),
            ("Content-Length", str(len(content))),
            ("Content-Disposition", content_disposition(report._xlsx_file_name())),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(content, headers=headers)
