"""Sheets of a term: one per class group, one line per registration."""

from data import Data

SIZES = (2000, 20000)
LIMIT = 4

FLOOR_SHEETS = """
    INSERT INTO registrar_sheet
        (kind, part_number, resit_number, state, class_group_id, discipline_id,
         term_id, language, department_id, faculty_id, teacher_id, examiner_id,
         scheme_id, scale_id, create_uid, create_date, write_uid, write_date)
    SELECT 'exam', 0, 0, 'draft', g.id, g.discipline_id, g.term_id, g.language,
           d.department_id, d.faculty_id, g.teacher_id, g.examiner_id, %(scheme)s,
           %(scale)s, %(uid)s, now(), %(uid)s, now()
      FROM registrar_class_group g
      JOIN registrar_discipline d ON d.id = g.discipline_id
     WHERE g.term_id = %(term)s
"""
FLOOR_LINES = """
    INSERT INTO registrar_sheet_line
        (sheet_id, plan_line_id, student_id, sort_key, credits, admission, is_complete,
         create_uid, create_date, write_uid, write_date)
    SELECT s.id, l.id, l.student_id, t.sort_key, l.credits, 'pending', FALSE,
           %(uid)s, now(), %(uid)s, now()
      FROM registrar_sheet s
      JOIN registrar_study_plan_line l ON l.class_group_id = s.class_group_id
      JOIN registrar_student t ON t.id = l.student_id
     WHERE s.term_id = %(term)s AND t.status = 'studying'
"""


def run(bench):
    env = bench.env
    data = Data(env, bench.students)
    data.structure()
    data.people()
    data.enrolments()
    year = data.years[3]
    data.plans(year)
    clerk = data.user("clerk")
    term = year.term_ids.filtered(lambda t: t.kind == "autumn")
    data.finish()
    env["registrar.class.group"].with_user(clerk)._form(term)
    data.finish()
    Sheet = env["registrar.sheet"].with_user(clerk)

    def suite():
        Sheet._open_session(term)
        return _lines(env)

    rows, seconds = bench.rolled_back(suite)
    values = {
        "term": term.id,
        "uid": env.uid,
        "scheme": env["registrar.rating.scheme"]._default_for("exam").id,
        "scale": env["registrar.grade.scale"]._at(term.date_to).id,
    }

    def floor():
        env.cr.execute(FLOOR_SHEETS, values)
        env.cr.execute(FLOOR_LINES, values)
        return _lines(env)

    expected, floor_seconds = bench.rolled_back(floor)
    if rows != expected or not rows:
        raise AssertionError(f"{rows} lines instead of {expected}")
    result = bench.result(rows, seconds, floor_seconds, "two INSERT … SELECT")
    return [result.aim(f"at most {LIMIT} times the floor", result.ratio <= LIMIT)]


def _lines(env):
    env.cr.execute("SELECT COUNT(*) FROM registrar_sheet_line")
    return env.cr.fetchone()[0]
