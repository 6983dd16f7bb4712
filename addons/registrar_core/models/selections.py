"""Closed lists that several models share.

Labels are translated through the fields that use them.
"""

STUDY_FORMS = [
    ("full_time", "Full-time"),
    ("part_time", "Part-time"),
    ("evening", "Evening"),
    ("online", "Online"),
    ("external", "External"),
]

LANGUAGES_OF_STUDY = [
    ("kk", "Kazakh"),
    ("ru", "Russian"),
    ("en", "English"),
    ("other", "Other"),
]

FUNDINGS = [
    ("grant", "State grant"),
    ("local", "Local budget"),
    ("state_body", "Other state body"),
    ("employer", "Employer"),
    ("paid", "Paid"),
]

LEVELS = [
    ("bachelor", "Bachelor"),
    ("specialist", "Specialist"),
    ("master_science", "Master (scientific and pedagogical)"),
    ("master_profile", "Master (profile)"),
    ("doctorate", "Doctorate (PhD)"),
    ("doctorate_profile", "Doctorate (profile)"),
    ("residency", "Residency"),
    ("internship", "Medical internship"),
    ("preparatory", "Preparatory department"),
]

# Statuses of a ledger row. Only the first two belong to the contingent.
STATUSES = [
    ("studying", "Studying"),
    ("leave", "On academic leave"),
    ("expelled", "Expelled"),
    ("graduated", "Graduated"),
]
CONTINGENT_STATUSES = ("studying", "leave")

# States of a curriculum in which it may still change; nobody studies by it yet.
NOT_APPROVED = ("draft", "agreement")

GENDERS = [("male", "Male"), ("female", "Female")]

PREVIOUS_EDUCATIONS = [
    ("school", "General secondary"),
    ("college", "Technical and vocational"),
    ("higher", "Higher"),
    ("postgraduate", "Postgraduate"),
]

CYCLES = [
    ("ood", "General education"),
    ("bd", "Basic disciplines"),
    ("pd", "Profile disciplines"),
    ("ia", "Final attestation"),
    ("dvo", "Additional training"),
]

COMPONENTS = [
    ("ok", "Compulsory component"),
    ("vk", "University component"),
    ("kv", "Elective component"),
]

CONTROL_FORMS = [
    ("exam", "Exam"),
    ("state_exam", "State exam"),
    ("credit_test", "Credit test"),
    ("course_work", "Course work"),
    ("report", "Report defence"),
    ("thesis_defence", "Thesis defence"),
]

LINE_TYPES = [
    ("main", "Main"),
    ("retake", "Retake"),
    ("difference", "Academic difference"),
    ("additional", "Additional"),
    ("gpa_raise", "Raising GPA"),
    ("minor", "Minor"),
    ("mobility", "Mobility"),
]
