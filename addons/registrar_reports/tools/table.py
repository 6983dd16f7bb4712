"""A printed table as data: what the web client shows and the spreadsheet gets.

``{"heads": [[{"label", "colspan", "rowspan", "number"}]], "texts": n,
"rows": [{"style", "cells": [{"text", "repeated"} or {"value", "key"}]}]}``; ``texts``
is the number of text columns at the left, ``style`` one of ``""``, ``"group"``,
``"subtotal"``, ``"total"``; ``key`` says what is behind a number.
"""


def head_cell(label, colspan=1, rowspan=1, number=True):
    return {"label": label, "colspan": colspan, "rowspan": rowspan, "number": number}


def text_cell(text, repeated=False):
    return {"text": text, "repeated": repeated}


def number_cell(value, key=None):
    return {"value": value, "key": key if value else None}


def nested_rows(rows, depth, measures, total_label):
    """Return the rows of a table with subtotals and a total.

    :param rows: sorted tuples (values of the dimensions, their labels, numbers); the
        numbers are a dict by measure
    :param int depth: number of dimensions
    :param measures: names of the numbers, in the order of the columns
    :param str total_label: what to call a sum
    """
    result = []
    previous = None
    open_groups = []  # (level, values, labels, sums, number of rows)

    def close(level):
        while open_groups and open_groups[-1][0] >= level:
            __, values, labels, sums, count = open_groups.pop()
            if count > 1:
                texts = [text_cell(label, True) for label in labels]
                texts.append(text_cell(total_label))
                texts += [text_cell("")] * (depth - len(texts))
                result.append(_row("subtotal", texts, values, sums, measures))

    grand = dict.fromkeys(measures, 0)
    for values, labels, numbers in rows:
        common = 0
        if previous is not None:
            while common < depth and previous[common] == values[common]:
                common += 1
            close(common + 1)
        for level in range(len(open_groups) + 1, depth):
            open_groups.append(
                [level, values[:level], labels[:level], dict.fromkeys(measures, 0), 0]
            )
        for group in open_groups:
            group[4] += 1
            for measure in measures:
                group[3][measure] += numbers[measure]
        for measure in measures:
            grand[measure] += numbers[measure]
        if depth:
            texts = [
                text_cell(label, index < common) for index, label in enumerate(labels)
            ]
            result.append(_row("", texts, values, numbers, measures))
        previous = values
    close(1)
    texts = [text_cell(total_label)] + [text_cell("")] * (depth - 1)
    result.append(_row("total", texts, (), grand, measures))
    return result


def transposed(table, corner):
    """Return the table with rows and columns exchanged, for long lists of segments.

    :param str corner: label of the new text columns
    """
    texts = table["texts"]
    leaves = _leaf_labels(table)[texts:]
    heads = [
        [head_cell(corner, number=False)]
        + [
            head_cell(" ".join(c["text"] for c in row["cells"][:texts]))
            for row in table["rows"]
        ]
    ]
    rows = []
    for index, labels in enumerate(leaves):
        cells = [text_cell(" / ".join(labels))]
        cells += [row["cells"][texts + index] for row in table["rows"]]
        rows.append({"style": "total" if index == 0 else "", "cells": cells})
    return {"heads": heads, "texts": 1, "rows": rows}


def _leaf_labels(table):
    """Return the labels above each column, from the top down."""
    width = sum(cell["colspan"] for cell in table["heads"][0])
    labels = [[] for __ in range(width)]
    taken = [0] * width
    for depth, head in enumerate(table["heads"]):
        column = 0
        for cell in head:
            while taken[column] > depth:
                column += 1
            for offset in range(cell["colspan"]):
                labels[column + offset].append(cell["label"])
                taken[column + offset] = depth + cell["rowspan"]
            column += cell["colspan"]
    return labels


def _row(style, texts, values, numbers, measures):
    cells = [
        number_cell(numbers[measure], {"values": list(values), "measure": measure})
        for measure in measures
    ]
    return {"style": style, "cells": [*texts, *cells]}
