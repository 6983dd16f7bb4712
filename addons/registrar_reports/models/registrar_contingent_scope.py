from datetime import date as Date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.registrar_core.models.selections import (
    FUNDINGS,
    LANGUAGES_OF_STUDY,
    LEVELS,
    STUDY_FORMS,
)
from odoo.addons.registrar_core.tools.collation import sort_key
from odoo.addons.registrar_core.tools.languages import short_language

from ..tools import xlsx

# Dimension -> model of its values, for those that are records.
RECORD_DIMENSIONS = {
    "faculty_id": "hr.department",
    "programme_group_id": "registrar.programme.group",
    "programme_id": "registrar.programme",
    "group_id": "registrar.group",
    "intake_year": "registrar.academic.year",
    "citizenship_id": "res.country",
    "nationality_id": "registrar.nationality",
}
# Dimension -> model and field of its selection.
SELECTION_DIMENSIONS = {
    "level": ("registrar.programme", "level"),
    "study_form": ("registrar.enrolment", "study_form"),
    "language": ("registrar.enrolment", "language"),
    "funding": ("registrar.enrolment", "funding"),
    "status": ("registrar.enrolment", "status"),
    "gender": ("registrar.student", "gender"),
}
# Personal data that not every role may read: dimension -> field of the student.
PROTECTED_DIMENSIONS = {"nationality_id": "nationality_id", "age": "birth_date"}
# Who sees every faculty; the others see the own ones.
WHOLE_UNIVERSITY = (
    "registrar_core.group_registrar_clerk,registrar_core.group_registrar_viewer,"
    "registrar_core.group_registrar_archivist"
)


class RegistrarContingentScope(models.AbstractModel):
    """Whom a report on the contingent counts, and by what."""

    _name = "registrar.contingent.scope"
    _description = "Scope of a report on the contingent"

    level = fields.Selection(LEVELS)
    faculty_ids = fields.Many2many(
        "hr.department",
        string="Faculties",
        domain="[('registrar_kind', '=', 'faculty')]",
    )
    programme_ids = fields.Many2many("registrar.programme", string="Programmes")
    group_ids = fields.Many2many("registrar.group", string="Groups")
    course = fields.Integer("Year of study", help="0 means all years.")
    study_form = fields.Selection(STUDY_FORMS, "Form of study")
    language = fields.Selection(LANGUAGES_OF_STUDY, "Language of study")
    funding = fields.Selection(FUNDINGS)
    dimension_1 = fields.Selection(
        lambda self: self._dimension_selection(), "By", default="faculty_id"
    )
    dimension_2 = fields.Selection(lambda self: self._dimension_selection(), "then by")
    dimension_3 = fields.Selection(lambda self: self._dimension_selection(), "and by")
    dimension_4 = fields.Selection(
        lambda self: self._dimension_selection(), "and at last by"
    )

    @api.model
    def _dimension_selection(self):
        """Return the dimensions people can count by, with their names."""
        return [
            ("level", self.env._("Level")),
            ("faculty_id", self.env._("Faculty")),
            ("programme_group_id", self.env._("Group of programmes")),
            ("programme_id", self.env._("Programme")),
            ("group_id", self.env._("Academic group")),
            ("course", self.env._("Year of study")),
            ("study_form", self.env._("Form of study")),
            ("language", self.env._("Language of study")),
            ("funding", self.env._("Funding")),
            ("status", self.env._("Status")),
            ("gender", self.env._("Sex")),
            ("citizenship_id", self.env._("Citizenship")),
            ("nationality_id", self.env._("Nationality")),
            ("intake_year", self.env._("Year of admission")),
            ("age", self.env._("Age")),
        ]

    def _dimensions(self):
        """Return the chosen dimensions, each once, in the order of choice.

        :raises UserError: for personal data that the role of the user does not see
        """
        self.ensure_one()
        chosen = [self[f"dimension_{number}"] for number in range(1, 5)]
        dimensions = tuple(dict.fromkeys(name for name in chosen if name))
        student = self.env["registrar.student"]
        labels = dict(self._dimension_selection())
        for name in dimensions:
            field = student._fields.get(PROTECTED_DIMENSIONS.get(name))
            if field and not student._has_field_access(field, "read"):
                raise UserError(
                    self.env._(
                        "Your role does not see “%s” of students, so it cannot count "
                        "by it.",
                        labels[name],
                    )
                )
        return dimensions

    def _scope_domain(self):
        """Return the condition of the filters on the ledger rows.

        :rtype: Domain
        """
        self.ensure_one()
        domain = Domain.TRUE
        if self.level:
            domain &= Domain("programme_id.level", "=", self.level)
        if self.faculty_ids:
            domain &= Domain("programme_id.faculty_id", "in", self.faculty_ids.ids)
        if self.programme_ids:
            domain &= Domain("programme_id", "in", self.programme_ids.ids)
        if self.group_ids:
            domain &= Domain("group_id", "in", self.group_ids.ids)
        for name in ("course", "study_form", "language", "funding"):
            if self[name]:
                domain &= Domain(name, "=", self[name])
        if not self.env.su and not self.env.user.has_groups(WHOLE_UNIVERSITY):
            # The rules also show what students of the faculty did elsewhere before.
            own = self.env.user.registrar_faculty_ids.ids
            domain &= Domain("programme_id.faculty_id", "in", own)
        return domain

    def _scope_description(self):
        """Return the filters in words, for the head of the printed report."""
        self.ensure_one()
        parts = []
        for name in ("level", "study_form", "language", "funding"):
            if self[name]:
                field = self._fields[name]
                label = dict(field._description_selection(self.env))[self[name]]
                parts.append((field._description_string(self.env), label))
        for name in ("faculty_ids", "programme_ids", "group_ids"):
            if self[name]:
                label = ", ".join(self[name].mapped("display_name"))
                field = self._fields[name]
                parts.append((field._description_string(self.env), label))
        if self.course:
            field = self._fields["course"]
            parts.append((field._description_string(self.env), str(self.course)))
        return "; ".join(f"{name}: {label}" for name, label in parts)

    def _dimension_order(self, name, values):
        """Return the labels of values and how to sort them.

        :return: ``{value: (sort key, label)}``; nothing stated comes last
        :rtype: dict
        """
        known = [value for value in values if value is not None]
        if name in RECORD_DIMENSIONS:
            records = self.env[RECORD_DIMENSIONS[name]].browse(known)
            result = {
                record.id: ((0, sort_key(record.display_name)), record.display_name)
                for record in records
            }
        elif name in SELECTION_DIMENSIONS:
            model, field = SELECTION_DIMENSIONS[name]
            selection = self.env[model]._fields[field]._description_selection(self.env)
            result = {
                value: ((0, index), label)
                for index, (value, label) in enumerate(selection)
            }
        else:
            result = {value: ((0, value), str(value)) for value in known}
        result[None] = ((1,), self.env._("not stated"))
        return result

    def _dimension_orders(self, dimensions, segments):
        """Return ``_dimension_order`` of each dimension for tuples of values."""
        return [
            self._dimension_order(name, {segment[index] for segment in segments})
            for index, name in enumerate(dimensions)
        ]

    def _xlsx_signatures(self, date):
        """Return who signs the printed report: (position, name)."""
        language = short_language(self.env.lang)
        signatory = self.env["registrar.signatory"]._at("registrar_head", date)
        position = signatory._position(language) if signatory else ""
        return (
            (
                position or self.env._("Head of the registrar's office"),
                signatory.name or "",
            ),
            (self.env._("Executor"), self.env.user.name),
        )

    def _xlsx_sheet(self, name, title, subtitles, date, notes=()):
        """Return the file of the table of this report."""
        language = short_language(self.env.lang)
        company = self.env.company
        today = fields.Date.context_today(self)
        return xlsx.render(
            xlsx.Sheet(
                name=name,
                organisation=company.sudo()._text("university_name", language),
                title=title,
                subtitles=tuple(text for text in subtitles if text),
                table=self._printed_table(),
                notes=tuple(notes),
                signatures=self._xlsx_signatures(date),
                footer=self.env._("Printed on %s", self._format_date(today)),
            )
        )

    @api.model
    def _format_date(self, date):
        return Date.strftime(date, "%d.%m.%Y")

    def _action_open_rows(self, rows, name, date=None):
        """Return the action that shows ledger rows, i.e. the people behind a figure."""
        view = self.env.ref("registrar_reports.registrar_enrolment_view_list_behind")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "registrar.enrolment",
            "views": [(view.id, "list"), (False, "form")],
            "domain": [("id", "in", rows.ids)],
            "context": {"create": False},
        }
