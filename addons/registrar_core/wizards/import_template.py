"""The template of an import: XLSX with headings in the reader's language."""

import io

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from ..tools.importing import columns

VALIDATED_ROWS = 2000
_WIDTHS = {"number": 10, "integer": 10, "flag": 12, "date": 14, "iin": 16}


def template_xlsx(kind, language, texts):
    """Return the template as bytes.

    Row 1 has the headings (required ones with an asterisk, keys coloured), each with
    a comment; row 2 is an example, which an import recognises and leaves out.
    Closed lists are offered by drop-down.

    :param str kind: key of :data:`columns.KINDS`
    :param str language: ``kk``, ``ru`` or ``en``
    :param dict texts: translated texts of the template
    :rtype: bytes
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": texts["sheets"][kind]})
    style = {
        "key": _heading(book, "#1F4E78", "#FFFFFF"),
        "required": _heading(book, "#BDD7EE", "#000000"),
        "plain": _heading(book, "#EDEDED", "#000000"),
        "example": book.add_format({"italic": True, "font_color": "#7F7F7F"}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "dd.mm.yyyy"}),
    }
    sheet = book.add_worksheet(texts["sheets"][kind])
    guide = book.add_worksheet(texts["guide"])
    lists = book.add_worksheet(texts["lists"])
    specs = columns.KINDS[kind]
    guide.write_row(0, 0, [texts["column"], texts["meaning"]], style["key"])
    guide.set_column(0, 0, 34)
    guide.set_column(1, 1, 90)
    for index, spec in enumerate(specs):
        _write_column(sheet, lists, index, spec, language, texts, style)
        guide.write(index + 1, 0, spec.heading(language))
        guide.write(index + 1, 1, _comment(spec, language, texts))
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 48)
    lists.hide()
    book.close()
    return buffer.getvalue()


def _heading(book, background, colour):
    return book.add_format(
        {
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "align": "center",
            "border": 1,
            "bg_color": background,
            "font_color": colour,
        }
    )


def _write_column(sheet, lists, index, spec, language, texts, style):
    look = "key" if spec.keys else "required" if spec.required else "plain"
    heading = spec.heading(language) + (" *" if spec.required else "")
    sheet.write(0, index, heading, style[look])
    sheet.write_comment(
        0, index, _comment(spec, language, texts), {"x_scale": 2, "y_scale": 1.5}
    )
    # Text keeps leading zeros of an IIN and 1:5 from becoming a time.
    as_text = spec.type in ("iin", "terms", "text", "code")
    sheet.set_column(
        index,
        index,
        _WIDTHS.get(spec.type, 22),
        style["text"] if as_text else style["date"] if spec.type == "date" else None,
    )
    example = columns.example_value(spec, language)
    if example != "":
        sheet.write(1, index, example, style["example"])
    if index == 0:
        sheet.write_comment(1, 0, texts["example"])
    choices = columns.template_choices(spec.key, language)
    if spec.type == "flag":
        choices = list(columns.FLAG_WORDS[language])
    if not choices:
        return
    lists.write(0, index, spec.heading(language))
    lists.write_column(1, index, choices)
    source = xl_range_abs(1, index, len(choices), index)
    sheet.data_validation(
        1,
        index,
        VALIDATED_ROWS,
        index,
        {
            "validate": "list",
            "source": f"='{texts['lists']}'!{source}",
            "error_message": texts["choose"],
        },
    )


def _comment(spec, language, texts):
    parts = [spec.comment(language)]
    if spec.required:
        parts.append(texts["required"])
    if spec.keys:
        parts.append(texts["key"])
    if choices := columns.template_choices(spec.key, language):
        parts.append(texts["one_of"] % ", ".join(choices))
    elif spec.type == "flag":
        parts.append(texts["one_of"] % ", ".join(columns.FLAG_WORDS[language]))
    return " ".join(part for part in parts if part) or spec.heading(language)
