from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.registrar_core.models.registrar_student import STATE_FIELDS
from odoo.addons.registrar_core.models.selections import (
    CONTINGENT_STATUSES,
    FUNDINGS,
    LANGUAGES_OF_STUDY,
    STUDY_FORMS,
)


class RegistrarOrderAdd(models.TransientModel):
    """Put students into an order, new or already drafted, all in the same way."""

    _name = "registrar.order.add"
    _description = "Put students into an order"

    order_id = fields.Many2one("registrar.order")
    type_id = fields.Many2one(
        "registrar.order.type",
        "Order type",
        compute="_compute_type_id",
        store=True,
        readonly=False,
        domain="[('effect', '!=', 'cancellation')]",
    )
    allowed_kind_ids = fields.Many2many(
        related="type_id.kind_ids", string="Allowed reasons"
    )
    kind_id = fields.Many2one(
        "registrar.movement.kind",
        "Reason",
        compute="_compute_kind_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', allowed_kind_ids)]",
    )
    requires_end_date = fields.Boolean(related="kind_id.requires_end_date")
    requires_institution = fields.Boolean(
        related="kind_id.requires_institution", string="University required"
    )
    effect = fields.Selection(related="type_id.effect")
    effective_date = fields.Date(
        "Effective from",
        required=True,
        compute="_compute_effective_date",
        store=True,
        readonly=False,
    )
    end_date = fields.Date("Until")
    institution = fields.Char("Other university")
    from_group_ids = fields.Many2many(
        "registrar.group",
        string="Whole groups",
        help="All students of these groups are added below.",
    )
    student_ids = fields.Many2many("registrar.student", string="Students")
    # The new state; empty values are proposed by the type of the order
    programme_id = fields.Many2one("registrar.programme", "Into programme")
    group_id = fields.Many2one("registrar.group", "Into group")
    course = fields.Integer("Into year of study")
    study_form = fields.Selection(STUDY_FORMS, "Form of study")
    language = fields.Selection(LANGUAGES_OF_STUDY, "Language of study")
    funding = fields.Selection(FUNDINGS)

    @api.depends("order_id")
    def _compute_type_id(self):
        for wizard in self:
            wizard.type_id = wizard.order_id.type_id or wizard.type_id

    @api.depends("order_id", "type_id")
    def _compute_kind_id(self):
        for wizard in self:
            wizard.kind_id = wizard.order_id.kind_id or wizard.type_id.default_kind_id

    @api.depends("order_id")
    def _compute_effective_date(self):
        for wizard in self:
            wizard.effective_date = (
                wizard.order_id.effective_date
                or wizard.effective_date
                or fields.Date.context_today(wizard)
            )

    @api.onchange("from_group_ids")
    def _onchange_from_group_ids(self):
        students = self.from_group_ids.student_ids.filtered(
            lambda student: student.status in CONTINGENT_STATUSES
        )
        self.student_ids |= students

    @api.onchange("group_id")
    def _onchange_group_id(self):
        if group := self.group_id:
            self.programme_id = group.programme_id
            self.study_form = group.study_form
            self.language = group.language
            if self.effect == "admission":
                self.course = group.course

    def action_apply(self):
        """Add the students and open the order."""
        self.ensure_one()
        if not self.student_ids:
            raise UserError(self.env._("Choose at least one student."))
        if not self.type_id:
            raise UserError(self.env._("Choose the type of the order."))
        order = self.order_id or self.env["registrar.order"].create(
            {
                "type_id": self.type_id.id,
                "kind_id": self.kind_id.id,
                "effective_date": self.effective_date,
            }
        )
        present = order.line_ids.student_id
        order.line_ids = [
            Command.create({"student_id": student.id, **self._line_values()})
            for student in self.student_ids - present
        ]
        return order.action_open_document()

    def _line_values(self):
        """Return what is the same for all: only what has been filled in."""
        values = {
            "kind_id": self.kind_id.id,
            "effective_date": self.effective_date,
            "end_date": self.end_date,
            "institution": self.institution,
        }
        for name in STATE_FIELDS:
            if value := self[name]:
                values[name] = value.id if name.endswith("_id") else value
        return values
