from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .numbering import number_new
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
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
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
        [
            ("planned", "Planned"),
            ("open", "Open"),
            ("not_opened", "Not opened"),
        ],
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
    size_min = fields.Integer(
        "Fewest students",
        compute="_compute_sizes",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    size_max = fields.Integer(
        "Most students",
        compute="_compute_sizes",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        tracking=True,
        help="0: no limit.",
    )
    size_problem = fields.Selection(
        [("under", "Below the minimum"), ("over", "Above the maximum")],
        string="Size",
        compute="_compute_student_count",
        search="_search_size_problem",
    )
    academic_group_ids = fields.Many2many(
        "registrar.group",
        string="Academic groups",
        compute="_compute_academic_group_ids",
    )
    subgroup_count = fields.Integer(
        "Number of subgroups", compute="_compute_subgroup_count"
    )
    student_count = fields.Integer(
        "Number of students", compute="_compute_student_count"
    )

    _group_unique = models.Constraint(
        "UNIQUE (discipline_id, term_id, language, control_form, number)",
        "There is already a class group with this number of this discipline, term "
        "and language.",
    )

    @api.depends("discipline_id", "language", "number")
    def _compute_name(self):
        for group in self:
            code = group.discipline_id.code
            group.name = (
                self._name_of(code, group.language, group.number) if code else False
            )

    @api.model
    def _name_of(self, code, language, number, alone=True):
        """Return e.g. ``MAT 1101-kk-02``; the only group of its kind has no number."""
        if alone and number == 1:
            return f"{code}-{language}"
        return f"{code}-{language}-{number:02d}"

    @api.depends("discipline_id", "language", "term_id")
    def _compute_sizes(self):
        for term, groups in self.grouped("term_id").items():
            day = term.date_from or fields.Date.context_today(self)
            limits = self.env["registrar.group.size"]._limits(
                "class_group",
                {(group.discipline_id, group.language, False) for group in groups},
                day,
            )
            for group in groups:
                limit = limits[group.discipline_id.id, group.language, False]
                group.size_min = limit.minimum
                group.size_max = limit.maximum

    @api.depends("name", "discipline_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for group in self:
            parts = (group.name, group.discipline_id.name)
            group.display_name = " ".join(part for part in parts if part)

    @api.depends("line_ids", "line_ids.is_cancelled", "size_min", "size_max", "state")
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
            count = counts.get(group._origin.sudo(), 0)
            group.student_count = count
            group.size_problem = (
                group.state != "not_opened"
                and (
                    (group.size_max and count > group.size_max and "over")
                    or (count < group.size_min and "under")
                )
                or False
            )

    @api.model
    def _search_size_problem(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        members = SQL(
            """
            SELECT COUNT(*) FROM registrar_study_plan_line l
             WHERE l.class_group_id = g.id AND l.is_cancelled IS NOT TRUE
            """
        )
        conditions = {
            "over": SQL("g.size_max > 0 AND (%s) > g.size_max", members),
            "under": SQL("(%s) < g.size_min", members),
        }
        chosen = [sql for name, sql in conditions.items() if name in wanted]
        if False in wanted:
            chosen.append(SQL("NOT (%s)", SQL(" OR ").join(conditions.values())))
        if not chosen:
            return Domain.FALSE
        self.flush_model(["size_min", "size_max", "state"])
        self.env["registrar.study.plan.line"].flush_model(
            ["class_group_id", "is_cancelled"]
        )
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT g.id FROM registrar_class_group g"
                " WHERE g.state <> 'not_opened' AND (%s))",
                SQL(" OR ").join(chosen),
            ),
        )

    @api.depends("line_ids", "line_ids.is_cancelled")
    def _compute_academic_group_ids(self):
        found = dict(
            self.env["registrar.study.plan.line"]
            .sudo()
            ._read_group(
                [("class_group_id", "in", self.ids), ("is_cancelled", "=", False)],
                ["class_group_id"],
                ["plan_id:recordset"],
            )
        )
        for group in self:
            plans = found.get(group._origin.sudo())
            group.academic_group_ids = plans.group_id.sorted("name") if plans else False

    @api.depends("subgroup_ids")
    def _compute_subgroup_count(self):
        counts = dict(
            self.env["registrar.class.subgroup"]
            .sudo()
            ._read_group(
                [("class_group_id", "in", self.ids)], ["class_group_id"], ["__count"]
            )
        )
        for group in self:
            group.subgroup_count = counts.get(group._origin.sudo(), 0)

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

    @api.model_create_multi
    def create(self, vals_list):
        """Number the groups that come without a number."""
        number_new(self, vals_list)
        return super().create(vals_list)

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

    def action_place_students(self):
        """Show the students of the discipline by class group, to be dragged."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_line_action_place"
        )
        return dict(
            action,
            domain=[
                ("discipline_id", "=", self.discipline_id.id),
                ("term_id", "=", self.term_id.id),
                ("plan_id.state", "=", "registered"),
                ("is_cancelled", "=", False),
            ],
            context={
                "place_discipline_id": self.discipline_id.id,
                "place_term_id": self.term_id.id,
                "group_by": ["class_group_id"],
            },
        )

    def action_place_subgroups(self):
        """Show the students of the class group by subgroup, to be dragged."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_line_action_place"
        )
        return dict(
            action,
            name=self.env._("Subgroups of %s", self.name),
            domain=[("class_group_id", "=", self.id), ("is_cancelled", "=", False)],
            context={
                "place_class_group_id": self.id,
                "group_by": ["subgroup_id"],
            },
        )

    def action_open_subgroups(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_class_subgroup_action"
        )
        return dict(
            action,
            domain=[("class_group_id", "in", self.ids)],
            context={"default_class_group_id": self[:1].id},
        )

    def action_close(self):
        """Do not open the class groups; their students are to register again."""
        self.check_access("write")
        lines = self.line_ids.filtered(lambda line: not line.is_cancelled)
        lines._check_place_free()
        lines.with_context(place_silent=True).write({"class_group_id": False})
        lines.unplaced_reason = "closed"
        self.write({"state": "not_opened", "stream_id": False})
        return True

    def action_reopen(self):
        """Open again; the next forming puts the students back."""
        closed = self.filtered(lambda group: group.state == "not_opened")
        closed.state = "planned"
        return True

    def action_merge(self):
        """Move the students of all chosen class groups to the first one.

        :raises UserError: for groups of different disciplines, or without places
        """
        self.check_access("write")
        first = self.sorted(lambda group: (group.number, group.id))[:1]
        others = self - first
        if not others:
            raise UserError(self.env._("Choose two class groups or more."))
        for name in ("discipline_id", "term_id", "language", "control_form"):
            if len(set(self.mapped(name))) > 1:
                raise UserError(
                    self.env._(
                        "Only class groups of one discipline, term, language and form "
                        "of control can be joined."
                    )
                )
        others.line_ids.filtered(lambda line: not line.is_cancelled).write(
            {"class_group_id": first.id}
        )
        others.write({"state": "not_opened", "stream_id": False})
        return True

    def action_join_stream(self):
        """Put the chosen class groups of one discipline into one stream."""
        self.check_access("write")
        if len(self) < 2 or len(self.discipline_id) > 1 or len(self.term_id) > 1:
            raise UserError(
                self.env._("Choose class groups of one discipline and one term.")
            )
        streams = self.stream_id
        teacher = self.teacher_id if len(self.teacher_id) == 1 else self.teacher_id[:0]
        stream = streams[:1] or streams.create(
            {
                "discipline_id": self.discipline_id.id,
                "term_id": self.term_id.id,
                "language": self[0].language,
                "teacher_id": teacher.id,
            }
        )
        self.stream_id = stream
        streams._drop_empty()
        stream._check_places()
        return stream.action_open_stream()

    def action_leave_stream(self):
        """Take the chosen class groups out of their streams."""
        streams = self.stream_id
        self.stream_id = False
        streams._drop_empty()
        return True

    def action_form_streams(self):
        """Join class groups of the disciplines of these groups into streams."""
        for term, groups in self.grouped("term_id").items():
            groups._form_streams(term, [("id", "in", groups.ids)])
        return True

    def action_form_subgroups(self):
        """Divide these class groups for laboratory and language classes."""
        for term, groups in self.grouped("term_id").items():
            groups._form_subgroups(term, [("id", "in", groups.ids)])
        return True
