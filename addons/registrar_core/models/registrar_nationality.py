from odoo import fields, models


class RegistrarNationality(models.Model):
    _name = "registrar.nationality"
    _description = "Nationality"
    _inherit = ["registrar.trilingual"]
    _order = "name_ru, id"

    code = fields.Char(required=True)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a nationality with this code."
    )

    def _code_in_name(self):
        return False
