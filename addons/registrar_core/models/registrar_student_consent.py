from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .registrar_student_category import CLERK

FULL_AGE = 18  # Civil Code of the Republic of Kazakhstan, article 17


class RegistrarStudentConsent(models.Model):
    """A consent of the student or of the legal representative.

    A consent is never edited away: it is revoked, and the row stays.
    """

    _name = "registrar.student.consent"
    _description = "Consent"
    _inherit = ["registrar.proof"]
    _order = "student_id, date desc, id desc"
    _rec_name = "kind"

    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("personal_data", "Processing of personal data"),
            ("guardian", "Consent of the legal representative of a minor"),
            ("publication", "Publication of name and photo"),
            ("other", "Other"),
        ],
        required=True,
        default="personal_data",
    )
    date = fields.Date(
        "Given on", required=True, default=lambda self: self._default_date()
    )
    contact_id = fields.Many2one(
        "registrar.student.contact",
        "Representative",
        domain="[('student_id', '=', student_id), ('is_guardian', '=', True)]",
        ondelete="set null",
    )
    given_by = fields.Char(
        compute="_compute_given_by", store=True, readonly=False, precompute=True
    )
    purpose = fields.Char(help="What for, if not everything.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "registrar_student_consent_attachment_rel",
        string="Files",
        bypass_search_access=True,
    )
    revoked_date = fields.Date("Revoked on", readonly=True, copy=False)
    revoked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    faculty_id = fields.Many2one(related="student_id.faculty_id")
    group_id = fields.Many2one(related="student_id.group_id")

    _dates_ordered = models.Constraint(
        "CHECK (revoked_date IS NULL OR revoked_date >= date)",
        "A consent is revoked before it is given.",
    )

    @api.model
    def _default_date(self):
        return fields.Date.context_today(self)

    @api.depends("contact_id", "student_id", "kind")
    def _compute_given_by(self):
        for consent in self:
            student_name = consent.student_id.full_name
            if consent.contact_id:
                consent.given_by = consent.contact_id.name
            elif consent.kind == "guardian":
                # a minor cannot consent in the place of the representative
                if consent.given_by == student_name:
                    consent.given_by = False
            elif not consent.given_by:
                consent.given_by = student_name

    @api.constrains("kind", "given_by")
    def _check_given_by(self):
        for consent in self:
            if consent.kind == "guardian" and not consent.given_by:
                raise ValidationError(
                    self.env._("Name the legal representative who consents.")
                )

    def write(self, vals):
        if not self.env.su:
            if vals.keys() & {"revoked_date", "revoked_by_id"}:
                raise UserError(self.env._("A consent is revoked by its button."))
            if any(consent.revoked_date for consent in self):
                raise UserError(self.env._("A revoked consent stays as it is."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_revoked(self):
        if any(consent.revoked_date for consent in self):
            raise UserError(self.env._("A revoked consent stays as it is."))

    def action_revoke(self):
        """Revoke the consents in force today."""
        self.check_access("write")
        in_force = self.filtered(lambda consent: not consent.revoked_date)
        in_force.sudo().write(
            {
                "revoked_date": fields.Date.context_today(self),
                "revoked_by_id": self.env.uid,
            }
        )
        return True


class RegistrarStudent(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.student"

    consent_ids = fields.One2many(
        "registrar.student.consent", "student_id", "Consents", groups=CLERK, copy=False
    )
    is_minor = fields.Boolean(
        "Minor", compute="_compute_is_minor", search="_search_is_minor", groups=CLERK
    )
    missing_consents = fields.Char(compute="_compute_missing_consents", groups=CLERK)

    @api.depends("birth_date")
    def _compute_is_minor(self):
        born = self._born_of_full_age()
        for student in self:
            student.is_minor = bool(student.birth_date) and student.birth_date > born

    def _search_is_minor(self, operator, value):
        if operator != "in":
            return NotImplemented
        minor = Domain("birth_date", ">", self._born_of_full_age())
        if set(value) == {True}:
            return minor
        return ~minor if set(value) == {False} else Domain.TRUE

    @api.depends("consent_ids.kind", "consent_ids.revoked_date", "birth_date")
    def _compute_missing_consents(self):
        labels = dict(
            self.env["registrar.student.consent"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        for student in self:
            given = set(
                student.consent_ids.filtered(
                    lambda consent: not consent.revoked_date
                ).mapped("kind")
            )
            needed = ["personal_data"] + (["guardian"] if student.is_minor else [])
            student.missing_consents = "; ".join(
                labels[kind] for kind in needed if kind not in given
            )

    @api.model
    def _born_of_full_age(self):
        """Return the last birth date of those who are of full age today."""
        return fields.Date.context_today(self) - relativedelta(years=FULL_AGE)
