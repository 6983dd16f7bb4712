from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .. import grading
from .selections import TRADITIONAL_MARKS


class RegistrarGradeScale(models.Model):
    """Which score gives which letter, points and traditional mark, and when.

    A scale in use is never changed: a new one follows it. Results keep what they were
    given. Source: academic.md §1.1–1.2.
    """

    _name = "registrar.grade.scale"
    _description = "Grade scale"
    _inherit = ["registrar.trilingual"]
    _order = "valid_from desc nulls last, id"

    code = fields.Char(required=True)
    active = fields.Boolean(default=True)
    valid_from = fields.Date(
        help="The first day of control; empty: from the beginning."
    )
    valid_to = fields.Date(
        "Valid until (exclusive)",
        help="The first day on which another scale holds; empty: still in force.",
    )
    line_ids = fields.One2many("registrar.grade.scale.line", "scale_id", "Grades")
    is_used = fields.Boolean(compute="_compute_is_used")

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a grade scale with this code."
    )
    _dates_ordered = models.Constraint(
        "CHECK (valid_to > valid_from)", "The scale ends before it begins."
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (daterange(valid_from, valid_to) WITH &&) WHERE (active)",
        "Two grade scales are valid on the same day.",
    )

    def _compute_is_used(self):
        used = {
            scale.id
            for [scale] in self.env["registrar.result"]
            .sudo()
            ._read_group([("scale_id", "in", self.ids)], ["scale_id"])
        }
        for scale in self:
            scale.is_used = scale._origin.id in used

    def _code_in_name(self):
        return False

    @api.constrains("line_ids")
    def _check_lines(self):
        """Refuse gaps and overlaps: every whole score 0 to 100 has one letter."""
        for scale in self.filtered("line_ids"):
            expected = 0
            for line in scale.line_ids.sorted("score_min"):
                if line.score_min != expected:
                    raise ValidationError(
                        self.env._(
                            "%(scale)s: %(letter)s must begin at %(expected)s %%, not "
                            "at %(score)s %%.",
                            scale=scale.name,
                            letter=line.letter,
                            expected=expected,
                            score=line.score_min,
                        )
                    )
                expected = line.score_max + 1
            if expected != 101:
                raise ValidationError(
                    self.env._(
                        "%(scale)s: the scale must end at 100 %%, not at %(score)s %%.",
                        scale=scale.name,
                        score=expected - 1,
                    )
                )

    def write(self, vals):
        # The lines are checked together, after all of them are written.
        return super(
            RegistrarGradeScale, self.with_context(registrar_scale_together=True)
        ).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_not_used()

    @api.model
    def _at(self, date):
        """Return the scale in force on a date of control, or an empty recordset."""
        domain = Domain("valid_from", "=", False) | Domain("valid_from", "<=", date)
        domain &= Domain("valid_to", "=", False) | Domain("valid_to", ">", date)
        return self.search(domain, limit=1)

    def _to_grading(self):
        """Return the scale as ``grading.py`` takes it.

        :rtype: grading.GradeScale
        :raises UserError: when the grades do not cover 0 to 100
        """
        self.ensure_one()
        try:
            return grading.make_scale(
                [
                    (
                        line.letter,
                        grading.round_half_up(line.points, 2),
                        line.score_min,
                        line.score_max,
                        TRADITIONAL_MARKS[line.traditional],
                        line.passed,
                    )
                    for line in self.line_ids
                ],
                code=self.code,
                name=self.name,
                valid_from=self.valid_from or None,
                valid_to=self.valid_to or None,
            )
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The grade scale “%(scale)s” cannot be used: %(error)s.",
                    scale=self.name,
                    error=error,
                )
            ) from error

    def _check_not_used(self):
        if used := self.filtered("is_used")[:1]:
            raise UserError(
                self.env._(
                    "Results were given by the scale “%s”, it can no longer be "
                    "changed. End it and make a new one.",
                    used.name,
                )
            )
