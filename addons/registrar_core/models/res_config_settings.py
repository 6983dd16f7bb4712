from odoo import fields, models

from .registrar_adviser_assignment import DEFAULT_NORM, NORM_PARAMETER
from .registration_rules import CREDIT_LIMITS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    registrar_term_credits_min = fields.Integer(
        "Fewest credits in a term",
        config_parameter="registrar_core.term_credits_min",
        default=CREDIT_LIMITS["term_credits_min"],
    )
    registrar_term_credits_max = fields.Integer(
        "Most credits in a term",
        config_parameter="registrar_core.term_credits_max",
        default=CREDIT_LIMITS["term_credits_max"],
    )
    registrar_year_credits_min = fields.Integer(
        "Fewest credits in a year",
        config_parameter="registrar_core.year_credits_min",
        default=CREDIT_LIMITS["year_credits_min"],
    )
    registrar_year_credits_max = fields.Integer(
        "Most credits in a year",
        config_parameter="registrar_core.year_credits_max",
        default=CREDIT_LIMITS["year_credits_max"],
    )
    registrar_summer_credits_max = fields.Integer(
        "Most credits in a summer term",
        config_parameter="registrar_core.summer_credits_max",
        default=CREDIT_LIMITS["summer_credits_max"],
    )
    registrar_adviser_norm = fields.Integer(
        "Students of one adviser",
        config_parameter=NORM_PARAMETER,
        default=DEFAULT_NORM,
        help="How many students one adviser should have at most; 0: no norm.",
    )
