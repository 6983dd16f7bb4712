from datetime import date
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..models import seat_rules
from .common import RegistrarCommon

DAY = "2025-09-05"


class OfferCommon(RegistrarCommon):
    """A block of two electives in spring; one of them has a single seat."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programme.credits_required = 25
        cls.block = cls._create(
            "registrar.curriculum.block",
            curriculum_id=cls.curriculum.id,
            code="2E",
            choose=1,
        )
        cls.electives = cls.env["registrar.discipline"].create(
            [
                {
                    "code": f"ELE {2101 + index}",
                    "name_kk": f"Таңдау пәні {index + 1}",
                    "name_ru": f"Дисциплина по выбору {index + 1}",
                    "name_en": f"Elective {index + 1}",
                    "department_id": cls.department.id,
                }
                for index in range(3)
            ]
        )
        cls.options = cls.env["registrar.curriculum.line"].create(
            [
                {
                    "curriculum_id": cls.curriculum.id,
                    "discipline_id": discipline.id,
                    "block_id": cls.block.id,
                    "slot": "2.9",
                    "cycle": "bd",
                    "component": "kv",
                    "credits": 5,
                    "term_number": 2,
                    "hours_total": 150,
                }
                for discipline in cls.electives[:2]
            ]
        )
        cls.curriculum.action_approve()
        with freeze_time(DAY):
            cls._admit()
            cls.plans = cls.env["registrar.study.plan"]._fill(cls.students, cls.year)
        cls.offer, cls.other_offer = cls.env["registrar.offer"].create(
            [
                {
                    "discipline_id": cls.electives[0].id,
                    "term_id": cls.spring.id,
                    "language": "ru",
                    "capacity_max": 1,
                },
                {
                    "discipline_id": cls.electives[1].id,
                    "term_id": cls.spring.id,
                    "language": "ru",
                    "capacity_max": 4,
                },
            ]
        )
        cls.student = cls.students[0]
        cls.portal_student = new_test_user(
            cls.env, login="test_student", groups="base.group_portal"
        )
        cls.portal_student.partner_id = cls.student.partner_id
        cls.other_portal = new_test_user(
            cls.env, login="test_student2", groups="base.group_portal"
        )
        cls.other_portal.partner_id = cls.students[1].partner_id

    @classmethod
    def _open_window(cls, first, last, activities=("registration", "add_drop")):
        """Let the calendar of the year open activities for everybody."""
        calendar = cls._create("registrar.calendar", year_id=cls.year.id, title="All")
        for activity in activities:
            kind = cls.env["registrar.calendar.item.kind"].search(
                [("activity", "=", activity), ("is_next_year", "=", False)], limit=1
            ) or cls._create(
                "registrar.calendar.item.kind",
                code=f"test_{activity}",
                name_kk=activity,
                name_ru=activity,
                activity=activity,
            )
            cls._create(
                "registrar.calendar.item",
                calendar_id=calendar.id,
                kind_id=kind.id,
                date_from=first,
                date_to=last,
            )
        calendar.sudo().state = "approved"
        cls.students._refresh_calendar(first)
        return calendar

    def _take(self, offer, student, user=None):
        return offer.with_user(user or self.clerk)._take_seat(student)

    def _entry_of(self, student, offer=None):
        return self.env["registrar.waiting.entry"].search(
            [
                ("student_id", "=", student.id),
                ("offer_id", "=", (offer or self.offer).id),
            ]
        )

    def _lines(self, student):
        return self.env["registrar.study.plan.line"].search(
            [("student_id", "=", student.id), ("is_cancelled", "=", False)]
        )


@freeze_time(DAY)
class TestOffer(OfferCommon):
    # Seats and places

    def test_seat_then_places_in_order(self):
        first, second, third, fourth = self.students
        answer = self._take(self.offer, first)
        self.assertEqual(answer["state"], "registered")
        line = self.env["registrar.study.plan.line"].browse(answer["line_id"])
        self.assertRecordValues(
            line,
            [
                {
                    "plan_id": self.plans[0].id,
                    "offer_id": self.offer.id,
                    "seat_number": 1,
                    "line_type": "main",
                    "credits": 5,
                }
            ],
        )
        for position, student in enumerate((second, third, fourth), start=1):
            self.assertEqual(
                self._take(self.offer, student),
                {"state": "waiting", "position": position},
            )
        self.assertRecordValues(
            self.offer,
            [{"taken_count": 1, "free_count": 0, "waiting_count": 3, "occupancy": 100}],
        )

    def test_second_click_gets_the_same_answer(self):
        answer = self._take(self.offer, self.student)
        self.assertEqual(self._take(self.offer, self.student), answer)
        waiting = self._take(self.offer, self.students[1])
        self.assertEqual(self._take(self.offer, self.students[1]), waiting)
        self.assertEqual(len(self._entry_of(self.students[1])), 1)

    def test_other_option_of_the_block_replaces_the_first(self):
        self._take(self.other_offer, self.student)
        self._take(self.offer, self.student)
        self.assertEqual(
            self._lines(self.student).discipline_id & self.electives, self.electives[0]
        )
        self.assertEqual(self.other_offer.taken_count, 0)

    def test_who_waits_keeps_the_other_choice_until_promoted(self):
        first, second = self.students[:2]
        self._take(self.offer, first)
        self._take(self.other_offer, second)
        self._take(self.offer, second)
        self.assertEqual(
            self._lines(second).discipline_id & self.electives, self.electives[1]
        )
        self.offer._leave(first)
        self.assertEqual(self.offer._promote(), self._entry_of(second))
        self.assertEqual(
            self._lines(second).discipline_id & self.electives, self.electives[0]
        )

    def test_free_seat_goes_to_the_first_of_the_list(self):
        first, second, third, fourth = self.students
        for student in (first, second, third):
            self._take(self.offer, student)
        self.assertEqual(self.offer._leave(first), {"state": "left"})
        # A newcomer does not overtake those who wait.
        self.assertEqual(self._take(self.offer, fourth)["state"], "waiting")
        promoted = self.offer._promote()
        self.assertEqual(promoted.student_id, second)
        self.assertEqual(promoted.line_id.seat_number, 1)
        self.assertEqual(self._entry_of(third).position, 1)
        self.assertEqual(self._entry_of(fourth).position, 2)
        self.assertFalse(self.offer._promote())
        notified = self.env["mail.message"].search(
            [("model", "=", "registrar.student"), ("res_id", "=", second.id)]
        )
        self.assertIn(
            second.partner_id, notified.notified_partner_ids | notified.partner_ids
        )

    def test_rules_refuse_the_promoted_and_the_next_is_taken(self):
        first, second, third, _fourth = self.students
        for student in (first, second, third):
            self._take(self.offer, student)
        self.offer._leave(first)
        second._move(
            date(2025, 9, 5),
            {"status": "leave"},
            "leave_medical",
            self._document(),
        )
        promoted = self.offer._promote()
        self.assertEqual(promoted.student_id, third)
        entry = self._entry_of(second)
        self.assertEqual(entry.state, "expired")
        self.assertIn("on academic leave", entry.reason)

    def _document(self):
        entry = self._entry(date(2025, 9, 5))

        class Document:
            entry_id = entry

            def sudo(self):
                return self

        return Document()

    def test_plan_under_way_comes_back_with_the_seat(self):
        first, second = self.students[:2]
        self._take(self.offer, first)
        self._take(self.other_offer, second)
        self._take(self.offer, second)
        plan = self.plans[1]
        plan.sudo().state = "submitted"
        self.offer._leave(first)
        self.offer._promote()
        self.assertEqual(plan.state, "draft")
        self.assertIn("became free", plan.return_reason)

    def test_more_seats_and_fewer(self):
        for student in self.students[:3]:
            self._take(self.offer, student)
        offer = self.offer.with_user(self.clerk)
        offer.capacity_max = 2
        self.assertEqual(len(self.offer._promote()), 1)
        with self.refused(UserError, "2 seats are already taken"):
            offer.capacity_max = 1
        offer.capacity_max = 0
        self.assertEqual(self.offer.line_ids.mapped("seat_number"), [0, 0])
        self.assertEqual(len(self.offer._promote()), 1)
        offer.capacity_max = 3
        self.assertEqual(sorted(self.offer.line_ids.mapped("seat_number")), [1, 2, 3])

    def test_seat_is_numbered_anew_when_seats_become_fewer(self):
        for student in self.students[:3]:
            self._take(self.other_offer, student)
        self.other_offer._leave(self.students[0])
        self.other_offer.with_user(self.clerk).capacity_max = 2
        self.assertEqual(
            sorted(self.other_offer.line_ids.mapped("seat_number")), [1, 2]
        )

    @mute_logger("odoo.sql_db")
    def test_database_refuses_a_seat_too_many(self):
        self._take(self.offer, self.student)
        line, other = self.offer.line_ids, self.plans[1].line_ids[0]
        self.env.flush_all()
        update = "UPDATE registrar_study_plan_line SET "
        for query in (
            f"{update} seat_number = 2 WHERE id = {line.id}",
            f"{update} offer_id = {self.offer.id}, seat_number = 1 "
            f"WHERE id = {other.id}",
        ):
            with self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
                self.env.cr.execute(query)

    # Rules

    def test_all_reasons_are_told(self):
        self.electives[0].prerequisite_ids = self.electives[2]
        self.offer.programme_ids = self._create(
            "registrar.programme",
            code="6T06199",
            name_kk="Басқа",
            name_ru="Другая",
            programme_group_id=self.programme_group.id,
            level="bachelor",
            department_id=self.department.id,
            duration_years=4,
        )
        with self.assertRaises(UserError) as caught:
            self._take(self.offer, self.student)
        for text in ("Elective 3", "other programmes"):
            self.assertIn(text, str(caught.exception))
        self.assertFalse(self._entry_of(self.student))

    def test_discipline_outside_the_curriculum_is_additional(self):
        offer = self.env["registrar.offer"].create(
            {
                "discipline_id": self.electives[2].id,
                "term_id": self.spring.id,
                "language": "ru",
                "kind": "additional",
                "credits": 3,
            }
        )
        answer = self._take(offer, self.student)
        line = self.env["registrar.study.plan.line"].browse(answer["line_id"])
        self.assertRecordValues(
            line, [{"line_type": "additional", "is_paid": True, "credits": 3}]
        )

    def test_facts_of_all_students_at_once(self):
        seat_rules.refusals(self.offer, self.students, None)
        self.env.invalidate_all()
        with self.assertQueryCount(60):
            seat_rules.refusals(self.offer, self.students, None)

    def test_passed_discipline_is_refused(self):
        passed = {self.student.id: {self.electives[0].id}}
        with (
            patch.object(
                self.env.registry["registrar.study.plan"],
                "_passed_disciplines",
                lambda plans, students: passed,
            ),
            self.refused(UserError, "already passed"),
        ):
            self._take(self.offer, self.student)

    def test_registered_plan_changes_by_another_plan(self):
        self._take(self.other_offer, self.student)
        plan = self.plans[0]
        plan.document_date = DAY
        plan.sudo().state = "dean"
        plan.with_user(self.clerk).action_register()
        self.assertEqual(plan.state, "registered")
        answer = self._take(self.offer, self.student)
        line = self.env["registrar.study.plan.line"].browse(answer["line_id"])
        self.assertNotEqual(line.plan_id, plan)
        self.assertIn(line.plan_id.kind, ("change", "addition"))
        self.assertEqual(line.plan_id.state, "draft")

    def test_cancelled_registration_frees_the_seat(self):
        self._take(self.offer, self.student)
        self._take(self.offer, self.students[1])
        self.offer.line_ids.is_cancelled = True
        self.assertEqual(self.offer.taken_count, 0)
        self.assertEqual(self.offer._promote().student_id, self.students[1])

    def test_deleted_plan_frees_the_seats(self):
        self._take(self.offer, self.student)
        self._take(self.offer, self.students[1])
        self.plans[0].with_user(self.clerk).unlink()
        self.assertEqual(self.offer._promote().student_id, self.students[1])

    def test_planned_lines_take_free_seats(self):
        """Whoever plans an offered discipline by hand gets a seat, if there is one."""
        lines = self.env["registrar.study.plan.line"].with_user(self.clerk)
        made = lines.create(
            [
                {
                    "plan_id": plan.id,
                    "discipline_id": self.electives[0].id,
                    "term_id": self.spring.id,
                }
                for plan in self.plans[:2]
            ]
        )
        self.assertEqual(made.mapped("seat_number"), [1, 0])
        reasons = self.plans[:2]._errors()
        self.assertFalse([t for t in reasons[self.plans[0].id] if "seats" in t])
        self.assertTrue([t for t in reasons[self.plans[1].id] if "seats" in t])

    # Giving up

    def test_not_opened_lists_and_tells_the_students(self):
        self._take(self.offer, self.students[0])
        self._take(self.offer, self.students[1])
        self.offer.with_user(self.clerk).action_not_open()
        self.offer.with_user(self.clerk).action_not_open()
        self.assertEqual(self.offer.state, "not_opened")
        self.assertFalse(self._lines(self.students[0]).discipline_id & self.electives)
        displaced = self.offer.entry_ids.filtered(lambda e: e.state == "displaced")
        self.assertEqual(displaced.student_id, self.students[0])
        self.assertEqual(self.offer.displaced_count, 1)
        self.assertEqual(self._entry_of(self.students[1]).state, "expired")
        with self.refused(UserError, "takes nobody else"):
            self._take(self.offer, self.students[2])
        self._take(self.other_offer, self.students[0])
        self.assertEqual(displaced.state, "settled")

    def test_closed_keeps_its_students(self):
        self._take(self.offer, self.student)
        self.offer.with_user(self.clerk).action_close()
        self.assertEqual(self.offer.taken_count, 1)
        with self.refused(UserError, "takes nobody else"):
            self._take(self.offer, self.students[1])
        self.offer.with_user(self.clerk).action_open()
        self.assertEqual(self._take(self.offer, self.students[1])["state"], "waiting")

    def test_lists_of_past_terms_end(self):
        self._take(self.offer, self.students[0])
        self._take(self.offer, self.students[1])
        with (
            freeze_time("2026-07-01"),
            patch(
                "odoo.addons.registrar_core.models.registrar_offer.promote_after_commit"
            ) as promote,
        ):
            self.env["registrar.offer"]._cron_promote()
        promote.assert_called_once()
        self.assertEqual(self._entry_of(self.students[1]).state, "expired")

    # Roles

    def test_students_register_in_their_window(self):
        with self.refused(UserError, "does not open registration"):
            self._take(self.offer, self.student, self.portal_student)
        self._open_window(date(2025, 9, 8), date(2025, 9, 12))
        with self.refused(UserError, "closed now; it is open 09/08/2025"):
            self._take(self.offer, self.student, self.portal_student)
        with self.refused(UserError, "closed now"):
            self._take(self.offer, self.student, self.adviser)
        with freeze_time("2025-09-12"):
            self._take(self.offer, self.student, self.portal_student)
        # Late registration is the business of the office.
        with freeze_time("2025-09-15"):
            with self.refused(UserError, "closed now"):
                self.offer.with_user(self.portal_student)._leave(self.student)
            self._take(self.offer, self.students[1])

    def test_free_seats_wait_for_the_window(self):
        self._open_window(date(2025, 9, 1), date(2025, 9, 5))
        self._take(self.offer, self.students[0])
        self._take(self.offer, self.students[1])
        self.offer._leave(self.students[0])
        with freeze_time("2025-09-08"):
            self.assertFalse(self.offer._promote())
        self.assertTrue(self.offer._promote())

    def test_who_may_act_for_whom(self):
        self._open_window(date(2025, 9, 1), date(2025, 9, 12))
        self.assertEqual(
            self._take(self.offer, self.student, self.portal_student)["state"],
            "registered",
        )
        self._take(self.offer, self.students[2], self.adviser)
        for user in (self.portal_student, self.dean, self.teacher, self.viewer):
            with self.refused(AccessError, "register"):
                self._take(self.offer, self.students[1], user)
        other = new_test_user(
            self.env,
            login="test_adviser2",
            groups="registrar_core.group_registrar_adviser",
        )
        with self.assertRaises(AccessError):
            self._take(self.offer, self.students[1], other)
        with self.refused(AccessError, "register"):
            self.offer.with_user(self.portal_student)._leave(self.students[2])

    def test_seats_are_not_written_by_hand(self):
        line = self.plans[0].line_ids[0].with_user(self.clerk)
        with self.refused(AccessError, "through the offer"):
            line.offer_id = self.offer.id
        with self.refused(AccessError, "by its actions"):
            self.offer.with_user(self.clerk).state = "closed"
        with self.assertRaises(AccessError):
            self.env["registrar.waiting.entry"].with_user(self.head).create(
                {
                    "offer_id": self.offer.id,
                    "student_id": self.student.id,
                    "sequence": 1,
                }
            )
        for user in (self.adviser, self.dean, self.portal_student):
            with self.assertRaises(AccessError):
                self.offer.with_user(user).action_not_open()

    def test_students_see_their_own_places_only(self):
        self._take(self.offer, self.students[0])
        self._take(self.offer, self.students[1])
        self._take(self.offer, self.students[2])
        entries = self.env["registrar.waiting.entry"].with_user(self.other_portal)
        self.assertEqual(entries.search([]).student_id, self.students[1])
        with self.assertRaises(AccessError):
            self._entry_of(self.students[2]).with_user(self.other_portal).read(["date"])

    def test_office_takes_students_off_the_list(self):
        self._take(self.offer, self.students[0])
        self._take(self.offer, self.students[1])
        entry = self._entry_of(self.students[1])
        with self.assertRaises(AccessError):
            entry.with_user(self.dean).action_leave()
        entry.with_user(self.adviser).action_leave()
        self.assertEqual(entry.state, "left")
        self.assertTrue(entry.date_end)

    # Making offers

    def test_offers_from_curricula(self):
        self.offer.unlink()
        wizard = (
            self.env["registrar.offer.generate"]
            .with_user(self.clerk)
            .create({"term_id": self.spring.id, "capacity_max": 25})
        )
        wizard.action_generate()
        offer = self.env["registrar.offer"].search(
            [("discipline_id", "=", self.electives[0].id)]
        )
        self.assertRecordValues(
            offer,
            [{"language": "ru", "capacity_max": 25, "credits": 5, "state": "open"}],
        )
        with self.refused(UserError, "already"):
            wizard.action_generate()

    def test_offers_from_demand_seat_the_planned(self):
        wizard = (
            self.env["registrar.offer.generate"]
            .with_user(self.clerk)
            .create(
                {
                    "term_id": self.autumn.id,
                    "source": "demand",
                    "electives_only": False,
                    "capacity_max": 3,
                }
            )
        )
        wizard.action_generate()
        offers = self.env["registrar.offer"].search([("term_id", "=", self.autumn.id)])
        self.assertEqual(offers.discipline_id, self.disciplines[:2])
        self.assertEqual(offers.mapped("taken_count"), [3, 3])

    # Registering several

    def test_wizard_reports_who_could_not(self):
        expelled = self.students[3]
        expelled._move(date(2025, 9, 5), {}, "own_wish", self._document())
        wizard = (
            self.env["registrar.register.students"]
            .with_user(self.clerk)
            .create(
                {
                    "student_ids": [(6, 0, self.students.ids)],
                    "term_id": self.spring.id,
                    "discipline_id": self.electives[0].id,
                    "line_type": "main",
                }
            )
        )
        self.assertEqual(wizard.offer_id, self.offer)
        for _repeated in range(2):
            wizard.action_register_students()
            self.assertEqual((wizard.done_count, wizard.waiting_count), (1, 2))
            self.assertIn("Қасымов", wizard.report_html)
        self.assertEqual(self.offer.taken_count, 1)

    def test_wizard_without_offer_needs_a_ground(self):
        wizard = (
            self.env["registrar.register.students"]
            .with_user(self.adviser)
            .create(
                {
                    "student_ids": [(6, 0, self.student.ids)],
                    "term_id": self.spring.id,
                    "discipline_id": self.electives[2].id,
                    "line_type": "difference",
                    "credits": 4,
                }
            )
        )
        with self.refused(UserError, "ground"):
            wizard.action_register_students()
        wizard.ground = "Сличительная ведомость № 4"
        wizard.action_register_students()
        line = self._lines(self.student).filtered(
            lambda li: li.discipline_id == self.electives[2]
        )
        self.assertRecordValues(
            line,
            [
                {
                    "line_type": "difference",
                    "credits": 4,
                    "is_paid": True,
                    "ground": "Сличительная ведомость № 4",
                }
            ],
        )
