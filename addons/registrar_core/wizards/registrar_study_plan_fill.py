from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.registration_rules import ERROR
from ..models.selections import CONTINGENT_STATUSES

# Above so many students the obstacles are only told in the report.
PREVIEW_AT_MOST = 300


class RegistrarStudyPlanFill(models.TransientModel):
    """Make study plans for students, groups, a whole course, programme or faculty.

    May be repeated: drafts get what they lack, plans under way are not touched. Who
    could not be done, and why, is told in one report.
    """

    _name = "registrar.study.plan.fill"
    _description = "Make study plans"

    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        required=True,
        default=lambda self: self.env["registrar.academic.year"]._present(),
    )
    group_ids = fields.Many2many(
        "registrar.group", string="Groups", default=lambda self: self._default_groups()
    )
    programme_ids = fields.Many2many("registrar.programme", string="Programmes")
    faculty_ids = fields.Many2many(
        "hr.department",
        string="Faculties",
        domain="[('registrar_kind', '=', 'faculty')]",
    )
    is_everybody = fields.Boolean("The whole university")
    course = fields.Integer(
        "Only year of study",
        aggregator=None,
        help="Year of study in the academic year of the plans; 0: all years.",
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

    @api.depends(
        "student_ids",
        "year_id",
        "programme_ids",
        "faculty_ids",
        "is_everybody",
        "course",
    )
    def _compute_obstacles(self):
        Plan = self.env["registrar.study.plan"]
        for wizard in self:
            students = wizard._students()
            wizard.student_count = len(students)
            obstacles = (
                Plan._fill_obstacles(students, wizard.year_id)
                if wizard.year_id and len(students) <= PREVIEW_AT_MOST
                else {}
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
        """Make the plans; show them, or the report when somebody is left out."""
        self.ensure_one()
        students = self._students()
        if not students:
            raise UserError(self.env._("Choose students or groups."))
        Plan = self.env["registrar.study.plan"]
        plans = Plan._fill(students, self.year_id)
        reasons = plans._refresh_checks()
        rows = self._rows_without_plan(students, plans)
        rows += [
            {
                "student_id": plan.student_id.id,
                "plan_id": plan.id,
                "reason": "\n".join(errors),
            }
            for plan in plans
            if (errors := [r.text for r in reasons[plan.id] if r.level == ERROR])
        ]
        if not rows:
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "registrar_core.registrar_study_plan_action"
            )
            return dict(action, domain=[("id", "in", plans.ids)], context={})
        return self.env["registrar.mass.report"]._show(
            self.env._("Study plans of %s", self.year_id.name),
            self.env._(
                "%(done)s plans made or completed, %(rest)s students need attention.",
                done=len(plans),
                rest=len(rows),
            ),
            plans,
            rows,
        )

    def _students(self):
        """Return the students that are meant, in the order of their names."""
        self.ensure_one()
        Student = self.env["registrar.student"]
        students = self.student_ids._origin
        places = Domain.FALSE
        if self.programme_ids:
            places |= Domain("programme_id", "in", self.programme_ids.ids)
        if self.faculty_ids:
            places |= Domain("faculty_id", "in", self.faculty_ids.ids)
        if self.is_everybody:
            places = Domain.TRUE
        if not places.is_false():
            students |= Student.search(
                places & Domain("status", "in", CONTINGENT_STATUSES)
            )
        if self.course and self.year_id:
            states = self.env["registrar.study.plan"]._study_states(
                students, self.year_id
            )
            students = students.filtered(
                lambda s: states.get(s.id, {}).get("course") == self.course
            )
        return students

    def _rows_without_plan(self, students, plans):
        """Return rows of the report for those whose plan was not made or completed."""
        Plan = self.env["registrar.study.plan"]
        rest = students - plans.student_id
        if not rest:
            return []
        under_way = Plan.search(
            [
                ("student_id", "in", rest.ids),
                ("year_id", "=", self.year_id.id),
                ("kind", "=", "main"),
                ("state", "not in", ("draft", "cancelled")),
            ]
        )
        obstacles = Plan._fill_obstacles(rest - under_way.student_id, self.year_id)
        rows = [
            {"student_id": student_id, "reason": text}
            for student_id, text in obstacles.items()
        ]
        # Registered plans are as they should be.
        rows += [
            {
                "student_id": plan.student_id.id,
                "plan_id": plan.id,
                "reason": self.env._("The plan is under way: %s.", plan._state_label()),
            }
            for plan in under_way
            if plan.state != "registered"
        ]
        return rows
