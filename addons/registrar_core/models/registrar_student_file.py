from odoo import fields, models

from .registrar_personal_file import FACT_FIELDS


class RegistrarStudent(models.Model):
    _inherit = "registrar.student"

    personal_file_ids = fields.One2many(
        "registrar.personal.file", "student_id", "Personal files"
    )
    personal_file_count = fields.Integer(compute="_compute_personal_file_count")
    missing_document_count = fields.Integer(
        "Missing documents", compute="_compute_personal_file_count"
    )

    def _compute_personal_file_count(self):
        File = self.env["registrar.personal.file"]
        rows = {}
        if File.has_access("read"):
            rows = {
                student: (count, missing)
                for student, count, missing in File._read_group(
                    [("student_id", "in", self.ids)],
                    ["student_id"],
                    ["__count", "missing_count:sum"],
                )
            }
        for student in self:
            count, missing = rows.get(student._origin, (0, 0))
            student.personal_file_count = count
            student.missing_document_count = missing

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & FACT_FIELDS:
            self.env["registrar.personal.file"].sudo().search(
                [("student_id", "in", self.ids), ("state", "=", "current")]
            )._sync_checklist()
        return result

    def _refresh_state(self, date=None):
        result = super()._refresh_state(date)
        self.env["registrar.personal.file"].sudo()._follow_students(self)
        return result

    def action_open_personal_files(self):
        """Open the file, or the wizard that makes it."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Personal file"),
            "res_model": "registrar.personal.file",
            "view_mode": "list,form",
            "domain": [("student_id", "in", self.ids)],
        }
        files = self.personal_file_ids
        if len(files) == 1:
            action.update(view_mode="form", res_id=files.id)
        return action

    def action_make_personal_files(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_personal_file_make_action"
        )
        context = {"active_model": self._name, "active_ids": self.ids}
        return dict(action, context=context)

    def _portal_checklist(self):
        """Return what the student sees of the own personal file.

        Read with the rights of the caller.

        :return: dicts ``name, stage, stage_label, is_required, is_present, is_missing,
            is_out, form, received_date`` in the order of the checklist
        :rtype: list[dict]
        """
        self.ensure_one()
        self.check_access("read")
        files = self.env["registrar.personal.file"].search(
            [("student_id", "=", self.id)], order="id desc", limit=1
        )
        Document = self.env["registrar.personal.file.document"]
        stages = dict(Document._fields["stage"]._description_selection(self.env))
        forms = dict(Document._fields["form"]._description_selection(self.env))
        lines = files.document_ids.sorted(
            lambda line: (line.stage_order, line.sequence, line.id)
        )
        return [
            {
                "name": line.display_name,
                "stage": line.stage,
                "stage_label": stages[line.stage],
                "is_required": line.is_required,
                "is_present": line.is_present,
                "is_missing": line.is_missing,
                "is_out": line.is_out,
                "form": forms.get(line.form, ""),
                "received_date": line.received_date,
            }
            for line in lines
            if line.is_present or not line.entry_id
        ]
