from odoo.tests import HttpCase, new_test_user, tagged

from .test_catalogue import CatalogueCommon


@tagged("post_install", "-at_install")
class TestCataloguePortal(HttpCase, CatalogueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._admit()
        cls.portal = new_test_user(
            cls.env, login="test_portal", groups="base.group_portal", lang="en_US"
        )
        cls.portal.partner_id = cls.students[0].partner_id
        cls.cards = cls._generated()
        cls._complete(cls.cards)
        # An elective of somebody else's programme.
        cls.foreign_programme = cls.programme.copy({"code": "6T09999"})
        cls.foreign = cls._create(
            "registrar.catalogue.card",
            catalogue_id=cls.catalogue.id,
            discipline_id=cls.disciplines[0].id,
            term_id=cls.autumn.id,
            programme_ids=[(6, 0, cls.foreign_programme.ids)],
            description_ru="Чужое описание",
        )

    def setUp(self):
        super().setUp()
        self.authenticate("test_portal", "test_portal")

    def _page(self, address, status=200):
        response = self.url_open(address)
        self.assertEqual(response.status_code, status, address)
        return response.text

    def test_nothing_before_publication(self):
        text = self._page("/my/catalogue")
        self.assertIn("No catalogue of electives has been published", text)
        self.assertNotIn("TST 1104", text)
        self._page(f"/my/catalogue/{self.cards[0].id}", 404)
        card = self.env["registrar.catalogue.card"].with_user(self.portal)
        self.assertFalse(card.search([]))
        catalogues = self.env["registrar.catalogue"].with_user(self.portal).search([])
        self.assertNotIn(self.catalogue, catalogues)

    def test_published_cards_of_the_own_programme(self):
        self.catalogue._publish()
        text = self._page("/my/catalogue")
        self.assertIn("TST 1104", text)
        self.assertIn("TST 1105", text)
        self.assertNotIn("TST 1101", text)
        text = self._page(f"/my/catalogue/{self.cards[0].id}")
        self.assertIn("Описание", text)
        self.assertIn(self.teacher_employee.short_name, text)
        self._page(f"/my/catalogue/{self.foreign.id}", 404)
        self._page("/my/catalogue/999999999", 404)
        found = self.env["registrar.catalogue.card"].with_user(self.portal).search([])
        self.assertEqual(found, self.cards)
        self.assertIn("/my/catalogue", self._page("/my"))

    def test_search_and_filters(self):
        self.catalogue._publish()
        self.assertNotIn("TST 1105", self._page("/my/catalogue?search=1104"))
        self.assertIn("TST 1105", self._page("/my/catalogue?search=Другой"))
        self.assertIn("No electives are found", self._page("/my/catalogue?search=%25x"))
        self.assertIn(
            "No electives are found",
            self._page(f"/my/catalogue?term={self.autumn.id}"),
        )
        self.assertIn("TST 1104", self._page(f"/my/catalogue?term={self.spring.id}"))
        for odd in ("term=x", "year=-1", "scope=zzz", "search=%27%3B--"):
            self._page(f"/my/catalogue?{odd}")
        self._page("/my/catalogue?scope=all")

    def test_pages(self):
        self.catalogue._publish()
        disciplines = self.env["registrar.discipline"].create(
            [
                {"code": f"PG {n:02d}", "name_kk": f"Пән {n}", "name_ru": f"Пред {n}"}
                for n in range(30)
            ]
        )
        self.env["registrar.catalogue.card"].create(
            [
                {
                    "catalogue_id": self.catalogue.id,
                    "discipline_id": discipline.id,
                    "term_id": self.spring.id,
                    "programme_ids": [(6, 0, self.programme.ids)],
                }
                for discipline in disciplines
            ]
        )
        first = self._page("/my/catalogue?scope=all")
        second = self._page("/my/catalogue/page/2?scope=all")
        self.assertEqual(first.count("o_my_elective"), 20)
        self.assertEqual(second.count("o_my_elective"), 12)

    def test_language_of_the_reader(self):
        self.catalogue._publish()
        self.env["res.lang"]._activate_lang("kk_KZ")
        self.portal.lang = "kk_KZ"
        self.authenticate("test_portal", "test_portal")
        self.assertIn(self.elective.name_kk, self._page("/my/catalogue"))
        self.assertIn("Сипаттама", self._page(f"/my/catalogue/{self.cards[0].id}"))

    def test_students_do_not_write(self):
        self.catalogue._publish()
        card = self.cards[0].with_user(self.portal)
        for attempt in (
            lambda: card.write({"description_kk": "x"}),
            card.unlink,
            lambda: card.copy(),
        ):
            with self.assertRaises(Exception) as caught:
                attempt()
            self.assertIn("AccessError", type(caught.exception).__name__)

    def test_files_are_for_the_staff(self):
        self._page(f"/registrar/catalogue/{self.catalogue.id}/pdf?lang=ru", 403)
        self.authenticate("test_viewer", "test_viewer")
        for kind in ("pdf", "xlsx"):
            self._page(f"/registrar/catalogue/{self.catalogue.id}/{kind}?lang=ru")
        self._page(f"/registrar/catalogue/{self.catalogue.id}/pdf?lang=xx", 400)
        self._page("/registrar/catalogue/999999999/pdf?lang=ru", 404)
