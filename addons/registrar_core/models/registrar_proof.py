from odoo import api, models


class RegistrarProof(models.AbstractModel):
    """Something with files that prove it, in ``attachment_ids``.

    A file belongs to the record it proves: whoever may read the record may read the
    file, nobody else may. What was uploaded before the record was saved belongs to
    nobody yet and is taken over from the one who uploaded it.
    """

    _name = "registrar.proof"
    _description = "Proved by files"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._own_attachments()
        return records

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._own_attachments()
        return result

    def _own_attachments(self):
        for record in self:
            loose = record.sudo().attachment_ids.filtered(
                lambda file: (
                    (not file.res_id or file.res_model == "registrar.student.rename")
                    and (self.env.su or file.create_uid == self.env.user)
                )
            )
            if loose:
                loose.write({"res_model": record._name, "res_id": record.id})
