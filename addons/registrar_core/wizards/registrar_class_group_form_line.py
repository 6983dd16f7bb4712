from odoo import fields, models

from ..models.registrar_study_plan_line_place import UNPLACED_REASONS
from ..models.selections import CONTROL_FORMS, LANGUAGES_OF_STUDY


class RegistrarClassGroupFormLine(models.TransientModel):
    """What forming gives for one discipline in one language."""

    _name = "registrar.class.group.form.line"
    _description = "Class groups of a discipline"
    _order = "unplaced_count desc, id"

    wizard_id = fields.Many2one(
        "registrar.class.group.form", "Forming", required=True, ondelete="cascade"
    )
    discipline_id = fields.Many2one("registrar.discipline", required=True)
    language = fields.Selection(LANGUAGES_OF_STUDY)
    control_form = fields.Selection(CONTROL_FORMS)
    waiting_count = fields.Integer("To be placed")
    existing_count = fields.Integer("Groups there")
    new_count = fields.Integer("New groups")
    sizes = fields.Char("Students per group")
    divided_count = fields.Integer("Academic groups divided")
    unplaced_count = fields.Integer("Without place")
    reason = fields.Selection(UNPLACED_REASONS, "Because")
