from odoo import fields, models


class RegistrarAcademicYear(models.Model):
    _inherit = "registrar.academic.year"

    calendar_ids = fields.One2many("registrar.calendar", "year_id", "Calendars")

    def _difference(self, other):
        """Return by how many years this one is later than ``other``.

        Without ``other`` (no academic year holds the day) nothing is shifted.
        """
        self.ensure_one()
        if not other:
            return 0
        return round((self.date_from - other.date_from).days / 365.25)
