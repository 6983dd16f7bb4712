from odoo import fields, models

from ..tools.languages import short_language


class RegistrarCurriculumPrint(models.TransientModel):
    """Ask for language, layout and format of printed curricula."""

    _name = "registrar.curriculum.print"
    _description = "Print working curricula"

    curriculum_ids = fields.Many2many(
        "registrar.curriculum", string="Curricula", required=True
    )
    language = fields.Selection(
        [("kk", "Kazakh"), ("ru", "Russian"), ("en", "English")],
        required=True,
        default=lambda self: short_language(self.env.lang),
    )
    grouping = fields.Selection(
        [("module", "Modules"), ("cycle", "Cycles")],
        "Rows by",
        required=True,
        default="module",
    )
    paper = fields.Selection([("a4", "A4"), ("a3", "A3")], required=True, default="a4")
    file_format = fields.Selection(
        [("pdf", "PDF"), ("xlsx", "XLSX")], "Format", required=True, default="pdf"
    )

    def action_print(self):
        """Return the download of the plans."""
        self.ensure_one()
        ids = ",".join(map(str, self.curriculum_ids.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/registrar/curriculum/{self.file_format}?ids={ids}"
            f"&lang={self.language}&by={self.grouping}&paper={self.paper}",
            "target": "download",
            "close": True,
        }
