"""Dates in words, as documents write them.

A Kazakh date is ``2025 жылғы 25 тамыз``; the month takes the case endings, which
follow vowel harmony and are listed here, since there are only twelve of them.
A Russian date is ``25 августа 2025 года`` in every place of an order.
"""

MONTHS = {
    "kk": (
        "қаңтар",
        "ақпан",
        "наурыз",
        "сәуір",
        "мамыр",
        "маусым",
        "шілде",
        "тамыз",
        "қыркүйек",
        "қазан",
        "қараша",
        "желтоқсан",
    ),
    "ru": (
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}

KAZAKH_ENDINGS = {
    # «-дан бастап»: from a day on
    "ablative": (
        "дан",
        "нан",
        "дан",
        "ден",
        "дан",
        "нан",
        "ден",
        "дан",
        "тен",
        "нан",
        "дан",
        "нан",
    ),
    # «-ға дейін»: until a day
    "dative": (
        "ға",
        "ға",
        "ға",
        "ге",
        "ға",
        "ға",
        "ге",
        "ға",
        "ке",
        "ға",
        "ға",
        "ға",
    ),
    # «-дағы»: of a day, e.g. an order of that day
    "attributive": (
        "дағы",
        "дағы",
        "дағы",
        "дегі",
        "дағы",
        "дағы",
        "дегі",
        "дағы",
        "тегі",
        "дағы",
        "дағы",
        "дағы",
    ),
}


def date_in_words(date, lang, case=None):
    """Return a date as a document writes it.

    >>> from datetime import date
    >>> date_in_words(date(2025, 8, 25), "kk")
    '2025 жылғы 25 тамыз'
    >>> date_in_words(date(2025, 9, 1), "kk", "ablative")
    '2025 жылғы 1 қыркүйектен'
    >>> date_in_words(date(2025, 8, 25), "ru")
    '25 августа 2025 года'

    :param datetime.date date: the day
    :param str lang: ``"kk"``, ``"ru"`` or ``"en"``
    :param str case: for Kazakh ``"ablative"``, ``"dative"`` or ``"attributive"``;
        the other languages write every case alike
    :raises ValueError: for an unknown language or case
    """
    if lang not in MONTHS:
        raise ValueError(f"unknown language {lang!r}")
    if case is not None and case not in KAZAKH_ENDINGS:
        raise ValueError(f"unknown case {case!r}")
    month = MONTHS[lang][date.month - 1]
    if lang == "kk":
        ending = KAZAKH_ENDINGS[case][date.month - 1] if case else ""
        return f"{date.year} жылғы {date.day} {month}{ending}"
    if lang == "ru":
        return f"{date.day} {month} {date.year} года"
    return f"{date.day} {month} {date.year}"
