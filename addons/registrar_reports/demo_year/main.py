"""The academic year from admission to transcripts, step by step."""

import json

from odoo import fields
from odoo.exceptions import UserError

from . import (
    academic_calendars,
    admission,
    advisers,
    catalogues,
    curricula,
    decisions,
    documents,
    present,
    registration,
    samples,
    session,
    student_cards,
    student_files,
    study,
    summer,
    teaching_load,
    university,
)
from .calendar import demo_calendar
from .demo import Demo
from .marks import Marker
from .people import People

SEED = 2025
LOGINS_PARAMETER = "registrar.demo_logins"
# Groups of the intake of the year before and of the year itself: programme, prefix of
# the names of groups, language of study, numbers of students. 300 in all.
INTAKES = {
    -1: (
        ("6B06103", "ИС", "kk", (22,)),
        ("6B06103", "ИС", "ru", (22,)),
        ("6B04101", "МН", "kk", (22,)),
        ("6B04101", "МН", "ru", (22,)),
        ("6B05101", "БЛ", "kk", (22,)),
    ),
    0: (
        ("6B06103", "ИС", "kk", (24, 24)),
        ("6B06103", "ИС", "ru", (24,)),
        ("6B04101", "МН", "kk", (24, 24)),
        ("6B04101", "МН", "ru", (24,)),
        ("6B05101", "БЛ", "kk", (24,)),
        ("6B05101", "БЛ", "ru", (22,)),
    ),
}
# A curriculum of one's own without a class list: so many synthetic students.
OWN_CURRICULUM = (("kk", (25, 25)), ("ru", (25,)))
# Nothing of this concerns people, and hundreds of documents would fill the log.
QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
}


def run_demo_year(
    env, out=None, curriculum=None, students=None, progress=print, intakes=None
):
    """Run the academic year in a database that has the suite and nobody in it.

    Two intakes go through two years with the project's own curricula, or one intake
    through one year with a curriculum or a class list from a file. Everything happens
    through the methods that the screens call, as users of the roles.

    :param env: an environment of the system user
    :param out: folder for the documents; None leaves them in the database only
    :param curriculum: file with a curriculum to follow
    :param students: file with a class list
    :param progress: called with a line of text for every step
    :param dict intakes: groups by year before the last one, see ``INTAKES``
    :raises UserError: when the database has been used, or a file is not understood
    """
    calendar = demo_calendar(fields.Date.context_today(env["res.company"]))
    if university.exists(env, calendar):
        raise UserError(
            env._(
                "This database already has students or the academic year %s. The "
                "demonstration needs an empty one.",
                calendar.name,
            )
        )
    env = env(context={**env.context, **QUIET})
    demo = Demo(env, calendar, Marker(SEED), People(SEED), progress)
    demo.folder = documents.Folder(out) if out else None
    with demo.step("university") as counts:
        demo.university = university.build(env, calendar)
        counts["users"] = len(demo.university.users)
    if curriculum or students:
        _admit_from_files(demo, calendar, curriculum, students)
        _study(demo, calendar)
    else:
        for back, plan in sorted((intakes or INTAKES).items()):
            days = calendar.before(-back)
            _admit(demo, days, plan)
            _study(demo, days)
    _finish(demo, calendar)


def demo_logins(env):
    """Return the logins of the demonstration, one per role; password = login.

    :rtype: list[str]
    """
    parameters = env["ir.config_parameter"].sudo()
    return json.loads(parameters.get_param(LOGINS_PARAMETER) or "[]")


def _admit(demo, calendar, plan):
    with demo.step("curricula", calendar) as counts:
        loaded = curricula.load_own(demo, calendar)
        counts["programmes"] = len(loaded)
    with demo.step("groups and students", calendar) as counts:
        seats = admission.create_groups(demo, calendar, plan, loaded)
        people = admission.create_students(demo, calendar, seats)
        counts["groups"] = len(people)
        counts["students"] = sum(map(len, people.values()))
    _enrol(demo, calendar, people)


def _admit_from_files(demo, calendar, curriculum, students):
    with demo.step("curriculum", calendar) as counts:
        remarks = []
        if curriculum:
            loaded, remarks = curricula.load_file(demo, calendar, curriculum)
        else:
            loaded = curricula.load_own(demo, calendar)
        counts["programmes"] = len(loaded)
    _tell(demo, remarks, "curriculum")
    with demo.step("groups and students", calendar) as counts:
        remarks = []
        if students:
            parts, imported = admission.import_students(demo, calendar, students)
            people = admission.group_imported(demo, calendar, parts, loaded)
            remarks = curricula.remarks(demo, imported)
        else:
            code = next(iter(loaded))
            plan = [
                (code, admission.GROUP_PREFIX, language, sizes)
                for language, sizes in OWN_CURRICULUM
            ]
            seats = admission.create_groups(demo, calendar, plan, loaded)
            people = admission.create_students(demo, calendar, seats)
        counts["groups"] = len(people)
        counts["students"] = sum(map(len, people.values()))
    _tell(demo, remarks, "students")
    _enrol(demo, calendar, people)


def _tell(demo, remarks, name):
    """Print the remarks on a file and leave them with the documents."""
    for line in remarks:
        demo.progress(f"    {line}")
    if remarks and demo.folder:
        text = "\n".join(remarks) + "\n"
        demo.folder.put("remarks", f"{name}.txt", text.encode())


def _enrol(demo, calendar, people):
    with demo.step("admission", calendar) as counts:
        counts["orders"] = len(admission.enrol(demo, calendar, people))
    students = demo.clerk("registrar.student").union(*people.values())
    with demo.step("personal files and cards", calendar) as counts:
        made = student_files.open_files(demo, calendar, students)
        contacts = student_cards.fill(demo, calendar, students)
        counts["files"] = len(made)
        counts["contacts"] = len(contacts)
    if calendar.start == demo.calendar.start:
        with demo.step("portal", calendar) as counts:
            first = next(iter(people.values()))[:1]
            university.create_student_user(demo.university, first)
            demo.portal_student = first
            counts["users"] = 1


def _study(demo, calendar):
    """Let everybody study one academic year."""
    autumn, spring = (demo.term(calendar, kind) for kind in ("autumn", "spring"))
    registration.set_prices(demo, calendar)
    with demo.step("study plans", calendar) as counts:
        plans, left = study.make_plans(demo, calendar, calendar.autumn(9, 5))
        counts["plans"] = len(plans)
        counts["registrations"] = len(plans.line_ids)
        if left:
            counts["left as drafts"] = len(left)
    with demo.step("class groups", calendar) as counts:
        groups = study.form_class_groups(demo, autumn)
        groups |= study.form_class_groups(demo, spring)
        counts["groups"] = len(groups)
    with demo.step("leave and departures", calendar) as counts:
        gone = decisions.leave_on_own_wish(demo, calendar)
        ill = decisions.go_on_leave(demo, calendar)
        counts["orders"] = len(gone) + bool(ill)
    _hold_session(demo, autumn, calendar.spring(1, 5), calendar.spring(1, 17))
    with demo.step("return from leave", calendar) as counts:
        back = decisions.return_from_leave(demo, calendar.spring(1, 25), ill)
        counts["orders"] = len(back)
    _hold_session(demo, spring, calendar.spring(5, 25), calendar.spring(6, 9))
    with demo.step("transfer, repeat, expulsion", calendar) as counts:
        orders = decisions.close_year(demo, calendar)
        counts["orders"] = len(orders)
        counts["students"] = len(orders.line_ids)


def _hold_session(demo, term, first_day, last_day):
    calendar = type(demo.calendar)(term.year_id.date_from.year)
    with demo.step(f"{term.kind} session", calendar) as counts:
        sheets = session.hold(demo, term, first_day, last_day)
        counts["sheets"] = len(sheets)
        counts["marks"] = len(sheets.line_ids)
    with demo.step(f"{term.kind} resits", calendar) as counts:
        day = fields.Date.add(last_day, days=3)
        sheets = session.hold_later(demo, term, day, fields.Date.add(day, days=2))
        counts["sheets"] = len(sheets)
        counts["marks"] = len(sheets.line_ids)


def _finish(demo, calendar):
    with demo.step("transcripts", calendar) as counts:
        transcripts = documents.issue_transcripts(demo, calendar)
        counts["transcripts"] = len(transcripts)
    with demo.step("summer semester", calendar) as counts:
        applications, sheets = summer.hold(demo, calendar)
        counts["applications"] = len(applications)
        counts["sheets"] = len(sheets)
    _keep_books(demo, calendar)
    load = _count_load(demo, calendar)
    present.run(demo, calendar.before(-1))
    folder = demo.folder
    if folder:
        with demo.step("samples", calendar) as counts:
            samples.write(demo, calendar, folder, load)
            counts["files"] = folder.count
        with demo.step("documents", calendar) as counts:
            documents.write_orders(demo, folder)
            documents.write_curricula(demo, folder)
            documents.write_samples(demo, calendar, folder)
            documents.write_transcripts(demo, transcripts, folder)
            counts["files"] = folder.count
    with demo.step("contingent and movement", calendar) as counts:
        total, balanced = documents.write_reports(demo, calendar, folder)
        counts[f"students on {calendar.autumn(10, 1)}"] = total
    if not balanced:
        raise UserError(demo.env._("The movement of the year does not balance."))
    demo.env["ir.config_parameter"].sudo().set_param(
        LOGINS_PARAMETER,
        json.dumps([login for login in university.LOGINS if login in _users(demo)]),
    )


def _keep_books(demo, calendar):
    """Do what the office does beside the sessions."""
    with demo.step("academic calendar", calendar) as counts:
        made = academic_calendars.approve(demo, calendar)
        demo.academic_calendars[calendar.start] = made
        counts["items"] = made.item_count
    with demo.step("catalogue of electives", calendar) as counts:
        catalogue = catalogues.publish(demo, calendar, close=True)
        counts["cards"] = len(catalogue.card_ids)
    with demo.step("advisers", calendar) as counts:
        counts["assignments"] = len(advisers.change(demo, calendar))
    with demo.step("personal files", calendar) as counts:
        kept, loans = student_files.keep(demo, calendar)
        counts["files"] = len(kept)
        counts["originals given out"] = len(loans)
    with demo.step("names and duplicates", calendar) as counts:
        counts["changes of name"] = len(student_cards.rename(demo, calendar))
        counts["possible duplicates"] = student_cards.enter_twice(demo)


def _count_load(demo, calendar):
    """Distribute the teaching load of the year and enter the hours of the autumn."""
    terms = [demo.term(calendar, kind) for kind in ("autumn", "spring")]
    with demo.step("streams and subgroups", calendar) as counts:
        formed = [study.form_streams(demo, term) for term in terms]
        counts["streams"] = sum(streams for streams, __ in formed)
        counts["subgroups"] = sum(subgroups for __, subgroups in formed)
    with demo.step("teaching load", calendar) as counts:
        plans = teaching_load.distribute(demo, calendar, terms)
        approved = teaching_load.approve(demo, plans[:-1] or plans)
        months = teaching_load.autumn_months(calendar, demo.today)
        entries = teaching_load.enter_hours(demo, approved[:1], terms[0], months)
        counts["lines"] = len(plans.line_ids)
        counts["sheets approved"] = len(approved)
        counts["hours entered"] = len(entries)
    return approved


def _users(demo):
    return demo.university.users
