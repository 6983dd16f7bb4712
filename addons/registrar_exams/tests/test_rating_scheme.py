from odoo.exceptions import AccessError, ValidationError

from .. import grading
from .common import ExamsCommon


class TestRatingScheme(ExamsCommon):
    def test_shipped_schemes_are_those_of_the_arithmetic(self):
        for code, expected in grading.SCHEMES.items():
            scheme = self.env["registrar.rating.scheme"].search([("code", "=", code)])
            found = scheme._to_grading()
            same = (
                "method",
                "part_weights",
                "part_min",
                "min_grades",
                "admission_max",
                "admission_min",
                "admission_weight",
                "exam_weight",
                "has_admission",
                "has_exam",
                "round_admission",
                "round_exam",
                "failed_score",
            )
            for name in same:
                self.assertEqual(
                    getattr(found, name) if getattr(expected, name) else False,
                    getattr(expected, name) or False,
                    f"{code}.{name}",
                )
            if expected.has_exam:
                self.assertEqual(found.exam_max, expected.exam_max, code)
                self.assertEqual(found.exam_min, expected.exam_min, code)

    def test_best_marks_must_give_hundred(self):
        with self.refused(ValidationError, "not 100"):
            self._scheme(exam_weight=0.5)

    def test_every_mark_needs_a_weight(self):
        with self.refused(ValidationError, "one weight"):
            self._scheme(method="weighted", part_weights="0.3")
        with self.refused(ValidationError, "not numbers"):
            self._scheme(method="weighted", part_weights="a; b")
        scheme = self._scheme(method="weighted", part_weights="0,4; 0,6")
        self.assertEqual(grading.admission_rating([50, 100], scheme._to_grading()), 80)

    def test_scheme_of_registered_sheets_stays(self):
        sheet = self._sheet(self.disciplines[0])
        scheme = sheet.scheme_id
        self.assertFalse(scheme.is_used)
        self._finish(sheet, [(90, 90, 90)] * 4)
        scheme.invalidate_recordset(["is_used"])
        with self.refused(ValidationError, "no longer be changed"):
            scheme.exam_min = 40
        scheme.sequence = 3

    def test_default_and_class_group(self):
        schemes = self.env["registrar.rating.scheme"]
        self.assertEqual(schemes._default_for("exam").code, "M2_MEAN")
        self.assertEqual(schemes._default_for("exam", "report").code, "EXAM_ONLY")
        strict = self.env.ref("registrar_exams.rating_scheme_m2")
        self.env.company.registrar_scheme_id = strict
        own = self.env.ref("registrar_exams.rating_scheme_no_exam")
        group = self.class_groups.filtered(
            lambda g: g.discipline_id == self.training and g.term_id == self.autumn
        )
        group.rating_scheme_id = own
        self.assertEqual(self._sheet(self.disciplines[0]).scheme_id, strict)
        self.assertEqual(self._sheet(self.training).scheme_id, own)

    def test_only_the_head_changes_schemes(self):
        scheme = self.env.ref("registrar_exams.rating_scheme_m2")
        for user in (self.clerk, self.teacher, self.viewer):
            with self.assertRaises(AccessError):
                scheme.with_user(user).part_min = 40
        scheme.with_user(self.head).part_min = 40

    def _scheme(self, **values):
        return self.env["registrar.rating.scheme"].create(
            {"code": "TEST", "name_kk": "Сынақ", "name_ru": "Проверка", **values}
        )
