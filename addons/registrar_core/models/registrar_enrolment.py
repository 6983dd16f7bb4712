from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .selections import (
    CONTINGENT_STATUSES,
    FUNDINGS,
    LANGUAGES_OF_STUDY,
    STATUSES,
    STUDY_FORMS,
)

# What the contingent can be counted by: dimension -> SQL over the aliases
# e (ledger row), s (student), p (programme), g (group).
DIMENSIONS = {
    "programme_id": "e.programme_id",
    "group_id": "e.group_id",
    "course": "e.course",
    "study_form": "e.study_form",
    "language": "e.language",
    "funding": "e.funding",
    "status": "e.status",
    "level": "p.level",
    "faculty_id": "p.faculty_id",
    "programme_group_id": "p.programme_group_id",
    "intake_year": "g.intake_year_id",
    "gender": "s.gender",
    "citizenship_id": "s.citizenship_id",
    "nationality_id": "s.nationality_id",
    "age": "EXTRACT(YEAR FROM age(%(date)s, s.birth_date))::int",
}


class RegistrarEnrolment(models.Model):
    """Who studied where, from day to day.

    One row is one unbroken state of one student. ``date_from`` is its first day,
    ``date_to`` the first day of the next state; the open row has none. A reversed row
    stays as a trace and counts nowhere.
    """

    _name = "registrar.enrolment"
    _description = "Enrolment ledger"
    _inherit = ["registrar.ledger"]
    _order = "student_id, date_from, id"
    _mutable_columns = frozenset({"date_to", "reversal_entry_id"})

    student_id = fields.Many2one(
        "registrar.student",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    previous_id = fields.Many2one(
        "registrar.enrolment", "Previous row", readonly=True, index="btree_not_null"
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("Until (exclusive)", readonly=True)
    kind_id = fields.Many2one(
        "registrar.movement.kind", required=True, readonly=True, ondelete="restrict"
    )
    programme_id = fields.Many2one(
        "registrar.programme", readonly=True, index=True, ondelete="restrict"
    )
    group_id = fields.Many2one(
        "registrar.group", readonly=True, index=True, ondelete="restrict"
    )
    course = fields.Integer("Year of study", readonly=True, aggregator=None)
    study_form = fields.Selection(STUDY_FORMS, readonly=True)
    language = fields.Selection(LANGUAGES_OF_STUDY, "Language of study", readonly=True)
    funding = fields.Selection(FUNDINGS, readonly=True)
    status = fields.Selection(STATUSES, required=True, readonly=True)
    reversal_entry_id = fields.Many2one(
        "registrar.register.entry",
        "Reversed by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    faculty_id = fields.Many2one(related="programme_id.faculty_id")

    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (student_id WITH =, daterange(date_from, date_to) WITH &&)"
        " WHERE (reversal_entry_id IS NULL)",
        "The states of a student may not overlap.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A state ends before it begins.",
    )
    _one_next = models.UniqueIndex(
        "(previous_id) WHERE reversal_entry_id IS NULL AND previous_id IS NOT NULL",
        "A state can be followed by one state only.",
    )
    _as_of = models.Index("(date_from, date_to) WHERE reversal_entry_id IS NULL")

    @api.depends("student_id", "date_from")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.student_id.display_name}, {row.date_from}"

    @api.model
    def _valid_domain(self, date):
        """Return the domain of the rows valid on ``date``."""
        return (
            Domain("date_from", "<=", date)
            & (Domain("date_to", "=", False) | Domain("date_to", ">", date))
            & Domain("reversal_entry_id", "=", False)
        )

    @api.model
    def _close(self, ids, date):
        if not ids:
            return
        self.flush_model()
        self.env.cr.execute(
            "UPDATE registrar_enrolment SET date_to = %s"
            " WHERE id = ANY(%s) AND date_to IS NULL",
            [date, ids],
        )
        if self.env.cr.rowcount != len(ids):
            raise UserError(
                self.env._(
                    "Somebody else has moved one of these students meanwhile. "
                    "Please try again."
                )
            )
        self.browse(ids).invalidate_recordset(["date_to"])

    def _reverse(self, document):
        """Take these rows back by a registered document and reopen the ones before.

        :param document: the cancelling document, being registered
        :raises UserError: when a later movement stands on one of the rows
        """
        entry = document.sudo().entry_id
        if not entry:
            raise UserError(
                self.env._("Only a document with a number can reverse movements.")
            )
        rows = self.sudo()
        rows.student_id._lock_last_rows()
        rows.invalidate_recordset()
        later = self.sudo().search(
            [
                ("previous_id", "in", rows.ids),
                ("id", "not in", rows.ids),
                ("reversal_entry_id", "=", False),
            ]
        )
        if later:
            raise UserError(
                self.env._(
                    "Later movements stand on this one; they must be cancelled first: "
                    "%s",
                    ", ".join(
                        f"{row.student_id.full_name} ({row.kind_id.name}, "
                        f"{row.entry_id.number})"
                        for row in later[:10]
                    ),
                )
            )
        if rows.filtered("reversal_entry_id"):
            raise UserError(self.env._("The movement is already reversed."))
        cr = self.env.cr
        cr.execute(
            "UPDATE registrar_enrolment SET reversal_entry_id = %s WHERE id = ANY(%s)",
            [entry.id, rows.ids],
        )
        cr.execute(
            """
            UPDATE registrar_enrolment p
               SET date_to = NULL
              FROM registrar_enrolment r
             WHERE r.previous_id = p.id AND r.id = ANY(%s)
               AND p.reversal_entry_id IS NULL
            """,
            [rows.ids],
        )
        self.invalidate_model(["date_to", "reversal_entry_id"])
        rows.student_id._refresh_state()

    @api.model
    def _contingent(self, date, dimensions=(), domain=None, active_only=False):
        """Count the students on a day, in one query.

        The list contingent counts those on leave too, the active one does not
        (administrative.md §2.1). The rights of the user apply.

        :param dimensions: names from ``DIMENSIONS``
        :param domain: further condition on the ledger rows
        :return: one dict per combination: the dimensions (ids or values) and
            ``"count"``
        :rtype: list[dict]
        """
        date = fields.Date.to_date(date)
        self.env.flush_all()
        statuses = ("studying",) if active_only else CONTINGENT_STATUSES
        base = self._valid_domain(date) & Domain("status", "in", statuses)
        base &= Domain(domain or Domain.TRUE)
        columns = self._dimension_columns(dimensions, date)
        groups = SQL(", ").join(SQL(str(i + 1)) for i in range(len(dimensions)))
        self.env.cr.execute(
            SQL(
                """
                SELECT %(columns)s COUNT(*) AS count
                  FROM registrar_enrolment e
                  JOIN registrar_student s ON s.id = e.student_id
             LEFT JOIN registrar_programme p ON p.id = e.programme_id
             LEFT JOIN registrar_group g ON g.id = e.group_id
                 WHERE e.id IN %(rows)s
                 %(group_by)s
                """,
                columns=columns,
                rows=self._rows_subselect(base),
                group_by=SQL("GROUP BY %s ORDER BY %s", groups, groups)
                if dimensions
                else SQL(),
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _movement(self, date_from, date_to, dimensions=(), domain=None):
        """Return the movement of the contingent over a period, in one query.

        ``start`` is the contingent at the end of the day before ``date_from``; the
        movements are those dated ``date_from`` to ``date_to`` inclusive; ``end`` is
        the contingent on ``date_to``. For every segment end = start + arrivals −
        departures + moved in − moved out (administrative.md §2.2).

        :return: one dict per segment: the dimensions, ``"start"``, ``"end"``,
            ``"arrivals"`` and ``"departures"`` (dicts kind id → count), ``"moved_in"``,
            ``"moved_out"``, ``"leave_out"`` (gone on leave), ``"leave_in"`` (back)
        :rtype: list[dict]
        """
        facts = self._movement_facts(date_from, date_to, dimensions, domain)
        self.env.cr.execute(
            SQL(
                """
                SELECT segment, what, kind_id, COUNT(*)
                  FROM (%s) facts
                 GROUP BY segment, what, kind_id
                 ORDER BY segment, what, kind_id
                """,
                facts,
            )
        )
        result = {}
        for values, what, kind_id, count in self.env.cr.fetchall():
            row = result.setdefault(
                tuple(values),
                {
                    **dict(zip(dimensions, values, strict=True)),
                    "start": 0,
                    "end": 0,
                    "arrivals": {},
                    "departures": {},
                    "moved_in": 0,
                    "moved_out": 0,
                    "leave_out": 0,
                    "leave_in": 0,
                },
            )
            if what == "arrival":
                row["arrivals"][kind_id] = count
            elif what == "departure":
                row["departures"][kind_id] = count
            else:
                row[what] = count
        return list(result.values())

    @api.model
    def _movement_facts(self, date_from, date_to, dimensions=(), domain=None):
        """Return the query of the single facts that ``_movement`` counts.

        :return: SELECT of ``segment`` (jsonb array of the dimensions), ``what``,
            ``kind_id``, ``row_id`` (the ledger row behind the fact), ``student_id``
        :rtype: SQL
        """
        date_from, date_to = (
            fields.Date.to_date(date_from),
            fields.Date.to_date(date_to),
        )
        self.env.flush_all()
        before = fields.Date.add(date_from, days=-1)
        scope = Domain("reversal_entry_id", "=", False) & Domain(domain or Domain.TRUE)
        return SQL(
            """
            WITH state AS NOT MATERIALIZED (
                SELECT e.id, e.student_id, e.previous_id, e.kind_id, e.status,
                       e.date_from, e.date_to,
                       e.status IN ('studying', 'leave') AS inside,
                       e.id IN %(scope)s AS in_scope,
                       jsonb_build_array(%(segment)s) AS segment
                  FROM registrar_enrolment e
                  JOIN registrar_student s ON s.id = e.student_id
             LEFT JOIN registrar_programme p ON p.id = e.programme_id
             LEFT JOIN registrar_group g ON g.id = e.group_id
                 WHERE e.reversal_entry_id IS NULL
            ), moved AS (
                SELECT r.*, b.inside AS was_inside, b.in_scope AS was_in_scope,
                       b.segment AS old_segment, b.status AS old_status,
                       r.segment <> b.segment OR r.in_scope <> b.in_scope AS crossed
                  FROM state r
             LEFT JOIN state b ON b.id = r.previous_id
                 WHERE r.date_from BETWEEN %(date_from)s AND %(date_to)s
            )
            SELECT segment, 'start' AS what, NULL::int AS kind_id,
                   id AS row_id, student_id
              FROM state
             WHERE inside AND in_scope AND date_from <= %(before)s
               AND (date_to IS NULL OR date_to > %(before)s)
             UNION ALL
            SELECT segment, 'end', NULL, id, student_id
              FROM state
             WHERE inside AND in_scope AND date_from <= %(date_to)s
               AND (date_to IS NULL OR date_to > %(date_to)s)
             UNION ALL
            SELECT segment, 'arrival', kind_id, id, student_id FROM moved
             WHERE inside AND in_scope AND was_inside IS NOT TRUE
             UNION ALL
            SELECT old_segment, 'departure', kind_id, id, student_id FROM moved
             WHERE NOT inside AND was_inside AND was_in_scope
             UNION ALL
            SELECT segment, 'moved_in', NULL, id, student_id FROM moved
             WHERE inside AND was_inside AND crossed AND in_scope
             UNION ALL
            SELECT old_segment, 'moved_out', NULL, id, student_id FROM moved
             WHERE inside AND was_inside AND crossed AND was_in_scope
             UNION ALL
            SELECT segment, 'leave_out', NULL, id, student_id FROM moved
             WHERE status = 'leave' AND old_status = 'studying' AND in_scope
             UNION ALL
            SELECT segment, 'leave_in', NULL, id, student_id FROM moved
             WHERE status = 'studying' AND old_status = 'leave' AND in_scope
            """,
            scope=self._rows_subselect(scope),
            segment=SQL(", ").join(
                self._dimension(name, date_to) for name in dimensions
            ),
            date_from=date_from,
            date_to=date_to,
            before=before,
        )

    @api.model
    def _verify_rows(self, entries):
        """Check that every state ends on the day on which the next one begins."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT e.entry_id
                  FROM registrar_enrolment e
             LEFT JOIN registrar_enrolment n
                    ON n.previous_id = e.id AND n.reversal_entry_id IS NULL
                 WHERE e.entry_id = ANY(%s) AND e.reversal_entry_id IS NULL
                   AND e.date_to IS DISTINCT FROM n.date_from
                """,
                entries.ids,
            )
        )
        return [
            (entry_id, self.env._("A state does not end where the next one begins."))
            for (entry_id,) in self.env.cr.fetchall()
        ]

    @api.model
    def _dimension_columns(self, dimensions, date):
        """Return ``expr AS name, …, `` for the dimensions asked for."""
        return SQL("").join(
            SQL("%s AS %s, ", self._dimension(name, date), SQL.identifier(name))
            for name in dimensions
        )

    @api.model
    def _dimension(self, name, date):
        """Return the expression of one dimension.

        :raises ValueError: when there is no such dimension
        """
        if name not in DIMENSIONS:
            raise ValueError(f"unknown dimension {name!r}")
        expression = DIMENSIONS[name]
        if "%(date)s" in expression:
            return SQL(expression, date=date)
        return SQL(expression)

    @api.model
    def _rows_subselect(self, domain):
        """Return ``(SELECT id …)`` of the rows that the user may see."""
        return self._search(domain, active_test=False).subselect()
