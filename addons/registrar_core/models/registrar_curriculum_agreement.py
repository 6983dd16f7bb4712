from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

AGREED = (
    "department_agreed_by_id",
    "department_agreed_date",
    "dean_agreed_by_id",
    "dean_agreed_date",
)
REQUIRED = "registrar_core.curriculum_agreement_required"


class RegistrarCurriculum(models.Model):
    """Agreement: office → graduating department → dean → head of the office.

    Source: academic.md §4.3. A change of the content takes back what was agreed.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.curriculum"

    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    submitted_date = fields.Date("Submitted on", readonly=True, copy=False)
    department_agreed_by_id = fields.Many2one(
        "res.users",
        "Agreed by the department",
        readonly=True,
        copy=False,
        tracking=True,
    )
    department_agreed_date = fields.Date(
        "Department agreed on", readonly=True, copy=False
    )
    dean_agreed_by_id = fields.Many2one(
        "res.users", "Agreed by the dean", readonly=True, copy=False, tracking=True
    )
    dean_agreed_date = fields.Date("Dean agreed on", readonly=True, copy=False)
    return_reason = fields.Text(
        "Why it was returned",
        readonly=True,
        copy=False,
        tracking=True,
        groups="registrar_core.group_registrar_user",
    )
    waiting_for = fields.Selection(
        [
            ("department", "Department"),
            ("dean", "Dean"),
            ("head", "Head of the office"),
        ],
        compute="_compute_waiting_for",
        store=True,
        index=True,
        help="Whose step is next while the curriculum is under agreement.",
    )
    can_agree = fields.Boolean(compute="_compute_can_agree")
    can_return = fields.Boolean(compute="_compute_can_agree")

    @api.depends(
        "state",
        "department_agreed_date",
        "dean_agreed_date",
        "programme_id.department_id.manager_id.user_id",
        "programme_id.faculty_id",
    )
    def _compute_waiting_for(self):
        for curriculum in self:
            programme = curriculum.programme_id
            department = programme.department_id
            # A programme right below the faculty has only the dean to agree.
            step = "head"
            if not curriculum.dean_agreed_date and programme.faculty_id:
                step = "dean"
            if (
                not curriculum.department_agreed_date
                and department.manager_id.user_id
                and department != programme.faculty_id
            ):
                step = "department"
            curriculum.waiting_for = step if curriculum.state == "agreement" else False

    @api.depends("waiting_for")
    @api.depends_context("uid")
    def _compute_can_agree(self):
        user = self.env.user
        office = user.has_group("registrar_core.group_registrar_clerk")
        for curriculum in self:
            curriculum.can_agree = curriculum._is_turn_of(user)
            curriculum.can_return = curriculum.state == "agreement" and (
                office or curriculum.can_agree
            )

    def action_submit(self):
        """Send drafts to the department and the dean for agreement."""
        self._check_may_manage()
        for curriculum in self:
            if curriculum.state != "draft":
                raise UserError(
                    self.env._("“%s” is not a draft.", curriculum.display_name)
                )
            if not curriculum.line_ids:
                raise UserError(
                    self.env._(
                        "“%s” has no lines to agree on.", curriculum.display_name
                    )
                )
        self.sudo().write(
            {
                "state": "agreement",
                "submitted_by_id": self.env.uid,
                "submitted_date": fields.Date.context_today(self),
                "return_reason": False,
                **dict.fromkeys(AGREED, False),
            }
        )
        self._ask_next()
        return True

    def action_agree(self):
        """Agree to curricula for the department or the dean, whose turn it is.

        :raises AccessError: when it is not the turn of the user
        """
        self.check_access("read")
        today = fields.Date.context_today(self)
        for curriculum in self:
            if not curriculum._is_turn_of(self.env.user):
                raise AccessError(
                    self.env._(
                        "It is not your turn to agree to “%s”.",
                        curriculum.display_name,
                    )
                )
            step = curriculum.waiting_for
            curriculum.sudo().write(
                {
                    f"{step}_agreed_by_id": self.env.uid,
                    f"{step}_agreed_date": today,
                }
            )
        self._ask_next()
        return True

    def action_return(self, reason=None):
        """Send curricula back to draft; without a reason, ask for it first."""
        self.check_access("read")
        for curriculum in self:
            if not (curriculum.can_return or self.env.su):
                raise AccessError(
                    self.env._("You cannot return “%s” now.", curriculum.display_name)
                )
        if not (reason or "").strip():
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Return for correction"),
                "res_model": "registrar.curriculum.return",
                "view_mode": "form",
                "target": "new",
                "context": {"default_curriculum_ids": self.ids},
            }
        curricula = self.sudo()
        curricula.activity_unlink(["mail.mail_activity_data_todo"])
        curricula.write(
            {
                "state": "draft",
                "return_reason": reason.strip(),
                **dict.fromkeys(AGREED, False),
            }
        )
        for curriculum in curricula:
            curriculum.message_post(
                body=self.env._(
                    "%(user)s returned the curriculum: %(reason)s",
                    user=self.env.user.name,
                    reason=reason.strip(),
                )
            )
        return True

    def _is_turn_of(self, user):
        """Tell whether the next agreement of one curriculum is the user's."""
        self.ensure_one()
        programme = self.programme_id.sudo()
        if self.waiting_for == "department":
            return programme.department_id.manager_id.user_id == user
        return (
            self.waiting_for == "dean"
            and user.has_group("registrar_core.group_registrar_dean")
            and programme.faculty_id in user.sudo().registrar_faculty_ids
        )

    def _missing_agreements(self):
        """Return what the chain still lacks before approval, as texts."""
        self.ensure_one()
        if self.state == "draft":
            required = self.env["ir.config_parameter"].sudo().get_param(REQUIRED)
            if required and required not in ("False", "0"):
                return [self.env._("It has not been submitted for agreement.")]
            return []
        return {
            "department": [self.env._("The department has not agreed yet.")],
            "dean": [self.env._("The dean has not agreed yet.")],
        }.get(self.waiting_for, [])

    def _ask_next(self):
        """Put an activity before the person whose step is next."""
        curricula = self.sudo()
        curricula.activity_unlink(["mail.mail_activity_data_todo"])
        for curriculum in curricula:
            programme = curriculum.programme_id
            department = {
                "department": programme.department_id,
                "dean": programme.faculty_id,
            }.get(curriculum.waiting_for)
            if department and (user := department.manager_id.user_id):
                curriculum.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Agree to the curriculum"),
                    user_id=user.id,
                )

    def _content_changed(self):
        """Take back what was agreed to: it was another content."""
        changed = self.filtered(
            lambda c: (
                c.state == "agreement"
                and (c.department_agreed_date or c.dean_agreed_date)
            )
        ).sudo()
        if not changed:
            return
        changed.write(dict.fromkeys(AGREED, False))
        for curriculum in changed:
            curriculum.message_post(
                body=self.env._(
                    "The content has changed: what was agreed is to be agreed again."
                )
            )
        changed._ask_next()
