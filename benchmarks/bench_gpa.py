"""GPA of everybody with 50 results each: term, year, all studies, with ranks."""

from data import Data

SIZES = (2000, 20000)
PER_TERM = 5  # times ten terms
LIMIT = 2

# One pass over the results and one over the plans, nothing kept up to date: what a
# programmer would write who needs the three figures once.
FLOOR = """
    INSERT INTO registrar_gpa
        (period, student_id, programme_id, course, year_id, term_id, credits_planned,
         credits_earned, credits_gpa, quality_points, gpa, rank, cohort_size,
         snapshot_date, create_uid, create_date, write_uid, write_date)
    WITH counted AS (
        SELECT r.student_id, r.programme_id, r.course, r.credits, r.points, r.passed,
               r.term_id = %(term)s AND (n.id IS NULL OR n.term_id <> r.term_id)
                   AS in_term,
               r.year_id = %(year)s AND (n.id IS NULL OR n.year_id <> r.year_id)
                   AS in_year,
               n.id IS NULL AS in_all, t.date_from AS start
          FROM registrar_result r
          JOIN registrar_term t ON t.id = r.term_id
     LEFT JOIN registrar_result n ON n.id = r.superseded_by_id
    ), sums AS (
        SELECT c.student_id, v.period, MAX(c.programme_id) AS programme_id,
               MAX(c.course) AS course, MAX(c.start) AS start,
               SUM(c.credits) FILTER (WHERE c.passed) AS earned,
               SUM(c.credits) AS credits, SUM(c.points * c.credits) AS points
          FROM counted c
    CROSS JOIN LATERAL (VALUES ('term', c.in_term), ('year', c.in_year),
                               ('cumulative', c.in_all)) v(period, counts)
         WHERE v.counts
         GROUP BY c.student_id, v.period
    ), planned AS (
        SELECT student_id, SUM(credits) AS in_all,
               SUM(credits) FILTER (WHERE term_id = %(term)s) AS in_term,
               SUM(credits) FILTER (WHERE year_id = %(year)s) AS in_year
          FROM registrar_study_plan_line
         GROUP BY student_id
    )
    SELECT s.period, s.student_id, s.programme_id, s.course, t.year_id,
           CASE WHEN s.period <> 'year' THEN t.id END,
           CASE s.period WHEN 'term' THEN p.in_term WHEN 'year' THEN p.in_year
                         ELSE p.in_all END,
           s.earned, s.credits, s.points, ROUND(s.points / s.credits, 8),
           RANK() OVER (PARTITION BY s.period, s.programme_id, s.course, t.year_id
                        ORDER BY ROUND(s.points / s.credits, 8) DESC, s.earned DESC),
           COUNT(*) OVER (PARTITION BY s.period, s.programme_id, s.course, t.year_id),
           CURRENT_DATE, %(uid)s, now(), %(uid)s, now()
      FROM sums s
      JOIN planned p ON p.student_id = s.student_id
      JOIN registrar_term t ON t.date_from = s.start
"""
ROWS = """
    SELECT period, student_id, programme_id, course, year_id, term_id, credits_planned,
           credits_earned, credits_gpa, quality_points, gpa, rank, cohort_size
      FROM registrar_gpa
     ORDER BY 1, 2
"""


def run(bench):
    env = bench.env
    data = Data(env, bench.students)
    data.structure()
    data.people()
    data.enrolments()
    for course, year in enumerate(data.years, start=1):
        data.plans(year, course, PER_TERM)
    data.results()
    data.finish()
    students = env["registrar.student"].search([])
    term = data.terms[-1]

    def suite():
        env["registrar.gpa"]._refresh(students, term)
        return _rows(env)

    def floor():
        env.cr.execute(
            FLOOR, {"term": term.id, "year": term.year_id.id, "uid": env.uid}
        )
        return _rows(env)

    rows, seconds = _shorter(bench, suite)
    expected, floor_seconds = _shorter(bench, floor)
    if rows != expected or len(rows) != 3 * bench.students:
        raise AssertionError("the GPA differs from that of the hand-written statement")
    env.cr.execute("SELECT COUNT(*) FROM registrar_result")
    (count,) = env.cr.fetchone()
    result = bench.result(count, seconds, floor_seconds, "one statement by hand")
    return [result.aim(f"at most {LIMIT} times the floor", result.ratio <= LIMIT)]


def _shorter(bench, function):
    """Run twice, each time from the same state; the second has warm buffers, too."""
    result, first = bench.rolled_back(function)
    result, second = bench.rolled_back(function)
    return result, min(first, second)


def _rows(env):
    env.cr.execute(ROWS)
    return env.cr.fetchall()
