from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.registrar_core.tools.languages import short_language, text_in

from ..tools import movement, table

# Row of the table -> kind of fact behind it; arrivals and departures come by codes.
FACTS = {
    "010": "start",
    "050": "end",
    "060": "leave_out",
    "061": "leave_in",
    "070": "moved_in",
    "071": "moved_out",
}
# How many people an explanation names.
NAMED = 10


class RegistrarMovementReport(models.TransientModel):
    """The movement of the contingent between two days, with its identities.

    Nothing is stored but the question. Rows and identities: administrative.md §2.2.
    """

    _name = "registrar.movement.report"
    _description = "Movement of the contingent"
    _inherit = ["registrar.contingent.scope", "registrar.xlsx"]
    _rec_name = "date_from"

    date_from = fields.Date(
        "From", required=True, default=lambda self: self._default_dates()[0]
    )
    date_to = fields.Date(
        "To", required=True, default=lambda self: self._default_dates()[1]
    )
    orientation = fields.Selection(
        [("across", "Segments across"), ("down", "Segments down")],
        required=True,
        default="across",
    )
    table = fields.Json(compute="_compute_table")
    verdicts = fields.Json(compute="_compute_table")
    is_balanced = fields.Boolean(compute="_compute_table")

    def _default_dates(self):
        """Return the current academic year up to today."""
        today = fields.Date.context_today(self)
        year = self.env["registrar.academic.year"]._at(today)
        return (year.date_from or today.replace(month=1, day=1), today)

    @api.depends(
        "date_from",
        "date_to",
        "orientation",
        "level",
        "faculty_ids",
        "programme_ids",
        "group_ids",
        "course",
        "study_form",
        "language",
        "funding",
        "dimension_1",
        "dimension_2",
        "dimension_3",
        "dimension_4",
    )
    @api.depends_context("lang", "uid")
    def _compute_table(self):
        for report in self:
            if (
                not report.date_from
                or not report.date_to
                or report.date_to < report.date_from
            ):
                report.table = report.verdicts = False
                report.is_balanced = False
                continue
            balances = report._balances()
            report.table = report._printed_table(balances)
            report.verdicts = report._explained_verdicts(balances)
            report.is_balanced = all(verdict["ok"] for verdict in report.verdicts)

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            report.display_name = report._title() if report.date_to else ""

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for report in self:
            if report.date_to < report.date_from:
                raise ValidationError(self.env._("The period ends before it begins."))

    def action_open_cell(self, key):
        """Open the people behind a number of the table.

        :param dict key: ``code`` of the row and ``segment``: values of the dimensions
            or None for the total
        """
        self.ensure_one()
        code, segment = key.get("code"), key.get("segment")
        dimensions = self._dimensions() if segment is not None else ()
        if segment is not None and len(segment) != len(dimensions):
            raise UserError(self.env._("The report has changed; please open it again."))
        Enrolment = self.env["registrar.enrolment"]
        if code in movement.REFERENCE_CODES:
            rows = Enrolment._reference_rows(
                self.date_from, self.date_to, (code,), self._scope_domain()
            )
            if segment is not None:
                of_row = Enrolment._segments_of(rows, dimensions, self.date_to)
                rows = rows.filtered(lambda row: of_row[row.id] == tuple(segment))
        else:
            what, codes = self._facts_of(code)
            rows = Enrolment._movement_rows(
                (self.date_from, self.date_to),
                dimensions,
                segment,
                self._scope_domain(),
                what,
                codes,
            )
        name = next((r for r in movement.ROWS if r.code == code), None)
        return self._action_open_rows(
            rows, f"{code} {self._row_name(name)}" if name else self._title()
        )

    def action_open_verdict(self, number):
        """Open the students with whom an identity fails."""
        self.ensure_one()
        for verdict in self._verdicts(self._balances()):
            if verdict.number == number:
                people = {
                    student
                    for difference in verdict.differences
                    for student in difference.people
                }
                return {
                    "type": "ir.actions.act_window",
                    "name": self.env._("Identity %s", number),
                    "res_model": "registrar.student",
                    "views": [(False, "list"), (False, "form")],
                    "domain": [("id", "in", sorted(people))],
                }
        raise UserError(self.env._("There is no identity %s.", number))

    def _facts_of(self, code):
        """Return the kind of fact and the codes of kinds behind a row.

        Kinds whose row is not in the section are counted as others.
        """
        if code in FACTS:
            return FACTS[code], ()
        sections = {
            "020": ("arrival", ()),
            "030": ("departure", ()),
        }
        if code in sections:
            return sections[code]
        if code in movement.ARRIVAL_CODES:
            what, codes, other = (
                "arrival",
                movement.ARRIVAL_CODES,
                movement.OTHER_ARRIVAL,
            )
        elif code in movement.DEPARTURE_CODES:
            what, codes, other = (
                "departure",
                movement.DEPARTURE_CODES,
                movement.OTHER_DEPARTURE,
            )
        else:
            raise UserError(self.env._("There is no row %s.", code))
        if code != other:
            return what, (code,)
        kinds = self._kinds()
        return what, tuple({code, *(row for row in kinds.values() if row not in codes)})

    def _kinds(self):
        """Return the row code of every kind of movement, archived ones, too."""
        kinds = (
            self.env["registrar.movement.kind"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch([], ["row_code"])
        )
        return {kind.id: kind.row_code for kind in kinds}

    def _balances(self):
        """Count everything that the table and the identities need.

        :return: ``{"total": balance, "segments": {tuple: balance}}``, see
            ``tools.movement``
        """
        self.ensure_one()
        dimensions = self._dimensions()
        total = self._count(())
        segments = self._count(dimensions) if dimensions else {(): total[()]}
        return {"total": total[()], "segments": segments}

    def _count(self, dimensions):
        """Return the balances by segment, from one query on the ledger."""
        Enrolment = self.env["registrar.enrolment"]
        scope = self._scope_domain()
        kinds = self._kinds()
        facts = Enrolment._movement(self.date_from, self.date_to, dimensions, scope)
        balances = {}
        if not dimensions:
            balances[()] = movement.new_balance()
        for row in facts:
            key = tuple(row[name] for name in dimensions)
            balance = balances.setdefault(key, movement.new_balance())
            for what in ("start", "end", "moved_in", "moved_out"):
                movement.add_fact(balance, what, None, row[what])
            for what in ("leave_out", "leave_in"):
                movement.add_fact(balance, what, None, row[what])
            for what in ("arrival", "departure"):
                for kind_id, count in row[f"{what}s"].items():
                    movement.add_fact(balance, what, kinds.get(kind_id), count)
        if set(kinds.values()) & set(movement.REFERENCE_CODES):
            rows = Enrolment._reference_rows(
                self.date_from, self.date_to, movement.REFERENCE_CODES, scope
            )
            of_row = Enrolment._segments_of(rows, dimensions, self.date_to)
            for row in rows:
                balance = balances.setdefault(of_row[row.id], movement.new_balance())
                movement.add_fact(balance, "reference", row.kind_id.row_code, 1)
        return balances

    def _verdicts(self, balances):
        """Check the seven identities.

        :rtype: list[movement.Verdict]
        """
        total, segments = balances["total"], balances["segments"]
        Enrolment = self.env["registrar.enrolment"]
        scope = self._scope_domain()
        people = Enrolment._movement_people(self.date_from, self.date_to, scope)
        lists = self._lists()
        return [
            movement.check_total(total),
            movement.check_segments(total, segments),
            movement.check_neighbours(*self._snapshots(balances)),
            movement.check_people(people),
            movement.check_sums(total, segments),
            movement.check_statuses(lists),
            movement.check_funding(lists),
        ]

    def _moments(self):
        return {
            "start": fields.Date.add(self.date_from, days=-1),
            "end": self.date_to,
        }

    def _snapshots(self, balances):
        """Return the balances and the contingents counted apart from the movement.

        Age changes with the day of counting, so with it only the totals compare.
        """
        dimensions = self._dimensions()
        segments = balances["segments"]
        if "age" in dimensions:
            dimensions, segments = (), {(): balances["total"]}
        snapshots = {}
        for moment, date in self._moments().items():
            rows = self.env["registrar.enrolment"]._contingent(
                date, dimensions, self._scope_domain()
            )
            snapshots[moment] = {
                tuple(row[name] for name in dimensions): row["count"] for row in rows
            }
        return segments, snapshots

    def _lists(self):
        """Return the contingents by status and funding at both ends of the period."""
        Enrolment = self.env["registrar.enrolment"]
        scope = self._scope_domain()
        lists = {}
        for moment, date in self._moments().items():
            counts = {"grant": 0, "paid": 0, "other": 0, "leave": 0, "nobody": ()}
            missing = 0
            for row in Enrolment._contingent(date, ("status", "funding"), scope):
                if row["status"] == "leave":
                    counts["leave"] += row["count"]
                if not row["funding"]:
                    missing += row["count"]
                    continue
                kind = row["funding"] if row["funding"] in counts else "other"
                counts[kind] += row["count"]
            if missing:
                rows = Enrolment._contingent_rows(
                    date, domain=scope & Domain("funding", "=", False)
                )
                counts["nobody"] = tuple(rows.student_id.ids)
            (listed,) = Enrolment._contingent(date, (), scope)
            (active,) = Enrolment._contingent(date, (), scope, active_only=True)
            lists[moment] = {
                **counts,
                "list": listed["count"],
                "active": active["count"],
            }
        return lists

    def _explained_verdicts(self, balances):
        """Return the verdicts in words, for the client and the spreadsheet.

        :return: ``[{"number", "title", "ok", "lines": [str], "people": bool}]``
        """
        titles = self._identity_titles()
        orders = self._dimension_orders(self._dimensions(), balances["segments"])
        result = []
        for verdict in self._verdicts(balances):
            people = [
                student
                for difference in verdict.differences
                for student in difference.people
            ]
            names = self._names(people[:NAMED])
            lines = [
                self._explain(verdict.number, difference, orders, names)
                for difference in verdict.differences[:NAMED]
            ]
            if len(verdict.differences) > NAMED:
                lines.append(
                    self.env._("… and %s more", len(verdict.differences) - NAMED)
                )
            result.append(
                {
                    "number": verdict.number,
                    "title": titles[verdict.number],
                    "ok": verdict.ok,
                    "lines": lines,
                    "people": bool(people),
                }
            )
        return result

    def _identity_titles(self):
        return {
            1: self.env._("End = start + arrivals − departures"),
            2: self.env._("The same in every segment; transfers in = transfers out"),
            3: self.env._("The end of the period is the start of the next one"),
            4: self.env._(
                "Orders explain the difference of the lists, person by person"
            ),
            5: self.env._("The sum of the segments is the total"),
            6: self.env._("Active + on leave = list"),
            7: self.env._("Grants + paid + other = total"),
        }

    def _explain(self, number, difference, orders, names):
        """Return one difference in words."""
        where = difference.where
        if isinstance(where, tuple):
            labels = [
                orders[index].get(value, (None, str(value)))[1]
                for index, value in enumerate(where)
            ]
            place = " / ".join(labels) or self.env._("Total")
        elif where in ("start", "end"):
            place = self._format_date(self._moments()[where])
        elif where:
            place = self.env._("Row %s", where)
        elif number == 4:
            place = ", ".join(names.get(s, str(s)) for s in difference.people)
        else:
            place = self.env._("Total")
        text = self.env._(
            "%(place)s: expected %(expected)s, found %(actual)s",
            place=place,
            expected=difference.expected,
            actual=difference.actual,
        )
        if number == 7 and difference.people:
            people = ", ".join(names[s] for s in difference.people if s in names)
            text += " " + self.env._("(funding not stated: %s)", people)
        return text

    def _names(self, student_ids):
        """Return the names of students by id."""
        students = self.env["registrar.student"].browse(dict.fromkeys(student_ids))
        return {
            student.id: student.display_name for student in students.sudo().exists()
        }

    def _row_name(self, row):
        """Return the name of a row in the language of the reader."""
        names = dict(name_kk=row.name_kk, name_ru=row.name_ru, name_en=row.name_en)
        return text_in(names, "name", short_language(self.env.lang))

    def _printed_table(self, balances=None):
        """Return the printed table; see ``tools.table``."""
        self.ensure_one()
        balances = balances or self._balances()
        dimensions = self._dimensions()
        orders = self._dimension_orders(dimensions, balances["segments"])

        def order(segment):
            return [
                orders[index].get(value, ((1,), ""))[0]
                for index, value in enumerate(segment)
            ]

        segments = sorted(balances["segments"], key=order) if dimensions else []
        columns = [(None, movement.row_values(balances["total"]))]
        columns += [
            (list(key), movement.row_values(balances["segments"][key]))
            for key in segments
        ]
        rows = []
        for row in movement.ROWS:
            cells = [table.text_cell(row.code), table.text_cell(self._row_name(row))]
            cells += [
                table.number_cell(
                    values[row.code], {"code": row.code, "segment": segment}
                )
                for segment, values in columns
            ]
            rows.append({"style": row.style, "cells": cells})
        result = {"heads": self._heads(orders, segments), "texts": 2, "rows": rows}
        if self.orientation == "down":
            names = dict(self._dimension_selection())
            corner = " / ".join(names[name] for name in dimensions)
            return table.transposed(result, corner)
        return result

    def _heads(self, orders, segments):
        """Return the head rows: one per dimension, equal neighbours joined."""
        depth = max(len(orders), 1)
        heads = [[] for __ in range(depth)]
        heads[0] = [
            table.head_cell(self.env._("Code"), 1, depth, False),
            table.head_cell(self.env._("Indicator"), 1, depth, False),
            table.head_cell(self.env._("Total"), 1, depth),
        ]
        for level in range(len(orders)):
            previous = None
            for segment in segments:
                if previous is not None and segment[: level + 1] == previous:
                    heads[level][-1]["colspan"] += 1
                    continue
                previous = segment[: level + 1]
                label = orders[level].get(segment[level], (None, str(segment[level])))
                heads[level].append(table.head_cell(label[1]))
        return heads

    def _title(self):
        self.ensure_one()
        return self.env._(
            "Movement of the contingent from %(first)s to %(last)s",
            first=self._format_date(self.date_from),
            last=self._format_date(self.date_to),
        )

    def _xlsx_file_name(self):
        return f"movement_{self.date_from.isoformat()}_{self.date_to.isoformat()}.xlsx"

    def _xlsx_content(self):
        self.ensure_one()
        notes = []
        for verdict in self.verdicts:
            mark = "✓" if verdict["ok"] else "✗"
            text = f"{mark} ({verdict['number']}) {verdict['title']}"
            if verdict["lines"]:
                text += ": " + "; ".join(verdict["lines"])
            notes.append((text, verdict["ok"]))
        return self._xlsx_sheet(
            self.env._("Movement"),
            self._title(),
            (self._scope_description(),),
            self.date_to,
            notes,
        )
