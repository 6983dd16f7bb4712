from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.languages import text_in


class RegistrarSignatory(models.Model):
    """Who signs documents, in which post and from when till when."""

    _name = "registrar.signatory"
    _description = "Signatory"
    _order = "role, date_from desc, id"

    name = fields.Char(
        "Initials and surname",
        required=True,
        help="As printed beside the signature, e.g. А. Б. Ахметов.",
    )
    role = fields.Selection(
        [
            ("rector", "Rector"),
            ("vice_rector", "Vice-rector for academic affairs"),
            ("registrar_head", "Head of the registrar's office"),
            ("dean", "Dean"),
            ("secretary", "Secretary"),
        ],
        required=True,
    )
    department_id = fields.Many2one(
        "hr.department", "Faculty", help="For deans: the faculty they head."
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    employee_id = fields.Many2one("hr.employee")
    position_kk = fields.Char("Position in Kazakh", required=True)
    position_ru = fields.Char("Position in Russian", required=True)
    position_en = fields.Char("Position in English")
    date_from = fields.Date(required=True)
    date_to = fields.Date(help="The last day in the post; empty: still in it.")

    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "The post ends before it begins.",
    )

    @api.constrains("role", "department_id")
    def _check_department(self):
        for signatory in self:
            if signatory.role == "dean" and not signatory.department_id:
                raise ValidationError(self.env._("Say of which faculty the dean is."))

    @api.depends("name", "role")
    def _compute_display_name(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        for signatory in self:
            signatory.display_name = f"{signatory.name} ({roles[signatory.role]})"

    def _position(self, language):
        self.ensure_one()
        return text_in(self, "position", language)

    @api.model
    def _at(self, role, date, department=None):
        """Return who signs in ``role`` on ``date``, or an empty recordset.

        :param department: the faculty, for deans
        """
        domain = Domain("role", "=", role) & Domain("date_from", "<=", date)
        domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", date)
        if role == "dean":
            domain &= Domain("department_id", "=", department.id if department else 0)
        return self.sudo().search(domain, limit=1).sudo(self.env.su)
