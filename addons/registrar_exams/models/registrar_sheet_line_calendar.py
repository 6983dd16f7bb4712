from odoo import models

from .registrar_sheet_line import MARK_FIELDS


class RegistrarSheetLine(models.Model):
    _inherit = "registrar.sheet.line"

    def _check_entry(self, names):
        result = super()._check_entry(names)
        if not self.env.su and MARK_FIELDS & set(names):
            for sheet, lines in self.grouped("sheet_id").items():
                sheet._check_calendar(lines.sudo().student_id)
        return result
