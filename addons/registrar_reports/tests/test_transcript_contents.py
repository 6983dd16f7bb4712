from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..tools import transcript


def result(**values):
    return {
        "kind": "discipline",
        "code": "KT/IK/HK 1101",
        "name_kk": "Қазақстан тарихы",
        "name_ru": "История Казахстана",
        "name_en": "History of Kazakhstan",
        "credits": 5.0,
        "score": 92.0,
        "letter": "A-",
        "points": 3.67,
        "traditional": "excellent",
        "passed": True,
        "in_gpa": True,
        "cycle": "ood",
        "course": 1,
        "year": "2025/2026",
        "attempt": 1,
        "resit_number": 0,
        "superseded_year": None,
        **values,
    }


FAILED = {
    "score": 0.0,
    "letter": "F",
    "points": 0.0,
    "traditional": "unsatisfactory",
    "passed": False,
}


def rows_of(data, kind="disciplines"):
    return [
        row
        for section in data["sections"]
        if section["kind"] == kind
        for part in section["years"]
        for row in part["rows"]
    ]


def html_of(data):
    return "".join(
        part["html"] + part["tail"]
        for section in data["sections"]
        for part in section["years"]
    )


@tagged("registrar_pure")
class TestTranscriptContents(BaseCase):
    def test_row_by_hand(self):
        data = transcript.compose([result()])
        (row,) = rows_of(data)
        self.assertEqual(
            (row["number"], row["credits"], row["points"], row["score"], row["letter"]),
            ("1", "5", "3.67", "92", "A-"),
        )
        self.assertFalse(row["repeated"])
        html = html_of(data)
        self.assertIn("Өте жақсы / Excellent / Отлично", html)
        self.assertLess(html.index("Қазақстан тарихы"), html.index("History"))
        self.assertLess(html.index("History"), html.index("История"))

    def test_gpa_by_hand(self):
        """The sample of academic.md §3.1: 62.67 / 21 = 2.98."""
        lines = (
            ("B-", 2.67, 6),
            ("A", 4.0, 5),
            ("C+", 2.33, 5),
            ("B", 3.0, 5),
        )
        data = transcript.compose(
            [
                result(letter=letter, points=points, credits=credits)
                for letter, points, credits in lines
            ]
        )
        self.assertEqual(data["gpa"], Decimal("2.98"))
        self.assertEqual(data["sections"][0]["years"][0]["gpa"], Decimal("2.98"))
        self.assertEqual(data["credits_text"], "21")

    def test_failed_result_counts_until_it_is_replaced(self):
        """(4.0·3 + 3.0·2 + 0.0·3) / 8 = 2.25."""
        results = [
            result(points=4.0, credits=3),
            result(points=3.0, credits=2),
            result(credits=3, **FAILED),
        ]
        data = transcript.compose(results)
        self.assertEqual((data["gpa"], data["credits"]), (Decimal("2.25"), 5))
        results[2]["superseded_year"] = "2025/2026"
        results.append(result(points=3.0, credits=3, attempt=2))
        data = transcript.compose(results)
        # (12 + 6 + 9) / 8
        self.assertEqual((data["gpa"], data["credits"]), (Decimal("3.38"), 8))
        self.assertEqual(data["count"], 4)
        self.assertEqual(
            [row["repeated"] for row in rows_of(data)], [False, False, False, True]
        )
        self.assertEqual(rows_of(data)[2]["letter"], "F")

    def test_a_later_year_does_not_change_an_earlier_one(self):
        data = transcript.compose(
            [
                result(points=4.0),
                result(superseded_year="2026/2027", **FAILED),
                result(course=2, year="2026/2027", points=3.0, attempt=2),
            ]
        )
        years = data["sections"][0]["years"]
        self.assertEqual([year["gpa"] for year in years], [2, 3])
        self.assertEqual([year["credits_text"] for year in years], ["5", "5"])
        self.assertEqual(data["gpa"], Decimal("3.50"))
        self.assertEqual(data["credits"], 10)

    def test_sections(self):
        data = transcript.compose(
            [
                result(),
                result(kind="practice", points=3.0),
                result(kind="attestation", cycle="ia", points=2.0),
            ]
        )
        self.assertEqual(
            [section["kind"] for section in data["sections"]],
            ["disciplines", "practices", "attestation"],
        )
        # The year counts the practice, but not the final attestation.
        self.assertEqual(
            data["sections"][0]["years"][0]["gpa"], Decimal("3.34")
        )  # (3.67 + 3) / 2 = 3.335
        self.assertEqual(data["gpa"], Decimal("2.89"))

    def test_credit_test_without_letter(self):
        ungraded = {"points": None, "letter": None, "score": None, "traditional": None}
        data = transcript.compose(
            [
                result(in_gpa=False, **ungraded),
                result(in_gpa=False, passed=False, **ungraded),
                result(points=3.0),
            ]
        )
        html = html_of(data)
        self.assertIn("Сынақ / Passed / Зачтено", html)
        self.assertIn("Не зачтено", html)
        self.assertEqual((data["gpa"], data["credits"]), (3, 10))

    def test_one_language(self):
        data = transcript.compose([result()], ("ru",))
        html = html_of(data)
        self.assertIn("История Казахстана", html)
        self.assertNotIn("History", html)
        self.assertIn(">Отлично<", html)

    def test_missing_name_is_taken_from_another_language(self):
        data = transcript.compose([result(name_en=None)], ("en",))
        self.assertIn("История", html_of(data))

    def test_text_is_escaped(self):
        data = transcript.compose([result(name_ru="<script>", code="<b>/1")], ("ru",))
        html = html_of(data)
        self.assertIn("&lt;script&gt;", html)
        self.assertNotIn("<script>", html)
        self.assertIn("&lt;b&gt;/1", html)

    def test_every_row_is_printed_once_whatever_their_number(self):
        for count in range(1, 9):
            for other in (0, 1, 4):
                data = transcript.compose(
                    [result(code=f"A{number}x") for number in range(count)]
                    + [
                        result(code=f"B{number}x", course=2, year="2026/2027")
                        for number in range(other)
                    ],
                    ("ru",),
                )
                years = data["sections"][0]["years"]
                html = html_of(data)
                codes = [f"A{number}x" for number in range(count)]
                codes += [f"B{number}x" for number in range(other)]
                places = [html.index(code) for code in codes]
                self.assertEqual(places, sorted(places))
                self.assertEqual([html.count(code) for code in codes], [1] * len(codes))
                self.assertEqual(html.count("курс GPA"), len(years))
                self.assertEqual(html.count("rt-group"), len(years))

    def test_last_rows_stay_with_the_signatures(self):
        data = transcript.compose([result(), *[result(kind="practice")] * 8])
        tails = [section["years"][-1]["tail"] for section in data["sections"]]
        self.assertEqual(
            [text.count("<tr>") for text in tails], [0, transcript.KEPT_ROWS]
        )

    def test_legend_joins_equal_marks(self):
        legend = transcript.legend(
            [
                ("A", "4.00", "90–100", "excellent"),
                ("B", "3.00", "80–89", "good"),
                ("C", "2.00", "70–79", "good"),
            ],
            ("en",),
        )
        self.assertIn('<td colspan="1">Excellent</td><td colspan="2">Good</td>', legend)
        self.assertEqual(transcript.legend([]), "")

    def test_nothing(self):
        data = transcript.compose([])
        self.assertEqual((data["sections"], data["gpa"], data["count"]), ([], 0, 0))
