from markupsafe import Markup

from odoo import api, fields, models

# More lines than this nobody reads on one screen.
SHOWN = 100


class RegistrarCataloguePublish(models.TransientModel):
    """Show what the cards lack before the catalogue is published."""

    _name = "registrar.catalogue.publish"
    _description = "Publish catalogues of electives"

    catalogue_ids = fields.Many2many(
        "registrar.catalogue", string="Catalogues", required=True
    )
    missing_html = fields.Html("What is missing", compute="_compute_missing_html")
    missing_count = fields.Integer("Incomplete cards", compute="_compute_missing_html")

    @api.depends("catalogue_ids")
    def _compute_missing_html(self):
        for wizard in self:
            missing = [
                item
                for catalogue in wizard.catalogue_ids
                for item in catalogue._missing()
            ]
            rows = [
                Markup("<li>%s: %s</li>") % (card.display_name, text)
                for card, text in missing[:SHOWN]
            ]
            if len(missing) > SHOWN:
                rows.append(
                    Markup("<li>%s</li>")
                    % self.env._("… and %s more", len(missing) - SHOWN)
                )
            wizard.missing_count = len(missing)
            wizard.missing_html = Markup("<ul>%s</ul>") % Markup().join(rows)

    def action_publish(self):
        """Publish in spite of what is missing."""
        self.ensure_one()
        self.catalogue_ids._publish()
        return {"type": "ir.actions.act_window_close"}

    def action_open_incomplete(self):
        self.ensure_one()
        return self.catalogue_ids[:1].action_open_incomplete()
