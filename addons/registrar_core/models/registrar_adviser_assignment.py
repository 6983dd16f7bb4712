from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

# Setting: how many students one adviser should have at most; 0 means no norm.
NORM_PARAMETER = "registrar_core.adviser_norm"
DEFAULT_NORM = 50


class RegistrarAdviserAssignment(models.Model):
    """Who advised which group, or which student personally, from day to day.

    A personal assignment beats that of the group. The current advisers of groups and
    students are projections of these rows. Both dates belong to the period.
    Source: academic.md §4.9.
    """

    _name = "registrar.adviser.assignment"
    _description = "Assignment of an adviser"
    _order = "date_from desc, id desc"
    _rec_names_search = ["employee_id", "group_id", "student_id"]

    employee_id = fields.Many2one(
        "hr.employee",
        "Adviser",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_teacher', '=', True)]",
    )
    group_id = fields.Many2one("registrar.group", index=True, ondelete="cascade")
    student_id = fields.Many2one("registrar.student", index=True, ondelete="cascade")
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.context_today(self)
    )
    date_to = fields.Date("Until", help="The last day; empty while it lasts.")
    ground = fields.Char(help="The list or order by which the adviser was approved.")
    kind = fields.Selection(
        [("group", "Group"), ("student", "Personal")],
        compute="_compute_kind",
        store=True,
    )
    # Whoever reads the history need not see the student any more.
    faculty_id = fields.Many2one(
        "hr.department", compute="_compute_faculty_id", compute_sudo=True
    )
    is_current = fields.Boolean(
        "In force", compute="_compute_is_current", search="_search_is_current"
    )

    _one_target = models.Constraint(
        "CHECK (num_nonnulls(group_id, student_id) = 1)",
        "An adviser is assigned either to a group or to a student.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "The assignment ends before it begins.",
    )
    _group_no_overlap = models.Constraint(
        "EXCLUDE USING gist (group_id WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&) WHERE (group_id IS NOT NULL)",
        "The group already has an adviser in this period. Close the former "
        "assignment first, or use “Assign an adviser”.",
    )
    _student_no_overlap = models.Constraint(
        "EXCLUDE USING gist (student_id WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&) WHERE (student_id IS NOT NULL)",
        "The student already has a personal adviser in this period. Close the former "
        "assignment first, or use “Assign an adviser”.",
    )

    @api.depends("student_id")
    def _compute_kind(self):
        for row in self:
            row.kind = "student" if row.student_id else "group"

    @api.depends("group_id.faculty_id", "student_id.faculty_id")
    def _compute_faculty_id(self):
        for row in self:
            row.faculty_id = row.group_id.faculty_id or row.student_id.faculty_id

    @api.depends("date_from", "date_to")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for row in self:
            row.is_current = bool(row.date_from and row.date_from <= today) and (
                not row.date_to or row.date_to >= today
            )

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._valid_domain(fields.Date.context_today(self))

    @api.depends("employee_id", "group_id", "student_id")
    def _compute_display_name(self):
        for row in self:
            known = row.sudo()
            target = known.group_id.display_name or known.student_id.display_name
            name = known.employee_id.display_name
            row.display_name = f"{name or ''} – {target or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._refresh_current()
        return rows

    def write(self, vals):
        touched = (self.group_id, self.student_id)
        result = super().write(vals)
        if vals.keys() & {
            "employee_id",
            "group_id",
            "student_id",
            "date_from",
            "date_to",
        }:
            self._refresh_current(*touched)
        return result

    def unlink(self):
        touched = (self.group_id, self.student_id)
        result = super().unlink()
        self.browse()._refresh_current(*touched)
        return result

    @api.model
    def _valid_domain(self, date):
        """Return the domain of assignments in force on ``date``."""
        return Domain("date_from", "<=", date) & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", date)
        )

    @api.model
    def _norm(self):
        """Return how many students an adviser should have at most; 0: no norm."""
        value = self.env["ir.config_parameter"].sudo().get_param(NORM_PARAMETER)
        return int(value) if value not in (None, False, "") else DEFAULT_NORM

    @api.model
    def _assign(self, employee, groups=None, students=None, date=None, ground=None):
        """Make ``employee`` the adviser of groups and students from ``date`` on.

        Former assignments end on the day before; what began on the same day is put
        right. May be repeated: who already is the adviser stays as he is. Queries do
        not depend on the number of groups and students.

        :param employee: ``hr.employee``; empty to end the assignments only
        :return: the assignments made or put right
        :raises UserError: when there are assignments that begin later
        """
        date = date or fields.Date.context_today(self)
        groups = groups if groups is not None else self.env["registrar.group"]
        students = students if students is not None else self.env["registrar.student"]
        rows = self.search(
            (
                Domain("group_id", "in", groups.ids)
                | Domain("student_id", "in", students.ids)
            )
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", date))
        )
        later = rows.filtered(lambda row: row.date_from > date)
        if later:
            raise UserError(
                self.env._(
                    "There are assignments that begin after %(date)s: %(list)s.",
                    date=format_date(self.env, date),
                    list=", ".join(later[:10].mapped("display_name")),
                )
            )
        same = rows.filtered(
            lambda row: row.employee_id == employee and not row.date_to
        )
        former = rows - same
        corrected = former.filtered(lambda row: row.date_from == date)
        closed = former - corrected
        plain = self.with_context(mail_notrack=True)
        if closed:
            plain.browse(closed.ids).write({"date_to": date - timedelta(days=1)})
        if corrected and employee:
            vals = {"employee_id": employee.id, "date_to": False}
            plain.browse(corrected.ids).write(dict(vals, ground=ground or False))
        elif corrected:
            corrected.unlink()
        if not employee:
            return self.browse()
        present = same | corrected
        base = {"employee_id": employee.id, "date_from": date, "ground": ground}
        created = plain.create(
            [dict(base, group_id=group.id) for group in groups - present.group_id]
            + [
                dict(base, student_id=student.id)
                for student in students - present.student_id
            ]
        )
        return created.with_env(self.env) | corrected

    def _refresh_current(self, groups=None, students=None):
        """Project the rows valid today on their groups and students."""
        groups = self.group_id if groups is None else groups | self.group_id
        students = self.student_id if students is None else students | self.student_id
        if groups:
            groups.sudo()._refresh_advisers()
        if groups or students:
            advised = self.env["registrar.student"].sudo()
            if groups:
                # Of all, also of those in the archive.
                advised = advised.with_context(active_test=False).search(
                    [("group_id", "in", groups.ids)]
                )
            (advised | students.sudo())._refresh_advisers()

    @api.model
    def _load_query(self, date):
        """Return the query of advisers and their students on ``date``.

        One row per adviser and faculty: ``id, employee_id, department_id, faculty_id,
        group_count, student_count, personal_count, group_ids``. Students are counted
        by the ledger, so any past day may be asked for.
        """
        valid = SQL(
            "date_from <= %(date)s AND (date_to IS NULL OR date_to >= %(date)s)",
            date=date,
        )
        return SQL(
            """
            WITH valid AS (
                SELECT * FROM registrar_adviser_assignment WHERE %(valid)s
            ), advised AS (
                SELECT COALESCE(o.employee_id, g.employee_id) AS employee_id,
                       p.faculty_id, (o.id IS NOT NULL)::int AS personal
                  FROM registrar_enrolment e
                  JOIN registrar_programme p ON p.id = e.programme_id
             LEFT JOIN valid o ON o.student_id = e.student_id
             LEFT JOIN valid g ON g.group_id = e.group_id
                 WHERE e.reversal_entry_id IS NULL AND e.date_from <= %(date)s
                   AND (e.date_to IS NULL OR e.date_to > %(date)s)
                   AND e.status IN ('studying', 'leave')
            ), counted AS (
                SELECT employee_id, faculty_id, COUNT(*) AS students,
                       SUM(personal) AS personal, NULL::int AS group_id
                  FROM advised WHERE employee_id IS NOT NULL
                 GROUP BY employee_id, faculty_id
                 UNION ALL
                SELECT v.employee_id, g.faculty_id, 0, 0, g.id
                  FROM valid v JOIN registrar_group g ON g.id = v.group_id
                 WHERE g.active
            )
            SELECT c.employee_id::bigint * 1000000 + COALESCE(c.faculty_id, 0) AS id,
                   c.employee_id, w.department_id, c.faculty_id,
                   COUNT(c.group_id)::int AS group_count,
                   SUM(c.students)::int AS student_count,
                   SUM(c.personal)::int AS personal_count,
                   (SUM(SUM(c.students)) OVER (PARTITION BY c.employee_id))::int
                       AS total_count,
                   ARRAY_REMOVE(ARRAY_AGG(c.group_id), NULL) AS group_ids
              FROM counted c
              JOIN hr_employee m ON m.id = c.employee_id
         LEFT JOIN hr_version w ON w.id = m.current_version_id
             GROUP BY c.employee_id, w.department_id, c.faculty_id
            """,
            valid=valid,
            date=date,
        )

    @api.model
    def _load_at(self, date, faculties=None):
        """Return the advisers on ``date`` by faculty.

        :param faculties: ``hr.department``; None for all
        :return: ``{faculty id: [row of _load_query, …]}``
        :rtype: dict[int, list[dict]]
        """
        self.flush_model()
        self.env["registrar.enrolment"].flush_model()
        self.env["registrar.group"].flush_model(["active", "programme_id"])
        self.env["registrar.programme"].flush_model(["faculty_id"])
        self.env["hr.employee"].flush_model()
        self.env["hr.version"].flush_model(["department_id"])
        self.env.cr.execute(self._load_query(date))
        by_faculty = defaultdict(list)
        for row in self.env.cr.dictfetchall():
            if faculties is None or row["faculty_id"] in faculties.ids:
                by_faculty[row["faculty_id"]].append(row)
        return by_faculty
