"""Contingent on a past day by six dimensions, and the movement of a year."""

from datetime import date

from data import Data

SIZES = (2000, 20000)
DAY = date(2023, 10, 1)
DIMENSIONS = (
    "faculty_id",
    "programme_id",
    "course",
    "study_form",
    "language",
    "funding",
)
LIMIT_OF_20000 = 0.3

FLOOR = """
    SELECT p.faculty_id, e.programme_id, e.course, e.study_form, e.language, e.funding,
           COUNT(*) AS count
      FROM registrar_enrolment e
      JOIN registrar_programme p ON p.id = e.programme_id
     WHERE e.date_from <= %(day)s AND (e.date_to IS NULL OR e.date_to > %(day)s)
       AND e.reversal_entry_id IS NULL AND e.status IN ('studying', 'leave')
     GROUP BY 1, 2, 3, 4, 5, 6
     ORDER BY 1, 2, 3, 4, 5, 6
"""


def run(bench):
    env = bench.env
    data = Data(env, bench.students)
    data.structure()
    data.people()
    data.enrolments()
    data.finish()
    enrolment = env["registrar.enrolment"].with_user(data.user("viewer"))
    # The rights of a user of the management apply, as on the screen.
    rows, seconds = bench.best(lambda: enrolment._contingent(DAY, DIMENSIONS))

    def floor():
        env.cr.execute(FLOOR, {"day": DAY})
        return env.cr.dictfetchall()

    expected, floor_seconds = bench.best(floor)
    if rows != expected:
        raise AssertionError("the contingent differs from the hand-written query")
    count = sum(row["count"] for row in rows)
    result = bench.result(count, seconds, floor_seconds, "GROUP BY by hand")
    limit = LIMIT_OF_20000 * max(bench.students / 20000, 1)
    return [result.aim(f"at most {limit:.1f} s", seconds <= limit)]
