from odoo.tools import format_date

from odoo.addons.registrar_core.models.registrar_student import STATE_FIELDS

from .base import Effect, effect


@effect
class Cancellation(Effect):
    """Take the movements of another order back, of all its persons or of some."""

    code = "cancellation"
    label = "Cancellation of an order"

    def check(self, lines):
        reasons = {}
        live = self._live_rows(lines)
        later = self._later_rows(live.values())
        for line in lines:
            row = live.get((line.order_id.cancels_id.id, line.student_id.id))
            if not row:
                reasons[line] = [
                    self.env._("the order has no movement of this person in force")
                ]
            elif follower := later.get(row["id"]):
                reasons[line] = [
                    self.env._(
                        "a later movement stands on this one: %(kind)s from %(date)s, "
                        "document No. %(number)s; it must be cancelled first",
                        kind=follower["kind"],
                        date=format_date(self.env, follower["date_from"]),
                        number=follower["number"],
                    )
                ]
        return reasons

    def prepare(self, lines):
        """Propose the state that comes back: the one before the cancelled row."""
        live = self._live_rows(lines)
        result = {}
        for line in lines:
            row = live.get((line.order_id.cancels_id.id, line.student_id._origin.id))
            result[line] = {
                name: row[f"previous_{name}"] if row else False for name in STATE_FIELDS
            }
        return result

    def apply(self, lines):
        order = lines.order_id
        live = self._live_rows(lines)
        rows = self.env["registrar.enrolment"].browse(
            row["id"] for row in live.values()
        )
        rows._reverse(order)
        (rows.group_id | rows.previous_id.group_id)._follow_students()
        cancelled = order.cancels_id
        left = rows.sudo().search_count(
            [
                ("entry_id", "=", cancelled.entry_id.id),
                ("reversal_entry_id", "=", False),
            ],
            limit=1,
        )
        if not left:
            cancelled._cancel_by(order)
        return rows

    def _live_rows(self, lines):
        """Return the rows in force of the cancelled orders, for persons of the lines.

        :return: ``{(cancelled order id, student id): row}``
        """
        self.env["registrar.enrolment"].flush_model()
        previous = ", ".join(f"p.{name} AS previous_{name}" for name in STATE_FIELDS)
        self.env.cr.execute(
            f"""
            SELECT o.id AS order_id, r.id, r.student_id, {previous}
              FROM registrar_order o
              JOIN registrar_enrolment r ON r.entry_id = o.entry_id
         LEFT JOIN registrar_enrolment p ON p.id = r.previous_id
             WHERE o.id = ANY(%s) AND r.student_id = ANY(%s)
               AND r.reversal_entry_id IS NULL
            """,
            [lines.order_id.cancels_id.ids, lines.student_id.ids],
        )
        return {
            (row["order_id"], row["student_id"]): row
            for row in self.env.cr.dictfetchall()
        }

    def _later_rows(self, rows):
        """Return the movements that stand on these rows, by id of the row below."""
        self.env.cr.execute(
            """
            SELECT n.previous_id, n.date_from, k.id AS kind_id, e.number
              FROM registrar_enrolment n
              JOIN registrar_movement_kind k ON k.id = n.kind_id
              JOIN registrar_register_entry e ON e.id = n.entry_id
             WHERE n.previous_id = ANY(%s) AND n.reversal_entry_id IS NULL
            """,
            [[row["id"] for row in rows]],
        )
        found = self.env.cr.dictfetchall()
        kinds = self.env["registrar.movement.kind"].browse(
            row["kind_id"] for row in found
        )
        names = {kind.id: kind.name for kind in kinds}
        return {
            row["previous_id"]: {**row, "kind": names[row["kind_id"]]} for row in found
        }
