"""The contents of a transcript, made of results; plain Python, no ORM.

Layout and texts: academic.md §8.2. A *result* is a dict with the keys ``kind`` of the
discipline (discipline, practice, attestation), ``code``, ``name_kk``, ``name_ru``,
``name_en``, ``credits``, ``score``, ``letter``, ``points``, ``traditional`` (a key of
``TRADITIONAL`` or None), ``passed``, ``in_gpa``, ``cycle``, ``course``, ``year`` (name
of the academic year), ``attempt``, ``resit_number`` and ``superseded_year``: the year
of the result that replaced it, or None.
"""

from markupsafe import Markup, escape

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
# So many rows stay with the heading of a year, and with the signatures.
FIRST_ROWS = 2
KEPT_ROWS = 3


def compose(results, languages=PRINT_ORDER):
    """Return what a transcript of one student prints.

    Every result is listed, FX, F and repeated ones, too. The GPA of a year is that of
    the results which nothing replaced within the year, without final attestation; the
    cumulative one is that of the results which nothing replaced at all.

    :param results: results of the student from the earliest to the latest
    :param languages: codes of the languages to print, in order
    :return: ``{"sections", "credits", "credits_text", "gpa", "gpa_text", "count",
        "has_repeated"}``; ``sections`` is a list of ``{"kind", "years"}`` where
        ``kind`` is disciplines, practices or attestation and ``years`` a list of
        ``{"course", "year", "rows", "html", "tail", "credits_text", "gpa"}``; only
        disciplines are divided by year
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
    sections = [
        {
            "kind": "disciplines",
            "years": [
                _year(course, name, year)
                for (course, name), year in years.items()
                if year["rows"]
            ],
        },
        {"kind": "practices", "years": [{"rows": practices}] if practices else []},
        {
            "kind": "attestation",
            "years": [{"rows": attestation}] if attestation else [],
        },
    ]
    sections = [section for section in sections if section["years"]]
    parts = [part for section in sections for part in section["years"]]
    for part in parts:
        part["html"], part["tail"] = _part_html(part, languages, part is parts[-1])
    current = [r for r in results if r["superseded_year"] is None]
    credits, points = _earned(current), _gpa(current)
    return {
        "sections": sections,
        "credits": credits,
        "credits_text": format_number(credits),
        "gpa": points,
        "gpa_text": f"{points:.2f}",
        "count": len(results),
        "has_repeated": any(row["repeated"] for part in parts for row in part["rows"]),
    }


def _part_html(part, languages, is_last):
    """Return the rows of a year as HTML; a template would take most of the time.

    The engine parts any two rows of a table but never one row, so what must stay
    together is a table within one row: the heading of a year with its first rows, its
    GPA with the last row before it.

    :return: the rows, and of the last part the last rows apart, which the template
        puts into one row together with the signatures
    """
    rows = [_row_html(row, languages) for row in part["rows"]]
    head, foot = _year_html(part, languages) if "course" in part else ("", "")
    kept = KEPT_ROWS if is_last else 1
    if len(rows) <= kept:
        blocks, tail = [], head + "".join(rows) + foot
    else:
        split = max(FIRST_ROWS, len(rows) - kept)
        first, middle, last = rows[:FIRST_ROWS], rows[FIRST_ROWS:split], rows[split:]
        blocks = [_block_html(head + "".join(first), languages), *middle]
        tail = "".join(last) + foot
    if is_last:
        return Markup("".join(blocks)), Markup(tail)
    if tail:
        blocks.append(_block_html(tail, languages))
    return Markup("".join(blocks)), Markup()


def _block_html(html, languages):
    return (
        f'<tr class="rt-block"><td colspan="{7 + len(languages)}">'
        f'<table class="rt-table rt-inner">{columns_html(languages)}'
        f"<tbody>{html}</tbody></table></td></tr>"
    )


def columns_html(languages):
    """Return the widths of the columns; the names share what is left."""
    widths = ["6mm", "19.5mm", *[""] * len(languages), "12.5mm", "11mm", "11mm"]
    widths += ["9.5mm", "23mm"]
    columns = "".join(
        f'<col style="width: {width}"/>' if width else "<col/>" for width in widths
    )
    return Markup(f"<colgroup>{columns}</colgroup>")


def _year_html(year, languages):
    """Return the heading and the GPA of a year of study as rows."""
    texts, course = Texts(languages), year["course"]
    title = texts.text(f"{course}-курс", f"Year {course}", f"{course} курс")
    label = texts.text(f"{course}-курс GPA", f"Year {course} GPA", f"{course} курс GPA")
    width = len(languages)
    head = (
        f'<tr class="rt-group"><td colspan="{7 + width}">{title} '
        f"({escape(year['year'])})</td></tr>"
    )
    foot = (
        f'<tr class="rt-year"><td colspan="{2 + width}">{label} – '
        f"<b>{year['gpa']:.2f}</b></td><td><b>{year['credits_text']}</b></td>"
        '<td colspan="4"></td></tr>'
    )
    return head, foot


def _row_html(row, languages):
    star = "&#160;*" if row["repeated"] else ""
    names = "".join(
        f'<td class="rt-discipline">{escape(row["names"][code])}{star}</td>'
        for code in languages
    )
    return (
        f'<tr><td>{row["number"]}</td><td class="rt-code-cell">'
        f"{escape(row['code'])}</td>{names}<td>{row['credits']}</td>"
        f"<td>{row['points']}</td><td>{row['score']}</td>"
        f"<td><b>{escape(row['letter'])}</b></td>"
        f'<td class="rt-marks">{mark_text(row["traditional"], languages)}</td></tr>'
    )


def _year(course, name, year):
    counted = [r for r in year["results"] if r["superseded_year"] != r["year"]]
    return {
        "course": course,
        "year": name,
        "rows": year["rows"],
        "credits_text": format_number(_earned(counted)),
        "gpa": _gpa(r for r in counted if r["cycle"] != "ia"),
    }


class Texts:
    """The fixed texts of the form in the languages of one document."""

    def __init__(self, languages):
        self.languages = languages

    def texts(self, kk, en, ru):
        """Return the different texts in the order of the languages."""
        by_language = {"kk": kk, "en": en, "ru": ru}
        return list(dict.fromkeys(by_language[code] for code in self.languages))

    def text(self, kk, en, ru):
        """Return the texts in one line."""
        return " / ".join(self.texts(kk, en, ru))

    def stack(self, kk, en, ru):
        """Return the texts as HTML, one below the other."""
        return lines(self.texts(kk, en, ru))

    def head(self):
        """Return the heads of the narrow columns."""
        return {
            "code": self.stack("Коды", "Code", "Код"),
            "credits": self.stack("Кредит саны", "Credits", "Кредиты"),
            "points": self.stack("сандық", "digital", "цифров."),
            "score": self.stack("балл, %", "score, %", "балл, %"),
            "letter": self.stack("әріпт.", "letter", "букв."),
            "traditional": self.stack("дәстүрлі", "traditional", "традиционная"),
        }


def lines(texts):
    """Return texts as HTML, one below the other."""
    return Markup("<br/>").join(texts)


def mark_text(texts, languages):
    """Return a mark in the languages of the document: Жақсы / Good / Хорошо."""
    return " / ".join(dict.fromkeys(texts[code] for code in languages))


def legend(grades, languages=PRINT_ORDER):
    """Return the grade scale as an HTML table.

    :param grades: tuples (letter, points, per cent, key of ``TRADITIONAL``), from the
        highest letter to the lowest
    """
    if not grades:
        return ""
    texts = Texts(languages)
    runs = []
    for *__, mark in grades:
        if runs and runs[-1][0] == mark:
            runs[-1][1] += 1
        else:
            runs.append([mark, 1])
    labels = (
        texts.text("Әріптік", "Letter", "Буквенная"),
        texts.text("Сандық", "Digital", "Цифровой"),
        "%",
    )
    rows = [
        Markup("<tr><td>%s</td>%s</tr>")
        % (label, Markup("").join(Markup("<td>%s</td>") % g[index] for g in grades))
        for index, label in enumerate(labels)
    ]
    marks = Markup("").join(
        Markup('<td colspan="%s">%s</td>')
        % (count, mark_text(TRADITIONAL[mark], languages))
        for mark, count in runs
    )
    label = texts.text("Дәстүрлі", "Traditional", "Традиционная")
    rows.append(Markup("<tr><td>%s</td>%s</tr>") % (label, marks))
    return Markup('<table class="rt-scale">%s</table>') % Markup("").join(rows)


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
