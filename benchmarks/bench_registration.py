"""Clicks for thirty seats: everybody of one year of study wants the same elective."""

from data import Data

SIZES = (2000, 20000)
SEATS = 30
# Milliseconds of one click with rules and lock, whatever the size of the university.
CLICK_AIM = 60

FLOOR_LOCK = "SELECT capacity_max FROM registrar_offer WHERE id = %(offer)s FOR UPDATE"
FLOOR_COUNT = """
    SELECT COUNT(*) FROM registrar_study_plan_line
     WHERE offer_id = %(offer)s AND is_cancelled IS NOT TRUE
"""
FLOOR_WAIT = """
    INSERT INTO registrar_waiting_entry
        (offer_id, student_id, term_id, sequence, state, line_type, date, create_uid,
         create_date, write_uid, write_date)
    SELECT %(offer)s, %(student)s, %(term)s, COALESCE(MAX(sequence), 0) + 1, 'waiting',
           'main', now(), %(uid)s, now(), %(uid)s, now()
      FROM registrar_waiting_entry WHERE offer_id = %(offer)s
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
    group = env["registrar.group"].search([], limit=1, order="id")
    students = (
        env["registrar.student"]
        .with_user(clerk)
        .search(
            [
                ("programme_id", "=", group.programme_id.id),
                ("course", "=", group.course),
                ("status", "=", "studying"),
                ("language", "=", group.language),
            ]
        )
    )
    plans = env["registrar.study.plan"].with_user(clerk)._fill(students, year)
    data.finish()
    option = group.curriculum_id.line_ids.filtered(
        lambda line: (
            line.course == plans[:1].course
            and line.block_id
            and not line.is_default
            and line._number_in_year() == 1
        )
    )[:1]
    term = year.term_ids.filtered(lambda t: t.kind == "autumn")
    offer = (
        env["registrar.offer"]
        .with_user(clerk)
        .create(
            {
                "discipline_id": option.discipline_id.id,
                "term_id": term.id,
                "language": group.language,
                "capacity_max": SEATS,
            }
        )
    )

    def floor():
        values = {"offer": offer.id, "term": term.id, "uid": env.uid}
        for student in students:
            env.cr.execute(FLOOR_LOCK, values)
            env.cr.execute(FLOOR_COUNT, values)
            env.cr.execute(FLOOR_WAIT, {**values, "student": student.id})

    env.flush_all()
    __, floor_seconds = bench.rolled_back(floor)
    with bench.clock() as spent:
        answers = [offer._take_seat(student) for student in students]
    seated = sum(answer["state"] == "registered" for answer in answers)
    if seated != min(SEATS, len(students)):
        raise AssertionError(f"{seated} of {len(students)} have a seat")
    waiting = [a["position"] for a in answers if a["state"] == "waiting"]
    if waiting != list(range(1, len(waiting) + 1)):
        raise AssertionError("the waiting list has gaps")
    result = bench.result(
        len(students), spent[0], floor_seconds, "lock, count, one INSERT a click"
    )
    return [
        result.aim(
            f"at most {CLICK_AIM} ms a click",
            spent[0] <= CLICK_AIM / 1000 * len(students),
        )
    ]
