"""What people take away: downloaded over HTTP and read with other programs."""

import hashlib
import io
import re
import zipfile

import openpyxl
import pypdf
import pytest
from office import COMPULSORY, STUDENTS

KAZAKH = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")


def pdf(content):
    assert content.startswith(b"%PDF"), content[:200]
    return pypdf.PdfReader(io.BytesIO(content))


def text_of(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def frozen(year, model, record):
    """Download the frozen PDF of a document as its office does."""
    [row] = year.site.sql(
        "SELECT e.attachment_id, e.pdf_digest, e.verification_code, e.number "
        "FROM registrar_register_entry e WHERE e.res_model = %s AND e.res_id = %s",
        [model, record],
    )
    attachment, digest, code, number = row
    content = year.site.web("clerk").download(
        f"/web/content/{attachment}?download=true"
    )
    assert hashlib.sha256(content).hexdigest() == digest
    return content, code, number


def test_transcript_has_every_grade(year):
    [transcript] = year.facts["transcripts"]["student"]
    content, _code, number = frozen(year, "registrar.transcript", transcript)
    reader = pdf(content)
    text = text_of(reader)
    for word in ("Транскрипт", "Transcript", number, " ".join(STUDENTS["is"][0][:3])):
        assert word in text, word
    assert set(text) & KAZAKH
    rows = year.office.as_("viewer")["registrar.result"].search_read(
        [
            ["student_id", "=", year.facts["students"]["is"][0]],
            ["is_current", "=", True],
        ],
        ["discipline_id", "letter", "score"],
    )
    assert len(rows) == 2 * (COMPULSORY + 1)
    for row in rows:
        code = row["discipline_id"][1].split(" ")[1]
        assert code in text, code
    assert len(re.findall(r"\b97\b", text)) >= len(rows)
    [figures] = year.office.read(
        "clerk", "registrar.transcript", [transcript], "gpa", "credits_total"
    )
    assert figures["gpa"] == 4.0 and figures["credits_total"] == 60
    assert re.search(r"4[.,]00?\b", text)


def test_transcripts_of_a_group_in_one_file(year):
    ids = ",".join(map(str, year.facts["transcripts"]["all"]))
    web = year.site.web("clerk")
    content = web.download(
        f"/report/pdf/registrar_reports.action_report_transcript/{ids}"
    )
    text = text_of(pdf(content))
    for row in (*STUDENTS["is"], *STUDENTS["mn"][:5]):
        assert " ".join(row[:3]) in text


def test_student_downloads_the_own_transcript(year):
    [transcript] = year.facts["transcripts"]["student"]
    web = year.site.web("student")
    content = web.download(f"/my/transcript/{transcript}/pdf")
    assert content == frozen(year, "registrar.transcript", transcript)[0]
    assert "Content-Disposition" in web.get(f"/my/transcript/{transcript}/pdf").headers


def test_order_is_bilingual(year):
    order = year.facts["orders"]["admission_is"]
    content, _code, number = frozen(year, "registrar.order", order)
    text = text_of(pdf(content))
    upper = text.upper()
    assert "БҰЙРЫҚ" in upper and "ПРИКАЗ" in upper
    assert "БҰЙЫРАМЫН" in upper.replace(" ", "") and "ПРИКАЗЫВАЮ" in upper.replace(
        " ", ""
    )
    assert number in text
    assert "өтініш" in text and "заявление" in text
    for row in STUDENTS["is"]:
        assert text.count(row[0]) >= 2, row[0]
    assert "ИС-25-1р" in text
    assert "Қ. Б. Әбдірахманов" in text


def test_expulsion_order_names_reason_and_person(year):
    content, _code, number = frozen(
        year, "registrar.order", year.facts["orders"]["expulsion"]
    )
    text = text_of(pdf(content))
    assert "Шәріпов" in text and number in text
    assert "по собственному желанию" in text


def test_sheet_has_marks_and_names(year):
    reader, number = None, None
    for sheet in year.facts["sheets"]:
        content, _code, number = frozen(year, "registrar.sheet", sheet)
        reader = pdf(content)
        text = text_of(reader)
        if "ИС-25-1р" in text or STUDENTS["is"][0][0] in text:
            break
    for row in STUDENTS["is"]:
        assert row[0] in text, row[0]
    assert number in text and "97" in text
    assert "ВЕДОМОСТ" in text.upper()


def test_study_plan_has_disciplines_and_credits(year):
    content, _code, number = frozen(
        year, "registrar.study.plan", year.facts["plans"]["is"][0]
    )
    text = text_of(pdf(content))
    assert number in text and "60" in text
    assert sum(f"IS {term}0{n}1" in text for term in (1, 2) for n in range(1, 5)) == 8


def test_every_frozen_document_leads_to_the_public_page(year):
    """The address under the code of the picture is the page of this document."""
    rows = year.site.sql(
        "SELECT DISTINCT ON (res_model) res_model, res_id "
        "FROM registrar_register_entry WHERE attachment_id IS NOT NULL ORDER BY 1, 2"
    )
    assert len(rows) >= 4
    for model, record in rows:
        content, code, _number = frozen(year, model, record)
        flat = text_of(pdf(content)).replace(" ", "").replace("-", "")
        assert code in flat, f"{model}: the code is not printed"
        assert year.site.web().get(f"/verify/{code}").status_code == 200


def test_frozen_documents_name_no_place_of_the_server(year):
    rows = year.site.sql(
        "SELECT DISTINCT ON (res_model) res_model, res_id "
        "FROM registrar_register_entry WHERE attachment_id IS NOT NULL ORDER BY 1, 2"
    )
    for model, record in rows:
        content, _code, _number = frozen(year, model, record)
        information = pdf(content).metadata or {}
        said = " ".join(str(value) for value in information.values())
        assert "/root" not in said and "file:" not in said


def test_printing_twice_gives_the_same_bytes(year):
    web = year.site.web("clerk")
    order = year.facts["orders"]["draft"]
    path = f"/report/pdf/registrar_orders.action_report_order/{order}"
    first, second = web.download(path), web.download(path)
    assert first == second


def test_draft_says_that_it_is_one(year):
    web = year.site.web("clerk")
    order = year.facts["orders"]["draft"]
    draft = text_of(
        pdf(web.download(f"/report/pdf/registrar_orders.action_report_order/{order}"))
    )
    content, *_rest = frozen(year, "registrar.order", year.facts["orders"]["leave"])
    assert re.search("ЖОБА|ПРОЕКТ", draft.upper())
    assert not re.search("ЖОБА|ПРОЕКТ", text_of(pdf(content)).upper())


# Spreadsheets


def spreadsheet(year, login, model, **values):
    """Make a report as a user and return the first page of its workbook, as rows."""
    reports = year.office.as_(login)[model]
    report = reports.create(values)
    action = reports.action_xlsx([report])
    content = year.site.web(login).download(action["url"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for row in book.worksheets[0].rows]


def numbers(row):
    return [value for value in row if isinstance(value, int | float)]


def find_row(rows, *texts):
    """Return the first row that begins with a cell of one of these texts."""
    for row in rows:
        if any(str(cell).strip().startswith(texts) for cell in row if cell is not None):
            if numbers(row):
                return row
    raise AssertionError(f"no row {texts} in {rows}")


@pytest.mark.parametrize(
    ("login", "day", "expected"),
    [
        ("viewer", "2025-10-01", 14),
        ("clerk", "2026-10-01", 13),
        ("dean", "2025-10-01", 8),
        ("dean2", "2026-10-01", 5),
    ],
)
def test_contingent_counts_the_people_of_the_day(year, login, day, expected):
    rows = spreadsheet(
        year,
        login,
        "registrar.contingent.report",
        date=day,
        dimension_1="faculty_id",
        dimension_2="programme_id",
    )
    total = find_row(rows, "Total")
    assert numbers(total)[0] == expected, rows
    grant = sum(row[6] == "grant" for row in STUDENTS["is"])
    if login == "dean":
        assert grant in numbers(total)


def test_movement_balances(year):
    rows = spreadsheet(
        year,
        "viewer",
        "registrar.movement.report",
        date_from="2025-08-01",
        date_to="2026-10-31",
        dimension_1="faculty_id",
    )

    def total(code):
        return numbers(find_row(rows, code))[0 if not code.isdigit() else 0]

    figures = {code: total(code) for code in ("010", "020", "030", "050")}
    assert figures == {"010": 0, "020": 14, "030": 1, "050": 13}
    assert figures["010"] + figures["020"] - figures["030"] == figures["050"]


def test_movement_of_a_faculty_balances(year):
    reports = year.office.as_("viewer")["registrar.movement.report"]
    report = reports.create(
        {
            "date_from": "2026-09-01",
            "date_to": "2026-10-31",
            "dimension_1": "faculty_id",
            "dimension_2": "course",
        }
    )
    [row] = reports.read([report], ["verdicts", "is_balanced"])
    assert row["is_balanced"] and all(verdict["ok"] for verdict in row["verdicts"])


def test_template_of_the_import_opens(year):
    for kind in ("student", "curriculum"):
        content = year.site.web("clerk").download(f"/registrar/import/template/{kind}")
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert book.worksheets[0].max_column > 3
