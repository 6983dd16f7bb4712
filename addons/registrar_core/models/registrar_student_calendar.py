from odoo import api, fields, models
from odoo.tools import SQL

# How specific a scope is: the more conditions the better, then level, form, year.
_SPECIFICITY = SQL(
    """
    (CASE WHEN o.level IS NULL THEN 0 ELSE 12 END
     + CASE WHEN o.study_form IS NULL THEN 0 ELSE 10 END
     + CASE WHEN COALESCE(o.course, 0) = 0 THEN 0 ELSE 9 END)
    """
)


class RegistrarStudent(models.Model):
    _inherit = "registrar.student"

    calendar_id = fields.Many2one(
        "registrar.calendar",
        "Academic calendar",
        copy=False,
        index=True,
        ondelete="set null",
        domain="[('state', '=', 'approved')]",
        help="By rule: the most specific approved calendar of the current academic "
        "year for the level, form and year of study.",
    )
    calendar_manual = fields.Boolean(
        "Calendar chosen by hand",
        copy=False,
        help="The rule does not change the calendar until its academic year is over.",
    )

    def write(self, vals):
        if "calendar_id" in vals and "calendar_manual" not in vals and not self.env.su:
            vals = dict(vals, calendar_manual=bool(vals["calendar_id"]))
        result = super().write(vals)
        if vals.get("calendar_manual") is False and not self.env.su:
            self.sudo()._refresh_calendar()
        return result

    def _refresh_state(self, date=None):
        result = super()._refresh_state(date)
        self._refresh_calendar(date)
        return result

    def action_calendar_by_rule(self):
        """Give up the manual choice: the calendar follows from the rules again."""
        self.write({"calendar_manual": False})
        return True

    def _refresh_calendar(self, date=None):
        """Bind the students (all, if the recordset is empty) to their calendars.

        One statement for any number of students. A manual choice stays while the
        academic year of that calendar is not over.
        """
        date = date or fields.Date.context_today(self)
        self._flush_calendar_rules()
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_student s
                   SET calendar_id = v.calendar_id, calendar_manual = FALSE
                  FROM (SELECT t.id, chosen.calendar_id
                          FROM registrar_student t
                     LEFT JOIN registrar_academic_year y
                            ON %(date)s BETWEEN y.date_from AND y.date_to
                     LEFT JOIN LATERAL (%(choice)s) chosen ON TRUE
                         WHERE %(scope)s) v
                 WHERE v.id = s.id
                   AND NOT (COALESCE(s.calendar_manual, FALSE) AND EXISTS (
                           SELECT 1 FROM registrar_calendar m
                             JOIN registrar_academic_year my ON my.id = m.year_id
                            WHERE m.id = s.calendar_id AND m.state = 'approved'
                              AND my.date_to >= %(date)s))
                   AND (s.calendar_id IS DISTINCT FROM v.calendar_id
                        OR s.calendar_manual)
                """,
                date=date,
                choice=self._calendar_choice_sql(SQL("y.id"), SQL("t.course")),
                scope=SQL("t.id = ANY(%s)", self.ids) if self else SQL("TRUE"),
            )
        )
        self.env["registrar.student"].invalidate_model(
            ["calendar_id", "calendar_manual"]
        )
        self.env["registrar.calendar"].invalidate_model(
            ["student_ids", "student_count"]
        )

    @api.model
    def _flush_calendar_rules(self):
        for model in (
            "student",
            "programme",
            "academic.year",
            "calendar",
            "calendar.scope",
        ):
            self.env[f"registrar.{model}"].flush_model()

    @api.model
    def _calendar_choice_sql(self, year, course, states=("approved",)):
        """Return the subselect of the calendar of the student ``t`` in a year.

        The most specific scope wins, then the calendar approved last.
        """
        return SQL(
            """
            SELECT c.id AS calendar_id
              FROM registrar_calendar c
         LEFT JOIN registrar_calendar_scope o ON o.calendar_id = c.id
         LEFT JOIN registrar_programme p ON p.id = t.programme_id
             WHERE c.year_id = %(year)s AND c.state = ANY(%(states)s)
               AND t.status IN ('studying', 'leave')
               AND (o.level IS NULL OR o.level = p.level)
               AND (o.study_form IS NULL OR o.study_form = t.study_form)
               AND (COALESCE(o.course, 0) = 0 OR o.course = %(course)s)
             ORDER BY c.state, %(specificity)s DESC,
                      c.approved_date DESC NULLS LAST, c.id DESC
             LIMIT 1
            """,
            year=year,
            states=list(states),
            course=course,
            specificity=_SPECIFICITY,
        )

    def _calendar_cases(self, term=None, date=None):
        """Return which calendars say something about each student.

        :return: ``{student id: [(role, calendar id, programme id, year of study,
            whether it is the final one)]}``; the role is ``"own"``: the calendar of
            the day, ``"of_term"``: that of the year of the term, ``"before"``: that
            of the year before the term
        """
        self._flush_calendar_rules()
        date = date or fields.Date.context_today(self)
        Year = self.env["registrar.academic.year"]
        plan = []
        years = term.year_id if term else Year
        if not term:
            today_year = Year._at(fields.Date.context_today(self))
            year = Year._at(date)
            if not year or year == today_year:
                plan.append(("own", None, 0))
            else:
                plan.append(("own", year, year._difference(today_year)))
        for year in years:
            current = Year._at(fields.Date.context_today(self))
            plan.append(("of_term", year, year._difference(current)))
            before = year.search(
                [("date_to", "<", year.date_from)], order="date_to desc", limit=1
            )
            if before:
                plan.append(("before", before, before._difference(current)))
        result = {student_id: [] for student_id in self.ids}
        for role, year, difference in plan:
            for row in self._calendar_rows(year, difference):
                student_id, calendar_id, programme_id, course, is_final = row
                if calendar_id:
                    result[student_id].append(
                        (role, calendar_id, programme_id, course, is_final)
                    )
        return result

    def _calendar_rows(self, year, difference):
        """Return (student, calendar, programme, year of study, final) of one year."""
        course = SQL("GREATEST(COALESCE(t.course, 1) + %s, 1)", difference)
        if year is None:
            calendar = SQL("t.calendar_id")
            lateral = SQL()
        else:
            choice = self._calendar_choice_sql(
                SQL("%s", year.id), course, states=("approved", "archived")
            )
            calendar = SQL(
                """
                CASE WHEN EXISTS (SELECT 1 FROM registrar_calendar own
                                   WHERE own.id = t.calendar_id AND own.year_id = %s)
                     THEN t.calendar_id ELSE chosen.calendar_id END
                """,
                year.id,
            )
            lateral = SQL("LEFT JOIN LATERAL (%s) chosen ON TRUE", choice)
        self.env.cr.execute(
            SQL(
                """
                SELECT t.id, %(calendar)s, t.programme_id, %(course)s,
                       %(course)s >= COALESCE(NULLIF(CEIL(pp.duration_years), 0), 99)
                  FROM registrar_student t
             LEFT JOIN registrar_programme pp ON pp.id = t.programme_id
             %(lateral)s
                 WHERE t.id = ANY(%(ids)s)
                """,
                calendar=calendar,
                course=course,
                lateral=lateral,
                ids=self.ids,
            )
        )
        return self.env.cr.fetchall()
