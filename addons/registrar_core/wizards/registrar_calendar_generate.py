from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.selections import LEVELS, STUDY_FORMS

SATURDAY = 5


class RegistrarCalendarGenerate(models.TransientModel):
    """Make the draft of a calendar from the terms of a year and the norms."""

    _name = "registrar.calendar.generate"
    _description = "Make an academic calendar"

    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        required=True,
        default=lambda self: self.env["registrar.academic.year"]._at(
            fields.Date.context_today(self)
        ),
        ondelete="cascade",
    )
    level = fields.Selection(LEVELS, default="bachelor", help="Empty: all levels.")
    study_form = fields.Selection(
        STUDY_FORMS, default="full_time", help="Empty: all forms of study."
    )
    course = fields.Integer("Year of study", help="Zero: all years of study.")
    class_weeks = fields.Integer("Weeks of classes", required=True, default=15)
    exam_weeks = fields.Integer("Weeks of a session", required=True, default=2)
    practice_weeks = fields.Integer("Weeks of practice", default=3)
    thesis_weeks = fields.Integer("Weeks for the thesis", default=3)
    attestation_weeks = fields.Integer("Weeks of final attestation", default=2)
    summer_weeks = fields.Integer(
        "Weeks of the summer semester", default=6, help="Zero: there is none."
    )

    _weeks_positive = models.Constraint(
        "CHECK (class_weeks > 0 AND exam_weeks > 0 AND practice_weeks >= 0"
        " AND thesis_weeks >= 0 AND attestation_weeks >= 0 AND summer_weeks >= 0)",
        "The number of weeks cannot be negative.",
    )

    @api.onchange("level", "year_id")
    def _onchange_level(self):
        if not self.year_id:
            return
        norms = self.env["registrar.calendar.norm"]._at(
            self.year_id.date_from, self.level or None
        )
        for field, code in (
            ("class_weeks", "semester"),
            ("exam_weeks", "session"),
            ("summer_weeks", "summer"),
        ):
            if code in norms and norms[code].value_min:
                self[field] = round(norms[code].value_min)

    def action_generate(self):
        calendar = self._generate()
        return {
            "type": "ir.actions.act_window",
            "res_model": "registrar.calendar",
            "res_id": calendar.id,
            "view_mode": "form",
        }

    def _generate(self):
        """Create the draft with the usual items and return it."""
        self.ensure_one()
        year = self.year_id
        terms = {term.kind: term for term in year.term_ids}
        if not {"autumn", "spring"} <= set(terms):
            raise UserError(
                self.env._(
                    "The year %s has no autumn or spring term. Add the usual terms.",
                    year.name,
                )
            )
        self.env["registrar.holiday"].sudo()._generate(
            year.date_from.year, year.date_to.year
        )
        calendar = self.env["registrar.calendar"].create(
            {
                "year_id": year.id,
                "scope_ids": [
                    Command.create(
                        {
                            "level": self.level,
                            "study_form": self.study_form,
                            "course": self.course,
                        }
                    )
                ]
                if self.level or self.study_form or self.course
                else [],
            }
        )
        kinds = {
            kind.code: kind
            for kind in self.env["registrar.calendar.item.kind"].search([])
        }
        vals_list = []
        for code, term, first, last, for_course in self._plan(terms):
            if code not in kinds:
                continue
            if kinds[code].is_deadline:
                last = self.env["registrar.holiday"]._next_working_day(last)
            last = min(last, year.date_to)
            if first > last:
                continue
            vals_list.append(
                {
                    "calendar_id": calendar.id,
                    "kind_id": kinds[code].id,
                    "term_id": term.id if term else False,
                    "date_from": first,
                    "date_to": last,
                    "for_course": for_course,
                }
            )
        self.env["registrar.calendar.item"].create(vals_list)
        return calendar

    def _plan(self, terms):
        """Return the usual items: (kind, term, first day, last day, years of study).

        Dates follow from the first days of the terms; weeks go from Monday to
        Saturday, as in the examples of academic.md §4.7 and §5.1.
        """
        autumn, spring, summer = (
            terms.get(kind) for kind in ("autumn", "spring", "summer")
        )
        year = self.year_id
        plan = []

        def add(code, term, first, last, for_course="all"):
            plan.append((code, term, first, last, for_course))

        def days(number):
            return timedelta(days=number)

        add(
            "orientation",
            autumn,
            year.date_from - days(7),
            year.date_from - days(2),
            "1",
        )
        session_ends = {}
        for term in (autumn, spring):
            start = self._study_day(term.date_from)
            monday = start - days(start.weekday())
            classes_end = monday + days(7 * self.class_weeks - 2)
            exams_start = classes_end + days(2)
            exams_end = exams_start + days(7 * self.exam_weeks - 2)
            session_ends[term] = exams_end
            first_registration = start - days(10 if term == autumn else 21)
            add(
                "registration",
                term,
                first_registration,
                start - days(3 if term == autumn else 7),
            )
            add("classes", term, start, classes_end)
            add("late_registration", term, start, start + days(5))
            add("add_drop", term, start, start + days(12))
            add("plan_signing", term, start + days(7), start + days(19))
            add("withdrawal", term, start + days(13), monday + days(7 * 10 - 2))
            half = monday + days(7 * 7)
            add("midterm", term, half, half + days(5))
            add("midterm_entry", term, half, half + days(7))
            add("midterm", term, classes_end - days(5), classes_end)
            add("midterm_entry", term, classes_end - days(5), classes_end + days(1))
            add("exams", term, exams_start, exams_end)
            add("grade_entry", term, exams_start, exams_end + days(2))
            add("appeal", term, exams_start, exams_end + days(3))
            add("resit", term, exams_end + days(2), exams_end + days(9))
        winter_first = session_ends[autumn] + days(1)
        spring_start = self._study_day(spring.date_from)
        if winter_first < spring_start:
            add("vacation", autumn, winter_first, spring_start - days(1))
        end = session_ends[spring]
        after = end + days(2)
        practice_end = after + days(7 * self.practice_weeks - 2)
        if self.practice_weeks:
            add("training_practice", spring, after, practice_end, "not_final")
            add(
                "practice_report",
                spring,
                practice_end - days(1),
                practice_end,
                "not_final",
            )
        free = practice_end + days(2) if self.practice_weeks else after
        add("vacation", None, free, year.date_to, "not_final")
        thesis_end = after + days(7 * self.thesis_weeks - 2)
        defence = thesis_end + days(2) if self.thesis_weeks else after
        if self.thesis_weeks:
            add("thesis", spring, after, thesis_end, "final")
        if self.attestation_weeks:
            add(
                "defence",
                spring,
                defence,
                defence + days(7 * self.attestation_weeks - 2),
                "final",
            )
        april = spring_start + days(7 * 11)
        add(
            "registration_next",
            None,
            april - days(april.weekday()),
            april - days(april.weekday()) + days(18),
            "not_final",
        )
        if summer and self.summer_weeks:
            start = self._study_day(summer.date_from)
            monday = start - days(start.weekday())
            weeks = max(self.summer_weeks - 1, 1)
            exams = monday + days(7 * weeks)
            add(
                "summer_registration",
                summer,
                start - days(14),
                start - days(3),
                "not_final",
            )
            add("summer_classes", summer, start, exams - days(2), "not_final")
            add("summer_exams", summer, exams, exams + days(5), "not_final")
            add("grade_entry", summer, exams, exams + days(7), "not_final")
        return plan

    @api.model
    def _study_day(self, day):
        """Return ``day``, or the Monday after it when a weekend begins the term."""
        if day.weekday() >= SATURDAY:
            return day + timedelta(days=7 - day.weekday())
        return day
