"""Files for the tests of the import, made in memory."""

import io
from pathlib import Path

import xlsxwriter

SMALL = Path(__file__).parent / "data" / "curriculum_small.csv"


def xlsx(rows, merges=(), formulas=(), sheets=("Sheet",), formats=()):
    """Return an XLSX file with ``rows`` on its last sheet.

    :param merges: (first row, first column, last row, last column, value)
    :param formulas: (row, column, formula, computed value)
    :param formats: (row, column, value, number format)
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for name in sheets:
        sheet = book.add_worksheet(name)
    for index, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(index, column, value)
    for first_row, first_column, last_row, last_column, value in merges:
        sheet.merge_range(first_row, first_column, last_row, last_column, value)
    for row, column, formula, value in formulas:
        sheet.write_formula(row, column, formula, None, value)
    for row, column, value, number_format in formats:
        sheet.write(row, column, value, book.add_format({"num_format": number_format}))
    book.close()
    return buffer.getvalue()


def codes(result, level=None):
    """Return (code, row, column) of the remarks of an import."""
    return [
        (issue.code, issue.row, issue.column)
        for issue in result.issues
        if level is None or issue.level == level
    ]
