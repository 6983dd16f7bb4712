from odoo import fields, models

HOLD_SETTERS = [
    ("clerk", "Registrar's office"),
    ("dean", "Dean's office"),
    ("head", "Head of the registrar's office"),
]


class RegistrarHoldKind(models.Model):
    """Why something is held back from a student (academic.md §5.1)."""

    _name = "registrar.hold.kind"
    _description = "Kind of hold"
    _inherit = ["registrar.trilingual"]
    _order = "sequence, id"

    sequence = fields.Integer(default=100)
    code = fields.Char(required=True, index=True)
    active = fields.Boolean(default=True)
    setter = fields.Selection(
        HOLD_SETTERS,
        "Set by",
        required=True,
        default="clerk",
        help="Who sets and lifts such holds. What other services say, e.g. the "
        "accounts about a debt, comes through the registrar's office. The head of "
        "the office always may.",
    )
    blocks_registration = fields.Boolean("Blocks registration", default=True)
    blocks_documents = fields.Boolean("Blocks documents")
    blocks_session = fields.Boolean("Blocks the session")

    _code_unique = models.Constraint("UNIQUE (code)", "There is already such a kind.")

    def _code_in_name(self):
        return False

    def _may_set(self):
        """Whether the role of the user sets and lifts holds of this kind."""
        self.ensure_one()
        if self.env.su:
            return True
        user = self.env.user
        if user.has_group("registrar_core.group_registrar_head"):
            return True
        role = self.sudo().setter
        return role != "head" and user.has_group(
            f"registrar_core.group_registrar_{role}"
        )
