from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.languages import short_language, text_in


class RegistrarTrilingual(models.AbstractModel):
    """Name in Kazakh, Russian and English, all three visible to the clerk."""

    _name = "registrar.trilingual"
    _description = "Name in three languages"
    _rec_names_search = ["name_kk", "name_ru", "name_en"]

    name_kk = fields.Char("Name in Kazakh", required=True)
    name_ru = fields.Char("Name in Russian", required=True)
    name_en = fields.Char("Name in English")
    name = fields.Char(compute="_compute_name", search="_search_name")

    @api.depends("name_kk", "name_ru", "name_en")
    @api.depends_context("lang")
    def _compute_name(self):
        language = short_language(self.env.lang)
        for record in self:
            record.name = record._text("name", language)

    def _search_name(self, operator, value):
        if operator.startswith("not") or operator == "!=":
            return NotImplemented
        return Domain.OR(
            [(field, operator, value)] for field in ("name_kk", "name_ru", "name_en")
        )

    @api.depends("name_kk", "name_ru", "name_en")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for record in self:
            code = record.code if "code" in record._fields else None
            parts = (code, record.name) if record._code_in_name() else (record.name,)
            record.display_name = " ".join(part for part in parts if part)

    def _code_in_name(self):
        """Whether the code is a part of the name that people say."""
        return "code" in self._fields

    def _text(self, field, language):
        """Return the text ``<field>_<language>``, or the next language that has it.

        :param str field: name of the triple without suffix, e.g. ``"name"``
        :param str language: ``"kk"``, ``"ru"`` or ``"en"``
        :rtype: str
        """
        self.ensure_one()
        return text_in(self, field, language)
