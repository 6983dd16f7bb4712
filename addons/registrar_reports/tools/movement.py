"""The table of movement of the contingent and the identities it must satisfy.

Plain Python, no ORM. Rows and identities: administrative.md §2.2. A *balance* is a
dict with the keys ``start``, ``end``, ``moved_in``, ``moved_out``, ``leave_out``,
``leave_in`` (numbers of people) and ``arrivals``, ``departures``, ``reference`` (dicts
row code → number of people).
"""

from typing import NamedTuple


class Row(NamedTuple):
    """A row of the table: code, names, and whether it is a heading or a detail."""

    code: str
    name_kk: str
    name_ru: str
    name_en: str
    style: str = ""


ROWS = (
    Row("010", "Кезең басында", "На начало периода", "At the start", "total"),
    Row("020", "Барлығы келгені", "Прибыло всего", "Arrived in total", "subtotal"),
    Row("021", "1-курсқа қабылдау", "приём на 1 курс", "admission to the 1st year"),
    Row(
        "022",
        "отандық ЖОО-дан ауысу",
        "перевод из отечественных ОВПО",
        "transfer from universities of Kazakhstan",
    ),
    Row(
        "023",
        "шетелдік ЖОО-дан ауысу",
        "перевод из зарубежных ОВПО",
        "transfer from foreign universities",
    ),
    Row("024", "қайта қабылдау", "восстановление", "reinstatement"),
    Row(
        "025",
        "Қарулы Күштерден оралу (оқудан шығарылған болса)",
        "возвращение из Вооружённых сил (если был отчислен)",
        "return from the army (if expelled before)",
    ),
    Row("028", "өзгелері", "прочие", "others"),
    Row("030", "Барлығы кеткені", "Выбыло всего", "Departed in total", "subtotal"),
    Row("031", "бітіруіне байланысты", "выпуск", "graduation"),
    Row(
        "032",
        "отандық ЖОО-на ауысу",
        "перевод в отечественный ОВПО",
        "transfer to a university of Kazakhstan",
    ),
    Row(
        "033",
        "шетелдік ЖОО-на ауысу",
        "перевод в зарубежный ОВПО",
        "transfer to a foreign university",
    ),
    Row("034", "өз еркімен", "собственное желание", "own wish"),
    Row(
        "035",
        "үлгермеушілік, қорытынды аттестаттау",
        "неуспеваемость, итоговая аттестация",
        "academic failure, final attestation",
    ),
    Row(
        "036",
        "тәртіпті, жарғыны, академиялық адалдықты бұзу",
        "нарушение дисциплины, устава, академической честности",
        "violation of discipline, statutes, academic honesty",
    ),
    Row(
        "037",
        "ақы төлемеу, қаржылық себептер",
        "неоплата, финансовые причины",
        "non-payment, financial reasons",
    ),
    Row("038", "денсаулығына байланысты", "состояние здоровья", "health"),
    Row(
        "039",
        "академиялық демалыстан шықпау",
        "невыход из академического отпуска",
        "no return from academic leave",
    ),
    Row(
        "040",
        "Қарулы Күштерге шақырылу",
        "призыв в Вооружённые силы",
        "call-up to the army",
    ),
    Row("041", "қайтыс болу", "смерть", "death"),
    Row("042", "өзгелері", "прочие", "others"),
    Row("050", "Кезең соңында", "На конец периода", "At the end", "total"),
    Row(
        "060",
        "Бұдан басқа: академиялық демалысқа кеткені",
        "Кроме того: ушли в академический отпуск",
        "Besides: gone on academic leave",
        "group",
    ),
    Row(
        "061",
        "академиялық демалыстан шыққаны",
        "вышли из академического отпуска",
        "back from academic leave",
    ),
    Row(
        "070",
        "Ішкі ауысулар: сегментке келгені",
        "Внутренние переводы: в сегмент",
        "Internal transfers: into the segment",
        "group",
    ),
    Row("071", "сегменттен кеткені", "из сегмента", "out of the segment"),
    Row(
        "080",
        "Анықтама үшін: кіріс ұтқырлық",
        "Справочно: входящая мобильность",
        "For reference: incoming mobility",
        "group",
    ),
    Row("081", "шығыс ұтқырлық", "исходящая мобильность", "outgoing mobility"),
)
ARRIVAL_CODES = ("021", "022", "023", "024", "025", "028")
DEPARTURE_CODES = tuple(f"0{code}" for code in range(31, 43))
REFERENCE_CODES = ("080", "081")
# Where an arrival or departure without a row of its own is counted.
OTHER_ARRIVAL = "028"
OTHER_DEPARTURE = "042"


class Difference(NamedTuple):
    """What is wrong in one place of an identity.

    ``where`` is the key of a segment, ``"start"``, ``"end"``, a row code or None for
    the whole; ``people`` the ids of the students concerned, where they are known.
    """

    where: object
    expected: int
    actual: int
    people: tuple = ()


class Verdict(NamedTuple):
    """Whether one of the seven identities holds."""

    number: int
    ok: bool
    differences: tuple = ()


def new_balance():
    """Return a balance in which nothing happened."""
    return {
        "start": 0,
        "end": 0,
        "moved_in": 0,
        "moved_out": 0,
        "leave_out": 0,
        "leave_in": 0,
        "arrivals": {},
        "departures": {},
        "reference": {},
    }


def add_fact(balance, what, row_code, count):
    """Count ``count`` facts of the kind ``what`` in a balance.

    :param str what: ``"arrival"``, ``"departure"``, ``"reference"`` or a key of the
        balance
    :param row_code: row of the kind of movement; arrivals and departures whose row is
        not in their section go to “others”, so that nobody is lost
    """
    if what == "arrival":
        code = row_code if row_code in ARRIVAL_CODES else OTHER_ARRIVAL
        section = balance["arrivals"]
    elif what == "departure":
        code = row_code if row_code in DEPARTURE_CODES else OTHER_DEPARTURE
        section = balance["departures"]
    elif what == "reference":
        code, section = row_code, balance["reference"]
    else:
        balance[what] += count
        return
    section[code] = section.get(code, 0) + count


def row_values(balance):
    """Return the numbers of all rows: ``{row code: number}``."""
    values = {
        "010": balance["start"],
        "020": sum(balance["arrivals"].values()),
        "030": sum(balance["departures"].values()),
        "050": balance["end"],
        "060": balance["leave_out"],
        "061": balance["leave_in"],
        "070": balance["moved_in"],
        "071": balance["moved_out"],
    }
    for codes, section in (
        (ARRIVAL_CODES, "arrivals"),
        (DEPARTURE_CODES, "departures"),
        (REFERENCE_CODES, "reference"),
    ):
        values.update({code: balance[section].get(code, 0) for code in codes})
    return values


def expected_end(balance):
    """Return start + arrivals − departures + moved in − moved out."""
    return (
        balance["start"]
        + sum(balance["arrivals"].values())
        - sum(balance["departures"].values())
        + balance["moved_in"]
        - balance["moved_out"]
    )


def check_total(total):
    """Identity 1: end = start + arrivals − departures.

    In a filtered report, moving into and out of the filter counts, too.
    """
    expected = expected_end(total)
    return _verdict(1, [(None, expected, total["end"])])


def check_segments(total, segments):
    """Identity 2: the same in every segment, and Σ moved in = Σ moved out.

    :param total: balance without segments; its ``moved_in`` and ``moved_out`` are the
        moves into and out of the filter, which have no counterpart inside
    :param dict segments: key → balance
    """
    places = [
        (key, expected_end(balance), balance["end"])
        for key, balance in segments.items()
    ]
    inside_in = sum(b["moved_in"] for b in segments.values()) - total["moved_in"]
    inside_out = sum(b["moved_out"] for b in segments.values()) - total["moved_out"]
    if segments:
        places.append(("071", inside_in, inside_out))
    return _verdict(2, places)


def check_neighbours(segments, snapshots):
    """Identity 3: the end is the start of the next period, and the other way round.

    :param dict segments: key → balance
    :param dict snapshots: ``{"start": {key: number}, "end": {key: number}}``, counted
        apart from the movement
    """
    places = []
    for moment in ("start", "end"):
        keys = dict.fromkeys([*segments, *snapshots[moment]])
        for key in keys:
            counted = segments[key][moment] if key in segments else 0
            places.append((key, snapshots[moment].get(key, 0), counted))
    return _verdict(3, places)


def check_people(people):
    """Identity 4: movements explain the difference of the two lists, for each person.

    :param people: iterable of tuples (student id, in the list at the start, arrivals,
        departures, moved in, moved out, in the list at the end)
    """
    differences = []
    for student, start, arrived, departed, moved_in, moved_out, end in people:
        expected = start + arrived - departed + moved_in - moved_out
        if expected != end:
            differences.append(Difference(None, expected, end, (student,)))
    return Verdict(4, not differences, tuple(differences))


def check_sums(total, segments):
    """Identity 5: the sum over the segments is the total, in every row.

    Rows 070 and 071 are left out: between segments people move that do not move in
    the whole.
    """
    whole = row_values(total)
    parts = [row_values(balance) for balance in segments.values()]
    return _verdict(
        5,
        [
            (code, number, sum(part[code] for part in parts))
            for code, number in whole.items()
            if code not in ("070", "071") and segments
        ],
    )


def check_statuses(lists):
    """Identity 6: active + on leave = list.

    :param dict lists: moment → ``{"list", "active", "leave"}``
    """
    return _verdict(
        6,
        [
            (moment, counts["list"], counts["active"] + counts["leave"])
            for moment, counts in lists.items()
        ],
    )


def check_funding(lists):
    """Identity 7: grants + paid + other = total.

    It fails where the ledger does not say who pays.

    :param dict lists: moment → ``{"list", "grant", "paid", "other", "nobody": ids}``
    """
    differences = []
    for moment, counts in lists.items():
        actual = counts["grant"] + counts["paid"] + counts["other"]
        if actual != counts["list"]:
            differences.append(
                Difference(moment, counts["list"], actual, tuple(counts["nobody"]))
            )
    return Verdict(7, not differences, tuple(differences))


def _verdict(number, places):
    """Compare expected and actual numbers of several places."""
    differences = tuple(
        Difference(where, expected, actual)
        for where, expected, actual in places
        if expected != actual
    )
    return Verdict(number, not differences, differences)
