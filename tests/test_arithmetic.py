"""The plain Python modules work without Odoo, loaded by path or by folder.

Whoever wants to check a grade or an IIN needs this file and the module, no server. The
exhaustive tests stand in the addons; here are the published samples, as
an outsider would try them.
"""

import datetime
import importlib.util
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

ADDONS = Path(__file__).resolve().parent.parent / "addons"
MODULES = {
    "grading": ADDONS / "registrar_exams" / "grading.py",
    "iin": ADDONS / "registrar_core" / "tools" / "iin.py",
    "collation": ADDONS / "registrar_core" / "tools" / "collation.py",
    "normalise": ADDONS / "registrar_core" / "tools" / "normalise.py",
    "translit": ADDONS / "registrar_core" / "tools" / "translit.py",
    "names": ADDONS / "registrar_core" / "tools" / "names.py",
}


def load(name):
    """Load a module by its path, without its package."""
    spec = importlib.util.spec_from_file_location(f"arithmetic_{name}", MODULES[name])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


grading, iin, collation, normalise, translit, names = map(load, MODULES)


@pytest.mark.parametrize("path", MODULES.values(), ids=MODULES)
def test_imports_nothing_but_the_standard_library(path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import importlib;"
        "importlib.import_module(sys.argv[2]); print('odoo' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(path.parent), path.stem],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "False"


@pytest.mark.parametrize(
    "statement",
    [
        "from registrar_core.tools.iin import check_iin",
        "from registrar_core.tools.names import decline",
        "from registrar_exams.grading import final_grade",
    ],
)
def test_imports_as_a_package_without_odoo(statement):
    code = f"import sys; sys.path.insert(0, sys.argv[1]); {statement}"
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(ADDONS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_letters_of_the_national_scale():
    expected = "".join(
        f"{name} " * count
        for name, count in (
            ("F", 25), ("FX", 25), ("D", 5), ("D+", 5), ("C-", 5), ("C", 5),
            ("C+", 5), ("B-", 5), ("B", 5), ("B+", 5), ("A-", 5), ("A", 6),
        )
    ).split()  # fmt: skip
    assert [grading.letter(score).letter for score in range(101)] == expected


def test_failed_exam_and_rating():
    assert grading.final_grade(90, 40).grade.letter == "FX"
    assert grading.final_grade(90, 24).grade.letter == "F"
    assert grading.final_grade(49, 100).grade.letter == "F"
    assert grading.final_grade(80, 90).score == 84
    assert grading.final_grade(Decimal("79.5"), 79).grade.letter == "B"
    with pytest.raises(ValueError, match="101"):
        grading.final_grade(80, 101)


def test_gpa_and_quality_samples():
    lines = [(Decimal("2.67"), 6), (4, 5), (Decimal("2.33"), 5), (3, 5)]
    assert grading.gpa(lines) == Decimal("2.98")
    assert grading.gpa([(4, 3), (3, 2), (0, 3)]) == Decimal("2.25")
    result = grading.quality({5: 5, 4: 8, 3: 5, 2: 2})
    assert [float(value) for value in result] == [90, 65, 3.8, 61.2]


def test_iin_samples():
    expected = (datetime.date(2003, 5, 15), "male", 21)
    assert iin.check_iin("030515500008") == expected
    assert iin.check_iin("030515500900") == expected
    for bad in ("030515500009", "030515500950", "03051550000", "031515500008"):
        with pytest.raises(ValueError):
            iin.check_iin(bad)


def test_order_letters_and_spelling():
    names = ["Юлия", "Әсел", "Қайрат", "Кенже", "Ілияс", "Асан"]
    assert sorted(names, key=collation.sort_key) == [
        "Асан", "Әсел", "Кенже", "Қайрат", "Ілияс", "Юлия",
    ]  # fmt: skip
    assert normalise.fold_lookalikes("Сultural")[0] == "Cultural"
    assert translit.latin("Шәкен") == "Shaken"


@pytest.mark.parametrize(
    ("name", "case", "lang", "expected"),
    [
        (("Ахметов", "Павел", "Ильич", "male"), "genitive", "ru",
         "Ахметова Павла Ильича"),
        (("Ахметова", "Асель", "Серікқызы", "female"), "dative", "ru",
         "Ахметовой Асели Серікқызы"),
        (("Нарикбай", "Ерлан", "", "male"), "accusative", "ru", "Нарикбая Ерлана"),
        (("Нарикбай", "Айгүл", "", "female"), "dative", "ru", "Нарикбай Айгүл"),
        (("Ахметов", "Ерлан", "Серікұлы", "male"), "dative", "kk",
         "Ахметов Ерлан Серікұлына"),
        (("Қалиева", "Гүлсім", "", "female"), "genitive", "kk", "Қалиева Гүлсімнің"),
    ],
)  # fmt: skip
def test_names_in_cases(name, case, lang, expected):
    assert names.decline(*name, case, lang) == expected
