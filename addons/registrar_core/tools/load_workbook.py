"""Load sheets and cards as XLSX. No ORM; the rows are those of the PDF."""

import io

import xlsxwriter

# Text is text, whatever it begins with.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
FONT = "Times New Roman"
TEXT_WIDTHS = (5, 38, 14, 7, 18, 10, 9)
LANDSCAPE_PAPER = 9


def render(sheets):
    """Return the XLSX file with one worksheet per printed sheet.

    :param sheets: dicts of ``registrar.load.sheet._sheets``
    :rtype: bytes
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, dict(OPTIONS)) as book:
        names = set()
        for sheet in sheets:
            _Page(book, sheet, _free_name(sheet["name"], names)).fill()
    return stream.getvalue()


class _Page:
    def __init__(self, book, sheet, name):
        self.book = book
        self.sheet = sheet
        self.page = book.add_worksheet(name)
        self.formats = {}
        self.row = 0
        self.texts = len(sheet["text_heads"])
        self.columns = self.texts + len(sheet["hour_heads"])

    def fill(self):
        sheet = self.sheet
        self._across(sheet["university"] or "", bold=True, align="center")
        self._across(sheet["title"], bold=True, align="center", font_size=13)
        self._across(sheet["subtitle"], align="center")
        if sheet["watermark"]:
            self._across(sheet["watermark"], align="center", color="#b02a37")
        for label, value in sheet["fields"]:
            self.page.merge_range(self.row, 0, self.row, 1, label, self._format())
            self.page.merge_range(
                self.row, 2, self.row, self.columns - 1, value, self._format(bold=True)
            )
            self.row += 1
        self.row += 1
        head = self._format(
            bold=True, border=1, align="center", text_wrap=True, bg_color="#E8EDF3"
        )
        heads = [*sheet["text_heads"], *sheet["hour_heads"]]
        for column, label in enumerate(heads):
            self.page.write_string(self.row, column, label, head)
        self.page.set_row(self.row, 48)
        self.page.repeat_rows(self.row)
        self.row += 1
        self.page.freeze_panes(self.row, 2)
        for row in sheet["rows"]:
            self._row(row)
        self._signatures()
        self._setup()

    def _row(self, row):
        style = {"border": 1}
        if row["style"] in ("group", "total"):
            style |= {"bold": True, "bg_color": "#E8EDF3"}
        elif row["style"] == "subtotal":
            style |= {"bold": True}
        elif row["style"] in ("term", "note"):
            style |= {"italic": True}
        text = self._format(text_wrap=True, **style)
        if not row["hours"]:
            self.page.merge_range(
                self.row, 0, self.row, self.columns - 1, row["texts"][0], text
            )
            self.row += 1
            return
        if len(row["texts"]) == 1:
            self.page.merge_range(
                self.row, 0, self.row, self.texts - 1, row["texts"][0], text
            )
        else:
            for column, value in enumerate(row["texts"]):
                self.page.write_string(self.row, column, value, text)
        figure = self._format(align="right", num_format="#,##0.##;-#,##0.##", **style)
        for column, value in enumerate(row["hours"], start=self.texts):
            if value is None:
                self.page.write_blank(self.row, column, None, figure)
            else:
                self.page.write_number(self.row, column, value, figure)
        self.row += 1

    def _across(self, text, **properties):
        style = self._format(text_wrap=True, **properties)
        self.page.merge_range(self.row, 0, self.row, self.columns - 1, text, style)
        self.row += 1

    def _signatures(self):
        line = self._format(bottom=1)
        for signature in self.sheet["signatures"]:
            self.row += 1
            self.page.write_string(self.row, 1, signature["position"], self._format())
            for column in (2, 3, 4):
                self.page.write_blank(self.row, column, None, line)
            self.page.write_string(self.row, 5, signature["name"], self._format())
            self.row += 1

    def _format(self, **properties):
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(
                {"font_name": FONT, "font_size": 10, "valign": "vcenter", **properties}
            )
        return self.formats[key]

    def _setup(self):
        for column in range(self.columns):
            width = TEXT_WIDTHS[column] if column < self.texts else 9
            self.page.set_column(column, column, width)
        self.page.set_paper(LANDSCAPE_PAPER)
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.page.set_footer("&R&P / &N")


def _free_name(name, taken):
    """Return a name that spreadsheets accept and no other worksheet has."""
    clean = "".join(" " if sign in "[]:*?/\\'" else sign for sign in name or "")
    clean = clean.strip()[:28] or "1"
    result, number = clean, 1
    while result.lower() in taken:
        number += 1
        result = f"{clean[:25]} {number}"
    taken.add(result.lower())
    return result
