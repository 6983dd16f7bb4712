from .base import Effect, effect


@effect
class Departure(Effect):
    """Expulsion for any of the reasons that the order type allows."""

    code = "departure"
    label = "Expulsion"
    movements = ("departure",)

    def _check_line(self, line, state):
        if line._changed_fields():
            return [self.env._("the state before is what the person leaves with")]
        return []
