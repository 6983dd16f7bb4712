from odoo import api, fields, models
from odoo.exceptions import UserError


class RegistrarPersonalFileGive(models.TransientModel):
    """Give originals of one file out against a receipt."""

    _name = "registrar.personal.file.give"
    _description = "Give originals out"

    file_id = fields.Many2one("registrar.personal.file", required=True)
    document_ids = fields.Many2many(
        "registrar.personal.file.document",
        "registrar_file_give_document_rel",
        string="Originals",
        domain="[('file_id', '=', file_id), ('is_present', '=', True),"
        " ('form', '=', 'original'), ('is_out', '=', False)]",
    )
    receiver = fields.Char(
        compute="_compute_receiver",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    proxy = fields.Char("Power of attorney")
    ground = fields.Char("Why", required=True)
    date_given = fields.Date(
        "Given on", required=True, default=lambda self: fields.Date.context_today(self)
    )
    date_due = fields.Date("To be returned by")

    @api.depends("file_id")
    def _compute_receiver(self):
        for wizard in self:
            wizard.receiver = wizard.file_id.student_id.full_name

    def action_give(self):
        """Note the loans and print the receipt."""
        self.ensure_one()
        if not self.document_ids:
            raise UserError(self.env._("Choose the originals."))
        if self.document_ids.file_id != self.file_id:
            raise UserError(self.env._("These documents are of another file."))
        loans = self.env["registrar.personal.file.loan"].create(
            [
                {
                    "document_id": document.id,
                    "ground": self.ground,
                    "receiver": self.receiver,
                    "proxy": self.proxy,
                    "date_given": self.date_given,
                    "date_due": self.date_due,
                }
                for document in self.document_ids
            ]
        )
        self.file_id.sudo()._message_log(
            body=self.env._(
                "Originals given out to %(who)s: %(what)s",
                who=self.receiver,
                what=", ".join(self.document_ids.mapped("display_name")),
            )
        )
        action = loans.action_print_receipt()
        return dict(action, close_on_report_download=True)
