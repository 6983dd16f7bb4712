import io

import xlsxwriter

from odoo import api, fields, models


class RegistrarMassReport(models.TransientModel):
    """What a mass action did, and who could not be done and why."""

    _name = "registrar.mass.report"
    _description = "Report of a mass action"

    name = fields.Char(readonly=True)
    summary = fields.Text(readonly=True)
    done_count = fields.Integer("Done", readonly=True)
    line_ids = fields.One2many("registrar.mass.report.line", "report_id", readonly=True)
    line_count = fields.Integer("Not done", compute="_compute_line_count")
    res_model = fields.Char(readonly=True)
    done_ids = fields.Json("What was done", readonly=True)

    @api.depends("line_ids")
    def _compute_line_count(self):
        for report in self:
            report.line_count = len(report.line_ids)

    @api.model
    def _show(self, name, summary, done, rows):
        """Keep a report and return the action that shows it.

        :param done: records that were made or changed
        :param rows: dicts with ``student_id``, ``reason`` and, where they are known,
            ``plan_id`` and ``text`` (who is meant when there is no student)
        """
        report = self.create(
            {
                "name": name,
                "summary": summary,
                "done_count": len(done),
                "res_model": done._name,
                "done_ids": done.ids,
            }
        )
        self.env["registrar.mass.report.line"].create(
            [dict(row, report_id=report.id) for row in rows]
        )
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": report.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_done(self):
        """Open what was done."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.res_model,
            "view_mode": "list,form",
            "domain": [("id", "in", self.done_ids or [])],
        }

    def action_open_rest(self):
        """Open the plans, or the students, that were not done."""
        self.ensure_one()
        plans = self.line_ids.plan_id
        model, ids = "registrar.student", self.line_ids.student_id.ids
        if plans:
            model, ids = "registrar.study.plan", plans.ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not done"),
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("id", "in", ids)],
        }

    def action_xlsx(self):
        """Download the list of those who could not be done."""
        self.ensure_one()
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.name}.xlsx",
                "raw": self._xlsx_content(),
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def _xlsx_content(self):
        """Return the list as a workbook.

        :rtype: bytes
        """
        stream = io.BytesIO()
        # A text that begins with = stays a text.
        options = {"in_memory": True, "strings_to_formulas": False}
        with xlsxwriter.Workbook(stream, options) as book:
            page = book.add_worksheet()
            bold = book.add_format({"bold": True, "bg_color": "#DDE3EA"})
            wrap = book.add_format({"text_wrap": True, "valign": "top"})
            heads = [
                self.env._("Student"),
                self.env._("Student number"),
                self.env._("Group"),
                self.env._("Year of study"),
                self.env._("Reason"),
            ]
            page.write_row(0, 0, heads, bold)
            for row, line in enumerate(self.line_ids, start=1):
                page.write_row(
                    row,
                    0,
                    [
                        line.student_id.full_name or line.text or "",
                        line.student_id.student_number or "",
                        line.group_id.name or "",
                        line.student_id.course or "",
                        line.reason or "",
                    ],
                    wrap,
                )
            for column, width in enumerate((38, 16, 18, 10, 90)):
                page.set_column(column, column, width)
            page.freeze_panes(1, 0)
            page.autofilter(0, 0, max(len(self.line_ids), 1), len(heads) - 1)
        return stream.getvalue()
