from odoo import api, fields, models


class RegistrarImportColumn(models.TransientModel):
    _name = "registrar.import.column"
    _description = "Column of an imported file"
    _order = "import_id, sequence, id"

    import_id = fields.Many2one("registrar.import", required=True, ondelete="cascade")
    sequence = fields.Integer("No.", readonly=True)
    kind = fields.Char(readonly=True)
    heading = fields.Char("Heading in the file", readonly=True)
    sample = fields.Char("First values", readonly=True)
    curriculum_field = fields.Selection(
        lambda self: self._selection_field("curriculum"), "Field of the curriculum"
    )
    student_field = fields.Selection(
        lambda self: self._selection_field("student"), "Field of the student"
    )
    field_key = fields.Char(compute="_compute_field_key")

    @api.depends("kind", "curriculum_field", "student_field")
    def _compute_field_key(self):
        for column in self:
            kind = column.kind or column.import_id.kind
            column.field_key = column[f"{kind}_field"] if kind else False

    @api.model
    def _selection_field(self, kind):
        return self.env["registrar.import.mapping.line"]._selection_field(kind)
