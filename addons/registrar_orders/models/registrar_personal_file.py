from odoo import api, models


class RegistrarPersonalFile(models.Model):
    """Extracts of all registered orders belong into the file of the student."""

    _inherit = "registrar.personal.file"

    @api.model
    def _registered_documents(self, students):
        found = super()._registered_documents(students)
        lines = self.env["registrar.order.line"].sudo()
        for student, order in lines._read_group(
            [
                ("student_id", "in", students.ids),
                ("order_id.state", "=", "registered"),
            ],
            ["student_id", "order_id"],
        ):
            if order.entry_id:
                found[student.id].add(order.entry_id.id)
        return found
