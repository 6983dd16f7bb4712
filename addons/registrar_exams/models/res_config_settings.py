from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    registrar_scheme_id = fields.Many2one(
        related="company_id.registrar_scheme_id", readonly=False
    )
    registrar_defence_scheme_id = fields.Many2one(
        related="company_id.registrar_defence_scheme_id", readonly=False
    )
    registrar_retake_policy = fields.Selection(
        related="company_id.registrar_retake_policy", readonly=False, required=True
    )
    registrar_resit_limit = fields.Integer(
        related="company_id.registrar_resit_limit", readonly=False
    )
    registrar_failure_limit = fields.Integer(
        related="company_id.registrar_failure_limit", readonly=False
    )
