from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .registrar_personal_file_requirement import ADULT_AGE

# Setting: where numbers of files come from.
NUMBERING_PARAMETER = "registrar_core.file_numbering"
# Which kind of place a file in a state belongs to.
PURPOSES = {
    "current": "current",
    "graduated": "current",
    "expelled": "expelled",
    "archived": "archive",
}
OPEN_STATES = ("current", "expelled", "graduated")
# Facts of a student that decide what the checklist asks for.
FACT_FIELDS = frozenset(
    {"citizenship_id", "gender", "birth_date", "social_category_ids"}
)
# What only the actions of the file write.
SYSTEM_FIELDS = frozenset(
    {
        "number",
        "sequence",
        "register_id",
        "state",
        "closed_date",
        "place_id",
        "archive_date",
        "archive_act",
        "sent_date",
        "sent_to",
        "sent_letter",
    }
)


class RegistrarPersonalFile(models.Model):
    """The paper file of a student for one course of studies.

    A checklist says what must be in it, the inventory what is, receipts what was given
    out, the place where it stands. The state follows the status of the student.
    Sources: administrative.md §10.1–10.3, academic.md §8.7.
    """

    _name = "registrar.personal.file"
    _description = "Personal file"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "student_id.full_name"]

    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="restrict"
    )
    number = fields.Char(readonly=True, copy=False, index="trigram")
    sequence = fields.Integer(readonly=True, copy=False, aggregator=None)
    register_id = fields.Many2one(
        "registrar.register",
        "Line of the nomenclature",
        readonly=True,
        ondelete="restrict",
        copy=False,
    )
    state = fields.Selection(
        [
            ("current", "In use"),
            ("graduated", "Graduated"),
            ("expelled", "Expelled without a diploma"),
            ("archived", "In the archive"),
            ("sent", "Sent to another university"),
        ],
        required=True,
        default="current",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    opened_date = fields.Date(
        "Opened on",
        required=True,
        default=lambda self: fields.Date.context_today(self),
        help="The checklist in force on this day holds for the file.",
    )
    closed_date = fields.Date("Closed on", readonly=True, copy=False)
    # Of the student
    programme_id = fields.Many2one(related="student_id.programme_id")
    group_id = fields.Many2one(related="student_id.group_id")
    faculty_id = fields.Many2one(related="student_id.faculty_id")
    course = fields.Integer(related="student_id.course", aggregator=None)
    status = fields.Selection(related="student_id.status", string="Status of student")
    # Contents
    document_ids = fields.One2many(
        "registrar.personal.file.document", "file_id", "Documents"
    )
    document_count = fields.Integer("In the file", compute="_compute_totals")
    sheet_total = fields.Integer("Sheets", compute="_compute_totals")
    missing_count = fields.Integer(
        "Missing", compute="_compute_missing_count", store=True, index=True
    )
    missing_names = fields.Text("What is missing", compute="_compute_missing_names")
    loan_ids = fields.One2many("registrar.personal.file.loan", "file_id", "Receipts")
    out_count = fields.Integer(
        "Originals out", compute="_compute_out_count", store=True
    )
    # Storage
    place_id = fields.Many2one(
        "registrar.storage.place",
        readonly=True,
        index=True,
        ondelete="restrict",
        copy=False,
        tracking=True,
    )
    proposed_place_id = fields.Many2one(
        "registrar.storage.place",
        "Proposed place",
        compute="_compute_proposed_place_id",
        compute_sudo=True,
    )
    is_misplaced = fields.Boolean(
        "To be moved",
        compute="_compute_is_misplaced",
        compute_sudo=True,
        search="_search_is_misplaced",
        help="It stands where files of another kind are kept, or nowhere.",
    )
    archive_date = fields.Date("Handed to the archive", readonly=True, copy=False)
    archive_act = fields.Char("Act of transfer", readonly=True, copy=False)
    retention_until = fields.Date(
        "Kept until",
        compute="_compute_retention_until",
        compute_sudo=True,
        help="Empty: permanently, or not closed yet.",
    )
    sent_date = fields.Date("Sent on", readonly=True, copy=False)
    sent_to = fields.Char("Sent to", readonly=True, copy=False)
    sent_letter = fields.Char("Accompanying letter", readonly=True, copy=False)
    note = fields.Text(groups="base.group_user")

    _one_current = models.UniqueIndex(
        "(student_id) WHERE state = 'current'",
        "The student already has a personal file in use.",
    )
    _number_unique = models.UniqueIndex(
        "(number) WHERE number IS NOT NULL", "There is already a file with this number."
    )
    _sequence_unique = models.UniqueIndex(
        "(register_id, sequence) WHERE sequence > 0",
        "The register has given this number already.",
    )

    @api.depends("document_ids.is_present", "document_ids.sheet_count")
    def _compute_totals(self):
        counts = {
            file: (count, sheets)
            for file, count, sheets in self.env[
                "registrar.personal.file.document"
            ]._read_group(
                [("file_id", "in", self.ids), ("is_present", "=", True)],
                ["file_id"],
                ["__count", "sheet_count:sum"],
            )
        }
        for file in self:
            count, sheets = counts.get(file._origin, (0, 0))
            file.document_count = count
            file.sheet_total = sheets

    @api.depends("document_ids.is_missing")
    def _compute_missing_count(self):
        for file in self:
            file.missing_count = len(file.document_ids.filtered("is_missing"))

    @api.depends("document_ids.is_missing")
    @api.depends_context("lang")
    def _compute_missing_names(self):
        for file in self:
            file.missing_names = "\n".join(
                file.document_ids.filtered("is_missing").mapped("display_name")
            )

    @api.depends("document_ids.is_out")
    def _compute_out_count(self):
        for file in self:
            file.out_count = len(file.document_ids.filtered("is_out"))

    @api.depends("state", "student_id.faculty_id")
    def _compute_proposed_place_id(self):
        Place = self.env["registrar.storage.place"]
        self.proposed_place_id = False
        for state, files in self.grouped("state").items():
            if purpose := PURPOSES.get(state):
                places = Place._propose(purpose, files.faculty_id)
                for file in files:
                    file.proposed_place_id = places.get(
                        file.faculty_id.id, places[False]
                    )

    @api.depends("state", "place_id.purpose")
    def _compute_is_misplaced(self):
        for file in self:
            purpose = PURPOSES.get(file.state)
            file.is_misplaced = bool(purpose) and file.place_id.purpose != purpose

    def _search_is_misplaced(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            Domain("state", "=", state)
            & (
                Domain("place_id", "=", False)
                | Domain("place_id.purpose", "!=", purpose)
            )
            for state, purpose in PURPOSES.items()
        )

    @api.depends("closed_date", "register_id.retention_years")
    def _compute_retention_until(self):
        for file in self:
            years = file.register_id.retention_years
            file.retention_until = (
                file.closed_date + relativedelta(years=years)
                if file.closed_date and years
                else False
            )

    @api.depends("number", "student_id")
    def _compute_display_name(self):
        for file in self:
            file.display_name = self.env._(
                "File %(number)s, %(student)s",
                number=file.number or "–",
                student=file.student_id.short_name or "",
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                if vals.keys() & SYSTEM_FIELDS:
                    raise AccessError(self._system_message())
        files = super().create(vals_list)
        files._give_numbers()
        files._sync_checklist()
        files._propose_documents()
        return files

    def write(self, vals):
        if not self.env.su:
            if vals.keys() & SYSTEM_FIELDS:
                raise AccessError(self._system_message())
            if "student_id" in vals:
                raise UserError(self.env._("A file does not change its student."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for file in self.sudo():
            if file.state != "current" or file.loan_ids or file.document_count:
                raise UserError(
                    self.env._(
                        "“%s” has documents; it cannot be deleted.", file.display_name
                    )
                )

    def _system_message(self):
        return self.env._(
            "Number, state and place of a file are changed by its actions only."
        )

    # Actions

    def action_sync(self):
        """Bring the checklists in line and propose the extracts of new orders."""
        self.check_access("write")
        self._sync_checklist()
        self._propose_documents()
        return True

    def action_number_sheets(self):
        """Number the sheets that have no numbers yet, after those that have."""
        self.check_access("write")
        self.sudo()._number_sheets()
        return True

    def action_renumber_sheets(self):
        """Number all sheets anew in the order of the inventory."""
        self.check_access("write")
        self.sudo().document_ids.write({"sheet_from": 0, "sheet_to": 0})
        self.sudo()._number_sheets()
        return True

    def action_place_as_proposed(self):
        """Put the files where their state says."""
        self._check_keeper()
        for place, files in self.grouped("proposed_place_id").items():
            if place:
                files._place(place)
        return True

    def action_open_documents(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_personal_file_document_action"
        )
        return dict(action, domain=[("file_id", "in", self.ids)], context={})

    def action_open_loans(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_personal_file_loan_action"
        )
        return dict(action, domain=[("file_id", "in", self.ids)], context={})

    def action_open_student(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "registrar.student",
            "res_id": self.student_id.id,
            "view_mode": "form",
        }

    def action_give_out(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give originals out"),
            "res_model": "registrar.personal.file.give",
            "view_mode": "form",
            "target": "new",
            "context": {"default_file_id": self.id},
        }

    # Making files

    @api.model
    def _make(self, students):
        """Open a file for everybody who studies, or is to be admitted, and has none.

        May be repeated; queries do not depend on the number of students.

        :return: the files made, and ``{student id: reason}`` of those left out
        :rtype: tuple
        """
        refused = {}
        present = set(
            self.sudo()
            .search([("student_id", "in", students.ids), ("state", "=", "current")])
            .student_id.ids
        )
        today = fields.Date.context_today(self)
        vals_list = []
        for student in students:
            if student.id in present:
                refused[student.id] = self.env._("There is a file already.")
            elif student.status not in ("none", "studying", "leave"):
                refused[student.id] = self.env._("The person does not study here.")
            else:
                vals_list.append(
                    {
                        "student_id": student.id,
                        "opened_date": min(student.admission_date or today, today),
                    }
                )
        files = self.with_context(
            mail_create_nosubscribe=True, mail_create_nolog=True, mail_notrack=True
        ).create(vals_list)
        return files.with_env(self.env), refused

    def _give_numbers(self):
        """Give the numbers: that of the student, or the next of the register.

        The counter stands on the register, so two clerks at once cannot get the same
        number and nothing is left out.
        """
        files = self.sudo().filtered(lambda file: not file.number)
        if not files:
            return
        register = self.env["registrar.register"].sudo()._by_code("personal_files")
        files.register_id = register
        by_student = self._numbering() == "student"
        rest = files.filtered(
            lambda file: not (by_student and file.student_id.student_number)
        )
        named = files - rest
        if named:
            taken = defaultdict(int)
            for student, count in self.sudo()._read_group(
                [("student_id", "in", named.student_id.ids), ("number", "!=", False)],
                ["student_id"],
                ["__count"],
            ):
                taken[student.id] = count
            for file in named:
                count = taken[file.student_id.id] + 1
                suffix = f"/{count}" if count > 1 else ""
                file.number = f"{file.student_id.student_number}{suffix}"
        if rest:
            register.flush_recordset()
            self.env.cr.execute(
                "UPDATE registrar_register SET last_number = COALESCE(last_number, 0)"
                " + %s WHERE id = %s RETURNING last_number",
                [len(rest), register.id],
            )
            last = self.env.cr.fetchone()[0]
            register.invalidate_recordset(["last_number"])
            for number, file in enumerate(rest, start=last - len(rest) + 1):
                file.sequence = number
                file.number = register._format_number(number, file.opened_date)

    @api.model
    def _numbering(self):
        return (
            self.env["ir.config_parameter"].sudo().get_param(NUMBERING_PARAMETER)
            or "student"
        )

    # Checklist

    def _checklist_facts(self):
        """Return what decides which documents a file must have.

        :return: dicts ``date, level, is_foreign, is_minor, gender, funding,
            categories, leaving`` by file id
        :rtype: dict[int, dict]
        """
        home = self.env.ref("base.kz", False)
        facts = {}
        for file in self.sudo():
            student = file.student_id
            day = file.opened_date
            birth = student.birth_date
            facts[file.id] = {
                "date": day,
                "level": student.programme_id.level or "bachelor",
                "is_foreign": bool(student.citizenship_id)
                and student.citizenship_id != home,
                "is_minor": bool(birth)
                and birth + relativedelta(years=ADULT_AGE) > day,
                "gender": student.gender,
                "funding": student.funding,
                "categories": set(student.social_category_ids.ids),
                "leaving": file.state
                if file.state in ("graduated", "expelled")
                else None,
            }
        return facts

    def _sync_checklist(self):
        """Add the lines that are asked for and take off those that are not.

        What is in the file, or has anything written beside it, stays.

        :return: the number of lines changed
        :rtype: int
        """
        files = self.sudo().filtered(lambda file: file.state in OPEN_STATES)
        if not files:
            return 0
        files.flush_recordset()
        Document = self.env["registrar.personal.file.document"].sudo()
        Document.flush_model()
        requirements = self.env["registrar.personal.file.requirement"].sudo()
        requirements = requirements.search([("is_extract", "=", False)])
        requirements.flush_recordset()
        wanted = set()
        for file_id, facts in files._checklist_facts().items():
            wanted.update(
                (file_id, line.id) for line in requirements if line._concerns(facts)
            )
        lines = Document.search(
            [("file_id", "in", files.ids), ("is_checklist", "=", True)]
        )
        present = {(line.file_id.id, line.requirement_id.id): line for line in lines}
        surplus = Document.browse(
            [
                line.id
                for key, line in present.items()
                if key not in wanted
                and not (line.is_present or line.title or line.note or line.loan_ids)
            ]
        )
        changed = len(surplus)
        surplus.unlink()
        Document.flush_model()
        changed += self._insert_checklist(sorted(wanted - present.keys()))
        changed += self._update_checklist(files)
        files._refresh_missing()
        return changed

    def _insert_checklist(self, pairs):
        if not pairs:
            return 0
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO registrar_personal_file_document
                    (file_id, student_id, requirement_id, sequence, stage, stage_order,
                     is_required, needs_original, is_missing, is_present, is_out,
                     is_checklist, sheet_count,
                     create_uid, create_date, write_uid, write_date)
                SELECT f.id, f.student_id, r.id, r.sequence, r.stage, r.stage_order,
                       r.is_required, r.needs_original, r.is_required, FALSE, FALSE,
                       TRUE, 0, %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM unnest(%(files)s::int[], %(lines)s::int[])
                       AS w(file_id, line_id)
                  JOIN registrar_personal_file f ON f.id = w.file_id
                  JOIN registrar_personal_file_requirement r ON r.id = w.line_id
                 ORDER BY f.id, r.stage_order, r.sequence, r.id
                """,
                uid=self.env.uid,
                files=[file for file, __ in pairs],
                lines=[line for __, line in pairs],
            )
        )
        return self.env.cr.rowcount

    def _update_checklist(self, files):
        """Let lines not yet in the file follow changes of the list."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_personal_file_document d
                   SET is_required = r.is_required, needs_original = r.needs_original,
                       sequence = r.sequence, stage = r.stage,
                       stage_order = r.stage_order, is_missing = r.is_required
                  FROM registrar_personal_file_requirement r
                 WHERE r.id = d.requirement_id AND d.is_checklist
                   AND d.is_present IS NOT TRUE AND d.file_id = ANY(%s)
                   AND (d.is_required, d.needs_original, d.sequence, d.stage)
                       IS DISTINCT FROM
                       (r.is_required, r.needs_original, r.sequence, r.stage)
                """,
                files.ids,
            )
        )
        return self.env.cr.rowcount

    def _refresh_missing(self):
        """Count anew after statements that the ORM has not seen."""
        self.env["registrar.personal.file.document"].invalidate_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_personal_file f SET missing_count = v.missing
                  FROM (SELECT t.id, COUNT(d.id) FILTER (WHERE d.is_missing) AS missing
                          FROM registrar_personal_file t
                     LEFT JOIN registrar_personal_file_document d ON d.file_id = t.id
                         WHERE t.id = ANY(%s) GROUP BY t.id) v
                 WHERE v.id = f.id AND f.missing_count IS DISTINCT FROM v.missing
                """,
                self.ids,
            )
        )
        self.invalidate_recordset(
            [
                "document_ids",
                "missing_count",
                "missing_names",
                "document_count",
                "sheet_total",
            ]
        )

    # Extracts of orders

    @api.model
    def _registered_documents(self, students):
        """Return the register entries whose extracts belong into the files.

        Here: all that moved the student. The floors above add theirs.

        :return: ``{student id: {entry id, …}}``
        :rtype: dict[int, set[int]]
        """
        found = defaultdict(set)
        for student, entry in (
            self.env["registrar.enrolment"]
            .sudo()
            ._read_group(
                [("student_id", "in", students.ids), ("reversal_entry_id", "=", False)],
                ["student_id", "entry_id"],
            )
        ):
            found[student.id].add(entry.id)
        return found

    def _propose_documents(self):
        """Add lines for the extracts of orders that the files do not have yet.

        :return: the number of lines added
        :rtype: int
        """
        files = self.sudo().filtered(lambda file: file.state in OPEN_STATES)
        extract = (
            self.env["registrar.personal.file.requirement"]
            .sudo()
            .search([("is_extract", "=", True)], limit=1)
        )
        if not files or not extract:
            return 0
        Document = self.env["registrar.personal.file.document"].sudo()
        present = {
            (file.id, entry.id)
            for file, entry in Document._read_group(
                [("file_id", "in", files.ids), ("entry_id", "!=", False)],
                ["file_id", "entry_id"],
            )
        }
        found = self._registered_documents(files.student_id)
        entries = self.env["registrar.register.entry"].sudo()
        missing = [
            (file, entry_id)
            for file in files
            for entry_id in sorted(found.get(file.student_id.id, ()))
            if (file.id, entry_id) not in present
        ]
        entries = entries.browse({entry_id for __, entry_id in missing})
        facts = {entry.id: (entry.number, entry.document_date) for entry in entries}
        Document.create(
            [
                {
                    "file_id": file.id,
                    "requirement_id": extract.id,
                    "entry_id": entry_id,
                    "document_number": facts[entry_id][0],
                    "document_date": facts[entry_id][1],
                    "stage": extract.stage,
                    "is_required": extract.is_required,
                    "sequence": 2000,
                }
                for file, entry_id in missing
            ]
        )
        return len(missing)

    # Sheets

    def _number_sheets(self):
        """Number what is in the files and has no number yet."""
        for file in self:
            lines = file.document_ids.filtered(
                lambda line: line.is_present and line.form != "electronic"
            )
            last = max([line.sheet_to or 0 for line in lines], default=0)
            fresh = lines.filtered(lambda line: not line.sheet_from)
            for line in fresh.sorted(lambda x: (x.stage_order, x.sequence, x.id)):
                count = line.sheet_count or 1
                line.write(
                    {
                        "sheet_count": count,
                        "sheet_from": last + 1,
                        "sheet_to": last + count,
                    }
                )
                last += count

    # Storage

    def _check_keeper(self):
        """Clerks and archivists move files; deans only read them."""
        self.check_access("read")
        if not self.env.su and not any(
            self.env.user.has_group(f"registrar_core.group_registrar_{role}")
            for role in ("clerk", "archivist")
        ):
            raise AccessError(self.env._("Files are moved by their keepers."))

    def _place(self, place):
        """Put the files in a place."""
        self._check_keeper()
        self.sudo().write({"place_id": place.id})

    def _archive_obstacles(self):
        """Say why files cannot go to the archive: ``{file id: text}``."""
        obstacles = {}
        for file in self:
            if file.state not in ("graduated", "expelled"):
                obstacles[file.id] = self.env._("The student has not left yet.")
            elif file.out_count:
                obstacles[file.id] = self.env._("Originals are given out.")
        return obstacles

    def _hand_to_archive(self, date, act, place=None):
        """Hand files to the archive with an act.

        :raises UserError: for files that cannot go there
        """
        self._check_keeper()
        if obstacles := self._archive_obstacles():
            raise UserError(
                "\n".join(
                    f"{file.display_name}: {obstacles[file.id]}"
                    for file in self
                    if file.id in obstacles
                )
            )
        vals = {"state": "archived", "archive_date": date, "archive_act": act}
        if place:
            vals["place_id"] = place.id
        self.sudo().write(vals)

    def _send(self, date, destination, letter):
        """Send files to another university with an accompanying letter (§10.2)."""
        self._check_keeper()
        wrong = self.filtered(
            lambda file: file.state not in ("expelled", "graduated") or file.out_count
        )
        if wrong:
            raise UserError(
                self.env._(
                    "These files cannot be sent; the student has not left or originals "
                    "are given out: %s",
                    ", ".join(wrong.mapped("display_name")),
                )
            )
        self.sudo().write(
            {
                "state": "sent",
                "sent_date": date,
                "sent_to": destination,
                "sent_letter": letter,
                "place_id": False,
            }
        )

    # Following the students

    @api.model
    def _follow_students(self, students):
        """Close the files of those who left, reopen those of the reinstated.

        A new admission after that gets a new file. One statement per direction.

        :param students: empty for all
        """
        self.env["registrar.personal.file"].flush_model()
        scope = SQL("s.id = ANY(%s)", students.ids) if students else SQL("TRUE")
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_personal_file f
                   SET state = s.status, closed_date = e.date_from
                  FROM registrar_student s
                  JOIN registrar_enrolment e ON e.id = s.enrolment_id
                 WHERE f.student_id = s.id AND f.state = 'current'
                   AND s.status IN ('expelled', 'graduated') AND %s
             RETURNING f.id
                """,
                scope,
            )
        )
        changed = [row[0] for row in self.env.cr.fetchall()]
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_personal_file f
                   SET state = 'current', closed_date = NULL
                  FROM registrar_student s
                 WHERE f.student_id = s.id AND f.state IN ('expelled', 'graduated')
                   AND s.status IN ('studying', 'leave') AND %s
                   AND f.id = (SELECT MAX(o.id) FROM registrar_personal_file o
                                WHERE o.student_id = s.id)
                   AND (SELECT k.code <> 'admission' OR a.date_from <= f.closed_date
                          FROM registrar_enrolment a
                          JOIN registrar_movement_kind k ON k.id = a.kind_id
                         WHERE a.student_id = s.id AND k.effect = 'arrival'
                           AND a.reversal_entry_id IS NULL
                         ORDER BY a.date_from DESC, a.id DESC LIMIT 1)
             RETURNING f.id
                """,
                scope,
            )
        )
        changed += [row[0] for row in self.env.cr.fetchall()]
        if changed:
            self.invalidate_model()
            files = self.browse(changed)
            files._sync_checklist()
            labels = dict(self._fields["state"]._description_selection(self.env))
            files._message_log_batch(
                bodies={file.id: labels[file.state] for file in files}
            )

    @api.model
    def _cron_keep_up(self):
        """Once a day: follow students, the list of documents and new orders."""
        files = self.search([("state", "in", OPEN_STATES)])
        self._follow_students(self.env["registrar.student"])
        files._sync_checklist()
        files._propose_documents()
