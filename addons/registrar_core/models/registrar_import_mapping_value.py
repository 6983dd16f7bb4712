from odoo import api, fields, models

from ..tools.importing import columns
from ..tools.languages import short_language


class RegistrarImportMappingValue(models.Model):
    """A word of a file for a value of a closed list, e.g. «очно (СВО)» → full-time."""

    _name = "registrar.import.mapping.value"
    _description = "Word of a mapping"
    _order = "mapping_id, target, source"

    mapping_id = fields.Many2one(
        "registrar.import.mapping", required=True, index=True, ondelete="cascade"
    )
    source = fields.Char("Word in the file", required=True)
    target = fields.Selection(
        lambda self: self._selection_target(), "Meaning", required=True
    )

    _source_unique = models.Constraint(
        "UNIQUE (mapping_id, source, target)", "The word occurs twice in the mapping."
    )

    @api.model
    def _selection_target(self):
        """Return the values of all closed lists, as ``field:value``."""
        language = short_language(self.env.lang)
        headings = {
            field.key: field.heading(language)
            for fields_ in columns.KINDS.values()
            for field in fields_
        }
        return [
            (f"{key}:{target}", f"{headings[key]}: {words[language][0]}")
            for key, targets in columns.CHOICES.items()
            for target, words in targets.items()
        ]
