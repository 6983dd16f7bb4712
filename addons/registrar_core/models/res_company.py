from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """The university; its logo is the logo of the company."""

    _inherit = "res.company"

    university_name_kk = fields.Char("University in Kazakh")
    university_name_ru = fields.Char("University in Russian")
    university_name_en = fields.Char("University in English")
    university_short_name_kk = fields.Char("Short name in Kazakh")
    university_short_name_ru = fields.Char("Short name in Russian")
    university_short_name_en = fields.Char("Short name in English")
    city_kk = fields.Char("City in Kazakh")
    city_ru = fields.Char("City in Russian")
    city_en = fields.Char("City in English")
    bin = fields.Char(
        "BIN", size=12, help="Business identification number, twelve digits."
    )

    @api.constrains("bin")
    def _check_bin(self):
        for company in self:
            if company.bin and not (company.bin.isdecimal() and len(company.bin) == 12):
                raise ValidationError(
                    self.env._("A BIN consists of twelve digits: %s", company.bin)
                )

    def _text(self, field, language):
        """Return ``<field>_<language>`` or what stands in for it.

        An empty name of the university falls back to the name of the company, an
        empty city to the city of its address.
        """
        self.ensure_one()
        text = self.env["registrar.trilingual"]._text.__func__(self, field, language)
        if not text and field in ("university_name", "university_short_name"):
            return self.name
        if not text and field == "city":
            return self.city or ""
        return text
