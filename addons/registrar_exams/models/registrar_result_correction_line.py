from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .. import grading
from ..fields import Mark
from .selections import (
    OUTCOME_REASONS,
    TRADITIONAL_OF_MARK,
    TRADITIONALS,
)

OUTCOME_FIELDS = frozenset(
    {
        "old_admission",
        "old_exam",
        "old_score",
        "old_letter",
        "new_letter",
        "new_points",
        "new_traditional",
        "new_passed",
        "new_reason",
    }
)


class RegistrarResultCorrectionLine(models.Model):
    """One result, as it stands and as it should be."""

    _name = "registrar.result.correction.line"
    _description = "Line of a correction of results"
    _inherit = ["registrar.document.line"]
    _rec_name = "result_id"
    _order = "correction_id, id"
    _document_field = "correction_id"

    correction_id = fields.Many2one(
        "registrar.result.correction", required=True, index=True, ondelete="cascade"
    )
    result_id = fields.Many2one(
        "registrar.result",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_current', '=', True)]",
    )
    student_id = fields.Many2one(related="result_id.student_id")
    discipline_id = fields.Many2one(related="result_id.discipline_id")
    term_id = fields.Many2one(related="result_id.term_id")
    # As it stands
    old_admission = Mark(
        "Old rating", compute="_compute_old", store=True, digits=(7, 4)
    )
    old_exam = Mark("Old exam", compute="_compute_old", store=True, digits=(5, 2))
    old_score = Mark("Old score", compute="_compute_old", store=True, digits=(5, 0))
    old_letter = fields.Char("Old letter", compute="_compute_old", store=True)
    # As it should be
    new_admission = Mark(
        "New rating",
        compute="_compute_new_admission",
        store=True,
        readonly=False,
        precompute=True,
        digits=(7, 4),
    )
    new_exam = Mark(
        "New exam",
        compute="_compute_new_exam",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 2),
    )
    new_score = Mark(
        "New score",
        compute="_compute_new_score",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 0),
        help="Follows from rating and exam; entered by hand only for results that "
        "have neither.",
    )
    new_letter = fields.Char("New letter", compute="_compute_new_grade", store=True)
    new_points = Mark(
        "New points", compute="_compute_new_grade", store=True, digits=(4, 2)
    )
    new_traditional = fields.Selection(
        TRADITIONALS, "New traditional mark", compute="_compute_new_grade", store=True
    )
    new_passed = fields.Boolean("Passed", compute="_compute_new_grade", store=True)
    new_reason = fields.Selection(
        OUTCOME_REASONS, "Remark", compute="_compute_new_grade", store=True
    )
    is_reckoned = fields.Boolean(compute="_compute_is_reckoned")

    _result_once = models.UniqueIndex(
        "(correction_id, result_id)", "A result stands twice in the protocol."
    )
    _score_range = models.Constraint(
        "CHECK (new_score BETWEEN 0 AND 100 AND new_admission BETWEEN 0 AND 100"
        " AND new_exam BETWEEN 0 AND 100)",
        "A mark lies between 0 and 100.",
    )

    @api.depends("result_id")
    def _compute_old(self):
        for line in self:
            result = line.result_id
            line.old_admission = result.admission
            line.old_exam = result.exam_score
            line.old_score = result.score
            line.old_letter = result.letter

    # One method each: proposing one mark must not undo the other that was given.
    @api.depends("result_id")
    def _compute_new_admission(self):
        for line in self:
            line.new_admission = line.result_id.admission

    @api.depends("result_id")
    def _compute_new_exam(self):
        for line in self:
            line.new_exam = line.result_id.exam_score

    @api.depends("result_id", "new_admission", "new_exam")
    def _compute_new_score(self):
        for line in self:
            final = line._final()
            line.new_score = (
                final.score if final and final.grade else line.result_id.score
            )

    @api.depends("result_id", "new_admission", "new_exam", "new_score")
    def _compute_new_grade(self):
        for line in self:
            values = {
                "new_letter": False,
                "new_points": False,
                "new_traditional": False,
                "new_passed": False,
                "new_reason": False,
            }
            final = line._final()
            grade = None
            if final and final.grade and final.score == line.new_score:
                grade = final.grade
                values["new_reason"] = final.reason or False
            elif line.new_score is not False and 0 <= line.new_score <= 100:
                scale = line.result_id.scale_id
                grade = grading.letter(line.new_score, scale._to_grading())
            if grade:
                values.update(
                    new_letter=grade.letter,
                    new_points=float(grade.points),
                    new_traditional=TRADITIONAL_OF_MARK[grade.traditional],
                    new_passed=grade.passed,
                )
            line.update(values)

    @api.depends("result_id", "new_admission", "new_exam")
    def _compute_is_reckoned(self):
        for line in self:
            final = line._final()
            line.is_reckoned = bool(final and final.grade)

    @api.constrains("new_admission", "new_exam", "new_score", "result_id")
    def _check_new_marks(self):
        for line in self:
            for name in ("new_admission", "new_exam", "new_score"):
                value = line[name]
                if value is False:
                    continue
                try:
                    grading.check_mark(value)
                except ValueError as error:
                    raise ValidationError(
                        self.env._(
                            "%(student)s: %(value)s is not a mark. Marks lie between 0 "
                            "and 100.",
                            student=line.result_id.student_id.full_name,
                            value=f"{value:g}",
                        )
                    ) from error

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_outcome(vals)
            result = self.env["registrar.result"].browse(vals.get("result_id"))
            for name in ("new_admission", "new_exam", "new_score"):
                self._check_value(result, vals.get(name))
        return super().create(vals_list)

    def write(self, vals):
        self._check_not_outcome(vals)
        for line in self:
            for name in ("new_admission", "new_exam", "new_score"):
                self._check_value(line.result_id, vals.get(name))
        return super().write(vals)

    @api.model
    def _check_not_outcome(self, vals):
        """Refuse letters and old marks written by hand."""
        if not self.env.su and vals.keys() & OUTCOME_FIELDS:
            raise AccessError(
                self.env._("Letters follow from the marks, they are not written.")
            )

    @api.model
    def _check_value(self, result, value):
        if value is None or value is False:
            return
        try:
            grading.check_mark(value)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "%(student)s: %(value)s is not a mark. Marks lie between 0 "
                    "and 100.",
                    student=result.student_id.full_name,
                    value=value,
                )
            ) from error

    def _final(self):
        """Return the ``grading.FinalGrade`` of the new marks.

        None when the result has no marks of its own, or they make no grade.
        """
        self.ensure_one()
        scheme = self.result_id.sheet_id.sudo().scheme_id
        scale = self.result_id.scale_id
        if not scheme or not scale:
            return None
        rules = scheme._to_grading()
        if rules.has_admission and self.new_admission is False:
            return None
        if rules.has_exam and self.new_exam is False:
            return None
        try:
            return grading.final_grade(
                self.new_admission if rules.has_admission else None,
                self.new_exam if rules.has_exam else None,
                rules,
                scale=scale._to_grading(),
            )
        except ValueError:
            return None

    def _reasons_against(self):
        """Return why this line may not be registered."""
        self.ensure_one()
        result = self.result_id.sudo()
        name = f"{result.student_id.full_name}, {result.discipline_id.display_name}"
        reasons = []
        if result.superseded_by_id:
            reasons.append(
                self.env._(
                    "%s: the result has been replaced by a later one, which is to be "
                    "corrected.",
                    name,
                )
            )
        if self.new_score is False or not self.new_letter:
            reasons.append(self.env._("%s: the new mark is missing.", name))
        elif (
            self.new_score == result.score
            and self.new_letter == result.letter
            and self.new_admission == result.admission
            and self.new_exam == result.exam_score
        ):
            reasons.append(self.env._("%s: nothing changes.", name))
        final = self._final()
        if final and final.grade and final.score != self.new_score:
            reasons.append(
                self.env._(
                    "%(name)s: rating and exam give %(score)s, not %(entered)s.",
                    name=name,
                    score=final.score,
                    entered=f"{self.new_score:g}",
                )
            )
        return reasons
