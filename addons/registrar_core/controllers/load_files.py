from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from ..tools import load_workbook
from ..tools.languages import LANGUAGES
from .import_files import XLSX

MODELS = ("registrar.load.plan", "registrar.load.rate")
NAMES = {"registrar.load.plan": "teaching_load", "registrar.load.rate": "load_cards"}


class LoadFiles(http.Controller):
    """Load sheets and cards as workbooks."""

    @http.route(
        "/registrar/load/<string:model>/<string:language>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def workbook(self, model, language, ids=""):
        """What the reader may not see is as if it were not there."""
        numbers = [int(part) for part in ids.split(",") if part.isdigit()]
        if model not in MODELS or language not in LANGUAGES or not numbers:
            raise NotFound()
        try:
            records = request.env[model].browse(numbers).exists()
            records.check_access("read")
        except AccessError as error:
            raise NotFound() from error
        if not records:
            raise NotFound()
        sheets = request.env["registrar.load.sheet"]._sheets(records, language)
        content = load_workbook.render([sheets[record.id] for record in records])
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(f"{NAMES[model]}.xlsx")),
                ("Content-Length", str(len(content))),
            ],
        )
