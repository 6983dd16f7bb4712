from odoo import fields, models

from ..tools.languages import short_language


class RegistrarCataloguePrint(models.TransientModel):
    """Ask for language, programme and format of a printed catalogue."""

    _name = "registrar.catalogue.print"
    _description = "Print a catalogue of electives"

    catalogue_id = fields.Many2one("registrar.catalogue", required=True)
    language = fields.Selection(
        [("kk", "Kazakh"), ("ru", "Russian"), ("en", "English")],
        required=True,
        default=lambda self: short_language(self.env.lang),
    )
    programme_id = fields.Many2one(
        "registrar.programme", help="Empty: the whole catalogue."
    )
    file_format = fields.Selection(
        [("pdf", "PDF booklet"), ("xlsx", "XLSX list")],
        "Format",
        required=True,
        default="pdf",
    )

    def action_print(self):
        """Return the download of the catalogue."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/registrar/catalogue/{self.catalogue_id.id}/{self.file_format}"
            f"?lang={self.language}&programme={self.programme_id.id or 0}",
            "target": "download",
            "close": True,
        }
