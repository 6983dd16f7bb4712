"""Many people register at once, and the power goes off in the middle of an order.

The server runs with worker processes, as in production; the clients are processes of
their own as far as the server can tell: each has its connection and its session.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from odoorpc.error import RPCError
from office import draft_order
from test_arithmetic import iin

CLIENTS = 8
DOCUMENTS = 200
LINES = 300
DAY = "2026-10-12"
WORKERS = ("--workers", "3", "--max-cron-threads", "0")


@pytest.fixture(scope="module")
def busy(year_on):
    """The university of the main path behind a server with workers."""
    return year_on(*WORKERS)


def new_people(year, count, first_number):
    """The clerk enters the files of many new students."""
    values = [
        {
            "last_name": f"Жаңабаев{number}",
            "first_name": "Нұрлан",
            "gender": "male",
            "birth_date": "2008-01-15",
            "iin": iin.make_iin(date(2008, 1, 15), "male", number),
            "student_number": f"26-{number:04d}",
        }
        for number in usable_serials(count, first_number)
    ]
    return year.office.as_("clerk")["registrar.student"].create(values)


def usable_serials(count, first_number):
    """Return numbers for which an IIN exists: some have no check digit."""
    numbers = []
    number = first_number
    while len(numbers) < count:
        try:
            iin.make_iin(date(2008, 1, 15), "male", number)
        except ValueError:
            pass
        else:
            numbers.append(number)
        number += 1
    return numbers


def draft_admissions(year, students):
    """One agreed admission order for every student."""
    office = year.office
    [order_type] = office.find(
        "clerk", "registrar.order.type", ["code", "=", "enrolment"]
    )
    [kind] = office.find("clerk", "registrar.movement.kind", ["code", "=", "admission"])
    group = year.facts["programmes"]["is"]["academic_group"]
    orders = office.as_("clerk")["registrar.order"].create(
        [
            {
                "type_id": order_type,
                "kind_id": kind,
                "effective_date": DAY,
                "document_date": DAY,
                "basis_kk": "өтініш",
                "basis_ru": "заявление",
                "line_ids": [
                    [
                        0,
                        0,
                        {"student_id": student, "group_id": group, "funding": "paid"},
                    ]
                ],
            }
            for student in students
        ]
    )
    office.as_("clerk")["registrar.order"].action_agree(orders)
    return orders


def check_register(year, code):
    """The numbers of a register have no gap and no duplicate; the chain is whole."""
    rows = year.site.sql(
        "SELECT e.period, array_agg(e.sequence ORDER BY e.id) "
        "FROM registrar_register_entry e JOIN registrar_register r "
        "ON r.id = e.register_id WHERE r.code = %s GROUP BY e.period",
        [code],
    )
    assert rows
    for _period, numbers in rows:
        assert numbers == list(range(1, len(numbers) + 1))
    registers = year.office.find("head", "registrar.register")
    head = year.office.as_("head")
    assert head["registrar.register"].verify_chain(registers) == []


def test_two_hundred_documents_by_eight_clients(busy):
    office = busy.office
    orders = draft_admissions(busy, new_people(busy, DOCUMENTS, 1000))
    clients = [busy.site.rpc("head") for _number in range(CLIENTS)]
    start_together = threading.Barrier(CLIENTS)

    def register(number):
        own = orders[number::CLIENTS]
        start_together.wait()
        for order in own:
            clients[number].env["registrar.order"].action_register([order])
        return len(own)

    begin = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        counts = list(pool.map(register, range(CLIENTS)))
    spent = time.perf_counter() - begin
    print(f"{DOCUMENTS} documents by {CLIENTS} clients in {spent:.1f} s")
    assert sum(counts) == DOCUMENTS

    rows = office.read("head", "registrar.order", orders, "state", "number")
    assert {row["state"] for row in rows} == {"registered"}
    assert len({row["number"] for row in rows}) == DOCUMENTS
    check_register(busy, "orders_students")
    [(entries, movements, pdfs)] = busy.site.sql(
        "SELECT count(DISTINCT o.entry_id), count(DISTINCT m.id), "
        "count(DISTINCT e.attachment_id) FROM registrar_order o "
        "JOIN registrar_register_entry e ON e.id = o.entry_id "
        "JOIN registrar_enrolment m ON m.entry_id = e.id WHERE o.id = ANY(%s)",
        [orders],
    )
    assert (entries, movements, pdfs) == (DOCUMENTS, DOCUMENTS, DOCUMENTS)


def test_one_document_registered_by_all_at_once(busy):
    [order] = draft_admissions(busy, new_people(busy, 1, 2000))
    clients = [busy.site.rpc("head") for _number in range(CLIENTS)]
    start_together = threading.Barrier(CLIENTS)

    def register(client):
        start_together.wait()
        try:
            return client.env["registrar.order"].action_register([order])
        except RPCError as error:
            return str(error)

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(register, clients))
    assert answers.count(True) == 1, answers
    assert all("already registered" in a for a in answers if a is not True), answers
    [(movements,)] = busy.site.sql(
        "SELECT count(*) FROM registrar_enrolment m JOIN registrar_order o "
        "ON o.entry_id = m.entry_id WHERE o.id = %s",
        [order],
    )
    assert movements == 1
    check_register(busy, "orders_students")


def test_two_orders_on_the_same_person_at_once(busy):
    """Only one of two contradicting orders can come into force."""
    students = new_people(busy, 1, 2100)
    orders = draft_admissions(busy, students * 2)
    clients = [busy.site.rpc("head") for _order in orders]
    start_together = threading.Barrier(len(orders))

    def register(pair):
        client, order = pair
        start_together.wait()
        try:
            return client.env["registrar.order"].action_register([order])
        except RPCError as error:
            return str(error)

    with ThreadPoolExecutor(len(orders)) as pool:
        answers = list(pool.map(register, zip(clients, orders, strict=True)))
    assert answers.count(True) == 1, answers
    [refusal] = [answer for answer in answers if answer is not True]
    assert "Жаңабаев2100" in refusal or "meanwhile" in refusal, refusal
    [(rows,)] = busy.site.sql(
        "SELECT count(*) FROM registrar_enrolment WHERE student_id = %s", students
    )
    assert rows == 1
    check_register(busy, "orders_students")


# The power goes off


class Registration(threading.Thread):
    """A client that registers an order, whatever becomes of the server."""

    def __init__(self, site, order):
        super().__init__(daemon=True)
        self.client = site.rpc("head")
        self.order = order
        self.error = None

    def run(self):
        try:
            self.client.env["registrar.order"].action_register([self.order])
        except Exception as error:  # noqa: BLE001 - the connection breaks in any way
            self.error = error


HOLDS_REGISTER = """
SELECT count(*) FROM pg_locks
 WHERE locktype = 'advisory' AND classid = 1380271945 AND granted
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def wait_until_executing(site):
    """Return when the server holds the register: the order is being executed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if site.sql(HOLDS_REGISTER)[0][0]:
            return
        time.sleep(0.005)
    raise AssertionError("the server never came to execute the order")


def draft_long_order(year, count, first_number):
    group = year.facts["programmes"]["is"]["academic_group"]
    return draft_order(
        year.office,
        "enrolment",
        [
            {"student_id": student, "group_id": group, "funding": "paid"}
            for student in new_people(year, count, first_number)
        ],
        reason="admission",
        effective_date="2026-10-15",
        document_date="2026-10-15",
    )


def state_of(year, order):
    """Return state of an order, number of its movements and its entries."""
    return year.site.sql(
        "SELECT o.state, (SELECT count(*) FROM registrar_enrolment m "
        "WHERE m.entry_id = o.entry_id), (SELECT count(*) "
        "FROM registrar_register_entry e WHERE e.res_model = 'registrar.order' "
        "AND e.res_id = o.id), (SELECT count(*) FROM registrar_order_line l "
        "JOIN registrar_enrolment m ON m.student_id = l.student_id "
        "WHERE l.order_id = o.id) FROM registrar_order o WHERE o.id = %s",
        [order],
    )[0]


def test_power_cut_in_the_middle_of_an_order(busy):
    """All or nothing, wherever the cut comes; afterwards everything goes on."""
    rehearsal = draft_long_order(busy, LINES, 3000)
    busy.office.as_("clerk")["registrar.order"].action_agree([rehearsal])
    registration = Registration(busy.site, rehearsal)
    registration.start()
    wait_until_executing(busy.site)
    begin = time.monotonic()
    registration.join()
    length = time.monotonic() - begin
    assert registration.error is None, registration.error
    assert state_of(busy, rehearsal) == ("registered", LINES, 1, LINES)

    order = draft_long_order(busy, LINES, 4000)
    busy.office.as_("clerk")["registrar.order"].action_agree([order])
    cuts = 0
    for share in (0.0, 0.3, 0.6, 0.85):
        registration = Registration(busy.site, order)
        registration.start()
        wait_until_executing(busy.site)
        time.sleep(share * length)
        executing = registration.is_alive()
        busy.site.kill()
        registration.join()
        busy.restart(*WORKERS)
        state = state_of(busy, order)
        if state[0] == "registered":
            assert state == ("registered", LINES, 1, LINES)
            order = draft_long_order(busy, LINES, 5000 + 500 * cuts)
            busy.office.as_("clerk")["registrar.order"].action_agree([order])
        else:
            assert executing and state == ("agreed", 0, 0, 0)
            cuts += 1
        check_register(busy, "orders_students")
    assert cuts, "every cut came too late"

    register_again = busy.office.as_("head")["registrar.order"]
    register_again.action_register([order])
    assert state_of(busy, order) == ("registered", LINES, 1, LINES)
    check_register(busy, "orders_students")
