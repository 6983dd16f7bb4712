from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.selections import CONTINGENT_STATUSES


class RegistrarStudyPlanFill(models.TransientModel):
    """Make study plans for students or whole groups."""

    _name = "registrar.study.plan.fill"
    _description = "Make study plans"

    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        required=True,
        default=lambda self: self._default_year_id(),
    )
    group_ids = fields.Many2many(
        "registrar.group", string="Groups", default=lambda self: self._default_groups()
    )
    student_ids = fields.Many2many(
        "registrar.student",
        string="Students",
        compute="_compute_student_ids",
        store=True,
        readonly=False,
    )
    student_count = fields.Integer("Students chosen", compute="_compute_obstacles")
    obstacle_html = fields.Html("Left out", compute="_compute_obstacles")

    @api.model
    def _default_year_id(self):
        years = self.env["registrar.academic.year"]
        return years._at(fields.Date.context_today(self)) or years.search([], limit=1)

    @api.model
    def _default_groups(self):
        if self.env.context.get("active_model") == "registrar.group":
            return self.env.context.get("active_ids", [])
        return []

    @api.depends("group_ids")
    def _compute_student_ids(self):
        chosen = self.env["registrar.student"]
        if self.env.context.get("active_model") == "registrar.student":
            chosen = chosen.browse(self.env.context.get("active_ids", []))
        for wizard in self:
            wizard.student_ids = chosen | wizard.group_ids.student_ids.filtered(
                lambda student: student.status in CONTINGENT_STATUSES
            )

    @api.depends("student_ids", "year_id")
    def _compute_obstacles(self):
        Plan = self.env["registrar.study.plan"]
        for wizard in self:
            students = wizard.student_ids._origin
            wizard.student_count = len(students)
            obstacles = (
                Plan._fill_obstacles(students, wizard.year_id) if wizard.year_id else {}
            )
            wizard.obstacle_html = (
                Markup("<ul class='mb-0'>%s</ul>")
                % Markup().join(
                    Markup("<li>%s</li>") % text for text in obstacles.values()
                )
                if obstacles
                else False
            )

    def action_fill(self):
        self.ensure_one()
        if not self.student_ids:
            raise UserError(self.env._("Choose students or groups."))
        plans = self.env["registrar.study.plan"]._fill(self.student_ids, self.year_id)
        if not plans:
            raise UserError(
                self.env._(
                    "No plan was made: the students already have plans that are under "
                    "way, or they cannot have one yet."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_action"
        )
        return dict(action, domain=[("id", "in", plans.ids)], context={})
