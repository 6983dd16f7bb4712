from markupsafe import Markup

from odoo import api, fields, models

from .selections import LINE_TYPES


class RegistrarWaitingEntry(models.Model):
    """A place in the waiting list of an offer, and what became of it.

    The sequence is given under the lock of the offer, so the order is that in which
    the clicks arrived. Source: academic.md §5.2.
    """

    _name = "registrar.waiting.entry"
    _description = "Place in a waiting list"
    _order = "offer_id, sequence, id"
    _rec_name = "student_id"
    _rec_names_search = ["student_id.full_name"]

    offer_id = fields.Many2one(
        "registrar.offer", "Discipline", required=True, index=True, ondelete="restrict"
    )
    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="restrict"
    )
    group_id = fields.Many2one(related="student_id.group_id", string="Group")
    faculty_id = fields.Many2one(related="student_id.faculty_id", string="Faculty")
    term_id = fields.Many2one(related="offer_id.term_id", store=True, index=True)
    sequence = fields.Integer("Order", required=True, readonly=True, aggregator=None)
    position = fields.Integer(
        "Place", compute="_compute_position", help="Place in the list as it is now."
    )
    line_type = fields.Selection(LINE_TYPES, "Type", required=True, default="main")
    date = fields.Datetime(
        "Since", required=True, readonly=True, default=fields.Datetime.now
    )
    date_end = fields.Datetime("Until", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("promoted", "Got a seat"),
            ("left", "Left"),
            ("expired", "Without a seat"),
            ("displaced", "To register anew"),
            ("settled", "Registered anew"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    reason = fields.Text(readonly=True)
    line_id = fields.Many2one(
        "registrar.study.plan.line",
        "Registration",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _waiting_once = models.UniqueIndex(
        "(offer_id, student_id) WHERE state = 'waiting'",
        "The student is already in this waiting list.",
    )
    _sequence_unique = models.UniqueIndex(
        "(offer_id, sequence)", "The place in the waiting list is taken."
    )

    @api.depends("state", "sequence")
    def _compute_position(self):
        """Count those who still wait before; set-wise."""
        self.flush_model(["state", "sequence", "offer_id"])
        self.env.cr.execute(
            """
            SELECT id, row_number() OVER (PARTITION BY offer_id ORDER BY sequence)
              FROM registrar_waiting_entry
             WHERE state = 'waiting' AND offer_id = ANY(%s)
            """,
            [self.offer_id.ids],
        )
        positions = dict(self.env.cr.fetchall())
        for entry in self:
            entry.position = positions.get(entry._origin.id, 0)

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # Everybody behind moves up.
            self.invalidate_model(["position"])
        return result

    def action_leave(self):
        """Take students off the list; the office and the adviser may."""
        self.check_access("read")
        for entry in self.filtered(lambda e: e.state == "waiting"):
            entry.offer_id._check_may_act(entry.student_id)
            entry.sudo()._finish("left")
        return True

    def action_open_student(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "registrar.student",
            "res_id": self.student_id.id,
            "view_mode": "form",
        }

    def _finish(self, state, reason=None):
        self.write(
            {
                "state": state,
                "reason": reason or False,
                "date_end": fields.Datetime.now(),
            }
        )

    @api.model
    def _settle(self, line):
        """A student who was to register anew has chosen another discipline."""
        displaced = self.search(
            [
                ("student_id", "=", line.student_id.id),
                ("term_id", "=", line.term_id.id),
                ("state", "=", "displaced"),
            ],
            limit=1,
        )
        if displaced:
            displaced.write({"state": "settled", "line_id": line.id})

    def _tell(self):
        """Send every student a message in the own language."""
        thread = self.env["mail.thread"].sudo()
        for entry in self:
            partner = entry.student_id.partner_id
            entry = entry.with_context(lang=partner.lang or self.env.lang)
            subject, text = entry._message()
            thread.with_context(lang=partner.lang or self.env.lang).message_notify(
                partner_ids=partner.ids,
                subject=subject,
                body=Markup("<p>%s</p><p><a href='/my/plan'>/my/plan</a></p>") % text,
                model="registrar.student",
                res_id=entry.student_id.id,
                force_send=False,
            )

    def _message(self):
        """Return subject and text of the message about what became of the entry."""
        self.ensure_one()
        name = self.offer_id.display_name
        if self.state == "promoted":
            return (
                self.env._("You have a seat: %s", name),
                self.env._(
                    "A seat in “%s” became free and is yours. Look at your study plan "
                    "and submit it.",
                    name,
                ),
            )
        if self.state == "displaced":
            return (
                self.env._("Not opened: %s", name),
                self.env._(
                    "“%s” is not opened. Choose another discipline in your study plan.",
                    name,
                ),
            )
        return (
            self.env._("No seat: %s", name),
            self.env._(
                "You are not in the waiting list of “%(offer)s” any more: %(reason)s",
                offer=name,
                reason=self.reason or "",
            ),
        )
