from odoo import api, fields, models

from .selections import LEVELS

# Usual volume and duration of a level (academic.md §4.1).
USUAL_CREDITS = {
    "bachelor": (240, 4),
    "specialist": (300, 5),
    "master_science": (120, 2),
    "master_profile": (60, 1),
    "doctorate": (180, 3),
    "doctorate_profile": (180, 3),
}


class RegistrarProgramme(models.Model):
    """Educational programme, as entered in the national register of programmes."""

    _name = "registrar.programme"
    _description = "Educational programme"
    _inherit = ["registrar.trilingual", "mail.thread"]
    _order = "code, id"
    _rec_names_search = ["code", "name_kk", "name_ru", "name_en"]

    code = fields.Char(required=True, index=True, tracking=True)
    active = fields.Boolean(default=True)
    programme_group_id = fields.Many2one(
        "registrar.programme.group", "Group of programmes", index=True, tracking=True
    )
    level = fields.Selection(LEVELS, required=True, default="bachelor", tracking=True)
    department_id = fields.Many2one(
        "hr.department",
        "Graduating department",
        required=True,
        index=True,
        tracking=True,
        domain="[('registrar_kind', 'in', ('faculty', 'department'))]",
    )
    faculty_id = fields.Many2one(
        "hr.department",
        "Faculty",
        related="department_id.registrar_faculty_id",
        store=True,
        index=True,
    )
    degree_kk = fields.Char("Degree in Kazakh")
    degree_ru = fields.Char("Degree in Russian")
    degree_en = fields.Char("Degree in English")
    duration_years = fields.Float(
        "Duration, years",
        compute="_compute_volume",
        store=True,
        readonly=False,
        precompute=True,
        digits=(3, 1),
        aggregator=None,
    )
    credits_required = fields.Integer(
        "Credits",
        compute="_compute_volume",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    curriculum_ids = fields.One2many(
        "registrar.curriculum", "programme_id", "Curricula"
    )
    student_ids = fields.One2many(
        "registrar.student", "programme_id", "Present students"
    )
    curriculum_count = fields.Integer(
        "Number of curricula", compute="_compute_curriculum_count"
    )
    group_count = fields.Integer("Number of groups", compute="_compute_group_count")
    student_count = fields.Integer(
        "Number of students", compute="_compute_student_count"
    )

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a programme with this code."
    )
    _credits_positive = models.Constraint(
        "CHECK (credits_required >= 0)", "The number of credits cannot be negative."
    )

    @api.depends("level")
    def _compute_volume(self):
        for programme in self:
            credits, years = USUAL_CREDITS.get(programme.level, (0, 1))
            programme.credits_required = credits
            programme.duration_years = years

    def _compute_curriculum_count(self):
        counts = self._count_by_programme("registrar.curriculum")
        for programme in self:
            programme.curriculum_count = counts.get(programme._origin, 0)

    def _compute_group_count(self):
        counts = self._count_by_programme("registrar.group")
        for programme in self:
            programme.group_count = counts.get(programme._origin, 0)

    def _compute_student_count(self):
        counts = self._count_by_programme(
            "registrar.student", [("status", "in", ("studying", "leave"))]
        )
        for programme in self:
            programme.student_count = counts.get(programme._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._clean_code(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._clean_code(vals)
        return super().write(vals)

    def action_open_curricula(self):
        return self._action_open("registrar_core.registrar_curriculum_action")

    def action_open_groups(self):
        return self._action_open("registrar_core.registrar_group_action")

    def action_open_students(self):
        return self._action_open("registrar_core.registrar_student_action")

    def _action_open(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return dict(
            action,
            domain=[("programme_id", "=", self.id)],
            context={"default_programme_id": self.id},
        )

    @api.model
    def _clean_code(self, vals):
        if vals.get("code"):
            vals["code"] = " ".join(vals["code"].split()).upper()

    def _count_by_programme(self, model, domain=()):
        return dict(
            self.env[model]._read_group(
                [("programme_id", "in", self.ids), *domain],
                ["programme_id"],
                ["__count"],
            )
        )
