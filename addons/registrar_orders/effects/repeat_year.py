from ..tools.transfer import REPEAT
from .base import effect
from .course_transfer import CourseTransfer

# Paid by the state: whoever repeats a year loses it (academic.md §3.3).
LOST_FUNDINGS = ("grant", "local", "state_body")


@effect
class RepeatYear(CourseTransfer):
    """Repeat year of study: the course stays, a grant is lost."""

    code = "repeat_year"
    label = "Repeat year"
    outcomes = (REPEAT,)

    def _prepare_line(self, line, state):
        state = super(CourseTransfer, self)._prepare_line(line, state)
        if state["funding"] in LOST_FUNDINGS:
            state["funding"] = "paid"
        return state

    def _check_line(self, line, state):
        found = self._check_complete(line)
        if line.course != line.old_course:
            found.append(
                self.env._(
                    "who repeats the year stays in year %s of study", line.old_course
                )
            )
        return found + self._check_decision(line)
