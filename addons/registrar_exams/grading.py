"""Arithmetic of grades: ratings, final grades, letters, GPA, quality indicators.

Plain Python on :class:`decimal.Decimal`, no ORM, importable without Odoo. Marks come
in as int, Decimal, float or numeric text; a mark outside its range is refused
with ValueError, never clamped. Rounding is half up everywhere (24.5 → 25).

Rules: model rules of activity of organisations of higher education (order
No. 595 of 30.10.2018, scale in the annex) and the order No. 152 of 20.04.2011 on
the credit technology. What universities decide themselves (formula, thresholds, order
of rounding, dates of a scale) is data here: :class:`RatingScheme` and
:class:`GradeScale`.
"""

import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

# -- Kinds of values -----------------------------------------------------------


class Grade(NamedTuple):
    """One row of a grade scale.

    ``points`` is the digital equivalent (Decimal), ``score_min`` and ``score_max``
    whole per cent, both inclusive, ``traditional`` the mark 5, 4, 3 or 2 (names in
    :data:`TRADITIONAL_NAMES`), ``passed`` whether credits are earned.
    """

    letter: str
    points: Decimal
    score_min: int
    score_max: int
    traditional: int
    passed: bool


class GradeScale(NamedTuple):
    """A scale with the dates of control it is used for.

    ``valid_from`` inclusive, ``valid_to`` exclusive, None is open. ``grades`` go from
    the highest to the lowest and cover 0..100 without gaps.
    """

    code: str
    name: str
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    grades: tuple


class RatingScheme(NamedTuple):
    """How marks of a term and of the exam make a final grade.

    ``method`` makes the admission rating of the parts:

    * ``mean`` – arithmetic mean of the parts;
    * ``groups`` – parts are lists of marks, one list per midterm period; each gives
      its mean, but never a divisor below ``min_grades``; then the mean of them;
    * ``weighted`` – sum of parts times ``part_weights``;
    * ``sum`` – sum of the parts (points collected in the term).

    ``part_count`` None takes any number of parts. The final grade is
    ``admission_weight`` × rating + ``exam_weight`` × exam, rounded half up.
    ``round_admission`` and ``round_exam`` say whether a fractional rating or exam is
    rounded before (thresholds and weights then see whole numbers) or not.
    ``part_min`` is the least mark of each part for admission, None means no such
    rule. ``failed_score`` says which score stands beside FX and F after a failed
    exam: ``exam`` (the exam in per cent) or ``weighted`` (the weighted sum).
    """

    code: str
    name: str
    method: str = "mean"
    part_count: int | None = None
    part_weights: tuple = ()
    part_min: Decimal | None = None
    min_grades: int = 0
    admission_max: Decimal = Decimal(100)
    admission_min: Decimal = Decimal(50)
    admission_weight: Decimal = Decimal("0.6")
    exam_max: Decimal = Decimal(100)
    exam_min: Decimal = Decimal(50)
    exam_weight: Decimal = Decimal("0.4")
    has_admission: bool = True
    has_exam: bool = True
    round_admission: bool = True
    round_exam: bool = True
    failed_score: str = "exam"


class FinalGrade(NamedTuple):
    """Outcome of one attempt at a discipline.

    ``score`` whole per cent and ``grade`` a :class:`Grade`; both None while the grade
    is open (``incomplete``). ``reason`` is empty for an ordinary passed grade, else
    a key of :data:`REASONS`.
    """

    score: int | None
    grade: Grade | None
    reason: str


class Admission(NamedTuple):
    """Rating (whole) and whether it admits to the exam; ``reason`` as above."""

    rating: int
    admitted: bool
    reason: str


class Quality(NamedTuple):
    """Indicators of a session: per cent, mean grade, per cent (two digits)."""

    success: Decimal
    quality: Decimal
    mean: Decimal
    sou: Decimal


#: Why a final grade is not simply the weighted sum.
REASONS = {
    "not_admitted": "the admission rating is below the threshold: F, re-study",
    "part_below_threshold": "a midterm is below its threshold: F, re-study",
    "exam_fx": "the exam is failed with FX: one resit, the weighted sum is void",
    "exam_failed": "the exam is failed with F: re-study, the weighted sum is void",
    "absent": "absent without a valid reason: the exam counts as 0, F",
    "incomplete": "absent with a valid reason: no grade yet (mark I)",
    "rating_failed": "a discipline without exam with a rating below the threshold: F",
    "below_pass": "the weighted sum is below the lowest passing grade",
}

TRADITIONAL_NAMES = {
    5: {"en": "Excellent", "ru": "Отлично", "kk": "Өте жақсы"},
    4: {"en": "Good", "ru": "Хорошо", "kk": "Жақсы"},
    3: {"en": "Satisfactory", "ru": "Удовлетворительно", "kk": "Қанағаттанарлық"},
    2: {
        "en": "Unsatisfactory",
        "ru": "Неудовлетворительно",
        "kk": "Қанағаттанарлықсыз",
    },
}

# -- Scales --------------------------------------------------------------------


def make_scale(rows, code="custom", name="", valid_from=None, valid_to=None):
    """Build a :class:`GradeScale` of rows and check it.

    :param rows: tuples (letter, points, score_min, score_max, traditional, passed) or
        :class:`Grade`, in any order
    :raises ValueError: a gap or an overlap in 0..100, a letter used twice
    """
    grades = sorted(
        (Grade(row[0], Decimal(str(row[1])), *row[2:]) for row in rows),
        key=lambda grade: grade.score_min,
    )
    expected = 0
    for grade in grades:
        if grade.score_min != expected or grade.score_max < grade.score_min:
            raise ValueError(
                f"scale {code}: {grade.letter} must begin at {expected} %, "
                f"not cover {grade.score_min}–{grade.score_max}"
            )
        expected = grade.score_max + 1
    if expected != 101:
        raise ValueError(f"scale {code}: it ends at {expected - 1} %, not at 100")
    letters = [grade.letter for grade in grades]
    if len(set(letters)) != len(letters):
        raise ValueError(f"scale {code}: a letter is used twice")
    return GradeScale(code, name or code, valid_from, valid_to, tuple(grades[::-1]))


#: From this day C+ is "good" and FX exists. The day is a setting of a university
#: (its academic policy); existing results keep the scale they were given in.
SCALE_CHANGE_DATE = datetime.date(2019, 1, 1)

_UPPER_ROWS = (
    ("A", "4.00", 95, 100, 5, True),
    ("A-", "3.67", 90, 94, 5, True),
    ("B+", "3.33", 85, 89, 4, True),
    ("B", "3.00", 80, 84, 4, True),
    ("B-", "2.67", 75, 79, 4, True),
)
_LOWER_ROWS = (
    ("C", "2.00", 65, 69, 3, True),
    ("C-", "1.67", 60, 64, 3, True),
    ("D+", "1.33", 55, 59, 3, True),
    ("D", "1.00", 50, 54, 3, True),
)

SCALE_2019 = make_scale(
    (
        *_UPPER_ROWS,
        ("C+", "2.33", 70, 74, 4, True),
        *_LOWER_ROWS,
        ("FX", "0.50", 25, 49, 2, False),
        ("F", "0.00", 0, 24, 2, False),
    ),
    code="KZ2019",
    name="Point-rating letter system, with FX",
    valid_from=SCALE_CHANGE_DATE,
)
SCALE_2011 = make_scale(
    (
        *_UPPER_ROWS,
        ("C+", "2.33", 70, 74, 3, True),
        *_LOWER_ROWS,
        ("F", "0.00", 0, 49, 2, False),
    ),
    code="KZ2011",
    name="Point-rating letter system, without FX",
    valid_to=SCALE_CHANGE_DATE,
)
SCALES = {scale.code: scale for scale in (SCALE_2019, SCALE_2011)}
DEFAULT_SCALE = SCALE_2019


def scale_for(date, scales=None):
    """Return the scale in force on a date of control.

    :param scales: iterable of :class:`GradeScale`, by default the national ones
    :raises ValueError: no scale is in force on that day
    """
    for scale in SCALES.values() if scales is None else scales:
        if (scale.valid_from is None or scale.valid_from <= date) and (
            scale.valid_to is None or date < scale.valid_to
        ):
            return scale
    raise ValueError(f"no grade scale is in force on {date.isoformat()}")


# -- Schemes -------------------------------------------------------------------

SCHEME_M2_MEAN = RatingScheme("M2_MEAN", "Mean of the midterms; 60/40")
SCHEME_M2 = RatingScheme(
    "M2",
    "Mean of two midterms, each at least 50; 60/40",
    part_count=2,
    part_min=Decimal(50),
)
SCHEME_TC4 = RatingScheme(
    "TC4", "Mean of two current controls and two midterms; 60/40", part_count=4
)
SCHEME_MIN_N = RatingScheme(
    "MIN_N",
    "Marks of two periods, at least N in each; 60/40",
    method="groups",
    part_count=2,
    min_grades=3,
)
SCHEME_30_30_40 = RatingScheme(
    "P30_30_40",
    "30 % first midterm, 30 % second midterm, 40 % exam",
    method="weighted",
    part_count=2,
    part_weights=(Decimal("0.3"), Decimal("0.3")),
    admission_max=Decimal(60),
    admission_min=Decimal(30),
    admission_weight=Decimal(1),
    round_admission=False,
)
SCHEME_60_40 = RatingScheme(
    "CUM_60_40",
    "Up to 60 points in the term, up to 40 in the exam",
    method="sum",
    admission_max=Decimal(60),
    admission_min=Decimal(30),
    admission_weight=Decimal(1),
    exam_max=Decimal(40),
    exam_min=Decimal(20),
    exam_weight=Decimal(1),
)
SCHEME_NO_EXAM = RatingScheme(
    "NO_EXAM",
    "No exam: the rating is the grade",
    admission_weight=Decimal(1),
    exam_weight=Decimal(0),
    has_exam=False,
)
SCHEME_EXAM_ONLY = RatingScheme(
    "EXAM_ONLY",
    "No rating: the exam, the report or the defence is the grade",
    admission_weight=Decimal(0),
    exam_weight=Decimal(1),
    has_admission=False,
)
SCHEMES = {
    scheme.code: scheme
    for scheme in (
        SCHEME_M2_MEAN,
        SCHEME_M2,
        SCHEME_TC4,
        SCHEME_MIN_N,
        SCHEME_30_30_40,
        SCHEME_60_40,
        SCHEME_NO_EXAM,
        SCHEME_EXAM_ONLY,
    )
}
DEFAULT_SCHEME = SCHEME_M2_MEAN


# -- Numbers -------------------------------------------------------------------


def to_decimal(value, what="mark"):
    """Return ``value`` as a finite Decimal; a float by its shortest spelling.

    :raises ValueError: missing, not a number, infinite
    """
    if value is None or value == "":
        raise ValueError(f"the {what} is missing")
    if isinstance(value, bool):
        raise ValueError(f"the {what} must be a number, got {value!r}")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"the {what} must be a number, got {value!r}") from None
    if not number.is_finite():
        raise ValueError(f"the {what} must be a number, got {value!r}")
    return number


def round_half_up(value, digits=0):
    """Round half away from zero to ``digits`` decimals (24.5 → 25).

    :rtype: Decimal
    """
    return to_decimal(value, "number").quantize(
        Decimal(1).scaleb(-digits), ROUND_HALF_UP
    )


def check_mark(value, what="mark", maximum=100):
    """Return ``value`` as Decimal when it lies in 0..maximum, else raise ValueError."""
    number = to_decimal(value, what)
    if not 0 <= number <= maximum:
        raise ValueError(f"the {what} must be 0 to {maximum}, got {value}")
    return number


# -- Letters and grades --------------------------------------------------------


def letter(score, scale=DEFAULT_SCALE):
    """Return the grade of a score in per cent, rounded half up before the lookup.

    :param score: 0..100 (49.5 is 50, so D)
    :param scale: a :class:`GradeScale` or an iterable of :class:`Grade`
    :rtype: Grade
    :raises ValueError: the score is missing, no number, or outside 0..100
    """
    whole = int(round_half_up(check_mark(score, "score")))
    for grade in _grades(scale):
        if grade.score_min <= whole <= grade.score_max:
            return grade
    raise ValueError(f"the scale has no grade for {whole} %")


def grade_by_letter(text, scale=DEFAULT_SCALE):
    """Return the grade with this letter; ValueError if the scale has none."""
    for grade in _grades(scale):
        if grade.letter == text:
            return grade
    raise ValueError(f"the scale has no grade {text!r}")


def traditional_name(mark, lang="en"):
    """Return the name of the mark 5, 4, 3 or 2; ``lang`` kk, ru or en."""
    return TRADITIONAL_NAMES[mark][lang]


def _grades(scale):
    return scale.grades if isinstance(scale, GradeScale) else tuple(scale)


# -- Admission and final grade -------------------------------------------------


def admission_exact(parts, scheme=DEFAULT_SCHEME):
    """Return the admission rating before any rounding; see :func:`admission_rating`.

    :rtype: Decimal
    """
    parts = list(parts)
    if not parts:
        raise ValueError("the admission rating needs at least one mark")
    if scheme.part_count is not None and len(parts) != scheme.part_count:
        raise ValueError(
            f"scheme {scheme.code} takes {scheme.part_count} marks, got {len(parts)}"
        )
    if scheme.method == "groups":
        return _mean([_group_mean(part, scheme.min_grades) for part in parts])
    maximum = scheme.admission_max if scheme.method == "sum" else 100
    marks = [
        check_mark(part, f"mark {number}", maximum)
        for number, part in enumerate(parts, start=1)
    ]
    if scheme.method == "mean":
        return _mean(marks)
    if scheme.method == "weighted":
        pairs = zip(marks, scheme.part_weights, strict=True)
        return sum((mark * weight for mark, weight in pairs), Decimal(0))
    if scheme.method == "sum":
        return check_mark(
            sum(marks, Decimal(0)), "sum of the marks", scheme.admission_max
        )
    raise ValueError(f"scheme {scheme.code}: unknown method {scheme.method!r}")


def admission_rating(parts, scheme=DEFAULT_SCHEME):
    """Return the admission rating of the marks of a term, rounded half up.

    :param parts: marks as ``scheme.method`` wants them: midterms (M2), current and
        midterm marks (TC4), lists of marks per period (MIN_N), points (CUM_60_40). A
        missing mark is refused: who did not take part has 0.
    :returns: 0..``scheme.admission_max`` (100; 60 for 30/30/40 and 60+40)
    :rtype: int
    :raises ValueError: a mark is missing, no number or out of range; wrong number
    """
    return int(round_half_up(admission_exact(parts, scheme)))


def check_admission(parts, scheme=DEFAULT_SCHEME):
    """Return the rating and whether it admits to the exam.

    :rtype: Admission
    """
    parts = list(parts)
    exact = admission_exact(parts, scheme)
    rating = int(round_half_up(exact))
    if scheme.part_min is not None and any(
        check_mark(part) < scheme.part_min for part in parts
    ):
        return Admission(rating, False, "part_below_threshold")
    if (rating if scheme.round_admission else exact) < scheme.admission_min:
        return Admission(rating, False, "not_admitted")
    return Admission(rating, True, "")


def final_grade(
    admission,
    exam,
    scheme=DEFAULT_SCHEME,
    *,
    scale=DEFAULT_SCALE,
    admitted=None,
    excused=False,
):
    """Return the final grade of one attempt.

    In this order: not admitted → F with 0; no exam mark → ``incomplete`` without
    grade when excused, else F with 0; exam below ``scheme.exam_min`` → the failing
    grade of the exam itself (rating 90 and exam 40 is FX, not C+); else the letter
    of the weighted sum.

    :param admission: admission rating, 0..``scheme.admission_max``; None only for
        schemes without rating
    :param exam: exam mark, 0..``scheme.exam_max``; None: did not come, or the
        scheme has no exam
    :param admitted: False bars from the exam for another reason (a midterm below its
        threshold, tuition debt …) whatever the rating; None decides by the rating
    :param bool excused: absence with a valid, documented reason
    :rtype: FinalGrade
    :raises ValueError: a mark is missing, no number or out of range
    """
    rating = Decimal(0)
    if scheme.has_admission:
        rating = check_mark(admission, "admission rating", scheme.admission_max)
        if scheme.round_admission:
            rating = round_half_up(rating)
    elif admission is not None:
        raise ValueError(f"scheme {scheme.code} has no admission rating")
    if exam is not None:
        if not scheme.has_exam:
            raise ValueError(f"scheme {scheme.code} has no exam")
        exam = check_mark(exam, "exam mark", scheme.exam_max)
        if scheme.round_exam:
            exam = round_half_up(exam)

    below = scheme.has_admission and rating < scheme.admission_min
    if below or admitted is False:
        reason = "not_admitted" if scheme.has_exam else "rating_failed"
        return FinalGrade(0, letter(0, scale), reason)
    if scheme.has_exam:
        if exam is None and excused:
            return FinalGrade(None, None, "incomplete")
        if exam is None:
            return FinalGrade(0, letter(0, scale), "absent")
        if exam < scheme.exam_min:
            return _failed_exam(rating, exam, scheme, scale)
    total = _weighted(rating, exam, scheme)
    grade = letter(total, scale)
    return FinalGrade(total, grade, "" if grade.passed else "below_pass")


def exam_needed(admission, target, scheme=DEFAULT_SCHEME, scale=DEFAULT_SCALE):
    """Return the least whole exam mark that gives at least the letter ``target``.

    None when no exam mark can give it, or the rating does not admit.

    :rtype: int | None
    """
    wanted = grade_by_letter(target, scale).score_min
    for exam in range(int(scheme.exam_max) + 1):
        result = final_grade(admission, exam, scheme, scale=scale)
        if result.grade.passed and result.score >= wanted:
            return exam
    return None


def _failed_exam(rating, exam, scheme, scale):
    percent = int(round_half_up(exam * 100 / scheme.exam_max))
    grade = letter(percent, scale)
    if grade.passed:
        # A pass mark above the one of the scale, or per cent rounded up to it.
        grade = next(grade for grade in _grades(scale) if not grade.passed)
        percent = grade.score_max
    score = percent
    if scheme.failed_score == "weighted":
        score = _weighted(rating, exam, scheme)
    reason = "exam_fx" if grade.letter == "FX" else "exam_failed"
    return FinalGrade(score, grade, reason)


def _weighted(rating, exam, scheme):
    total = scheme.admission_weight * rating + scheme.exam_weight * (exam or 0)
    return int(round_half_up(total))


def _group_mean(marks, min_grades):
    marks = [check_mark(mark, f"mark {i}") for i, mark in enumerate(marks, start=1)]
    divisor = max(len(marks), min_grades)
    return sum(marks, Decimal(0)) / divisor if divisor else Decimal(0)


def _mean(values):
    return sum(values, Decimal(0)) / len(values)


# -- GPA, credits, rank --------------------------------------------------------


def gpa(lines, digits=2):
    """Return Σ(points × credits) / Σ credits, rounded half up.

    F and FX count with their points (0 and 0.5) and their credits. Lines without
    points (None: re-credited without a grade, pass/fail) are left out. Nothing to
    count gives 0.

    :param lines: iterable of (points, credits)
    :param digits: decimals of the result; None leaves it unrounded
    :rtype: Decimal
    :raises ValueError: negative points or credits, not a number
    """
    quality_points = total = Decimal(0)
    for points, credits in lines:
        if points is None:
            continue
        points = to_decimal(points, "points")
        credits = to_decimal(credits, "credits")
        if points < 0 or credits < 0:
            raise ValueError(
                f"points and credits must not be negative, got {points}, {credits}"
            )
        quality_points += points * credits
        total += credits
    value = quality_points / total if total else Decimal(0)
    return value if digits is None else round_half_up(value, digits)


def credits_earned(lines):
    """Return the sum of credits of the passed lines.

    :param lines: iterable of (passed, credits); ``passed`` a bool or a
        :class:`Grade`. One line per discipline, with its last state: a retaken
        discipline counts once.
    :rtype: Decimal
    """
    total = Decimal(0)
    for passed, credits in lines:
        if isinstance(passed, Grade):
            passed = passed.passed
        number = to_decimal(credits, "credits")
        if number < 0:
            raise ValueError(f"credits must not be negative, got {credits}")
        total += number if passed else 0
    return total


def rank(values):
    """Return the places, the highest value first; equal values share the place.

    [3.5, 4.0, 3.5, None] → [2, 1, 2, None]. Values may be tuples to break ties
    (GPA, earned credits, mean per cent, …).

    :rtype: list[int | None]
    """
    values = list(values)
    places = {}
    known = sorted((value for value in values if value is not None), reverse=True)
    for place, value in enumerate(known, start=1):
        places.setdefault(value, place)
    return [None if value is None else places[value] for value in values]


# -- Quality of knowledge ------------------------------------------------------

_SOU_WEIGHTS = {5: 100, 4: 64, 3: 36, 2: 16, 0: 7}


def quality(counts, digits=2):
    """Return the indicators of success of a session.

    success = (n5 + n4 + n3) / n, quality = (n5 + n4) / n, mean = Σ mark × n_mark / n,
    sou (степень обученности) = (100 n5 + 64 n4 + 36 n3 + 16 n2 + 7 n0) / n; unattested
    people (key 0) stay in n. Nobody gives zeros.

    :param counts: mapping of the marks 5, 4, 3, 2 and 0 (unattested) to numbers of
        people; marks may be left out
    :rtype: Quality
    :raises ValueError: another mark, a negative or broken number
    """
    numbers = dict.fromkeys(_SOU_WEIGHTS, 0)
    for mark, count in dict(counts).items():
        if mark not in numbers:
            raise ValueError(f"marks are 5, 4, 3, 2 and 0 (unattested), got {mark!r}")
        number = to_decimal(count, f"number of people with {mark}")
        if number < 0 or number != int(number):
            raise ValueError(f"the number of people with {mark} is {count}")
        numbers[mark] = int(number)
    total = sum(numbers.values())
    if not total:
        return Quality(*(round_half_up(0, digits) for _field in Quality._fields))

    def share(value):
        return round_half_up(Decimal(value) / total, digits)

    return Quality(
        success=share(100 * (numbers[5] + numbers[4] + numbers[3])),
        quality=share(100 * (numbers[5] + numbers[4])),
        mean=share(sum(mark * number for mark, number in numbers.items())),
        sou=share(sum(_SOU_WEIGHTS[mark] * n for mark, n in numbers.items())),
    )
