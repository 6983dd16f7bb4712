import logging
from collections import defaultdict

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.modules.registry import Registry
from odoo.tools import SQL

from . import seat_rules
from .selections import LANGUAGES_OF_STUDY

_logger = logging.getLogger(__name__)

# First key of the advisory locks of offers and of students at their seats.
OFFER_LOCK_CLASS = 0x52534541
STUDENT_LOCK_CLASS = 0x52535455
# How long a click waits for those before it.
LOCK_TIMEOUT = "60s"

OFFER_KINDS = [
    ("main", "Main registration"),
    ("summer", "Summer semester"),
    ("additional", "Additional discipline"),
    ("difference", "Academic difference"),
]
# What a registration is for when the office says nothing else.
LINE_TYPE_OF_KIND = {
    "main": "main",
    "summer": "retake",
    "additional": "additional",
    "difference": "difference",
}

# The database itself refuses a registration beyond the seats of its offer.
_SEAT_GUARD = """
CREATE OR REPLACE FUNCTION registrar_seat_guard() RETURNS trigger
LANGUAGE plpgsql AS $guard$
DECLARE
    capacity integer;
BEGIN
    IF TG_TABLE_NAME = 'registrar_offer' THEN
        IF NEW.capacity_max > 0 AND EXISTS (
            SELECT FROM registrar_study_plan_line l
             WHERE l.offer_id = NEW.id AND l.is_cancelled IS NOT TRUE
               AND (COALESCE(l.seat_number, 0) = 0
                    OR l.seat_number > NEW.capacity_max))
        THEN
            RAISE EXCEPTION 'offer % has more registrations than seats', NEW.id
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END IF;
    SELECT o.capacity_max INTO capacity
      FROM registrar_offer o WHERE o.id = NEW.offer_id FOR SHARE;
    IF capacity > 0 AND COALESCE(NEW.seat_number NOT BETWEEN 1 AND capacity, TRUE) THEN
        RAISE EXCEPTION 'offer % has no seat for registration %', NEW.offer_id, NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$guard$;
CREATE OR REPLACE TRIGGER registrar_seat_guard
    AFTER INSERT OR UPDATE OF offer_id, seat_number, is_cancelled
    ON registrar_study_plan_line FOR EACH ROW
    WHEN (NEW.offer_id IS NOT NULL AND NEW.is_cancelled IS NOT TRUE)
    EXECUTE FUNCTION registrar_seat_guard();
CREATE OR REPLACE TRIGGER registrar_seat_guard
    AFTER UPDATE OF capacity_max ON registrar_offer FOR EACH ROW
    EXECUTE FUNCTION registrar_seat_guard();
"""


class RegistrarOffer(models.Model):
    """A discipline that is offered in a term in a language, with so many seats.

    Seats are numbered. A registration that takes one gets the lowest free number, and
    the database holds the pair of offer and number unique, so there can never be more
    registrations than seats whatever the isolation level of the transactions.
    Source: academic.md §5.1–5.2.
    """

    _name = "registrar.offer"
    _description = "Offered discipline"
    _inherit = ["mail.thread"]
    _order = "term_id, discipline_id, language, id"
    _rec_names_search = ["discipline_id"]

    discipline_id = fields.Many2one(
        "registrar.discipline",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    term_id = fields.Many2one(
        "registrar.term",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    year_id = fields.Many2one(
        related="term_id.year_id", string="Academic year", store=True, index=True
    )
    department_id = fields.Many2one(
        related="discipline_id.department_id",
        string="Department",
        store=True,
        index=True,
    )
    faculty_id = fields.Many2one(related="discipline_id.faculty_id", string="Faculty")
    language = fields.Selection(
        LANGUAGES_OF_STUDY, required=True, default="kk", tracking=True
    )
    kind = fields.Selection(OFFER_KINDS, required=True, default="main", tracking=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("closed", "Closed"),
            ("not_opened", "Not opened"),
        ],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
        help="A closed offer takes nobody else; one that is not opened has sent its "
        "students to register anew.",
    )
    credits = fields.Float(
        compute="_compute_credits",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 1),
    )
    capacity_min = fields.Integer(
        "Fewest students",
        aggregator=None,
        tracking=True,
        help="With fewer students the discipline is not opened. 0: it always is.",
    )
    capacity_max = fields.Integer(
        "Seats", aggregator=None, tracking=True, help="0: as many as come."
    )
    teacher_ids = fields.Many2many(
        "hr.employee", string="Teachers", domain="[('is_teacher', '=', True)]"
    )
    programme_ids = fields.Many2many(
        "registrar.programme",
        string="Only for programmes",
        help="Empty: for students of every programme.",
    )
    note = fields.Text("Remark for students")
    line_ids = fields.One2many("registrar.study.plan.line", "offer_id", "Students")
    entry_ids = fields.One2many("registrar.waiting.entry", "offer_id", "Waiting list")
    taken_count = fields.Integer("Seats taken", compute="_compute_counts")
    free_count = fields.Integer("Free seats", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    displaced_count = fields.Integer("To register anew", compute="_compute_counts")
    occupancy = fields.Float("Occupancy, %", compute="_compute_counts", aggregator=None)
    is_short = fields.Boolean("Fewer than needed", compute="_compute_counts")

    _offer_unique = models.Constraint(
        "UNIQUE (discipline_id, term_id, language, kind)",
        "The discipline is already offered in this term and language.",
    )
    _capacity_positive = models.Constraint(
        "CHECK (capacity_min >= 0 AND capacity_max >= 0)",
        "The number of seats cannot be negative.",
    )
    _capacity_ordered = models.Constraint(
        "CHECK (capacity_max = 0 OR capacity_min <= capacity_max)",
        "The discipline needs more students than it has seats.",
    )

    def init(self):
        self.env.cr.execute(_SEAT_GUARD)
        return super().init()

    @api.depends("discipline_id", "language")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["language"]._description_selection(self.env))
        for offer in self:
            name = offer.discipline_id.display_name or ""
            language = labels.get(offer.language)
            offer.display_name = f"{name} ({language})" if language else name

    @api.depends("discipline_id")
    def _compute_credits(self):
        """Propose the credits that curricula give the discipline."""
        rows = (
            self.env["registrar.curriculum.line"]
            .sudo()
            ._read_group(
                [("discipline_id", "in", self.discipline_id.ids)],
                ["discipline_id"],
                ["credits:max"],
            )
        )
        credits = {discipline.id: number for discipline, number in rows}
        for offer in self:
            offer.credits = credits.get(offer.discipline_id.id) or offer.credits

    @api.depends("line_ids.is_cancelled", "entry_ids.state", "capacity_max")
    def _compute_counts(self):
        taken = dict(
            self.env["registrar.study.plan.line"]
            .sudo()
            ._read_group(
                [("offer_id", "in", self.ids), ("is_cancelled", "=", False)],
                ["offer_id"],
                ["__count"],
            )
        )
        entries = {
            (offer.id, state): count
            for offer, state, count in self.env["registrar.waiting.entry"]
            .sudo()
            ._read_group(
                [
                    ("offer_id", "in", self.ids),
                    ("state", "in", ("waiting", "displaced")),
                ],
                ["offer_id", "state"],
                ["__count"],
            )
        }
        taken = {offer.id: count for offer, count in taken.items()}
        for offer in self:
            offer_id = offer._origin.id
            count = taken.get(offer_id, 0)
            offer.taken_count = count
            offer.waiting_count = entries.get((offer_id, "waiting"), 0)
            offer.displaced_count = entries.get((offer_id, "displaced"), 0)
            limit = offer.capacity_max
            offer.free_count = max(limit - count, 0) if limit else 0
            offer.occupancy = 100.0 * count / limit if limit else 0
            offer.is_short = count < offer.capacity_min

    @api.constrains("discipline_id", "term_id", "kind")
    def _check_kind(self):
        for offer in self:
            if offer.kind == "summer" and offer.term_id.kind != "summer":
                raise ValidationError(
                    self.env._(
                        "“%s” is offered for the summer semester in another term.",
                        offer.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            term = self.env["registrar.term"].browse(vals.get("term_id"))
            if "kind" not in vals and term.kind == "summer":
                vals["kind"] = "summer"
        # Linking employees asks for the right to read them, which the office has not;
        # the right to make offers is what counts.
        vals_list = [dict(vals) for vals in vals_list]
        teachers = [vals.pop("teacher_ids", None) for vals in vals_list]
        offers = super().create(vals_list)
        for offer, commands in zip(offers, teachers, strict=True):
            if commands:
                offer.sudo().teacher_ids = commands
        return offers

    def write(self, vals):
        if not self.env.su and vals.keys() & {"state"}:
            raise AccessError(
                self.env._("The state of an offer is changed by its actions only.")
            )
        if "teacher_ids" in vals and not self.env.su:
            self.check_access("write")
            vals = dict(vals)
            self.sudo().write({"teacher_ids": vals.pop("teacher_ids")})
        if "capacity_max" not in vals:
            if vals.keys() & {"discipline_id", "term_id"} and any(
                offer.taken_count or offer.waiting_count for offer in self
            ):
                raise UserError(
                    self.env._(
                        "Students are registered; make another offer instead of "
                        "changing its discipline or term."
                    )
                )
            return super().write(vals)
        self._lock_seats()
        # The numbers must fit the seats before and after: the database looks at both.
        if vals["capacity_max"]:
            self._number_seats(vals["capacity_max"])
            result = super().write(vals)
        else:
            result = super().write(vals)
            self._number_seats(0)
        self._schedule_promotion()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taken(self):
        for offer in self:
            if offer.sudo().line_ids or offer.sudo().entry_ids:
                raise UserError(
                    self.env._(
                        "Students are or were registered in “%s”; close it instead.",
                        offer.display_name,
                    )
                )

    # Actions of the office

    def action_close(self):
        """Take nobody else; who is registered stays."""
        self.check_access("write")
        self.filtered(lambda o: o.state == "open").sudo().state = "closed"
        return True

    def action_open(self):
        """Open again; free seats go to the waiting list first."""
        self.check_access("write")
        reopened = self.filtered(lambda o: o.state != "open")
        reopened.sudo().state = "open"
        reopened._schedule_promotion()
        return True

    def action_promote(self):
        """Give free seats to those who wait; the server does it by itself as well."""
        self.check_access("write")
        self._schedule_promotion()
        return True

    def action_not_open(self):
        """Give the discipline up: its students are to register anew and are told.

        May be repeated; offers that are already given up are left out.
        """
        self.check_access("write")
        given_up = self.filtered(lambda o: o.state != "not_opened").sudo()
        given_up._lock_seats()
        given_up.state = "not_opened"
        given_up._displace()
        return True

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_line_action"
        )
        return dict(
            action,
            domain=[("offer_id", "=", self.id), ("is_cancelled", "=", False)],
            context={},
        )

    def action_open_waiting(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_waiting_entry_action"
        )
        return dict(
            action,
            domain=[("offer_id", "in", self.ids)],
            context={"search_default_waiting": 1},
        )

    def action_open_displaced(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_waiting_entry_action"
        )
        return dict(
            action,
            domain=[("offer_id", "in", self.ids), ("state", "=", "displaced")],
            context={},
        )

    def action_register_students(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register students"),
            "res_model": "registrar.register.students",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_offer_id": self.id,
                "default_discipline_id": self.discipline_id.id,
                "default_term_id": self.term_id.id,
                "default_line_type": LINE_TYPE_OF_KIND[self.kind],
            },
        }

    # Seats

    def _take_seat(self, student, line_type=None, values=None):
        """Register one student, or put the student on the waiting list.

        Safe under any number of clicks at once: clicks are served one after another
        per offer, in the order of their arrival; a second click gets the answer of the
        first. Rules, the calendar and the right to act for the student are checked
        here; the plan as a whole is judged when it is submitted.

        :param str line_type: what the registration is for, by default by the kind
        :param dict values: further values of the line, such as its ground
        :return: ``{"state": "registered", "line_id": id}`` or
            ``{"state": "waiting", "position": place from 1}``
        :rtype: dict
        :raises UserError: with all reasons why the student cannot have a seat
        """
        self.ensure_one()
        student.ensure_one()
        self._check_may_act(student)
        offer = self.sudo()
        student = student.sudo()
        line_type = line_type or offer._line_type_for(student)
        facts = offer._seat_facts(student, committed=False)
        if not (facts["line_id"] or facts["sequence"]):
            reasons = offer._refusals(student, line_type, self._calendar_mode(student))
            if reasons[student.id]:
                raise UserError("\n".join(reasons[student.id]))
            # Made before the lock: the others need not wait for it.
            offer._seat_plan(student)
        offer._lock_seats(student)
        facts = offer._seat_facts(student)
        if facts["line_id"]:
            return {"state": "registered", "line_id": facts["line_id"]}
        if facts["sequence"]:
            return {"state": "waiting", "position": facts["position"]}
        if facts["state"] != "open":
            raise UserError(self.env._("“%s” takes nobody else.", offer.display_name))
        seat = offer._free_seat(facts)
        if seat is None or facts["waiting"]:
            if seat is not None:
                # Those who came before are served first.
                offer._schedule_promotion()
            offer.env["registrar.waiting.entry"].create(
                {
                    "offer_id": offer.id,
                    "student_id": student.id,
                    "sequence": facts["last"] + 1,
                    "line_type": line_type,
                }
            )
            return {"state": "waiting", "position": len(facts["waiting"]) + 1}
        line = offer._seat(student, seat, line_type, values)
        return {"state": "registered", "line_id": line.id}

    def _leave(self, student):
        """Give up the place in the list, or the seat.

        A seat that stands in a draft is free at once. One in a registered plan is put
        into the change of the plan that is under way; it is free when that is
        registered.

        :return: ``{"state": "left"}`` or ``{"state": "dropping", "plan_id": id}``
        :raises UserError: when the window is closed or the plan is under way
        """
        self.ensure_one()
        student.ensure_one()
        self._check_may_act(student)
        offer, student = self.sudo(), student.sudo()
        entries = offer._entries(student)
        if entries:
            entries._finish("left")
            return {"state": "left"}
        line = offer.line_ids.filtered(
            lambda li: li.student_id == student and not li.is_cancelled
        )[:1]
        if not line:
            return {"state": "left"}
        return line._give_up(self._calendar_mode(student))

    def _is_self(self, student):
        """Whether the user is the student; then the calendar must allow the step."""
        return not self.env.su and student.sudo().partner_id == self.env.user.partner_id

    def _calendar_mode(self, student):
        """Return how strictly the calendar binds the user.

        ``"student"``: it must say that the window is open; ``"adviser"``: it must not
        say that it is closed; None: the office registers late as well.
        """
        if self._is_self(student):
            return "student"
        if self.env.su or self.env.user.has_group(
            "registrar_core.group_registrar_clerk"
        ):
            return None
        return "adviser"

    def _check_may_act(self, student):
        """The student, the adviser of the group and the office may act."""
        if self.env.su or self._is_self(student):
            return
        if self.env.user.has_group("registrar_core.group_registrar_clerk"):
            return
        if self.env.user.has_group("registrar_core.group_registrar_adviser"):
            # The rules of students leave an adviser only the own ones.
            student.with_env(self.env).check_access("read")
            return
        raise AccessError(
            self.env._("Only the student, the adviser and the office register.")
        )

    def _line_type_for(self, student):
        """Return what the student would take the discipline for."""
        self.ensure_one()
        if self.kind != "main":
            return LINE_TYPE_OF_KIND[self.kind]
        plans = self.env["registrar.study.plan"]
        state = plans._study_states(student, self.year_id).get(student.id)
        if not state:
            return "main"
        failed = plans._failed_disciplines(student).get(student.id, ())
        if self.discipline_id.id in failed:
            return "retake"
        curriculum = self.env["registrar.curriculum"].browse(state["curriculum_id"])
        known = curriculum.sudo().line_ids.discipline_id
        return "main" if self.discipline_id in known else "additional"

    def _refusals(self, students, line_type=None, mode=None):
        """Return why students cannot have a seat, set-wise.

        :param str mode: how strictly the calendar binds, see ``_calendar_mode``
        :rtype: dict[int, list[str]]
        """
        self.ensure_one()
        return seat_rules.refusals(self, students, line_type, mode)

    def _activity(self):
        """Return the activities of the calendar that open the registration."""
        return seat_rules.activities(self.term_id)

    def _lock_seats(self, students=None):
        """Wait until nobody else takes or gives seats of these offers.

        The lock ends with the transaction. Offers come first and by id, then students,
        so that two transactions do not wait for each other.
        """
        cr = self.env.cr
        keys = [(OFFER_LOCK_CLASS, offer_id) for offer_id in sorted(self.ids)]
        if students:
            keys += [(STUDENT_LOCK_CLASS, key) for key in sorted(students.ids)]
        if not keys:
            return
        cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
        for key in keys:
            cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", key)
        cr.execute("SET LOCAL lock_timeout = DEFAULT")

    def _seat_facts(self, student, committed=True):
        """Return who sits and who waits, as it is now.

        The snapshot of the own transaction may be older than the lock; what others
        have committed is read through a fresh connection and both count.

        :param bool committed: False: what the own snapshot shows is enough
        :return: ``capacity``, ``state``, ``seats`` (numbers taken), ``waiting``
            (sequences, sorted), ``last`` (sequence), and of the student ``line_id``,
            ``sequence`` and ``position``
        :rtype: dict
        """
        self.ensure_one()
        self.env.flush_all()
        query = SQL(
            """
            SELECT o.capacity_max, o.state,
                   ARRAY(SELECT l.seat_number FROM registrar_study_plan_line l
                          WHERE l.offer_id = o.id AND l.seat_number > 0
                            AND l.is_cancelled IS NOT TRUE),
                   ARRAY(SELECT e.sequence FROM registrar_waiting_entry e
                          WHERE e.offer_id = o.id AND e.state = 'waiting'),
                   (SELECT max(e.sequence) FROM registrar_waiting_entry e
                     WHERE e.offer_id = o.id),
                   (SELECT l.id FROM registrar_study_plan_line l
                     WHERE l.offer_id = o.id AND l.student_id = %(student)s
                       AND l.is_cancelled IS NOT TRUE LIMIT 1),
                   (SELECT e.sequence FROM registrar_waiting_entry e
                     WHERE e.offer_id = o.id AND e.student_id = %(student)s
                       AND e.state = 'waiting')
              FROM registrar_offer o
             WHERE o.id = %(offer)s
            """,
            student=student.id or None,
            offer=self.id,
        )
        facts = {"seats": set(), "last": 0, "line_id": None, "sequence": None}
        waiting = set()
        self.env.cr.execute(query)
        rows = [self.env.cr.fetchone()]
        if committed:
            with self.env.registry.cursor() as fresh:
                fresh.execute(query)
                rows.append(fresh.fetchone())
        # What is committed counts, unless the offer itself is newer.
        for row in filter(None, rows):
            facts["capacity"], facts["state"] = row[0], row[1]
            facts["seats"].update(row[2])
            waiting.update(row[3])
            facts["last"] = max(facts["last"], row[4] or 0)
            facts["line_id"] = facts["line_id"] or row[5]
            facts["sequence"] = facts["sequence"] or row[6]
        facts["waiting"] = sorted(waiting)
        if facts["sequence"]:
            facts["position"] = facts["waiting"].index(facts["sequence"]) + 1
        return facts

    @api.model
    def _free_seat(self, facts):
        """Return the lowest free number, 0 for an offer without limit, else None."""
        if not facts["capacity"]:
            return 0
        for number in range(1, facts["capacity"] + 1):
            if number not in facts["seats"]:
                return number
        return None

    def _seat_plan(self, student):
        """Return the plan in which a seat of this offer is written down.

        The draft of the main plan of the year; when that is registered, the change of
        it that is under way.

        :raises UserError: when none can be made, or the plan is under way
        """
        self.ensure_one()
        return (
            self.env["registrar.study.plan"]
            .sudo()
            ._open_for_seats(student, self.year_id)
        )

    def _seat(self, student, number, line_type, values=None):
        """Write the registration down; the lock is held and the number is free."""
        plan = self._seat_plan(student)
        Line = self.env["registrar.study.plan.line"].sudo()
        line = Line.search(
            [
                ("student_id", "=", student.id),
                ("discipline_id", "=", self.discipline_id.id),
                ("term_id", "=", self.term_id.id),
                ("is_cancelled", "=", False),
            ],
            limit=1,
        )
        seat = {"offer_id": self.id, "seat_number": number or False}
        if line:
            # Planned before without a seat, for instance by the curriculum.
            line.write(seat)
        else:
            line = Line.create(
                {
                    "plan_id": plan.id,
                    "discipline_id": self.discipline_id.id,
                    "term_id": self.term_id.id,
                    "line_type": line_type,
                    **({"credits": self.credits} if self.credits else {}),
                    **seat,
                    **(values or {}),
                }
            )
        line._leave_replaced()
        self.env["registrar.waiting.entry"].sudo()._settle(line)
        return line

    def _entries(self, student):
        """Return the live entries of a student in the waiting lists of these offers."""
        return (
            self.env["registrar.waiting.entry"]
            .sudo()
            .search(
                [
                    ("offer_id", "in", self.ids),
                    ("student_id", "=", student.id),
                    ("state", "=", "waiting"),
                ]
            )
        )

    def _number_seats(self, capacity):
        """Number the registrations anew so that they fit ``capacity`` seats."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT o.id, count(l.id)
                  FROM registrar_offer o
                  JOIN registrar_study_plan_line l
                    ON l.offer_id = o.id AND l.is_cancelled IS NOT TRUE
                 WHERE o.id = ANY(%s)
                 GROUP BY o.id HAVING count(l.id) > %s
                """,
                self.ids,
                capacity,
            )
        )
        full = self.env.cr.fetchone()
        if full and capacity:
            raise UserError(
                self.env._(
                    "“%(offer)s”: %(count)s seats are already taken.",
                    offer=self.browse(full[0]).display_name,
                    count=full[1],
                )
            )
        lines = (
            self.env["registrar.study.plan.line"]
            .sudo()
            .search(
                [("offer_id", "in", self.ids), ("is_cancelled", "=", False)],
                order="offer_id, seat_number, id",
            )
        )
        for offer_lines in lines.grouped("offer_id").values():
            numbers = {line.seat_number for line in offer_lines}
            free = iter(n for n in range(1, len(offer_lines) + 1) if n not in numbers)
            for line in offer_lines:
                if not capacity:
                    line.seat_number = False
                elif not 0 < line.seat_number <= len(offer_lines):
                    line.seat_number = next(free)
        lines.flush_recordset()

    @api.model
    def _attach(self, lines):
        """Give seats to planned registrations whose discipline is offered.

        Set-wise. Lines for which no seat is free stay without one, and the rules of
        the plan say so.

        :return: the lines that have no seat
        """
        lines = lines.sudo().filtered(
            lambda li: not li.offer_id and not li.is_cancelled
        )
        if not lines:
            return lines
        offers = self.sudo().search(
            [
                ("discipline_id", "in", lines.discipline_id.ids),
                ("term_id", "in", lines.term_id.ids),
                ("state", "=", "open"),
            ]
        )
        if not offers:
            return lines.browse()
        by_key = defaultdict(self.browse)
        for offer in offers:
            by_key[offer.discipline_id.id, offer.term_id.id] |= offer
        wanted = defaultdict(lines.browse)
        for line in lines:
            found = by_key[line.discipline_id.id, line.term_id.id]
            if found:
                wanted[found._best_for(line.plan_id)] |= line
        chosen = self.browse(sorted(offer.id for offer in wanted if offer))
        chosen._lock_seats()
        left = lines.browse()
        nobody = self.env["registrar.student"]
        for offer, offer_lines in wanted.items():
            if not offer:
                left |= offer_lines
                continue
            facts = offer._seat_facts(nobody)
            if facts["waiting"]:
                left |= offer_lines
                continue
            if not facts["capacity"]:
                offer_lines.write({"offer_id": offer.id, "seat_number": False})
                continue
            for line in offer_lines:
                number = self._free_seat(facts)
                if number is None:
                    left |= line
                    continue
                facts["seats"].add(number)
                line.write({"offer_id": offer.id, "seat_number": number})
        return left

    def _best_for(self, plan):
        """Choose among offers of one discipline the one for the student of a plan."""
        possible = self.filtered(
            lambda o: not o.programme_ids or plan.programme_id in o.programme_ids
        )
        same = possible.filtered(lambda o: o.language == plan.language)
        if same:
            return same[0]
        return possible if len(possible) == 1 else self.browse()

    # Waiting list

    def _schedule_promotion(self):
        """Give free seats to those who wait, right after this transaction.

        Not within it: its snapshot may be older than the waiting list.
        """
        if not self:
            return
        postcommit = self.env.cr.postcommit
        waiting = postcommit.data.get("registrar.offers")
        if waiting is None:
            waiting = postcommit.data["registrar.offers"] = set()
            dbname = self.env.cr.dbname
            postcommit.add(lambda: promote_after_commit(dbname, sorted(waiting)))
        waiting.update(self.ids)

    def _promote(self):
        """Give free seats to those who wait, in their order.

        While the calendar allows registration. Who cannot have the seat any more
        leaves the list with the reason, and the next one is asked.

        :return: the entries that got a seat
        """
        offers = self.sudo().exists().sorted("id")
        offers._lock_seats()
        offers.env.invalidate_all()
        promoted = self.env["registrar.waiting.entry"].sudo()
        nobody = self.env["registrar.student"]
        for offer in offers:
            facts = offer._seat_facts(nobody)
            if facts["state"] != "open":
                continue
            entries = promoted.search(
                [("offer_id", "=", offer.id), ("state", "=", "waiting")],
                order="sequence",
            )
            free = len(entries)
            if facts["capacity"]:
                free = facts["capacity"] - len(facts["seats"])
            for start in range(0, len(entries), 50):
                if free <= 0:
                    break
                batch = entries[start : start + 50]
                closed = offer._closed_for(batch.student_id)
                for entry in batch:
                    if free <= 0:
                        break
                    if closed[entry.student_id.id]:
                        continue
                    if offer._promote_one(entry, facts):
                        promoted |= entry
                        free -= 1
        return promoted

    def _promote_one(self, entry, facts):
        """Give a free seat to one who waits; False when the rules forbid it."""
        number = self._free_seat(facts)
        student = entry.student_id
        reasons = self._refusals(student, entry.line_type)[student.id]
        if not reasons:
            try:
                with self.env.cr.savepoint():
                    line = self._seat_promoted(entry, number)
            except UserError as error:
                reasons = [str(error)]
        if reasons:
            entry._finish("expired", "\n".join(reasons))
            entry._tell()
            return False
        if number:
            facts["seats"].add(number)
        entry.write(
            {"state": "promoted", "date_end": fields.Datetime.now(), "line_id": line.id}
        )
        entry._tell()
        return True

    def _seat_promoted(self, entry, number):
        """Seat one who waited; a plan under way goes back to the student first."""
        student = entry.student_id
        plans = self.env["registrar.study.plan"].sudo()
        under_way = plans._main_plan(student, self.year_id).filtered(
            lambda p: p.state in ("submitted", "adviser", "dean")
        )
        if under_way:
            under_way._take_step(
                "return",
                self.env._(
                    "A seat in “%s” became free; submit the plan again.",
                    self.display_name,
                ),
            )
        return self._seat(student, number, entry.line_type)

    @api.model
    def _closed_windows(self, students, term, mode):
        """Return why the calendar forbids registration: ``{student id: text}``."""
        return seat_rules.closed_windows(
            self.env, students, term, seat_rules.activities(term), mode
        )

    def _closed_for(self, students):
        """Return ``{student id: whether the calendar forbids a seat today}``."""
        closed = self._closed_windows(students, self.term_id, "adviser")
        return {student.id: student.id in closed for student in students}

    @api.model
    def _cron_promote(self):
        """Do what was left undone, and end the lists whose registration is over."""
        offers = (
            self.env["registrar.waiting.entry"]
            .search([("state", "=", "waiting")])
            .offer_id
        )
        promote_after_commit(self.env.cr.dbname, offers.ids)
        today = fields.Date.context_today(self)
        over = offers.filtered(
            lambda o: o.state == "not_opened" or o.term_id.date_to < today
        )
        for offer in over:
            entries = offer.entry_ids.filtered(lambda e: e.state == "waiting")
            entries._finish("expired", self.env._("The registration is over."))

    def _displace(self):
        """Take the students out of offers that are not opened, list and tell them."""
        Entry = self.env["registrar.waiting.entry"].sudo()
        waiting = Entry.search(
            [("offer_id", "in", self.ids), ("state", "=", "waiting")]
        )
        waiting._finish("expired", self.env._("The discipline is not opened."))
        waiting._tell()
        lines = (
            self.env["registrar.study.plan.line"]
            .sudo()
            .search([("offer_id", "in", self.ids), ("is_cancelled", "=", False)])
        )
        rows = [
            {
                "offer_id": line.offer_id.id,
                "student_id": line.student_id.id,
                "line_type": line.line_type,
                "state": "displaced",
                "date_end": fields.Datetime.now(),
                "reason": self.env._("The discipline is not opened."),
            }
            for line in lines
        ]
        under_way = lines.plan_id.filtered(
            lambda p: p.state in ("submitted", "adviser", "dean")
        )
        if under_way:
            under_way._take_step(
                "return", self.env._("A chosen discipline is not opened.")
            )
        registered = lines.filtered(lambda li: li.plan_id.entry_id)
        registered.write({"is_cancelled": True, "class_group_id": False})
        (lines - registered).unlink()
        last = dict(
            Entry._read_group(
                [("offer_id", "in", self.ids)], ["offer_id"], ["sequence:max"]
            )
        )
        last = {offer.id: number or 0 for offer, number in last.items()}
        for row in rows:
            last[row["offer_id"]] = last.get(row["offer_id"], 0) + 1
            row["sequence"] = last[row["offer_id"]]
        Entry.create(rows)._tell()

    # Making offers

    @api.model
    def _generate(self, term, source="curricula", **options):
        """Make the offers of ``term`` that do not exist yet.

        :param str source: ``"catalogue"`` (published cards), ``"curricula"``
            (approved curricula of the groups that study then) or ``"demand"``
            (registrations that have no offer)
        :param options: ``electives_only``, ``capacity_min``, ``capacity_max``
        :return: the offers made
        """
        self.check_access("create")
        wanted = getattr(self, f"_wanted_by_{source}")(term, **options)
        present = {
            (offer.discipline_id.id, offer.language, offer.kind)
            for offer in self.search([("term_id", "=", term.id)])
        }
        kind = "summer" if term.kind == "summer" else "main"
        vals_list = []
        for vals in wanted:
            vals = {
                "kind": kind,
                "capacity_min": options.get("capacity_min") or 0,
                "capacity_max": options.get("capacity_max") or 0,
                **vals,
                "term_id": term.id,
            }
            key = (vals["discipline_id"], vals["language"], vals["kind"])
            if key not in present:
                present.add(key)
                vals_list.append(vals)
        offers = self.with_context(mail_create_nolog=True).create(vals_list)
        return offers.with_env(self.env)

    @api.model
    def _wanted_by_catalogue(self, term, **options):
        """Return values of offers by the cards of the published catalogues."""
        if "registrar.catalogue.card" not in self.env:
            return []
        cards = self.env["registrar.catalogue.card"].search(
            [
                ("catalogue_id.state", "=", "published"),
                ("catalogue_id.year_id", "=", term.year_id.id),
            ]
        )
        wanted = []
        for card in cards:
            values = card._offer_values()
            for vals in values if isinstance(values, list) else [values]:
                if vals.get("term_id", term.id) == term.id:
                    vals.setdefault("language", "kk")
                    wanted.append(vals)
        return wanted

    @api.model
    def _wanted_by_curricula(self, term, electives_only=True, **options):
        """Return values of offers by what the groups of the term study."""
        if term.kind == "summer":
            return []
        groups = self.env["registrar.group"].search(
            [("curriculum_id.state", "=", "approved")]
        )
        ahead = term.year_id._years_ahead()
        domain = Domain("curriculum_id", "in", groups.curriculum_id.ids)
        if electives_only:
            domain &= Domain("block_id", "!=", False)
        lines = defaultdict(list)
        for line in self.env["registrar.curriculum.line"].search(domain):
            if line._number_in_year() == term.number:
                lines[line.curriculum_id.id, line.course].append(line)
        found = {}
        for group in groups:
            for line in lines[group.curriculum_id.id, group.course + ahead]:
                found[line.discipline_id.id, group.language] = line.credits
        return [
            {"discipline_id": discipline, "language": language, "credits": credits}
            for (discipline, language), credits in found.items()
        ]

    @api.model
    def _wanted_by_demand(self, term, electives_only=False, **options):
        """Return values of offers by registrations that have none."""
        domain = [
            ("term_id", "=", term.id),
            ("offer_id", "=", False),
            ("is_cancelled", "=", False),
        ]
        if electives_only:
            domain.append(("component", "=", "kv"))
        rows = self.env["registrar.study.plan.line"]._read_group(
            domain, ["discipline_id", "plan_id.language"], ["credits:max"]
        )
        return [
            {
                "discipline_id": discipline.id,
                "language": language or "kk",
                "credits": credits,
            }
            for discipline, language, credits in rows
        ]


def promote_after_commit(dbname, offer_ids):
    """Promote from the waiting lists in a transaction of its own.

    It reads committed data statement by statement, so after the lock it sees what
    those before it did. A failure leaves the work to the scheduled job.
    """
    if not offer_ids:
        return
    try:
        with Registry(dbname).cursor() as cr:
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["registrar.offer"].browse(offer_ids)._promote()
    except (psycopg2.Error, UserError):
        _logger.exception("Waiting lists of offers %s: to be done later", offer_ids)
