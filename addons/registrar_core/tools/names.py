"""Names of people in the cases of Russian and of Kazakh.

Russian: every part is declined by its own rules. The regular and the irregular
surnames and first names of Russian are left to the library `pytrovich` (rules of the
petrovich project, about a thousand exceptions); without it, or for words with Kazakh
letters, the rules below decide. What the library lacks or does otherwise than offices
of Kazakhstan stands here and always wins:

- patronymics and surnames on -ұлы/-улы, -қызы/-кызы, -тегі/-теги, -оглы do not change
  in a Russian text («приказ по Ахмету Серікұлы»), whatever the gender;
- women's first names on a soft sign are nouns of the third declension (Асель – Асели,
  Айгуль – Айгули, Любовь – Любови), except some from French;
- of a double first name on consonants only the last part changes (Касым-Жомарта);
- a patronymic without -ич, -на is the father's name itself and does not change;
- letters that Russian does not have stay; words in Latin letters and initials too.

Kazakh: only the last word of the full name takes a suffix, chosen by the vowel of its
last syllable and by its last letter. Source: main rules of the Kazakh orthography,
sections on suffixes (harmony; б, в, г, д count as voiceless; ё, э, ю and final soft
signs and clusters such as -рк, -нк take front suffixes; words like Күләш have a back
dative). Surnames: -ов follows its own vowel (Ахметовтың, Ахметовқа), -ев after a
vowel letter of the back row too (Назарбаевқа), otherwise it is front
(Нұрғалиевке), as is -ин (Сейфуллинге). After a possessive ending (-ұлы, -қызы, -тегі)
come -ның, -на, -н.
"""

import re
import unicodedata

try:
    from pytrovich.enums import Case, Gender, NamePart
    from pytrovich.maker import PetrovichDeclinationMaker
except ImportError:  # the rules of this module suffice for regular names
    PetrovichDeclinationMaker = None

MALE = "male"
FEMALE = "female"
CASES = ("genitive", "dative", "accusative")
LANGUAGES = ("ru", "kk")

LAST, FIRST, PATRONYMIC = "last", "first", "patronymic"

_CYRILLIC = re.compile(r"[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі'’ʼ]+")
_KAZAKH_LETTER = re.compile("[әғқңөұүһі]")
_POSSESSIVE = re.compile(r"(?:ұлы|улы|ұғлы|қызы|кызы|тегі|теги|оглы|оғлы)$")
_INITIAL = re.compile(r"^[^\W\d_]{1,2}\.")

# ---------------------------------------------------------------------------
# Russian
# ---------------------------------------------------------------------------

# Endings in the order of CASES.
_CONSONANT_ENDINGS = ("а", "у", "а")
_SOFT_ENDINGS = ("я", "ю", "я")
_ADJECTIVE_ENDINGS = ("ого", "ому", "ого")
_SOFT_ADJECTIVE_ENDINGS = ("его", "ему", "его")
_FEMALE_ADJECTIVE_ENDINGS = ("ой", "ой", "ую")
_SOFT_FEMALE_ADJECTIVE_ENDINGS = ("ей", "ей", "юю")
_POSSESSIVE_FEMALE_ENDINGS = ("ой", "ой", "у")
_THIRD_ENDINGS = ("и", "и", "ь")

_HUSHING = "жшщч"
_VELAR = "гкх"
_VOWELS = "аеёиоуыэюяәөұүі"
_STAY_VOWELS = "еёиоуыэюәөұүі"

# First names whose stem changes: name -> stem before the endings of a consonant.
_STEMS = {"павел": "павл", "лев": "льв", "пётр": "петр", "петр": "петр"}
# Stressed on the last letter: the dative is Алие, not Алии as with Мария.
_STRESSED_YA = frozenset("алия әлия альфия асия галия ғалия зульфия зүлфия".split())
# Women's names from French keep their form; so do some surnames on -а.
_STAY_FIRST = frozenset(
    "николь мишель изабель аннабель эстель даниэль габриэль ноэль мюриэль".split()
)
_STAY_LAST = frozenset("дюма золя дега петипа тома бенуа моруа делакруа".split())
# On -их, -ых, yet nouns: surnames made of first names.
_NOUNS_ON_KH = frozenset(
    "дитрих рерих фридрих генрих ульрих эрих салих малих талих жамих шейх шых".split()
)
_STAY_PREFIXES = frozenset(
    "аль эль әл ибн бен бин ван фон де ди да дер ла ле сен тер абд абу кара нур бек"
    " мырза ага".split()
)


def _library():
    """Return the maker of the library, built once, or None."""
    if PetrovichDeclinationMaker is None:
        return None
    if "maker" not in _CACHE:
        _CACHE["maker"] = PetrovichDeclinationMaker()
    return _CACHE["maker"]


_CACHE = {}


def _by_library(kind, word, gender, case):
    """Ask the library; None when it is not installed."""
    maker = _library()
    if maker is None:
        return None
    part = {
        LAST: NamePart.LASTNAME,
        FIRST: NamePart.FIRSTNAME,
        PATRONYMIC: NamePart.MIDDLENAME,
    }[kind]
    sex = Gender.MALE if gender == MALE else Gender.FEMALE
    return maker.make(part, sex, Case[case.upper()], word)


def _on_a(word, index):
    """Decline a noun on -а or -я (first school declension of the handbooks)."""
    stem, last = word[:-1], word[-1]
    before = stem[-1:]
    if last == "я":
        dative = "и" if before == "и" and word not in _STRESSED_YA else "е"
        return stem + ("и", dative, "ю")[index]
    genitive = "и" if before and before in _VELAR + _HUSHING else "ы"
    return stem + (genitive, "е", "у")[index]


def _on_consonant(word, index):
    """Decline a man's name on a consonant, -й or a soft sign."""
    if word[-1] in "йь":
        return word[:-1] + _SOFT_ENDINGS[index]
    return word + _CONSONANT_ENDINGS[index]


def _last_name_male(word, index):  # noqa: C901
    if word.endswith(("ых", "их")) and word not in _NOUNS_ON_KH:
        return word
    if re.search(r"(?:ск|цк)(?:ий|ой)$", word):
        return word[:-2] + _ADJECTIVE_ENDINGS[index]
    if word.endswith("ый"):
        return word[:-2] + _ADJECTIVE_ENDINGS[index]
    syllables = sum(char in _VOWELS for char in word)
    if word.endswith("ой") and syllables > 1 and not _KAZAKH_LETTER.search(word):
        return word[:-2] + _ADJECTIVE_ENDINGS[index]
    if word.endswith("ий") and syllables > 1:
        before = word[-3:-2]
        if before in _VELAR:
            return word[:-2] + _ADJECTIVE_ENDINGS[index]
        if before in _HUSHING:
            return word[:-2] + _SOFT_ADJECTIVE_ENDINGS[index]
    if re.search(r"[^аеёиоуыэюя]ец$", word) and syllables > 1:
        return word[:-2] + "ц" + _CONSONANT_ENDINGS[index]
    if word[-1] in "ая":
        if word in _STAY_LAST or word[-2:-1] in tuple("аеёиоуыэюә") and word[-1] == "а":
            return word
        return _on_a(word, index)
    if word[-1] in _STAY_VOWELS:
        return word
    return _on_consonant(word, index)


def _last_name_female(word, index):
    if re.search(r"(?:[оеё]в|[иы]н)а$", word):
        return word[:-1] + _POSSESSIVE_FEMALE_ENDINGS[index]
    if word.endswith("ая") and len(word) > 3:
        return word[:-2] + _FEMALE_ADJECTIVE_ENDINGS[index]
    if word.endswith("яя") and len(word) > 3:
        return word[:-2] + _SOFT_FEMALE_ADJECTIVE_ENDINGS[index]
    if word[-1] in "ая":
        return _last_name_male(word, index)
    return word


def _first_name(word, gender, index):
    if word[-1] in "ая":
        return _on_a(word, index)
    if word[-1] in _STAY_VOWELS or gender == FEMALE:
        return word
    return _on_consonant(_STEMS.get(word, word), index)


def _patronymic(word, index):
    if word.endswith("ич"):
        return word + _CONSONANT_ENDINGS[index]
    if word.endswith(("овна", "евна", "ична", "инична")):
        return _on_a(word, index)
    return word


def _own_first(kind, word, gender, index):
    """Return what this module knows better than the library, or None."""
    if _POSSESSIVE.search(word) or not word[-1].isalpha():
        return word
    if kind == PATRONYMIC:
        return _patronymic(word, index)
    if kind == FIRST and gender == FEMALE and word[-1] == "ь":
        return word if word in _STAY_FIRST else word[:-1] + _THIRD_ENDINGS[index]
    if kind == FIRST and gender == MALE and word in _STEMS:
        return _on_consonant(_STEMS[word], index)
    if kind == FIRST and gender == MALE and word.endswith("ек"):
        # the library takes е for a fleeting vowel (Ермек)
        return _on_consonant(word, index)
    if kind == LAST and gender == MALE and word in _NOUNS_ON_KH:
        return _on_consonant(word, index)
    return None


def _russian_word(kind, word, gender, case):
    """Decline one word without hyphens, given and returned in lower case."""
    index = CASES.index(case)
    result = _own_first(kind, word, gender, index)
    if result is None and not _KAZAKH_LETTER.search(word):
        result = _by_library(kind, word, gender, case)
    if result is not None:
        return result
    if kind == FIRST:
        return _first_name(word, gender, index)
    if gender == MALE:
        return _last_name_male(word, index)
    return _last_name_female(word, index)


def _like(original, changed):
    """Give the letters of a changed lower-case word the case of the original."""
    kept = 0
    for before, after in zip(original.lower(), changed, strict=False):
        if before != after:
            break
        kept += 1
    tail = changed[kept:]
    letters = [char for char in original if char.isalpha()]
    is_caps = len(letters) > 1 and all(char.isupper() for char in letters)
    head = original[:kept]
    if not kept and tail and original[:1].isupper() and not is_caps:
        tail = tail[0].upper() + tail[1:]
    return head + (tail.upper() if is_caps else tail)


def _russian_part(kind, text, gender, case):
    """Decline one part of a name: words with spaces, pieces with hyphens."""
    words = text.split()
    # Гасан оглы, Серік қызы: both words stay.
    if any(_POSSESSIVE.fullmatch(word.lower()) for word in words[1:]):
        return text
    return " ".join(_russian_compound(kind, word, gender, case) for word in words)


def _russian_compound(kind, word, gender, case):
    if _INITIAL.match(word) or not _CYRILLIC.fullmatch(word.replace("-", "")):
        return word
    pieces = word.split("-")
    result = []
    for position, piece in enumerate(pieces):
        lower = piece.lower()
        is_last = position == len(pieces) - 1
        stays = not is_last and (
            lower in _STAY_PREFIXES
            or (kind == FIRST and (gender == MALE or lower[-1:] not in "ая"))
        )
        if stays or not lower:
            result.append(piece)
        else:
            result.append(_like(piece, _russian_word(kind, lower, gender, case)))
    return "-".join(result)


# ---------------------------------------------------------------------------
# Kazakh
# ---------------------------------------------------------------------------

_BACK = "аоұыя"
_FRONT = "әөүіеэёю"
_VOICELESS = "кқпстфхһцчшщбвгд"
_NASAL = "мнң"
_FRONT_CLUSTERS = ("рк", "рг", "нк", "нг", "кс", "кт", "ск", "лк", "кль", "брь", "бль")

# What the ending of a word asks for: (back, front) in the order of CASES.
_SUFFIXES = {
    "possessive": (("ның", "нің"), ("на", "не"), ("н", "н")),
    "vowel": (("ның", "нің"), ("ға", "ге"), ("ны", "ні")),
    "nasal": (("ның", "нің"), ("ға", "ге"), ("ды", "ді")),
    "voiced": (("дың", "дің"), ("ға", "ге"), ("ды", "ді")),
    "voiceless": (("тың", "тің"), ("қа", "ке"), ("ты", "ті")),
}


def _is_front(word, case):  # noqa: C901
    """Tell whether a Kazakh word (lower case) takes front suffixes."""
    vowels = [char for char in word if char in _BACK + _FRONT + "иу"]
    if not vowels:
        return False
    last = vowels[-1]
    if word[-1] == "ь" or word.endswith(_FRONT_CLUSTERS) or word.endswith("гул"):
        return True
    if re.search(r"[аоуыя]ев$", word):
        return False
    if last == "ә" and len(vowels) > 1 and case == "dative":
        # Күләштің, but Күләшқа
        return False
    if last in _FRONT:
        return last != "ю" or word[-1] != "ю"
    if last in _BACK:
        return False
    has_front = any(char in "әөүі" for char in word)
    if last == "и":
        # Сейфуллин, Әли, Ганди are front; Ғали, Қали say the back consonant.
        is_open_back = word[-1] == "и" and re.search("[ғқұы]", word)
        return has_front or not is_open_back
    before = next((char for char in reversed(vowels[:-1]) if char not in "иу"), "")
    return has_front or (before != "" and before in _FRONT)


def _kazakh_ending(word):
    """Return the key of _SUFFIXES for a Kazakh word in lower case."""
    if _POSSESSIVE.search(word):
        return "possessive"
    last = word.rstrip("ьъ")[-1:]
    if last in _VOICELESS:
        return "voiceless"
    if last in _NASAL:
        return "nasal"
    # и and у end in the glides й and у of speech
    return "vowel" if last in "аәеоөұүыіэёя" else "voiced"


def _kazakh_word(word, case):
    """Put one word in a Kazakh case; Latin words and initials stay as they are."""
    lower = word.lower()
    if _INITIAL.match(word) or not _CYRILLIC.fullmatch(word.replace("-", "")):
        return word
    if not lower[-1].isalpha():
        return word
    ending = _kazakh_ending(lower)
    # The ending of a double name is that of its last piece.
    is_front = _is_front(lower.rsplit("-", 1)[-1], case)
    back, front = _SUFFIXES[ending][CASES.index(case)]
    return _like(word, lower + (front if is_front else back))


# ---------------------------------------------------------------------------
# Entry
# ---------------------------------------------------------------------------


def guess_gender(last, first="", patronymic=""):
    """Tell the gender by the patronymic or the surname; None when they do not say.

    :rtype: str | None
    """
    patronymic = (patronymic or "").lower()
    last = (last or "").lower()
    if re.search(r"(?:ич|ұлы|улы|оглы)$", patronymic):
        return MALE
    if re.search(r"(?:[вч]на|қызы|кызы)$", patronymic):
        return FEMALE
    if re.search(r"(?:[оеё]в|[иы]н|ск(?:ий|ой)|ұлы|улы)$", last):
        return MALE
    if re.search(r"(?:[оеё]ва|[иы]на|ская|қызы|кызы)$", last):
        return FEMALE
    return None


def decline(last, first, patronymic, gender, case, lang):
    """Return the full name «Last First Patronymic» in a case.

    Case of letters is kept (ИВАНОВ – ИВАНОВА). Names the rules cannot read (Latin
    letters, initials) stay as they are.

    :param str last: surname in the nominative; any part may be empty
    :param str first: first name
    :param str patronymic: patronymic (-ович, -ұлы, …)
    :param str gender: ``male`` or ``female``; when empty it is told by the patronymic
        or the surname, and what depends on it stays unchanged if they do not say
    :param str case: ``genitive``, ``dative`` or ``accusative``
    :param str lang: language of the text, ``ru`` or ``kk``
    :rtype: str
    :raises ValueError: gender, case or language is another one
    """
    if case not in CASES:
        raise ValueError(f"case must be one of {', '.join(CASES)}, got {case!r}")
    if lang not in LANGUAGES:
        raise ValueError(f"lang must be one of {', '.join(LANGUAGES)}, got {lang!r}")
    if gender and gender not in (MALE, FEMALE):
        raise ValueError(f"gender must be {MALE} or {FEMALE}, got {gender!r}")
    parts = [
        (kind, unicodedata.normalize("NFC", " ".join(text.split())))
        for kind, text in ((LAST, last), (FIRST, first), (PATRONYMIC, patronymic))
        if text and text.strip()
    ]
    if lang == "ru":
        gender = gender or guess_gender(last, first, patronymic)
        if gender is None:
            return " ".join(text for _kind, text in parts)
        return " ".join(_russian_part(kind, text, gender, case) for kind, text in parts)
    words = " ".join(text for _kind, text in parts).split(" ")
    if words != [""]:
        words[-1] = _kazakh_word(words[-1], case)
    return " ".join(words)
