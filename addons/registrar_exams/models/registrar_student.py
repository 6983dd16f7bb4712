from odoo import api, fields, models


class RegistrarStudent(models.Model):
    _inherit = "registrar.student"

    result_ids = fields.One2many("registrar.result", "student_id", "Ledger of results")
    gpa_ids = fields.One2many("registrar.gpa", "student_id", "GPA by period")
    sheet_line_ids = fields.One2many(
        "registrar.sheet.line", "student_id", "Lines on sheets"
    )
    result_count = fields.Integer("Results", compute="_compute_result_count")
    debt_count = fields.Integer("Debts", compute="_compute_debt_count")
    gpa = fields.Float(
        "GPA",
        compute="_compute_gpa",
        digits=(4, 2),
        aggregator=None,
        help="Cumulative grade point average.",
    )
    credits_earned = fields.Float("Credits earned", compute="_compute_gpa")

    @api.depends_context("uid")
    def _compute_result_count(self):
        counts = self._count_for_reader("registrar.result", [("is_current", "=", True)])
        for student in self:
            student.result_count = counts.get(student._origin, 0)

    @api.depends_context("uid")
    def _compute_debt_count(self):
        counts = self._count_for_reader("registrar.debt", [])
        for student in self:
            student.debt_count = counts.get(student._origin, 0)

    @api.depends("gpa_ids.gpa", "gpa_ids.credits_earned")
    @api.depends_context("uid")
    def _compute_gpa(self):
        Gpa = self.env["registrar.gpa"]
        rows = {}
        if Gpa.has_access("read"):
            rows = Gpa._values(self._origin, "cumulative")
        for student in self:
            row = rows.get(student._origin.id)
            student.gpa = row.gpa if row else 0.0
            student.credits_earned = row.credits_earned if row else 0.0

    def action_open_results(self):
        return self._action_of_students("registrar_exams.registrar_result_action")

    def action_open_gpa(self):
        return self._action_of_students("registrar_exams.registrar_gpa_action")

    def action_open_debts(self):
        return self._action_of_students("registrar_exams.registrar_debt_action")

    def _action_of_students(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return dict(action, domain=[("student_id", "in", self.ids)], context={})

    def _count_for_reader(self, model, domain):
        """Count records per student as far as the reader may see them."""
        Model = self.env[model]
        if not Model.has_access("read"):
            return {}
        return dict(
            Model._read_group(
                [("student_id", "in", self.ids), *domain], ["student_id"], ["__count"]
            )
        )

    @api.model
    def _timeline_events(self, students):
        return super()._timeline_events(students) + self._timeline_results(students)

    @api.model
    def _timeline_results(self, students):
        """Return the results; a failed one is a warning."""
        Result = self.env["registrar.result"]
        if not Result.has_access("read"):
            return []
        results = Result.search([("student_id", "in", students.ids)])
        results.sudo().entry_id.fetch(["res_model", "res_id"])
        events = []
        for result in results:
            entry = result.sudo().entry_id
            parts = [
                result.sudo().discipline_id.name,
                result.letter,
                f"{result.score:.0f} %" if result.score is not False else "",
                self.env._("resit") if result.resit_number else "",
                self.env._("failed") if not result.passed else "",
            ]
            events.append(
                {
                    "student_id": result.student_id.id,
                    "date": result.result_date,
                    "kind": "result" if result.passed else "warning",
                    "text": " · ".join(part for part in parts if part),
                    "model": entry.res_model,
                    "res_id": entry.res_id,
                    "entry_id": entry.id,
                    "is_muted": bool(result.superseded_by_id),
                    "sequence": -1,
                }
            )
        return events

    @api.model
    def _merge_skipped_models(self):
        # GPA follows from the results, which stay with the record they were made on.
        return super()._merge_skipped_models() | {"registrar.gpa"}

    def _merge_blockers(self, source):
        reasons = super()._merge_blockers(source)
        if reasons:
            return reasons
        results = (
            self.env["registrar.result"]
            .sudo()
            .search(
                [
                    ("student_id", "in", (self | source).ids),
                    ("superseded_by_id", "=", False),
                ]
            )
        )
        places = {}
        for result in results:
            place = places.setdefault((result.discipline_id, result.term_id), set())
            place.add(result.student_id)
        twice = [place[0].name for place, owners in places.items() if len(owners) > 1]
        if twice:
            reasons.append(
                self.env._(
                    "Both have results of the same term in: %s. The ledger cannot be "
                    "rewritten: first correct them by a protocol.",
                    ", ".join(sorted(twice)),
                )
            )
        return reasons
