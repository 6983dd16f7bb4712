from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .numbering import number_new
from .selections import LANGUAGES_OF_STUDY


class RegistrarStream(models.Model):
    """Class groups of one discipline that hear the same lectures (academic.md §4.5)."""

    _name = "registrar.stream"
    _description = "Stream"
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
    number = fields.Integer(
        required=True,
        default=1,
        aggregator=None,
        help="Counted per discipline, term and language.",
    )
    discipline_id = fields.Many2one(
        "registrar.discipline", required=True, index=True, ondelete="restrict"
    )
    term_id = fields.Many2one(
        "registrar.term", required=True, index=True, ondelete="restrict"
    )
    year_id = fields.Many2one(related="term_id.year_id", string="Academic year")
    department_id = fields.Many2one(
        related="discipline_id.department_id", string="Department"
    )
    faculty_id = fields.Many2one(related="discipline_id.faculty_id", string="Faculty")
    language = fields.Selection(LANGUAGES_OF_STUDY, required=True, default="kk")
    teacher_id = fields.Many2one(
        "hr.employee",
        "Lecturer",
        index=True,
        tracking=True,
        domain="[('is_teacher', '=', True)]",
    )
    class_group_ids = fields.One2many(
        "registrar.class.group", "stream_id", "Class groups"
    )
    class_group_count = fields.Integer(
        "Number of class groups", compute="_compute_counts"
    )
    size_max = fields.Integer("Most students", aggregator=None, help="0: no limit.")
    student_count = fields.Integer("Number of students", compute="_compute_counts")

    _number_unique = models.Constraint(
        "UNIQUE (discipline_id, term_id, language, number)",
        "There is already a stream with this number.",
    )

    @api.depends("discipline_id", "language", "number")
    def _compute_name(self):
        for stream in self:
            code = stream.discipline_id.code
            stream.name = f"{code}-{stream.language}-S{stream.number}" if code else ""

    @api.depends("name", "discipline_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for stream in self:
            parts = (stream.name, stream.discipline_id.name)
            stream.display_name = " ".join(part for part in parts if part)

    @api.depends("class_group_ids", "class_group_ids.line_ids")
    def _compute_counts(self):
        groups = dict(
            self.env["registrar.class.group"]
            .sudo()
            ._read_group([("stream_id", "in", self.ids)], ["stream_id"], ["__count"])
        )
        students = dict(
            self.env["registrar.study.plan.line"]
            .sudo()
            ._read_group(
                [
                    ("class_group_id.stream_id", "in", self.ids),
                    ("is_cancelled", "=", False),
                ],
                ["class_group_id.stream_id"],
                ["__count"],
            )
            if self.ids
            else ()
        )
        for stream in self:
            key = stream._origin.sudo()
            stream.class_group_count = groups.get(key, 0)
            stream.student_count = students.get(key, 0)

    @api.constrains("discipline_id", "term_id", "class_group_ids")
    def _check_class_groups(self):
        self.class_group_ids._check_stream()

    @api.model_create_multi
    def create(self, vals_list):
        """Number the streams that come without a number."""
        number_new(self, vals_list)
        streams = super().create(vals_list)
        for stream in streams.filtered(lambda stream: not stream.size_max):
            limits = self.env["registrar.group.size"]._limits(
                "stream",
                {(stream.discipline_id, stream.language, False)},
                stream.term_id.date_from,
            )
            stream.size_max = next(iter(limits.values())).maximum
        return streams

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taught(self):
        if used := self.filtered("teacher_id"):
            raise ValidationError(
                self.env._(
                    "The stream “%s” has a lecturer. Take the lecturer out first.",
                    used[0].name,
                )
            )

    def action_open_stream(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_open_class_groups(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_class_group_action"
        )
        return dict(action, domain=[("stream_id", "in", self.ids)], context={})

    def action_dissolve(self):
        """Let the class groups hear their lectures apart again."""
        self.check_access("unlink")
        self.class_group_ids.stream_id = False
        self.teacher_id = False
        self.unlink()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_stream_action"
        )

    def _check_places(self):
        """Refuse more students than places, but to the head of the office."""
        if self.env.user.has_group("registrar_core.group_registrar_head"):
            return
        for stream in self:
            if stream.size_max and stream.student_count > stream.size_max:
                raise UserError(
                    self.env._(
                        "The stream “%(stream)s” would have %(count)s students; it has "
                        "%(places)s places. The head of the office may go beyond.",
                        stream=stream.name,
                        count=stream.student_count,
                        places=stream.size_max,
                    )
                )

    def _drop_empty(self):
        """Remove streams that have lost their last class group."""
        empty = self.filtered(lambda stream: not stream.class_group_ids)
        empty.teacher_id = False
        empty.unlink()
