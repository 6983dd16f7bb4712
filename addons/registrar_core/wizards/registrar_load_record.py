from odoo import api, fields, models
from odoo.exceptions import UserError


class RegistrarLoadRecord(models.TransientModel):
    """Enter hours done for many lines at once."""

    _name = "registrar.load.record"
    _description = "Enter hours done"

    line_ids = fields.Many2many("registrar.load.line", string="Work", required=True)
    month = fields.Date(
        required=True,
        default=lambda self: self.env["registrar.load.entry"]._default_month(),
    )
    portion = fields.Float(
        "Part of the plan, %",
        default=100,
        required=True,
        digits=(5, 2),
        help="What part of the planned hours was given in this month; never more than "
        "is left.",
    )
    result = fields.Char(compute="_compute_result")

    @api.depends("line_ids", "portion", "month")
    def _compute_result(self):
        for wizard in self:
            rows = wizard._prepare_entries()
            wizard.result = self.env._(
                "%(count)s lines, %(hours)g hours",
                count=len(rows),
                hours=round(sum(row["hours"] for row in rows), 2),
            )

    def action_apply(self):
        """Make the entries; lines without teacher or with nothing left are skipped."""
        self.ensure_one()
        if not 0 < self.portion <= 100:
            raise UserError(self.env._("The part is above 0 and at most 100 %."))
        entries = self.env["registrar.load.entry"].create(self._prepare_entries())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_load_entry_action"
        )
        return dict(action, domain=[("id", "in", entries.ids)], context={})

    def _prepare_entries(self):
        lines = self.line_ids._origin.filtered("teacher_id")
        entered = dict(
            self.env["registrar.load.entry"]
            .sudo()
            ._read_group([("line_id", "in", lines.ids)], ["line_id"], ["hours:sum"])
        )
        rows = []
        for line in lines:
            left = line.hours - entered.get(line.sudo(), 0)
            hours = round(min(line.hours * self.portion / 100, left), 2)
            if hours > 0:
                rows.append(
                    {
                        "line_id": line.id,
                        "teacher_id": line.teacher_id.id,
                        "month": self.month,
                        "hours": hours,
                    }
                )
        return rows
