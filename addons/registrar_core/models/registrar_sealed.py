from odoo import api, models

from ..tools.guard import TECHNICAL_COLUMNS, install_guard


class RegistrarSealed(models.AbstractModel):
    """Rows that the database keeps as they are once their register entry is sealed."""

    _name = "registrar.sealed"
    _description = "Sealed by a register entry"

    # Columns that may change after sealing.
    _mutable_columns = frozenset()

    def init(self):
        if not self._abstract:
            install_guard(
                self.env.cr,
                self._table,
                mutable=self._guard_mutable(),
                operations=("INSERT", "UPDATE", "DELETE"),
                **self._guard_seal(),
            )
        return super().init()

    @api.model
    def _guard_mutable(self):
        return TECHNICAL_COLUMNS | set(self._mutable_columns)

    @api.model
    def _guard_seal(self):
        """Return how ``install_guard`` finds the seal of a row."""
        return {"seal": "entry", "link": "entry_id"}
