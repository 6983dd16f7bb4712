from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class RegistrarStudyPlanOverride(models.Model):
    """Somebody in charge lets a plan pass in spite of a rule, and says why.

    It is a line of the plan: sealed with it and covered by its digest.
    """

    _name = "registrar.study.plan.override"
    _description = "Override of a rule of registration"
    _inherit = ["registrar.document.line"]
    _order = "plan_id, id"
    _rec_name = "rule_id"
    _document_field = "plan_id"

    plan_id = fields.Many2one(
        "registrar.study.plan",
        "Study plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    rule_id = fields.Many2one(
        "registrar.registration.rule",
        required=True,
        index=True,
        ondelete="restrict",
    )
    line_id = fields.Many2one(
        "registrar.study.plan.line",
        "Discipline",
        index=True,
        ondelete="cascade",
        domain="[('plan_id', '=', plan_id)]",
        help="Empty: the rule is overridden for the whole plan.",
    )
    ground = fields.Text(required=True, help="Why the rule does not hold here.")
    document = fields.Char(
        help="Application, minutes or order: what the decision rests on, with number "
        "and date."
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments", copy=False)
    by_id = fields.Many2one(
        "res.users",
        "Decided by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    date = fields.Date(
        "Decided on", required=True, readonly=True, default=fields.Date.context_today
    )

    _once = models.UniqueIndex(
        "(plan_id, rule_id, COALESCE(line_id, 0))",
        "The rule is already overridden here.",
    )

    @api.constrains("ground")
    def _check_ground(self):
        if any(not (override.ground or "").strip() for override in self):
            raise ValidationError(self.env._("State the ground of the override."))

    @api.constrains("line_id", "plan_id")
    def _check_line(self):
        for override in self:
            if override.line_id and override.line_id.plan_id != override.plan_id:
                raise ValidationError(
                    self.env._("The discipline belongs to another study plan.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            today = fields.Date.context_today(self)
            # Who decided and when is not for the caller to say.
            vals_list = [
                dict(vals, by_id=self.env.uid, date=today) for vals in vals_list
            ]
        plans = self.env["registrar.study.plan"]
        plans.browse([vals.get("plan_id") for vals in vals_list])._check_rules_open()
        overrides = super().create(vals_list)
        overrides._check_may_override()
        overrides.plan_id._refresh_checks()
        return overrides

    def write(self, vals):
        if not self.env.su:
            raise AccessError(
                self.env._("A decision is not rewritten: take it back and decide anew.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._check_may_override()

    def unlink(self):
        plans = self.plan_id
        result = super().unlink()
        plans.exists()._refresh_checks()
        return result

    def _check_may_override(self):
        """Refuse others than those whom the rule names, and plans that are closed.

        :raises AccessError: when the rule is not the user's to override
        """
        for override in self:
            plan = override.plan_id
            plan._check_rules_open()
            if not override.rule_id._may_override(plan):
                raise AccessError(
                    self.env._(
                        "The rule “%s” is not yours to override.", override.rule_id.name
                    )
                )
