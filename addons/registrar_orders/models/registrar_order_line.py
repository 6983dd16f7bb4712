from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.registrar_core.models.registrar_student import STATE_FIELDS
from odoo.addons.registrar_core.models.selections import (
    FUNDINGS,
    LANGUAGES_OF_STUDY,
    STATUSES,
    STUDY_FORMS,
)

from ..tools.wording import typeset
from .registrar_order_facts import FACT_FIELDS
from .registrar_order_section import KEY_FIELDS

OLD_FIELDS = tuple(f"old_{name}" for name in STATE_FIELDS)
# Set by the system: what the ledger says and the figures behind a decision.
SYSTEM_FIELDS = frozenset(
    {*OLD_FIELDS, "old_status", *FACT_FIELDS, "section_id", "faculty_id"}
    | {"old_faculty_id"}
)


class RegistrarOrderLine(models.Model):
    """A person in an order: from which state, to which, since when and why."""

    _name = "registrar.order.line"
    _description = "Person in an order"
    _inherit = ["registrar.document.line", "registrar.order.facts"]
    _order = "section_id, student_id, id"
    _rec_name = "student_id"
    _rec_names_search = ["student_id"]
    _document_field = "order_id"

    order_id = fields.Many2one(
        "registrar.order", required=True, index=True, ondelete="cascade"
    )
    section_id = fields.Many2one(
        "registrar.order.section",
        "Paragraph",
        readonly=True,
        index=True,
        ondelete="set null",
    )
    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="restrict"
    )
    kind_id = fields.Many2one(
        "registrar.movement.kind",
        "Reason",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('id', 'in', allowed_kind_ids)]",
    )
    effective_date = fields.Date("From", required=True)
    end_date = fields.Date("Until", help="The last day, e.g. of a leave.")
    # The state before, as the ledger had it when the person was entered
    old_programme_id = fields.Many2one(
        "registrar.programme", "Programme before", readonly=True, ondelete="restrict"
    )
    old_group_id = fields.Many2one(
        "registrar.group", "Group before", readonly=True, ondelete="restrict"
    )
    old_course = fields.Integer("Year of study before", readonly=True, aggregator=None)
    old_study_form = fields.Selection(
        STUDY_FORMS, "Form of study before", readonly=True
    )
    old_language = fields.Selection(
        LANGUAGES_OF_STUDY, "Language before", readonly=True
    )
    old_funding = fields.Selection(FUNDINGS, "Funding before", readonly=True)
    old_status = fields.Selection(STATUSES, "Status before", readonly=True)
    # The state after
    programme_id = fields.Many2one(
        "registrar.programme", index=True, ondelete="restrict"
    )
    group_id = fields.Many2one("registrar.group", index=True, ondelete="restrict")
    course = fields.Integer("Year of study", aggregator=None)
    study_form = fields.Selection(STUDY_FORMS, "Form of study")
    language = fields.Selection(LANGUAGES_OF_STUDY, "Language of study")
    funding = fields.Selection(FUNDINGS)
    # Particulars
    institution = fields.Char(
        "Other university", help="Where the person comes from or goes to."
    )
    basis = fields.Char(help="Documents of this person: application, certificate …")
    ground = fields.Char(
        "Ground for an exception",
        help="Why the person stands in the order against the decision by GPA and "
        "debts.",
    )
    note = fields.Char(help="Printed beside the person.")
    # For access and lists
    faculty_id = fields.Many2one(
        "hr.department", readonly=True, index=True, ondelete="restrict"
    )
    old_faculty_id = fields.Many2one(
        "hr.department",
        "Faculty before",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    type_id = fields.Many2one(related="order_id.type_id", string="Order type")
    order_state = fields.Selection(related="order_id.state", string="State")
    order_number = fields.Char(related="order_id.number", string="Number")
    order_date = fields.Date(related="order_id.document_date", string="Order date")
    allowed_kind_ids = fields.Many2many(
        related="order_id.type_id.kind_ids", string="Allowed reasons"
    )
    problems = fields.Char(compute="_compute_problems")

    _student_once = models.UniqueIndex(
        "(order_id, student_id)", "A person can stand in an order only once."
    )

    @api.depends("student_id", "order_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.student_id.display_name

    @api.depends(
        "order_id.state",
        "order_id.type_id",
        "order_id.year_id",
        "student_id",
        "kind_id",
        "effective_date",
        "end_date",
        "institution",
        "ground",
        *STATE_FIELDS,
    )
    @api.depends_context("lang")
    def _compute_problems(self):
        self.problems = False
        open_lines = self.filtered(
            lambda line: (
                line.order_id.state in ("draft", "agreed")
                and line.student_id
                and line.effective_date
            )
        )
        for line, reasons in open_lines._reasons().items():
            line.problems = "; ".join(reasons)

    @api.onchange("student_id", "kind_id")
    def _onchange_student_id(self):
        """Show the state before and propose the next one."""
        for line in self:
            if line.student_id and line.order_id.type_id:
                line.update(line._before_values()[line])
                line.update(line._proposed_values()[line])

    @api.onchange("group_id")
    def _onchange_group_id(self):
        for line in self:
            if group := line.group_id:
                line.programme_id = group.programme_id
                line.study_form = group.study_form
                line.language = group.language

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_system_fields(vals)
                for name in vals.keys() & SYSTEM_FIELDS:
                    del vals[name]
        given = []
        orders = self.env["registrar.order"]
        for vals in vals_list:
            order = orders.browse(vals.get("order_id"))
            vals.setdefault("effective_date", order.effective_date)
            vals["kind_id"] = vals.get("kind_id") or order.kind_id.id
            given.append(set(vals))
        lines = super().create(vals_list)
        lines._fill(given)
        lines.order_id._arrange_sections()
        return lines

    def write(self, vals):
        if not self.env.su:
            self._check_system_fields(vals)
        result = super().write(vals)
        if self.env.su and self.env.context.get("registrar_order_filling"):
            return result
        if "student_id" in vals:
            self._fill([set(vals)] * len(self))
        elif "programme_id" in vals:
            faculty = (
                self.env["registrar.programme"]
                .sudo()
                .browse(vals["programme_id"] or ())
                .faculty_id
            )
            self._store({"faculty_id": faculty.id})
        if vals.keys() & set(KEY_FIELDS):
            self.order_id._arrange_sections()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders.exists()._arrange_sections()
        return result

    def action_open_order(self):
        self.ensure_one()
        return self.order_id.action_open_document()

    @api.model
    def _check_system_fields(self, vals):
        # A form sends empty values of fields that it only shows.
        forged = {name for name in vals.keys() & SYSTEM_FIELDS if vals[name]}
        if forged:
            raise AccessError(
                self.env._(
                    "The state before and the figures are taken from the records: %s",
                    ", ".join(sorted(forged)),
                )
            )

    def _check_document_open(self):
        result = super()._check_document_open()
        if not self.env.su:
            self.order_id._check_drafting()
        return result

    def _fill(self, given):
        """Store the state before, the proposed state and the figures.

        :param list given: names of the fields given by the caller, one set per line;
            those stay as they are
        """
        for line, values in self._before_values().items():
            line._store(values)
        proposed = self._proposed_values()
        faculties = self.env["registrar.programme"].sudo()
        for line, names in zip(self, given, strict=True):
            vals = {
                name: value.id if isinstance(value, models.BaseModel) else value
                for name, value in proposed[line].items()
                if name not in names
            }
            programme_id = vals.get("programme_id", line.programme_id.id)
            vals["faculty_id"] = faculties.browse(programme_id).faculty_id.id
            line._store(vals)

    def _store(self, vals):
        """Write what the system knows; nothing follows from it."""
        self.sudo().with_context(registrar_order_filling=True).write(vals)

    def _before_values(self):
        """Return the state before of each line, with one query for all.

        :rtype: dict[registrar.order.line, dict]
        """
        states = self.student_id._ledger_states()
        programmes = self.env["registrar.programme"].sudo()
        result = {}
        for line in self:
            state = states.get(line.student_id._origin.id, {})
            values = {f"old_{name}": state.get(name) or False for name in STATE_FIELDS}
            values["old_status"] = state.get("status", False)
            programme = programmes.browse(state.get("programme_id"))
            values["old_faculty_id"] = programme.faculty_id.id
            result[line] = values
        return result

    def _proposed_values(self):
        """Return the proposed state and the figures of each line.

        The queries do not depend on the number of lines.

        :rtype: dict[registrar.order.line, dict]
        """
        result = {line: {} for line in self}
        for effect, lines in self._by_effect():
            for line, values in effect.prepare(lines).items():
                result[line].update(values)
            for line, values in effect.facts(lines).items():
                result[line].update(values)
        return result

    def _by_effect(self):
        """Return pairs of an effect and the lines of orders with this effect."""
        batches = defaultdict(self.browse)
        for line in self:
            batches[line.order_id.type_id.effect] |= line
        return [
            (lines.order_id.type_id[:1]._effect(), lines)
            for code, lines in batches.items()
            if code
        ]

    def _reasons(self):
        """Return the reasons against carrying out each line.

        :rtype: dict[registrar.order.line, list[str]]
        """
        result = {}
        for effect, lines in self._by_effect():
            result |= effect.check(lines)
        return result

    def _changed_fields(self):
        """Return the names of the fields of the state that change."""
        self.ensure_one()
        return [name for name in STATE_FIELDS if self[name] != self[f"old_{name}"]]

    def _section_key(self):
        """Return what decides in which paragraph the person stands."""
        self.ensure_one()
        order_type = self.order_id.type_id
        return (
            self.kind_id.id,
            self.effective_date,
            self.end_date or False,
            self.programme_id.id if order_type.split_by_programme else False,
            (self.course or False) if order_type.split_by_course else False,
            (self.funding or False) if order_type.split_by_funding else False,
            self._decision_shown() if order_type.split_by_decision else False,
        )

    def _decision_shown(self):
        """Return the decision, unless the person stands here as an exception."""
        effect = self.order_id.type_id._effect()
        allowed = getattr(effect, "outcomes", ())
        return self.decision if self.decision in allowed else False

    def _print_note(self, language):
        """Return what is printed beside the person: debts, university, basis …"""
        self.ensure_one()
        parts = [self.institution, self.note, self.basis, self.ground]
        if self.debts and (self._decision_shown() or self.decision == "expel"):
            parts.insert(
                0, self.env["registrar.order"]._debts_text(self.debts, language)
            )
        return typeset("; ".join(part for part in parts if part))
