from odoo import models


class RegistrarXlsx(models.AbstractModel):
    """A report that can be downloaded as a printed table in XLSX.

    Only models with this mixin are served by the controller.
    """

    _name = "registrar.xlsx"
    _description = "Report in XLSX"

    def action_xlsx(self):
        """Return the action that downloads the file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/registrar/xlsx/{self._name}/{self.id}",
            "target": "download",
        }

    def _xlsx_file_name(self):
        raise NotImplementedError

    def _xlsx_content(self):
        """Return the bytes of the file, with the rights of the user."""
        raise NotImplementedError
