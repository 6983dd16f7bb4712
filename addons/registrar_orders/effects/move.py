from .base import Effect, effect


@effect
class Move(Effect):
    """Any change of the state of those who study: group, programme, funding …

    Which value has to change is said by the kind of movement, so a new type of
    transfer is data only.
    """

    code = "move"
    label = "Transfer inside the university"
    shows_change = True

    def _check_line(self, line, state):
        found = self._check_complete(line)
        name = line.kind_id.changes_field
        if name and line[name] == line[f"old_{name}"]:
            label = line._fields[name]._description_string(self.env)
            found.append(self.env._("“%s” does not change", label))
        elif not name and not line._changed_fields():
            found.append(self.env._("nothing changes"))
        return found
