from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .registrar_catalogue import CAPACITY_MAX, CAPACITY_MIN
from .selections import COMPONENTS, CONTROL_FORMS, CYCLES

CLERK = "registrar_core.group_registrar_clerk"
DEAN = "registrar_core.group_registrar_dean"
CARD_LANGUAGES = ("kk", "ru", "en")

# What a teacher may change on the own cards.
TEXT_FIELDS = frozenset(
    f"{name}_{language}"
    for name in ("description", "outcomes")
    for language in CARD_LANGUAGES
)
# What the dean's office may change besides.
DEAN_FIELDS = TEXT_FIELDS | {
    "teacher_ids",
    "language_kk",
    "language_ru",
    "language_en",
    "capacity_min",
    "capacity_max",
}


class RegistrarCatalogueCard(models.Model):
    """One elective in one term of a catalogue (academic.md §4.4)."""

    _name = "registrar.catalogue.card"
    _description = "Card of an elective"
    _inherit = ["mail.thread"]
    _order = "catalogue_id desc, term_id, cycle, discipline_id, id"
    _rec_names_search = ["discipline_id"]

    catalogue_id = fields.Many2one(
        "registrar.catalogue", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        related="catalogue_id.state", store=True, string="State", index=True
    )
    year_id = fields.Many2one(related="catalogue_id.year_id", store=True, index=True)
    discipline_id = fields.Many2one(
        "registrar.discipline", required=True, index=True, ondelete="restrict"
    )
    code = fields.Char(related="discipline_id.code")
    department_id = fields.Many2one(
        related="discipline_id.department_id", store=True, index=True
    )
    faculty_id = fields.Many2one(
        related="discipline_id.faculty_id", store=True, index=True, string="Faculty"
    )
    term_id = fields.Many2one(
        "registrar.term",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('year_id', '=', year_id)]",
    )
    programme_ids = fields.Many2many(
        "registrar.programme",
        "registrar_catalogue_card_programme_rel",
        "card_id",
        "programme_id",
        "Programmes",
    )
    curriculum_line_ids = fields.Many2many(
        "registrar.curriculum.line",
        "registrar_catalogue_card_line_rel",
        "card_id",
        "line_id",
        "Places in curricula",
        readonly=True,
    )
    courses = fields.Char("Years of study", readonly=True)
    is_manual = fields.Boolean(
        "Entered by hand", help="Stays when the catalogue is generated again."
    )
    in_plan = fields.Boolean("In plans", default=True, readonly=True, index=True)
    credits = fields.Float(digits=(5, 1), aggregator=None)
    hours_total = fields.Float("Hours", digits=(6, 1), aggregator=None)
    cycle = fields.Selection(CYCLES)
    component = fields.Selection(COMPONENTS)
    control_form = fields.Selection(CONTROL_FORMS, default="exam")
    # What people add to the plans
    description_kk = fields.Text("Description in Kazakh")
    description_ru = fields.Text("Description in Russian")
    description_en = fields.Text("Description in English")
    outcomes_kk = fields.Text("Learning outcomes in Kazakh")
    outcomes_ru = fields.Text("Learning outcomes in Russian")
    outcomes_en = fields.Text("Learning outcomes in English")
    teacher_ids = fields.Many2many(
        "hr.employee",
        "registrar_catalogue_card_teacher_rel",
        "card_id",
        "employee_id",
        "Teachers",
        domain="[('is_teacher', '=', True)]",
    )
    language_kk = fields.Boolean("In Kazakh", default=True)
    language_ru = fields.Boolean("In Russian", default=True)
    language_en = fields.Boolean("In English")
    languages = fields.Char(compute="_compute_languages")
    capacity_min = fields.Integer(
        "Fewest students",
        default=lambda self: self._default_capacity()["capacity_min"],
        aggregator=None,
        help="With fewer registrations the discipline is not opened.",
    )
    capacity_max = fields.Integer(
        "Places",
        default=lambda self: self._default_capacity()["capacity_max"],
        aggregator=None,
        help="In each language; 0: no limit.",
    )
    # From the discipline
    prerequisite_ids = fields.Many2many(related="discipline_id.prerequisite_ids")
    postrequisite_ids = fields.Many2many(related="discipline_id.postrequisite_ids")
    corequisite_ids = fields.Many2many(related="discipline_id.corequisite_ids")
    is_complete = fields.Boolean(
        "Complete", compute="_compute_is_complete", store=True, compute_sudo=True
    )
    missing_text = fields.Char("Missing", compute="_compute_missing_text")
    can_edit_texts = fields.Boolean(compute="_compute_can_edit")
    can_edit_offer = fields.Boolean(compute="_compute_can_edit")
    can_edit_plan = fields.Boolean(compute="_compute_can_edit")

    _discipline_unique = models.Constraint(
        "UNIQUE (catalogue_id, discipline_id, term_id)",
        "The catalogue already has a card of this discipline in this term.",
    )
    _capacity_ordered = models.Constraint(
        "CHECK (capacity_min >= 0 AND capacity_max >= 0 AND"
        " (capacity_max = 0 OR capacity_max >= capacity_min))",
        "There are fewer places than students needed.",
    )

    @api.depends("discipline_id", "term_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for card in self:
            parts = (card.discipline_id.display_name, card.term_id.name)
            card.display_name = ", ".join(part for part in parts if part)

    @api.depends("language_kk", "language_ru", "language_en")
    def _compute_languages(self):
        for card in self:
            card.languages = ", ".join(card._languages())

    @api.depends(
        "description_kk",
        "description_ru",
        "teacher_ids",
        "language_kk",
        "language_ru",
        "language_en",
        "discipline_id.name_kk",
        "discipline_id.name_ru",
        "discipline_id.name_en",
    )
    def _compute_is_complete(self):
        for card in self:
            card.is_complete = not card._missing_codes()

    @api.depends("is_complete", "description_kk", "description_ru", "teacher_ids")
    @api.depends_context("lang")
    def _compute_missing_text(self):
        labels = {
            "name": self.env._("name in three languages"),
            "description_kk": self.env._("description in Kazakh"),
            "description_ru": self.env._("description in Russian"),
            "teacher": self.env._("teacher"),
            "language": self.env._("language"),
        }
        for card in self:
            card.missing_text = ", ".join(
                labels[code] for code in card._missing_codes()
            )

    @api.depends("state", "faculty_id", "teacher_ids")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        user = self.env.user
        for card in self:
            allowed = card._editable_fields(user)
            card.can_edit_plan = allowed is None
            card.can_edit_offer = allowed is None or "teacher_ids" in allowed
            card.can_edit_texts = allowed is None or "description_ru" in allowed

    @api.constrains("term_id", "catalogue_id")
    def _check_term(self):
        for card in self:
            if card.term_id.year_id != card.catalogue_id.year_id:
                raise UserError(
                    self.env._(
                        "The term of “%s” is not one of the year of the catalogue.",
                        card.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        # Not everybody who names teachers may read employees: see ``write``.
        teachers = [vals.pop("teacher_ids", None) for vals in vals_list]
        cards = super().create(vals_list)
        for card, commands in zip(cards, teachers, strict=True):
            if commands:
                card.sudo().teacher_ids = commands
        if not self.env.su and any(card.state == "closed" for card in cards):
            raise UserError(self.env._("The catalogue is closed."))
        return cards

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._check_may_write(vals.keys())
        if "teacher_ids" in vals:
            # A link to an employee asks for the right to read employees, which only
            # HR has; the right to change the card is what counts here.
            self.check_access("write")
            vals = dict(vals)
            self.sudo().write({"teacher_ids": vals.pop("teacher_ids")})
        return super().write(vals) if vals else True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(card.state != "draft" for card in self):
            raise UserError(
                self.env._("Cards of a published catalogue are not deleted.")
            )

    @api.model
    def _default_capacity(self):
        """Return the usual limits of an elective from the settings."""
        parameters = self.env["ir.config_parameter"].sudo()
        least, most = (
            int(parameters.get_param(name, default))
            for name, default in (CAPACITY_MIN, CAPACITY_MAX)
        )
        return {"capacity_min": least, "capacity_max": max(most, least) if most else 0}

    def action_open_discipline(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "registrar.discipline",
            "res_id": self.discipline_id.id,
            "view_mode": "form",
        }

    def _languages(self):
        """Return the codes of the languages the elective is offered in."""
        self.ensure_one()
        return [code for code in CARD_LANGUAGES if self[f"language_{code}"]]

    def _text(self, field, language):
        return self.env["registrar.trilingual"]._text.__func__(self, field, language)

    def _offer_values(self):
        """Return the values of the seats that the cards offer.

        One dict per discipline, term and language, with ``discipline_id``,
        ``term_id``, ``language``, ``capacity_min``, ``capacity_max`` and
        ``teacher_ids`` (list of ids).

        :rtype: list[dict]
        """
        return [
            {
                "discipline_id": card.discipline_id.id,
                "term_id": card.term_id.id,
                "language": language,
                "capacity_min": card.capacity_min,
                "capacity_max": card.capacity_max,
                "teacher_ids": card.teacher_ids.ids,
            }
            for card in self
            for language in card._languages()
        ]

    def _missing_codes(self):
        self.ensure_one()
        # Students do not read employees, but a card says whether it names any.
        self = self.sudo()
        discipline = self.discipline_id
        missing = []
        if not (discipline.name_kk and discipline.name_ru and discipline.name_en):
            missing.append("name")
        missing += [
            name
            for name in ("description_kk", "description_ru")
            if not (self[name] or "").strip()
        ]
        if not self.teacher_ids:
            missing.append("teacher")
        if not self._languages():
            missing.append("language")
        return missing

    def _differing(self, vals):
        """Return the values that differ from those of one card."""
        self.ensure_one()
        changes = {}
        for name, value in vals.items():
            own = self[name]
            if self._fields[name].type == "many2many":
                ((__, __, ids),) = value
                if set(ids) != set(own.ids):
                    changes[name] = value
            elif own != value:
                changes[name] = value
        return changes

    def _editable_fields(self, user):
        """Return the fields of one card that a user may write; None means all."""
        self.ensure_one()
        if self.env.su:
            return None
        if user.has_group(CLERK):
            return frozenset() if self.state == "closed" else None
        if self.state != "draft":
            return frozenset()
        allowed = frozenset()
        if user.has_group(DEAN) and self.faculty_id in user.registrar_faculty_ids:
            allowed |= DEAN_FIELDS
        if user in self.sudo().teacher_ids.user_id:
            allowed |= TEXT_FIELDS
        return allowed

    def _check_may_write(self, names):
        """Refuse what is not the user's to change.

        :raises AccessError: for fields or states that are not the user's
        """
        for card in self:
            allowed = card._editable_fields(self.env.user)
            if allowed is None or not set(names) - allowed:
                continue
            if card.state != "draft" and not allowed:
                raise AccessError(
                    self.env._(
                        "The card “%s” is published or closed; it is no longer "
                        "changed here.",
                        card.display_name,
                    )
                )
            raise AccessError(
                self.env._(
                    "On the card “%s” you may change descriptions, outcomes and what "
                    "your role allows only.",
                    card.display_name,
                )
            )
