from odoo import api, models


class HrVersion(models.Model):
    _inherit = "hr.version"

    @api.model_create_multi
    def create(self, vals_list):
        versions = super().create(vals_list)
        self.env["res.users"]._forget_registrar_faculties()
        return versions

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"department_id", "date_version", "employee_id", "active"}:
            self.env["res.users"]._forget_registrar_faculties()
        return result
