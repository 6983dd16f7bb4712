from odoo import api, models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        if vals.keys() & {"raw", "datas", "res_model", "res_id", "name", "mimetype"}:
            self._check_not_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_not_frozen()

    def _check_not_frozen(self):
        """Refuse to touch the PDFs of registered documents."""
        if (
            self.env["registrar.register.entry"]
            .sudo()
            .search_count([("attachment_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                self.env._("The PDF of a registered document cannot be changed.")
            )
