from odoo import api, fields, models

from .selections import LEVELS, STUDY_FORMS


class RegistrarCalendarScope(models.Model):
    """For whom a calendar is: level, form and year of study; empty means any."""

    _name = "registrar.calendar.scope"
    _description = "Scope of an academic calendar"
    _order = "calendar_id, level, study_form, course, id"

    calendar_id = fields.Many2one(
        "registrar.calendar", required=True, index=True, ondelete="cascade"
    )
    level = fields.Selection(LEVELS, help="Empty: all levels.")
    study_form = fields.Selection(STUDY_FORMS, help="Empty: all forms of study.")
    course = fields.Integer(
        "Year of study", aggregator=None, help="Zero: all years of study."
    )

    _course_range = models.Constraint(
        "CHECK (course IS NULL OR course BETWEEN 0 AND 9)",
        "The year of study is a number from 1 to 9, or zero for all.",
    )
    _scope_once = models.UniqueIndex(
        "(calendar_id, COALESCE(level, ''), COALESCE(study_form, ''),"
        " COALESCE(course, 0))",
        "The calendar names the same students twice.",
    )

    @api.depends("level", "study_form", "course")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for scope in self:
            scope.display_name = scope._label()

    @api.model_create_multi
    def create(self, vals_list):
        scopes = super().create(vals_list)
        scopes.calendar_id._check_draft()
        return scopes

    def write(self, vals):
        self.check_access("write")
        self.calendar_id._check_draft()
        result = super().write(vals)
        self.calendar_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self.calendar_id._check_draft()

    def _label(self):
        """Return the scope in words of the reader."""
        self.ensure_one()
        levels = dict(self._fields["level"]._description_selection(self.env))
        forms = dict(self._fields["study_form"]._description_selection(self.env))
        parts = [levels.get(self.level), (forms.get(self.study_form) or "").lower()]
        if self.course:
            parts.append(self.env._("year %s", self.course))
        return ", ".join(part for part in parts if part) or self.env._("all students")
