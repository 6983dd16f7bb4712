"""Typed access to the cells of a row, which collects what is wrong."""

import functools

from ..normalise import normalise_code, normalise_text
from . import cells
from .columns import CHOICES, choice_words
from .issues import ERROR, NOTE, WARNING, CellError, Issue

_VISIBLE_REPAIRS = {"script", "quote", "dash", "bracket"}

# Lists repeat their names and words in every row.
_clean_text = functools.lru_cache(maxsize=50_000)(normalise_text)
_clean_code = functools.lru_cache(maxsize=5_000)(normalise_code)


class Sheet:
    """Rows of a table under a mapping of columns to fields.

    :param rows: list of (row number, values)
    :param dict columns: field key → index of the column
    :param headings: headings of the columns, by index
    :param dict values: field key → {word: target} beyond the built-in words
    """

    def __init__(self, rows, columns, headings, values=None):
        self.columns = columns
        self.headings = headings
        self.issues = []
        self.words = {}
        for key in columns:
            words = choice_words(key)
            for word, target in ((values or {}).get(key) or {}).items():
                words[cells.word_key(word)] = target
            self.words[key] = words
        self.rows = [Row(self, number, values_) for number, values_ in rows]

    def heading(self, key):
        index = self.columns.get(key)
        return self.headings[index] if index is not None else ""

    def has_errors(self):
        return any(issue.level == ERROR for issue in self.issues)


class Row:
    """One row. Every getter returns None (texts: "") for an empty or wrong cell."""

    __slots__ = ("sheet", "number", "values", "failed", "quiet")

    def __init__(self, sheet, number, values):
        self.sheet = sheet
        self.number = number
        self.values = values
        self.failed = set()
        # Fields whose repairs were reported already (repeated values of a slot).
        self.quiet = frozenset()

    def raw(self, key):
        index = self.sheet.columns.get(key)
        if index is None or index >= len(self.values):
            return None
        return self.values[index]

    def is_empty(self, key):
        value = self.raw(key)
        return value is None or (isinstance(value, str) and not value.strip())

    def issue(self, level, code, key=None, **params):
        value = cells.shown(self.raw(key)) if key else ""
        self.sheet.issues.append(
            Issue(level, code, self.number, self.sheet.heading(key), value, params)
        )

    def error(self, code, key=None, **params):
        if key:
            self.failed.add(key)
        self.issue(ERROR, code, key, **params)

    def warn(self, code, key=None, **params):
        self.issue(WARNING, code, key, **params)

    def note(self, code, key=None, **params):
        if key not in self.quiet:
            self.issue(NOTE, code, key, **params)

    def need(self, key, value):
        """Report a required field without a value, unless it was wrong already."""
        if value in (None, "", []) and key not in self.failed:
            self.failed.add(key)
            self.sheet.issues.append(
                Issue(
                    ERROR,
                    "required",
                    self.number,
                    self.sheet.heading(key),
                    "",
                    {"field": key},
                )
            )
        return value

    def _get(self, key, parse):
        if self.is_empty(key):
            return None
        try:
            return parse(self.raw(key))
        except CellError as error:
            self.error(error.code, key, **error.params)
            return None

    def text(self, key, code=False):
        value = self._get(key, cells.plain)
        if not value:
            return ""
        if cells.has_hidden_signs(self.raw(key)):
            self.note("hidden_signs", key)
        clean, changes = _clean_code(value) if code else _clean_text(value)
        if any(change.kind == "unresolved" for change in changes):
            self.warn("mixed_letters", key)
        if any(change.kind in _VISIBLE_REPAIRS for change in changes):
            kinds = {change.kind for change in changes}
            name = "letters_repaired" if "script" in kinds else "signs_repaired"
            self.note(name, key, after=clean)
        return clean

    def number_of(self, key, integer=False):
        return self._get(key, lambda value: cells.parse_number(value, integer))

    def flag(self, key):
        words = self.sheet.words.get(key) or {}
        word = cells.word_key(self._get(key, cells.plain) or "")
        if word and word in words:
            return words[word] in (True, "True", "true", "1")
        return self._get(key, cells.parse_flag)

    def date(self, key):
        found = self._get(key, cells.parse_date)
        if not found:
            return None
        value, guess = found
        if guess:
            level = self.note if guess == "serial" else self.warn
            level(f"date_{guess}", key, date=value.strftime("%d.%m.%Y"))
        return value

    def choice(self, key):
        value = self._get(key, cells.plain)
        if not value:
            return None
        target = self.sheet.words[key].get(cells.word_key(value))
        if target is None:
            known = [words["en"][0] for words in CHOICES[key].values()]
            self.error("unknown_value", key, field=key, known=", ".join(known))
        return target

    def look_up(self, key, lookup):
        """Return the id that ``lookup`` (word key → id) gives for the cell."""
        value = self._get(key, cells.plain)
        if not value:
            return None
        words = self.sheet.words.get(key) or {}
        word = cells.word_key(value)
        found = lookup.get(cells.word_key(words.get(word, ""))) or lookup.get(word)
        if not found:
            self.error("not_found", key)
        return found or None
