"""Printed tables as XLSX, safe against formulas smuggled in as text."""

import io
from typing import NamedTuple

import xlsxwriter

# Text is text, whatever it begins with: =, +, - and @ would be formulas elsewhere.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
FONT = "Times New Roman"
MAX_WIDTH = 46
# Wider tables are printed across.
PORTRAIT_COLUMNS = 7


class Sheet(NamedTuple):
    """What stands on a printed sheet around a table (see ``tools.table``)."""

    name: str
    organisation: str
    title: str
    subtitles: tuple
    table: dict
    # (text, whether it is good news), under the table
    notes: tuple = ()
    # (position, name)
    signatures: tuple = ()
    footer: str = ""


def render(sheet):
    """Return the XLSX file of a :class:`Sheet`.

    :rtype: bytes
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, dict(OPTIONS)) as workbook:
        _Writer(workbook, sheet).fill()
    return stream.getvalue()


class _Writer:
    def __init__(self, workbook, sheet):
        self.workbook = workbook
        self.sheet = sheet
        self.page = workbook.add_worksheet(_sheet_name(sheet.name))
        self.formats = {}
        self.row = 0
        self.columns = sum(cell["colspan"] for cell in sheet.table["heads"][0])
        self.widths = [6] * self.columns

    def fill(self):
        last = max(self.columns - 1, 3)
        self._line(self.sheet.organisation, last, align="center", bold=True)
        self._line(self.sheet.title, last, align="center", bold=True, font_size=14)
        for subtitle in self.sheet.subtitles:
            self._line(subtitle, last, align="center")
        self.row += 1
        first_head = self.row
        self._heads()
        self.page.freeze_panes(self.row, self.sheet.table["texts"])
        self.page.repeat_rows(first_head, self.row - 1)
        for row in self.sheet.table["rows"]:
            self._row(row)
        self.row += 1
        for text, good in self.sheet.notes:
            self._line(text, last, color="#1e7b34" if good else "#b02a37")
        self._signatures()
        self._page_setup()

    def _format(self, **properties):
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(
                {"font_name": FONT, "font_size": 11, "valign": "vcenter", **properties}
            )
        return self.formats[key]

    def _line(self, text, last, **properties):
        self.page.merge_range(
            self.row, 0, self.row, last, "", self._format(text_wrap=True, **properties)
        )
        self.page.write_string(
            self.row, 0, text, self._format(text_wrap=True, **properties)
        )
        length = sum(self.widths) or 1
        if len(text) > 110:
            self.page.set_row(self.row, 15 * (1 + len(text) // max(length, 110)))
        self.row += 1

    def _heads(self):
        style = self._format(
            bold=True, border=1, align="center", text_wrap=True, bg_color="#E8EDF3"
        )
        taken = set()
        depth = len(self.sheet.table["heads"])
        for level, head in enumerate(self.sheet.table["heads"]):
            column = 0
            for cell in head:
                while (level, column) in taken:
                    column += 1
                right = column + cell["colspan"] - 1
                bottom = level + cell["rowspan"] - 1
                for row in range(level, bottom + 1):
                    taken.update((row, index) for index in range(column, right + 1))
                if right > column or bottom > level:
                    self.page.merge_range(
                        self.row + level,
                        column,
                        self.row + bottom,
                        right,
                        "",
                        style,
                    )
                self.page.write_string(self.row + level, column, cell["label"], style)
                if cell["colspan"] == 1:
                    longest = max((len(w) for w in cell["label"].split()), default=0)
                    self._widen(column, max(longest, len(cell["label"]) // 2))
                column = right + 1
        self.row += depth

    def _row(self, row):
        style = row["style"]
        base = {"border": 1}
        if style in ("total", "subtotal", "group"):
            base["bold"] = style != "group"
        if style == "total":
            base["bg_color"] = "#E8EDF3"
        elif style == "subtotal":
            base["bg_color"] = "#F5F7FA"
        for column, cell in enumerate(row["cells"]):
            if "value" in cell:
                self.page.write_number(
                    self.row,
                    column,
                    cell["value"],
                    self._format(align="right", num_format="#,##0;-#,##0;–", **base),
                )
                continue
            properties = {"align": "left", "text_wrap": True, **base}
            if cell["repeated"]:
                properties["color"] = "#808080"
            self.page.write_string(
                self.row, column, cell["text"], self._format(**properties)
            )
            self._widen(column, len(cell["text"]))
        self.row += 1

    def _signatures(self):
        self.row += 1
        middle = max(self.sheet.table["texts"], 2)
        for position, name in self.sheet.signatures:
            self.page.write_string(self.row, 0, position, self._format())
            line = self._format(bottom=1)
            for column in range(middle, middle + 2):
                self.page.write_blank(self.row, column, None, line)
            self.page.write_string(self.row, middle + 2, name, self._format())
            self.row += 2
        if self.sheet.footer:
            self.page.write_string(
                self.row, 0, self.sheet.footer, self._format(font_size=9)
            )

    def _widen(self, column, length):
        self.widths[column] = max(self.widths[column], min(length + 2, MAX_WIDTH))

    def _page_setup(self):
        for column, width in enumerate(self.widths):
            self.page.set_column(column, column, width)
        self.page.set_paper(9)
        if self.columns > PORTRAIT_COLUMNS or sum(self.widths) > 95:
            self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.page.set_margins(left=0.6, right=0.4, top=0.5, bottom=0.6)
        self.page.set_footer("&R&P / &N")
        self.page.center_horizontally()


def _sheet_name(name):
    """Return a name that spreadsheets accept: 31 characters, some forbidden."""
    cleaned = "".join(" " if letter in "[]:*?/\\'" else letter for letter in name)
    return cleaned.strip()[:31] or "1"
