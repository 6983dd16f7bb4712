from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date, mute_logger

from .registrar_student_category import CLERK

# What people choose between when two records are merged.
MERGE_FIELDS = (
    "last_name",
    "first_name",
    "patronymic",
    "last_name_latin",
    "first_name_latin",
    "patronymic_latin",
    "iin",
    "birth_date",
    "gender",
    "citizenship_id",
    "nationality_id",
    "student_number",
    "is_rural",
    "previous_education",
    "previous_institution",
    "previous_document",
    "previous_document_date",
    "email",
    "phone",
    "street",
    "city",
    "country_id",
)
UNIQUE_FIELDS = ("iin", "student_number")


class RegistrarStudent(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.student"

    merged_into_id = fields.Many2one(
        "registrar.student",
        "Merged into",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The record of the same person that is kept. What is registered on this "
        "one stays on it and is shown on the card of the kept record.",
    )
    merged_ids = fields.One2many(
        "registrar.student",
        "merged_into_id",
        "Merged records",
        context={"active_test": False},
        readonly=True,
        groups=CLERK,
    )

    _merged_is_archived = models.Constraint(
        "CHECK (merged_into_id IS NULL OR active IS NOT TRUE)",
        "A merged record stays archived.",
    )
    _merged_into_another = models.Constraint(
        "CHECK (merged_into_id <> id)", "A record is not merged into itself."
    )

    def write(self, vals):
        if not self.env.su and "merged_into_id" in vals:
            raise AccessError(self.env._("Records are merged by the wizard only."))
        if vals.get("active") and any(student.merged_into_id for student in self):
            raise UserError(
                self.env._("A merged record stays archived; use the kept one.")
            )
        return super().write(vals)

    def action_merge(self):
        """Open the wizard that compares and merges two chosen records."""
        if len(self) != 2:
            raise UserError(self.env._("Choose exactly two records of one person."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_student_merge_action"
        )
        kept, merged = self.sorted("id")
        if kept._merge_blockers(merged) and not merged._merge_blockers(kept):
            kept, merged = merged, kept
        return dict(
            action,
            context={"default_kept_id": kept.id, "default_merged_id": merged.id},
        )

    def action_open_kept(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.merged_into_id.id,
            "view_mode": "form",
        }

    def _merge_blockers(self, source):
        """Return why ``source`` may not be merged into this record.

        :rtype: list[str]
        """
        self.ensure_one()
        source.ensure_one()
        if self == source:
            return [self.env._("These are not two records.")]
        if self.merged_into_id or source.merged_into_id:
            return [self.env._("One of the records is merged already.")]
        reasons = self._merge_enrolment_blockers(source)
        users = (self | source).sudo().partner_id.with_context(active_test=False)
        logins = users.user_ids.partner_id
        if source.partner_id in logins and self.partner_id not in logins:
            reasons.append(
                self.env._(
                    "%s has a login and the other has none: keep that record.",
                    source.full_name,
                )
            )
        return reasons

    def _merge_enrolment_blockers(self, source):
        rows = (
            self.env["registrar.enrolment"]
            .sudo()
            .search(
                [
                    ("student_id", "in", (self | source).ids),
                    ("reversal_entry_id", "=", False),
                    ("status", "in", ("studying", "leave")),
                ]
            )
        )
        reasons = []
        own = rows.filtered(lambda row: row.student_id == self)
        others = rows - own
        for row in others:
            overlap = own.filtered(
                lambda mine, row=row: (
                    (not mine.date_to or mine.date_to > row.date_from)
                    and (not row.date_to or row.date_to > mine.date_from)
                )
            )[:1]
            if overlap:
                reasons.append(
                    self.env._(
                        "Both are enrolled at the same time (from %(first)s and from "
                        "%(second)s). The ledger cannot be rewritten: first cancel "
                        "the order that enrolled one of them by mistake.",
                        first=format_date(self.env, overlap.date_from),
                        second=format_date(self.env, row.date_from),
                    )
                )
                break
        if not reasons and others.filtered(lambda row: not row.date_to):
            reasons.append(
                self.env._(
                    "%s is enrolled now: keep that record and merge the other into it.",
                    source.full_name,
                )
            )
        return reasons

    def _merge(self, source, values=None):
        """Merge another record of the same person into this one.

        Everything that is not registered is reassigned. Ledger rows and lines of
        registered documents are never rewritten: they stay on ``source``, which is
        archived, points at this record and is shown on its timeline.

        :param source: the record to be merged
        :param dict values: what to write on this record
        :return: what was moved: ``{model: count}``
        :rtype: dict[str, int]
        :raises UserError: with the reasons of :meth:`_merge_blockers`
        """
        self.ensure_one()
        source.ensure_one()
        if not self.env.su and not self.env.user.has_group(CLERK):
            raise AccessError(self.env._("Only the registrar's office merges records."))
        (self | source).check_access("write")
        self.env.cr.execute(
            "SELECT id FROM registrar_student WHERE id = ANY(%s)"
            " ORDER BY id FOR UPDATE",
            [(self | source).ids],
        )
        reasons = self._merge_blockers(source)
        if reasons:
            raise UserError("\n".join(reasons))
        kept, merged = self.sudo(), source.sudo()
        values = dict(values or {})
        cleared = {name: False for name in UNIQUE_FIELDS if values.get(name)}
        if cleared:
            merged.write(cleared)
            merged.flush_recordset()
        moved, left = merged._reassign_to(kept)
        merged.merged_ids.write({"merged_into_id": kept.id})
        login = merged.partner_id.user_ids
        if login:
            login.write({"active": False})
        merged.write({"active": False, "merged_into_id": kept.id})
        if not kept.image_1920 and merged.image_1920:
            kept.image_1920 = merged.image_1920
        if values:
            # neither spelling is a name of another time
            self.with_context(name_correction=True).write(values)
        kept.invalidate_recordset()
        self._log_merge(source, moved, left)
        pairs = (
            self.env["registrar.student.duplicate"]
            .sudo()
            .search(
                [
                    "|",
                    ("first_id", "=", source.id),
                    ("second_id", "=", source.id),
                ]
            )
        )
        done = pairs.filtered(lambda pair: self in (pair.first_id | pair.second_id))
        done._decide("merged")
        (pairs - done).filtered(lambda pair: pair.state == "open").unlink()
        return moved

    def _log_merge(self, source, moved, left):
        labels = {
            model: self.env["ir.model"]._get(model).name for model in {*moved, *left}
        }
        lines = [f"{labels[model]}: {count}" for model, count in sorted(moved.items())]
        kept = [f"{labels[model]}: {count}" for model, count in sorted(left.items())]
        body = self.env._(
            "Merged: %(name)s (record %(id)s). Moved: %(moved)s. Stays on the archived "
            "record: %(left)s.",
            name=source.full_name,
            id=source.id,
            moved="; ".join(lines) or "–",
            left="; ".join(kept) or "–",
        )
        self.message_post(body=body)
        source.message_post(
            body=self.env._(
                "Merged into %(name)s (record %(id)s).",
                name=self.full_name,
                id=self.id,
            )
        )

    @api.model
    def _merge_skipped_models(self):
        """Return the models whose rows follow from others and are not moved."""
        return {"registrar.student", "registrar.student.duplicate"}

    def _reassign_to(self, kept):
        """Move everything that no seal protects to another record.

        :return: two dicts ``{model: count}``: moved, and left because sealed or in
            conflict with what the other record has
        """
        moved, left = {}, {}
        skipped = self._merge_skipped_models()
        for name, model in sorted(self.env.items()):
            if model._abstract or model._transient or not model._auto:
                continue
            if name in skipped:
                continue
            for field in model._fields.values():
                if field.comodel_name != "registrar.student" or not field.store:
                    continue
                if field.related or (field.compute and field.readonly):
                    continue
                if field.type == "many2one":
                    self._reassign_many2one(model.sudo(), field, kept, moved, left)
                elif field.type == "many2many":
                    self._reassign_many2many(field, kept)
        self._reassign_loose(kept, moved)
        return moved, left

    def _reassign_many2one(self, model, field, kept, moved, left):
        model = model.with_context(active_test=False, tracking_disable=True)
        records = model.search([(field.name, "=", self.id)])
        if not records:
            return
        free = records.filtered(lambda record: not self._is_sealed(record))
        stuck = len(records) - len(free)
        done = self._try_write(free, {field.name: kept.id})
        stuck += len(free) - done
        if done:
            moved[model._name] = moved.get(model._name, 0) + done
        if stuck:
            left[model._name] = left.get(model._name, 0) + stuck

    @api.model
    def _is_sealed(self, record):
        """Tell whether a document with a number protects a record."""
        document_field = getattr(record, "_document_field", None)
        document = record[document_field] if document_field else record
        field = document._fields.get("entry_id")
        return bool(
            field
            and field.comodel_name == "registrar.register.entry"
            and document.entry_id
        )

    def _try_write(self, records, vals):
        """Write all, or one by one when some are in the way; return how many."""
        if not records:
            return 0
        done = 0
        for batch in (records, *records) if len(records) > 1 else (records,):
            try:
                with (
                    mute_logger("odoo.sql_db"),
                    self.env.cr.savepoint(),
                ):
                    batch.write(vals)
                    batch.flush_recordset()
            except (IntegrityError, UserError):
                batch.invalidate_recordset()
                continue
            if batch == records:
                return len(records)
            done += 1
        return done

    def _reassign_many2many(self, field, kept):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO %(table)s (%(own)s, %(other)s)
                     SELECT %(own)s, %(kept)s FROM %(table)s WHERE %(other)s = %(id)s
                ON CONFLICT DO NOTHING
                """,
                table=SQL.identifier(field.relation),
                own=SQL.identifier(field.column1),
                other=SQL.identifier(field.column2),
                kept=kept.id,
                id=self.id,
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s = %s",
                SQL.identifier(field.relation),
                SQL.identifier(field.column2),
                self.id,
            )
        )
        self.env[field.model_name].invalidate_model([field.name])

    def _reassign_loose(self, kept, moved):
        """Move files and activities, which point at records by name and id."""
        for model in ("ir.attachment", "mail.activity"):
            domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
            if model == "ir.attachment":
                domain.append(("res_field", "=", False))
            records = self.env[model].sudo().search(domain)
            if records:
                records.write({"res_id": kept.id})
                moved[model] = len(records)
