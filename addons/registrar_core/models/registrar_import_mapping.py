from odoo import api, fields, models

from ..tools.importing import columns


class RegistrarImportMapping(models.Model):
    """How the columns of one layout of files correspond to fields.

    Headings that are recognised by themselves need no line; a line without a field
    leaves the column out.
    """

    _name = "registrar.import.mapping"
    _description = "Mapping of columns of imported files"
    _order = "kind, sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        lambda self: self._selection_kind(), "What is imported", required=True
    )
    note = fields.Text(help="Where files of this layout come from.")
    line_ids = fields.One2many(
        "registrar.import.mapping.line", "mapping_id", "Columns", copy=True
    )
    value_ids = fields.One2many(
        "registrar.import.mapping.value", "mapping_id", "Words", copy=True
    )

    @api.model
    def _selection_kind(self):
        return [
            ("curriculum", self.env._("Curriculum")),
            ("student", self.env._("Students")),
        ]

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for mapping, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", mapping.name)
        return vals_list

    def _headings(self):
        """Return {heading key: field key or False} of one mapping."""
        self.ensure_one()
        return {
            columns.heading_key(line.heading): line.field_key for line in self.line_ids
        }

    def _words(self):
        """Return {field key: {word: target}} of one mapping."""
        self.ensure_one()
        words = {}
        for value in self.value_ids:
            field, _colon, target = (value.target or "").partition(":")
            words.setdefault(field, {})[value.source] = target
        return words

    @api.model
    def _best_for(self, kind, headings):
        """Return the mapping that knows most of the headings, or none.

        A mapping suits a file when at least four fifths of its headings are there.
        """
        present = {columns.heading_key(heading) for heading in headings if heading}
        best, best_score = self.browse(), 0
        for mapping in self.search([("kind", "=", kind)]):
            known = mapping._headings()
            score = len(present & known.keys())
            if known and score >= 0.8 * len(known) and score > best_score:
                best, best_score = mapping, score
        return best
