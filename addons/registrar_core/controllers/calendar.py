from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CalendarController(http.Controller):
    @http.route(
        "/registrar/calendar/<int:calendar_id>/graph.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download_graph(self, calendar_id):
        """Give the process graph of a calendar that the user may read."""
        calendar = request.env["registrar.calendar"].search([("id", "=", calendar_id)])
        if not calendar:
            raise request.not_found()
        report = request.env["report.registrar_core.report_calendar_graph"]
        content = report._xlsx(calendar)
        name = calendar.display_name.replace("/", "-")
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(f"{name}.xlsx")),
            ],
        )
