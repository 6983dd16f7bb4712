from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.languages import LANGUAGES, short_language

REPORTS = {
    "registrar.load.plan": "registrar_core.action_report_load_plan",
    "registrar.load.rate": "registrar_core.action_report_load_rate",
}


class RegistrarLoadPrint(models.TransientModel):
    """Choose the language and the format of load sheets and cards."""

    _name = "registrar.load.print"
    _description = "Print the teaching load"

    res_model = fields.Selection(
        [
            ("registrar.load.plan", "Load sheets of departments"),
            ("registrar.load.rate", "Cards of teachers"),
        ],
        required=True,
        readonly=True,
    )
    plan_ids = fields.Many2many("registrar.load.plan", string="Departments")
    rate_ids = fields.Many2many("registrar.load.rate", string="Teachers")
    language = fields.Selection(
        [("kk", "Kazakh"), ("ru", "Russian"), ("en", "English")],
        required=True,
        default=lambda self: self._default_language(),
    )
    output = fields.Selection(
        [("pdf", "PDF"), ("xlsx", "XLSX")], "Format", required=True, default="pdf"
    )

    @api.model
    def _default_language(self):
        return short_language(self.env.lang or self.env.user.lang)

    @api.model
    def _open(self, records):
        """Return the action that asks how the records are printed."""
        name = "plan_ids" if records._name == "registrar.load.plan" else "rate_ids"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Print the teaching load"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": records._name,
                f"default_{name}": records.ids,
            },
        }

    def action_print(self):
        self.ensure_one()
        records = (
            self.plan_ids if self.res_model == "registrar.load.plan" else self.rate_ids
        )
        if not records:
            raise UserError(self.env._("Nothing is chosen to print."))
        records.check_access("read")
        if self.output == "xlsx":
            ids = ",".join(map(str, records.ids))
            return {
                "type": "ir.actions.act_url",
                "target": "download",
                "url": f"/registrar/load/{records._name}/{self.language}?ids={ids}",
            }
        report = self.env.ref(REPORTS[self.res_model]).sudo()
        return report.with_context(lang=LANGUAGES[self.language]).report_action(
            records, config=False
        )
