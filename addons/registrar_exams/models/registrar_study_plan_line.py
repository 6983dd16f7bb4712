from odoo import models
from odoo.tools import SQL

from .selections import RESULT_KINDS


class RegistrarStudyPlanLine(models.Model):
    """What has been examined is a fact; what has not leaves its open sheets.

    Who has marks on a sheet also stays in the class group of it.
    """

    _inherit = "registrar.study.plan.line"

    def write(self, vals):
        before = {}
        if "class_group_id" in vals and not vals.get("is_cancelled"):
            before = {line.id: line.class_group_id.id for line in self}
        result = super().write(vals)
        moved = self.filtered(
            lambda line: (
                before.get(line.id, line.class_group_id.id) != line.class_group_id.id
            )
        )
        if moved:
            moved.sudo()._follow_sheets()
        return result

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

    def _before_dropped(self):
        result = super()._before_dropped()
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

    def _place_obstacles(self):
        """Add lines on sheets that have marks or are submitted or registered."""
        reasons = super()._place_obstacles()
        for sheet_line in self._live_sheet_lines():
            sheet = sheet_line.sheet_id
            if sheet.state not in ("draft", "open"):
                reasons[sheet_line.plan_line_id.id] = self.env._(
                    "%(student)s stands on the sheet “%(sheet)s”, which is submitted "
                    "or registered, and stays in the class group.",
                    student=sheet_line.student_id.full_name,
                    sheet=sheet.display_name,
                )
            elif sheet_line.has_marks:
                reasons[sheet_line.plan_line_id.id] = self.env._(
                    "%(student)s has marks on the sheet “%(sheet)s”. Clear them before "
                    "you move the student.",
                    student=sheet_line.student_id.full_name,
                    sheet=sheet.display_name,
                )
        return reasons

    def _live_sheet_lines(self):
        """Return the lines of sheets of the class group the registrations are in."""
        lines = (
            self.env["registrar.sheet.line"]
            .sudo()
            .search(
                [
                    ("plan_line_id", "in", self.ids),
                    ("sheet_id.state", "!=", "cancelled"),
                    ("sheet_id.class_group_id", "!=", False),
                ]
            )
        )
        return lines.filtered(
            lambda line: (
                line.sheet_id.class_group_id == line.plan_line_id.class_group_id
            )
        )

    def _follow_sheets(self):
        """Take moved students off the open sheets of the old group, put them on new.

        Marks are not lost: with marks there is no move at all.
        """
        Sheet = self.env["registrar.sheet"]
        lines = self.env["registrar.sheet.line"].search(
            [
                ("plan_line_id", "in", self.ids),
                ("sheet_id.state", "in", ("draft", "open")),
                ("sheet_id.class_group_id", "!=", False),
                ("sheet_id.resit_of_id", "=", False),
            ]
        )
        lines.filtered(
            lambda line: (
                not line.has_marks
                and line.sheet_id.class_group_id != line.plan_line_id.class_group_id
            )
        ).unlink()
        sheets = Sheet.search(
            [
                ("class_group_id", "in", self.class_group_id.ids),
                ("state", "in", ("draft", "open")),
                ("resit_of_id", "=", False),
            ]
        )
        if sheets:
            sheets._fill_lines()
