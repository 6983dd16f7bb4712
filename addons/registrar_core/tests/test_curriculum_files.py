import io
import re

from openpyxl import load_workbook

from odoo.tests import HttpCase, users

from ..tools import curriculum_difference as difference
from ..tools import working_curriculum as table
from .common import RegistrarCommon
from .test_import_real import TestRealCurriculum as RealCurriculum


class TestCurriculumDifference(RegistrarCommon):
    def _open(self, old, new):
        return self.env["registrar.curriculum.difference"].new(
            {"old_id": old.id, "new_id": new.id}
        )

    @users("test_clerk")
    def test_line_by_line(self):
        old = self.curriculum.with_env(self.env)
        self.env["registrar.curriculum.module"].create(
            {"curriculum_id": old.id, "name_kk": "Модуль", "name_ru": "Модуль"}
        )
        self.env["registrar.curriculum.block"].create(
            {"curriculum_id": old.id, "code": "B"}
        )
        new = old.copy({"previous_id": old.id})
        wizard = self._open(old, new)
        self.assertIn("no difference", wizard.difference_html)
        lines = new.line_ids.sorted("slot")
        lines[0].write({"credits": 6, "hours_total": 180})
        lines[1].term_number = 3
        lines[2].unlink()
        self.env["registrar.curriculum.line"].create(
            {
                "curriculum_id": new.id,
                "discipline_id": self.disciplines[2].copy({"code": "NEW 1"}).id,
                "credits": 4,
                "term_number": 2,
            }
        )
        wizard = self._open(old, new)
        changes = {
            (change.kind, change.name): change.fields
            for title, changes in wizard._sections()
            if title == "Disciplines"
            for change in changes
        }
        self.assertEqual(len(changes), 4)
        kinds = sorted(kind for kind, __ in changes)
        self.assertEqual(kinds, ["added", "changed", "changed", "removed"])
        changed = [f for (kind, __), f in changes.items() if kind == "changed"]
        self.assertIn((("Credits", "5", "6"), ("Hours", "150", "180")), changed)
        self.assertIn((("Term", "1", "3"),), changed)
        self.assertEqual(wizard.summary, "Added: 1, removed: 1, changed: 2")
        wizard.kind = "removed"
        self.assertNotIn("NEW 1", wizard.difference_html)

    @users("test_viewer")
    def test_workbook(self):
        new = self.curriculum.copy()
        new.line_ids[0].control_form = "credit_test"
        content = self.env["registrar.curriculum.difference"]._workbook(
            self.curriculum.with_env(self.env), new.with_env(self.env)
        )
        rows = list(
            load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
        )
        self.assertIn(("Exam", "Credit test"), [row[4:6] for row in rows])

    @users("test_clerk")
    def test_action_offers_the_previous_version(self):
        old = self.curriculum.with_env(self.env)
        new = old.copy({"previous_id": old.id})
        context = new.action_open_difference()["context"]
        self.assertEqual(
            (context["default_old_id"], context["default_new_id"]), (old.id, new.id)
        )
        self.assertEqual((new | old).action_open_compared()["context"], context)

    def test_pairs(self):
        def record(key, term):
            return {"name": key, "id": key, "term": term}

        changes = difference.compare(
            [record("a", 1), record("a", 2), record("b", 1)],
            [record("a", 2), record("a", 3), record("c", 1)],
            [lambda r: (r["id"], r["term"]), lambda r: r["id"]],
        )
        self.assertEqual(
            [(c.kind, c.name) for c in changes],
            [("removed", "b"), ("changed", "a"), ("added", "c")],
        )
        self.assertEqual(changes[1].fields, (("term", 1, 3),))


class TestWorkingCurriculum(RegistrarCommon):
    def _report(self):
        return self.env["report.registrar_core.report_curriculum"]

    def test_ranges(self):
        self.assertEqual(table.ranges([4, 1, 2, 3]), "1–4")
        self.assertEqual(table.ranges([1, 2, 5]), "1, 2, 5")
        self.assertEqual(table.ranges([]), "")

    @users("test_viewer")
    def test_blocks_count_once_and_additional_training_apart(self):
        block = (
            self.env["registrar.curriculum.block"]
            .sudo()
            .create({"curriculum_id": self.curriculum.id, "code": "1104", "choose": 1})
        )
        option = self.curriculum_lines[3]
        option.write({"block_id": block.id, "is_default": True, "component": "kv"})
        option.copy(
            {
                "curriculum_id": self.curriculum.id,
                "discipline_id": self.disciplines[3].copy({"code": "TST 9"}).id,
                "is_default": False,
            }
        )
        self.curriculum_lines[0].cycle = "dvo"
        for by in ("module", "cycle"):
            plan = self._report()._prepare_plans(
                self.curriculum.with_env(self.env), "ru", by
            )[self.curriculum.id]
            self.assertEqual(plan["total"].credits, 15)
            self.assertEqual(plan["extra_total"].credits, 5)
            self.assertEqual(dict(plan["total"].terms), {1: 5, 2: 10})
            self.assertEqual(plan["total"].hours["total"], 450)
            kinds = [row.kind for part in plan["parts"] for row in part.rows]
            self.assertEqual(kinds.count("option"), 2)
            self.assertEqual(kinds.count("slot"), 1)
            self.assertEqual(plan["total"].controls["exam"], {1: 1, 2: 2})

    def test_pdf_in_three_languages(self):
        report = self.env.ref("registrar_core.action_report_curriculum")
        for lang in ("kk_KZ", "ru_RU", "en_US"):
            content, kind = report.with_context(
                lang=lang, force_report_rendering=True
            )._render_qweb_pdf(report.report_name, self.curriculum.ids)
            self.assertEqual(kind, "pdf")
            self.assertTrue(content.startswith(b"%PDF"))


class TestRealWorkingCurriculum(RealCurriculum):
    """The plan of a real university, printed."""

    def test_real_curriculum(self):
        """Sums of the workbook are those of the curriculum."""
        curriculum = self._import().records
        for language in ("kk", "ru", "en"):
            content = self.env["report.registrar_core.report_curriculum"]._workbook(
                curriculum, language
            )
            rows = list(
                load_workbook(io.BytesIO(content), data_only=True).active.iter_rows(
                    values_only=True
                )
            )
            [total] = [row for row in rows if row[0] in ("ЖАЛПЫ", "ВСЕГО", "TOTAL")]
            self.assertEqual(total[5], 240)
            self.assertEqual(total[6], 7200)
            self.assertEqual(list(total[-8:]), [29, 31, 29, 31, 30, 30, 40, 20])
            numbered = [row for row in rows if isinstance(row[0], int)]
            self.assertEqual(len(numbered), 47)
            self.assertEqual(sum(row[5] for row in numbered), 240)
            self.assertEqual(sum(row[6] for row in numbered), 7200)
            parts = [row for row in rows if row[0] in ("Барлығы", "Итого", "Subtotal")]
            self.assertEqual(len(parts), 12)
            self.assertEqual(sum(row[5] for row in parts), 240)
        options = [row for row in rows if row[0] is None and row[1] and row[2]]
        self.assertGreaterEqual(len(options), 42)

    def test_real_curriculum_again_and_approved(self):
        """Formulas of the workbook cover the rows of their part."""
        curriculum = self._import().records
        content = self.env["report.registrar_core.report_curriculum"]._workbook(
            curriculum, "ru", "cycle", 8
        )
        sheet = load_workbook(io.BytesIO(content)).active
        formulas = self._formulas(sheet, "F")
        self.assertEqual(len(formulas), 5)
        # What a spreadsheet will compute from the formulas: credits and hours.
        for column, expected in (("F", 240), ("G", 7200)):
            total = 0
            for formula in self._formulas(sheet, column)[:-1]:
                first, last = map(int, re.findall(rf"{column}(\d+)", formula)[-2:])
                total += sum(
                    sheet[f"{column}{row}"].value or 0
                    for row in range(first, last + 1)
                    if sheet[f"A{row}"].value
                )
            self.assertEqual(total, expected)

    def _formulas(self, sheet, column):
        return [
            cell.value
            for cell in sheet[column]
            if isinstance(cell.value, str) and cell.value.startswith("=")
        ]


class TestCurriculumDownloads(HttpCase, RegistrarCommon):
    def _get(self, address):
        return self.url_open(address, allow_redirects=False)

    def _address(self, kind, **changes):
        values = {
            "ids": self.curriculum.id,
            "lang": "kk",
            "by": "module",
            "paper": "a4",
            **changes,
        }
        query = "&".join(f"{name}={value}" for name, value in values.items())
        return f"/registrar/curriculum/{kind}?{query}"

    def test_downloads(self):
        self.authenticate("test_viewer", "test_viewer")
        other = self.curriculum.copy()
        response = self._get(self._address("pdf", paper="a3"))
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.content.startswith(b"%PDF"))
        response = self._get(
            self._address("xlsx", ids=f"{self.curriculum.id},{other.id}")
        )
        book = load_workbook(io.BytesIO(response.content))
        self.assertEqual(len(book.sheetnames), 2)
        response = self._get(
            f"/registrar/curriculum/difference/{self.curriculum.id}/{other.id}"
        )
        self.assertEqual(response.status_code, 200)
        for wrong in ({"lang": "xx"}, {"by": "x"}, {"paper": "a9"}):
            self.assertEqual(self._get(self._address("pdf", **wrong)).status_code, 400)
        for wrong in ({"ids": ""}, {"ids": "0"}, {"ids": "999999999"}):
            self.assertEqual(self._get(self._address("pdf", **wrong)).status_code, 404)
        self.assertEqual(self._get(self._address("exe")).status_code, 400)

    def test_strangers(self):
        response = self._get(self._address("pdf"))
        self.assertIn(response.status_code, (302, 303))
        self.env["res.users"].with_context(no_reset_password=True).create(
            {
                "login": "plain",
                "password": "plain-plain",
                "name": "Plain",
                "group_ids": [(6, 0, self.env.ref("base.group_user").ids)],
            }
        )
        self.authenticate("plain", "plain-plain")
        self.assertEqual(self._get(self._address("xlsx")).status_code, 403)
