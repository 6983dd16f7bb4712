from odoo import api, fields, models

from .registrar_student_education import EDUCATION_GROUPS


class RegistrarStudentLanguage(models.Model):
    """A language a student knows, its level and the certificate of it."""

    _name = "registrar.student.language"
    _description = "Language of a student"
    _inherit = ["registrar.proof"]
    _order = "student_id, level desc, id"
    _rec_name = "language_id"

    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="cascade"
    )
    language_id = fields.Many2one(
        "registrar.language", required=True, index=True, ondelete="restrict"
    )
    # Common European Framework of Reference; the codes sort by themselves.
    level = fields.Selection(
        [
            ("a1", "A1"),
            ("a2", "A2"),
            ("b1", "B1"),
            ("b2", "B2"),
            ("c1", "C1"),
            ("c2", "C2"),
            ("native", "Native"),
        ]
    )
    certificate = fields.Char(help="KAZTEST, IELTS, TOEFL … and its number.")
    score = fields.Char()
    certificate_date = fields.Date("Date of issue")
    valid_to = fields.Date("Valid until")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "registrar_student_language_attachment_rel",
        string="Files",
        bypass_search_access=True,
    )
    faculty_id = fields.Many2one(related="student_id.faculty_id")

    _once = models.Constraint(
        "UNIQUE (student_id, language_id)", "The language is named already."
    )
    _dates_ordered = models.Constraint(
        "CHECK (valid_to IS NULL OR certificate_date IS NULL"
        " OR valid_to >= certificate_date)",
        "The certificate ends before it begins.",
    )

    @api.depends("language_id", "level")
    def _compute_display_name(self):
        labels = dict(self._fields["level"]._description_selection(self.env))
        for line in self:
            line.display_name = " ".join(
                part for part in (line.language_id.name, labels.get(line.level)) if part
            )


class RegistrarStudent(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.student"

    language_ids = fields.One2many(
        "registrar.student.language",
        "student_id",
        "Languages",
        groups=EDUCATION_GROUPS,
        copy=False,
    )
