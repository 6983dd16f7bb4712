from decimal import Decimal, InvalidOperation

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import grading
from .selections import DEFENCE_FORMS, DEFENCE_KINDS

# Columns of midterm ratings on a sheet.
PARTS_ON_SHEET = 4


class RegistrarRatingScheme(models.Model):
    """How the marks of a term and of the exam make a final grade.

    The university decides: weights, thresholds, order of rounding
    (academic.md §2.2–2.3). The arithmetic is in ``grading.py``.
    """

    _name = "registrar.rating.scheme"
    _description = "Rating scheme"
    _inherit = ["registrar.trilingual"]
    _order = "sequence, id"

    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    # Admission rating
    has_admission = fields.Boolean("Admission rating", default=True)
    method = fields.Selection(
        [
            ("mean", "Mean of the marks"),
            ("groups", "Mean of the marks of each period, then of the periods"),
            ("weighted", "Marks times weights"),
            ("sum", "Sum of points"),
        ],
        required=True,
        default="mean",
    )
    part_count = fields.Integer(
        "Marks on the sheet",
        default=2,
        aggregator=None,
        help="How many marks of the term the sheet has, at most four.",
    )
    part_weights = fields.Char(
        "Weights of the marks", help="For weighted marks, e.g. 0.3; 0.3"
    )
    has_part_min = fields.Boolean(
        "Every mark has a threshold",
        help="A midterm below the threshold bars from the exam.",
    )
    part_min = fields.Float("Least mark", digits=(5, 2), default=50, aggregator=None)
    min_grades = fields.Integer(
        "Least number of marks in a period",
        aggregator=None,
        help="For periods: who has fewer marks than this still has the sum divided "
        "by it.",
    )
    admission_max = fields.Float(
        "Highest rating", digits=(5, 2), default=100, aggregator=None
    )
    admission_min = fields.Float(
        "Rating for admission", digits=(5, 2), default=50, aggregator=None
    )
    admission_weight = fields.Float(
        "Weight of the rating", digits=(5, 3), default=0.6, aggregator=None
    )
    round_admission = fields.Boolean(
        "Round the rating first",
        default=True,
        help="The rating is rounded to a whole number before thresholds and weights "
        "are applied.",
    )
    # Exam
    has_exam = fields.Boolean("Exam", default=True)
    exam_max = fields.Float(
        "Highest exam mark", digits=(5, 2), default=100, aggregator=None
    )
    exam_min = fields.Float(
        "Passing exam mark", digits=(5, 2), default=50, aggregator=None
    )
    exam_weight = fields.Float(
        "Weight of the exam", digits=(5, 3), default=0.4, aggregator=None
    )
    round_exam = fields.Boolean("Round the exam mark first", default=True)
    failed_score = fields.Selection(
        [("exam", "Exam mark"), ("weighted", "Weighted sum")],
        "Score of a failed exam",
        required=True,
        default="exam",
        help="Which score stands beside FX and F.",
    )
    formula = fields.Char(compute="_compute_formula")
    is_used = fields.Boolean(compute="_compute_is_used")

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a rating scheme with this code."
    )
    _part_count_range = models.Constraint(
        f"CHECK (part_count BETWEEN 0 AND {PARTS_ON_SHEET})",
        "A sheet has at most four marks of the term.",
    )
    _maxima = models.Constraint(
        "CHECK (admission_max > 0 AND admission_max <= 100"
        " AND exam_max > 0 AND exam_max <= 100)",
        "The highest rating and the highest exam mark lie between 1 and 100.",
    )
    _minima = models.Constraint(
        "CHECK (admission_min BETWEEN 0 AND admission_max"
        " AND exam_min BETWEEN 0 AND exam_max AND part_min BETWEEN 0 AND 100)",
        "A threshold lies between 0 and the highest mark.",
    )
    _something = models.Constraint(
        "CHECK (has_admission OR has_exam)", "A scheme has a rating, an exam or both."
    )

    @api.depends(
        "has_admission", "has_exam", "admission_weight", "exam_weight", "method"
    )
    def _compute_formula(self):
        for scheme in self:
            parts = []
            if scheme.has_admission:
                parts.append(self.env._("%s × rating", f"{scheme.admission_weight:g}"))
            if scheme.has_exam:
                parts.append(self.env._("%s × exam", f"{scheme.exam_weight:g}"))
            scheme.formula = " + ".join(parts)

    def _compute_is_used(self):
        used = {
            scheme.id
            for [scheme] in self.env["registrar.sheet"]
            .sudo()
            ._read_group(
                [("scheme_id", "in", self.ids), ("state", "=", "registered")],
                ["scheme_id"],
            )
        }
        for scheme in self:
            scheme.is_used = scheme._origin.id in used

    def _code_in_name(self):
        return False

    @api.constrains(
        "admission_max",
        "admission_weight",
        "exam_max",
        "exam_weight",
        "has_admission",
        "has_exam",
    )
    def _check_total(self):
        """The best student gets 100 per cent, neither more nor less."""
        for scheme in self:
            total = 0.0
            if scheme.has_admission:
                total += scheme.admission_max * scheme.admission_weight
            if scheme.has_exam:
                total += scheme.exam_max * scheme.exam_weight
            if abs(total - 100) > 0.01:
                raise ValidationError(
                    self.env._(
                        "%(scheme)s: the best marks would give %(total)s %%, not 100.",
                        scheme=scheme.name,
                        total=f"{total:g}",
                    )
                )

    @api.constrains("method", "part_weights", "part_count", "has_admission")
    def _check_part_weights(self):
        for scheme in self.filtered("has_admission"):
            if not scheme.part_count:
                raise ValidationError(
                    self.env._(
                        "%s: say how many marks of the term the sheet has.", scheme.name
                    )
                )
            if scheme.method == "weighted" and (
                len(scheme._weights()) != scheme.part_count
            ):
                raise ValidationError(
                    self.env._("%s: every mark needs one weight.", scheme.name)
                )

    def write(self, vals):
        if vals.keys() - {"sequence", "active", "name_kk", "name_ru", "name_en"} and (
            used := self.filtered("is_used")[:1]
        ):
            raise ValidationError(
                self.env._(
                    "Registered sheets were reckoned by “%s”, it can no longer be "
                    "changed. Make a new scheme.",
                    used.name,
                )
            )
        return super().write(vals)

    @api.model
    def _default_for(self, kind, control_form=None):
        """Return the scheme of the university for a kind of sheet.

        :param str control_form: of the class group, where there is one
        """
        company = self.env.company
        if control_form in DEFENCE_FORMS or (
            not control_form and kind in DEFENCE_KINDS
        ):
            return company.registrar_defence_scheme_id or self.env.ref(
                "registrar_exams.rating_scheme_exam_only"
            )
        return company.registrar_scheme_id or self.env.ref(
            "registrar_exams.rating_scheme_m2_mean"
        )

    def _to_grading(self):
        """Return the scheme as ``grading.py`` takes it.

        :rtype: grading.RatingScheme
        """
        self.ensure_one()
        return grading.RatingScheme(
            self.code,
            self.name,
            method=self.method,
            part_count=self.part_count if self.has_admission else None,
            part_weights=self._weights() if self.method == "weighted" else (),
            part_min=_decimal(self.part_min) if self.has_part_min else None,
            min_grades=self.min_grades,
            admission_max=_decimal(self.admission_max),
            admission_min=_decimal(self.admission_min),
            admission_weight=_decimal(self.admission_weight),
            exam_max=_decimal(self.exam_max),
            exam_min=_decimal(self.exam_min),
            exam_weight=_decimal(self.exam_weight),
            has_admission=self.has_admission,
            has_exam=self.has_exam,
            round_admission=self.round_admission,
            round_exam=self.round_exam,
            failed_score=self.failed_score,
        )

    def _part_max(self):
        """Return the highest mark of one part."""
        return self.admission_max if self.method == "sum" else 100.0

    def _weights(self):
        """Return the weights of the parts as written, e.g. ``"0.3; 0.3"``."""
        texts = (self.part_weights or "").replace(";", " ").replace(",", ".").split()
        try:
            return tuple(Decimal(text) for text in texts)
        except InvalidOperation as error:
            raise ValidationError(
                self.env._(
                    "%(scheme)s: the weights “%(weights)s” are not numbers divided by "
                    "semicolons.",
                    scheme=self.name,
                    weights=self.part_weights,
                )
            ) from error


def _decimal(value):
    """Return a stored number without the noise of binary fractions."""
    return Decimal(f"{value:g}")
