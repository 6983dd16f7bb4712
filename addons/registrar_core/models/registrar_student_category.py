from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.sql import table_exists

CLERK = "registrar_core.group_registrar_clerk"


class RegistrarStudentCategory(models.Model):
    """A social category of a student with its dates and its proof."""

    _name = "registrar.student.category"
    _description = "Social category of a student"
    _inherit = ["registrar.proof"]
    _order = "student_id, date_from desc, id desc"
    _rec_name = "category_id"

    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="cascade"
    )
    category_id = fields.Many2one(
        "registrar.social.category", required=True, index=True, ondelete="restrict"
    )
    date_from = fields.Date("From", help="Empty: as long as we know.")
    date_to = fields.Date("Last day", help="Empty: without a term.")
    document = fields.Char("Proof", help="Kind and number of the document.")
    document_date = fields.Date("Date of the proof")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "registrar_student_category_attachment_rel",
        string="Files",
        bypass_search_access=True,
    )
    is_valid = fields.Boolean(
        "Valid today", compute="_compute_is_valid", search="_search_is_valid"
    )
    faculty_id = fields.Many2one(related="student_id.faculty_id")
    group_id = fields.Many2one(related="student_id.group_id")

    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "The category ends before it begins.",
    )

    def init(self):
        """Give a row to categories that were chosen before there were dates."""
        super().init()
        relation = "registrar_social_category_registrar_student_rel"
        if not table_exists(self.env.cr, relation):
            return
        self.env.cr.execute(
            """
            INSERT INTO registrar_student_category
                        (student_id, category_id, create_uid, create_date, write_uid,
                         write_date)
                 SELECT r.registrar_student_id, r.registrar_social_category_id, 1,
                        now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC'
                   FROM registrar_social_category_registrar_student_rel r
                  WHERE NOT EXISTS (
                        SELECT FROM registrar_student_category c
                         WHERE c.student_id = r.registrar_student_id
                           AND c.category_id = r.registrar_social_category_id)
            """
        )

    @api.depends("date_from", "date_to")
    @api.depends_context("tz")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for line in self:
            line.is_valid = (not line.date_from or line.date_from <= today) and (
                not line.date_to or line.date_to >= today
            )

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        valid = self._valid_domain(fields.Date.context_today(self))
        if set(value) == {True}:
            return valid
        return ~valid if set(value) == {False} else Domain.TRUE

    @api.model
    def _valid_domain(self, date):
        return (Domain("date_from", "=", False) | Domain("date_from", "<=", date)) & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", date)
        )


class RegistrarStudent(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.student"

    # What is valid today; imports may write it, which opens and closes rows.
    social_category_ids = fields.Many2many(
        compute="_compute_social_category_ids",
        inverse="_inverse_social_category_ids",
        store=True,
        readonly=False,
        copy=False,
    )
    category_line_ids = fields.One2many(
        "registrar.student.category",
        "student_id",
        "Social categories with dates",
        groups=CLERK,
        copy=False,
    )

    @api.depends(
        "category_line_ids.category_id",
        "category_line_ids.date_from",
        "category_line_ids.date_to",
    )
    def _compute_social_category_ids(self):
        for student in self:
            student.social_category_ids = student.category_line_ids.filtered(
                "is_valid"
            ).category_id

    def _inverse_social_category_ids(self):
        today = fields.Date.context_today(self)
        yesterday = fields.Date.subtract(today, days=1)
        Line = self.env["registrar.student.category"]
        wanted = {student: student.social_category_ids for student in self}
        vals_list = []
        for student, categories in wanted.items():
            valid = student.category_line_ids.filtered("is_valid")
            vals_list += [
                {"student_id": student.id, "category_id": category.id}
                for category in categories - valid.category_id
            ]
            gone = valid.filtered(
                lambda line, categories=categories: line.category_id not in categories
            )
            new = gone.filtered(lambda line: line.date_from == today)
            new.unlink()
            (gone - new).date_to = yesterday
        Line.create(vals_list)

    @api.model
    def _cron_refresh_state(self):
        result = super()._cron_refresh_state()
        self._refresh_social_categories()
        return result

    @api.model
    def _refresh_social_categories(self):
        """Bring the categories of today up to date where a term began or ended."""
        today = fields.Date.context_today(self)
        Line = self.env["registrar.student.category"]
        Line.flush_model()
        self.env["registrar.student"].flush_model(["social_category_ids"])
        self.env.cr.execute(
            """
            WITH valid AS (
                SELECT DISTINCT student_id, category_id
                  FROM registrar_student_category
                 WHERE (date_from IS NULL OR date_from <= %(today)s)
                   AND (date_to IS NULL OR date_to >= %(today)s)),
            stored AS (
                SELECT registrar_student_id AS student_id,
                       registrar_social_category_id AS category_id
                  FROM registrar_social_category_registrar_student_rel)
            SELECT DISTINCT student_id
              FROM ((TABLE valid EXCEPT TABLE stored)
                    UNION (TABLE stored EXCEPT TABLE valid)) AS difference
            """,
            {"today": today},
        )
        students = self.browse(row[0] for row in self.env.cr.fetchall())
        students.category_line_ids.invalidate_recordset(["is_valid"])
        # the rows are right: only their picture is computed anew
        self.env.add_to_compute(self._fields["social_category_ids"], students)
        students.flush_recordset(["social_category_ids"])
        return students
