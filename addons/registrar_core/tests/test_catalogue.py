import io
import time

from openpyxl import load_workbook
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import users
from odoo.tools import mute_logger

from .common import RegistrarCommon


class CatalogueCommon(RegistrarCommon):
    """The curriculum gets a block of two options in term 2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.block = cls._create(
            "registrar.curriculum.block",
            curriculum_id=cls.curriculum.id,
            code="1104",
            choose=1,
        )
        line = cls.curriculum_lines[3]
        line.write({"block_id": cls.block.id, "is_default": True, "component": "kv"})
        cls.elective = cls.disciplines[3]
        cls.other_elective = cls.elective.copy(
            {"code": "TST 1105", "name_ru": "Другой электив"}
        )
        line.copy(
            {
                "curriculum_id": cls.curriculum.id,
                "discipline_id": cls.other_elective.id,
                "is_default": False,
            }
        )
        cls.curriculum.action_approve()
        cls.catalogue = cls._create("registrar.catalogue", year_id=cls.year.id)

    @classmethod
    def _year_from(cls, start):
        """Return the academic year that begins in ``start``; it may be there."""
        name = f"{start}/{start + 1}"
        Year = cls.env["registrar.academic.year"]
        return Year.search([("name", "=", name)]) or Year.create(
            {
                "name": name,
                "date_from": f"{start}-09-01",
                "date_to": f"{start + 1}-08-31",
            }
        )

    @classmethod
    def _generated(cls):
        cls.catalogue._generate()
        return cls.catalogue.card_ids.sorted("code")

    @classmethod
    def _complete(cls, cards):
        cards.write(
            {
                "description_kk": "Сипаттама",
                "description_ru": "Описание",
                "teacher_ids": [(6, 0, cls.teacher_employee.ids)],
            }
        )


class TestCatalogue(CatalogueCommon):
    @users("test_clerk")
    def test_cards_come_from_the_plans(self):
        catalogue = self.catalogue.with_env(self.env)
        action = catalogue.action_generate()
        self.assertIn("2 added", action["params"]["message"])
        cards = catalogue.card_ids.sorted("code")
        self.assertEqual(cards.discipline_id, self.elective | self.other_elective)
        self.assertRecordValues(
            cards,
            [
                {
                    "term_id": self.spring.id,
                    "credits": 5,
                    "hours_total": 150,
                    "cycle": "bd",
                    "component": "kv",
                    "control_form": "exam",
                    "courses": "1",
                    "languages": "ru",
                    "capacity_min": 10,
                    "capacity_max": 30,
                    "programme_ids": self.programme.ids,
                    "in_plan": True,
                }
            ]
            * 2,
        )

    @users("test_clerk")
    def test_again_keeps_what_people_entered(self):
        catalogue = self.catalogue.with_env(self.env)
        catalogue._generate()
        card = catalogue.card_ids[0]
        card.write({"description_ru": "Текст", "capacity_max": 12, "language_kk": True})
        [counts] = catalogue._generate().values()
        self.assertEqual(dict(counts), {"added": 0, "outdated": 0})
        self.assertRecordValues(
            card, [{"description_ru": "Текст", "capacity_max": 12, "language_kk": True}]
        )

    def test_cards_that_left_the_plans_are_marked(self):
        cards = self._generated()
        manual = self._create(
            "registrar.catalogue.card",
            catalogue_id=self.catalogue.id,
            discipline_id=self.disciplines[0].id,
            term_id=self.autumn.id,
            is_manual=True,
        )
        self.group.curriculum_id = False
        self.curriculum.action_archive_curriculum()
        [counts] = self.catalogue._generate().values()
        self.assertEqual(counts["outdated"], 2)
        self.assertFalse(any(cards.mapped("in_plan")))
        self.assertTrue(manual.in_plan)
        self.assertEqual(self.catalogue.outdated_count, 2)

    def test_groups_that_follow_an_archived_plan_still_choose(self):
        self.curriculum.action_archive_curriculum()
        self.assertEqual(len(self._generated()), 2)

    def test_texts_of_last_year_are_taken_over(self):
        cards = self._generated()
        self._complete(cards[0])
        cards[0].capacity_max = 15
        following = self._year_from(2095)
        following.action_add_usual_terms()
        intake = self.curriculum.copy({"intake_year_id": following.id, "version": 1})
        intake.action_approve()
        catalogue = self._create("registrar.catalogue", year_id=following.id)
        catalogue._generate()
        card = catalogue.card_ids.filtered(
            lambda c: c.discipline_id == cards[0].discipline_id
        )
        self.assertRecordValues(
            card,
            [
                {
                    "description_ru": "Описание",
                    "capacity_max": 15,
                    "teacher_ids": self.teacher_employee.ids,
                }
            ],
        )

    def test_second_year_of_an_intake(self):
        """A plan of the intake before gives its terms 3 and 4."""
        earlier = self._year_from(2024)
        plan = self.curriculum.copy({"intake_year_id": earlier.id, "version": 1})
        plan.line_ids.filtered("block_id").write({"term_number": 3})
        plan.action_approve()
        cards = self._generated()
        self.assertEqual(len(cards), 4)
        self.assertEqual(cards.term_id, self.autumn | self.spring)
        self.assertEqual(
            cards.filtered(lambda c: c.term_id == self.autumn).mapped("courses"),
            ["2", "2"],
        )

    def test_year_without_terms(self):
        empty = self._year_from(2096)
        catalogue = self._create("registrar.catalogue", year_id=empty.id)
        with self.refused(UserError, "no autumn or spring term"):
            catalogue._generate()

    def test_catalogue_of_a_faculty(self):
        with self.refused(ValidationError, "not both"):
            self._create(
                "registrar.catalogue", year_id=self.year.id, faculty_id=self.faculty.id
            )
        self.catalogue.unlink()
        own = self._create(
            "registrar.catalogue", year_id=self.year.id, faculty_id=self.faculty.id
        )
        other = self._create(
            "registrar.catalogue",
            year_id=self.year.id,
            faculty_id=self.other_faculty.id,
        )
        (own | other)._generate()
        self.assertEqual(len(own.card_ids), 2)
        self.assertFalse(other.card_ids)

    @users("test_clerk")
    def test_publication(self):
        catalogue = self.catalogue.with_env(self.env)
        with self.refused(UserError, "no cards"):
            catalogue.action_publish()
        catalogue._generate()
        action = catalogue.action_publish()
        self.assertEqual(action["res_model"], "registrar.catalogue.publish")
        wizard = self.env["registrar.catalogue.publish"].create(
            {"catalogue_ids": catalogue.ids}
        )
        self.assertEqual(wizard.missing_count, 2)
        self.assertIn("description in Kazakh", wizard.missing_html)
        self._complete(catalogue.card_ids)
        self.assertEqual(catalogue.incomplete_count, 0)
        self.assertTrue(catalogue.action_publish())
        self.assertEqual(catalogue.state, "published")
        self.assertEqual(set(catalogue.card_ids.mapped("state")), {"published"})
        with self.refused(UserError, "deleted"):
            catalogue.unlink()
        with self.refused(UserError, "not deleted"):
            catalogue.card_ids.unlink()
        catalogue.action_close()
        with self.assertRaises(AccessError):
            catalogue.card_ids[0].description_ru = "Поздно"
        with self.refused(UserError, "closed"):
            catalogue.action_generate()
        catalogue.action_reopen()
        self.assertEqual(catalogue.state, "published")
        catalogue.card_ids[0].description_ru = "Поправка"

    @users("test_clerk")
    def test_state_is_not_written_by_hand(self):
        with self.assertRaises(AccessError):
            self.catalogue.with_env(self.env).state = "published"
        with self.assertRaises(AccessError):
            self.env["registrar.catalogue"].create(
                {
                    "year_id": self.year.id,
                    "faculty_id": self.faculty.id,
                    "state": "published",
                }
            )

    def test_what_a_teacher_may_do(self):
        cards = self._generated()
        mine, other = cards
        mine.teacher_ids = self.teacher_employee
        own = mine.with_user(self.teacher)
        self.assertTrue(own.can_edit_texts)
        self.assertFalse(own.can_edit_offer)
        own.write({"description_kk": "Менің мәтінім", "outcomes_en": "Knows"})
        for values in (
            {"capacity_max": 100},
            {"teacher_ids": [(5,)]},
            {"credits": 10},
            {"language_en": True},
        ):
            with self.assertRaises(AccessError):
                own.write(values)
        self.assertTrue(other.with_user(self.teacher).display_name)
        with self.assertRaises(AccessError):
            other.with_user(self.teacher).write({"description_kk": "Чужой"})
        for attempt in (own.unlink, own.copy):
            with self.assertRaises(AccessError):
                attempt()
        with self.assertRaises(AccessError):
            self.catalogue.with_user(self.teacher).action_generate()
        self.catalogue._publish()
        with self.assertRaises(AccessError):
            own.write({"description_kk": "Поздно"})

    def test_what_the_dean_may_do(self):
        card = self._generated()[0]
        dean = card.with_user(self.dean)
        dean.write(
            {
                "teacher_ids": [(6, 0, self.teacher_employee.ids)],
                "capacity_max": 40,
                "language_kk": True,
                "description_ru": "От деканата",
            }
        )
        with self.assertRaises(AccessError):
            dean.write({"credits": 7})
        with self.assertRaises(AccessError):
            dean.write({"catalogue_id": self.catalogue.id, "discipline_id": 1})
        self.dean_employee.department_id = self.other_faculty
        with self.assertRaises(AccessError):
            card.with_user(self.dean).write({"capacity_max": 41})
        with self.assertRaises(AccessError):
            self.catalogue.with_user(self.dean)._publish()

    @users("test_viewer", "test_adviser")
    def test_others_only_read(self):
        cards = self._generated().with_env(self.env)
        self.assertEqual(len(cards.mapped("display_name")), 2)
        with self.assertRaises(AccessError):
            cards[0].write({"description_kk": "x"})
        with self.assertRaises(AccessError):
            self.env["registrar.catalogue"].create({"year_id": self.year.id})

    def test_places_are_ordered(self):
        card = self._generated()[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            card.write({"capacity_min": 50})
            self.env.flush_all()

    def test_offer_values(self):
        card = self._generated()[0]
        self._complete(card)
        card.write({"language_kk": True, "capacity_max": 25})
        self.assertEqual(
            card._offer_values(),
            [
                {
                    "discipline_id": card.discipline_id.id,
                    "term_id": self.spring.id,
                    "language": language,
                    "capacity_min": 10,
                    "capacity_max": 25,
                    "teacher_ids": self.teacher_employee.ids,
                }
                for language in ("kk", "ru")
            ],
        )

    def test_booklet_and_list(self):
        cards = self._generated()
        self._complete(cards)
        report = self.env["report.registrar_core.report_catalogue"]
        for language in ("kk", "ru", "en"):
            book = report._prepare_book(self.catalogue, language)
            self.assertEqual([c["number"] for c in book["cards"]], [1, 2])
            [(programme, cycles)] = book["contents"]
            self.assertIn("6T06103", programme)
            self.assertEqual(len(cycles[0][1]), 2)
            sheet = load_workbook(
                io.BytesIO(report._workbook(self.catalogue, language))
            ).active
            self.assertEqual(sheet.max_row, 3)
        action = self.env.ref("registrar_core.action_report_catalogue")
        for lang in ("kk_KZ", "ru_RU", "en_US"):
            content, __ = action.with_context(
                lang=lang, force_report_rendering=True
            )._render_qweb_pdf(action.report_name, self.catalogue.ids)
            self.assertTrue(content.startswith(b"%PDF"))

    def test_hundreds_of_cards_print_quickly(self):
        disciplines = self.env["registrar.discipline"].create(
            [
                {
                    "code": f"EL {number}",
                    "name_kk": f"Электив {number}",
                    "name_ru": f"Электив {number}",
                }
                for number in range(300)
            ]
        )
        self.env["registrar.catalogue.card"].create(
            [
                {
                    "catalogue_id": self.catalogue.id,
                    "discipline_id": discipline.id,
                    "term_id": self.spring.id,
                    "cycle": "bd",
                    "programme_ids": [(6, 0, self.programme.ids)],
                    "description_ru": "Описание электива. " * 20,
                }
                for discipline in disciplines
            ]
        )
        action = self.env.ref("registrar_core.action_report_catalogue")
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env["report.registrar_core.report_catalogue"]
        before = self.env.cr.sql_log_count
        report._prepare_book(self.catalogue, "ru")
        self.assertLess(self.env.cr.sql_log_count - before, 60)
        start = time.monotonic()
        action.with_context(lang="ru_RU", force_report_rendering=True)._render_qweb_pdf(
            action.report_name, self.catalogue.ids
        )
        self.assertLess(time.monotonic() - start, 60)
