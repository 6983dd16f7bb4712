"""The import on real files, when the shared data lie beside the project."""

import os
from pathlib import Path

from odoo.tests import users

from .common import RegistrarCommon
from .importing import codes

CURRICULUM = "6B01601_history_teacher_tashenev_2026.csv"
MAPPING = "registrar_core.import_mapping_working_curriculum"


def shared_folder():
    """Return the folder of shared real data, or None.

    ``REGISTRAR_SHARED`` names it; otherwise it is a folder ``shared`` beside one of
    the folders above this file.
    """
    if folder := os.environ.get("REGISTRAR_SHARED"):
        return Path(folder)
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared" / "data" / "curricula").is_dir():
            return parent / "shared"
    return None


class TestRealCurriculum(RegistrarCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = shared_folder()
        path = folder and folder / "data" / "curricula" / CURRICULUM
        if not path or not path.is_file():
            cls.skipTest(cls, f"{CURRICULUM} is not beside the project")
        cls.content = path.read_bytes()
        cls.options = {
            "programme": "6B01601",
            "create_programme": True,
            "programme_name_kk": "Тарих",
            "programme_name_ru": "История",
            "programme_name_en": "History",
            "department": cls.department,
            "intake_year": cls.year,
            "language": "kk",
        }

    def _import(self, **options):
        return self.env["registrar.import"]._import_file(
            "curriculum",
            self.content,
            CURRICULUM,
            mapping=MAPPING,
            options={**self.options, **options},
        )

    @users("test_clerk")
    def test_real_curriculum(self):
        result = self._import()
        self.assertFalse(
            result.errors, self.env["registrar.import"]._import_error_text(result)
        )
        curriculum = result.records
        self.assertEqual(curriculum.credits_total, 240)
        self.assertEqual(result.summary["slots"], 47)
        self.assertEqual(result.summary["options"], 71)
        self.assertEqual(
            result.summary["cycles"], {"ood": 56, "bd": 112, "pd": 64, "ia": 8}
        )
        self.assertEqual(
            list(result.summary["terms"].values()), [29, 31, 29, 31, 30, 30, 40, 20]
        )
        self.assertEqual(
            curriculum.credits_by_term, "29 / 31 / 29 / 31 / 30 / 30 / 40 / 20"
        )
        self.assertEqual(len(curriculum.line_ids), 76)
        self.assertEqual(len(curriculum.line_ids.discipline_id), 71)
        self.assertEqual(len(set(curriculum.line_ids.mapped("slot"))), 47)
        self.assertEqual(len(curriculum.block_ids), 18)
        self.assertEqual(len(curriculum.module_ids), 12)
        self.assertEqual(curriculum._approval_problems(), [])
        # The standard of 240 credits is met; only missing names are remarked on.
        self.assertEqual(curriculum.applied_profile_id.credits_total, 240)
        self.assertEqual(
            {v.code for v in curriculum._violations()[curriculum.id]} - {"names"}, set()
        )
        # The quirks of the source are said, none is an error.
        warnings = codes(result, "warning")
        for quirk in (
            ("coded_year", 4, "slot_code"),
            ("control_term", 44, "control_semester"),
            ("position_code_twice", 72, "slot_code"),
            ("names_shifted", 37, "name_ru"),
            ("kazakh_in_russian", 62, "module_ru"),
            ("cyrillic_code", 22, "discipline_code"),
        ):
            self.assertIn(quirk, warnings)
        repaired = [
            issue.params["after"]
            for issue in result.notes
            if issue.code == "letters_repaired"
        ]
        for text in (
            "KET/DIK/AHK 1209",
            "TT/TV/TS 1216",
            "TK/MB/KB/MP/SC/MP",
            "Historical and Cultural Monuments of the Myrzashol Region",
        ):
            self.assertIn(text, repaired)

    @users("test_clerk")
    def test_real_curriculum_again_and_approved(self):
        curriculum = self._import().records
        again = self._import()
        self.assertEqual(again.records, curriculum)
        for what in ("created", "updated", "deleted"):
            self.assertEqual(again.total(what), 0, what)
        curriculum.with_user(self.head).action_approve()
        again = self._import()
        self.assertTrue(again.stored)
        self.assertEqual(again.records, curriculum)
