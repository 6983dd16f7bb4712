from odoo import api, fields, models
from odoo.tools import SQL


class RegistrarGroup(models.Model):
    """The adviser of a group is the projection of its assignments on today."""

    _inherit = "registrar.group"

    adviser_assignment_ids = fields.One2many(
        "registrar.adviser.assignment", "group_id", "Advisers by period"
    )

    @api.model_create_multi
    def create(self, vals_list):
        groups = super().create(vals_list)
        advised = groups.filtered("adviser_id")
        today = fields.Date.context_today(self)
        rows = self.env["registrar.adviser.assignment"].sudo()
        # A group is often entered when its year has begun; its adviser was there.
        rows.create(
            [
                {
                    "employee_id": group.adviser_id.id,
                    "group_id": group.id,
                    "date_from": min(today, group.intake_year_id.date_from or today),
                }
                for group in advised
            ]
        )
        return groups

    def write(self, vals):
        result = super().write(vals)
        if "adviser_id" in vals:
            rows = self.env["registrar.adviser.assignment"].sudo()
            employee = self.env["hr.employee"].sudo().browse(vals["adviser_id"] or [])
            rows._assign(employee, groups=self.sudo())
            # Where nothing was assigned before there is no row to project.
            self._refresh_advisers()
            rows._refresh_current(self.sudo())
        return result

    def _refresh_advisers(self, date=None):
        """Project the assignments valid on ``date`` (today) on the groups.

        Groups without any assignment keep what they have.
        """
        date = date or fields.Date.context_today(self)
        self.env["registrar.adviser.assignment"].flush_model()
        self.env["registrar.group"].flush_model(["adviser_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_group g SET adviser_id = v.employee_id
                  FROM (SELECT t.id,
                               (SELECT a.employee_id
                                  FROM registrar_adviser_assignment a
                                 WHERE a.group_id = t.id AND a.date_from <= %(date)s
                                   AND (a.date_to IS NULL OR a.date_to >= %(date)s)
                               ) AS employee_id
                          FROM registrar_group t
                         WHERE %(scope)s AND EXISTS (
                               SELECT FROM registrar_adviser_assignment a
                                WHERE a.group_id = t.id)) v
                 WHERE v.id = g.id AND g.adviser_id IS DISTINCT FROM v.employee_id
                """,
                date=date,
                scope=SQL("t.id = ANY(%s)", self.ids) if self else SQL("TRUE"),
            )
        )
        self.env["registrar.group"].invalidate_model(["adviser_id"])

    def action_open_advisers(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Advisers of %s", self.name),
            "res_model": "registrar.adviser.assignment",
            "view_mode": "list,form",
            "domain": [("group_id", "=", self.id)],
            "context": {"default_group_id": self.id},
        }
