from .base import Effect, effect


@effect
class Leave(Effect):
    """Academic leave and its prolongation."""

    code = "leave"
    label = "Academic leave"
    movements = ("leave", "internal")

    def _movement_values(self, line):
        return super()._movement_values(line) | {"status": "leave"}

    def _check_line(self, line, state):
        if line._changed_fields():
            return [
                self.env._("a leave changes neither group nor programme nor funding")
            ]
        return []
