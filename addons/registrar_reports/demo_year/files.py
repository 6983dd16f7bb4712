"""The data files beside this module."""

import csv
import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
CURRICULA = FOLDER / "curricula"


@cache
def table(name):
    """Return the rows of ``data/<name>.csv`` as dicts of texts, in their order."""
    return rows(FOLDER / f"{name}.csv")


def rows(path):
    """Return the rows of a CSV file with a header."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def university():
    """Return what ``data/university.json`` says about the university."""
    return json.loads((FOLDER / "university.json").read_text(encoding="utf-8"))
