from odoo import api, fields, models
from odoo.exceptions import UserError

OVERRIDE_ROLES = [
    ("dean", "Dean's office"),
    ("clerk", "Registrar's office"),
    ("head", "Head of the registrar's office"),
    ("nobody", "Nobody"),
]


class RegistrarRegistrationRule(models.Model):
    """How heavy breaking a rule of registration weighs, and who may override it.

    The rules themselves are code (``registration_rules``); their weight is a decision
    of the university (academic.md §5.2).
    """

    _name = "registrar.registration.rule"
    _description = "Rule of registration"
    _inherit = ["registrar.trilingual"]
    _order = "sequence, id"

    sequence = fields.Integer(default=100)
    code = fields.Char(required=True, readonly=True, index=True)
    level = fields.Selection(
        [("error", "Error"), ("warning", "Warning"), ("off", "Not checked")],
        "Weight",
        required=True,
        default="error",
        help="An error stops the plan, a warning is only shown.",
    )
    override_role = fields.Selection(
        OVERRIDE_ROLES,
        "Overridden by",
        required=True,
        default="nobody",
        help="Who may let a plan pass in spite of the rule, with a stated ground. The "
        "head of the registrar's office may wherever anybody may.",
    )

    _code_unique = models.Constraint("UNIQUE (code)", "There is already such a rule.")

    def _code_in_name(self):
        return False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        raise UserError(
            self.env._("Rules are not deleted; a rule can be set to “Not checked”.")
        )

    def _may_override(self, plan):
        """Whether the user may override the rule for a plan."""
        self.ensure_one()
        if self.env.su:
            return True
        user = self.env.user
        role = self.sudo().override_role
        if role == "nobody":
            return False
        if user.has_group("registrar_core.group_registrar_head"):
            return True
        if role == "clerk":
            return user.has_group("registrar_core.group_registrar_clerk")
        if role == "dean":
            faculty = plan.sudo().faculty_id
            return user.has_group("registrar_core.group_registrar_dean") and (
                faculty in user.sudo().registrar_faculty_ids
            )
        return False
