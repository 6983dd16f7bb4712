"""Bytes of a spreadsheet → rows of values.

XLSX is read as a stream straight from the archive with limits on what it may unfold
to, because the files come from outside; only values are taken: no macros, no external
links, no formulas (their last computed value is). CSV comes in the encodings and
with the delimiters that office programs in Kazakhstan write.
"""

import csv
import datetime
import io
import re
import zipfile
import zlib
from collections import Counter
from typing import NamedTuple
from xml.etree import ElementTree

from .issues import ERROR, NOTE, WARNING, Issue, TableError


class Limits(NamedTuple):
    """Bounds of a file; numbers far above any honest table of an office."""

    file_bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 400 * 1024 * 1024
    members: int = 1000
    rows: int = 100_000
    columns: int = 300
    merges: int = 50_000
    cell_chars: int = 32_767


class BadCell(NamedTuple):
    """A cell without a value: ``error`` (#REF!) or ``formula`` (not computed)."""

    kind: str
    text: str


class Table(NamedTuple):
    """Rows of one sheet.

    ``rows``: list of (number of the row as a spreadsheet shows it, list of values);
    empty rows are left out. Values: None, str, bool, int, float, date, datetime, time
    or :class:`BadCell`. ``titles``: numbers of rows that are one wide merged cell.
    """

    kind: str
    sheets: list
    sheet: str
    rows: list
    titles: set
    issues: list


SIGNATURES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
    (b"%PDF", "wrong_type"),
    (b"\x89PNG", "wrong_type"),
    (b"\xff\xd8\xff", "wrong_type"),
    (b"GIF8", "wrong_type"),
    (b"Rar!", "wrong_type"),
    (b"7z\xbc\xaf", "wrong_type"),
    (b"\x1f\x8b", "wrong_type"),
    (b"{\\rtf", "wrong_type"),
)
_READ_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    KeyError,
    ElementTree.ParseError,
)


def sheet_names(content, limits=None):
    """Return the names of the visible sheets of a file (CSV: one empty name)."""
    limits = limits or Limits()
    if _detect(content, limits) == "csv":
        return [""]
    try:
        with _open_archive(content, limits) as archive:
            return [name for name, _path in _Workbook(archive).sheets]
    except _READ_ERRORS as error:
        raise TableError("broken_file") from error


def read_table(content, sheet=None, limits=None):
    """Read one sheet of an XLSX file, or a CSV file.

    :param bytes content: the file
    :param str sheet: name of the sheet; the first one with rows if empty
    :rtype: Table
    :raises TableError: the file cannot be read, or exceeds a limit
    """
    limits = limits or Limits()
    if _detect(content, limits) == "csv":
        return _read_csv(content, limits)
    try:
        with _open_archive(content, limits) as archive:
            return _read_xlsx(archive, sheet, limits)
    except _READ_ERRORS as error:
        raise TableError("broken_file") from error


def _detect(content, limits):
    if not content or not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise TableError("empty_file")
    if len(content) > limits.file_bytes:
        raise TableError("file_too_large", limit=limits.file_bytes // 1024 // 1024 or 1)
    for signature, code in SIGNATURES:
        if content.startswith(signature):
            raise TableError(code)
    return "xlsx" if content.startswith(b"PK") else "csv"


# -- XLSX ---------------------------------------------------------------------------


def _open_archive(content, limits):
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise TableError("broken_file") from error
    infos = archive.infolist()
    if len(infos) > limits.members:
        raise TableError("unfolds_too_far")
    if sum(info.file_size for info in infos) > limits.unpacked_bytes:
        raise TableError("unfolds_too_far")
    if any(info.flag_bits & 0x1 for info in infos):
        raise TableError("encrypted")
    return archive


def _local(tag):
    return tag.rpartition("}")[2]


def _parse(archive, path):
    """Return the root of a small part of the archive."""
    with archive.open(path) as stream:
        data = stream.read()
    _refuse_doctype(data[:4096])
    return ElementTree.fromstring(data)


def _refuse_doctype(head):
    # Entities are declared there; no spreadsheet program writes any.
    if b"<!DOCTYPE" in head.replace(b"\x00", b"").upper():
        raise TableError("broken_file")


class _Workbook:
    """Index of the parts of an XLSX archive."""

    def __init__(self, archive):
        self.archive = archive
        names = set(archive.namelist())
        path = self._main_part(names)
        root = _parse(archive, path)
        folder = path.rpartition("/")[0]
        targets = self._relations(folder, path.rpartition("/")[2], names)
        self.sheets = []
        self.epoch = datetime.date(1899, 12, 30)
        for node in root.iter():
            name = _local(node.tag)
            if name == "sheet" and node.get("state", "visible") == "visible":
                relation = next(
                    (
                        v
                        for k, v in node.attrib.items()
                        if _local(k) == "id" and "}" in k
                    ),
                    None,
                )
                if targets.get(relation) in names:
                    self.sheets.append((node.get("name", ""), targets[relation]))
            elif name == "workbookPr" and node.get("date1904") in ("1", "true"):
                self.epoch = datetime.date(1904, 1, 1)
        if not self.sheets:
            raise TableError("no_sheet")
        self.strings_path = self._optional(folder, "sharedStrings.xml", names)
        self.styles_path = self._optional(folder, "styles.xml", names)

    def _main_part(self, names):
        if "_rels/.rels" in names:
            for node in _parse(self.archive, "_rels/.rels"):
                if node.get("Type", "").endswith("/officeDocument"):
                    path = node.get("Target", "").lstrip("/")
                    if path.endswith(".xml") and "workbook" in path and path in names:
                        return path
        if "xl/workbook.xml" in names:
            return "xl/workbook.xml"
        raise TableError("open_document" if "mimetype" in names else "wrong_type")

    def _relations(self, folder, file_name, names):
        path = f"{folder}/_rels/{file_name}.rels".lstrip("/")
        if path not in names:
            return {}
        targets = {}
        for node in _parse(self.archive, path):
            target = node.get("Target", "")
            if target.startswith("/"):
                target = target.lstrip("/")
            else:
                target = f"{folder}/{target}".lstrip("/")
            targets[node.get("Id")] = target
        return targets

    @staticmethod
    def _optional(folder, file_name, names):
        path = f"{folder}/{file_name}".lstrip("/")
        return path if path in names else None


def _read_xlsx(archive, sheet, limits):
    book = _Workbook(archive)
    names = [name for name, _path in book.sheets]
    if sheet and sheet not in names:
        raise TableError("sheet_missing", sheet=sheet, sheets=", ".join(names))
    strings = _shared_strings(archive, book.strings_path, limits)
    dates = _date_styles(archive, book.styles_path)
    table = None
    for name, path in book.sheets:
        if sheet and name != sheet:
            continue
        reader = _SheetReader(strings, dates, book.epoch, limits)
        with archive.open(path) as stream:
            head = stream.read(4096)
        _refuse_doctype(head)
        with archive.open(path) as stream:
            rows, titles, issues = reader.read_rows(stream)
        table = Table("xlsx", names, name, rows, titles, issues)
        if rows:
            return table
    return table


def _shared_strings(archive, path, limits):
    strings = []
    if not path:
        return strings
    with archive.open(path) as stream:
        head = stream.read(4096)
    _refuse_doctype(head)
    root = None
    with archive.open(path) as stream:
        for event, node in ElementTree.iterparse(stream, ("start", "end")):
            if root is None:
                root = node
            if event == "end" and _local(node.tag) == "si":
                strings.append(_string(node)[: limits.cell_chars])
                root.clear()
    return strings


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _string(node):
    """Return the text of a string item, without phonetic hints."""
    parts = []
    for child in node:
        name = _local(child.tag)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [leaf.text or "" for leaf in child if _local(leaf.tag) == "t"]
    text = "".join(parts)
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)
    return text


# Number formats that every program knows without declaring them.
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_FORMAT_NOISE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


def _date_styles(archive, path):
    """Return the set of indexes of cell styles that show dates or times."""
    if not path:
        return frozenset()
    custom, found = {}, set()
    for part in _parse(archive, path):
        name = _local(part.tag)
        if name == "numFmts":
            custom = {node.get("numFmtId"): node.get("formatCode", "") for node in part}
        elif name == "cellXfs":
            for index, node in enumerate(part):
                number = node.get("numFmtId", "0")
                code = _FORMAT_NOISE.sub("", custom.get(number, "")).lower()
                if (number.isdigit() and int(number) in _DATE_FORMATS) or re.search(
                    "[dmyhs]", code
                ):
                    found.add(str(index))
    return frozenset(found)


def _column_index(reference):
    index = 0
    for char in reference:
        if not char.isalpha():
            break
        index = index * 26 + ord(char) - 64
    return index - 1


class _SheetReader:
    def __init__(self, strings, date_styles, epoch, limits):
        self.strings = strings
        self.date_styles = date_styles
        self.epoch = epoch
        self.limits = limits
        self.formulas = 0

    def read_rows(self, stream):
        rows, merges, parent = {}, [], None
        number = 0
        for event, node in ElementTree.iterparse(stream, ("start", "end")):
            name = _local(node.tag)
            if event == "start":
                if name == "sheetData":
                    parent = node
                continue
            if name == "row":
                number = int(node.get("r") or number + 1)
                values = self._row(node)
                if any(value not in (None, "") for value in values):
                    rows[number] = values
                    if len(rows) > self.limits.rows + 1:
                        raise TableError("too_many_rows", limit=self.limits.rows)
                if parent is not None:
                    parent.clear()
            elif name == "mergeCell":
                merges.append(node.get("ref", ""))
                if len(merges) > self.limits.merges:
                    raise TableError("unfolds_too_far")
        titles = self._apply_merges(rows, merges)
        issues = []
        if self.formulas:
            issues.append(Issue(NOTE, "formulas", params={"count": self.formulas}))
        return sorted(rows.items()), titles, issues

    def _row(self, node):
        values = []
        for cell in node:
            reference = cell.get("r")
            index = _column_index(reference) if reference else len(values)
            if index >= self.limits.columns:
                if len(cell):
                    raise TableError("too_many_columns", limit=self.limits.columns)
                continue
            value = self._value(cell)
            if value is None:
                continue
            while len(values) < index:
                values.append(None)
            values[index:] = [value]
        return values

    def _value(self, cell):
        kind = cell.get("t", "n")
        text = formula = inline = None
        for child in cell:
            name = _local(child.tag)
            if name == "v":
                text = child.text
            elif name == "f":
                formula = child.text or "="
            elif name == "is":
                inline = _string(child)
        if formula is not None:
            self.formulas += 1
            if text is None:
                return BadCell("formula", formula)
        if kind == "inlineStr":
            return inline
        if text is None:
            return None
        return self._convert(kind, text, cell.get("s"))

    def _convert(self, kind, text, style):
        try:
            if kind == "s":
                return self.strings[int(text)]
            if kind == "b":
                return text.strip() == "1"
            if kind == "e":
                return BadCell("error", text)
            if kind == "d":
                return datetime.datetime.fromisoformat(text.rstrip("Z"))
            if kind == "str":
                return text
            number = float(text)
        except (ValueError, IndexError):
            return BadCell("error", text)
        if style in self.date_styles:
            return self._moment(number)
        return int(number) if number.is_integer() else number

    def _moment(self, number):
        if 0 <= number < 1:
            seconds = min(round(number * 86400), 86399)
            return (datetime.datetime.min + datetime.timedelta(seconds=seconds)).time()
        try:
            moment = datetime.datetime.combine(
                self.epoch, datetime.time()
            ) + datetime.timedelta(seconds=round(number * 86400))
        except OverflowError:
            return BadCell("error", f"{number:g}")
        if moment.time() == datetime.time():
            return moment.date()
        return moment

    def _apply_merges(self, rows, merges):
        """Repeat a value over the rows it is merged over.

        Only downwards: a heading or a module that spans several rows belongs to
        each; a text that spans columns is a title.
        """
        titles = set()
        last = max(rows, default=0)
        for reference in merges:
            match = re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", reference)
            if not match:
                continue
            left, right = _column_index(match[1]), _column_index(match[3])
            top, bottom = int(match[2]), min(int(match[4]), last)
            values = rows.get(top, ())
            value = values[left] if left < len(values) else None
            if value in (None, ""):
                continue
            if right - left >= 2 and sum(v not in (None, "") for v in values) == 1:
                titles.add(top)
            for number in range(top + 1, bottom + 1):
                target = rows.get(number)
                if target is None:
                    continue
                while len(target) <= left:
                    target.append(None)
                if target[left] in (None, ""):
                    target[left] = value
        return titles


# -- CSV ----------------------------------------------------------------------------

# What Kazakh letters of the code page KZ-1048 look like when read as cp1251.
_KZ_TRACES = re.compile("[ЌќЎўЈјҐґЄєЇїЅѕЋћ]")
_DELIMITERS = (";", ",", "\t")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decode_text(content):
    """Decode a text file; return (text, name of the encoding).

    UTF-8 with or without mark, UTF-16 with mark, else the one-byte pages of Windows:
    KZ-1048 when Kazakh letters are met, cp1251 otherwise.
    """
    if content.startswith(b"\xef\xbb\xbf"):
        return _decode(content, "utf-8-sig"), "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode(content, "utf-16"), "utf-16"
    sample = content[:65536]
    if sample.count(0) > len(sample) // 100:
        raise TableError("wrong_type")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    controls = len(_CONTROLS.findall(text)) + text.count("\ufffd")
    if controls > max(len(text) // 50, 3):
        raise TableError("wrong_type")
    if _KZ_TRACES.search(text):
        return content.decode("kz1048", errors="replace"), "kz1048"
    return text, "cp1251"


def _decode(content, encoding):
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise TableError("wrong_encoding", encoding=encoding) from error


def _read_csv(content, limits):
    text, encoding = decode_text(content)
    issues = []
    if encoding == "cp1251":
        issues.append(Issue(WARNING, "encoding_cp1251"))
    text = text.replace("\x00", "")
    first, _newline, rest = text.partition("\n")
    marked = re.fullmatch(r"\ufeff?sep=(.)\s*", first)
    delimiter = marked.group(1) if marked else _delimiter(text)
    shift = 1 if marked else 0
    rows = []
    reader = csv.reader(
        io.StringIO(rest if marked else text, newline=""),
        delimiter=delimiter,
        strict=True,
    )
    number = shift
    try:
        for values in reader:
            number += 1
            if len(values) > limits.columns:
                raise TableError("too_many_columns", limit=limits.columns)
            if any(value.strip() for value in values):
                rows.append((number, values))
                if len(rows) > limits.rows + 1:
                    raise TableError("too_many_rows", limit=limits.rows)
    except csv.Error as error:
        raise TableError("broken_csv", row=number + 1, reason=str(error)) from error
    if rows and "\ufffd" in text:
        issues.append(Issue(ERROR, "lost_letters"))
    return Table("csv", [""], "", rows, set(), issues)


def _delimiter(text):
    """Return the delimiter under which the first lines fall into most columns."""
    lines = text[:200_000].splitlines()[:50]
    scores = {}
    for delimiter in _DELIMITERS:
        try:
            widths = [
                len(row) for row in csv.reader(lines, delimiter=delimiter) if any(row)
            ]
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        scores[delimiter] = (times * (width - 1), width)
    return max(scores, key=scores.get, default=",")
