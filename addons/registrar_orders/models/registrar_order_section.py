from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.registrar_core.models.selections import FUNDINGS
from odoo.addons.registrar_core.tools.dates import date_in_words
from odoo.addons.registrar_core.tools.names import CASES

from ..tools.templates import render
from ..tools.wording import DECISION_CLAUSES, FUNDING_CLAUSES, polish
from .registrar_order_facts import DECISIONS

# What the persons of one paragraph have in common.
KEY_FIELDS = (
    "kind_id",
    "effective_date",
    "end_date",
    "programme_id",
    "course",
    "funding",
    "decision",
)


class RegistrarOrderSection(models.Model):
    """A paragraph of an order with the persons it is about.

    Paragraphs are made from the persons: those with the same reason, dates and
    whatever else the type splits by stand together.
    """

    _name = "registrar.order.section"
    _description = "Paragraph of an order"
    _inherit = ["registrar.document.line"]
    _order = "order_id, sequence, id"
    _document_field = "order_id"

    order_id = fields.Many2one(
        "registrar.order", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=1)
    kind_id = fields.Many2one("registrar.movement.kind", "Reason", readonly=True)
    effective_date = fields.Date("From", readonly=True)
    end_date = fields.Date("Until", readonly=True)
    programme_id = fields.Many2one("registrar.programme", readonly=True)
    course = fields.Integer("Year of study", readonly=True, aggregator=None)
    funding = fields.Selection(FUNDINGS, readonly=True)
    decision = fields.Selection(DECISIONS, readonly=True)
    text_kk = fields.Text("Text in Kazakh", required=True)
    text_ru = fields.Text("Text in Russian", required=True)
    basis_kk = fields.Text(
        "Basis in Kazakh", help="If it is not that of the whole order."
    )
    basis_ru = fields.Text(
        "Basis in Russian", help="If it is not that of the whole order."
    )
    line_ids = fields.One2many("registrar.order.line", "section_id", "Persons")
    line_count = fields.Integer("Number of persons", compute="_compute_line_count")

    @api.depends("line_ids")
    def _compute_line_count(self):
        for section in self:
            section.line_count = len(section.line_ids)

    @api.depends("sequence", "kind_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for section in self:
            section.display_name = f"§ {section.sequence}"

    def write(self, vals):
        if not self.env.su:
            self.order_id._check_drafting()
        return super().write(vals)

    def action_reset_texts(self):
        """Write the texts anew from the type of the order."""
        self.order_id._check_drafting()
        for section in self:
            section.sudo().write(section._prepare_texts())
        return True

    def _key(self):
        self.ensure_one()
        return tuple(
            self[name].id if name.endswith("_id") else self[name] or False
            for name in KEY_FIELDS
        )

    def _prepare_texts(self):
        """Return the texts in both languages, from the template of the type."""
        self.ensure_one()
        order_type = self.order_id.type_id
        result = {}
        for language in ("kk", "ru"):
            template = order_type[f"section_{language}"]
            try:
                values = self._placeholder_values(language)
                if order_type._names_persons():
                    values.update(self._person_values(language))
                text = render(template, values)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The paragraph of “%(type)s” cannot be written: %(error)s",
                        type=order_type.name,
                        error=error,
                    )
                ) from error
            result[f"text_{language}"] = polish(text, language)
            other_reason = self.kind_id != self.order_id.kind_id
            result[f"basis_{language}"] = (
                self.kind_id[f"basis_{language}"] if other_reason else False
            )
        return result

    def _person_values(self, language):
        """Return the names of the persons in the cases a text may ask for."""
        self.ensure_one()
        students = self.line_ids.student_id.sorted(
            lambda student: (student.sort_key, student.id)
        )
        values = {"student": ", ".join(students.mapped("full_name"))}
        for case in CASES:
            values[f"student_{case}"] = ", ".join(
                student._declined(case, language) for student in students
            )
        return values

    def _placeholder_values(self, language):
        self.ensure_one()
        order = self.order_id
        kind = self.kind_id
        programme = self.programme_id
        values = order._placeholder_values(language)
        values.update(
            date=date_in_words(self.effective_date, language),
            date_from=date_in_words(self.effective_date, language, "ablative"),
            date_to=date_in_words(self.end_date, language, "dative")
            if self.end_date
            else "",
            reason=kind[f"clause_{language}"] or "",
            course=self.course or "",
            programme=f"{programme.code} «{programme._text('name', language)}»"
            if programme
            else "",
            funding=FUNDING_CLAUSES[self.funding][language] if self.funding else "",
            decision=DECISION_CLAUSES.get(self.decision or "", DECISION_CLAUSES[""])[
                language
            ],
        )
        return values
