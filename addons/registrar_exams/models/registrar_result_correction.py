from odoo import api, fields, models
from odoo.exceptions import UserError

TITLES = {
    "kk": "Нәтижелерді түзету туралы хаттама",
    "ru": "Протокол исправления результатов",
    "en": "Protocol on the correction of results",
}


class RegistrarResultCorrection(models.Model):
    """Protocol that corrects registered results.

    Memo of the teacher → head of department → permission → the office; never to make
    a grade better (academic.md §6.3). The clerk drafts, the head registers; the wrong
    row stays and is superseded by a new one.
    """

    _name = "registrar.result.correction"
    _description = "Correction of results"
    _inherit = ["registrar.document"]
    _order = "document_date desc, id desc"
    _register_code = "protocols"
    _document_report = "registrar_exams.action_report_result_correction"

    # With labels: translations of inherited ones are loaded before this model is.
    state = fields.Selection(
        selection_add=[
            ("draft", "Draft"),
            ("registered", "Registered"),
            ("cancelled", "Cancelled"),
        ]
    )
    ground_kind = fields.Selection(
        [
            ("entry", "Wrongly entered mark"),
            ("reckoning", "Wrongly reckoned mark"),
            ("identity", "Mark of another student"),
            ("decision", "Decision of a commission"),
        ],
        "Kind of ground",
        required=True,
        default="entry",
    )
    ground = fields.Text(
        required=True, help="Memo, permission and explanation, as in the protocol."
    )
    line_ids = fields.One2many(
        "registrar.result.correction.line", "correction_id", "Results"
    )
    line_count = fields.Integer("Number of results", compute="_compute_line_count")

    @api.depends("line_ids")
    def _compute_line_count(self):
        for correction in self:
            correction.line_count = len(correction.line_ids)

    def action_open_results(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_exams.registrar_result_action"
        )
        return dict(
            action,
            domain=[("correction_line_id.correction_id", "=", self.id)],
            context={},
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(correction.state != "draft" for correction in self):
            raise UserError(self.env._("Only drafts of protocols can be deleted."))

    def _check_registration(self):
        reasons = super()._check_registration()
        for correction in self:
            found = []
            if not correction.line_ids:
                found.append(self.env._("It corrects nothing."))
            if text := correction._check_segregation():
                found.append(text)
            for line in correction.line_ids:
                found.extend(line._reasons_against())
            if found:
                reasons.setdefault(correction.id, []).extend(found)
        return reasons

    def _check_segregation(self):
        """Return the reason when the user drafted it or entered the marks."""
        self.ensure_one()
        user = self.env.user
        if user._is_superuser():
            return ""
        if user == self.sudo().create_uid:
            return self.env._("You drafted it; somebody else registers it.")
        if user in self.sudo().line_ids.result_id.sheet_id.author_ids:
            return self.env._(
                "You entered marks on one of the sheets; somebody else registers it."
            )
        return ""

    def _apply_registration(self):
        result = super()._apply_registration()
        self.env["registrar.result"].sudo()._post_corrections(self)
        return result

    def _cancel_by(self, document):
        """Another protocol corrects the results again; none takes this one back."""
        raise UserError(
            self.env._(
                "“%s” is registered; another protocol can correct its results.",
                self[:1].display_name,
            )
        )

    def _document_title(self, language):
        return TITLES[language]

    def _document_recipient(self):
        students = self.sudo().line_ids.result_id.student_id
        if len(students) == 1:
            return students.short_name
        return self.env._("%s students", len(students))
