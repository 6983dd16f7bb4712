"""A thousand students click at once for thirty seats.

Real sessions, real requests, a server with worker processes: what the database holds
afterwards and what every student was told must agree.
"""

import asyncio
import json
import time
from collections import Counter

import pytest

STUDENTS, SEATS, DROPPED = 1000, 30, 5
WORKERS = ("--workers", "3", "--max-cron-threads", "0")
# Connections at the same time: what three workers keep in their queue, eight each. The
# proxy before the server holds the others back, in the order of their arrival.
CONNECTIONS = 24

UNIVERSITY = """
import hashlib, hmac, time
from datetime import date, timedelta

import odoo.http

today = date.today()
first = date(today.year if today.month > 8 else today.year - 1, 9, 1)
env = env(context={**env.context, "tracking_disable": True, "no_reset_password": True})
department = env["hr.department"].create(
    {"name": "Faculty", "registrar_kind": "faculty"}
)
year = env["registrar.academic.year"].create(
    {
        "name": f"{first.year}/{first.year + 1}",
        "date_from": first,
        "date_to": date(first.year + 1, 8, 31),
    }
)
year.action_add_usual_terms()
spring = year.term_ids.filtered(lambda term: term.kind == "spring")
group_of_programmes = env["registrar.programme.group"].search([], limit=1)
programme = env["registrar.programme"].create(
    {
        "code": "6B06103",
        "name_kk": "Ақпараттық жүйелер",
        "name_ru": "Информационные системы",
        "programme_group_id": group_of_programmes.id,
        "level": "bachelor",
        "department_id": department.id,
        "duration_years": 4,
    }
)
curriculum = env["registrar.curriculum"].create(
    {
        "programme_id": programme.id,
        "intake_year_id": year.id,
        "study_form": "full_time",
        "duration_years": 4,
    }
)
block = env["registrar.curriculum.block"].create(
    {"curriculum_id": curriculum.id, "code": "2E", "choose": 1}
)
names = ("Экология", "Философия", "Робототехника")
disciplines = env["registrar.discipline"].create(
    [
        {
            "code": f"EL {1101 + n}",
            "name_kk": name,
            "name_ru": name,
            "department_id": department.id,
        }
        for n, name in enumerate(names)
    ]
)
env["registrar.curriculum.line"].create(
    [
        {
            "curriculum_id": curriculum.id,
            "discipline_id": discipline.id,
            "block_id": block.id,
            "slot": "2.1",
            "cycle": "bd",
            "component": "kv",
            "credits": 5,
            "term_number": 2,
            "hours_total": 150,
        }
        for discipline in disciplines
    ]
)
curriculum.state = "approved"
group = env["registrar.group"].create(
    {
        "name": "ИС-1р",
        "programme_id": programme.id,
        "curriculum_id": curriculum.id,
        "intake_year_id": year.id,
        "language": "ru",
        "course": 1,
    }
)
students = env["registrar.student"].create(
    [
        {
            "last_name": f"Студентов{n:04d}",
            "first_name": "Айдар",
            "gender": "male",
            "email": f"s{n}@university.example",
            "student_number": f"S-{n:04d}",
        }
        for n in range(values["students"])
    ]
)
entry = env["registrar.register.entry"].create(
    {
        "register_id": env["registrar.register"].search([], limit=1).id,
        "period": "test",
        "sequence": 1,
        "number": "1",
        "document_date": first,
        "res_model": "registrar.group",
        "res_id": group.id,
    }
)


class Order:
    entry_id = entry

    def sudo(self):
        return self


students._move(
    first,
    {
        "programme_id": programme.id,
        "group_id": group.id,
        "course": 1,
        "study_form": "full_time",
        "language": "ru",
        "funding": "paid",
    },
    "admission",
    Order(),
)
env["registrar.study.plan"]._fill(students, year)
offers = env["registrar.offer"].create(
    [
        {
            "discipline_id": discipline.id,
            "term_id": spring.id,
            "language": "ru",
            "capacity_max": values["seats"],
        }
        for discipline in disciplines[:1]
    ]
)
calendar = env["registrar.calendar"].create({"year_id": year.id, "title": "All"})
env["registrar.calendar.item"].create(
    {
        "calendar_id": calendar.id,
        "kind_id": env["registrar.calendar.item.kind"]
        .search([("activity", "=", "add_drop")], limit=1)
        .id,
        "date_from": today - timedelta(days=1),
        "date_to": today + timedelta(days=1),
    }
)
calendar.state = "approved"
students._refresh_calendar()
portal = env.ref("base.group_portal")
users = env["res.users"].create(
    [
        {
            "login": f"s{n}",
            "partner_id": student.partner_id.id,
            "group_ids": [(6, 0, portal.ids)],
        }
        for n, student in enumerate(students)
    ]
)
env.flush_all()
store = odoo.http.root.session_store
secret = env["ir.config_parameter"].get_param("database.secret").encode("ascii")
until = int(time.time() + 86400)
result = []
for student, user in zip(students, users):
    session = store.new()
    session.update(odoo.http.get_default_session(), db=env.cr.dbname)
    session.uid, session.login = user.id, user.login
    session.context["lang"] = "en_US"
    session.session_token = user._compute_session_token(session.sid)
    store.save(session)
    text = f"{session.sid[:odoo.http.STORED_SESSION_BYTES]}{until}".encode()
    token = hmac.new(secret, text, hashlib.sha1).hexdigest()
    result.append((student.id, session.sid, f"{token}o{until}"))
env.cr.commit()
result = {"offer": offers.ids[0], "sessions": result}
"""


class Crowd:
    """Students with a page open; each click is a connection of its own."""

    def __init__(self, site, facts):
        self.site = site
        self.offer = facts["offer"]
        self.sessions = {student: rest for student, *rest in facts["sessions"]}

    def click(self, students, step="take"):
        """Let the students click at once; return ``[(student, answer)]``."""

        async def all_of_them():
            gate = asyncio.Semaphore(CONNECTIONS)
            return await asyncio.gather(
                *(self._post(student, step, gate) for student in students)
            )

        return asyncio.run(all_of_them())

    async def _post(self, student, step, gate):
        session, token = self.sessions[student]
        body = f"csrf_token={token}&offer_id={self.offer}".encode()
        head = (
            f"POST /my/plan/{step} HTTP/1.0\r\n"
            f"Host: 127.0.0.1:{self.site.port}\r\n"
            f"Cookie: session_id={session}\r\n"
            "Accept: application/json\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.site.port)
            writer.write(head + body)
            await writer.drain()
            answer = await reader.read()
            writer.close()
        assert answer, "the connection was closed without an answer"
        header, _separator, content = answer.partition(b"\r\n\r\n")
        status = int(header.split()[1])
        assert status == 200, (status, answer[:2000])
        return student, json.loads(content)


@pytest.fixture(scope="module")
def crowd(new_site):
    site = new_site(*WORKERS)
    begin = time.perf_counter()
    facts = site.evaluate(UNIVERSITY, students=STUDENTS, seats=SEATS)
    print(f"{STUDENTS} students made in {time.perf_counter() - begin:.1f} s")
    return Crowd(site, facts)


def seats_of(crowd):
    """Return ``{student: number of the seat}`` of the registrations in force."""
    rows = crowd.site.sql(
        "SELECT student_id, seat_number FROM registrar_study_plan_line "
        "WHERE offer_id = %s AND is_cancelled IS NOT TRUE",
        [crowd.offer],
    )
    assert len({student for student, _seat in rows}) == len(rows), "somebody sits twice"
    return dict(rows)


def queue_of(crowd):
    """Return the students who wait, in their order, with the sequences."""
    return crowd.site.sql(
        "SELECT student_id, sequence FROM registrar_waiting_entry "
        "WHERE offer_id = %s AND state = 'waiting' ORDER BY sequence",
        [crowd.offer],
    )


def test_thousand_students_thirty_seats(crowd):
    """Exactly thirty sit, all others wait in one order without gaps."""
    begin = time.perf_counter()
    answers = crowd.click(crowd.sessions)
    spent = time.perf_counter() - begin
    print(f"{STUDENTS} clicks for {SEATS} seats in {spent:.1f} s")

    states = Counter(answer["state"] for _student, answer in answers)
    assert states == {"registered": SEATS, "waiting": STUDENTS - SEATS}, states
    seats, queue = seats_of(crowd), queue_of(crowd)
    assert sorted(seats.values()) == list(range(1, SEATS + 1))
    assert [number for _student, number in queue] == list(
        range(1, STUDENTS - SEATS + 1)
    )
    told = {student: answer for student, answer in answers}
    assert {s for s, a in told.items() if a["state"] == "registered"} == seats.keys()
    assert {
        student: answer["position"]
        for student, answer in told.items()
        if answer["state"] == "waiting"
    } == dict(queue)
    # Nobody was left with a plan twice or a line without a seat.
    [(plans, lines)] = crowd.site.sql(
        "SELECT (SELECT count(*) FROM registrar_study_plan), "
        "(SELECT count(*) FROM registrar_study_plan_line)"
    )
    assert (plans, lines) == (STUDENTS, SEATS)


def test_second_click_gets_the_answer_of_the_first(crowd):
    seats, queue = seats_of(crowd), dict(queue_of(crowd))
    again = [*list(seats)[:10], *list(queue)[:40]] * 2
    for student, answer in crowd.click(again):
        if student in seats:
            assert answer["state"] == "registered"
        else:
            assert answer == {"state": "waiting", "position": queue[student]}
    assert seats_of(crowd) == seats
    assert dict(queue_of(crowd)) == queue


def test_first_of_the_list_get_the_seats_that_become_free(crowd):
    """Five leave at once while others click; the first five waiting sit down."""
    before, queue = seats_of(crowd), [student for student, _n in queue_of(crowd)]
    leaving = list(before)[:DROPPED]
    answers = crowd.click(leaving, "leave")
    assert all(answer == {"state": "left"} for _student, answer in answers), answers

    deadline = time.monotonic() + 20
    while len(seats_of(crowd)) < SEATS and time.monotonic() < deadline:
        time.sleep(0.2)
    after = seats_of(crowd)
    assert after.keys() - before.keys() == set(queue[:DROPPED])
    assert before.keys() - after.keys() == set(leaving)
    assert sorted(after.values()) == list(range(1, SEATS + 1))
    assert [student for student, _n in queue_of(crowd)] == queue[DROPPED:]
    messages = crowd.site.sql(
        "SELECT s.id, count(*) FROM mail_notification n "
        "JOIN registrar_student s ON s.partner_id = n.res_partner_id "
        "JOIN mail_message m ON m.id = n.mail_message_id "
        "WHERE m.model = 'registrar.student' AND m.res_id = s.id GROUP BY s.id"
    )
    assert dict(messages) == dict.fromkeys(queue[:DROPPED], 1)
    # Who left comes back behind everybody else.
    [(_student, answer)] = crowd.click(leaving[:1])
    assert answer == {"state": "waiting", "position": STUDENTS - SEATS - DROPPED + 1}


def test_the_database_itself_has_no_seat_too_many(crowd):
    """Whoever goes round the program is refused as well."""
    [(line,)] = crowd.site.sql(
        "SELECT id FROM registrar_study_plan_line WHERE offer_id = %s LIMIT 1",
        [crowd.offer],
    )
    for change in ("seat_number = NULL", f"seat_number = {SEATS + 1}"):
        with pytest.raises(Exception, match="has no seat"):
            crowd.site.sql(
                f"UPDATE registrar_study_plan_line SET {change} WHERE id = %s", [line]
            )
    with pytest.raises(Exception, match="more registrations than seats"):
        crowd.site.sql(
            "UPDATE registrar_offer SET capacity_max = %s WHERE id = %s",
            [SEATS - 1, crowd.offer],
        )
