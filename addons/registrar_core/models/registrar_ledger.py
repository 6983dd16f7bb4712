from odoo import api, fields, models
from odoo.exceptions import UserError


class RegistrarLedger(models.AbstractModel):
    """An append-only ledger: every row is caused by a registered document."""

    _name = "registrar.ledger"
    _inherit = ["registrar.sealed"]
    _description = "Ledger row"

    entry_id = fields.Many2one(
        "registrar.register.entry",
        "Document",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Rows of a ledger are never deleted; a document corrects them.")
        )

    def action_open_document(self):
        """Open the document that caused the row."""
        self.ensure_one()
        return self.entry_id.action_open_document()

    def _document(self):
        """Return the document that caused the row, with the rights of the user."""
        self.ensure_one()
        return self.entry_id._document()

    @api.model
    def _verify_rows(self, entries):
        """Check what digests cannot cover, for the rows caused by ``entries``.

        :return: pairs of entry id and problem
        :rtype: list[tuple[int, str]]
        """
        return []
