from odoo import api, fields, models

from odoo.addons.registrar_exams.fields import Mark

from ..tools.transfer import (
    NOT_CONSIDERED,
    REPEAT,
    SUMMER,
    TRANSFER,
    TRANSFER_WITH_DEBTS,
)

DECISIONS = [
    (TRANSFER, "Transfer"),
    (TRANSFER_WITH_DEBTS, "Transfer with debts"),
    (SUMMER, "Summer semester first"),
    (REPEAT, "Repeat year"),
    ("expel", "Expel"),
    ("enrol", "Enrol"),
    (NOT_CONSIDERED, "Not considered"),
]

FACT_FIELDS = (
    "gpa",
    "transfer_score",
    "credits_planned",
    "credits_earned",
    "debt_count",
    "debts",
    "decision",
    "reason_codes",
)


class RegistrarOrderFacts(models.AbstractModel):
    """The figures behind a decision about a student, and the reasons for it.

    Reasons are kept as codes, so that everybody reads them in the own language.
    """

    _name = "registrar.order.facts"
    _description = "Facts behind a decision"

    gpa = Mark("GPA of the year", digits=(4, 3), readonly=True, aggregator=None)
    transfer_score = Mark(digits=(4, 2), readonly=True, aggregator=None)
    credits_planned = fields.Float(digits=(6, 1), readonly=True, aggregator=None)
    credits_earned = fields.Float(digits=(6, 1), readonly=True, aggregator=None)
    debt_count = fields.Integer("Number of debts", readonly=True, aggregator=None)
    debts = fields.Char(readonly=True, help="Codes of the disciplines not passed.")
    decision = fields.Selection(DECISIONS, readonly=True)
    reason_codes = fields.Char(readonly=True)
    reasons = fields.Char(compute="_compute_reasons")

    @api.depends("reason_codes")
    @api.depends_context("lang")
    def _compute_reasons(self):
        labels = self._reason_labels()
        for record in self:
            codes = (record.reason_codes or "").split(",")
            record.reasons = "; ".join(labels.get(code, code) for code in codes if code)

    @api.model
    def _reason_labels(self):
        """Return what the codes of reasons mean, in the reader's language."""
        return {
            "gpa_reached": self.env._("the transfer score is reached"),
            "gpa_below": self.env._("the GPA is below the transfer score"),
            "no_debts": self.env._("no debts"),
            "has_debts": self.env._("has debts"),
            "debts_not_allowed": self.env._("no transfer with debts"),
            "plan_not_fulfilled": self.env._(
                "the plan of the year has to be fulfilled completely"
            ),
            "summer_possible": self.env._("the summer semester can help"),
            "summer_over": self.env._("the summer semester is over"),
            "on_leave": self.env._("on academic leave"),
            "last_course": self.env._("in the last year of study"),
            "no_score": self.env._("no transfer score is approved"),
            "no_results": self.env._("no results in the year"),
            "third_failure": self.env._("third failure in one discipline"),
            "leave_over": self.env._("did not return from academic leave"),
            "not_enrolled": self.env._("not enrolled yet"),
            "documents_missing": self.env._("data of the person are missing"),
            "in_draft": self.env._("already in a draft order"),
        }

    def _decision_label(self):
        self.ensure_one()
        labels = dict(self._fields["decision"]._description_selection(self.env))
        return labels.get(self.decision, "")
