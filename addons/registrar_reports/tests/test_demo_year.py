"""The demo year on a handful of people: everything happens, twice the same."""

import io
import tempfile
from collections import Counter
from pathlib import Path

import openpyxl
import pypdf

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.registrar_core.tests.test_import_real import (
    CURRICULUM,
    shared_folder,
)

from ..demo_year import demo_logins, run_demo_year
from ..demo_year.calendar import Calendar, demo_calendar
from ..demo_year.marks import Marker
from ..demo_year.people import People

# Two groups of the last intake, so that there are two languages and two faculties.
INTAKES = {0: (("6B06103", "ИС", "kk", (7,)), ("6B05101", "БЛ", "ru", (5,)))}
PEOPLE = 12


class DemoYearCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lines = []
        cls.out = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))

    @classmethod
    def _run(cls, **values):
        run_demo_year(cls.env, out=cls.out, progress=cls.lines.append, **values)
        cls.env.invalidate_all()

    @classmethod
    def _calendar(cls):
        return demo_calendar(fields.Date.context_today(cls.env["res.company"]))

    @classmethod
    def _students(cls):
        """Return those who were admitted; one person has been entered twice."""
        return cls.env["registrar.student"].search([("status", "!=", "none")])

    @classmethod
    def _documents(cls, model):
        return cls.env[model].search([("state", "!=", "draft")])

    @classmethod
    def _facts(cls):
        """Return what two runs must have in common."""
        env = cls.env
        orders = [
            (
                order.number,
                order.document_date,
                order.type_id.code,
                order.line_ids.mapped("student_id.full_name"),
            )
            for order in cls._documents("registrar.order")
        ]
        results = [
            (
                result.student_id.full_name,
                result.discipline_id.code,
                result.term_id.kind,
                result.entry_id.number,
                result.score,
                result.letter,
                result.reason,
            )
            for result in env["registrar.result"].search([], order="id")
        ]
        people = [
            (student.student_number, student.iin, student.status, student.course)
            for student in env["registrar.student"].search([])
        ]
        plans = [
            (plan.number, plan.student_id.full_name, plan.state, plan.credits_total)
            for plan in env["registrar.study.plan"].search([], order="id")
        ]
        load = sorted(
            (line.unit_name, line.kind_id.code, line.teacher_id.name or "", line.hours)
            for line in env["registrar.load.line"].search([])
        )
        files = [
            (file.number, file.missing_count, file.place_id.name)
            for file in env["registrar.personal.file"].search([], order="id")
        ]
        return orders, results, people, plans, load, files


@tagged("post_install", "-at_install")
class TestDemoYear(DemoYearCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        savepoint = cls.env.cr.savepoint()
        cls._run(intakes=INTAKES)
        cls.first = cls._facts()
        savepoint.close(rollback=True)
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()
        cls.lines.clear()
        cls._run(intakes=INTAKES)

    def test_the_same_again(self):
        self.assertEqual(self._facts(), self.first)

    def test_steps_are_told(self):
        self.assertGreater(len(self.lines), 15)
        for line in self.lines:
            self.assertRegex(line, r"\(\d+\.\d s\)$")

    def test_a_used_database_is_refused(self):
        with self.assertRaises(UserError):
            run_demo_year(self.env, intakes=INTAKES, progress=self.lines.append)

    def test_one_person_per_role(self):
        logins = demo_logins(self.env)
        self.assertEqual(len(logins), 10)
        for login in logins:
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertTrue(user, login)
            role = "base.group_portal"
            if login != "student":
                role = f"registrar_core.group_registrar_{login}"
                self.assertTrue(user.employee_id, login)
            self.assertTrue(user.has_group(role), login)
        student = self.env["registrar.student"].search(
            [("partner_id.user_ids.login", "=", "student")]
        )
        self.assertTrue(student.group_id)
        # The teacher of the demonstration has something to do.
        teacher = self.env["res.users"].search([("login", "=", "teacher")])
        sheets = self.env["registrar.sheet"].with_user(teacher).search([])
        self.assertTrue(sheets)

    def test_everybody_studies(self):
        students = self._students()
        self.assertEqual(len(students), PEOPLE)
        self.assertFalse(students.filtered("iin_anomaly"))
        plans = self._documents("registrar.study.plan").filtered(
            lambda plan: (
                plan.kind == "main"
                and plan.year_id.date_from.year == self._calendar().start
            )
        )
        self.assertEqual(plans.student_id, students)
        self.assertEqual(set(plans.mapped("state")), {"registered"})
        self.assertTrue(all(55 <= plan.credits_total <= 65 for plan in plans))
        # The summer adds some to the main plans.
        every = self._documents("registrar.study.plan")
        lines = every.filtered(lambda plan: plan.year_id == plans.year_id).line_ids
        self.assertTrue(all(line.class_group_id.teacher_id for line in lines))
        results = self.env["registrar.result"].search(
            [("resit_number", "=", 0), ("kind", "!=", "individual")]
        )
        on_sheets = self.env["registrar.sheet.line"].search(
            [("sheet_id.kind", "not in", ("resit", "individual"))]
        )
        excused = on_sheets.filtered(lambda line: line.absence == "excused")
        self.assertEqual(len(results), len(on_sheets - excused))
        self.assertEqual(len(on_sheets), len(lines))

    def test_duties_are_segregated(self):
        for sheet in self._documents("registrar.sheet"):
            registrar = sheet.entry_id.registered_by_id
            self.assertEqual(registrar.login, "clerk")
            self.assertNotIn(registrar, sheet.author_ids)
        for order in self._documents("registrar.order"):
            self.assertEqual(order.author_id.login, "clerk")
            self.assertEqual(order.entry_id.registered_by_id.login, "head")

    def test_registers_are_whole(self):
        registers = self.env["registrar.register"].search([])
        self.assertEqual(registers.verify_chain(), [])
        for register in registers:
            days = register.entry_ids.sorted("id").mapped("document_date")
            self.assertEqual(days, sorted(days), register.code)

    def test_orders_of_the_year(self):
        codes = Counter(
            order.type_id.code for order in self._documents("registrar.order")
        )
        self.assertGreaterEqual(codes["enrolment"], 2)
        self.assertGreaterEqual(codes["course_transfer"], 1)
        moved = self.env["registrar.student"].search([("course", "=", 2)])
        self.assertTrue(moved)

    def test_documents(self):
        files = [path for path in self.out.rglob("*") if path.is_file()]
        self.assertTrue(all(path.name.isascii() for path in files))
        transcripts = sorted(self.out.glob("5_transcripts/*.pdf"))
        self.assertEqual([path.stem for path in transcripts], ["BL-25-1r", "IS-25-1k"])
        group = self.env["registrar.group"].search([("name", "=", "ИС-25-1к")])
        count = self.env["registrar.transcript"].search_count(
            [("group_id", "=", group.id)]
        )
        pages = [page.extract_text() for page in pypdf.PdfReader(transcripts[1]).pages]
        self.assertGreaterEqual(len(pages), count)
        for student in group.student_ids:
            self.assertTrue(any(student.last_name in page for page in pages))
        orders = list(self.out.glob("1_orders/*.pdf"))
        self.assertEqual(len(orders), len(self._documents("registrar.order")))

    def test_reports(self):
        (path,) = self.out.glob("6_reports/contingent_*.xlsx")
        book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
        values = [
            cell for row in book.active.iter_rows(values_only=True) for cell in row
        ]
        self.assertIn(PEOPLE, values)
        self.assertTrue(list(self.out.glob("6_reports/movement_*.xlsx")))

    def test_calendars_are_approved(self):
        calendars = self.env["registrar.calendar"].search([])
        self.assertEqual(set(calendars.mapped("state")), {"approved"})
        years = calendars.year_id.mapped(lambda year: year.date_from.year)
        start = self._calendar().start
        self.assertEqual(sorted(years), self._years(start))
        for calendar in calendars:
            errors = [v for v in calendar._violations() if v.level == "error"]
            self.assertFalse(errors, calendar.display_name)

    def _years(self, start):
        today = fields.Date.context_today(self.env["res.company"])
        begun = today >= Calendar(start + 1).first_day
        return [start, start + 1] if begun else [start]

    def test_nobody_is_left_out(self):
        students = self._students().filtered(lambda s: s.status in ("studying",))
        today = fields.Date.context_today(self.env["res.company"])
        if any(year.date_from <= today <= year.date_to for year in self._our_years()):
            self.assertFalse(students.filtered(lambda s: not s.calendar_id))
        self.assertFalse(students.filtered(lambda s: not s.adviser_id))
        files = self.env["registrar.personal.file"].search([])
        self.assertFalse(students - files.student_id)
        self.assertTrue(all(file.place_id for file in files))
        missing = files.filtered("missing_count")
        self.assertTrue(missing)
        overdue = files.document_ids.loan_ids.filtered(
            lambda loan: not loan.returned_date and loan.date_due < today
        )
        self.assertEqual(len(overdue), 1)

    def _our_years(self):
        return self.env["registrar.calendar"].search([]).year_id

    def test_cards_of_students(self):
        students = self._students()
        self.assertTrue(all(student.contact_ids for student in students))
        self.assertTrue(all(student.language_ids for student in students))
        self.assertTrue(students.consent_ids)
        renamed = students.filtered("name_ids")
        self.assertLessEqual(len(renamed), 1)
        pair = self.env["registrar.student.duplicate"].search([])
        self.assertEqual(len(pair), 1)

    def test_catalogues(self):
        catalogues = self.env["registrar.catalogue"].search([], order="year_id")
        states = catalogues.sorted(lambda c: c.year_id.date_from).mapped("state")
        self.assertEqual(states[0], "closed")
        self.assertEqual(set(states[1:]) - {"published"}, set())
        cards = catalogues.card_ids
        self.assertTrue(cards.filtered("is_complete"))
        self.assertTrue(all(card.teacher_ids for card in cards))

    def test_seats_are_never_above_capacity(self):
        for offer in self.env["registrar.offer"].search([]):
            if offer.capacity_max:
                self.assertLessEqual(offer.taken_count, offer.capacity_max)

    def test_nothing_is_dated_in_the_future(self):
        today = fields.Date.context_today(self.env["res.company"])
        for model in ("study.plan", "order", "sheet", "transcript"):
            records = self.env[f"registrar.{model}"].search([])
            days = records.filtered("document_date").mapped("document_date")
            self.assertLessEqual(max(days), today, model)
        months = self.env["registrar.load.entry"].search([]).mapped("month")
        self.assertLessEqual(max(months), today)

    def test_prices_and_holds(self):
        prices = self.env["registrar.credit.price"].search([])
        starts = [year.date_from.year for year in prices.year_id]
        self.assertIn(self._calendar().start, starts)
        applications = self.env["registrar.summer.application"].search([])
        self.assertLessEqual(set(applications.mapped("state")), {"registered"})
        overrides = self.env["registrar.study.plan.override"].search([])
        self.assertTrue(all(override.ground for override in overrides))

    def test_load_is_distributed(self):
        sheets = self.env["registrar.load.plan"].search([])
        approved = sheets.filtered(lambda sheet: sheet.state == "approved")
        self.assertTrue(approved)
        self.assertFalse(approved.line_ids.filtered(lambda line: not line.teacher_id))
        self.assertTrue(self.env["registrar.load.entry"].search_count([]))

    def test_an_adviser_changed(self):
        rows = self.env["registrar.adviser.assignment"].search([])
        ended = rows.filtered(lambda row: row.group_id and row.date_to)
        self.assertEqual(len(ended), 1)
        self.assertTrue(rows.filtered(lambda row: row.student_id))

    def test_the_present_year(self):
        """Plans wait at each step of the chain."""
        start = self._calendar().start + 1
        if start not in self._years(start - 1):
            return
        plans = self.env["registrar.study.plan"].search(
            [("year_id.date_from", "=", Calendar(start).first_day)]
        )
        states = set(plans.mapped("state"))
        self.assertEqual(
            states, {"draft", "submitted", "adviser", "dean", "registered"}
        )
        student = self.env["res.users"].search([("login", "=", "student")])
        own = plans.filtered(lambda p: p.student_id.partner_id == student.partner_id)
        self.assertEqual(own.state, "draft")
        adviser = self.env["res.users"].search([("login", "=", "adviser")])
        waiting = plans.filtered(lambda plan: plan.state == "submitted")
        self.assertEqual(waiting.student_id.adviser_id.user_id, adviser)
        groups = self.env["registrar.class.group"].search(
            [("term_id.year_id", "=", plans.year_id.id)]
        )
        self.assertTrue(groups)


@tagged("post_install", "-at_install")
class TestDemoYearOfFiles(DemoYearCase):
    """A curriculum from outside and a class list of one's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = shared_folder()
        cls.curriculum = folder and folder / "data" / "curricula" / CURRICULUM
        if not cls.curriculum or not cls.curriculum.is_file():
            cls.skipTest(cls, f"{CURRICULUM} is not beside the project")
        cls.students = cls.out / "list.xlsx"
        cls.students.write_bytes(cls._class_list())
        cls._run(curriculum=cls.curriculum, students=cls.students)

    @classmethod
    def _class_list(cls):
        people = People(11)
        book = openpyxl.Workbook()
        book.active.append(
            [
                *("Фамилия", "Имя", "Отчество", "ИИН", "Дата рождения"),
                *("Группа", "Язык обучения", "Основа обучения"),
            ]
        )
        for number in range(8):
            values = people.student("kk", 2025, f"{number}")
            book.active.append(
                [
                    values["last_name"],
                    values["first_name"],
                    values["patronymic"],
                    values["iin"] or None,
                    values["birth_date"],
                    "ТР-25-1к" if number < 5 else None,
                    "казахский",
                    "грант" if number < 2 else "платное",
                ]
            )
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    def test_the_year_on_real_input(self):
        curriculum = self.env["registrar.curriculum"].search([])
        self.assertEqual(len(curriculum), 1)
        self.assertEqual(curriculum.programme_id.code, "6B01601")
        self.assertEqual(curriculum.credits_total, 240)
        self.assertEqual(curriculum.state, "approved")
        self.assertEqual(self.env["registrar.programme"].search_count([]), 1)
        groups = {
            group.name: len(group.student_ids)
            for group in self.env["registrar.group"].search([])
        }
        self.assertEqual(groups, {"ТР-25-1к": 5, "Т-25-1к": 3})
        admission = self.env["registrar.enrolment"].search(
            [("previous_id", "=", False)]
        )
        self.assertEqual(Counter(admission.mapped("funding")), {"grant": 2, "paid": 6})
        plans = self._documents("registrar.study.plan").filtered(
            lambda plan: (
                plan.kind == "main"
                and plan.year_id.date_from.year == self._calendar().start
            )
        )
        self.assertEqual(len(plans), 8)
        self.assertEqual(set(plans.mapped("credits_total")), {60})
        self.assertTrue(self.env["registrar.result"].search_count([]) > 80)

    def test_remarks_are_told_and_kept(self):
        told = "\n".join(self.lines)
        self.assertIn("47 positions, 71 disciplines, 240 credits", told)
        self.assertIn("warning", told)
        kept = (self.out / "0_imports" / "curriculum.txt").read_text()
        self.assertIn("240 credits", kept)

    def test_transcripts(self):
        self.assertEqual(
            sorted(path.stem for path in self.out.glob("5_transcripts/*.pdf")),
            ["T-25-1k", "TR-25-1k"],
        )


@tagged("post_install", "-at_install")
class TestDemoYearRefusals(DemoYearCase):
    def test_a_broken_class_list_stores_nothing(self):
        path = self.out / "list.csv"
        path.write_text("Фамилия,Имя,ИИН\nАхметов,Айдар,123\n", encoding="utf-8")
        with self.assertRaises(UserError) as refusal, self.env.cr.savepoint():
            self._run(students=path)
        self.assertIn("123", str(refusal.exception))
        self.assertFalse(self.env["registrar.student"].search([]))

    def test_people(self):
        first, second = People(3), People(3)
        for number in range(200):
            values = first.student("ru", 2025, str(number))
            self.assertEqual(values, second.student("ru", 2025, str(number)))

    def test_marks_do_not_depend_on_the_order_of_asking(self):
        marker = Marker(1)
        asked = [("25-0001", "A 1"), ("25-0002", "A 1"), ("25-0001", "B 2")]
        forward = {key: marker.marks(*key, "autumn") for key in asked}
        backward = {key: marker.marks(*key, "autumn") for key in reversed(asked)}
        self.assertEqual(forward, backward)
        self.assertNotEqual(
            marker.marks(*asked[0], "autumn"), marker.marks(*asked[0], "spring")
        )
        marks = [
            marker.marks(f"25-{number:04d}", "A 1", "autumn") for number in range(2000)
        ]
        for mark in marks:
            self.assertTrue(all(0 <= rating <= 100 for rating in mark.ratings))
            self.assertEqual(mark.exam is None, bool(mark.absence))
        exams = [mark.exam for mark in marks if mark.exam is not None]
        # Some fail, most pass.
        failed = sum(exam < 50 for exam in exams) / len(exams)
        self.assertTrue(0.02 < failed < 0.12, failed)
        self.assertEqual(
            {mark.absence for mark in marks}, {None, "excused", "unexcused"}
        )

    def test_the_year_is_over(self):
        """No document of the demonstration is dated in the future."""
        for day in (Calendar(2025).last_day, Calendar(2024).last_day):
            self.assertLess(demo_calendar(day).last_day, day)
        self.assertEqual(demo_calendar(Calendar(2030).first_day).start, 2025)
        self.assertEqual(demo_calendar(Calendar(2026).first_day).start, 2025)
