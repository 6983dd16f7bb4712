from odoo import api, fields, models


class RegistrarClassSubgroup(models.Model):
    """Part of a class group for laboratory, language or practical classes."""

    _name = "registrar.class.subgroup"
    _description = "Subgroup"
    _inherit = ["mail.thread"]
    _order = "class_group_id, kind, number, id"
    _rec_names_search = ["name", "class_group_id"]

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    class_group_id = fields.Many2one(
        "registrar.class.group",
        "Class group",
        required=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        [
            ("laboratory", "Laboratory"),
            ("language", "Language"),
            ("practical", "Practical classes"),
        ],
        required=True,
        default="laboratory",
    )
    number = fields.Integer(required=True, default=1, aggregator=None)
    discipline_id = fields.Many2one(
        related="class_group_id.discipline_id",
        store=True,
        index=True,
        string="Discipline",
    )
    term_id = fields.Many2one(
        related="class_group_id.term_id", store=True, index=True, string="Term"
    )
    language = fields.Selection(related="class_group_id.language", string="Language")
    department_id = fields.Many2one(
        related="class_group_id.department_id", string="Department"
    )
    teacher_id = fields.Many2one(
        "hr.employee",
        index=True,
        tracking=True,
        domain="[('is_teacher', '=', True)]",
    )
    line_ids = fields.One2many("registrar.study.plan.line", "subgroup_id", "Students")
    size_max = fields.Integer("Most students", aggregator=None, help="0: no limit.")
    student_count = fields.Integer(
        "Number of students", compute="_compute_student_count"
    )

    _number_unique = models.Constraint(
        "UNIQUE (class_group_id, kind, number)",
        "The class group already has a subgroup with this number.",
    )

    @api.depends("class_group_id.name", "number")
    def _compute_name(self):
        for subgroup in self:
            group = subgroup.class_group_id.name
            subgroup.name = f"{group}/{subgroup.number}" if group else ""

    @api.depends("name", "discipline_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for subgroup in self:
            parts = (subgroup.name, subgroup.discipline_id.name)
            subgroup.display_name = " ".join(part for part in parts if part)

    @api.depends("line_ids", "line_ids.is_cancelled")
    def _compute_student_count(self):
        counts = dict(
            self.env["registrar.study.plan.line"]
            .sudo()
            ._read_group(
                [("subgroup_id", "in", self.ids), ("is_cancelled", "=", False)],
                ["subgroup_id"],
                ["__count"],
            )
        )
        for subgroup in self:
            subgroup.student_count = counts.get(subgroup._origin.sudo(), 0)
