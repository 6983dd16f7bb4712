from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from . import registration_rules
from .registrar_study_plan import STEPS

CREDIT_STATES = [("under", "Too few"), ("ok", "Within limits"), ("over", "Too many")]
ICONS = {
    "ok": ("success", "check-circle"),
    "warning": ("warning", "exclamation-triangle"),
    "error": ("danger", "times-circle"),
}
CHECK_BATCH = 1000


class RegistrarStudyPlan(models.Model):
    """What the rules say about plans, kept as figures for the control screen."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.study.plan"

    checklist_html = fields.Html("Checks", compute="_compute_checklist_html")
    override_ids = fields.One2many(
        "registrar.study.plan.override", "plan_id", "Overrides", copy=False
    )
    override_count = fields.Integer(compute="_compute_override_count")
    can_override = fields.Boolean(compute="_compute_can_override")
    # Stored, as grouped lists add up amounts by currency; set by create(), because a
    # default would be written on sealed rows when the column is added.
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_total = fields.Monetary(
        "To be paid", compute="_compute_amount_total", store=True
    )
    # As of the last check; the sum of what the control screen shows
    error_count = fields.Integer("Unmet rules", readonly=True, copy=False)
    warning_count = fields.Integer("Warnings", readonly=True, copy=False)
    credit_state = fields.Selection(
        CREDIT_STATES, "Credits against limits", readonly=True, copy=False, index=True
    )
    checked_at = fields.Datetime("Checked", readonly=True, copy=False)

    @api.model
    def _default_currency_id(self):
        return self.env["registrar.credit.price"]._default_currency_id()

    @api.depends("line_ids.amount")
    def _compute_amount_total(self):
        for plan in self:
            plan.amount_total = sum(plan.line_ids.mapped("amount"))

    @api.depends("override_ids")
    def _compute_override_count(self):
        for plan in self:
            plan.override_count = len(plan.sudo().override_ids)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_override(self):
        Override = self.env["registrar.study.plan.override"]
        may = Override.has_access("create")
        for plan in self:
            plan.can_override = may and bool(plan._origin) and plan._is_open()

    @api.depends("line_ids", "drop_ids", "override_ids", "state", "student_id")
    @api.depends_context("lang", "uid")
    def _compute_checklist_html(self):
        open_plans = self.filtered(lambda p: p._origin and p._is_open())
        found = registration_rules.examine(open_plans._origin)
        names = {
            rule.code: rule.name
            for rule in self.env["registrar.registration.rule"].sudo().search([])
        }
        for plan in self:
            by_code = found.get(plan._origin.id)
            plan.checklist_html = by_code and plan._format_checklist(by_code, names)

    def _format_checklist(self, by_code, names):
        rows = Markup()
        for code, reasons in by_code.items():
            levels = {reason.level for reason in reasons}
            worst = next(
                (name for name in ("error", "warning") if name in levels), "ok"
            )
            colour, icon = ICONS[worst]
            texts = Markup().join(
                Markup("<div class='text-%s'>%s</div>")
                % (ICONS[reason.level][0], reason.text)
                for reason in reasons
            )
            rows += Markup(
                "<tr><td class='text-%s' style='width: 2rem'>"
                "<span class='fa fa-%s'></span></td><td>%s%s</td></tr>"
            ) % (colour, icon, names.get(code, code), texts)
        return Markup("<table class='table table-sm mb-0'>%s</table>") % rows

    @api.model_create_multi
    def create(self, vals_list):
        currency = self._default_currency_id()
        return super().create(
            [{"currency_id": currency.id, **vals} for vals in vals_list]
        )

    def action_refresh_checks(self):
        """Judge the plans anew and keep the figures."""
        self.check_access("read")
        self.sudo()._refresh_checks()
        return True

    def action_process(self):
        """Take a step with all plans that allow it; report who not and why.

        The step comes with the context: ``plan_step``.
        """
        step = self.env.context.get("plan_step")
        if step not in ("submit", "agree", "sign", "register"):
            raise UserError(self.env._("Choose what is to be done with the plans."))
        done, refused = self._process(step)
        rows = [
            {
                "plan_id": plan.id,
                "student_id": plan.student_id.id,
                "reason": "\n".join(refused[plan.id]),
            }
            for plan in self
            if plan.id in refused
        ]
        return self.env["registrar.mass.report"]._show(
            self.env._("Study plans"),
            self.env._(
                "%(done)s plans done, %(rest)s left out.",
                done=len(done),
                rest=len(rows),
            ),
            done,
            rows,
        )

    def action_override(self):
        """Ask which rule is overridden and why."""
        self.ensure_one()
        broken = {
            reason.code
            for reason in self._reasons()[self.id]
            if reason.level == registration_rules.ERROR
        }
        rules = self.env["registrar.registration.rule"].search(
            [("code", "in", list(broken))]
        )
        rules = rules.filtered(lambda rule: rule._may_override(self))
        if not rules:
            raise UserError(
                self.env._("There is no unmet rule that is yours to override.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Override a rule"),
            "res_model": "registrar.study.plan.override",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_plan_id": self.id,
                "default_rule_id": rules[:1].id,
                "override_rule_ids": rules.ids,
            },
        }

    def _refresh_checks(self, facts=None):
        """Judge plans and keep how many rules are unmet; set-wise.

        :return: reasons by plan, as of ``registration_rules.evaluate``
        """
        result = {}
        for start in range(0, len(self), CHECK_BATCH):
            result |= self[start : start + CHECK_BATCH]._refresh_batch()
        return result

    def _refresh_batch(self):
        facts = registration_rules.Facts(self)
        found = registration_rules.examine(self, facts)
        rows = []
        for plan in self:
            reasons = [r for of_rule in found[plan.id].values() for r in of_rule]
            levels = [reason.level for reason in reasons]
            is_open = plan._is_open()
            rows.append(
                (
                    plan.id,
                    levels.count("error") if is_open else 0,
                    levels.count("warning") if is_open else 0,
                    facts.credit_state(plan),
                )
            )
        self.flush_recordset(["state"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_study_plan p
                   SET error_count = v.errors, warning_count = v.warnings,
                       credit_state = v.credit_state,
                       checked_at = %(now)s
                  FROM unnest(%(ids)s::int[], %(errors)s::int[], %(warnings)s::int[],
                              %(states)s::varchar[])
                    AS v(id, errors, warnings, credit_state)
                 WHERE v.id = p.id
                """,
                now=self.env.cr.now(),
                ids=[row[0] for row in rows],
                errors=[row[1] for row in rows],
                warnings=[row[2] for row in rows],
                states=[row[3] for row in rows],
            )
        )
        self.invalidate_recordset(
            ["error_count", "warning_count", "credit_state", "checked_at"]
        )
        return {
            plan_id: [reason for reasons in by_code.values() for reason in reasons]
            for plan_id, by_code in found.items()
        }

    @api.model
    def _cron_refresh_checks(self):
        """Judge the plans of the present and coming years anew, overnight."""
        today = fields.Date.context_today(self)
        plans = self.search(
            [("year_id.date_to", ">=", today), ("state", "!=", "cancelled")]
        )
        for start in range(0, len(plans), CHECK_BATCH):
            plans[start : start + CHECK_BATCH]._refresh_batch()
            self.env.invalidate_all()

    def _check_rules_open(self):
        """Refuse a decision about a plan that is registered or cancelled."""
        for plan in self.sudo():
            if not plan._is_open():
                raise UserError(
                    self.env._("“%s” is not open any more.", plan.display_name)
                )

    # Mass steps

    def _process(self, step):
        """Take a step with every plan that allows it, and tell of the others.

        :param str step: ``"submit"``, ``"agree"``, ``"sign"`` or ``"register"``
        :return: the plans that took the step, and the reasons of the others
        :rtype: tuple[registrar.study.plan, dict[int, list[str]]]
        """
        self.check_access("read")
        refused = {}
        plans = self.browse()
        for plan in self:
            if step == "register" or plan._may(step):
                plans |= plan
            else:
                refused[plan.id] = [self._step_refusal(step, plan)]
        if step == "register":
            plans._check_may_register()
            plans._lock()
            refused |= plans._check_registration()
        elif plans:
            plans._lock()
            refused |= plans._step_obstacles(step)
        able = plans.filtered(lambda plan: not refused.get(plan.id))
        if able and step == "register":
            able.action_register()
        elif able:
            able._apply_step(step)
        (self - able).sudo()._refresh_checks()
        return able, {key: texts for key, texts in refused.items() if texts}

    def _step_obstacles(self, step):
        """Return why plans cannot take a step of the chain: ``{plan id: [text]}``."""
        states = STEPS[step][0]
        refused = {
            plan.id: [
                self.env._(
                    "Its state is “%s”; this step is not possible now.",
                    plan._state_label(),
                )
            ]
            for plan in self
            if plan.state not in states
        }
        ready = self.filtered(lambda plan: plan.id not in refused)
        if step != "return" and ready:
            for plan_id, errors in ready.sudo()._errors().items():
                if errors:
                    refused[plan_id] = errors
        return refused

    # Hooks for other parts and the floors above

    @api.model
    def _on_probation(self, students):
        """Return the ids of the students on academic probation."""
        return set()

    def _seat_obstacles(self):
        """Return lines without a free seat: ``{line id: text}``; None: no seats set."""
        return None

    def _language_obstacles(self):
        """Return lines in a language the student does not study in."""
        lines = (
            self.env["registrar.study.plan.line"]
            .sudo()
            .search([("plan_id", "in", self.ids), ("class_group_id", "!=", False)])
        )
        if not lines:
            return None
        return {
            line.id: self.env._(
                "“%(discipline)s” is studied in another language (%(group)s).",
                discipline=line.discipline_id.name,
                group=line.class_group_id.name,
            )
            for line in lines
            if line.class_group_id.language != line.plan_id.language
        }

    def _closed_obstacles(self):
        """Return lines whose class group or elective is closed: ``{line id: text}``."""
        return None

    def _timetable_clashes(self):
        """Return lines that clash in the timetable; None: there is no timetable."""
        return None
