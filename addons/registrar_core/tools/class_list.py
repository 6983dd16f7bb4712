"""Lists of students as a workbook: one worksheet per class group. No ORM."""

import io

import xlsxwriter

# Text is text, whatever it begins with: =, +, - and @ would be formulas elsewhere.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def class_list_workbook(sheets):
    """Return an XLSX file with a worksheet per list.

    :param sheets: dicts as ``report.registrar_core.report_class_list`` prepares them
    :rtype: bytes
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        cell = {"font_name": "Times New Roman", "border": 1, "valign": "vcenter"}
        formats = {
            "title": book.add_format(
                {"font_name": "Times New Roman", "bold": True, "font_size": 14}
            ),
            "plain": book.add_format({"font_name": "Times New Roman"}),
            "head": book.add_format(
                {**cell, "bold": True, "text_wrap": True, "align": "center"}
            ),
            "cell": book.add_format(cell),
        }
        used = set()
        for sheet in sheets:
            _fill(book.add_worksheet(_name(sheet["name"], used)), sheet, formats)
    return stream.getvalue()


def _fill(page, sheet, formats):
    labels = sheet["labels"]
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.write(0, 0, sheet["university"], formats["plain"])
    page.write(1, 0, sheet["title"], formats["title"])
    row = 2
    for label, value in sheet["fields"]:
        page.write(row, 0, f"{label}: {value}", formats["plain"])
        row += 1
    row += 1
    names = ["number", "name", "student_number", "group"]
    heads = [labels[name] for name in names]
    widths = [5, 42, 15, 15]
    if sheet["part_label"]:
        names.append("part")
        heads.append(sheet["part_label"])
        widths.append(18)
    blank = len(sheet["columns"])
    for column, width in enumerate(widths + [5] * blank):
        page.set_column(column, column, width)
    for column, head in enumerate(heads):
        page.write(row, column, head, formats["head"])
    for column in range(len(heads), len(heads) + blank):
        page.write_blank(row, column, None, formats["head"])
    page.freeze_panes(row + 1, 2)
    page.repeat_rows(row)
    for person in sheet["rows"]:
        row += 1
        for column, name in enumerate(names):
            page.write(row, column, person[name], formats["cell"])
        for column in range(len(names), len(names) + blank):
            page.write_blank(row, column, None, formats["cell"])


def _name(text, used):
    """Return a name that Excel takes and that is not used yet, whatever the case."""
    clean = text.translate({ord(sign): "-" for sign in "[]:*?/\\'"})[:28] or "-"
    name, number = clean, 1
    while name.casefold() in used:
        number += 1
        name = f"{clean[: 27 - len(str(number))]}~{number}"
    used.add(name.casefold())
    return name
