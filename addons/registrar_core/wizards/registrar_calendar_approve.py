from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RegistrarCalendarApprove(models.TransientModel):
    """Ask for the basis of approval and, against errors, for a ground."""

    _name = "registrar.calendar.approve"
    _description = "Approve academic calendars"

    calendar_ids = fields.Many2many(
        "registrar.calendar", domain="[('state', '=', 'draft')]", required=True
    )
    basis = fields.Char(
        "Basis of approval",
        required=True,
        help="E.g. protocol No. 8 of the academic council of 27 March 2026.",
    )
    override_ground = fields.Char("Why it is approved against the norms")
    violation_html = fields.Html(compute="_compute_violations")
    has_errors = fields.Boolean(compute="_compute_violations")

    @api.depends("calendar_ids")
    def _compute_violations(self):
        for wizard in self:
            found = []
            for calendar in wizard.calendar_ids._origin:
                found += calendar._violations()
            wizard.has_errors = any(v.level == "error" for v in found)
            wizard.violation_html = self.env["registrar.calendar"]._violations_html(
                found
            )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "calendar_ids" in fields_list and not values.get("calendar_ids"):
            ids = self.env.context.get("active_ids") or []
            if self.env.context.get("active_model") == "registrar.calendar":
                values["calendar_ids"] = [Command.set(ids)]
        return values

    def action_approve(self):
        self.ensure_one()
        if not self.calendar_ids:
            raise UserError(self.env._("Choose the calendars to approve."))
        self.calendar_ids._approve(self.basis, self.override_ground)
        return {"type": "ir.actions.act_window_close"}
