from odoo import fields, models
from odoo.exceptions import UserError

# Which activity of the academic calendar lets teachers enter marks on a sheet. The
# other kinds have days of their own: an individual sheet its validity, practice and
# attestation their protocols.
CALENDAR_ACTIVITIES = {
    "midterm": "grade_entry",
    "exam": "grade_entry",
    "coursework": "grade_entry",
    "difference": "grade_entry",
    "state_exam": "grade_entry",
    "resit": "resit",
}


class RegistrarSheet(models.Model):
    _inherit = "registrar.sheet"

    def action_submit(self):
        self.check_access("read")
        for sheet in self:
            # Whoever may not submit hears so first.
            if sheet._may_enter():
                sheet._check_calendar()
        return super().action_submit()

    def _check_calendar(self, students=None):
        """Refuse teachers what the academic calendar has closed; clerks may.

        Where the calendar says nothing about the term, nothing is closed.

        :param students: whose marks are entered; without them the sheet is handed
            over, which somebody's open period is enough for
        """
        if self.env.su or self.env.user.has_group(
            "registrar_core.group_registrar_clerk"
        ):
            return
        Calendar = self.env["registrar.calendar"]
        if not Calendar.sudo().search_count([("state", "!=", "draft")], limit=1):
            return
        today = fields.Date.context_today(self)
        for sheet in self.sudo():
            activity = CALENDAR_ACTIVITIES.get(sheet.kind)
            people = sheet.line_ids.student_id if students is None else students
            if not activity or not sheet.term_id or not people:
                continue
            windows = Calendar._windows(people, activity, term=sheet.term_id)
            closed = {
                student_id: periods
                for student_id, periods in windows.items()
                if periods
                and not any(first <= today <= last for first, last in periods)
            }
            if not closed or (students is None and len(closed) < len(windows)):
                continue
            periods = sorted({period for item in closed.values() for period in item})
            raise UserError(
                self.env._(
                    "By the academic calendar the marks of “%(sheet)s” are entered on "
                    "these days: %(periods)s. Outside of them the registrar's office "
                    "enters marks.",
                    sheet=sheet.display_name,
                    periods=Calendar._windows_text(periods),
                )
            )
