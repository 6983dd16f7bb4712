from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.registrar_core.models.selections import (
    CONTINGENT_STATUSES,
    CYCLES,
    LINE_TYPES,
)

from ..fields import Mark
from .selections import (
    AGAIN_TYPES,
    OUTCOME_REASONS,
    SHEET_KINDS,
    TRADITIONALS,
)

# The kind of a row that a protocol posts in the place of a wrong one.
CORRECTION = ("correction", "Correction")

_SUPERSEDED_ONCE = """
CREATE OR REPLACE FUNCTION registrar_result_superseded_once() RETURNS trigger
LANGUAGE plpgsql AS $function$
BEGIN
    RAISE EXCEPTION 'result % is superseded already', OLD.id
        USING ERRCODE = 'restrict_violation';
END
$function$;
DROP TRIGGER IF EXISTS registrar_result_superseded_once ON registrar_result;
CREATE TRIGGER registrar_result_superseded_once
    BEFORE UPDATE OF superseded_by_id ON registrar_result
    FOR EACH ROW
    WHEN (OLD.superseded_by_id IS NOT NULL
          AND NEW.superseded_by_id IS DISTINCT FROM OLD.superseded_by_id)
    EXECUTE FUNCTION registrar_result_superseded_once();
"""


class RegistrarResult(models.Model):
    """What was achieved: one row per student, discipline and attempt.

    Posted by registered sheets and correction protocols. A later result of the same
    place in the plan supersedes the earlier one; both stay.
    """

    _name = "registrar.result"
    _description = "Result"
    _inherit = ["registrar.ledger"]
    _order = "student_id, term_id, discipline_id, id"
    _rec_name = "discipline_id"
    _mutable_columns = frozenset({"superseded_by_id"})

    student_id = fields.Many2one(
        "registrar.student", required=True, readonly=True, ondelete="restrict"
    )
    discipline_id = fields.Many2one(
        "registrar.discipline",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    term_id = fields.Many2one(
        "registrar.term", required=True, readonly=True, index=True, ondelete="restrict"
    )
    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    programme_id = fields.Many2one(
        "registrar.programme", readonly=True, ondelete="restrict"
    )
    course = fields.Integer("Year of study", readonly=True, aggregator=None)
    # Where it comes from
    kind = fields.Selection([*SHEET_KINDS, CORRECTION], required=True, readonly=True)
    sheet_id = fields.Many2one(
        "registrar.sheet", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    sheet_line_id = fields.Many2one(
        "registrar.sheet.line", readonly=True, ondelete="restrict"
    )
    correction_line_id = fields.Many2one(
        "registrar.result.correction.line", readonly=True, ondelete="restrict"
    )
    plan_line_id = fields.Many2one(
        "registrar.study.plan.line", "Registration", readonly=True, ondelete="restrict"
    )
    curriculum_line_id = fields.Many2one(
        "registrar.curriculum.line", readonly=True, ondelete="restrict"
    )
    cycle = fields.Selection(CYCLES, readonly=True)
    line_type = fields.Selection(LINE_TYPES, "Type", readonly=True)
    attempt = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="How many times the discipline has been studied.",
    )
    resit_number = fields.Integer(
        "Resit",
        required=True,
        readonly=True,
        aggregator=None,
        help="Resits of the exam without studying again; 0 is the first exam.",
    )
    # What was achieved
    credits = fields.Float(readonly=True, digits=(5, 1))
    admission = Mark("Admission rating", readonly=True, digits=(7, 4))
    exam_score = Mark("Exam", readonly=True, digits=(5, 2))
    score = Mark("Final, %", readonly=True, digits=(5, 0))
    letter = fields.Char(readonly=True, index=True)
    points = Mark(readonly=True, digits=(4, 2))
    traditional = fields.Selection(TRADITIONALS, "Traditional mark", readonly=True)
    passed = fields.Boolean(readonly=True)
    reason = fields.Selection(OUTCOME_REASONS, "Remark", readonly=True)
    in_gpa = fields.Boolean("In GPA", readonly=True)
    scale_id = fields.Many2one(
        "registrar.grade.scale", readonly=True, ondelete="restrict"
    )
    result_date = fields.Date("Date", required=True, readonly=True)
    superseded_by_id = fields.Many2one(
        "registrar.result",
        "Superseded by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    is_current = fields.Boolean(
        "Counts", compute="_compute_is_current", search="_search_is_current"
    )
    # For searching and grouping
    group_id = fields.Many2one(related="student_id.group_id", string="Group")
    faculty_id = fields.Many2one(related="student_id.faculty_id", string="Faculty")

    _student_index = models.Index("(student_id, discipline_id)")
    _once_per_sheet_line = models.UniqueIndex(
        "(sheet_line_id) WHERE sheet_line_id IS NOT NULL",
        "The line of the sheet has been posted already.",
    )
    _once_per_correction_line = models.UniqueIndex(
        "(correction_line_id) WHERE correction_line_id IS NOT NULL",
        "The line of the protocol has been posted already.",
    )
    # Also finds the results of a registration.
    _once_per_attempt = models.UniqueIndex(
        "(plan_line_id, resit_number, COALESCE(correction_line_id, 0))",
        "There is already a result of this attempt.",
    )
    _score_range = models.Constraint(
        "CHECK (score BETWEEN 0 AND 100)", "A score lies between 0 and 100."
    )

    def init(self):
        result = super().init()
        self.env.cr.execute(_SUPERSEDED_ONCE)
        return result

    @api.depends("superseded_by_id")
    def _compute_is_current(self):
        for result in self:
            result.is_current = not result.superseded_by_id

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("superseded_by_id", "=", False)

    @api.depends("student_id", "discipline_id", "letter")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for result in self:
            parts = (
                result.student_id.short_name,
                result.discipline_id.display_name,
                result.letter,
            )
            result.display_name = ", ".join(part for part in parts if part)

    def action_correct(self):
        """Draft a protocol that corrects these results."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correction of results"),
            "res_model": "registrar.result.correction",
            "view_mode": "form",
            "context": {
                "default_line_ids": [
                    fields.Command.create({"result_id": result.id}) for result in self
                ]
            },
        }

    # Posting

    @api.model
    def _post_sheets(self, sheets):
        """Post the results of sheets that are being registered, in one statement.

        Absence with a valid reason posts nothing: the grade is still open. Earlier
        results of the same place in the plan are superseded, GPA is refreshed.

        :param sheets: with an open register entry
        """
        if not sheets:
            return
        self.env.flush_all()
        # The rows that stood before are what the statement sees of the ledger, so the
        # new ones are compared with them only.
        self.env.cr.execute(
            SQL(
                """
                WITH posted AS (%(insert)s RETURNING *)
                UPDATE registrar_result o
                   SET superseded_by_id = n.id
                  FROM posted n
                 WHERE o.student_id = n.student_id
                   AND o.discipline_id = n.discipline_id
                   AND o.superseded_by_id IS NULL
                   AND %(same_place)s AND NOT %(kept)s
                """,
                insert=self._insert_of_sheets(sheets),
                same_place=self._same_place(),
                kept=self._kept(),
            )
        )
        if self.env.company.registrar_retake_policy == "best":
            self._supersede_worse(sheets.entry_id)
        self.invalidate_model()
        self._refresh_gpa(sheets.entry_id)

    @api.model
    def _insert_of_sheets(self, sheets):
        """Return the statement that inserts the results of sheets."""
        return SQL(
            """
            INSERT INTO registrar_result
                (entry_id, kind, sheet_id, sheet_line_id, plan_line_id,
                 curriculum_line_id, student_id, discipline_id, term_id, year_id,
                 programme_id, course, credits, cycle, line_type, attempt,
                 resit_number, admission, exam_score, score, letter, points,
                 traditional, passed, reason, in_gpa, scale_id, result_date,
                 create_uid, create_date, write_uid, write_date)
            SELECT s.entry_id, s.kind, s.id, l.id, l.plan_line_id,
                   p.curriculum_line_id, l.student_id, s.discipline_id, s.term_id,
                   y.year_id, COALESCE(sp.programme_id, t.programme_id),
                   COALESCE(sp.course, t.course), l.credits, p.cycle, p.line_type,
                   GREATEST(COALESCE(p.attempt, 1), 1 + earlier.attempts),
                   COALESCE(s.resit_number, 0), l.admission_rating, l.exam_score,
                   l.score, l.letter, l.points, l.traditional, l.passed, l.reason,
                   COALESCE(p.in_gpa, TRUE) AND l.points IS NOT NULL, s.scale_id,
                   e.document_date, %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM registrar_sheet s
              JOIN registrar_register_entry e ON e.id = s.entry_id
              JOIN registrar_term y ON y.id = s.term_id
              JOIN registrar_sheet_line l ON l.sheet_id = s.id
              JOIN registrar_student t ON t.id = l.student_id
         LEFT JOIN registrar_study_plan_line p ON p.id = l.plan_line_id
         LEFT JOIN registrar_study_plan sp ON sp.id = p.plan_id
        CROSS JOIN LATERAL (
                   SELECT COUNT(DISTINCT r.plan_line_id) AS attempts
                     FROM registrar_result r
                    WHERE r.student_id = l.student_id
                      AND r.discipline_id = s.discipline_id
                      AND r.plan_line_id <> l.plan_line_id
                      AND (p.line_type = ANY(%(again)s)
                           OR r.curriculum_line_id = p.curriculum_line_id)
                   ) earlier
             WHERE s.id = ANY(%(sheets)s) AND l.letter IS NOT NULL
             ORDER BY s.entry_id, l.sort_key, l.id
            """,
            again=list(AGAIN_TYPES),
            sheets=sheets.ids,
            uid=self.env.uid,
            now=self.env.cr.now(),
        )

    @api.model
    def _same_place(self):
        """Return whether the rows ``n`` and ``o`` stand in the same place, as SQL.

        Two rows do when they belong to the same registration or to the same line of
        the curriculum; a repeated study also replaces the result of the discipline in
        another curriculum, or outside any. A discipline that lasts several terms has
        one place in each of them.
        """
        curriculum = SQL(
            "SELECT c.curriculum_id FROM registrar_curriculum_line c WHERE c.id ="
        )
        return SQL(
            """(o.plan_line_id = n.plan_line_id
                OR o.curriculum_line_id = n.curriculum_line_id
                OR (n.line_type = ANY(%(again)s)
                    AND ((n.curriculum_line_id IS NULL AND o.curriculum_line_id IS NULL)
                         OR (%(curriculum)s n.curriculum_line_id)
                            IS DISTINCT FROM (%(curriculum)s o.curriculum_line_id))))
            """,
            again=list(AGAIN_TYPES),
            curriculum=curriculum,
        )

    @api.model
    def _kept(self):
        """Return whether the earlier row ``o`` stays although ``n`` follows, as SQL.

        Where the better result counts, it may be the earlier one of two studies; a
        resit always replaces its exam.
        """
        if self.env.company.registrar_retake_policy != "best":
            return SQL("FALSE")
        return SQL(
            """(o.plan_line_id IS DISTINCT FROM n.plan_line_id
                AND COALESCE(o.points, 0) > COALESCE(n.points, 0))"""
        )

    @api.model
    def _supersede_worse(self, entries):
        """Let better results of earlier studies supersede the new ones."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_result n
                   SET superseded_by_id = o.id
                  FROM registrar_result o
                 WHERE n.entry_id = ANY(%(entries)s)
                   AND n.line_type = ANY(%(again)s) AND n.superseded_by_id IS NULL
                   AND o.student_id = n.student_id
                   AND o.discipline_id = n.discipline_id AND o.id < n.id
                   AND o.superseded_by_id IS NULL
                   AND %(same_place)s AND %(kept)s
                """,
                entries=entries.ids,
                again=list(AGAIN_TYPES),
                same_place=self._same_place(),
                kept=self._kept(),
            )
        )

    @api.model
    def _post_corrections(self, corrections):
        """Post the rows of protocols that are being registered.

        Each takes the place of the row it corrects; attempt and resit stay.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO registrar_result
                    (entry_id, kind, sheet_id, correction_line_id, plan_line_id,
                     curriculum_line_id, student_id, discipline_id, term_id, year_id,
                     programme_id, course, credits, cycle, line_type, attempt,
                     resit_number, admission, exam_score, score, letter, points,
                     traditional, passed, reason, in_gpa, scale_id, result_date,
                     create_uid, create_date, write_uid, write_date)
                SELECT c.entry_id, 'correction', o.sheet_id, l.id, o.plan_line_id,
                       o.curriculum_line_id, o.student_id, o.discipline_id, o.term_id,
                       o.year_id, o.programme_id, o.course, o.credits, o.cycle,
                       o.line_type, o.attempt, o.resit_number, l.new_admission,
                       l.new_exam, l.new_score, l.new_letter, l.new_points,
                       l.new_traditional, l.new_passed, l.new_reason, o.in_gpa,
                       o.scale_id, e.document_date,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM registrar_result_correction c
                  JOIN registrar_register_entry e ON e.id = c.entry_id
                  JOIN registrar_result_correction_line l ON l.correction_id = c.id
                  JOIN registrar_result o ON o.id = l.result_id
                 WHERE c.id = ANY(%(corrections)s)
                 ORDER BY c.id, l.id
                """,
                corrections=corrections.ids,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_result o
                   SET superseded_by_id = n.id
                  FROM registrar_result n
                  JOIN registrar_result_correction_line l
                    ON l.id = n.correction_line_id
                 WHERE l.correction_id = ANY(%(corrections)s) AND o.id = l.result_id
                """,
                corrections=corrections.ids,
            )
        )
        self.invalidate_model()
        self._refresh_gpa(corrections.entry_id)

    @api.model
    def _refresh_gpa(self, entries):
        """Refresh GPA of the students touched by the rows of ``entries``."""
        for term, ids in self.env.execute_query(
            SQL(
                """
                SELECT term_id, array_agg(DISTINCT student_id)
                  FROM registrar_result WHERE entry_id = ANY(%s)
                 GROUP BY term_id ORDER BY term_id
                """,
                entries.ids,
            )
        ):
            self.env["registrar.gpa"].sudo()._refresh(
                self.env["registrar.student"].browse(ids),
                self.env["registrar.term"].browse(term),
            )

    # Questions

    @api.model
    def _debts(self, students=None, date=None):
        """Return the academic debts that are open on ``date`` (today).

        A debt is a registered discipline of a term that has ended, whose sheet is
        registered and which the student has not passed (academic.md §6.5).

        :param students: only of these; None: of everybody
        :return: dicts with ``student_id``, ``plan_line_id``, ``discipline_id``,
            ``curriculum_line_id``, ``term_id``, ``credits``, ``kind`` (fx, failed,
            not_admitted, absent, incomplete), ``way`` (resit, individual, restudy),
            ``result_id`` (None for incomplete), ``attempts``, ``failures``
        :rtype: list[dict]
        """
        self.env.flush_all()
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        self.env.cr.execute(
            SQL(
                "SELECT * FROM (%s) debt ORDER BY student_id, term_id, discipline_id",
                self.env["registrar.debt"]._debt_query(date, students),
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _failures(self, students, date=None):
        """Count FX and F of students per discipline, all attempts and resits.

        A result that a protocol corrected does not count, its correction does.

        :param students: one or more ``registrar.student``
        :return: ``{discipline id: count}`` for one student, else
            ``{(student id, discipline id): count}``
        :rtype: dict
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT student_id, discipline_id, COUNT(*) FROM (%s) failed"
                " GROUP BY student_id, discipline_id",
                self._failed_query(date, SQL("r.student_id = ANY(%s)", students.ids)),
            )
        )
        if len(students) == 1:
            return {discipline: count for __, discipline, count in rows}
        return {(student, discipline): count for student, discipline, count in rows}

    @api.model
    def _expulsion_proposals(self, date):
        """Return whom the third FX or F in a discipline proposes for expulsion.

        academic.md §1.5: at most two resits per discipline; with the third failure
        the person is expelled whatever other debts there are. Who has passed the
        discipline since is left out, and who does not study on ``date``, too.

        :return: dicts with ``student_id``, ``discipline_id``, ``count``,
            ``result_ids`` and ``reason`` (text in the language of the reader)
        :rtype: list[dict]
        """
        self.env.flush_all()
        date = fields.Date.to_date(date)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.student_id, f.discipline_id, COUNT(*),
                       array_agg(f.id ORDER BY f.id)
                  FROM (%(failed)s) f
                 WHERE EXISTS (
                       SELECT FROM registrar_enrolment e
                        WHERE e.student_id = f.student_id
                          AND e.reversal_entry_id IS NULL
                          AND e.date_from <= %(date)s
                          AND (e.date_to IS NULL OR e.date_to > %(date)s)
                          AND e.status = ANY(%(statuses)s))
                 GROUP BY f.student_id, f.discipline_id
                HAVING COUNT(*) >= %(limit)s
                   AND NOT EXISTS (
                       SELECT FROM registrar_result q
                        WHERE q.student_id = f.student_id
                          AND q.discipline_id = f.discipline_id AND q.passed
                          AND q.superseded_by_id IS NULL
                          AND q.result_date <= %(date)s
                          AND q.id > MAX(f.id))
                 ORDER BY f.student_id, f.discipline_id
                """,
                failed=self._failed_query(date),
                date=date,
                statuses=list(CONTINGENT_STATUSES),
                limit=self.env.company.registrar_failure_limit,
            )
        )
        results = self.browse([result for row in rows for result in row[3]])
        by_id = {result.id: result for result in results.sudo()}
        return [
            {
                "student_id": student_id,
                "discipline_id": discipline_id,
                "count": count,
                "result_ids": ids,
                "reason": self._proposal_reason([by_id[id_] for id_ in ids]),
            }
            for student_id, discipline_id, count, ids in rows
        ]

    @api.model
    def _failed_query(self, date=None, condition=None):
        """Return the query of failed rows (id, student, discipline) up to ``date``."""
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        return SQL(
            """
            SELECT r.id, r.student_id, r.discipline_id
              FROM registrar_result r
             WHERE r.passed IS NOT TRUE AND r.result_date <= %(date)s
               AND NOT EXISTS (
                   SELECT FROM registrar_result c
                    WHERE c.id = r.superseded_by_id AND c.kind = 'correction'
                      AND c.result_date <= %(date)s)
               AND %(condition)s
            """,
            date=date,
            condition=condition or SQL("TRUE"),
        )

    @api.model
    def _proposal_reason(self, results):
        facts = "; ".join(
            self.env._(
                "%(letter)s on %(date)s, document No. %(number)s",
                letter=result.letter,
                date=result.result_date.strftime("%d.%m.%Y"),
                number=result.entry_id.number,
            )
            for result in results
        )
        return self.env._(
            "%(count)s failures in “%(discipline)s”: %(facts)s",
            count=len(results),
            discipline=results[0].discipline_id.display_name,
            facts=facts,
        )

    @api.model
    def _current_by_student(self, students):
        """Return the results that count, by student, in the order of terms.

        :rtype: dict[int, registrar.result]
        """
        results = self.search(
            [("student_id", "in", students.ids), ("superseded_by_id", "=", False)]
        )
        found = defaultdict(self.browse)
        for result in results.sorted(
            lambda r: (r.term_id.date_from, r.discipline_id.code, r.id)
        ):
            found[result.student_id.id] |= result
        return found

    @api.model
    def _verify_rows(self, entries):
        """Check what the digests leave out: which result supersedes which."""
        problems = super()._verify_rows(entries)
        self.flush_model()
        for entry_id, problem in self.env.execute_query(
            SQL(
                """
                SELECT o.entry_id, 'wrong'
                  FROM registrar_result o
             LEFT JOIN registrar_result n ON n.id = o.superseded_by_id
                 WHERE o.entry_id = ANY(%(entries)s)
                   AND o.superseded_by_id IS NOT NULL
                   AND (n.student_id, n.discipline_id)
                       IS DISTINCT FROM (o.student_id, o.discipline_id)
             UNION ALL
                SELECT o.entry_id, 'missing'
                  FROM registrar_result o
                  JOIN registrar_result n
                    ON n.student_id = o.student_id
                   AND n.discipline_id = o.discipline_id
                   AND n.plan_line_id = o.plan_line_id AND n.id > o.id
                 WHERE o.entry_id = ANY(%(entries)s)
                   AND o.superseded_by_id IS NULL
                """,
                entries=entries.ids,
            )
        ):
            problems.append(
                (
                    entry_id,
                    self.env._("A result is superseded by a result of another place.")
                    if problem == "wrong"
                    else self.env._("A later result should have superseded this one."),
                )
            )
        return problems

    @api.model_create_multi
    def create(self, vals_list):
        """Rows are posted by documents in SQL; nobody enters them by hand."""
        if not self.env.su:
            raise UserError(
                self.env._("Results are posted by registered sheets and protocols.")
            )
        return super().create(vals_list)
