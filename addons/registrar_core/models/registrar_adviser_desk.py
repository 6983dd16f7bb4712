from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .selections import CONTINGENT_STATUSES

# Rows of the lists below the tiles.
ROWS_SHOWN = 12
ROLES = (
    "registrar_core.group_registrar_adviser",
    "registrar_core.group_registrar_dean",
    "registrar_core.group_registrar_clerk",
    "registrar_core.group_registrar_viewer",
)


class RegistrarAdviserDesk(models.AbstractModel):
    """What an adviser sees first: own students and what waits for him.

    All figures are counted with the rights of the reader; each opens the records
    behind it. Source: academic.md §4.9.
    """

    _name = "registrar.adviser.desk"
    _description = "Adviser's desk"

    @api.model
    def get_data(self, employee_id=None, scope=None):
        """Return everything the home screen shows.

        :param int employee_id: look at the desk of this adviser, as far as the reader
            sees the students
        :param str scope: ``"own"`` or ``"all"``; by default own students for advisers,
            all students whom the reader sees for the others
        :rtype: dict
        """
        user = self.env.user
        if not any(user.has_group(role) for role in ROLES):
            raise AccessError(self.env._("The desk is for advisers and the offices."))
        own = self._own_employees()
        wide = any(user.has_group(role) for role in ROLES[1:])
        is_adviser = user.has_group(ROLES[0])
        if not wide:
            scope, employee_id = "own", None
        elif not scope:
            scope = "own" if is_adviser and own else "all"
        if employee_id:
            employees = self.env["hr.employee"].browse(int(employee_id))
            domain = Domain("adviser_id", "in", employees.ids)
        elif scope == "own":
            domain = Domain("adviser_id", "in", own.ids)
        else:
            domain = self._wide_domain()
        students = domain & Domain("status", "in", CONTINGENT_STATUSES)
        facts = {"students": students, "all": domain, "year": self._year()}
        return {
            "scope": scope,
            "employee_id": employee_id or False,
            "can_choose": wide,
            "is_adviser": is_adviser and bool(own),
            "year": facts["year"].name or "",
            "tiles": self._tiles(facts),
            "groups": self._groups(facts),
            "statuses": self._statuses(facts),
            "advisers": self._advisers(facts) if wide else [],
            "activities": self._activities(facts),
            "messages": self._messages(),
            "norm": self.env["registrar.adviser.assignment"]._norm(),
        }

    @api.model
    def _own_employees(self):
        """Return the employee records of the reader."""
        employees = self.env["hr.employee"].sudo()
        found = employees.search([("user_id", "=", self.env.uid)])
        return found.sudo(self.env.su)

    @api.model
    def _wide_domain(self):
        """Return the students of offices: of the own faculties, or all."""
        user = self.env.user
        if user.has_group(ROLES[2]) or user.has_group(ROLES[3]):
            return Domain.TRUE
        return Domain("faculty_id", "in", user.sudo().registrar_faculty_ids.ids)

    @api.model
    def _year(self):
        years = self.env["registrar.academic.year"]
        return years._at(fields.Date.context_today(self))

    @api.model
    def _tiles(self, facts):
        """Return the tiles: dicts ``key, label, count, icon, tone, action``.

        The floors above add theirs.
        """
        Student = self.env["registrar.student"]
        tiles = [
            self._tile(
                "students",
                self.env._("Students"),
                "fa-users",
                "primary",
                self._student_action(facts["students"], self.env._("Students")),
            )
        ]
        if self.env["registrar.study.plan"].has_access("read"):
            tiles += self._plan_tiles(facts)
        if "registrar.hold" in self.env and self.env["registrar.hold"].has_access(
            "read"
        ):
            tiles.append(self._hold_tile(facts))
        unadvised = facts["students"] & Domain("adviser_id", "=", False)
        if Student.search_count(unadvised, limit=1):
            tiles.append(
                self._tile(
                    "no_adviser",
                    self.env._("Without adviser"),
                    "fa-user-times",
                    "warning",
                    self._student_action(unadvised, self.env._("Without adviser")),
                )
            )
        tiles.append(self._activity_tile(facts))
        tiles.append(self._inbox_tile())
        return tiles

    @api.model
    def _tile(self, key, label, icon, tone, action, count=None):
        """Return one tile; the count is that of its action unless given."""
        if count is None:
            count = self.env[action["res_model"]].search_count(action["domain"])
        return {
            "key": key,
            "label": label,
            "icon": icon,
            "tone": tone if count else "muted",
            "count": count,
            "action": action,
        }

    @api.model
    def _plan_tiles(self, facts):
        students, year = facts["students"], facts["year"]
        plans = Domain("student_id", "any", students)
        of_year = Domain("year_id", "=", year.id) & Domain("state", "!=", "cancelled")
        waiting = plans & Domain("state", "=", "submitted")
        tiles = [
            self._tile(
                "waiting",
                self.env._("Plans to agree"),
                "fa-check-square-o",
                "danger",
                self._action(
                    "registrar_core.registrar_study_plan_action",
                    waiting,
                    self.env._("Plans to agree"),
                ),
            )
        ]
        if year:
            tiles.append(
                self._tile(
                    "drafts",
                    self.env._("Plans in draft"),
                    "fa-pencil",
                    "warning",
                    self._action(
                        "registrar_core.registrar_study_plan_action",
                        plans & of_year & Domain("state", "=", "draft"),
                        self.env._("Plans in draft"),
                    ),
                )
            )
            without = students & Domain("plan_ids", "not any", of_year)
            label = self.env._("Without a study plan")
            tiles.append(
                self._tile(
                    "without_plan",
                    label,
                    "fa-calendar-times-o",
                    "danger",
                    self._student_action(without, label),
                )
            )
        return tiles

    @api.model
    def _hold_tile(self, facts):
        """Count the students with a hold of today."""
        label = self.env._("With holds")
        held = facts["students"] & Domain("has_hold", "=", True)
        return self._tile(
            "holds",
            label,
            "fa-hand-paper-o",
            "warning",
            self._student_action(held, label),
        )

    @api.model
    def _activity_tile(self, facts):
        label = self.env._("My activities")
        domain = Domain("user_id", "=", self.env.uid) & Domain(
            "res_model", "in", self._activity_models()
        )
        action = {
            "type": "ir.actions.act_window",
            "name": label,
            "res_model": "mail.activity",
            "views": [[False, "list"], [False, "form"]],
            "domain": list(domain),
        }
        return self._tile("activities", label, "fa-clock-o", "info", action)

    @api.model
    def _inbox_tile(self):
        count = self.env["mail.message"].search_count([("needaction", "=", True)])
        return {
            "key": "inbox",
            "label": self.env._("Unread messages"),
            "icon": "fa-envelope-o",
            "tone": "info" if count else "muted",
            "count": count,
            "action": "mail.action_discuss",
        }

    @api.model
    def _activity_models(self):
        """Return the models whose activities belong on the desk."""
        names = ["registrar.student", "registrar.study.plan", "registrar.group"]
        return [name for name in names if self.env[name].has_access("read")]

    @api.model
    def _statuses(self, facts):
        """Return the students by status: dicts ``status, label, count, action``."""
        Student = self.env["registrar.student"]
        labels = dict(Student._fields["status"]._description_selection(self.env))
        counts = dict(Student._read_group(facts["all"], ["status"], ["__count"]))
        return [
            {
                "status": status,
                "label": labels[status],
                "count": counts[status],
                "action": self._student_action(
                    facts["all"] & Domain("status", "=", status), labels[status]
                ),
            }
            for status in labels
            if counts.get(status)
        ]

    @api.model
    def _groups(self, facts):
        """Return one row per group with the state of the plans of the year.

        A fixed number of queries, however many groups there are.
        """
        Student = self.env["registrar.student"]
        rows = Student._read_group(
            facts["students"],
            ["group_id", "status"],
            ["__count"],
        )
        by_group = defaultdict(lambda: defaultdict(int))
        for group, status, count in rows:
            by_group[group][status] += count
        plans, planned = self._plans_by_group(facts)
        extra = self._group_figures(facts)
        result = []
        groups = self.env["registrar.group"].browse(
            [group.id for group in by_group if group]
        )
        for group in groups.sorted(lambda g: (g.course, g.name)):
            counts = by_group[group]
            total = sum(counts.values())
            own = facts["students"] & Domain("group_id", "=", group.id)
            result.append(
                {
                    "id": group.id,
                    "name": group.name,
                    "programme": group.programme_id.display_name,
                    "course": group.course,
                    "students": total,
                    "leave": counts.get("leave", 0),
                    "plans": plans.get(group.id, {}),
                    "without": total - planned.get(group.id, 0) if facts["year"] else 0,
                    "extra": [
                        {
                            "key": figure["key"],
                            "count": figure["counts"].get(group.id, 0),
                        }
                        for figure in extra
                    ],
                    "action": self._student_action(own, group.name),
                    "plan_action": self._action(
                        "registrar_core.registrar_study_plan_action",
                        Domain("student_id", "any", own)
                        & Domain("year_id", "=", facts["year"].id),
                        group.name,
                    ),
                }
            )
        return {
            "rows": result,
            "extra": [
                {"key": figure["key"], "label": figure["label"]} for figure in extra
            ],
        }

    @api.model
    def _plans_by_group(self, facts):
        """Return main plans of the year by group and state, and planned students."""
        Plan = self.env["registrar.study.plan"]
        plans, planned = defaultdict(dict), defaultdict(int)
        if not facts["year"] or not Plan.has_access("read"):
            return plans, planned
        domain = (
            Domain("student_id", "any", facts["students"])
            & Domain("year_id", "=", facts["year"].id)
            & Domain("kind", "=", "main")
            & Domain("state", "!=", "cancelled")
        )
        for group, state, count in Plan._read_group(
            domain, ["student_id.group_id", "state"], ["__count"]
        ):
            plans[group.id][state] = count
            planned[group.id] += count
        return plans, planned

    @api.model
    def _group_figures(self, facts):
        """Return more columns of the groups: dicts ``key, label, counts`` by group id.

        A hook for the floors above.
        """
        return []

    @api.model
    def _advisers(self, facts):
        """Return the advisers of the students in sight, the busiest first."""
        norm = self.env["registrar.adviser.assignment"]._norm()
        rows = self.env["registrar.student"]._read_group(
            facts["students"] & Domain("adviser_id", "!=", False),
            ["adviser_id"],
            ["__count", "group_id:count_distinct"],
        )
        waiting = {}
        Plan = self.env["registrar.study.plan"]
        if Plan.has_access("read"):
            waiting = dict(
                Plan._read_group(
                    Domain("student_id", "any", facts["students"])
                    & Domain("state", "=", "submitted"),
                    ["student_id.adviser_id"],
                    ["__count"],
                )
            )
        result = [
            {
                "id": employee.id,
                "name": employee.sudo().display_name,
                "students": count,
                "groups": groups,
                "waiting": waiting.get(employee, 0),
                "excess": max(count - norm, 0) if norm else 0,
            }
            for employee, count, groups in rows
        ]
        result.sort(key=lambda row: (-row["waiting"], -row["students"], row["name"]))
        return result

    @api.model
    def _activities(self, facts):
        """Return the next activities of the reader on students and plans."""
        activities = self.env["mail.activity"].search(
            [
                ("user_id", "=", self.env.uid),
                ("res_model", "in", self._activity_models()),
            ],
            order="date_deadline, id",
            limit=ROWS_SHOWN,
        )
        today = fields.Date.context_today(self)
        return [
            {
                "id": activity.id,
                "summary": activity.summary or activity.activity_type_id.name or "",
                "record": activity.res_name or "",
                "deadline": fields.Date.to_string(activity.date_deadline),
                "late": activity.date_deadline < today,
                "action": {
                    "type": "ir.actions.act_window",
                    "res_model": activity.res_model,
                    "res_id": activity.res_id,
                    "views": [[False, "form"]],
                },
            }
            for activity in activities
        ]

    @api.model
    def _messages(self):
        """Return the last mass messages of the reader."""
        Message = self.env["registrar.mass.message"]
        if not Message.has_access("read"):
            return []
        messages = Message.search(
            [("sender_id", "=", self.env.uid), ("state", "!=", "draft")],
            limit=ROWS_SHOWN // 2,
        )
        return [
            {
                "id": message.id,
                "subject": message.subject,
                "date": fields.Datetime.to_string(message.sent_at),
                "count": message.recipient_count,
                "action": {
                    "type": "ir.actions.act_window",
                    "res_model": "registrar.mass.message",
                    "res_id": message.id,
                    "views": [[False, "form"]],
                },
            }
            for message in messages
        ]

    @api.model
    def _student_action(self, domain, name):
        return self._action("registrar_core.registrar_student_action", domain, name)

    @api.model
    def _action(self, xmlid, domain, name):
        """Return an action for the client: that of ``xmlid`` on other records."""
        model = self.env.ref(xmlid).sudo().res_model
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "list"], [False, "form"]],
            "domain": self._client_domain(domain),
            "context": {},
        }

    @api.model
    def _client_domain(self, domain):
        """Write a domain for the client: sub-domains become lists as well."""

        def plain(item):
            if isinstance(item, Domain):
                return [plain(part) for part in item]
            if isinstance(item, tuple):
                return [plain(part) for part in item]
            if isinstance(item, (set, frozenset)):
                return list(item)
            return list(item) if isinstance(item, (list,)) else item

        return plain(domain)
