"""Academic calendars: made from the terms, approved by the head, amended once."""

from datetime import timedelta

from odoo import Command

BASIS = (
    "Академиялық кеңестің хаттамасы / Протокол академического совета № {number} "
    "от {day}"
)
AMENDMENT = (
    "Проректордың өкімі: оқу жоспары тіркелмегендерге қосымша тіркелу / "
    "Распоряжение проректора: дополнительная регистрация"
)
# How long registration is opened once more for those who are late.
EXTENSION = timedelta(days=14)


def approve(demo, calendar, source=None):
    """Make, approve and bind the calendar of full-time bachelor's students.

    :param source: the calendar of the year before to be copied; made anew without it
    :return: the approved calendar
    """
    clerk = demo.clerk
    year = demo.year(calendar)
    if source:
        wizard = clerk("registrar.calendar.copy").create(
            {"calendar_ids": [Command.set(source.ids)], "year_id": year.id}
        )
        made = wizard._copy()
    else:
        made = (
            clerk("registrar.calendar.generate")
            .create({"year_id": year.id, "level": "bachelor"})
            ._generate()
        )
    basis = BASIS.format(number=8, day=f"27.03.{calendar.start}")
    demo.university.as_user("head", made)._approve(basis)
    return made


def extend_registration(demo, calendar, made):
    """Open registration again for some days, by a decision that amends the calendar.

    So students find something to do on their pages whenever the demonstration runs.
    """
    today = demo.today
    last = demo.env["registrar.holiday"]._next_working_day(today + EXTENSION)
    last = min(last, calendar.last_day)
    kinds = demo.clerk("registrar.calendar.item.kind")
    kind = kinds.search([("code", "=", "late_registration")], limit=1)
    changes = [
        (
            None,
            {
                "kind_id": kind.id,
                "term_id": demo.term(calendar, name).id,
                "date_from": max(today - timedelta(days=3), calendar.first_day),
                "date_to": last,
            },
        )
        for name in ("autumn", "spring")
    ]
    demo.university.as_user("head", made)._amend(today, AMENDMENT, changes)
