import io
from datetime import date

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError

from .common import Entry
from .test_registration import RegistrationCommon


@freeze_time("2025-09-05")
class TestMassActions(RegistrationCommon):
    def _wizard(self, user=None, **values):
        return (
            self.env["registrar.study.plan.fill"]
            .with_user(user or self.clerk)
            .create({"year_id": self.year.id, **values})
        )

    def _report(self, action):
        self.assertEqual(action["res_model"], "registrar.mass.report")
        return self.env["registrar.mass.report"].browse(action["res_id"])

    def _second_programme(self):
        programme = self.programme.copy(
            {"code": "6T06199", "department_id": self.other_faculty.id}
        )
        group = self.group.copy(
            {"name": "ДР-25-1", "programme_id": programme.id, "curriculum_id": False}
        )
        student = self.env["registrar.student"].create(
            {"last_name": "Сыртов", "first_name": "Асан", "student_number": "T25-9"}
        )
        self._admit(student, programme_id=programme.id, group_id=group.id)
        return programme, group, student

    def test_whole_programme(self):
        __, __, stranger = self._second_programme()
        wizard = self._wizard(programme_ids=self.programme.ids)
        self.assertEqual(wizard.student_count, 4)
        action = wizard.action_fill()
        plans = self.env["registrar.study.plan"].search(action["domain"])
        self.assertEqual(plans.student_id, self.students)
        self.assertEqual(set(plans.mapped("error_count")), {0})
        self.assertEqual(set(plans.mapped("credit_state")), {"under"})
        self.assertNotIn(stranger, plans.student_id)

    def test_report_of_who_could_not_be_done(self):
        programme, __, stranger = self._second_programme()
        self._plan(self.students[0]).action_submit()
        self._hold(student=self.students[1])
        wizard = self._wizard(programme_ids=programme.ids, faculty_ids=self.faculty.ids)
        report = self._report(wizard.action_fill())
        self.assertEqual(report.done_count, 3)
        reasons = {line.student_id: line.reason for line in report.line_ids}
        self.assertEqual(set(reasons), {stranger, self.students[0], self.students[1]})
        self.assertIn("no curriculum", reasons[stranger])
        self.assertIn("under way: Submitted", reasons[self.students[0]])
        self.assertIn("Tuition debt", reasons[self.students[1]])
        content = report._xlsx_content()
        sheet = load_workbook(io.BytesIO(content)).active
        self.assertEqual(sheet.max_row, 4)
        self.assertIn("Сыртов Асан", [cell.value for cell in sheet["A"]])
        again = self._report(wizard.action_fill())
        self.assertEqual(again.done_count, 3)
        self.assertEqual(len(again.line_ids), 3)

    def test_year_of_study(self):
        self.assertEqual(self._wizard(is_everybody=True, course=7).student_count, 0)
        wizard = self._wizard(programme_ids=self.programme.ids, course=1)
        self.assertEqual(wizard.student_count, 4)
        with self.refused(UserError, "Choose students"):
            self._wizard(programme_ids=self.programme.ids, course=2).action_fill()

    def test_adviser_makes_plans_of_own_students_only(self):
        __, group, __ = self._second_programme()
        group.adviser_id = False
        wizard = self._wizard(self.adviser, is_everybody=True)
        self.assertEqual(wizard._students(), self.students)

    def test_steps_do_what_can_be_done(self):
        plans = self.env["registrar.study.plan"]._fill(self.students, self.year)
        self._hold(student=self.students[2])
        bad = plans.filtered(lambda p: p.student_id == self.students[2])
        own = plans.with_user(self.clerk).with_context(plan_step="submit")
        report = self._report(own.action_process())
        self.assertEqual(report.done_count, 3)
        self.assertEqual(report.line_ids.plan_id, bad)
        self.assertIn("Tuition debt", report.line_ids.reason)
        self.assertEqual(bad.state, "draft")
        self.assertEqual(bad.error_count, 1)
        report = self._report(own.action_process())
        self.assertEqual(report.done_count, 0, "once more: nothing is done twice")
        self.assertEqual(len(report.line_ids), 4)
        for user, step in ((self.adviser, "agree"), (self.dean, "sign")):
            todo = plans.with_user(user).with_context(plan_step=step)
            self.assertEqual(self._report(todo.action_process()).done_count, 3)
        todo = plans.with_user(self.clerk).with_context(plan_step="register")
        report = self._report(todo.action_process())
        self.assertEqual(report.done_count, 3)
        self.assertEqual(set((plans - bad).mapped("state")), {"registered"})
        self.assertEqual(report.action_open_rest()["domain"], [("id", "in", bad.ids)])

    def test_steps_of_others(self):
        plans = self.env["registrar.study.plan"]._fill(self.students, self.year)
        report = self._report(
            plans.with_user(self.dean).with_context(plan_step="agree").action_process()
        )
        self.assertEqual(report.done_count, 0)
        self.assertIn("only the adviser", report.line_ids[0].reason)
        with self.assertRaises(AccessError):
            plans.with_user(self.adviser).with_context(
                plan_step="register"
            ).action_process()
        with self.refused(UserError, "Choose what"):
            plans.with_context(plan_step="write").action_process()

    def test_grouped_lists(self):
        """The web client asks for sums by currency."""
        plans = self.env["registrar.study.plan"]._fill(self.students, self.year)
        self.assertEqual(plans.currency_id.name, "KZT")
        self.assertEqual(plans.line_ids.currency_id.name, "KZT")
        for records, name in ((plans, "amount_total"), (plans.line_ids, "amount")):
            rows = records.with_user(self.clerk).formatted_read_group(
                [("id", "in", records.ids)],
                ["group_id" if name == "amount_total" else "discipline_id"],
                [
                    f"{name}:sum",
                    "currency_id:array_agg_distinct",
                    f"{name}:sum_currency",
                ],
            )
            self.assertTrue(rows)

    def test_set_wise(self):
        plans = self.env["registrar.study.plan"]._fill(self.students, self.year)
        plans[:1]._process("submit")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(80):
            plans[1:]._process("submit")
            self.env.flush_all()


@freeze_time("2025-09-05")
class TestControl(RegistrationCommon):
    def _row(self, user=None, year=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["registrar.study.plan.control"]
            .with_user(user or self.clerk)
            .search(
                [
                    ("group_id", "=", self.group.id),
                    ("year_id", "=", (year or self.year).id),
                ]
            )
        )

    def _at(self, student, *steps):
        plan = self._plan(student)
        users = {"submit": self.clerk, "agree": self.adviser, "sign": self.dean}
        for step in steps:
            plan.with_user(users[step])._take_step(step)
        return plan

    def test_figures_and_what_stands_behind_them(self):
        self._at(self.students[0])
        second = self._at(self.students[1], "submit")
        third = self._at(self.students[2], "submit", "agree", "sign")
        row = self._row()
        self.assertRecordValues(
            row,
            [
                {
                    "student_count": 4,
                    "missing_count": 1,
                    "draft_count": 1,
                    "submitted_count": 1,
                    "adviser_count": 0,
                    "dean_count": 1,
                    "registered_count": 0,
                    "under_count": 2,
                    "over_count": 0,
                    "error_count": 0,
                    "course": 1,
                    "faculty_id": self.faculty.id,
                    "adviser_id": self.adviser_employee.id,
                }
            ],
        )
        Plan = self.env["registrar.study.plan"]
        missing = row.action_open_missing()["domain"]
        self.assertEqual(
            self.env["registrar.student"].search(missing), self.students[3]
        )
        self.assertEqual(Plan.search(row.action_open_submitted()["domain"]), second)
        self.assertEqual(Plan.search(row.action_open_dean()["domain"]), third)
        self.assertEqual(Plan.search(row.action_open_under()["domain"]), second | third)
        self._hold(student=self.students[0])
        row.action_refresh()
        row = self._row()
        self.assertEqual((row.error_count, row.under_count), (1, 3))
        self.assertEqual(
            Plan.search(row.action_open_errors()["domain"]).student_id, self.students[0]
        )
        row.with_context(plan_step="register", plan_state="dean").action_process()
        self.assertEqual(third.state, "registered")
        action = self._row().action_make_plans()
        self.assertEqual(action["res_model"], "registrar.mass.report")
        row = self._row()
        self.assertEqual((row.missing_count, row.draft_count), (0, 2))

    def test_changes_and_credits_in_force(self):
        plan = self._registered()
        change = self.env["registrar.study.plan"]._open_change(self.student, self.year)
        change._drop(plan.line_ids[0])
        self.assertEqual(self._row().change_count, 1)
        self.env["registrar.credit.limit"].create(
            [
                {"period": "term", "level": "bachelor", "credits_min": 10,
                 "credits_max": 20, "date_from": "2025-09-01"},
                {"period": "year", "level": "bachelor", "credits_min": 10,
                 "credits_max": 20, "date_from": "2025-09-01"},
            ]
        )  # fmt: skip
        plan._refresh_checks()
        self.assertEqual(plan.credit_state, "ok")
        change.sudo().write({"state": "dean"})
        change.with_user(self.clerk).action_register()
        self.assertEqual(plan.credit_state, "under")
        self.env["registrar.study.plan"]._cron_refresh_checks()
        self.assertEqual(plan.credit_state, "under")

    def test_years(self):
        past = self.env["registrar.academic.year"].create(
            {
                "name": "2015/2016",
                "date_from": date(2015, 9, 1),
                "date_to": date(2016, 8, 31),
            }
        )
        self.assertFalse(self._row(year=past), "nobody is missing in the past")
        self.students[0]._move(
            date(2025, 9, 4),
            {"status": "expelled"},
            "own_wish",
            Entry(self._entry(date(2025, 9, 4))),
        )
        self.assertEqual(self._row().student_count, 3)

    def test_who_sees_what(self):
        for user in (self.clerk, self.head, self.viewer, self.dean, self.adviser):
            with self.subTest(user=user.login):
                self.assertEqual(self._row(user).missing_count, 4)
        for user in (self.teacher, self.military, self.portal_student):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._row(user)
        self.dean_employee.department_id = self.other_faculty
        self.assertFalse(self._row(self.dean))
        self.group.adviser_id = False
        self.assertFalse(self._row(self.adviser))

    # Reminders

    def _mails(self):
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", self.students.partner_id.ids)]
        )

    def test_reminders(self):
        self.students[:3].partner_id.write({"lang": "en_US"})
        for index, student in enumerate(self.students[:3]):
            student.partner_id.email = f"student{index}@example.com"
        self._at(self.students[0])
        self._at(self.students[1], "submit")
        row = self._row()
        action = row.action_remind()
        self.assertIn("Students: 2, advisers: 1", action["params"]["message"])
        self.assertIn("Without e-mail: 1", action["params"]["message"])
        mails = self._mails()
        self.assertEqual(
            mails.recipient_ids, (self.students[0] | self.students[2]).partner_id
        )
        texts = {mail.recipient_ids: str(mail.body_html) for mail in mails}
        self.assertIn("submit it", texts[self.students[0].partner_id])
        self.assertIn("not been made", texts[self.students[2].partner_id])
        activity = self.group.activity_ids.filtered(lambda a: a.user_id == self.adviser)
        self.assertEqual(len(activity), 1)
        self.assertIn("Waiting for you: 1", str(activity.note))
        # Clicked twice on the same day: nobody gets it twice.
        message = self._row(self.dean).action_remind()["params"]["message"]
        self.assertIn("Students: 0, advisers: 0", message)
        self.assertIn("before: 3", message)
        self.assertEqual(self._mails(), mails)
        with freeze_time("2025-09-06"):
            message = self._row().action_remind()["params"]["message"]
            self.assertIn("Students: 2, advisers: 1", message)
        log = self.env["registrar.study.plan.reminder"].with_user(self.viewer)
        self.assertEqual(len(log.search([("year_id", "=", self.year.id)])), 6)
        with self.assertRaises(AccessError):
            log.search([]).with_user(self.clerk).unlink()

    def test_reminders_of_a_group_without_adviser(self):
        self.group.adviser_id = False
        message = self._row().action_remind()["params"]["message"]
        self.assertIn("adviser who has a user: 1", message)
