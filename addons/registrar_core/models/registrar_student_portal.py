import math
from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

from ..tools.languages import short_language

# How many deadlines and days of amendments the page of the calendar shows.
DEADLINES_SHOWN = 6
AMENDMENTS_DAYS = 30


class RegistrarStudent(models.Model):
    """What the pages of a student show; controllers give the own student only."""

    _inherit = "registrar.student"

    def _portal_calendar(self):
        """Return what is open now, what comes and the items by term.

        :rtype: dict
        """
        self.ensure_one()
        calendar = self.calendar_id
        today = fields.Date.context_today(self)
        items = calendar.item_ids.filtered(self._concerned_by).sorted(
            lambda item: (item.date_from, item.date_to, item.id)
        )
        rows = [self._portal_item(item, today) for item in items]
        days_off = self.env["registrar.holiday"]._days_off(
            today, max(today, calendar.year_id.date_to or today)
        )
        return {
            "calendar": calendar,
            "today": today,
            "now": [row for row in rows if row["is_now"]],
            "coming": sorted(
                (row for row in rows if row["item"].is_deadline and not row["is_past"]),
                key=lambda row: row["item"].date_to,
            )[:DEADLINES_SHOWN],
            "terms": self._portal_terms(rows),
            "holidays": self._portal_holidays(days_off),
            "amendments": calendar.amendment_ids.filtered(
                lambda a: a.date >= today - timedelta(days=AMENDMENTS_DAYS)
            ),
        }

    def _concerned_by(self, item):
        """Whether an item of the calendar is meant for the student."""
        duration = self.programme_id.duration_years
        is_final = bool(duration) and self.course >= math.ceil(duration)
        return item._concerns(self.course, is_final, self.programme_id)

    def _portal_item(self, item, today):
        return {
            "item": item,
            "name": item.name,
            "is_past": item.date_to < today,
            "is_now": item.date_from <= today <= item.date_to,
            "days_left": (item.date_to - today).days,
        }

    def _portal_terms(self, rows):
        """Group the items by term; those of the whole year come last."""
        terms = {}
        for row in rows:
            terms.setdefault(row["item"].term_id, []).append(row)
        order = sorted(terms, key=lambda term: (not term, term.date_from or False))
        return [{"term": term, "lines": terms[term]} for term in order]

    def _portal_holidays(self, days_off):
        """Return holidays with neighbouring days of one name put together."""
        groups = []
        for day in sorted(days_off):
            name = days_off[day].name
            if groups and groups[-1]["name"] == name:
                if (day - groups[-1]["last"]).days == 1:
                    groups[-1]["last"] = day
                    continue
            groups.append({"name": name, "first": day, "last": day})
        return groups

    def _portal_class_domain(self):
        return [
            ("student_id", "=", self.id),
            ("is_cancelled", "=", False),
            ("plan_id.state", "=", "registered"),
        ]

    def _portal_class_count(self):
        """Return the number of class groups of the current and later terms."""
        self.ensure_one()
        return self.env["registrar.study.plan.line"].search_count(
            [
                *self._portal_class_domain(),
                ("term_id.date_to", ">=", fields.Date.context_today(self)),
            ]
        )

    def _portal_classes(self):
        """Return the disciplines of the student by term, the latest term first.

        Of teachers and other students' groups only names are given.
        """
        self.ensure_one()
        lines = self.env["registrar.study.plan.line"].search(
            self._portal_class_domain()
        )
        terms = []
        for term in lines.term_id.sorted("date_from", reverse=True):
            own = lines.filtered(lambda line, term=term: line.term_id == term)
            rows = [
                self._portal_class(line)
                for line in own.sorted(lambda r: (r.discipline_id.name or "", r.id))
            ]
            terms.append(
                {
                    "term": term,
                    "lines": rows,
                    "credits": sum(line.credits for line in own),
                }
            )
        return terms

    def _portal_class(self, line):
        def label(record, field):
            selection = dict(record._fields[field]._description_selection(self.env))
            return selection.get(record[field]) or ""

        # Employees and other people's subgroups are closed to students.
        group = line.class_group_id.sudo()
        subgroup = line.sudo().subgroup_id
        lecturer = group.stream_id.teacher_id
        teachers = []
        for employee in (lecturer, group.teacher_id, subgroup.teacher_id):
            if employee and employee.name not in teachers:
                teachers.append(employee.name)
        return {
            "line": line,
            "name": line.discipline_id.name,
            "code": line.discipline_id.code,
            "credits": line.credits,
            "group": group.name or "",
            "stream": group.stream_id.display_name if group.stream_id else "",
            "subgroup": subgroup.display_name if subgroup else "",
            "teachers": teachers,
            "language": label(group, "language") if group else "",
            "control": label(line, "control_form"),
            "type": label(line, "line_type") if line.line_type != "main" else "",
        }

    def _portal_documents(self):
        """Return the registered documents that concern the student, newest first.

        Other addons add theirs. A row has ``entry_id`` (register entry), ``title``,
        ``note``, ``number``, ``date``, ``state``, ``code`` (for verification) and
        ``download``: whether the whole file may be given to the student.

        :rtype: list[dict]
        """
        self.ensure_one()
        plans = (
            self.env["registrar.study.plan"]
            .sudo()
            .search(
                [
                    ("student_id", "=", self.id),
                    ("state", "in", ("registered", "cancelled")),
                ]
            )
        )
        rows = [
            self._portal_document(plan, note=plan.year_id.name or "") for plan in plans
        ]
        return self._portal_sorted(rows)

    def _portal_sorted(self, rows):
        return sorted(
            rows, key=lambda row: (row["date"] or False, row["entry_id"]), reverse=True
        )

    def _portal_document(self, document, note="", title=None, download=True):
        """Return the row of one document, read with the rights of the system."""
        language = short_language(self.env.lang)
        is_valid = document.state == "registered"
        return {
            "entry_id": document.entry_id.id,
            "title": title or document._document_title(language),
            "note": note,
            "number": document.number,
            "date": document.document_date,
            "date_text": format_date(self.env, document.document_date),
            "state": document.state,
            "code": document.verification_code,
            "download": bool(download and is_valid and document.entry_id.attachment_id),
        }
