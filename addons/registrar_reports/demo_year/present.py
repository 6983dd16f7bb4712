"""The academic year that has begun: plans under way, seats, groups, hours.

The year of the demonstration is over; what users look for first is their own year.
Nothing is dated later than today.
"""

from . import academic_calendars, catalogues, registration, study, teaching_load

# Shares of the plans of one group that wait at each step: nothing done, with the
# adviser, with the dean's office, with the registrar's office. The rest is registered.
WAITING = ((0, 0.35), (1, 0.2), (2, 0.15), (3, 0.1))
# So many students have no plan yet.
FORGOTTEN = 2
HELD = 4


def run(demo, calendar):
    """Let the year begin, as far as the clock has come.

    :param calendar: the year after that of the demonstration
    """
    if demo.today < calendar.first_day or calendar.start not in demo.university.years:
        return
    with demo.step("academic calendar", calendar) as counts:
        source = demo.academic_calendars[calendar.start - 1]
        made = academic_calendars.approve(demo, calendar, source)
        academic_calendars.extend_registration(demo, calendar, made)
        demo.academic_calendars[calendar.start] = made
        counts["items"] = made.item_count
    with demo.step("catalogue of electives", calendar) as counts:
        catalogue = catalogues.publish(demo, calendar)
        offers = catalogues.offer(demo, calendar)
        counts["cards"] = len(catalogue.card_ids)
        counts["offers"] = len(offers)
    registration.set_prices(demo, calendar)
    with demo.step("study plans", calendar) as counts:
        registered, waiting, left = _make_plans(demo, calendar)
        counts["registered"] = len(registered)
        counts["under way"] = len(waiting)
        counts["left as drafts"] = len(left)
    with demo.step("seats and changes", calendar) as counts:
        drafts = waiting.filtered(lambda plan: plan.state == "draft")
        rivals = drafts.student_id - demo.portal_student
        scarce = registration.fill_waiting_list(demo, offers, rivals)
        counts["waiting for a seat"] = scarce.waiting_count
        day = registration.later(calendar.autumn(9, 5), 7, demo.today)
        changes = registration.change_plan(demo, registered, day)
        counts["changes"] = len(changes)
    autumn = demo.term(calendar, "autumn")
    with demo.step("class groups", calendar) as counts:
        counts["groups"] = len(study.form_class_groups(demo, autumn))
        counts["streams"], counts["subgroups"] = study.form_streams(demo, autumn)
    with demo.step("teaching load", calendar) as counts:
        plans = teaching_load.distribute(demo, calendar, [autumn])
        approved = teaching_load.approve(demo, plans[:1])
        months = teaching_load.autumn_months(calendar, demo.today)
        entries = teaching_load.enter_hours(demo, approved, autumn, months)
        counts["lines"] = len(plans.line_ids)
        counts["hours entered"] = len(entries)


def _make_plans(demo, calendar):
    """Make the plans; those of one group stay at each step of the chain.

    :return: the plans registered, those under way, and drafts that break a rule
    """
    day = registration.later(calendar.autumn(9, 5), 0, demo.today)
    students = demo.students()
    group = demo.portal_student.group_id
    others = students.filtered(lambda s: s.group_id != group)
    drawn = others.sorted(
        lambda s: demo.marker.chance("held", calendar.name, s.student_number)
    )
    held = drawn[: min(HELD, len(others) // 5)]
    forgotten = drawn[len(held) : len(held) + min(FORGOTTEN, len(others) // 5)]
    registration.set_holds(demo, held)
    plans, left = study.draft_plans(demo, calendar, day, students - forgotten)
    if own := left.filtered(lambda plan: plan.student_id == held[:1]):
        registration.override_hold(demo, own)
        passed = own.filtered(lambda plan: not plan.sudo()._errors()[plan.id])
        plans |= passed
        left -= passed
    own = plans.filtered(lambda plan: plan.group_id == group)
    own = own.sorted(lambda p: p.student_id != demo.portal_student)
    waiting, start = own.browse(), 0
    for steps, share in WAITING:
        part = own[start : start + max(1, round(len(own) * share))]
        study.sign(demo, part, study.STEPS[:steps])
        waiting |= part
        start += len(part)
    registered = plans - waiting
    study.sign(demo, registered, study.STEPS)
    (plans | left).sudo()._refresh_checks()
    return registered, waiting, left
