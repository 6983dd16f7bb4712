from collections import defaultdict

from odoo import api, models


class RegistrarStudyPlan(models.Model):
    _inherit = "registrar.study.plan"

    @api.model
    def _debt_lines(self, students, year):
        """Propose the debts from before ``year`` as repeated studies.

        In the term of the same kind as the failed one. Disciplines failed so often
        that expulsion is proposed are left out (academic.md §1.5).
        """
        vals_list = super()._debt_lines(students, year)
        limit = self.env.company.registrar_failure_limit
        terms = {term.kind: term for term in year.term_ids}
        debts = self.env["registrar.result"]._debts(students, year.date_from)
        kinds = {
            term.id: term.kind
            for term in self.env["registrar.term"].browse(
                {debt["term_id"] for debt in debts}
            )
        }
        for debt in debts:
            kind = kinds[debt["term_id"]]
            term = terms.get(kind) or terms.get("autumn") or year.term_ids[:1]
            if not term or debt["failures"] >= limit:
                continue
            vals_list.append(
                {
                    "student_id": debt["student_id"],
                    "discipline_id": debt["discipline_id"],
                    "curriculum_line_id": debt["curriculum_line_id"] or False,
                    "term_id": term.id,
                    "credits": debt["credits"],
                    "line_type": "retake",
                    "attempt": debt["attempts"] + 1,
                }
            )
        return vals_list

    @api.model
    def _passed_disciplines(self, students):
        passed = super()._passed_disciplines(students)
        return self._merge_results(
            passed, students, "discipline_id", [("passed", "=", True)]
        )

    @api.model
    def _passed_curriculum_lines(self, students):
        passed = super()._passed_curriculum_lines(students)
        return self._merge_results(
            passed, students, "curriculum_line_id", [("passed", "=", True)]
        )

    @api.model
    def _failed_disciplines(self, students):
        failed = super()._failed_disciplines(students)
        return self._merge_results(
            failed, students, "discipline_id", [("passed", "=", False)]
        )

    @api.model
    def _merge_results(self, found, students, field, domain):
        """Add what the results that count say to ``{student id: {id, …}}``."""
        merged = defaultdict(set, {key: set(ids) for key, ids in found.items()})
        for student, record in (
            self.env["registrar.result"]
            .sudo()
            ._read_group(
                [
                    ("student_id", "in", students.ids),
                    ("superseded_by_id", "=", False),
                    (field, "!=", False),
                    *domain,
                ],
                ["student_id", field],
            )
        ):
            merged[student.id].add(record.id)
        return merged
