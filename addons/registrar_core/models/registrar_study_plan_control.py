from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .selections import LEVELS

STEPS_IN_ORDER = ("draft", "submitted", "adviser", "dean", "registered")


class RegistrarStudyPlanControl(models.Model):
    """How far the study plans of a group are; a view without facts of its own.

    One row per group and academic year. Years that are over show the plans of that
    year, present and coming years also who has no plan yet.
    """

    _name = "registrar.study.plan.control"
    _description = "Control of study plans"
    _auto = False
    _order = "year_id desc, faculty_id, programme_id, group_id"
    _rec_name = "group_id"
    _depends = {
        "registrar.academic.year": ["date_from", "date_to"],
        "registrar.curriculum": ["duration_years"],
        "registrar.group": ["programme_id", "adviser_id", "curriculum_id"],
        "registrar.programme": ["faculty_id", "level"],
        "registrar.student": ["status", "group_id", "course", "active"],
        "registrar.study.plan": [
            "state",
            "kind",
            "group_id",
            "year_id",
            "student_id",
            "course",
        ],
    }

    year_id = fields.Many2one("registrar.academic.year", "Academic year", readonly=True)
    group_id = fields.Many2one("registrar.group", readonly=True)
    programme_id = fields.Many2one("registrar.programme", readonly=True)
    faculty_id = fields.Many2one("hr.department", readonly=True)
    level = fields.Selection(LEVELS, readonly=True)
    course = fields.Integer("Year of study", readonly=True, aggregator=None)
    adviser_id = fields.Many2one("hr.employee", readonly=True)
    student_count = fields.Integer("Students", readonly=True)
    missing_count = fields.Integer("No plan", readonly=True)
    draft_count = fields.Integer("Drafts", readonly=True)
    submitted_count = fields.Integer("At the adviser", readonly=True)
    adviser_count = fields.Integer("At the dean's office", readonly=True)
    dean_count = fields.Integer("To be registered", readonly=True)
    registered_count = fields.Integer("Registered", readonly=True)
    change_count = fields.Integer("Changes under way", readonly=True)
    under_count = fields.Integer("Too few credits", readonly=True)
    over_count = fields.Integer("Too many credits", readonly=True)
    error_count = fields.Integer("With unmet rules", readonly=True)
    warning_count = fields.Integer("With warnings", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            WITH coming AS (
                SELECT y.id, (SELECT COUNT(*) FROM registrar_academic_year o
                               WHERE o.date_from > %(today)s
                                 AND o.date_from <= y.date_from) AS years
                  FROM registrar_academic_year y
                 WHERE y.date_to >= %(today)s
            ), present AS (
                SELECT s.group_id, y.id AS year_id,
                       -- Those who repeat a year stay in their group.
                       MODE() WITHIN GROUP (ORDER BY s.course + y.years) AS course,
                       COUNT(*) AS students,
                       COUNT(*) FILTER (WHERE p.id IS NULL) AS missing
                  FROM registrar_student s
                  JOIN registrar_group g ON g.id = s.group_id
             LEFT JOIN registrar_curriculum c ON c.id = g.curriculum_id
            CROSS JOIN coming y
             LEFT JOIN registrar_study_plan p
                    ON p.student_id = s.id AND p.year_id = y.id
                   AND p.kind = 'main' AND p.state <> 'cancelled'
                 WHERE s.status IN ('studying', 'leave') AND s.active
                   AND COALESCE(s.course, 1) + y.years
                       <= CEIL(COALESCE(c.duration_years, 99))
                 GROUP BY s.group_id, y.id
            ), planned AS (
                SELECT group_id, year_id,
                       MODE() WITHIN GROUP (ORDER BY course) AS course,
                       COUNT(*) AS plans,
                       %(states)s,
                       COUNT(*) FILTER (WHERE credit_state = 'under') AS under_count,
                       COUNT(*) FILTER (WHERE credit_state = 'over') AS over_count,
                       COUNT(*) FILTER (WHERE error_count > 0) AS error_count,
                       COUNT(*) FILTER (WHERE warning_count > 0) AS warning_count
                  FROM registrar_study_plan
                 WHERE kind = 'main' AND state <> 'cancelled' AND group_id IS NOT NULL
                 GROUP BY group_id, year_id
            ), changed AS (
                SELECT group_id, year_id, COUNT(*) AS change_count
                  FROM registrar_study_plan
                 WHERE kind <> 'main' AND state NOT IN ('registered', 'cancelled')
                 GROUP BY group_id, year_id
            )
            SELECT g.id * 1000 + k.year_id AS id, k.year_id, g.id AS group_id,
                   g.programme_id, r.faculty_id, r.level, g.adviser_id,
                   COALESCE(b.course, p.course) AS course,
                   COALESCE(b.students, p.plans, 0)::int AS student_count,
                   COALESCE(b.missing, 0)::int AS missing_count,
                   %(counts)s,
                   COALESCE(h.change_count, 0)::int AS change_count,
                   COALESCE(p.under_count, 0)::int AS under_count,
                   COALESCE(p.over_count, 0)::int AS over_count,
                   COALESCE(p.error_count, 0)::int AS error_count,
                   COALESCE(p.warning_count, 0)::int AS warning_count
              FROM (SELECT group_id, year_id FROM present
                     UNION
                    SELECT group_id, year_id FROM planned) k
              JOIN registrar_group g ON g.id = k.group_id
              JOIN registrar_programme r ON r.id = g.programme_id
         LEFT JOIN present b ON b.group_id = k.group_id AND b.year_id = k.year_id
         LEFT JOIN planned p ON p.group_id = k.group_id AND p.year_id = k.year_id
         LEFT JOIN changed h ON h.group_id = k.group_id AND h.year_id = k.year_id
            """,
            today=fields.Date.context_today(self),
            states=SQL(", ").join(
                SQL(
                    "COUNT(*) FILTER (WHERE state = %s) AS %s",
                    state,
                    SQL.identifier(f"{state}_count"),
                )
                for state in STEPS_IN_ORDER
            ),
            counts=SQL(", ").join(
                SQL(
                    "COALESCE(p.%s, 0)::int AS %s",
                    SQL.identifier(f"{state}_count"),
                    SQL.identifier(f"{state}_count"),
                )
                for state in STEPS_IN_ORDER
            ),
        )

    # What stands behind the figures

    def action_open_students(self):
        return self._open_students(self._students())

    def action_open_missing(self):
        """Open the students of the groups who have no plan of the year."""
        return self._open_students(self._students(without_plan=True))

    def action_open_plans(self):
        return self._open_plans([])

    def action_open_draft(self):
        return self._open_plans([("state", "=", "draft")])

    def action_open_submitted(self):
        return self._open_plans([("state", "=", "submitted")])

    def action_open_adviser(self):
        return self._open_plans([("state", "=", "adviser")])

    def action_open_dean(self):
        return self._open_plans([("state", "=", "dean")])

    def action_open_registered(self):
        return self._open_plans([("state", "=", "registered")])

    def action_open_under(self):
        return self._open_plans([("credit_state", "=", "under")])

    def action_open_over(self):
        return self._open_plans([("credit_state", "=", "over")])

    def action_open_errors(self):
        return self._open_plans([("error_count", ">", 0)])

    def action_open_warnings(self):
        return self._open_plans([("warning_count", ">", 0)])

    def action_open_changes(self):
        return self._open_plans(
            [("state", "not in", ("registered", "cancelled"))], main=False
        )

    def _open_students(self, students):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_student_action"
        )
        return dict(action, domain=[("id", "in", students.ids)], context={})

    def _open_plans(self, domain, main=True):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_action"
        )
        return dict(
            action, domain=list(self._plan_domain(main) & Domain(domain)), context={}
        )

    def _plan_domain(self, main=True):
        """Return the domain of the plans of the groups in their years."""
        pairs = Domain.OR(
            Domain("year_id", "=", year.id)
            & Domain("group_id", "in", rows.group_id.ids)
            for year, rows in self.grouped("year_id").items()
        )
        kind = Domain("kind", "=", "main") if main else Domain("kind", "!=", "main")
        return pairs & kind & Domain("state", "!=", "cancelled")

    def _students(self, without_plan=False):
        """Return who studies in the groups, or who of them has no plan of the year."""
        students = self.env["registrar.student"]
        for year, rows in self.grouped("year_id").items():
            found = students.search(
                [
                    ("group_id", "in", rows.group_id.ids),
                    ("status", "in", ("studying", "leave")),
                ]
            )
            if without_plan:
                plans = (
                    self.env["registrar.study.plan"]
                    .sudo()
                    .search(
                        [
                            ("student_id", "in", found.ids),
                            ("year_id", "=", year.id),
                            ("kind", "=", "main"),
                            ("state", "!=", "cancelled"),
                        ]
                    )
                )
                found -= plans.student_id
            students |= found
        return students

    # What is done about it

    def action_make_plans(self):
        """Make or complete the plans of the groups, with one report."""
        self.ensure_one()
        wizard = self.env["registrar.study.plan.fill"].create(
            {"year_id": self.year_id.id, "group_ids": self.group_id.ids}
        )
        return wizard.action_fill()

    def action_refresh(self):
        """Judge the plans of the groups anew."""
        plans = self.env["registrar.study.plan"].search(self._plan_domain())
        plans._refresh_checks()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_process(self):
        """Take the next step of the context with the plans of the groups."""
        plans = self.env["registrar.study.plan"].search(
            self._plan_domain()
            & Domain("state", "=", self.env.context.get("plan_state", "draft"))
        )
        return plans.action_process()

    def action_remind(self):
        """Remind advisers and students of what they still have to do."""
        result = self.env["registrar.study.plan.reminder"]._remind(self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if result["students"] + result["users"] else "info",
                "title": self.env._("Reminders"),
                "message": self.env._(
                    "Students: %(students)s, advisers: %(users)s. Reminded today "
                    "before: %(before)s. Without e-mail: %(silent)s. Groups without "
                    "an adviser who has a user: %(alone)s.",
                    **result,
                ),
                "sticky": True,
            },
        }
