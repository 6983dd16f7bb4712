import base64
import re
import time
from collections import Counter

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.selections import LANGUAGES_OF_STUDY, LEVELS, STUDY_FORMS
from ..tools.importing import columns
from ..tools.importing.issues import ERROR, NOTE, WARNING, Issue, TableError
from ..tools.importing.reader import Sheet
from ..tools.importing.tables import read_table, sheet_names
from ..tools.languages import short_language
from .import_messages import issue_texts
from .import_template import template_xlsx

# Rows shown beside a column while it is mapped.
SAMPLE_ROWS = 3
# Remarks kept for the screen; the download has all of them.
SHOWN_ISSUES = 2000
# First words of rows that sum up, not describe.
TOTAL_WORDS = ("итого", "всего", "барлығы", "жиыны", "total")
PROGRESS_EVERY = 0.4


class ImportResult:
    """What an import did, or would do.

    :ivar str kind: ``curriculum`` or ``student``
    :ivar bool dry_run: nothing was to be stored
    :ivar bool stored: the import ran to its end (also if nothing had changed)
    :ivar records: the curriculum, or the students in the order of the rows
    :ivar list issues: :class:`..tools.importing.issues.Issue`
    :ivar dict counts: model → Counter with created, updated, unchanged, deleted
    :ivar list rows: of students: dicts with row, values, proposed, record
    :ivar dict summary: of a curriculum: see ``CurriculumFile.totals``
    """

    def __init__(self, kind, records, dry_run=False):
        self.kind = kind
        self.dry_run = dry_run
        self.stored = False
        self.records = records
        self.issues = []
        self.counts = {}
        self.rows = []
        self.summary = {}
        self.sheet = None

    def add(self, level, code, row=None, column="", value="", **params):
        self.issues.append(Issue(level, code, row, column, value, params))

    def count(self, model, what, number=1):
        self.counts.setdefault(model, Counter())[what] += number

    def total(self, what):
        """Return how many records of all models were created, updated, …"""
        return sum(counter[what] for counter in self.counts.values())

    def of_level(self, level):
        return [issue for issue in self.issues if issue.level == level]

    @property
    def errors(self):
        return self.of_level(ERROR)

    @property
    def warnings(self):
        return self.of_level(WARNING)

    @property
    def notes(self):
        return self.of_level(NOTE)


class RegistrarImport(models.TransientModel):
    """Import of a table in three steps: columns, trial without storing, storing.

    The same machinery serves the command line: see :meth:`_import_file`.
    """

    _name = "registrar.import"
    _description = "Import of a table"
    _inherit = ["registrar.import.curriculum", "registrar.import.student"]

    kind = fields.Selection(
        lambda self: self.env["registrar.import.mapping"]._selection_kind(),
        "What is imported",
        required=True,
        default="student",
    )
    state = fields.Selection(
        [
            ("file", "File"),
            ("mapping", "Columns"),
            ("check", "Trial"),
            ("done", "Imported"),
        ],
        default="file",
        readonly=True,
    )
    # File
    data_file = fields.Binary("File", attachment=False)
    file_name = fields.Char()
    sheet_ids = fields.One2many("registrar.import.sheet", "import_id", "Sheets")
    sheet_id = fields.Many2one(
        "registrar.import.sheet", domain="[('import_id', '=', id)]"
    )
    sheet_count = fields.Integer(compute="_compute_sheet_count")
    # Columns
    mapping_id = fields.Many2one(
        "registrar.import.mapping",
        "Saved mapping",
        domain="[('kind', '=', kind)]",
        help="Empty: the columns are recognised by their headings.",
    )
    column_ids = fields.One2many("registrar.import.column", "import_id", "Columns")
    mapping_name = fields.Char(
        "Name of the mapping", help="Under which the mapping is kept for other files."
    )
    # Curriculum
    programme_id = fields.Many2one("registrar.programme")
    create_programme = fields.Boolean("Enter a new programme")
    programme_code = fields.Char("Code of the programme")
    programme_name_kk = fields.Char("Programme in Kazakh")
    programme_name_ru = fields.Char("Programme in Russian")
    programme_name_en = fields.Char("Programme in English")
    level = fields.Selection(LEVELS, default="bachelor")
    department_id = fields.Many2one(
        "hr.department",
        domain="[('registrar_kind', 'in', ('faculty', 'department'))]",
        help="Graduating department of a new programme, and department of new "
        "disciplines.",
    )
    intake_year_id = fields.Many2one("registrar.academic.year", "Year of admission")
    study_form = fields.Selection(STUDY_FORMS, "Form of study", default="full_time")
    language = fields.Selection(
        LANGUAGES_OF_STUDY,
        "Language of study",
        help="Empty: the curriculum is the same in every language.",
    )
    new_version = fields.Boolean(
        "New version of an approved curriculum",
        help="An approved curriculum is never changed: the file becomes the draft of "
        "its next version.",
    )
    update_disciplines = fields.Boolean(
        "Correct names of shared disciplines",
        help="Also change the names of disciplines that stand in other curricula.",
    )
    # Result
    issue_ids = fields.One2many("registrar.import.issue", "import_id", "Remarks")
    error_count = fields.Integer("Errors", readonly=True)
    warning_count = fields.Integer("Warnings", readonly=True)
    note_count = fields.Integer("Notes", readonly=True)
    summary_html = fields.Html("Summary", readonly=True, sanitize=False)
    curriculum_id = fields.Many2one("registrar.curriculum", readonly=True)
    student_ids = fields.Many2many(
        "registrar.student", "registrar_import_student_rel", readonly=True
    )

    @api.depends("sheet_ids")
    def _compute_sheet_count(self):
        for wizard in self:
            wizard.sheet_count = len(wizard.sheet_ids)

    @api.onchange("sheet_id", "mapping_id")
    def _onchange_sheet_id(self):
        if self.state == "mapping" and self.data_file:
            self.column_ids = self._prepare_columns()

    def action_read_file(self):
        """Read the file and propose what its columns are."""
        self.ensure_one()
        self._check_importer()
        if not self.data_file:
            raise UserError(self.env._("Choose a file first."))
        content = base64.b64decode(self.data_file)
        try:
            names = sheet_names(content)
        except TableError as error:
            raise UserError(self._issue_message(error.as_issue())) from error
        self.sheet_ids.unlink()
        self.sheet_ids = [Command.create({"name": name or "–"}) for name in names]
        self.sheet_id = self._first_sheet_with_rows(content, names)
        if self.kind == "curriculum" and not self.programme_id:
            self._guess_programme()
        if not self.mapping_id:
            headings, _rows = self._headings_of_file()
            self.mapping_id = self.mapping_id._best_for(self.kind, headings)
        self.column_ids = self._prepare_columns()
        self.state = "mapping"
        return self._reopen()

    def action_check(self):
        """Try the import without storing anything."""
        self.ensure_one()
        result = self._run(dry_run=True)
        self._keep_result(result)
        self.state = "check"
        return self._reopen()

    def action_import(self):
        """Import the file; back to the list of remarks when anything is wrong."""
        self.ensure_one()
        result = self._run(dry_run=False)
        self._keep_result(result)
        if result.stored:
            self.state = "done"
            if self.kind == "curriculum":
                self.curriculum_id = result.records
            else:
                self.student_ids = result.records
        else:
            self.state = "check"
        return self._reopen()

    def action_back(self):
        self.ensure_one()
        self.state = {"check": "mapping"}.get(self.state, "file")
        return self._reopen()

    def action_save_mapping(self):
        """Keep the columns as a mapping for other files of the same layout."""
        self.ensure_one()
        if not (self.mapping_name or "").strip():
            raise UserError(self.env._("Give the mapping a name."))
        lines = [
            Command.create(
                {
                    "sequence": column.sequence,
                    "heading": column.heading,
                    f"{self.kind}_field": column.field_key,
                }
            )
            for column in self.column_ids
            if column.heading
        ]
        known = self.mapping_id.search(
            [("kind", "=", self.kind), ("name", "=", self.mapping_name.strip())],
            limit=1,
        )
        if known:
            known.line_ids.unlink()
            known.line_ids = lines
        else:
            known = known.create(
                {
                    "name": self.mapping_name.strip(),
                    "kind": self.kind,
                    "line_ids": lines,
                    "value_ids": [
                        Command.create({"source": value.source, "target": value.target})
                        for value in self.mapping_id.value_ids
                    ],
                }
            )
        self.mapping_id = known
        return self._reopen()

    def action_download_template(self):
        self.ensure_one()
        return self._download(f"/registrar/import/template/{self.kind}")

    def action_download_issues(self):
        self.ensure_one()
        return self._download(f"/registrar/import/{self.id}/remarks")

    def action_open_records(self):
        """Open what was imported."""
        self.ensure_one()
        if self.kind == "curriculum":
            return {
                "type": "ir.actions.act_window",
                "res_model": "registrar.curriculum",
                "res_id": self.curriculum_id.id,
                "view_mode": "form",
            }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported students"),
            "res_model": "registrar.student",
            "view_mode": "list,form",
            "domain": [("id", "in", self.student_ids.ids)],
        }

    # -- Python interface -----------------------------------------------------------

    @api.model
    def _import_file(
        self, kind, content, filename="", mapping=None, options=None, dry_run=False
    ):
        """Import a table; nothing is stored when anything is wrong with it.

        The import is repeatable: records are found again by their keys, and a second
        run of the same file changes nothing.

        :param str kind: ``curriculum`` or ``student``
        :param bytes content: XLSX or CSV
        :param str filename: for messages only
        :param mapping: record of ``registrar.import.mapping``, its XML id or name, a
            dict {heading: field key}, or None: the best saved one, then the headings
        :param dict options: ``sheet``; ``limits`` (of the file); ``progress`` (called
            with phase, done, total); of a curriculum: ``programme`` (record, id or
            code), ``create_programme`` with ``programme_name_kk/_ru/_en``, ``level``,
            ``department`` (record or id), ``intake_year`` (record, id or "2026/2027"),
            ``study_form``, ``language``, ``duration_years``, ``version``,
            ``new_version``, ``update_disciplines``, ``keep_missing`` (lines the file
            lacks stay)
        :rtype: ImportResult
        :raises AccessError: neither clerk nor head of the office
        """
        self._check_importer()
        options = dict(options or {})
        models_ = {
            "curriculum": "registrar.curriculum",
            "student": "registrar.student",
        }
        result = ImportResult(kind, self.env[models_[kind]], dry_run)
        self._report_progress(options, "reading")
        try:
            sheet = self._read_sheet(kind, content, mapping, options, result)
        except TableError as error:
            result.issues.append(error.as_issue())
            return result
        if sheet is None:
            return result
        self._report_progress(options, "checking")
        with self.env.cr.savepoint():
            getattr(self, f"_import_{kind}")(sheet, filename, options, result)
        return result

    @api.model
    def _import_error_text(self, result, limit=30):
        """Return the errors of a result as text for people.

        :param int limit: how many are spelled out
        :rtype: str
        """
        texts = issue_texts(self.env)
        lines = [self._issue_line(issue, texts) for issue in result.errors[:limit]]
        if len(result.errors) > limit:
            lines.append(self.env._("… and %s more.", len(result.errors) - limit))
        return "\n".join(lines)

    # -- reading --------------------------------------------------------------------

    @api.model
    def _check_importer(self):
        if not self.env.su and not self.env.user.has_group(
            "registrar_core.group_registrar_clerk"
        ):
            raise AccessError(
                self.env._("Tables are imported by the registrar's office.")
            )

    def _read_sheet(self, kind, content, mapping, options, result):
        """Return the rows of the file under their mapping, None if columns lack.

        :rtype: Sheet
        """
        table = read_table(content, options.get("sheet"), options.get("limits"))
        result.issues += table.issues
        if not table.rows:
            raise TableError("no_rows")
        mapping = self._find_mapping(kind, mapping)
        known = self._known_headings(mapping)
        header = columns.find_header(table.rows, kind, known)
        if header is None:
            raise TableError(
                "no_header",
                example=", ".join(self._template_headings(kind)[:4]),
            )
        headings = columns.unique_headings(table.rows[header][1])
        if mapping is None:
            mapping = self.env["registrar.import.mapping"]._best_for(kind, headings)
        found, words = self._map_columns(kind, headings, mapping)
        rows = table.rows[header + 1 :]
        self._check_columns(kind, headings, found, rows, result)
        if result.errors:
            return None
        rows = self._drop_rows(kind, rows, found, table.titles, result)
        if not rows:
            raise TableError("no_rows")
        return Sheet(rows, {key: i for i, key in found.items()}, headings, words)

    def _find_mapping(self, kind, mapping):
        if isinstance(mapping, str):
            if found := self.env.ref(mapping, raise_if_not_found=False):
                return found
            found = self.env["registrar.import.mapping"].search(
                [("kind", "=", kind), ("name", "=", mapping)], limit=1
            )
            if not found:
                raise UserError(self.env._("There is no saved mapping “%s”.", mapping))
            return found
        return mapping

    @staticmethod
    def _known_headings(mapping):
        if not mapping:
            return ()
        if isinstance(mapping, dict):
            return tuple(mapping)
        return tuple(mapping.line_ids.mapped("heading"))

    @api.model
    def _map_columns(self, kind, headings, mapping):
        """Return ({column index: field key}, {field key: {word: target}}).

        What the mapping names goes first; headings it does not know are recognised,
        as long as their field is free.
        """
        words = {}
        if isinstance(mapping, dict):
            named = {columns.heading_key(k): v for k, v in mapping.items()}
            words = getattr(mapping, "words", {})
        elif mapping:
            named, words = mapping._headings(), mapping._words()
        else:
            named = {}
        found, taken = {}, set()
        for index, heading in enumerate(headings):
            key = named.get(columns.heading_key(heading))
            if heading and key and key not in taken:
                found[index] = key
                taken.add(key)
        for index, key in columns.propose(headings, kind).items():
            if columns.heading_key(headings[index]) in named or index in found:
                continue
            if key not in taken:
                found[index] = key
                taken.add(key)
        return dict(sorted(found.items())), words

    def _check_columns(self, kind, headings, found, rows, result):
        taken = set(found.values())
        for keys in columns.REQUIRED_COLUMNS[kind]:
            if not taken & set(keys):
                result.add(ERROR, "column_missing", field=keys[0])
        unused = [
            heading
            for index, heading in enumerate(headings)
            if heading
            and index not in found
            and any(index < len(v) and v[index] not in (None, "") for _n, v in rows)
        ]
        if unused:
            result.add(NOTE, "columns_unused", columns=", ".join(unused))

    def _drop_rows(self, kind, rows, found, titles, result):
        """Leave out titles, totals and the example of the template."""
        kept = []
        keys = {key for group in columns.REQUIRED_COLUMNS[kind] for key in group}
        needed = [index for index, key in found.items() if key in keys]
        for number, values in rows:
            filled = {
                index: values[index]
                for index in found
                if index < len(values) and values[index] not in (None, "")
            }
            if number in titles or not filled:
                if number in titles:
                    result.add(NOTE, "row_skipped", number, value=self._first(values))
                continue
            missing = [index for index in needed if index not in filled]
            first = re.match(r"[^\W\d_]*", self._first(values).strip()).group()
            if first.lower() in TOTAL_WORDS and (missing or len(filled) < 3):
                result.add(NOTE, "row_skipped", number, value=self._first(values))
                continue
            if self._is_example(kind, found, filled):
                result.add(NOTE, "example_skipped", number)
                continue
            kept.append((number, values))
        return kept

    @staticmethod
    def _first(values):
        return next((str(v) for v in values if v not in (None, "")), "")

    @staticmethod
    def _is_example(kind, found, filled):
        """Tell whether a row is the example that came with the template."""
        mark = {"curriculum": "discipline_code", "student": "iin"}[kind]
        index = next((i for i, key in found.items() if key == mark), None)
        return (
            index in filled and str(filled[index]) == columns.field(kind, mark).example
        )

    def _template_headings(self, kind):
        language = short_language(self.env.lang)
        return [spec.heading(language) for spec in columns.KINDS[kind]]

    # -- progress -------------------------------------------------------------------

    def _report_progress(self, options, phase, done=0, total=0):
        """Say how far the import is, to the caller and to the waiting screen."""
        if callback := options.get("progress"):
            callback(phase, done, total)
        token = self.env.context.get("registrar_import_token")
        if not token:
            return
        now = time.monotonic()
        if done and done < total and now - options.get("_told", 0) < PROGRESS_EVERY:
            return
        options["_told"] = now
        self.env["registrar.import.progress"]._tell(token, phase, done, total)

    # -- wizard ---------------------------------------------------------------------

    def _run(self, dry_run):
        self._check_importer()
        if not self.data_file:
            raise UserError(self.env._("Choose a file first."))
        return self._import_file(
            self.kind,
            base64.b64decode(self.data_file),
            self.file_name or "",
            mapping=self._chosen_mapping(),
            options=self._prepare_options(),
            dry_run=dry_run,
        )

    def _chosen_mapping(self):
        """Return the columns as chosen on the screen, with the words of the mapping."""
        if not self.column_ids:
            return self.mapping_id or None
        return ChosenMapping(
            {column.heading: column.field_key for column in self.column_ids},
            self.mapping_id._words() if self.mapping_id else {},
        )

    def _prepare_options(self):
        options = {}
        if self.sheet_id and self.sheet_count > 1:
            options["sheet"] = self.sheet_id.name
        if self.kind == "curriculum":
            options.update(
                programme=self.programme_code
                if self.create_programme
                else self.programme_id,
                create_programme=self.create_programme,
                programme_name_kk=self.programme_name_kk,
                programme_name_ru=self.programme_name_ru,
                programme_name_en=self.programme_name_en,
                level=self.level,
                department=self.department_id,
                intake_year=self.intake_year_id,
                study_form=self.study_form,
                language=self.language,
                new_version=self.new_version,
                update_disciplines=self.update_disciplines,
            )
        return options

    def _headings_of_file(self):
        """Return (headings, rows under them) of the chosen sheet."""
        content = base64.b64decode(self.data_file)
        sheet = self.sheet_id.name if self.sheet_count > 1 else None
        try:
            table = read_table(content, sheet)
        except TableError as error:
            raise UserError(self._issue_message(error.as_issue())) from error
        known = self._known_headings(self.mapping_id)
        header = columns.find_header(table.rows, self.kind, known) or 0
        if not table.rows:
            return [], []
        return (
            columns.unique_headings(table.rows[header][1]),
            table.rows[header + 1 :],
        )

    def _prepare_columns(self):
        headings, rows = self._headings_of_file()
        found, _words = self._map_columns(self.kind, headings, self.mapping_id)
        commands = [Command.clear()]
        for index, heading in enumerate(headings):
            if not heading:
                continue
            samples = [
                str(values[index])
                for _number, values in rows[:50]
                if index < len(values) and values[index] not in (None, "")
            ]
            commands.append(
                Command.create(
                    {
                        "sequence": index + 1,
                        "kind": self.kind,
                        "heading": heading,
                        "sample": " · ".join(
                            text[:40] for text in samples[:SAMPLE_ROWS]
                        ),
                        f"{self.kind}_field": found.get(index, False),
                    }
                )
            )
        return commands

    def _first_sheet_with_rows(self, content, names):
        if len(names) == 1:
            return self.sheet_ids
        table = read_table(content)
        return self.sheet_ids.filtered(lambda sheet: sheet.name == table.sheet)[:1]

    def _guess_programme(self):
        """Find the code of a programme in the name of the file."""
        match = re.search(r"\d[BMDВМД]\d{5}", (self.file_name or "").upper())
        if match:
            code = match.group().translate(str.maketrans("ВМД", "BMD"))
            self.programme_id = self.programme_id.search([("code", "=", code)], limit=1)

    def _keep_result(self, result):
        texts = issue_texts(self.env)
        order = {ERROR: 0, WARNING: 1, NOTE: 2}
        issues = sorted(
            result.issues, key=lambda issue: (order[issue.level], issue.row or 0)
        )
        self.issue_ids.unlink()
        self.env["registrar.import.issue"].create(
            [
                {
                    "import_id": self.id,
                    "sequence": index,
                    **self._prepare_issue_vals(issue, texts),
                }
                for index, issue in enumerate(issues[:SHOWN_ISSUES])
            ]
        )
        self.write(
            {
                "error_count": len(result.errors),
                "warning_count": len(result.warnings),
                "note_count": len(result.notes),
                "summary_html": self._summary_html(result),
            }
        )

    def _prepare_issue_vals(self, issue, texts):
        message, hint = self._issue_texts(issue, texts)
        return {
            "level": issue.level,
            "row": str(issue.row or ""),
            "column": issue.column,
            "value": issue.value,
            "message": message,
            "hint": hint,
        }

    @api.model
    def _issue_catalogue(self):
        """Return {code: (message, hint)}, to be made once for many issues."""
        return issue_texts(self.env)

    def _issue_texts(self, issue, texts=None):
        """Return (what is wrong, how to mend it) in the language of the reader."""
        message, hint = (texts or issue_texts(self.env))[issue.code]
        params = dict(issue.params)
        if key := params.get("field"):
            language = short_language(self.env.lang)
            specs = {spec.key: spec for kind in columns.KINDS.values() for spec in kind}
            params["field"] = specs[key].heading(language)
            if "known" in params:
                params["known"] = ", ".join(columns.template_choices(key, language))
        return message % params, hint % params

    def _issue_message(self, issue):
        return " ".join(text for text in self._issue_texts(issue) if text)

    def _issue_line(self, issue, texts):
        message, hint = self._issue_texts(issue, texts)
        place = ""
        if issue.row and issue.column:
            place = self.env._(
                "Row %(row)s, “%(column)s”: ", row=issue.row, column=issue.column
            )
        elif issue.row:
            place = self.env._("Row %s: ", issue.row)
        value = f" [{issue.value}]" if issue.value else ""
        return f"{place}{message}{value} {hint}".strip()

    def _summary_html(self, result):
        """Return the table of what changes, and the totals of a curriculum."""
        if not result.counts:
            return False
        labels = [
            ("created", self.env._("New")),
            ("updated", self.env._("Changed")),
            ("unchanged", self.env._("Unchanged")),
            ("deleted", self.env._("Removed")),
        ]
        rows = [
            Markup("<tr><td>%s</td>%s</tr>")
            % (
                self.env["ir.model"]._get(model).name,
                Markup().join(
                    Markup('<td class="text-end">%s</td>') % counter[what]
                    for what, _label in labels
                ),
            )
            for model, counter in result.counts.items()
        ]
        html = Markup(
            '<table class="table table-sm w-auto"><thead><tr><th></th>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (
            Markup().join(
                Markup('<th class="text-end">%s</th>') % label
                for _what, label in labels
            ),
            Markup().join(rows),
        )
        if result.summary:
            html += Markup().join(
                Markup("<p>%s</p>") % line for line in self._totals_lines(result)
            )
        return html

    def _download(self, url):
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def _template(self, kind):
        """Return the template of a kind as bytes of an XLSX file."""
        self._check_importer()
        return template_xlsx(
            kind, short_language(self.env.lang), self._template_texts()
        )

    @api.model
    def _template_texts(self):
        return {
            "guide": self.env._("Guide"),
            "lists": self.env._("Lists"),
            "required": self.env._("Required."),
            "key": self.env._("Finds the record again when the file is repeated."),
            "example": self.env._("Example: replace this row by your own."),
            "one_of": self.env._("One of: %s"),
            "column": self.env._("Column"),
            "meaning": self.env._("What to write"),
            "choose": self.env._("Choose from the list."),
            "sheets": {
                "curriculum": self.env._("Curriculum"),
                "student": self.env._("Students"),
            },
        }


class ChosenMapping(dict):
    """Columns chosen by hand: {heading: field key or False}, and words."""

    def __init__(self, fields_by_heading, words):
        super().__init__(fields_by_heading)
        self.words = words
