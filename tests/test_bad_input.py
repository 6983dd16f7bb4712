"""Bad input gives a clear error and loses nothing.

Every attempt is made over the external interface by the role whose work it is; the
tables are compared before and after.
"""

import base64
import io
import zipfile
from datetime import date

import openpyxl
import pytest
from odoorpc.error import RPCError
from office import draft_order
from test_arithmetic import iin
from test_main_path import errors, import_file, workbook

LEDGERS = (
    "registrar_register_entry",
    "registrar_enrolment",
    "registrar_result",
    "registrar_gpa",
    "registrar_student",
    "registrar_order",
    "registrar_order_line",
    "registrar_sheet",
    "registrar_sheet_line",
    "registrar_study_plan",
    "registrar_study_plan_line",
    "registrar_curriculum",
    "registrar_curriculum_line",
    "registrar_discipline",
    "res_partner",
)


@pytest.fixture
def nothing_lost(year, command_line):
    """Compare all that matters before and after the test."""

    def digests():
        return {
            table: year.site.sql(command_line.FINGERPRINT.format(table=table))
            for table in LEDGERS
        }

    before = digests()
    yield
    after = digests()
    assert after == before, [name for name in after if after[name] != before[name]]


def refusal(function, *arguments):
    """Call a method that has to be refused; return what the user reads."""
    with pytest.raises(RPCError) as caught:
        function(*arguments)
    text = str(caught.value)
    assert "Traceback" not in text and "psycopg2" not in text, text
    return text


# Students


VALID = iin.make_iin(date(2007, 4, 4), "male", 901)
WRONG_IINS = {
    "too short": (VALID[:-1], "12"),
    "letters": (VALID[:-1] + "x", "digits only"),
    "check digit": (VALID[:-1] + str((int(VALID[-1]) + 1) % 10), "(check) digit"),
    "no such day": ("079931" + VALID[6:], "date|day|month"),
}


@pytest.mark.parametrize("name", WRONG_IINS)
def test_wrong_iin(year, nothing_lost, name):
    number, reason = WRONG_IINS[name]
    values = {"last_name": "Жаңа", "first_name": "Адам", "iin": number}
    students = year.office.as_("clerk")["registrar.student"]
    text = refusal(students.create, values)
    assert number in text and "Жаңа Адам" in text
    assert any(part in text for part in reason.split("|")), text
    known = year.facts["students"]["is"][0]
    refusal(students.write, [known], {"iin": number})


def test_iin_of_another_student(year, nothing_lost):
    [row] = year.office.read(
        "clerk", "registrar.student", year.facts["students"]["is"][:1], "iin"
    )
    text = refusal(
        year.office.as_("clerk")["registrar.student"].create,
        {"last_name": "Жаңа", "first_name": "Адам", "iin": row["iin"]},
    )
    assert "already a student with this IIN" in text


@pytest.mark.parametrize("field", ["status", "group_id", "course", "funding"])
def test_state_is_not_written_past_the_ledger(year, nothing_lost, field):
    student = year.facts["students"]["is"][0]
    values = {"status": "expelled", "group_id": 1, "course": 4, "funding": "paid"}
    students = year.office.as_("clerk")["registrar.student"]
    refusal(students.write, [student], {field: values[field]})


# Orders


def agree_new(year, type_code, lines, **header):
    """Draft an order, try to have it agreed and delete the draft; return the text."""
    orders = year.office.as_("clerk")["registrar.order"]
    order = draft_order(year.office, type_code, lines, **header)
    try:
        return refusal(orders.action_agree, [order])
    finally:
        orders.unlink([order])


def test_overlapping_movement(year, nothing_lost):
    """A movement before a later one of the same person."""
    student = year.facts["students"]["is"][4]
    text = agree_new(
        year,
        "expulsion",
        [{"student_id": student}],
        reason="own_wish",
        effective_date="2026-09-05",
        document_date="2026-09-05",
    )
    assert "Қасымов Ерлан Болатұлы" in text
    assert "a later movement exists" in text


def test_admission_of_somebody_who_studies(year, nothing_lost):
    student = year.facts["students"]["is"][1]
    text = agree_new(
        year,
        "enrolment",
        [
            {
                "student_id": student,
                "group_id": year.facts["programmes"]["mn"]["academic_group"],
                "funding": "paid",
            }
        ],
        reason="admission",
        effective_date="2026-11-02",
        document_date="2026-11-02",
    )
    assert "Әлиева Әсел Нұрланқызы" in text and "already enrolled" in text


def test_return_of_somebody_who_is_not_on_leave(year, nothing_lost):
    student = year.facts["students"]["is"][1]
    text = agree_new(
        year,
        "leave_return",
        [{"student_id": student}],
        reason="leave_return",
        effective_date="2026-11-02",
        document_date="2026-11-02",
    )
    assert "not on academic leave" in text


def test_person_named_twice(year, nothing_lost):
    students = year.facts["students"]["is"]
    orders = year.office.as_("clerk")["registrar.order"]
    draft = year.facts["orders"]["draft"]
    text = refusal(
        orders.write,
        [draft],
        {"line_ids": [[0, 0, {"student_id": students[0]}]] * 2},
    )
    assert "only once" in text


def test_double_registration(year, nothing_lost):
    head = year.office.as_("head")
    for model, record in (
        ("registrar.order", year.facts["orders"]["leave"]),
        ("registrar.sheet", year.facts["sheets"][0]),
        ("registrar.study.plan", year.facts["plans"]["is"][0]),
        ("registrar.transcript", year.facts["transcripts"]["all"][0]),
        ("registrar.result.correction", year.facts["correction"]),
    ):
        text = refusal(head[model].action_register, [record])
        assert "already registered" in text, text


def test_registered_documents_are_not_changed(year, nothing_lost):
    head = year.office.as_("head")
    for model, record, values in (
        ("registrar.order", year.facts["orders"]["leave"], {"basis_ru": "x"}),
        ("registrar.order", year.facts["orders"]["leave"], {"line_ids": [[5, 0, 0]]}),
        ("registrar.sheet", year.facts["sheets"][0], {"exam_date": "2026-01-01"}),
        ("registrar.study.plan", year.facts["plans"]["is"][0], {"course": 3}),
    ):
        text = refusal(head[model].write, [record], values)
        assert "registered" in text, text
        text = refusal(head[model].unlink, [record])
        assert "registered" in text or "Only drafts" in text, text


def test_one_bad_order_stops_all(year, nothing_lost):
    """Of two orders registered together, one is refused: neither has a number."""
    head = year.office.as_("head")
    text = refusal(
        head["registrar.order"].action_register,
        [year.facts["orders"]["draft"], year.facts["orders"]["leave"]],
    )
    assert "already registered" in text and "steps before registration" in text


def test_cancelling_below_later_movements(year, nothing_lost):
    """An admission cannot be cancelled while transfers stand on it."""
    clerk = year.office.as_("clerk")["registrar.order"]
    admission = year.facts["orders"]["admission_is"]
    action = clerk.action_cancel_order([admission])
    cancellation = action["res_id"]
    clerk.write(
        [cancellation],
        {"document_date": "2026-11-03", "basis_kk": "жазба", "basis_ru": "записка"},
    )
    try:
        text = refusal(clerk.action_agree, [cancellation])
    finally:
        clerk.unlink([cancellation])
    assert "Ахметов Айдар Серікұлы" in text
    assert "later movement" in text.lower(), text


def test_cancelled_order_is_not_cancelled_again(year, nothing_lost):
    mistaken = year.facts["orders"]["mistaken"]
    text = refusal(
        year.office.as_("clerk")["registrar.order"].action_cancel_order, [mistaken]
    )
    assert "not in force" in text


def test_document_of_the_future_or_out_of_order(year, nothing_lost):
    orders = year.office.as_("clerk")["registrar.order"]
    for day, reason in (
        ("2099-01-01", "future"),
        ("2026-09-01", "already dated"),
    ):
        order = draft_order(
            year.office,
            "expulsion",
            [{"student_id": year.facts["students"]["is"][1]}],
            reason="own_wish",
            effective_date="2026-11-05",
            document_date=day,
        )
        orders.action_agree([order])
        try:
            text = refusal(
                year.office.as_("head")["registrar.order"].action_register, [order]
            )
            assert reason in text, text
        finally:
            orders.action_return([order])
            orders.unlink([order])


# Marks


def open_line(year):
    sheet = year.facts["open_sheet"]
    [line] = year.office.find(
        "teacher2", "registrar.sheet.line", ["sheet_id", "=", sheet]
    )
    return sheet, line


@pytest.mark.parametrize("mark", [101, -1, 100.5, "пять"])
def test_impossible_mark(year, nothing_lost, mark):
    sheet, line = open_line(year)
    teacher = year.office.as_("teacher2")
    text = refusal(teacher["registrar.sheet.line"].write, [line], {"exam_score": mark})
    assert "Хамитова" in text or "пять" in text, text
    text = refusal(
        teacher["registrar.sheet"].write,
        [sheet],
        {"line_ids": [[1, line, {"exam_score": mark}]]},
    )
    assert str(mark) in text, text


def test_one_impossible_mark_stores_none(year, nothing_lost):
    """All marks of one saving or none of them."""
    sheet, line = open_line(year)
    refusal(
        year.office.as_("teacher2")["registrar.sheet"].write,
        [sheet],
        {
            "exam_date": "2026-06-05",
            "line_ids": [
                [1, line, {"exam_score": 70}],
                [1, line, {"exam_score": 101}],
            ],
        },
    )


def test_sheet_without_marks_is_not_submitted(year, nothing_lost):
    sheet, _line = open_line(year)
    text = refusal(
        year.office.as_("teacher2")["registrar.sheet"].action_submit, [sheet]
    )
    assert "Хамитова Ақбота Ермекқызы" in text


def test_marks_of_somebody_elses_sheet(year, nothing_lost):
    _sheet, line = open_line(year)
    refusal(
        year.office.as_("teacher")["registrar.sheet.line"].write,
        [line],
        {"exam_score": 100},
    )


def test_marks_on_a_registered_sheet(year, nothing_lost):
    sheet = year.facts["sheets"][0]
    [line, *_rest] = year.office.find(
        "teacher", "registrar.sheet.line", ["sheet_id", "=", sheet]
    ) or year.office.find("teacher2", "registrar.sheet.line", ["sheet_id", "=", sheet])
    for login in ("teacher", "teacher2", "clerk", "head"):
        refusal(
            year.office.as_(login)["registrar.sheet.line"].write,
            [line],
            {"exam_score": 100},
        )


# Files


def damaged_workbook():
    """A workbook cut off in the middle, as by a broken connection."""
    content = workbook(("Фамилия", "Имя"), *([("А", "Б")] * 500))
    return content[: len(content) // 2]


def hollow_workbook():
    """A ZIP that has the name of a workbook and nothing of it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "x")
    return stream.getvalue()


BROKEN = {
    "noise": bytes(range(256)) * 40,
    "cut off": damaged_workbook(),
    "hollow": hollow_workbook(),
    "empty": b"",
    "a picture": base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
        "AABJRU5ErkJggg=="
    ),
}


@pytest.mark.parametrize("kind", ["student", "curriculum"])
@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_to_import(year, nothing_lost, name, kind):
    try:
        _wizard, remarks = import_file(year, kind, BROKEN[name], "list.xlsx")
    except RPCError as error:
        text = str(error)
        assert "Traceback" not in text and len(text) > 15, text
    else:
        assert errors(remarks), "a broken file has no error"


@pytest.mark.parametrize("name", BROKEN)
def test_broken_workbook_of_marks(year, nothing_lost, name):
    sheet, _line = open_line(year)
    wizards = year.office.as_("teacher2")["registrar.sheet.import"]
    wizard = wizards.create(
        {
            "sheet_id": sheet,
            "data_file" if "data_file" in wizards.fields_get() else "file": (
                base64.b64encode(BROKEN[name]).decode()
            ),
            "file_name": "marks.xlsx",
        }
    )
    text = refusal(wizards.action_import, [wizard])
    assert "marks.xlsx" in text or "Choose the workbook" in text, text


def test_workbook_of_marks_with_one_wrong_mark(year, nothing_lost):
    """The workbook the server gave, with a mark of 101: refused by row."""
    sheet, _line = open_line(year)
    web = year.site.web("teacher2")
    action = year.office.as_("teacher2")["registrar.sheet"].action_download_marks(
        [sheet]
    )
    book = openpyxl.load_workbook(io.BytesIO(web.download(action["url"])))
    page = book.worksheets[0]
    column = max(
        cell.column for row in page.rows for cell in row if cell.value is not None
    )
    header = next(
        row for row in page.rows if sum(cell.value is not None for cell in row) > 3
    )
    exams = [cell.column for cell in header if cell.value and "xam" in str(cell.value)]
    first = header[0].row + 1
    page.cell(first, exams[0] if exams else column).value = 101
    stream = io.BytesIO()
    book.save(stream)
    wizards = year.office.as_("teacher2")["registrar.sheet.import"]
    wizard = wizards.create(
        {
            "sheet_id": sheet,
            "file": base64.b64encode(stream.getvalue()).decode(),
            "file_name": "marks.xlsx",
        }
    )
    wizards.action_import([wizard])
    [shown] = wizards.read([wizard], ["error_html"])
    assert "101" in shown["error_html"] and "Хамитова" in shown["error_html"]


def test_class_list_with_one_wrong_row(year, nothing_lost):
    """Nothing is stored when anything is wrong; every error names row and column."""
    good = iin.make_iin(date(2008, 3, 3), "female", 811)
    wrong = good[:-1] + str((int(good[-1]) + 1) % 10)
    content = workbook(
        ("Фамилия", "Имя", "ИИН", "Номер обучающегося"),
        ("Хорошая", "Анна", good, "W-1"),
        ("Плохая", "Анна", wrong, "W-2"),
        ("", "Безфамильная", "", "W-3"),
    )
    wizard, remarks = import_file(year, "student", content, "list.xlsx")
    found = errors(remarks)
    assert {remark["row"] for remark in found} >= {"3", "4"}, found
    assert any("ИИН" in (remark["column"] or "") for remark in found), found
    imports = year.office.as_("clerk")["registrar.import"]
    imports.action_import([wizard])
    [state] = imports.read([wizard], ["state"])
    assert state["state"] == "check"


def test_curriculum_with_nonsense_is_refused(year, nothing_lost):
    content = "\n".join(
        ("slot_no,slot_code,credits,semesters,discipline_code,name_ru",)
        + ("1,1101,много,первый,ABC 1101,История",)
    ).encode()
    programme = year.facts["programmes"]["is"]["programme"]
    try:
        wizard, remarks = import_file(
            year,
            "curriculum",
            content,
            "plan.csv",
            programme_id=programme,
            intake_year_id=year.facts["years"]["2026/2027"],
        )
    except RPCError as error:
        assert "Traceback" not in str(error)
        return
    assert errors(remarks)
    year.office.as_("clerk")["registrar.import"].action_import([wizard])


# Plans


def test_second_plan_of_the_same_year(year, nothing_lost):
    plans = year.office.as_("clerk")["registrar.study.plan"]
    text = refusal(
        plans.create,
        {
            "student_id": year.facts["students"]["is"][0],
            "year_id": year.facts["years"]["2025/2026"],
        },
    )
    assert "already has a study plan" in text


def test_approved_curriculum_is_not_changed(year, nothing_lost):
    curriculum = year.facts["programmes"]["is"]["curriculum"]
    head = year.office.as_("head")
    [line, *_rest] = year.office.find(
        "head", "registrar.curriculum.line", ["curriculum_id", "=", curriculum]
    )
    text = refusal(head["registrar.curriculum.line"].write, [line], {"credits": 9})
    assert "approved" in text
    text = refusal(head["registrar.curriculum"].unlink, [curriculum])
    assert "approved" in text or "draft" in text.lower()
