from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.registrar_core.models.registrar_student import STATE_FIELDS


class RegistrarStudent(models.Model):
    _inherit = "registrar.student"

    order_line_ids = fields.One2many(
        "registrar.order.line", "student_id", "Persons in orders"
    )
    order_count = fields.Integer("Number of orders", compute="_compute_order_count")

    def _compute_order_count(self):
        Line = self.env["registrar.order.line"]
        counts = {}
        if Line.has_access("read"):
            counts = dict(
                Line._read_group(
                    [("student_id", "in", self.ids)], ["student_id"], ["__count"]
                )
            )
        for student in self:
            student.order_count = counts.get(student._origin, 0)

    def action_open_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_orders.registrar_order_line_action"
        )
        return dict(
            action,
            name=self.env._("Orders on %s", self.full_name),
            domain=[("student_id", "=", self.id)],
            context={},
        )

    def action_new_order(self):
        """Open the wizard that puts the students into an order."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_orders.registrar_order_add_action"
        )
        return dict(action, context={"default_student_ids": self.ids})

    def _ledger_states(self):
        """Return the last ledger row in force of each student, in one query.

        :return: ``{student id: row}``; rows have the fields of the state, ``status``,
            ``date_from``, the document's ``number`` and the name of the ``kind``
        :rtype: dict[int, dict]
        """
        Enrolment = self.env["registrar.enrolment"]
        Enrolment.flush_model()
        columns = SQL(", ").join(SQL.identifier("e", name) for name in STATE_FIELDS)
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (e.student_id) e.student_id, e.id, e.date_from,
                       e.status, e.kind_id, r.number, %s
                  FROM registrar_enrolment e
                  JOIN registrar_register_entry r ON r.id = e.entry_id
                 WHERE e.student_id = ANY(%s) AND e.reversal_entry_id IS NULL
                 ORDER BY e.student_id, e.date_from DESC, e.id DESC
                """,
                columns,
                self.ids,
            )
        )
        rows = self.env.cr.dictfetchall()
        kinds = self.env["registrar.movement.kind"].browse(
            {row["kind_id"] for row in rows}
        )
        names = {kind.id: kind.name for kind in kinds}
        return {
            row["student_id"]: {**row, "kind": names[row["kind_id"]]} for row in rows
        }

    @api.model
    def _timeline_events(self, students):
        return super()._timeline_events(students) + self._timeline_orders(students)

    @api.model
    def _timeline_orders(self, students):
        """Return the registered orders; those that moved a student say so there."""
        Line = self.env["registrar.order.line"]
        if not Line.has_access("read"):
            return []
        lines = Line.search(
            [
                ("student_id", "in", students.ids),
                ("order_id.state", "in", ("registered", "cancelled")),
            ]
        )
        events = []
        for line in lines:
            order = line.order_id
            parts = [
                order.display_name,
                line.kind_id.name,
                line.note,
            ]
            events.append(
                {
                    "student_id": line.student_id.id,
                    "date": order.document_date,
                    "kind": "order",
                    "text": " · ".join(part for part in parts if part),
                    "model": order._name,
                    "res_id": order.id,
                    "entry_id": order.sudo().entry_id.id,
                    "is_muted": order.state == "cancelled",
                    "sequence": 4,
                }
            )
        return events

    def _portal_documents(self):
        """Add the orders; the file only of those that name nobody else."""
        rows = super()._portal_documents()
        lines = (
            self.env["registrar.order.line"]
            .sudo()
            .search(
                [
                    ("student_id", "=", self.id),
                    ("order_id.state", "in", ("registered", "cancelled")),
                ]
            )
        )
        for line in lines:
            order = line.order_id
            rows.append(
                self._portal_document(
                    order,
                    note=line.kind_id.name,
                    download=order.line_ids.student_id == line.student_id,
                )
            )
        return self._portal_sorted(rows)
