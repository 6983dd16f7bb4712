"""The data files of the demo university and the classifiers agree with the rules.

Runs without Odoo. Rules of the state standard for a bachelor's programme of 240
credits: 56 credits of general education (51 of them compulsory), at least 176 of basic
and profile disciplines with practice, at least 8 of final attestation, 30 hours per
credit, about 30 credits a term.
"""

import csv
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from test_arithmetic import ADDONS, iin, normalise, translit

DATA = ADDONS / "registrar_reports" / "demo_year" / "data"
CORE = ADDONS / "registrar_core" / "data"
CURRICULA = sorted((DATA / "curricula").glob("*.csv"))

#: Columns of the exchange form of a working curriculum; ours may follow them.
COLUMNS = (
    "slot_no,slot_code,module_no,module_code,module_kk,module_ru,cycle,component,"
    "credits,hours_total,hours_lecture,hours_lab,hours_practical,hours_srs,hours_srsp,"
    "hours_field_practice,hours_thesis,control_form,control_semester,semesters,"
    "teaching_language,choose_n,minor_slot,option_no,is_default,discipline_code,"
    "name_kk,name_ru,name_en,goso_mandatory"
).split(",")
HOURS = [name for name in COLUMNS if name.startswith("hours_")][1:]
COMPULSORY = {
    "history_kz": 5,
    "philosophy": 5,
    "foreign_lang": 10,
    "state_lang": 10,
    "ict": 5,
    "sociopolit": 8,
    "phys_culture": 8,
}
KAZAKH_LETTERS = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
#: Words of other languages that stand in Kazakh and Russian names as they are.
LATIN_WORDS = {"IT", "Python", "Java", "DevOps"}


def read(path):
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def slots(rows):
    """Return the rows by slot, in order."""
    result = defaultdict(list)
    for row in rows:
        result[row["slot_no"]].append(row)
    return list(result.values())


def parts(row):
    """Return the credits of a slot by term: {term: credits}."""
    return dict(map(int, part.split(":")) for part in row["semesters"].split("|"))


@pytest.fixture(scope="module", params=CURRICULA, ids=lambda path: path.stem)
def rows(request):
    return read(request.param)


def test_there_is_a_curriculum_for_each_programme():
    files = {row["curriculum"] for row in read(DATA / "programmes.csv")}
    assert files == {path.name for path in CURRICULA}
    assert len(files) == 3


def test_columns_are_those_of_the_exchange_form(rows):
    assert list(rows[0])[: len(COLUMNS)] == COLUMNS
    assert list(rows[0])[len(COLUMNS) :] == ["module_en", "department", "prerequisites"]


def test_credits_by_cycle_and_component(rows):
    by_cycle, by_component = Counter(), Counter()
    for options in slots(rows):
        row = options[0]
        by_cycle[row["cycle"]] += int(row["credits"])
        by_component[row["cycle"], row["component"]] += int(row["credits"])
    assert sum(by_cycle.values()) == 240
    assert by_cycle == {"OOD": 56, "BD": 112, "PD": 64, "IA": 8}
    assert by_component["OOD", "OK"] == 51
    assert by_component["BD", "KV"] + by_component["PD", "KV"] >= 40


def test_compulsory_general_disciplines(rows):
    found = Counter()
    for options in slots(rows):
        row = options[0]
        if row["goso_mandatory"]:
            found[row["goso_mandatory"]] += int(row["credits"])
            assert (row["cycle"], row["component"], len(options)) == ("OOD", "OK", 1)
    assert found == COMPULSORY
    history = next(row for row in rows if row["goso_mandatory"] == "history_kz")
    assert history["control_form"] == "STATE_EXAM"


def test_terms_have_about_thirty_credits(rows):
    by_term = Counter()
    for options in slots(rows):
        terms = parts(options[0])
        assert sum(terms.values()) == int(options[0]["credits"])
        assert int(options[0]["control_semester"]) == max(terms)
        by_term.update(terms)
    assert set(by_term) == set(range(1, 9))
    assert all(28 <= credits <= 32 for credits in by_term.values()), by_term


def test_hours(rows):
    for row in rows:
        total = int(row["hours_total"])
        assert total == 30 * int(row["credits"])
        assert total == sum(int(row[name]) for name in HOURS), row["name_en"]
        if row["control_form"] == "PRACTICE_REPORT":
            assert total == int(row["hours_field_practice"])
        if row["cycle"] == "IA":
            assert total == int(row["hours_thesis"])


def test_slots_and_options(rows):
    for number, options in enumerate(slots(rows), start=1):
        first = options[0]
        assert first["slot_no"] == str(number)
        assert [row["option_no"] for row in options] == [
            str(i) for i in range(1, len(options) + 1)
        ]
        assert [row["is_default"] for row in options].count("1") == 1
        assert (len(options) > 1) == (first["component"] == "KV")
        assert first["choose_n"] == "1"
        assert first["slot_code"][0] == str((min(parts(first)) + 1) // 2)
        shared = set(COLUMNS[: COLUMNS.index("option_no")])
        for row in options:
            assert {k: row[k] for k in shared} == {k: first[k] for k in shared}
            assert row["discipline_code"].endswith(f" {first['slot_code']}")
    practices = [row for row in rows if row["control_form"] == "PRACTICE_REPORT"]
    assert len(practices) >= 4


def test_modules(rows):
    names = defaultdict(set)
    for row in rows:
        names[row["module_no"]].add(
            tuple(row[f"module_{key}"] for key in ("code", "kk", "ru", "en"))
        )
    assert all(len(variants) == 1 for variants in names.values())
    assert set(map(int, names)) == set(range(1, len(names) + 1))


def test_codes_are_unique_and_clean(rows):
    codes = [row["discipline_code"] for row in rows]
    assert len(set(codes)) == len(codes)
    singles = [single for code in codes for single in set(normalise.split_code(code))]
    assert len(set(singles)) == len(singles)
    for code in codes:
        assert normalise.normalise_code(code) == (code, [])
        assert code.isascii()
        assert len(set(normalise.split_code(code))) <= 3


def test_prerequisites_come_earlier_and_are_compulsory(rows):
    options = {options[0]["slot_no"]: len(options) for options in slots(rows)}
    by_code = {row["discipline_code"]: row for row in rows}
    count = 0
    for row in rows:
        for code in filter(None, row["prerequisites"].split("|")):
            before = by_code[code]
            assert max(parts(before)) < min(parts(row)), row["name_en"]
            assert options[before["slot_no"]] == 1
            count += 1
    assert count > 30


def test_one_code_is_one_discipline_in_all_curricula():
    facts = defaultdict(set)
    for path in CURRICULA:
        for row in read(path):
            facts[row["discipline_code"]].add(
                tuple(
                    row[key]
                    for key in (
                        "name_kk",
                        "name_ru",
                        "name_en",
                        "credits",
                        "department",
                        "cycle",
                        "semesters",
                        "control_form",
                    )
                )  # fmt: skip
            )
    assert {code: found for code, found in facts.items() if len(found) > 1} == {}


def test_names_are_in_their_languages(rows):
    for row in rows:
        for key in ("name_kk", "name_ru", "module_kk", "module_ru"):
            words = set(re.findall("[A-Za-z]+", row[key]))
            assert words <= LATIN_WORDS, row[key]
            assert normalise.normalise_text(row[key]) == (row[key], [])
        assert row["name_en"].isascii()
        assert not KAZAKH_LETTERS & set(row["name_ru"] + row["module_ru"])


def test_every_file_is_free_of_mixed_words():
    files = [*DATA.rglob("*.csv"), *DATA.rglob("*.json"), *CORE.glob("*.csv")]
    assert len(files) > 10
    for path in files:
        text = path.read_text(encoding="utf-8")
        mixed = [
            word for word in re.findall(r"[^\W\d_]+", text) if normalise.is_mixed(word)
        ]
        assert mixed == [], path


def test_structure_of_the_university():
    faculties = {row["code"]: row for row in read(DATA / "faculties.csv")}
    departments = {row["code"]: row for row in read(DATA / "departments.csv")}
    teachers = {row["code"]: row for row in read(DATA / "teachers.csv")}
    positions = {row["code"] for row in read(DATA / "positions.csv")}
    programmes = read(DATA / "programmes.csv")
    assert len(faculties) >= 3
    assert len({departments[row["department"]]["faculty"] for row in programmes}) == 3
    for row in faculties.values():
        assert (
            departments[teachers[row["dean"]]["department"]]["faculty"] == row["code"]
        )
    for row in departments.values():
        assert row["faculty"] in faculties
        assert teachers[row["head"]]["department"] == row["code"]
    for row in teachers.values():
        assert row["position"] in positions
        assert row["gender"] in ("male", "female")
        assert row["academic_degree"] in ("", "doctor", "candidate", "phd", "master")
    staffed = {row["department"] for row in teachers.values()}
    taught = {row["department"] for path in CURRICULA for row in read(path)}
    assert taught == staffed == set(departments)


def test_programmes_belong_to_the_classifier():
    groups = {row["code"]: row for row in read(CORE / "registrar.programme.group.csv")}
    for row in read(DATA / "programmes.csv"):
        assert groups[row["programme_group"]]["level"] == row["level"] == "bachelor"
        assert re.fullmatch(r"6B\d{5}", row["code"])
        for key in ("degree_kk", "degree_ru", "degree_en"):
            assert row[key]


def test_university():
    university = json.loads((DATA / "university.json").read_text(encoding="utf-8"))
    for key in ("name", "full_name", "short_name", "city", "address"):
        assert set(university[key]) == {"kk", "ru", "en"}
    assert iin.check_digit(university["bin"]) == int(university["bin"][-1])
    roles = {person["role"] for person in university["signatories"]}
    assert roles == {"rector", "vice_rector", "registrar_head", "secretary"}


def test_names_of_people():
    given = read(DATA / "given_names.csv")
    sizes = Counter((row["lang"], row["gender"]) for row in given)
    assert len(sizes) == 4
    assert min(sizes.values()) >= 60
    surnames = read(DATA / "surnames.csv")
    assert len(surnames) >= 120
    kinds = Counter((row["lang"], row["kind"]) for row in surnames)
    assert min(kinds["kk", "ov"], kinds["kk", "uly"], kinds["kk", "plain"]) >= 20
    for row in given:
        assert row["name_latin"] == translit.latin(row["name_passport_ru"])
        assert not KAZAKH_LETTERS & set(row["name_passport_ru"])
    for row in surnames:
        if row["kind"] == "ov":
            assert row["feminine"] == f"{row['masculine']}а"
        if row["kind"] == "uly":
            assert row["masculine"].endswith("ұлы")
            assert row["feminine"].endswith("қызы")
        assert not KAZAKH_LETTERS & set(row["masculine_passport_ru"])
        assert not KAZAKH_LETTERS & set(row["feminine_passport_ru"])
    for row in read(DATA / "patronymics.csv"):
        assert row["masculine_ovich"].endswith("ич")
        assert row["feminine_ovna"].endswith("на")
        assert bool(row["masculine_uly"]) == (row["lang"] == "kk")


@pytest.mark.parametrize(
    ("name", "count"),
    [("registrar.programme.group.csv", 455), ("registrar.nationality.csv", 133)],
)
def test_classifiers(name, count):
    records = read(CORE / name)
    assert len(records) == count
    for key in ("id", "code", "name_kk", "name_ru", "name_en"):
        assert all(record[key] for record in records)
    assert len({record["id"] for record in records}) == count
    assert len({record["code"] for record in records}) == count
    for record in records:
        assert not KAZAKH_LETTERS & set(record["name_ru"])
        assert record["name_en"].isascii()
        assert not re.search("[A-Za-z]", record["name_kk"] + record["name_ru"])


def test_levels_of_programme_groups():
    levels = {"B": "bachelor", "M": "master", "D": "doctorate", "R": "residency"}
    for record in read(CORE / "registrar.programme.group.csv"):
        assert record["level"] == levels[record["code"][0]]
