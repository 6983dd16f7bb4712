from odoo import fields, models

from .selections import STATUSES


class RegistrarMovementKind(models.Model):
    """Why a student's state changes, and where statistics count it.

    Source of the rows: administrative.md §2.2; of the codes of ЕПВО: §1.4–1.5.
    """

    _name = "registrar.movement.kind"
    _description = "Kind of movement"
    _inherit = ["registrar.trilingual"]
    _order = "row_code, sequence, id"

    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    effect = fields.Selection(
        [
            ("arrival", "Arrival"),
            ("departure", "Departure"),
            ("internal", "Internal transfer"),
            ("leave", "Beginning of leave"),
            ("leave_return", "End of leave"),
        ],
        required=True,
    )
    resulting_status = fields.Selection(STATUSES, required=True)
    row_code = fields.Char(
        "Statistic row", required=True, help="Row of the table of movement, e.g. 021."
    )
    epvo_type = fields.Char("ЕПВО order type")
    epvo_category = fields.Char("ЕПВО category")
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a kind of movement with this code."
    )

    def _code_in_name(self):
        return False
