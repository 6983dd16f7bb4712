from odoo import fields, models


class RegistrarImportIssue(models.TransientModel):
    _name = "registrar.import.issue"
    _description = "Remark on an imported file"
    _order = "import_id, sequence, id"

    import_id = fields.Many2one("registrar.import", required=True, ondelete="cascade")
    sequence = fields.Integer()
    level = fields.Selection(
        [("error", "Error"), ("warning", "Warning"), ("note", "Note")], readonly=True
    )
    row = fields.Char(readonly=True, help="As the spreadsheet numbers it.")
    column = fields.Char(readonly=True)
    value = fields.Char(readonly=True)
    message = fields.Char("What is wrong", readonly=True)
    hint = fields.Char("How to mend it", readonly=True)
