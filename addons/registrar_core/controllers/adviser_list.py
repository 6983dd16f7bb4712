from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

from .import_files import XLSX


class AdviserList(http.Controller):
    """The list of advisers as a workbook."""

    @http.route(
        "/registrar/adviser_list/<int:list_id>.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def adviser_list(self, list_id):
        wizard = request.env["registrar.adviser.list"].search([("id", "=", list_id)])
        if not wizard:
            raise NotFound()
        return request.make_response(
            wizard._xlsx(),
            [
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition("advisers.xlsx")),
            ],
        )
