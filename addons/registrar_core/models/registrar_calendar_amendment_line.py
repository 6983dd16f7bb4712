from odoo import fields, models
from odoo.tools import format_date


class RegistrarCalendarAmendmentLine(models.Model):
    """What an amendment did to one item."""

    _name = "registrar.calendar.amendment.line"
    _description = "Change of an item of an academic calendar"
    _order = "amendment_id, id"
    _rec_name = "item_id"

    amendment_id = fields.Many2one(
        "registrar.calendar.amendment",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    item_id = fields.Many2one(
        "registrar.calendar.item",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        context={"active_test": False},
    )
    action = fields.Selection(
        [("added", "Added"), ("changed", "Changed"), ("removed", "Removed")],
        required=True,
        readonly=True,
    )
    old_date_from = fields.Date("First day before", readonly=True)
    old_date_to = fields.Date("Last day before", readonly=True)
    new_date_from = fields.Date("First day after", readonly=True)
    new_date_to = fields.Date("Last day after", readonly=True)

    def _text(self):
        """Return the change in one line for the reader."""
        self.ensure_one()
        labels = dict(self._fields["action"]._description_selection(self.env))
        return "{name}: {action} {old}{arrow}{new}".format(
            name=self.item_id.name,
            action=(labels[self.action] or "").lower(),
            old=self._period(self.old_date_from, self.old_date_to),
            arrow=" → " if self.action == "changed" else "",
            new=self._period(self.new_date_from, self.new_date_to),
        ).strip()

    def _period(self, first, last):
        if not first:
            return ""
        texts = [format_date(self.env, day) for day in (first, last)]
        return texts[0] if texts[0] == texts[1] else " – ".join(texts)
