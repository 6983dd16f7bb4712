from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from . import seat_rules


class RegistrarStudyPlanLine(models.Model):
    """The seat of a registration."""

    _inherit = "registrar.study.plan.line"

    offer_id = fields.Many2one(
        "registrar.offer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    seat_number = fields.Integer(
        "Seat", readonly=True, copy=False, aggregator=None, default=None
    )
    ground = fields.Char(
        help="Why the discipline is studied again or in addition, e.g. the "
        "application with its date."
    )

    _seat_once = models.UniqueIndex(
        "(offer_id, seat_number) WHERE offer_id IS NOT NULL "
        "AND seat_number > 0 AND is_cancelled IS NOT TRUE",
        "The seat was taken by somebody else.",
    )

    @api.model
    def _guard_mutable(self):
        return super()._guard_mutable() | {"offer_id", "seat_number"}

    @api.model_create_multi
    def create(self, vals_list):
        self._check_seat_values(vals_list)
        lines = super().create(vals_list)
        self.env["registrar.offer"]._attach(lines)
        return lines

    def write(self, vals):
        self._check_seat_values([vals])
        freed = self.env["registrar.offer"]
        if vals.get("is_cancelled"):
            freed = self.filtered(lambda line: not line.is_cancelled).sudo().offer_id
        elif vals.keys() & {"discipline_id", "term_id"}:
            moved = self.filtered("offer_id").sudo()
            freed = moved.offer_id
            super(RegistrarStudyPlanLine, moved).write(
                {"offer_id": False, "seat_number": False}
            )
        result = super().write(vals)
        if vals.keys() & {"discipline_id", "term_id"}:
            self.env["registrar.offer"]._attach(self)
        freed._schedule_promotion()
        return result

    def unlink(self):
        offers = self.sudo().offer_id
        result = super().unlink()
        offers._schedule_promotion()
        return result

    def _check_seat_values(self, vals_list):
        """Seats are given by the offer only, under its lock."""
        if not self.env.su and any(
            vals.get("offer_id") or vals.get("seat_number") for vals in vals_list
        ):
            raise AccessError(
                self.env._("A seat is taken through the offer, not written down.")
            )

    def _after_dropped(self):
        """The seats of dropped registrations go to those who wait."""
        result = super()._after_dropped()
        self.sudo().offer_id._schedule_promotion()
        return result

    def _is_choice(self):
        """Whether the student has chosen it and may give it up."""
        self.ensure_one()
        if self.line_type in ("additional", "gpa_raise", "minor"):
            return True
        return self.line_type == "main" and bool(
            self.sudo().curriculum_line_id.block_id
        )

    def _leave_replaced(self):
        """Give up the other choice of a full elective block.

        Who waits for one discipline keeps another one meanwhile; with the seat the
        other one goes: at once from a draft, with the change of a registered plan.
        """
        for line in self:
            block = line.curriculum_line_id.block_id
            if not block or line.line_type != "main":
                continue
            others = self.search(
                [
                    ("student_id", "=", line.student_id.id),
                    ("year_id", "=", line.year_id.id),
                    ("discipline_id", "!=", line.discipline_id.id),
                    ("curriculum_line_id.block_id", "=", block.id),
                    ("is_cancelled", "=", False),
                    ("plan_id.state", "!=", "cancelled"),
                ],
                order="id desc",
            )
            surplus = len(others.discipline_id) + 1 - block.choose
            # The choice made last is the one that is replaced.
            for other in others[: max(surplus, 0)]:
                if (
                    other.plan_id.state == "draft"
                    or "drop_ids" in other.plan_id._fields
                ):
                    other._give_up()

    def _give_up(self, mode=None):
        """Drop one registration: at once from a draft, else by a change of the plan.

        :param str mode: how strictly the calendar binds, see ``_calendar_mode``
        :rtype: dict
        :raises UserError: when it may not be dropped now
        """
        self.ensure_one()
        plan = self.plan_id
        self._check_window(mode)
        if plan.state == "draft":
            self.unlink()
            return {"state": "left"}
        if plan.state != "registered":
            raise UserError(
                self.env._(
                    "The study plan of %s is under way; it has to be returned before "
                    "it can be changed.",
                    self.student_id.full_name,
                )
            )
        change = self.env["registrar.study.plan"]._change_of(
            self.student_id, self.year_id
        )
        change._drop(self)
        return {"state": "dropping", "plan_id": change.id}

    def _check_window(self, mode):
        """Refuse changes outside the days of the calendar."""
        closed = seat_rules.closed_windows(
            self.env,
            self.student_id,
            self.term_id,
            seat_rules.activities(self.term_id),
            mode,
        )
        if closed:
            raise UserError("\n".join(closed.values()))
