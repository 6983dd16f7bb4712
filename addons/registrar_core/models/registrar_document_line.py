from odoo import api, models
from odoo.exceptions import UserError


class RegistrarDocumentLine(models.AbstractModel):
    """A line of a numbered document; it is sealed together with the document."""

    _name = "registrar.document.line"
    _inherit = ["registrar.sealed"]
    _description = "Line of a numbered document"

    # Name of the many2one field to the document.
    _document_field = None

    @api.model
    def _guard_seal(self):
        document = self.env[self._fields[self._document_field].comodel_name]
        return {
            "seal": "parent",
            "link": self._document_field,
            "parent": document._table,
        }

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:
            lines._check_document_open()
        return lines

    def write(self, vals):
        if not self.env.su and any(
            name not in self._guard_mutable() and self._fields[name].store
            for name in vals
        ):
            self._check_document_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_registered(self):
        self._check_document_open()

    def _check_document_open(self):
        for document in self[self._document_field]:
            if document.sudo().entry_id:
                raise UserError(
                    self.env._(
                        "“%s” is registered; its lines cannot be changed any more.",
                        document.display_name,
                    )
                )
