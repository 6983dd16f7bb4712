from odoo import api, fields, models
from odoo.tools import SQL

PERIODS = ("term", "year", "cumulative")


class RegistrarGpa(models.Model):
    """Grade point average of a student for a term, a year, or all studies.

    GPA = Σ(points × credits) / Σ credits over the results that count
    (academic.md §3.1–3.2): F and FX with their points and credits, a discipline
    studied again with its last result. Term and year keep what was achieved within
    them: a later year does not change them. Final attestation enters the cumulative
    GPA only. A projection of the ledger, refreshed by every registered document.
    """

    _name = "registrar.gpa"
    _description = "Grade point average"
    _order = "period, year_id, rank, gpa desc, term_id, id"
    _rec_name = "student_id"

    student_id = fields.Many2one(
        "registrar.student",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    period = fields.Selection(
        [("term", "Term"), ("year", "Academic year"), ("cumulative", "All studies")],
        required=True,
        readonly=True,
    )
    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Of the cumulative GPA: the year of the last result.",
    )
    term_id = fields.Many2one(
        "registrar.term",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Of the cumulative GPA: the term of the last result.",
    )
    programme_id = fields.Many2one(
        "registrar.programme", readonly=True, ondelete="restrict"
    )
    course = fields.Integer("Year of study", readonly=True, aggregator=None)
    credits_planned = fields.Float(
        "Credits planned", readonly=True, digits=(7, 1), aggregator="avg"
    )
    credits_earned = fields.Float(
        "Credits earned", readonly=True, digits=(7, 1), aggregator="avg"
    )
    credits_gpa = fields.Float(
        "Credits in GPA", readonly=True, digits=(7, 1), aggregator="avg"
    )
    quality_points = fields.Float(readonly=True, digits=(10, 3), aggregator="avg")
    # Eight decimals, so that rounding to two is never a rounding of a rounding.
    gpa = fields.Float("GPA", readonly=True, digits=(10, 8), aggregator="avg")
    rank = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Place within the programme and year of study: by GPA, then by credits "
        "earned; equal ones share it.",
    )
    cohort_size = fields.Integer(
        "Of", readonly=True, aggregator=None, help="How many are ranked."
    )
    snapshot_date = fields.Date("Reckoned on", readonly=True)
    # For searching and grouping
    group_id = fields.Many2one(related="student_id.group_id", string="Group")
    faculty_id = fields.Many2one(related="programme_id.faculty_id", string="Faculty")
    status = fields.Selection(related="student_id.status", string="Status")

    _term_unique = models.UniqueIndex("(student_id, term_id) WHERE period = 'term'")
    _year_unique = models.UniqueIndex("(student_id, year_id) WHERE period = 'year'")
    _cumulative_unique = models.UniqueIndex("(student_id) WHERE period = 'cumulative'")
    _cohort_index = models.Index("(period, programme_id, course, year_id)")

    @api.depends("student_id", "period", "term_id", "year_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["period"]._description_selection(self.env))
        for row in self:
            period = {"term": row.term_id.name, "year": row.year_id.name}.get(
                row.period, labels.get(row.period)
            )
            row.display_name = f"{row.student_id.full_name}, {period}"

    def action_open_results(self):
        """Open the ledger rows behind the figure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_exams.registrar_result_action"
        )
        domain = [("student_id", "=", self.student_id.id)]
        if self.period == "term":
            domain.append(("term_id", "=", self.term_id.id))
        elif self.period == "year":
            domain.append(("year_id", "=", self.year_id.id))
        return dict(action, domain=domain, context={})

    @api.model
    def _refresh(self, students, term):
        """Reckon the GPA of ``students`` for ``term``, its year and all studies.

        One statement per kind of period. Ranks of the others in the same programme
        and year of study follow; rows that do not change are not touched.

        :param students: ``registrar.student``; those without results get no rows
        :param term: ``registrar.term`` whose results have changed
        """
        if not students:
            return
        term.ensure_one()
        self.env.flush_all()
        for period in PERIODS:
            self.env.cr.execute(self._refresh_query(period, students.ids, term))
        self.invalidate_model()

    @api.model
    def _values(self, students, period, term=None, year=None):
        """Return the rows of students for a period: ``{student id: registrar.gpa}``."""
        domain = [("student_id", "in", students.ids), ("period", "=", period)]
        if period == "term":
            domain.append(("term_id", "=", term.id))
        elif period == "year":
            domain.append(("year_id", "=", (year or term.year_id).id))
        return {row.student_id.id: row for row in self.search(domain)}

    @api.model
    def _refresh_query(self, period, student_ids, term):
        """Return the statement that writes one kind of period.

        Credits planned count a place of the curriculum once, however often it was
        registered for.
        """
        scope = {
            "term": SQL("r.term_id = %s", term.id),
            "year": SQL("r.year_id = %s", term.year_id.id),
            "cumulative": SQL("r.superseded_by_id IS NULL"),
        }[period]
        # Within a term or a year only what was superseded within it does not count.
        counts = {
            "term": SQL("n.term_id = r.term_id"),
            "year": SQL("n.year_id = r.year_id"),
            "cumulative": SQL("FALSE"),
        }[period]
        planned_scope = {
            "term": SQL("l.term_id = %s", term.id),
            "year": SQL("l.year_id = %s", term.year_id.id),
            "cumulative": SQL("t.date_from <= f.last_start"),
        }[period]
        target = {
            "term": SQL("(student_id, term_id) WHERE period = 'term'"),
            "year": SQL("(student_id, year_id) WHERE period = 'year'"),
            "cumulative": SQL("(student_id) WHERE period = 'cumulative'"),
        }[period]
        same_period = {
            "term": SQL("g.term_id = %s", term.id),
            "year": SQL("g.year_id = %s", term.year_id.id),
            "cumulative": SQL("TRUE"),
        }[period]
        attestation = SQL("TRUE")
        if period != "cumulative":
            attestation = SQL("r.cycle IS DISTINCT FROM 'ia'")
        values = SQL(
            "(programme_id, course, credits_planned, credits_earned, credits_gpa,"
            " quality_points, gpa, rank, cohort_size, year_id, term_id)"
        )
        excluded = SQL(
            "(EXCLUDED.programme_id, EXCLUDED.course, EXCLUDED.credits_planned,"
            " EXCLUDED.credits_earned, EXCLUDED.credits_gpa, EXCLUDED.quality_points,"
            " EXCLUDED.gpa, EXCLUDED.rank, EXCLUDED.cohort_size, EXCLUDED.year_id,"
            " EXCLUDED.term_id)"
        )
        return SQL(
            """
            WITH fresh AS MATERIALIZED (
                SELECT r.student_id, MAX(r.programme_id) AS programme_id,
                       MAX(r.course) AS course, MAX(rt.date_from) AS last_start,
                       COALESCE(SUM(r.credits) FILTER (WHERE r.passed), 0) AS earned,
                       COALESCE(SUM(r.credits)
                                FILTER (WHERE r.in_gpa AND %(attestation)s), 0)
                           AS gpa_credits,
                       COALESCE(SUM(r.points * r.credits)
                                FILTER (WHERE r.in_gpa AND %(attestation)s), 0)
                           AS quality_points
                  FROM registrar_result r
                  JOIN registrar_term rt ON rt.id = r.term_id
                 WHERE r.student_id = ANY(%(students)s) AND %(scope)s
                   AND (r.superseded_by_id IS NULL OR NOT EXISTS (
                        SELECT FROM registrar_result n
                         WHERE n.id = r.superseded_by_id AND %(counts)s))
                 GROUP BY r.student_id
            ), cohort AS (
                SELECT f.student_id, f.programme_id, f.course, lt.year_id,
                       lt.id AS term_id, planned.credits AS planned,
                       f.earned, f.gpa_credits, f.quality_points,
                       CASE WHEN f.gpa_credits > 0
                            THEN ROUND(f.quality_points / f.gpa_credits, 8)
                            ELSE 0 END AS gpa
                  FROM fresh f
                  JOIN registrar_term lt ON lt.date_from = f.last_start
            CROSS JOIN LATERAL (
                       SELECT COALESCE(SUM(place.credits), 0) AS credits
                         FROM (SELECT MAX(l.credits) AS credits
                                 FROM registrar_study_plan_line l
                                 JOIN registrar_study_plan p
                                   ON p.id = l.plan_id AND p.state = 'registered'
                                 JOIN registrar_term t ON t.id = l.term_id
                                WHERE l.student_id = f.student_id
                                  AND l.is_cancelled IS NOT TRUE AND %(planned_scope)s
                                GROUP BY l.discipline_id,
                                         COALESCE(l.curriculum_line_id, 0)) place
                       ) planned
             UNION ALL
                SELECT g.student_id, g.programme_id, g.course, g.year_id, g.term_id,
                       g.credits_planned, g.credits_earned, g.credits_gpa,
                       g.quality_points, g.gpa
                  FROM registrar_gpa g
                 WHERE g.period = %(period)s AND %(same_period)s
                   AND g.student_id <> ALL(%(students)s)
                   AND (g.programme_id, g.course) IN (
                       SELECT programme_id, course FROM fresh
                        UNION
                       SELECT o.programme_id, o.course FROM registrar_gpa o
                        WHERE o.period = %(period)s
                          AND o.student_id = ANY(%(students)s))
            )
            INSERT INTO registrar_gpa AS own
                (period, student_id, programme_id, course, year_id, term_id,
                 credits_planned, credits_earned, credits_gpa, quality_points, gpa,
                 rank, cohort_size, snapshot_date,
                 create_uid, create_date, write_uid, write_date)
            SELECT %(period)s, c.student_id, c.programme_id, c.course, c.year_id,
                   %(term_column)s, c.planned, c.earned, c.gpa_credits,
                   c.quality_points, c.gpa,
                   CASE WHEN c.gpa_credits > 0
                        THEN RANK() OVER (
                            PARTITION BY c.programme_id, c.course, c.year_id,
                                         c.gpa_credits > 0
                            ORDER BY c.gpa DESC, c.earned DESC)
                        END,
                   COUNT(*) FILTER (WHERE c.gpa_credits > 0) OVER (
                       PARTITION BY c.programme_id, c.course, c.year_id),
                   %(today)s, %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM cohort c
                ON CONFLICT %(target)s DO UPDATE
               SET %(values)s = %(excluded)s,
                   snapshot_date = EXCLUDED.snapshot_date,
                   write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
             WHERE %(own)s IS DISTINCT FROM %(excluded)s
            """,
            period=period,
            students=list(student_ids),
            scope=scope,
            counts=counts,
            attestation=attestation,
            planned_scope=planned_scope,
            same_period=same_period,
            target=target,
            values=values,
            own=SQL(
                "(own.programme_id, own.course, own.credits_planned,"
                " own.credits_earned, own.credits_gpa, own.quality_points, own.gpa,"
                " own.rank, own.cohort_size, own.year_id, own.term_id)"
            ),
            excluded=excluded,
            term_column=SQL("NULL::int") if period == "year" else SQL("c.term_id"),
            today=fields.Date.context_today(self),
            uid=self.env.uid,
            now=self.env.cr.now(),
        )
