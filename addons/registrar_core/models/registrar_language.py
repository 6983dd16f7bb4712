from odoo import fields, models


class RegistrarLanguage(models.Model):
    """A language people know or learn (codes of ISO 639-1)."""

    _name = "registrar.language"
    _description = "Language"
    _inherit = ["registrar.trilingual"]
    _order = "sequence, code, id"

    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a language with this code."
    )

    def _code_in_name(self):
        return False
