from odoo import api, models


class ReportTranscript(models.AbstractModel):
    """Values of the printed transcript, read for the whole batch at once."""

    _name = "report.registrar_reports.report_transcript"
    _description = "Printed transcript"

    @api.model
    def _get_report_values(self, docids, data=None):
        docs = self.env["registrar.transcript"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": docs._name,
            "docs": docs,
            "contents": docs._transcript_data(),
        }

    @api.model
    def _get_plutoprint_values(self, docids, data=None):
        docs = self.env["registrar.transcript"].browse(docids)
        contents = docs._transcript_data()
        return {
            doc.id: {
                "doc_ids": doc.ids,
                "doc_model": doc._name,
                "docs": doc,
                "contents": contents,
            }
            for doc in docs
        }
