from odoo import models


class RegistrarGroup(models.Model):
    _inherit = "registrar.group"

    def action_open_transcripts(self):
        """Open the transcripts of the students of the group."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_reports.registrar_transcript_action"
        )
        return dict(action, domain=[("group_id", "=", self.id)], context={})

    def action_print_transcripts(self):
        """Print the latest registered transcript of every student, in one PDF."""
        transcripts = self.env["registrar.transcript"]._latest_of_groups(self)
        return transcripts.action_print()
