from .base import Effect, effect


@effect
class LeaveReturn(Effect):
    """Return from academic leave, if need be into another group or year."""

    code = "leave_return"
    label = "Return from academic leave"
    movements = ("leave_return",)

    def _check_line(self, line, state):
        return self._check_complete(line)
