from odoo import api, fields, models

from ..tools.normalise import normalise_code
from .curriculum_checks import ERROR, WARNING, names_match
from .selections import COMPONENTS, CONTROL_FORMS, CYCLES


class RegistrarStandardDiscipline(models.Model):
    """Discipline that a standard makes compulsory, and how it is recognised."""

    _name = "registrar.standard.discipline"
    _description = "Compulsory discipline of a standard"
    _inherit = ["registrar.trilingual"]
    _order = "profile_id, sequence, id"

    profile_id = fields.Many2one(
        "registrar.standard.profile", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    aliases = fields.Text(
        "Other names",
        help="One name a line, in any language; * stands for any text. The names "
        "of the discipline itself always count.",
    )
    codes = fields.Text(help="One code of a discipline a line.")
    cycle = fields.Selection(CYCLES, help="Empty: in any cycle.")
    component = fields.Selection(COMPONENTS, help="Empty: in any component.")
    credits_min = fields.Float("Credits", digits=(5, 1), aggregator=None)
    control_form = fields.Selection(CONTROL_FORMS, help="Empty: any.")
    level = fields.Selection(
        [(ERROR, "Error"), (WARNING, "Warning")], required=True, default=ERROR
    )
    is_uncertain = fields.Boolean(
        "To be confirmed", help="The figure depends on the edition of the standard."
    )
    note = fields.Char()

    _credits_positive = models.Constraint(
        "CHECK (credits_min >= 0)", "The number of credits cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        disciplines = super().create(vals_list)
        disciplines.profile_id._refresh_curricula()
        return disciplines

    def write(self, vals):
        result = super().write(vals)
        self.profile_id._refresh_curricula()
        return result

    def _covers(self, line):
        """Tell whether a line of a curriculum is this discipline or a part of it."""
        if self.cycle and line.cycle != self.cycle:
            return False
        if self.component and line.component != self.component:
            return False
        discipline = line.discipline_id
        codes = {
            normalise_code(code)[0]
            for code in (self.codes or "").splitlines()
            if code.strip()
        }
        if codes & {
            discipline[field] for field in ("code", "code_kk", "code_ru", "code_en")
        }:
            return True
        own = [self.name_kk, self.name_ru, self.name_en]
        names = [discipline.name_kk, discipline.name_ru, discipline.name_en]
        return names_match(names, [*own, *(self.aliases or "").splitlines()])
