from odoo import fields, models


class RegistrarSocialCategory(models.Model):
    """Benefit or social category of a student (administrative.md §2.1)."""

    _name = "registrar.social.category"
    _description = "Social category"
    _inherit = ["registrar.trilingual"]
    _order = "code, id"

    code = fields.Char(required=True)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a social category with this code."
    )

    def _code_in_name(self):
        return False
