from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

# Who reads why; the others only learn that something is held back.
REASON_READERS = (
    "registrar_core.group_registrar_clerk,registrar_core.group_registrar_dean,"
    "base.group_portal"
)
FIXED_FIELDS = frozenset({"student_id", "kind_id", "date_from", "set_by_id"})


class RegistrarHold(models.Model):
    """Something is held back from a student until a matter is settled.

    A hold is not deleted: it is lifted by those who may set it, or it ends by itself.
    """

    _name = "registrar.hold"
    _description = "Hold on a student"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"

    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="cascade"
    )
    kind_id = fields.Many2one(
        "registrar.hold.kind", required=True, index=True, ondelete="restrict"
    )
    reason = fields.Text(groups=REASON_READERS)
    amount = fields.Monetary("Amount due", groups=REASON_READERS)
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self._default_currency_id()
    )
    date_from = fields.Date(
        "Since", required=True, index=True, default=fields.Date.context_today
    )
    date_to = fields.Date(
        "Until", tracking=True, help="The last day; empty: until it is lifted."
    )
    set_by_id = fields.Many2one(
        "res.users",
        "Set by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    # How it ended
    lifted_by_id = fields.Many2one("res.users", "Lifted by", readonly=True, copy=False)
    lifted_date = fields.Date("Lifted on", readonly=True, copy=False, tracking=True)
    lifted_ground = fields.Text(
        "Ground of lifting", readonly=True, copy=False, groups=REASON_READERS
    )
    is_active = fields.Boolean(
        "In force", compute="_compute_is_active", search="_search_is_active"
    )
    can_lift = fields.Boolean(compute="_compute_can_lift")
    blocks_registration = fields.Boolean(related="kind_id.blocks_registration")
    blocks_documents = fields.Boolean(related="kind_id.blocks_documents")
    blocks_session = fields.Boolean(related="kind_id.blocks_session")
    # Of the student
    group_id = fields.Many2one(related="student_id.group_id", store=True, index=True)
    programme_id = fields.Many2one(related="student_id.programme_id")
    faculty_id = fields.Many2one(related="student_id.faculty_id", store=True)
    course = fields.Integer(related="student_id.course")

    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "The hold ends before it begins.",
    )

    @api.model
    def _default_currency_id(self):
        return self.env["registrar.credit.price"]._default_currency_id()

    @api.depends("date_from", "date_to", "lifted_date")
    def _compute_is_active(self):
        today = fields.Date.context_today(self)
        for hold in self:
            hold.is_active = bool(
                hold.date_from
                and hold.date_from <= today
                and not (hold.date_to and hold.date_to < today)
                and not (hold.lifted_date and hold.lifted_date <= today)
            )

    def _search_is_active(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._active_domain(fields.Date.context_today(self))

    @api.depends("kind_id", "lifted_date", "date_to")
    @api.depends_context("uid")
    def _compute_can_lift(self):
        for hold in self:
            hold.can_lift = bool(
                hold.kind_id
                and hold.is_active
                and hold.kind_id._may_set()
                and not self.env.user._is_portal()
            )

    @api.depends("kind_id", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for hold in self:
            since = format_date(self.env, hold.date_from) if hold.date_from else ""
            hold.display_name = ", ".join(
                part for part in (hold.kind_id.name, since) if part
            )

    @api.constrains("lifted_date", "lifted_ground")
    def _check_lifted_ground(self):
        for hold in self.sudo():
            if hold.lifted_date and not (hold.lifted_ground or "").strip():
                raise ValidationError(self.env._("State the ground of lifting."))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [dict(vals, set_by_id=self.env.uid) for vals in vals_list]
        holds = super().create(vals_list)
        holds._check_may_set()
        return holds

    def write(self, vals):
        if not self.env.su:
            self._check_may_set()
            if vals.keys() & FIXED_FIELDS:
                raise UserError(
                    self.env._("A hold is not rewritten: lift it and set another.")
                )
            if vals.keys() & {"lifted_by_id", "lifted_date", "lifted_ground"}:
                raise AccessError(self.env._("Use “Lift” to end a hold."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.su:
            raise UserError(
                self.env._("Holds are history and stay; lift the hold instead.")
            )

    def action_lift(self):
        """Ask for the ground and lift the holds."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lift holds"),
            "res_model": "registrar.hold.lift",
            "view_mode": "form",
            "target": "new",
            "context": {"default_hold_ids": self.ids},
        }

    def _lift(self, ground):
        """End holds today, those in force of them.

        :param str ground: why, e.g. the receipt that was shown
        :return: the holds that were lifted
        """
        self.check_access("write")
        holds = self.filtered("is_active")
        holds._check_may_set()
        holds.sudo().write(
            {
                "lifted_by_id": self.env.uid,
                "lifted_date": fields.Date.context_today(self),
                "lifted_ground": ground,
            }
        )
        return holds

    def _check_may_set(self):
        for kind in self.kind_id:
            if not kind._may_set():
                raise AccessError(
                    self.env._(
                        "Holds of the kind “%s” are not yours to set.", kind.name
                    )
                )

    @api.model
    def _active_domain(self, day):
        return (
            Domain("date_from", "<=", day)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", day))
            & (Domain("lifted_date", "=", False) | Domain("lifted_date", ">", day))
        )

    @api.model
    def _active(self, students, date=None, blocks=None):
        """Return the holds in force of each student that has any.

        :param date: the day, today by default
        :param str blocks: ``"registration"``, ``"documents"`` or ``"session"``: only
            the holds that block it
        :rtype: dict[int, registrar.hold]
        """
        domain = Domain("student_id", "in", students.ids) & self._active_domain(
            date or fields.Date.context_today(self)
        )
        if blocks:
            domain &= Domain(f"kind_id.blocks_{blocks}", "=", True)
        holds = defaultdict(self.browse)
        for hold in self.search(domain):
            holds[hold.student_id.id] |= hold
        return dict(holds)

    def _summary(self):
        """Return what is held back and until when, without the reason."""
        self.ensure_one()
        if self.date_to:
            return self.env._(
                "%(kind)s, until %(day)s",
                kind=self.kind_id.name,
                day=format_date(self.env, self.date_to),
            )
        return self.env._(
            "%(kind)s, since %(day)s",
            kind=self.kind_id.name,
            day=format_date(self.env, self.date_from),
        )
