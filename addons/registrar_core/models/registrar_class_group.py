from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .selections import CONTROL_FORMS, LANGUAGES_OF_STUDY


class RegistrarClassGroup(models.Model):
    """Students who study one discipline in one term in one language together.

    Source: academic.md §4.5, disciplinary group.
    """

    _name = "registrar.class.group"
    _description = "Class group"
    _inherit = ["mail.thread"]
    _order = "term_id, name, id"
    _rec_names_search = ["name", "discipline_id"]

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, required=True
    )
    discipline_id = fields.Many2one(
        "registrar.discipline", required=True, index=True, ondelete="restrict"
    )
    term_id = fields.Many2one(
        "registrar.term", required=True, index=True, ondelete="restrict"
    )
    number = fields.Integer(
        required=True,
        default=1,
        aggregator=None,
        help="Counted per discipline, term and language.",
    )
    state = fields.Selection(
        selection=lambda self: self._selection_state(),
        required=True,
        default="planned",
        index=True,
        tracking=True,
    )
    year_id = fields.Many2one(related="term_id.year_id", string="Academic year")
    department_id = fields.Many2one(
        related="discipline_id.department_id", string="Department"
    )
    faculty_id = fields.Many2one(related="discipline_id.faculty_id", string="Faculty")
    language = fields.Selection(LANGUAGES_OF_STUDY, required=True, default="kk")
    control_form = fields.Selection(CONTROL_FORMS, required=True, default="exam")
    teacher_id = fields.Many2one(
        "hr.employee",
        index=True,
        tracking=True,
        domain="[('is_teacher', '=', True)]",
    )
    examiner_id = fields.Many2one(
        "hr.employee",
        index=True,
        tracking=True,
        domain="[('is_teacher', '=', True)]",
    )
    line_ids = fields.One2many(
        "registrar.study.plan.line", "class_group_id", "Students"
    )
    stream_id = fields.Many2one(
        "registrar.stream",
        index=True,
        tracking=True,
        ondelete="set null",
        domain="[('discipline_id', '=', discipline_id), ('term_id', '=', term_id)]",
    )
    subgroup_ids = fields.One2many(
        "registrar.class.subgroup", "class_group_id", "Subgroups"
    )
    size_min = fields.Integer("Fewest students", aggregator=None)
    size_max = fields.Integer(
        "Most students", aggregator=None, tracking=True, help="0: no limit."
    )
    student_count = fields.Integer(
        "Number of students", compute="_compute_student_count"
    )

    _group_unique = models.Constraint(
        "UNIQUE (discipline_id, term_id, language, control_form, number)",
        "There is already a class group with this number of this discipline, term "
        "and language.",
    )

    @api.model
    def _selection_state(self):
        return [
            ("planned", "Planned"),
            ("open", "Open"),
            ("not_opened", "Not opened"),
        ]

    @api.depends("discipline_id", "language")
    def _compute_name(self):
        for group in self:
            code = group.discipline_id.code
            group.name = f"{code}-{group.language}" if code else False

    @api.depends("name", "discipline_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for group in self:
            parts = (group.name, group.discipline_id.name)
            group.display_name = " ".join(part for part in parts if part)

    def _compute_student_count(self):
        counts = dict(
            self.env["registrar.study.plan.line"]
            .sudo()
            ._read_group(
                [("class_group_id", "in", self.ids), ("is_cancelled", "=", False)],
                ["class_group_id"],
                ["__count"],
            )
        )
        for group in self:
            group.student_count = counts.get(group._origin.sudo(), 0)

    @api.constrains("stream_id", "discipline_id", "term_id")
    def _check_stream(self):
        for group in self:
            stream = group.stream_id
            if stream and (
                stream.discipline_id != group.discipline_id
                or stream.term_id != group.term_id
            ):
                raise ValidationError(
                    self.env._(
                        "The stream “%s” is for another discipline or term.",
                        stream.display_name,
                    )
                )

    @api.onchange("teacher_id")
    def _onchange_teacher_id(self):
        if not self.examiner_id:
            self.examiner_id = self.teacher_id

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_line_action"
        )
        return dict(
            action,
            domain=[("class_group_id", "=", self.id)],
            context={},
        )

    @api.model
    def _form(self, term, domain=None):
        """Place the registered lines of ``term`` into class groups.

        One group per discipline, language and form of control. Lines that have a
        group keep it, so the method may be repeated after later registrations.

        :param domain: further condition on the lines
        :return: the groups that got students
        """
        self.check_access("create")
        lines = self.env["registrar.study.plan.line"]
        condition = Domain.AND(
            [
                Domain("term_id", "=", term.id),
                Domain("class_group_id", "=", False),
                Domain("is_cancelled", "=", False),
                Domain("plan_id.state", "=", "registered"),
                Domain(domain or Domain.TRUE),
            ]
        )
        self.env.flush_all()
        waiting = SQL(
            """
            SELECT l.id, l.discipline_id, l.term_id,
                   COALESCE(p.language, 'other') AS language,
                   COALESCE(l.control_form, 'exam') AS control_form
              FROM registrar_study_plan_line l
              JOIN registrar_study_plan p ON p.id = l.plan_id
             WHERE l.id IN %s
            """,
            lines._search(condition).subselect(),
        )
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                INSERT INTO registrar_class_group
                    (name, number, state, discipline_id, term_id, language,
                     control_form, create_uid, create_date, write_uid, write_date)
                SELECT d.code || '-' || w.language, 1, 'open', w.discipline_id,
                       w.term_id, w.language, w.control_form,
                       %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM (SELECT DISTINCT discipline_id, term_id, language, control_form
                          FROM (%(waiting)s) AS waiting_lines) w
                  JOIN registrar_discipline d ON d.id = w.discipline_id
                 ORDER BY d.code, w.language, w.control_form
                    ON CONFLICT (discipline_id, term_id, language, control_form, number)
                    DO NOTHING
                """,
                uid=self.env.uid,
                waiting=waiting,
            )
        )
        cr.execute(
            SQL(
                """
                UPDATE registrar_study_plan_line l
                   SET class_group_id = g.id,
                       write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                  FROM (%(waiting)s) w
                  JOIN registrar_class_group g
                    ON g.discipline_id = w.discipline_id AND g.term_id = w.term_id
                   AND g.language = w.language AND g.control_form = w.control_form
                 WHERE w.id = l.id
                RETURNING g.id
                """,
                uid=self.env.uid,
                waiting=waiting,
            )
        )
        ids = sorted({row[0] for row in cr.fetchall()})
        lines.invalidate_model(["class_group_id"])
        self.invalidate_model()
        return self.browse(ids).sorted()
