import io

from openpyxl import load_workbook

from odoo.tests import BaseCase, tagged

from ..tools import table, xlsx

ROWS = [
    (("a", 1), ["A", "1"], {"n": 3}),
    (("a", 2), ["A", "2"], {"n": 4}),
    (("b", 1), ["B", "1"], {"n": 5}),
]


def texts(row):
    return [cell["text"] if "text" in cell else cell["value"] for cell in row["cells"]]


@tagged("registrar_pure")
class TestTable(BaseCase):
    def test_subtotals_and_total(self):
        rows = table.nested_rows(ROWS, 2, ["n"], "Total")
        self.assertEqual(
            [(row["style"], texts(row)) for row in rows],
            [
                ("", ["A", "1", 3]),
                ("", ["A", "2", 4]),
                ("subtotal", ["A", "Total", 7]),
                ("", ["B", "1", 5]),
                ("total", ["Total", "", 12]),
            ],
        )
        self.assertEqual(
            [row["cells"][-1]["key"]["values"] for row in rows],
            [["a", 1], ["a", 2], ["a"], ["b", 1], []],
        )
        self.assertTrue(rows[1]["cells"][0]["repeated"])
        self.assertFalse(rows[3]["cells"][0]["repeated"])

    def test_three_levels_close_from_the_inside(self):
        rows = table.nested_rows(
            [
                (("a", 1, "x"), ["A", "1", "X"], {"n": 1}),
                (("a", 1, "y"), ["A", "1", "Y"], {"n": 2}),
                (("a", 2, "x"), ["A", "2", "X"], {"n": 4}),
            ],
            3,
            ["n"],
            "Total",
        )
        self.assertEqual(
            [texts(row) for row in rows if row["style"]],
            [
                ["A", "1", "Total", 3],
                ["A", "Total", "", 7],
                ["Total", "", "", 7],
            ],
        )

    def test_without_dimensions_there_is_only_the_total(self):
        rows = table.nested_rows([((), [], {"n": 9})], 0, ["n"], "Total")
        self.assertEqual([texts(row) for row in rows], [["Total", 9]])

    def test_transposed(self):
        source = {
            "heads": [
                [
                    table.head_cell("Code", 1, 2, False),
                    table.head_cell("Indicator", 1, 2, False),
                    table.head_cell("Total", 1, 2),
                    table.head_cell("Faculty", 2, 1),
                ],
                [table.head_cell("1"), table.head_cell("2")],
            ],
            "texts": 2,
            "rows": [
                {
                    "style": "",
                    "cells": [
                        table.text_cell("010"),
                        table.text_cell("Start"),
                        table.number_cell(3),
                        table.number_cell(1),
                        table.number_cell(2),
                    ],
                }
            ],
        }
        turned = table.transposed(source, "By")
        self.assertEqual(
            [cell["label"] for cell in turned["heads"][0]], ["By", "010 Start"]
        )
        self.assertEqual(
            [texts(row) for row in turned["rows"]],
            [["Total", 3], ["Faculty / 1", 1], ["Faculty / 2", 2]],
        )

    def test_text_never_becomes_a_formula(self):
        dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "12"]
        content = xlsx.render(
            xlsx.Sheet(
                name="=a/b:c*d?[e]",
                organisation="=1+1",
                title="@title",
                subtitles=("-2+3",),
                table={
                    "heads": [[table.head_cell("=head")]],
                    "texts": 1,
                    "rows": [
                        {"style": "", "cells": [table.text_cell(text)]}
                        for text in dangerous
                    ],
                },
                notes=(("=note", True),),
                signatures=(("=position", "=name"),),
                footer="=footer",
            )
        )
        page = load_workbook(io.BytesIO(content)).active
        cells = [cell for row in page.iter_rows() for cell in row if cell.value]
        self.assertFalse([cell for cell in cells if cell.data_type == "f"])
        self.assertLessEqual(set(dangerous), {cell.value for cell in cells})
