"""Closed lists of the exams floor."""

SHEET_KINDS = [
    ("midterm", "Midterm control"),
    ("exam", "Final control"),
    ("resit", "Resit"),
    ("individual", "Individual"),
    ("coursework", "Course work"),
    ("practice", "Practice"),
    ("difference", "Academic difference"),
    ("state_exam", "State exam"),
    ("attestation", "Final attestation"),
    ("entrance", "Entrance test"),
]

# Sheets whose registration posts results to the ledger.
RESULT_KINDS = (
    "exam",
    "resit",
    "individual",
    "coursework",
    "practice",
    "difference",
    "state_exam",
    "attestation",
)

# Sheets that take the admission rating over from an earlier sheet.
CARRIED_KINDS = ("resit", "individual")

# Which sheet the control form of a discipline leads to.
KIND_OF_CONTROL = {
    "exam": "exam",
    "credit_test": "exam",
    "state_exam": "state_exam",
    "course_work": "coursework",
    "report": "practice",
    "thesis_defence": "attestation",
}

# Control forms without an admission rating: the defence is the grade.
DEFENCE_FORMS = ("course_work", "report", "thesis_defence")
DEFENCE_KINDS = ("coursework", "practice", "attestation", "entrance")

# Titles as printed (academic.md §6.2).
SHEET_TITLES = {
    "midterm": {
        "kk": "Аралық бақылау ведомосі",
        "ru": "Ведомость рубежного контроля",
        "en": "Midterm control sheet",
    },
    "exam": {
        "kk": "Қорытынды бақылау ведомосі",
        "ru": "Ведомость итогового контроля",
        "en": "Final control sheet",
    },
    "resit": {
        "kk": "Емтиханды қайта тапсыру ведомосі",
        "ru": "Ведомость пересдачи экзамена",
        "en": "Resit sheet",
    },
    "individual": {
        "kk": "Жеке ведомость (емтихан парағы)",
        "ru": "Индивидуальная ведомость (экзаменационный лист)",
        "en": "Individual exam sheet",
    },
    "coursework": {
        "kk": "Курстық жұмыстарды қорғау ведомосі",
        "ru": "Ведомость защиты курсовых работ",
        "en": "Course work sheet",
    },
    "practice": {
        "kk": "Практика бойынша ведомость",
        "ru": "Ведомость по практике",
        "en": "Practice sheet",
    },
    "difference": {
        "kk": "Академиялық айырмашылықты тапсыру ведомосі",
        "ru": "Ведомость ликвидации академической разницы",
        "en": "Academic difference sheet",
    },
    "state_exam": {
        "kk": "Мемлекеттік емтихан ведомосі",
        "ru": "Ведомость государственного экзамена",
        "en": "State exam sheet",
    },
    "attestation": {
        "kk": "Қорытынды аттестаттау ведомосі",
        "ru": "Ведомость итоговой аттестации",
        "en": "Final attestation sheet",
    },
    "entrance": {
        "kk": "Білімді кіріспе тексеру ведомосі",
        "ru": "Ведомость входного среза знаний",
        "en": "Entrance test sheet",
    },
}

# Marks of the five-point scale; the keys of grading.py are 5, 4, 3, 2.
TRADITIONALS = [
    ("excellent", "Excellent"),
    ("good", "Good"),
    ("satisfactory", "Satisfactory"),
    ("unsatisfactory", "Unsatisfactory"),
]
TRADITIONAL_MARKS = {
    "excellent": 5,
    "good": 4,
    "satisfactory": 3,
    "unsatisfactory": 2,
}
TRADITIONAL_OF_MARK = {mark: name for name, mark in TRADITIONAL_MARKS.items()}
TRADITIONAL_SHORT = {
    "excellent": {"kk": "өте жақсы", "ru": "отл.", "en": "exc."},
    "good": {"kk": "жақсы", "ru": "хор.", "en": "good"},
    "satisfactory": {"kk": "қанағат.", "ru": "удовл.", "en": "sat."},
    "unsatisfactory": {"kk": "қанағат-сыз", "ru": "неуд.", "en": "unsat."},
}

ADMISSIONS = [
    ("pending", "Not decided"),
    ("admitted", "Admitted"),
    ("not_admitted", "Not admitted"),
]

# Reasons of non-admission (academic.md §2.4). The first two follow from the marks.
RATING_REASONS = [
    ("rating_below_threshold", "Admission rating below the threshold"),
    ("part_below_threshold", "A midterm below its threshold"),
]
BAR_REASONS = [
    ("tuition_debt", "Tuition debt"),
    ("prerequisite_debt", "Debt in a prerequisite"),
    ("course_paper_missing", "Course paper not defended"),
    ("attendance", "Attendance"),
    ("academic_leave", "Academic leave"),
    ("no_registration", "Not registered for the discipline"),
]

ABSENCES = [
    ("excused", "Absent with a valid reason"),
    ("unexcused", "Absent without a valid reason"),
]

# Why a final grade is not simply the weighted sum: the keys of grading.REASONS.
OUTCOME_REASONS = [
    ("not_admitted", "Not admitted"),
    ("part_below_threshold", "A midterm below its threshold"),
    ("exam_fx", "Exam failed with FX: one resit"),
    ("exam_failed", "Exam failed with F: re-study"),
    ("absent", "Absent without a valid reason"),
    ("incomplete", "Absent with a valid reason: no grade yet"),
    ("rating_failed", "Rating below the threshold"),
    ("below_pass", "Sum below the lowest passing grade"),
]

# People who were not examined: unattested in the indicators of quality.
UNATTESTED_REASONS = ("not_admitted", "part_below_threshold", "absent")

RETAKE_POLICIES = [
    ("last", "The last result counts"),
    ("best", "The better result counts"),
]

# Registrations that study a discipline again.
AGAIN_TYPES = ("retake", "gpa_raise")

DEBT_KINDS = [
    ("fx", "FX"),
    ("failed", "F"),
    ("not_admitted", "Not admitted"),
    ("absent", "Absent without a valid reason"),
    ("incomplete", "Absent with a valid reason"),
]
DEBT_WAYS = [
    ("resit", "Resit"),
    ("individual", "Individual sheet"),
    ("restudy", "Re-study"),
]
