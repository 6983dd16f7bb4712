"""Latin spelling of Kazakh and Russian names, in the style of passports.

Letter by letter, with the spelling most often met in documents of Kazakhstan
(й → i, ж → zh, х → kh; Ә, Ө, Ұ, Ү, Қ, Ғ, Ң, І without diacritics; ь and ъ fall
out). Passports of single people differ (Kairat and Qairat, Yerlan and Erlan), so
what comes out is a proposal: the spelling of the identity document always wins.
"""

LETTERS = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d",
    "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i", "й": "i", "к": "k",
    "қ": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u",
    "ф": "f", "х": "kh", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "і": "i", "ь": "", "э": "e", "ю": "yu",
    "я": "ya",
}  # fmt: skip


def latin(text):
    """Return ``text`` in Latin letters; what is not Cyrillic stays as it is.

    :param text: a name or several; None, False and "" give ""
    :rtype: str

    Ш becomes SH in a word written in capitals, else Sh.
    """
    if not text:
        return ""
    result = []
    for index, char in enumerate(text):
        spelling = LETTERS.get(char.lower())
        if spelling is None:
            result.append(char)
        elif not char.isupper():
            result.append(spelling)
        elif len(spelling) > 1 and not _is_in_capitals(text, index):
            result.append(spelling.capitalize())
        else:
            result.append(spelling.upper())
    return "".join(result)


def _is_in_capitals(text, index):
    """Tell whether the letters beside this capital are capitals too."""
    neighbours = [
        text[i]
        for i in (index - 1, index + 1)
        if 0 <= i < len(text) and text[i].isalpha()
    ]
    return bool(neighbours) and all(char.isupper() for char in neighbours)
