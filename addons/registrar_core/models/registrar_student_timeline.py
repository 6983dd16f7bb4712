from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

# Kind of an event -> icon and colour.
EVENT_ICONS = {
    "arrival": ("fa-sign-in", "text-success"),
    "departure": ("fa-sign-out", "text-danger"),
    "internal": ("fa-exchange", "text-primary"),
    "leave": ("fa-pause", "text-warning"),
    "leave_return": ("fa-play", "text-success"),
    "order": ("fa-file-text-o", "text-primary"),
    "plan": ("fa-calendar-check-o", "text-primary"),
    "result": ("fa-graduation-cap", "text-success"),
    "document": ("fa-file-o", "text-primary"),
    "warning": ("fa-exclamation-triangle", "text-danger"),
    "person": ("fa-user", "text-muted"),
}

_ROW = Markup(
    '<div class="d-flex align-items-baseline py-1 border-bottom{muted}">'
    '<span class="text-nowrap text-muted me-3" style="min-width: 6rem">{date}</span>'
    '<i class="fa fa-fw {icon} {colour} me-2" role="img" title="{label}"></i>'
    "<span>{text}</span></div>"
)
_LINK = Markup('<a href="/odoo/{model}/{id}">{text}</a>')
_YEAR = Markup('<h5 class="mt-3 mb-1">{}</h5>')


class RegistrarStudent(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.student"

    timeline = fields.Html(
        compute="_compute_timeline",
        sanitize=False,
        help="Everything that happened, newest first, as far as your role sees it.",
    )

    @api.depends_context("uid", "lang")
    def _compute_timeline(self):
        students = self._origin
        by_student = {}
        for event in students._timeline():
            by_student.setdefault(event["student_id"], []).append(event)
        for student in self:
            student.timeline = student._render_timeline(
                by_student.get(student._origin.id, [])
            )

    def _timeline(self):
        """Return the events of these students, newest first.

        Events of records that were merged into a student count as the student's.

        :rtype: list[dict]
        """
        owners = {student.id: student.id for student in self}
        merged = (
            self.sudo()
            .with_context(active_test=False)
            .search([("merged_into_id", "in", self.ids)])
        )
        owners.update((record.id, record.merged_into_id.id) for record in merged)
        students = self.browse(owners).with_context(active_test=False)
        readable = students._filtered_access("read") | self
        events = self._timeline_events(readable)
        # A movement says what its order says, and more.
        moved = {
            (event["student_id"], event["entry_id"])
            for event in events
            if event.get("is_movement")
        }
        result = []
        for event in events:
            key = (event["student_id"], event.get("entry_id"))
            if event["kind"] == "order" and key in moved:
                continue
            result.append({**event, "student_id": owners[event["student_id"]]})
        result.sort(
            key=lambda event: (event["date"], event.get("sequence", 0)), reverse=True
        )
        return result

    @api.model
    def _timeline_events(self, students):
        """Return what happened to ``students``, as far as the user may read it.

        Upper floors add theirs; the number of queries must not grow with the number
        of students. An event is a dict: ``student_id``, ``date``, ``kind`` (a key of
        ``EVENT_ICONS``), ``text``, and optionally ``model`` and ``res_id`` (what a
        click opens), ``entry_id`` (register entry of the document), ``is_muted``
        (taken back), ``sequence`` (order within a day).

        :rtype: list[dict]
        """
        return [
            *self._timeline_movements(students),
            *self._timeline_plans(students),
            *self._timeline_holds(students),
            *self._timeline_files(students),
            *self._timeline_names(students),
            *self._timeline_person(students),
        ]

    @api.model
    def _timeline_movements(self, students):
        Enrolment = self.env["registrar.enrolment"]
        if not Enrolment.has_access("read"):
            return []
        events = []
        rows = Enrolment.search([("student_id", "in", students.ids)])
        rows.sudo().entry_id.fetch(["number", "res_model", "res_id"])
        for row in rows:
            entry = row.sudo().entry_id
            place = ", ".join(
                str(part)
                for part in (row.sudo().group_id.name, row.course and self._year(row))
                if part
            )
            parts = [row.kind_id.name, place, self._document_number(entry)]
            events.append(
                {
                    "student_id": row.student_id.id,
                    "date": row.date_from,
                    "kind": row.kind_id.effect,
                    "text": " · ".join(part for part in parts if part),
                    "model": entry.res_model,
                    "res_id": entry.res_id,
                    "entry_id": entry.id,
                    "is_muted": bool(row.reversal_entry_id),
                    "is_movement": True,
                    "sequence": 5,
                }
            )
        return events

    @api.model
    def _timeline_plans(self, students):
        Plan = self.env["registrar.study.plan"]
        if not Plan.has_access("read"):
            return []
        plans = Plan.search(
            [
                ("student_id", "in", students.ids),
                ("state", "in", ("registered", "cancelled")),
            ]
        )
        return [
            {
                "student_id": plan.student_id.id,
                "date": plan.document_date,
                "kind": "plan",
                "text": self.env._(
                    "Study plan %(year)s · No. %(number)s",
                    year=plan.year_id.name,
                    number=plan.number,
                ),
                "model": plan._name,
                "res_id": plan.id,
                "entry_id": plan.sudo().entry_id.id,
                "is_muted": plan.state == "cancelled",
            }
            for plan in plans
            if plan.document_date
        ]

    @api.model
    def _timeline_holds(self, students):
        Hold = self.env["registrar.hold"]
        if not Hold.has_access("read"):
            return []
        events = []
        for hold in Hold.search([("student_id", "in", students.ids)]):
            common = {
                "student_id": hold.student_id.id,
                "model": hold._name,
                "res_id": hold.id,
            }
            kind = hold.kind_id.name
            events.append(
                {
                    **common,
                    "date": hold.date_from,
                    "kind": "warning",
                    "text": self.env._("Hold: %s", kind),
                }
            )
            ended = hold.lifted_date or hold.date_to
            if ended and ended <= fields.Date.context_today(self):
                events.append(
                    {
                        **common,
                        "date": ended,
                        "kind": "person",
                        "text": self.env._("Hold ended: %s", kind),
                    }
                )
        return events

    @api.model
    def _timeline_files(self, students):
        """Return what happened to the personal files and the originals in them."""
        events = []
        File = self.env["registrar.personal.file"]
        if File.has_access("read"):
            for file in File.search([("student_id", "in", students.ids)]):
                name = file.number or ""
                opened = self.env._("Personal file %s opened", name)
                archived = self.env._("Personal file %s handed to the archive", name)
                sent = self.env._("Personal file %s sent", name)
                events += self._dated_events(
                    file,
                    (
                        (file.opened_date, opened),
                        (file.archive_date, archived),
                        (file.sent_date, sent),
                    ),
                )
        Loan = self.env["registrar.personal.file.loan"]
        if Loan.has_access("read"):
            for loan in Loan.search([("student_id", "in", students.ids)]):
                title = loan.document_id.display_name
                given = self.env._("Original given out: %s", title)
                returned = self.env._("Original returned: %s", title)
                events += self._dated_events(
                    loan, ((loan.date_given, given), (loan.returned_date, returned))
                )
        return events

    @api.model
    def _dated_events(self, record, dated_texts):
        return [
            {
                "student_id": record.student_id.id,
                "date": date,
                "kind": "document",
                "text": text,
                "model": record._name,
                "res_id": record.id,
            }
            for date, text in dated_texts
            if date
        ]

    @api.model
    def _timeline_names(self, students):
        Name = self.env["registrar.student.name"]
        if not Name.has_access("read"):
            return []
        return [
            {
                "student_id": row.student_id.id,
                "date": row.date_from,
                "kind": "person",
                "text": " · ".join(
                    part
                    for part in (
                        self.env._("Name: %s", row.display_name),
                        row.ground,
                        row.document,
                    )
                    if part
                ),
            }
            for row in Name.search(
                [("student_id", "in", students.ids), ("date_from", "!=", False)]
            )
        ]

    @api.model
    def _timeline_person(self, students):
        """Return social categories and consents; most roles see none of them."""
        events = []
        Category = self.env["registrar.student.category"]
        if Category.has_access("read"):
            events += [
                {
                    "student_id": line.student_id.id,
                    "date": line.date_from,
                    "kind": "person",
                    "text": self.env._("Social category: %s", line.category_id.name),
                }
                for line in Category.search(
                    [("student_id", "in", students.ids), ("date_from", "!=", False)]
                )
            ]
        Consent = self.env["registrar.student.consent"]
        if Consent.has_access("read"):
            labels = dict(Consent._fields["kind"]._description_selection(self.env))
            for consent in Consent.search([("student_id", "in", students.ids)]):
                common = {"student_id": consent.student_id.id, "kind": "person"}
                label = labels[consent.kind]
                events.append(
                    {
                        **common,
                        "date": consent.date,
                        "text": self.env._("Consent: %s", label),
                    }
                )
                if consent.revoked_date:
                    events.append(
                        {
                            **common,
                            "date": consent.revoked_date,
                            "kind": "warning",
                            "text": self.env._("Consent revoked: %s", label),
                        }
                    )
        return events

    def _render_timeline(self, events):
        """Return the events of one student as HTML; all text in it is escaped."""
        if not events:
            return Markup('<p class="text-muted">{}</p>').format(
                self.env._("Nothing has happened yet.")
            )
        labels = self._timeline_labels()
        counts = Counter(event["date"].year for event in events)
        html, year = [], None
        for event in events:
            if event["date"].year != year:
                year = event["date"].year
                html.append(_YEAR.format(f"{year} ({counts[year]})"))
            icon, colour = EVENT_ICONS.get(event["kind"], EVENT_ICONS["document"])
            text = event["text"]
            model = event.get("model")
            if model in self.env and self.env[model].has_access("read"):
                text = _LINK.format(model=model, id=event["res_id"], text=text)
            html.append(
                _ROW.format(
                    date=format_date(self.env, event["date"]),
                    icon=icon,
                    colour=colour,
                    label=labels.get(event["kind"], ""),
                    text=text,
                    muted=" text-decoration-line-through"
                    if event.get("is_muted")
                    else "",
                )
            )
        return Markup("").join(html)

    @api.model
    def _timeline_labels(self):
        return {
            "arrival": self.env._("Arrival"),
            "departure": self.env._("Departure"),
            "internal": self.env._("Movement"),
            "leave": self.env._("Leave"),
            "leave_return": self.env._("Return from leave"),
            "order": self.env._("Order"),
            "plan": self.env._("Study plan"),
            "result": self.env._("Result"),
            "document": self.env._("Document"),
            "warning": self.env._("Warning"),
            "person": self.env._("Person"),
        }

    @api.model
    def _year(self, row):
        return self.env._("year %s", row.course)

    @api.model
    def _document_number(self, entry):
        return self.env._("No. %s", entry.number) if entry.number else ""
