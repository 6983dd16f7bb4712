from datetime import date

from freezegun import freeze_time

from odoo.exceptions import ValidationError

from odoo.addons.registrar_orders.effects import EFFECTS
from odoo.addons.registrar_orders.effects.base import Effect, effect

from .common import OrdersCommon


@freeze_time("2026-07-01")
class TestOrderType(OrdersCommon):
    def test_shipped_types_are_complete(self):
        types = self.env["registrar.order.type"].search([])
        self.assertGreaterEqual(len(types), 14)
        for order_type in types:
            with self.subTest(code=order_type.code):
                for name in ("name", "title", "legal_basis", "attachments"):
                    for language in ("kk", "ru", "en"):
                        self.assertTrue(order_type[f"{name}_{language}"])
                for name in ("preamble", "section", "instruction", "control"):
                    self.assertNotEqual(
                        order_type[f"{name}_kk"], order_type[f"{name}_ru"]
                    )
                self.assertIn(order_type.default_kind_id, order_type.kind_ids)
                self.assertIn(order_type.effect, EFFECTS)

    def test_every_kind_of_movement_belongs_to_a_type(self):
        kinds = self.env["registrar.movement.kind"].search(
            [("code", "!=", "graduation"), ("code", "not like", "test%")]
        )
        used = self.env["registrar.order.type"].search([]).kind_ids
        self.assertFalse((kinds - used).mapped("code"))

    def test_bad_placeholders(self):
        order_type = self._type("expulsion").with_user(self.head)
        for text in ("{env}", "{date.year}", "{date!r}", "{date", "{0}", "{note:>9}"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                order_type.section_ru = text
        with self.assertRaisesRegex(ValidationError, "split"):
            order_type.section_kk = "{course}-курс {reason}"
        with self.assertRaises(ValidationError):
            order_type.preamble_ru = "{reason}"

    def test_kind_that_the_effect_cannot_cause(self):
        admission = self._type("enrolment").default_kind_id
        with self.assertRaisesRegex(ValidationError, "cannot cause"):
            self._type("expulsion").kind_ids |= admission

    def test_used_type_is_kept(self):
        self._admission(self.first)
        with self.assertRaises(ValidationError):
            self._type("enrolment").unlink()

    def test_new_type_without_code(self):
        """A transfer nobody thought of: data only."""
        kind = self._create(
            "registrar.movement.kind",
            code="test_dual",
            name_kk="Дуальды оқытуға ауыстыру",
            name_ru="Перевод на дуальное обучение",
            effect="internal",
            resulting_status="studying",
            row_code="070",
            changes_field="funding",
            new_funding="employer",
        )
        self._create(
            "registrar.order.type",
            code="test_dual",
            name_kk="Дуальды оқыту",
            name_ru="Дуальное обучение",
            title_kk="Дуальды оқытуға ауыстыру туралы",
            title_ru="О переводе на дуальное обучение",
            effect="move",
            kind_ids=kind.ids,
            default_kind_id=kind.id,
            register_id=self.register.id,
            preamble_kk="{university} шешімімен",
            preamble_ru="По решению {university}",
            section_kk="{date_from} бастап ауыстырылсын:",
            section_ru="Перевести с {date_from}:",
            basis_required=False,
        )
        self._enrol(self.first)
        order = self._draft_order("test_dual", date(2026, 2, 2), self.first)
        self.assertEqual(order.preamble_ru, "По решению Проверочный университет")
        self.assertEqual(order.section_ids.text_ru, "Перевести со 2 февраля 2026 года:")
        self._register_order(order)
        self.assertEqual(self.first.funding, "employer")

    def test_effects_are_registered_once(self):
        with self.assertRaises(ValueError):

            @effect
            class Again(Effect):
                code = "move"
