from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.languages import text_in
from .calendar_selections import COURSES, concerns

# What an approved calendar changes only by an amendment.
FROZEN_COLUMNS = (
    "calendar_id",
    "kind_id",
    "term_id",
    "date_from",
    "date_to",
    "for_course",
    "name_kk",
    "name_ru",
    "name_en",
    "active",
)

# Value of the context while an amendment is applied. No client can send it.
AMENDING = object()

_GUARD = """
CREATE OR REPLACE FUNCTION registrar_guard_calendar_item() RETURNS trigger
LANGUAGE plpgsql AS $guard$
DECLARE
    name text;
    changed boolean := TG_OP <> 'UPDATE';
    fixed boolean;
BEGIN
    SELECT EXISTS (
        SELECT 1 FROM registrar_calendar c
         WHERE c.state <> 'draft'
           AND c.id IN (
               CASE WHEN TG_OP = 'INSERT' THEN NEW.calendar_id
                    ELSE OLD.calendar_id END,
               CASE WHEN TG_OP = 'DELETE' THEN OLD.calendar_id
                    ELSE NEW.calendar_id END)
    ) INTO fixed;
    IF NOT fixed THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        FOREACH name IN ARRAY string_to_array(TG_ARGV[0], ',') LOOP
            IF to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name THEN
                changed := TRUE;
            END IF;
        END LOOP;
        IF NOT changed OR (
            NEW.amendment_id IS NOT NULL
            AND NEW.amendment_id IS DISTINCT FROM OLD.amendment_id
        ) THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'INSERT' AND NEW.amendment_id IS NOT NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the calendar is approved: %% of an item needs an amendment', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$guard$;
DROP TRIGGER IF EXISTS registrar_guard_calendar_item ON registrar_calendar_item;
CREATE TRIGGER registrar_guard_calendar_item
    BEFORE INSERT OR UPDATE OR DELETE ON registrar_calendar_item
    FOR EACH ROW EXECUTE FUNCTION registrar_guard_calendar_item(%s)
"""


class RegistrarCalendarItem(models.Model):
    """A period or a deadline of an academic calendar."""

    _name = "registrar.calendar.item"
    _description = "Item of an academic calendar"
    _inherit = ["registrar.trilingual"]
    _order = "date_from, date_to, id"

    calendar_id = fields.Many2one(
        "registrar.calendar", required=True, index=True, ondelete="cascade"
    )
    year_id = fields.Many2one(
        related="calendar_id.year_id", string="Academic year", store=True, index=True
    )
    state = fields.Selection(related="calendar_id.state", string="State")
    kind_id = fields.Many2one(
        "registrar.calendar.item.kind", required=True, index=True, ondelete="restrict"
    )
    activity = fields.Selection(related="kind_id.activity")
    symbol = fields.Char(related="kind_id.symbol")
    colour = fields.Integer(related="kind_id.colour")
    is_deadline = fields.Boolean(related="kind_id.is_deadline")
    term_id = fields.Many2one("registrar.term", index=True, ondelete="restrict")
    date_from = fields.Date("First day", required=True, index=True)
    date_to = fields.Date(
        "Last day",
        compute="_compute_date_to",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    weeks = fields.Float(
        compute="_compute_weeks", store=True, digits=(6, 1), aggregator=None
    )
    for_course = fields.Selection(
        COURSES, "Year of study", required=True, default="all"
    )
    programme_ids = fields.Many2many(
        "registrar.programme", string="Only for programmes", help="Empty: all."
    )
    name_kk = fields.Char(
        "Own name in Kazakh", required=False, help="Empty: the name of the kind."
    )
    name_ru = fields.Char("Own name in Russian", required=False)
    name_en = fields.Char("Own name in English")
    note = fields.Char()
    amendment_id = fields.Many2one(
        "registrar.calendar.amendment",
        "Changed by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    active = fields.Boolean(default=True)

    _dates_ordered = models.Constraint(
        "CHECK (date_to >= date_from)", "The item ends before it begins."
    )

    def init(self):
        result = super().init()
        self.env.cr.execute(_GUARD, (",".join(FROZEN_COLUMNS),))
        return result

    @api.depends("date_from")
    def _compute_date_to(self):
        for item in self:
            if item.date_from and (not item.date_to or item.date_to < item.date_from):
                item.date_to = item.date_from

    @api.depends("date_from", "date_to")
    def _compute_weeks(self):
        for item in self:
            item.weeks = (
                round(((item.date_to - item.date_from).days + 1) / 7, 1)
                if item.date_from and item.date_to
                else 0
            )

    @api.depends("kind_id")
    def _compute_name(self):
        return super()._compute_name()

    def _search_name(self, operator, value):
        if operator.startswith("not") or operator == "!=":
            return NotImplemented
        return Domain.OR(
            [(f"{path}{field}", operator, value)]
            for path in ("", "kind_id.")
            for field in ("name_kk", "name_ru", "name_en")
        )

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for item in self:
            item.display_name = item.name

    def _code_in_name(self):
        return False

    @api.constrains("term_id", "calendar_id", "kind_id")
    def _check_term(self):
        for item in self:
            if (
                item.term_id
                and item.term_id.year_id != item.year_id
                and not item.kind_id.is_next_year
            ):
                raise ValidationError(
                    self.env._(
                        "“%(item)s” is of another academic year than its calendar.",
                        item=item.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        ids = {vals.get("calendar_id") for vals in vals_list}
        if not self._is_amending():
            self.env["registrar.calendar"].browse(filter(None, ids))._check_draft()
            for vals in vals_list:
                vals.pop("amendment_id", None)
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")
        if not self._is_amending():
            self.calendar_id._check_draft()
            if vals.get("calendar_id"):
                self.calendar_id.browse(vals["calendar_id"])._check_draft()
            if "amendment_id" in vals:
                raise UserError(self.env._("Amendments are kept by the system."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self.calendar_id._check_draft()

    def _is_amending(self):
        return self.env.context.get("registrar_calendar_amending") is AMENDING

    def _text(self, field, language):
        """Return the own text of the item, or that of its kind.

        An own name in any language stands before the name of the kind.
        """
        self.ensure_one()
        return text_in(self, field, language) or (
            self.kind_id._text(field, language) if self.kind_id else ""
        )

    def _concerns(self, course, is_final, programme=None):
        """Whether the item is meant for students of a year of study and programme."""
        self.ensure_one()
        return concerns(self.for_course, course, is_final) and (
            not programme or not self.programme_ids or programme in self.programme_ids
        )

    def _period_text(self):
        """Return the dates of the item as people read them."""
        self.ensure_one()
        first = format_date(self.env, self.date_from)
        last = format_date(self.env, self.date_to)
        return first if first == last else f"{first} – {last}"

    def _course_text(self):
        self.ensure_one()
        if self.for_course == "all":
            return ""
        labels = dict(self._fields["for_course"]._description_selection(self.env))
        return labels[self.for_course]
