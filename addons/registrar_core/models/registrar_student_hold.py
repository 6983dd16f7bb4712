from odoo import api, fields, models

HOLD_READERS = (
    "registrar_core.group_registrar_viewer,registrar_core.group_registrar_adviser,"
    "registrar_core.group_registrar_dean,registrar_core.group_registrar_clerk"
)


class RegistrarStudent(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.student"

    hold_ids = fields.One2many(
        "registrar.hold", "student_id", "Holds", groups=HOLD_READERS
    )
    hold_count = fields.Integer(
        "Holds in force",
        compute="_compute_holds",
        groups=HOLD_READERS,
    )
    hold_text = fields.Text(
        "What is held back", compute="_compute_holds", groups=HOLD_READERS
    )
    has_hold = fields.Boolean(
        compute="_compute_holds", search="_search_has_hold", groups=HOLD_READERS
    )

    @api.depends("hold_ids")
    @api.depends_context("lang")
    def _compute_holds(self):
        active = self.env["registrar.hold"].sudo()._active(self._origin)
        for student in self:
            holds = active.get(student._origin.id, ())
            student.hold_count = len(holds)
            student.has_hold = bool(holds)
            student.hold_text = "\n".join(hold._summary() for hold in holds) or False

    def _search_has_hold(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("hold_ids", "any", [("is_active", "=", True)])]

    def action_open_holds(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_hold_action"
        )
        return dict(
            action,
            domain=[("student_id", "in", self.ids)],
            context={"default_student_id": self.id},
        )
