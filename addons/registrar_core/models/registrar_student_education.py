from odoo import fields, models

from .selections import PREVIOUS_EDUCATIONS

EDUCATION_GROUPS = (
    "registrar_core.group_registrar_clerk,registrar_core.group_registrar_dean,"
    "registrar_core.group_registrar_adviser,registrar_core.group_registrar_viewer,"
    "registrar_core.group_registrar_archivist"
)


class RegistrarStudentEducation(models.Model):
    """A document on education that a student brought."""

    _name = "registrar.student.education"
    _description = "Previous education"
    _inherit = ["registrar.proof"]
    _order = "student_id, document_date desc, id desc"
    _rec_name = "institution"
    _rec_names_search = ["institution", "number", "student_id.full_name"]

    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="cascade"
    )
    level = fields.Selection(PREVIOUS_EDUCATIONS, required=True, default="school")
    institution = fields.Char(required=True)
    country_id = fields.Many2one(
        "res.country", default=lambda self: self.env.ref("base.kz", False)
    )
    document_kind = fields.Selection(
        [
            ("certificate", "Certificate of secondary education"),
            ("diploma", "Diploma"),
            ("diploma_with_honours", "Diploma with honours"),
            ("altyn_belgi", "Certificate with the sign “Altyn belgi”"),
            ("transcript", "Transcript"),
            ("other", "Other"),
        ],
        "Document",
        required=True,
        default="certificate",
    )
    number = fields.Char("Series and number")
    document_date = fields.Date("Date of issue")
    speciality = fields.Char()
    average = fields.Float("Average mark", digits=(4, 2), aggregator="avg")
    recognition = fields.Char(
        help="For a foreign document: number and date of its recognition."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "registrar_student_education_attachment_rel",
        string="Files",
        bypass_search_access=True,
    )
    faculty_id = fields.Many2one(related="student_id.faculty_id")

    def action_make_main(self):
        """Take this document as the one the person is admitted on."""
        for education in self:
            kind = education._fields["document_kind"].convert_to_export(
                education.document_kind, education
            )
            education.student_id.write(
                {
                    "previous_education": education.level,
                    "previous_institution": education.institution,
                    "previous_document": " ".join(
                        part for part in (kind, education.number) if part
                    ),
                    "previous_document_date": education.document_date,
                }
            )
        return True


class RegistrarStudent(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.student"

    education_ids = fields.One2many(
        "registrar.student.education",
        "student_id",
        "Documents on education",
        groups=EDUCATION_GROUPS,
        copy=False,
    )
