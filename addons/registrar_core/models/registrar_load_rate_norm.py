from odoo import api, fields, models
from odoo.fields import Domain


class RegistrarLoadRateNorm(models.Model):
    """Hours a year of a teacher on a full rate.

    May depend on the position, the academic title and the academic degree; the norm
    with the most conditions that hold counts. Source: academic.md §4.8, a setting of
    the university.
    """

    _name = "registrar.load.rate.norm"
    _description = "Annual norm of a rate"
    _order = "valid_from desc, hours desc, id"

    job_id = fields.Many2one(
        "hr.job", "Position", index=True, ondelete="restrict", help="Empty: any."
    )
    academic_title = fields.Selection(
        selection=lambda self: self.env["hr.employee"]._selection_academic_title(),
        help="Empty: any.",
    )
    academic_degree = fields.Selection(
        selection=lambda self: self.env["hr.employee"]._selection_academic_degree(),
        help="Empty: any.",
    )
    hours = fields.Float(
        "Hours for a full rate",
        required=True,
        digits=(7, 2),
        aggregator=None,
    )
    tolerance = fields.Float(
        "Tolerance, %",
        default=5,
        digits=(5, 2),
        aggregator=None,
        help="Per cent of the norm that is neither over- nor underload.",
    )
    valid_from = fields.Date(required=True, default=lambda self: self._default_from())
    valid_to = fields.Date("Valid until", help="The last day; empty: still valid.")
    is_default = fields.Boolean("Shipped default", readonly=True, copy=False)
    note = fields.Char("Ground")

    _hours_positive = models.Constraint(
        "CHECK (hours > 0 AND tolerance >= 0)", "A norm is above zero."
    )
    _dates_ordered = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_to >= valid_from)",
        "The norm ends before it begins.",
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (COALESCE(job_id, 0) WITH =, "
        "COALESCE(academic_title, '') WITH =, COALESCE(academic_degree, '') WITH =, "
        "daterange(valid_from, valid_to, '[]') WITH &&)",
        "There is already an annual norm for the same teachers on these days.",
    )

    @api.model
    def _default_from(self):
        return self.env["registrar.load.norm"]._default_from()

    @api.depends("job_id", "academic_title", "academic_degree", "hours")
    def _compute_display_name(self):
        titles = dict(self._fields["academic_title"]._description_selection(self.env))
        degrees = dict(self._fields["academic_degree"]._description_selection(self.env))
        for norm in self:
            parts = (
                norm.job_id.name,
                titles.get(norm.academic_title),
                degrees.get(norm.academic_degree),
            )
            whom = ", ".join(part for part in parts if part) or self.env._("Everybody")
            norm.display_name = f"{whom}: {norm.hours:g}"

    @api.model_create_multi
    def create(self, vals_list):
        # The end of the norm before is to be in the database first.
        self.flush_model()
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & {"hours", "tolerance"} and "is_default" not in vals:
            vals = dict(vals, is_default=False)
        return super().write(vals)

    def action_confirm_default(self):
        """The university keeps the shipped value as its own."""
        self.write({"is_default": False})
        return True

    @api.model
    def _of(self, employees, day):
        """Return the norm of each employee on ``day``: ``{employee id: record}``.

        Position counts more than title, title more than degree.
        """
        norms = self.sudo().search(
            Domain("valid_from", "<=", day)
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", day))
        )
        return {
            employee.id: max(
                (norm for norm in norms if norm._suits(employee)),
                key=lambda norm: norm._weight(),
                default=norms.browse(),
            )
            for employee in employees.sudo()
        }

    def _suits(self, employee):
        return (
            (not self.job_id or self.job_id == employee.job_id)
            and self.academic_title in (False, employee.academic_title)
            and self.academic_degree in (False, employee.academic_degree)
        )

    def _weight(self):
        return (
            bool(self.job_id),
            bool(self.academic_title),
            bool(self.academic_degree),
        )
