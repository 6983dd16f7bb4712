from odoo import api, fields, models

from .registrar_curriculum_line import HOURS_PER_CREDIT
from .selections import LEVELS


class RegistrarStandardProfile(models.Model):
    """What the state standard demands of the curricula of a level, from when on.

    Source: academic.md §4.1–4.2. A new edition of the standard is a new record.
    """

    _name = "registrar.standard.profile"
    _description = "Standard profile of curricula"
    _inherit = ["registrar.trilingual", "mail.thread"]
    _order = "level, credits_total, valid_from desc, id"

    active = fields.Boolean(default=True)
    level = fields.Selection(LEVELS, required=True, default="bachelor", tracking=True)
    credits_total = fields.Float(
        "Total credits",
        required=True,
        digits=(6, 1),
        tracking=True,
        help="The profile is for programmes of the level with this volume.",
    )
    valid_from = fields.Date(
        required=True, tracking=True, help="For those admitted from this day on."
    )
    valid_to = fields.Date("Valid until", tracking=True, help="Empty: still in force.")
    by_rule = fields.Boolean(
        "Applies by itself",
        default=True,
        help="Otherwise only to curricula in which it is chosen.",
    )
    act = fields.Char("Legal act", tracking=True)
    hours_per_credit = fields.Integer(
        default=HOURS_PER_CREDIT, required=True, tracking=True, aggregator=None
    )
    year_credits = fields.Float(
        "Credits of a year",
        default=60,
        digits=(5, 1),
        tracking=True,
        help="Norm of an academic year; 0: not checked.",
        aggregator=None,
    )
    year_tolerance = fields.Float(
        "Tolerance of a year",
        default=5,
        digits=(5, 1),
        help="A year may have so many credits more or fewer without a warning.",
        aggregator=None,
    )
    note = fields.Text(help="What is uncertain and where it comes from.")
    line_ids = fields.One2many(
        "registrar.standard.profile.line", "profile_id", "Volumes", copy=True
    )
    discipline_ids = fields.One2many(
        "registrar.standard.discipline",
        "profile_id",
        "Compulsory disciplines",
        copy=True,
    )

    _dates_ordered = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_to >= valid_from)",
        "The profile ends before it begins.",
    )
    _hours_positive = models.Constraint(
        "CHECK (hours_per_credit > 0)", "A credit has at least one hour."
    )
    _profile_unique = models.Constraint(
        "EXCLUDE USING gist (level WITH =, credits_total WITH =,"
        " daterange(valid_from, valid_to, '[]') WITH &&)"
        " WHERE (by_rule AND active)",
        "There is already a profile of this level and volume in these years.",
    )

    def write(self, vals):
        result = super().write(vals)
        self._refresh_curricula()
        return result

    def action_refresh_curricula(self):
        """Check the curricula that are not approved against the profiles again."""
        self._refresh_curricula()
        return True

    @api.model
    def _refresh_curricula(self):
        self.env["registrar.curriculum"].sudo()._refresh_checks()

    @api.model
    def _for(self, curricula):
        """Return the profile of each curriculum, chosen or by rule.

        :return: ``{curriculum: profile or empty}``
        """
        Profile = self.sudo()
        profiles = Profile.search(
            [
                ("by_rule", "=", True),
                ("level", "in", curricula.programme_id.mapped("level")),
            ]
        )
        result = {}
        for curriculum in curricula:
            programme, day = (
                curriculum.programme_id,
                curriculum.intake_year_id.date_from,
            )
            result[curriculum] = curriculum.standard_profile_id.sudo() or next(
                (
                    profile
                    for profile in profiles
                    if day
                    and profile.level == programme.level
                    and profile.credits_total == programme.credits_required
                    and profile.valid_from <= day
                    and (not profile.valid_to or day <= profile.valid_to)
                ),
                Profile,
            )
        return result
