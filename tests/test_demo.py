"""`./registrar demo` and `./registrar bench`, as somebody tries them out."""

import json
import os
import re
import subprocess
from pathlib import Path

import openpyxl
import pypdf
import pytest
from conftest import ROOT

CURRICULUM = "6B01601_history_teacher_tashenev_2026.csv"
CLASS_LIST = """\
ФИО;Дата рождения;Пол;Группа;Язык обучения;Основа обучения
Ахметов Айдар Серікұлы;15.05.2007;муж;ТР-25-1к;казахский;грант
Әлиева Әсел Нұрланқызы;03.11.2007;жен;ТР-25-1к;казахский;платное
Қасымов Ерлан Болатұлы;21.01.2008;муж;ТР-25-1к;казахский;грант
Иванова Мария Петровна;30.06.2007;жен;ТР-25-2р;русский;платное
Петров Андрей Николаевич;09.09.2007;муж;ТР-25-2р;русский;грант
"""


def registrar(*arguments):
    command = [ROOT / "registrar", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pages(path):
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


@pytest.fixture(scope="module")
def demo(tmp_path_factory, suite_template):
    """Return the folder and the printed lines of the demo year of 300 students."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, registrar("demo", "--out", folder).splitlines()


def test_one_line_per_step(demo):
    __, lines = demo
    assert len(lines) > 25
    assert all(re.search(r"\(\d+\.\d s\)$", line) for line in lines), lines
    told = "\n".join(lines)
    for step in ("admission", "study plans", "class groups", "session", "resits"):
        assert step in told
    assert "12 orders" in told or told.count("6 orders") >= 2


def test_a_transcript_for_everybody(demo):
    folder, lines = demo
    files = sorted(folder.glob("5_transcripts/*.pdf"))
    assert len(files) == 13
    for path in files:
        texts = pages(path)
        numbers = {
            number
            for text in texts
            for number in re.findall(r"Registration No\. / \S+ № (\d{5})", text)
        }
        assert 10 <= len(numbers) <= 30, path
        assert all("GPA" in text or "Transcript" in text for text in texts)


def test_orders_are_in_two_languages(demo):
    folder, __ = demo
    orders = sorted(folder.glob("1_orders/*.pdf"))
    assert len(orders) > 20
    kinds = {path.stem.split("_", 2)[2] for path in orders}
    assert kinds >= {
        "enrolment",
        "expulsion",
        "academic_leave",
        "leave_return",
        "course_transfer",
        "repeat_year",
    }
    for path in orders:
        text = "".join("\n".join(pages(path)).split())
        assert "БҰЙРЫҚ" in text and "ПРИКАЗ" in text, path
        number = path.stem.split("_")[1].removesuffix("-s")
        assert f"№{number}-с" in text, path


def test_samples_of_the_office(demo):
    folder, lines = demo
    samples = {path.name for path in (folder / "7_samples").iterdir()}
    assert samples == {
        "adviser_list_en.pdf",
        "calendar_graph_kk.pdf",
        "catalogue_kk.pdf",
        "class_list_kk.pdf",
        "curriculum_en.xlsx",
        "curriculum_ru.pdf",
        "load_plan_ru.pdf",
        "load_rate_en.pdf",
        "personal_file_inventory_kk.pdf",
    }
    curriculum = "\n".join(pages(folder / "7_samples" / "curriculum_ru.pdf"))
    assert "учебный план" in curriculum.lower()
    told = "\n".join(lines)
    assert "2 applications, 2 sheets" in told
    for step in ("academic calendar", "catalogue", "personal files", "teaching load"):
        assert step in told
    if "2026/2027 study plans" in told:
        assert "4 waiting for a seat" in told


def test_reports_agree(demo):
    folder, lines = demo
    (contingent,) = folder.glob("6_reports/contingent_*.xlsx")
    (movement,) = folder.glob("6_reports/movement_*.xlsx")
    total = int(re.search(r"(\d+) students on", lines[-1]).group(1))
    rows = openpyxl.load_workbook(contingent).active.iter_rows(values_only=True)
    numbers = [[c for c in row if isinstance(c, int)] for row in rows]
    assert max(numbers, key=lambda row: row[0] if row else 0)[0] == total
    rows = list(openpyxl.load_workbook(movement).active.iter_rows(values_only=True))
    by_code = {row[0]: row[2] for row in rows if row[0] and len(str(row[0])) == 3}
    assert by_code["050"] == by_code["010"] + by_code["020"] - by_code["030"]
    verdicts = [row[0] for row in rows if str(row[0] or "").startswith(("✓", "✗"))]
    assert len(verdicts) == 7
    assert all(verdict.startswith("✓") for verdict in verdicts)


def shared_curriculum():
    for folder in (os.environ.get("REGISTRAR_SHARED"), ROOT.parent / "shared"):
        path = Path(folder or "/nowhere") / "data" / "curricula" / CURRICULUM
        if path.is_file():
            return path
    return None


def test_real_curriculum_and_class_list(tmp_path, suite_template):
    """The main job on real input."""
    curriculum = shared_curriculum()
    if not curriculum:
        pytest.skip(f"{CURRICULUM} is not beside the project")
    students = tmp_path / "list.csv"
    students.write_text(CLASS_LIST, encoding="utf-8-sig")
    out = tmp_path / "out"
    told = registrar(
        "demo", "--out", out, "--curriculum", curriculum, "--students", students
    )
    assert "47 positions, 71 disciplines, 240 credits" in told
    assert "5 students" in told
    groups = {path.stem: pages(path) for path in out.glob("5_transcripts/*.pdf")}
    assert set(groups) == {"TR-25-1k", "TR-25-2r"}
    text = "\n".join(groups["TR-25-1k"])
    for name in ("Ахметов Айдар", "Әлиева Әсел", "Akhmetov", "Археология", "6B01601"):
        assert name in text
    assert (out / "0_imports" / "curriculum.txt").stat().st_size > 500


def test_a_wrong_file_is_refused(tmp_path, suite_template):
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    command = [ROOT / "registrar", "demo", "--out", tmp_path, "--curriculum", broken]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1
    assert "broken.xlsx" in done.stderr


def test_bench(tmp_path, suite_template):
    path = tmp_path / "bench.json"
    for name, students in (("contingent", 500), ("gpa", 200), ("open_session", 300)):
        registrar("bench", name, "--students", students, "--json", path)
        (result,) = json.loads(path.read_text())["results"]
        assert result["name"] == name
        assert result["students"] == students
        assert result["rows"] > 0
        assert result["ratio"] == pytest.approx(
            result["seconds"] / result["floor_seconds"], rel=0.1
        )
