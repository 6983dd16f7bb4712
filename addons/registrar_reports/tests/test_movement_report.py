import io
from datetime import date

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..tools import movement
from .common import ReportsCommon

YEAR = (date(2025, 9, 1), date(2026, 8, 31))


@tagged("post_install", "-at_install")
@freeze_time("2026-09-15")
class TestMovementReport(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._history()
        cls.groups = cls.group | cls.other_group

    def _report(self, period=YEAR, user=None, **values):
        """Return a report on the own groups, so that other data do not matter."""
        dimensions = values.pop("dimensions", [])
        for number in range(1, 5):
            values[f"dimension_{number}"] = (
                dimensions[number - 1] if number <= len(dimensions) else False
            )
        return (
            self.env["registrar.movement.report"]
            .with_user(user or self.clerk)
            .create(
                {
                    "date_from": period[0],
                    "date_to": period[1],
                    "group_ids": self.groups.ids,
                    **values,
                }
            )
        )

    def _columns(self, report):
        """Return the non-zero numbers of each column: ``[{code: number}]``."""
        columns = []
        for row in report.table["rows"]:
            code = row["cells"][0]["text"]
            for index, cell in enumerate(row["cells"][2:]):
                if len(columns) <= index:
                    columns.append({})
                if cell["value"]:
                    columns[index][code] = cell["value"]
        return columns

    def test_year_by_hand(self):
        (total,) = self._columns(self._report())
        self.assertEqual(
            total,
            {"010": 4, "030": 1, "034": 1, "050": 3, "060": 1, "061": 1},
        )

    def test_admission_falls_into_its_period(self):
        (total,) = self._columns(self._report((date(2025, 8, 1), date(2025, 8, 31))))
        self.assertEqual(total, {"020": 4, "021": 4, "050": 4})

    def test_segments_by_hand(self):
        report = self._report(dimensions=["programme_id"])
        total, management, systems = self._columns(report)
        self.assertEqual(total["050"], 3)
        self.assertEqual(management, {"050": 1, "070": 1})
        self.assertEqual(
            systems,
            {"010": 4, "030": 1, "034": 1, "050": 2, "060": 1, "061": 1, "071": 1},
        )
        self.assertEqual(
            [cell["label"] for cell in report.table["heads"][0]][3:],
            [self.other_programme.display_name, self.programme.display_name],
        )

    def test_two_dimensions_have_two_heads(self):
        report = self._report(dimensions=["programme_id", "course"])
        heads = report.table["heads"]
        self.assertEqual(len(heads), 2)
        self.assertEqual([cell["colspan"] for cell in heads[0]][3:], [1, 2])
        self.assertEqual([cell["label"] for cell in heads[1]], ["1", "1", "2"])
        columns = self._columns(report)
        self.assertEqual(columns[2]["071"], 2)
        self.assertEqual(columns[3], {"050": 1, "070": 1})

    def test_all_identities_hold(self):
        for dimensions in (
            [],
            ["programme_id"],
            ["faculty_id", "course", "funding", "gender"],
            ["status", "age"],
        ):
            with self.subTest(dimensions):
                report = self._report(dimensions=dimensions)
                self.assertEqual(
                    [(v["number"], v["ok"], v["lines"]) for v in report.verdicts],
                    [(number, True, []) for number in range(1, 8)],
                )
                self.assertTrue(report.is_balanced)

    def test_identities_hold_in_a_filter(self):
        report = self._report(
            faculty_ids=self.faculty.ids, course=1, dimensions=["funding"]
        )
        self.assertTrue(report.is_balanced, report.verdicts)
        total = self._columns(report)[0]
        # Mariya left the faculty, Aidar the first year.
        self.assertEqual((total["010"], total["071"], total["050"]), (4, 2, 1))

    def test_end_is_the_start_of_the_next_period(self):
        first = self._report((date(2025, 9, 1), date(2026, 1, 31)))
        second = self._report((date(2026, 2, 1), date(2026, 8, 31)))
        self.assertEqual(
            self._columns(first)[0]["050"], self._columns(second)[0]["010"]
        )

    def test_numbers_are_those_of_the_contingent(self):
        report = self._report(dimensions=["programme_id"])
        rows = self.env["registrar.enrolment"]._contingent(
            YEAR[1], ("programme_id",), [("group_id", "in", self.groups.ids)]
        )
        counted = {row["programme_id"]: row["count"] for row in rows}
        self.assertEqual(counted, {self.programme.id: 2, self.other_programme.id: 1})
        self.assertEqual([column["050"] for column in self._columns(report)], [3, 1, 2])

    def test_every_figure_opens_the_people_behind_it(self):
        report = self._report(dimensions=["programme_id", "course"])
        checked = 0
        for row in report.table["rows"]:
            for cell in row["cells"]:
                if not cell.get("key"):
                    continue
                action = report.action_open_cell(cell["key"])
                people = self.env[action["res_model"]].search(action["domain"])
                self.assertEqual(len(people), cell["value"], cell)
                checked += 1
        self.assertGreater(checked, 15)

    def test_figure_opens_the_right_person(self):
        report = self._report(dimensions=["programme_id"])
        segment = [self.programme.id]
        for code, person in (
            ("034", self.erlan),
            ("060", self.asel),
            ("061", self.asel),
            ("071", self.maria),
        ):
            action = report.action_open_cell({"code": code, "segment": segment})
            rows = self.env["registrar.enrolment"].search(action["domain"])
            self.assertEqual(rows.student_id, person, code)

    def test_reference_row_opens_its_people(self):
        kind = self._create(
            "registrar.movement.kind",
            code="mobility_out_test",
            name_kk="Шығыс ұтқырлық",
            name_ru="Исходящая мобильность",
            effect="internal",
            resulting_status="studying",
            row_code="081",
        )
        self._do(self.aidar, date(2026, 8, 1), kind)
        report = self._report(dimensions=["programme_id"])
        total, management, systems = self._columns(report)
        self.assertEqual((total["081"], systems["081"]), (1, 1))
        self.assertNotIn("081", management)
        action = report.action_open_cell(
            {"code": "081", "segment": [self.programme.id]}
        )
        rows = self.env["registrar.enrolment"].search(action["domain"])
        self.assertEqual(rows.student_id, self.aidar)
        self.assertTrue(report.is_balanced)

    def test_reversed_movement_counts_nowhere(self):
        rows = self.env["registrar.enrolment"].search(
            [("student_id", "=", self.erlan.id), ("kind_id.code", "=", "own_wish")]
        )
        document = type("D", (), {"entry_id": self._entry(date(2026, 9, 1))})()
        document.sudo = lambda: document
        rows._reverse(document)
        (total,) = self._columns(self._report())
        self.assertEqual(total["050"], 4)
        self.assertNotIn("030", total)

    def test_gap_in_the_ledger_is_found_and_named(self):
        """A state that ends without another one: nobody knows where Aidar went."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE registrar_enrolment SET date_to = '2026-08-01'"
            " WHERE student_id = %s AND date_to IS NULL",
            [self.aidar.id],
        )
        self.env.invalidate_all()
        report = self._report(dimensions=["programme_id"])
        self.assertFalse(report.is_balanced)
        failed = {v["number"]: v for v in report.verdicts if not v["ok"]}
        self.assertEqual(set(failed), {1, 2, 4})
        self.assertIn(self.aidar.full_name, failed[4]["lines"][0])
        self.assertTrue(failed[4]["people"])
        action = report.action_open_verdict(4)
        students = self.env["registrar.student"].search(action["domain"])
        self.assertEqual(students, self.aidar)

    def test_unknown_funding_breaks_the_seventh_identity(self):
        self.env.cr.execute("ALTER TABLE registrar_enrolment DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE registrar_enrolment SET funding = NULL WHERE student_id = %s",
            [self.asel.id],
        )
        self.env.cr.execute("ALTER TABLE registrar_enrolment ENABLE TRIGGER USER")
        self.env.invalidate_all()
        report = self._report()
        failed = [v for v in report.verdicts if not v["ok"]]
        self.assertEqual([v["number"] for v in failed], [7])
        self.assertEqual(len(failed[0]["lines"]), 2)
        self.assertIn(self.asel.full_name, failed[0]["lines"][0])

    def test_segments_down(self):
        report = self._report(dimensions=["programme_id"], orientation="down")
        rows = report.table["rows"]
        self.assertEqual(
            [row["cells"][0]["text"] for row in rows],
            [
                "Total",
                self.other_programme.display_name,
                self.programme.display_name,
            ],
        )
        codes = [row.code for row in movement.ROWS]
        self.assertEqual(rows[0]["cells"][1 + codes.index("050")]["value"], 3)

    def test_xlsx(self):
        report = self._report(dimensions=["programme_id"])
        page = load_workbook(io.BytesIO(report._xlsx_content())).active
        values = [[cell.value for cell in row] for row in page.iter_rows()]
        by_code = {row[0]: row[2:5] for row in values if row[0]}
        self.assertEqual(by_code["010"], [4, 0, 4])
        self.assertEqual(by_code["050"], [3, 1, 2])
        self.assertEqual(by_code["071"], [0, 0, 1])
        text = "\n".join(str(value) for row in values for value in row if value)
        self.assertIn("from 01.09.2025 to 31.08.2026", text)
        self.assertEqual(text.count("✓"), 7)

    def test_xlsx_in_the_language_of_the_user(self):
        for language, name in (
            ("ru_RU", "На конец периода"),
            ("kk_KZ", "Кезең соңында"),
        ):
            self.env["res.lang"]._activate_lang(language)
            self.clerk.lang = language
            report = self._report().with_context(lang=language)
            page = load_workbook(io.BytesIO(report._xlsx_content())).active
            names = [row[1].value for row in page.iter_rows(min_col=1, max_col=2)]
            self.assertIn(name, names)

    def test_dates_the_wrong_way_round(self):
        with self.assertRaises(ValidationError):
            self._report((date(2026, 1, 1), date(2025, 1, 1)))

    def test_foreign_keys_are_refused(self):
        report = self._report(dimensions=["programme_id"])
        for key in (
            {"code": "999", "segment": None},
            {"code": "050", "segment": [1, 2]},
            {},
        ):
            with self.subTest(key), self.assertRaises(UserError):
                report.action_open_cell(key)

    def test_dean_counts_the_own_faculty(self):
        report = self._report(user=self.dean)
        (total,) = self._columns(report)
        self.assertEqual((total["010"], total["050"], total["071"]), (4, 2, 1))
        self.assertTrue(report.is_balanced, report.verdicts)

    def test_other_roles_are_refused(self):
        for user in (self.teacher, self.adviser, self.military, self.migration):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self._report(user=user)
