from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RegistrarStudyPlanLine(models.Model):
    """The place of a registration: class group and subgroup."""

    _inherit = "registrar.study.plan.line"

    class_group_id = fields.Many2one(group_expand="_read_group_class_group_id")
    subgroup_id = fields.Many2one(
        "registrar.class.subgroup",
        index=True,
        ondelete="set null",
        domain="[('class_group_id', '=', class_group_id)]",
        group_expand="_read_group_subgroup_id",
    )

    @api.constrains("class_group_id", "subgroup_id")
    def _check_subgroup(self):
        for line in self:
            subgroup = line.subgroup_id
            if subgroup and subgroup.class_group_id != line.class_group_id:
                raise ValidationError(
                    self.env._(
                        "The subgroup “%s” belongs to another class group.",
                        subgroup.display_name,
                    )
                )

    @api.model
    def _guard_mutable(self):
        return super()._guard_mutable() | {"subgroup_id"}

    @api.model
    def _read_group_class_group_id(self, groups, domain):
        """Show the empty class groups of the discipline and term too."""
        groups_of = self.env["registrar.class.group"]
        discipline = self.env.context.get("place_discipline_id")
        term = self.env.context.get("place_term_id")
        if not (discipline and term):
            return groups
        return groups | groups_of.search(
            [
                ("discipline_id", "=", discipline),
                ("term_id", "=", term),
                ("state", "!=", "not_opened"),
            ]
        )

    @api.model
    def _read_group_subgroup_id(self, subgroups, domain):
        """Show the empty subgroups of the class group too."""
        group = self.env.context.get("place_class_group_id")
        if not group:
            return subgroups
        return subgroups | subgroups.search([("class_group_id", "=", group)])
