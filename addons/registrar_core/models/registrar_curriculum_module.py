from odoo import api, fields, models


class RegistrarCurriculumModule(models.Model):
    """Module of a curriculum: disciplines with common learning outcomes."""

    _name = "registrar.curriculum.module"
    _description = "Module of a curriculum"
    _inherit = ["registrar.trilingual", "registrar.curriculum.part"]
    _order = "curriculum_id, number, id"
    _rec_names_search = ["code", "name_kk", "name_ru", "name_en"]
    # Columns the database refuses to change once the curriculum is approved.
    _frozen_columns = (
        "curriculum_id",
        "number",
        "code",
        "name_kk",
        "name_ru",
        "name_en",
    )

    curriculum_id = fields.Many2one(
        "registrar.curriculum", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer(default=1, aggregator=None)
    code = fields.Char()
    line_ids = fields.One2many("registrar.curriculum.line", "module_id", "Lines")
    credits_total = fields.Float(
        "Credits", compute="_compute_credits_total", digits=(6, 1)
    )

    _number_unique = models.Constraint(
        "UNIQUE (curriculum_id, number)",
        "The curriculum already has a module with this number.",
    )

    @api.depends("line_ids.credits", "line_ids.is_default", "line_ids.block_id.choose")
    def _compute_credits_total(self):
        chosen = self.curriculum_id._chosen_lines()
        for module in self:
            lines = chosen.filtered(lambda line, m=module: line.module_id == m)
            module.credits_total = sum(lines.mapped("credits"))
