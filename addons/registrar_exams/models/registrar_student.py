from odoo import api, fields, models


class RegistrarStudent(models.Model):
    _inherit = "registrar.student"

    result_ids = fields.One2many("registrar.result", "student_id", "Ledger of results")
    gpa_ids = fields.One2many("registrar.gpa", "student_id", "GPA by period")
    sheet_line_ids = fields.One2many(
        "registrar.sheet.line", "student_id", "Lines on sheets"
    )
    result_count = fields.Integer("Results", compute="_compute_result_count")
    debt_count = fields.Integer("Debts", compute="_compute_debt_count")
    gpa = fields.Float(
        "GPA",
        compute="_compute_gpa",
        digits=(4, 2),
        aggregator=None,
        help="Cumulative grade point average.",
    )
    credits_earned = fields.Float("Credits earned", compute="_compute_gpa")

    @api.depends_context("uid")
    def _compute_result_count(self):
        counts = self._count_for_reader("registrar.result", [("is_current", "=", True)])
        for student in self:
            student.result_count = counts.get(student._origin, 0)

    @api.depends_context("uid")
    def _compute_debt_count(self):
        counts = self._count_for_reader("registrar.debt", [])
        for student in self:
            student.debt_count = counts.get(student._origin, 0)

    @api.depends("gpa_ids.gpa", "gpa_ids.credits_earned")
    @api.depends_context("uid")
    def _compute_gpa(self):
        Gpa = self.env["registrar.gpa"]
        rows = {}
        if Gpa.has_access("read"):
            rows = Gpa._values(self._origin, "cumulative")
        for student in self:
            row = rows.get(student._origin.id)
            student.gpa = row.gpa if row else 0.0
            student.credits_earned = row.credits_earned if row else 0.0

    def action_open_results(self):
        return self._action_of_students("registrar_exams.registrar_result_action")

    def action_open_gpa(self):
        return self._action_of_students("registrar_exams.registrar_gpa_action")

    def action_open_debts(self):
        return self._action_of_students("registrar_exams.registrar_debt_action")

    def _action_of_students(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return dict(action, domain=[("student_id", "in", self.ids)], context={})

    def _count_for_reader(self, model, domain):
        """Count records per student as far as the reader may see them."""
        Model = self.env[model]
        if not Model.has_access("read"):
            return {}
        return dict(
            Model._read_group(
                [("student_id", "in", self.ids), *domain], ["student_id"], ["__count"]
            )
        )
