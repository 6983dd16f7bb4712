from odoo import fields, models


class RegistrarLoadProposeTeacher(models.TransientModel):
    """Load of one teacher before and after the proposal."""

    _name = "registrar.load.propose.teacher"
    _description = "Load of a teacher after the proposal"
    _order = "after desc, id"

    wizard_id = fields.Many2one(
        "registrar.load.propose", required=True, ondelete="cascade", index=True
    )
    teacher_id = fields.Many2one("hr.employee", readonly=True)
    norm = fields.Float(digits=(8, 2), readonly=True)
    before = fields.Float("Assigned now", digits=(8, 2), readonly=True)
    after = fields.Float("With the proposal", digits=(8, 2), readonly=True)
    difference = fields.Float(
        "Over (+), under (−)", compute="_compute_difference", digits=(8, 2)
    )
    load_state = fields.Selection(
        [("under", "Underload"), ("normal", "Within the norm"), ("over", "Overload")],
        "Load",
        readonly=True,
    )

    def _compute_difference(self):
        for row in self:
            row.difference = round(row.after - row.norm, 2)
