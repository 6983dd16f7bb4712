from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import load
from .selections import LEVELS

# What of a norm is the university's own decision.
DECIDED_FIELDS = ("basis", "value", "cap", "rounding", "hours_per_week")


class RegistrarLoadNorm(models.Model):
    """Hours that a kind of work is worth, from a day on.

    The university sets them (academic.md §4.8); what is shipped is a starting point
    and says so.
    """

    _name = "registrar.load.norm"
    _description = "Time norm of teaching work"
    _order = "kind_id, level, valid_from desc, id"
    _rec_name = "kind_id"

    kind_id = fields.Many2one(
        "registrar.load.kind",
        "Kind of work",
        required=True,
        index=True,
        ondelete="cascade",
    )
    level = fields.Selection(
        LEVELS, help="Empty: for all levels that have no norm of their own."
    )
    basis = fields.Selection(
        [
            ("plan_stream", "Hours of the plan per stream"),
            ("plan_group", "Hours of the plan per class group"),
            ("plan_subgroup", "Hours of the plan per subgroup"),
            ("student", "Hours per student"),
            ("student_capped", "Hours per student, not above a limit"),
            ("group", "Fixed per class group"),
            ("stream", "Fixed per stream"),
            ("week", "Per week of practice"),
        ],
        required=True,
        default="plan_group",
    )
    value = fields.Float(
        required=True,
        default=1,
        digits=(8, 3),
        aggregator=None,
        help="Factor of the hours of the plan, or hours per student, group, stream or "
        "week.",
    )
    cap = fields.Float(
        "Limit",
        digits=(8, 2),
        aggregator=None,
        help="Hours of a class group are not above it; 0: no limit.",
    )
    rounding = fields.Float(
        digits=(6, 2),
        aggregator=None,
        help="Hours are rounded half up to a multiple of this; 0: two decimals.",
    )
    hours_per_week = fields.Float(
        "Hours in a week",
        default=30,
        digits=(6, 1),
        aggregator=None,
        help="How many hours of a practice make a week.",
    )
    valid_from = fields.Date(required=True, default=lambda self: self._default_from())
    valid_to = fields.Date("Valid until", help="The last day; empty: still valid.")
    is_default = fields.Boolean(
        "Shipped default",
        readonly=True,
        copy=False,
        help="Not yet set by the university: check it against its own rules.",
    )
    note = fields.Char("Ground", help="Order or rules that set the norm.")

    _value_positive = models.Constraint(
        "CHECK (value >= 0 AND cap >= 0 AND rounding >= 0)",
        "A norm cannot be negative.",
    )
    _week_positive = models.Constraint(
        "CHECK (hours_per_week > 0)", "A week has at least some hours."
    )
    _dates_ordered = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_to >= valid_from)",
        "The norm ends before it begins.",
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (kind_id WITH =, COALESCE(level, '') WITH =, "
        "daterange(valid_from, valid_to, '[]') WITH &&)",
        "There is already a norm of this kind of work and level on these days.",
    )

    @api.model
    def _default_from(self):
        year = self.env["registrar.academic.year"]._at(fields.Date.context_today(self))
        return year.date_from or fields.Date.context_today(self)

    @api.depends("kind_id", "level", "value")
    def _compute_display_name(self):
        for norm in self:
            norm.display_name = f"{norm.kind_id.name or ''}: {norm.value:g}"

    @api.model_create_multi
    def create(self, vals_list):
        # The end of the norm before is to be in the database first.
        self.flush_model()
        return super().create(vals_list)

    def write(self, vals):
        decided = vals.keys() & set(DECIDED_FIELDS)
        if decided and "is_default" not in vals:
            vals = dict(vals, is_default=False)
        return super().write(vals)

    def action_confirm_default(self):
        """The university keeps the shipped value as its own."""
        self.write({"is_default": False})
        return True

    @api.model
    def _at(self, day):
        """Return the norms in force on ``day``: ``{(kind id, level or None): Norm}``"""
        domain = Domain("valid_from", "<=", day) & (
            Domain("valid_to", "=", False) | Domain("valid_to", ">=", day)
        )
        return {
            (norm.kind_id.id, norm.level or None): load.Norm(
                norm.basis,
                load.exact(norm.value),
                load.exact(norm.cap),
                load.exact(norm.rounding),
                load.exact(norm.hours_per_week),
            )
            for norm in self.search(domain)
        }
