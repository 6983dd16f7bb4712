"""The process graph as XLSX. No ORM."""

import io

import xlsxwriter

# Text is text, whatever it begins with: "=" is the symbol of vacations.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
FONT = "Times New Roman"
LABEL_WIDTH, WEEK_WIDTH, TOTAL_WIDTH = 16, 3.3, 9


def render(graph):
    """Return the XLSX file of a graph (see ``report.calendar_graph``).

    :rtype: bytes
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, dict(OPTIONS)) as book:
        _Writer(book, graph).fill()
    return stream.getvalue()


class _Writer:
    def __init__(self, book, graph):
        self.book = book
        self.graph = graph
        self.labels = graph["labels"]
        self.page = book.add_worksheet(self.labels["sheet"][:31])
        self.formats = {}
        self.row = 0
        self.weeks = graph["weeks"]
        self.last = len(self.weeks)

    def fill(self):
        self._setup()
        for text, size in (
            (self.graph["university"], 11),
            (self.graph["title"], 14),
            (self.graph["subtitle"], 11),
        ):
            style = self._format(bold=True, align="center", font_size=size)
            self.page.merge_range(self.row, 0, self.row, self.last, "", style)
            self.page.write_string(self.row, 0, text or "", style)
            self.row += 1
        self.row += 1
        self._head()
        for row in self.graph["rows"]:
            self._write_row(row)
        self.row += 1
        self._legend()
        self._totals()
        self._deadlines()

    def _format(self, **properties):
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            base = {"font_name": FONT, "font_size": 9, "valign": "vcenter"}
            self.formats[key] = self.book.add_format({**base, **properties})
        return self.formats[key]

    def _setup(self):
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self.page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
        self.page.set_column(0, 0, LABEL_WIDTH)
        self.page.set_column(1, self.last, WEEK_WIDTH)

    def _head(self):
        head = self._format(bold=True, border=1, align="center", bg_color="#E8EDF3")
        self.page.merge_range(self.row, 0, self.row + 2, 0, "", head)
        self.page.write_string(self.row, 0, self.labels["course"], head)
        column = 1
        for name, span in self.graph["months"]:
            if span > 1:
                self.page.merge_range(
                    self.row, column, self.row, column + span - 1, "", head
                )
            self.page.write_string(self.row, column, name if span > 1 else "", head)
            column += span
        small = self._format(border=1, align="center", font_size=7, text_wrap=True)
        for index, week in enumerate(self.weeks, start=1):
            self.page.write_string(self.row + 1, index, week["days"], small)
            self.page.write_number(self.row + 2, index, week["number"], head)
        self.page.set_row(self.row + 1, 24)
        self.row += 3
        self.page.freeze_panes(self.row, 1)

    def _write_row(self, row):
        self.page.write_string(self.row, 0, row["label"], self._format(border=1))
        for index, cell in enumerate(row["cells"], start=1):
            style = self._format(
                border=1, align="center", bold=True, bg_color=cell["colour"]
            )
            self.page.write_string(self.row, index, cell["symbol"], style)
        self.page.set_row(self.row, 18)
        self.row += 1

    def _title(self, text):
        self.page.write_string(self.row, 0, text, self._format(bold=True, font_size=10))
        self.row += 1

    def _legend(self):
        self._title(self.labels["legend"])
        for entry in self.graph["legend"]:
            style = self._format(
                border=1, align="center", bold=True, bg_color=entry["colour"]
            )
            self.page.write_string(self.row, 0, entry["symbol"], style)
            self.page.write_string(self.row, 1, entry["name"], self._format())
            self.row += 1
        self.row += 1

    def _totals(self):
        self._title(self.labels["totals"])
        head = self._format(
            bold=True, border=1, align="center", text_wrap=True, bg_color="#E8EDF3"
        )
        body = self._format(border=1, align="center")
        entries = self.graph["legend"]
        self.page.write_string(self.row, 0, self.labels["course"], head)
        # Three weeks wide, so that the names fit.
        for index, text in enumerate(
            [entry["symbol"] for entry in entries] + [self.labels["total"]]
        ):
            first = 1 + 3 * index
            self.page.merge_range(self.row, first, self.row, first + 2, "", head)
            self.page.write_string(self.row, first, text, head)
        self.row += 1
        for row in self.graph["rows"]:
            if row["is_summer"]:
                continue
            self.page.write_string(self.row, 0, row["label"], self._format(border=1))
            for index, number in enumerate([*row["totals"], row["total"]]):
                first = 1 + 3 * index
                self.page.merge_range(self.row, first, self.row, first + 2, "", body)
                self.page.write_number(self.row, first, number, body)
            self.row += 1
        self.row += 1

    def _deadlines(self):
        if not self.graph["terms"]:
            return
        self._title(self.labels["items"])
        for term in self.graph["terms"]:
            self.page.write_string(self.row, 0, term["name"], self._format(bold=True))
            self.row += 1
            for line in term["lines"]:
                self.page.write_string(self.row, 1, line["period"], self._format())
                style = (
                    self._format(bold=True) if line["is_deadline"] else self._format()
                )
                self.page.write_string(self.row, 10, line["name"], style)
                self.page.write_string(self.row, 34, line["mark"], self._format())
                self.row += 1
