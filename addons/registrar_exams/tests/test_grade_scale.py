from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .. import grading
from .common import AUTUMN_DAY, ExamsCommon


class TestGradeScale(ExamsCommon):
    def test_shipped_scales_are_those_of_the_arithmetic(self):
        for code, expected in grading.SCALES.items():
            scale = self.env["registrar.grade.scale"].search([("code", "=", code)])
            found = scale._to_grading()
            self.assertEqual(found.grades, expected.grades)
            self.assertEqual(found.valid_from, expected.valid_from)
            self.assertEqual(found.valid_to, expected.valid_to)

    def test_scale_by_date_of_control(self):
        scales = self.env["registrar.grade.scale"]
        self.assertEqual(scales._at(date(2018, 12, 31)).code, "KZ2011")
        self.assertEqual(scales._at(date(2019, 1, 1)).code, "KZ2019")
        old = scales._at(date(2018, 12, 31)).line_ids.filtered(
            lambda line: line.letter == "C+"
        )
        new = scales._at(AUTUMN_DAY).line_ids.filtered(lambda line: line.letter == "C+")
        self.assertEqual(old._text("ru"), "Удовлетворительно")
        self.assertEqual(new._text("ru"), "Хорошо")
        self.assertEqual(new._text("kk"), "Жақсы")
        self.assertEqual(new._text("en"), "Good")
        self.assertEqual(new._text("ru", short=True), "хор.")

    def test_two_scales_on_one_day_are_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._scale(valid_from="2020-01-01")

    def test_gap_and_overlap_are_refused(self):
        self._scale(rows=(("F", 0, 49), ("D", 50, 100)))
        with self.refused(ValidationError, "must begin at 50"):
            self._scale(code="GAP", rows=(("F", 0, 49), ("D", 51, 100)))
        with self.refused(ValidationError, "must begin at 50"):
            self._scale(code="OVER", rows=(("F", 0, 49), ("D", 49, 100)))
        with self.refused(ValidationError, "must end at 100"):
            self._scale(code="SHORT", rows=(("F", 0, 49), ("D", 50, 99)))

    def test_line_alone_cannot_open_a_gap(self):
        scale = self._scale(rows=(("F", 0, 49), ("D", 50, 100)))
        with self.refused(ValidationError, "must end at 100"):
            scale.line_ids.filtered("passed").sorted("score_max")[-1].score_max = 90

    def test_both_borders_may_move_together(self):
        scale = self._scale(rows=(("F", 0, 49), ("D", 50, 100)))
        lower, upper = scale.line_ids.sorted("score_min")
        scale.write(
            {
                "line_ids": [
                    Command.update(upper.id, {"score_min": 60}),
                    Command.update(lower.id, {"score_max": 59}),
                ]
            }
        )
        self.assertEqual(grading.letter(59, scale._to_grading()).letter, "F")

    def test_scale_in_use_stays(self):
        sheet = self._sheet(self.disciplines[0])
        self._finish(sheet, [(90, 90, 90)] * 4)
        scale = sheet.scale_id
        self.assertTrue(scale.is_used)
        with self.refused(UserError, "can no longer be changed"):
            scale.line_ids[0].points = 4.5
        with self.refused(UserError, "can no longer be changed"):
            scale.line_ids[0].unlink()

    def test_only_the_head_changes_scales(self):
        scale = self.env.ref("registrar_exams.grade_scale_2019")
        for user in (self.clerk, self.dean, self.teacher, self.viewer):
            with self.assertRaises(AccessError):
                scale.with_user(user).name_en = "Mine"
        scale.with_user(self.head).name_en = "Current scale"

    def _scale(self, code="TEST", rows=(), **values):
        return self.env["registrar.grade.scale"].create(
            {
                "code": code,
                "name_kk": code,
                "name_ru": code,
                "active": "valid_from" in values,
                "line_ids": [
                    Command.create(
                        {
                            "letter": letter,
                            "points": low / 50,
                            "score_min": low,
                            "score_max": high,
                        }
                    )
                    for letter, low, high in rows
                ],
                **values,
            }
        )
