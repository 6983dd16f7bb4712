from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.registrar_core.models.selections import (
    FUNDINGS,
    GENDERS,
    LANGUAGES_OF_STUDY,
    LEVELS,
    STATUSES,
    STUDY_FORMS,
)


class RegistrarContingentReportLine(models.TransientModel):
    """One combination of the dimensions of a report, for pivots and graphs."""

    _name = "registrar.contingent.report.line"
    _description = "Line of the contingent as of a date"
    _order = "id"

    report_id = fields.Many2one(
        "registrar.contingent.report", required=True, index=True, ondelete="cascade"
    )
    level = fields.Selection(LEVELS)
    faculty_id = fields.Many2one("hr.department")
    programme_group_id = fields.Many2one(
        "registrar.programme.group", "Group of programmes"
    )
    programme_id = fields.Many2one("registrar.programme")
    group_id = fields.Many2one("registrar.group", "Academic group")
    course = fields.Integer("Year of study", aggregator=None)
    study_form = fields.Selection(STUDY_FORMS, "Form of study")
    language = fields.Selection(LANGUAGES_OF_STUDY, "Language of study")
    funding = fields.Selection(FUNDINGS)
    status = fields.Selection(STATUSES)
    gender = fields.Selection(GENDERS, "Sex")
    citizenship_id = fields.Many2one("res.country")
    nationality_id = fields.Many2one("registrar.nationality")
    intake_year = fields.Many2one("registrar.academic.year", "Year of admission")
    age = fields.Integer(aggregator=None)
    total = fields.Integer()
    studying = fields.Integer()
    leave = fields.Integer("On leave")
    grant = fields.Integer()
    paid = fields.Integer()
    women = fields.Integer()

    def action_open_people(self):
        """Open the ledger rows behind these lines, as of the day of the report."""
        report = self.report_id
        if len(report) != 1:
            raise UserError(self.env._("The report has changed; please open it again."))
        dimensions = report._dimensions()
        values = {
            tuple(
                value.id if isinstance(value, models.BaseModel) else value
                for value in (line[name] for name in dimensions)
            )
            for line in self
        }
        # Empty values of lines are False or 0; in the ledger there is nothing then.
        values = {tuple(value or None for value in segment) for segment in values}
        rows = self.env["registrar.enrolment"]._contingent_rows(
            report.date,
            dimensions,
            sorted(values, key=str) if dimensions else None,
            report._scope_domain(),
            report.active_only,
        )
        return report._action_open_rows(rows, report._title())

    @api.model
    def action_open_rows(self, domain):
        """Open the people behind a cell of the pivot or a bar of the graph.

        :param list domain: condition on lines, from the client
        """
        return self.search(Domain(domain)).action_open_people()
