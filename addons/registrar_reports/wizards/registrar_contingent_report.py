from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import table

# Condition on the ledger rows behind each number of the table.
MEASURES = {
    "total": Domain.TRUE,
    "studying": Domain("status", "=", "studying"),
    "leave": Domain("status", "=", "leave"),
    "grant": Domain("funding", "in", ("grant", "local", "state_body")),
    "paid": Domain("funding", "in", ("paid", "employer")),
    "women": Domain("student_id.gender", "=", "female"),
}
STATE_FUNDINGS = ("grant", "local", "state_body")


class RegistrarContingentReport(models.TransientModel):
    """The contingent as of a day, counted by up to four dimensions.

    Nothing is stored but the question; the answer is counted from the enrolment
    ledger whenever somebody looks.
    """

    _name = "registrar.contingent.report"
    _description = "Contingent as of a date"
    _inherit = ["registrar.contingent.scope", "registrar.xlsx"]
    _rec_name = "date"

    date = fields.Date("As of", required=True, default=fields.Date.context_today)
    active_only = fields.Boolean(
        "Without those on leave",
        help="The active contingent; otherwise the list contingent, which includes "
        "students on academic leave.",
    )
    table = fields.Json(compute="_compute_table")
    line_ids = fields.One2many("registrar.contingent.report.line", "report_id")

    @api.depends(
        "date",
        "active_only",
        "level",
        "faculty_ids",
        "programme_ids",
        "group_ids",
        "course",
        "study_form",
        "language",
        "funding",
        "dimension_1",
        "dimension_2",
        "dimension_3",
        "dimension_4",
    )
    @api.depends_context("lang", "uid")
    def _compute_table(self):
        for report in self:
            report.table = report._printed_table() if report.date else False

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            report.display_name = report._title() if report.date else ""

    def action_open_cell(self, key):
        """Open the people behind a number of the table.

        :param dict key: ``values`` of the first dimensions and ``measure``
        """
        self.ensure_one()
        values = tuple(key.get("values") or ())
        measure = key.get("measure")
        dimensions = self._dimensions()[: len(values)]
        if measure not in MEASURES or len(dimensions) != len(values):
            raise UserError(self.env._("The report has changed; please open it again."))
        rows = self.env["registrar.enrolment"]._contingent_rows(
            self.date,
            dimensions,
            [values] if values else None,
            self._scope_domain() & MEASURES[measure],
            self.active_only,
        )
        return self._action_open_rows(rows, self._title())

    def action_open_lines(self):
        """Count anew and show the numbers as list, pivot and graph."""
        self.ensure_one()
        dimensions = self._dimensions()
        lines = [
            {
                "report_id": self.id,
                **{
                    name: value
                    for name, value in zip(dimensions, values, strict=True)
                    if value is not None
                },
                **numbers,
            }
            for values, numbers in self._counts().items()
        ]
        self.line_ids = [Command.clear()]
        self.env["registrar.contingent.report.line"].create(lines)
        groups = [*dimensions[:2]]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_reports.registrar_contingent_report_line_action"
        )
        return dict(
            action,
            name=self._title(),
            domain=[("report_id", "=", self.id)],
            context={
                "group_by": groups,
                "pivot_row_groupby": groups[:1],
                "pivot_column_groupby": groups[1:],
                "graph_groupbys": groups,
            },
        )

    def _counts(self):
        """Return the numbers by the values of the dimensions.

        :rtype: dict[tuple, dict]
        """
        dimensions = self._dimensions()
        extra = ("status", "funding", "gender")
        rows = self.env["registrar.enrolment"]._contingent(
            self.date,
            (*dimensions, *(name for name in extra if name not in dimensions)),
            self._scope_domain(),
            self.active_only,
        )
        result = {}
        for row in rows:
            numbers = result.setdefault(
                tuple(row[name] for name in dimensions), dict.fromkeys(MEASURES, 0)
            )
            count = row["count"]
            numbers["total"] += count
            numbers["leave" if row["status"] == "leave" else "studying"] += count
            if row["funding"]:
                is_state = row["funding"] in STATE_FUNDINGS
                numbers["grant" if is_state else "paid"] += count
            if row["gender"] == "female":
                numbers["women"] += count
        return result

    def _measures(self):
        """Return the numbers of a row and their labels, in order."""
        measures = {"total": self.env._("Total"), "studying": self.env._("studying")}
        if not self.active_only:
            measures["leave"] = self.env._("on leave")
        else:
            del measures["studying"]
        measures |= {
            "grant": self.env._("grant"),
            "paid": self.env._("paid"),
            "women": self.env._("women"),
        }
        return measures

    def _printed_table(self):
        """Return the printed table; see ``tools.table``."""
        self.ensure_one()
        dimensions = self._dimensions()
        counts = self._counts()
        orders = self._dimension_orders(dimensions, counts)
        measures = self._measures()

        def order(values):
            return [
                orders[index].get(value, ((1,), ""))[0]
                for index, value in enumerate(values)
            ]

        rows = [
            (
                values,
                [
                    orders[index].get(value, ((1,), str(value)))[1]
                    for index, value in enumerate(values)
                ],
                counts[values],
            )
            for values in sorted(counts, key=order)
        ]
        names = dict(self._dimension_selection())
        labels = [names[name] for name in dimensions] or [""]
        first, *others = measures.items()
        heads = [
            [
                *(table.head_cell(label, 1, 2, False) for label in labels),
                table.head_cell(first[1], 1, 2),
                table.head_cell(self.env._("of them"), len(others), 1),
            ],
            [table.head_cell(label) for __, label in others],
        ]
        return {
            "heads": heads,
            "texts": len(labels),
            "rows": table.nested_rows(
                rows, len(dimensions), list(measures), self.env._("Total")
            ),
        }

    def _title(self):
        self.ensure_one()
        return self.env._(
            "Contingent of students as of %s", self._format_date(self.date)
        )

    def _xlsx_file_name(self):
        return f"contingent_{self.date.isoformat()}.xlsx"

    def _xlsx_content(self):
        self.ensure_one()
        kind = (
            self.env._("Active contingent (without students on leave)")
            if self.active_only
            else self.env._("List contingent (with students on leave)")
        )
        return self._xlsx_sheet(
            self.env._("Contingent"),
            self._title(),
            (kind, self._scope_description()),
            self.date,
        )
