from odoo import api, fields, models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = "res.users"

    registrar_faculty_ids = fields.Many2many(
        "hr.department",
        string="Faculties",
        compute="_compute_registrar_faculty_ids",
        help="The faculties the user works in or manages. The dean's office sees "
        "their students.",
    )

    def _compute_registrar_faculty_ids(self):
        Department = self.env["hr.department"].sudo()
        employees = (
            self.env["hr.employee"]
            .sudo()
            .with_context(active_test=True)
            .search([("user_id", "in", self.ids)])
        )
        managed = Department.search(
            Domain("manager_id", "in", employees.ids)
            & Domain("registrar_kind", "=", "faculty")
        )
        for user in self:
            own = employees.filtered(lambda e, user=user: e.user_id == user)
            faculties = own.department_id.registrar_faculty_id
            faculties |= managed.filtered(lambda d, own=own: d.manager_id in own)
            user.registrar_faculty_ids = faculties.sudo(self.env.su)

    @api.model
    def _forget_registrar_faculties(self):
        """Let record rules find the faculties of the users anew."""
        self.invalidate_model(["registrar_faculty_ids"])
        self.env.registry.clear_cache()
