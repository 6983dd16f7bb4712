from odoo import api, fields, models
from odoo.exceptions import UserError


class RegistrarPersonalFileReceive(models.TransientModel):
    """Note one document as received in many files at once."""

    _name = "registrar.personal.file.receive"
    _description = "Documents received"

    file_ids = fields.Many2many(
        "registrar.personal.file",
        "registrar_file_receive_file_rel",
        string="Files",
        default=lambda self: self._default_file_ids(),
    )
    requirement_id = fields.Many2one(
        "registrar.personal.file.requirement",
        "Document",
        required=True,
        domain="[('is_extract', '=', False)]",
    )
    form = fields.Selection(
        [("copy", "Copy"), ("original", "Original"), ("electronic", "Electronic")],
        required=True,
        default="copy",
    )
    received_date = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    sheet_count = fields.Integer("Sheets", default=1)
    already_count = fields.Integer("Have it already", compute="_compute_counts")
    lacking_count = fields.Integer("Not asked for", compute="_compute_counts")

    @api.model
    def _default_file_ids(self):
        if self.env.context.get("active_model") == "registrar.personal.file":
            return self.env.context.get("active_ids", [])
        return []

    @api.depends("file_ids", "requirement_id")
    def _compute_counts(self):
        for wizard in self:
            lines = wizard._lines()
            wizard.already_count = len(lines.filtered("is_present"))
            wizard.lacking_count = len(wizard.file_ids - lines.file_id)

    def _lines(self):
        return self.env["registrar.personal.file.document"].search(
            [
                ("file_id", "in", self.file_ids._origin.ids),
                ("requirement_id", "=", self.requirement_id.id),
                ("is_checklist", "=", True),
            ]
        )

    def action_receive(self):
        """Tick the document off where it is asked for; files that have it stay."""
        self.ensure_one()
        if not self.file_ids:
            raise UserError(self.env._("Choose the files."))
        asked = self._lines()
        lines = asked.filtered(lambda line: not line.is_present)
        already = len(asked) - len(lines)
        lines.write(
            {
                "is_present": True,
                "form": self.form,
                "received_date": self.received_date,
                "sheet_count": self.sheet_count,
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Received in %(done)s files; %(already)s had it, of %(lacking)s it "
                    "is not asked.",
                    done=len(lines),
                    already=already,
                    lacking=len(self.file_ids - asked.file_id),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
