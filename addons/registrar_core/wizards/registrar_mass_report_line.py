from odoo import fields, models


class RegistrarMassReportLine(models.TransientModel):
    _name = "registrar.mass.report.line"
    _description = "Line of a report of a mass action"

    report_id = fields.Many2one(
        "registrar.mass.report", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one("registrar.student", ondelete="cascade")
    text = fields.Char("Who", help="As it was given, when no student was found.")
    group_id = fields.Many2one(related="student_id.group_id")
    course = fields.Integer(related="student_id.course")
    plan_id = fields.Many2one("registrar.study.plan", ondelete="cascade")
    reason = fields.Text()
