from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    registrar_transfer_with_debts = fields.Boolean(
        related="company_id.registrar_transfer_with_debts", readonly=False
    )
