from odoo import api, fields, models

CONTACT_GROUPS = (
    "registrar_core.group_registrar_clerk,registrar_core.group_registrar_dean,"
    "registrar_core.group_registrar_adviser"
)


class RegistrarStudentContact(models.Model):
    """Whom the university calls: parents, guardians, relatives of a student."""

    _name = "registrar.student.contact"
    _description = "Contact of a student"
    _order = "student_id, sequence, id"
    _rec_names_search = ["name", "phone", "student_id.full_name"]

    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("mother", "Mother"),
            ("father", "Father"),
            ("guardian", "Guardian"),
            ("trustee", "Trustee"),
            ("spouse", "Spouse"),
            ("relative", "Relative"),
            ("other", "Other"),
        ],
        required=True,
        default="mother",
    )
    name = fields.Char(required=True)
    phone = fields.Char()
    email = fields.Char()
    address = fields.Char()
    workplace = fields.Char("Place of work")
    is_guardian = fields.Boolean(
        "Legal representative",
        compute="_compute_is_guardian",
        store=True,
        readonly=False,
        help="May sign for the student while the student is a minor.",
    )
    note = fields.Char()
    faculty_id = fields.Many2one(related="student_id.faculty_id")
    group_id = fields.Many2one(related="student_id.group_id")

    @api.depends("kind")
    def _compute_is_guardian(self):
        for contact in self:
            contact.is_guardian = contact.kind in (
                "mother",
                "father",
                "guardian",
                "trustee",
            )


class RegistrarStudent(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.student"

    contact_ids = fields.One2many(
        "registrar.student.contact",
        "student_id",
        "Contacts of parents",
        groups=CONTACT_GROUPS,
        copy=False,
    )
