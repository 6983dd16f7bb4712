from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .curriculum_checks import ERROR, WARNING
from .selections import CYCLES

CYCLE_CODES = [code for code, __ in CYCLES]
COMPONENT_CODES = ["ok", "vk", "kv"]


class RegistrarStandardProfileLine(models.Model):
    """Volume of cycles and components that a standard demands."""

    _name = "registrar.standard.profile.line"
    _description = "Volume of a standard profile"
    _inherit = ["registrar.trilingual"]
    _order = "profile_id, sequence, id"

    profile_id = fields.Many2one(
        "registrar.standard.profile", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    cycles = fields.Char(
        required=True,
        help="Codes of the cycles counted together, separated by spaces: ood, bd, "
        "pd, ia.",
    )
    components = fields.Char(
        help="Codes of the components: ok, vk, kv. Empty: all of them."
    )
    credits_min = fields.Float("At least", digits=(6, 1), aggregator=None)
    credits_max = fields.Float(
        "At most",
        digits=(6, 1),
        aggregator=None,
        help="0: no limit. The same as the minimum: exactly so many.",
    )
    level = fields.Selection(
        [(ERROR, "Error"), (WARNING, "Warning")], required=True, default=ERROR
    )
    is_uncertain = fields.Boolean(
        "To be confirmed", help="The figure depends on the edition of the standard."
    )
    note = fields.Char()

    _range_ordered = models.Constraint(
        "CHECK (credits_min >= 0 AND (COALESCE(credits_max, 0) = 0"
        " OR credits_max >= credits_min))",
        "The least volume is not above the largest.",
    )

    @api.constrains("cycles", "components")
    def _check_codes(self):
        for line in self:
            unknown = set((line.cycles or "").split()) - set(CYCLE_CODES)
            unknown |= set((line.components or "").split()) - set(COMPONENT_CODES)
            if unknown:
                raise ValidationError(
                    self.env._("Unknown codes: %s", ", ".join(sorted(unknown)))
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.profile_id._refresh_curricula()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.profile_id._refresh_curricula()
        return result

    def _covers(self, line):
        """Tell whether a line of a curriculum belongs to the volume."""
        return line.cycle in self.cycles.split() and (
            not self.components or line.component in self.components.split()
        )
