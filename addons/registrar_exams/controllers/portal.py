from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class ResultPortal(CustomerPortal):
    """A student's own results by term, with GPA and debts."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "registrar_result_count" in counters:
            student = self._registrar_student()
            values["registrar_result_count"] = (
                request.env["registrar.result"].search_count(
                    [("student_id", "=", student.id), ("is_current", "=", True)]
                )
                if student
                else 0
            )
        return values

    @http.route(
        "/my/results",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_results(self, **kwargs):
        values = self._prepare_portal_layout_values()
        student = self._registrar_student()
        values.update(page_name="registrar_results", student=student)
        if student:
            values.update(self._registrar_result_values(student))
        return request.render("registrar_exams.portal_my_results", values)

    def _registrar_student(self):
        """Return the student that the user is, if any."""
        return request.env["registrar.student"].search(
            [("partner_id", "=", request.env.user.partner_id.id)], limit=1
        )

    def _registrar_result_values(self, student):
        """Return the results of one student by term, the latest first."""
        env = request.env
        results = env["registrar.result"].search([("student_id", "=", student.id)])
        rows = env["registrar.gpa"].search([("student_id", "=", student.id)])
        by_term = {row.term_id: row for row in rows if row.period == "term"}
        by_year = {row.year_id: row for row in rows if row.period == "year"}
        terms = []
        for term in results.term_id.sorted("date_from", reverse=True):
            lines = results.filtered(lambda r, term=term: r.term_id == term).sorted(
                lambda r: (r.discipline_id.name or "", r.id)
            )
            terms.append(
                {
                    "term": term,
                    "lines": lines,
                    "gpa": by_term.get(term),
                    "year_gpa": by_year.get(term.year_id),
                }
            )
        return {
            "terms": terms,
            "cumulative": rows.filtered(lambda row: row.period == "cumulative"),
            "debts": env["registrar.debt"].search([("student_id", "=", student.id)]),
        }
