from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RegistrarLoadSplit(models.TransientModel):
    """Divide one piece of work among several teachers."""

    _name = "registrar.load.split"
    _description = "Split work among teachers"

    line_id = fields.Many2one("registrar.load.line", "Work", required=True)
    hours = fields.Float("Hours to divide", digits=(8, 2), readonly=True)
    part_ids = fields.One2many("registrar.load.split.part", "wizard_id", "Teachers")
    share_total = fields.Float(
        "Shares, %", compute="_compute_share_total", digits=(6, 2)
    )

    @api.depends("part_ids.share")
    def _compute_share_total(self):
        for wizard in self:
            wizard.share_total = sum(wizard.part_ids.mapped("share"))

    @api.model
    def _open(self, line):
        """Return the action that shows the parts of the line."""
        parts = line._parts()
        wizard = self.create(
            {
                "line_id": line.id,
                "hours": line.hours_whole
                if line.source == "computed"
                else sum(parts.mapped("hours")),
                "part_ids": [
                    Command.create(
                        {"teacher_id": part.teacher_id.id, "share": part.share}
                    )
                    for part in parts
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Split among teachers"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_equal(self):
        """Give all the same share."""
        self.ensure_one()
        count = len(self.part_ids)
        for part in self.part_ids:
            part.share = round(100 / count, 2)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Split among teachers"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_apply(self):
        self.ensure_one()
        if not 99.9 <= self.share_total <= 100.1:
            raise UserError(
                self.env._(
                    "The shares make %g %%; together they must be 100 %%.",
                    self.share_total,
                )
            )
        self.line_id._split([(part.teacher_id, part.share) for part in self.part_ids])
        return {"type": "ir.actions.act_window_close"}
