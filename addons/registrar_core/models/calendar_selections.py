"""Closed lists of the academic calendar."""

# What a period of the calendar opens in the system, or says about the days.
ACTIVITIES = [
    ("registration", "Registration for disciplines"),
    ("add_drop", "Add and drop"),
    ("withdrawal", "Withdrawal"),
    ("summer_registration", "Registration for the summer semester"),
    ("grade_entry", "Entry of marks"),
    ("resit", "Resits"),
    ("appeal", "Appeals"),
    ("classes", "Classes"),
    ("exams", "Examinations"),
    ("vacation", "Vacations"),
    ("practice", "Practice"),
    ("attestation", "Final attestation"),
    ("orientation", "Orientation"),
    ("holiday", "Public holiday"),
]

# Years of study that an item of a calendar is meant for.
COURSES = [
    ("all", "All years of study"),
    ("1", "Year 1"),
    ("2", "Year 2"),
    ("3", "Year 3"),
    ("4", "Year 4"),
    ("5", "Year 5"),
    ("6", "Year 6"),
    ("not_final", "All but the final year"),
    ("final", "The final year"),
]

# Kinds of academic periods and the code of the norm for their length.
PERIOD_KINDS = [
    ("semester", "Semesters"),
    ("trimester", "Trimesters"),
    ("quarter", "Quarters"),
]


def concerns(for_course, course, is_final):
    """Whether an item for ``for_course`` is meant for somebody of a year of study.

    :param str for_course: a key of ``COURSES``; empty means all
    :param int course: year of study
    :param bool is_final: whether it is the last year of the programme
    """
    if not for_course or for_course == "all":
        return True
    if for_course == "final":
        return is_final
    if for_course == "not_final":
        return not is_final
    return for_course == str(course)
