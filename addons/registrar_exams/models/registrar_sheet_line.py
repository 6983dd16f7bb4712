from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .. import grading
from ..fields import Mark
from .selections import (
    ABSENCES,
    ADMISSIONS,
    BAR_REASONS,
    CARRIED_KINDS,
    OUTCOME_REASONS,
    RATING_REASONS,
    TRADITIONAL_OF_MARK,
    TRADITIONALS,
)

RATING_FIELDS = ("rating_1", "rating_2", "rating_3", "rating_4")

# What teachers and examiners enter.
MARK_FIELDS = frozenset({*RATING_FIELDS, "exam_score", "absence", "bar_reason", "note"})

# What follows from the marks; nobody writes it, not even through the external API.
OUTCOME_FIELDS = frozenset(
    {
        "admission_rating",
        "admission",
        "admission_reason",
        "score",
        "letter",
        "points",
        "traditional",
        "passed",
        "reason",
        "is_complete",
        "sort_key",
        "entered_by_id",
        "entered_at",
    }
)

# How grading.py names the reasons that a rating does not admit.
ADMISSION_REASONS = {
    "not_admitted": "rating_below_threshold",
    "part_below_threshold": "part_below_threshold",
}

# Value of the context while a sheet judges its lines together. No client can send it.
TOGETHER = object()


class RegistrarSheetLine(models.Model):
    """Marks of one student on a sheet and what follows from them."""

    _name = "registrar.sheet.line"
    _description = "Line of a sheet of marks"
    _inherit = ["registrar.document.line"]
    _order = "sheet_id, sort_key, id"
    _rec_name = "student_id"
    _document_field = "sheet_id"

    sheet_id = fields.Many2one(
        "registrar.sheet", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="restrict"
    )
    plan_line_id = fields.Many2one(
        "registrar.study.plan.line",
        "Registration",
        index="btree_not_null",
        ondelete="restrict",
    )
    # Taken when the line is made: later changes of names do not reorder the sheet.
    sort_key = fields.Char(compute="_compute_from_student", store=True, precompute=True)
    credits = fields.Float(
        compute="_compute_credits",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 1),
        aggregator=None,
    )
    student_number = fields.Char(
        related="student_id.student_number", string="Student No."
    )
    group_id = fields.Many2one(related="student_id.group_id", string="Group")
    # Marks
    rating_1 = Mark("Rating 1", digits=(5, 2))
    rating_2 = Mark("Rating 2", digits=(5, 2))
    rating_3 = Mark("Rating 3", digits=(5, 2))
    rating_4 = Mark("Rating 4", digits=(5, 2))
    carried_rating = Mark(
        "Rating taken over",
        digits=(7, 4),
        help="Admission rating of the earlier sheet, for resits.",
    )
    bar_reason = fields.Selection(
        BAR_REASONS, "Barred because of", help="Another reason for not admitting."
    )
    exam_score = Mark("Exam", digits=(5, 2))
    absence = fields.Selection(ABSENCES)
    note = fields.Char()
    # What follows
    # Four decimals: a scheme may forbid to round the rating before it is weighted.
    admission_rating = Mark(
        "Admission rating", compute="_compute_outcome", store=True, digits=(7, 4)
    )
    admission = fields.Selection(ADMISSIONS, compute="_compute_outcome", store=True)
    admission_reason = fields.Selection(
        [*RATING_REASONS, *BAR_REASONS],
        "Not admitted because of",
        compute="_compute_outcome",
        store=True,
    )
    score = Mark("Final, %", compute="_compute_outcome", store=True, digits=(5, 0))
    letter = fields.Char(compute="_compute_outcome", store=True)
    points = Mark("Points", compute="_compute_outcome", store=True, digits=(4, 2))
    traditional = fields.Selection(
        TRADITIONALS, "Traditional mark", compute="_compute_outcome", store=True
    )
    passed = fields.Boolean(compute="_compute_outcome", store=True)
    reason = fields.Selection(
        OUTCOME_REASONS, "Remark", compute="_compute_outcome", store=True
    )
    is_complete = fields.Boolean("Entered", compute="_compute_outcome", store=True)
    has_marks = fields.Boolean(compute="_compute_has_marks")
    # Trace
    entered_by_id = fields.Many2one("res.users", "Entered by", readonly=True)
    entered_at = fields.Datetime(readonly=True)
    # Of the sheet
    state = fields.Selection(related="sheet_id.state", string="State of the sheet")
    kind = fields.Selection(related="sheet_id.kind", string="Kind of the sheet")
    discipline_id = fields.Many2one(related="sheet_id.discipline_id")
    term_id = fields.Many2one(related="sheet_id.term_id")

    _student_once = models.UniqueIndex(
        "(sheet_id, student_id)", "A student stands twice on the sheet."
    )
    _rating_range = models.Constraint(
        "CHECK (rating_1 BETWEEN 0 AND 100 AND rating_2 BETWEEN 0 AND 100"
        " AND rating_3 BETWEEN 0 AND 100 AND rating_4 BETWEEN 0 AND 100"
        " AND carried_rating BETWEEN 0 AND 100)",
        "A rating lies between 0 and 100.",
    )
    _exam_range = models.Constraint(
        "CHECK (exam_score BETWEEN 0 AND 100)", "An exam mark lies between 0 and 100."
    )
    _score_range = models.Constraint(
        "CHECK (score BETWEEN 0 AND 100)", "A score lies between 0 and 100."
    )
    _mark_or_absence = models.Constraint(
        "CHECK (exam_score IS NULL OR absence IS NULL)",
        "Somebody absent has no exam mark.",
    )
    _incomplete_index = models.Index("(sheet_id) WHERE is_complete IS NOT TRUE")

    @api.depends("student_id")
    def _compute_from_student(self):
        for line in self:
            line.sort_key = line.student_id.sort_key

    @api.depends("plan_line_id")
    def _compute_credits(self):
        for line in self:
            line.credits = line.plan_line_id.credits or line.credits

    @api.depends(
        *RATING_FIELDS,
        "carried_rating",
        "bar_reason",
        "exam_score",
        "absence",
        "sheet_id.scheme_id",
        "sheet_id.scale_id",
        "sheet_id.kind",
        "sheet_id.part_number",
    )
    def _compute_outcome(self):
        rules = {}
        for line in self:
            sheet = line.sheet_id
            key = (sheet.scheme_id, sheet.scale_id)
            if key not in rules:
                rules[key] = (
                    sheet.scheme_id._to_grading() if sheet.scheme_id else None,
                    sheet.scale_id._to_grading() if sheet.scale_id else None,
                )
            line.update(line._outcome(*rules[key]))

    @api.depends(*RATING_FIELDS, "exam_score", "absence")
    def _compute_has_marks(self):
        for line in self:
            line.has_marks = bool(
                line.absence
                or line.exam_score is not False
                or any(line[name] is not False for name in RATING_FIELDS)
            )

    @api.depends("student_id", "sheet_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            parts = (line.student_id.full_name, line.sheet_id.discipline_id.name)
            line.display_name = ", ".join(part for part in parts if part)

    @api.constrains(*RATING_FIELDS, "exam_score", "absence", "bar_reason")
    def _check_marks(self):
        if self.env.context.get("registrar_marks_together") is TOGETHER:
            return
        for line in self:
            scheme = line.sheet_id.scheme_id
            for name in (*RATING_FIELDS, "exam_score"):
                if line[name] is not False:
                    line._check_mark(name, line[name])
            if line.exam_score is False:
                continue
            if not scheme.has_exam or line.kind == "midterm":
                raise ValidationError(
                    self.env._(
                        "%s: this sheet has no exam mark.", line.student_id.full_name
                    )
                )
            if line.absence:
                raise ValidationError(
                    self.env._(
                        "%s is noted as absent and has an exam mark; only one of them "
                        "can be right.",
                        line.student_id.full_name,
                    )
                )
            if line.admission == "not_admitted":
                raise ValidationError(
                    self.env._(
                        "%s is not admitted to the exam and cannot have an exam mark.",
                        line.student_id.full_name,
                    )
                )

    @api.constrains("sheet_id", "plan_line_id", "student_id")
    def _check_plan_line(self):
        for line in self:
            plan_line = line.plan_line_id.sudo()
            if plan_line and (
                plan_line.student_id != line.student_id
                or plan_line.discipline_id != line.sheet_id.discipline_id
            ):
                raise ValidationError(
                    self.env._(
                        "The registration is not for %(student)s and “%(discipline)s”.",
                        student=line.student_id.full_name,
                        discipline=line.sheet_id.discipline_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_mark_values(vals)
            self._check_not_outcome(vals)
        lines = super().create(vals_list)
        if not self.env.su:
            lines._check_entry({"student_id"})
            carried = lines.filtered(lambda line: line.carried_rating is not False)
            carried.sheet_id._add_author()
        entered = lines.filtered("has_marks")
        if entered:
            entered._check_entry(MARK_FIELDS)
            entered.sheet_id._add_author()
        return lines

    def write(self, vals):
        marks = vals.keys() & MARK_FIELDS
        self._check_not_outcome(vals)
        self._check_entry(vals.keys())
        if vals.get("carried_rating") is not None and not self.env.su:
            self.sheet_id._add_author()
        for line in self if marks else ():
            line._check_mark_values(vals)
        if not marks:
            return super().write(vals)
        vals = dict(vals)
        if vals.get("absence"):
            # Whoever is noted as absent loses a mark entered before.
            vals.setdefault("exam_score", False)
        vals.update(entered_by_id=self.env.uid, entered_at=fields.Datetime.now())
        self.sheet_id._add_author()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entered(self):
        for line in self:
            if not self.env.su and not self.env.user.has_group(
                "registrar_core.group_registrar_clerk"
            ):
                raise AccessError(
                    self.env._("Only the registrar's office takes students off.")
                )
            if line.state not in ("draft", "open") or line.has_marks:
                raise UserError(
                    self.env._(
                        "%s already has marks and cannot be taken off the sheet.",
                        line.student_id.full_name,
                    )
                )

    def action_open_individual(self):
        """Make an individual sheet for those absent with a valid reason."""
        sheets = self.env["registrar.sheet"]._open_individual(
            self, self.env._("Valid reason on the sheet %s", self.sheet_id[:1].number)
        )
        return sheets[:1].action_open_document()

    def _outcome(self, scheme, scale):
        """Return the computed values of one line.

        :param scheme: ``grading.RatingScheme``
        :param scale: ``grading.GradeScale``
        :rtype: dict
        """
        values = {
            "admission_rating": False,
            "admission": "pending",
            "admission_reason": False,
            "score": False,
            "letter": False,
            "points": False,
            "traditional": False,
            "passed": False,
            "reason": False,
            "is_complete": False,
        }
        if not scheme or not scale:
            return values
        values.update(self._admission(scheme))
        if self.sheet_id.kind == "midterm":
            part = self.sheet_id.part_number
            mark = self[f"rating_{part}"] if 1 <= part <= 4 else False
            values["is_complete"] = mark is not False or bool(self.absence)
            # Ratings of the other midterms stand on other sheets.
            values.update(
                admission="pending", admission_rating=False, admission_reason=False
            )
            return values
        final = self._final(scheme, scale, values)
        if final is None:
            return values
        values.update(reason=final.reason or False, is_complete=True)
        if final.grade:
            values.update(
                score=final.score,
                letter=final.grade.letter,
                points=float(final.grade.points),
                traditional=TRADITIONAL_OF_MARK[final.grade.traditional],
                passed=final.grade.passed,
            )
        return values

    def _admission(self, scheme):
        """Return rating, admission and reason of one line."""
        if self.sheet_id.kind in CARRIED_KINDS:
            if scheme.has_admission and self.carried_rating is False:
                return {}
            rating = self.carried_rating
            reason = self.bar_reason
        elif not scheme.has_admission:
            rating = False
            reason = self.bar_reason
        else:
            try:
                found = grading.check_admission(self._parts(scheme), scheme)
            except ValueError:
                # A mark is missing or wrong; the constraint says which.
                if not self.bar_reason:
                    return {}
                rating, reason = False, self.bar_reason
            else:
                rating = found.rating
                if not scheme.round_admission:
                    rating = float(grading.admission_exact(self._parts(scheme), scheme))
                reason = self.bar_reason or ADMISSION_REASONS.get(found.reason)
        return {
            "admission_rating": rating,
            "admission": "not_admitted" if reason else "admitted",
            "admission_reason": reason or False,
        }

    def _final(self, scheme, scale, values):
        """Return the ``grading.FinalGrade`` of one line; None: marks are missing."""
        if values["admission"] == "pending":
            return None
        rating = None
        if scheme.has_admission:
            rating = values["admission_rating"] or 0
        barred = values["admission"] == "not_admitted"
        if barred:
            return grading.final_grade(
                rating, None, scheme, scale=scale, admitted=False
            )
        if not scheme.has_exam:
            return grading.final_grade(rating, None, scheme, scale=scale)
        if self.exam_score is False and not self.absence:
            return None
        try:
            return grading.final_grade(
                rating,
                None if self.exam_score is False else self.exam_score,
                scheme,
                scale=scale,
                admitted=True,
                excused=self.absence == "excused",
            )
        except ValueError:
            return None

    def _parts(self, scheme):
        """Return the marks of the term as the scheme takes them."""
        marks = [
            None if self[name] is False else self[name]
            for name in RATING_FIELDS[: scheme.part_count]
        ]
        if scheme.method != "groups":
            return marks
        # The sheet holds the mean of each period already: as many equal marks as the
        # scheme asks for keep it.
        return [[mark] * max(scheme.min_grades, 1) for mark in marks]

    def _recompute_outcome(self):
        """Compute again what follows from marks that were written in SQL."""
        for name in ("admission_rating", "admission", "score", "is_complete"):
            self.env.add_to_compute(self._fields[name], self)
        self.flush_recordset()

    def _check_mark_values(self, vals):
        """Refuse marks out of range before they reach the database.

        :raises ValidationError: naming the student and the value
        """
        line = self
        if not line:
            line = self.new(
                {
                    name: vals[name]
                    for name in ("sheet_id", "student_id")
                    if vals.get(name)
                }
            )
        for name in (*RATING_FIELDS, "exam_score", "carried_rating"):
            value = vals.get(name)
            if value is not None and value is not False and value != "":
                line._check_mark(name, value)

    def _check_mark(self, name, value):
        """Refuse one mark that is no number or out of its range."""
        scheme = self.sheet_id.scheme_id
        maximum = 100.0
        if scheme and name == "exam_score":
            maximum = scheme.exam_max
        elif scheme and name in RATING_FIELDS:
            maximum = scheme._part_max()
        try:
            grading.check_mark(value, maximum=maximum)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "%(student)s: %(value)s is not a mark. Marks lie between 0 and "
                    "%(maximum)s.",
                    student=self.student_id.full_name or self.env._("New student"),
                    value=value,
                    maximum=f"{maximum:g}",
                )
            ) from error

    @api.model
    def _check_not_outcome(self, vals):
        """Refuse grades that do not follow from marks."""
        if not self.env.su and vals.keys() & OUTCOME_FIELDS:
            raise AccessError(
                self.env._(
                    "Grades follow from the marks, and the system keeps who entered "
                    "them; neither is written by hand."
                )
            )

    def _check_entry(self, names):
        """Refuse what is not the user's to write, or not now.

        :param names: names of the fields to be written
        """
        if self.env.su:
            return
        stored = {name for name in names if self._fields[name].store}
        is_clerk = self.env.user.has_group("registrar_core.group_registrar_clerk")
        if stored - MARK_FIELDS and not is_clerk:
            raise AccessError(
                self.env._("Teachers enter marks; the rest is kept by the office.")
            )
        for sheet in self.sheet_id if stored & MARK_FIELDS else ():
            if not sheet._may_enter():
                raise AccessError(
                    self.env._(
                        "The marks of “%s” are entered by its teacher or examiner.",
                        sheet.display_name,
                    )
                )
            if sheet.state != "open":
                # Who may not see the sheet is not told its state.
                self.check_access("write")
                raise UserError(
                    self.env._("“%s” is not open for marks.", sheet.display_name)
                )
        if stored - MARK_FIELDS:
            for sheet in self.sheet_id:
                if sheet.state not in ("draft", "open"):
                    raise UserError(
                        self.env._("“%s” is not open for changes.", sheet.display_name)
                    )
