"""The contents of a transcript, made of results; plain Python, no ORM.

Layout and texts: academic.md §8.2. A *result* is a dict with the keys ``kind`` of the
discipline (discipline, practice, attestation), ``code``, ``name_kk``, ``name_ru``,
``name_en``, ``credits``, ``score``, ``letter``, ``points``, ``traditional`` (a key of
``TRADITIONAL`` or None), ``passed``, ``in_gpa``, ``cycle``, ``course``, ``year`` (name
of the academic year), ``attempt``, ``resit_number`` and ``superseded_year``: the year
of the result that replaced it, or None.
"""

from odoo.addons.registrar_exams.grading import gpa

# The languages of a transcript stand in this order on the printed form.
PRINT_ORDER = ("kk", "en", "ru")

# Short traditional marks of the printed form.
TRADITIONAL = {
    "excellent": {"kk": "Өте жақсы", "en": "Excellent", "ru": "Отлично"},
    "good": {"kk": "Жақсы", "en": "Good", "ru": "Хорошо"},
    "satisfactory": {"kk": "Қанағат-лық", "en": "Sat", "ru": "Удов"},
    "unsatisfactory": {"kk": "Қанағат-сыз", "en": "Unsat", "ru": "Неуд"},
}
# Printed where there is a credit but no letter.
CREDIT_TEST = {"kk": "Сынақ", "en": "Passed", "ru": "Зачтено"}
NOT_PASSED = {"kk": "Сынақтан өтпеді", "en": "Not passed", "ru": "Не зачтено"}


def compose(results, languages=PRINT_ORDER):
    """Return what a transcript of one student prints.

    Every result is listed, FX, F and repeated ones, too. The GPA of a year is that of
    the results which nothing replaced within the year, without final attestation; the
    cumulative one is that of the results which nothing replaced at all.

    :param results: results of the student from the earliest to the latest
    :param languages: codes of the languages to print, in order
    :return: ``{"years", "practices", "attestation", "credits", "gpa", "count",
        "has_repeated"}``; ``years`` is a list of ``{"course", "year", "rows",
        "credits_text", "gpa"}``; rows have ``number, code, names, credits, points,
        score, letter, mark, repeated, passed`` as texts ready to print, except the
        booleans; gpa and credits are numbers
    :rtype: dict
    """
    years = {}
    practices, attestation = [], []
    number = 0
    for result in results:
        year = years.setdefault(
            (result["course"], result["year"]), {"rows": [], "results": []}
        )
        year["results"].append(result)
        if result["kind"] == "attestation" or result["cycle"] == "ia":
            attestation.append(_row(result, len(attestation) + 1))
        elif result["kind"] == "practice":
            practices.append(_row(result, len(practices) + 1))
        else:
            number += 1
            year["rows"].append(_row(result, number))
    current = [r for r in results if r["superseded_year"] is None]
    credits, points = _earned(current), _gpa(current)
    rows = [*practices, *attestation]
    for year in years.values():
        rows += year["rows"]
    return {
        "years": [
            _year(course, name, year, languages)
            for (course, name), year in years.items()
            if year["rows"]
        ],
        "practices": _in_languages(practices, languages),
        "attestation": _in_languages(attestation, languages),
        "credits": credits,
        "credits_text": format_number(credits),
        "gpa": points,
        "gpa_text": f"{points:.2f}",
        "count": len(rows),
        "has_repeated": any(row["repeated"] for row in rows),
    }


def _year(course, name, year, languages):
    counted = [r for r in year["results"] if r["superseded_year"] != r["year"]]
    return {
        "course": course,
        "year": name,
        "rows": _in_languages(year["rows"], languages),
        "credits_text": format_number(_earned(counted)),
        "gpa": _gpa(r for r in counted if r["cycle"] != "ia"),
    }


def mark_text(texts, languages):
    """Return a mark in the languages of the document: Жақсы / Good / Хорошо."""
    return " / ".join(dict.fromkeys(texts[code] for code in languages))


def legend(grades, languages=PRINT_ORDER):
    """Return the traditional marks above runs of letters: (text, number of letters).

    :param grades: tuples whose last item is a key of ``TRADITIONAL``
    """
    runs = []
    for *__, mark in grades:
        if runs and runs[-1][0] == mark:
            runs[-1][1] += 1
        else:
            runs.append([mark, 1])
    return [(mark_text(TRADITIONAL[mark], languages), count) for mark, count in runs]


def format_number(value):
    """Return credits without needless decimals: 5, 2.5."""
    return f"{value:.1f}".removesuffix(".0")


def _gpa(results):
    return gpa(
        (result["points"], result["credits"]) for result in results if result["in_gpa"]
    )


def _earned(results):
    return sum(result["credits"] or 0 for result in results if result["passed"])


def _row(result, number):
    points = result["points"]
    if result["traditional"]:
        traditional = TRADITIONAL[result["traditional"]]
    else:
        traditional = CREDIT_TEST if result["passed"] else NOT_PASSED
    return {
        "number": str(number),
        "code": result["code"] or "",
        "names": {code: _name(result, code) for code in PRINT_ORDER},
        "credits": format_number(result["credits"] or 0),
        "points": "–" if points is None else f"{points:.2f}",
        "score": "–" if result["score"] is None else f"{result['score']:g}",
        "letter": result["letter"] or "–",
        "traditional": traditional,
        "repeated": result["attempt"] > 1 or result["resit_number"] > 0,
        "passed": bool(result["passed"]),
    }


def _name(result, language):
    """Return the name in a language, or in the next that has one."""
    order = {"kk": ("kk", "ru", "en"), "ru": ("ru", "kk", "en")}
    for code in order.get(language, ("en", "ru", "kk")):
        if name := result[f"name_{code}"]:
            return name
    return ""


def _in_languages(rows, languages):
    for row in rows:
        row["names"] = [row["names"][code] for code in languages]
        row["mark"] = mark_text(row.pop("traditional"), languages)
    return rows
