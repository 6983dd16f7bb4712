from odoo import fields, models


class RegistrarImportSheet(models.TransientModel):
    _name = "registrar.import.sheet"
    _description = "Sheet of an imported file"
    _order = "id"

    import_id = fields.Many2one("registrar.import", required=True, ondelete="cascade")
    name = fields.Char(required=True)
