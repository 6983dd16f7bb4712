import json
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import load
from .registrar_curriculum_line import HOUR_FIELDS
from .selections import LANGUAGES_OF_STUDY, LEVELS

# What a sheet that is no draft keeps. Links to groups may be emptied when a group is
# dissolved: the printed name stays.
FROZEN_COLUMNS = (
    "plan_id",
    "year_id",
    "department_id",
    "term_id",
    "kind_id",
    "discipline_id",
    "language",
    "level",
    "student_count",
    "unit_name",
    "course_text",
    "plan_hours",
    "hours_whole",
    "hours",
    "share",
    "part",
    "teacher_id",
    "is_paid_separately",
    "source",
    "source_key",
    "active",
)

# What the computation writes; users give teachers and grounds to such lines only.
FREE_FIELDS = frozenset({"teacher_id", "is_paid_separately", "note"})

_FUNCTION = """
CREATE OR REPLACE FUNCTION registrar_guard_load_line() RETURNS trigger
LANGUAGE plpgsql AS $guard$
DECLARE
    frozen text[] := string_to_array(TG_ARGV[0], ',');
    source text;
    broken bigint;
BEGIN
    source := CASE WHEN TG_OP = 'INSERT' THEN 'new_rows' ELSE 'old_rows' END;
    EXECUTE format(
        'SELECT o.id FROM %I o JOIN registrar_load_plan p ON p.id = o.plan_id'
        ' AND p.state <> ''draft'' LIMIT 1', source)
    INTO broken;
    IF broken IS NOT NULL AND TG_OP = 'UPDATE' THEN
        SELECT o.id INTO broken
          FROM old_rows o
          JOIN registrar_load_plan p ON p.id = o.plan_id AND p.state <> 'draft'
          LEFT JOIN new_rows n ON n.id = o.id
         CROSS JOIN LATERAL unnest(frozen) AS f(name)
         WHERE (to_jsonb(o) -> f.name) IS DISTINCT FROM (to_jsonb(n) -> f.name)
         LIMIT 1;
    END IF;
    IF broken IS NOT NULL AND NOT (
        TG_OP = 'INSERT' AND current_setting('registrar.load_version', true) = 'keep'
    ) THEN
        RAISE EXCEPTION 'row % belongs to an agreed teaching load: % is refused',
            broken, TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$guard$
"""

_TRANSITIONS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
}

# One row per class group of the term; practices and attestation need none.
_FACTS = """
    SELECT COALESCE('g' || g.id,
                    't' || l.term_id || 'd' || l.discipline_id || '-'
                        || COALESCE(p.language, 'other')) AS key,
           l.term_id, l.discipline_id, g.id AS class_group_id, g.stream_id,
           MIN(g.name) AS name, MIN(s.name) AS stream_name,
           MIN(d.kind) AS discipline_kind, MIN(d.code) AS code,
           COALESCE(MIN(g.control_form), MODE() WITHIN GROUP (ORDER BY l.control_form))
               AS control_form,
           COALESCE(MIN(g.language), MIN(p.language)) AS language,
           MODE() WITHIN GROUP (ORDER BY r.level) AS level,
           COALESCE(MIN(d.department_id),
                    MODE() WITHIN GROUP (ORDER BY r.department_id)) AS department_id,
           MIN(d.department_id) IS NULL AS is_department_guessed,
           COUNT(*) AS students,
           MAX(l.credits) AS credits,
           array_agg(DISTINCT p.programme_id)
               FILTER (WHERE p.programme_id IS NOT NULL) AS programme_ids,
           array_agg(DISTINCT p.course) FILTER (WHERE p.course > 0) AS courses,
           %(maxima)s,
           %(differ)s AS is_mixed
      FROM registrar_study_plan_line l
      JOIN registrar_study_plan p ON p.id = l.plan_id AND p.state = 'registered'
      JOIN registrar_discipline d ON d.id = l.discipline_id
      LEFT JOIN registrar_programme r ON r.id = p.programme_id
      LEFT JOIN registrar_curriculum_line c ON c.id = l.curriculum_line_id
      LEFT JOIN registrar_class_group g ON g.id = l.class_group_id
      LEFT JOIN registrar_stream s ON s.id = g.stream_id
     WHERE l.term_id = %(term)s
       AND l.is_cancelled IS NOT TRUE
       AND (g.id IS NOT NULL OR d.kind <> 'discipline')
       AND (g.id IS NULL OR g.state <> 'not_opened')
       AND (%(departments)s::int[] IS NULL OR d.department_id IS NULL
            OR d.department_id = ANY(%(departments)s::int[]))
     GROUP BY key, l.term_id, l.discipline_id, g.id, g.stream_id
     ORDER BY code, key
"""


class RegistrarLoadLine(models.Model):
    """A piece of teaching work: one kind of work with one stream or class group.

    Source: academic.md §4.8. Lines are computed from class groups, streams and
    subgroups, or entered by hand; each has one teacher, a shared one is split.
    """

    _name = "registrar.load.line"
    _description = "Line of the teaching load"
    _order = "plan_id, term_id, discipline_id, unit_name, kind_id, part, id"
    _rec_names_search = ["discipline_id", "unit_name", "note"]

    plan_id = fields.Many2one(
        "registrar.load.plan",
        "Teaching load",
        required=True,
        index=True,
        ondelete="cascade",
    )
    plan_state = fields.Selection(related="plan_id.state", string="State of the sheet")
    active = fields.Boolean(default=True, readonly=True)
    year_id = fields.Many2one(
        related="plan_id.year_id",
        store=True,
        index=True,
        precompute=True,
        string="Academic year",
    )
    department_id = fields.Many2one(
        related="plan_id.department_id",
        store=True,
        index=True,
        precompute=True,
        string="Department",
    )
    term_id = fields.Many2one(
        "registrar.term",
        index=True,
        ondelete="restrict",
        domain="[('year_id', '=', year_id)]",
        help="Empty: work of the whole year.",
    )
    kind_id = fields.Many2one(
        "registrar.load.kind",
        "Kind of work",
        required=True,
        index=True,
        ondelete="restrict",
    )
    discipline_id = fields.Many2one(
        "registrar.discipline", index=True, ondelete="restrict"
    )
    programme_ids = fields.Many2many(
        "registrar.programme",
        "registrar_load_line_programme_rel",
        "line_id",
        "programme_id",
        string="Programmes",
    )
    course_text = fields.Char("Years of study")
    class_group_id = fields.Many2one(
        "registrar.class.group", index=True, ondelete="set null"
    )
    stream_id = fields.Many2one("registrar.stream", index=True, ondelete="set null")
    subgroup_id = fields.Many2one(
        "registrar.class.subgroup", index=True, ondelete="set null"
    )
    unit_name = fields.Char("Group or stream")
    language = fields.Selection(LANGUAGES_OF_STUDY)
    level = fields.Selection(LEVELS)
    student_count = fields.Integer("Number of students", aggregator=None)
    plan_hours = fields.Float(
        "Hours of the plan", digits=(7, 2), aggregator=None, readonly=True
    )
    hours_whole = fields.Float(
        "Hours before splitting", digits=(8, 2), aggregator=None, readonly=True
    )
    hours = fields.Float("Planned", required=True, digits=(8, 2))
    share = fields.Float(
        "Share, %",
        default=100,
        digits=(5, 2),
        readonly=True,
        aggregator=None,
        help="What of the work this teacher does.",
    )
    part = fields.Integer(default=1, readonly=True, aggregator=None)
    teacher_id = fields.Many2one(
        "hr.employee",
        index=True,
        ondelete="restrict",
        domain="[('is_teacher', '=', True)]",
        group_expand="_read_group_expand_teacher",
    )
    is_paid_separately = fields.Boolean(
        "Paid separately",
        help="Outside the norm of the teacher, paid by the hour.",
    )
    source = fields.Selection(
        [("computed", "Computed"), ("manual", "Entered by hand")],
        required=True,
        default="manual",
        readonly=True,
    )
    source_key = fields.Char(readonly=True, copy=False)
    state = fields.Selection(
        [("actual", "Actual"), ("vanished", "Source vanished")],
        required=True,
        default="actual",
        readonly=True,
        copy=False,
        index=True,
    )
    is_mixed = fields.Boolean(
        "Curricula differ",
        readonly=True,
        help="The curricula of the students have different hours; the largest counts.",
    )
    is_department_guessed = fields.Boolean(
        "Department of the programme",
        readonly=True,
        help="The discipline has no department.",
    )
    note = fields.Char()
    entry_ids = fields.One2many("registrar.load.entry", "line_id", "Hours done")
    hours_actual = fields.Float(
        "Done",
        compute="_compute_hours_actual",
        digits=(8, 2),
        help="Hours that the department has confirmed.",
    )
    hours_left = fields.Float(
        "Left", compute="_compute_hours_actual", digits=(8, 2), help="Planned − done."
    )

    _key_unique = models.UniqueIndex(
        "(plan_id, source_key, part) WHERE source_key IS NOT NULL",
        "The work is already in the teaching load.",
    )
    _hours_positive = models.Constraint(
        "CHECK (hours >= 0)", "Hours cannot be negative."
    )
    _share_range = models.Constraint(
        "CHECK (share > 0 AND share <= 100)", "A share is above 0 and at most 100 %."
    )
    _teacher_index = models.Index("(teacher_id, year_id, department_id)")

    def init(self):
        result = super().init()
        cr = self.env.cr
        cr.execute(_FUNCTION)
        for operation, transition in _TRANSITIONS.items():
            name = SQL.identifier(f"registrar_load_line_{operation.lower()}")
            cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON registrar_load_line", name))
            cr.execute(
                SQL(
                    "CREATE TRIGGER %s AFTER %s ON registrar_load_line %s FOR EACH "
                    "STATEMENT EXECUTE FUNCTION registrar_guard_load_line(%s)",
                    name,
                    SQL(operation),
                    SQL(transition),
                    ",".join(FROZEN_COLUMNS),
                )
            )
        return result

    def _compute_hours_actual(self):
        done = dict(
            self.env["registrar.load.entry"]
            .sudo()
            ._read_group(
                [("line_id", "in", self.ids), ("state", "=", "confirmed")],
                ["line_id"],
                ["hours:sum"],
            )
        )
        for line in self:
            line.hours_actual = done.get(line._origin.sudo(), 0)
            line.hours_left = round(line.hours - line.hours_actual, 2)

    @api.depends("discipline_id", "kind_id", "unit_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            parts = (
                line.discipline_id.sudo().name,
                line.kind_id.name,
                line.unit_name,
            )
            line.display_name = ", ".join(part for part in parts if part)

    @api.model
    def _read_group_expand_teacher(self, teachers, domain):
        """Show the columns of all teachers of the sheet who have a rate in the year."""
        number = self.env.context.get("registrar_load_plan")
        if not isinstance(number, int):
            return teachers
        plan = self.env["registrar.load.plan"].browse(number)
        if not plan.exists() or not plan.has_access("read"):
            return teachers
        found = teachers.sudo().browse(list(plan._norms_of_teachers())) | teachers
        return found.sorted("name").sudo(self.env.su)

    @api.model
    @api.readonly
    def web_read_group(self, domain, groupby, *args, **options):
        """Open the column of lines without teacher: from there they are dragged."""
        if (
            list(groupby[:1]) == ["teacher_id"]
            and options.get("auto_unfold")
            and not options.get("opening_info")
        ):
            options["opening_info"] = [
                {
                    "value": False,
                    "folded": False,
                    "limit": options.get("unfold_read_default_limit") or 80,
                    "offset": 0,
                }
            ]
        return super().web_read_group(domain, groupby, *args, **options)

    @api.constrains("term_id", "plan_id")
    def _check_term(self):
        for line in self:
            if line.term_id and line.term_id.year_id != line.plan_id.year_id:
                raise ValidationError(
                    self.env._(
                        "“%(term)s” is not a term of the academic year %(year)s.",
                        term=line.term_id.display_name,
                        year=line.plan_id.year_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(
            vals.keys() & {"source", "source_key", "share", "part", "state", "active"}
            for vals in vals_list
        ):
            raise AccessError(self.env._("Such lines are made by the computation."))
        plans = self.env["registrar.load.plan"].browse(
            {vals["plan_id"] for vals in vals_list if vals.get("plan_id")}
        )
        plans._check_draft()
        self.env["registrar.load.rate"]._forget_hours()
        return super().create(vals_list)

    def write(self, vals):
        self.plan_id._check_draft()
        if not self.env.su and vals.keys() - FREE_FIELDS:
            computed = self.filtered(lambda line: line.source == "computed")
            fixed = {"source", "source_key", "share", "part", "state", "active"}
            if computed or vals.keys() & fixed:
                raise UserError(
                    self.env._(
                        "A computed line follows class groups and norms: give it a "
                        "teacher, split it, or correct its source."
                    )
                )
        result = super().write(vals)
        self.env["registrar.load.rate"]._forget_hours()
        if vals.get("plan_id"):
            self.plan_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.plan_id._check_draft()
        self.env["registrar.load.rate"]._forget_hours()
        if not self.env.su and self.filtered(
            lambda line: line.source == "computed" and line.state == "actual"
        ):
            raise UserError(
                self.env._(
                    "Computed lines go when their class group goes; compute the load "
                    "anew."
                )
            )

    def copy_data(self, default=None):
        default = dict(default or {}, source="manual")
        vals_list = super().copy_data(default)
        for vals in vals_list:
            for name in ("source", "share", "part", "active"):
                vals.pop(name, None)
        return vals_list

    def action_split(self):
        self.ensure_one()
        return self.env["registrar.load.split"]._open(self)

    def action_assign(self):
        """Give the chosen lines to one teacher."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give to a teacher"),
            "res_model": "registrar.load.assign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_ids": self.ids},
        }

    def action_release(self):
        """Take the teachers off the chosen lines."""
        self.write({"teacher_id": False})
        return True

    def action_pay_separately(self):
        self.write({"is_paid_separately": True})
        return True

    def action_pay_within_norm(self):
        self.write({"is_paid_separately": False})
        return True

    def action_record(self):
        """Enter hours done for the chosen lines."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enter hours done"),
            "res_model": "registrar.load.record",
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_ids": self.ids},
        }

    def action_open_entries(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_load_entry_action"
        )
        return dict(
            action,
            domain=[("line_id", "=", self.id)],
            context={"default_line_id": self.id},
        )

    # ------------------------------------------------------------------
    # Computation
    # ------------------------------------------------------------------

    @api.model
    def _build(self, term, departments=None):
        """Compute the load of ``term`` from class groups, streams and subgroups.

        May be repeated: lines keep their teachers and parts and get new hours;
        manual lines stay; computed lines whose source is gone are removed, or, when
        they have a teacher or hours done, are marked and count nothing. Sheets that
        are agreed or approved are left as they are. Some twenty queries, whatever
        the number of class groups.

        :param departments: only these; by default all whose load the user
            distributes
        :return: ``{"created": int, "updated": int, "vanished": int, "removed": int,
            "plans": records, "frozen": records, "homeless": disciplines}``: frozen
            sheets that were left out, disciplines without any department
        :raises AccessError: for a department of others
        """
        self.check_access("create")
        allowed = self.env["hr.department"]._load_departments()
        is_whole = departments is None and (
            self.env.su
            or self.env.user.has_group("registrar_core.group_registrar_clerk")
        )
        if departments is None:
            departments = allowed
        elif departments - allowed:
            raise AccessError(
                self.env._(
                    "You do not distribute the teaching load of “%s”.",
                    (departments - allowed)[0].name,
                )
            )
        lines = self._computed(term, None if is_whole else departments)
        homeless = {
            line.unit.discipline_id for line in lines if not line.unit.department_id
        }
        lines = [line for line in lines if line.unit.department_id]
        departments |= departments.browse(
            sorted({line.unit.department_id for line in lines})
        )
        Plan = self.env["registrar.load.plan"].sudo()
        Plan._ensure(
            term.year_id,
            departments.browse(sorted({line.unit.department_id for line in lines})),
        )
        plans = Plan.search(
            [
                ("year_id", "=", term.year_id.id),
                ("department_id", "in", departments.ids),
            ]
        )
        plans._lock()
        frozen = plans.filtered(lambda plan: plan.state != "draft")
        plans -= frozen
        result = self._store(term, plans, lines)
        return {
            **result,
            "plans": plans.sudo(self.env.su),
            "frozen": frozen.sudo(self.env.su),
            "homeless": self.env["registrar.discipline"].browse(sorted(homeless)),
        }

    @api.model
    def _computed(self, term, departments=None):
        """Return the load as it should be: list of ``tools.load.Line``."""
        kinds = self.env["registrar.load.kind"].sudo()._all()._to_kinds()
        norms = (
            self.env["registrar.load.norm"]
            .sudo()
            ._at(term.date_from or term.year_id.date_from)
        )
        return load.compute(self._units(term, departments), kinds, norms)

    @api.model
    def _units(self, term, departments=None):
        """Return the class groups of the term: list of ``tools.load.Unit``.

        The hours are those of the curriculum lines behind the registrations; when
        curricula differ, the largest number counts and the unit is marked.
        """
        self.env.flush_all()
        cr = self.env.cr
        maxima = SQL(", ").join(
            SQL(
                "MAX(%s) AS %s",
                SQL.identifier("c", name),
                SQL.identifier(name),
            )
            for name in HOUR_FIELDS
        )
        differ = SQL(" OR ").join(
            SQL(
                "MAX(%(column)s) IS DISTINCT FROM MIN(%(column)s)",
                column=SQL.identifier("c", name),
            )
            for name in HOUR_FIELDS
        )
        wanted = None if departments is None else set(departments.ids)
        cr.execute(
            SQL(
                _FACTS,
                maxima=maxima,
                differ=differ,
                term=term.id,
                departments=None if wanted is None else list(wanted),
            )
        )
        rows = cr.dictfetchall()
        parts = self._subgroups(term)
        units = []
        for row in rows:
            # A stream belongs to one discipline and so to one department.
            if wanted is not None and (
                row["department_id"] and row["department_id"] not in wanted
            ):
                continue
            units.append(
                load.Unit(
                    key=row["key"],
                    term_id=row["term_id"],
                    discipline_id=row["discipline_id"],
                    department_id=row["department_id"],
                    students=row["students"],
                    name=row["name"] or f"{row['code']}-{row['language']}",
                    class_group_id=row["class_group_id"],
                    stream_id=row["stream_id"],
                    stream_name=row["stream_name"] or "",
                    discipline_kind=row["discipline_kind"],
                    control_form=row["control_form"],
                    language=row["language"],
                    level=row["level"],
                    credits=load.exact(row["credits"]),
                    hours={name: load.exact(row[name]) for name in HOUR_FIELDS},
                    is_mixed=row["is_mixed"],
                    is_department_guessed=row["is_department_guessed"],
                    programme_ids=tuple(row["programme_ids"] or ()),
                    courses=tuple(row["courses"] or ()),
                    parts=tuple(parts.get(row["class_group_id"], ())),
                )
            )
        return units

    @api.model
    def _subgroups(self, term):
        """Return the subgroups that have students: ``{class group id: [Part]}``."""
        self.env.cr.execute(
            SQL(
                """
                SELECT b.class_group_id, b.id, b.kind, COUNT(*), MIN(b.name)
                  FROM registrar_class_subgroup b
                  JOIN registrar_study_plan_line l
                    ON l.subgroup_id = b.id AND l.is_cancelled IS NOT TRUE
                 WHERE b.term_id = %s
                 GROUP BY b.class_group_id, b.id, b.kind
                 ORDER BY b.id
                """,
                term.id,
            )
        )
        result = defaultdict(list)
        for group, *values in self.env.cr.fetchall():
            result[group].append(load.Part(*values))
        return result

    @api.model
    def _store(self, term, plans, lines):
        """Bring the computed lines of draft sheets in line with ``lines``."""
        plan_of = {plan.department_id.id: plan.id for plan in plans}
        lines = [line for line in lines if line.unit.department_id in plan_of]
        paid = set(
            self.env["registrar.load.kind"]
            .sudo()
            .search([("is_paid_separately", "=", True)])
            .ids
        )
        parts = defaultdict(list)
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                SELECT plan_id, source_key, id, share, part FROM registrar_load_line
                 WHERE plan_id = ANY(%s) AND term_id = %s AND source = 'computed'
                 ORDER BY part
                """,
                plans.ids,
                term.id,
            )
        )
        for plan_id, key, *part in cr.fetchall():
            parts[plan_id, key].append(part)
        rows = []
        for line in lines:
            plan_id = plan_of[line.unit.department_id]
            found = parts.get((plan_id, line.key)) or [(None, 100, 1)]
            amounts = load.split(line.hours, [share for __, share, __ in found])
            for (ident, share, part), amount in zip(found, amounts, strict=True):
                rows.append(
                    {
                        "id": ident,
                        "plan_id": plan_id,
                        "department_id": line.unit.department_id,
                        "kind_id": line.kind_id,
                        "discipline_id": line.unit.discipline_id,
                        "class_group_id": line.class_group_id,
                        "stream_id": line.stream_id,
                        "subgroup_id": line.subgroup_id,
                        "unit_name": line.name,
                        "course_text": ", ".join(map(str, line.unit.courses)),
                        "language": line.unit.language,
                        "level": line.unit.level,
                        "student_count": line.students,
                        "plan_hours": str(line.plan_hours),
                        "hours_whole": str(line.hours),
                        "hours": str(amount),
                        "share": str(share),
                        "part": part,
                        "source_key": line.key,
                        "is_mixed": line.unit.is_mixed,
                        "is_department_guessed": line.unit.is_department_guessed,
                        "is_paid_separately": line.kind_id in paid,
                        "programme_ids": list(line.unit.programme_ids),
                    }
                )
        return self._store_rows(term, plans, rows)

    @api.model
    def _store_rows(self, term, plans, rows):
        data = SQL(
            """json_to_recordset(%s) AS d(
                id int, plan_id int, department_id int, kind_id int, discipline_id int,
                class_group_id int, stream_id int, subgroup_id int, unit_name varchar,
                course_text varchar, language varchar, level varchar,
                student_count int, plan_hours numeric, hours_whole numeric,
                hours numeric, share numeric, part int, source_key varchar,
                is_mixed boolean, is_department_guessed boolean,
                is_paid_separately boolean, programme_ids int[])""",
            json.dumps(rows),
        )
        columns = (
            "kind_id",
            "discipline_id",
            "class_group_id",
            "stream_id",
            "subgroup_id",
            "unit_name",
            "course_text",
            "language",
            "level",
            "student_count",
            "plan_hours",
            "hours_whole",
            "hours",
            "is_mixed",
            "is_department_guessed",
        )
        ours = SQL(", ").join(SQL.identifier("l", name) for name in columns)
        theirs = SQL(", ").join(SQL.identifier("d", name) for name in columns)
        assign = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), SQL.identifier("d", name))
            for name in columns
        )
        names = SQL(", ").join(map(SQL.identifier, columns))
        cr, uid = self.env.cr, self.env.uid
        cr.execute(
            SQL(
                """
                UPDATE registrar_load_line l
                   SET %(assign)s, state = 'actual',
                       write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                  FROM %(data)s
                 WHERE l.id = d.id
                   AND ((%(ours)s) IS DISTINCT FROM (%(theirs)s)
                        OR l.state <> 'actual')
                """,
                assign=assign,
                ours=ours,
                theirs=theirs,
                uid=uid,
                data=data,
            )
        )
        updated = cr.rowcount
        removed, vanished = self._drop_vanished(
            term, plans, [row["id"] for row in rows if row["id"]]
        )
        cr.execute(
            SQL(
                """
                INSERT INTO registrar_load_line
                    (plan_id, year_id, department_id, term_id, %(names)s, share, part,
                     source, source_key, state, active, is_paid_separately,
                     create_uid, create_date, write_uid, write_date)
                SELECT d.plan_id, %(year)s, d.department_id, %(term)s, %(theirs)s,
                       d.share, d.part, 'computed', d.source_key, 'actual', TRUE,
                       d.is_paid_separately,
                       %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM %(data)s
                 WHERE d.id IS NULL
                """,
                names=names,
                theirs=theirs,
                year=term.year_id.id,
                term=term.id,
                uid=uid,
                data=data,
            )
        )
        created = cr.rowcount
        self._link_programmes(data)
        self.invalidate_model()
        self.env["registrar.load.plan"].invalidate_model()
        self.env["registrar.load.rate"].invalidate_model()
        return {
            "created": created,
            "updated": updated,
            "removed": removed,
            "vanished": vanished,
        }

    @api.model
    def _drop_vanished(self, term, plans, kept):
        """Remove computed lines without source, or mark those that somebody has."""
        cr = self.env.cr
        gone = SQL(
            """
            l.plan_id = ANY(%s) AND l.term_id = %s AND l.source = 'computed'
            AND NOT l.id = ANY(%s)
            """,
            plans.ids,
            term.id,
            kept,
        )
        cr.execute(
            SQL(
                """
                DELETE FROM registrar_load_line l
                 WHERE %s AND l.teacher_id IS NULL
                   AND NOT EXISTS (
                       SELECT FROM registrar_load_entry e WHERE e.line_id = l.id)
                """,
                gone,
            )
        )
        removed = cr.rowcount
        cr.execute(
            SQL(
                """
                UPDATE registrar_load_line l
                   SET state = 'vanished', hours = 0, hours_whole = 0,
                       write_uid = %s, write_date = now() AT TIME ZONE 'UTC'
                 WHERE %s AND l.state <> 'vanished'
                """,
                self.env.uid,
                gone,
            )
        )
        return removed, cr.rowcount

    @api.model
    def _link_programmes(self, data):
        """Bring the programmes of computed lines in line with the data."""
        cr = self.env.cr
        lines = SQL(
            """
            SELECT l.id, d.programme_ids
              FROM %s
              JOIN registrar_load_line l
                ON l.plan_id = d.plan_id AND l.source_key = d.source_key
               AND l.part = d.part
            """,
            data,
        )
        cr.execute(
            SQL(
                """
                DELETE FROM registrar_load_line_programme_rel r
                 USING (%s) s
                 WHERE r.line_id = s.id AND NOT r.programme_id = ANY(s.programme_ids)
                """,
                lines,
            )
        )
        cr.execute(
            SQL(
                """
                INSERT INTO registrar_load_line_programme_rel (line_id, programme_id)
                SELECT s.id, unnest(s.programme_ids) FROM (%s) s
                ON CONFLICT DO NOTHING
                """,
                lines,
            )
        )

    @api.model
    def _copy_to_version(self, plan, kept):
        """Copy the lines of an approved sheet to the version that is kept."""
        cr = self.env.cr
        columns = SQL(", ").join(
            SQL.identifier(name)
            for name in (
                *(c for c in FROZEN_COLUMNS if c not in ("plan_id", "active")),
                "class_group_id",
                "stream_id",
                "subgroup_id",
                "state",
                "is_mixed",
                "is_department_guessed",
                "note",
            )
        )
        cr.execute("SET LOCAL registrar.load_version = 'keep'")
        cr.execute(
            SQL(
                """
                INSERT INTO registrar_load_line
                    (plan_id, active, %(columns)s, create_uid, create_date,
                     write_uid, write_date)
                SELECT %(kept)s, FALSE, %(columns)s, %(uid)s,
                       now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM registrar_load_line
                 WHERE plan_id = %(plan)s
                 ORDER BY id
                RETURNING id
                """,
                columns=columns,
                kept=kept.id,
                plan=plan.id,
                uid=self.env.uid,
            )
        )
        copies = sorted(row[0] for row in cr.fetchall())
        cr.execute("SET LOCAL registrar.load_version = ''")
        cr.execute(
            SQL(
                """
                INSERT INTO registrar_load_line_programme_rel (line_id, programme_id)
                SELECT c.id, r.programme_id
                  FROM unnest(%(copies)s) WITH ORDINALITY AS c(id, number)
                  JOIN (SELECT id, row_number() OVER (ORDER BY id) AS number
                          FROM registrar_load_line WHERE plan_id = %(plan)s) o
                    ON o.number = c.number
                  JOIN registrar_load_line_programme_rel r ON r.line_id = o.id
                """,
                copies=copies,
                plan=plan.id,
            )
        )
        self.invalidate_model()

    # ------------------------------------------------------------------
    # Distribution
    # ------------------------------------------------------------------

    def _parts(self):
        """Return all parts of the work of one line, the first first."""
        self.ensure_one()
        if not self.source_key:
            return self
        return self.search(
            Domain("plan_id", "=", self.plan_id.id)
            & Domain("source_key", "=", self.source_key),
            order="part",
        )

    def _split(self, shares):
        """Divide the work of one line among teachers.

        Parts that exist keep their hours done; those left out are removed.

        :param shares: ``[(employee record or empty, per cent)]``, at least one
        :return: the parts
        :raises UserError: when a part that is to go has hours done
        """
        self.ensure_one()
        self.check_access("write")
        self.plan_id._check_draft()
        parts = self._parts()
        whole = (
            self.hours_whole
            if self.source == "computed"
            else sum(parts.mapped("hours"))
        )
        if not shares or any(share <= 0 for __, share in shares):
            raise UserError(self.env._("Every teacher needs a share above zero."))
        total = sum(share for __, share in shares)
        amounts = load.split(whole, [share for __, share in shares])
        key = self.source_key or f"m{self.id}"
        if not self.source_key:
            self.sudo().source_key = key
        source = self.source
        vals_list = [
            {
                "teacher_id": teacher.id,
                "share": round(share * 100 / total, 2),
                "hours": float(amount),
                "hours_whole": whole,
            }
            for (teacher, share), amount in zip(shares, amounts, strict=True)
        ]
        surplus = parts[len(vals_list) :]
        if surplus.sudo().entry_ids:
            raise UserError(
                self.env._(
                    "A part with hours done cannot go: %s.",
                    surplus.sudo().entry_ids[0].teacher_id.name,
                )
            )
        parts -= surplus
        surplus.sudo().unlink()
        for part, vals in zip(parts, vals_list, strict=False):
            part.sudo().write(vals)
        number = max(parts.mapped("part"))
        fresh = vals_list[len(parts) :]
        if fresh:
            (template,) = parts[0].sudo().copy_data()
            parts |= (
                self.sudo()
                .create(
                    [
                        {
                            **template,
                            **vals,
                            "source": source,
                            "source_key": key,
                            "part": number + index,
                        }
                        for index, vals in enumerate(fresh, start=1)
                    ]
                )
                .sudo(self.env.su)
            )
        return parts

    @api.model
    def _propose(self, plan, terms=None, tolerance=0):
        """Propose teachers for the lines of a sheet that have none.

        :return: ``[(line, teacher or empty, why)]``, why one of ``group``, ``stream``,
            ``subgroup``, ``examiner``, ``discipline``, ``balance``, ``nobody``
        """
        domain = Domain("plan_id", "=", plan.id) & Domain("teacher_id", "=", False)
        domain &= Domain("state", "=", "actual") & Domain("hours", ">", 0)
        if terms:
            domain &= Domain("term_id", "in", terms.ids)
        lines = self.search(domain)
        rates = (
            self.env["registrar.load.rate"]
            .sudo()
            .search(
                [
                    ("department_id", "=", plan.department_id.id),
                    ("year_id", "=", plan.year_id.id),
                    ("kind", "!=", "hourly"),
                ]
            )
        )
        teachers = {}
        for rate in rates:
            norm, assigned = teachers.get(rate.employee_id.id, (0, 0))
            teachers[rate.employee_id.id] = (
                norm + rate.norm_hours,
                assigned + rate.hours_assigned,
            )
        taught = {
            (teacher.id, discipline.id)
            for teacher, discipline in self.sudo()._read_group(
                [("plan_id", "=", plan.id), ("teacher_id", "!=", False)],
                ["teacher_id", "discipline_id"],
            )
        }
        tasks = [
            load.Task(
                line.id,
                load.exact(line.hours),
                line.discipline_id.id,
                tuple(line.sudo()._closest_teachers()),
                (line.class_group_id or line.stream_id).id
                and str(line.class_group_id or line.stream_id),
            )
            for line in lines
        ]
        found = load.propose(tasks, teachers, taught, tolerance)
        employees = self.env["hr.employee"]
        return [
            (line, employees.browse(found[line.id][0]), found[line.id][1])
            if line.id in found
            else (line, employees, "nobody")
            for line in lines
        ]

    def _closest_teachers(self):
        """Yield (teacher id, why) of those whom class groups and streams name."""
        group = self.class_group_id
        if self.stream_id.teacher_id:
            yield self.stream_id.teacher_id.id, "stream"
        if self.subgroup_id.teacher_id:
            yield self.subgroup_id.teacher_id.id, "subgroup"
        if self.kind_id.applies_to == "control" and group.examiner_id:
            yield group.examiner_id.id, "examiner"
        if group.teacher_id:
            yield group.teacher_id.id, "group"
        if self.stream_id and not self.stream_id.teacher_id:
            for teacher in self.stream_id.class_group_ids.teacher_id:
                yield teacher.id, "group"
