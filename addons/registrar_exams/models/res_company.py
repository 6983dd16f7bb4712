from odoo import fields, models

from .selections import RETAKE_POLICIES


class ResCompany(models.Model):
    _inherit = "res.company"

    registrar_scheme_id = fields.Many2one(
        "registrar.rating.scheme", "Rating scheme", ondelete="restrict"
    )
    registrar_defence_scheme_id = fields.Many2one(
        "registrar.rating.scheme", "Rating scheme of defences", ondelete="restrict"
    )
    registrar_retake_policy = fields.Selection(
        RETAKE_POLICIES,
        "After studying a discipline again",
        default="last",
        required=True,
    )
    registrar_resit_limit = fields.Integer("Resits after FX", default=1, required=True)
    registrar_failure_limit = fields.Integer(
        "Failures before expulsion is proposed", default=3, required=True
    )

    _registrar_limits = models.Constraint(
        "CHECK (registrar_resit_limit >= 0 AND registrar_failure_limit > 0)",
        "Limits of resits and failures cannot be negative.",
    )
