import datetime
from decimal import Decimal
from fractions import Fraction

from odoo.tests import BaseCase

from odoo.addons.registrar_exams.grading import (
    DEFAULT_SCALE,
    DEFAULT_SCHEME,
    REASONS,
    SCALE_2011,
    SCALE_2019,
    SCHEME_30_30_40,
    SCHEME_60_40,
    SCHEME_EXAM_ONLY,
    SCHEME_M2,
    SCHEME_MIN_N,
    SCHEME_NO_EXAM,
    SCHEME_TC4,
    SCHEMES,
    Grade,
    Quality,
    admission_exact,
    admission_rating,
    check_admission,
    credits_earned,
    exam_needed,
    final_grade,
    gpa,
    grade_by_letter,
    letter,
    make_scale,
    quality,
    rank,
    round_half_up,
    scale_for,
    traditional_name,
)

# letter, points, first and last per cent, mark
NATIONAL = [
    ("A", "4.00", 95, 100, 5),
    ("A-", "3.67", 90, 94, 5),
    ("B+", "3.33", 85, 89, 4),
    ("B", "3.00", 80, 84, 4),
    ("B-", "2.67", 75, 79, 4),
    ("C+", "2.33", 70, 74, 4),
    ("C", "2.00", 65, 69, 3),
    ("C-", "1.67", 60, 64, 3),
    ("D+", "1.33", 55, 59, 3),
    ("D", "1.00", 50, 54, 3),
    ("FX", "0.50", 25, 49, 2),
    ("F", "0.00", 0, 24, 2),
]


class TestScale(BaseCase):
    def test_every_score_has_exactly_one_letter(self):
        for name, points, first, last, mark in NATIONAL:
            for score in range(first, last + 1):
                grade = letter(score)
                self.assertEqual(
                    grade,
                    Grade(name, Decimal(points), first, last, mark, score >= 50),
                    score,
                )
        covered = sum(last - first + 1 for _n, _p, first, last, _m in NATIONAL)
        self.assertEqual(covered, 101)

    def test_points_never_fall_when_the_score_rises(self):
        points = [letter(score).points for score in range(101)]
        self.assertEqual(points, sorted(points))

    def test_score_is_rounded_half_up_before_the_lookup(self):
        for score, expected in [
            ("24.49", "F"),
            ("24.5", "FX"),
            ("49.49", "FX"),
            ("49.5", "D"),
            (49.5, "D"),
            (24.5, "FX"),
            (Decimal("89.5"), "A-"),
            (Decimal("94.4999"), "A-"),
            ("94.5", "A"),
            (99.99, "A"),
            ("0.4", "F"),
        ]:
            self.assertEqual(letter(score).letter, expected, score)

    def test_score_outside_the_range_is_refused(self):
        for score in (101, -1, 100.1, -0.1, "100.4", 1000, Decimal("1e9")):
            with self.assertRaisesRegex(ValueError, "must be 0 to 100"):
                letter(score)

    def test_what_is_not_a_number_is_refused(self):
        for score in (None, ""):
            with self.assertRaisesRegex(ValueError, "missing"):
                letter(score)
        for score in ("A", "7O", float("nan"), float("inf"), True, [90]):
            with self.assertRaisesRegex(ValueError, "must be a number"):
                letter(score)

    def test_old_scale_has_no_fx_and_c_plus_is_satisfactory(self):
        self.assertEqual(letter(72, SCALE_2011).traditional, 3)
        self.assertEqual(letter(72, SCALE_2019).traditional, 4)
        for score in range(50):
            self.assertEqual(letter(score, SCALE_2011).letter, "F")
        for score in range(50, 101):
            self.assertEqual(letter(score, SCALE_2011).letter, letter(score).letter)

    def test_scale_by_date(self):
        self.assertIs(scale_for(datetime.date(2015, 1, 20)), SCALE_2011)
        self.assertIs(scale_for(datetime.date(2018, 12, 31)), SCALE_2011)
        self.assertIs(scale_for(datetime.date(2019, 1, 1)), SCALE_2019)
        self.assertIs(scale_for(datetime.date(2026, 1, 20)), DEFAULT_SCALE)
        with self.assertRaises(ValueError):
            scale_for(datetime.date(2015, 1, 20), [SCALE_2019])

    def test_own_scale(self):
        scale = make_scale([("P", 1, 60, 100, 5, True), ("N", 0, 0, 59, 2, False)])
        self.assertEqual(letter(60, scale).letter, "P")
        self.assertEqual(letter(59, scale).letter, "N")
        self.assertEqual(letter(59, list(scale.grades)).letter, "N")

    def test_scale_with_gap_overlap_or_double_letter_is_refused(self):
        good = [("P", 1, 60, 100, 5, True)]
        for bad in (
            ("N", 0, 0, 58, 2, False),
            ("N", 0, 0, 60, 2, False),
            ("N", 0, 1, 59, 2, False),
            ("P", 0, 0, 59, 2, False),
        ):
            with self.assertRaises(ValueError):
                make_scale([*good, bad])
        with self.assertRaises(ValueError):
            make_scale([("P", 1, 0, 99, 5, True)])

    def test_lookup_by_letter_and_names(self):
        self.assertEqual(grade_by_letter("C+").points, Decimal("2.33"))
        with self.assertRaises(ValueError):
            grade_by_letter("FX", SCALE_2011)
        self.assertEqual(traditional_name(5, "kk"), "Өте жақсы")
        self.assertEqual(traditional_name(2, "ru"), "Неудовлетворительно")


class TestAdmissionRating(BaseCase):
    def test_mean_is_rounded_half_up(self):
        self.assertEqual(admission_rating([80, 90]), 85)
        self.assertEqual(admission_rating([80, 81]), 81)
        self.assertEqual(admission_rating([49, 50]), 50)
        self.assertEqual(admission_rating([70, 70, 71]), 70)
        self.assertIsInstance(admission_rating([80, 81]), int)

    def test_mean_of_all_pairs_equals_exact_fractions(self):
        for first in range(101):
            for second in range(101):
                expected = int(Fraction(first + second, 2) + Fraction(1, 2))
                self.assertEqual(admission_rating([first, second]), expected)

    def test_four_marks(self):
        self.assertEqual(admission_rating([60, 70, 80, 91], SCHEME_TC4), 75)
        self.assertEqual(admission_rating([60, 70, 80, 92], SCHEME_TC4), 76)
        with self.assertRaisesRegex(ValueError, "takes 4 marks"):
            admission_rating([60, 70], SCHEME_TC4)

    def test_least_number_of_marks(self):
        # Two marks where three are the minimum: 160 / 3; then three of three.
        parts = [[80, 80], [90, 90, 90]]
        self.assertEqual(
            round_half_up(admission_exact(parts, SCHEME_MIN_N), 2), Decimal("71.67")
        )
        self.assertEqual(admission_rating(parts, SCHEME_MIN_N), 72)
        self.assertEqual(admission_rating([[], [90, 90, 90]], SCHEME_MIN_N), 45)

    def test_thirty_thirty(self):
        self.assertEqual(admission_exact([80, 75], SCHEME_30_30_40), Decimal("46.5"))
        result = final_grade(Decimal("46.5"), 70, SCHEME_30_30_40)
        self.assertEqual(result.score, 75)

    def test_points_of_the_term(self):
        self.assertEqual(admission_rating([12, 20, 15], SCHEME_60_40), 47)
        with self.assertRaisesRegex(ValueError, "must be 0 to 60"):
            admission_rating([40, 30], SCHEME_60_40)

    def test_midterm_below_its_threshold_bars(self):
        self.assertEqual(
            check_admission([40, 90], SCHEME_M2), (65, False, "part_below_threshold")
        )
        self.assertEqual(check_admission([50, 50], SCHEME_M2), (50, True, ""))
        self.assertEqual(check_admission([40, 90]), (65, True, ""))
        self.assertEqual(check_admission([40, 58]), (49, False, "not_admitted"))
        self.assertEqual(check_admission([49, 50]), (50, True, ""))
        exact = DEFAULT_SCHEME._replace(round_admission=False)
        self.assertEqual(check_admission([49, 50], exact), (50, False, "not_admitted"))

    def test_bad_marks_are_refused(self):
        for parts in ([], [101, 50], [-1, 50], [None, 50], ["x", 50]):
            with self.assertRaises(ValueError):
                admission_rating(parts)


class TestFinalGrade(BaseCase):
    def test_all_pairs_against_the_rule(self):
        for rating in range(101):
            for exam in range(101):
                score, grade, reason = final_grade(rating, exam)
                if rating < 50:
                    expected = (0, "F", "not_admitted")
                elif exam < 25:
                    expected = (exam, "F", "exam_failed")
                elif exam < 50:
                    expected = (exam, "FX", "exam_fx")
                else:
                    total = (6 * rating + 4 * exam + 5) // 10
                    expected = (total, letter(total).letter, "")
                self.assertEqual((score, grade.letter, reason), expected)
                self.assertEqual(grade.passed, rating >= 50 and exam >= 50)
                self.assertEqual(letter(score), grade)

    def test_failed_exam_overrides_the_weighted_sum(self):
        result = final_grade(90, 40)
        self.assertEqual(result.grade.letter, "FX")
        self.assertEqual(result.grade.points, Decimal("0.50"))
        self.assertEqual(result.score, 40)
        weighted = DEFAULT_SCHEME._replace(failed_score="weighted")
        result = final_grade(90, 40, weighted)
        self.assertEqual((result.score, result.grade.letter), (70, "FX"))

    def test_failed_exam_in_a_scale_without_fx(self):
        result = final_grade(90, 40, scale=SCALE_2011)
        self.assertEqual((result.grade.letter, result.reason), ("F", "exam_failed"))

    def test_boundaries_of_the_exam(self):
        letters = {e: final_grade(100, e).grade.letter for e in (24, 25, 49, 50)}
        self.assertEqual(letters, {24: "F", 25: "FX", 49: "FX", 50: "B"})
        self.assertEqual(final_grade(50, Decimal("49.5")).grade.letter, "D")
        self.assertEqual(final_grade(50, Decimal("24.5")).grade.letter, "FX")
        self.assertEqual(final_grade(Decimal("49.5"), 50).grade.letter, "D")
        self.assertEqual(final_grade("49.4", 100).reason, "not_admitted")

    def test_order_of_rounding_is_a_setting(self):
        self.assertEqual(final_grade(Decimal("79.5"), 79).score, 80)
        exact = DEFAULT_SCHEME._replace(round_admission=False)
        result = final_grade(Decimal("79.5"), 79, exact)
        self.assertEqual((result.score, result.grade.letter), (79, "B-"))

    def test_absence(self):
        result = final_grade(80, None)
        self.assertEqual((result.score, result.reason), (0, "absent"))
        self.assertEqual(result.grade.letter, "F")
        self.assertEqual(
            final_grade(80, None, excused=True), (None, None, "incomplete")
        )
        # Who was not admitted cannot be excused from the exam.
        self.assertEqual(final_grade(30, None, excused=True).reason, "not_admitted")

    def test_barred_for_another_reason(self):
        result = final_grade(95, 95, admitted=False)
        self.assertEqual((result.score, result.grade.letter), (0, "F"))
        self.assertEqual(result.reason, "not_admitted")
        # Another permission never lifts the threshold.
        self.assertEqual(final_grade(40, 95, admitted=True).reason, "not_admitted")

    def test_discipline_without_exam(self):
        self.assertEqual(final_grade(88, None, SCHEME_NO_EXAM).grade.letter, "B+")
        result = final_grade(40, None, SCHEME_NO_EXAM)
        # FX exists for exams only.
        self.assertEqual((result.grade.letter, result.reason), ("F", "rating_failed"))
        with self.assertRaisesRegex(ValueError, "has no exam"):
            final_grade(88, 90, SCHEME_NO_EXAM)

    def test_exam_only(self):
        self.assertEqual(final_grade(None, 91, SCHEME_EXAM_ONLY).grade.letter, "A-")
        self.assertEqual(final_grade(None, 30, SCHEME_EXAM_ONLY).grade.letter, "FX")
        with self.assertRaisesRegex(ValueError, "has no admission rating"):
            final_grade(80, 91, SCHEME_EXAM_ONLY)

    def test_points_of_term_and_exam(self):
        result = final_grade(47, 33, SCHEME_60_40)
        self.assertEqual((result.score, result.grade.letter), (80, "B"))
        self.assertEqual(final_grade(29, 40, SCHEME_60_40).reason, "not_admitted")
        self.assertEqual(final_grade(60, 19, SCHEME_60_40).grade.letter, "FX")
        self.assertEqual(final_grade(60, 9, SCHEME_60_40).grade.letter, "F")
        self.assertEqual(final_grade(30, 20, SCHEME_60_40).grade.letter, "D")
        with self.assertRaisesRegex(ValueError, "must be 0 to 40"):
            final_grade(60, 41, SCHEME_60_40)
        with self.assertRaisesRegex(ValueError, "must be 0 to 60"):
            final_grade(61, 40, SCHEME_60_40)

    def test_other_exam_thresholds(self):
        strict = DEFAULT_SCHEME._replace(exam_min=Decimal(60))
        result = final_grade(90, 55, strict)
        self.assertEqual((result.score, result.grade.letter), (49, "FX"))
        lenient = DEFAULT_SCHEME._replace(exam_min=Decimal(0))
        result = final_grade(50, 40, lenient)
        self.assertEqual((result.score, result.reason), (46, "below_pass"))
        self.assertFalse(result.grade.passed)

    def test_marks_out_of_range_are_refused(self):
        for rating, exam in ((101, 50), (50, 101), (-1, 50), (50, -1), (30, 101)):
            with self.assertRaisesRegex(ValueError, "must be 0 to 100"):
                final_grade(rating, exam)
        with self.assertRaisesRegex(ValueError, "admission rating is missing"):
            final_grade(None, 50)

    def test_every_scheme_and_reason_is_consistent(self):
        for scheme in SCHEMES.values():
            rating = scheme.admission_max if scheme.has_admission else None
            exam = scheme.exam_max if scheme.has_exam else None
            self.assertEqual(final_grade(rating, exam, scheme).score, 100)
        self.assertEqual(len(REASONS), len(set(REASONS.values())))

    def test_needed_exam(self):
        self.assertEqual(exam_needed(90, "A"), None)
        self.assertEqual(exam_needed(90, "A-"), 89)
        self.assertEqual(exam_needed(60, "D"), 50)
        self.assertEqual(exam_needed(49, "D"), None)


class TestGpa(BaseCase):
    def test_published_samples(self):
        lines = [("2.67", 6), ("4.00", 5), ("2.33", 5), ("3.00", 5)]
        self.assertEqual(gpa(lines), Decimal("2.98"))
        self.assertEqual(gpa([(4.0, 3), (3.0, 2), (0.0, 3)]), Decimal("2.25"))

    def test_precision(self):
        lines = [(4, 5), (3, 5), (3, 5)]
        self.assertEqual(str(gpa(lines)), "3.33")
        self.assertEqual(str(gpa(lines, digits=4)), "3.3333")
        self.assertEqual(gpa(lines, digits=None), Decimal(50) / 15)
        # Exactly in the middle: half up, not to even.
        self.assertEqual(gpa([("2.67", 1), ("1.00", 1)]), Decimal("1.84"))
        self.assertEqual(gpa([("2.33", 1), ("2.00", 1)]), Decimal("2.17"))

    def test_equal_to_exact_fractions(self):
        points = [Decimal(row[1]) for row in NATIONAL]
        for shift in range(len(points)):
            lines = [(points[(shift * i) % 12], 2 + i % 7) for i in range(50)]
            exact = sum(Fraction(p) * c for p, c in lines) / sum(c for _p, c in lines)
            self.assertEqual(
                gpa(lines), Decimal(int(exact * 100 + Fraction(1, 2))) / 100
            )

    def test_nothing_to_count(self):
        self.assertEqual(gpa([]), Decimal(0))
        self.assertEqual(gpa([(None, 5)]), Decimal(0))
        self.assertEqual(gpa([(4, 0)]), Decimal(0))
        self.assertIsInstance(gpa([]), Decimal)

    def test_lines_without_points_are_left_out(self):
        self.assertEqual(gpa([(4, 5), (None, 50)]), Decimal("4.00"))

    def test_bad_lines_are_refused(self):
        for line in ((-1, 5), (4, -5), ("x", 5), (4, None), (4, "")):
            with self.assertRaises(ValueError):
                gpa([line])

    def test_credits_earned(self):
        lines = [(letter(90), 5), (letter(49), 5), (True, Decimal("2.5")), (False, 3)]
        self.assertEqual(credits_earned(lines), Decimal("7.5"))
        self.assertEqual(credits_earned([]), 0)
        with self.assertRaises(ValueError):
            credits_earned([(True, -1)])

    def test_rank(self):
        self.assertEqual(rank([3.5, 4.0, 3.5, None, 2]), [2, 1, 2, None, 4])
        self.assertEqual(rank([(3.5, 60), (3.5, 55), (3.5, 60)]), [1, 3, 1])
        self.assertEqual(rank([]), [])


class TestQuality(BaseCase):
    def test_published_sample(self):
        result = quality({5: 5, 4: 8, 3: 5, 2: 2})
        self.assertEqual(
            result,
            Quality(Decimal(90), Decimal(65), Decimal("3.8"), Decimal("61.2")),
        )

    def test_unattested_stay_in_the_denominator(self):
        result = quality({5: 5, 4: 8, 3: 5, 2: 2, 0: 5})
        self.assertEqual(result.success, Decimal("72"))
        self.assertEqual(result.quality, Decimal("52"))
        self.assertEqual(result.mean, Decimal("3.04"))
        # (500 + 512 + 180 + 32 + 35) / 25
        self.assertEqual(result.sou, Decimal("50.36"))

    def test_half_up(self):
        self.assertEqual(quality({5: 2, 2: 1}).success, Decimal("66.67"))
        self.assertEqual(quality({5: 1, 2: 7}).success, Decimal("12.5"))
        self.assertEqual(quality({5: 1, 2: 7}, digits=0).success, Decimal("13"))

    def test_nobody(self):
        self.assertEqual(quality({}), (0, 0, 0, 0))
        self.assertEqual(quality({5: 0, 0: 0}), (0, 0, 0, 0))
        self.assertEqual(quality({0: 3}).sou, Decimal(7))

    def test_bad_counts_are_refused(self):
        for counts in ({1: 3}, {5: -1}, {5: 1.5}, {5: None}, {"A": 1}):
            with self.assertRaises(ValueError):
                quality(counts)
