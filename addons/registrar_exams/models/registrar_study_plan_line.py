from odoo import models
from odoo.tools import SQL

from .selections import RESULT_KINDS


class RegistrarStudyPlanLine(models.Model):
    """What has been examined is a fact; what has not leaves its open sheets."""

    _inherit = "registrar.study.plan.line"

    def _drop_obstacles(self):
        obstacles = super()._drop_obstacles()
        results = self.env["registrar.result"].sudo()
        for (line,) in results._read_group(
            [("plan_line_id", "in", self.ids)], ["plan_line_id"]
        ):
            obstacles[line.id] = self.env._(
                "“%s” has a result and cannot be dropped.", line.discipline_id.name
            )
        for sheet_line in self._result_sheet_lines():
            line = sheet_line.plan_line_id
            if line.id not in obstacles and (
                sheet_line.state not in ("draft", "open")
                or sheet_line.exam_score is not False
                or sheet_line.absence
            ):
                obstacles[line.id] = self.env._(
                    "“%s” stands on a sheet that is under way and cannot be dropped.",
                    line.discipline_id.name,
                )
        return obstacles

    def _after_dropped(self):
        result = super()._after_dropped()
        sheet_lines = self._result_sheet_lines().filtered(
            lambda line: line.state in ("draft", "open")
        )
        if not sheet_lines:
            return result
        sheet_lines.sheet_id._message_log_batch(
            bodies={
                sheet.id: self.env._(
                    "Taken off by a change of the study plan: %s.",
                    ", ".join(lines.student_id.mapped("full_name")),
                )
                for sheet, lines in sheet_lines.grouped("sheet_id").items()
            }
        )
        # Ratings of the term go with the student; whoever registers the change does
        # not become an author of the sheet by that.
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM registrar_sheet_line WHERE id = ANY(%s)", sheet_lines.ids)
        )
        self.env.invalidate_all()
        return result

    def _result_sheet_lines(self):
        return (
            self.env["registrar.sheet.line"]
            .sudo()
            .search(
                [
                    ("plan_line_id", "in", self.ids),
                    ("sheet_id.kind", "in", list(RESULT_KINDS)),
                    ("sheet_id.state", "!=", "cancelled"),
                ]
            )
        )
