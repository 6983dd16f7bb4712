from odoo import api, fields, models
from odoo.exceptions import UserError

from .registrar_summer_application import LINE_TYPE_OF_PURPOSE
from .selections import LINE_TYPES


class RegistrarSummerApplicationLine(models.Model):
    """A discipline that a student wants to study in the summer semester."""

    _name = "registrar.summer.application.line"
    _description = "Discipline of a summer application"
    _order = "application_id, id"
    _rec_name = "discipline_id"

    application_id = fields.Many2one(
        "registrar.summer.application", required=True, index=True, ondelete="cascade"
    )
    discipline_id = fields.Many2one(
        "registrar.discipline", required=True, index=True, ondelete="restrict"
    )
    credits = fields.Float(
        compute="_compute_credits",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 1),
    )
    line_type = fields.Selection(
        LINE_TYPES,
        "Type",
        required=True,
        compute="_compute_line_type",
        store=True,
        readonly=False,
        precompute=True,
    )

    _discipline_once = models.Constraint(
        "UNIQUE (application_id, discipline_id)",
        "The discipline stands twice in the application.",
    )
    _credits_positive = models.Constraint(
        "CHECK (credits >= 0)", "The number of credits cannot be negative."
    )

    @api.depends("discipline_id")
    def _compute_credits(self):
        """Take the credits of the offer of that summer, else of the curriculum."""
        for line in self:
            discipline = line.discipline_id
            offer = self.env["registrar.offer"].search(
                [
                    ("discipline_id", "=", discipline.id),
                    ("term_id", "=", line.application_id.term_id.id),
                ],
                limit=1,
            )
            curriculum = line.application_id.student_id.sudo().group_id.curriculum_id
            own = curriculum.sudo().line_ids.filtered(
                lambda c, discipline=discipline: c.discipline_id == discipline
            )[:1]
            line.credits = offer.credits or own.credits or line.credits

    @api.depends("application_id.purpose")
    def _compute_line_type(self):
        for line in self:
            line.line_type = LINE_TYPE_OF_PURPOSE.get(
                line.application_id.purpose, "retake"
            )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_under_way(self):
        self._check_draft()

    def _check_draft(self):
        """What was applied for stays as it was."""
        if not self.env.su and any(
            line.application_id.sudo().state != "draft" for line in self
        ):
            raise UserError(
                self.env._("Only a draft of an application can be changed.")
            )
