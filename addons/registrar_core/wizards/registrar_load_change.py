from odoo import fields, models


class RegistrarLoadChange(models.TransientModel):
    """Ask for the ground of a change of an approved teaching load."""

    _name = "registrar.load.change"
    _description = "Change the teaching load"

    plan_ids = fields.Many2many("registrar.load.plan", string="Teaching load")
    ground = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        self.plan_ids.action_change(self.ground)
        return {"type": "ir.actions.act_window_close"}
