import io
from datetime import date

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users

from .common import ReportsCommon


def numbers(report):
    """Return the rows of the table as texts and numbers."""
    return [
        [cell["text"] if "text" in cell else cell["value"] for cell in row["cells"]]
        for row in report.table["rows"]
    ]


@tagged("post_install", "-at_install")
@freeze_time("2026-09-15")
class TestContingentReport(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._history()
        cls.groups = cls.group | cls.other_group

    def _report(self, day, user=None, **values):
        """Return a report on the own groups, so that other data do not matter."""
        dimensions = values.pop("dimensions", ["programme_id"])
        for number in range(1, 5):
            values[f"dimension_{number}"] = (
                dimensions[number - 1] if number <= len(dimensions) else False
            )
        return (
            self.env["registrar.contingent.report"]
            .with_user(user or self.clerk)
            .create({"date": day, "group_ids": self.groups.ids, **values})
        )

    def test_numbers_by_hand(self):
        """Columns: total, studying, on leave, grant, paid, women."""
        name = self.programme.display_name
        cases = (
            (date(2025, 8, 24), [["Total", 0, 0, 0, 0, 0, 0]]),
            (
                date(2025, 10, 1),
                [[name, 4, 4, 0, 3, 1, 2], ["Total", 4, 4, 0, 3, 1, 2]],
            ),
            (
                date(2025, 12, 1),
                [[name, 4, 3, 1, 3, 1, 2], ["Total", 4, 3, 1, 3, 1, 2]],
            ),
            (
                date(2026, 3, 1),
                [
                    [self.other_programme.display_name, 1, 1, 0, 0, 1, 1],
                    [name, 2, 2, 0, 2, 0, 1],
                    ["Total", 3, 3, 0, 2, 1, 2],
                ],
            ),
        )
        for day, expected in cases:
            with self.subTest(day):
                self.assertEqual(numbers(self._report(day)), expected)

    def test_active_contingent(self):
        report = self._report(date(2025, 12, 1), active_only=True)
        # total, grant, paid, women
        self.assertEqual(numbers(report)[-1], ["Total", 3, 2, 1, 1])

    def test_subtotals_of_two_dimensions(self):
        report = self._report(
            date(2026, 3, 1), dimensions=["faculty_id", "gender", "course"]
        )
        rows = numbers(report)
        self.assertEqual(
            [row[:4] for row in rows],
            [
                ["Other faculty", "Female", "1", 1],
                ["Test faculty", "Male", "1", 1],
                ["Test faculty", "Female", "1", 1],
                ["Test faculty", "Total", "", 2],
                ["Total", "", "", 3],
            ],
        )

    def test_every_number_opens_the_people_behind_it(self):
        report = self._report(
            date(2025, 12, 1), dimensions=["programme_id", "funding", "age"]
        )
        checked = 0
        for row in report.table["rows"]:
            for cell in row["cells"]:
                if not cell.get("key"):
                    continue
                action = report.action_open_cell(cell["key"])
                people = self.env[action["res_model"]].search(action["domain"])
                self.assertEqual(len(people), cell["value"])
                self.assertLessEqual(people.student_id, self.students)
                checked += 1
        self.assertGreater(checked, 8)

    def test_cell_is_as_of_the_date(self):
        report = self._report(date(2025, 12, 1))
        (key,) = [
            cell["key"]
            for cell in report.table["rows"][-1]["cells"]
            if cell.get("key") and cell["key"]["measure"] == "leave"
        ]
        action = report.action_open_cell(key)
        rows = self.env["registrar.enrolment"].search(action["domain"])
        self.assertEqual(rows.student_id, self.asel)
        self.assertEqual(rows.date_from, date(2025, 11, 1))

    def test_foreign_keys_are_refused(self):
        report = self._report(date(2025, 12, 1))
        for key in ({"values": [1, 2]}, {"measure": "iin"}, {}):
            with self.subTest(key), self.assertRaises(UserError):
                report.action_open_cell(key)

    def test_missing_value_has_a_row_of_its_own(self):
        report = self._report(date(2025, 10, 1), dimensions=["nationality_id"])
        self.assertEqual(numbers(report)[0][:2], ["not stated", 4])
        key = report.table["rows"][0]["cells"][1]["key"]
        action = report.action_open_cell(key)
        rows = self.env["registrar.enrolment"].search(action["domain"])
        self.assertEqual(len(rows), 4)

    def test_filters(self):
        report = self._report(date(2025, 10, 1), funding="paid")
        self.assertEqual(numbers(report)[-1][1], 1)
        report = self._report(date(2025, 10, 1), course=2)
        self.assertEqual(numbers(report)[-1][1], 0)
        report = self._report(
            date(2026, 3, 1), faculty_ids=self.other_faculty.ids, level="bachelor"
        )
        self.assertEqual(numbers(report)[-1][1], 1)

    def test_table_follows_the_form(self):
        report = self.env["registrar.contingent.report"].with_user(self.clerk)
        with Form(report) as form:
            form.date = date(2025, 10, 1)
            form.group_ids.add(self.group)
            self.assertEqual(form.table["rows"][-1]["cells"][1]["value"], 4)
            form.date = date(2026, 3, 1)
            self.assertEqual(form.table["rows"][-1]["cells"][1]["value"], 2)

    def test_lines_for_the_pivot(self):
        report = self._report(date(2026, 3, 1), dimensions=["programme_id", "gender"])
        action = report.action_open_lines()
        Line = self.env["registrar.contingent.report.line"].with_user(self.clerk)
        lines = Line.search(action["domain"])
        self.assertEqual(sum(lines.mapped("total")), 3)
        action = Line.action_open_rows(
            [*action["domain"], ("programme_id", "=", self.programme.id)]
        )
        rows = self.env["registrar.enrolment"].search(action["domain"])
        self.assertEqual(rows.student_id, self.aidar | self.asel)
        # Counting again does not double the lines.
        report.action_open_lines()
        self.assertEqual(len(report.line_ids), len(lines))

    def test_xlsx(self):
        report = self._report(
            date(2026, 3, 1), dimensions=["faculty_id", "programme_id"]
        )
        book = load_workbook(io.BytesIO(report._xlsx_content()))
        page = book.active
        values = [[cell.value for cell in row] for row in page.iter_rows()]
        flat = [value for row in values for value in row if value is not None]
        self.assertIn("Contingent of students as of 01.03.2026", flat)
        self.assertTrue(any("ИС-25-1р" in str(value) for value in flat))
        total = next(row for row in values if row[0] == "Total")
        self.assertEqual(total[2:8], [3, 3, 0, 2, 1, 2])
        self.assertTrue(page.freeze_panes)
        self.assertIn("Executor", flat)
        self.assertIn(self.clerk.name, flat)

    def test_dean_sees_the_own_faculty_only(self):
        report = self._report(date(2026, 3, 1), user=self.dean)
        self.assertEqual(numbers(report)[-1][:2], ["Total", 2])
        report = self._report(
            date(2026, 3, 1), user=self.dean, faculty_ids=self.other_faculty.ids
        )
        self.assertEqual(numbers(report)[-1][:2], ["Total", 0])

    def test_viewer_counts_but_not_by_protected_data(self):
        report = self._report(date(2026, 3, 1), user=self.viewer)
        self.assertEqual(numbers(report)[-1][1], 3)
        with self.assertRaisesRegex(UserError, "Nationality"):
            self._report(
                date(2026, 3, 1), user=self.viewer, dimensions=["nationality_id"]
            ).table

    def test_other_roles_are_refused(self):
        for user in (self.teacher, self.adviser, self.military, self.migration):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self._report(date(2026, 3, 1), user=user)

    def test_nobody_sees_the_questions_of_others(self):
        report = self._report(date(2026, 3, 1))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            report.with_user(self.viewer).date

    @users("test_clerk")
    def test_query_count_does_not_grow(self):
        report = self._report(date(2026, 3, 1), dimensions=["course"])
        report.table
        report.invalidate_recordset()
        with self.assertQueryCount(test_clerk=12):
            report.table
