import io

from freezegun import freeze_time
from openpyxl import load_workbook
from pypdf import PdfReader

from odoo.tests import HttpCase, tagged

from ..tools import load_workbook as writer
from .load_common import DAY, LoadCommon

LANGUAGES = {
    "kk": ("бөлу ведомосы", "жүктемесі картасы", "kk_KZ"),
    "ru": ("Ведомость распределения", "Карточка учебных", "ru_RU"),
    "en": ("Distribution of the teaching load", "Teaching load card", "en_US"),
}


@freeze_time(DAY)
class TestLoadPrint(LoadCommon):
    def setUp(self):
        super().setUp()
        self.plan = self._plan()
        self._build(term=self.spring)
        self.rate = self._rate(norm_hours=100)
        mine = self._lines(self.plan, "practical") | self._lines(self.plan, "lecture")
        mine.teacher_id = self.teacher_employee
        mine[0].action_pay_separately()

    def _pdf(self, record, language):
        report = {
            "registrar.load.plan": "registrar_core.action_report_load_plan",
            "registrar.load.rate": "registrar_core.action_report_load_rate",
        }[record._name]
        Report = self.env["ir.actions.report"].with_user(self.clerk)
        contents = Report._render_plutoprint_records(
            report, record, lang=LANGUAGES[language][2]
        )
        return contents[record.id]

    def _cells(self, record, language):
        sheets = self.env["registrar.load.sheet"]._sheets(record, language)
        book = load_workbook(io.BytesIO(writer.render(sheets.values())))
        return [list(row) for row in book.active.iter_rows(values_only=True)]

    def test_totals_are_those_of_the_lines(self):
        sheet = self.env["registrar.load.sheet"]._sheets(self.plan, "ru")[self.plan.id]
        totals = [row for row in sheet["rows"] if row["style"] == "total"]
        self.assertEqual(totals[-1]["texts"], ["Всего по кафедре"])
        self.assertEqual(totals[-1]["hours"][-2], self.plan.hours_total)
        self.assertEqual(totals[-1]["hours"][-1], self.plan.hours_paid)
        for row in sheet["rows"]:
            if row["hours"]:
                kinds = sum(hours or 0 for hours in row["hours"][:-2])
                self.assertAlmostEqual(kinds, row["hours"][-2], 2)
        works = sum(row["hours"][-2] for row in sheet["rows"] if row["style"] == "line")
        self.assertAlmostEqual(works, self.plan.hours_total, 2)
        teacher = next(row for row in sheet["rows"] if row["style"] == "note")
        self.assertRegex(teacher["texts"][0], r"Норма 100 ч\., назначено 150 ч\..*\+50")

    def test_pdf_and_workbook_have_the_same_totals(self):
        for record in (self.plan, self.rate):
            for language, (plan_title, rate_title, __) in LANGUAGES.items():
                with self.subTest(model=record._name, language=language):
                    pages = PdfReader(io.BytesIO(self._pdf(record, language))).pages
                    box = pages[0].mediabox
                    self.assertGreater(box.width, box.height, "landscape")
                    text = " ".join(
                        " ".join(page.extract_text().split()) for page in pages
                    )
                    title = plan_title if record == self.plan else rate_title
                    self.assertIn(title.lower(), text.lower())
                    rows = self._cells(record, language)
                    sheets = self.env["registrar.load.sheet"]._sheets(record, language)
                    (sheet,) = sheets.values()
                    expected = [
                        [hours for hours in row["hours"] if hours is not None]
                        for row in sheet["rows"]
                        if row["hours"]
                    ]
                    found = [
                        [
                            value
                            for value in row[len(sheet["text_heads"]) :]
                            if isinstance(value, int | float)
                        ]
                        for row in rows
                    ]
                    self.assertEqual([row for row in found if row], expected)
                    for value in expected[-1]:
                        shown = f"{value:.2f}".rstrip("0").rstrip(".")
                        if language != "en":
                            shown = shown.replace(".", ",")
                        self.assertIn(shown, text)

    def test_texts_are_no_formulas(self):
        line = self._lines(self.plan, "practical", self.groups[0])
        line.sudo().unit_name = "=1+1"
        cells = [cell for row in self._cells(self.plan, "ru") for cell in row]
        self.assertIn("=1+1", cells)

    def test_kept_version_prints_as_it_was(self):
        self.plan.action_agree()
        self.plan.with_user(self.head).action_approve()
        Sheet = self.env["registrar.load.sheet"]
        before = Sheet._sheets(self.plan, "kk")[self.plan.id]
        self.plan.action_change("Order 15")
        self._lines(self.plan, "lecture").teacher_id = self.adviser_employee
        kept = self.plan.version_ids
        after = Sheet._sheets(kept, "kk")[kept.id]
        self.assertEqual(after["rows"], before["rows"])
        self.assertFalse(after["watermark"])

    def test_print_wizard(self):
        action = self.plan.action_print()
        wizard = (
            self.env["registrar.load.print"]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({"language": "kk"})
        )
        self.assertEqual(wizard.plan_ids, self.plan)
        printed = wizard.action_print()
        self.assertEqual(printed["context"]["lang"], "kk_KZ")
        wizard.output = "xlsx"
        self.assertEqual(
            wizard.action_print()["url"],
            f"/registrar/load/registrar.load.plan/kk?ids={self.plan.id}",
        )


@tagged("post_install", "-at_install")
class TestLoadFiles(LoadCommon, HttpCase):
    def test_download(self):
        plan = self._plan()
        rate = self._rate()
        passwords = {}
        for user in (self.clerk, self.teacher, self.adviser):
            user.sudo().password = passwords[user] = f"{user.login}-Pass-1"
        self.env.flush_all()

        def fetch(user, path):
            self.authenticate(user.login, passwords[user])
            return self.url_open(f"/registrar/load/{path}").status_code

        plan_path = f"registrar.load.plan/ru?ids={plan.id}"
        rate_path = f"registrar.load.rate/kk?ids={rate.id}"
        self.assertEqual(fetch(self.clerk, plan_path), 200)
        self.assertEqual(fetch(self.clerk, rate_path), 200)
        self.assertEqual(fetch(self.teacher, rate_path), 200)
        self.assertEqual(fetch(self.teacher, plan_path), 404)
        self.assertEqual(fetch(self.adviser, rate_path), 404)
        for path in (
            "res.users/ru?ids=1",
            f"registrar.load.plan/xx?ids={plan.id}",
            "registrar.load.plan/ru?ids=",
            "registrar.load.plan/ru?ids=999999999",
        ):
            with self.subTest(path=path):
                self.assertEqual(fetch(self.clerk, path), 404)
