from odoo import api, fields, models


class RegistrarDiscipline(models.Model):
    _inherit = "registrar.discipline"

    result_count = fields.Integer("Results", compute="_compute_result_count")
    sheet_count = fields.Integer("Sheets", compute="_compute_sheet_count")

    @api.depends_context("uid")
    def _compute_result_count(self):
        counts = self._count_by_discipline("registrar.result")
        for discipline in self:
            discipline.result_count = counts.get(discipline._origin, 0)

    @api.depends_context("uid")
    def _compute_sheet_count(self):
        counts = self._count_by_discipline("registrar.sheet")
        for discipline in self:
            discipline.sheet_count = counts.get(discipline._origin, 0)

    def action_open_results(self):
        return self._action_of_disciplines("registrar_exams.registrar_result_action")

    def action_open_sheets(self):
        return self._action_of_disciplines("registrar_exams.registrar_sheet_action")

    def _action_of_disciplines(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return dict(action, domain=[("discipline_id", "in", self.ids)], context={})

    def _count_by_discipline(self, model):
        Model = self.env[model]
        if not Model.has_access("read"):
            return {}
        return dict(
            Model._read_group(
                [("discipline_id", "in", self.ids)], ["discipline_id"], ["__count"]
            )
        )
