"""Kazakh alphabetical order as a plain text key.

PostgreSQL may be built without ICU and Odoo creates its databases with the
collation C, where Қ, Ә, Ғ stand behind Я. Named lists therefore sort by a stored,
indexed key made here. The key is made of decimal digits only, so that it
sorts the same way under every collation, not only under C.

Order: empty, spaces, hyphens, other signs, numbers by value, Latin letters,
Kazakh Cyrillic letters (which include all Russian ones), letters of other
scripts. Capital and small letters are equal; only if the rest is equal they
decide, so the order never depends on chance.

Each letter takes two digits. A run of figures takes its length and itself. Only
a text that differs from ordinary writing (capital at the beginning of a word, small
inside) gets a tail that breaks ties.
"""

import unicodedata

KAZAKH = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"

_END, _SPACE, _HYPHEN, _OTHER_SIGN, _NUMBER, _LONG = "00", "01", "02", "09", "1", "19"
_SIGNS = {"'": "03", ".": "04", ",": "05", "/": "06", "(": "07", ")": "07", '"': "08"}
_FIRST_LATIN, _FIRST_KAZAKH, _FOREIGN = 20, 50, "95"

#: Letters outside both alphabets that sort with a neighbour: letter -> letters.
_NEIGHBOURS = {
    "ґ": "г", "є": "е", "ї": "і", "ў": "у", "җ": "ж", "ҳ": "х", "ҷ": "ч",
    "ӣ": "и", "ӯ": "у", "ӊ": "ң", "ҥ": "ң", "ӛ": "ә", "ѝ": "и",
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d",
    "þ": "th", "ı": "i", "ə": "a", "ŋ": "n",
}  # fmt: skip
_SIGN_VARIANTS = {
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
    "’": "'", "ʼ": "'", "‘": "'", "`": "'", "ʹ": "'",
    "«": '"', "»": '"', "“": '"', "”": '"', "„": '"',
    "[": "(", "]": ")", "{": "(", "}": ")", "\\": "/",
}  # fmt: skip

_LETTERS = {c: str(_FIRST_LATIN + i) for i, c in enumerate(LATIN)}
_LETTERS.update({c: str(_FIRST_KAZAKH + i) for i, c in enumerate(KAZAKH)})


def sort_key(text):
    """Return the ASCII key by which ``text`` stands in Kazakh alphabetical order.

    :param text: text; None, False and "" give ""
    :rtype: str

    For people join the parts in the order of the list: last, first, patronymic; a
    space sorts below every letter, so shorter last names come first.
    """
    if not text:
        return ""
    text = unicodedata.normalize("NFC", " ".join(str(text).split()))
    primary, ties = [], []
    position, at_word_start = 0, True
    while position < len(text):
        char = text[position]
        if char.isascii() and char.isdigit():
            end = position
            while end < len(text) and text[end].isascii() and text[end].isdigit():
                end += 1
            run = text[position:end]
            number = run.lstrip("0") or "0"
            primary.append(_number_code(number))
            ties.append(str(min(len(run) - len(number), 9)))
            position, at_word_start = end, False
            continue
        code, variant, is_letter = _char_code(char)
        primary.append(code)
        if is_letter and variant == 0:
            variant = int(char.isupper() != at_word_start)
        ties.append(str(variant))
        at_word_start = not is_letter
        position += 1
    tail = "".join(ties).rstrip("0")
    return "".join(primary) + (_END + tail if tail else "")


def _number_code(number):
    """Longer numbers are greater; equally long ones compare as text."""
    if len(number) < 9:
        return f"{_NUMBER}{len(number)}{number}"
    return f"{_LONG}{min(len(number), 99):02d}{number}"


def _char_code(char):
    """Return (key, variant, is letter); variant 0 is the ordinary form."""
    if char == " ":
        return _SPACE, 0, False
    lower = char.lower()
    if lower in _LETTERS:
        return _LETTERS[lower], 0, True
    if not char.isalpha():
        sign = _SIGN_VARIANTS.get(char, char)
        variant = int(sign != char)
        if sign == "-":
            return _HYPHEN, variant, False
        if sign in _SIGNS:
            return _SIGNS[sign], variant, False
        return _OTHER_SIGN, ord(char) % 9 + 1, False
    neighbours = _NEIGHBOURS.get(lower)
    if neighbours is None:
        base = unicodedata.normalize("NFKD", lower)
        neighbours = "".join(c for c in base if not unicodedata.combining(c))
    if neighbours and all(c in _LETTERS for c in neighbours):
        variant = 2 + int(char.isupper())
        return "".join(_LETTERS[c] for c in neighbours), variant, True
    return f"{_FOREIGN}{ord(lower[0]):07d}", 2 + int(char.isupper()), True
