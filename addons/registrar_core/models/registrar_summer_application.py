from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

PURPOSES = [
    ("debt", "Clearing debts"),
    ("difference", "Clearing the academic difference"),
    ("gpa_raise", "Raising GPA"),
    ("extra", "Further studies"),
    ("other_university", "Studies at another university"),
]
LINE_TYPE_OF_PURPOSE = {
    "debt": "retake",
    "difference": "difference",
    "gpa_raise": "gpa_raise",
    "extra": "additional",
    "other_university": "mobility",
}
# From which states a step is possible, where it leads and whose it is.
STEPS = {
    "submit": (("draft",), "submitted"),
    "agree": (("submitted",), "agreed"),
    "pay": (("agreed",), "paid"),
    "register": (("paid",), "registered"),
    "refuse": (("submitted", "agreed"), "refused"),
    "cancel": (("draft", "submitted", "agreed"), "cancelled"),
    "reset": (("refused", "cancelled"), "draft"),
}


class RegistrarSummerApplication(models.Model):
    """Application of a student for the summer semester.

    Application → dean's office agrees → payment and the mark of the accounts →
    registration as an addition to the study plan. Source: academic.md §5.4.
    """

    _name = "registrar.summer.application"
    _description = "Application for the summer semester"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "term_id desc, date desc, id desc"
    _rec_name = "student_id"
    _rec_names_search = ["student_id.full_name"]

    student_id = fields.Many2one(
        "registrar.student",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    group_id = fields.Many2one(related="student_id.group_id", string="Group")
    faculty_id = fields.Many2one(
        related="student_id.faculty_id", string="Faculty", store=True, index=True
    )
    term_id = fields.Many2one(
        "registrar.term",
        "Summer semester",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('kind', '=', 'summer')]",
        default=lambda self: self._default_term_id(),
    )
    year_id = fields.Many2one(
        related="term_id.year_id", string="Academic year", store=True, index=True
    )
    purpose = fields.Selection(PURPOSES, required=True, default="debt", tracking=True)
    date = fields.Date(
        "Applied on",
        required=True,
        default=lambda self: fields.Date.context_today(self),
    )
    other_university = fields.Char(
        "Other university",
        help="Where the student studies in summer; the credits have to be recognised.",
    )
    note = fields.Text("Remark")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("agreed", "Agreed by the dean's office"),
            ("paid", "Paid"),
            ("registered", "Registered"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many(
        "registrar.summer.application.line",
        "application_id",
        "Disciplines",
        copy=True,
    )
    credits_total = fields.Float(
        "Credits", compute="_compute_credits_total", store=True, digits=(5, 1)
    )
    reason = fields.Text("Reason of the refusal", readonly=True, copy=False)
    obstacle_text = fields.Text("Stands against it", compute="_compute_obstacle_text")
    # Payment; the accounts say it to the office
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount = fields.Monetary(
        "To be paid", compute="_compute_amount", store=True, readonly=False
    )
    paid_amount = fields.Monetary("Paid", copy=False, tracking=True)
    paid_date = fields.Date("Paid on", copy=False)
    paid_document = fields.Char("Payment document", copy=False)
    paid_by_id = fields.Many2one(
        "res.users", "Payment noted by", readonly=True, copy=False
    )
    agreed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    agreed_date = fields.Date(readonly=True, copy=False)
    plan_id = fields.Many2one(
        "registrar.study.plan",
        "Addition to the study plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    plan_state = fields.Selection(related="plan_id.state", string="State of the plan")

    _paid_positive = models.Constraint(
        "CHECK (amount >= 0 AND paid_amount >= 0)", "An amount cannot be negative."
    )
    _application_once = models.UniqueIndex(
        "(student_id, term_id) WHERE state NOT IN ('refused', 'cancelled')",
        "The student has already applied for this summer semester.",
    )

    @api.model
    def _default_term_id(self):
        today = fields.Date.context_today(self)
        return self.env["registrar.term"].search(
            [("kind", "=", "summer"), ("date_to", ">=", today)],
            order="date_from",
            limit=1,
        )

    @api.depends("line_ids.credits")
    def _compute_credits_total(self):
        for application in self:
            application.credits_total = sum(application.line_ids.mapped("credits"))

    @api.depends("line_ids.credits", "line_ids.line_type", "term_id", "student_id")
    def _compute_amount(self):
        """Take the price of a credit of the year; without one the office enters it."""
        Price = self.env["registrar.credit.price"].sudo()
        for application in self:
            student = application.student_id.sudo()
            country = student.citizenship_id
            application.amount = sum(
                line.credits
                * Price._price(
                    application.year_id,
                    programme=student.programme_id,
                    line_type=line.line_type,
                    is_foreigner=bool(country) and country.code != "KZ",
                ).price
                for line in application.line_ids
            )

    def _compute_currency_id(self):
        currency = self.env.ref("base.KZT", False) or self.env.company.currency_id
        for application in self:
            application.currency_id = currency

    @api.depends("line_ids", "student_id", "term_id", "state")
    @api.depends_context("lang")
    def _compute_obstacle_text(self):
        open_ones = self.filtered(
            lambda a: a._origin and a.state not in ("registered", "refused")
        )
        obstacles = open_ones._origin._obstacles()
        for application in self:
            application.obstacle_text = "\n".join(
                obstacles.get(application._origin.id, [])
            )

    @api.constrains("term_id")
    def _check_term(self):
        for application in self:
            if application.term_id.kind != "summer":
                raise ValidationError(
                    self.env._(
                        "“%s” is not a summer semester.",
                        application.term_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(
            vals.get("state", "draft") != "draft" for vals in vals_list
        ):
            raise AccessError(self.env._("An application is born as a draft."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if vals.keys() & {"state", "plan_id", "paid_by_id", "agreed_by_id"}:
                raise AccessError(
                    self.env._("The state of an application is set by its steps only.")
                )
            fixed = {"student_id", "term_id", "purpose", "line_ids", "date"}
            if vals.keys() & fixed and any(a.state != "draft" for a in self):
                raise UserError(
                    self.env._("Only a draft of an application can be changed.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_under_way(self):
        if any(a.state not in ("draft", "cancelled") for a in self):
            raise UserError(self.env._("Only drafts of applications can be deleted."))

    # Steps, for one application or for many

    def action_submit(self):
        """Hand in; the dean's office decides."""
        return self._each("submit")

    def action_agree(self):
        """The dean's office of the faculty agrees."""
        return self._each("agree")

    def action_pay(self):
        """Note the payment that the accounts have confirmed."""
        return self._each("pay")

    def action_register(self):
        """Make the addition to the study plan and hand it to the usual chain."""
        return self._each("register")

    def action_cancel(self):
        """The student gives the application up."""
        return self._each("cancel")

    def action_reset(self):
        """Back to draft, to be put right."""
        return self._each("reset")

    def action_refuse(self, reason=None):
        """Refuse with a reason; without one the user is asked."""
        if not reason:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Refuse applications"),
                "res_model": "registrar.summer.refuse",
                "view_mode": "form",
                "target": "new",
                "context": {"default_application_ids": self.ids},
            }
        return self._each("refuse", reason)

    def action_propose_debts(self):
        """Put the debts of the students on drafts."""
        self.check_access("write")
        for application in self.filtered(lambda a: a.state == "draft"):
            application.line_ids = [
                (0, 0, vals)
                for vals in application._debt_values()
                if vals["discipline_id"] not in application.line_ids.discipline_id.ids
            ]
        return True

    def action_open_plan(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "registrar.study.plan",
            "res_id": self.plan_id.id,
            "view_mode": "form",
        }

    def _each(self, step, reason=None):
        """Take a step with each application; report who could not and why.

        One application alone raises its reasons. May be repeated.
        """
        self.check_access("read")
        problems = []
        done = self.browse()
        for application in self:
            try:
                with self.env.cr.savepoint():
                    application._take(step, reason)
            except (UserError, AccessError) as error:
                if len(self) == 1:
                    raise
                problems.append((application, str(error)))
            else:
                done |= application
        if not problems:
            return True
        summary = self.env._(
            "%(done)s done, %(left)s not done.", done=len(done), left=len(problems)
        )
        return self.env["registrar.mass.report"]._show(
            self.env._("Applications for the summer semester"),
            summary,
            done,
            [
                {"student_id": application.student_id.id, "reason": text}
                for application, text in problems
            ],
        )

    def _take(self, step, reason=None):
        """Take one step with one application.

        :raises AccessError: when the step is not the user's
        :raises UserError: with the reasons against it
        """
        self.ensure_one()
        states, target = STEPS[step]
        if not self._may(step):
            raise AccessError(self.env._("This step is not yours to take."))
        self.env.cr.execute(
            "SELECT id FROM registrar_summer_application WHERE id = %s FOR UPDATE",
            [self.id],
        )
        self.invalidate_recordset(["state"])
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Its state is “%s”; this step is not possible now.",
                    labels[self.state],
                )
            )
        application = self.sudo()
        if step in ("submit", "agree", "register"):
            reasons = application._obstacles()[self.id]
            if step == "submit":
                reasons += application._closed_texts(
                    self.env["registrar.offer"]._calendar_mode(self.student_id)
                )
            if reasons:
                raise UserError("\n".join(reasons))
        vals = {"state": target}
        today = fields.Date.context_today(self)
        if step == "agree":
            vals |= {"agreed_by_id": self.env.uid, "agreed_date": today}
        elif step == "pay":
            if application.amount and not application.paid_document:
                raise UserError(self.env._("Enter the number of the payment document."))
            vals |= {
                "paid_by_id": self.env.uid,
                "paid_date": application.paid_date or today,
                "paid_amount": application.paid_amount or application.amount,
            }
            if vals["paid_amount"] < application.amount:
                raise UserError(self.env._("Less has been paid than the credits cost."))
        elif step == "register":
            vals["plan_id"] = application._make_plan().id
        elif step == "refuse":
            vals["reason"] = reason
        elif step == "reset":
            vals["reason"] = False
        application.write(vals)

    def _may(self, step):
        """Whether the user may take ``step`` with this application."""
        if self.env.su:
            return True
        user = self.env.user
        application = self.sudo()
        is_clerk = user.has_group("registrar_core.group_registrar_clerk")
        is_student = application.student_id.partner_id == user.partner_id
        is_dean = (
            user.has_group("registrar_core.group_registrar_dean")
            and application.faculty_id in user.sudo().registrar_faculty_ids
        )
        if step in ("submit", "cancel"):
            return is_student or is_clerk
        if step == "agree":
            return is_dean
        if step == "refuse":
            return is_dean or is_clerk
        return is_clerk

    # Rules

    def _obstacles(self):
        """Return what stands against the applications, all reasons, set-wise.

        :rtype: dict[int, list[str]]
        """
        result = {application.id: [] for application in self}
        by_term = {}
        for application in self.sudo():
            by_term.setdefault(application.term_id, self.sudo().browse())
            by_term[application.term_id] |= application
        for term, applications in by_term.items():
            students = applications.student_id
            plans = self.env["registrar.study.plan"].sudo()
            states = plans._study_states(students, term.year_id)
            passed = plans._passed_disciplines(students)
            holds = (
                self.env["registrar.hold"]
                .sudo()
                ._active(students, blocks="registration")
            )
            for application in applications:
                result[application.id] = [
                    *application._own_obstacles(states, passed),
                    *(
                        self.env._("Registration is held: %s", hold._summary())
                        for hold in holds.get(application.student_id.id, ())
                    ),
                ]
        return result

    def _own_obstacles(self, states, passed):
        self.ensure_one()
        student = self.student_id
        state = states.get(student.id)
        if not state or student.status != "studying":
            yield self.env._("%s does not study in that year.", student.full_name)
        elif self._is_final_year(state["course"]) and not self._final_year_allowed():
            yield self.env._("Students of the final year have no summer semester.")
        if not self.line_ids:
            yield self.env._("No discipline is chosen.")
        limit = self._credit_limit()
        if limit and self.credits_total > limit:
            yield self.env._(
                "%(credits)g credits are too many; at most %(limit)g are possible.",
                credits=self.credits_total,
                limit=limit,
            )
        for line in self.line_ids:
            name = line.discipline_id.display_name
            is_passed = line.discipline_id.id in passed.get(student.id, ())
            if is_passed and line.line_type not in ("gpa_raise", "mobility"):
                yield self.env._("“%s” is already passed.", name)
            if line.line_type == "gpa_raise" and passed and not is_passed:
                yield self.env._("“%s” is not passed yet.", name)
        if self.purpose == "other_university" and not self.other_university:
            yield self.env._("Name the university where the student will study.")

    def _is_final_year(self, course):
        duration = self.student_id.programme_id.duration_years
        return bool(duration) and course >= duration

    @api.model
    def _final_year_allowed(self):
        """The weight of the rule of plans decides about applications as well."""
        rule = (
            self.env["registrar.registration.rule"]
            .sudo()
            .search([("code", "=", "summer_final_year")], limit=1)
        )
        return bool(rule) and rule.level != "error"

    def _credit_limit(self):
        """Return the most credits of a summer semester for the student."""
        student = self.student_id
        _least, most = (
            self.env["registrar.credit.limit"]
            .sudo()
            ._limit(
                "summer",
                self.term_id.date_from,
                level=student.programme_id.level,
                study_form=student.study_form,
                course=student.course,
            )
        )
        return most

    def _closed_texts(self, mode):
        """Return why the calendar forbids to apply today."""
        return list(
            self.env["registrar.offer"]
            ._closed_windows(self.student_id, self.term_id, mode)
            .values()
        )

    def _debt_values(self):
        """Return values of lines for the debts of the student."""
        self.ensure_one()
        plans = self.env["registrar.study.plan"].sudo()
        student = self.student_id.sudo()
        # Debts of the year itself are cleared in its summer as well.
        following = self.env["registrar.academic.year"].search(
            [("date_from", ">", self.year_id.date_from)], order="date_from", limit=1
        )
        rows = plans._debt_lines(student, following or self.year_id)
        rows = rows or plans._debt_lines(student, self.year_id)
        found = {}
        for row in rows:
            found[row["discipline_id"]] = {
                "discipline_id": row["discipline_id"],
                "credits": row["credits"],
                "line_type": "retake",
            }
        return list(found.values())

    def _make_plan(self):
        """Make the addition to the study plan, seat the student and submit it."""
        self.ensure_one()
        plans = self.env["registrar.study.plan"].sudo()
        plan = plans.create(
            {
                "student_id": self.student_id.id,
                "year_id": self.year_id.id,
                "kind": "addition",
            }
        )
        ground = self.env._(
            "Application of %s", format_date(self.env, self.date, date_format="long")
        )
        plan.line_ids.create(
            [
                {
                    "plan_id": plan.id,
                    "discipline_id": line.discipline_id.id,
                    "term_id": self.term_id.id,
                    "credits": line.credits,
                    "line_type": line.line_type,
                    "ground": ground,
                }
                for line in self.line_ids
            ]
        )
        plan._take_step("submit")
        return plan
