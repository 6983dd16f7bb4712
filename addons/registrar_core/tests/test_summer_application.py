from datetime import date
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo import http
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.registrar_study_plan import RegistrarStudyPlan
from .test_offer import OfferCommon

DAY = "2026-06-10"


class SummerCommon(OfferCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.summer = cls._term("summer", 3, date(2026, 6, 15), date(2026, 7, 31))
        cls.debt = cls.disciplines[0]

    def _debts(self, *students):
        """Let the students have failed the first discipline."""
        rows = [
            {
                "student_id": student.id,
                "discipline_id": self.debt.id,
                "term_id": self.autumn.id,
                "credits": 5,
                "line_type": "retake",
            }
            for student in students
        ]
        return patch.object(
            RegistrarStudyPlan,
            "_debt_lines",
            lambda plans, found, year: [
                row for row in rows if row["student_id"] in found.ids
            ],
        )

    def _application(self, student=None, **values):
        return (
            self.env["registrar.summer.application"]
            .with_user(self.clerk)
            .create(
                {
                    "student_id": (student or self.student).id,
                    "term_id": self.summer.id,
                    "line_ids": [(0, 0, {"discipline_id": self.debt.id, "credits": 5})],
                    **values,
                }
            )
        )


@freeze_time(DAY)
class TestSummerApplication(SummerCommon):
    def test_whole_way(self):
        application = self._application(amount=50000)
        application.action_submit()
        application.with_user(self.dean).action_agree()
        self.assertEqual(application.agreed_by_id, self.dean)
        application.amount = 50000
        with self.refused(UserError, "payment document"):
            application.action_pay()
        application.paid_document = "ПКО № 17"
        application.paid_amount = 40000
        with self.refused(UserError, "Less has been paid"):
            application.action_pay()
        application.paid_amount = 0
        application.action_pay()
        self.assertRecordValues(
            application,
            [{"state": "paid", "paid_amount": 50000, "paid_by_id": self.clerk.id}],
        )
        application.action_register()
        plan = application.plan_id
        self.assertRecordValues(
            plan,
            [{"kind": "addition", "state": "submitted", "year_id": self.year.id}],
        )
        self.assertRecordValues(
            plan.line_ids,
            [
                {
                    "discipline_id": self.debt.id,
                    "term_id": self.summer.id,
                    "line_type": "retake",
                    "is_paid": True,
                    "credits": 5,
                }
            ],
        )
        self.assertIn("Application of", plan.line_ids.ground)

    def test_steps_belong_to_their_people(self):
        self._open_window(
            date(2026, 6, 1), date(2026, 6, 30), activities=["summer_registration"]
        )
        application = self._application()
        for user in (self.adviser, self.viewer):
            with self.refused(AccessError, "not yours"):
                application.with_user(user).action_submit()
        application.with_user(self.portal_student).action_submit()
        with self.refused(AccessError, "not yours"):
            application.action_agree()
        with self.refused(AccessError, "not yours"):
            application.with_user(self.portal_student).action_agree()
        with self.assertRaises(AccessError):
            application.with_user(self.other_portal).action_cancel()
        with self.refused(UserError, "not possible now"):
            application.action_register()
        with self.refused(AccessError, "by its steps"):
            application.state = "paid"
        with self.assertRaises(AccessError):
            self._application(self.students[1], state="paid")
        with self.refused(UserError, "draft"):
            application.line_ids.credits = 1
        with self.refused(UserError, "draft"):
            application.purpose = "extra"
        with self.refused(UserError, "drafts"):
            application.unlink()

    def test_refused_with_a_reason(self):
        application = self._application()
        application.action_submit()
        action = application.with_user(self.dean).action_refuse()
        self.assertEqual(action["res_model"], "registrar.summer.refuse")
        wizard = (
            self.env["registrar.summer.refuse"]
            .with_user(self.dean)
            .create(
                {"application_ids": [(6, 0, application.ids)], "reason": "Нет группы"}
            )
        )
        wizard.action_refuse()
        self.assertRecordValues(
            application, [{"state": "refused", "reason": "Нет группы"}]
        )
        application.action_reset()
        self.assertFalse(application.reason)

    def test_all_reasons(self):
        application = self._application(purpose="other_university")
        application.line_ids.credits = 40
        with self.assertRaises(UserError) as caught:
            application.action_submit()
        for text in ("40 credits are too many", "Name the university"):
            self.assertIn(text, str(caught.exception))
        self.assertIn("too many", application.obstacle_text)

    def test_not_in_the_final_year(self):
        self.programme.duration_years = 1
        application = self._application()
        with self.refused(UserError, "final year"):
            application.action_submit()
        self.env.ref(
            "registrar_core.registration_rule_summer_final_year"
        ).level = "warning"
        application.action_submit()

    def test_passed_disciplines(self):
        application = self._application()
        passed = {self.student.id: {self.debt.id}}
        with patch.object(
            RegistrarStudyPlan, "_passed_disciplines", lambda plans, students: passed
        ):
            with self.refused(UserError, "already passed"):
                application.action_submit()
            application.purpose = "gpa_raise"
            self.assertEqual(application.line_ids.line_type, "gpa_raise")
            application.action_submit()

    def test_one_application_for_a_summer(self):
        self._application().action_cancel()
        self._application()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._application()
            self.env.flush_all()
        with self.refused(ValidationError, "not a summer"):
            self._application(self.students[1], term_id=self.autumn.id)

    def test_many_at_once_with_reasons(self):
        applications = self._application() | self._application(self.students[1])
        empty = self._application(self.students[2], line_ids=[])
        action = (applications | empty).action_submit()
        self.assertEqual(set(applications.mapped("state")), {"submitted"})
        self.assertEqual(empty.state, "draft")
        self.assertIsInstance(action, dict)
        action = (applications | empty).with_user(self.dean).action_agree()
        self.assertEqual(set(applications.mapped("state")), {"agreed"})

    def test_debts_are_proposed(self):
        wizard = (
            self.env["registrar.summer.apply"]
            .with_user(self.clerk)
            .create(
                {
                    "term_id": self.summer.id,
                    "student_ids": [(6, 0, self.students[:3].ids)],
                }
            )
        )
        with self._debts(*self.students[:2]):
            wizard.action_apply()
            self.assertEqual(wizard.done_count, 2)
            self.assertIn("has no debts", wizard.report_html)
            wizard.action_apply()
        self.assertEqual(wizard.done_count, 0)
        applications = self.env["registrar.summer.application"].search([])
        self.assertEqual(applications.line_ids.discipline_id, self.debt)

    def test_seat_of_a_summer_offer_needs_a_paid_application(self):
        offer = self.env["registrar.offer"].create(
            {
                "discipline_id": self.debt.id,
                "term_id": self.summer.id,
                "language": "ru",
                "capacity_max": 1,
            }
        )
        self.assertEqual(offer.kind, "summer")
        self._open_window(
            date(2026, 6, 1), date(2026, 6, 30), activities=["summer_registration"]
        )
        with self.refused(UserError, "Apply for the summer"):
            self._take(offer, self.student, self.portal_student)
        application = self._application()
        application.action_submit()
        application.with_user(self.dean).action_agree()
        application.paid_document = "1"
        application.action_pay()
        application.action_register()
        self.assertEqual(offer.taken_count, 1)

    def test_who_sees_what(self):
        own = self._application()
        self._application(self.students[1])
        applications = self.env["registrar.summer.application"]
        self.assertEqual(applications.with_user(self.portal_student).search([]), own)
        for user in (self.adviser, self.dean, self.viewer):
            self.assertEqual(applications.with_user(user).search_count([]), 2)
        with self.assertRaises(AccessError):
            applications.with_user(self.teacher).search([])


@tagged("post_install", "-at_install")
class TestPortalSummer(SummerCommon, HttpCase):
    def _post(self, path, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, data=data)

    def setUp(self):
        super().setUp()
        # The server lives today; the summer of the tests must still be ahead of it.
        term = patch.object(
            type(self.env["registrar.summer.application"]),
            "_default_term_id",
            lambda model: model.env["registrar.term"].browse(self.summer.id),
        )
        term.start()
        self.addCleanup(term.stop)
        self.authenticate("test_student", "test_student")

    def test_apply_and_cancel(self):
        self._open_window(
            date(2025, 9, 1), date(2030, 1, 1), activities=["summer_registration"]
        )
        with self._debts(self.student):
            page = self.url_open("/my/summer").text
            self.assertIn("Test discipline 1", page)
            self.assertIn("debt", page)
            # What the page does not offer is left out.
            page = self._post(
                "/my/summer/apply",
                purpose="debt",
                discipline_id=[self.debt.id, self.disciplines[2].id],
            ).text
        self.assertIn("Submitted", page)
        application = self.env["registrar.summer.application"].search([])
        self.assertEqual(application.student_id, self.student)
        self.assertEqual(application.line_ids.discipline_id, self.debt)
        page = self._post("/my/summer/cancel", application_id=application.id).text
        self.assertEqual(application.state, "cancelled")

    def test_closed_and_foreign(self):
        page = self.url_open("/my/summer").text
        self.assertIn("does not open registration", page)
        self.assertNotIn('name="purpose"', page)
        page = self._post("/my/summer/apply", purpose="debt").text
        self.assertIn("alert-danger", page)
        self.assertFalse(self.env["registrar.summer.application"].search([]))
        other = self._application(self.students[1])
        response = self._post("/my/summer/cancel", application_id=other.id)
        self.assertEqual(response.status_code, 404)
        self.assertEqual(self._post("/my/summer/apply", purpose="x").status_code, 404)
