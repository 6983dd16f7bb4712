"""Teaching load: computed, distributed, agreed, approved, and hours done."""

from collections import defaultdict
from datetime import date

from odoo import Command

# Nobody is left without a teacher in a small university; overload is shown.
TOLERANCE = 400
HALF_RATE = 0.5


def distribute(demo, calendar, terms):
    """Compute the load of terms and give it to the teachers.

    :return: the sheets of the departments
    """
    Line = demo.clerk("registrar.load.line")
    for term in terms:
        Line._build(term)
    year = demo.year(calendar)
    plans = demo.clerk("registrar.load.plan").search(
        [("year_id", "=", year.id)], order="id"
    )
    rates = demo.clerk("registrar.load.rate")._fill(year, plans.department_id)
    rates.sorted("id")[-1:].write({"rate": HALF_RATE})
    for plan in plans:
        own = defaultdict(list)
        for line, teacher, __ in Line._propose(plan, tolerance=TOLERANCE):
            if teacher:
                own[teacher.id].append(line.id)
        for teacher_id, ids in own.items():
            Line.browse(ids).write({"teacher_id": teacher_id})
    return plans


def approve(demo, plans):
    """Let the dean's offices agree and the head approve the sheets that are complete.

    :return: the approved sheets
    """
    ready = plans.filtered(lambda plan: not plan._blocking_remarks())
    for plan in ready:
        dean = demo.university.dean_of(plan.department_id.sudo().parent_id)
        plan.with_user(dean).action_agree()
    demo.university.as_user("head", ready).action_approve()
    return ready


def enter_hours(demo, plans, term, months):
    """Enter what was taught in a term, in equal parts by month, and confirm it.

    :param months: first days of the months
    :return: the entries
    """
    lines = demo.clerk("registrar.load.line").search(
        [
            ("plan_id", "in", plans.ids),
            ("term_id", "=", term.id),
            ("teacher_id", "!=", False),
        ]
    )
    entries = demo.clerk("registrar.load.entry")
    if not lines:
        return entries
    for month in months:
        demo.clerk("registrar.load.record").create(
            {
                "line_ids": [Command.set(lines.ids)],
                "month": month,
                "portion": 25,
            }
        ).action_apply()
    entries = entries.search([("line_id", "in", lines.ids)])
    # The last month waits for the confirmation of the department.
    entries.filtered(lambda entry: entry.month < months[-1]).action_confirm()
    return entries


def autumn_months(calendar, today):
    """Return the first days of the months of classes that have begun."""
    months = [date(calendar.start, month, 1) for month in (9, 10, 11, 12)]
    return [month for month in months if month <= today]
