from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import OrdersCommon

MODELS = (
    "registrar.order",
    "registrar.order.line",
    "registrar.order.section",
    "registrar.order.type",
    "registrar.order.selection",
    "registrar.order.selection.line",
    "registrar.order.add",
    "registrar.transfer.score",
)

# role -> operations allowed on each of MODELS, in their order.
TABLE = {
    "viewer": ("r", "r", "r", "r", "r", "r", "", "r"),
    "adviser": ("", "", "", "", "", "", "", "r"),
    "teacher": ("", "", "", "", "", "", "", "r"),
    "dean": ("r", "r", "r", "r", "", "", "", "r"),
    "clerk": ("rwcd", "rwcd", "rw", "r", "rwcd", "rwd", "rwcd", "r"),
    "head": ("rwcd", "rwcd", "rw", "rwcd", "rwcd", "rwd", "rwcd", "rwcd"),
    "military": ("", "", "", "", "", "", "", "r"),
    "migration": ("", "", "", "", "", "", "", "r"),
    "archivist": ("r", "r", "r", "r", "", "", "", "r"),
    "portal_student": ("", "", "", "", "", "", "", ""),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@freeze_time("2026-07-01")
class TestAccessRights(OrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_student = new_test_user(
            cls.env, login="test_portal_orders", groups="base.group_portal"
        )
        cls.own = cls._admission(cls.first | cls.second)
        cls.foreign = cls._admission(
            cls.third | cls.fourth,
            group_id=cls.other_group.id,
        )

    def test_table(self):
        for role, allowed in TABLE.items():
            user = getattr(self, role)
            for model, letters in zip(MODELS, allowed, strict=True):
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            letter in letters,
                        )

    def test_table_names_every_model(self):
        own = {
            name
            for name, model in self.env.registry.items()
            if model._original_module == "registrar_orders" and not model._abstract
        }
        self.assertEqual(own, set(MODELS))

    def test_dean_sees_orders_on_the_own_faculty(self):
        self.env.invalidate_all()
        orders = self.env["registrar.order"].with_user(self.dean)
        found = orders.search([("id", "in", (self.own | self.foreign).ids)])
        self.assertEqual(found.ids, self.own.ids)
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.dean).read(["type_id"])
        self.assertEqual(self.own.with_user(self.dean).line_ids, self.own.line_ids)

    def test_dean_sees_only_own_persons_of_a_mixed_order(self):
        self.own.line_ids[0].write(
            {"programme_id": self.other_programme.id, "group_id": self.other_group.id}
        )
        self.env.invalidate_all()
        shown = self.own.with_user(self.dean).web_read(
            {"line_ids": {"fields": {"faculty_id": {}}}, "line_count": {}}
        )[0]
        self.assertEqual(shown["line_count"], 1)
        self.assertEqual(
            [line["faculty_id"] for line in shown["line_ids"]], self.faculty.ids
        )

    def test_both_deans_see_a_transfer(self):
        self._register_order(self.own)
        order = self._draft_order(
            "programme_transfer",
            date(2026, 2, 1),
            self.first,
            programme_id=self.other_programme.id,
            group_id=self.other_group.id,
        )
        self.env.invalidate_all()
        self.assertEqual(order.with_user(self.dean).line_ids.ids, order.line_ids.ids)

    def test_clerk_does_not_register(self):
        self.own.action_agree()
        with self.assertRaises(AccessError):
            self.own.action_register()

    def test_who_drafted_does_not_register(self):
        order = self._admission(self.first, user=self.head)
        self.assertEqual(order.author_id, self.head)
        order.with_user(self.clerk).action_agree()
        with self.assertRaisesRegex(UserError, "drafted it yourself"):
            order.with_user(self.head).action_register()
        order.with_user(self.second_head).action_register()
        self.assertEqual(order.state, "registered")

    def test_author_cannot_be_changed(self):
        with self.assertRaises(AccessError):
            self.own.author_id = self.head
        order = (
            self.env["registrar.order"]
            .with_user(self.head)
            .create({"type_id": self._type("enrolment").id, "author_id": self.clerk.id})
        )
        self.assertEqual(order.author_id, self.head)

    def test_steps_cannot_be_skipped(self):
        for values in (
            {"state": "agreed"},
            {"state": "registered"},
            {"number": "1"},
            {"agreed_by_id": self.clerk.id},
            {"cancels_id": self.foreign.id},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.own.write(values)

    def test_readers_change_nothing(self):
        for user in (self.viewer, self.dean, self.archivist):
            order = self.own.with_user(user)
            self.env.invalidate_all()
            self.assertTrue(order.read(["type_id", "basis_ru"]))
            with self.assertRaises(AccessError):
                order.write({"basis_ru": "x"})
            for action in ("action_agree", "action_cancel_order"):
                with self.assertRaises(AccessError):
                    getattr(order, action)()

    def test_only_the_head_configures(self):
        score = self.env["registrar.transfer.score"].search([], limit=1)
        with self.assertRaises(AccessError):
            score.with_user(self.clerk).min_gpa = 0.1
        score.with_user(self.head).min_gpa = 2.0
        with self.assertRaises(AccessError):
            self._type("expulsion").with_user(self.clerk).name_ru = "x"
