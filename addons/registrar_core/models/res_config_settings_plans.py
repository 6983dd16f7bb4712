from odoo import fields, models

from .registrar_catalogue import CAPACITY_MAX, CAPACITY_MIN
from .registrar_curriculum_agreement import REQUIRED


class ResConfigSettings(models.TransientModel):
    """Settings of curricula and of the catalogue of electives."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "res.config.settings"

    registrar_curriculum_agreement_required = fields.Boolean(
        "Curricula are approved only after agreement", config_parameter=REQUIRED
    )
    registrar_catalogue_capacity_min = fields.Integer(
        "Fewest students of an elective",
        config_parameter=CAPACITY_MIN[0],
        default=CAPACITY_MIN[1],
    )
    registrar_catalogue_capacity_max = fields.Integer(
        "Places of an elective",
        config_parameter=CAPACITY_MAX[0],
        default=CAPACITY_MAX[1],
    )
