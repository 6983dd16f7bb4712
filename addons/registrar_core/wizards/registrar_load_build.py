from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class RegistrarLoadBuild(models.TransientModel):
    """Compute the teaching load of terms from class groups and streams."""

    _name = "registrar.load.build"
    _description = "Compute the teaching load"

    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        required=True,
        default=lambda self: self.env["registrar.academic.year"]._present(),
    )
    term_ids = fields.Many2many(
        "registrar.term",
        string="Terms",
        domain="[('year_id', '=', year_id)]",
        help="Empty: all terms of the year.",
    )
    department_ids = fields.Many2many(
        "hr.department",
        string="Departments",
        domain="[('registrar_kind', 'in', ('faculty', 'department'))]",
        help="Empty: all whose load you distribute.",
    )
    with_rates = fields.Boolean(
        "Add rates of teachers",
        default=True,
        help="Teachers of the departments without a rate in the year get that of the "
        "year before, or a full one.",
    )
    result_html = fields.Html("Result", readonly=True)

    @api.onchange("year_id")
    def _onchange_year_id(self):
        self.term_ids = self.term_ids.filtered(lambda t: t.year_id == self.year_id)

    def action_build(self):
        self.ensure_one()
        terms = self.term_ids or self.year_id.term_ids
        if not terms:
            raise UserError(self.env._("The academic year has no terms."))
        Line = self.env["registrar.load.line"]
        results = [
            (term, Line._build(term, self.department_ids or None)) for term in terms
        ]
        rates = self.env["registrar.load.rate"]
        if self.with_rates:
            plans = self.env["registrar.load.plan"].union(
                *(result["plans"] for __, result in results)
            )
            rates = rates._fill(self.year_id, plans.department_id)
        self.result_html = self._report(results, rates)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compute the teaching load"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_plans(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_load_plan_action"
        )
        return dict(action, domain=[("year_id", "=", self.year_id.id)], context={})

    def _report(self, results, rates):
        items = []
        for term, result in results:
            items.append(
                self.env._(
                    "%(term)s: %(created)s lines new, %(updated)s changed, "
                    "%(removed)s removed, %(vanished)s marked as without source.",
                    term=term.display_name,
                    **{
                        name: result[name]
                        for name in ("created", "updated", "removed", "vanished")
                    },
                )
            )
            if result["frozen"]:
                items.append(
                    self.env._(
                        "Left as they are, because agreed or approved: %s.",
                        ", ".join(result["frozen"].department_id.mapped("name")),
                    )
                )
            if result["homeless"]:
                items.append(
                    self.env._(
                        "Without department, so in nobody's load: %s.",
                        ", ".join(result["homeless"].mapped("display_name")),
                    )
                )
        if rates:
            items.append(self.env._("Rates added: %s.", len(rates)))
        return Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % item for item in items
        )
