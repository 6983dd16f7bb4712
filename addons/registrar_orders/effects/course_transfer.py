from ..tools.transfer import TRANSFER, TRANSFER_WITH_DEBTS
from .base import Effect, effect


@effect
class CourseTransfer(Effect):
    """Transfer to the next year of study by GPA and debts."""

    code = "course_transfer"
    label = "Transfer to the next year"
    columns = ("programme", "group", "course", "gpa", "funding")
    shows_change = True
    # Decisions with which a student may stand in such an order.
    outcomes = (TRANSFER, TRANSFER_WITH_DEBTS)

    def facts(self, lines):
        """Return the decision about each student with the figures behind it."""
        selection = self.env["registrar.order.selection"]
        result = {}
        for order in lines.order_id:
            batch = lines.filtered(lambda line, order=order: line.order_id == order)
            if not order.year_id:
                continue
            facts = selection._transfer_facts(
                batch.student_id, order.year_id, order.effective_date
            )
            for line in batch:
                if line.student_id._origin.id in facts:
                    result[line] = facts[line.student_id._origin.id]
        return result

    def check(self, lines):
        reasons = super().check(lines)
        current = self.facts(lines)
        for line in lines:
            if line in current and self._is_stale(line, current[line]):
                reasons.setdefault(line, []).append(
                    self.env._(
                        "the GPA or the debts have changed since the order was "
                        "drafted; refresh the persons"
                    )
                )
        return reasons

    def apply(self, lines):
        rows = super().apply(lines)
        lines.group_id._follow_students()
        return rows

    def _prepare_line(self, line, state):
        state = super()._prepare_line(line, state)
        state["course"] = (state["course"] or 0) + 1
        return state

    def _check_line(self, line, state):
        found = self._check_complete(line)
        if line.course != line.old_course + 1:
            found.append(
                self.env._(
                    "the year of study after %(old)s is %(next)s",
                    old=line.old_course,
                    next=line.old_course + 1,
                )
            )
        return found + self._check_decision(line)

    def _check_decision(self, line):
        """Refuse who has earned another decision, unless a ground is stated."""
        if line.ground or not line.decision or line.decision in self.outcomes:
            return []
        return [
            self.env._(
                "the decision by GPA and debts is another one: %(decision)s (%(why)s)",
                decision=line._decision_label(),
                why=line.reasons,
            )
        ]

    def _is_stale(self, line, facts):
        return (
            line.decision != facts["decision"]
            or line.debts != facts["debts"]
            or f"{line.gpa or 0:.3f}" != f"{facts['gpa'] or 0:.3f}"
        )
