from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .registrar_term import TERMS_PER_YEAR
from .selections import COMPONENTS, CONTROL_FORMS, CYCLES

# Hours of one academic credit (academic.md §4.1).
HOURS_PER_CREDIT = 30

HOUR_FIELDS = (
    "hours_lecture",
    "hours_practical",
    "hours_laboratory",
    "hours_studio",
    "hours_supervised",
    "hours_independent",
    "hours_practice",
    "hours_thesis",
)


class RegistrarCurriculumLine(models.Model):
    """One discipline of a curriculum in one term.

    A discipline that lasts several terms has a line in each of them; an option of an
    elective block has its block.
    """

    _name = "registrar.curriculum.line"
    _description = "Line of a curriculum"
    _inherit = ["registrar.curriculum.part"]
    _order = "curriculum_id, term_number, sequence, slot, id"
    _rec_name = "discipline_id"
    _frozen_columns = (
        "curriculum_id",
        "module_id",
        "block_id",
        "slot",
        "discipline_id",
        "cycle",
        "component",
        "credits",
        "term_number",
        "hours_total",
        *HOUR_FIELDS,
        "control_form",
        "in_gpa",
        "is_default",
    )

    curriculum_id = fields.Many2one(
        "registrar.curriculum", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    module_id = fields.Many2one(
        "registrar.curriculum.module",
        index=True,
        ondelete="restrict",
        domain="[('curriculum_id', '=', curriculum_id)]",
    )
    block_id = fields.Many2one(
        "registrar.curriculum.block",
        "Elective block",
        index=True,
        ondelete="restrict",
        domain="[('curriculum_id', '=', curriculum_id)]",
        help="Empty for disciplines that everybody takes.",
    )
    is_default = fields.Boolean(
        "Default option", help="Taken when the student does not choose."
    )
    slot = fields.Char(help="Number of the position in the printed curriculum.")
    discipline_id = fields.Many2one(
        "registrar.discipline", required=True, index=True, ondelete="restrict"
    )
    cycle = fields.Selection(CYCLES, required=True, default="bd")
    component = fields.Selection(COMPONENTS, required=True, default="vk")
    credits = fields.Float(required=True, digits=(5, 1))
    term_number = fields.Integer(
        "Term",
        required=True,
        default=1,
        aggregator=None,
        help="Counted from the beginning of the studies: 1, 2, 3 …",
    )
    course = fields.Integer(
        "Year of study",
        compute="_compute_course",
        store=True,
        precompute=True,
        aggregator=None,
    )
    hours_total = fields.Float(
        "Hours",
        compute="_compute_hours_total",
        store=True,
        readonly=False,
        precompute=True,
        digits=(6, 1),
    )
    hours_lecture = fields.Float("Lectures", digits=(6, 1))
    hours_practical = fields.Float("Practical", digits=(6, 1))
    hours_laboratory = fields.Float("Laboratory", digits=(6, 1))
    hours_studio = fields.Float("Studio", digits=(6, 1))
    hours_supervised = fields.Float("Independent with teacher", digits=(6, 1))
    hours_independent = fields.Float("Independent", digits=(6, 1))
    hours_practice = fields.Float("Practice", digits=(6, 1))
    hours_thesis = fields.Float("Thesis", digits=(6, 1))
    control_form = fields.Selection(CONTROL_FORMS, required=True, default="exam")
    in_gpa = fields.Boolean("In GPA", default=True)
    state = fields.Selection(related="curriculum_id.state", string="Curriculum state")
    programme_id = fields.Many2one(related="curriculum_id.programme_id")

    _discipline_unique = models.Constraint(
        "UNIQUE (curriculum_id, discipline_id, term_number)",
        "The curriculum already has this discipline in this term.",
    )
    _credits_positive = models.Constraint(
        "CHECK (credits >= 0)", "The number of credits cannot be negative."
    )
    _term_positive = models.Constraint(
        "CHECK (term_number > 0)", "Terms are counted from 1."
    )
    _term_index = models.Index("(curriculum_id, course)")

    @api.depends("discipline_id", "term_number")
    def _compute_display_name(self):
        for line in self:
            line.display_name = self.env._(
                "%(discipline)s, term %(term)s",
                discipline=line.discipline_id.display_name or "",
                term=line.term_number,
            )

    @api.depends("term_number")
    def _compute_course(self):
        for line in self:
            line.course = (line.term_number - 1) // TERMS_PER_YEAR + 1

    @api.depends("credits")
    def _compute_hours_total(self):
        for line in self:
            line.hours_total = line.credits * HOURS_PER_CREDIT

    @api.constrains("curriculum_id", "module_id", "block_id")
    def _check_same_curriculum(self):
        for line in self:
            for part in (line.module_id, line.block_id):
                if part and part.curriculum_id != line.curriculum_id:
                    raise ValidationError(
                        self.env._(
                            "“%s” belongs to another curriculum.", part.display_name
                        )
                    )

    def _sum_of_hours(self):
        """Return the hours of all kinds of work of one line."""
        return sum(self[field] for field in HOUR_FIELDS)

    def _number_in_year(self):
        """Return the number of the term within its year of study: 1 or 2."""
        return (self.term_number - 1) % TERMS_PER_YEAR + 1
