from .base import Effect, effect


@effect
class Admission(Effect):
    """Enrolment: admission, transfer from another university, reinstatement."""

    code = "admission"
    label = "Enrolment"
    movements = ("arrival",)

    def _prepare_line(self, line, state):
        group = line.group_id
        proposed = {name: False for name in state}
        if group:
            proposed |= {
                "programme_id": group.programme_id,
                "group_id": group,
                "course": group.course,
                "study_form": group.study_form,
                "language": group.language,
            }
        proposed["course"] = proposed["course"] or 1
        if line.kind_id.new_funding:
            proposed["funding"] = line.kind_id.new_funding
        return proposed

    def _check_line(self, line, state):
        return self._check_complete(line)

    def _check_fresh(self, line, state):
        # Who was expelled or graduated comes anew; the state before says nothing.
        return []
