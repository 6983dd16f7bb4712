from odoo import api, fields, models

from ..tools.importing import columns
from ..tools.languages import short_language


class RegistrarImportMappingLine(models.Model):
    _name = "registrar.import.mapping.line"
    _description = "Column of a mapping"
    _order = "mapping_id, sequence, id"

    mapping_id = fields.Many2one(
        "registrar.import.mapping", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    heading = fields.Char("Heading in the file", required=True)
    kind = fields.Selection(related="mapping_id.kind")
    # One list per kind: a choice among the fields of the other kind makes no sense.
    curriculum_field = fields.Selection(
        lambda self: self._selection_field("curriculum"), "Field of the curriculum"
    )
    student_field = fields.Selection(
        lambda self: self._selection_field("student"), "Field of the student"
    )
    field_key = fields.Char(compute="_compute_field_key")

    _heading_unique = models.Constraint(
        "UNIQUE (mapping_id, heading)", "The heading occurs twice in the mapping."
    )

    @api.depends("kind", "curriculum_field", "student_field")
    def _compute_field_key(self):
        for line in self:
            line.field_key = line[f"{line.kind}_field"] if line.kind else False

    @api.model
    def _selection_field(self, kind):
        """Return the fields of a kind, named as the headings of its template."""
        language = short_language(self.env.lang)
        return [(field.key, field.heading(language)) for field in columns.KINDS[kind]]
