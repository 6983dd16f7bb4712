from odoo import api, fields, models


class RegistrarProgrammeGroup(models.Model):
    """Group of educational programmes by which grants are given, e.g. B057."""

    _name = "registrar.programme.group"
    _description = "Group of educational programmes"
    _inherit = ["registrar.trilingual"]
    _order = "code, id"
    _rec_names_search = ["code", "name_kk", "name_ru", "name_en"]

    code = fields.Char(required=True, index=True)
    level = fields.Selection(
        [
            ("bachelor", "Bachelor"),
            ("master", "Master"),
            ("doctorate", "Doctorate"),
            ("residency", "Residency"),
        ],
        required=True,
        default="bachelor",
    )
    active = fields.Boolean(default=True)
    programme_ids = fields.One2many(
        "registrar.programme", "programme_group_id", "Programmes"
    )
    programme_count = fields.Integer(
        "Number of programmes", compute="_compute_programme_count"
    )

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a group of programmes with this code."
    )

    @api.depends("programme_ids")
    def _compute_programme_count(self):
        counts = dict(
            self.env["registrar.programme"]._read_group(
                [("programme_group_id", "in", self.ids)],
                ["programme_group_id"],
                ["__count"],
            )
        )
        for group in self:
            group.programme_count = counts.get(group._origin, 0)
