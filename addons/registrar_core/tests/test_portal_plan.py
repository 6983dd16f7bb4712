from datetime import date

from freezegun import freeze_time

from odoo import http
from odoo.tests import HttpCase, tagged

from .test_offer import DAY, OfferCommon


@tagged("post_install", "-at_install")
class TestPortalPlan(OfferCommon, HttpCase):
    def _login(self, login="test_student"):
        self.authenticate(login, login)

    def _post(self, path, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, data=data)

    def _page(self, path=None):
        response = self.url_open(path or f"/my/plan/{self.year.id}")
        self.assertEqual(response.status_code, 200)
        return response.text

    def _window(self):
        self._open_window(date(2025, 9, 1), date(2030, 1, 1))

    # Pages

    def test_page_shows_terms_options_and_state(self):
        self._window()
        self._login()
        page = self._page()
        for text in (
            "Test discipline 1",
            "Elective 1",
            "Elective 2",
            "to choose: 1",
            "chosen: 0",
            "Free seats",
            "It is with you",
            "0 chosen instead of 1",
        ):
            self.assertIn(text, page)
        self.assertNotIn("Submit to the adviser", page)

    def test_closed_window_is_told_with_dates(self):
        self._open_window(date(2025, 9, 1), date(2025, 9, 5))
        self._login()
        page = self._page()
        self.assertIn("closed now; it is open 09/01/2025 – 09/05/2025", page)
        self.assertNotIn("/my/plan/take", page)
        page = self._post("/my/plan/take", offer_id=self.offer.id).text
        self.assertIn("closed now", page)
        self.assertFalse(self.offer.line_ids)

    def test_page_in_russian_and_on_the_home(self):
        self._login()
        home = self.url_open("/my/home").text
        self.assertIn("/my/plan", home)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["registrar_plan_count"]}
        )
        self.assertEqual(counters["registrar_plan_count"], 1)

    # Steps

    def test_choose_submit_and_take_back(self):
        self._window()
        self._login()
        page = self._post("/my/plan/take", offer_id=self.offer.id).text
        self.assertIn("You have the seat", page)
        self.assertIn("chosen: 1", page)
        self.assertEqual(self.offer.taken_count, 1)
        plan = self.plans[0]
        page = self._post("/my/plan/submit", plan_id=plan.id).text
        self.assertEqual(plan.state, "submitted")
        self.assertIn("It is with your adviser", page)
        page = self._post("/my/plan/take", offer_id=self.other_offer.id).text
        self.assertIn("under way", page)
        page = self._post("/my/plan/withdraw", plan_id=plan.id).text
        self.assertEqual(plan.state, "draft")
        self.assertIn("Taken back", page)
        page = self._post("/my/plan/leave", offer_id=self.offer.id).text
        self.assertIn("given it up", page)
        self.assertEqual(self.offer.taken_count, 0)

    def test_waiting_list_on_the_page(self):
        self._window()
        with freeze_time(DAY):
            self._take(self.offer, self.students[1])
        self._login()
        page = self._post("/my/plan/take", offer_id=self.offer.id).text
        self.assertIn("place in the waiting list: 1", page)
        self.assertIn("Waiting: 1", page)
        page = self._post("/my/plan/leave", offer_id=self.offer.id).text
        self.assertNotIn("Waiting: 1", page)
        self.assertEqual(self.offer.waiting_count, 0)

    def test_scripts_get_json(self):
        self._window()
        self._login()
        response = self.url_open(
            "/my/plan/take",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "offer_id": self.offer.id,
            },
            headers={"Accept": "application/json"},
        )
        self.assertEqual(response.json()["state"], "registered")

    def test_option_without_seats(self):
        self._window()
        self.other_offer.unlink()
        self._login()
        page = self._post(
            "/my/plan/choose", option_id=self.options[1].id, year_id=self.year.id
        ).text
        self.assertIn("You have the seat", page)
        self.assertIn(self.electives[1], self.plans[0].line_ids.discipline_id)
        line = self.plans[0].line_ids.filtered(
            lambda li: li.discipline_id == self.electives[1]
        )
        self._post("/my/plan/drop", line_id=line.id)
        self.assertFalse(line.exists())

    def test_start_a_plan(self):
        self._window()
        self.plans[0].unlink()
        # A year with any plan of the student has a page.
        self._create(
            "registrar.study.plan",
            student_id=self.student.id,
            year_id=self.year.id,
            kind="addition",
        )
        self._login()
        self.assertIn("Start my plan", self._page())
        self._post("/my/plan/start", year_id=self.year.id)
        plan = self.env["registrar.study.plan"].search(
            [("student_id", "=", self.student.id), ("kind", "=", "main")]
        )
        self.assertEqual(plan.line_ids.discipline_id, self.disciplines)

    # Other people's

    def test_ids_of_others_do_not_exist(self):
        self._window()
        other_line = self.plans[1].line_ids[0]
        self._login()
        for path, data in (
            ("/my/plan/submit", {"plan_id": self.plans[1].id}),
            ("/my/plan/withdraw", {"plan_id": self.plans[1].id}),
            ("/my/plan/drop", {"line_id": other_line.id}),
            # Compulsory: not a choice
            ("/my/plan/drop", {"line_id": self.plans[0].line_ids[0].id}),
            ("/my/plan/take", {"offer_id": "0"}),
            ("/my/plan/take", {"offer_id": "1 OR 1=1"}),
            ("/my/plan/start", {"year_id": "x"}),
            ("/my/plan/choose", {"option_id": "9999999", "year_id": self.year.id}),
        ):
            self.assertEqual(self._post(path, **data).status_code, 404, path)
        self.assertEqual(self.plans[1].state, "draft")
        self.assertTrue(other_line.exists())
        page = self._post(
            "/my/plan/choose",
            option_id=self.curriculum_lines[0].id,
            year_id=self.year.id,
        ).text
        self.assertIn("not an option", page)
        self.assertEqual(self.url_open("/my/plan/9999999").status_code, 404)

    def test_forms_need_their_token(self):
        self._login()
        response = self.url_open("/my/plan/take", data={"offer_id": self.offer.id})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(
            self.url_open(f"/my/plan/take?offer_id={self.offer.id}").status_code, 405
        )

    def test_strangers(self):
        response = self.url_open("/my/plan", allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])
        self.authenticate("test_clerk", "test_clerk")
        self.assertIn("not registered as a student", self._page("/my/plan"))
        self.assertEqual(
            self._post("/my/plan/take", offer_id=self.offer.id).status_code, 404
        )
