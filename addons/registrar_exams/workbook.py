"""Workbook of marks: what a teacher downloads, fills in and gives back. No ORM."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

_HEAD = PatternFill("solid", fgColor="DDE3EA")
_INPUT = PatternFill("solid", fgColor="FFF8DC")


def marks_workbook(title, columns, rows, choices, maxima):
    """Return an XLSX file with one row per student.

    :param str title: name of the worksheet
    :param columns: pairs (name, label); ``id``, ``number`` and ``name`` are fixed
    :param rows: dicts by column name
    :param choices: labels that the column ``absence`` takes
    :param maxima: ``{column name: highest mark}``
    :rtype: bytes
    """
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31].translate({ord(sign): " " for sign in "[]:*?/\\"})
    fixed = {"id", "number", "name"}
    sheet.append([label for __, label in columns])
    for row in rows:
        sheet.append([row.get(name) for name, __ in columns])
    last = len(rows) + 1
    for index, (name, __) in enumerate(columns, start=1):
        letter = get_column_letter(index)
        head = sheet[f"{letter}1"]
        head.font = Font(bold=True)
        head.fill = _HEAD
        head.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[letter].width = {"name": 42, "number": 16}.get(name, 14)
        if name == "id":
            sheet.column_dimensions[letter].width = 9
        if name in fixed or last < 2:
            continue
        cells = f"{letter}2:{letter}{last}"
        for (cell,) in sheet[cells]:
            cell.protection = Protection(locked=False)
            cell.fill = _INPUT
        if name == "absence":
            rule = DataValidation(
                type="list", formula1='"' + ",".join(choices) + '"', allow_blank=True
            )
        else:
            rule = DataValidation(
                type="decimal",
                operator="between",
                formula1="0",
                formula2=str(maxima.get(name, 100)),
                allow_blank=True,
            )
            rule.error = f"0 – {maxima.get(name, 100):g}"
        rule.showErrorMessage = True
        sheet.add_data_validation(rule)
        rule.add(cells)
    sheet.freeze_panes = "D2"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
