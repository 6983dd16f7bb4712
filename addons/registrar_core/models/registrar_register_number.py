from odoo import fields, models


class RegistrarRegister(models.Model):
    """Counter for files and other things that are numbered without being documents."""

    _inherit = "registrar.register"

    last_number = fields.Integer(readonly=True, copy=False, default=0, aggregator=None)
