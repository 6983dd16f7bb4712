from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class RegistrarStudyPlanDrop(models.Model):
    """A registration that a change of the study plan takes off.

    Sealed with the change; the history of add and drop is kept that way
    (academic.md §5.2).
    """

    _name = "registrar.study.plan.drop"
    _description = "Dropped registration"
    _inherit = ["registrar.document.line"]
    _order = "plan_id, id"
    _rec_name = "discipline_id"
    _document_field = "plan_id"

    plan_id = fields.Many2one(
        "registrar.study.plan",
        "Change of the study plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    student_id = fields.Many2one(
        related="plan_id.student_id", store=True, index=True, precompute=True
    )
    line_id = fields.Many2one(
        "registrar.study.plan.line",
        "Registration",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('student_id', '=', student_id), ('is_cancelled', '=', False),"
        " ('plan_state', '=', 'registered')]",
    )
    kind = fields.Selection(
        [("drop", "Drop"), ("withdrawal", "Withdrawal (W)")],
        required=True,
        default="drop",
        help="A discipline is dropped in the first weeks of the term without a trace "
        "in the transcript. Later the student may withdraw from it and gets W.",
    )
    reason = fields.Char()
    discipline_id = fields.Many2one(related="line_id.discipline_id")
    term_id = fields.Many2one(related="line_id.term_id")
    credits = fields.Float(related="line_id.credits", string="Credits")
    # Where the student was, as the line forgets it
    class_group_id = fields.Many2one(
        "registrar.class.group", "Class group", readonly=True, ondelete="set null"
    )

    _mutable_columns = frozenset({"class_group_id"})

    _line_once = models.UniqueIndex(
        "(plan_id, line_id)", "The registration is dropped twice."
    )

    @api.constrains("plan_id", "line_id")
    def _check_line(self):
        for drop in self:
            line, plan = drop.line_id.sudo(), drop.plan_id.sudo()
            if plan.kind != "change":
                raise ValidationError(
                    self.env._("Only a change of a study plan drops registrations.")
                )
            if line.student_id != plan.student_id or line.year_id != plan.year_id:
                raise ValidationError(
                    self.env._(
                        "“%s” is not a registration of this student and year.",
                        line.discipline_id.display_name,
                    )
                )
            if line.plan_id.state != "registered" or line.is_cancelled:
                raise ValidationError(
                    self.env._(
                        "“%s” is not in force and cannot be dropped.",
                        line.discipline_id.display_name,
                    )
                )

    def _check_document_open(self):
        result = super()._check_document_open()
        if not self.env.su:
            for plan in self.plan_id:
                if plan.sudo().state != "draft":
                    raise UserError(
                        self.env._(
                            "“%s” is under way; return it before you change its "
                            "disciplines.",
                            plan.display_name,
                        )
                    )
        return result

    def _apply(self):
        """Take the registrations off; the change is being registered."""
        for drop in self:
            drop.class_group_id = drop.line_id.class_group_id
        self.line_id._before_dropped()
        for kind, drops in self.grouped("kind").items():
            vals = {"is_cancelled": True, "class_group_id": False}
            if kind == "withdrawal":
                vals["is_withdrawn"] = True
            drops.line_id.write(vals)
        self.line_id._after_dropped()
