from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.registrar_core.models.selections import LINE_TYPES, STATUSES

from .selections import DEBT_KINDS, DEBT_WAYS, RESULT_KINDS


class RegistrarDebt(models.Model):
    """Open academic debts of today, as a list; no facts of its own."""

    _name = "registrar.debt"
    _description = "Academic debt"
    _auto = False
    _order = "student_id, term_id, discipline_id"
    _rec_name = "discipline_id"
    _depends = {
        "registrar.result": ["superseded_by_id"],
        "registrar.sheet": ["state"],
        "registrar.sheet.line": ["plan_line_id"],
        "registrar.student": ["status", "group_id", "programme_id", "faculty_id"],
        "registrar.study.plan": ["state"],
        "registrar.study.plan.line": ["is_cancelled"],
        "registrar.term": ["date_to"],
    }

    student_id = fields.Many2one("registrar.student", readonly=True)
    plan_line_id = fields.Many2one(
        "registrar.study.plan.line", "Registration", readonly=True
    )
    discipline_id = fields.Many2one("registrar.discipline", readonly=True)
    curriculum_line_id = fields.Many2one("registrar.curriculum.line", readonly=True)
    term_id = fields.Many2one("registrar.term", readonly=True)
    credits = fields.Float(readonly=True, digits=(5, 1))
    line_type = fields.Selection(LINE_TYPES, "Type", readonly=True)
    kind = fields.Selection(DEBT_KINDS, readonly=True)
    way = fields.Selection(DEBT_WAYS, "To be cleared by", readonly=True)
    result_id = fields.Many2one("registrar.result", readonly=True)
    attempts = fields.Integer(readonly=True, aggregator=None)
    failures = fields.Integer("FX and F", readonly=True, aggregator=None)
    # Of the student
    group_id = fields.Many2one("registrar.group", readonly=True)
    programme_id = fields.Many2one("registrar.programme", readonly=True)
    faculty_id = fields.Many2one("hr.department", readonly=True)
    course = fields.Integer("Year of study", readonly=True, aggregator=None)
    status = fields.Selection(STATUSES, readonly=True)

    @property
    def _table_query(self):
        return self._debt_query(fields.Date.context_today(self))

    def action_open_result(self):
        self.ensure_one()
        if not self.result_id:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": "registrar.result",
            "res_id": self.result_id.id,
            "view_mode": "form",
        }

    def _debt_query(self, date, students=None):
        """Return the query of the debts open on ``date``; see ``_debts``.

        :param students: ``registrar.student`` or None for everybody
        """
        return SQL(
            """
            SELECT DISTINCT ON (l.student_id, l.discipline_id,
                                COALESCE(l.curriculum_line_id, 0))
                   l.id, l.student_id, l.id AS plan_line_id, l.discipline_id,
                   l.curriculum_line_id, l.term_id, l.credits, l.line_type,
                   CASE WHEN r.id IS NULL THEN 'incomplete'
                        WHEN r.reason IN ('not_admitted', 'rating_failed')
                        THEN 'not_admitted'
                        WHEN r.reason = 'absent' THEN 'absent'
                        WHEN r.letter = 'FX' THEN 'fx'
                        ELSE 'failed' END AS kind,
                   CASE WHEN r.id IS NULL THEN 'individual'
                        WHEN r.letter = 'FX' AND r.resit_number < %(resits)s
                        THEN 'resit' ELSE 'restudy' END AS way,
                   r.id AS result_id, COALESCE(r.attempt, l.attempt, 1) AS attempts,
                   (SELECT COUNT(*) FROM registrar_result f
                     WHERE f.student_id = l.student_id
                       AND f.discipline_id = l.discipline_id
                       AND f.passed IS NOT TRUE AND f.result_date <= %(date)s
                       AND NOT EXISTS (
                           SELECT FROM registrar_result c
                            WHERE c.id = f.superseded_by_id
                              AND c.kind = 'correction'))::int AS failures,
                   s.group_id, s.programme_id, s.faculty_id, s.course, s.status
              FROM registrar_study_plan_line l
              JOIN registrar_study_plan p
                ON p.id = l.plan_id AND p.state = 'registered'
              JOIN registrar_term t ON t.id = l.term_id AND t.date_to < %(date)s
              JOIN registrar_student s ON s.id = l.student_id
         LEFT JOIN registrar_curriculum_line lc ON lc.id = l.curriculum_line_id
         LEFT JOIN registrar_result r
                ON r.plan_line_id = l.id AND r.superseded_by_id IS NULL
             WHERE l.is_cancelled IS NOT TRUE AND r.passed IS NOT TRUE
               AND %(students)s
               AND EXISTS (
                   SELECT FROM registrar_sheet_line sl
                     JOIN registrar_sheet sh ON sh.id = sl.sheet_id
                    WHERE sl.plan_line_id = l.id AND sh.state = 'registered'
                      AND sh.kind = ANY(%(kinds)s))
               AND NOT EXISTS (
                   SELECT FROM registrar_result q
                LEFT JOIN registrar_curriculum_line qc
                       ON qc.id = q.curriculum_line_id
                    WHERE q.student_id = l.student_id
                      AND q.discipline_id = l.discipline_id
                      AND q.passed AND q.superseded_by_id IS NULL
                      AND (q.plan_line_id = l.id OR qc.id = lc.id
                           OR qc.curriculum_id IS DISTINCT FROM lc.curriculum_id
                           OR (qc.id IS NULL AND lc.id IS NULL)))
             ORDER BY l.student_id, l.discipline_id,
                      COALESCE(l.curriculum_line_id, 0), t.date_from DESC, l.id DESC
            """,
            resits=self.env.company.registrar_resit_limit,
            date=date,
            students=SQL("l.student_id = ANY(%s)", students.ids)
            if students is not None
            else SQL("TRUE"),
            kinds=list(RESULT_KINDS),
        )
