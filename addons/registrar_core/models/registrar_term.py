from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.languages import short_language

# Academic periods as the office writes them (academic.md §15, lines 43–46).
TERM_NAMES = {
    "autumn": {
        "kk": "Күзгі семестр",
        "ru": "Осенний семестр",
        "en": "Autumn semester",
    },
    "spring": {
        "kk": "Көктемгі семестр",
        "ru": "Весенний семестр",
        "en": "Spring semester",
    },
    "summer": {
        "kk": "Жазғы семестр",
        "ru": "Летний семестр",
        "en": "Summer semester",
    },
}

# Regular terms of an academic year; the terms of a curriculum count only these.
TERMS_PER_YEAR = 2


class RegistrarTerm(models.Model):
    """An academic period of a year."""

    _name = "registrar.term"
    _description = "Academic term"
    _order = "date_from desc, id"

    name = fields.Char(compute="_compute_name")
    year_id = fields.Many2one(
        "registrar.academic.year",
        string="Academic year",
        required=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        [("autumn", "Autumn"), ("spring", "Spring"), ("summer", "Summer")],
        required=True,
        default="autumn",
    )
    number = fields.Integer(
        "Number in the year",
        compute="_compute_number",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    date_from = fields.Date("First day", required=True)
    date_to = fields.Date("Last day", required=True)
    class_group_count = fields.Integer(
        "Number of class groups", compute="_compute_class_group_count"
    )
    waiting_line_count = fields.Integer(
        "Registrations without class group",
        compute="_compute_waiting_line_count",
    )

    _kind_unique = models.Constraint(
        "UNIQUE (year_id, kind)", "The year already has a term of this kind."
    )
    _number_unique = models.Constraint(
        "UNIQUE (year_id, number)", "The year already has a term with this number."
    )
    _number_range = models.Constraint(
        "CHECK (number BETWEEN 1 AND 3)", "The number of a term is 1, 2 or 3."
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to > date_from)", "The term ends before it begins."
    )

    @api.depends("kind", "year_id.name")
    @api.depends_context("lang")
    def _compute_name(self):
        language = short_language(self.env.lang)
        for term in self:
            term.name = term._text("name", language) if term.kind else False

    @api.depends("name")
    def _compute_display_name(self):
        for term in self:
            term.display_name = term.name

    @api.model
    def _search_display_name(self, operator, value):
        """Find terms by words of their name in any language and of the year."""
        if operator not in ("ilike", "like", "=", "in") or not value:
            return super()._search_display_name(operator, value)
        texts = [value] if isinstance(value, str) else list(value)
        return Domain.OR(self._domain_of_text(text) for text in texts)

    @api.model
    def _domain_of_text(self, text):
        domain = Domain.TRUE
        for word in (text or "").lower().split():
            kinds = [
                kind
                for kind, names in TERM_NAMES.items()
                if any(word in name.lower() for name in names.values())
            ]
            domain &= Domain("kind", "in", kinds) | Domain(
                "year_id.name", "ilike", word
            )
        return domain

    @api.depends("kind")
    def _compute_number(self):
        numbers = {kind: index for index, kind in enumerate(TERM_NAMES, start=1)}
        for term in self:
            term.number = numbers.get(term.kind, 1)

    def _compute_class_group_count(self):
        counts = self._counts("registrar.class.group", [])
        for term in self:
            term.class_group_count = counts.get(term._origin, 0)

    def _compute_waiting_line_count(self):
        counts = self._counts(
            "registrar.study.plan.line",
            [("class_group_id", "=", False), ("plan_id.state", "=", "registered")],
        )
        for term in self:
            term.waiting_line_count = counts.get(term._origin, 0)

    def _counts(self, model, domain):
        """Return the number of records by term; none for those who may not see any."""
        Model = self.env[model]
        if not Model.has_access("read"):
            return {}
        return dict(
            Model._read_group(
                [("term_id", "in", self.ids), *domain], ["term_id"], ["__count"]
            )
        )

    @api.constrains("date_from", "date_to", "year_id")
    def _check_dates(self):
        for term in self:
            year = term.year_id
            if term.date_from < year.date_from or term.date_to > year.date_to:
                raise ValidationError(
                    self.env._(
                        "The term “%(term)s” is not within the academic year: "
                        "%(first)s – %(last)s.",
                        term=term.name,
                        first=year.date_from,
                        last=year.date_to,
                    )
                )
            if other := self.search(
                [
                    ("id", "!=", term.id),
                    ("date_from", "<=", term.date_to),
                    ("date_to", ">=", term.date_from),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._(
                        "The terms “%(term)s” and “%(other)s” share days.",
                        term=term.name,
                        other=other.name,
                    )
                )

    def action_form_class_groups(self):
        """Form the class groups of the term and show them."""
        for term in self:
            self.env["registrar.class.group"]._form(term)
        return self.action_open_class_groups()

    def action_open_class_groups(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_class_group_action"
        )
        return dict(
            action,
            domain=[("term_id", "in", self.ids)],
            context={"default_term_id": self[:1].id},
        )

    def action_open_waiting_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_line_action"
        )
        return dict(
            action,
            domain=[
                ("term_id", "=", self.id),
                ("class_group_id", "=", False),
                ("plan_id.state", "=", "registered"),
            ],
            context={},
        )

    @api.model
    def _at(self, day):
        """Return the term that contains ``day``, or an empty recordset."""
        return self.search([("date_from", "<=", day), ("date_to", ">=", day)], limit=1)

    def _text(self, field, language):
        """Return the name of the term in ``language``.

        With the field ``"name"`` the year follows, with ``"kind"`` it does not.
        """
        self.ensure_one()
        name = TERM_NAMES[self.kind][language]
        if field == "kind":
            return name
        return f"{name} {self.year_id.name or ''}".strip()
