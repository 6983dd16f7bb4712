from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.registrar_core.models.selections import FUNDINGS

from .registrar_order_selection import EXPULSION_KINDS


class RegistrarOrderSelectionLine(models.Model):
    """A student in a selection, with the decision and the reasons for it."""

    _name = "registrar.order.selection.line"
    _description = "Student in a selection"
    _inherit = ["registrar.order.facts"]
    _order = "selection_id, decision, student_id, id"
    _rec_name = "student_id"

    selection_id = fields.Many2one(
        "registrar.order.selection", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        "registrar.student",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    included = fields.Boolean("Chosen")
    # Where the person studied when the selection was made
    programme_id = fields.Many2one(
        "registrar.programme", readonly=True, ondelete="restrict"
    )
    group_id = fields.Many2one("registrar.group", readonly=True, ondelete="restrict")
    course = fields.Integer("Year of study", readonly=True, aggregator=None)
    funding = fields.Selection(FUNDINGS, readonly=True)
    note = fields.Char(readonly=True)
    order_id = fields.Many2one(
        "registrar.order", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _student_once = models.UniqueIndex(
        "(selection_id, student_id)", "A student is listed once in a selection."
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("The lines are made by the query only."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - {"included"}:
                raise AccessError(
                    self.env._("Decisions and reasons are not written by hand.")
                )
            self.selection_id._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.sudo().selection_id.order_ids:
            raise UserError(
                self.env._("The selection is kept with the orders made from it.")
            )

    def action_include(self):
        self.write({"included": True})
        return True

    def action_exclude(self):
        self.write({"included": False})
        return True

    def _order_line_values(self):
        """Return the values of the person in the order."""
        self.ensure_one()
        values = {"student_id": self.student_id.id}
        selection = self.selection_id
        if self.decision == "expel":
            code = (self.reason_codes or "").split(",")[0]
            values["reason"] = EXPULSION_KINDS[code]
            values |= {
                name: self[name]
                for name in ("decision", "reason_codes", "debts", "debt_count")
            }
        elif self.decision == "enrol":
            values |= {
                "programme_id": selection.target_programme_id.id,
                "group_id": selection.target_group_id.id,
                "course": selection.target_course,
                "study_form": selection.target_study_form,
                "language": selection.target_language,
                "funding": selection.target_funding,
                "decision": self.decision,
                "reason_codes": self.reason_codes,
            }
        return values
