from odoo import fields, models


class RegistrarSheetReturn(models.TransientModel):
    """Ask why sheets go back to their teachers."""

    _name = "registrar.sheet.return"
    _description = "Return sheets"

    sheet_ids = fields.Many2many("registrar.sheet", string="Sheets", required=True)
    sheet_count = fields.Integer("Number of sheets", compute="_compute_sheet_count")
    reason = fields.Text("What is to be put right", required=True)

    def _compute_sheet_count(self):
        for wizard in self:
            wizard.sheet_count = len(wizard.sheet_ids)

    def action_return(self):
        self.ensure_one()
        self.sheet_ids.action_return(self.reason)
        return {"type": "ir.actions.act_window_close"}
