from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.normalise import normalise_code


class RegistrarDiscipline(models.Model):
    """What is studied, practised or attested and gets credits."""

    _name = "registrar.discipline"
    _description = "Discipline"
    _inherit = ["registrar.trilingual", "mail.thread"]
    _order = "code, id"
    _rec_names_search = [
        "code",
        "code_kk",
        "code_ru",
        "code_en",
        "name_kk",
        "name_ru",
        "name_en",
    ]

    code = fields.Char(
        required=True,
        index=True,
        tracking=True,
        help="Unique code; letters of the other alphabet are put right.",
    )
    code_kk = fields.Char("Code in Kazakh")
    code_ru = fields.Char("Code in Russian")
    code_en = fields.Char("Code in English")
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("discipline", "Discipline"),
            ("practice", "Practice"),
            ("attestation", "Final attestation"),
        ],
        required=True,
        default="discipline",
    )
    department_id = fields.Many2one(
        "hr.department",
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
    is_language = fields.Boolean(
        "Language discipline", help="Class groups are divided into language subgroups."
    )
    is_small_contingent = fields.Boolean(
        "Small contingent",
        help="Class groups are opened with fewer students than the minimum.",
    )
    prerequisite_ids = fields.Many2many(
        "registrar.discipline",
        "registrar_discipline_prerequisite_rel",
        "discipline_id",
        "prerequisite_id",
        "Prerequisites",
        help="Disciplines to be mastered before this one.",
    )
    postrequisite_ids = fields.Many2many(
        "registrar.discipline",
        "registrar_discipline_prerequisite_rel",
        "prerequisite_id",
        "discipline_id",
        "Postrequisites",
        readonly=True,
    )
    corequisite_ids = fields.Many2many(
        "registrar.discipline",
        "registrar_discipline_corequisite_rel",
        "discipline_id",
        "corequisite_id",
        "Corequisites",
        help="Disciplines to be taken in the same term or mastered before.",
    )
    curriculum_line_count = fields.Integer(
        "In curricula", compute="_compute_curriculum_line_count"
    )

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a discipline with this code."
    )

    def _compute_curriculum_line_count(self):
        counts = dict(
            self.env["registrar.curriculum.line"]._read_group(
                [("discipline_id", "in", self.ids)], ["discipline_id"], ["__count"]
            )
        )
        for discipline in self:
            discipline.curriculum_line_count = counts.get(discipline._origin, 0)

    @api.constrains("prerequisite_ids")
    def _check_prerequisites(self):
        for discipline in self:
            if discipline._has_cycle("prerequisite_ids"):
                raise ValidationError(
                    self.env._(
                        "The prerequisites of “%s” lead back to it.",
                        discipline.display_name,
                    )
                )

    @api.constrains("corequisite_ids")
    def _check_corequisites(self):
        for discipline in self:
            if discipline._has_cycle("corequisite_ids"):
                raise ValidationError(
                    self.env._(
                        "The corequisites of “%s” lead back to it.",
                        discipline.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._clean_codes(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._clean_codes(vals)
        return super().write(vals)

    def action_open_curriculum_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_curriculum_line_action"
        )
        return dict(action, domain=[("discipline_id", "=", self.id)], context={})

    @api.model
    def _clean_codes(self, vals):
        for field in ("code", "code_kk", "code_ru", "code_en"):
            if vals.get(field):
                vals[field] = normalise_code(vals[field])[0]

    @api.model
    def _by_code(self, code):
        """Return the discipline with the code, cleaned before the search."""
        clean = normalise_code(code)[0]
        return self.with_context(active_test=False).search(
            Domain("code", "=", clean), limit=1
        )
