"""Study plans of a year: filled from the curricula, then judged by all rules."""

from data import Data

SIZES = (2000, 20000)
LIMIT = 8
# Seconds for a thousand students.
FILL_AIM = 3.0
RULES_AIM = 5.0

FLOOR_PLANS = """
    INSERT INTO registrar_study_plan
        (student_id, year_id, kind, state, group_id, programme_id, faculty_id,
         curriculum_id, course, language, create_uid, create_date, write_uid,
         write_date)
    SELECT s.id, %(year)s, 'main', 'draft', g.id, g.programme_id, g.faculty_id,
           g.curriculum_id, e.course, e.language, %(uid)s, now(), %(uid)s, now()
      FROM registrar_student s
      JOIN registrar_enrolment e
        ON e.student_id = s.id AND e.date_from <= %(day)s
       AND COALESCE(e.date_to, 'infinity') > %(day)s
      JOIN registrar_group g ON g.id = e.group_id
"""
FLOOR_LINES = """
    INSERT INTO registrar_study_plan_line
        (plan_id, student_id, year_id, discipline_id, curriculum_line_id, term_id,
         credits, line_type, is_paid, attempt, cycle, component, control_form, in_gpa,
         is_cancelled, sequence, create_uid, create_date, write_uid, write_date)
    SELECT p.id, p.student_id, p.year_id, c.discipline_id, c.id, t.id, c.credits,
           'main', FALSE, 1, c.cycle, c.component, c.control_form, c.in_gpa, FALSE,
           c.sequence, %(uid)s, now(), %(uid)s, now()
      FROM registrar_study_plan p
      JOIN registrar_curriculum_line c
        ON c.curriculum_id = p.curriculum_id AND c.course = p.course
       AND (c.block_id IS NULL OR c.is_default)
      JOIN registrar_term t
        ON t.year_id = p.year_id AND t.kind <> 'summer'
       AND t.number = (c.term_number - 1) %% 2 + 1
     WHERE p.year_id = %(year)s
"""


def run(bench):
    env = bench.env
    data = Data(env, bench.students)
    data.structure()
    data.people()
    data.curricula()
    data.enrolments()
    data.finish()
    year = data.years[3]
    clerk = data.user("clerk")
    students = env["registrar.student"].with_user(clerk).search([])
    Plan = env["registrar.study.plan"].with_user(clerk)

    # The floor fills the next year for the same years of study: rows rolled back stay
    # in the file, and the second one measured would wade through them.
    next_year = data.years[4]

    def floor():
        values = {"year": next_year.id, "day": year.date_from, "uid": env.uid}
        env.cr.execute(FLOOR_PLANS, values)
        env.cr.execute(FLOOR_LINES, values)
        return _lines(env, next_year)

    with bench.clock() as spent:
        plans = Plan._fill(students, year)
    seconds = spent[0]
    data.finish()
    rows = _lines(env, year)
    expected, floor_seconds = bench.rolled_back(floor)
    if rows != expected or not rows:
        raise AssertionError(f"{rows} registrations instead of {expected}")
    filled = bench.result(rows, seconds, floor_seconds, "two INSERT … SELECT")
    filled.aim(
        f"at most {FILL_AIM} s for a thousand students",
        seconds <= FILL_AIM * bench.students / 1000,
    )

    reasons, seconds = bench.best(plans._reasons, times=1)
    if len(reasons) != len(plans):
        raise AssertionError(f"{len(reasons)} plans judged instead of {len(plans)}")
    judged = bench.result(len(plans), seconds, None, "")
    judged.name = "plan_rules"
    judged.aim(
        f"at most {RULES_AIM} s for a thousand students",
        seconds <= RULES_AIM * bench.students / 1000,
    )
    return [filled, judged]


def _lines(env, year):
    env.cr.execute(
        "SELECT COUNT(*) FROM registrar_study_plan_line WHERE year_id = %s", [year.id]
    )
    return env.cr.fetchone()[0]
