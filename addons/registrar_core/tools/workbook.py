"""Helpers for XLSX files that the suite writes. No ORM."""

import io

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORBIDDEN = {ord(sign): " " for sign in "[]:*?/\\'"}


class Book:
    """A workbook in memory; values are never taken for formulas or addresses."""

    def __init__(self):
        self._buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
            },
        )
        self._formats = {}
        self._titles = set()

    def format(self, **properties):
        """Return a cell format; equal ones are made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(properties)
        return self._formats[key]

    def sheet(self, title):
        """Return a new worksheet with an allowed title that is not taken yet."""
        clean = (title or "").translate(_FORBIDDEN).strip()[:31] or "1"
        number = 1
        name = clean
        while name.lower() in self._titles:
            number += 1
            name = f"{clean[: 31 - len(str(number)) - 1]} {number}"
        self._titles.add(name.lower())
        return self.book.add_worksheet(name)

    def content(self):
        """Close the workbook and return its bytes."""
        self.book.close()
        return self._buffer.getvalue()


def landscape(sheet, paper=9):
    """Set up a sheet for printing across the page; ``paper`` 9 is A4, 8 is A3."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.fit_to_pages(1, 0)


def table(book, sheet, head, rows, widths, first_row=0):
    """Write a table with a head that stays, a filter and wrapped texts."""
    bold = book.format(
        bold=True, text_wrap=True, valign="vcenter", bg_color="#DDE3EA", border=1
    )
    text = book.format(text_wrap=True, valign="top", border=1)
    number = book.format(valign="top", border=1)
    sheet.write_row(first_row, 0, head, bold)
    for index, row in enumerate(rows, first_row + 1):
        for column, value in enumerate(row):
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            sheet.write(index, column, value, number if is_number else text)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.autofilter(first_row, 0, first_row + len(rows), len(head) - 1)
    sheet.freeze_panes(first_row + 1, 0)
