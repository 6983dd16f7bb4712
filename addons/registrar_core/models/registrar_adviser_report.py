from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class RegistrarAdviserReport(models.Model):
    """Advisers of today with the number of their students; no facts of its own."""

    _name = "registrar.adviser.report"
    _description = "Adviser and number of students"
    _auto = False
    _order = "faculty_id, employee_id"
    _rec_name = "employee_id"
    _depends = {
        "hr.employee": ["current_version_id"],
        "hr.version": ["department_id"],
        "registrar.adviser.assignment": [
            "employee_id",
            "group_id",
            "student_id",
            "date_from",
            "date_to",
        ],
        "registrar.enrolment": ["student_id", "status", "date_from", "date_to"],
        "registrar.group": ["active", "faculty_id"],
        "registrar.programme": ["faculty_id"],
    }

    employee_id = fields.Many2one("hr.employee", "Adviser", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    faculty_id = fields.Many2one("hr.department", readonly=True)
    group_count = fields.Integer("Groups", readonly=True)
    student_count = fields.Integer("Students", readonly=True)
    personal_count = fields.Integer("Personally", readonly=True)
    total_count = fields.Integer(
        "In all faculties", readonly=True, aggregator=None, help="Students altogether."
    )
    norm = fields.Integer(readonly=True, aggregator=None)
    excess = fields.Integer("Above the norm", readonly=True, aggregator=None)

    @property
    def _table_query(self):
        rows = self.env["registrar.adviser.assignment"]
        norm = rows._norm()
        return SQL(
            "SELECT q.id, q.employee_id, q.department_id, q.faculty_id, q.group_count,"
            " q.student_count, q.personal_count, q.total_count, %(norm)s AS norm,"
            " CASE WHEN %(norm)s > 0 THEN GREATEST(q.total_count - %(norm)s, 0)"
            " ELSE 0 END AS excess FROM (%(query)s) q",
            norm=norm,
            query=rows._load_query(fields.Date.context_today(self)),
        )

    def action_open_students(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_student_action"
        )
        domain = Domain("adviser_id", "=", self.employee_id.id) & Domain(
            "faculty_id", "=", self.faculty_id.id
        )
        return dict(action, domain=list(domain), name=self.employee_id.display_name)
