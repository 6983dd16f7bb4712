from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    registrar_summer_final_year = fields.Boolean(
        "Summer semester in the final year",
        config_parameter="registrar_core.summer_final_year",
        help="Usually students of the final year have no summer semester.",
    )
