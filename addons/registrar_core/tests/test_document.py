import hashlib
import json
from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegistrarCommon

REFUSALS = mute_logger("odoo.sql_db")


@tagged("post_install", "-at_install")
@freeze_time("2025-09-20")
class TestDocument(RegistrarCommon):
    """The rules of numbered documents, shown on study plans."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2025-09-20"):
            cls._admit()
            cls.curriculum.action_approve()
            cls.register = cls.env["registrar.register"].create(
                {
                    "code": "test_register",
                    "index": "99-01",
                    "name_kk": "Сынақ журналы",
                    "name_ru": "Проверочный журнал",
                    "number_pattern": "{number}-т/{year2}",
                }
            )
            cls.plans = cls.env["registrar.study.plan"]._fill(cls.students, cls.year)
            cls.plans.write({"document_date": date(2025, 9, 10)})
            cls.plans._set_state("dean")

    def setUp(self):
        super().setUp()
        register = self.register
        self.patch(
            type(self.env["registrar.study.plan"]),
            "_document_register",
            lambda document: register,
        )

    def _register(self, plans=None, user=None):
        plans = self.plans if plans is None else plans
        plans.with_user(user or self.head).action_register()
        self.env.flush_all()
        return plans.sudo()

    def test_numbers_follow_each_other_without_gaps(self):
        plans = self._register()
        self.assertEqual(
            sorted(plans.mapped("number")), ["1-т/25", "2-т/25", "3-т/25", "4-т/25"]
        )
        self.assertEqual(plans.entry_id.mapped("sequence"), [1, 2, 3, 4])

    def test_failed_registration_leaves_no_gap(self):
        self._register(self.plans[0])
        with self.assertRaises(UserError), self.cr.savepoint():
            self.plans[1].document_date = date(2025, 12, 1)
            self._register(self.plans[1])
        self._register(self.plans[2])
        self.assertEqual(self.plans[2].number, "2-т/25")

    def test_number_starts_again_with_the_year(self):
        self._register(self.plans[0])
        with freeze_time("2026-01-15"):
            self.plans[1].document_date = date(2026, 1, 14)
            self._register(self.plans[1])
        self.assertEqual(self.plans[1].number, "1-т/26")

    def test_future_date_and_earlier_date_are_refused(self):
        self.plans[0].document_date = date(2025, 9, 21)
        with self.assertRaisesRegex(UserError, "future"), self.cr.savepoint():
            self._register(self.plans[0])
        self._register(self.plans[1])
        self.plans[2].document_date = date(2025, 9, 9)
        with self.assertRaisesRegex(UserError, "already dated"), self.cr.savepoint():
            self._register(self.plans[2])
        self.register.chronological = False
        self._register(self.plans[2])

    def test_second_click_is_refused(self):
        self._register(self.plans[0])
        with self.assertRaisesRegex(UserError, "already registered"):
            self._register(self.plans[0])

    def test_only_the_right_role_registers(self):
        for user in (self.viewer, self.teacher, self.adviser, self.dean, self.military):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self._register(self.plans[0], user)

    def test_nobody_writes_number_state_or_seal(self):
        plan = self.plans[0].with_user(self.head)
        for values in ({"number": "7"}, {"state": "registered"}, {"entry_id": 1}):
            with self.subTest(values), self.assertRaises(AccessError):
                plan.write(values)
        with self.assertRaises(AccessError):
            plan.create(
                {
                    "student_id": self.students[0].id,
                    "year_id": self.year.id,
                    "state": "dean",
                }
            )

    def test_registered_document_is_never_changed_nor_deleted(self):
        plan = self._register(self.plans[0]).with_user(self.head)
        with self.assertRaisesRegex(UserError, "registered"):
            plan.write({"document_date": date(2025, 9, 11)})
        with self.assertRaisesRegex(UserError, "registered"):
            plan.line_ids[:1].write({"credits": 9})
        with self.assertRaisesRegex(UserError, "registered"):
            plan.line_ids[:1].unlink()
        with self.assertRaises(UserError):
            plan.unlink()

    def test_database_refuses_what_goes_round_python(self):
        plan = self._register(self.plans[0])
        line = plan.line_ids[0]
        statements = (
            (
                "UPDATE registrar_study_plan SET document_date = '2020-01-01'"
                " WHERE id = %s",
                plan.id,
            ),
            ("UPDATE registrar_study_plan SET state = 'draft' WHERE id = %s", plan.id),
            ("UPDATE registrar_study_plan SET entry_id = NULL WHERE id = %s", plan.id),
            ("DELETE FROM registrar_study_plan WHERE id = %s", plan.id),
            ("UPDATE registrar_study_plan_line SET credits = 9 WHERE id = %s", line.id),
            ("DELETE FROM registrar_study_plan_line WHERE id = %s", line.id),
            (
                "UPDATE registrar_register_entry SET number = '8' WHERE id = %s",
                plan.entry_id.id,
            ),
            ("DELETE FROM registrar_register_entry WHERE id = %s", plan.entry_id.id),
        )
        for statement, record_id in statements:
            with self.subTest(statement), REFUSALS, self.assertRaises(IntegrityError):
                with self.cr.savepoint():
                    self.cr.execute(statement, [record_id])

    def test_pdf_is_frozen(self):
        plan = self._register(self.plans[0])
        attachment = plan.entry_id.attachment_id
        self.assertTrue(attachment.raw.startswith(b"%PDF"))
        self.assertEqual(
            plan.entry_id.pdf_digest, hashlib.sha256(attachment.raw).hexdigest()
        )
        with self.assertRaisesRegex(UserError, "PDF"):
            attachment.with_user(self.clerk).write({"raw": b"other"})
        with self.assertRaisesRegex(UserError, "PDF"):
            attachment.with_user(self.clerk).unlink()

    def test_untouched_chain_verifies(self):
        self._register()
        self.assertEqual(self.register.verify_chain(), [])
        verdict = self.register.with_user(self.viewer).action_verify_chain()
        self.assertEqual(verdict["params"]["type"], "success")

    def test_forced_changes_are_found(self):
        plans = self._register()
        first, second = plans[0], plans[1]
        changes = (
            ("registrar_study_plan", "document_date = '2020-01-01'", first.id, first),
            ("registrar_study_plan_line", "credits = 9", second.line_ids[0].id, second),
            (
                "registrar_register_entry",
                "recipient = NULL, number = '9-т/25'",
                first.entry_id.id,
                first,
            ),
            ("registrar_register_entry", "payload = '{}'", second.entry_id.id, second),
        )
        for table, change, record_id, plan in changes:
            with self.subTest(change), self.cr.savepoint() as savepoint:
                self.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                self.cr.execute(
                    f"UPDATE {table} SET {change} WHERE id = %s", [record_id]
                )
                self.env.invalidate_all()
                problems = self.register.verify_chain()
                self.assertIn(
                    plan.entry_id.id, [problem["entry_id"] for problem in problems]
                )
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(self.register.verify_chain(), [])

    def test_removed_entry_is_found(self):
        plans = self._register()
        last = plans[1].entry_id
        for table in ("registrar_register_entry", "registrar_study_plan"):
            self.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE registrar_study_plan SET entry_id = NULL WHERE id = %s",
            [plans[1].id],
        )
        self.cr.execute("DELETE FROM registrar_register_entry WHERE id = %s", [last.id])
        self.env.invalidate_all()
        self.assertTrue(self.register.verify_chain())

    def test_digest_covers_the_lines(self):
        plan = self._register(self.plans[0])
        payload = json.loads(plan.entry_id.sudo().payload)
        self.assertEqual(
            len(payload["lines"]["registrar.study.plan.line"]), len(plan.line_ids)
        )

    def test_number_pattern_is_checked(self):
        for pattern in ("без номера", "{nummer}", "{number:x!}"):
            with self.subTest(pattern), self.assertRaises(ValidationError):
                self.register.with_user(self.head).number_pattern = pattern

    def test_register_with_numbers_keeps_its_periods(self):
        self._register(self.plans[0])
        with self.assertRaises(ValidationError):
            self.register.with_user(self.head).reset = "academic"
        with self.assertRaises(ValidationError):
            self.register.with_user(self.head).unlink()

    def test_academic_year_begins_in_september(self):
        self.register.reset = "academic"
        self.assertEqual(self.register._period(date(2025, 8, 31)), "2024/2025")
        self.assertEqual(self.register._period(date(2025, 9, 1)), "2025/2026")

    def test_queries_do_not_grow_with_documents(self):
        self.register.chronological = False
        self._register(self.plans[0])
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.plans[1]._check_registration()
        one = self.cr.sql_log_count - before
        before = self.cr.sql_log_count
        self.plans[2:]._check_registration()
        self.assertLessEqual(self.cr.sql_log_count - before, one + 1)
