from collections import defaultdict

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.registrar_core.models.selections import LANGUAGES_OF_STUDY

from .. import grading
from ..workbook import marks_workbook
from .registrar_sheet_line import TOGETHER
from .selections import (
    CARRIED_KINDS,
    DEFENCE_FORMS,
    KIND_OF_CONTROL,
    RESULT_KINDS,
    SHEET_KINDS,
    SHEET_TITLES,
    TRADITIONAL_MARKS,
    UNATTESTED_REASONS,
)

# Above so many records a step writes no tracking message for each of them.
TRACK_AT_MOST = 40

# People of these statuses get no line on a new sheet.
AWAY_STATUSES = ("leave", "expelled", "graduated")

# What somebody who only enters marks may write on the sheet itself.
TEACHER_FIELDS = frozenset({"line_ids", "exam_date"})

# What is settled once the sheet is open.
IDENTITY_FIELDS = frozenset(
    {
        "kind",
        "part_number",
        "class_group_id",
        "discipline_id",
        "term_id",
        "language",
        "scheme_id",
        "scale_id",
        "resit_of_id",
        "resit_number",
    }
)

# Kept by the actions alone, or the segregation of duties could be evaded.
ACTION_FIELDS = frozenset(
    {"author_ids", "submitted_by_id", "submitted_at", "return_reason"}
)


class RegistrarSheet(models.Model):
    """Sheet of marks of a class group (ведомость, ведомость).

    Generated from registrations, opened for the teacher, submitted, registered by the
    office; registration posts the results. Source: academic.md §6.2–6.3.
    """

    _name = "registrar.sheet"
    _description = "Sheet of marks"
    _inherit = ["registrar.document"]
    # By the order of terms: the latest first.
    _order = "term_id, discipline_id, kind, id"
    _rec_names_search = ["number", "discipline_id", "class_group_id"]
    _register_code = "sheets"
    _document_report = "registrar_exams.action_report_sheet"
    _register_states = ("submitted",)
    _document_register_groups = "registrar_core.group_registrar_clerk"
    # The department and the faculty follow the discipline when they move.
    _mutable_columns = frozenset({"department_id", "faculty_id"})

    # With labels: translations of inherited ones are loaded before this model is.
    state = fields.Selection(
        selection_add=[
            ("draft", "Draft"),
            ("open", "Open"),
            ("submitted", "Submitted"),
            ("registered", "Registered"),
            ("cancelled", "Cancelled"),
        ],
        ondelete={"open": "set default", "submitted": "set default"},
    )
    kind = fields.Selection(SHEET_KINDS, required=True, default="exam", index=True)
    part_number = fields.Integer(
        "Number of the midterm",
        default=0,
        aggregator=None,
        help="1 for the first midterm, 2 for the second; 0 for other sheets.",
    )
    # What is examined
    class_group_id = fields.Many2one(
        "registrar.class.group", "Class group", index=True, ondelete="restrict"
    )
    discipline_id = fields.Many2one(
        "registrar.discipline",
        compute="_compute_from_class_group",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
    )
    term_id = fields.Many2one(
        "registrar.term",
        compute="_compute_from_class_group",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
    )
    language = fields.Selection(
        LANGUAGES_OF_STUDY,
        "Language of study",
        compute="_compute_from_class_group",
        store=True,
        readonly=False,
        precompute=True,
    )
    department_id = fields.Many2one(
        "hr.department",
        "Department",
        related="discipline_id.department_id",
        store=True,
        index=True,
    )
    faculty_id = fields.Many2one(
        "hr.department",
        "Faculty",
        related="discipline_id.faculty_id",
        store=True,
        index=True,
    )
    # Who and when
    teacher_id = fields.Many2one(
        "hr.employee",
        compute="_compute_teacher_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        domain="[('is_teacher', '=', True)]",
    )
    examiner_id = fields.Many2one(
        "hr.employee",
        compute="_compute_teacher_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        domain="[('is_teacher', '=', True)]",
    )
    exam_date = fields.Date("Date of control", copy=False)
    # How it is reckoned
    scheme_id = fields.Many2one(
        "registrar.rating.scheme",
        "Rating scheme",
        compute="_compute_scheme_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
    )
    scale_id = fields.Many2one(
        "registrar.grade.scale",
        "Grade scale",
        compute="_compute_scale_id",
        store=True,
        precompute=True,
        ondelete="restrict",
        help="The scale in force on the date of control.",
    )
    part_count = fields.Integer("Marks of the term", compute="_compute_columns")
    has_admission = fields.Boolean(compute="_compute_columns")
    has_exam = fields.Boolean(compute="_compute_columns")
    has_rating_columns = fields.Boolean(compute="_compute_columns")
    formula = fields.Char(related="scheme_id.formula")
    # Resits and individual sheets
    resit_of_id = fields.Many2one(
        "registrar.sheet",
        "Follows the sheet",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    resit_number = fields.Integer("Number of the resit", aggregator=None, copy=False)
    resit_ids = fields.One2many("registrar.sheet", "resit_of_id", "Following sheets")
    resit_count = fields.Integer("Following", compute="_compute_resit_count")
    ground = fields.Text(
        help="Why an individual sheet is issued: illness, competition …"
    )
    valid_to = fields.Date(
        "Valid until", help="An individual sheet is void afterwards."
    )
    # Lines and progress
    line_ids = fields.One2many("registrar.sheet.line", "sheet_id", "Students")
    line_count = fields.Integer("Number of students", compute="_compute_progress")
    entered_count = fields.Integer("Entered", compute="_compute_progress")
    missing_count = fields.Integer("Missing", compute="_compute_progress")
    progress = fields.Float("Progress, %", compute="_compute_progress", digits=(5, 1))
    progress_text = fields.Char("Marks entered", compute="_compute_progress")
    # Quality indicators (academic.md §9.2)
    success_percent = fields.Float(
        "Success, %", compute="_compute_quality", digits=(5, 2)
    )
    quality_percent = fields.Float(
        "Quality, %", compute="_compute_quality", digits=(5, 2)
    )
    mean_mark = fields.Float("Mean mark", compute="_compute_quality", digits=(5, 2))
    sou_percent = fields.Float(
        "Degree of learning, %", compute="_compute_quality", digits=(5, 2)
    )
    result_count = fields.Integer("Results", compute="_compute_result_count")
    # Trace of the marks
    author_ids = fields.Many2many(
        "res.users",
        "registrar_sheet_author_rel",
        "sheet_id",
        "user_id",
        "Marks entered by",
        readonly=True,
        copy=False,
        help="Whoever entered or submitted marks cannot register the sheet.",
    )
    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    submitted_at = fields.Datetime(readonly=True, copy=False)
    return_reason = fields.Text(readonly=True, copy=False)
    # What the reader may do
    is_mine = fields.Boolean(
        "My sheet", compute="_compute_is_mine", search="_search_is_mine"
    )
    can_enter = fields.Boolean(compute="_compute_is_mine")
    can_manage = fields.Boolean(compute="_compute_is_mine")

    _one_live = models.UniqueIndex(
        "(class_group_id, kind, part_number, COALESCE(resit_of_id, 0))"
        " WHERE state <> 'cancelled' AND kind <> 'individual'"
        " AND class_group_id IS NOT NULL",
        "The class group already has a sheet of this kind.",
    )
    _part_number_range = models.Constraint(
        "CHECK ((kind = 'midterm' AND part_number BETWEEN 1 AND 4)"
        " OR (kind <> 'midterm' AND part_number = 0))",
        "A midterm sheet has the number of the midterm, other sheets have none.",
    )
    _resit_number_positive = models.Constraint(
        "CHECK (resit_number IS NULL OR resit_number >= 0)",
        "Resits are counted from 1.",
    )

    @api.depends("class_group_id")
    def _compute_from_class_group(self):
        for sheet in self:
            group = sheet.class_group_id
            sheet.discipline_id = group.discipline_id or sheet.discipline_id
            sheet.term_id = group.term_id or sheet.term_id
            sheet.language = group.language or sheet.language

    @api.depends("class_group_id.teacher_id", "class_group_id.examiner_id")
    def _compute_teacher_id(self):
        """Follow the class group until the marks are submitted."""
        for sheet in self:
            if sheet.state in ("draft", "open") and sheet.class_group_id:
                sheet.teacher_id = sheet.class_group_id.teacher_id
                sheet.examiner_id = sheet.class_group_id.examiner_id
            else:
                sheet.teacher_id = sheet.teacher_id
                sheet.examiner_id = sheet.examiner_id

    @api.depends("class_group_id", "kind")
    def _compute_scheme_id(self):
        for sheet in self:
            group = sheet.class_group_id
            sheet.scheme_id = (
                group.rating_scheme_id
                or sheet.scheme_id
                or self.env["registrar.rating.scheme"]._default_for(
                    sheet.kind, group.control_form
                )
            )

    @api.depends("exam_date", "term_id")
    def _compute_scale_id(self):
        scales = {}
        for sheet in self:
            day = sheet.exam_date or sheet.term_id.date_to
            if day and day not in scales:
                scales[day] = self.env["registrar.grade.scale"]._at(day)
            sheet.scale_id = scales.get(day)

    @api.depends("scheme_id", "kind", "part_number")
    def _compute_columns(self):
        for sheet in self:
            scheme = sheet.scheme_id
            carried = sheet.kind in CARRIED_KINDS
            sheet.has_admission = scheme.has_admission
            sheet.part_count = scheme.part_count if scheme.has_admission else 0
            sheet.has_rating_columns = scheme.has_admission and not carried
            sheet.has_exam = scheme.has_exam and sheet.kind != "midterm"

    def _compute_resit_count(self):
        counts = dict(
            self.sudo()._read_group(
                [("resit_of_id", "in", self.ids)], ["resit_of_id"], ["__count"]
            )
        )
        for sheet in self:
            sheet.resit_count = counts.get(sheet._origin.sudo(), 0)

    @api.depends("line_ids.is_complete")
    def _compute_progress(self):
        # Of the whole sheet: the cache knows no difference between readers.
        counts = {
            (sheet.id, done): count
            for sheet, done, count in self.env["registrar.sheet.line"]
            .sudo()
            ._read_group(
                [("sheet_id", "in", self.ids)],
                ["sheet_id", "is_complete"],
                ["__count"],
            )
        }
        for sheet in self:
            done = counts.get((sheet._origin.id, True), 0)
            missing = counts.get((sheet._origin.id, False), 0)
            total = done + missing
            sheet.line_count = total
            sheet.entered_count = done
            sheet.missing_count = missing
            sheet.progress = 100.0 * done / total if total else 0.0
            sheet.progress_text = self.env._(
                "%(done)s of %(total)s", done=done, total=total
            )

    @api.depends("line_ids.traditional", "line_ids.is_complete")
    def _compute_quality(self):
        counts = self._quality_counts()
        for sheet in self:
            values = grading.quality(counts.get(sheet._origin.id, {}))
            sheet.success_percent = float(values.success)
            sheet.quality_percent = float(values.quality)
            sheet.mean_mark = float(values.mean)
            sheet.sou_percent = float(values.sou)

    def _compute_result_count(self):
        counts = dict(
            self.env["registrar.result"]
            .sudo()
            ._read_group([("sheet_id", "in", self.ids)], ["sheet_id"], ["__count"])
        )
        for sheet in self:
            sheet.result_count = counts.get(sheet._origin.sudo(), 0)

    @api.depends("teacher_id", "examiner_id", "state")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        own = self._own_employees()
        is_clerk = self.env.user.has_group("registrar_core.group_registrar_clerk")
        for sheet in self:
            people = sheet.sudo().teacher_id | sheet.sudo().examiner_id
            sheet.is_mine = bool(people & own)
            sheet.can_manage = is_clerk and sheet.state in ("draft", "open")
            sheet.can_enter = sheet.state == "open" and (sheet.is_mine or is_clerk)

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        ids = self._own_employees().ids
        return Domain("teacher_id", "in", ids) | Domain("examiner_id", "in", ids)

    @api.depends("number", "kind", "discipline_id", "class_group_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for sheet in self:
            parts = (sheet.display_name, sheet.discipline_id.display_name)
            sheet.display_name = ", ".join(part for part in parts if part)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_action_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        if "line_ids" not in vals:
            return super().write(vals)
        # The marks of a saved sheet are judged together: line by line, each of them
        # would be reckoned apart.
        result = super(
            RegistrarSheet, self.with_context(registrar_marks_together=TOGETHER)
        ).write(vals)
        self.line_ids._check_marks()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entered(self):
        for sheet in self.filtered(lambda sheet: not sheet.entry_id):
            if sheet.state not in ("draft", "open") or sheet.line_ids.filtered(
                "has_marks"
            ):
                raise UserError(
                    self.env._(
                        "“%s” already has marks; annul it instead of deleting it.",
                        sheet.display_name,
                    )
                )

    # Actions

    def action_open(self):
        """Open drafts for the teachers and examiners."""
        self._check_office()
        self._lock()
        for sheet in self:
            if sheet.state != "draft":
                raise UserError(
                    self.env._("“%s” is not a draft any more.", sheet.display_name)
                )
            if not sheet.line_count:
                raise UserError(self.env._("“%s” has no students.", sheet.display_name))
            if not sheet.scale_id:
                raise UserError(
                    self.env._(
                        "%s: no grade scale is in force on the date of control.",
                        sheet.display_name,
                    )
                )
        self._step({"state": "open"})
        return True

    def action_submit(self):
        """Hand the marks over to the office; from then on they cannot be changed."""
        self.check_access("read")
        for sheet in self:
            if not sheet._may_enter():
                raise AccessError(
                    self.env._(
                        "“%s” is submitted by its teacher, its examiner or the office.",
                        sheet.display_name,
                    )
                )
        self._lock()
        for sheet in self:
            if sheet.state != "open":
                raise UserError(
                    self.env._("“%s” is not open for marks.", sheet.display_name)
                )
        reasons = self._incomplete_reasons()
        if reasons:
            raise UserError("\n\n".join(text for text in reasons.values()))
        self._step(
            {
                "state": "submitted",
                "submitted_by_id": self.env.uid,
                "submitted_at": fields.Datetime.now(),
                "return_reason": False,
                "author_ids": [Command.link(self.env.uid)],
            }
        )
        return True

    def action_return(self, reason=None):
        """Give a submitted sheet back to the teacher.

        :param str reason: what is to be put right; without it the user is asked
        """
        self._check_office()
        if not reason:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Return to the teacher"),
                "res_model": "registrar.sheet.return",
                "view_mode": "form",
                "target": "new",
                "context": {"default_sheet_ids": self.ids},
            }
        self._lock()
        for sheet in self:
            if sheet.state != "submitted":
                raise UserError(
                    self.env._("“%s” has not been submitted.", sheet.display_name)
                )
        self._step({"state": "open", "return_reason": reason})
        for sheet in self.sudo():
            people = (sheet.teacher_id | sheet.examiner_id).user_id.partner_id
            sheet.message_post(
                body=Markup("<p>%s</p><p>%s</p>")
                % (self.env._("Returned for correction:"), reason),
                partner_ids=people.ids,
            )
        return True

    def action_annul(self):
        """Take sheets out of use that have not been registered."""
        self._check_office()
        self._lock()
        for sheet in self:
            if sheet.entry_id:
                raise UserError(
                    self.env._(
                        "“%s” is registered; a protocol corrects its results.",
                        sheet.display_name,
                    )
                )
        self._step({"state": "cancelled"})
        return True

    def action_fill_lines(self):
        """Add the registered students of the class group who are missing."""
        self._check_office()
        if any(sheet.state not in ("draft", "open") for sheet in self):
            raise UserError(
                self.env._("Students are added while the sheet is open for marks.")
            )
        self._fill_lines()
        return True

    def action_open_results(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_exams.registrar_result_action"
        )
        return dict(action, domain=[("sheet_id", "in", self.ids)], context={})

    def action_open_resits(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_exams.registrar_sheet_action"
        )
        return dict(action, domain=[("resit_of_id", "in", self.ids)], context={})

    def action_open_lines(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_exams.registrar_sheet_line_action"
        )
        return dict(action, domain=[("sheet_id", "in", self.ids)], context={})

    def action_download_marks(self):
        """Download the marks as a workbook to be filled in."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/registrar/sheet/{self.id}/marks.xlsx",
            "target": "self",
        }

    def action_upload_marks(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Marks from a workbook"),
            "res_model": "registrar.sheet.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_sheet_id": self.id},
        }

    # Generation

    @api.model
    def _open_session(self, term, domain=None, kind="exam", part_number=None):
        """Make one sheet per class group of ``term`` and put its students on it.

        The kind ``exam`` means the final control: the kind of each sheet follows the
        control form of the class group (a report gives a practice sheet). May be
        repeated: sheets that are still drafts or open get the students they lack,
        nobody is put on a sheet twice. The number of queries does not depend on the
        number of students.

        :param term: one ``registrar.term``
        :param domain: further condition on the class groups
        :param str kind: ``exam``, ``midterm``, ``entrance``, or the kind that a
            control form leads to (``state_exam``, ``practice`` …) for these alone
        :param int part_number: which midterm, by default the first
        :return: the sheets made or completed, drafts and open ones
        """
        self.check_access("create")
        term.ensure_one()
        if kind in CARRIED_KINDS:
            raise UserError(
                self.env._("Resits and individual sheets follow from earlier sheets.")
            )
        part_number = (part_number or 1) if kind == "midterm" else 0
        scale = self.env["registrar.grade.scale"]._at(term.date_to)
        if not scale:
            raise UserError(
                self.env._("No grade scale is in force at the end of %s.", term.name)
            )
        self.env.flush_all()
        groups = self.env["registrar.class.group"]._search(
            Domain("term_id", "=", term.id) & Domain(domain or Domain.TRUE)
        )
        kind_sql = self._kind_sql(kind)
        condition = SQL("TRUE")
        if kind not in ("exam", "midterm", "entrance", "difference"):
            forms = [form for form, of in KIND_OF_CONTROL.items() if of == kind]
            condition = SQL("g.control_form = ANY(%s)", forms)
        schemes = self.env["registrar.rating.scheme"]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO registrar_sheet
                    (kind, part_number, resit_number, state, class_group_id,
                     discipline_id, term_id, language, department_id, faculty_id,
                     teacher_id, examiner_id, scheme_id, scale_id,
                     create_uid, create_date, write_uid, write_date)
                SELECT %(kind)s, %(part)s, 0, 'draft', g.id,
                       g.discipline_id, g.term_id, g.language, d.department_id,
                       d.faculty_id, g.teacher_id, g.examiner_id,
                       COALESCE(g.rating_scheme_id,
                                CASE WHEN g.control_form = ANY(%(defences)s)
                                     THEN %(defence)s ELSE %(scheme)s END),
                       %(scale)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM registrar_class_group g
                  JOIN registrar_discipline d ON d.id = g.discipline_id
                 WHERE g.id IN %(groups)s AND %(condition)s
                   AND EXISTS (
                       SELECT FROM registrar_study_plan_line l
                         JOIN registrar_study_plan p
                           ON p.id = l.plan_id AND p.state = 'registered'
                        WHERE l.class_group_id = g.id
                          AND l.is_cancelled IS NOT TRUE)
                   AND NOT EXISTS (
                       SELECT FROM registrar_sheet s
                        WHERE s.class_group_id = g.id AND s.state <> 'cancelled'
                          AND s.kind = %(kind)s AND s.part_number = %(part)s
                          AND s.resit_of_id IS NULL)
                 ORDER BY d.code, g.name, g.id
                    ON CONFLICT DO NOTHING
                """,
                kind=kind_sql,
                part=part_number,
                defences=list(DEFENCE_FORMS),
                defence=schemes._default_for(kind, DEFENCE_FORMS[0]).id,
                scheme=schemes._default_for("exam").id
                if kind != "entrance"
                else schemes._default_for(kind).id,
                scale=scale.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                groups=groups.subselect(),
                condition=condition,
            )
        )
        kinds = set(KIND_OF_CONTROL.values()) if kind == "exam" else {kind}
        sheets = self.search(
            Domain("class_group_id", "in", groups)
            & Domain("kind", "in", list(kinds))
            & Domain("part_number", "=", part_number)
            & Domain("resit_of_id", "=", False)
            & Domain("state", "in", ("draft", "open"))
        )
        sheets._fill_lines()
        return sheets

    @api.model
    def _open_resits(self, term, domain=None):
        """Make the resit sheets of ``term`` for those who have FX.

        One sheet per sheet on which FX was given. FX is resat once without studying
        again (academic.md §1.5); how often is a setting. May be repeated.

        :param domain: further condition on the results
        :return: the sheets made or completed, drafts and open ones
        """
        self.check_access("create")
        term.ensure_one()
        limit = self.env.company.registrar_resit_limit
        self.env.flush_all()
        results = self.env["registrar.result"]._search(
            Domain.AND(
                [
                    Domain("term_id", "=", term.id),
                    Domain("letter", "=", "FX"),
                    Domain("superseded_by_id", "=", False),
                    Domain("resit_number", "<", limit),
                    Domain("sheet_id", "!=", False),
                    Domain(domain or Domain.TRUE),
                ]
            )
        )
        waiting = SQL(
            """
            SELECT r.sheet_id, r.student_id, r.plan_line_id, r.credits, r.admission,
                   r.resit_number, t.sort_key
              FROM registrar_result r
              JOIN registrar_student t ON t.id = r.student_id
             WHERE r.id IN %(results)s AND NOT %(away)s
            """,
            results=results.subselect(),
            away=self._away_sql(SQL("r.student_id"), self._today()),
        )
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                INSERT INTO registrar_sheet
                    (kind, part_number, resit_of_id, resit_number, state,
                     class_group_id, discipline_id, term_id, language, department_id,
                     faculty_id, teacher_id, examiner_id, scheme_id, scale_id,
                     create_uid, create_date, write_uid, write_date)
                SELECT 'resit', 0, s.id, w.resit_number + 1, 'draft',
                       s.class_group_id, s.discipline_id, s.term_id, s.language,
                       s.department_id, s.faculty_id, s.teacher_id, s.examiner_id,
                       s.scheme_id, s.scale_id, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM registrar_sheet s
                  JOIN (SELECT sheet_id, MAX(resit_number) AS resit_number
                          FROM (%(waiting)s) fx GROUP BY sheet_id) w
                    ON w.sheet_id = s.id
                 WHERE NOT EXISTS (
                       SELECT FROM registrar_sheet x
                        WHERE x.resit_of_id = s.id AND x.kind = 'resit'
                          AND x.state <> 'cancelled')
                 ORDER BY s.id
                    ON CONFLICT DO NOTHING
                """,
                waiting=waiting,
                uid=self.env.uid,
                now=cr.now(),
            )
        )
        cr.execute(
            SQL(
                """
                INSERT INTO registrar_sheet_line
                    (sheet_id, plan_line_id, student_id, sort_key, credits,
                     carried_rating, admission_rating, admission, is_complete,
                     create_uid, create_date, write_uid, write_date)
                SELECT s.id, w.plan_line_id, w.student_id, w.sort_key, w.credits,
                       w.admission, w.admission, 'admitted', FALSE,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (%(waiting)s) w
                  JOIN registrar_sheet s
                    ON s.resit_of_id = w.sheet_id AND s.kind = 'resit'
                   AND s.state IN ('draft', 'open')
                 WHERE NOT EXISTS (
                       SELECT FROM registrar_sheet_line x
                        WHERE x.sheet_id = s.id AND x.student_id = w.student_id)
                 ORDER BY s.id, w.sort_key, w.student_id
                RETURNING sheet_id
                """,
                waiting=waiting,
                uid=self.env.uid,
                now=cr.now(),
            )
        )
        self.env["registrar.sheet.line"].invalidate_model()
        self.invalidate_model()
        return self.search(
            Domain("term_id", "=", term.id)
            & Domain("kind", "=", "resit")
            & Domain("state", "in", ("draft", "open"))
        )

    @api.model
    def _open_individual(self, lines, ground, valid_to=None):
        """Make individual sheets for students absent with a valid reason.

        :param lines: lines of registered sheets
        :param str ground: document that excuses the absence
        :return: one draft per line
        """
        self.check_access("create")
        values_list = []
        for line in lines:
            sheet = line.sheet_id
            if sheet.state != "registered" or line.absence != "excused":
                raise UserError(
                    self.env._(
                        "%s: an individual sheet is for a registered absence with a "
                        "valid reason.",
                        line.student_id.full_name,
                    )
                )
            if self.search_count(
                [
                    ("resit_of_id", "=", sheet.id),
                    ("kind", "=", "individual"),
                    ("state", "!=", "cancelled"),
                    ("line_ids.student_id", "=", line.student_id.id),
                ],
                limit=1,
            ):
                raise UserError(
                    self.env._(
                        "%s already has an individual sheet for this discipline.",
                        line.student_id.full_name,
                    )
                )
            values_list.append(
                {
                    "kind": "individual",
                    "class_group_id": sheet.class_group_id.id,
                    "discipline_id": sheet.discipline_id.id,
                    "term_id": sheet.term_id.id,
                    "language": sheet.language,
                    "teacher_id": sheet.teacher_id.id,
                    "examiner_id": sheet.examiner_id.id,
                    "scheme_id": sheet.scheme_id.id,
                    "resit_of_id": sheet.id,
                    "resit_number": sheet.resit_number,
                    "ground": ground,
                    "valid_to": valid_to,
                    "line_ids": [
                        Command.create(
                            {
                                "student_id": line.student_id.id,
                                "plan_line_id": line.plan_line_id.id,
                                "credits": line.credits,
                                "carried_rating": line.admission_rating,
                            }
                        )
                    ],
                }
            )
        # The ratings come from registered sheets: whoever makes the individual sheet
        # has not entered them.
        return self.sudo().create(values_list).sudo(self.env.su)

    def _fill_lines(self):
        """Insert the registered students of the class groups whom the sheets lack."""
        sheets = self.filtered(lambda sheet: sheet.kind not in CARRIED_KINDS)
        if not sheets:
            return
        self.env.flush_all()
        for term in sheets.term_id:
            of_term = sheets.filtered(lambda sheet, term=term: sheet.term_id == term)
            of_term._insert_lines(term)
        self.env["registrar.sheet.line"].invalidate_model()
        self.invalidate_recordset()
        sheets.filtered(lambda sheet: sheet.kind in RESULT_KINDS)._take_midterms()

    def _insert_lines(self, term):
        """Insert the missing lines of sheets of one term in one statement.

        Who is on leave or has left at the end of the term, or now while it lasts, is
        left out.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO registrar_sheet_line
                    (sheet_id, plan_line_id, student_id, sort_key, credits, admission,
                     is_complete, create_uid, create_date, write_uid, write_date)
                SELECT s.id, l.id, l.student_id, t.sort_key, l.credits,
                       CASE WHEN c.has_admission THEN 'pending' ELSE 'admitted' END,
                       FALSE, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM registrar_sheet s
                  JOIN registrar_rating_scheme c ON c.id = s.scheme_id
                  JOIN registrar_study_plan_line l
                    ON l.class_group_id = s.class_group_id
                   AND l.is_cancelled IS NOT TRUE
                  JOIN registrar_study_plan p
                    ON p.id = l.plan_id AND p.state = 'registered'
                  JOIN registrar_student t ON t.id = l.student_id
                 WHERE s.id = ANY(%(sheets)s) AND NOT %(away)s
                 ORDER BY s.id, t.sort_key, t.id
                    ON CONFLICT (sheet_id, student_id) DO NOTHING
                """,
                sheets=self.ids,
                away=self._away_sql(
                    SQL("l.student_id"), min(term.date_to, self._today())
                ),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )

    def _take_midterms(self):
        """Copy the marks of registered midterm sheets to lines without marks."""
        midterms = self.sudo().search_count(
            [
                ("kind", "=", "midterm"),
                ("state", "=", "registered"),
                ("class_group_id", "in", self.class_group_id.ids),
            ],
            limit=1,
        )
        if not midterms:
            return
        parts = range(1, 5)
        columns = [SQL.identifier(f"rating_{number}") for number in parts]
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_sheet_line l
                   SET %(assignments)s
                  FROM (SELECT m.plan_line_id, %(values)s
                          FROM registrar_sheet_line m
                          JOIN registrar_sheet s ON s.id = m.sheet_id
                         WHERE s.kind = 'midterm' AND s.state = 'registered'
                           AND s.class_group_id = ANY(%(groups)s)
                         GROUP BY m.plan_line_id) v
                 WHERE l.sheet_id = ANY(%(sheets)s)
                   AND l.plan_line_id = v.plan_line_id
                   AND l.rating_1 IS NULL AND l.rating_2 IS NULL
                   AND l.rating_3 IS NULL AND l.rating_4 IS NULL
                RETURNING l.id
                """,
                assignments=SQL(", ").join(
                    SQL("%s = %s", column, SQL("v.%s", column)) for column in columns
                ),
                values=SQL(", ").join(
                    SQL(
                        "MAX(m.%s) FILTER (WHERE s.part_number = %s) AS %s",
                        column,
                        number,
                        column,
                    )
                    for number, column in zip(parts, columns, strict=True)
                ),
                groups=self.class_group_id.ids,
                sheets=self.ids,
            )
        )
        lines = self.env["registrar.sheet.line"].browse(
            [row[0] for row in self.env.cr.fetchall()]
        )
        lines.invalidate_recordset()
        lines.sudo()._recompute_outcome()

    @api.model
    def _away_sql(self, student, date):
        """Return whether a student is on leave or has left on ``date``, as SQL."""
        return SQL(
            """EXISTS (
                SELECT FROM registrar_enrolment e
                 WHERE e.student_id = %(student)s AND e.reversal_entry_id IS NULL
                   AND e.status = ANY(%(away)s) AND e.date_from <= %(date)s
                   AND (e.date_to IS NULL OR e.date_to > %(date)s))""",
            student=student,
            date=date,
            away=list(AWAY_STATUSES),
        )

    @api.model
    def _kind_sql(self, kind):
        """Return the expression of the kind of a new sheet over class group ``g``."""
        if kind != "exam":
            return SQL("%s", kind)
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s", form, of) for form, of in KIND_OF_CONTROL.items()
        )
        return SQL("CASE g.control_form %s ELSE 'exam' END", cases)

    # Rights and steps

    @api.model
    def _own_employees(self):
        return (
            self.env["hr.employee"].sudo().search([("user_id", "=", self.env.uid)])
        ).sudo(False)

    def _check_office(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "registrar_core.group_registrar_clerk"
        ):
            raise AccessError(self.env._("Only the registrar's office does this."))

    def _may_enter(self):
        """Whether the user may enter marks on the sheet, whatever its state."""
        self.ensure_one()
        if self.env.su or self.env.user.has_group(
            "registrar_core.group_registrar_clerk"
        ):
            return True
        people = self.sudo().teacher_id | self.sudo().examiner_id
        return self.env.user.has_group("registrar_core.group_registrar_teacher") and (
            self.env.user in people.user_id
        )

    def _step(self, vals):
        """Write what an action has checked; many sheets leave no tracking messages."""
        self.sudo().with_context(
            mail_notrack=self.env.context.get("mail_notrack")
            or len(self) > TRACK_AT_MOST
        ).write(vals)

    def _check_writable(self, vals):
        result = super()._check_writable(vals)
        self._check_action_fields(vals)
        if vals.keys() & IDENTITY_FIELDS:
            for sheet in self:
                if sheet.state != "draft":
                    raise UserError(
                        self.env._(
                            "“%s” is no draft any more: what is examined and how it "
                            "is reckoned is settled.",
                            sheet.display_name,
                        )
                    )
        if not self.env.user.has_group("registrar_core.group_registrar_clerk"):
            own = {
                name
                for name in vals
                if self._fields[name].store
                and not name.startswith(("message_", "activity_"))
            }
            if own - TEACHER_FIELDS:
                raise AccessError(
                    self.env._("Teachers enter marks; the rest is kept by the office.")
                )
            for sheet in self:
                if own and sheet.state != "open":
                    raise UserError(
                        self.env._("“%s” is not open for marks.", sheet.display_name)
                    )
        return result

    @api.model
    def _check_action_fields(self, vals):
        if vals.keys() & ACTION_FIELDS:
            raise AccessError(
                self.env._("Who entered and submitted marks is kept by the system.")
            )

    def _add_author(self):
        """Keep who entered marks; whoever did cannot register the sheet."""
        user = self.env.user
        for sheet in self.sudo():
            if user not in sheet.author_ids:
                sheet.author_ids = [Command.link(user.id)]

    def _incomplete_reasons(self):
        """Return which students still lack marks: ``{sheet id: text}``."""
        missing = defaultdict(list)
        empty = self.filtered(lambda sheet: not sheet.line_count)
        lines = self.env["registrar.sheet.line"].search(
            [("sheet_id", "in", self.ids), ("is_complete", "=", False)]
        )
        for line in lines:
            missing[line.sheet_id].append(line.student_id.full_name)
        reasons = {
            sheet.id: self.env._("%s: there are no students.", sheet.display_name)
            for sheet in empty
        }
        for sheet, names in missing.items():
            reasons[sheet.id] = self.env._(
                "%(sheet)s: marks are missing for %(names)s.",
                sheet=sheet.display_name,
                names=", ".join(names),
            )
        return reasons

    # Document

    def _check_registration(self):
        reasons = super()._check_registration()

        def add(sheet_id, text):
            reasons.setdefault(sheet_id, []).append(text)

        for sheet_id, text in self._incomplete_reasons().items():
            add(sheet_id, text)
        for sheet in self:
            if text := sheet._check_segregation():
                add(sheet.id, text)
            if (
                sheet.document_date
                and sheet.exam_date
                and sheet.document_date < sheet.exam_date
            ):
                add(
                    sheet.id,
                    self.env._("It is dated before the control took place."),
                )
        for sheet_id, names in self._already_resulted().items():
            add(
                sheet_id,
                self.env._(
                    "There is already a registered result for %s.", ", ".join(names)
                ),
            )
        return reasons

    def _check_segregation(self):
        """Return the reason when the user entered marks on this sheet, or ``""``.

        The system user is nobody's hand: data taken over from elsewhere.
        """
        self.ensure_one()
        if self.env.user._is_superuser():
            return ""
        if self.env.user in self.sudo().author_ids:
            return self.env._(
                "You entered or submitted marks on it; somebody else registers it."
            )
        return ""

    def _already_resulted(self):
        """Return students who have a result of the same attempt, by sheet id."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.sheet_id, t.full_name
                  FROM registrar_sheet_line l
                  JOIN registrar_sheet s ON s.id = l.sheet_id
                  JOIN registrar_result r
                    ON r.plan_line_id = l.plan_line_id
                   AND r.resit_number = COALESCE(s.resit_number, 0)
                   AND r.kind <> 'correction'
                  JOIN registrar_student t ON t.id = l.student_id
                 WHERE l.sheet_id = ANY(%s) AND s.kind = ANY(%s)
                   AND s.entry_id IS NULL
                 ORDER BY l.sheet_id, l.sort_key
                """,
                self.ids,
                list(RESULT_KINDS),
            )
        )
        found = defaultdict(list)
        for sheet_id, name in rows:
            found[sheet_id].append(name)
        return found

    def _apply_registration(self):
        result = super()._apply_registration()
        sheets = self.filtered(lambda sheet: sheet.kind in RESULT_KINDS)
        self.env["registrar.result"].sudo()._post_sheets(sheets)
        return result

    def _cancel_by(self, document):
        """Results stand on a registered sheet; a protocol corrects them instead."""
        raise UserError(
            self.env._(
                "“%s” is registered; a protocol corrects its results.",
                self[:1].display_name,
            )
        )

    def _document_title(self, language):
        title = SHEET_TITLES[self.kind or "exam"][language]
        if self.kind == "midterm":
            title = f"{title} {self.part_number}"
        return title

    def _document_recipient(self):
        return self.sudo().class_group_id.name or self.sudo().discipline_id.code or ""

    # Figures

    def _quality_counts(self):
        """Return ``{sheet id: {mark 5, 4, 3, 2 or 0: people}}``.

        People whose grade is still open because of a valid absence are left out;
        those not admitted, absent or without any mark are unattested
        (academic.md §9.2).
        """
        counts = defaultdict(dict)
        lines = self.env["registrar.sheet.line"].sudo()
        for sheet, traditional, reason, count in lines._read_group(
            [("sheet_id", "in", self.ids), ("reason", "!=", "incomplete")],
            ["sheet_id", "traditional", "reason"],
            ["__count"],
        ):
            mark = TRADITIONAL_MARKS.get(traditional, 0)
            if reason in UNATTESTED_REASONS:
                mark = 0
            counts[sheet.id][mark] = counts[sheet.id].get(mark, 0) + count
        return counts

    # Workbook of marks

    def _mark_columns(self):
        """Return the columns of the workbook of marks: pairs (field, label)."""
        self.ensure_one()
        Line = self.env["registrar.sheet.line"]
        names = []
        if self.has_rating_columns:
            names += [f"rating_{number}" for number in range(1, self.part_count + 1)]
        if self.kind == "midterm":
            names = [f"rating_{self.part_number}"]
        if self.has_exam:
            names.append("exam_score")
        names.append("absence")
        labels = Line.fields_get(names, ["string"])
        return [
            ("id", self.env._("Key")),
            ("number", self.env._("Student No.")),
            ("name", self.env._("Full name")),
            *((name, labels[name]["string"]) for name in names),
        ]

    def _marks_workbook(self):
        """Return the marks of the sheet as XLSX, to be filled in and uploaded.

        :rtype: bytes
        """
        self.ensure_one()
        self.check_access("read")
        columns = self._mark_columns()
        Line = self.env["registrar.sheet.line"]
        absences = dict(Line._fields["absence"]._description_selection(self.env))
        rows = []
        for line in self.line_ids:
            row = {
                "id": line.id,
                "number": line.student_id.student_number or "",
                "name": line.student_id.full_name,
                "absence": absences.get(line.absence),
            }
            for name, __ in columns[3:]:
                if name != "absence" and line[name] is not False:
                    row[name] = line[name]
            rows.append(row)
        part_max = self.scheme_id._part_max()
        maxima = {name: part_max for name, __ in columns[3:]}
        maxima["exam_score"] = self.scheme_id.exam_max
        return marks_workbook(
            self.discipline_id.code or self.display_name,
            columns,
            rows,
            list(absences.values()),
            maxima,
        )
