from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import RegistrarCommon

TODAY = "2025-10-10"


class AdviserCommon(RegistrarCommon):
    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(TODAY))
        super().setUpClass()
        cls._admit()
        cls.student = cls.students[0]
        cls.second = new_test_user(
            cls.env,
            login="test_adviser_2",
            name="Second adviser",
            groups="registrar_core.group_registrar_adviser",
        )
        cls.second_employee = cls._employee(cls.second, cls.department)
        cls.portal_user = new_test_user(
            cls.env, login="test_portal_f", groups="base.group_portal"
        )
        cls.portal_user.partner_id = cls.student.partner_id
        cls.rows = cls.env["registrar.adviser.assignment"]
        cls.env.flush_all()

    def _of_group(self):
        return self.rows.search([("group_id", "=", self.group.id)], order="date_from")

    def _assign(self, user=None, **values):
        wizard = self.env["registrar.adviser.assign"]
        vals = {"employee_id": self.second_employee.id, **values}
        return wizard.with_user(user or self.clerk).create(vals).action_assign()


class TestAdviserAssignment(AdviserCommon):
    def test_group_born_with_an_adviser_has_an_assignment(self):
        row = self._of_group()
        self.assertRecordValues(
            row,
            [
                {
                    "employee_id": self.adviser_employee.id,
                    "date_from": date(2025, 9, 1),
                    "date_to": False,
                    "is_current": True,
                    "kind": "group",
                    "faculty_id": self.faculty.id,
                }
            ],
        )
        self.assertEqual(self.students.adviser_id, self.adviser_employee)

    def test_writing_the_adviser_of_a_group_keeps_history(self):
        self.group.with_user(self.clerk).adviser_id = self.second_employee
        former, present = self._of_group()
        self.assertEqual(former.date_to, date(2025, 10, 9))
        self.assertFalse(former.is_current)
        self.assertEqual(present.date_from, date(2025, 10, 10))
        self.assertEqual(present.employee_id, self.second_employee)
        self.assertEqual(self.students.adviser_id, self.second_employee)
        # The same day again puts it right, it does not make history.
        self.group.with_user(self.clerk).adviser_id = self.adviser_employee
        self.assertEqual(len(self._of_group()), 2)
        self.assertEqual(self.students.adviser_id, self.adviser_employee)

    def test_group_without_adviser(self):
        self.group.adviser_id = False
        self.assertEqual(self._of_group().date_to, date(2025, 10, 9))
        self.assertFalse(self.group.adviser_id)
        self.assertFalse(self.students.adviser_id)

    def test_two_groups_at_once(self):
        other = self.group.copy({"name": "ИС-25-2р", "adviser_id": False})
        self.assertFalse(other.adviser_id)
        (self.group | other).adviser_id = self.second_employee
        self.assertEqual((self.group | other).adviser_id, self.second_employee)
        self.assertEqual(len(self._of_group()), 2)

    def test_personal_adviser_beats_that_of_the_group(self):
        self._assign(student_ids=self.student.ids, date_from=date(2025, 10, 1))
        self.assertEqual(self.student.adviser_id, self.second_employee)
        self.assertEqual(self.students[1:].adviser_id, self.adviser_employee)
        row = self.rows.search([("student_id", "=", self.student.id)])
        row.with_user(self.clerk).date_to = date(2025, 10, 9)
        self.assertEqual(self.student.adviser_id, self.adviser_employee)
        row.date_to = False
        self.assertEqual(self.student.adviser_id, self.second_employee)
        row.unlink()
        self.assertEqual(self.student.adviser_id, self.adviser_employee)

    def test_assignment_begins_and_ends_by_the_calendar(self):
        self._assign(
            group_ids=self.group.ids, date_from=date(2025, 11, 1), ground="Список № 3"
        )
        self.assertEqual(self.group.adviser_id, self.adviser_employee)
        with freeze_time("2025-11-01"):
            self.env["registrar.student"]._cron_refresh_state()
            self.assertEqual(self.group.adviser_id, self.second_employee)
            self.assertEqual(self.students.adviser_id, self.second_employee)
        self.assertEqual(self._of_group()[1].ground, "Список № 3")

    def test_assigning_again_changes_nothing(self):
        for __ in range(2):
            self._assign(group_ids=self.group.ids, date_from=date(2025, 10, 5))
        self.assertEqual(len(self._of_group()), 2)
        self.assertEqual(self._of_group()[0].date_to, date(2025, 10, 4))

    def test_assignment_before_a_later_one_is_refused(self):
        self._assign(group_ids=self.group.ids, date_from=date(2025, 11, 1))
        with self.refused(UserError, "begin after"):
            self._assign(
                group_ids=self.group.ids,
                date_from=date(2025, 10, 20),
                employee_id=self.teacher_employee.id,
            )

    @mute_logger("odoo.sql_db")
    def test_database_refuses_overlaps_and_nonsense(self):
        base = {"employee_id": self.second_employee.id}
        for vals in (
            {"group_id": self.group.id, "date_from": date(2025, 9, 20)},
            {
                "group_id": self.group.id,
                "date_from": date(2025, 8, 1),
                "date_to": date(2025, 9, 1),
            },
            {
                "group_id": self.group.id,
                "student_id": self.student.id,
                "date_from": date(2024, 1, 1),
                "date_to": date(2024, 2, 1),
            },
            {"date_from": date(2024, 1, 1)},
            {
                "group_id": self.group.id,
                "date_from": date(2024, 2, 1),
                "date_to": date(2024, 1, 1),
            },
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.rows.create({**base, **vals}).flush_recordset()
        # Next to each other they stand well.
        self.rows.create(
            {
                **base,
                "group_id": self.group.id,
                "date_from": date(2025, 8, 1),
                "date_to": date(2025, 8, 31),
            }
        ).flush_recordset()

    def test_movement_brings_the_adviser_of_the_new_group(self):
        other = self.group.copy(
            {"name": "ИС-25-3р", "adviser_id": self.second_employee.id}
        )
        document = type("Entry", (), {})()
        entry = self._entry(date(2025, 10, 10))
        document.sudo = lambda: type("E", (), {"entry_id": entry})()
        self.student._move(
            date(2025, 10, 10), {"group_id": other.id}, "group_change", document
        )
        self.assertEqual(self.student.adviser_id, self.second_employee)

    def test_nobody_writes_the_projection(self):
        with self.refused(UserError, "registered document"):
            self.student.with_user(self.clerk).adviser_id = self.second_employee

    def test_assignment_is_set_wise(self):
        groups = self.env["registrar.group"].create(
            [
                {
                    "name": f"G-{number}",
                    "programme_id": self.programme.id,
                    "intake_year_id": self.year.id,
                    "language": "ru",
                }
                for number in range(40)
            ]
        )
        self.env.flush_all()
        self.rows._assign(self.second_employee, groups[:1])
        before = self.env.cr.sql_log_count
        self.rows._assign(self.second_employee, groups[1:3])
        few = self.env.cr.sql_log_count - before
        before = self.env.cr.sql_log_count
        self.rows._assign(self.second_employee, groups[3:])
        many = self.env.cr.sql_log_count - before
        self.assertLessEqual(many, few + 3)
        self.assertEqual(groups.adviser_id, self.second_employee)


class TestAdviserRights(AdviserCommon):
    def test_adviser_sees_own_students_only(self):
        Student = self.env["registrar.student"]
        self.assertEqual(Student.with_user(self.adviser).search([]), self.students)
        self.assertFalse(Student.with_user(self.second).search([]))
        self._assign(student_ids=self.student.ids)
        self.assertEqual(Student.with_user(self.second).search([]), self.student)
        self.assertEqual(Student.with_user(self.adviser).search([]), self.students[1:])
        with self.assertRaises(AccessError):
            self.student.with_user(self.adviser).read(["full_name"])
        enrolments = self.env["registrar.enrolment"].with_user(self.second).search([])
        self.assertEqual(enrolments.student_id, self.student)

    def test_personal_adviser_agrees_the_plan(self):
        self.curriculum.action_approve()
        plan = self.env["registrar.study.plan"]._fill(self.student, self.year)
        plan.action_submit()
        self._assign(student_ids=self.student.ids)
        self.assertTrue(plan.with_user(self.second).can_agree)
        with self.assertRaises(AccessError):
            plan.with_user(self.adviser).action_agree()
        plan.with_user(self.second).action_agree()
        self.assertEqual(plan.state, "adviser")

    def test_who_assigns(self):
        vals = {"group_ids": self.group.ids}
        for user in (self.adviser, self.teacher, self.viewer, self.archivist):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._assign(user, **vals)
        self._assign(self.dean, **vals)
        self.assertEqual(self.group.adviser_id, self.second_employee)
        self.dean_employee.department_id = self.other_faculty
        with self.assertRaises(AccessError):
            self._assign(self.dean, employee_id=self.adviser_employee.id, **vals)
        with self.assertRaises(AccessError):
            self.rows.with_user(self.dean).create(
                {
                    "employee_id": self.second_employee.id,
                    "group_id": self.group.id,
                    "date_from": date(2024, 1, 1),
                    "date_to": date(2024, 2, 1),
                }
            )

    def test_who_reads_assignments(self):
        row = self._of_group()
        for user in (self.viewer, self.adviser, self.dean, self.clerk, self.head):
            with self.subTest(user=user.login):
                self.assertEqual(row.with_user(user).employee_id, row.employee_id)
        for user in (self.second, self.teacher, self.military, self.portal_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.with_user(user).read(["date_from"])
        for user in (self.adviser, self.viewer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.with_user(user).write({"date_to": "2025-12-01"})

    def test_history_stays_readable_for_its_adviser(self):
        """A former student is out of sight, the own assignment is not."""
        self._assign(student_ids=self.student.ids, date_from=date(2025, 10, 1))
        row = self.rows.search([("student_id", "=", self.student.id)])
        row.date_to = date(2025, 10, 9)
        row.invalidate_recordset()
        own = row.with_user(self.second)
        values = own.read(["display_name", "faculty_id", "student_id", "kind"])[0]
        self.assertIn(self.student.full_name, values["display_name"])
        self.assertEqual(values["faculty_id"][0], self.faculty.id)
        with self.assertRaises(AccessError):
            self.student.with_user(self.second).read(["full_name"])

    def test_wizard_warns(self):
        self.env["ir.config_parameter"].set_param("registrar_core.adviser_norm", "3")
        wizard = self.env["registrar.adviser.assign"].create(
            {
                "employee_id": self.second_employee.id,
                "group_ids": self.group.ids,
            }
        )
        self.assertEqual(wizard.student_count, 4)
        self.assertTrue(wizard.is_above_norm)
        self.assertTrue(wizard.has_role)
        wizard.employee_id = self.teacher_employee
        self.assertFalse(wizard.has_role)
        with self.refused(UserError, "Choose groups or students"):
            self._assign()


class TestAdviserList(AdviserCommon):
    def test_report_counts_today(self):
        self.env["ir.config_parameter"].set_param("registrar_core.adviser_norm", "2")
        self._assign(student_ids=self.student.ids)
        rows = self.env["registrar.adviser.report"].with_user(self.dean).search([])
        self.assertEqual(
            {
                (
                    r.employee_id,
                    r.group_count,
                    r.student_count,
                    r.personal_count,
                    r.excess,
                )
                for r in rows
            },
            {
                (self.adviser_employee.with_user(self.dean), 1, 3, 0, 1),
                (self.second_employee.with_user(self.dean), 0, 1, 1, 0),
            },
        )
        action = rows[0].action_open_students()
        found = self.env["registrar.student"].search(action["domain"])
        self.assertEqual(len(found), rows[0].student_count)
        self.dean_employee.department_id = self.other_faculty
        self.assertFalse(rows.search([]))
        with self.assertRaises(AccessError):
            rows.with_user(self.teacher).search([])

    def test_list_of_a_past_day(self):
        with freeze_time("2025-11-15"):
            self.group.adviser_id = self.second_employee
            wizard = self.env["registrar.adviser.list"].with_user(self.clerk)
            past = wizard.create({"date": "2025-10-10", "language": "ru"})
            (block,) = [b for b in past._blocks() if b["faculty"] == "Test faculty"]
            self.assertEqual(block["rows"][0]["adviser"], self.adviser.name)
            self.assertEqual(block["students"], 4)
            now = wizard.create({"date": "2025-11-15", "language": "kk"})
            (block,) = [b for b in now._blocks() if b["faculty"] == "Test faculty"]
            self.assertEqual(block["rows"][0]["adviser"], "Second adviser")
            self.assertTrue(now._xlsx().startswith(b"PK"))

    def test_list_prints_in_three_languages(self):
        for language, title in (
            ("kk", "Эдвайзерлер тізімі"),
            ("ru", "Список эдвайзеров"),
            ("en", "List of advisers"),
        ):
            wizard = self.env["registrar.adviser.list"].create(
                {"language": language, "faculty_ids": self.faculty.ids}
            )
            html = (
                self.env["ir.actions.report"]
                ._render_qweb_html(
                    "registrar_core.action_report_adviser_list", wizard.ids
                )[0]
                .decode()
            )
            self.assertIn(title, html)
            self.assertIn(self.group.name, html)


class TestAdviserDesk(AdviserCommon):
    def _data(self, user, **kwargs):
        return self.env["registrar.adviser.desk"].with_user(user).get_data(**kwargs)

    def _count(self, data, key):
        return next(tile["count"] for tile in data["tiles"] if tile["key"] == key)

    def test_desk_of_an_adviser(self):
        self.curriculum.action_approve()
        plans = self.env["registrar.study.plan"]._fill(self.students[:2], self.year)
        plans[0].action_submit()
        data = self._data(self.adviser)
        self.assertEqual(data["scope"], "own")
        self.assertFalse(data["can_choose"])
        self.assertEqual(self._count(data, "students"), 4)
        self.assertEqual(self._count(data, "waiting"), 1)
        self.assertEqual(self._count(data, "drafts"), 1)
        self.assertEqual(self._count(data, "without_plan"), 2)
        (group,) = data["groups"]["rows"]
        self.assertEqual(group["students"], 4)
        self.assertEqual(group["without"], 2)
        self.assertEqual(group["plans"], {"draft": 1, "submitted": 1})
        self.assertFalse(data["advisers"])

    def test_figures_open_what_they_count(self):
        self.curriculum.action_approve()
        self.env["registrar.study.plan"]._fill(self.students[:2], self.year)
        for user in (self.adviser, self.dean, self.clerk):
            data = self._data(user)
            actions = [(t["count"], t["action"]) for t in data["tiles"]]
            actions += [(s["count"], s["action"]) for s in data["statuses"]]
            actions += [(g["students"], g["action"]) for g in data["groups"]["rows"]]
            for count, action in actions:
                if isinstance(action, dict) and action["res_model"] != "registrar.debt":
                    model = self.env[action["res_model"]].with_user(user)
                    with self.subTest(user=user.login, action=action["name"]):
                        self.assertEqual(model.search_count(action["domain"]), count)

    def test_nobody_looks_at_the_desk_of_another_adviser(self):
        data = self._data(
            self.second, employee_id=self.adviser_employee.id, scope="all"
        )
        self.assertEqual(data["scope"], "own")
        self.assertEqual(self._count(data, "students"), 0)
        for user in (self.teacher, self.military, self.portal_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._data(user)

    def test_desk_of_the_deans_office(self):
        data = self._data(self.dean)
        self.assertEqual(data["scope"], "all")
        self.assertEqual(self._count(data, "students"), 4)
        (row,) = data["advisers"]
        self.assertEqual(row["id"], self.adviser_employee.id)
        self.assertEqual(row["students"], 4)
        other = self._data(self.dean, employee_id=self.second_employee.id)
        self.assertEqual(self._count(other, "students"), 0)
        self.dean_employee.department_id = self.other_faculty
        self.assertEqual(self._count(self._data(self.dean), "students"), 0)

    def test_activities_on_the_desk(self):
        self.student.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=date(2025, 10, 1),
            summary="Поговорить о долгах",
            user_id=self.adviser.id,
        )
        data = self._data(self.adviser)
        self.assertEqual(self._count(data, "activities"), 1)
        self.assertEqual(data["activities"][0]["summary"], "Поговорить о долгах")
        self.assertTrue(data["activities"][0]["late"])


class TestMassMessage(AdviserCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number, student in enumerate(cls.students[:3]):
            student.email = f"student{number}@example.com"

    def _message(self, user, students=None, **values):
        students = self.students if students is None else students
        return (
            self.env["registrar.mass.message"]
            .with_user(user)
            .with_context(active_model="registrar.student", active_ids=students.ids)
            .create(
                {"subject": "Выбор дисциплин", "body": "<p>Срок 25 мая</p>", **values}
            )
        )

    def _letters(self, student):
        return student.sudo().message_ids.filtered(
            lambda letter: letter.subject == "Выбор дисциплин"
        )

    def test_everybody_gets_it_once(self):
        message = self._message(self.adviser)
        self.assertEqual(message.recipient_count, 4)
        self.assertEqual(message.no_email_count, 1)
        self.assertIn(self.students[3].full_name, message.no_email_names)
        message.action_send()
        message.action_send()
        self.assertEqual(message.state, "sent")
        for student in self.students:
            letter = self._letters(student)
            self.assertEqual(len(letter), 1)
            self.assertEqual(letter.author_id, self.adviser.partner_id)
            self.assertIn("Срок 25 мая", letter.body)
        self.assertEqual(
            self._letters(self.students[0]).notified_partner_ids,
            self.students[0].partner_id,
        )
        self.assertEqual(
            self._letters(self.students[0]).notification_ids.notification_type, "email"
        )
        self.assertFalse(self._letters(self.students[3]).notified_partner_ids)
        self.assertEqual(message.no_email_count, 1)
        self.assertEqual(
            self.env["registrar.adviser.desk"]
            .with_user(self.adviser)
            .get_data()["messages"][0]["count"],
            4,
        )

    def test_sent_message_stays(self):
        message = self._message(self.clerk)
        message.action_send()
        with self.refused(UserError, "stays as it is"):
            message.subject = "Другое"
        with self.refused(UserError, "kept as a log"):
            message.unlink()
        with self.assertRaises(AccessError):
            message.write({"state": "draft"})
        with self.assertRaises(AccessError):
            self._message(self.clerk, state="sent")

    def test_only_to_own_students(self):
        self._assign(student_ids=self.student.ids)
        with self.assertRaises(AccessError):
            self._message(self.adviser)
        message = self._message(self.adviser, self.students[1:])
        message.sudo().student_ids |= self.student
        with self.refused(AccessError, "not your students"):
            message.action_send()
        self.assertFalse(self._letters(self.students[1]))
        self._message(self.second, self.student).action_send()
        self._message(self.dean).action_send()
        self.assertEqual(len(self._letters(self.student)), 2)
        self.dean_employee.department_id = self.other_faculty
        with self.assertRaises(AccessError):
            self._message(self.dean)
        for user in (self.teacher, self.viewer, self.military, self.portal_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._message(user)

    def test_messages_of_others(self):
        message = self._message(self.adviser)
        with self.assertRaises(AccessError):
            message.with_user(self.second).read(["subject"])
        with self.assertRaises(AccessError):
            message.with_user(self.clerk).action_send()
        self.assertEqual(message.with_user(self.head).subject, "Выбор дисциплин")
        with self.assertRaises(AccessError):
            message.with_user(self.head).action_send()
        with self.assertRaises(AccessError):
            message.with_user(self.adviser).sender_id = self.second

    def test_empty_message_is_refused(self):
        with self.refused(UserError, "no text"):
            self._message(self.clerk, body="<p><br></p>").action_send()
        with self.refused(UserError, "Choose the students"):
            self._message(self.clerk, student_ids=[(5,)]).action_send()

    def test_long_lists_go_in_batches(self):
        message = self._message(self.clerk)
        message._open()
        self.assertEqual(message._process(3), 1)
        self.assertEqual(message.state, "sending")
        with self.enter_registry_test_mode():
            cron = self.env.ref("registrar_core.ir_cron_mass_message")
            cron.method_direct_trigger()
        message.invalidate_recordset()
        self.assertEqual(message.state, "sent")
        self.assertEqual(sum(len(self._letters(s)) for s in self.students), 4)

    def test_students_of_a_group(self):
        message = (
            self.env["registrar.mass.message"]
            .with_user(self.adviser)
            .with_context(active_model="registrar.group", active_ids=self.group.ids)
            .new({})
        )
        self.assertEqual(message.student_ids._origin, self.students)
