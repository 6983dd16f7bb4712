from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import load


class RegistrarLoadRate(models.Model):
    """Share of a rate that a teacher has in a department in one academic year.

    The teacher's card: norm, hours assigned, over- or underload.
    """

    _name = "registrar.load.rate"
    _description = "Rate of a teacher in a year"
    _order = "year_id desc, department_id, employee_id, kind, id"
    _rec_name = "employee_id"
    _rec_names_search = ["employee_id"]

    employee_id = fields.Many2one(
        "hr.employee",
        "Teacher",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_teacher', '=', True)]",
    )
    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["registrar.academic.year"]._present(),
    )
    department_id = fields.Many2one(
        "hr.department",
        compute="_compute_department_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('registrar_kind', 'in', ('faculty', 'department'))]",
    )
    kind = fields.Selection(
        [
            ("main", "Main place"),
            ("internal", "Internal part-time"),
            ("external", "External part-time"),
            ("hourly", "Paid by the hour"),
        ],
        required=True,
        default="main",
    )
    rate = fields.Float(
        required=True, default=1, digits=(4, 2), help="1.00 is a full rate."
    )
    norm_hours = fields.Float(
        "Norm",
        compute="_compute_norm_hours",
        store=True,
        readonly=False,
        precompute=True,
        digits=(7, 2),
        help="Hours a year: annual norm × rate.",
    )
    tolerance = fields.Float(
        "Tolerance, %",
        compute="_compute_norm_hours",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 2),
        aggregator=None,
    )
    note = fields.Char()
    job_id = fields.Many2one(
        "hr.job", "Position", compute="_compute_of_employee", compute_sudo=True
    )
    academic_degree = fields.Selection(
        selection=lambda self: self.env["hr.employee"]._selection_academic_degree(),
        compute="_compute_of_employee",
        compute_sudo=True,
    )
    academic_title = fields.Selection(
        selection=lambda self: self.env["hr.employee"]._selection_academic_title(),
        compute="_compute_of_employee",
        compute_sudo=True,
    )
    # What is assigned
    hours_assigned = fields.Float(
        "Assigned", compute="_compute_hours", digits=(7, 2), help="Against the norm."
    )
    hours_autumn = fields.Float("Autumn", compute="_compute_hours", digits=(7, 2))
    hours_spring = fields.Float("Spring", compute="_compute_hours", digits=(7, 2))
    hours_other = fields.Float(
        "Summer and whole year", compute="_compute_hours", digits=(7, 2)
    )
    hours_paid = fields.Float(
        "Paid separately", compute="_compute_hours", digits=(7, 2)
    )
    hours_actual = fields.Float(
        "Done", compute="_compute_hours", digits=(7, 2), help="Confirmed hours."
    )
    difference = fields.Float(
        "Over (+), under (−)", compute="_compute_hours", digits=(7, 2)
    )
    load_state = fields.Selection(
        [("under", "Underload"), ("normal", "Within the norm"), ("over", "Overload")],
        "Load",
        compute="_compute_hours",
        search="_search_load_state",
    )

    _rate_unique = models.Constraint(
        "UNIQUE (employee_id, year_id, department_id, kind)",
        "The teacher already has such a rate in the department and year.",
    )
    _rate_range = models.Constraint(
        "CHECK (rate >= 0 AND rate <= 2)", "A rate is between 0 and 2."
    )
    _norm_positive = models.Constraint(
        "CHECK (norm_hours >= 0)", "The norm cannot be negative."
    )

    @api.depends("employee_id")
    def _compute_department_id(self):
        for rate in self:
            rate.department_id = (
                rate.department_id or rate.employee_id.sudo().department_id
            )

    @api.depends("employee_id", "year_id", "rate", "kind")
    def _compute_norm_hours(self):
        for year, rates in self.grouped("year_id").items():
            day = year.date_from or fields.Date.context_today(self)
            norms = self.env["registrar.load.rate.norm"]._of(
                rates.employee_id._origin, day
            )
            for rate in rates:
                norm = norms.get(rate.employee_id._origin.id)
                share = 0 if rate.kind == "hourly" else rate.rate
                rate.norm_hours = float(load.cents((norm.hours if norm else 0) * share))
                rate.tolerance = norm.tolerance if norm else 0

    @api.depends("employee_id")
    def _compute_of_employee(self):
        for rate in self:
            rate.job_id = rate.employee_id.job_id
            rate.academic_degree = rate.employee_id.academic_degree
            rate.academic_title = rate.employee_id.academic_title

    @api.depends("employee_id", "year_id", "department_id", "kind", "norm_hours")
    def _compute_hours(self):
        totals = self._hours_of_teachers()
        siblings = self._siblings()
        actual = self._actual_hours()
        for rate in self:
            key = rate._key()
            mine = totals.get(key, {})
            others = siblings.get(key, [(rate._origin.id, rate.kind, rate.norm_hours)])
            own = {ident: norm for ident, kind, norm in others if kind != "hourly"}
            own = own or {others[0][0]: 0}
            portion = dict(
                zip(own, load.spread(mine.get("norm", 0), own.values()), strict=True)
            )
            is_first = next(iter(own)) == rate._origin.id
            assigned = float(portion.get(rate._origin.id, 0))
            hourly = [ident for ident, kind, __ in others if kind == "hourly"]
            takes_paid = (hourly or list(own))[0] == rate._origin.id
            rate.hours_assigned = assigned
            for name in ("autumn", "spring", "other"):
                rate[f"hours_{name}"] = mine.get(name, 0) if is_first else 0
            rate.hours_paid = mine.get("paid", 0) if takes_paid else 0
            rate.hours_actual = actual.get(key, 0) if is_first else 0
            rate.difference = round(assigned - rate.norm_hours, 2)
            rate.load_state = load.judge(rate.norm_hours, assigned, rate.tolerance)

    def _search_load_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        rates = self.search(Domain("year_id", "!=", False))
        return [("id", "in", rates.filtered(lambda r: r.load_state in value).ids)]

    @api.depends("employee_id", "department_id", "year_id", "rate")
    def _compute_display_name(self):
        for rate in self:
            parts = (
                rate.employee_id.sudo().name,
                rate.year_id.name,
                rate.department_id.name,
            )
            rate.display_name = ", ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._check_plan_open()
        return rates

    def write(self, vals):
        self._check_plan_open()
        result = super().write(vals)
        self._check_plan_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._check_plan_open()
        totals = self._hours_of_teachers()
        for rate in self:
            if totals.get(rate._key()):
                raise UserError(
                    self.env._(
                        "%s has load in this year; give it to somebody else first.",
                        rate.display_name,
                    )
                )

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_load_line_action"
        )
        return dict(
            action,
            domain=[
                ("teacher_id", "=", self.employee_id.id),
                ("year_id", "=", self.year_id.id),
            ],
            context={"search_default_group_by_term": 1},
        )

    def action_open_pivot(self):
        action = self.action_open_lines()
        return dict(action, views=[(False, "pivot"), (False, "list")], context={})

    def action_refresh_norm(self):
        """Take the annual norms anew, e.g. after the university has changed them."""
        self._check_plan_open()
        self.check_access("write")
        self._compute_norm_hours()
        return True

    def action_print(self):
        return self.env["registrar.load.print"]._open(self)

    @api.model
    def _forget_hours(self):
        """Count the hours anew: lines or hours done have changed."""
        self.invalidate_model(
            [
                name
                for name, field in self._fields.items()
                if field.compute == "_compute_hours"
            ]
        )

    def _key(self):
        return (
            self.employee_id._origin.id,
            self.year_id._origin.id,
            self.department_id._origin.id,
        )

    def _siblings(self):
        """Return all rates of the same teachers, years and departments.

        :return: ``{key: [(id, kind, norm)]}``, the main place first
        """
        order = {"main": 0, "internal": 1, "external": 2, "hourly": 3}
        found = self.sudo().search_fetch(
            Domain("employee_id", "in", self.employee_id.ids)
            & Domain("year_id", "in", self.year_id.ids)
            & Domain("department_id", "in", self.department_id.ids),
            ["employee_id", "year_id", "department_id", "kind", "norm_hours"],
        )
        result = defaultdict(list)
        for rate in found.sorted(lambda r: (order[r.kind], r.id)):
            result[rate._key()].append((rate.id, rate.kind, rate.norm_hours))
        return result

    def _hours_of_teachers(self):
        """Return the hours by teacher, year and department, in one query.

        :return: ``{key: {"norm", "paid", "autumn", "spring", "other"}}``
        """
        groups = (
            self.env["registrar.load.line"]
            .sudo()
            ._read_group(
                Domain("teacher_id", "in", self.employee_id.ids)
                & Domain("year_id", "in", self.year_id.ids)
                & Domain("department_id", "in", self.department_id.ids),
                [
                    "teacher_id",
                    "year_id",
                    "department_id",
                    "term_id",
                    "is_paid_separately",
                ],
                ["hours:sum"],
            )
        )
        result = defaultdict(lambda: defaultdict(float))
        for teacher, year, department, term, is_paid, hours in groups:
            mine = result[teacher.id, year.id, department.id]
            if is_paid:
                mine["paid"] += hours
                continue
            mine["norm"] += hours
            name = term.kind if term.kind in ("autumn", "spring") else "other"
            mine[name] += hours
        return result

    def _actual_hours(self):
        groups = (
            self.env["registrar.load.entry"]
            .sudo()
            ._read_group(
                Domain("teacher_id", "in", self.employee_id.ids)
                & Domain("year_id", "in", self.year_id.ids)
                & Domain("department_id", "in", self.department_id.ids)
                & Domain("state", "=", "confirmed"),
                ["teacher_id", "year_id", "department_id"],
                ["hours:sum"],
            )
        )
        return {
            (teacher.id, year.id, department.id): hours
            for teacher, year, department, hours in groups
        }

    def _check_plan_open(self):
        """Refuse changes of what stands on an approved sheet."""
        if not self:
            return
        closed = (
            self.env["registrar.load.plan"]
            .sudo()
            ._read_group(
                [
                    ("department_id", "in", self.department_id.ids),
                    ("year_id", "in", self.year_id.ids),
                    ("state", "!=", "draft"),
                ],
                ["department_id", "year_id"],
            )
        )
        for rate in self:
            if (rate.department_id, rate.year_id) in closed:
                raise UserError(
                    self.env._(
                        "The teaching load of %(department)s for %(year)s is under "
                        "approval or approved; open a change first.",
                        department=rate.department_id.name,
                        year=rate.year_id.name,
                    )
                )

    @api.model
    def _fill(self, year, departments):
        """Give a rate to every teacher of the departments who has none in the year.

        Takes over the rates of the previous year where there are any.

        :return: the new rates
        """
        teachers = (
            self.env["hr.employee"]
            .sudo()
            .search(
                [("is_teacher", "=", True), ("department_id", "in", departments.ids)]
            )
        )
        present = {
            (teacher.id, department.id)
            for teacher, department in self.sudo()._read_group(
                [("year_id", "=", year.id), ("department_id", "in", departments.ids)],
                ["employee_id", "department_id"],
            )
        }
        before = self.env["registrar.academic.year"].search(
            [("date_from", "<", year.date_from)], order="date_from desc", limit=1
        )
        vals_list = [
            {
                "employee_id": rate.employee_id.id,
                "department_id": rate.department_id.id,
                "year_id": year.id,
                "kind": rate.kind,
                "rate": rate.rate,
            }
            for rate in self.sudo().search(
                [("year_id", "=", before.id), ("department_id", "in", departments.ids)]
            )
            if (rate.employee_id.id, rate.department_id.id) not in present
            and rate.employee_id.active
        ]
        present |= {(vals["employee_id"], vals["department_id"]) for vals in vals_list}
        vals_list += [
            {
                "employee_id": teacher.id,
                "department_id": teacher.department_id.id,
                "year_id": year.id,
            }
            for teacher in teachers
            if (teacher.id, teacher.department_id.id) not in present
        ]
        return self.create(vals_list)
