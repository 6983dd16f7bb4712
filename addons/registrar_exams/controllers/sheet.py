from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetController(http.Controller):
    @http.route(
        "/registrar/sheet/<int:sheet_id>/marks.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download_marks(self, sheet_id):
        """Give the workbook of marks of a sheet that the user may read."""
        sheet = request.env["registrar.sheet"].search([("id", "=", sheet_id)])
        if not sheet:
            raise request.not_found()
        content = sheet._marks_workbook()
        name = sheet.display_name.replace("/", "-")
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(f"{name}.xlsx")),
            ],
        )
