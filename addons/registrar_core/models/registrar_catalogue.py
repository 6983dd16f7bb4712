from collections import Counter, defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..tools.languages import short_language
from .registrar_term import TERMS_PER_YEAR

# Parameters with their defaults: an academic group has 10–30 students (§4.5).
CAPACITY_MIN = ("registrar_core.catalogue_capacity_min", 10)
CAPACITY_MAX = ("registrar_core.catalogue_capacity_max", 30)

# What a card takes over from the latest earlier card of the same discipline.
COPIED_FIELDS = (
    "description_kk",
    "description_ru",
    "description_en",
    "outcomes_kk",
    "outcomes_ru",
    "outcomes_en",
    "capacity_min",
    "capacity_max",
)

TITLES = {
    "kk": "Элективті пәндер каталогы",
    "ru": "Каталог элективных дисциплин",
    "en": "Catalogue of elective disciplines",
}


class RegistrarCatalogue(models.Model):
    """Catalogue of elective disciplines of an academic year (academic.md §4.4).

    It is derived from the curricula by which students study in that year, so that it
    cannot diverge from them; people add texts, teachers and places.
    """

    _name = "registrar.catalogue"
    _description = "Catalogue of electives"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "year_id desc, faculty_id, id"
    _rec_names_search = ["year_id", "faculty_id"]

    year_id = fields.Many2one(
        "registrar.academic.year",
        string="Academic year",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    faculty_id = fields.Many2one(
        "hr.department",
        index=True,
        domain="[('registrar_kind', '=', 'faculty')]",
        help="Empty: one catalogue for the whole university.",
        tracking=True,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("closed", "Closed")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    card_ids = fields.One2many("registrar.catalogue.card", "catalogue_id", "Cards")
    card_count = fields.Integer("Number of cards", compute="_compute_counts")
    incomplete_count = fields.Integer("Incomplete cards", compute="_compute_counts")
    outdated_count = fields.Integer("No longer in plans", compute="_compute_counts")
    approval_basis = fields.Char(
        "Basis of approval",
        copy=False,
        tracking=True,
        help="E.g. protocol No. 9 of the council of the faculty of 15 May 2026.",
    )
    generated_at = fields.Datetime("Generated on", readonly=True, copy=False)
    published_date = fields.Date("Published on", readonly=True, copy=False)
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    intro_kk = fields.Text("Preface in Kazakh")
    intro_ru = fields.Text("Preface in Russian")
    intro_en = fields.Text("Preface in English")

    _faculty_unique = models.UniqueIndex(
        "(year_id, COALESCE(faculty_id, 0))",
        "There is already a catalogue of this year and faculty.",
    )

    @api.depends("year_id.name", "faculty_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        title = TITLES[short_language(self.env.lang)]
        for catalogue in self:
            parts = (title, catalogue.year_id.name, catalogue.faculty_id.name)
            catalogue.display_name = " ".join(part for part in parts if part)

    @api.depends("card_ids", "card_ids.is_complete", "card_ids.in_plan")
    def _compute_counts(self):
        Card = self.env["registrar.catalogue.card"]
        counts = defaultdict(Counter)
        for catalogue, complete, in_plan, count in Card._read_group(
            [("catalogue_id", "in", self.ids)],
            ["catalogue_id", "is_complete", "in_plan"],
            ["__count"],
        ):
            counts[catalogue.id]["all"] += count
            counts[catalogue.id]["outdated"] += 0 if in_plan else count
            counts[catalogue.id]["incomplete"] += (
                count if in_plan and not complete else 0
            )
        for catalogue in self:
            count = counts[catalogue._origin.id]
            catalogue.card_count = count["all"]
            catalogue.incomplete_count = count["incomplete"]
            catalogue.outdated_count = count["outdated"]

    @api.constrains("year_id", "faculty_id")
    def _check_one_kind(self):
        """A year has one catalogue for all, or one for each faculty."""
        for catalogue in self:
            others = self.search(
                [("year_id", "=", catalogue.year_id.id), ("id", "!=", catalogue.id)]
            )
            if others and (
                not catalogue.faculty_id
                or others.filtered(lambda other: not other.faculty_id)
            ):
                raise ValidationError(
                    self.env._(
                        "The year %s has one catalogue for the whole university or "
                        "one for each faculty, not both.",
                        catalogue.year_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(
            vals.get("state", "draft") != "draft" for vals in vals_list
        ):
            raise AccessError(self.env._("A catalogue is born as a draft."))
        return super().create(vals_list)

    def write(self, vals):
        if "state" in vals and not self.env.su:
            raise AccessError(self.env._("The state is set by the actions only."))
        if vals.keys() & {"year_id", "faculty_id"} and self.card_ids:
            raise UserError(
                self.env._("A catalogue with cards keeps its year and faculty.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        if any(catalogue.state != "draft" for catalogue in self):
            raise UserError(self.env._("Only drafts of catalogues can be deleted."))

    # -- actions --------------------------------------------------------------------

    def action_generate(self):
        """Make the cards of the plans of the year, and tell what has changed."""
        found = self._generate()
        total = Counter()
        for counts in found.values():
            total.update(counts)
        message = self.env._(
            "Cards: %(added)s added, %(updated)s brought up to date, %(outdated)s no "
            "longer in plans.",
            added=total["added"],
            updated=total["updated"],
            outdated=total["outdated"],
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_publish(self):
        """Publish drafts; when cards are incomplete, show what is missing first."""
        self._check_may_manage()
        self._check_state("draft")
        for catalogue in self:
            if not catalogue.card_ids:
                raise UserError(
                    self.env._(
                        "“%s” has no cards. Generate them first.",
                        catalogue.display_name,
                    )
                )
        if any(self.mapped("incomplete_count")):
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Publish the catalogue"),
                "res_model": "registrar.catalogue.publish",
                "view_mode": "form",
                "target": "new",
                "context": {"default_catalogue_ids": self.ids},
            }
        return self._publish()

    def action_close(self):
        """Close published catalogues: they stay readable, nothing changes any more."""
        self._check_may_manage()
        self._check_state("published")
        self.sudo().write({"state": "closed"})
        return True

    def action_reopen(self):
        """Bring published catalogues back to draft, closed ones to published."""
        self._check_may_manage()
        for catalogue in self:
            if catalogue.state == "draft":
                raise UserError(self.env._("A draft is open already."))
            state = "draft" if catalogue.state == "published" else "published"
            catalogue.sudo().write({"state": state})
        return True

    def action_open_cards(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_catalogue_card_action"
        )
        return dict(
            action,
            domain=[("catalogue_id", "=", self.id)],
            context={"default_catalogue_id": self.id},
        )

    def action_open_incomplete(self):
        action = self.action_open_cards()
        action["context"]["search_default_incomplete"] = 1
        return action

    def action_open_outdated(self):
        action = self.action_open_cards()
        action["context"]["search_default_outdated"] = 1
        return action

    def action_open_print(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Print the catalogue"),
            "res_model": "registrar.catalogue.print",
            "view_mode": "form",
            "target": "new",
            "context": {"default_catalogue_id": self.id},
        }

    # -- generation -----------------------------------------------------------------

    def _generate(self):
        """Make or refresh the cards from the plans.

        May be repeated: texts, teachers, languages and places that people entered
        stay; cards of disciplines that left the plans are marked, not deleted.

        :return: ``{catalogue: Counter of added, updated, outdated}``
        """
        self._check_may_manage()
        result = {}
        for catalogue in self:
            if catalogue.state == "closed":
                raise UserError(self.env._("“%s” is closed.", catalogue.display_name))
            result[catalogue] = catalogue._generate_cards()
        self.sudo().write({"generated_at": fields.Datetime.now()})
        return result

    def _generate_cards(self):
        self.ensure_one()
        Card = self.env["registrar.catalogue.card"]
        wanted = self._elective_lines()
        present = {(card.discipline_id, card.term_id): card for card in self.card_ids}
        counts = Counter()
        to_create = []
        for (discipline, term), lines in wanted.items():
            vals = self._prepare_card_vals(lines)
            if card := present.get((discipline, term)):
                changes = card._differing(vals)
                if changes:
                    card.write(changes)
                    counts["updated"] += 1
            else:
                to_create.append(
                    {
                        "catalogue_id": self.id,
                        "discipline_id": discipline.id,
                        "term_id": term.id,
                        **vals,
                        **self._prepare_language_vals(lines),
                    }
                )
        gone = self.card_ids.filtered(
            lambda card: (
                (card.discipline_id, card.term_id) not in wanted and not card.is_manual
            )
        )
        gone.filtered("in_plan").write(
            {"in_plan": False, "curriculum_line_ids": [Command.clear()]}
        )
        counts["outdated"] = len(gone)
        self._take_over_texts(to_create)
        Card.create(to_create)
        counts["added"] = len(to_create)
        return counts

    def _elective_lines(self):
        """Return the options of the year: ``{(discipline, term): curriculum lines}``.

        Those of approved curricula, and of archived ones that groups still follow.
        """
        self.ensure_one()
        terms = {term.number: term for term in self.year_id.term_ids}
        missing = [n for n in range(1, TERMS_PER_YEAR + 1) if n not in terms]
        if missing:
            raise UserError(
                self.env._(
                    "The academic year %s has no autumn or spring term. Add its terms "
                    "first.",
                    self.year_id.name,
                )
            )
        start = self.year_id.date_from.year
        intakes = self.env["registrar.academic.year"].search(
            [("date_from", "<=", self.year_id.date_from)]
        )
        domain = Domain.OR(
            Domain("curriculum_id.intake_year_id", "=", intake.id)
            & Domain("course", "=", start - intake.date_from.year + 1)
            for intake in intakes
        )
        domain &= Domain("block_id", "!=", False)
        domain &= Domain("curriculum_id.state", "=", "approved") | (
            Domain("curriculum_id.state", "=", "archived")
            & Domain("curriculum_id.group_ids.active", "=", True)
        )
        if self.faculty_id:
            domain &= Domain("curriculum_id.faculty_id", "=", self.faculty_id.id)
        lines = self.env["registrar.curriculum.line"].search(domain)
        found = defaultdict(lambda: self.env["registrar.curriculum.line"])
        ids = defaultdict(list)
        for line in lines:
            ids[line.discipline_id, terms[line._number_in_year()]].append(line.id)
        for key, own in ids.items():
            found[key] = lines.browse(own)
        return dict(found)

    @api.model
    def _prepare_card_vals(self, lines):
        """Return what the plans say of one discipline in one term."""
        first = lines[0]
        credits = Counter(lines.mapped("credits")).most_common(1)[0][0]
        return {
            "in_plan": True,
            "credits": credits,
            "hours_total": next(
                line.hours_total for line in lines if line.credits == credits
            ),
            "cycle": first.cycle,
            "component": first.component,
            "control_form": first.control_form,
            "courses": ", ".join(map(str, sorted(set(lines.mapped("course"))))),
            "programme_ids": [Command.set(lines.curriculum_id.programme_id.ids)],
            "curriculum_line_ids": [Command.set(lines.ids)],
        }

    @api.model
    def _prepare_language_vals(self, lines):
        """The languages of the curricula, or of the groups that follow them."""
        curricula = lines.curriculum_id
        languages = set(curricula.filtered("language").mapped("language"))
        common = curricula.filtered(lambda c: not c.language)
        languages |= set(common.group_ids.mapped("language"))
        if not languages & {"kk", "ru", "en"}:
            languages = {"kk", "ru"}
        return {f"language_{code}": code in languages for code in ("kk", "ru", "en")}

    def _take_over_texts(self, vals_list):
        """Put into new cards what the latest card of the discipline says."""
        Card = self.env["registrar.catalogue.card"]
        earlier = Card.search(
            [
                ("discipline_id", "in", [vals["discipline_id"] for vals in vals_list]),
                ("year_id.date_from", "<=", self.year_id.date_from),
            ]
        ).sorted(lambda card: card.year_id.date_from)
        latest = {card.discipline_id.id: card for card in earlier}
        defaults = Card._default_capacity()
        for vals in vals_list:
            card = latest.get(vals["discipline_id"])
            vals.update(defaults)
            if card:
                vals.update({name: card[name] for name in COPIED_FIELDS})
                vals["teacher_ids"] = [
                    Command.set(card.teacher_ids.filtered("active").ids)
                ]

    def _publish(self):
        self._check_may_manage()
        self._check_state("draft")
        self.sudo().write(
            {
                "state": "published",
                "published_date": fields.Date.context_today(self),
                "published_by_id": self.env.uid,
            }
        )
        return True

    def _missing(self):
        """Return what the cards in plans lack: ``[(card, text)]``."""
        return [
            (card, card.missing_text)
            for card in self.card_ids
            if card.in_plan and not card.is_complete
        ]

    def _check_state(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for catalogue in self:
            if catalogue.state != state:
                raise UserError(
                    self.env._(
                        "“%(catalogue)s” is not in the state “%(state)s”.",
                        catalogue=catalogue.display_name,
                        state=labels[state],
                    )
                )

    def _check_may_manage(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "registrar_core.group_registrar_clerk"
        ):
            raise AccessError(
                self.env._("Catalogues are kept by the registrar's office.")
            )
