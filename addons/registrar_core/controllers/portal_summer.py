from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..models.registrar_summer_application import LINE_TYPE_OF_PURPOSE
from .portal_plan import FLASH, PlanPortal, _number


class SummerPortal(PlanPortal):
    """A student applies for the summer semester and sees what became of it."""

    @http.route("/my/summer", type="http", auth="user", methods=["GET"], website=True)
    def portal_my_summer(self, **kwargs):
        values = self._prepare_portal_layout_values()
        student = self._plan_student()
        values.update(
            page_name="registrar_summer",
            student=student,
            flash=request.session.pop(FLASH, None),
        )
        if student:
            values.update(self._summer_values(student))
        return request.render("registrar_core.portal_my_summer", values)

    @http.route(
        "/my/summer/apply", type="http", auth="user", methods=["POST"], website=True
    )
    def portal_summer_apply(self, purpose=None, **kwargs):
        """Make an application with the chosen disciplines and hand it in."""
        student = self._own_student()
        term = self._summer_term()
        if not term or purpose not in LINE_TYPE_OF_PURPOSE:
            raise request.not_found()
        chosen = {
            _number(value)
            for value in request.httprequest.form.getlist("discipline_id")[:50]
        }
        # Only what the page offers to this student can be chosen.
        rows = [
            row
            for row in self._summer_choices(student, term)
            if row["discipline"].id in chosen
        ]
        university = (kwargs.get("other_university") or "").strip()[:200]
        note = (kwargs.get("note") or "").strip()[:2000]

        def apply():
            application = (
                request.env["registrar.summer.application"]
                .sudo()
                .create(
                    {
                        "student_id": student.id,
                        "term_id": term.id,
                        "purpose": purpose,
                        "other_university": university or False,
                        "note": note or False,
                        "line_ids": [
                            (
                                0,
                                0,
                                {
                                    "discipline_id": row["discipline"].id,
                                    "credits": row["credits"],
                                },
                            )
                            for row in rows
                        ],
                    }
                )
            )
            application.sudo(False).action_submit()

        return self._summer_step(apply)

    @http.route(
        "/my/summer/cancel", type="http", auth="user", methods=["POST"], website=True
    )
    def portal_summer_cancel(self, application_id=None, **kwargs):
        """Give an application up as long as it is not paid."""
        application = request.env["registrar.summer.application"].search(
            [
                ("id", "=", _number(application_id)),
                ("student_id", "=", self._own_student().id),
            ]
        )
        if not application:
            raise request.not_found()
        return self._summer_step(application.action_cancel)

    def _summer_step(self, act):
        try:
            with request.env.cr.savepoint():
                act()
        except (UserError, AccessError) as error:
            request.session[FLASH] = ["danger", str(error)]
        else:
            request.session[FLASH] = ["success", request.env._("Done.")]
        return request.redirect("/my/summer", code=303)

    def _summer_term(self):
        return request.env["registrar.summer.application"].sudo()._default_term_id()

    def _summer_choices(self, student, term):
        """Return the disciplines a student may apply for: debts and offers."""
        Application = request.env["registrar.summer.application"].sudo()
        draft = Application.new({"student_id": student.id, "term_id": term.id})
        rows = {}
        for vals in draft._debt_values():
            rows[vals["discipline_id"]] = {"credits": vals["credits"], "is_debt": True}
        offers = request.env["registrar.offer"].search(
            [("term_id", "=", term.id), ("state", "=", "open")]
        )
        for offer in offers:
            if offer.programme_ids and student.programme_id not in offer.programme_ids:
                continue
            row = rows.setdefault(offer.discipline_id.id, {"is_debt": False})
            row["credits"] = offer.credits or row.get("credits") or 0
            row["offer"] = offer
        disciplines = request.env["registrar.discipline"].browse(rows)
        return sorted(
            (
                {"offer": None, **rows[discipline.id], "discipline": discipline}
                for discipline in disciplines
            ),
            key=lambda row: (not row["is_debt"], row["discipline"].name or ""),
        )

    def _summer_values(self, student):
        env = request.env
        Application = env["registrar.summer.application"]
        applications = Application.search([("student_id", "=", student.id)])
        term = self._summer_term()
        live = applications.filtered(
            lambda a: (
                a.term_id.id == term.id and a.state not in ("refused", "cancelled")
            )
        )
        labels = {
            name: dict(Application._fields[name]._description_selection(env))
            for name in ("state", "purpose")
        }
        values = {
            "applications": applications,
            "term": term,
            "labels": labels,
            "choices": [],
            "closed": "",
            "limit": 0,
        }
        if term and not live:
            closed = (
                env["registrar.offer"]
                .sudo()
                ._closed_windows(student.sudo(), term, "student")
            )
            values["closed"] = closed.get(student.id, "")
            values["limit"] = (
                Application.sudo()
                .new({"student_id": student.id, "term_id": term.id})
                ._credit_limit()
            )
            values["choices"] = self._summer_choices(student, term)
            values["may_apply"] = not values["closed"]
        return values
