from odoo import fields, models

from .registrar_adviser_assignment import DEFAULT_NORM, NORM_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    registrar_change_share = fields.Integer(
        "Share of the plan that may change",
        config_parameter="registrar_core.change_share",
        default=10,
    )
    registrar_change_month = fields.Integer(
        "Month of the last day of changes",
        config_parameter="registrar_core.change_month",
        default=8,
    )
    registrar_change_day = fields.Integer(
        "Last day of changes",
        config_parameter="registrar_core.change_day",
        default=20,
    )
    registrar_file_numbering = fields.Selection(
        [
            ("student", "The number of the student"),
            ("register", "The next number of the register"),
        ],
        "Numbers of personal files",
        config_parameter="registrar_core.file_numbering",
        default="student",
    )
    registrar_adviser_norm = fields.Integer(
        "Students of one adviser",
        config_parameter=NORM_PARAMETER,
        default=DEFAULT_NORM,
        help="How many students one adviser should have at most; 0: no norm.",
    )
