from odoo import api, models
from odoo.exceptions import UserError

from . import seat_rules


class RegistrarStudyPlan(models.Model):
    """Seats in the study plan."""

    _inherit = "registrar.study.plan"

    def _seat_obstacles(self):
        """Return lines of disciplines with a number of seats that have none."""
        found = super()._seat_obstacles()
        offered = {
            (discipline.id, term.id)
            for discipline, term in self.env["registrar.offer"]
            .sudo()
            ._read_group(
                [("state", "=", "open"), ("capacity_max", ">", 0)],
                ["discipline_id", "term_id"],
            )
        }
        if not offered:
            return found
        found = dict(found or {})
        for line in self.sudo().line_ids:
            key = (line.discipline_id.id, line.term_id.id)
            if key in offered and not line.offer_id and not line.is_cancelled:
                found[line.id] = self.env._(
                    "“%s” is offered with a number of seats and none is taken.",
                    line.discipline_id.display_name,
                )
        return found

    def _closed_obstacles(self):
        """Return lines of disciplines that are not opened as well."""
        found = super()._closed_obstacles()
        given_up = self.sudo().line_ids.filtered(
            lambda line: line.offer_id.state == "not_opened" and not line.is_cancelled
        )
        if not given_up:
            return found
        return dict(found or {}) | {
            line.id: self.env._("“%s” is not opened.", line.discipline_id.display_name)
            for line in given_up
        }

    @api.model
    def _main_plan(self, student, year):
        """Return the main plan of a student that counts in ``year``, if any."""
        return self.search(
            [
                ("student_id", "=", student.id),
                ("year_id", "=", year.id),
                ("kind", "=", "main"),
                ("state", "!=", "cancelled"),
            ],
            limit=1,
        )

    @api.model
    def _open_for_seats(self, student, year):
        """Return the draft in which registrations of a student are written now.

        :raises UserError: when the plan is under way or cannot be made
        """
        plan = self._main_plan(student, year)
        if not plan:
            plan = self._fill(student, year).filtered(lambda p: p.student_id == student)
        if not plan:
            obstacles = self._fill_obstacles(student, year)
            raise UserError(
                obstacles.get(student.id)
                or self.env._("%s has no study plan.", student.full_name)
            )
        if plan.state == "draft":
            return plan
        if plan.state == "registered":
            return self._change_of(student, year)
        raise UserError(
            self.env._(
                "The study plan of %s is under way; it has to be returned before it "
                "can be changed.",
                student.full_name,
            )
        )

    @api.model
    def _change_of(self, student, year):
        """Return the draft that changes a registered plan; it is made when absent."""
        return self._open_change(student, year)

    @api.model
    def _choose(self, student, year, option):
        """Take an option of an elective block that is not offered with seats.

        :param option: ``registrar.curriculum.line`` of the student's curriculum
        :raises UserError: with the reasons why it cannot be chosen
        """
        Offer = self.env["registrar.offer"].sudo()
        Offer.sudo(False)._check_may_act(student)
        mode = Offer.sudo(False)._calendar_mode(student)
        plan = self.sudo()._open_for_seats(student.sudo(), year)
        option = option.sudo()
        term = year.term_ids.filtered(
            lambda t: t.kind != "summer" and t.number == option._number_in_year()
        )
        if (
            not option.block_id
            or option.curriculum_id != plan.curriculum_id
            or option.course != plan.course
            or not term
        ):
            raise UserError(self.env._("It is not an option of your curriculum."))
        if Offer.search(
            [
                ("discipline_id", "=", option.discipline_id.id),
                ("term_id", "=", term.id),
                ("state", "=", "open"),
            ],
            limit=1,
        ):
            raise UserError(self.env._("The discipline is offered with seats."))
        reasons = seat_rules.refusals(
            Offer.new(
                {
                    "discipline_id": option.discipline_id.id,
                    "term_id": term.id,
                    "language": plan.language,
                    "kind": "main",
                    "state": "open",
                }
            ),
            student,
            "main",
            mode,
        )[student.id]
        if reasons:
            raise UserError("\n".join(reasons))
        Line = self.env["registrar.study.plan.line"].sudo()
        line = Line.search(
            [
                ("student_id", "=", student.id),
                ("discipline_id", "=", option.discipline_id.id),
                ("term_id", "=", term.id),
                ("is_cancelled", "=", False),
            ],
            limit=1,
        )
        if not line:
            line = Line.create(
                {
                    "plan_id": plan.id,
                    "discipline_id": option.discipline_id.id,
                    "curriculum_line_id": option.id,
                    "term_id": term.id,
                    "line_type": "main",
                }
            )
            line._leave_replaced()
            self.env["registrar.waiting.entry"].sudo()._settle(line)
        return {"state": "registered", "line_id": line.id}

    def _fill_lines(self):
        """Planned disciplines take the seats that are free."""
        result = super()._fill_lines()
        drafts = self.filtered(lambda plan: plan.state == "draft")
        Offer = self.env["registrar.offer"]
        offers = Offer.sudo().search(
            [("year_id", "in", drafts.year_id.ids), ("state", "=", "open")]
        )
        if offers:
            # Of a whole year only the lines that are offered are read.
            lines = self.env["registrar.study.plan.line"].search(
                [
                    ("plan_id", "in", drafts.ids),
                    ("term_id", "in", offers.term_id.ids),
                    ("discipline_id", "in", offers.discipline_id.ids),
                    ("offer_id", "=", False),
                ]
            )
            Offer._attach(lines)
        return result

    def unlink(self):
        offers = self.sudo().line_ids.offer_id
        result = super().unlink()
        offers._schedule_promotion()
        return result
