from odoo import Command, api, fields, models

from ..tools import load


class RegistrarLoadPropose(models.TransientModel):
    """Show whom the lines without teacher could go to, before they do."""

    _name = "registrar.load.propose"
    _description = "Propose the distribution"

    plan_id = fields.Many2one("registrar.load.plan", "Teaching load", required=True)
    year_id = fields.Many2one(related="plan_id.year_id")
    term_ids = fields.Many2many(
        "registrar.term",
        string="Terms",
        domain="[('year_id', '=', year_id)]",
        help="Empty: the whole year.",
    )
    tolerance = fields.Float(
        "Allowed above the norm, %",
        digits=(5, 2),
        default=0,
        help="Nobody gets more than the norm and this.",
    )
    line_ids = fields.One2many("registrar.load.propose.line", "wizard_id", "Proposal")
    teacher_ids = fields.One2many(
        "registrar.load.propose.teacher", "wizard_id", "Teachers"
    )
    is_ready = fields.Boolean()
    left_count = fields.Integer("Nobody has room for", readonly=True)

    @api.onchange("term_ids", "tolerance")
    def _onchange_terms(self):
        self.is_ready = False

    def action_preview(self):
        """Compute the proposal and show it."""
        self.ensure_one()
        self.plan_id._check_may_manage()
        self.plan_id._check_draft()
        proposal = self.env["registrar.load.line"]._propose(
            self.plan_id, self.term_ids, max(self.tolerance, 0)
        )
        self.line_ids.unlink()
        self.line_ids = [
            Command.create(
                {"line_id": line.id, "teacher_id": teacher.id, "reason": why}
            )
            for line, teacher, why in proposal
        ]
        self.left_count = sum(1 for __, teacher, __ in proposal if not teacher)
        self.is_ready = True
        self._fill_teachers()
        return self._reopen()

    def action_refresh(self):
        """Count the teachers anew after corrections by hand."""
        self.ensure_one()
        self._fill_teachers()
        return self._reopen()

    def action_apply(self):
        """Give the lines to the teachers as shown."""
        self.ensure_one()
        self.plan_id._check_may_manage()
        self.plan_id._check_draft()
        free = self.line_ids.filtered(
            # Somebody else may have given the line meanwhile.
            lambda item: item.teacher_id and not item.line_id.teacher_id
        )
        for teacher, items in free.grouped("teacher_id").items():
            items.line_id.write({"teacher_id": teacher.id})
        return self.plan_id.action_open_lines()

    def _fill_teachers(self):
        added = {}
        for item in self.line_ids:
            if item.teacher_id:
                key = item.teacher_id.id
                added[key] = added.get(key, 0) + item.hours
        rates = (
            self.env["registrar.load.rate"]
            .sudo()
            .search(
                [
                    ("department_id", "=", self.plan_id.department_id.id),
                    ("year_id", "=", self.plan_id.year_id.id),
                    ("kind", "!=", "hourly"),
                ]
            )
        )
        rows = {}
        for rate in rates:
            row = rows.setdefault(
                rate.employee_id.id,
                {"norm": 0, "before": 0, "tolerance": rate.tolerance},
            )
            row["norm"] += rate.norm_hours
            row["before"] += rate.hours_assigned
        for teacher in added.keys() - rows.keys():
            rows[teacher] = {"norm": 0, "before": 0, "tolerance": 0}
        self.teacher_ids.unlink()
        self.teacher_ids = [
            Command.create(
                {
                    "teacher_id": teacher,
                    "norm": row["norm"],
                    "before": row["before"],
                    "after": row["before"] + added.get(teacher, 0),
                    "load_state": load.judge(
                        row["norm"],
                        row["before"] + added.get(teacher, 0),
                        row["tolerance"],
                    ),
                }
            )
            for teacher, row in rows.items()
        ]

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose the distribution"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
