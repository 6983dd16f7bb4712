from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import load

HEAD = "registrar_core.group_registrar_head"
CLERK = "registrar_core.group_registrar_clerk"
DEAN = "registrar_core.group_registrar_dean"

# Agreed and approved sheets change only by a step back or by a new version.
_FUNCTION = """
CREATE OR REPLACE FUNCTION registrar_guard_load_plan() RETURNS trigger
LANGUAGE plpgsql AS $guard$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state IN ('approved', 'replaced') THEN
            RAISE EXCEPTION 'teaching load % is approved and cannot be deleted', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.state = 'replaced' AND NEW.state <> 'replaced')
        OR (OLD.state = 'approved' AND NEW.state NOT IN ('approved', 'draft'))
        OR (OLD.state = 'approved' AND NEW.state = 'draft'
            AND NEW.version <= OLD.version)
        OR (OLD.state IN ('approved', 'replaced')
            AND (OLD.department_id, OLD.year_id)
                IS DISTINCT FROM (NEW.department_id, NEW.year_id))
    THEN
        RAISE EXCEPTION 'teaching load % is approved: only a new version changes it',
            OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$guard$;
DROP TRIGGER IF EXISTS registrar_load_plan_guard ON registrar_load_plan;
CREATE TRIGGER registrar_load_plan_guard
    BEFORE UPDATE OR DELETE ON registrar_load_plan
    FOR EACH ROW EXECUTE FUNCTION registrar_guard_load_plan();
"""


class RegistrarLoadPlan(models.Model):
    """Teaching load of a department in an academic year.

    Draft → agreed by the department → approved. An approved one is frozen; a change
    with its ground makes the next version, the version before is kept.
    """

    _name = "registrar.load.plan"
    _description = "Teaching load of a department"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "year_id desc, department_id, version desc, id"
    _rec_names_search = ["department_id", "year_id"]

    department_id = fields.Many2one(
        "hr.department",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('registrar_kind', 'in', ('faculty', 'department'))]",
    )
    faculty_id = fields.Many2one(
        "hr.department", "Faculty", related="department_id.registrar_faculty_id"
    )
    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["registrar.academic.year"]._present(),
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("agreed", "Agreed"),
            ("approved", "Approved"),
            ("replaced", "Replaced"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    version = fields.Integer(
        required=True, default=1, readonly=True, copy=False, aggregator=None
    )
    ground = fields.Text(
        "Ground of the change", readonly=True, copy=False, tracking=True
    )
    active = fields.Boolean(default=True, readonly=True, copy=False)
    current_id = fields.Many2one(
        "registrar.load.plan",
        "Replaced by",
        readonly=True,
        copy=False,
        index=True,
        ondelete="cascade",
    )
    version_ids = fields.One2many(
        "registrar.load.plan",
        "current_id",
        "Earlier versions",
        context={"active_test": False},
    )
    version_count = fields.Integer(
        "Number of earlier versions", compute="_compute_version_count"
    )
    line_ids = fields.One2many("registrar.load.line", "plan_id", "Load")
    agreed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    agreed_date = fields.Date(readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_date = fields.Date(readonly=True, copy=False)
    # Totals
    line_count = fields.Integer("Number of lines", compute="_compute_totals")
    hours_total = fields.Float("Hours", compute="_compute_totals", digits=(9, 2))
    hours_assigned = fields.Float("Assigned", compute="_compute_totals", digits=(9, 2))
    hours_free = fields.Float(
        "Not distributed", compute="_compute_totals", digits=(9, 2)
    )
    hours_paid = fields.Float(
        "Paid separately", compute="_compute_totals", digits=(9, 2)
    )
    norm_total = fields.Float(
        "Norm of the teachers", compute="_compute_totals", digits=(9, 2)
    )
    rate_total = fields.Float("Rates", compute="_compute_totals", digits=(6, 2))
    rates_needed = fields.Float(
        "Rates needed",
        compute="_compute_totals",
        digits=(6, 2),
        help="Hours against the norm divided by the average norm of a full rate.",
    )
    remark_html = fields.Html("Remarks", compute="_compute_remark_html")
    control_html = fields.Html("Control", compute="_compute_control_html")
    can_manage = fields.Boolean(compute="_compute_can_manage")

    _current_unique = models.UniqueIndex(
        "(department_id, year_id) WHERE state <> 'replaced'",
        "There is already a teaching load of this department and year.",
    )

    def init(self):
        self.env.cr.execute(_FUNCTION)
        return super().init()

    @api.depends("version_ids")
    def _compute_version_count(self):
        counts = dict(
            self.with_context(active_test=False)
            .sudo()
            ._read_group([("current_id", "in", self.ids)], ["current_id"], ["__count"])
        )
        for plan in self:
            plan.version_count = counts.get(plan._origin.sudo(), 0)

    @api.depends("line_ids.hours", "line_ids.teacher_id", "line_ids.is_paid_separately")
    def _compute_totals(self):
        lines = (
            self.env["registrar.load.line"]
            .sudo()
            .with_context(active_test=False)
            ._read_group(
                [("plan_id", "in", self.ids)],
                ["plan_id", "is_paid_separately"],
                ["__count", "hours:sum"],
            )
        )
        free = dict(
            self.env["registrar.load.line"]
            .sudo()
            .with_context(active_test=False)
            ._read_group(
                [("plan_id", "in", self.ids), ("teacher_id", "=", False)],
                ["plan_id"],
                ["hours:sum"],
            )
        )
        rates = {
            (department, year): (norm, rate)
            for department, year, norm, rate in self.env["registrar.load.rate"]
            .sudo()
            ._read_group(
                [
                    ("department_id", "in", self.department_id.ids),
                    ("year_id", "in", self.year_id.ids),
                    ("kind", "!=", "hourly"),
                ],
                ["department_id", "year_id"],
                ["norm_hours:sum", "rate:sum"],
            )
        }
        counts, hours = defaultdict(int), defaultdict(float)
        for plan, is_paid, count, amount in lines:
            counts[plan.id] += count
            hours[plan.id, is_paid] += amount
        for plan in self:
            ident = plan._origin.id
            norm, rate = rates.get(
                (plan.department_id._origin, plan.year_id._origin), (0, 0)
            )
            normal, paid = hours[ident, False], hours[ident, True]
            plan.line_count = counts[ident]
            plan.hours_total = round(normal + paid, 2)
            plan.hours_free = free.get(plan._origin, 0)
            plan.hours_assigned = round(plan.hours_total - plan.hours_free, 2)
            plan.hours_paid = paid
            plan.norm_total = norm
            plan.rate_total = rate
            plan.rates_needed = normal / (norm / rate) if norm and rate else 0

    @api.depends("line_ids", "state", "department_id", "year_id")
    @api.depends_context("lang")
    def _compute_remark_html(self):
        for plan in self:
            texts = plan._remarks() if plan._origin and plan.active else []
            plan.remark_html = (
                Markup("<ul class='mb-0'>%s</ul>")
                % Markup().join(Markup("<li>%s</li>") % text for text in texts)
                if texts
                else False
            )

    @api.depends("line_ids", "state")
    @api.depends_context("lang")
    def _compute_control_html(self):
        for plan in self:
            plan.control_html = plan._control_table() if plan._origin else False

    @api.depends("department_id", "state")
    @api.depends_context("uid")
    def _compute_can_manage(self):
        for plan in self:
            plan.can_manage = plan._may_manage()

    @api.depends("department_id", "year_id", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for plan in self:
            parts = [plan.department_id.name, plan.year_id.name]
            if plan.version > 1 or plan.state == "replaced":
                parts.append(self.env._("version %s", plan.version))
            plan.display_name = ", ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals_keys = vals.keys() & {"version", "current_id", "active", "ground"}
                if vals.get("state", "draft") != "draft" or vals_keys:
                    raise AccessError(
                        self.env._("The state is set by the actions only.")
                    )
        return super().create(vals_list)

    def write(self, vals):
        steps = {
            "state",
            "version",
            "current_id",
            "active",
            "ground",
            "agreed_by_id",
            "agreed_date",
            "approved_by_id",
            "approved_date",
        }
        if not self.env.su and vals.keys() & steps:
            raise AccessError(self.env._("The state is set by the actions only."))
        if vals.keys() & {"department_id", "year_id"} and self.sudo().line_ids:
            raise UserError(
                self.env._("A teaching load that has lines keeps department and year.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(plan.state != "draft" or plan.sudo().version_ids for plan in self):
            raise UserError(
                self.env._("Only drafts of the first version can be deleted.")
            )

    def copy_data(self, default=None):
        raise UserError(
            self.env._("A department has one teaching load in a year; compute it.")
        )

    def action_build(self):
        """Compute the lines of all terms of the year anew."""
        self.check_access("write")
        for plan in self:
            plan._check_draft()
            for term in plan.year_id.term_ids:
                self.env["registrar.load.line"]._build(term, plan.department_id)
        return True

    def action_fill_rates(self):
        """Give a rate to the teachers of the departments that have none."""
        self.check_access("write")
        for plan in self:
            plan._check_draft()
            self.env["registrar.load.rate"]._fill(plan.year_id, plan.department_id)
        return True

    def action_propose(self):
        self.ensure_one()
        self._check_draft()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose the distribution"),
            "res_model": "registrar.load.propose",
            "view_mode": "form",
            "target": "new",
            "context": {"default_plan_id": self.id},
        }

    def action_agree(self):
        """The department or the dean's office: the distribution is complete."""
        for plan in self:
            plan._check_may_manage()
            plan._check_draft()
            if blocks := plan._blocking_remarks():
                raise UserError("\n".join([plan.display_name, *blocks]))
        self.sudo().write(
            {
                "state": "agreed",
                "agreed_by_id": self.env.uid,
                "agreed_date": fields.Date.context_today(self),
            }
        )
        return True

    def action_approve(self):
        """The head of the office enters the approval; the lines freeze."""
        if not self.env.su and not self.env.user.has_group(HEAD):
            raise AccessError(
                self.env._("Only the head of the office approves the teaching load.")
            )
        for plan in self:
            if plan.state != "agreed":
                raise UserError(self.env._("“%s” is not agreed.", plan.display_name))
            if blocks := plan._blocking_remarks():
                raise UserError("\n".join([plan.display_name, *blocks]))
        self.sudo().write(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_date": fields.Date.context_today(self),
            }
        )
        return True

    def action_return(self):
        """Back to draft before the approval."""
        for plan in self:
            plan._check_may_manage()
            if plan.state != "agreed":
                raise UserError(
                    self.env._("Only an agreed teaching load can be returned.")
                )
        self.sudo().write(
            {"state": "draft", "agreed_by_id": False, "agreed_date": False}
        )
        return True

    def action_change(self, ground=None):
        """Open the next version of approved sheets.

        The approved version is kept as it was with copies of its lines; the lines
        themselves go on, so that the hours already given stay with them.

        :param str ground: why; without it the user is asked
        """
        if not ground:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Change the teaching load"),
                "res_model": "registrar.load.change",
                "view_mode": "form",
                "target": "new",
                "context": {"default_plan_ids": self.ids},
            }
        for plan in self:
            plan._check_may_manage()
            if plan.state != "approved":
                raise UserError(
                    self.env._(
                        "“%s” is not approved; change it directly.", plan.display_name
                    )
                )
        for plan in self.sudo():
            plan._keep_version()
            plan.write(
                {
                    "state": "draft",
                    "version": plan.version + 1,
                    "ground": ground,
                    "agreed_by_id": False,
                    "agreed_date": False,
                    "approved_by_id": False,
                    "approved_date": False,
                }
            )
        return True

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_load_line_action"
        )
        return dict(
            action,
            name=self.display_name,
            domain=[("plan_id", "=", self.id)],
            context={
                "default_plan_id": self.id,
                "registrar_load_plan": self.id,
                "max_number_opened_groups": 100,
                "active_test": self.active,
                "group_by": ["teacher_id"],
            },
            views=[
                (False, "kanban"),
                (False, "list"),
                (False, "pivot"),
                (False, "graph"),
                (False, "form"),
            ],
        )

    def action_open_rates(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_load_rate_action"
        )
        return dict(
            action,
            domain=[
                ("department_id", "=", self.department_id.id),
                ("year_id", "=", self.year_id.id),
            ],
            context={
                "default_department_id": self.department_id.id,
                "default_year_id": self.year_id.id,
            },
        )

    def action_open_versions(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Earlier versions"),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("current_id", "=", self.id)],
            "context": {"active_test": False, "create": False},
        }

    def action_print(self):
        return self.env["registrar.load.print"]._open(self)

    def _keep_version(self):
        """Copy the sheet as it was approved; the copy is out of all totals."""
        self.ensure_one()
        self.env.flush_all()
        kept = self.create(
            {
                "department_id": self.department_id.id,
                "year_id": self.year_id.id,
                # Replaced from the start: there is one current sheet only.
                "state": "replaced",
                "active": False,
                "version": self.version,
                "ground": self.ground,
                "current_id": self.id,
                "agreed_by_id": self.agreed_by_id.id,
                "agreed_date": self.agreed_date,
                "approved_by_id": self.approved_by_id.id,
                "approved_date": self.approved_date,
            }
        )
        self.env["registrar.load.line"]._copy_to_version(self, kept)
        return kept

    def _may_manage(self):
        """Whether the user distributes the load of the department."""
        self.ensure_one()
        return self.department_id._may_manage_load()

    def _check_may_manage(self):
        self.check_access("write")
        if not self._may_manage():
            raise AccessError(
                self.env._(
                    "The teaching load of “%s” is distributed by its head, the dean's "
                    "office and the registrar's office.",
                    self.department_id.name,
                )
            )

    def _check_draft(self):
        for plan in self:
            if plan.sudo().state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” is agreed or approved. Return it, or open a change with "
                        "its ground.",
                        plan.display_name,
                    )
                )

    def _blocking_remarks(self):
        lines = self.sudo().line_ids
        found = []
        if not lines:
            found.append(self.env._("There are no lines yet."))
        if vanished := lines.filtered(lambda line: line.state == "vanished"):
            found.append(
                self.env._(
                    "%s lines come from class groups that no longer exist; "
                    "remove them.",
                    len(vanished),
                )
            )
        return found

    def _remarks(self):
        """Return what the reader should know before the next step: list of texts."""
        self.ensure_one()
        found = self._blocking_remarks()
        if self.hours_free:
            found.append(self.env._("%g hours are not distributed.", self.hours_free))
        lines = self.sudo().line_ids
        if mixed := lines.filtered("is_mixed"):
            found.append(
                self.env._(
                    "%s lines serve curricula with different hours; the larger number "
                    "is taken.",
                    len(mixed),
                )
            )
        if guessed := lines.filtered("is_department_guessed").discipline_id:
            found.append(
                self.env._(
                    "%s disciplines have no department; that of the programme is "
                    "taken.",
                    len(guessed),
                )
            )
        rates = (
            self.env["registrar.load.rate"]
            .sudo()
            .search(
                [
                    ("department_id", "=", self.department_id.id),
                    ("year_id", "=", self.year_id.id),
                ]
            )
        )
        if over := rates.filtered(lambda rate: rate.load_state == "over"):
            found.append(
                self.env._(
                    "Above the norm: %s.",
                    ", ".join(
                        f"{rate.employee_id.short_name or rate.employee_id.name} "
                        f"({rate.difference:+g})"
                        for rate in over
                    ),
                )
            )
        if strangers := lines.teacher_id - rates.employee_id:
            found.append(
                self.env._(
                    "Without a rate in the department: %s.",
                    ", ".join(strangers.mapped("name")),
                )
            )
        return found

    def _control(self):
        """Compare the load with hours of plan × number of streams and groups.

        :return: ``[(discipline, kind, hours of plan, units, due, in the load)]`` of
            computed work whose norm takes hours of the plan as they are
        """
        self.ensure_one()
        Line = self.env["registrar.load.line"]
        norms = self.env["registrar.load.norm"].sudo()._at(self.year_id.date_from)
        kinds = {
            kind.id
            for kind in self.env["registrar.load.kind"].sudo()._all()
            if any(
                ident == kind.id and norm.basis in load.PLAN_BASES
                for (ident, __), norm in norms.items()
            )
        }
        due, units, plans = defaultdict(float), defaultdict(int), {}
        for term in self.year_id.term_ids:
            for line in Line._computed(term, self.department_id):
                if line.kind_id not in kinds:
                    continue
                key = (line.unit.discipline_id, line.kind_id)
                due[key] += float(line.hours)
                units[key] += 1
                plans.setdefault(key, set()).add(float(line.plan_hours))
        booked = {
            (discipline.id, kind.id): hours
            for discipline, kind, hours in Line.sudo()
            .with_context(active_test=False)
            ._read_group(
                [
                    ("plan_id", "=", self.id),
                    ("source", "=", "computed"),
                    ("kind_id", "in", list(kinds)),
                ],
                ["discipline_id", "kind_id"],
                ["hours:sum"],
            )
        }
        disciplines = self.env["registrar.discipline"].sudo()
        work = self.env["registrar.load.kind"].sudo()
        keys = sorted(due.keys() | booked.keys())
        return [
            (
                disciplines.browse(key[0]),
                work.browse(key[1]),
                sorted(plans.get(key, ())),
                units[key],
                round(due[key], 2),
                round(booked.get(key, 0), 2),
            )
            for key in keys
        ]

    def _control_table(self):
        """Show the disciplines where the load is not hours of plan × groups."""
        rows = self._control()
        wrong = [row for row in rows if row[4] != row[5]]
        summary = self.env._(
            "Hours of the plan × streams and groups: %(due)g; in the load: %(booked)g.",
            due=sum(row[4] for row in rows),
            booked=sum(row[5] for row in rows),
        )
        if not wrong:
            return Markup("<p class='text-success mb-0'>✓ %s</p>") % summary
        heads = (
            self.env._("Discipline"),
            self.env._("Kind of work"),
            self.env._("Hours of the plan"),
            self.env._("Streams, groups"),
            self.env._("Due"),
            self.env._("In the load"),
        )
        cells = Markup().join(
            Markup("<tr>%s</tr>")
            % Markup().join(
                Markup("<td>%s</td>") % text
                for text in (
                    discipline.display_name,
                    kind.name,
                    " / ".join(f"{hours:g}" for hours in plans),
                    units,
                    f"{due:g}",
                    f"{booked:g}",
                )
            )
            for discipline, kind, plans, units, due, booked in wrong
        )
        return Markup(
            "<p class='text-danger'>%s</p><table class='table table-sm'>"
            "<thead><tr>%s</tr></thead><tbody>%s</tbody></table>"
        ) % (
            summary,
            Markup().join(Markup("<th>%s</th>") % head for head in heads),
            cells,
        )

    @api.model
    def _ensure(self, year, departments):
        """Return the current sheets of the departments; makes those that lack."""
        present = self.search(
            [("year_id", "=", year.id), ("department_id", "in", departments.ids)]
        )
        missing = departments - present.department_id
        return present | self.create(
            [
                {"department_id": department.id, "year_id": year.id}
                for department in missing
            ]
        )

    def _norms_of_teachers(self):
        """Return the hours of norm: ``{employee id: hours}``; for one sheet."""
        self.ensure_one()
        groups = (
            self.env["registrar.load.rate"]
            .sudo()
            ._read_group(
                [
                    ("department_id", "=", self.department_id.id),
                    ("year_id", "=", self.year_id.id),
                ],
                ["employee_id"],
                ["norm_hours:sum"],
            )
        )
        return {employee.id: hours for employee, hours in groups}

    def _lock(self):
        """Two computations of one sheet follow each other."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM registrar_load_plan WHERE id = ANY(%s) "
                "ORDER BY id FOR UPDATE",
                self.ids,
            )
        )
        self.invalidate_recordset(["state"])
