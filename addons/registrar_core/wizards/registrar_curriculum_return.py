from odoo import fields, models


class RegistrarCurriculumReturn(models.TransientModel):
    """Ask why curricula go back to draft."""

    _name = "registrar.curriculum.return"
    _description = "Return curricula"

    curriculum_ids = fields.Many2many(
        "registrar.curriculum", string="Curricula", required=True
    )
    reason = fields.Text("What is to be put right", required=True)

    def action_return(self):
        self.ensure_one()
        self.curriculum_ids.action_return(self.reason)
        return {"type": "ir.actions.act_window_close"}
