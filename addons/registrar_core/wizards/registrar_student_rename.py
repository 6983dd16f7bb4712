from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.registrar_student_name import NAME_FIELDS


class RegistrarStudentRename(models.TransientModel):
    """Change of a name with its day and its proof, or correction of a mistake."""

    _name = "registrar.student.rename"
    _description = "Change of name"

    student_id = fields.Many2one("registrar.student", required=True, readonly=True)
    kind = fields.Selection(
        [
            ("change", "The person changed the name"),
            ("correction", "The name was written with a mistake"),
        ],
        required=True,
        default="change",
    )
    last_name = fields.Char(
        compute="_compute_names", store=True, readonly=False, required=True
    )
    first_name = fields.Char(
        compute="_compute_names", store=True, readonly=False, required=True
    )
    patronymic = fields.Char(compute="_compute_names", store=True, readonly=False)
    date = fields.Date("From", required=True, default=lambda self: self._default_date())
    ground = fields.Char()
    document = fields.Char(help="Kind, number and date of the proof.")
    attachment_ids = fields.Many2many("ir.attachment", string="Proof")

    @api.model
    def _default_date(self):
        return fields.Date.context_today(self)

    @api.depends("student_id")
    def _compute_names(self):
        for wizard in self:
            for name in NAME_FIELDS:
                wizard[name] = wizard.student_id[name]

    def action_apply(self):
        self.ensure_one()
        if self.kind == "change" and self.date > fields.Date.context_today(self):
            raise UserError(self.env._("The name changes in the future."))
        context = {"name_correction": True}
        if self.kind == "change":
            context = {
                "name_date": self.date,
                "name_ground": self.ground,
                "name_document": self.document,
                "name_attachment_ids": [(6, 0, self.attachment_ids.ids)],
            }
        self.student_id.with_context(**context).write(
            {name: self[name] for name in NAME_FIELDS}
        )
        return {"type": "ir.actions.act_window_close"}
