"""One cell → one value, or a :class:`CellError` that says what is wrong with it."""

import datetime
import functools
import re

from ..iin import LENGTH, IINError, check_iin, iin_anomalies
from ..normalise import fold_to_latin
from .issues import CellError
from .tables import BadCell

# Signs nobody sees: controls, soft hyphens, zero widths, private marks of editors.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\ufeff]"
)

MONTHS = {
    1: "january jan январь января янв қаңтар қаң",
    2: "february feb февраль февраля фев ақпан ақп",
    3: "march mar март марта мар наурыз нау",
    4: "april apr апрель апреля апр сәуір сәу",
    5: "may май мая мамыр мам",
    6: "june jun июнь июня июн маусым",
    7: "july jul июль июля июл шілде шіл",
    8: "august aug август августа авг тамыз там",
    9: "september sept sep сентябрь сентября сен сент қыркүйек қыр",
    10: "october oct октябрь октября окт қазан қаз",
    11: "november nov ноябрь ноября ноя нояб қараша қар",
    12: "december dec декабрь декабря дек желтоқсан жел",
}


@functools.lru_cache(maxsize=50_000)
def word_key(text):
    """Return a form in which two spellings of the same word are equal.

    No case, no spaces and signs, ё as е, letters of the other alphabet folded.
    """
    text = str(text or "").upper().replace("Ё", "Е")
    return "".join(filter(str.isalnum, fold_to_latin(text))).lower()


_MONTH_NUMBERS = {
    word_key(word): number for number, words in MONTHS.items() for word in words.split()
}


def plain(value):
    """Return the text of a cell as a person reads it, without hidden signs.

    :raises CellError: the cell holds an error or a formula without a value
    """
    if isinstance(value, BadCell):
        code = "cell_error" if value.kind == "error" else "formula_without_value"
        raise CellError(code)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return _HIDDEN.sub("", str(value)).strip()


def shown(value):
    """Return a cell for display in a list of problems."""
    if isinstance(value, BadCell):
        return value.text
    text = plain(value)
    return text if len(text) <= 100 else f"{text[:99]}…"


def has_hidden_signs(value):
    return isinstance(value, str) and bool(_HIDDEN.search(value))


def parse_number(value, integer=False):
    """Return a number ≥ 0, written with a point or a comma; None if empty."""
    if isinstance(value, datetime.date | datetime.time):
        raise CellError("number_is_date")
    text = re.sub(r"[\s\u00a0\u202f]", "", plain(value)).replace(",", ".")
    if text in ("", "-", "–", "—"):
        return None
    if not re.fullmatch(r"[+-]?\d{1,9}(\.\d{1,9})?", text):
        raise CellError("not_a_number")
    number = float(text)
    if number < 0:
        raise CellError("negative_number")
    if integer:
        if not number.is_integer():
            raise CellError("not_whole")
        return int(number)
    return number


TRUE_WORDS = {
    word_key(word)
    for word in (
        "1",
        "да",
        "иә",
        "ия",
        "yes",
        "true",
        "истина",
        "ақиқат",
        "+",
        "v",
        "✓",
    )
} | {"y", "и"}
FALSE_WORDS = {
    word_key(word) for word in ("0", "нет", "жоқ", "no", "false", "ложь", "жалған", "n")
}


def parse_flag(value):
    """Return True or False; None if empty."""
    text = plain(value)
    if not text:
        return None
    if text in ("+", "✓", "✔"):
        return True
    if text in ("-", "–", "—", "−"):
        return False
    key = word_key(text)
    if key in TRUE_WORDS - {""}:
        return True
    if key in FALSE_WORDS:
        return False
    raise CellError("not_a_flag")


def parse_date(value):
    """Return (date, name of a guess or None); (None, None) if empty.

    Takes cells with dates, 15.05.2003, 15/05/03, 2003-05-15, 20030515 as text,
    "15 мая 2003 г.", "2003 ж. 15 мамыр", and the day numbers of spreadsheets.
    The guesses: ``serial`` (a bare number was taken as a day number), ``american``
    (month before day), ``short_year`` (the century was chosen).
    """
    if isinstance(value, datetime.datetime):
        return value.date(), None
    if isinstance(value, datetime.date):
        return value, None
    if isinstance(value, datetime.time):
        raise CellError("not_a_date")
    text = plain(value)
    if not text:
        return None, None
    if re.fullmatch(r"\d{5}(\.0+)?", text):
        serial = int(float(text))
        return datetime.date(1899, 12, 30) + datetime.timedelta(days=serial), "serial"
    text = re.sub(r"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?Z?$", "", text)
    for pattern, order in _DATE_PATTERNS:
        if match := pattern.fullmatch(text):
            parts = dict(zip(order, map(int, match.groups()), strict=True))
            return _make_date(**parts)
    return _date_in_words(text)


_DATE_PATTERNS = (
    (re.compile(r"(\d{1,2})[.\-/ ](\d{1,2})[.\-/ ](\d{4})\s*[гжgy]?\.?"), "dmy"),
    (re.compile(r"(\d{4})[.\-/](\d{1,2})[.\-/](\d{1,2})\.?"), "ymd"),
    (re.compile(r"(\d{4})(\d{2})(\d{2})"), "ymd"),
    (re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{2})\s*[гж]?\.?"), "dmy"),
)


def _make_date(d, m, y):
    guess = None
    if y < 100:
        # Nobody in a list of students is over eighty or not yet born.
        this_year = datetime.date.today().year % 100
        y += 2000 if y <= this_year else 1900
        guess = "short_year"
    if m > 12 and d <= 12:
        d, m, guess = m, d, "american"
    try:
        return datetime.date(y, m, d), guess
    except ValueError as error:
        raise CellError("no_such_date") from error


def _date_in_words(text):
    numbers = re.findall(r"\d+", text)
    months = [
        _MONTH_NUMBERS[key]
        for key in map(word_key, re.findall(r"[^\W\d_]+", text))
        if key in _MONTH_NUMBERS
    ]
    years = [int(number) for number in numbers if len(number) == 4]
    days = [int(number) for number in numbers if len(number) <= 2]
    if len(months) == len(years) == len(days) == 1 and len(numbers) == 2:
        return _make_date(days[0], months[0], years[0])
    raise CellError("not_a_date")


def parse_iin(value):
    """Return (IIN, note or None); (None, None) if empty.

    Spaces and dashes between the digits are dropped. A spreadsheet drops leading
    zeros of numbers; they are put back where the check digit agrees.

    :raises CellError: ``iin_<rule>`` of :data:`..iin.RULES`, or ``iin_rounded``
    """
    text = plain(value)
    if not text:
        return None, None
    if re.fullmatch(r"\d([.,]\d+)?[eE]\+?\d+", text):
        raise CellError("iin_rounded")
    digits = re.sub(r"[\s\u00a0'‘’-]", "", text)
    note = "iin_cleaned" if digits != text else None
    if digits.isascii() and digits.isdigit() and 8 <= len(digits) < LENGTH:
        padded = digits.zfill(LENGTH)
        if not iin_anomalies(padded, is_foreigner=True):
            return padded, "iin_zeros"
    try:
        check_iin(digits)
    except IINError as error:
        raise CellError(f"iin_{error.rule}") from error
    return digits, note


def parse_terms(value, credits=None):
    """Return [(term number, credits of the term)] in the order of terms.

    "1:5|2:5" gives both; "3" one term with all credits; "1,2" or "1-4" the credits
    in equal parts. A cell that a spreadsheet took for the time 07:05 is "7:5".

    :raises CellError: not understood, a term named twice, or the credits of the
        terms do not add up to ``credits``
    """
    if isinstance(value, datetime.datetime | datetime.date):
        raise CellError("terms_is_date")
    if isinstance(value, datetime.time):
        text = f"{value.hour}:{value.minute}"
    else:
        text = re.sub(r"\s+", " ", plain(value))
    if not text:
        return []
    parts = [part.strip() for part in re.split(r"[|;,+]| (?=\d)", text) if part.strip()]
    terms = []
    for part in parts:
        match = re.fullmatch(r"(\d{1,2})(?:\s*[:=(]\s*(\d{1,3}(?:[.,]\d)?)\)?)?", part)
        span = re.fullmatch(r"(\d{1,2})\s*[-–—]\s*(\d{1,2})", part)
        if span and int(span[1]) < int(span[2]):
            terms += [(n, None) for n in range(int(span[1]), int(span[2]) + 1)]
        elif match:
            volume = match[2] and float(match[2].replace(",", "."))
            terms.append((int(match[1]), volume))
        else:
            raise CellError("terms_unclear")
    return _check_terms(sorted(terms, key=lambda term: term[0]), credits)


def _check_terms(terms, credits):
    numbers = [number for number, _volume in terms]
    if len(set(numbers)) != len(numbers):
        raise CellError("term_twice")
    if min(numbers) < 1:
        raise CellError("terms_unclear")
    given = [volume for _number, volume in terms if volume is not None]
    if not given:
        if credits is None:
            return [(number, 0.0) for number in numbers]
        tenths = round(credits * 10)
        edges = [round(tenths * i / len(terms)) for i in range(len(terms) + 1)]
        return [
            (number, (edges[i + 1] - edges[i]) / 10) for i, number in enumerate(numbers)
        ]
    if len(given) < len(terms):
        raise CellError("terms_unclear")
    if credits is not None and round(sum(given) - credits, 2):
        raise CellError("terms_sum", total=f"{sum(given):g}", credits=f"{credits:g}")
    return terms


# Words that follow a name and stay small: "Мамед оглы", "Болат ұлы".
_PATRONYMIC_WORDS = {"ұлы", "қызы", "улы", "уулу", "кызы", "оглы", "гызы", "тегі"}
_NAME = re.compile(r"[^\W\d_]+(?:[ '\-.][^\W\d_]*)*\.?")


def parse_name(value, clean):
    """Return a name as it is written in documents; "" if empty.

    АХМЕТОВ becomes Ахметов. ``clean`` is the text after normalisation.
    """
    if not clean:
        return ""
    if not _NAME.fullmatch(clean):
        raise CellError("not_a_name")
    if clean.isupper() and len(clean) > 1 or clean.islower():
        words = [
            word.lower()
            if index and word.lower() in _PATRONYMIC_WORDS
            else "-".join(part.capitalize() for part in word.split("-"))
            for index, word in enumerate(clean.split())
        ]
        return " ".join(words)
    return clean


def split_full_name(text):
    """Split "last first patronymic" into three; the patronymic may have two words."""
    words = text.split()
    if len(words) < 2:
        raise CellError("full_name_parts")
    return words[0], words[1], " ".join(words[2:])
