from odoo import api, fields, models

from odoo.addons.registrar_core.tools.languages import LANGUAGES, text_in

from ..grading import TRADITIONAL_NAMES
from .selections import TRADITIONAL_MARKS, TRADITIONAL_SHORT, TRADITIONALS


class RegistrarGradeScaleLine(models.Model):
    """One letter of a scale."""

    _name = "registrar.grade.scale.line"
    _description = "Grade of a scale"
    _order = "scale_id, score_max desc, id"
    _rec_name = "letter"

    scale_id = fields.Many2one(
        "registrar.grade.scale", required=True, index=True, ondelete="cascade"
    )
    letter = fields.Char(required=True, size=4)
    points = fields.Float(
        required=True, digits=(4, 2), aggregator=None, help="Digital value."
    )
    score_min = fields.Integer("From, %", required=True, aggregator=None)
    score_max = fields.Integer("To, %", required=True, aggregator=None)
    traditional = fields.Selection(
        TRADITIONALS, "Traditional mark", required=True, default="satisfactory"
    )
    passed = fields.Boolean(default=True, help="Credits are earned.")
    ects = fields.Char("ECTS", size=4, help="Letter for supplements, where it differs.")
    traditional_kk = fields.Char(
        "Traditional in Kazakh", compute="_compute_texts", store=True, readonly=False
    )
    traditional_ru = fields.Char(
        "Traditional in Russian", compute="_compute_texts", store=True, readonly=False
    )
    traditional_en = fields.Char(
        "Traditional in English", compute="_compute_texts", store=True, readonly=False
    )
    traditional_short_kk = fields.Char(
        "Short in Kazakh", compute="_compute_texts", store=True, readonly=False
    )
    traditional_short_ru = fields.Char(
        "Short in Russian", compute="_compute_texts", store=True, readonly=False
    )
    traditional_short_en = fields.Char(
        "Short in English", compute="_compute_texts", store=True, readonly=False
    )

    _letter_unique = models.Constraint(
        "UNIQUE (scale_id, letter)", "The scale has this letter already."
    )
    _scores_ordered = models.Constraint(
        "CHECK (0 <= score_min AND score_min <= score_max AND score_max <= 100)",
        "The scores of a letter lie between 0 and 100, the lower one first.",
    )
    _points_positive = models.Constraint(
        "CHECK (points >= 0)", "Points cannot be negative."
    )

    @api.depends("traditional")
    def _compute_texts(self):
        for line in self:
            for language in LANGUAGES:
                name = TRADITIONAL_NAMES[TRADITIONAL_MARKS[line.traditional]][language]
                short = TRADITIONAL_SHORT[line.traditional][language]
                line[f"traditional_{language}"] = name
                line[f"traditional_short_{language}"] = short

    @api.constrains("score_min", "score_max", "scale_id")
    def _check_scale(self):
        if not self.env.context.get("registrar_scale_together"):
            self.scale_id._check_lines()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super(
            RegistrarGradeScaleLine, self.with_context(registrar_scale_together=True)
        ).create(vals_list)
        if not self.env.context.get("registrar_scale_together"):
            lines._check_scale()
        return lines.with_env(self.env)

    def write(self, vals):
        if vals.keys() & {"letter", "points", "score_min", "score_max", "passed"}:
            self.scale_id._check_not_used()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.scale_id._check_not_used()

    def _text(self, language, short=False):
        """Return the traditional mark in ``"kk"``, ``"ru"`` or ``"en"``."""
        self.ensure_one()
        field = "traditional_short" if short else "traditional"
        return text_in(self, field, language)
