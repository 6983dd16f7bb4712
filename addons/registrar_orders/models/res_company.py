from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    registrar_transfer_with_debts = fields.Boolean(
        "Transfer with debts",
        default=True,
        help="Who has reached the transfer score goes on to the next year of study "
        "and clears the debts later. Otherwise debts mean a repeat year.",
    )
