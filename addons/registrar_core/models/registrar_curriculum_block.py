from odoo import api, fields, models


class RegistrarCurriculumBlock(models.Model):
    """Elective block: a slot for which a student chooses among options."""

    _name = "registrar.curriculum.block"
    _description = "Elective block of a curriculum"
    _inherit = ["registrar.curriculum.part"]
    _order = "curriculum_id, sequence, code, id"
    _rec_name = "code"
    _frozen_columns = ("curriculum_id", "code", "choose")

    curriculum_id = fields.Many2one(
        "registrar.curriculum", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    code = fields.Char("Slot", required=True)
    choose = fields.Integer(
        required=True,
        default=1,
        aggregator=None,
        help="How many disciplines of the block a student takes.",
    )
    line_ids = fields.One2many("registrar.curriculum.line", "block_id", "Options")
    option_count = fields.Integer("Number of options", compute="_compute_option_count")

    _code_unique = models.Constraint(
        "UNIQUE (curriculum_id, code)",
        "The curriculum already has an elective block with this code.",
    )
    _choose_positive = models.Constraint(
        "CHECK (choose > 0)", "At least one discipline of a block is chosen."
    )

    @api.depends("line_ids.discipline_id")
    def _compute_option_count(self):
        for block in self:
            block.option_count = len(block.line_ids.discipline_id)

    @api.depends("code", "choose")
    def _compute_display_name(self):
        for block in self:
            block.display_name = self.env._(
                "%(code)s, choose %(choose)s",
                code=block.code,
                choose=block.choose,
            )
