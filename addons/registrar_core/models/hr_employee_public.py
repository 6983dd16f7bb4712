from odoo import fields, models


class HrEmployeePublic(models.Model):
    """What those who are not in HR may see of teachers."""

    _inherit = "hr.employee.public"

    is_teacher = fields.Boolean("Teacher", readonly=True)
    academic_degree = fields.Selection(
        selection=lambda self: self.env["hr.employee"]._selection_academic_degree(),
        readonly=True,
    )
    academic_title = fields.Selection(
        selection=lambda self: self.env["hr.employee"]._selection_academic_title(),
        readonly=True,
    )
    short_name = fields.Char("Surname and initials", readonly=True)
