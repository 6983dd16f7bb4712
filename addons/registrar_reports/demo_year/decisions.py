"""Orders during and after the year: leave, return, expulsion, transfer, repeat."""

from datetime import timedelta

# Transfer to another university: an invented one.
OTHER_UNIVERSITY = "Қарасай университеті / Карасайский университет"
WISH = {
    "kk": "білім алушының өтініші",
    "ru": "заявление обучающегося",
}
ILLNESS = {
    "kk": "білім алушының өтініші, дәрігерлік-консультациялық комиссияның қорытындысы",
    "ru": "заявление обучающегося, заключение врачебно-консультационной комиссии",
}
RETURN = {
    "kk": "білім алушының өтініші, денсаулық жағдайы туралы анықтама",
    "ru": "заявление обучающегося, справка о состоянии здоровья",
}
FAILURE = {
    "kk": "деканның ұсынысы, емтихан сессиясының жиынтық ведомостері",
    "ru": "представление декана, сводные ведомости экзаменационной сессии",
}
# Whoever has a lower GPA of the year is expelled instead of repeating it.
HOPELESS_GPA = 1.0


def leave_on_own_wish(demo, calendar):
    """Expel two students in the autumn: one at own wish, one to elsewhere."""
    gone = _drawn(demo, calendar, "own wish", 2)
    if not gone:
        return gone
    lines = [{"student_id": gone[0].id, "reason": "own_wish"}]
    for student in gone[1:]:
        lines.append(
            {
                "student_id": student.id,
                "reason": "transfer_out",
                "institution": OTHER_UNIVERSITY,
            }
        )
    day = calendar.autumn(11, 10)
    return _carry_out(demo, "expulsion", day, lines, basis=WISH)


def go_on_leave(demo, calendar):
    """Give two students academic leave for medical reasons in the autumn.

    :return: the students, for ``return_from_leave``
    """
    ill = _drawn(demo, calendar, "leave", 2)
    end = calendar.spring(8, 31)
    _carry_out(
        demo,
        "academic_leave",
        calendar.autumn(11, 17),
        [{"student_id": student.id, "end_date": end} for student in ill],
        reason="leave_medical",
        basis=ILLNESS,
    )
    return ill


def return_from_leave(demo, day, students):
    """Let students come back; they continue in their group."""
    return _carry_out(
        demo,
        "leave_return",
        day,
        [{"student_id": student.id} for student in students],
        basis=RETURN,
    )


def close_year(demo, calendar):
    """Expel those who failed for good, then transfer or keep back the others.

    :return: the orders
    """
    next_day = calendar.before(-1).first_day
    orders = _expel_hopeless(demo, calendar, next_day)
    drafts = orders.browse()
    for faculty in _faculties(demo):
        selection = _select(demo, calendar, next_day, faculty_id=faculty.id)
        if any(selection.line_ids.mapped("included")):
            drafts |= selection._make_orders()
    for order in drafts:
        order.document_date = calendar.spring(7, 6)
    drafts.action_agree()
    demo.register(drafts, "head")
    return orders | drafts


def _expel_hopeless(demo, calendar, next_day):
    selection = _select(demo, calendar, next_day)
    hopeless = selection.line_ids.filtered(
        lambda line: line.decision == "repeat" and line.gpa < HOPELESS_GPA
    )
    return _carry_out(
        demo,
        "expulsion",
        calendar.spring(7, 3),
        [{"student_id": line.student_id.id} for line in hopeless],
        reason="academic_failure",
        basis=FAILURE,
    )


def _select(demo, calendar, day, **scope):
    """Ask who is to be transferred by the results of the year."""
    selection = demo.clerk("registrar.order.selection").create(
        {
            "purpose": "transfer",
            "year_id": demo.year(calendar).id,
            "effective_date": day,
            **scope,
        }
    )
    selection.action_select()
    return selection


def _faculties(demo):
    return demo.students().programme_id.faculty_id.sorted("registrar_code")


def _carry_out(demo, code, day, lines, **values):
    """Draft, agree and register one order dated and effective on ``day``."""
    orders = demo.clerk("registrar.order")
    if not lines:
        return orders
    order = orders._draft(
        code, day, lines, document_date=day - timedelta(days=1), **values
    )
    order.action_agree()
    demo.register(order, "head")
    return order


def _drawn(demo, calendar, purpose, count):
    """Return some students, drawn by lot; the same ones in every run.

    Small demonstrations send fewer people away.
    """
    students = demo.students()
    count = min(count, len(students) // 20)
    return students.sorted(
        lambda s: demo.marker.chance(purpose, calendar.name, s.student_number)
    )[:count]
