from collections import defaultdict
from math import ceil

from odoo.tools import format_date

from odoo.addons.registrar_core.models.registrar_student import STATE_FIELDS
from odoo.addons.registrar_core.models.selections import CONTINGENT_STATUSES

EFFECTS = {}

# Columns of the table of persons, in their order.
STATE_COLUMNS = ("programme", "course", "group", "form", "language", "funding")


def effect(cls):
    """Register an effect under its code."""
    if cls.code in EFFECTS:
        raise ValueError(f"the effect {cls.code!r} is registered twice")
    EFFECTS[cls.code] = cls
    return cls


class Effect:
    """Check the persons of orders, propose their new state, move the ledger.

    All methods take lines of any number of orders of types with this effect and use
    a number of queries that does not depend on the number of lines.
    """

    code = None
    label = ""
    # Which movements may be caused.
    movements = ("internal",)
    # Columns of the table of persons in the printed order.
    columns = STATE_COLUMNS
    # Whether old values are printed before the new ones.
    shows_change = False

    def __init__(self, env):
        self.env = env

    def check(self, lines):
        """Return the reasons against carrying out each line.

        :rtype: dict[registrar.order.line, list[str]]
        """
        states = lines.student_id._ledger_states()
        reasons = {}
        for line in lines:
            state = states.get(line.student_id._origin.id)
            found = self._check_kind(line)
            blocked = self._check_ledger(line, state)
            found += blocked
            if not blocked:
                found += self._check_fresh(line, state)
                found += self._check_line(line, state)
            if found:
                reasons[line] = found
        return reasons

    def prepare(self, lines):
        """Propose the new state of each line; the clerk may change it.

        :return: values of the fields of the state by line
        :rtype: dict[registrar.order.line, dict]
        """
        return {
            line: self._prepare_line(line, {n: line[f"old_{n}"] for n in STATE_FIELDS})
            for line in lines
        }

    def facts(self, lines):
        """Return what the lines record beside the movement, e.g. the GPA.

        :rtype: dict[registrar.order.line, dict]
        """
        return {}

    def apply(self, lines):
        """Move the ledger by the lines of one order: one step per date and kind.

        :return: the new rows of ``registrar.enrolment``
        """
        order = lines.order_id
        batches = defaultdict(lines.browse)
        for line in lines:
            batches[line.effective_date, line.kind_id] |= line
        rows = self.env["registrar.enrolment"]
        for (date, kind), batch in sorted(
            batches.items(), key=lambda item: (item[0][0], item[0][1].id)
        ):
            values = {line.student_id.id: self._movement_values(line) for line in batch}
            rows |= batch.student_id._move(date, values, kind, order)
        return rows

    # Steps for subclasses

    def _prepare_line(self, line, state):
        """Return the proposed state of one line, given the state before."""
        if line.kind_id.new_funding:
            state["funding"] = line.kind_id.new_funding
        return state

    def _check_line(self, line, state):
        """Return further reasons against one line whose student can be moved."""
        return []

    def _movement_values(self, line):
        """Return what the ledger row of one line says."""
        values = {
            name: line[name].id if name.endswith("_id") else line[name]
            for name in STATE_FIELDS
        }
        if line.old_status == "leave" and line.kind_id.effect == "internal":
            # Whoever is moved while on leave stays on leave.
            values["status"] = "leave"
        return values

    # Common checks

    def _check_kind(self, line):
        kind = line.kind_id
        found = []
        if not kind:
            return [self.env._("the reason is not given")]
        if kind not in line.order_id.type_id.kind_ids:
            found.append(
                self.env._("orders of this type know no reason “%s”", kind.name)
            )
        if kind.effect not in self.movements:
            found.append(
                self.env._("“%s” is not what this order carries out", kind.name)
            )
        if kind.requires_institution and not line.institution:
            found.append(self.env._("the other university is not named"))
        if kind.requires_end_date:
            if not line.end_date:
                found.append(self.env._("the last day is not given"))
            elif line.end_date <= line.effective_date:
                found.append(self.env._("the last day comes before the first"))
        return found

    def _check_ledger(self, line, state):
        """Return why the ledger would refuse the movement."""
        enrolled = bool(state) and state["status"] in CONTINGENT_STATUSES
        effect_of_kind = line.kind_id.effect
        if state and line.effective_date < state["date_from"]:
            return [
                self.env._(
                    "a later movement exists: %(kind)s from %(date)s, document "
                    "No. %(number)s",
                    kind=state["kind"],
                    date=format_date(self.env, state["date_from"]),
                    number=state["number"],
                )
            ]
        if effect_of_kind == "arrival" and enrolled:
            return [
                self.env._(
                    "is already enrolled since %(date)s, document No. %(number)s",
                    date=format_date(self.env, state["date_from"]),
                    number=state["number"],
                )
            ]
        if effect_of_kind != "arrival" and not enrolled:
            return [self.env._("is not enrolled")]
        condition = line.kind_id.leave_condition
        if condition == "only" and not (enrolled and state["status"] == "leave"):
            return [self.env._("is not on academic leave")]
        if condition == "never" and enrolled and state["status"] == "leave":
            return [self.env._("is on academic leave")]
        return []

    def _check_fresh(self, line, state):
        """Return whether the ledger has moved on since the line was drafted."""
        known = {name: state[name] if state else None for name in STATE_FIELDS}
        drafted = {
            name: line[f"old_{name}"].id
            if name.endswith("_id")
            else line[f"old_{name}"]
            for name in STATE_FIELDS
        }
        if any((known[name] or None) != (drafted[name] or None) for name in known):
            return [
                self.env._(
                    "the state before has changed since the order was drafted; "
                    "refresh the persons"
                )
            ]
        return []

    def _check_complete(self, line):
        """Return which parts of the new state are missing or contradict others."""
        found = []
        labels = {
            "programme_id": self.env._("the programme is not given"),
            "course": self.env._("the year of study is not given"),
            "study_form": self.env._("the form of study is not given"),
            "language": self.env._("the language of study is not given"),
            "funding": self.env._("the funding is not given"),
        }
        found += [text for name, text in labels.items() if not line[name]]
        years = self._years(line.programme_id)
        if line.programme_id and not 0 < line.course <= years:
            found.append(
                self.env._(
                    "the programme has %(years)s years of study, not %(course)s",
                    years=years,
                    course=line.course,
                )
            )
        return found + self._check_group(line)

    def _check_group(self, line):
        group = line.group_id
        if not group:
            return []
        found = []
        if group.programme_id != line.programme_id:
            found.append(self.env._("the group %s is of another programme", group.name))
        if group.study_form != line.study_form:
            found.append(
                self.env._("the group %s is of another form of study", group.name)
            )
        if group.language != line.language:
            found.append(
                self.env._("the group %s studies in another language", group.name)
            )
        return found

    def _years(self, programme):
        return ceil(programme.duration_years or 1)
