from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class RegistrarSummerApply(models.TransientModel):
    """Make applications for the summer semester for students with debts."""

    _name = "registrar.summer.apply"
    _description = "Make summer applications"

    term_id = fields.Many2one(
        "registrar.term",
        "Summer semester",
        required=True,
        domain="[('kind', '=', 'summer')]",
        default=lambda self: self.env[
            "registrar.summer.application"
        ]._default_term_id(),
    )
    student_ids = fields.Many2many(
        "registrar.student",
        string="Students",
        default=lambda self: self._default_student_ids(),
    )
    done_count = fields.Integer("Applications made", readonly=True)
    report_html = fields.Html("Left out", readonly=True)
    is_done = fields.Boolean("Is done", readonly=True)

    @api.model
    def _default_term_id(self):
        return self.env["registrar.summer.application"]._default_term_id()

    @api.model
    def _default_student_ids(self):
        if self.env.context.get("active_model") == "registrar.student":
            return self.env.context.get("active_ids", [])
        return []

    def action_apply(self):
        """Make drafts with the debts; may be repeated."""
        self.ensure_one()
        if not self.student_ids:
            raise UserError(self.env._("Choose students."))
        Application = self.env["registrar.summer.application"]
        present = Application.search(
            [
                ("student_id", "in", self.student_ids.ids),
                ("term_id", "=", self.term_id.id),
                ("state", "not in", ("refused", "cancelled")),
            ]
        ).student_id
        left_out = [(student, self.env._("has already applied")) for student in present]
        made = Application.create(
            [
                {"student_id": student.id, "term_id": self.term_id.id}
                for student in self.student_ids - present
            ]
        )
        made.action_propose_debts()
        for application in made.filtered(lambda a: not a.line_ids):
            left_out.append((application.student_id, self.env._("has no debts")))
            made -= application
            application.unlink()
        self.done_count = len(made)
        self.is_done = True
        self.report_html = (
            Markup("<ul class='mb-0'>%s</ul>")
            % Markup().join(
                Markup("<li><b>%s</b>: %s</li>") % (student.full_name, text)
                for student, text in left_out
            )
            if left_out
            else False
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Applications for the summer semester"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
