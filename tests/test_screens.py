"""The screens: every one behind the menu opens, and one whole path per role."""

import contextlib
import io
import re
from datetime import date

import pypdf
import pytest
from office import ROLES, STUDENTS
from screens import Screen, actions_of
from test_arithmetic import iin

LANGUAGES = {"ru": "ru_RU", "kk": "kk_KZ", "en": "en_US"}


def set_language(year, login, language):
    [user] = year.office.find("admin", "res.users", ["login", "=", login])
    year.office.as_("admin")["res.users"].write([user], {"lang": LANGUAGES[language]})


@pytest.fixture
def sit_down(year, open_page):
    """Return a function that logs a person in and gives the screen."""

    def sit(login, language="en"):
        set_language(year, login, language)
        screen = Screen(open_page(year.site, login))
        screen.settle()
        return screen

    return sit


@contextlib.contextmanager
def told(path):
    """Name the screen in the failure."""
    try:
        yield
    except Exception as error:
        raise AssertionError(f"{path}: {error}") from error


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_every_screen_of_the_head(sit_down, language):
    """All views of all menus, the first record of each, its pages."""
    screen = sit_down("head", language)
    actions = actions_of(screen.page)
    assert len(actions) > 20
    views = 0
    for path, action in actions:
        assert re.search("[а-яәғқңөұүһі]", path.lower()), f"not translated: {path}"
        with told(path):
            screen.run(action)
            views += screen.open_every_view()
    assert views > 40


@pytest.mark.parametrize("role", [r for r in ROLES if r not in ("head", "clerk")])
def test_every_screen_of_the_role(sit_down, role):
    """No menu leads a role to something it may not see; the clerk has the head's."""
    screen = sit_down(role, "ru")
    actions = actions_of(screen.page)
    assert actions
    for path, action in actions:
        with told(path):
            screen.run(action)
            screen.open_first_record()


# One whole path per role


def text_of(content):
    assert content.startswith(b"%PDF"), content[:100]
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_office_from_admission_to_transcript(year, sit_down):
    """The clerk drafts and prints, the head signs; both see the same document."""
    born = date(2008, 5, 5)
    year.office.as_("clerk")["registrar.student"].create(
        {
            "last_name": "Экранова",
            "first_name": "Айгерім",
            "gender": "female",
            "birth_date": born.isoformat(),
            "iin": iin.make_iin(born, "female", 77),
            "student_number": "26-0077",
        }
    )
    clerk = sit_down("clerk")
    clerk.open("registrar_orders.registrar_order_action")
    clerk.click(".o_list_button_add")
    clerk.choose("type_id", "enrolment")
    clerk.tab("basis").fill("basis_kk", "өтініш").fill("basis_ru", "заявление")
    clerk.save().press("action_add_students")
    dialog = ".modal .o_form_view"
    clerk.choose("group_id", "ИС-25-1р", dialog)
    clerk.choose_selection("funding", "paid", dialog)
    clerk.choose("student_ids", "Экранова", dialog)
    clerk.press("action_apply", ".modal")
    assert (
        "Экранова" in clerk.page.locator(".o_field_widget[name=line_ids]").inner_text()
    )
    draft = clerk.download(lambda: clerk.press("action_print"))
    assert "Экранова" in text_of(draft)
    clerk.press("action_agree")
    assert clerk.state() == "Agreed"
    assert not clerk.page.locator("button[name=action_register]:visible").count()

    head = sit_down("head")
    head.open("registrar_orders.registrar_order_action_agreed").open_row("enrolment")
    head.press("action_register", confirm=True)
    assert head.state() == "Registered"
    number = head.value("number")
    assert number
    frozen = head.download(lambda: head.press("action_print"))
    assert number in text_of(frozen)

    clerk.open("registrar_core.registrar_student_action")
    clerk.search("Экранова").open_row("Экранова")
    assert "ИС-25-1р" in clerk.page.locator(".o_form_view").inner_text()

    clerk.open("registrar_reports.registrar_transcript_issue_action")
    clerk.choose("group_ids", "МН-25-1к", dialog)
    content = clerk.download(lambda: clerk.press("action_issue_and_print", ".modal"))
    text = text_of(content)
    for row in STUDENTS["mn"][:5]:
        assert " ".join(row[:3]) in text


def test_teacher_enters_and_submits_marks(year, sit_down):
    teacher = sit_down("teacher2", "kk")
    teacher.open("registrar_exams.registrar_sheet_action_mine")
    teacher.click(".o_facet_remove")
    sheet = year.facts["open_sheet"]
    [row] = year.office.read("teacher2", "registrar.sheet", [sheet], "discipline_id")
    teacher.show("registrar.sheet", sheet)
    assert row["discipline_id"][1].split(" ", 2)[1] in teacher.page.content()
    lines = teacher.page.locator(".o_field_widget[name=line_ids]")
    assert "Хамитова" in lines.inner_text()
    lines.locator("td[name=exam_score]").first.click()
    entry = lines.locator("td[name=exam_score] input").first
    entry.fill("73")
    teacher.page.keyboard.press("Tab")
    teacher.settle()
    teacher.save().press("action_submit", confirm=True)
    [row] = year.office.read("clerk", "registrar.sheet", [sheet], "state")
    assert row["state"] == "submitted"
    assert not teacher.page.locator("button[name=action_submit]:visible").count()
    clerk = sit_down("clerk")
    clerk.show("registrar.sheet", sheet).press("action_register", confirm=True)
    assert clerk.state() == "Registered"
    marks = clerk.download(lambda: clerk.press("action_print"))
    assert "73" in text_of(marks)


def test_plan_goes_from_adviser_to_dean(year, sit_down):
    """A plan of the next year along its chain, each step on the screen of its role."""
    clerk = year.office.as_("clerk")
    wizard = clerk["registrar.study.plan.fill"].create(
        {
            "year_id": year.facts["years"]["2026/2027"],
            "student_ids": [[6, 0, [year.facts["students"]["is"][1]]]],
        }
    )
    clerk["registrar.study.plan.fill"].action_fill([wizard])
    [plan] = year.office.find(
        "clerk",
        "registrar.study.plan",
        ["student_id", "=", year.facts["students"]["is"][1]],
        ["year_id", "=", year.facts["years"]["2026/2027"]],
    )
    clerk["registrar.study.plan"].action_submit([plan])
    adviser = sit_down("adviser", "kk")
    adviser.show("registrar.study.plan", plan)
    assert "Әлиева" in adviser.page.locator(".o_form_view").inner_text()
    assert not adviser.page.locator("button[name=action_sign]:visible").count()
    adviser.press("action_agree")
    dean = sit_down("dean", "ru")
    dean.show("registrar.study.plan", plan).press("action_sign")
    office = sit_down("clerk")
    office.show("registrar.study.plan", plan).press("action_register", confirm=True)
    assert office.state() == "Registered"
    content = office.download(lambda: office.press("action_print"))
    assert "Әлиева" in text_of(content)


def test_dean_sees_only_the_own_faculty(sit_down):
    dean = sit_down("dean2")
    dean.open("registrar_core.registrar_student_action")
    shown = " ".join(dean.rows())
    assert STUDENTS["mn"][0][0] in shown
    assert not any(row[0] in shown for row in STUDENTS["is"])


def test_viewer_asks_for_the_contingent_of_a_day(year, sit_down):
    """A figure of the table opens the people behind it."""
    viewer = sit_down("viewer")
    viewer.open("registrar_reports.registrar_contingent_report_action")
    viewer.fill("date", "10/01/2025")
    table = viewer.page.locator(".o_registrar_table")
    total = table.locator("tr.o_registrar_row_total a").first
    assert total.inner_text().strip() == "14"
    total.click()
    viewer.settle()
    assert len(viewer.rows()) == 14
    viewer.open("registrar_reports.registrar_movement_report_action")
    assert viewer.page.locator(".o_registrar_verdicts li").count()


@pytest.mark.parametrize(
    ("login", "seen", "hidden"),
    [
        ("military", "Ахметов", "Каримов"),
        ("migration", "Каримов", "Ахметов"),
        ("archivist", "Каримов", None),
    ],
)
def test_offices_find_the_people_of_their_work(sit_down, login, seen, hidden):
    screen = sit_down(login, "ru")
    screen.open("registrar_core.registrar_student_action")
    shown = " ".join(screen.rows())
    assert seen in shown and not (hidden and hidden in shown)
    screen.open_row(seen)
    assert seen in screen.page.locator(".o_form_view").inner_text()


@pytest.mark.parametrize("width", [1280, 390])
def test_student_downloads_the_transcript_on_the_portal(year, open_page, width):
    """On a computer and on a phone."""
    page = open_page(year.site, "student", viewport={"width": width, "height": 840})
    page.goto("/my")
    page.locator("a[href='/my/transcript']").first.click()
    page.wait_for_url("**/my/transcript")
    [transcript] = year.facts["transcripts"]["student"]
    link = page.locator(f"a[href*='/my/transcript/{transcript}/pdf']").first
    with page.expect_download() as waiting:
        link.evaluate("link => { link.setAttribute('download', ''); link.click(); }")
    with open(waiting.value.path(), "rb") as file:
        assert " ".join(STUDENTS["is"][0][:3]) in text_of(file.read())
    too_wide = "document.documentElement.scrollWidth > window.innerWidth + 1"
    assert not page.evaluate(too_wide)


def test_public_page_of_verification(year, open_page):
    [(code, number)] = year.site.sql(
        "SELECT e.verification_code, e.number FROM registrar_register_entry e "
        "JOIN registrar_transcript t ON t.entry_id = e.id ORDER BY e.id LIMIT 1"
    )
    page = open_page(year.site)
    page.goto("/verify")
    page.fill("input[name=code]", f"{code[:4]} {code[4:8].lower()}-{code[8:]}")
    page.click("form[action='/verify'] button[type=submit]")
    card = page.locator(".card.border-success")
    card.wait_for()
    assert number in card.inner_text()
