"""Summer semester: two debtors apply, pay, study again and sit the exam."""

from datetime import timedelta

from . import session, study

APPLICANTS = 2
PAYMENT = "Төлем тапсырмасы / Платёжное поручение № {number}"


def hold(demo, calendar):
    """Let debtors clear one debt each in the summer.

    :return: the applications carried out, and the registered sheets
    """
    term = demo.term(calendar, "summer")
    Application = demo.clerk("registrar.summer.application")
    done, plans = Application.browse(), demo.clerk("registrar.study.plan")
    for student in demo.students().sorted("student_number"):
        if len(done) == APPLICANTS:
            break
        application = Application.create(
            {
                "student_id": student.id,
                "term_id": term.id,
                "purpose": "debt",
                "date": calendar.spring(6, 17),
            }
        )
        application.action_propose_debts()
        if not application.line_ids:
            application.unlink()
            continue
        application.line_ids[1:].unlink()
        plans |= _carry_out(demo, calendar, application, len(done) + 17)
        done |= application
    if not plans:
        return done, demo.clerk("registrar.sheet")
    study.form_class_groups(demo, term)
    exam = term.date_to - timedelta(days=5)
    return done, session.hold(demo, term, exam, exam)


def _carry_out(demo, calendar, application, number):
    """Take an application through agreement, payment and the plan's own chain."""
    university = demo.university
    dean = university.dean_of(application.student_id.programme_id.sudo().faculty_id)
    application.action_submit()
    application.with_user(dean).action_agree()
    application.write(
        {
            "paid_document": PAYMENT.format(number=number),
            "paid_date": calendar.spring(6, 18),
        }
    )
    application.action_pay()
    application.action_register()
    plan = application.plan_id
    plan.document_date = calendar.spring(6, 19)
    study.sign(demo, plan, study.STEPS[1:])
    return plan
