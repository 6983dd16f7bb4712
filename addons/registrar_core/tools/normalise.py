"""Cleaning of imported texts: what people typed → what they meant.

Lists of disciplines and of students come from word processors: Latin letters
inside Cyrillic words and the other way round (they look the same and sort, search
and compare differently), doubled and unbreakable spaces, four kinds of dashes. Each
function returns the clean text together with the list of what it changed, because an
import must report every change it makes.
"""

import re
import unicodedata
from typing import NamedTuple

LATIN, CYRILLIC = "latin", "cyrillic"

# Pairs that look the same in print. Small в, н, т, м have no Latin twin and decide
# the script of a word. Ү and У both look like Y, Ә like the Latin schwa.
_TO_CYRILLIC = {
    "A": "А", "B": "В", "C": "С", "E": "Е", "H": "Н", "I": "І", "K": "К",
    "M": "М", "O": "О", "P": "Р", "T": "Т", "X": "Х", "Y": "У", "Ə": "Ә",
    "Ɵ": "Ө", "a": "а", "c": "с", "e": "е", "h": "һ", "i": "і", "k": "к",
    "o": "о", "p": "р", "x": "х", "y": "у", "ə": "ә", "ɵ": "ө",
}  # fmt: skip
_TO_LATIN = {cyrillic: latin for latin, cyrillic in _TO_CYRILLIC.items()}
_TO_LATIN.update({"Ү": "Y", "ү": "y", "Һ": "H"})
# Letters (and their Latin twins) that no Russian word has.
_KAZAKH_ONLY = set("әғқңөұүһіӘҒҚҢӨҰҮҺІihəIƏ")

_WORD = re.compile(r"[^\W\d_]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
_LETTER_GRADE = re.compile(r"[A-F][+-]?|FX|I|W|AW|AU|P|NP")


class Change(NamedTuple):
    """One repair: offset of the word in the text given, the word before, after.

    ``kind``: ``script`` (letters of the other alphabet replaced), ``unresolved``
    (the word mixes both alphabets and cannot be repaired; before == after),
    ``space``, ``quote``, ``dash``, ``bracket``, ``case`` (whole text before/after).
    """

    position: int
    before: str
    after: str
    kind: str


def script_of(char):
    """Return ``latin``, ``cyrillic`` or None (neither, or not a letter)."""
    if not char.isalpha():
        return None
    if char in "əƏɵƟ":
        return LATIN
    name = unicodedata.name(char, "")
    if name.startswith("LATIN"):
        return LATIN
    return CYRILLIC if name.startswith("CYRILLIC") else None


def fold_to_latin(text):
    """Replace every Cyrillic letter that has a Latin twin (Roman numerals, keys)."""
    return "".join(_TO_LATIN.get(char, char) for char in text or "")


def is_mixed(text):
    """Tell whether some word of ``text`` contains letters of both alphabets."""
    return any(len(_scripts(word)) > 1 for word in _WORD.findall(text or ""))


def fold_lookalikes(text):
    """Repair words that mix Cyrillic and Latin letters.

    The letters that exist in one alphabet only decide; if there are none, the more
    frequent alphabet does; at a tie, the other words of the text do, and Latin
    if they do not tell. Words in one alphabet are never touched.

    :returns: (text, list of :class:`Change`)
    """
    text = text or ""
    changes = []

    def repair(match):
        word = match.group()
        if len(_scripts(word)) < 2:
            return word
        fixed = _in_script(word, _script_of_word(word, text))
        kind = "unresolved" if len(_scripts(fixed)) > 1 else "script"
        fixed = word if kind == "unresolved" else fixed
        changes.append(Change(match.start(), word, fixed, kind))
        return fixed

    return _WORD.sub(repair, text), changes


def normalise_text(text, quotes="«»"):
    """Clean a name or a title: letters, spaces, quotes, dashes, brackets.

    Quotation marks become ``quotes`` (outer pair of Russian and Kazakh print), dashes
    inside words a hyphen and between words " – ", invisible signs disappear.

    :returns: (text, list of :class:`Change`)
    """
    changes = []

    def apply(kind, before, after):
        if after != before:
            changes.append(Change(0, before, after, kind))
        return after

    original = str(text or "")
    clean = _INVISIBLE.sub("", unicodedata.normalize("NFC", original))
    clean = apply("space", original, " ".join(clean.split()))
    clean, script_changes = fold_lookalikes(clean)
    changes += script_changes
    clean = apply("quote", clean, _quotes(clean, quotes))
    clean = apply("dash", clean, _dashes(clean))
    clean = apply("bracket", clean, _brackets(clean))
    return clean, changes


def normalise_code(code):
    """Clean a code of a discipline, programme or module.

    Codes are written in Latin letters. Mixed words are repaired; words of twin
    letters only (АХ, В) become Latin unless another word of the code is plainly
    Cyrillic. Spaces around slashes go, a bracket without its pair goes.
    "КET/ DIK / AHK 1209" → "KET/DIK/AHK 1209".

    :returns: (code, list of :class:`Change`)
    """
    clean, changes = normalise_text(code)
    is_cyrillic = any(
        script_of(char) == CYRILLIC and char not in _TO_LATIN for char in clean
    )
    if not is_cyrillic:
        for match in _WORD.finditer(clean):
            word = match.group()
            if fold_to_latin(word) != word:
                changes.append(
                    Change(match.start(), word, fold_to_latin(word), "script")
                )
        clean = fold_to_latin(clean)
    tidy = re.sub(r"\s*/\s*", "/", _drop_unpaired_brackets(clean))
    tidy = tidy.strip(" /")
    if tidy != clean:
        changes.append(
            Change(0, clean, tidy, "bracket" if "/" not in clean else "space")
        )
    return tidy, changes


def code_key(code):
    """Return a form in which two spellings of the same code are equal.

    For comparing only, not to be shown: Latin twins, capitals, no spaces.
    """
    clean, _changes = normalise_code(code)
    return re.sub(r"\s+", "", fold_to_latin(clean).upper())


def split_code(code):
    """Split a code in three languages into (kk, ru, en), each with its number.

    "KT/IK/HK 4101" → ("KT 4101", "IK 4101", "HK 4101"); a code in one language
    is returned three times; a code in two languages keeps the second for English.

    :rtype: tuple[str, str, str]
    """
    clean, _changes = normalise_code(code)
    match = re.fullmatch(r"(\D.*?)\s*(\d[\d()]*)", clean)
    words, number = (match.group(1), match.group(2)) if match else (clean, "")
    parts = [part.strip() for part in re.split(r"[/\s]+", words) if part.strip()]
    if not parts or len(parts) > 3:
        return (clean,) * 3
    parts += [parts[-1]] * (3 - len(parts))
    return tuple(f"{part} {number}".strip() for part in parts)


def normalise_letter_grade(text):
    """Return a letter grade in its only spelling: "А−" (Cyrillic, minus sign) → "A-".

    Also takes the marks without points (I, W, AW, AU, P, NP).

    :rtype: str
    :raises ValueError: the text is no letter grade
    """
    grade = re.sub(r"\s+", "", fold_to_latin(str(text or "").upper()))
    grade = re.sub(f"[{_DASHES}]", "-", grade).replace("＋", "+")
    if not _LETTER_GRADE.fullmatch(grade):
        raise ValueError(f"{text!r} is not a letter grade")
    return grade


def _scripts(word):
    return {script_of(char) for char in word} - {None}


def _script_of_word(word, text):
    """Decide the alphabet of a mixed word; see :func:`fold_lookalikes`."""
    sure = {
        script_of(char)
        for char in word
        if char not in _TO_CYRILLIC and char not in _TO_LATIN
    } - {None}
    if len(sure) == 1:
        return sure.pop()
    counts = {
        script: sum(script_of(char) == script for char in word)
        for script in (LATIN, CYRILLIC)
    }
    if counts[LATIN] != counts[CYRILLIC]:
        return max(counts, key=counts.get)
    others = [
        script_of(char)
        for char in text
        if char not in _TO_CYRILLIC and char not in _TO_LATIN
    ]
    return CYRILLIC if others.count(CYRILLIC) > others.count(LATIN) else LATIN


def _in_script(word, script):
    if script == LATIN:
        return fold_to_latin(word)
    kazakh = any(char in _KAZAKH_ONLY for char in word)
    twins = dict(_TO_CYRILLIC, Y="Ү", y="ү") if kazakh else _TO_CYRILLIC
    return "".join(twins.get(char, char) for char in word)


def _quotes(text, quotes):
    opening, closing = quotes
    text = re.sub("[“„‟]", opening, text)
    text = re.sub("”", closing, text)
    text = re.sub(r'^"\s*', opening, text)
    text = re.sub(r'(^|[\s(\[«])"(?=\S)', rf"\1{opening}", text)
    text = text.replace('"', closing)
    return re.sub("[‘’ʼ`´]", "'", text)


def _dashes(text):
    text = re.sub(rf"(?<=\S)[{_DASHES}](?=\S)", "-", text)
    return re.sub(rf"\s+[{_DASHES}-]+\s+", " – ", text)


def _brackets(text):
    text = re.sub(r"([(\[])\s+", r"\1", text)
    text = re.sub(r"\s+([)\],;.])", r"\1", text)
    # A bracket opens behind a space after a word ("практика( …"), but not in
    # codes such as K(O)T, where the word goes on behind it.
    return re.sub(r"(?<=[^\W\d_]{3})\((?=[^)]*\)(?:\s|$|[,;.]))", " (", text)


def _drop_unpaired_brackets(text):
    depth, kept = 0, []
    for char in text:
        if char == ")" and depth == 0:
            continue
        depth += (char == "(") - (char == ")")
        kept.append(char)
    for _index in range(depth):
        last = len(kept) - 1 - kept[::-1].index("(")
        del kept[last]
    return "".join(kept)
