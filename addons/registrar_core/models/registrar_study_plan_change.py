from odoo import api, fields, models
from odoo.exceptions import UserError

UNDER_WAY = ("draft", "submitted", "adviser", "dean")


class RegistrarStudyPlan(models.Model):
    """Changes of a registered plan: add and drop in their window, kept as history."""

    _inherit = "registrar.study.plan"

    ground = fields.Text(
        "Ground of the change",
        copy=False,
        help="Why the plan changes; needed when the window of the calendar is closed.",
    )
    drop_ids = fields.One2many(
        "registrar.study.plan.drop", "plan_id", "Dropped disciplines", copy=False
    )
    change_ids = fields.Many2many(
        "registrar.study.plan",
        string="Changes and additions",
        compute="_compute_changes",
    )
    current_line_ids = fields.Many2many(
        "registrar.study.plan.line",
        string="Disciplines in force",
        compute="_compute_changes",
        help="What the student studies in the year after all changes.",
    )
    version = fields.Integer(compute="_compute_changes")
    change_count = fields.Integer("Changes", compute="_compute_changes")
    credits_current = fields.Float(
        "Credits in force", compute="_compute_changes", digits=(6, 1)
    )
    can_change = fields.Boolean(compute="_compute_can_change")

    _change_unique = models.UniqueIndex(
        "(student_id, year_id) WHERE kind = 'change'"
        " AND state IN ('draft', 'submitted', 'adviser', 'dean')",
        "A change of this study plan is already under way.",
    )

    @api.depends("student_id", "year_id", "state", "line_ids")
    def _compute_changes(self):
        plans = self.sudo().search(
            [
                ("student_id", "in", self.student_id._origin.ids),
                ("year_id", "in", self.year_id._origin.ids),
                ("state", "!=", "cancelled"),
            ],
            order="id",
        )
        of = plans.grouped(lambda plan: (plan.student_id.id, plan.year_id.id))
        for plan in self:
            family = of.get(
                (plan.student_id._origin.id, plan.year_id._origin.id), plans.browse()
            )
            changes = family.filtered(lambda other: other.kind != "main")
            registered = family.filtered(lambda other: other.state == "registered")
            lines = registered.line_ids.filtered(lambda line: not line.is_cancelled)
            plan.change_ids = (
                changes.sudo(self.env.su) if plan.kind == "main" else self.browse()
            )
            plan.change_count = len(plan.change_ids)
            plan.version = 1 + len(registered.filtered(lambda p: p.kind == "change"))
            plan.current_line_ids = lines.sorted(
                lambda line: (line.term_id.date_from, line.sequence, line.id)
            ).sudo(self.env.su)
            plan.credits_current = sum(lines.mapped("credits"))

    @api.depends("state", "kind")
    @api.depends_context("uid")
    def _compute_can_change(self):
        for plan in self:
            plan.can_change = (
                plan.kind == "main"
                and plan.state == "registered"
                and plan._may("submit")
            )

    def action_open_change(self):
        """Open the change of a registered plan, a new one if there is none."""
        self.ensure_one()
        self.check_access("read")
        if not self._may("submit"):
            raise UserError(self.env._("The plan of this student is not yours."))
        change = self._open_change(self.student_id, self.year_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "registrar.study.plan",
            "res_id": change.id,
            "view_mode": "form",
        }

    def action_open_changes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_action"
        )
        return dict(action, domain=[("id", "in", self.change_ids.ids)], context={})

    @api.model
    def _open_change(self, student, year):
        """Return the plan in which ``student`` may change the registrations of a year.

        The main plan as long as it is not registered, else the change that is under
        way, else a new draft of a change. Empty when the student has no plan.
        """
        plans = self.search(
            [
                ("student_id", "=", student.id),
                ("year_id", "=", year.id),
                ("kind", "in", ("main", "change")),
                ("state", "!=", "cancelled"),
            ]
        )
        main = plans.filtered(lambda plan: plan.kind == "main")
        if not main or main.state != "registered":
            return main
        change = plans.filtered(
            lambda plan: plan.kind == "change" and plan.state in UNDER_WAY
        )
        if change:
            return change
        # The student stays where the plan was registered, also after a move.
        return self.create(
            {
                "student_id": student.id,
                "year_id": year.id,
                "kind": "change",
                "group_id": main.group_id.id,
                "programme_id": main.programme_id.id,
                "curriculum_id": main.curriculum_id.id,
                "course": main.course,
                "language": main.language,
            }
        )

    def _drop(self, lines, kind="drop", reason=None):
        """Note in the draft of a change that ``lines`` are dropped.

        Lines that the draft itself adds are taken out again.

        :return: the new records of ``registrar.study.plan.drop``
        """
        self.ensure_one()
        own = lines.filtered(lambda line: line.plan_id == self)
        (lines - own).check_access("read")
        own.unlink()
        present = self.drop_ids.line_id
        return self.env["registrar.study.plan.drop"].create(
            [
                {"plan_id": self.id, "line_id": line.id, "kind": kind, "reason": reason}
                for line in lines - own - present
            ]
        )

    def _closed_window_text(self, activity, term):
        """Return why nothing can be registered now, for people to read."""
        labels = {
            "registration": self.env._("Registration for disciplines is closed now."),
            "add_drop": self.env._("Disciplines cannot be added or dropped now."),
            "withdrawal": self.env._("Withdrawal from disciplines is closed now."),
            "summer_registration": self.env._(
                "Registration for the summer term is closed now."
            ),
        }
        text = labels[activity]
        windows = (
            self.env["registrar.calendar"]
            .sudo()
            ._windows(self.student_id, activity, term=term)
            .get(self.student_id.id)
        )
        if not windows:
            return text
        days = self.env["registrar.calendar"]._windows_text(windows)
        return self.env._("%(text)s Open: %(days)s.", text=text, days=days)

    # Document

    def _apply_registration(self):
        result = super()._apply_registration()
        drops = self.sudo().drop_ids
        if drops:
            drops._apply()
        return result

    def _after_registration(self):
        result = super()._after_registration()
        changed = self.filtered(lambda plan: plan.kind != "main")
        if changed:
            mains = self.sudo().search(
                [
                    ("student_id", "in", changed.student_id.ids),
                    ("year_id", "in", changed.year_id.ids),
                    ("kind", "=", "main"),
                    ("state", "!=", "cancelled"),
                ]
            )
            mains.invalidate_recordset(
                [
                    "change_ids",
                    "change_count",
                    "current_line_ids",
                    "credits_current",
                    "version",
                ]
            )
            mains._refresh_checks()
        return result

    def _cancel_by(self, document):
        result = super()._cancel_by(document)
        for drop in self.sudo().drop_ids:
            line = drop.line_id
            taken = line.search_count(
                [
                    ("student_id", "=", line.student_id.id),
                    ("discipline_id", "=", line.discipline_id.id),
                    ("term_id", "=", line.term_id.id),
                    ("is_cancelled", "=", False),
                ],
                limit=1,
            )
            if not taken and line.plan_id.state == "registered":
                line.write({"is_cancelled": False, "is_withdrawn": False})
                line.flush_recordset()
        return result
