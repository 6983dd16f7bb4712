from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools.collation import sort_key
from ..tools.iin import IINError, check_iin, iin_anomalies
from .selections import (
    FUNDINGS,
    GENDERS,
    LANGUAGES_OF_STUDY,
    PREVIOUS_EDUCATIONS,
    STATUSES,
    STUDY_FORMS,
)

OFFICE = (
    "registrar_core.group_registrar_clerk,registrar_core.group_registrar_dean,"
    "registrar_core.group_registrar_military,registrar_core.group_registrar_migration,"
    "registrar_core.group_registrar_archivist"
)

# Columns of the ledger that describe where and how a person studies.
STATE_FIELDS = (
    "programme_id",
    "group_id",
    "course",
    "study_form",
    "language",
    "funding",
)


class RegistrarStudent(models.Model):
    """A person who studies or studied here.

    What changes with time lives in the enrolment ledger; the fields of the current
    state are its projection on today.
    """

    _name = "registrar.student"
    _description = "Student"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _inherits = {"res.partner": "partner_id"}
    _order = "sort_key, id"
    _rec_names_search = ["full_name", "student_number", "iin"]

    partner_id = fields.Many2one(
        "res.partner", required=True, ondelete="restrict", index=True
    )
    active = fields.Boolean(default=True)
    # Person
    last_name = fields.Char(required=True, tracking=True)
    first_name = fields.Char(required=True, tracking=True)
    patronymic = fields.Char(tracking=True)
    last_name_latin = fields.Char("Last name in Latin letters")
    first_name_latin = fields.Char("First name in Latin letters")
    patronymic_latin = fields.Char("Patronymic in Latin letters")
    full_name = fields.Char(
        compute="_compute_full_name", store=True, index="trigram", precompute=True
    )
    short_name = fields.Char(compute="_compute_short_name")
    sort_key = fields.Char(
        compute="_compute_full_name", store=True, index=True, precompute=True
    )
    iin = fields.Char(
        "IIN", size=12, groups=OFFICE, copy=False, help="Individual identification No."
    )
    iin_anomaly = fields.Char(
        "IIN to be checked", compute="_compute_iin_anomaly", store=True, groups=OFFICE
    )
    birth_date = fields.Date(groups=OFFICE)
    gender = fields.Selection(GENDERS)
    citizenship_id = fields.Many2one(
        "res.country", default=lambda self: self.env.ref("base.kz", False)
    )
    nationality_id = fields.Many2one("registrar.nationality", groups=OFFICE)
    social_category_ids = fields.Many2many(
        "registrar.social.category", groups="registrar_core.group_registrar_clerk"
    )
    # Previous education
    previous_education = fields.Selection(PREVIOUS_EDUCATIONS)
    previous_institution = fields.Char()
    previous_document = fields.Char(help="Kind, series and number of the document.")
    previous_document_date = fields.Date()
    is_rural = fields.Boolean("Came from a rural school")
    student_number = fields.Char(copy=False, index=True, tracking=True)
    # Current state: projection of the ledger row valid today
    enrolment_id = fields.Many2one(
        "registrar.enrolment", "Current ledger row", readonly=True, copy=False
    )
    programme_id = fields.Many2one(
        "registrar.programme", readonly=True, copy=False, index=True
    )
    faculty_id = fields.Many2one("hr.department", readonly=True, copy=False, index=True)
    group_id = fields.Many2one("registrar.group", readonly=True, copy=False, index=True)
    curriculum_id = fields.Many2one(related="group_id.curriculum_id")
    adviser_id = fields.Many2one("hr.employee", readonly=True, copy=False, index=True)
    course = fields.Integer("Year of study", readonly=True, copy=False, aggregator=None)
    study_form = fields.Selection(STUDY_FORMS, readonly=True, copy=False)
    language = fields.Selection(
        LANGUAGES_OF_STUDY, "Language of study", readonly=True, copy=False
    )
    funding = fields.Selection(FUNDINGS, readonly=True, copy=False)
    status = fields.Selection(
        [("none", "Not enrolled"), *STATUSES],
        default="none",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    admission_date = fields.Date(readonly=True, copy=False)
    enrolment_ids = fields.One2many("registrar.enrolment", "student_id", "History")
    plan_ids = fields.One2many("registrar.study.plan", "student_id", "Study plans")
    enrolment_count = fields.Integer(compute="_compute_enrolment_count")
    plan_count = fields.Integer(compute="_compute_plan_count")

    _iin_unique = models.UniqueIndex(
        "(iin) WHERE iin IS NOT NULL AND iin <> ''",
        "There is already a student with this IIN.",
    )
    _student_number_unique = models.UniqueIndex(
        "(student_number) WHERE student_number IS NOT NULL AND student_number <> ''",
        "There is already a student with this number.",
    )

    @api.depends("last_name", "first_name", "patronymic")
    def _compute_full_name(self):
        for student in self:
            parts = (student.last_name, student.first_name, student.patronymic)
            student.full_name = " ".join(part for part in parts if part)
            student.sort_key = sort_key(student.full_name)

    @api.depends("last_name", "first_name", "patronymic")
    def _compute_short_name(self):
        for student in self:
            initials = "".join(
                f" {name[0]}."
                for name in (student.first_name, student.patronymic)
                if name
            )
            student.short_name = f"{student.last_name or ''}{initials}"

    @api.depends("iin", "birth_date", "gender", "citizenship_id")
    def _compute_iin_anomaly(self):
        labels = self._iin_anomaly_labels()
        home = self.env.ref("base.kz", False)
        for student in self:
            codes = iin_anomalies(
                student.iin,
                student.birth_date,
                student.gender,
                is_foreigner=bool(student.citizenship_id)
                and student.citizenship_id != home,
            )
            student.iin_anomaly = "; ".join(
                labels[code] for code in codes if code in labels
            )

    def _compute_enrolment_count(self):
        counts = dict(
            self.env["registrar.enrolment"]._read_group(
                [("student_id", "in", self.ids)], ["student_id"], ["__count"]
            )
        )
        for student in self:
            student.enrolment_count = counts.get(student._origin, 0)

    def _compute_plan_count(self):
        if not self.env["registrar.study.plan"].has_access("read"):
            self.plan_count = 0
            return
        counts = dict(
            self.env["registrar.study.plan"]._read_group(
                [("student_id", "in", self.ids)], ["student_id"], ["__count"]
            )
        )
        for student in self:
            student.plan_count = counts.get(student._origin, 0)

    @api.depends("full_name", "student_number")
    def _compute_display_name(self):
        for student in self:
            student.display_name = student.full_name

    @api.constrains("iin")
    def _check_iin(self):
        for student in self:
            if not student.iin:
                continue
            try:
                check_iin(student.iin)
            except IINError as error:
                raise ValidationError(
                    self.env._(
                        "The IIN %(iin)s of %(student)s is wrong: %(reason)s.",
                        iin=student.iin,
                        student=student.full_name,
                        reason=self._iin_rule_labels()[error.rule],
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        projection = self._projection_fields()
        for vals in vals_list:
            if not self.env.su and vals.keys() & projection:
                raise UserError(self._projection_message())
            vals["name"] = self._partner_name(vals)
            if vals.get("iin"):
                vals["iin"] = vals["iin"].strip()
            vals.setdefault("is_company", False)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and vals.keys() & self._projection_fields():
            raise UserError(self._projection_message())
        result = super().write(vals)
        if vals.keys() & {"last_name", "first_name", "patronymic"}:
            for student in self:
                student.partner_id.name = student.full_name
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_enrolled(self):
        if (
            self.env["registrar.enrolment"]
            .sudo()
            .search_count([("student_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                self.env._("A person with a history of studies cannot be deleted.")
            )

    def action_open_enrolments(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("History of %s", self.full_name),
            "res_model": "registrar.enrolment",
            "view_mode": "list,form",
            "domain": [("student_id", "=", self.id)],
        }

    def action_open_plans(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Study plans of %s", self.full_name),
            "res_model": "registrar.study.plan",
            "view_mode": "list,form",
            "domain": [("student_id", "=", self.id)],
            "context": {"default_student_id": self.id},
        }

    @api.model
    def _projection_fields(self):
        return {
            "enrolment_id",
            "faculty_id",
            "status",
            "admission_date",
            *STATE_FIELDS,
        }

    def _projection_message(self):
        return self.env._(
            "The state of a student changes only by a registered document."
        )

    @api.model
    def _partner_name(self, vals):
        parts = (vals.get("last_name"), vals.get("first_name"), vals.get("patronymic"))
        return " ".join(part for part in parts if part)

    @api.model
    def _iin_anomaly_labels(self):
        return {
            "birth_date_mismatch": self.env._("birth date differs from the IIN"),
            "century_mismatch": self.env._("century of birth differs from the IIN"),
            "gender_mismatch": self.env._("sex differs from the IIN"),
            "foreigner_number": self.env._("a citizen with the IIN of a foreigner"),
        }

    @api.model
    def _iin_rule_labels(self):
        """Return what to tell people when a rule of the IIN is broken."""
        return {
            "length": self.env._("it must have exactly 12 digits"),
            "digits": self.env._("it may contain digits only"),
            "century": self.env._("the seventh digit must be from 0 to 6"),
            "date": self.env._("the first six digits are not a date of birth"),
            "no_check_digit": self.env._("such a number is never issued"),
            "check_digit": self.env._("the last (check) digit does not agree"),
        }

    def _move(self, date, values, kind, document):
        """Write the ledger: close the row valid on ``date`` and open the next.

        Set-wise: the number of queries does not depend on the number of students.

        :param date: the first day of the new state
        :param dict values: new values of the state, those not named stay as they are;
            either for all students, or a dict of dicts by student id
        :param kind: code of, or record of ``registrar.movement.kind``
        :param document: the document that is being registered
        :return: the new rows of ``registrar.enrolment``, in the order of ``self``
        :raises UserError: when a later movement exists, when somebody to be moved is
            not enrolled, or somebody to be admitted already is
        """
        if not self:
            return self.env["registrar.enrolment"]
        if len(set(self._ids)) != len(self):
            raise UserError(self.env._("A student is named twice in one document."))
        if isinstance(kind, str):
            kind = self._movement_kind(kind)
        entry = document.sudo().entry_id
        if not entry:
            raise UserError(
                self.env._("Only a document with a number can move students.")
            )
        enrolment = self.env["registrar.enrolment"].sudo()
        current = self._lock_last_rows()
        per_student = bool(values) and all(isinstance(key, int) for key in values)
        vals_list = []
        for student in self:
            row = current.get(student.id)
            new = values.get(student.id, {}) if per_student else values
            student._check_movement(date, kind, row)
            vals = {
                name: new.get(name, row[name] if row else False)
                for name in STATE_FIELDS
            }
            vals.update(
                student_id=student.id,
                previous_id=row["id"] if row else False,
                date_from=date,
                kind_id=kind.id,
                status=new.get("status") or kind.resulting_status,
                entry_id=entry.id,
            )
            vals_list.append(vals)
        enrolment._close([row["id"] for row in current.values()], date)
        rows = enrolment.create(vals_list)
        rows.flush_recordset()
        self._refresh_state()
        return rows.sudo(self.env.su)

    def _check_movement(self, date, kind, row):
        """Refuse a movement that does not follow from the last row."""
        self.ensure_one()
        enrolled = bool(row) and row["status"] in ("studying", "leave")
        if row and date < row["date_from"]:
            raise UserError(
                self.env._(
                    "%(student)s already has a movement dated %(last)s, which is later "
                    "than %(date)s.",
                    student=self.full_name,
                    last=format_date(self.env, row["date_from"]),
                    date=format_date(self.env, date),
                )
            )
        if kind.effect == "arrival" and enrolled:
            raise UserError(
                self.env._("%s is already enrolled.", self.full_name),
            )
        if kind.effect != "arrival" and not enrolled:
            raise UserError(self.env._("%s is not enrolled.", self.full_name))
        if kind.effect == "leave_return" and row["status"] != "leave":
            raise UserError(self.env._("%s is not on academic leave.", self.full_name))

    def _movement_kind(self, code):
        kind = self.env["registrar.movement.kind"].search(
            [("code", "=", code)], limit=1
        )
        if not kind:
            raise ValidationError(
                self.env._("There is no kind of movement “%s”.", code)
            )
        return kind

    def _lock_last_rows(self):
        """Return the last live ledger row of each student and lock the students.

        :rtype: dict[int, dict]
        """
        self.env["registrar.enrolment"].flush_model()
        self.flush_recordset()
        cr = self.env.cr
        cr.execute(
            "SELECT id FROM registrar_student"
            " WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [self.ids],
        )
        cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (student_id) student_id, id, date_from, status,
                       programme_id, group_id, course, study_form, language, funding
                  FROM registrar_enrolment
                 WHERE student_id = ANY(%s) AND reversal_entry_id IS NULL
                 ORDER BY student_id, date_from DESC, id DESC
                """,
                self.ids,
            )
        )
        return {row["student_id"]: row for row in cr.dictfetchall()}

    def _state_at(self, date):
        """Return the ledger row of each student valid on ``date``.

        :rtype: dict[int, registrar.enrolment]
        """
        rows = self.env["registrar.enrolment"].search(
            Domain("student_id", "in", self.ids)
            & self.env["registrar.enrolment"]._valid_domain(date)
        )
        return {row.student_id.id: row for row in rows}

    def _refresh_state(self, date=None):
        """Project the ledger rows valid on ``date`` (today) on the students.

        One statement; only students whose state differs are touched. Without records
        the whole table is refreshed.
        """
        date = date or fields.Date.context_today(self)
        self.env["registrar.enrolment"].flush_model()
        self.env["registrar.student"].flush_model()
        self.env["registrar.programme"].flush_model(["faculty_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_student s
                   SET enrolment_id = v.enrolment_id, programme_id = v.programme_id,
                       faculty_id = v.faculty_id, group_id = v.group_id,
                       course = v.course, study_form = v.study_form,
                       language = v.language, funding = v.funding,
                       status = v.status, admission_date = v.admission_date
                  FROM (SELECT t.id, e.id AS enrolment_id, e.programme_id,
                               p.faculty_id, e.group_id, e.course, e.study_form,
                               e.language, e.funding,
                               COALESCE(e.status, 'none') AS status,
                               (SELECT MAX(a.date_from)
                                  FROM registrar_enrolment a
                                  JOIN registrar_movement_kind k ON k.id = a.kind_id
                                 WHERE a.student_id = t.id AND k.effect = 'arrival'
                                   AND a.reversal_entry_id IS NULL
                                   AND a.date_from <= %(date)s) AS admission_date
                          FROM registrar_student t
                     LEFT JOIN registrar_enrolment e
                            ON e.student_id = t.id AND e.reversal_entry_id IS NULL
                           AND e.date_from <= %(date)s
                           AND (e.date_to IS NULL OR e.date_to > %(date)s)
                     LEFT JOIN registrar_programme p ON p.id = e.programme_id
                         WHERE %(scope)s) v
                 WHERE v.id = s.id
                   AND (s.enrolment_id, s.status, s.faculty_id, s.admission_date)
                       IS DISTINCT FROM
                       (v.enrolment_id, v.status, v.faculty_id, v.admission_date)
                """,
                date=date,
                scope=SQL("t.id = ANY(%s)", self.ids) if self else SQL("TRUE"),
            )
        )
        self.env["registrar.student"].invalidate_model(
            sorted(self._projection_fields())
        )

    @api.model
    def _cron_refresh_state(self):
        """Bring the current states up to date after midnight."""
        self.env["registrar.student"]._refresh_state()
