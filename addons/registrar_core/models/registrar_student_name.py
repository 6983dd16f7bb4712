from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

NAME_FIELDS = ("last_name", "first_name", "patronymic")


class PersonName(NamedTuple):
    """The name of a person on a day."""

    last_name: str
    first_name: str
    patronymic: str

    @property
    def full_name(self):
        return " ".join(part for part in self if part)


class RegistrarStudentName(models.Model):
    """A name a student bore: from the first day until the day of the next name.

    There are no rows for those who never changed it.
    """

    _name = "registrar.student.name"
    _description = "Name of a student"
    _inherit = ["registrar.proof"]
    _order = "student_id, date_from desc nulls last, id desc"
    _rec_name = "last_name"

    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="cascade"
    )
    last_name = fields.Char(required=True)
    first_name = fields.Char(required=True)
    patronymic = fields.Char()
    date_from = fields.Date("From", help="Empty: since birth.")
    date_to = fields.Date("Until (exclusive)", help="The first day of the next name.")
    ground = fields.Char(help="Why: marriage, decision of a court …")
    document = fields.Char(help="Kind, number and date of the proof.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "registrar_student_name_attachment_rel",
        string="Proof",
        bypass_search_access=True,
    )
    faculty_id = fields.Many2one(related="student_id.faculty_id")

    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (student_id WITH =, daterange(date_from, date_to) WITH &&)",
        "A person has one name at a time.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to > date_from)",
        "A name ends before it begins.",
    )

    @api.depends("last_name", "first_name", "patronymic")
    def _compute_display_name(self):
        for name in self:
            name.display_name = name._parts().full_name

    def _parts(self):
        self.ensure_one()
        return PersonName(
            self.last_name or "", self.first_name or "", self.patronymic or ""
        )


class RegistrarStudent(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.student"

    name_ids = fields.One2many(
        "registrar.student.name",
        "student_id",
        "Names before",
        copy=False,
        groups="registrar_core.group_registrar_viewer,"
        "registrar_core.group_registrar_adviser,registrar_core.group_registrar_dean,"
        "registrar_core.group_registrar_clerk,registrar_core.group_registrar_military,"
        "registrar_core.group_registrar_migration,"
        "registrar_core.group_registrar_archivist",
    )

    def write(self, vals):
        if not vals.keys() & set(NAME_FIELDS):
            return super().write(vals)
        before = {student.id: student._name_parts() for student in self}
        result = super().write(vals)
        changed = self.filtered(
            lambda student: student._name_parts() != before[student.id]
        )
        if changed:
            changed._write_name_history(before)
        return result

    def action_change_name(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_student_rename_action"
        )
        return dict(action, context={"default_student_id": self.id})

    def _name_parts(self):
        self.ensure_one()
        return PersonName(
            self.last_name or "", self.first_name or "", self.patronymic or ""
        )

    def _names_at(self, date):
        """Return the name each student bore on a day.

        :rtype: dict[int, PersonName]
        """
        rows = (
            self.env["registrar.student.name"]
            .sudo()
            .search_fetch(
                Domain("student_id", "in", self.ids)
                & (Domain("date_from", "=", False) | Domain("date_from", "<=", date))
                & (Domain("date_to", "=", False) | Domain("date_to", ">", date)),
                ["student_id", *NAME_FIELDS],
            )
        )
        found = {row.student_id.id: row._parts() for row in rows}
        return {
            student.id: found.get(student.id) or student._name_parts()
            for student in self
        }

    @api.model
    def _names_in(self, documents):
        """Return the name each document gives its student: that of its day.

        One query for all; documents have ``student_id`` and ``document_date``.

        :rtype: dict[int, PersonName]
        """
        today = fields.Date.context_today(self)
        rows = self.env["registrar.student.name"].sudo()
        rows = rows.search_fetch(
            [("student_id", "in", documents.student_id.ids)],
            ["student_id", "date_from", "date_to", *NAME_FIELDS],
        )
        history = {}
        for row in rows:
            history.setdefault(row.student_id.id, []).append(row)
        result = {}
        for document in documents:
            day = document.document_date or today
            row = next(
                (
                    row
                    for row in history.get(document.student_id.id, ())
                    if (not row.date_from or row.date_from <= day)
                    and (not row.date_to or row.date_to > day)
                ),
                None,
            )
            result[document.id] = (
                row._parts() if row else document.student_id._name_parts()
            )
        return result

    def _name_at(self, date):
        """Return the name the student bore on a day.

        :rtype: PersonName
        """
        self.ensure_one()
        return self._names_at(date)[self.id]

    def _write_name_history(self, before):
        """Close the rows of the names before and open those of the new names.

        The context says more: ``name_date`` (today), ``name_ground``,
        ``name_document``, ``name_attachment_ids``, or ``name_correction`` (the name
        was written with a mistake and was never borne: no history).

        :param dict before: ``{student id: PersonName}``
        """
        context = self.env.context
        date = fields.Date.to_date(context.get("name_date")) or (
            fields.Date.context_today(self)
        )
        Name = self.env["registrar.student.name"].sudo()
        rows = Name.search([("student_id", "in", self.ids)])
        by_student = rows.grouped("student_id")
        proof = {
            "ground": context.get("name_ground"),
            "document": context.get("name_document"),
            "attachment_ids": context.get("name_attachment_ids"),
        }
        vals_list = []
        for student in self:
            history = by_student.get(student, Name)
            current = history.filtered(lambda row: not row.date_to)
            new = student._name_parts()._asdict()
            if context.get("name_correction"):
                current.write(new)
                continue
            if history.filtered(lambda row: row.date_from and row.date_from > date):
                raise UserError(
                    self.env._(
                        "%(student)s has changed the name after %(date)s already.",
                        student=student.full_name,
                        date=format_date(self.env, date),
                    )
                )
            given = {key: value for key, value in proof.items() if value}
            if current and current.date_from == date:
                current.write({**new, **given})
                continue
            if current:
                current.date_to = date
            else:
                vals_list.append(
                    {
                        "student_id": student.id,
                        **before[student.id]._asdict(),
                        "date_from": max(history.mapped("date_to"), default=False),
                        "date_to": date,
                    }
                )
            vals_list.append(
                {"student_id": student.id, **new, "date_from": date, **given}
            )
        Name.create(vals_list)
