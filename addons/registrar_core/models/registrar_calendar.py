from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from . import calendar_rules
from .calendar_selections import ACTIVITIES, PERIOD_KINDS, concerns
from .registrar_calendar_item import AMENDING

# What stays as it is once the calendar is approved.
FROZEN_FIELDS = frozenset(
    {"year_id", "period_kind", "scope_ids", "item_ids", "state", "approved_by_id"}
    | {"approved_date", "approval_basis", "override_ground"}
)

# Years of study where no programme of the level says how long it lasts.
USUAL_DURATIONS = {
    "bachelor": 4,
    "specialist": 5,
    "master_science": 2,
    "master_profile": 1,
    "doctorate": 3,
    "doctorate_profile": 3,
    "residency": 3,
    "internship": 1,
    "preparatory": 1,
}


class RegistrarCalendar(models.Model):
    """Academic calendar of a year for some levels, forms and years of study.

    What a period opens or closes in the system follows from the kinds of its items.
    An approved calendar changes by dated amendments only. Source: academic.md §4.7.
    """

    _name = "registrar.calendar"
    _description = "Academic calendar"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "year_id desc, id"
    _rec_names_search = ["title", "year_id"]

    title = fields.Char(
        help="Own name, e.g. of a college or a double-degree programme. Empty: the "
        "year and the students it is for."
    )
    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        default=lambda self: self.env["registrar.academic.year"]._at(
            fields.Date.context_today(self)
        ),
    )
    period_kind = fields.Selection(
        PERIOD_KINDS, "Academic periods", required=True, default="semester"
    )
    scope_ids = fields.One2many(
        "registrar.calendar.scope",
        "calendar_id",
        "For whom",
        copy=True,
        help="Empty: for all students. The most specific calendar wins.",
    )
    scope_text = fields.Char("Students", compute="_compute_scope_text")
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved"), ("archived", "Archived")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    approval_basis = fields.Char(
        "Basis of approval",
        readonly=True,
        copy=False,
        tracking=True,
        help="E.g. protocol No. 8 of the academic council of 27 March 2026.",
    )
    override_ground = fields.Char(
        "Approved against the norms because",
        readonly=True,
        copy=False,
        tracking=True,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_date = fields.Date(readonly=True, copy=False)
    item_ids = fields.One2many("registrar.calendar.item", "calendar_id", "Items")
    item_count = fields.Integer(compute="_compute_item_count")
    amendment_ids = fields.One2many(
        "registrar.calendar.amendment", "calendar_id", "Amendments"
    )
    amendment_count = fields.Integer(compute="_compute_amendment_count")
    student_ids = fields.One2many("registrar.student", "calendar_id", "Bound students")
    student_count = fields.Integer(
        "Number of students", compute="_compute_student_count"
    )
    violation_html = fields.Html("Against the norms", compute="_compute_violations")
    violation_count = fields.Integer(compute="_compute_violations")
    has_errors = fields.Boolean(compute="_compute_violations")
    overview_html = fields.Html(
        "Year overview", compute="_compute_overview_html", sanitize=False
    )

    @api.depends("title", "year_id.name", "scope_ids.level", "scope_ids.study_form")
    @api.depends("scope_ids.course")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for calendar in self:
            calendar.display_name = calendar.title or " · ".join(
                part for part in (calendar.year_id.name, calendar.scope_text) if part
            )

    @api.depends("scope_ids.level", "scope_ids.study_form", "scope_ids.course")
    @api.depends_context("lang")
    def _compute_scope_text(self):
        for calendar in self:
            calendar.scope_text = "; ".join(
                scope._label() for scope in calendar.scope_ids
            ) or self.env._("all students")

    def _compute_item_count(self):
        counts = self._counts("registrar.calendar.item")
        for calendar in self:
            calendar.item_count = counts.get(calendar._origin, 0)

    def _compute_amendment_count(self):
        counts = self._counts("registrar.calendar.amendment")
        for calendar in self:
            calendar.amendment_count = counts.get(calendar._origin, 0)

    def _compute_student_count(self):
        counts = self._counts("registrar.student")
        for calendar in self:
            calendar.student_count = counts.get(calendar._origin, 0)

    def _counts(self, model):
        domain = [("calendar_id", "in", self.ids)]
        records = self.env[model]
        return dict(records._read_group(domain, ["calendar_id"], ["__count"]))

    @api.depends(
        "year_id",
        "period_kind",
        "scope_ids.level",
        "scope_ids.study_form",
        "scope_ids.course",
        "item_ids.kind_id",
        "item_ids.term_id",
        "item_ids.date_from",
        "item_ids.date_to",
        "item_ids.for_course",
        "item_ids.programme_ids",
        "state",
    )
    @api.depends_context("lang")
    def _compute_violations(self):
        for calendar in self:
            found = (
                calendar._violations()
                if calendar.year_id and calendar.state == "draft"
                else []
            )
            calendar.violation_count = len(found)
            calendar.has_errors = any(v.level == "error" for v in found)
            calendar.violation_html = calendar._violations_html(found)

    @api.depends("item_ids", "item_ids.date_from", "item_ids.date_to", "year_id")
    @api.depends_context("lang")
    def _compute_overview_html(self):
        Graph = self.env["report.registrar_core.report_calendar_graph"]
        for calendar in self:
            calendar.overview_html = (
                Graph._overview_html(calendar) if calendar.year_id else False
            )

    def write(self, vals):
        self.check_access("write")
        if vals.keys() & FROZEN_FIELDS and not self.env.su:
            if vals.keys() & {"state", "approved_by_id", "approved_date"}:
                raise UserError(self.env._("The state changes by the actions only."))
            self._check_draft()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su and vals.get("state", "draft") != "draft":
                raise UserError(self.env._("The state changes by the actions only."))
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._check_draft()

    # Actions

    def action_approve(self):
        """Ask for the basis and approve; errors need a ground of the head."""
        self._check_head()
        self._check_draft()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approve the calendar"),
            "res_model": "registrar.calendar.approve",
            "view_mode": "form",
            "target": "new",
            "context": {"default_calendar_ids": self.ids},
        }

    def action_archive_calendar(self):
        self._check_head()
        for calendar in self:
            if calendar.state != "approved":
                raise UserError(
                    self.env._("“%s” is not approved.", calendar.display_name)
                )
        self.sudo().write({"state": "archived"})
        self.env["registrar.student"].sudo()._refresh_calendar()
        return True

    def action_amend(self):
        """Open the wizard by which an approved calendar changes."""
        self.ensure_one()
        self._check_head()
        if self.state != "approved":
            raise UserError(
                self.env._("Only an approved calendar is amended; edit the draft.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Amend the calendar"),
            "res_model": "registrar.calendar.amend",
            "view_mode": "form",
            "target": "new",
            "context": {"default_calendar_id": self.id},
        }

    def action_open_items(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_calendar_item_action"
        )
        return dict(
            action,
            domain=[("calendar_id", "=", self.id)],
            context={
                "default_calendar_id": self.id,
                "search_default_group_by_term": 1,
                "initial_date": fields.Date.to_string(self.year_id.date_from),
            },
        )

    def action_open_students(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_student_action"
        )
        return dict(action, domain=[("calendar_id", "=", self.id)], context={})

    def action_open_amendments(self):
        self.ensure_one()
        title = self.env._("Amendments")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "registrar.calendar.amendment",
            "view_mode": "list,form",
            "domain": [("calendar_id", "=", self.id)],
        }

    def action_refresh_students(self):
        """Bind all students again by the rules; manual choices stay."""
        if not self.env.su and not self.env.user.has_group(
            "registrar_core.group_registrar_clerk"
        ):
            raise AccessError(self.env._("Only the registrar's office does this."))
        self.env["registrar.student"].sudo()._refresh_calendar()
        return True

    def action_graph_xlsx(self):
        """Download the process graph as XLSX."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/registrar/calendar/{self.id}/graph.xlsx",
            "target": "download",
        }

    # What is open

    @api.model
    def _is_open(self, students, activity, date=None, term=None):
        """Return whether ``activity`` is open for each student on a day.

        ``None``: the student has no calendar, or the calendar says nothing about the
        activity (in the term). The number of queries does not depend on the number
        of students.

        :param students: ``registrar.student``
        :param str activity: a key of ``calendar_selections.ACTIVITIES``
        :param date: the day, by default today
        :param term: ``registrar.term``: what is open for that term; several terms:
            for any of them
        :rtype: dict[int, bool | None]
        """
        date = date or fields.Date.context_today(self)
        return {
            student_id: any(first <= date <= last for first, last in windows)
            if windows
            else None
            for student_id, windows in self._windows(
                students, activity, term=term, date=date
            ).items()
        }

    @api.model
    def _windows(self, students, activity, term=None, date=None):
        """Return when ``activity`` is open for each student.

        With a term these are the periods of the calendar of the term's year that
        concern the term or no term in particular, and what the year before opens for
        the following year. Without a term: all periods of the student's calendar.

        :rtype: dict[int, list[tuple[date, date]]] inclusive, in order of time
        """
        if activity not in dict(ACTIVITIES):
            raise ValueError(activity)
        result = {student_id: [] for student_id in students.ids}
        if not students:
            return result
        if activity == "holiday":
            windows = self._holiday_windows(date, term)
            return {student_id: list(windows) for student_id in students.ids}
        cases = students.sudo()._calendar_cases(term=term, date=date)
        calendar_ids = {case[1] for rows in cases.values() for case in rows}
        items = defaultdict(list)
        for item in self._items_of(calendar_ids, activity):
            items[item["calendar_id"]].append(item)
        cache = {}
        for student_id, rows in cases.items():
            key = tuple(rows)
            if key not in cache:
                cache[key] = self._windows_of_case(rows, items, term)
            result[student_id] = list(cache[key])
        return result

    @api.model
    def _windows_of_case(self, rows, items, term):
        """Return the periods for students who have everything in ``rows`` in common."""
        term_ids = set(term.ids) if term else set()
        found = set()
        for role, calendar_id, programme_id, course, is_final in rows:
            for item in items[calendar_id]:
                if not concerns(item["for_course"], course, is_final):
                    continue
                if item["programme_ids"] and programme_id not in item["programme_ids"]:
                    continue
                if role == "before" and not item["is_next_year"]:
                    continue
                if term_ids and item["term_id"] and item["term_id"] not in term_ids:
                    continue
                if role == "of_term" and item["is_next_year"]:
                    continue
                found.add((item["date_from"], item["date_to"]))
        return sorted(found)

    @api.model
    def _items_of(self, calendar_ids, activity):
        if not calendar_ids:
            return []
        self.env["registrar.calendar.item"].flush_model()
        self.env["registrar.calendar.item.kind"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT i.calendar_id, i.term_id, i.date_from, i.date_to, i.for_course,
                       COALESCE(k.is_next_year, FALSE) AS is_next_year,
                       ARRAY(SELECT r.registrar_programme_id
                               FROM registrar_calendar_item_registrar_programme_rel r
                              WHERE r.registrar_calendar_item_id = i.id
                       ) AS programme_ids
                  FROM registrar_calendar_item i
                  JOIN registrar_calendar_item_kind k ON k.id = i.kind_id
                 WHERE i.active AND i.calendar_id = ANY(%s) AND k.activity = %s
                 ORDER BY i.date_from, i.id
                """,
                list(calendar_ids),
                activity,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _holiday_windows(self, date, term):
        Year = self.env["registrar.academic.year"].sudo()
        year = (
            term.year_id[:1]
            if term
            else Year._at(date or fields.Date.context_today(self))
        )
        if not year:
            return []
        days = (
            self.env["registrar.holiday"].sudo()._days_off(year.date_from, year.date_to)
        )
        return [(day, day) for day in sorted(days)]

    @api.model
    def _windows_text(self, windows):
        """Return periods as people read them, e.g. for an error message."""
        texts = []
        for first, last in windows:
            days = [format_date(self.env, day) for day in (first, last)]
            texts.append(days[0] if first == last else " – ".join(days))
        return ", ".join(texts)

    # Rules of the norm

    def _violations(self):
        """Return what the norms say against the calendar.

        :rtype: list[calendar_rules.Violation]
        """
        self.ensure_one()
        return calendar_rules.violations(self)

    @api.model
    def _violations_html(self, found):
        if not found:
            return False
        order = sorted(found, key=lambda v: v.level != "error")
        rows = Markup("").join(
            Markup('<li class="%s">%s</li>')
            % ("text-danger" if v.level == "error" else "text-warning-emphasis", v.text)
            for v in order
        )
        return Markup('<ul class="mb-0 ps-3">%s</ul>') % rows

    def _courses(self):
        """Return the years of study that the calendar concerns.

        :rtype: list[tuple[int, bool]] (year of study, whether it is the final one)
        """
        self.ensure_one()
        result = {}
        durations = self._durations()
        for scope in self.scope_ids or [None]:
            level = scope.level if scope else False
            last = durations.get(level) or USUAL_DURATIONS.get(level, 4)
            courses = [scope.course] if scope and scope.course else range(1, last + 1)
            for course in courses:
                result[course] = result.get(course, False) or course >= last
        return sorted(result.items())

    def _durations(self):
        """Return the longest duration of active programmes by level, in years."""
        rows = (
            self.env["registrar.programme"]
            .sudo()
            ._read_group([], ["level"], ["duration_years:max"])
        )
        return {level: round(duration or 0) for level, duration in rows}

    def _scope_keys(self):
        self.ensure_one()
        return {
            (scope.level or "", scope.study_form or "", scope.course or 0)
            for scope in self.scope_ids
        } or {("", "", 0)}

    # Steps

    def _approve(self, basis, override=None):
        """Approve drafts, announce them and bind the students.

        :param str basis: e.g. the protocol of the academic council
        :param str override: ground on which errors are accepted
        """
        self._check_head()
        self._check_draft()
        today = fields.Date.context_today(self)
        for calendar in self:
            errors = [v.text for v in calendar._violations() if v.level == "error"]
            if errors and not override:
                raise UserError(
                    self.env._(
                        "“%(calendar)s” breaks the norms:\n%(errors)s",
                        calendar=calendar.display_name,
                        errors="\n".join(errors),
                    )
                )
            calendar.sudo().write(
                {
                    "state": "approved",
                    "approval_basis": basis,
                    "override_ground": override if errors else False,
                    "approved_by_id": self.env.uid,
                    "approved_date": today,
                }
            )
            calendar._announce(
                Markup("<p>%s</p><p>%s</p>")
                % (self.env._("The academic calendar is approved."), basis or "")
            )
        self.env["registrar.student"].sudo()._refresh_calendar()
        return True

    def _amend(self, day, ground, changes):
        """Change the items of an approved calendar, keep what was, tell people.

        :param day: date of the decision
        :param str ground: the decision
        :param changes: list of ``(item, values)``; without item the values are those
            of a new one, without values the item is removed
        :return: the amendment
        """
        self.ensure_one()
        self._check_head()
        if self.state != "approved":
            raise UserError(
                self.env._("Only an approved calendar is amended; edit the draft.")
            )
        if not changes:
            raise UserError(self.env._("Nothing has been changed."))
        amendment = (
            self.env["registrar.calendar.amendment"]
            .sudo()
            .create(
                {
                    "calendar_id": self.id,
                    "date": day,
                    "ground": ground,
                    "user_id": self.env.uid,
                }
            )
        )
        Item = (
            self.env["registrar.calendar.item"]
            .sudo()
            .with_context(registrar_calendar_amending=AMENDING)
        )
        for item, values in changes:
            old = item and (item.date_from, item.date_to)
            if not item:
                action = "added"
                item = Item.create(
                    dict(values, calendar_id=self.id, amendment_id=amendment.id)
                )
            else:
                if item.calendar_id != self:
                    raise UserError(self.env._("The item is of another calendar."))
                action = "changed" if values else "removed"
                Item.browse(item.id).write(
                    dict(values or {"active": False}, amendment_id=amendment.id)
                )
            self.env["registrar.calendar.amendment.line"].sudo().create(
                {
                    "amendment_id": amendment.id,
                    "item_id": item.id,
                    "action": action,
                    "old_date_from": old and old[0],
                    "old_date_to": old and old[1],
                    "new_date_from": action != "removed" and item.date_from,
                    "new_date_to": action != "removed" and item.date_to,
                }
            )
        rows = Markup("").join(
            Markup("<li>%s</li>") % line._text() for line in amendment.line_ids
        )
        self._announce(Markup("<p>%s</p><ul>%s</ul>") % (amendment.display_name, rows))
        return amendment.sudo(False)

    def _announce(self, body):
        """Tell deans' offices, advisers and the office about a change."""
        groups = (
            self.env["res.groups"].browse(
                [
                    self.env.ref(f"registrar_core.group_registrar_{role}").id
                    for role in ("clerk", "dean", "adviser")
                ]
            )
        ).sudo()
        people = groups.all_user_ids.filtered("active").partner_id
        for calendar in self:
            calendar.sudo().message_post(
                body=body,
                subject=calendar.display_name,
                partner_ids=people.ids,
                subtype_xmlid="mail.mt_note",
            )

    def _check_draft(self):
        """Refuse to change what is approved.

        :raises UserError: naming the first calendar that is not a draft
        """
        for calendar in self:
            if calendar.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” is approved. It changes by an amendment with a ground.",
                        calendar.display_name,
                    )
                )

    def _check_head(self):
        if not self.env.su and not self.env.user.has_group(
            "registrar_core.group_registrar_head"
        ):
            raise AccessError(
                self.env._("Calendars are approved by the head of the office.")
            )

    @api.model
    def _default_kind(self, code):
        return self.env["registrar.calendar.item.kind"].search(
            Domain("code", "=", code), limit=1
        )
