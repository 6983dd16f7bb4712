from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .registrar_personal_file_requirement import STAGES

FILE_KEEPERS = (
    "registrar_core.group_registrar_clerk,registrar_core.group_registrar_archivist"
)


class RegistrarPersonalFileDocument(models.Model):
    """A line of the checklist and of the inventory of a personal file."""

    _name = "registrar.personal.file.document"
    _description = "Document in a personal file"
    _order = "file_id, sheet_from NULLS LAST, stage_order, sequence, id"
    _rec_names_search = ["title", "requirement_id"]

    file_id = fields.Many2one(
        "registrar.personal.file", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        "registrar.student", related="file_id.student_id", store=True, index=True
    )
    sequence = fields.Integer(default=1000)
    is_checklist = fields.Boolean("From the checklist", readonly=True, copy=False)
    requirement_id = fields.Many2one(
        "registrar.personal.file.requirement",
        "Document",
        index=True,
        ondelete="restrict",
    )
    title = fields.Char(
        "Particulars", help="Name, series and number of the document, as printed."
    )
    stage = fields.Selection(STAGES, required=True, default="study")
    stage_order = fields.Integer(compute="_compute_stage_order", store=True)
    is_required = fields.Boolean("Required")
    needs_original = fields.Boolean("Original asked for")
    is_present = fields.Boolean("Present", index=True)
    form = fields.Selection(
        [
            ("copy", "Copy"),
            ("original", "Original"),
            ("electronic", "Electronic"),
        ],
        compute="_compute_form",
        store=True,
        readonly=False,
    )
    document_number = fields.Char("Number")
    document_date = fields.Date("Dated")
    received_date = fields.Date(
        "Received",
        compute="_compute_received_date",
        store=True,
        readonly=False,
    )
    sheet_count = fields.Integer("Sheets", aggregator=None)
    sheet_from = fields.Integer(
        "First sheet", readonly=True, copy=False, aggregator=None
    )
    sheet_to = fields.Integer("Last sheet", readonly=True, copy=False, aggregator=None)
    sheets = fields.Char("Sheet numbers", compute="_compute_sheets")
    entry_id = fields.Many2one(
        "registrar.register.entry",
        "Registered document",
        index=True,
        readonly=True,
        ondelete="restrict",
        copy=False,
    )
    scan = fields.Binary(attachment=True, groups=FILE_KEEPERS, copy=False)
    scan_name = fields.Char(groups=FILE_KEEPERS, copy=False)
    note = fields.Char("Remarks")
    loan_ids = fields.One2many("registrar.personal.file.loan", "document_id", "Loans")
    is_out = fields.Boolean(
        "Given out", compute="_compute_is_out", store=True, index=True
    )
    is_missing = fields.Boolean(
        "Missing", compute="_compute_is_missing", store=True, index=True
    )
    faculty_id = fields.Many2one(related="file_id.faculty_id")
    group_id = fields.Many2one(related="file_id.group_id")
    file_state = fields.Selection(related="file_id.state", string="State of the file")

    _requirement_once = models.UniqueIndex(
        "(file_id, requirement_id) WHERE is_checklist IS TRUE",
        "This document already stands in the checklist.",
    )
    _entry_once = models.UniqueIndex(
        "(file_id, entry_id) WHERE entry_id IS NOT NULL",
        "This order already stands in the file.",
    )
    _sheets_positive = models.Constraint(
        "CHECK (sheet_count >= 0)", "The number of sheets cannot be negative."
    )

    @api.depends("stage")
    def _compute_stage_order(self):
        order = {stage: index for index, (stage, __) in enumerate(STAGES)}
        for line in self:
            line.stage_order = order.get(line.stage, 0)

    @api.depends("needs_original", "is_present")
    def _compute_form(self):
        for line in self:
            if line.is_present and not line.form:
                line.form = "original" if line.needs_original else "copy"

    @api.depends("is_present")
    def _compute_received_date(self):
        today = fields.Date.context_today(self)
        for line in self:
            if not line.is_present:
                line.received_date = False
            elif not line.received_date:
                line.received_date = today

    @api.depends("sheet_from", "sheet_to")
    def _compute_sheets(self):
        for line in self:
            first, last = line.sheet_from, line.sheet_to
            if not first:
                line.sheets = False
            else:
                line.sheets = str(first) if first == last else f"{first}–{last}"

    @api.depends("loan_ids.returned_date", "loan_ids")
    def _compute_is_out(self):
        for line in self:
            line.is_out = any(not loan.returned_date for loan in line.loan_ids)

    @api.depends("is_required", "is_present", "needs_original", "form")
    def _compute_is_missing(self):
        for line in self:
            line.is_missing = line.is_required and (
                not line.is_present or (line.needs_original and line.form != "original")
            )

    @api.depends("requirement_id", "title")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = ", ".join(
                part for part in (line.requirement_id.name, line.title) if part
            )

    @api.constrains("requirement_id", "title")
    def _check_named(self):
        for line in self:
            if not line.requirement_id and not line.title:
                raise ValidationError(self.env._("Say what the document is."))

    @api.onchange("requirement_id")
    def _onchange_requirement_id(self):
        for line in self.filtered("requirement_id"):
            line.stage = line.requirement_id.stage
            line.needs_original = line.requirement_id.needs_original

    def write(self, vals):
        if vals.get("is_present") is False or (
            "form" in vals and vals["form"] != "original"
        ):
            out = self.filtered("is_out")
            if out:
                raise UserError(
                    self.env._(
                        "The original is given out: %s. Take it back first.",
                        ", ".join(out[:5].mapped("display_name")),
                    )
                )
        if not self.env.su and vals.keys() & {"file_id", "entry_id"}:
            raise UserError(self.env._("A document does not change its file."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        for line in self:
            if line.loan_ids:
                raise UserError(
                    self.env._(
                        "“%s” was given out; its history stays.", line.display_name
                    )
                )
            if (
                line.is_present
                and not self.env.su
                and not self.env.user.has_group("registrar_core.group_registrar_head")
            ):
                raise UserError(
                    self.env._(
                        "“%s” is in the file. Only the head of the office takes "
                        "documents out of it for good.",
                        line.display_name,
                    )
                )

    def action_give_out(self):
        """Open the wizard that gives originals out against a receipt."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give originals out"),
            "res_model": "registrar.personal.file.give",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_file_id": self.file_id[:1].id,
                "default_document_ids": self.filtered(
                    lambda line: line.form == "original" and not line.is_out
                ).ids,
            },
        }

    def action_open_file(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "registrar.personal.file",
            "res_id": self.file_id.id,
            "view_mode": "form",
        }

    def _inventory_name(self, language):
        """Return how the inventory calls the document in ``language``."""
        self.ensure_one()
        name = self.requirement_id and self.requirement_id._text("name", language)
        if self.entry_id:
            entry = self.entry_id.sudo()
            name = entry[f"title_{language}"] or entry.title_ru or name
        return ", ".join(part for part in (name, self.title) if part)
