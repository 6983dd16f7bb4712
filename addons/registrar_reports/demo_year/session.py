"""Examination session: sheets, marks by the teachers, registration, resits."""

from datetime import timedelta

from odoo import Command

# Days between control and registration.
DELAY = timedelta(days=2)
GROUND = "Анықтама / Справка № {number}"


def hold(demo, term, first_day, last_day):
    """Hold the main session of a term.

    :return: the registered sheets
    """
    sheets = demo.clerk("registrar.sheet")._open_session(term)
    _set_days(sheets, first_day, last_day)
    _conduct(demo, sheets, _first_marks)
    return sheets


def hold_later(demo, term, first_day, last_day):
    """Hold the exams of those absent with a valid reason, and the resits of FX.

    :return: the registered sheets
    """
    Sheet = demo.clerk("registrar.sheet")
    excused = demo.clerk("registrar.sheet.line").search(
        [
            ("sheet_id.term_id", "=", term.id),
            ("sheet_id.state", "=", "registered"),
            ("absence", "=", "excused"),
        ]
    )
    sheets = Sheet.browse()
    for number, line in enumerate(excused, start=1):
        sheets |= Sheet._open_individual(
            line, GROUND.format(number=number), valid_to=last_day
        )
    sheets |= Sheet._open_resits(term)
    _set_days(sheets, first_day, last_day)
    _conduct(demo, sheets, _later_marks)
    return sheets


def _set_days(sheets, first_day, last_day):
    """Spread the sheets over the days of the session."""
    length = (last_day - first_day).days + 1
    for number, sheet in enumerate(sheets):
        sheet.exam_date = first_day + timedelta(days=number * length // len(sheets))


def _conduct(demo, sheets, marks_of):
    """Open the sheets, let the teachers enter and submit marks, register them."""
    if not sheets:
        return
    sheets.action_open()
    for sheet in sheets:
        own = sheet.with_user(sheet.teacher_id.sudo().user_id)
        own.write({"line_ids": _commands(demo, own, marks_of)})
        own.action_submit()
    for sheet in sheets:
        sheet.document_date = sheet.exam_date + DELAY
    demo.register(sheets)


def _commands(demo, sheet, marks_of):
    term = f"{sheet.term_id.year_id.name} {sheet.term_id.kind}"
    return [
        Command.update(
            line.id,
            marks_of(demo, sheet, line.student_number, sheet.discipline_id.code, term),
        )
        for line in sheet.line_ids
    ]


def _first_marks(demo, sheet, *names):
    """Return what a teacher enters on a sheet of the main session."""
    marks = demo.marker.marks(*names)
    scheme = sheet.scheme_id
    values = {}
    if scheme.has_admission:
        first, second = marks.ratings
        values = {"rating_1": first, "rating_2": second}
        if (first + second + 1) // 2 < scheme.admission_min:
            return values
    if not scheme.has_exam:
        return values
    if marks.absence:
        return {**values, "absence": marks.absence}
    return {**values, "exam_score": marks.exam}


def _later_marks(demo, sheet, *names):
    return {"exam_score": demo.marker.later_exam(*names)}
