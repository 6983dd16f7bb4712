from odoo import api, fields, models
from odoo.exceptions import UserError


class RegistrarTranscriptIssue(models.TransientModel):
    """Issue transcripts to many students at once: prepare, register, print."""

    _name = "registrar.transcript.issue"
    _description = "Issue transcripts"

    group_ids = fields.Many2many("registrar.group", string="Groups")
    student_ids = fields.Many2many(
        "registrar.student",
        string="Students",
        compute="_compute_student_ids",
        store=True,
        readonly=False,
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    kind = fields.Selection(
        lambda self: self.env["registrar.transcript"]._fields["kind"].selection,
        "Issued to",
        help="Empty: by the status of each student.",
    )
    purpose = fields.Char(help="Where the transcripts will be presented.")
    language = fields.Selection(
        lambda self: self.env["registrar.transcript"]._fields["language"].selection,
        "Languages",
        required=True,
        default="all",
    )
    student_count = fields.Integer(compute="_compute_problems")
    without_grades_ids = fields.Many2many(
        "registrar.student", compute="_compute_problems", string="Without grades"
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        model = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        if model == "registrar.group":
            values["group_ids"] = ids
        elif model == "registrar.student":
            values["student_ids"] = ids
        return values

    @api.depends("group_ids")
    def _compute_student_ids(self):
        for wizard in self:
            if wizard.group_ids:
                wizard.student_ids = wizard.group_ids.student_ids

    @api.depends("student_ids", "date")
    def _compute_problems(self):
        for wizard in self:
            students = wizard.student_ids._origin
            graded = self.env["registrar.transcript"]._students_with_results(
                students, wizard.date or fields.Date.context_today(self)
            )
            wizard.without_grades_ids = students - graded
            wizard.student_count = len(graded)

    def action_prepare(self):
        """Make drafts and show them."""
        return self._action_open(self._create_transcripts())

    def action_issue(self):
        """Register the transcripts and show them."""
        transcripts = self._create_transcripts()
        transcripts.action_register()
        return self._action_open(transcripts)

    def action_issue_and_print(self):
        """Register the transcripts and download them in one PDF."""
        transcripts = self._create_transcripts()
        transcripts.action_register()
        return dict(transcripts.action_print(), close_on_report_download=True)

    def _create_transcripts(self):
        """Return new drafts for the students with grades, in alphabetical order.

        :raises UserError: when nobody has grades
        """
        self.ensure_one()
        students = self.student_ids - self.without_grades_ids
        if not students:
            raise UserError(
                self.env._("None of these students has grades on that day.")
            )
        ordered = students.sorted(lambda student: (student.sort_key or "", student.id))
        return self.env["registrar.transcript"].create(
            [self._prepare_transcript_vals(student) for student in ordered]
        )

    def _prepare_transcript_vals(self, student):
        vals = {
            "student_id": student.id,
            "document_date": self.date,
            "purpose": self.purpose,
            "language": self.language,
        }
        if self.kind:
            vals["kind"] = self.kind
        return vals

    def _action_open(self, transcripts):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_reports.registrar_transcript_action"
        )
        return dict(action, domain=[("id", "in", transcripts.ids)], context={})
