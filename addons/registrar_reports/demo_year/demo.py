"""What all steps of the demonstration share."""

import time
from contextlib import contextmanager
from dataclasses import dataclass, field

from odoo import fields
from odoo.tools import SQL

from .calendar import Calendar
from .marks import Marker
from .people import People
from .university import University

GROWING_TABLES = (
    "registrar_curriculum_line",
    "registrar_enrolment",
    "registrar_order_line",
    "registrar_personal_file",
    "registrar_personal_file_document",
    "registrar_register_entry",
    "registrar_result",
    "registrar_gpa",
    "registrar_sheet",
    "registrar_sheet_line",
    "registrar_student",
    "registrar_study_plan",
    "registrar_study_plan_line",
)


@dataclass
class Demo:
    """The university, the sources of chance, and how to tell about progress."""

    env: object
    calendar: Calendar
    marker: Marker
    people: People
    progress: object
    university: University = None
    folder: object = None
    groups: dict = field(default_factory=dict)
    # What a class list says about who pays, by id of the student.
    fundings: dict = field(default_factory=dict)
    portal_student: object = None
    academic_calendars: dict = field(default_factory=dict)

    @property
    def today(self):
        """Today as the users see it; no document is dated later."""
        return fields.Date.context_today(self.env["res.company"])

    @contextmanager
    def step(self, name, calendar=None):
        """Tell how long a step takes.

        :return: a dict to be filled with what was made: ``{"orders": 3}``
        """
        counts = {}
        start = time.perf_counter()
        yield counts
        self.env.flush_all()
        self._analyze()
        made = ", ".join(f"{number} {what}" for what, number in counts.items())
        title = f"{calendar.name} {name}" if calendar else name
        spent = time.perf_counter() - start
        self.progress(f"{title:<40} {made} ({spent:.1f} s)")

    def _analyze(self):
        """Tell PostgreSQL how large the tables have become.

        On a living server autovacuum does it; here nothing is committed before the
        end, and with empty statistics joins take minutes.
        """
        for table in GROWING_TABLES:
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def clerk(self, model):
        """Return an empty recordset of ``model`` with the rights of the clerk."""
        return self.university.model("clerk", model)

    def register(self, documents, login="clerk"):
        """Register documents as the person with this login."""
        if documents:
            self.university.as_user(login, documents).action_register()

    def year(self, calendar):
        return self.university.years[calendar.start]

    def term(self, calendar, kind):
        """Return the term of an academic year of a kind, e.g. ``autumn``."""
        return self.year(calendar).term_ids.filtered(lambda term: term.kind == kind)

    def students(self, intakes=None):
        """Return those who study now, of all groups or of those of some intakes."""
        groups = [
            group
            for group in self.groups.values()
            if intakes is None or group.intake_year_id.date_from.year in intakes
        ]
        return self.clerk("registrar.student").search(
            [
                ("group_id", "in", [group.id for group in groups]),
                ("status", "=", "studying"),
            ]
        )
