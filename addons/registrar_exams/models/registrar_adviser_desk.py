from odoo import api, models
from odoo.fields import Domain


class RegistrarAdviserDesk(models.AbstractModel):
    """Debts of the students on the desk of an adviser."""

    _inherit = "registrar.adviser.desk"

    @api.model
    def _tiles(self, facts):
        tiles = super()._tiles(facts)
        if not self.env["registrar.debt"].has_access("read"):
            return tiles
        debtors = self._debtors(facts)
        label = self.env._("With debts")
        action = self._action(
            "registrar_exams.registrar_debt_action",
            Domain("student_id", "any", facts["students"]),
            self.env._("Debts"),
        )
        action["context"] = {"group_by": "student_id"}
        tile = self._tile(
            "debts",
            label,
            "fa-exclamation-triangle",
            "danger",
            action,
            sum(debtors.values()),
        )
        keys = [found["key"] for found in tiles]
        tiles.insert(keys.index("activities"), tile)
        return tiles

    @api.model
    def _group_figures(self, facts):
        figures = super()._group_figures(facts)
        if self.env["registrar.debt"].has_access("read"):
            figures.append(
                {
                    "key": "debts",
                    "label": self.env._("With debts"),
                    "counts": self._debtors(facts),
                }
            )
        return figures

    @api.model
    def _debtors(self, facts):
        """Return how many students have debts, by group id."""
        rows = self.env["registrar.debt"]._read_group(
            Domain("student_id", "any", facts["students"]),
            ["group_id"],
            ["student_id:count_distinct"],
        )
        return {group.id: count for group, count in rows}
