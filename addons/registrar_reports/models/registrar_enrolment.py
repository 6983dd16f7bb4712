import json

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.registrar_core.models.selections import CONTINGENT_STATUSES


class RegistrarEnrolment(models.Model):
    _inherit = "registrar.enrolment"

    @api.model
    def _contingent_rows(
        self, date, dimensions=(), values=None, domain=None, active_only=False
    ):
        """Return the ledger rows that ``_contingent`` counts.

        :param values: tuples of values of ``dimensions``, the same length each; None
            means everything
        :return: rows valid on ``date``
        :rtype: registrar.enrolment
        """
        statuses = ("studying",) if active_only else CONTINGENT_STATUSES
        base = self._valid_domain(date) & Domain("status", "in", statuses)
        base &= Domain(domain or Domain.TRUE)
        if values is None:
            return self.search(base)
        self.env.cr.execute(
            SQL(
                """
                SELECT e.id
                  FROM registrar_enrolment e
                  JOIN registrar_student s ON s.id = e.student_id
             LEFT JOIN registrar_programme p ON p.id = e.programme_id
             LEFT JOIN registrar_group g ON g.id = e.group_id
                 WHERE e.id IN %(rows)s
                   AND jsonb_build_array(%(segment)s) = ANY(%(values)s::jsonb[])
                """,
                rows=self._rows_subselect(base),
                segment=SQL(", ").join(
                    self._dimension(name, date) for name in dimensions
                ),
                values=[json.dumps(list(value)) for value in values],
            )
        )
        return self.browse(row_id for (row_id,) in self.env.cr.fetchall())

    @api.model
    def _movement_rows(self, period, dimensions, segment, domain, what, codes=()):
        """Return the ledger rows behind one figure of the movement.

        :param period: first and last day
        :param segment: values of ``dimensions``, or None for all segments
        :param str what: kind of fact, see ``_movement_facts``
        :param codes: codes of the rows of kinds of movement; empty means any
        :rtype: registrar.enrolment
        """
        query = SQL(
            """
            SELECT DISTINCT f.row_id
              FROM (%(facts)s) f
         LEFT JOIN registrar_movement_kind k ON k.id = f.kind_id
             WHERE f.what = %(what)s AND %(segment)s AND %(codes)s
            """,
            facts=self._movement_facts(*period, dimensions, domain),
            what=what,
            segment=SQL("TRUE")
            if segment is None
            else SQL("f.segment = %s::jsonb", json.dumps(list(segment))),
            codes=SQL("k.row_code IN %s", tuple(codes)) if codes else SQL("TRUE"),
        )
        self.env.cr.execute(query)
        return self.browse(row_id for (row_id,) in self.env.cr.fetchall())

    @api.model
    def _movement_people(self, date_from, date_to, domain=None):
        """Return what happened to each student in a period.

        :return: tuples (student id, in the list at the start, arrivals, departures,
            moved in, moved out, in the list at the end)
        :rtype: list[tuple]
        """

        def count(what):
            return SQL("COUNT(*) FILTER (WHERE what = %s)", what)

        moments = ("start", "arrival", "departure", "moved_in", "moved_out", "end")
        self.env.cr.execute(
            SQL(
                "SELECT student_id, %s FROM (%s) facts GROUP BY student_id",
                SQL(", ").join(count(what) for what in moments),
                self._movement_facts(date_from, date_to, (), domain),
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _reference_rows(self, date_from, date_to, codes, domain=None):
        """Return the live rows of a period whose kind stands in rows for reference."""
        return self.search(
            Domain("reversal_entry_id", "=", False)
            & Domain("date_from", ">=", date_from)
            & Domain("date_from", "<=", date_to)
            & Domain("kind_id.row_code", "in", codes)
            & Domain(domain or Domain.TRUE)
        )

    @api.model
    def _segments_of(self, rows, dimensions, date):
        """Return the values of the dimensions of ledger rows: ``{id: tuple}``."""
        if not rows:
            return {}
        self.env.cr.execute(
            SQL(
                """
                SELECT e.id, jsonb_build_array(%(segment)s)
                  FROM registrar_enrolment e
                  JOIN registrar_student s ON s.id = e.student_id
             LEFT JOIN registrar_programme p ON p.id = e.programme_id
             LEFT JOIN registrar_group g ON g.id = e.group_id
                 WHERE e.id = ANY(%(ids)s)
                """,
                segment=SQL(", ").join(
                    self._dimension(name, date) for name in dimensions
                ),
                ids=rows.ids,
            )
        )
        return {row_id: tuple(values) for row_id, values in self.env.cr.fetchall()}
