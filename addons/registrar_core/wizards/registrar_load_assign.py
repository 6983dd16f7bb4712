from odoo import api, fields, models

from ..tools import load


class RegistrarLoadAssign(models.TransientModel):
    """Give several lines to one teacher and see the result first."""

    _name = "registrar.load.assign"
    _description = "Give work to a teacher"

    line_ids = fields.Many2many("registrar.load.line", string="Work", required=True)
    teacher_id = fields.Many2one(
        "hr.employee", required=True, domain="[('is_teacher', '=', True)]"
    )
    hours = fields.Float(compute="_compute_load", digits=(8, 2))
    norm = fields.Float(compute="_compute_load", digits=(8, 2))
    after = fields.Float("With these lines", compute="_compute_load", digits=(8, 2))
    load_state = fields.Selection(
        [("under", "Underload"), ("normal", "Within the norm"), ("over", "Overload")],
        "Load",
        compute="_compute_load",
    )

    @api.depends("line_ids", "teacher_id")
    def _compute_load(self):
        for wizard in self:
            lines = wizard.line_ids._origin
            rates = (
                self.env["registrar.load.rate"]
                .sudo()
                .search(
                    [
                        ("employee_id", "=", wizard.teacher_id.id),
                        ("year_id", "in", lines.year_id.ids),
                        ("department_id", "in", lines.department_id.ids),
                        ("kind", "!=", "hourly"),
                    ]
                )
            )
            fresh = lines.filtered(
                lambda line, wizard=wizard: (
                    line.teacher_id != wizard.teacher_id and not line.is_paid_separately
                )
            )
            wizard.hours = sum(lines.mapped("hours"))
            wizard.norm = sum(rates.mapped("norm_hours"))
            wizard.after = sum(rates.mapped("hours_assigned")) + sum(
                fresh.mapped("hours")
            )
            wizard.load_state = load.judge(
                wizard.norm, wizard.after, max(rates.mapped("tolerance"), default=0)
            )

    def action_apply(self):
        self.ensure_one()
        self.line_ids.write({"teacher_id": self.teacher_id.id})
        return {"type": "ir.actions.act_window_close"}
