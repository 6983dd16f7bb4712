from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import load
from ..tools.languages import text_in
from .selections import CONTROL_FORMS

# Subgroups that divide a class group for the kind of work with these hours.
SUBGROUPS_OF_HOURS = {
    "hours_practical": ("practical", "language"),
    "hours_laboratory": ("laboratory",),
    "hours_studio": ("practical",),
}


class RegistrarLoadKind(models.Model):
    """Lectures, exams, supervision … – a column of the load sheet.

    Source: academic.md §4.8. What is a kind of work, and where it applies, is data.
    """

    _name = "registrar.load.kind"
    _description = "Kind of teaching work"
    _inherit = ["registrar.trilingual"]
    _order = "sequence, id"

    code = fields.Char(required=True, index=True)
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    short_kk = fields.Char("Column in Kazakh")
    short_ru = fields.Char("Column in Russian")
    short_en = fields.Char("Column in English")
    applies_to = fields.Selection(
        [
            ("hours", "Hours of the curriculum"),
            ("discipline", "Every discipline"),
            ("control", "Form of control"),
            ("practice", "Practice"),
            ("attestation", "Final attestation"),
            ("manual", "Entered by hand only"),
        ],
        required=True,
        default="manual",
        help="What causes this work when the load is computed.",
    )
    plan_field = fields.Selection(
        [
            ("hours_lecture", "Lectures"),
            ("hours_practical", "Practical"),
            ("hours_laboratory", "Laboratory"),
            ("hours_studio", "Studio"),
            ("hours_supervised", "Independent with teacher"),
            ("hours_practice", "Practice"),
            ("hours_thesis", "Thesis"),
        ],
        "Hours of the curriculum",
        help="Which hours of a curriculum line the norm multiplies.",
    )
    control_form = fields.Selection(
        CONTROL_FORMS,
        help="Only disciplines with this form of control; empty: any exam, for final "
        "attestation any form.",
    )
    is_paid_separately = fields.Boolean(
        "Paid separately", help="Default of new lines of this kind."
    )
    norm_ids = fields.One2many("registrar.load.norm", "kind_id", "Norms")
    norm_count = fields.Integer("Number of norms", compute="_compute_norm_count")

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a kind of work with this code."
    )
    _hours_need_field = models.Constraint(
        "CHECK (applies_to <> 'hours' OR plan_field IS NOT NULL)",
        "Say which hours of the curriculum the kind of work takes.",
    )

    def _compute_norm_count(self):
        counts = dict(
            self.env["registrar.load.norm"]._read_group(
                [("kind_id", "in", self.ids)], ["kind_id"], ["__count"]
            )
        )
        for kind in self:
            kind.norm_count = counts.get(kind._origin, 0)

    def write(self, vals):
        if "code" in vals and any(kind.code != vals["code"] for kind in self):
            lines = self.env["registrar.load.line"].sudo()
            if lines.search_count([("kind_id", "in", self.ids)], limit=1):
                raise UserError(
                    self.env._(
                        "The code of a kind of work that has load cannot change: "
                        "computed lines are found again by it."
                    )
                )
        return super().write(vals)

    def action_open_norms(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_load_norm_action"
        )
        return dict(
            action,
            domain=[("kind_id", "=", self.id)],
            context={"default_kind_id": self.id},
        )

    def _code_in_name(self):
        return False

    def _column(self, language):
        """Return the short name that heads the column of a sheet."""
        self.ensure_one()
        return text_in(self, "short", language) or self._text("name", language)

    @api.model
    def _all(self):
        """Return the kinds of work in use, in the order of the columns."""
        return self.search([("active", "=", True)])

    def _to_kinds(self):
        """Return the records as :class:`~odoo.addons.registrar_core.tools.load.Kind`"""
        return [
            load.Kind(
                kind.id,
                kind.code,
                kind.applies_to,
                kind.plan_field or "",
                kind.control_form or "",
                SUBGROUPS_OF_HOURS.get(kind.plan_field, ()),
            )
            for kind in self
        ]
