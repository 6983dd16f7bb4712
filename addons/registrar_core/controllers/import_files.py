import io

import xlsxwriter
from werkzeug.exceptions import Forbidden, NotFound

from odoo import http
from odoo.http import content_disposition, request

from ..tools.importing import columns
from ..tools.importing.issues import ERROR, NOTE, WARNING

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFFICE = "registrar_core.group_registrar_clerk"


class ImportFiles(http.Controller):
    """Files that belong to the import: the template and the list of remarks."""

    @http.route(
        "/registrar/import/template/<string:kind>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def template(self, kind):
        self._check_office()
        if kind not in columns.KINDS:
            raise NotFound()
        content = request.env["registrar.import"]._template(kind)
        return self._xlsx(content, f"{kind}_template.xlsx")

    @http.route(
        "/registrar/import/<int:wizard_id>/remarks",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def remarks(self, wizard_id):
        """All remarks on the file, computed again: the screen shows the first ones."""
        self._check_office()
        wizard = request.env["registrar.import"].search([("id", "=", wizard_id)])
        if not wizard or not wizard.data_file:
            raise NotFound()
        result = wizard._run(dry_run=True)
        return self._xlsx(self._remarks_xlsx(wizard, result), "import_remarks.xlsx")

    def _remarks_xlsx(self, wizard, result):
        env = request.env
        fields = env["registrar.import.issue"].fields_get(
            ["level", "row", "column", "value", "message", "hint"]
        )
        levels = dict(fields["level"]["selection"])
        names = ["level", "row", "column", "value", "message", "hint"]
        buffer = io.BytesIO()
        # Values come from outside: they are written as texts, never as formulas.
        book = xlsxwriter.Workbook(
            buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
            },
        )
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet.write_row(0, 0, [fields[name]["string"] for name in names], bold)
        order = {ERROR: 0, WARNING: 1, NOTE: 2}
        texts = wizard._issue_catalogue()
        issues = sorted(result.issues, key=lambda i: (order[i.level], i.row or 0))
        for index, issue in enumerate(issues, 1):
            values = wizard._prepare_issue_vals(issue, texts)
            values["level"] = levels[issue.level]
            values["row"] = issue.row or ""
            sheet.write_row(index, 0, [values[name] or "" for name in names])
        sheet.set_column(0, 2, 14)
        sheet.set_column(3, 5, 50)
        sheet.autofilter(0, 0, len(issues), len(names) - 1)
        sheet.freeze_panes(1, 0)
        book.close()
        return buffer.getvalue()

    @staticmethod
    def _check_office():
        if not request.env.user.has_group(OFFICE):
            raise Forbidden()

    @staticmethod
    def _xlsx(content, name):
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
                ("Content-Length", str(len(content))),
            ],
        )
