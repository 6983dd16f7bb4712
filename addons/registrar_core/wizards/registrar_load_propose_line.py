from odoo import fields, models


class RegistrarLoadProposeLine(models.TransientModel):
    """One proposed assignment; the teacher may be corrected."""

    _name = "registrar.load.propose.line"
    _description = "Proposed teacher of a line"
    _order = "line_id, id"

    wizard_id = fields.Many2one(
        "registrar.load.propose", required=True, ondelete="cascade", index=True
    )
    line_id = fields.Many2one(
        "registrar.load.line", "Work", required=True, readonly=True, ondelete="cascade"
    )
    term_id = fields.Many2one(related="line_id.term_id")
    discipline_id = fields.Many2one(related="line_id.discipline_id")
    kind_id = fields.Many2one(related="line_id.kind_id")
    unit_name = fields.Char(related="line_id.unit_name")
    hours = fields.Float(related="line_id.hours")
    teacher_id = fields.Many2one("hr.employee", domain="[('is_teacher', '=', True)]")
    reason = fields.Selection(
        [
            ("stream", "Lecturer of the stream"),
            ("subgroup", "Teacher of the subgroup"),
            ("examiner", "Examiner of the class group"),
            ("group", "Teacher of the class group"),
            ("discipline", "Teaches the discipline"),
            ("balance", "Least loaded"),
            ("nobody", "Nobody has room"),
        ],
        "Why",
        readonly=True,
    )
