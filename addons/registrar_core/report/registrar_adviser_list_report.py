from odoo import api, models
from odoo.tools import format_date

from ..wizards.registrar_adviser_list import LABELS


class ReportAdviserList(models.AbstractModel):
    """Values of the printed list of advisers (academic.md §4.9)."""

    _name = "report.registrar_core.report_adviser_list"
    _description = "Printed list of advisers"

    @api.model
    def _get_report_values(self, docids, data=None):
        lists = self.env["registrar.adviser.list"].browse(docids)
        lists.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": lists._name,
            "docs": lists,
            "sheets": {one.id: self._sheet(one) for one in lists},
        }

    def _sheet(self, one):
        labels = LABELS[one.language]
        university = self.env.company
        head = self.env["registrar.signatory"].sudo()._at("registrar_head", one.date)
        return {
            "language": one.language,
            "labels": labels,
            "university": university._text("university_name", one.language),
            "date": format_date(self.env, one.date, date_format="dd.MM.yyyy"),
            "blocks": [
                {
                    **block,
                    "signatures": [
                        {
                            "position": block["dean"]._position(one.language)
                            if block["dean"]
                            else labels["dean"],
                            "name": block["dean"].name or "",
                        },
                        {
                            "position": head._position(one.language)
                            if head
                            else labels["head"],
                            "name": head.name or "",
                        },
                    ],
                }
                for block in one._blocks()
            ],
        }
