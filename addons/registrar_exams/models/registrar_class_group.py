from odoo import api, fields, models


class RegistrarClassGroup(models.Model):
    _inherit = "registrar.class.group"

    rating_scheme_id = fields.Many2one(
        "registrar.rating.scheme",
        "Rating scheme",
        ondelete="restrict",
        help="Only where the discipline differs from the rest of the university.",
    )
    sheet_ids = fields.One2many("registrar.sheet", "class_group_id", "Sheets")
    sheet_count = fields.Integer("Number of sheets", compute="_compute_sheet_count")

    @api.depends("sheet_ids")
    def _compute_sheet_count(self):
        counts = dict(
            self.env["registrar.sheet"]
            .sudo()
            ._read_group(
                [("class_group_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["class_group_id"],
                ["__count"],
            )
        )
        for group in self:
            group.sheet_count = counts.get(group._origin.sudo(), 0)

    def action_open_sheets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_exams.registrar_sheet_action"
        )
        return dict(
            action,
            domain=[("class_group_id", "=", self.id)],
            context={"default_class_group_id": self.id},
        )

    def action_open_session(self):
        """Make the final control sheets of these class groups and show them."""
        sheets = self.env["registrar.sheet"]
        for term in self.term_id:
            groups = self.filtered(lambda group, term=term: group.term_id == term)
            sheets |= sheets._open_session(term, [("id", "in", groups.ids)])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_exams.registrar_sheet_action"
        )
        return dict(action, domain=[("class_group_id", "in", self.ids)], context={})
