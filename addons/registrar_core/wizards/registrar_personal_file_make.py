from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.selections import CONTINGENT_STATUSES

NAMES_SHOWN = 50


class RegistrarPersonalFileMake(models.TransientModel):
    """Open personal files for students, groups or everybody who has none."""

    _name = "registrar.personal.file.make"
    _description = "Make personal files"

    group_ids = fields.Many2many(
        "registrar.group",
        string="Groups",
        default=lambda self: self._default_targets("registrar.group"),
    )
    student_ids = fields.Many2many(
        "registrar.student",
        string="Students",
        default=lambda self: self._default_targets("registrar.student"),
    )
    everybody = fields.Boolean(
        "All who study and have no file", help="Instead of choosing groups or students."
    )
    made_count = fields.Integer("Files made", readonly=True)
    report_html = fields.Html("Left out", readonly=True)
    file_ids = fields.Many2many(
        "registrar.personal.file", "registrar_file_make_file_rel", readonly=True
    )

    @api.model
    def _default_targets(self, model):
        if self.env.context.get("active_model") == model:
            return self.env.context.get("active_ids", [])
        return []

    def action_make(self):
        """Make the files and show who was left out and why."""
        self.ensure_one()
        Student = self.env["registrar.student"]
        if self.everybody:
            students = Student.search(
                [
                    ("status", "in", CONTINGENT_STATUSES),
                    ("personal_file_ids", "not any", [("state", "=", "current")]),
                ]
            )
        else:
            students = self.student_ids | Student.search(
                [
                    ("group_id", "in", self.group_ids.ids),
                    ("status", "in", CONTINGENT_STATUSES),
                ]
            )
        if not students:
            raise UserError(self.env._("There is nobody to make a file for."))
        files, refused = self.env["registrar.personal.file"]._make(students)
        names = [
            Markup("<li>%s: %s</li>") % (student.full_name, refused[student.id])
            for student in students
            if student.id in refused
        ]
        more = len(names) - NAMES_SHOWN
        if more > 0:
            names = [*names[:NAMES_SHOWN], Markup("<li>… +%s</li>") % more]
        self.write(
            {
                "made_count": len(files),
                "file_ids": [Command.set(files.ids)],
                "report_html": Markup("<ul class='mb-0'>%s</ul>") % Markup().join(names)
                if names
                else False,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Personal files made"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"registrar_done": True},
        }

    def action_open(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_personal_file_action"
        )
        return dict(action, domain=[("id", "in", self.file_ids.ids)], context={})
