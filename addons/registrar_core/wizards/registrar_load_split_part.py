from odoo import api, fields, models


class RegistrarLoadSplitPart(models.TransientModel):
    """Share of one teacher."""

    _name = "registrar.load.split.part"
    _description = "Share of a teacher"
    _order = "id"

    wizard_id = fields.Many2one(
        "registrar.load.split", required=True, ondelete="cascade", index=True
    )
    teacher_id = fields.Many2one("hr.employee", domain="[('is_teacher', '=', True)]")
    share = fields.Float("Share, %", required=True, default=50, digits=(5, 2))
    hours = fields.Float(compute="_compute_hours", digits=(8, 2))

    @api.depends("share", "wizard_id.hours")
    def _compute_hours(self):
        for part in self:
            part.hours = round(part.wizard_id.hours * part.share / 100, 2)
