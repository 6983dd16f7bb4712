import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import users
from odoo.tools import mute_logger

from .common import RegistrarCommon


class TestCurriculum(RegistrarCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.module = cls._create(
            "registrar.curriculum.module",
            curriculum_id=cls.curriculum.id,
            number=1,
            code="M1",
            name_kk="Модуль",
            name_ru="Модуль",
        )
        cls.curriculum_lines.module_id = cls.module

    def _add_block(self, choose=1, default=True):
        """Make the second discipline of term 2 an option beside a new one."""
        block = self._create(
            "registrar.curriculum.block",
            curriculum_id=self.curriculum.id,
            code="1104",
            choose=choose,
        )
        option = self.curriculum_lines[3]
        option.write({"block_id": block.id, "is_default": default, "component": "kv"})
        discipline = self.disciplines[3].copy({"code": "TST 1105"})
        other = option.copy(
            {
                "discipline_id": discipline.id,
                "curriculum_id": self.curriculum.id,
                "is_default": False,
            }
        )
        return block, option, other

    @users("test_clerk")
    def test_good_curriculum_is_approved(self):
        curriculum = self.curriculum.with_env(self.env)
        self.assertFalse(curriculum._approval_problems())
        self.assertFalse(curriculum.has_problems)
        curriculum.with_user(self.head).action_approve()
        self.assertRecordValues(
            curriculum,
            [{"state": "approved", "approved_by_id": self.head.id}],
        )

    def test_all_problems_are_listed(self):
        self.programme.credits_required = 240
        self.curriculum_lines[0].write({"hours_total": 140, "hours_lecture": 30})
        self.curriculum_lines[1].term_number = 9
        self.curriculum_lines[2].credits = 0
        self.disciplines[0].prerequisite_ids = self.disciplines[3]
        problems = "\n".join(self.curriculum._approval_problems())
        for part in (
            "15.0 credits, the programme needs 240",
            "140 hours instead of 150, 30 per credit",
            "add up to 30, not to 140",
            "only 8 terms",
            "no credits",
            "is not studied before it",
        ):
            self.assertIn(part, problems)
        self.curriculum.invalidate_recordset()
        self.assertTrue(self.curriculum.has_problems)
        with self.assertRaises(UserError) as refusal:
            self.curriculum.action_approve()
        for part in ("140 hours", "only 8 terms", "240"):
            self.assertIn(part, str(refusal.exception))
        self.assertEqual(self.curriculum.state, "draft")

    def test_empty_curriculum_is_refused(self):
        empty = self._create(
            "registrar.curriculum",
            programme_id=self.programme.id,
            intake_year_id=self.year.id,
            study_form="part_time",
        )
        with self.refused(UserError, "no lines"):
            empty.action_approve()

    def test_credits_count_the_chosen_options(self):
        self.assertEqual(self.curriculum.credits_total, 20)
        self._add_block()
        self.assertEqual(self.curriculum.credits_total, 20)
        self.assertEqual(self.curriculum.credits_by_term, "10 / 10")
        self.assertFalse(self.curriculum._approval_problems())
        self.assertEqual(self.module.credits_total, 20)

    def test_additional_training_is_outside_the_total(self):
        self.curriculum_lines[0].cycle = "dvo"
        self.assertEqual(self.curriculum.credits_total, 15)

    def test_problems_of_blocks(self):
        block, __, other = self._add_block(choose=3)
        other.write({"credits": 4, "hours_total": 120})
        problems = "\n".join(self.curriculum._approval_problems())
        self.assertIn("3 are to be chosen of 2", problems)
        self.assertIn("different numbers of credits", problems)
        self.assertIn("1 options are marked as default", problems)
        self.assertEqual(block.option_count, 2)

    def test_discipline_in_two_positions(self):
        self.curriculum_lines[3].write(
            {"discipline_id": self.disciplines[0].id, "slot": "9999"}
        )
        self.assertIn(
            "occurs in different positions",
            "\n".join(self.curriculum._approval_problems()),
        )

    @mute_logger("odoo.sql_db")
    def test_discipline_twice_in_a_term(self):
        with self.assertRaises(psycopg2.IntegrityError):
            self.curriculum_lines[1].discipline_id = self.disciplines[0]
            self.env.flush_all()

    def test_parts_of_another_curriculum(self):
        other = self.curriculum.copy()
        with self.refused(ValidationError, "another curriculum"):
            self.curriculum_lines[0].module_id = other.module_ids

    @users("test_clerk")
    def test_approved_curriculum_is_immutable(self):
        self._add_block()
        curriculum = self.curriculum.with_env(self.env)
        curriculum.with_user(self.head).action_approve()
        attempts = [
            lambda: curriculum.write({"language": "kk"}),
            lambda: curriculum.line_ids[0].write({"credits": 6}),
            lambda: curriculum.line_ids[0].unlink(),
            lambda: curriculum.line_ids[0].copy({"term_number": 5}),
            lambda: curriculum.module_ids.write({"name_ru": "Другой"}),
            lambda: curriculum.block_ids.write({"choose": 2}),
            lambda: curriculum.block_ids.unlink(),
            lambda: curriculum.unlink(),
            lambda: curriculum.with_user(self.head).action_approve(),
        ]
        for index, attempt in enumerate(attempts):
            with self.subTest(attempt=index), self.assertRaises(UserError):
                attempt()

    @users("test_head")
    def test_state_is_not_written_by_hand(self):
        curriculum = self.curriculum.with_env(self.env)
        with self.assertRaises(AccessError):
            curriculum.state = "approved"
        with self.assertRaises(AccessError):
            self.env["registrar.curriculum"].create(
                {
                    "programme_id": self.programme.id,
                    "intake_year_id": self.year.id,
                    "state": "approved",
                }
            )

    @mute_logger("odoo.sql_db")
    def test_database_refuses_what_goes_round_python(self):
        block, __, __ = self._add_block()
        draft = self.curriculum.copy()
        self.curriculum.action_approve()
        self.env.flush_all()
        own = self.curriculum.id
        statements = [
            f"UPDATE registrar_curriculum SET version = 7 WHERE id = {own}",
            f"UPDATE registrar_curriculum SET state = 'draft' WHERE id = {own}",
            f"DELETE FROM registrar_curriculum WHERE id = {own}",
            "UPDATE registrar_curriculum_line SET credits = 9"
            f" WHERE curriculum_id = {own}",
            f"DELETE FROM registrar_curriculum_line WHERE curriculum_id = {own}",
            f"UPDATE registrar_curriculum_line SET curriculum_id = {own},"
            f" term_number = term_number + 10 WHERE curriculum_id = {draft.id}",
            f"UPDATE registrar_curriculum_block SET choose = 2 WHERE id = {block.id}",
            "INSERT INTO registrar_curriculum_module"
            " (curriculum_id, number, name_kk, name_ru) VALUES"
            f" ({own}, 9, 'М', 'М')",
        ]
        for statement in statements:
            with (
                self.subTest(statement=statement),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.env.cr.savepoint(flush=False),
            ):
                self.env.cr.execute(statement)
        # What is not frozen may change: the order on the screen, the archive.
        self.env.cr.execute(
            "UPDATE registrar_curriculum_line SET sequence = 3"
            " WHERE curriculum_id = %s",
            [own],
        )
        self.curriculum.action_archive_curriculum()
        self.env.flush_all()
        self.assertEqual(self.curriculum.state, "archived")

    @users("test_clerk")
    def test_new_version_copies_everything(self):
        block, option, __ = self._add_block()
        curriculum = self.curriculum.with_env(self.env)
        with self.refused(UserError, "needs no new version"):
            curriculum.action_new_version()
        curriculum.with_user(self.head).action_approve()
        action = curriculum.action_new_version()
        version = self.env["registrar.curriculum"].browse(action["res_id"])
        self.assertRecordValues(
            version,
            [
                {
                    "version": 2,
                    "state": "draft",
                    "previous_id": curriculum.id,
                    "credits_total": 20,
                    "approved_by_id": False,
                }
            ],
        )
        self.assertEqual(len(version.line_ids), 5)
        self.assertEqual(version.module_ids.name_ru, "Модуль")
        copied = version.block_ids
        self.assertNotEqual(copied, block)
        self.assertEqual(
            copied.line_ids.filtered("is_default").discipline_id, option.discipline_id
        )
        self.assertEqual(version.line_ids.module_id, version.module_ids)
        version.line_ids[0].write({"slot": "new"})
        version.with_user(self.head).action_approve()
        self.assertEqual(curriculum.state, "archived")
        self.assertEqual(self.group.curriculum_id, curriculum)
        version.action_take_over_groups()
        self.assertEqual(self.group.curriculum_id, version)

    def test_versions_are_counted_per_intake_and_form(self):
        part_time = self.curriculum.copy({"study_form": "part_time", "version": 1})
        self.assertEqual(part_time.version, 1)
        self.assertEqual(self.curriculum.copy().version, 2)

    def test_course_and_hours_follow(self):
        line = self._create(
            "registrar.curriculum.line",
            curriculum_id=self.curriculum.id,
            discipline_id=self.disciplines[0].id,
            credits=3,
            term_number=5,
        )
        self.assertEqual(line.course, 3)
        self.assertEqual(line.hours_total, 90)
        self.assertEqual(line._number_in_year(), 1)

    @users("test_dean", "test_clerk")
    def test_others_do_not_approve(self):
        with self.assertRaises(AccessError):
            self.curriculum.with_env(self.env).action_approve()

    def test_name(self):
        self.assertEqual(
            self.curriculum.display_name, "6T06103 2025/2026 full-time ru v1"
        )
