from collections import defaultdict
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.registrar_core.tools.dates import date_in_words
from odoo.addons.registrar_core.tools.languages import LANGUAGES

from ..tools.templates import render
from ..tools.wording import (
    BASIS,
    BLANK_DATES,
    COLUMNS,
    COMMANDS,
    DEBTS,
    EXECUTORS,
    FUNDINGS,
    HEADINGS,
    LANGUAGES_OF_STUDY,
    NONE,
    QUOTED_TITLES,
    STUDY_FORMS,
    typeset,
    word,
)
from .registrar_order_section import KEY_FIELDS

# How many persons an error names before it only counts.
NAMES_SHOWN = 20


class RegistrarOrder(models.Model):
    """An order on students: draft, agreed, registered; another order cancels it.

    Registration carries out the effect of the type in one transaction for the whole
    order. Sources: administrative.md §1.2–1.3, §1.14.
    """

    _name = "registrar.order"
    _description = "Order"
    _inherit = ["registrar.document"]
    _order = "document_date desc, id desc"
    _rec_names_search = ["number", "type_id"]
    _document_report = "registrar_orders.action_report_order"
    _register_states = ("agreed",)

    # With labels: translations of inherited ones are loaded before this model is.
    state = fields.Selection(
        selection_add=[
            ("draft", "Draft"),
            ("agreed", "Agreed"),
            ("registered", "Registered"),
            ("cancelled", "Cancelled"),
        ],
        ondelete={"agreed": "set default"},
        group_expand=True,
    )
    type_id = fields.Many2one(
        "registrar.order.type",
        "Order type",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    effect = fields.Selection(related="type_id.effect")
    kind_id = fields.Many2one(
        "registrar.movement.kind",
        "Reason",
        compute="_compute_kind_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', allowed_kind_ids)]",
        ondelete="restrict",
        help="The reason of persons that are entered without one.",
    )
    allowed_kind_ids = fields.Many2many(
        related="type_id.kind_ids", string="Allowed reasons"
    )
    effective_date = fields.Date(
        "Effective from",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="First day of the new state of persons without a date of their own.",
    )
    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        compute="_compute_year_id",
        store=True,
        readonly=False,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    # Texts
    preamble_kk = fields.Text(
        "Preamble in Kazakh", compute="_compute_texts", store=True, readonly=False
    )
    preamble_ru = fields.Text(
        "Preamble in Russian", compute="_compute_texts", store=True, readonly=False
    )
    instruction_kk = fields.Text(
        "Instructions in Kazakh", compute="_compute_texts", store=True, readonly=False
    )
    instruction_ru = fields.Text(
        "Instructions in Russian", compute="_compute_texts", store=True, readonly=False
    )
    control_kk = fields.Text(
        "Control in Kazakh", compute="_compute_texts", store=True, readonly=False
    )
    control_ru = fields.Text(
        "Control in Russian", compute="_compute_texts", store=True, readonly=False
    )
    basis_kk = fields.Text(
        "Basis in Kazakh", compute="_compute_basis", store=True, readonly=False
    )
    basis_ru = fields.Text(
        "Basis in Russian", compute="_compute_basis", store=True, readonly=False
    )
    legal_basis = fields.Text(related="type_id.legal_basis")
    attachments_needed = fields.Text(
        "Documents to attach", related="type_id.attachments"
    )
    note = fields.Text("Internal note", help="Not printed.")
    # Persons
    section_ids = fields.One2many("registrar.order.section", "order_id", "Paragraphs")
    line_ids = fields.One2many("registrar.order.line", "order_id", "Persons")
    line_count = fields.Integer("Number of persons", compute="_compute_line_count")
    row_count = fields.Integer("Number of movements", compute="_compute_row_count")
    problems = fields.Text(compute="_compute_problems")
    # A rule on line_ids would leave all lines in the cache that users share.
    faculty_ids = fields.Many2many(
        "hr.department",
        string="Faculties",
        compute="_compute_faculty_ids",
        search="_search_faculty_ids",
        compute_sudo=True,
        help="The faculties that persons come from or go to.",
    )
    # People of the office
    author_id = fields.Many2one(
        "res.users",
        "Drafted by",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
    )
    agreed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    signatory_id = fields.Many2one(
        "registrar.signatory",
        compute="_compute_signatory_id",
        store=True,
        readonly=False,
        ondelete="restrict",
    )
    # Relations of orders
    cancels_id = fields.Many2one(
        "registrar.order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    cancellation_ids = fields.One2many("registrar.order", "cancels_id", "Cancelled by")
    cancellation_count = fields.Integer(
        "Number of cancellations", compute="_compute_cancellation_count"
    )
    selection_id = fields.Many2one(
        "registrar.order.selection",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The query from which the persons were taken, with its reasons.",
    )

    @api.depends("number", "document_date", "type_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        return super()._compute_display_name()

    @api.depends("type_id")
    def _compute_register_id(self):
        return super()._compute_register_id()

    @api.depends("type_id")
    def _compute_kind_id(self):
        for order in self:
            if order.kind_id not in order.type_id.kind_ids or not order.kind_id:
                order.kind_id = order.type_id.default_kind_id

    @api.depends("type_id", "effective_date")
    def _compute_year_id(self):
        years = self.env["registrar.academic.year"]
        for order in self:
            if order.effective_date:
                shift = timedelta(days=order.type_id.year_shift)
                order.year_id = years._at(order.effective_date + shift)

    @api.depends("type_id", "year_id", "cancels_id")
    def _compute_texts(self):
        for order in self:
            for name in ("preamble", "instruction", "control"):
                for language in ("kk", "ru"):
                    field = f"{name}_{language}"
                    order[field] = order._rendered(order.type_id[field], language)

    @api.depends("type_id", "kind_id")
    def _compute_basis(self):
        for order in self:
            for language in ("kk", "ru"):
                field = f"basis_{language}"
                text = order.kind_id[field] or order.type_id[field]
                order[field] = order._rendered(text, language)

    @api.depends("type_id", "document_date")
    def _compute_signatory_id(self):
        signatories = self.env["registrar.signatory"]
        for order in self:
            role = order.type_id.signatory_role
            day = order.document_date or order._today()
            order.signatory_id = signatories._at(role, day) if role else False

    def _compute_line_count(self):
        counts = self._counts("registrar.order.line", "order_id")
        for order in self:
            order.line_count = counts.get(order._origin.id, 0)

    def _compute_cancellation_count(self):
        counts = self._counts("registrar.order", "cancels_id")
        for order in self:
            order.cancellation_count = counts.get(order._origin.id, 0)

    @api.depends("entry_id")
    def _compute_row_count(self):
        counts = dict(
            self.env["registrar.enrolment"]._read_group(
                [("entry_id", "in", self.sudo().entry_id.ids)],
                ["entry_id"],
                ["__count"],
            )
        )
        for order in self:
            order.row_count = counts.get(order.sudo().entry_id, 0)

    @api.depends("state", "line_ids.problems")
    @api.depends_context("lang")
    def _compute_problems(self):
        for order in self:
            order.problems = False
            if order.state in ("draft", "agreed"):
                found = {
                    line: [line.problems] for line in order.line_ids if line.problems
                }
                order.problems = order._named(found) or False

    def _compute_faculty_ids(self):
        Line = self.env["registrar.order.line"].sudo()
        found = defaultdict(self.env["hr.department"].browse)
        for name in ("faculty_id", "old_faculty_id"):
            for order, faculty in Line._read_group(
                [("order_id", "in", self.ids), (name, "!=", False)], ["order_id", name]
            ):
                found[order.id] |= faculty
        for order in self:
            order.faculty_ids = found[order._origin.id]

    def _search_faculty_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = (
            self.env["registrar.order.line"]
            .sudo()
            ._search(
                Domain("faculty_id", "in", value)
                | Domain("old_faculty_id", "in", value)
            )
        )
        return Domain("id", "in", lines.subselect("order_id"))

    @api.constrains("type_id", "cancels_id")
    def _check_cancels(self):
        for order in self:
            if order.type_id.effect == "cancellation" and not order.cancels_id:
                raise ValidationError(
                    self.env._(
                        "An order is cancelled from its own form; there the "
                        "cancelling order is made."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                if vals.get("cancels_id") or vals.get("selection_id"):
                    raise AccessError(
                        self.env._("Relations between orders are set by the actions.")
                    )
                vals.pop("agreed_by_id", None)
                vals["author_id"] = self.env.uid
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if vals.keys() & {"author_id", "agreed_by_id", "cancels_id"}:
                raise AccessError(
                    self.env._("Who drafted an order is known; it cannot be changed.")
                )
            if self._content_names(vals):
                self._check_drafting()
        drafts = self.filtered(lambda order: not order.entry_id)
        before = {
            order: (order.effective_date, order.type_id, order.year_id)
            for order in drafts
        }
        result = super().write(vals)
        if vals.keys() & {"effective_date", "type_id", "year_id"}:
            drafts._follow_header(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_drafting()

    def copy_data(self, default=None):
        raise UserError(
            self.env._("Orders are not copied: their persons would be moved twice.")
        )

    def action_agree(self):
        """Check the content and close the draft; it may be registered then.

        :raises UserError: with all reasons, by order and person
        """
        self.check_access("write")
        self._lock()
        for order in self:
            if order.state != "draft":
                raise UserError(
                    self.env._("“%s” is not a draft any more.", order.display_name)
                )
        self._raise_reasons(self._content_reasons())
        self.sudo().write({"agreed_by_id": self.env.uid})
        self._set_state("agreed")
        return True

    def action_return(self):
        """Open the draft again, to change it."""
        self.check_access("write")
        self._lock()
        for order in self:
            if order.state != "agreed":
                raise UserError(self.env._("“%s” is not agreed.", order.display_name))
        self.sudo().write({"agreed_by_id": False})
        self._set_state("draft")
        return True

    def action_cancel_order(self):
        """Draft the order that takes this one back, and open it.

        Persons may be removed from the draft; then only the others are taken back
        and this order stays in force for the rest.
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "registered":
            raise UserError(
                self.env._(
                    "“%s” is not in force; there is nothing to cancel.",
                    self.display_name,
                )
            )
        if self.effect == "cancellation":
            raise UserError(
                self.env._("A cancellation is not cancelled; make a new order.")
            )
        pending = self.cancellation_ids.filtered(
            lambda order: order.state in ("draft", "agreed")
        )
        if pending:
            return pending[0].action_open_document()
        return self._draft_cancellation().action_open_document()

    def action_refresh(self):
        """Take the state before, the proposals and the figures from the records."""
        self._check_drafting()
        self._refresh_lines()
        return True

    def action_add_students(self):
        self.ensure_one()
        self._check_drafting()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_orders.registrar_order_add_action"
        )
        return dict(action, context={"default_order_id": self.id})

    def action_open_lines(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_orders.registrar_order_line_action"
        )
        return dict(action, domain=[("order_id", "in", self.ids)], context={})

    def action_open_rows(self):
        """Open the ledger rows that the order caused."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Movements by %s", self.display_name),
            "res_model": "registrar.enrolment",
            "view_mode": "list,form",
            "domain": [("entry_id", "=", self.sudo().entry_id.id)],
        }

    def action_open_cancelled(self):
        self.ensure_one()
        return self.cancels_id.action_open_document()

    def action_open_cancellations(self):
        self.ensure_one()
        if len(self.cancellation_ids) == 1:
            return self.cancellation_ids.action_open_document()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_orders.registrar_order_action"
        )
        return dict(action, domain=[("cancels_id", "=", self.id)], context={})

    def action_open_selection(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "registrar.order.selection",
            "res_id": self.selection_id.id,
            "view_mode": "form",
        }

    @api.model
    def _draft(self, type_code, date, lines, reason=None, basis=None, **header):
        """Draft an order; for programs.

        :param str type_code: code of the type, e.g. ``"enrolment"``
        :param datetime.date date: first day of the new state
        :param lines: one dict per person with ``student_id`` and whatever else is
            known of ``registrar.order.line``; ``reason`` may be the code of a
            movement. What is not named is proposed by the effect.
        :param str reason: code of the movement of lines without one
        :param basis: documents the order stands on: one text, or texts by language
            ``{"kk": …, "ru": …}``
        :param header: further values of the order, e.g. ``document_date``, ``year_id``
        :return: the draft
        """
        self.check_access("create")
        order_type = self.env["registrar.order.type"]._by_code(type_code)
        kinds = {kind.code: kind.id for kind in order_type.kind_ids}
        values = {"type_id": order_type.id, "effective_date": date, **header}
        if reason:
            values["kind_id"] = self._kind_id(kinds, reason, order_type)
        if basis:
            texts = basis if isinstance(basis, dict) else {"kk": basis, "ru": basis}
            values |= {f"basis_{language}": text for language, text in texts.items()}
        if "document_date" not in values and date <= self._today():
            values["document_date"] = date
        commands = []
        for line in lines:
            line = dict(line)
            if code := line.pop("reason", None):
                line["kind_id"] = self._kind_id(kinds, code, order_type)
                values.setdefault("kind_id", line["kind_id"])
            commands.append(Command.create(line))
        order = self.sudo().create(values)
        order.line_ids = commands
        return order.sudo(self.env.su)

    def _draft_cancellation(self):
        """Return a new draft that takes this order back for all its persons."""
        self.ensure_one()
        order = self.sudo()
        cancellation = order.create(
            {
                "type_id": self.env["registrar.order.type"]._by_code("cancellation").id,
                "cancels_id": self.id,
                "effective_date": self._today(),
                "company_id": self.company_id.id,
            }
        )
        rows = (
            self.env["registrar.enrolment"]
            .sudo()
            .search(
                [
                    ("entry_id", "=", order.entry_id.id),
                    ("reversal_entry_id", "=", False),
                ]
            )
        )
        cancellation.line_ids = [
            Command.create({"student_id": row.student_id.id}) for row in rows
        ]
        return cancellation.sudo(self.env.su)

    @api.model
    def _kind_id(self, kinds, code, order_type):
        if code not in kinds:
            raise ValidationError(
                self.env._(
                    "Orders “%(type)s” know no reason “%(code)s”.",
                    type=order_type.name,
                    code=code,
                )
            )
        return kinds[code]

    # Drafting

    @api.model
    def _content_names(self, vals):
        """Return the fields of ``vals`` that an agreed order does not change."""
        free = {"document_date", "signatory_id", "note"}
        return {
            name
            for name in vals
            if name not in free
            and name in self._fields
            and (self._fields[name].store or name in ("line_ids", "section_ids"))
            and not name.startswith(("message_", "activity_", "attachment_"))
        }

    def _check_drafting(self):
        """Refuse changes of the content unless the order is a draft."""
        for order in self:
            if order.state == "agreed":
                raise UserError(
                    self.env._(
                        "“%s” is agreed. Return it to draft before changing it.",
                        order.display_name,
                    )
                )
            if order.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” is registered and cannot be changed any more.",
                        order.display_name,
                    )
                )

    def _arrange_sections(self):
        """Put the persons of drafts into paragraphs; keep texts already written."""
        Section = self.env["registrar.order.section"].sudo()
        for order in self.sudo():
            if order.entry_id:
                continue
            wanted = defaultdict(order.line_ids.browse)
            for line in order.line_ids:
                wanted[line._section_key()] |= line
            present = {section._key(): section for section in order.section_ids}
            missing = [key for key in wanted if key not in present]
            created = Section.create(
                [
                    {
                        "order_id": order.id,
                        "text_kk": NONE,
                        "text_ru": NONE,
                        **dict(zip(KEY_FIELDS, key, strict=True)),
                    }
                    for key in missing
                ]
            )
            for key, section in zip(missing, created, strict=True):
                present[key] = section
                section.write(section._prepare_texts())
            for key, lines in wanted.items():
                moved = lines.filtered(
                    lambda line, section=present[key]: line.section_id != section
                )
                moved.write({"section_id": present[key].id})
                # a text that names the persons follows them
                if order.type_id._names_persons():
                    present[key].write(present[key]._prepare_texts())
            Section.union(
                *(section for key, section in present.items() if key not in wanted)
            ).unlink()
            order._number_sections([present[key] for key in wanted])

    def _number_sections(self, sections):
        def rank(section):
            return (
                section.kind_id.sequence,
                section.effective_date,
                section.end_date or section.effective_date,
                section.course,
                section.programme_id.code or "",
                section.funding or "",
                section.decision or "~",
            )

        for number, section in enumerate(sorted(sections, key=rank), start=1):
            if section.sequence != number:
                section.sequence = number

    def _follow_header(self, before):
        """Let persons and paragraphs follow a changed date, type or year.

        :param dict before: date, type and year by order as they were
        """
        for order in self:
            date, order_type, year = before[order]
            if order.effective_date != date:
                followers = order.line_ids.filtered(
                    lambda line, date=date: line.effective_date == date
                )
                followers.sudo().write({"effective_date": order.effective_date})
            if order.type_id != order_type:
                order.line_ids.sudo().write({"kind_id": order.kind_id.id})
            if (order.type_id, order.year_id) != (order_type, year):
                order._refresh_lines()
                order.section_ids.action_reset_texts()

    def _refresh_lines(self):
        """Fill what comes from the records anew; keep what people have typed."""
        kept = {"kind_id", "effective_date", "end_date"}
        for order in self:
            lines = order.line_ids
            if order.effect in ("admission", "move", "leave_return"):
                # The new state was typed, not derived.
                names = kept | {
                    "programme_id",
                    "group_id",
                    "course",
                    "study_form",
                    "language",
                    "funding",
                }
            else:
                names = kept
            lines._fill([names] * len(lines))
        self._arrange_sections()
        self.line_ids.invalidate_recordset(["problems"])

    # Registration

    def _document_register(self):
        return self.type_id.register_id

    def _document_title(self, language):
        title = self.type_id._text("title", language) if self.type_id else ""
        return QUOTED_TITLES[language].format(title=title)

    def _document_recipient(self):
        lines = self.line_ids
        if len(lines) == 1:
            return lines.student_id.short_name
        return f"{len(lines)} білім алушы / обучающихся"

    def _check_registration(self):
        reasons = super()._check_registration()
        found = self._content_reasons()
        for order in self:
            merged = reasons.get(order.id, [])
            if not order.signatory_id:
                order.sudo()._compute_signatory_id()
            if not order.signatory_id:
                merged.append(
                    self.env._("It is not known who signs orders on that day.")
                )
            if text := order._check_segregation():
                merged.append(text)
            merged += found.get(order.id, ())
            if merged:
                reasons[order.id] = merged
        return reasons

    def _check_segregation(self):
        """Return why the user may not register: who drafted an order does not."""
        self.ensure_one()
        if not self.env.su and self.author_id == self.env.user:
            return self.env._("You drafted it yourself; another person registers it.")
        return ""

    def _content_reasons(self):
        """Return the reasons against the content of each order.

        :rtype: dict[int, list[str]]
        """
        by_order = defaultdict(dict)
        for line, reasons in self.line_ids._reasons().items():
            by_order[line.order_id.id][line] = reasons
        result = {}
        for order in self:
            found = []
            if not order.line_ids:
                found.append(self.env._("There are no persons in it."))
            if order.type_id.basis_required and not (order.basis_kk and order.basis_ru):
                found.append(
                    self.env._("The basis is not given in Kazakh and in Russian.")
                )
            if order.type_id.attachment_required and not order.attachment_ids:
                found.append(
                    self.env._(
                        "Documents have to be attached: %s",
                        order.attachments_needed or "",
                    )
                )
            if order._needs_year() and not order.year_id:
                found.append(self.env._("The academic year is not given."))
            if named := order._named(by_order[order.id]):
                found.append(named)
            if found:
                result[order.id] = found
        return result

    def _named(self, reasons):
        """Return the reasons of lines as one text with a name per row."""
        rows = [
            f"{line.student_id.full_name}: {'; '.join(found)}"
            for line, found in reasons.items()
        ]
        shown = rows[:NAMES_SHOWN]
        if len(rows) > len(shown):
            shown.append(self.env._("… and %s more persons", len(rows) - len(shown)))
        return "\n".join(shown)

    def _needs_year(self):
        return any(
            "{year}" in (self.type_id[f"{name}_{language}"] or "")
            for name in ("preamble", "section")
            for language in ("kk", "ru")
        )

    def _raise_reasons(self, reasons):
        refused = [
            "\n".join(
                [order.display_name, *(f"– {text}" for text in reasons[order.id])]
            )
            for order in self
            if reasons.get(order.id)
        ]
        if refused:
            raise UserError("\n\n".join(refused))

    def _apply_registration(self):
        result = super()._apply_registration()
        for order in self:
            order.type_id._effect().apply(order.line_ids)
        return result

    # Texts

    def _rendered(self, text, language):
        if not text:
            return False
        try:
            return render(text, self._placeholder_values(language))
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "The text of “%(type)s” cannot be written: %(error)s",
                    type=self.type_id.name,
                    error=error,
                )
            ) from error

    def _placeholder_values(self, language):
        """Return the values of the placeholders that all texts may use."""
        self.ensure_one()
        cancelled = self.cancels_id
        day = self.effective_date or self._today()
        return {
            "date": date_in_words(day, language),
            "date_from": date_in_words(day, language, "ablative"),
            "year": self.year_id.name or "____/____",
            "university": self.company_id._text("university_name", language),
            "cancelled_number": cancelled.number or "",
            "cancelled_date": date_in_words(
                cancelled.document_date,
                language,
                "attributive" if language == "kk" else None,
            )
            if cancelled
            else "",
            "cancelled_title": cancelled.type_id._text("title", language)
            if cancelled
            else "",
        }

    def _print_values(self, language):
        """Return everything the printed order says in one language.

        :param str language: ``"kk"`` or ``"ru"``
        :rtype: dict
        """
        self.ensure_one()
        company = self.company_id
        signatory = self.signatory_id.sudo()
        number = 0
        paragraphs = []
        for section in self.section_ids.sorted("sequence"):
            number += 1
            paragraphs.append(
                {
                    "number": number,
                    "text": typeset(section[f"text_{language}"]),
                    "table": self._print_table(section, language),
                    "basis": typeset(section[f"basis_{language}"]),
                }
            )
        closing = (self[f"instruction_{language}"] or "").splitlines()
        closing.append(self[f"control_{language}"] or "")
        for text in closing:
            if text.strip():
                number += 1
                paragraphs.append({"number": number, "text": typeset(text.strip())})
        return {
            "language": language,
            "locale": LANGUAGES[language],
            "heading": HEADINGS[language],
            "command": COMMANDS[language],
            "university": typeset(company._text("university_name", language)),
            "city": company._text("city", language),
            "date": date_in_words(self.document_date, language)
            if self.document_date and self.number
            else BLANK_DATES[language],
            "number": self.number or "________",
            "title": self.type_id._text("title", language),
            "preamble": typeset(self[f"preamble_{language}"]),
            "paragraphs": paragraphs,
            "basis_label": BASIS[language],
            "basis": typeset(self[f"basis_{language}"]),
            "signature": {
                "position": signatory._position(language) if signatory else "",
                "name": typeset(signatory.name),
            },
            "executor": f"{EXECUTORS[language]}: {self.author_id.sudo().name}",
        }

    def _print_table(self, section, language):
        """Return heads and rows of the table of persons of one paragraph."""
        lines = section.line_ids.sorted(
            lambda line: (line.student_id.sort_key, line.id)
        )
        effect = self.type_id._effect()
        columns = [
            name
            for name in effect.columns
            # What the paragraph says need not stand in every row.
            if not (name == "programme" and section.programme_id)
            and not (name == "funding" and section.funding)
        ]
        rows = []
        # A document keeps the names of its day.
        names_then = lines.student_id._names_at(self.document_date or self._today())
        notes = [line._print_note(language) for line in lines]
        if any(notes):
            columns.append("note")
        for number, (line, note) in enumerate(zip(lines, notes, strict=True), start=1):
            cells = {
                "programme": self._cell(line, "programme_id", language),
                "group": self._cell(line, "group_id", language),
                "course": self._cell(line, "course", language),
                "form": self._cell(line, "study_form", language),
                "language": self._cell(line, "language", language),
                "funding": self._cell(line, "funding", language),
                "gpa": f"{line.gpa:.2f}" if line.gpa is not False else NONE,
                "note": note,
            }
            rows.append(
                [str(number), names_then[line.student_id.id].full_name]
                + [cells[name] for name in columns]
            )
        names = ["number", "student", *columns]
        return {
            "columns": [
                {"name": name, "label": COLUMNS[name][language]} for name in names
            ],
            "rows": [
                [
                    {"name": name, "text": text}
                    for name, text in zip(names, row, strict=True)
                ]
                for row in rows
            ],
        }

    def _cell(self, line, name, language):
        """Return one value of the state, with the value before if it changes."""
        new = self._cell_text(line[name], name, language)
        if not self.type_id._effect().shows_change:
            return new
        old = self._cell_text(line[f"old_{name}"], name, language)
        return new if old == new else f"{old} → {new}"

    def _cell_text(self, value, name, language):
        if name == "programme_id":
            return f"{value.code} {value._text('name', language)}" if value else NONE
        if name == "group_id":
            return value.name or NONE
        if name == "course":
            return str(value or NONE)
        words = {
            "study_form": STUDY_FORMS,
            "language": LANGUAGES_OF_STUDY,
            "funding": FUNDINGS,
        }
        return word(words[name], value, language)

    @api.model
    def _debts_text(self, debts, language):
        return DEBTS[language].format(debts=debts)

    def _counts(self, model, field):
        """Return the number of records of ``model`` by id of the order."""
        groups = self.env[model]._read_group(
            [(field, "in", self.ids)], [field], ["__count"]
        )
        return {order.id: count for order, count in groups}
