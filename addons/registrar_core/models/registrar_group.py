from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .selections import CONTINGENT_STATUSES, LANGUAGES_OF_STUDY, STUDY_FORMS


class RegistrarGroup(models.Model):
    """Academic group: students of one programme, intake, form and language."""

    _name = "registrar.group"
    _description = "Academic group"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "intake_year_id desc, name, id"

    name = fields.Char(required=True, index="trigram", tracking=True)
    active = fields.Boolean(default=True)
    programme_id = fields.Many2one(
        "registrar.programme",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    faculty_id = fields.Many2one(
        "hr.department",
        "Faculty",
        related="programme_id.faculty_id",
        store=True,
        index=True,
    )
    intake_year_id = fields.Many2one(
        "registrar.academic.year",
        "Year of admission",
        required=True,
        index=True,
        ondelete="restrict",
    )
    curriculum_id = fields.Many2one(
        "registrar.curriculum",
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('programme_id', '=', programme_id), ('state', '!=', 'archived')]",
    )
    study_form = fields.Selection(STUDY_FORMS, required=True, default="full_time")
    language = fields.Selection(
        LANGUAGES_OF_STUDY, "Language of study", required=True, default="kk"
    )
    course = fields.Integer(
        "Year of study", default=1, required=True, aggregator=None, tracking=True
    )
    adviser_id = fields.Many2one(
        "hr.employee",
        index=True,
        tracking=True,
        domain="[('is_teacher', '=', True)]",
    )
    student_ids = fields.One2many("registrar.student", "group_id", "Students")
    student_count = fields.Integer(
        "Number of students", compute="_compute_student_count"
    )
    plan_count = fields.Integer("Number of plans", compute="_compute_plan_count")

    _name_unique = models.UniqueIndex(
        "(name) WHERE active IS TRUE", "There is already a group with this name."
    )
    _course_positive = models.Constraint(
        "CHECK (course > 0)", "Years of study are counted from 1."
    )

    def _compute_student_count(self):
        counts = dict(
            self.env["registrar.student"]
            .sudo()
            ._read_group(
                [("group_id", "in", self.ids), ("status", "in", CONTINGENT_STATUSES)],
                ["group_id"],
                ["__count"],
            )
        )
        for group in self:
            group.student_count = counts.get(group._origin.sudo(), 0)

    def _compute_plan_count(self):
        Plan = self.env["registrar.study.plan"]
        if not Plan.has_access("read"):
            self.plan_count = 0
            return
        counts = dict(
            Plan._read_group(
                [("group_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["group_id"],
                ["__count"],
            )
        )
        for group in self:
            group.plan_count = counts.get(group._origin, 0)

    @api.constrains("curriculum_id", "programme_id", "study_form", "language")
    def _check_curriculum(self):
        for group in self:
            curriculum = group.curriculum_id
            if not curriculum:
                continue
            if curriculum.programme_id != group.programme_id:
                raise ValidationError(
                    self.env._(
                        "The curriculum of the group “%s” is of another programme.",
                        group.name,
                    )
                )
            if curriculum.study_form != group.study_form:
                raise ValidationError(
                    self.env._(
                        "The curriculum of the group “%s” is of another form of study.",
                        group.name,
                    )
                )
            if curriculum.language and curriculum.language != group.language:
                raise ValidationError(
                    self.env._(
                        "The curriculum of the group “%s” is for another language "
                        "of study.",
                        group.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = (
            self.env["registrar.enrolment"]
            .sudo()
            .search([("group_id", "in", self.ids)], limit=1)
        )
        if used:
            raise ValidationError(
                self.env._(
                    "Students have studied in the group “%s”. Archive it instead.",
                    used.group_id.name,
                )
            )

    def action_open_students(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_student_action"
        )
        return dict(action, domain=[("group_id", "=", self.id)], context={})

    def action_open_plans(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_action"
        )
        return dict(
            action,
            domain=[("group_id", "in", self.ids)],
            context={"search_default_group_by_state": 1},
        )

    def action_fill_plans(self):
        """Make the study plans of the students for the current academic year."""
        year = self.env["registrar.academic.year"]._at(fields.Date.context_today(self))
        if not year:
            raise ValidationError(
                self.env._("No academic year is entered for the current date.")
            )
        students = self.student_ids.filtered(
            lambda student: student.status in CONTINGENT_STATUSES
        )
        plans = self.env["registrar.study.plan"]._fill(students, year)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_action"
        )
        return dict(action, domain=[("id", "in", plans.ids)], context={})
