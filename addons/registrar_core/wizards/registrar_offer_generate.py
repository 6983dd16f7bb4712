from odoo import api, fields, models
from odoo.exceptions import UserError


class RegistrarOfferGenerate(models.TransientModel):
    """Make the offers of a term from catalogue, curricula or demand."""

    _name = "registrar.offer.generate"
    _description = "Make offers of a term"

    term_id = fields.Many2one(
        "registrar.term", required=True, default=lambda self: self._default_term_id()
    )
    source = fields.Selection(
        selection="_selection_source", required=True, default="curricula"
    )
    electives_only = fields.Boolean("Electives only", default=True)
    capacity_min = fields.Integer("Fewest students")
    capacity_max = fields.Integer("Seats", help="0: as many as come.")
    attach = fields.Boolean(
        "Seat those already planned",
        default=True,
        help="Registrations that exist get the seats of the new offers.",
    )

    @api.model
    def _selection_source(self):
        sources = [
            ("curricula", self.env._("Approved curricula")),
            ("demand", self.env._("Registrations without offer")),
        ]
        if "registrar.catalogue.card" in self.env:
            sources.insert(0, ("catalogue", self.env._("Catalogue of electives")))
        return sources

    @api.model
    def _default_term_id(self):
        terms = self.env["registrar.term"]
        today = fields.Date.context_today(self)
        return terms.search([("date_to", ">=", today)], order="date_from", limit=1)

    def action_generate(self):
        """Make what is missing; may be repeated."""
        self.ensure_one()
        Offer = self.env["registrar.offer"]
        offers = Offer._generate(
            self.term_id,
            self.source,
            electives_only=self.electives_only,
            capacity_min=self.capacity_min,
            capacity_max=self.capacity_max,
        )
        if not offers:
            raise UserError(
                self.env._("Every discipline found is offered in this term already.")
            )
        if self.attach:
            Offer._attach(
                self.env["registrar.study.plan.line"].search(
                    [
                        ("term_id", "=", self.term_id.id),
                        ("discipline_id", "in", offers.discipline_id.ids),
                        ("offer_id", "=", False),
                        ("is_cancelled", "=", False),
                    ]
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_offer_action"
        )
        return dict(action, domain=[("id", "in", offers.ids)], context={})
