from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.languages import LANGUAGES
from . import registration_rules
from .registrar_term import TERMS_PER_YEAR
from .selections import LANGUAGES_OF_STUDY, NOT_APPROVED

TITLES = {
    "kk": "Жеке оқу жоспары",
    "ru": "Индивидуальный учебный план",
    "en": "Individual study plan",
}

# From which states a step leads to which state, and which fields it signs.
STEPS = {
    "submit": (("draft",), "submitted", "submitted"),
    "agree": (("submitted",), "adviser", "agreed"),
    "sign": (("adviser",), "dean", "signed"),
    "return": (("submitted", "adviser", "dean"), "draft", None),
}

# Above so many records a step writes no tracking message for each of them.
TRACK_AT_MOST = 40

IDENTITY_FIELDS = frozenset(
    {
        "student_id",
        "year_id",
        "kind",
        "group_id",
        "programme_id",
        "curriculum_id",
        "course",
        "language",
    }
)


class RegistrarStudyPlan(models.Model):
    """What one student studies in one academic year.

    Student → adviser → dean's office → registrar. Its lines are the registrations
    for disciplines. Source: academic.md §4.6.
    """

    _name = "registrar.study.plan"
    _description = "Individual study plan"
    _inherit = ["registrar.document"]
    _order = "year_id desc, group_id, student_id, id"
    _rec_names_search = ["number", "student_id.full_name"]
    _register_code = "study_plans"
    _document_report = "registrar_core.action_report_study_plan"
    _register_states = ("dean",)
    _document_register_groups = "registrar_core.group_registrar_clerk"
    # The faculty follows the programme when a department moves; the figures of the
    # last check follow later changes of the plan.
    _mutable_columns = frozenset(
        {
            "faculty_id",
            "error_count",
            "warning_count",
            "credit_state",
            "checked_at",
        }
    )

    student_id = fields.Many2one(
        "registrar.student",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["registrar.academic.year"]._present(),
    )
    kind = fields.Selection(
        [
            ("main", "Main plan of the year"),
            ("addition", "Addition"),
            ("change", "Change (add/drop)"),
        ],
        required=True,
        default="main",
        help="An addition registers more disciplines after the main plan is "
        "registered, e.g. for the summer term. A change adds and drops disciplines "
        "of a registered plan.",
    )
    state = fields.Selection(
        selection_add=[
            ("draft",),
            ("submitted", "Submitted"),
            ("adviser", "Agreed by the adviser"),
            ("dean", "Signed by the dean's office"),
            ("registered",),
            ("cancelled",),
        ],
        ondelete={
            "submitted": "set default",
            "adviser": "set default",
            "dean": "set default",
        },
    )
    group_id = fields.Many2one(
        "registrar.group",
        compute="_compute_identity",
        store=True,
        readonly=False,
        index=True,
        ondelete="restrict",
    )
    programme_id = fields.Many2one(
        "registrar.programme",
        compute="_compute_identity",
        store=True,
        readonly=False,
        index=True,
        ondelete="restrict",
    )
    faculty_id = fields.Many2one(
        "hr.department",
        "Faculty",
        related="programme_id.faculty_id",
        store=True,
        index=True,
    )
    curriculum_id = fields.Many2one(
        "registrar.curriculum",
        compute="_compute_identity",
        store=True,
        readonly=False,
        index=True,
        ondelete="restrict",
    )
    course = fields.Integer(
        "Year of study",
        compute="_compute_identity",
        store=True,
        readonly=False,
        aggregator=None,
    )
    language = fields.Selection(
        LANGUAGES_OF_STUDY,
        "Language of study",
        compute="_compute_identity",
        store=True,
        readonly=False,
    )
    adviser_id = fields.Many2one(related="student_id.adviser_id", string="Adviser")
    line_ids = fields.One2many("registrar.study.plan.line", "plan_id", "Disciplines")
    line_count = fields.Integer("Number of disciplines", compute="_compute_line_count")
    credits_total = fields.Float(
        "Credits", compute="_compute_credits_total", store=True, digits=(6, 1)
    )
    credits_by_term = fields.Char("Credits by term", compute="_compute_credits_by_term")
    reason_html = fields.Html("Remarks", compute="_compute_reason_html")
    has_errors = fields.Boolean(compute="_compute_reason_html")
    return_reason = fields.Text(readonly=True, copy=False)
    # Who took which step
    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    submitted_date = fields.Date(readonly=True, copy=False)
    agreed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    agreed_date = fields.Date(readonly=True, copy=False)
    signed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    signed_date = fields.Date(readonly=True, copy=False)
    # What the reader may do
    can_submit = fields.Boolean(compute="_compute_can")
    can_agree = fields.Boolean(compute="_compute_can")
    can_sign = fields.Boolean(compute="_compute_can")
    can_return = fields.Boolean(compute="_compute_can")
    can_edit_lines = fields.Boolean(compute="_compute_can")

    _main_unique = models.UniqueIndex(
        "(student_id, year_id) WHERE kind = 'main' AND state <> 'cancelled'",
        "The student already has a study plan for this academic year.",
    )
    _course_positive = models.Constraint(
        "CHECK (course IS NULL OR course >= 0)", "The year of study is negative."
    )

    @api.depends("student_id", "year_id")
    def _compute_identity(self):
        """Keep what the student was on in that year; it does not follow later moves."""
        by_year = defaultdict(self.browse)
        for plan in self:
            by_year[plan.year_id] |= plan
        for year, plans in by_year.items():
            states = self._study_states(plans.student_id._origin, year)
            for plan in plans:
                plan.update(
                    states.get(plan.student_id._origin.id)
                    or dict.fromkeys(
                        (
                            "group_id",
                            "programme_id",
                            "curriculum_id",
                            "course",
                            "language",
                        ),
                        False,
                    )
                )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for plan in self:
            plan.line_count = len(plan.line_ids)

    @api.depends("line_ids.credits")
    def _compute_credits_total(self):
        for plan in self:
            plan.credits_total = sum(plan.line_ids.mapped("credits"))

    @api.depends("line_ids.credits", "line_ids.term_id")
    def _compute_credits_by_term(self):
        for plan in self:
            by_term = defaultdict(float)
            for line in plan.line_ids:
                by_term[line.term_id] += line.credits
            plan.credits_by_term = " / ".join(
                f"{by_term[term]:g}"
                for term in sorted(by_term, key=lambda term: term.number)
            )

    @api.depends(
        "line_ids",
        "drop_ids",
        "override_ids",
        "ground",
        "state",
        "student_id",
        "curriculum_id",
        "course",
    )
    @api.depends_context("lang", "uid")
    def _compute_reason_html(self):
        open_plans = self.filtered(lambda p: p._origin and p._is_open())
        reasons = registration_rules.evaluate(open_plans._origin)
        for plan in self:
            found = reasons.get(plan._origin.id, [])
            plan.has_errors = any(
                reason.level == registration_rules.ERROR for reason in found
            )
            plan.reason_html = plan._format_reasons(found)

    @api.depends("state", "group_id", "programme_id", "student_id")
    @api.depends_context("uid")
    def _compute_can(self):
        for plan in self:
            for step in STEPS:
                states = STEPS[step][0]
                plan[f"can_{step}"] = plan.state in states and plan._may(step)
            plan.can_edit_lines = plan.state == "draft"

    @api.depends("number", "student_id", "year_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for plan in self:
            parts = [
                plan.display_name,
                plan.student_id.short_name,
                plan.year_id.name,
            ]
            plan.display_name = ", ".join(part for part in parts if part)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_progress(self):
        if any(plan.state != "draft" for plan in self):
            raise UserError(self.env._("Only drafts of study plans can be deleted."))

    def action_submit(self):
        """Student, adviser or clerk: the plan is complete, the adviser may agree."""
        self._take_step("submit")
        return True

    def action_agree(self):
        """Adviser of the student: the choice is sound."""
        self._take_step("agree")
        return True

    def action_sign(self):
        """Dean's office of the faculty signs."""
        self._take_step("sign")
        return True

    def action_return(self, reason=None):
        """Send plans back to draft.

        :param str reason: what is to be put right; without it the user is asked
        """
        if not reason:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Return study plans"),
                "res_model": "registrar.study.plan.return",
                "view_mode": "form",
                "target": "new",
                "context": {"default_plan_ids": self.ids},
            }
        self._take_step("return", reason)
        if len(self) <= TRACK_AT_MOST:
            for plan in self.sudo():
                plan.message_post(
                    body=Markup("<p>%s</p><p>%s</p>")
                    % (self.env._("Returned for correction:"), reason)
                )
        return True

    def action_fill(self):
        """Add the lines of the curriculum that drafts do not have yet."""
        if any(plan.state != "draft" for plan in self):
            raise UserError(self.env._("Only drafts of study plans can be filled."))
        self.check_access("write")
        self._fill_lines()
        return True

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_line_action"
        )
        return dict(action, domain=[("plan_id", "=", self.id)], context={})

    @api.model
    def _fill(self, students, year):
        """Make the main study plans of ``students`` for ``year`` and fill them.

        Compulsory disciplines and the default electives of the curriculum for the
        year of study, debts first. May be repeated: drafts get what they lack,
        plans that have left the draft state are not touched. Students who cannot
        have a plan are left out; ``_fill_obstacles`` says why.

        :return: the drafts made or completed
        """
        states = self._study_states(students, year)
        obstacles = self._fill_obstacles(students, year, states)
        existing = self.search(
            [
                ("student_id", "in", students.ids),
                ("year_id", "=", year.id),
                ("kind", "=", "main"),
                ("state", "!=", "cancelled"),
            ]
        )
        without = students - existing.student_id
        plans = self._insert_plans(
            year,
            {
                student.id: states[student.id]
                for student in without
                if student.id not in obstacles
            },
        )
        plans |= existing.filtered(lambda plan: plan.state == "draft")
        plans._fill_lines()
        return plans

    @api.model
    def _insert_plans(self, year, states):
        """Create drafts of main plans in one statement, in the order of ``states``.

        :param dict states: values of ``_study_states`` by student id
        """
        self.check_access("create")
        if not states:
            return self.browse()
        given = (
            "student_id",
            "group_id",
            "programme_id",
            "curriculum_id",
            "course",
            "language",
        )
        stored = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and name not in given
        ]
        # Sums of no lines; the faculty comes with the programme.
        known = {"faculty_id", "credits_total", "amount_total", "year_id", "kind"}
        defaults = {
            name: self._fields[name].convert_to_column_insert(value, self)
            for name, value in self.default_get(
                [name for name in stored if name not in models.MAGIC_COLUMNS]
            ).items()
            if name not in known
        }
        defaults["currency_id"] = self._default_currency_id().id
        self.env.flush_all()
        columns = [*given, *defaults]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO registrar_study_plan
                    (%(columns)s, year_id, kind, faculty_id, credits_total,
                     amount_total, create_uid, create_date, write_uid, write_date)
                SELECT %(values)s, %(year)s, 'main', r.faculty_id, 0, 0,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(student_id)s::int[], %(group_id)s::int[],
                              %(programme_id)s::int[], %(curriculum_id)s::int[],
                              %(course)s::int[], %(language)s::varchar[])
                       WITH ORDINALITY AS v(student_id, group_id, programme_id,
                                            curriculum_id, course, language, place)
             LEFT JOIN registrar_programme r ON r.id = v.programme_id
                 ORDER BY v.place
                RETURNING id
                """,
                columns=SQL(", ").join(SQL.identifier(name) for name in columns),
                values=SQL(", ").join(
                    [
                        *(SQL.identifier("v", name) for name in given),
                        *(SQL("%s", value) for value in defaults.values()),
                    ]
                ),
                year=year.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                student_id=list(states),
                **{
                    name: [state[name] or None for state in states.values()]
                    for name in given[1:]
                },
            )
        )
        plans = self.browse([row[0] for row in self.env.cr.fetchall()])
        self.invalidate_model()
        self.env["registrar.student"].invalidate_model(["plan_ids"])
        for name in stored:
            field = self._fields[name]
            if field.compute and name not in known:
                self.env.add_to_compute(field, plans)
        plans.check_access("create")
        return plans

    @api.model
    def _fill_obstacles(self, students, year, states=None):
        """Say why students cannot have a filled plan.

        :rtype: dict[int, str]
        """
        states = self._study_states(students, year) if states is None else states
        obstacles = {}
        for student in students:
            state = states.get(student.id)
            if not state:
                obstacles[student.id] = self.env._(
                    "%s does not study in that year.", student.full_name
                )
                continue
            curriculum = self.env["registrar.curriculum"].browse(state["curriculum_id"])
            if not curriculum:
                obstacles[student.id] = self.env._(
                    "%s: the group has no curriculum.", student.full_name
                )
            elif curriculum.sudo().state in NOT_APPROVED:
                obstacles[student.id] = self.env._(
                    "%(student)s: the curriculum “%(curriculum)s” is not approved.",
                    student=student.full_name,
                    curriculum=curriculum.sudo().display_name,
                )
        return obstacles

    @api.model
    def _study_states(self, students, year):
        """Return where students study in ``year``: values of a plan by student id.

        The ledger row valid on the first day of the year counts, for those who came
        later the last row of the year. For a year that has not begun, every year
        between adds one to the present year of study. Those who do not study are
        left out.
        """
        if not students or not year:
            return {}
        today = fields.Date.context_today(self)
        rows = students._state_at(year.date_from)
        late = students.browse([s.id for s in students if s.id not in rows])
        if late:
            rows = {**rows, **late._state_at(year.date_to)}
        ahead = year._years_ahead() if year.date_from > today else 0
        states = {}
        for student_id, row in rows.items():
            if row.status not in ("studying", "leave"):
                continue
            later = ahead if row.date_from <= today else 0
            group = row.group_id
            states[student_id] = {
                "group_id": group.id,
                "programme_id": row.programme_id.id,
                "curriculum_id": group.curriculum_id.id,
                "course": (row.course or 0) + later,
                "language": row.language or group.language,
            }
        return states

    def _fill_lines(self):
        """Insert what the curriculum asks of these drafts and they lack."""
        if not self:
            return
        for year in self.year_id:
            plans = self.filtered(lambda plan, year=year: plan.year_id == year)
            plans._fill_debts(year)
        Line = self.env["registrar.study.plan.line"]
        self.env.flush_all()
        passed = self._passed_pairs()
        failed = self._failed_pairs()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO registrar_study_plan_line
                    (plan_id, student_id, year_id, discipline_id, curriculum_line_id,
                     term_id, credits, line_type, is_paid, attempt, cycle, component,
                     control_form, in_gpa, is_cancelled, sequence, currency_id,
                     create_uid, create_date, write_uid, write_date)
                SELECT p.id, p.student_id, p.year_id, c.discipline_id, c.id,
                       t.id, c.credits,
                       CASE WHEN again.repeated THEN 'retake' ELSE 'main' END,
                       again.repeated, CASE WHEN again.repeated THEN 2 ELSE 1 END,
                       c.cycle, c.component,
                       c.control_form, c.in_gpa, FALSE,
                       t.number * 10000 + LEAST(c.sequence, 9999), %(currency)s,
                       %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM registrar_study_plan p
                  JOIN registrar_curriculum_line c
                    ON c.curriculum_id = p.curriculum_id AND c.course = p.course
                  JOIN registrar_term t
                    ON t.year_id = p.year_id AND t.kind <> 'summer'
                   AND t.number = (c.term_number - 1) %% %(terms)s + 1
            CROSS JOIN LATERAL (SELECT %(repeated)s AS repeated) again
                 WHERE p.id = ANY(%(plans)s) AND p.state = 'draft' AND p.kind = 'main'
                   AND (c.block_id IS NULL OR c.is_default)
                   AND %(free)s
                   AND %(unchosen)s
                   AND %(unpassed)s
                 ORDER BY p.id, c.term_number, c.sequence, c.id
                """,
                uid=self.env.uid,
                terms=TERMS_PER_YEAR,
                plans=self.ids,
                currency=Line._default_currency_id().id,
                free=self._free_sql(),
                unchosen=self._unchosen_sql(),
                unpassed=self._unpassed_sql(passed),
                repeated=self._repeated_sql(failed),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_study_plan p
                   SET credits_total = COALESCE(
                       (SELECT SUM(l.credits)
                          FROM registrar_study_plan_line l
                         WHERE l.plan_id = p.id), 0)
                 WHERE p.id = ANY(%s)
                """,
                self.ids,
            )
        )
        Line.invalidate_model()
        self.invalidate_recordset(
            ["line_ids", "line_count", "credits_total", "credits_by_term"]
        )
        if failed:
            Line.search(
                [("plan_id", "in", self.ids), ("is_paid", "=", True)]
            ).sudo()._set_prices()

    def _free_sql(self):
        """Return the condition that discipline and term of ``c`` are not taken yet.

        What is there is read first: with statistics of yesterday a join with the
        table that is being filled takes minutes for some thousand plans.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT student_id, discipline_id, term_id
                  FROM registrar_study_plan_line
                 WHERE student_id = ANY(%s) AND year_id = ANY(%s)
                   AND is_cancelled IS NOT TRUE
                """,
                self.student_id.ids,
                self.year_id.ids,
            )
        )
        taken = self.env.cr.fetchall()
        if not taken:
            return SQL("TRUE")
        return SQL(
            """NOT EXISTS (
                   SELECT FROM unnest(%s::int[], %s::int[], %s::int[])
                       AS taken(student_id, discipline_id, term_id)
                    WHERE taken.student_id = p.student_id
                      AND taken.discipline_id = c.discipline_id
                      AND taken.term_id = t.id)""",
            *(list(column) for column in zip(*taken, strict=True)),
        )

    def _unchosen_sql(self):
        """Return the condition that no other option of the block of ``c`` is chosen."""
        self.env.cr.execute(
            SQL(
                """
                SELECT l.plan_id, o.block_id, o.discipline_id
                  FROM registrar_study_plan_line l
                  JOIN registrar_curriculum_line o ON o.id = l.curriculum_line_id
                 WHERE l.plan_id = ANY(%s) AND o.block_id IS NOT NULL
                """,
                self.ids,
            )
        )
        chosen = self.env.cr.fetchall()
        if not chosen:
            return SQL("TRUE")
        return SQL(
            """(c.block_id IS NULL OR NOT EXISTS (
                   SELECT FROM unnest(%s::int[], %s::int[], %s::int[])
                       AS chosen(plan_id, block_id, discipline_id)
                    WHERE chosen.plan_id = p.id AND chosen.block_id = c.block_id
                      AND chosen.discipline_id <> c.discipline_id))""",
            *(list(column) for column in zip(*chosen, strict=True)),
        )

    @api.model
    def _unpassed_sql(self, passed):
        """Return the condition that the line ``c`` of plan ``p`` was not passed."""
        if not passed:
            return SQL("TRUE")
        return SQL(
            """NOT EXISTS (
                   SELECT FROM unnest(%s::int[], %s::int[]) AS done(student_id, line_id)
                    WHERE done.student_id = p.student_id AND done.line_id = c.id)""",
            [student for student, __ in passed],
            [line for __, line in passed],
        )

    @api.model
    def _repeated_sql(self, failed):
        """Return whether the discipline of ``c`` was failed by the student of ``p``.

        A discipline that lasts several terms is another matter.
        """
        if not failed:
            return SQL("FALSE")
        return SQL(
            """(p.student_id, c.discipline_id) IN (
                   SELECT * FROM unnest(%s::int[], %s::int[]))
               AND NOT EXISTS (
                   SELECT FROM registrar_curriculum_line o
                    WHERE o.curriculum_id = c.curriculum_id
                      AND o.discipline_id = c.discipline_id AND o.id <> c.id)""",
            [student for student, __ in failed],
            [discipline for __, discipline in failed],
        )

    def _fill_debts(self, year):
        """Create the lines of debts that the exams floor asks for."""
        plans = {plan.student_id.id: plan for plan in self if plan.kind == "main"}
        if not plans:
            return
        students = self.student_id
        vals_list = self._debt_lines(students, year)
        if not vals_list:
            return
        Line = self.env["registrar.study.plan.line"].sudo()
        present = {
            (student.id, discipline.id, term.id)
            for student, discipline, term in Line._read_group(
                [
                    ("student_id", "in", [vals["student_id"] for vals in vals_list]),
                    ("year_id", "=", year.id),
                    ("is_cancelled", "=", False),
                ],
                ["student_id", "discipline_id", "term_id"],
            )
        }
        self.env["registrar.study.plan.line"].create(
            [
                {**vals, "plan_id": plans[vals["student_id"]].id}
                for vals in vals_list
                if vals["student_id"] in plans
                and (vals["student_id"], vals["discipline_id"], vals["term_id"])
                not in present
            ]
        )

    def _passed_pairs(self):
        """Return pairs of student and curriculum line that need no studying again."""
        facts = registration_rules.Facts(self)
        if not facts.passed and not facts.passed_lines:
            return []
        pairs = []
        for (curriculum, course), plans in self.grouped(
            lambda plan: (plan.curriculum_id, plan.course)
        ).items():
            lines = [
                (line.discipline_id.id, line.id)
                for line in curriculum.sudo().line_ids
                if line.course == course
            ]
            pairs += [
                (plan.student_id.id, line_id)
                for plan in plans
                for discipline_id, line_id in lines
                if facts.is_passed(plan, discipline_id, line_id)
            ]
        return pairs

    def _failed_pairs(self):
        """Return pairs of student and discipline that are studied again."""
        return [
            (student_id, discipline_id)
            for student_id, disciplines in self._failed_disciplines(
                self.student_id
            ).items()
            for discipline_id in disciplines
        ]

    # Hooks for the floors above

    @api.model
    def _registration_rules(self):
        """Return the rules by which plans are judged, see ``registration_rules``."""
        return list(registration_rules.RULES)

    @api.model
    def _debt_lines(self, students, year):
        """Return values of lines for debts to be cleared in ``year``.

        :return: dicts with ``student_id``, ``discipline_id``, ``term_id``,
            ``credits``, ``line_type`` and whatever else a line has
        :rtype: list[dict]
        """
        return []

    @api.model
    def _passed_disciplines(self, students):
        """Return the disciplines passed: ``{student id: {discipline id, …}}``."""
        return {}

    @api.model
    def _passed_curriculum_lines(self, students):
        """Return the curriculum lines passed: ``{student id: {line id, …}}``.

        Needed for disciplines that last several terms, where a passed term is not
        the whole discipline.
        """
        return {}

    @api.model
    def _failed_disciplines(self, students):
        """Return the disciplines whose last attempt failed, by student id."""
        return {}

    # Chain of signatures

    def _is_open(self):
        return self.state not in ("registered", "cancelled")

    def _reasons(self):
        """Return the reasons of all plans, see ``registration_rules.evaluate``.

        :rtype: dict[int, list[Reason]]
        """
        return registration_rules.evaluate(self)

    def _errors(self):
        """Return what forbids the registration: ``{plan id: [text, …]}``."""
        return {
            plan_id: [
                reason.text
                for reason in reasons
                if reason.level == registration_rules.ERROR
            ]
            for plan_id, reasons in self._reasons().items()
        }

    def _format_reasons(self, reasons):
        if not reasons:
            return False
        colours = {"error": "danger", "warning": "warning"}
        return Markup("<ul class='list-unstyled mb-0'>%s</ul>") % Markup().join(
            Markup("<li class='text-%s'><span class='fa fa-%s me-2'></span>%s</li>")
            % (
                colours[reason.level],
                "times-circle" if reason.level == "error" else "exclamation-triangle",
                reason.text,
            )
            for reason in reasons
        )

    def _may(self, step):
        """Whether the user may take ``step`` with one plan, whatever its state."""
        self.ensure_one()
        if self.env.su:
            return True
        user = self.env.user
        plan = self.sudo()
        is_clerk = user.has_group("registrar_core.group_registrar_clerk")
        is_adviser = plan.student_id.adviser_id.user_id == user and user.has_group(
            "registrar_core.group_registrar_adviser"
        )
        is_dean = plan.faculty_id in user.sudo().registrar_faculty_ids and (
            user.has_group("registrar_core.group_registrar_dean")
        )
        is_student = plan.student_id.partner_id == user.partner_id
        if step == "submit":
            return is_student or is_adviser or is_clerk
        if step == "agree":
            return is_adviser
        if step == "sign":
            return is_dean
        by_state = {
            "submitted": is_student or is_adviser or is_clerk,
            "adviser": is_dean or is_clerk,
            "dean": is_clerk,
        }
        return by_state.get(plan.state, False)

    def _take_step(self, step, reason=None):
        """Move plans one step along the chain, all or none.

        :raises AccessError: when the step is not the user's to take
        :raises UserError: with the reasons of every plan that is refused
        """
        self.check_access("read")
        for plan in self:
            if not plan._may(step):
                raise AccessError(self._step_refusal(step, plan))
        self._lock()
        refused = self._step_obstacles(step)
        if refused:
            raise UserError(
                "\n\n".join(
                    "\n".join([plan.display_name, *(f"– {text}" for text in texts)])
                    for plan in self
                    if (texts := refused.get(plan.id))
                )
            )
        self._apply_step(step, reason)

    def _apply_step(self, step, reason=None):
        """Write a step of the chain that nothing stands against."""
        __, target, signature = STEPS[step]
        plans = self.with_context(
            mail_notrack=self.env.context.get("mail_notrack")
            or len(self) > TRACK_AT_MOST
        ).sudo()
        if step == "submit":
            plans.line_ids._set_prices()
        for date, batch in plans.grouped("document_date").items():
            batch.write(self._prepare_step_vals(step, target, signature, reason, date))
        plans._refresh_checks()

    def _prepare_step_vals(self, step, target, signature, reason, date=None):
        vals = {"state": target}
        if signature:
            today = fields.Date.context_today(self)
            vals[f"{signature}_by_id"] = self.env.uid
            # A plan that is entered later was signed by its own date at the latest.
            vals[f"{signature}_date"] = min(date or today, today)
        if step == "submit":
            vals["return_reason"] = False
        if step == "return":
            vals["return_reason"] = reason
            for name in ("submitted", "agreed", "signed"):
                vals[f"{name}_by_id"] = False
                vals[f"{name}_date"] = False
        return vals

    def _state_label(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels[self.state]

    def _step_refusal(self, step, plan):
        name = plan.sudo().display_name
        if step == "agree":
            return self.env._("%s: only the adviser of the student agrees it.", name)
        if step == "sign":
            return self.env._("%s: only the dean's office of the faculty signs.", name)
        return self.env._("%s: this step is not yours to take.", name)

    # Document

    def _check_writable(self, vals):
        result = super()._check_writable(vals)
        if vals.keys() & IDENTITY_FIELDS and any(
            plan.state != "draft" for plan in self
        ):
            raise UserError(
                self.env._("The plan is under way; return it before you change it.")
            )
        return result

    def _check_registration(self):
        reasons = super()._check_registration()
        for plan_id, errors in self.sudo()._errors().items():
            if errors:
                reasons.setdefault(plan_id, []).extend(errors)
        return reasons

    def _document_title(self, language):
        return TITLES[language]

    def _document_language(self):
        return self.language if self.language in LANGUAGES else "kk"

    def _document_recipient(self):
        return self.sudo().student_id.short_name or ""

    def _cancel_by(self, document):
        result = super()._cancel_by(document)
        self.sudo().line_ids.write({"is_cancelled": True, "class_group_id": False})
        return result
