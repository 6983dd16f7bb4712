from odoo import models


class RegistrarGroup(models.Model):
    _inherit = "registrar.group"

    def action_open_gpa(self):
        """Show the cumulative GPA of the students, best first."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_exams.registrar_gpa_action"
        )
        return dict(
            action,
            domain=[("student_id.group_id", "in", self.ids)],
            context={"search_default_cumulative": 1},
        )

    def action_open_debts(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_exams.registrar_debt_action"
        )
        return dict(action, domain=[("group_id", "in", self.ids)], context={})
