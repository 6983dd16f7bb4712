from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.guard import TECHNICAL_COLUMNS, install_guard


class RegistrarLedger(models.AbstractModel):
    """An append-only ledger: every row is caused by a registered document."""

    _name = "registrar.ledger"
    _description = "Ledger row"

    # Columns that may be filled in when a later row follows.
    _mutable_columns = frozenset()

    entry_id = fields.Many2one(
        "registrar.register.entry",
        "Document",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )

    def init(self):
        if not self._abstract:
            install_guard(
                self.env.cr,
                self._table,
                mutable=self._guard_mutable(),
                seal="entry",
                link="entry_id",
                operations=("INSERT", "UPDATE", "DELETE"),
            )
        return super().init()

    @api.model
    def _guard_mutable(self):
        return TECHNICAL_COLUMNS | set(self._mutable_columns)

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
