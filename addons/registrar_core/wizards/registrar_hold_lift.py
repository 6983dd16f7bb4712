from odoo import fields, models


class RegistrarHoldLift(models.TransientModel):
    """Ask for the ground and lift holds."""

    _name = "registrar.hold.lift"
    _description = "Lift holds"

    hold_ids = fields.Many2many("registrar.hold", string="Holds", required=True)
    ground = fields.Text(required=True)

    def action_lift(self):
        self.ensure_one()
        self.hold_ids._lift(self.ground)
        return {"type": "ir.actions.act_window_close"}
