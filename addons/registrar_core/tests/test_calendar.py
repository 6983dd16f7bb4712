import io
from ast import literal_eval
from datetime import date, timedelta

import psycopg2
from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import Entry, RegistrarCommon

NOW = "2025-10-06"


class CalendarCommon(RegistrarCommon):
    """An approved calendar of the test year and students of the first year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["registrar.calendar"].search([]).sudo().write({"state": "archived"})
        cls.summer = cls._term("summer", 3, date(2026, 6, 15), date(2026, 8, 31))
        with freeze_time(NOW):
            cls._admit()
            cls.calendar = cls._generate()

    @classmethod
    def _generate(cls, user=None, **values):
        wizard = (
            cls.env["registrar.calendar.generate"]
            .with_user(user or cls.env.user)
            .create(
                {
                    "year_id": cls.year.id,
                    "level": "bachelor",
                    "study_form": "full_time",
                    **values,
                }
            )
        )
        return wizard._generate().with_user(cls.env.user)

    @classmethod
    def _approve(cls, calendar, **values):
        calendar.with_user(cls.head)._approve("Protocol No. 8", values.get("override"))
        return calendar

    @classmethod
    def _bare(cls, *items, **values):
        """Return a draft with (code, term, first, last[, course]) items."""
        calendar = cls.env["registrar.calendar"].create(
            {"year_id": cls.year.id, **values}
        )
        for code, term, first, last, *course in items:
            cls.env["registrar.calendar.item"].create(
                {
                    "calendar_id": calendar.id,
                    "kind_id": cls._kind(code).id,
                    "term_id": term.id if term else False,
                    "date_from": first,
                    "date_to": last,
                    "for_course": course[0] if course else "all",
                }
            )
        return calendar

    @classmethod
    def _kind(cls, code):
        return cls.env.ref(f"registrar_core.calendar_item_kind_{code}")

    def _item(self, calendar, code, term=None):
        return calendar.item_ids.filtered(
            lambda item: (
                item.kind_id.code == code and (term is None or item.term_id == term)
            )
        )[:1]


@tagged("post_install", "-at_install")
class TestCalendarNorms(CalendarCommon):
    def codes(self, calendar, level=None):
        return {
            v.code for v in calendar._violations() if level is None or v.level == level
        }

    def test_generated_draft_agrees_with_the_norms(self):
        with freeze_time(NOW):
            self.assertEqual(
                [v.text for v in self.calendar._violations() if v.level == "error"], []
            )
            self.assertEqual(self.codes(self.calendar), set())
        self.assertFalse(self.calendar.has_errors)
        self.assertEqual(self.calendar.state, "draft")
        classes = self._item(self.calendar, "classes", self.autumn)
        self.assertEqual(
            (classes.date_from, classes.date_to), (date(2025, 9, 1), date(2025, 12, 13))
        )
        self.assertEqual(self._item(self.calendar, "exams").weeks, 1.9)

    def test_short_semester_is_an_error(self):
        calendar = self._bare(
            ("classes", self.autumn, date(2025, 9, 1), date(2025, 11, 29)),
            ("exams", self.autumn, date(2025, 12, 1), date(2025, 12, 13)),
        )
        found = [v for v in calendar._violations() if v.code == "semester"]
        self.assertIn("13", found[0].text)
        self.assertIn("≥ 15", found[0].text)
        self.assertEqual(found[0].level, "error")

    def test_trimesters_are_counted_each(self):
        calendar = self._bare(
            ("classes", self.autumn, date(2025, 9, 1), date(2025, 11, 8)),
            ("classes", self.spring, date(2026, 1, 26), date(2026, 3, 7)),
            period_kind="trimester",
        )
        texts = [v.text for v in calendar._violations() if v.code == "trimester"]
        self.assertTrue(texts)
        self.assertTrue(all("Spring" in text for text in texts))

    def test_vacations_are_not_asked_of_the_final_year(self):
        calendar = self._bare(
            ("vacation", None, date(2026, 1, 5), date(2026, 1, 18)),
            ("vacation", None, date(2026, 7, 1), date(2026, 8, 31), "not_final"),
        )
        self.assertNotIn("vacation", self.codes(calendar))
        calendar.item_ids[-1].date_to = date(2026, 7, 12)
        texts = [v.text for v in calendar._violations() if v.code == "vacation"]
        # Years 1 to 3 of 4: the last one is free of the norm.
        self.assertEqual(len(texts), 3)

    def test_overlap_and_order(self):
        calendar = self._bare(
            ("classes", self.autumn, date(2025, 9, 1), date(2025, 12, 13)),
            ("exams", self.autumn, date(2025, 12, 8), date(2025, 12, 20)),
            ("vacation", None, date(2025, 12, 20), date(2026, 1, 25)),
            ("registration", self.autumn, date(2025, 9, 1), date(2025, 9, 6)),
        )
        codes = self.codes(calendar)
        self.assertLessEqual({"overlap", "order"}, codes)
        summer = self._bare(
            ("vacation", None, date(2026, 6, 15), date(2026, 8, 31)),
            ("summer_classes", self.summer, date(2026, 6, 15), date(2026, 7, 18)),
            ("summer_exams", self.summer, date(2026, 7, 20), date(2026, 7, 25)),
        )
        self.assertNotIn("overlap", self.codes(summer))
        self.assertNotIn("summer", self.codes(summer))

    def test_items_stay_inside_the_year(self):
        calendar = self._bare(
            ("classes", self.autumn, date(2025, 8, 25), date(2025, 12, 13)),
            ("orientation", self.autumn, date(2025, 8, 25), date(2025, 8, 30), "1"),
        )
        found = [v for v in calendar._violations() if v.code == "inside_year"]
        self.assertEqual(len(found), 1)
        self.assertIn("Theoretical study", found[0].text)

    def test_norm_is_dated_and_by_level(self):
        Norm = self.env["registrar.calendar.norm"]
        Norm.create(
            {
                "code": "semester",
                "level": "bachelor",
                "value_min": 12,
                "severity": "warning",
                "date_from": date(2025, 1, 1),
                "date_to": date(2026, 12, 31),
            }
        )
        self.assertEqual(
            Norm._at(date(2025, 9, 1), "bachelor")["semester"].value_min, 12
        )
        self.assertEqual(Norm._at(date(2025, 9, 1))["semester"].value_min, 15)
        self.assertEqual(
            Norm._at(date(2027, 9, 1), "bachelor")["semester"].value_min, 15
        )
        self.assertNotIn("semester", Norm._at(date(2000, 1, 1)))

    def test_deadline_on_a_sunday(self):
        calendar = self._bare(
            ("withdrawal", self.autumn, date(2025, 9, 15), date(2025, 11, 9))
        )
        self.assertIn("work_days", self.codes(calendar, "warning"))

    def test_kazakh_and_russian_reasons_name_items(self):
        calendar = self._bare(
            ("classes", self.autumn, date(2025, 8, 25), date(2025, 12, 13))
        )
        text = calendar.with_context(lang="ru_RU")._violations()[0].text
        self.assertIn("Теоретическое обучение", text)


@tagged("post_install", "-at_install")
class TestCalendarLife(CalendarCommon):
    def test_clerk_drafts_head_approves(self):
        with freeze_time(NOW):
            draft = self._generate(self.clerk, course=2).with_user(self.clerk)
            draft.item_ids[0].note = "checked"
            with self.refused(AccessError, "head of the office"):
                draft._approve("Protocol")
            with self.refused(UserError, "by the actions only"):
                draft.write({"state": "approved"})
            draft.with_user(self.head)._approve("Protocol No. 8")
            self.assertEqual(draft.state, "approved")
            with self.refused(UserError, "amendment"):
                draft.item_ids[0].date_to = date(2025, 12, 31)
            with self.refused(UserError, "amendment"):
                draft.item_ids[0].unlink()
            with self.refused(UserError, "amendment"):
                draft.item_ids[0].copy()
            with self.refused(UserError, "amendment"):
                draft.write({"period_kind": "quarter"})
            with self.refused(UserError, "amendment"):
                draft.scope_ids.write({"course": 3})
            with self.refused(UserError, "amendment"):
                draft.unlink()

    def test_errors_stop_unless_a_ground_is_given(self):
        calendar = self._bare(
            ("classes", self.autumn, date(2025, 9, 1), date(2025, 11, 29))
        )
        with self.refused(UserError, "13 weeks"):
            calendar.with_user(self.head)._approve("Protocol")
        calendar.with_user(self.head)._approve("Protocol", "quarantine")
        self.assertEqual(calendar.override_ground, "quarantine")

    def test_wizard_asks_for_the_ground(self):
        calendar = self._bare(
            ("classes", self.autumn, date(2025, 9, 1), date(2025, 11, 29))
        )
        action = calendar.with_user(self.head).action_approve()
        wizard = (
            self.env["registrar.calendar.approve"]
            .with_user(self.head)
            .with_context(**action["context"])
            .create({"basis": "Protocol No. 9"})
        )
        self.assertTrue(wizard.has_errors)
        self.assertIn("13 weeks", wizard.violation_html)
        with self.refused(UserError, "breaks the norms"):
            wizard.action_approve()
        wizard.override_ground = "order of the ministry"
        wizard.action_approve()
        self.assertEqual(calendar.state, "approved")

    def test_database_refuses_what_goes_round_python(self):
        with freeze_time(NOW):
            self._approve(self.calendar)
        self.env.flush_all()
        item = self.calendar.item_ids[0]
        for statement in (
            "UPDATE registrar_calendar_item SET date_to = date_to + 1 WHERE id = %s",
            "DELETE FROM registrar_calendar_item WHERE id = %s",
        ):
            with (
                self.assertRaises(psycopg2.Error),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [item.id])

    def test_amendment_keeps_what_was_and_tells(self):
        with freeze_time(NOW):
            self._approve(self.calendar)
            exams = self._item(self.calendar, "exams", self.autumn)
            audit = self._item(self.calendar, "late_registration", self.autumn)
            before = exams.date_from, exams.date_to
            wizard = (
                self.env["registrar.calendar.amend"]
                .with_user(self.head)
                .with_context(default_calendar_id=self.calendar.id)
                .create({"ground": "Decision of 5 October"})
            )
            self.assertEqual(len(wizard.line_ids), len(self.calendar.item_ids))
            by_item = {line.item_id: line for line in wizard.line_ids}
            by_item[exams].date_to += timedelta(days=2)
            by_item[audit].is_removed = True
            wizard.line_ids.create(
                {
                    "wizard_id": wizard.id,
                    "kind_id": self._kind("event").id,
                    "date_from": date(2025, 11, 3),
                    "date_to": date(2025, 11, 3),
                }
            )
            wizard.action_amend()
        amendment = self.calendar.amendment_ids
        actions = {line.item_id: line for line in amendment.line_ids}
        self.assertEqual(
            sorted(amendment.line_ids.mapped("action")), ["added", "changed", "removed"]
        )
        self.assertEqual(
            (actions[exams].old_date_from, actions[exams].old_date_to), before
        )
        self.assertEqual(exams.date_to, before[1] + timedelta(days=2))
        self.assertFalse(audit.active)
        self.assertNotIn(audit, self.calendar.item_ids)
        message = self.calendar.message_ids[0]
        self.assertIn("Decision of 5 October", message.body)
        self.assertIn(self.adviser.partner_id, message.partner_ids)
        with self.refused(UserError, "Nothing"):
            self.calendar.with_user(self.head)._amend(date(2025, 10, 6), "x", [])
        with self.refused(AccessError, "head"):
            self.calendar.with_user(self.clerk)._amend(
                date(2025, 10, 6), "x", [(exams, None)]
            )

    def test_context_of_a_client_opens_nothing(self):
        with freeze_time(NOW):
            self._approve(self.calendar)
        item = self.calendar.item_ids[0].with_user(self.clerk)
        with self.refused(UserError, "amendment"):
            item.with_context(registrar_calendar_amending=True).write(
                {"date_to": date(2026, 1, 1)}
            )

    def test_who_reads_what(self):
        draft = self.calendar
        for user in (self.viewer, self.teacher, self.adviser, self.dean):
            with self.assertRaises(AccessError):
                draft.with_user(user).read(["state"])
        with freeze_time(NOW):
            self._approve(draft)
        for user in (self.viewer, self.teacher, self.adviser, self.dean):
            self.assertTrue(draft.with_user(user).item_ids.mapped("name"))
            self.assertTrue(draft.with_user(user).overview_html)
            with self.assertRaises(AccessError):
                draft.with_user(user).item_ids[0].write({"note": "x"})

    def test_copy_keeps_weekdays_and_avoids_holidays(self):
        following = self.env["registrar.academic.year"].search(
            [("name", "=", "2026/2027")]
        ) or self._create(
            "registrar.academic.year",
            name="2026/2027",
            date_from=date(2026, 9, 1),
            date_to=date(2027, 8, 31),
        )
        following.action_add_usual_terms()
        source = self._bare(
            ("classes", self.autumn, date(2025, 9, 1), date(2025, 12, 13)),
            ("withdrawal", self.autumn, date(2025, 9, 15), date(2025, 10, 27)),
            # A year later this day is the second day off after 25 October.
            ("add_drop", self.autumn, date(2025, 9, 1), date(2025, 10, 26)),
            ("vacation", None, date(2026, 6, 15), date(2026, 8, 31)),
        )
        wizard = (
            self.env["registrar.calendar.copy"]
            .with_user(self.clerk)
            .create({"calendar_ids": source.ids, "year_id": following.id})
        )
        self.assertEqual(wizard.shift_days, 364)
        lines = {line.item_id.kind_id.code: line for line in wizard.line_ids}
        self.assertEqual(lines["classes"].date_to, date(2026, 12, 12))
        self.assertEqual(lines["classes"].date_from, date(2026, 9, 1))
        # 25 October 2026 is a Sunday and a holiday, the 26th is free for it.
        self.assertEqual(lines["withdrawal"].date_to, date(2026, 10, 27))
        self.assertTrue(lines["withdrawal"].reason)
        self.assertEqual(lines["vacation"].date_to, date(2027, 8, 31))
        lines["classes"].date_to = date(2026, 12, 19)
        copy = wizard._copy()
        self.assertEqual((copy.state, copy.year_id), ("draft", following))
        classes = self._item(copy, "classes")
        self.assertEqual(classes.date_to, date(2026, 12, 19))
        self.assertEqual(classes.term_id.year_id, following)
        self.assertEqual(classes.term_id.kind, "autumn")
        with self.refused(UserError, "another year"):
            self.env["registrar.calendar.copy"].create(
                {"calendar_ids": source.ids, "year_id": self.year.id}
            )._copy()

    def test_holidays_follow_rules_and_move_from_weekends(self):
        Holiday = self.env["registrar.holiday"]
        days = Holiday._days_off(date(2025, 1, 1), date(2026, 12, 31))
        self.assertIn(date(2025, 3, 8), days)
        # 8 March 2025 is a Saturday: the Monday is free; Christmas does not move.
        self.assertEqual(days[date(2025, 3, 10)].kind, "moved")
        self.assertIn(date(2026, 3, 24), days)
        self.assertIn(date(2026, 3, 25), days)
        self.assertIn(date(2026, 5, 27), days)
        self.assertFalse(Holiday._generate(2025, 2026), "it may be repeated")
        days[date(2025, 3, 10)].active = False
        self.assertFalse(Holiday._generate(2025), "a correction by hand stays")
        self.assertEqual(
            Holiday._next_working_day(date(2026, 3, 21)), date(2026, 3, 26)
        )

    def test_graph_in_three_languages(self):
        report = self.env["report.registrar_core.report_calendar_graph"]
        for lang, title, row in (
            ("kk_KZ", "Оқу үдерісінің кестесі", "1-курс"),
            ("ru_RU", "График учебного процесса", "1 курс"),
            ("en_US", "Process graph of studies", "Year 1"),
        ):
            graph = report.with_context(lang=lang)._graph(self.calendar)
            self.assertIn(title, graph["title"])
            self.assertEqual(graph["rows"][0]["label"], row)
            self.assertEqual(len(graph["rows"][0]["cells"]), 53)
            symbols = [cell["symbol"] for cell in graph["rows"][0]["cells"]]
            self.assertEqual(symbols[:15], ["+"] * 15)
            self.assertEqual(symbols[15:17], ["::"] * 2)
            self.assertEqual(sum(n for __, n in graph["months"]), 53)
            self.assertIn("З", [cell["symbol"] for cell in graph["rows"][3]["cells"]])
        book = load_workbook(io.BytesIO(report._xlsx(self.calendar)))
        values = [cell.value for row in book.active.iter_rows() for cell in row]
        self.assertIn("=", values)
        self.assertIn("::", values)


@tagged("post_install", "-at_install")
class TestCalendarStudents(CalendarCommon):
    def windows(self, activity, term=None):
        result = self.env["registrar.calendar"]._windows(
            self.students, activity, term=term
        )
        return result[self.students[0].id]

    def is_open(self, activity, day, term=None):
        return self.env["registrar.calendar"]._is_open(
            self.students, activity, date=day, term=term
        )[self.students[0].id]

    @freeze_time(NOW)
    def test_most_specific_calendar_wins(self):
        self.assertFalse(self.students.calendar_id)
        general = self._approve(
            self._bare(
                ("classes", self.autumn, date(2025, 9, 1), date(2025, 12, 13)),
                ("classes", self.spring, date(2026, 1, 26), date(2026, 5, 9)),
                ("vacation", None, date(2026, 6, 15), date(2026, 8, 31)),
            )
        )
        self.assertEqual(self.students.calendar_id, general)
        self._approve(self.calendar)
        self.assertEqual(self.students.calendar_id, self.calendar)
        first = self._approve(self._generate(course=1))
        other = self._approve(self._generate(course=2))
        self.assertEqual(self.students.calendar_id, first)
        self.assertFalse(other.student_count)
        self.assertEqual(first.student_count, 4)
        first.with_user(self.head).action_archive_calendar()
        self.assertEqual(self.students.calendar_id, self.calendar)

    @freeze_time(NOW)
    def test_two_calendars_for_the_same_students_are_refused(self):
        self._approve(self.calendar)
        with self.refused(UserError, "for the same students"):
            self._approve(self._generate())

    @freeze_time(NOW)
    def test_manual_choice_stays(self):
        self._approve(self.calendar)
        other = self._approve(self._generate(course=3))
        student = self.students[0].with_user(self.clerk)
        student.calendar_id = other
        self.assertTrue(student.calendar_manual)
        self.env["registrar.student"]._cron_refresh_state()
        self.assertEqual(student.calendar_id, other)
        self.assertEqual(self.students[1].calendar_id, self.calendar)
        with freeze_time("2026-10-01"):
            # The academic year of the choice is over.
            self.env["registrar.student"]._cron_refresh_state()
            self.assertFalse(student.calendar_manual)
            self.assertFalse(student.calendar_id)
        self.env["registrar.student"]._cron_refresh_state()
        student.calendar_id = other
        student.action_calendar_by_rule()
        self.assertEqual(student.calendar_id, self.calendar)

    @freeze_time(NOW)
    def test_movement_changes_the_calendar(self):
        self._approve(self.calendar)
        second = self._approve(self._generate(course=2))
        student = self.students[0]
        entry = self._entry(date(2025, 10, 6))
        student._move(date(2025, 10, 6), {"course": 2}, "course_transfer", Entry(entry))
        self.assertEqual(student.calendar_id, second)
        student._move(date(2025, 10, 6), {}, "own_wish", Entry(entry))
        self.assertFalse(student.calendar_id)

    @freeze_time(NOW)
    def test_windows_of_terms(self):
        self.assertIsNone(self.is_open("add_drop", date(2025, 9, 3)))
        self._approve(self.calendar)
        self.assertTrue(self.is_open("add_drop", date(2025, 9, 3)))
        self.assertFalse(self.is_open("add_drop", date(2025, 10, 3)))
        self.assertTrue(self.is_open("add_drop", date(2025, 9, 3), self.autumn))
        self.assertIs(self.is_open("add_drop", date(2025, 9, 3), self.spring), False)
        self.assertIsNone(self.is_open("add_drop", date(2025, 9, 3), self.summer))
        self.assertEqual(len(self.windows("add_drop")), 2)
        self.assertEqual(len(self.windows("add_drop", self.autumn)), 1)
        self.assertEqual(len(self.windows("add_drop", self.autumn | self.spring)), 2)
        self.assertTrue(self.is_open("holiday", date(2025, 12, 16)))
        with self.assertRaises(ValueError):
            self.windows("nonsense")

    @freeze_time(NOW)
    def test_windows_mind_year_of_study_and_programme(self):
        calendar = self._bare(
            ("withdrawal", self.autumn, date(2025, 9, 15), date(2025, 10, 31), "2"),
            ("add_drop", self.autumn, date(2025, 9, 1), date(2025, 9, 13), "1"),
            ("resit", self.autumn, date(2025, 12, 1), date(2025, 12, 5), "final"),
            ("appeal", self.autumn, date(2025, 12, 1), date(2025, 12, 5)),
        )
        other = self.programme.copy({"code": "6T06199"})
        self._item(calendar, "appeal").programme_ids = other
        self._approve(calendar, override="test")
        self.assertIsNone(self.is_open("withdrawal", date(2025, 9, 20)))
        self.assertTrue(self.is_open("add_drop", date(2025, 9, 3)))
        self.assertIsNone(self.is_open("resit", date(2025, 12, 2)))
        self.assertIsNone(self.is_open("appeal", date(2025, 12, 2)))

    @freeze_time(NOW)
    def test_registration_for_the_following_year(self):
        following = self.env["registrar.academic.year"].search(
            [("name", "=", "2026/2027")]
        ) or self._create(
            "registrar.academic.year",
            name="2026/2027",
            date_from=date(2026, 9, 1),
            date_to=date(2027, 8, 31),
        )
        following.action_add_usual_terms()
        term = following.term_ids.filtered(lambda t: t.kind == "autumn")
        self._approve(self.calendar)
        item = self._item(self.calendar, "registration_next")
        self.assertTrue(self.is_open("registration", item.date_from, term))
        self.assertIs(self.is_open("registration", date(2025, 9, 1), term), False)
        self.assertIs(self.is_open("registration", item.date_from, self.spring), False)

    @freeze_time(NOW)
    def test_queries_do_not_grow_with_the_students(self):
        self._approve(self.calendar)
        Calendar = self.env["registrar.calendar"]

        def count(students, term):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Calendar._is_open(students, "grade_entry", term=term)
            return self.env.cr.sql_log_count - before

        for term in (None, self.autumn):
            count(self.students, term)
            few = count(self.students[:1], term)
            self.assertEqual(count(self.students, term), few)
            self.assertLessEqual(few, 10)

    @freeze_time(NOW)
    def test_list_of_students_without_calendar(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_student_action_without_calendar"
        )
        Student = self.env["registrar.student"].with_user(self.clerk)
        domain = literal_eval(action["domain"])
        self.assertLessEqual(self.students, Student.search(domain).sudo(False))
        self._approve(self.calendar)
        self.assertFalse(self.students & Student.search(domain))
