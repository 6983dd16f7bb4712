from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.languages import short_language

KINDS = {
    "registrar.class.group": "class-groups",
    "registrar.stream": "streams",
    "registrar.class.subgroup": "subgroups",
}


class RegistrarClassListPrint(models.TransientModel):
    """Choose language and shape of printed lists."""

    _name = "registrar.class.list.print"
    _description = "Print class lists"

    language = fields.Selection(
        [("kk", "Kazakh"), ("ru", "Russian"), ("en", "English")],
        required=True,
        default=lambda self: self._default_language(),
    )
    file_type = fields.Selection(
        [("pdf", "PDF"), ("xlsx", "Excel")], "Format", required=True, default="pdf"
    )
    column_count = fields.Integer(
        "Columns for attendance", default=15, help="0 to 20 empty columns."
    )
    list_count = fields.Integer("Lists", default=lambda self: self._default_count())

    @api.model
    def _default_language(self):
        return short_language(self.env.lang)

    @api.model
    def _default_count(self):
        return len(self.env.context.get("active_ids", ()))

    def action_print(self):
        self.ensure_one()
        kind = KINDS.get(self.env.context.get("active_model"))
        ids = self.env.context.get("active_ids")
        if not kind or not ids:
            raise UserError(self.env._("Choose class groups, streams or subgroups."))
        if not 0 <= self.column_count <= 20:
            raise UserError(self.env._("There is room for 0 to 20 columns."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/registrar/lists/{kind}.{self.file_type}?lang={self.language}"
            f"&columns={self.column_count}&ids={','.join(map(str, ids))}",
            "target": "download",
        }
