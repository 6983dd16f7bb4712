from odoo import fields, models


class RegistrarStudyPlanReturn(models.TransientModel):
    """Ask why study plans go back to draft."""

    _name = "registrar.study.plan.return"
    _description = "Return study plans"

    plan_ids = fields.Many2many(
        "registrar.study.plan", string="Study plans", required=True
    )
    plan_count = fields.Integer("Plans", compute="_compute_plan_count")
    reason = fields.Text("What is to be put right", required=True)

    def _compute_plan_count(self):
        for wizard in self:
            wizard.plan_count = len(wizard.plan_ids)

    def action_return(self):
        self.ensure_one()
        self.plan_ids.action_return(self.reason)
        return {"type": "ir.actions.act_window_close"}
