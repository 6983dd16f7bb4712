from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.registrar_core.tools.languages import LANGUAGES, text_in
from odoo.addons.registrar_core.tools.vocabulary import (
    LANGUAGE_NAMES,
    STUDY_FORM_NAMES,
)

from ..tools import transcript as contents

TITLES = {"kk": "Транскрипт", "ru": "Транскрипт", "en": "Transcript"}

# Who signs, in the order of the printed form.
SIGNATORY_ROLES = ("vice_rector", "dean", "registrar_head")
POSITIONS = {
    "vice_rector": {
        "kk": "Академиялық мәселелер жөніндегі проректор",
        "en": "Vice-Rector for Academic Affairs",
        "ru": "Проректор по академическим вопросам",
    },
    "dean": {"kk": "Факультет деканы", "en": "Dean", "ru": "Декан факультета"},
    "registrar_head": {
        "kk": "Тіркеу офисінің басшысы",
        "en": "Head of the Registrar's Office",
        "ru": "Руководитель офиса регистратора",
    },
}


class RegistrarTranscript(models.Model):
    """All final grades of a student as of a day, in the three languages.

    The document stores no grades: they are read from the ledger of results when it is
    registered and are then frozen in its PDF. Source: academic.md §8.1–8.2.
    """

    _name = "registrar.transcript"
    _description = "Transcript"
    _inherit = ["registrar.document"]
    _order = "document_date desc, sort_key, id desc"
    _rec_names_search = ["number", "student_id.full_name"]
    _register_code = "transcripts"
    _document_report = "registrar_reports.action_report_transcript"
    _document_register_groups = "registrar_core.group_registrar_clerk"
    # The order of names follows the person when the name changes.
    _mutable_columns = frozenset({"sort_key"})

    # With labels: translations of inherited ones are loaded before this model is.
    state = fields.Selection(
        selection_add=[
            ("draft", "Draft"),
            ("registered", "Registered"),
            ("cancelled", "Cancelled"),
        ]
    )
    student_id = fields.Many2one(
        "registrar.student",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    group_id = fields.Many2one(
        "registrar.group",
        compute="_compute_from_student",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(
        [
            ("current", "Current student"),
            ("expelled", "Expelled student"),
            ("graduate", "Graduate"),
            ("transfer", "Transfer to another university"),
            ("mobility", "Academic mobility"),
        ],
        "Issued to",
        compute="_compute_from_student",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    purpose = fields.Char(help="Where the transcript will be presented.")
    language = fields.Selection(
        [
            ("all", "Kazakh, English and Russian"),
            ("kk", "Kazakh"),
            ("en", "English"),
            ("ru", "Russian"),
        ],
        "Languages",
        required=True,
        default="all",
    )
    replaces_id = fields.Many2one(
        "registrar.transcript",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('student_id', '=', student_id), ('state', '=', 'registered')]",
        help="An earlier transcript of the student, which is cancelled when this one "
        "is registered.",
    )
    executor_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, required=True
    )
    credits_total = fields.Float(
        "Credits", readonly=True, copy=False, digits=(6, 1), aggregator=None
    )
    gpa = fields.Float("GPA", readonly=True, copy=False, digits=(4, 2), aggregator=None)
    result_count = fields.Integer(
        "Number of grades", readonly=True, copy=False, aggregator=None
    )
    sort_key = fields.Char(related="student_id.sort_key", store=True, index=True)

    @api.depends("student_id")
    def _compute_from_student(self):
        kinds = {"expelled": "expelled", "graduated": "graduate"}
        for transcript in self:
            student = transcript.student_id
            transcript.group_id = student.group_id
            transcript.kind = kinds.get(student.status, "current")

    def write(self, vals):
        self._check_snapshot_free(vals)
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_snapshot_free(vals)
        return super().create(vals_list)

    def action_print(self, lang=None):
        """Download the frozen PDFs, in the alphabetical order of the students.

        Drafts are rendered anew with a watermark. The languages are a property of the
        document; ``lang`` has no effect.
        """
        if len(self) == 1 and self.entry_id.attachment_id:
            return self.entry_id.action_download()
        ordered = self.sorted(lambda t: (t.sort_key or "", t.id))
        return self.env.ref(self._document_report).report_action(ordered, config=False)

    def action_open_results(self):
        """Open the grades that the transcript lists."""
        self.ensure_one()
        rows = self._result_rows()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Grades of %s", self.student_id.full_name),
            "res_model": "registrar.result",
            "view_mode": "list,form",
            "domain": [("id", "in", [row["id"] for row in rows])],
        }

    def _check_snapshot_free(self, vals):
        """Refuse totals from outside: they are counted at registration."""
        if not self.env.su and vals.keys() & {"credits_total", "gpa", "result_count"}:
            raise UserError(
                self.env._("Credits and GPA of a transcript are counted, not entered.")
            )

    def _check_registration(self):
        reasons = super()._check_registration()
        counted = {row["student_id"] for row in self._result_rows()}
        for transcript in self:
            if transcript.student_id.id not in counted:
                reasons.setdefault(transcript.id, []).append(
                    self.env._("There are no grades yet.")
                )
            replaced = transcript.replaces_id
            if replaced and (
                replaced.state != "registered"
                or replaced.student_id != transcript.student_id
            ):
                reasons.setdefault(transcript.id, []).append(
                    self.env._(
                        "It can replace only a registered transcript of the same "
                        "student."
                    )
                )
        return reasons

    def _document_title(self, language):
        return TITLES[language]

    def _document_recipient(self):
        return self.student_id.short_name

    def _document_file_name(self):
        self.ensure_one()
        name = f"{self.display_name} {self.student_id.short_name}"
        return f"{name.replace('/', '-')}.pdf"

    def _apply_registration(self):
        res = super()._apply_registration()
        data = self._transcript_data()
        for transcript in self.sudo().with_context(mail_notrack=True):
            totals = data[transcript.id]
            transcript.write(
                {
                    "credits_total": totals["credits"],
                    "gpa": totals["gpa"],
                    "result_count": totals["count"],
                }
            )
            if transcript.replaces_id:
                transcript.replaces_id._cancel_by(transcript)
        return res

    def _transcript_data(self):
        """Return what the transcripts print, with a fixed number of queries.

        :return: by id of the transcript, the dict of ``tools.transcript.compose`` and
            ``languages, university, fields, signatures, registered, …``
        :rtype: dict[int, dict]
        """
        self.check_access("read")
        transcripts = self.sudo()
        # One result may be listed on several transcripts of one student.
        results = {}
        for row in self._result_rows():
            results.setdefault(row["transcript_id"], []).append(row)
        states = transcripts._states()
        signatures = transcripts._signatories(states)
        scales = transcripts._scale_legends()
        names = self.env["registrar.student"]._names_in(transcripts)
        company = self.env.company.sudo()
        university = {
            code: company._text("university_name", code) for code in LANGUAGES
        }
        data = {}
        for transcript in transcripts:
            languages = transcript._print_languages()
            texts = contents.Texts(languages)
            state = states[transcript.id]
            data[transcript.id] = {
                **contents.compose(results.get(transcript.id, ()), languages),
                "languages": languages,
                "stack": texts.stack,
                "text": texts.text,
                "lines": contents.lines,
                "head": texts.head(),
                "columns": contents.columns_html(languages),
                "university": [university[code] for code in languages],
                "logo": False if company.uses_default_logo else company.logo,
                "fields": transcript._printed_fields(
                    state, languages, names[transcript.id]
                ),
                "signatures": [
                    (contents.lines(positions[code] for code in languages), name)
                    for positions, name in signatures[transcript.id]
                ],
                "scale": contents.legend(scales[transcript.id], languages),
                "date": transcript._as_of().strftime("%d.%m.%Y"),
                "url": transcript._verification_url(),
                "executor": transcript.executor_id.name,
                "phone": transcript.executor_id.phone or company.phone or "",
            }
        return data

    @api.model
    def _latest_of_groups(self, groups):
        """Return the last registered transcript of each student of the groups.

        :raises UserError: when there is none
        """
        transcripts = self.search(
            [
                ("student_id.group_id", "in", groups.ids),
                ("state", "=", "registered"),
            ],
            order="document_date, id",
        )
        latest = {transcript.student_id: transcript.id for transcript in transcripts}
        if not latest:
            raise UserError(
                self.env._(
                    "No transcripts have been registered for these groups yet. Issue "
                    "them first."
                )
            )
        return self.browse(latest.values())

    def _as_of(self):
        """Return the day whose state the transcript shows."""
        self.ensure_one()
        return self.document_date or fields.Date.context_today(self)

    def _print_languages(self):
        self.ensure_one()
        if self.language == "all":
            return contents.PRINT_ORDER
        return (self.language,)

    def _result_rows(self):
        """Return the results known on the day of each transcript, in one query.

        Results that a protocol corrected are left out; their correction stands in
        their place. See ``tools.transcript`` for the keys.

        :rtype: list[dict]
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT t.id AS transcript_id, t.student_id, r.id, d.kind, d.code,
                       d.name_kk, d.name_ru, d.name_en, r.credits, r.score, r.letter,
                       r.points, r.traditional, r.passed, r.in_gpa, r.cycle, r.course,
                       r.attempt, r.resit_number, y.name AS year,
                       ny.name AS superseded_year
                  FROM UNNEST(%(ids)s::int[], %(students)s::int[],
                              %(dates)s::date[])
                       AS t(id, student_id, day)
                  JOIN registrar_result r
                    ON r.student_id = t.student_id AND r.result_date <= t.day
                  JOIN registrar_discipline d ON d.id = r.discipline_id
                  JOIN registrar_term m ON m.id = r.term_id
                  JOIN registrar_academic_year y ON y.id = r.year_id
             LEFT JOIN registrar_result n
                    ON n.id = r.superseded_by_id AND n.result_date <= t.day
             LEFT JOIN registrar_academic_year ny ON ny.id = n.year_id
                 WHERE n.kind IS DISTINCT FROM 'correction'
                 ORDER BY t.id, y.date_from, r.course, m.date_from, d.code, r.id
                """,
                ids=self.ids,
                students=[t.student_id.id for t in self],
                dates=[t._as_of() for t in self],
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _students_with_results(self, students, date):
        """Return those of ``students`` who have results known on ``date``."""
        groups = (
            self.env["registrar.result"]
            .sudo()
            ._read_group(
                [("student_id", "in", students.ids), ("result_date", "<=", date)],
                ["student_id"],
            )
        )
        graded = {student.id for [student] in groups}
        return students.filtered(lambda student: student.id in graded)

    def _states(self):
        """Return the programme, group, form and language on the day, in one query.

        Of those who no longer study, the last state counts.

        :rtype: dict[int, dict]
        """
        self.env["registrar.enrolment"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT t.id AS transcript_id, e.programme_id, e.group_id, e.language,
                       e.study_form, a.admitted
                  FROM UNNEST(%(ids)s::int[], %(students)s::int[],
                              %(dates)s::date[])
                       AS t(id, student_id, day)
             LEFT JOIN LATERAL (
                       SELECT programme_id, group_id, language, study_form
                         FROM registrar_enrolment
                        WHERE student_id = t.student_id
                          AND reversal_entry_id IS NULL AND date_from <= t.day
                        ORDER BY date_from DESC, id DESC
                        LIMIT 1) e ON TRUE
             LEFT JOIN LATERAL (
                       SELECT MIN(r.date_from) AS admitted
                         FROM registrar_enrolment r
                         JOIN registrar_movement_kind k ON k.id = r.kind_id
                        WHERE r.student_id = t.student_id AND k.effect = 'arrival'
                          AND r.reversal_entry_id IS NULL) a ON TRUE
                """,
                ids=self.ids,
                students=[t.student_id.id for t in self],
                dates=[t._as_of() for t in self],
            )
        )
        states = {row["transcript_id"]: row for row in self.env.cr.dictfetchall()}
        # From one recordset each, so that everything is read in one query.
        programmes = {
            record.id: record
            for record in self.env["registrar.programme"].browse(
                {row["programme_id"] for row in states.values()} - {None}
            )
        }
        groups = {
            record.id: record
            for record in self.env["registrar.group"].browse(
                {row["group_id"] for row in states.values()} - {None}
            )
        }
        for row in states.values():
            row["programme"] = programmes.get(
                row["programme_id"], self.env["registrar.programme"]
            )
            row["group"] = groups.get(row["group_id"], self.env["registrar.group"])
        return states

    def _signatories(self, states):
        """Return who signs each transcript: (positions by language, name).

        :rtype: dict[int, list]
        """
        Signatory = self.env["registrar.signatory"]
        found = {}
        result = {}
        for transcript in self:
            date = transcript._as_of()
            faculty = states[transcript.id]["programme"].faculty_id
            result[transcript.id] = []
            for role in SIGNATORY_ROLES:
                key = (role, date, faculty.id if role == "dean" else 0)
                if key not in found:
                    person = Signatory._at(role, date, faculty)
                    found[key] = (
                        {
                            code: person._position(code) if person else text
                            for code, text in POSITIONS[role].items()
                        },
                        person.name or "",
                    )
                result[transcript.id].append(found[key])
        return result

    def _scale_legends(self):
        """Return the grade scale in force on the day of each transcript.

        :return: lists of (letter, points, per cent)
        :rtype: dict[int, list]
        """
        legends = {}
        result = {}
        for transcript in self:
            date = transcript._as_of()
            if date not in legends:
                scale = self.env["registrar.grade.scale"]._at(date)
                legends[date] = [
                    (
                        line.letter,
                        f"{line.points:.2f}",
                        f"{line.score_min}–{line.score_max}",
                        line.traditional,
                    )
                    for line in scale.line_ids
                ]
            result[transcript.id] = legends[date]
        return result

    def _printed_fields(self, state, languages, name_then):
        """Return the lines of the head: (labels, values) by language.

        :param name_then: the name of the student on the day of the transcript
        """
        self.ensure_one()
        student, programme = self.student_id, state["programme"]
        latin = " ".join(
            part
            for part in (
                student.last_name_latin,
                student.first_name_latin,
                student.patronymic_latin,
            )
            if part
        )
        # A document keeps the name of its day; the Latin one is known for today.
        full_name = name_then.full_name
        if name_then != student._name_parts():
            latin = ""
        names = {"kk": full_name, "ru": full_name, "en": latin or full_name}
        faculty = programme.faculty_id
        faculties = {
            code: faculty.with_context(lang=locale).name or ""
            for code, locale in LANGUAGES.items()
        }
        programmes = {
            code: f"{programme.code or ''} {text_in(programme, 'name', code)}".strip()
            if programme
            else ""
            for code in LANGUAGES
        }
        empty = dict.fromkeys(LANGUAGES, "")
        admitted = state["admitted"]
        values = {
            "name": names,
            "faculty": faculties,
            "programme": programmes,
            "entered": dict.fromkeys(LANGUAGES, str(admitted.year) if admitted else ""),
            "language": LANGUAGE_NAMES.get(state["language"], empty),
            "form": STUDY_FORM_NAMES.get(state["study_form"], empty),
            "group": dict.fromkeys(LANGUAGES, state["group"].name or ""),
            "number": dict.fromkeys(LANGUAGES, student.student_number or ""),
        }
        return {
            name: list(dict.fromkeys(texts[code] for code in languages))
            for name, texts in values.items()
        }
