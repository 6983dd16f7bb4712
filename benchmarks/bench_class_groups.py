"""Class groups of a term: six registrations of everybody placed within the sizes."""

from data import DISCIPLINES_PER_TERM, Data

SIZES = (2000, 20000)
LIMIT = 8
# A term of 10 000 students with six disciplines each.
SECONDS_PER_STUDENT = 30 / 10000
FLOOR_GROUPS = """
    INSERT INTO registrar_class_group
        (name, number, discipline_id, term_id, language, control_form, size_min,
         size_max, state, create_uid, create_date, write_uid, write_date)
    SELECT d.code || '-' || v.language || '-' || n, n, v.discipline_id, %(term)s,
           v.language, v.control_form, 10, 30, 'open', %(uid)s, now(), %(uid)s, now()
      FROM (SELECT l.discipline_id, p.language, l.control_form,
                   (COUNT(*) + 29) / 30 AS groups
              FROM registrar_study_plan_line l
              JOIN registrar_study_plan p ON p.id = l.plan_id
             WHERE l.term_id = %(term)s
             GROUP BY l.discipline_id, p.language, l.control_form) v
      JOIN registrar_discipline d ON d.id = v.discipline_id
CROSS JOIN generate_series(1, v.groups) n
"""
# Thirty people after the other, academic groups divided as it comes.
FLOOR_LINES = """
    UPDATE registrar_study_plan_line l
       SET class_group_id = g.id, write_uid = %(uid)s, write_date = now()
      FROM (SELECT l.id, l.discipline_id, p.language, l.control_form,
                   1 + (row_number() OVER (
                       PARTITION BY l.discipline_id, p.language, l.control_form
                       ORDER BY p.group_id, s.sort_key) - 1) / 30 AS number
              FROM registrar_study_plan_line l
              JOIN registrar_study_plan p ON p.id = l.plan_id
              JOIN registrar_student s ON s.id = l.student_id
             WHERE l.term_id = %(term)s) v
      JOIN registrar_class_group g
        ON g.discipline_id = v.discipline_id AND g.language = v.language
       AND g.control_form = v.control_form AND g.number = v.number
       AND g.term_id = %(term)s
     WHERE l.id = v.id
"""
FACTS = """
    SELECT COUNT(l.id), COUNT(DISTINCT l.class_group_id),
           (SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM registrar_study_plan_line
                                 WHERE term_id = %(term)s AND class_group_id IS NOT NULL
                                 GROUP BY class_group_id) v)
      FROM registrar_study_plan_line l
     WHERE l.term_id = %(term)s AND l.class_group_id IS NOT NULL
"""


def run(bench):
    env = bench.env
    data = Data(env, bench.students)
    data.structure()
    data.people()
    data.enrolments()
    year = data.years[3]
    data.plans(year)
    term = year.term_ids.filtered(lambda t: t.kind == "autumn")
    Group = env["registrar.class.group"].with_user(data.user("clerk"))
    data.finish()

    def suite():
        Group._form(term)
        return _facts(env, term)

    (placed, groups, largest), seconds = bench.rolled_back(suite)
    values = {"term": term.id, "uid": env.uid}

    def floor():
        env.cr.execute(FLOOR_GROUPS, values)
        env.cr.execute(FLOOR_LINES, values)
        return _facts(env, term)

    expected, floor_seconds = bench.rolled_back(floor)
    if (placed, groups) != expected[:2] or largest > 30:
        raise AssertionError(f"{placed} in {groups} groups instead of {expected}")
    if placed != bench.students * DISCIPLINES_PER_TERM:
        raise AssertionError(f"{placed} registrations are placed")
    result = bench.result(placed, seconds, floor_seconds, "INSERT and UPDATE by rank")
    result.aim(f"at most {LIMIT} times the floor", result.ratio <= LIMIT)
    allowed = max(1, SECONDS_PER_STUDENT * bench.students)
    return [result.aim(f"under {allowed:.0f} s", result.seconds < allowed)]


def _facts(env, term):
    env.cr.execute(FACTS, {"term": term.id})
    return env.cr.fetchone()
