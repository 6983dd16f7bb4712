from odoo import fields, models


class RegistrarSummerRefuse(models.TransientModel):
    """Ask why applications for the summer semester are refused."""

    _name = "registrar.summer.refuse"
    _description = "Refuse summer applications"

    application_ids = fields.Many2many(
        "registrar.summer.application", string="Applications", required=True
    )
    reason = fields.Text("Reason of the refusal", required=True)

    def action_refuse(self):
        self.ensure_one()
        answer = self.application_ids.action_refuse(self.reason)
        if isinstance(answer, dict):
            return answer
        return {"type": "ir.actions.act_window_close"}
