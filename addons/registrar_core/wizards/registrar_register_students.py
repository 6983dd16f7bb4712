from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.selections import LINE_TYPES

# Registrations for which the office has to say on what ground they are made.
NEED_GROUND = ("retake", "difference", "additional", "gpa_raise")


class RegistrarRegisterStudents(models.TransientModel):
    """Register several students for one discipline; report who could not be."""

    _name = "registrar.register.students"
    _description = "Register students for a discipline"

    student_ids = fields.Many2many(
        "registrar.student",
        string="Students",
        default=lambda self: self._default_student_ids(),
    )
    term_id = fields.Many2one("registrar.term", required=True)
    discipline_id = fields.Many2one("registrar.discipline", required=True)
    offer_id = fields.Many2one(
        "registrar.offer",
        domain="[('discipline_id', '=', discipline_id), ('term_id', '=', term_id), "
        "('state', '=', 'open')]",
        help="Empty: the discipline is planned without a seat.",
        compute="_compute_offer_id",
        store=True,
        readonly=False,
    )
    line_type = fields.Selection(
        LINE_TYPES, "Type", required=True, default="additional"
    )
    ground = fields.Char()
    credits = fields.Float(
        compute="_compute_credits", store=True, readonly=False, digits=(5, 1)
    )
    done_count = fields.Integer("Registered", readonly=True)
    waiting_count = fields.Integer("Put on the waiting list", readonly=True)
    report_html = fields.Html("Could not be registered", readonly=True)
    is_done = fields.Boolean("Is done", readonly=True)

    @api.model
    def _default_student_ids(self):
        model = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids", [])
        if model == "registrar.student":
            return ids
        if model == "registrar.group":
            return self.env[model].browse(ids).student_ids.ids
        if model == "registrar.waiting.entry":
            return self.env[model].browse(ids).student_id.ids
        return []

    @api.depends("discipline_id", "term_id")
    def _compute_offer_id(self):
        for wizard in self:
            offer = wizard.offer_id
            if (
                offer.discipline_id == wizard.discipline_id
                and offer.term_id == wizard.term_id
            ):
                continue
            wizard.offer_id = self.env["registrar.offer"].search(
                [
                    ("discipline_id", "=", wizard.discipline_id.id),
                    ("term_id", "=", wizard.term_id.id),
                    ("state", "=", "open"),
                ],
                limit=1,
            )

    @api.depends("offer_id", "discipline_id")
    def _compute_credits(self):
        for wizard in self:
            lines = self.env["registrar.curriculum.line"].search(
                [("discipline_id", "=", wizard.discipline_id.id)], limit=1
            )
            wizard.credits = wizard.offer_id.credits or lines.credits

    def action_register_students(self):
        """Register who can be; may be repeated, nobody is registered twice."""
        self.ensure_one()
        if not self.student_ids:
            raise UserError(self.env._("Choose students."))
        if self.line_type in NEED_GROUND and not self.ground:
            raise UserError(self.env._("State the ground of the registration."))
        problems = []
        self.done_count = self.waiting_count = 0
        self.student_ids.check_access("read")
        for student in self.student_ids:
            try:
                with self.env.cr.savepoint():
                    answer = self._register_one(student)
            except UserError as error:
                problems.append((student, str(error)))
                continue
            if answer == "waiting":
                self.waiting_count += 1
            else:
                self.done_count += 1
        self.is_done = True
        self.report_html = (
            Markup("<ul class='mb-0'>%s</ul>")
            % Markup().join(
                Markup("<li><b>%s</b>: %s</li>") % (student.full_name, text)
                for student, text in problems
            )
            if problems
            else False
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register students"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _register_one(self, student):
        """Register one student; return ``"registered"`` or ``"waiting"``."""
        values = {"ground": self.ground or False}
        if self.credits:
            values["credits"] = self.credits
        if self.offer_id:
            answer = self.offer_id._take_seat(student, self.line_type, values)
            return answer["state"]
        self.env["registrar.offer"]._check_may_act(student)
        plans = self.env["registrar.study.plan"].sudo()
        plan = plans._open_for_seats(student.sudo(), self.term_id.year_id)
        plan.line_ids.create(
            {
                "plan_id": plan.id,
                "discipline_id": self.discipline_id.id,
                "term_id": self.term_id.id,
                "line_type": self.line_type,
                **values,
            }
        )
        return "registered"
