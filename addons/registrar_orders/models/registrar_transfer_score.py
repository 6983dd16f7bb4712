from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.registrar_core.models.selections import LEVELS, STUDY_FORMS

from ..tools.transfer import ScoreRow


class RegistrarTransferScore(models.Model):
    """Transfer score: the GPA of the year with which one goes on.

    The academic council approves it for an academic year, by level, year of study
    and, if it likes, form of study (academic.md §3.3). A row holds until a later
    year has a row of its own.
    """

    _name = "registrar.transfer.score"
    _description = "Transfer score"
    _order = "year_start desc, level, course, study_form"

    year_id = fields.Many2one(
        "registrar.academic.year",
        "From academic year",
        index=True,
        ondelete="restrict",
        help="Empty: until the council has approved a score.",
    )
    year_start = fields.Date(related="year_id.date_from", store=True)
    level = fields.Selection(LEVELS, required=True, default="bachelor")
    course = fields.Integer(
        "From year of study", required=True, default=1, aggregator=None
    )
    study_form = fields.Selection(
        STUDY_FORMS, help="Empty: any form of study without a score of its own."
    )
    min_gpa = fields.Float(
        "Transfer score", required=True, digits=(4, 2), aggregator=None
    )
    basis = fields.Char(help="Decision of the academic council.")

    _key_unique = models.UniqueIndex(
        "(COALESCE(year_id, 0), level, course, COALESCE(study_form, ''))",
        "This transfer score is already in the table.",
    )
    _course_positive = models.Constraint(
        "CHECK (course > 0)", "Years of study are counted from 1."
    )
    _gpa_range = models.Constraint(
        "CHECK (min_gpa >= 0 AND min_gpa <= 4)",
        "A transfer score lies between 0 and 4.",
    )

    @api.depends("level", "course")
    def _compute_display_name(self):
        levels = dict(self._fields["level"]._description_selection(self.env))
        for score in self:
            score.display_name = (
                f"{levels[score.level]}, {score.course} → {score.course + 1}"
                if score.level
                else ""
            )

    @api.model
    def _rows(self):
        """Return the whole table for ``tools.transfer.find_score``."""
        return [
            ScoreRow(
                score.year_start or None,
                score.level,
                score.course,
                score.study_form or "",
                Decimal(f"{score.min_gpa:.2f}"),
            )
            for score in self.sudo().search([])
        ]
