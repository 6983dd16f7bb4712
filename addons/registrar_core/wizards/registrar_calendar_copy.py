from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RegistrarCalendarCopy(models.TransientModel):
    """Copy calendars to another year, keeping the days of the week.

    The new dates are shown and may be corrected before the drafts are made.
    """

    _name = "registrar.calendar.copy"
    _description = "Copy academic calendars to another year"

    calendar_ids = fields.Many2many(
        "registrar.calendar", required=True, string="Calendars"
    )
    year_id = fields.Many2one(
        "registrar.academic.year", "To the year", required=True, ondelete="cascade"
    )
    shift_days = fields.Integer("Shift, days", compute="_compute_shift_days")
    line_ids = fields.One2many(
        "registrar.calendar.copy.line",
        "wizard_id",
        "New dates",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    moved_count = fields.Integer("Moved dates", compute="_compute_moved_count")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        if context.get("active_model") == "registrar.calendar":
            calendars = self.env["registrar.calendar"].browse(
                context.get("active_ids") or []
            )
            if "calendar_ids" in fields_list:
                values["calendar_ids"] = [Command.set(calendars.ids)]
            year = calendars.year_id[:1]
            following = year and year.search(
                [("date_from", ">", year.date_from)], order="date_from", limit=1
            )
            if following and "year_id" in fields_list:
                values["year_id"] = following.id
        return values

    @api.depends("calendar_ids", "year_id")
    def _compute_shift_days(self):
        for wizard in self:
            source = wizard.calendar_ids.year_id[:1]
            wizard.shift_days = (
                wizard._shift(source).days if source and wizard.year_id else 0
            )

    @api.depends("calendar_ids", "year_id")
    def _compute_line_ids(self):
        for wizard in self:
            lines = [Command.clear()]
            if wizard.year_id:
                Holiday = self.env["registrar.holiday"].sudo()
                Holiday._generate(
                    wizard.year_id.date_from.year, wizard.year_id.date_to.year
                )
                for item in wizard.calendar_ids._origin.item_ids:
                    lines.append(Command.create(wizard._prepare_line(item)))
            wizard.line_ids = lines

    @api.depends("line_ids.reason")
    def _compute_moved_count(self):
        for wizard in self:
            wizard.moved_count = len(wizard.line_ids.filtered("reason"))

    def action_copy(self):
        """Make the drafts and open them."""
        self.ensure_one()
        calendars = self._copy()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_calendar_action"
        )
        if len(calendars) == 1:
            return {
                "type": "ir.actions.act_window",
                "res_model": "registrar.calendar",
                "res_id": calendars.id,
                "view_mode": "form",
            }
        return dict(action, domain=[("id", "in", calendars.ids)], context={})

    def _copy(self):
        """Return the drafts made of the calendars with the dates of the lines."""
        self.ensure_one()
        if self.year_id in self.calendar_ids.year_id:
            raise UserError(self.env._("Choose another year than that of the source."))
        copies = self.env["registrar.calendar"]
        Item = self.env["registrar.calendar.item"]
        for calendar in self.calendar_ids:
            target = calendar.copy({"year_id": self.year_id.id})
            lines = self.line_ids.filtered(
                lambda line, calendar=calendar: line.item_id.calendar_id == calendar
            )
            Item.create(
                [
                    dict(
                        line.item_id.copy_data()[0],
                        calendar_id=target.id,
                        term_id=self._target_term(line.item_id.term_id).id,
                        date_from=line.date_from,
                        date_to=line.date_to,
                    )
                    for line in lines
                ]
            )
            copies |= target
        return copies

    def _shift(self, source_year):
        """Return the whole weeks between the beginnings of two years."""
        days = (self.year_id.date_from - source_year.date_from).days
        return timedelta(days=7 * round(days / 7))

    def _target_term(self, term):
        """Return the term of the same kind, as many years later."""
        Term = self.env["registrar.term"]
        if not term:
            return Term
        if term.year_id in self.calendar_ids.year_id:
            return self.year_id.term_ids.filtered(lambda t: t.kind == term.kind)
        return Term

    def _prepare_line(self, item):
        source, target = item.calendar_id.year_id, self.year_id
        shift = self._shift(source)
        reasons = []
        first, last = item.date_from + shift, item.date_to + shift
        # What touches the edge of the year still does, and nothing leaves the year.
        inside = item.date_from >= source.date_from
        if item.date_from == source.date_from or (inside and first < target.date_from):
            first = target.date_from
        if item.date_to == source.date_to or last > target.date_to:
            last = target.date_to
        if (first, last) != (item.date_from + shift, item.date_to + shift):
            reasons.append(self.env._("kept within the year"))
        if item.is_deadline:
            working = self.env["registrar.holiday"]._next_working_day(last)
            if working != last and working <= target.date_to:
                reasons.append(self.env._("moved to a working day"))
                last = working
        last = max(first, last)
        return {
            "item_id": item.id,
            "date_from": first,
            "date_to": last,
            "reason": ", ".join(reasons),
        }
