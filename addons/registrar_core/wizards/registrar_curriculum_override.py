from markupsafe import Markup

from odoo import api, fields, models

from ..models.curriculum_checks import ERROR


class RegistrarCurriculumOverride(models.TransientModel):
    """Ask on what ground curricula are approved in spite of errors."""

    _name = "registrar.curriculum.override"
    _description = "Approve curricula in spite of errors"

    curriculum_ids = fields.Many2many(
        "registrar.curriculum", string="Curricula", required=True
    )
    error_html = fields.Html("Errors", compute="_compute_error_html")
    ground = fields.Text(
        required=True, help="Kept with the curriculum and with the list of errors."
    )

    @api.depends("curriculum_ids")
    def _compute_error_html(self):
        for wizard in self:
            found = wizard.curriculum_ids._violations()
            parts = []
            for curriculum in wizard.curriculum_ids:
                errors = [v for v in found[curriculum.id] if v.level == ERROR]
                if errors:
                    parts += [
                        Markup("<b>%s</b>") % curriculum.display_name,
                        curriculum._bullets(errors),
                    ]
            wizard.error_html = Markup().join(parts)

    def action_approve(self):
        self.ensure_one()
        self.curriculum_ids.action_approve_on_ground(self.ground)
        return {"type": "ir.actions.act_window_close"}
