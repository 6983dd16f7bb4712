from babel import Locale
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.importing import cells, columns
from ..tools.importing.issues import NOTE
from ..tools.importing.students import NAMES, Lookups, parse_students
from ..tools.importing.words import COUNTRY_WORDS, nationality_words

CHUNK = 1000
# Up to so many changes go through the ordinary write with its tracking.
FEW = 100
PARTNER_FIELDS = ("email", "phone")
QUIET = {
    # People have no parent company whose address they would take over.
    "_partners_skip_fields_sync": True,
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}


class RegistrarImportStudent(models.AbstractModel):
    """Import of people, a part of the wizard."""

    _name = "registrar.import.student"
    _description = "Import: students"

    def _import_student(self, sheet, filename, options, result):
        """Import people; enrolment is left to an order.

        A person is found again by IIN, else by student number, else by full name and
        birth date (a person without any of these only by a record that has none
        of them either). Empty cells change nothing.
        """
        students = parse_students(sheet, self._lookups(), fields.Date.today())
        matches = self._match_students(sheet, students)
        result.issues += sheet.issues
        self._note_proposed(sheet, result)
        to_create, to_update = [], []
        model = "registrar.student"
        for student in students:
            record = matches.get(student.row)
            if not record:
                to_create.append(student)
                result.count(model, "created")
                continue
            changes = self._student_changes(record, student.values)
            if changes:
                to_update.append((record, changes))
            result.count(model, "updated" if changes else "unchanged")
        result.rows = [
            {
                "row": student.row,
                "values": student.values,
                "proposed": student.proposed,
                "record": matches.get(student.row, self.env[model]),
            }
            for student in students
        ]
        if result.errors or result.dry_run:
            return
        created = self._create_students(to_create, options)
        self._update_students(to_update, filename, options)
        for row in result.rows:
            row["record"] = created.get(row["row"], row["record"])
        result.records = self.env[model].browse(row["record"].id for row in result.rows)
        result.stored = True

    @api.model
    def _parse_students(self, content, filename="", mapping=None, options=None):
        """Read a class list without storing anything.

        :param bytes content: XLSX or CSV
        :param mapping: see :meth:`_import_file`
        :return: one dict per person: ``row``; ``values`` (fields of the student);
            ``proposed`` (programme, group, course, study_form, language, funding,
            admission_date as far as the list has them); ``record`` (the student in
            the register, or empty)
        :rtype: list[dict]
        :raises UserError: with all errors of the file
        """
        result = self._import_file(
            "student", content, filename, mapping, options, dry_run=True
        )
        if result.errors:
            raise UserError(self._import_error_text(result))
        return result.rows

    # -- classifiers ----------------------------------------------------------------

    def _lookups(self):
        return Lookups(
            self._country_words(),
            self._nationality_words(),
            self._social_category_words(),
            self.env.ref("base.kz").id,
        )

    def _country_words(self):
        words = {}
        countries = {
            country.code: country.id
            for country in self.env["res.country"].search_fetch([], ["code", "name"])
            if country.code
        }
        for code, names in COUNTRY_WORDS.items():
            for name in names:
                words.setdefault(cells.word_key(name), countries.get(code))
        for code, country_id in countries.items():
            words.setdefault(cells.word_key(code), country_id)
        for language in columns.LANGUAGE_CODES:
            for code, name in Locale(language).territories.items():
                if code in countries:
                    words.setdefault(cells.word_key(name), countries[code])
        for country in self.env["res.country"].browse(countries.values()):
            words.setdefault(cells.word_key(country.name), country.id)
        return words

    def _nationality_words(self):
        words = {}
        names = ["name_kk", "name_ru", "name_en", "code"]
        for record in self.env["registrar.nationality"].search_fetch([], names):
            for word in nationality_words(
                record.name_kk, record.name_ru, record.name_en, record.code
            ):
                words.setdefault(word, record.id)
        return words

    def _social_category_words(self):
        words = {}
        names = ["code", "name_kk", "name_ru", "name_en"]
        for record in self.env["registrar.social.category"].search_fetch([], names):
            for name in names:
                if record[name]:
                    words.setdefault(cells.word_key(record[name]), record.id)
        return words

    # -- finding again --------------------------------------------------------------

    def _match_students(self, sheet, students):
        """Return {row number: student of the register}; say what is doubtful."""
        known = _KnownStudents(self._search_known(students))
        rows = {row.number: row for row in sheet.rows}
        matches, taken = {}, {}
        for student in students:
            record = known.find(student, rows[student.row])
            if not record:
                continue
            if record.id in taken:
                rows[student.row].error("same_record", row=taken[record.id])
                continue
            taken[record.id] = student.row
            matches[student.row] = record
            if not record.active:
                rows[student.row].warn("archived", name=record.full_name)
        return matches

    def _search_known(self, students):
        """Return all students with a key or a name of the file, in one query."""
        iins = {s.values["iin"] for s in students if s.values.get("iin")}
        numbers = {
            s.values["student_number"]
            for s in students
            if s.values.get("student_number")
        }
        names = {" ".join(filter(None, map(s.values.get, NAMES))) for s in students}
        return (
            self.env["registrar.student"]
            .with_context(active_test=False)
            .search_fetch(
                Domain("iin", "in", list(iins))
                | Domain("student_number", "in", list(numbers))
                | Domain("full_name", "in", list(names - {""})),
                [
                    "iin",
                    "student_number",
                    "full_name",
                    "birth_date",
                    "active",
                    *NAMES,
                ],
            )
        )

    # -- storing --------------------------------------------------------------------

    def _student_changes(self, record, values):
        """Return the values that differ; the names only together."""
        changes = {}
        for name, value in values.items():
            field = record._fields[name]
            current = record[name]
            if field.type == "many2one":
                current = current.id
            elif field.type == "many2many":
                current = sorted(current.ids)
            if (current or False) != (value or False):
                changes[name] = value
        if set(NAMES) & changes.keys() and "patronymic" not in values:
            # A patronymic that the list does not name stays.
            changes.pop("patronymic", None)
        return changes

    @staticmethod
    def _student_vals(values):
        vals = dict(values)
        if "social_category_ids" in vals:
            vals["social_category_ids"] = [Command.set(vals["social_category_ids"])]
        return vals

    def _create_students(self, students, options):
        """Create in chunks; return {row number: student}."""
        model = self.env["registrar.student"].with_context(**QUIET)
        created = {}
        total = len(students)
        for start in range(0, total, CHUNK):
            chunk = students[start : start + CHUNK]
            records = model.create(
                [self._student_vals(student.values) for student in chunk]
            )
            for student, record in zip(chunk, records, strict=True):
                created[student.row] = self.env["registrar.student"].browse(record.id)
            self._report_progress(options, "storing", start + len(chunk), total)
        return created

    def _update_students(self, updates, filename, options):
        """Write changes; many of them set-wise, with one note on each person.

        :param list updates: (student, {field: new value})
        """
        if len(updates) <= FEW:
            for record, changes in updates:
                record.write(self._student_vals(changes))
            return
        total = len(updates)
        for start in range(0, total, CHUNK):
            self._update_many(updates[start : start + CHUNK], filename)
            self._report_progress(options, "storing", min(start + CHUNK, total), total)

    def _update_many(self, updates, filename):
        records = self.env["registrar.student"].browse(r.id for r, _changes in updates)
        records.check_access("write")
        bodies = self._change_notes(updates, filename)
        columns_, partner_columns = [], []
        for record, changes in updates:
            # Names and relations have more to them than a column.
            special = {
                name: value
                for name, value in changes.items()
                if name in NAMES or name == "social_category_ids"
            }
            if special:
                record.with_context(**QUIET).write(self._student_vals(special))
            rest = {k: v for k, v in changes.items() if k not in special}
            partner_columns.append(
                {k: rest.pop(k) for k in PARTNER_FIELDS if k in rest}
            )
            columns_.append(rest)
        self._write_columns(records, columns_)
        self._write_columns(records.partner_id, partner_columns)
        records._message_log_batch(bodies=bodies)

    @staticmethod
    def _write_columns(records, vals_list):
        """Write different values on many records in few statements."""
        records.env.flush_all()
        changed = records.browse(
            record.id for record, vals in zip(records, vals_list, strict=True) if vals
        )
        names = sorted({name for vals in vals_list for name in vals})
        if not names:
            return
        changed._write_multi([vals for vals in vals_list if vals])
        changed.invalidate_recordset()
        changed.modified(names)
        changed._validate_fields(names)

    def _change_notes(self, updates, filename):
        """Return {student id: note about the change} with old and new values."""
        fields_ = self.env["registrar.student"]._fields
        labels = {
            name: field._description_string(self.env) for name, field in fields_.items()
        }
        head = self.env._("Changed by the import of %s:", filename or "–")
        bodies = {}
        for record, changes in updates:
            lines = [
                Markup("<li>%s: %s → %s</li>")
                % (
                    labels[name],
                    self._shown(fields_[name], record[name]),
                    self._shown(fields_[name], value),
                )
                for name, value in changes.items()
            ]
            bodies[record.id] = Markup("<p>%s</p><ul>%s</ul>") % (
                head,
                Markup().join(lines),
            )
        return bodies

    def _shown(self, field, value):
        """Return a value as people read it; ids of relations become names."""
        if not value:
            return "–"
        if field.relational:
            if not isinstance(value, models.BaseModel):
                value = self.env[field.comodel_name].browse(value)
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return str(value)

    def _note_proposed(self, sheet, result):
        headings = [
            sheet.heading(key) for key in columns.PROPOSED if key in sheet.columns
        ]
        if headings:
            result.add(NOTE, "proposed_kept", columns=", ".join(headings))


class _KnownStudents:
    """Students of the register by their keys."""

    def __init__(self, records):
        self.by_iin, self.by_number, self.by_name = {}, {}, {}
        for record in records:
            if record.iin:
                self.by_iin[record.iin] = record
            if record.student_number:
                self.by_number[record.student_number] = record
            key = cells.word_key(record.full_name)
            self.by_name.setdefault(key, []).append(record)

    def find(self, student, row):
        """Return the record of a row or None; errors and doubts go to the row."""
        values = student.values
        iin, number = values.get("iin"), values.get("student_number")
        by_iin = self.by_iin.get(iin) if iin else None
        by_number = self.by_number.get(number) if number else None
        if by_iin and by_number and by_iin != by_number:
            row.error(
                "keys_differ",
                "student_number",
                first=by_iin.full_name,
                second=by_number.full_name,
            )
            return None
        if by_number and not by_iin and iin and by_number.iin:
            row.error("number_taken", "student_number", name=by_number.full_name)
            return None
        record = by_iin or by_number
        if not record:
            return self._by_name(student, row)
        if not self._similar(record, values):
            row.warn("person_renamed", name=record.full_name)
        return record

    @staticmethod
    def _similar(record, values):
        """Tell whether at least the last or the first name agrees."""
        return any(
            cells.word_key(record[name]) == cells.word_key(values.get(name))
            for name in NAMES[:2]
        )

    def _by_name(self, student, row):
        values = student.values
        born = values.get("birth_date")
        namesakes = [
            record
            for record in self.by_name.get(student.name_key, ())
            if (record.birth_date or None) == born
        ]
        free = [
            record
            for record in namesakes
            if not (values.get("iin") and record.iin)
            and not (values.get("student_number") and record.student_number)
            and (born or not (record.iin or record.student_number))
        ]
        if len(free) > 1:
            row.error(
                "ambiguous", others=", ".join(self._label(record) for record in free)
            )
            return None
        if free:
            return free[0]
        others = namesakes or (
            self.by_name.get(student.name_key, ())
            if not (born or values.get("iin") or values.get("student_number"))
            else ()
        )
        for record in others:
            code = "namesake" if born else "bare_namesake"
            row.warn(code, name=record.full_name, other=self._label(record))
        return None

    @staticmethod
    def _label(record):
        return record.student_number or record.iin or f"id {record.id}"
