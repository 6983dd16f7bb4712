from odoo import api, fields, models


class RegistrarStudent(models.Model):
    _inherit = "registrar.student"

    transcript_ids = fields.One2many(
        "registrar.transcript", "student_id", "Transcripts"
    )
    transcript_count = fields.Integer(
        "Number of transcripts", compute="_compute_transcript_count"
    )

    def _compute_transcript_count(self):
        Transcript = self.env["registrar.transcript"]
        counts = {}
        if Transcript.has_access("read"):
            counts = dict(
                Transcript._read_group(
                    [("student_id", "in", self.ids)], ["student_id"], ["__count"]
                )
            )
        for student in self:
            student.transcript_count = counts.get(student._origin, 0)

    def action_open_transcripts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_reports.registrar_transcript_action"
        )
        return dict(
            action,
            domain=[("student_id", "=", self.id)],
            context={"default_student_id": self.id},
        )

    @api.model
    def _timeline_events(self, students):
        return super()._timeline_events(students) + self._timeline_transcripts(students)

    @api.model
    def _timeline_transcripts(self, students):
        Transcript = self.env["registrar.transcript"]
        if not Transcript.has_access("read"):
            return []
        transcripts = Transcript.search(
            [
                ("student_id", "in", students.ids),
                ("state", "in", ("registered", "cancelled")),
            ]
        )
        return [
            {
                "student_id": transcript.student_id.id,
                "date": transcript.document_date,
                "kind": "document",
                "text": transcript.display_name,
                "model": transcript._name,
                "res_id": transcript.id,
                "entry_id": transcript.sudo().entry_id.id,
                "is_muted": transcript.state == "cancelled",
            }
            for transcript in transcripts
        ]

    def _portal_documents(self):
        rows = super()._portal_documents()
        transcripts = (
            self.env["registrar.transcript"]
            .sudo()
            .search(
                [
                    ("student_id", "=", self.id),
                    ("state", "in", ("registered", "cancelled")),
                ]
            )
        )
        rows += [
            self._portal_document(transcript, note=transcript.purpose or "")
            for transcript in transcripts
        ]
        return self._portal_sorted(rows)
