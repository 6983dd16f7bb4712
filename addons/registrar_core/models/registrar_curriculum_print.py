from odoo import models


class RegistrarCurriculum(models.Model):
    """Ways out of a curriculum: the printed plan and the difference of versions."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.curriculum"

    def action_open_print(self):
        """Ask for language, paper and format of the working curriculum."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Working curriculum"),
            "res_model": "registrar.curriculum.print",
            "view_mode": "form",
            "target": "new",
            "context": {"default_curriculum_ids": self.ids},
        }

    def action_open_difference(self):
        """Show what is new against the previous version."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Difference between versions"),
            "res_model": "registrar.curriculum.difference",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_new_id": self.id,
                "default_old_id": self.previous_id.id,
            },
        }

    def action_open_compared(self):
        """Compare the two curricula marked in the list, the older one first."""
        pair = self.sorted(lambda c: (c.version, c.id))
        action = pair[-1:].action_open_difference()
        if len(pair) > 1:
            action["context"]["default_old_id"] = pair[0].id
        return action
