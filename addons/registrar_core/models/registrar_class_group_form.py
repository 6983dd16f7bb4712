from collections import defaultdict, namedtuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import grouping

#: One discipline in one language with one form of control: what is to be formed.
#: ``units`` are pairs (academic group id or None, [ids of lines in Kazakh order]),
#: ``groups`` rows of existing class groups, ``placement`` comes from ``grouping``.
Course = namedtuple(
    "Course", "discipline language control_form limit units groups closed placement"
)

# Component of the curriculum and types of registrations that nobody is obliged to.
ELECTIVE_COMPONENT = "kv"
FREE_TYPES = ("additional", "minor")


class RegistrarClassGroup(models.Model):
    """Forming of class groups, streams and subgroups, set-wise."""

    _inherit = "registrar.class.group"

    @api.model
    def _form(self, term, domain=None, keep_whole=False):
        """Place the registered lines of ``term`` into class groups.

        As few groups as the sizes in force allow per discipline, language and form of
        control; academic groups stay together where possible (``tools.grouping``).
        Lines that have a group keep it, so the method may be repeated after later
        registrations. An elective discipline below the minimum gets no group; its
        lines keep the reason.

        :param domain: further condition on the lines
        :param bool keep_whole: rather open one more group than divide an academic one
        :return: the groups that got students
        """
        self.check_access("create")
        term.ensure_one()
        self._lock_term(term)
        return self._apply_courses(
            term, self._plan_courses(term, domain, keep_whole=keep_whole)
        )

    @api.model
    def _lock_term(self, term):
        """Let two who form the same term at once work one after the other.

        The row is changed, not only locked: a transaction that has waited does not
        see what the other one has formed meanwhile, so it has to begin anew, and a
        failure to serialise makes Odoo do that.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE registrar_term SET write_date = write_date WHERE id = %s",
                term.id,
            )
        )

    @api.model
    def _waiting_domain(self, term, domain=None):
        return Domain.AND(
            [
                Domain("term_id", "=", term.id),
                Domain("class_group_id", "=", False),
                Domain("is_cancelled", "=", False),
                Domain("is_withdrawn", "=", False),
                Domain("plan_id.state", "=", "registered"),
                Domain(domain or Domain.TRUE),
            ]
        )

    @api.model
    def _language_sql(self):
        """Return the language in which a line ``l`` of a plan ``p`` is studied.

        Of the offer ``o`` that gave the seat, otherwise of the student.
        """
        return SQL("COALESCE(o.language, p.language, 'other')")

    @api.model
    def _plan_courses(self, term, domain=None, keep_whole=False):
        """Work out the placement of all waiting lines; nothing is written.

        :rtype: list[Course]
        """
        self.env.flush_all()
        units, facts = self._waiting_units(term, domain)
        if not units:
            return []
        disciplines = self.env["registrar.discipline"].browse(
            sorted({key[0] for key in units})
        )
        known = {discipline.id: discipline for discipline in disciplines}
        existing, closed = self._existing_groups(term, disciplines)
        limits = self.env["registrar.group.size"]._limits(
            "class_group",
            {(known[key[0]], key[1], facts[key][1]) for key in units},
            term.date_from,
        )
        courses = []
        for key, waiting in units.items():
            discipline, language, control_form = key
            elective, level = facts[key]
            limit = limits[discipline, language, level]
            exempt = (
                limit.exempt
                or known[discipline].is_small_contingent
                or (limit.electives_only and not elective)
            )
            groups = existing.get(key, [])
            sizes = [(unit, len(lines)) for unit, lines in waiting]
            if key in closed and not groups:
                placement = grouping.Placement({}, [], sizes)
            else:
                placement = grouping.place(
                    sizes,
                    [
                        grouping.Group(
                            group["id"],
                            max(0, group["size_max"] - group["count"])
                            if group["size_max"]
                            else None,
                            frozenset(group["members"]),
                        )
                        for group in groups
                    ],
                    limit.minimum,
                    limit.maximum,
                    exempt=exempt,
                    keep_whole=keep_whole,
                )
            courses.append(
                Course(
                    known[discipline],
                    language,
                    control_form,
                    limit,
                    waiting,
                    groups,
                    key in closed and not groups,
                    placement,
                )
            )
        return courses

    @api.model
    def _waiting_units(self, term, domain):
        """Read the waiting lines by discipline, language, control and academic group.

        :return: ``{key: [(academic group id, [line ids])]}`` and
            ``{key: (elective, level)}``
        """
        lines = self.env["registrar.study.plan.line"]
        self.env.cr.execute(
            SQL(
                """
                SELECT v.discipline_id, v.language, v.control_form, v.group_id,
                       array_agg(v.id ORDER BY v.sort_key, v.id),
                       bool_and(v.elective), MIN(v.level)
                  FROM (SELECT l.id, l.discipline_id, p.group_id, s.sort_key, r.level,
                               %(language)s AS language,
                               COALESCE(l.control_form, 'exam') AS control_form,
                               (COALESCE(l.component, '') = %(elective)s
                                OR l.line_type = ANY(%(free)s)) AS elective
                          FROM registrar_study_plan_line l
                          JOIN registrar_study_plan p ON p.id = l.plan_id
                          JOIN registrar_student s ON s.id = l.student_id
                     LEFT JOIN registrar_offer o ON o.id = l.offer_id
                     LEFT JOIN registrar_programme r ON r.id = p.programme_id
                         WHERE l.id IN %(waiting)s) v
                  JOIN registrar_discipline d ON d.id = v.discipline_id
             LEFT JOIN registrar_group g ON g.id = v.group_id
                 GROUP BY v.discipline_id, v.language, v.control_form, v.group_id,
                          d.code, g.name
                 ORDER BY d.code, v.discipline_id, v.language, v.control_form,
                          g.name, v.group_id
                """,
                language=self._language_sql(),
                elective=ELECTIVE_COMPONENT,
                free=list(FREE_TYPES),
                waiting=lines.sudo()
                ._search(self._waiting_domain(term, domain))
                .subselect(),
            )
        )
        units, facts = {}, {}
        for (
            discipline,
            language,
            control,
            group,
            ids,
            elective,
            level,
        ) in self.env.cr.fetchall():
            key = (discipline, language, control)
            units.setdefault(key, []).append((group, ids))
            before = facts.get(key)
            facts[key] = (
                (elective and before[0], before[1] or level)
                if before
                else (elective, level)
            )
        return units, facts

    @api.model
    def _existing_groups(self, term, disciplines):
        """Read the class groups of the disciplines and who is in them.

        :return: ``{key: [row]}`` of those that take students, and the keys of those
            that the office does not open
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT g.id, g.discipline_id, g.language, g.control_form, g.number,
                       g.name, g.state, COALESCE(g.size_max, 0) AS size_max,
                       COUNT(l.id) AS count,
                       array_agg(DISTINCT p.group_id)
                           FILTER (WHERE p.group_id IS NOT NULL) AS members
                  FROM registrar_class_group g
             LEFT JOIN registrar_study_plan_line l
                    ON l.class_group_id = g.id AND l.is_cancelled IS NOT TRUE
             LEFT JOIN registrar_study_plan p ON p.id = l.plan_id
                 WHERE g.term_id = %s AND g.discipline_id = ANY(%s)
                 GROUP BY g.id
                 ORDER BY g.number, g.id
                """,
                term.id,
                disciplines.ids,
            )
        )
        existing, closed = defaultdict(list), set()
        for row in self.env.cr.dictfetchall():
            key = (row["discipline_id"], row["language"], row["control_form"])
            row["members"] = row["members"] or []
            if row["state"] == "not_opened":
                closed.add(key)
            else:
                existing[key].append(row)
        return existing, closed

    @api.model
    def _apply_courses(self, term, courses):
        """Insert the new groups and place the lines; return groups with newcomers."""
        rows, slots = self._new_groups(term, courses)
        ids = self._insert_groups(term, rows)
        targets, reasons = [], {"minimum": [], "closed": [], "full": []}
        for course, numbers in zip(courses, slots, strict=True):
            queues = defaultdict(list)
            for unit, lines in course.units:
                queues[unit] += lines
            parts = [*course.placement.existing.items()]
            parts += [
                (ids[slot], part)
                for slot, part in zip(numbers, course.placement.new, strict=True)
            ]
            for target, part in parts:
                for unit, number in part:
                    targets += [(line, target) for line in queues[unit][:number]]
                    del queues[unit][:number]
            reason = self._unplaced_reason_of(course)
            reasons[reason] += [line for queue in queues.values() for line in queue]
        self._write_places(targets, reasons)
        return self.browse(sorted({target for __, target in targets})).sorted()

    @api.model
    def _unplaced_reason_of(self, course):
        if course.closed:
            return "closed"
        opened = course.placement.new or course.groups
        return "full" if opened else "minimum"

    @api.model
    def _new_groups(self, term, courses):
        """Number the groups to be made.

        :return: rows to insert, and per course the positions of its rows
        """
        highest = {
            (discipline.id, language): number
            for discipline, language, number in self.sudo()._read_group(
                [
                    ("term_id", "=", term.id),
                    ("discipline_id", "in", [c.discipline.id for c in courses]),
                ],
                ["discipline_id", "language"],
                ["number:max"],
            )
        }
        made = defaultdict(int)
        for course in courses:
            made[course.discipline.id, course.language] += len(course.placement.new)
        rows, slots = [], []
        for course in courses:
            key = (course.discipline.id, course.language)
            alone = key not in highest and made[key] == 1
            numbers = []
            for __ in course.placement.new:
                made_before = highest.get(key, 0)
                highest[key] = number = made_before + 1
                numbers.append(len(rows))
                rows.append(
                    (
                        self._name_of(
                            course.discipline.code, course.language, number, alone
                        ),
                        number,
                        course.discipline.id,
                        course.language,
                        course.control_form,
                        course.limit.minimum,
                        course.limit.maximum,
                    )
                )
            slots.append(numbers)
        return rows, slots

    @api.model
    def _insert_groups(self, term, rows):
        """Insert class groups in one statement; return their ids in the same order."""
        if not rows:
            return []
        columns = [list(column) for column in zip(*rows, strict=True)]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO registrar_class_group
                    (name, number, discipline_id, language, control_form, size_min,
                     size_max, term_id, state, create_uid, create_date, write_uid,
                     write_date)
                SELECT v.name, v.number, v.discipline_id, v.language, v.control_form,
                       v.size_min, v.size_max, %(term)s, 'open',
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM UNNEST(%(names)s::text[], %(numbers)s::int[],
                              %(disciplines)s::int[], %(languages)s::text[],
                              %(controls)s::text[], %(minima)s::int[],
                              %(maxima)s::int[]) WITH ORDINALITY
                       AS v(name, number, discipline_id, language, control_form,
                            size_min, size_max, position)
                 ORDER BY v.position
                RETURNING id, discipline_id, language, control_form, number
                """,
                term=term.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                names=columns[0],
                numbers=columns[1],
                disciplines=columns[2],
                languages=columns[3],
                controls=columns[4],
                minima=columns[5],
                maxima=columns[6],
            )
        )
        found = {tuple(key): id_ for id_, *key in self.env.cr.fetchall()}
        self.invalidate_model()
        return [found[row[2], row[3], row[4], row[1]] for row in rows]

    @api.model
    def _write_places(self, targets, reasons):
        """Write class groups and reasons of lines, each in one statement."""
        cr, uid, now = self.env.cr, self.env.uid, self.env.cr.now()
        if targets:
            lines, groups = zip(*targets, strict=True)
            cr.execute(
                SQL(
                    """
                    UPDATE registrar_study_plan_line l
                       SET class_group_id = v.class_group_id, unplaced_reason = NULL,
                           write_uid = %(uid)s, write_date = %(now)s
                      FROM UNNEST(%(lines)s::int[], %(groups)s::int[])
                           AS v(id, class_group_id)
                     WHERE l.id = v.id
                    """,
                    uid=uid,
                    now=now,
                    lines=list(lines),
                    groups=list(groups),
                )
            )
            cr.execute(
                SQL(
                    "UPDATE registrar_class_group SET state = 'open', write_uid = %s,"
                    " write_date = %s WHERE id = ANY(%s) AND state = 'planned'",
                    uid,
                    now,
                    sorted(set(groups)),
                )
            )
        for reason, ids in reasons.items():
            if ids:
                cr.execute(
                    SQL(
                        "UPDATE registrar_study_plan_line SET unplaced_reason = %s,"
                        " unplaced_notified = FALSE, write_uid = %s, write_date = %s"
                        " WHERE id = ANY(%s)"
                        " AND unplaced_reason IS DISTINCT FROM %s",
                        reason,
                        uid,
                        now,
                        ids,
                        reason,
                    )
                )
        self.env["registrar.study.plan.line"].invalidate_model(
            ["class_group_id", "unplaced_reason", "unplaced_notified"]
        )
        self.invalidate_model()

    # Streams

    @api.model
    def _form_streams(self, term, domain=None):
        """Join class groups of one discipline and language for their lectures.

        Only disciplines that have lectures; class groups are never divided, those in
        a stream stay there. A group that finds no company has no stream.

        :param domain: further condition on the class groups
        :return: the streams that got class groups
        """
        Stream = self.env["registrar.stream"]
        Stream.check_access("create")
        self._lock_term(term)
        groups = self.search(
            Domain("term_id", "=", term.id)
            & Domain("stream_id", "=", False)
            & Domain("state", "!=", "not_opened")
            & Domain(domain or Domain.TRUE)
        )
        hours = self._hours_of(groups.discipline_id, term)
        groups = groups.filtered(
            lambda group: (
                group.student_count
                and (
                    hours[group.discipline_id.id]["lecture"]
                    or not any(hours[group.discipline_id.id].values())
                )
            )
        )
        limits = Stream.env["registrar.group.size"]._limits(
            "stream",
            {(group.discipline_id, group.language, False) for group in groups},
            term.date_from,
        )
        taken = defaultdict(list)
        for stream in Stream.search(
            [
                ("term_id", "=", term.id),
                ("discipline_id", "in", groups.discipline_id.ids),
            ]
        ):
            taken[stream.discipline_id, stream.language].append(stream)
        touched, vals_list, members = Stream, [], []
        by_key = groups.grouped(lambda group: (group.discipline_id, group.language))
        for (discipline, language), part in by_key.items():
            limit = limits[discipline.id, language, False]
            streams = [
                grouping.Group(
                    stream,
                    max(0, stream.size_max - stream.student_count)
                    if stream.size_max
                    else None,
                    (),
                )
                for stream in taken[discipline, language]
            ]
            existing, new, __ = grouping.pack(
                [
                    (group, group.student_count)
                    for group in part.sorted(lambda group: (group.number, group.id))
                ],
                limit.maximum,
                streams,
                limit.minimum,
            )
            for stream, joined in existing.items():
                self.browse([group.id for group in joined]).stream_id = stream
                touched |= stream
            for joined in new:
                joined = self.browse([group.id for group in joined])
                teacher = joined.teacher_id
                members.append(joined)
                vals_list.append(
                    {
                        "discipline_id": discipline.id,
                        "term_id": term.id,
                        "language": language,
                        "size_max": limit.maximum,
                        "teacher_id": teacher.id if len(teacher) == 1 else False,
                    }
                )
        for stream, joined in zip(Stream.create(vals_list), members, strict=True):
            joined.stream_id = stream
            touched |= stream
        return touched

    @api.model
    def _hours_of(self, disciplines, term):
        """Return the hours by kind that the registered students have.

        :return: ``{discipline id: {"lecture" | "practical" | "laboratory": hours}}``
        """
        result = {
            discipline.id: {"lecture": 0, "practical": 0, "laboratory": 0}
            for discipline in disciplines
        }
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT l.discipline_id, MAX(c.hours_lecture), MAX(c.hours_practical),
                       MAX(c.hours_laboratory)
                  FROM registrar_study_plan_line l
                  JOIN registrar_curriculum_line c ON c.id = l.curriculum_line_id
                 WHERE l.term_id = %s AND l.discipline_id = ANY(%s)
                 GROUP BY l.discipline_id
                """,
                term.id,
                disciplines.ids,
            )
        )
        for discipline, lecture, practical, laboratory in self.env.cr.fetchall():
            result[discipline] = {
                "lecture": lecture or 0,
                "practical": practical or 0,
                "laboratory": laboratory or 0,
            }
        return result

    # Subgroups

    @api.model
    def _form_subgroups(self, term, domain=None, order="alphabet"):
        """Divide class groups evenly for laboratory and language classes.

        Laboratory classes: disciplines with laboratory hours; language classes:
        disciplines marked so; practical classes: only where a size of such subgroups
        is in force. A group that is not larger than one subgroup is not divided; who
        has a subgroup keeps it.

        :param domain: further condition on the class groups
        :param str order: ``"alphabet"`` or ``"group"``: academic group first
        :return: the subgroups that got students
        """
        Subgroup = self.env["registrar.class.subgroup"]
        Subgroup.check_access("create")
        self._lock_term(term)
        groups = self.search(
            Domain("term_id", "=", term.id)
            & Domain("state", "!=", "not_opened")
            & Domain(domain or Domain.TRUE)
        )
        hours = self._hours_of(groups.discipline_id, term)
        kinds = {}
        for kind in ("laboratory", "language", "practical"):
            part = groups.filtered(
                lambda group, kind=kind: (
                    kind == self._subgroup_kind(group, hours[group.discipline_id.id])
                )
            )
            limits = self.env["registrar.group.size"]._limits(
                f"subgroup_{kind}",
                {(group.discipline_id, group.language, False) for group in part},
                term.date_from,
            )
            for group in part:
                limit = limits[group.discipline_id.id, group.language, False]
                if limit.maximum:
                    kinds[group.id] = (kind, limit)
        if not kinds:
            return Subgroup
        waiting, placed = self._subgroup_facts(list(kinds), order)
        vals_list, newcomers, targets = [], [], []
        for group_id, (kind, limit) in kinds.items():
            existing = placed[group_id]
            lines = waiting[group_id]
            parts = grouping.quotas(
                len(lines) + sum(number for __, number, __ in existing),
                [number for __, number, __ in existing],
                limit.maximum,
            )
            start = 0
            highest = max((number for *__, number in existing), default=0)
            for index, part in enumerate(parts):
                chosen = lines[start : start + part]
                start += part
                if index < len(existing):
                    targets += [(line, existing[index][0]) for line in chosen]
                    continue
                highest += 1
                vals_list.append(
                    {
                        "class_group_id": group_id,
                        "kind": kind,
                        "number": highest,
                        "size_max": limit.maximum,
                    }
                )
                newcomers.append(chosen)
        made = Subgroup.create(vals_list)
        for subgroup, chosen in zip(made, newcomers, strict=True):
            targets += [(line, subgroup.id) for line in chosen]
        return self._write_subgroups(targets)

    @api.model
    def _subgroup_kind(self, group, hours):
        """Return for which classes the group is divided, the first that applies."""
        if group.discipline_id.is_language:
            return "language"
        if hours["laboratory"]:
            return "laboratory"
        return "practical" if hours["practical"] else None

    @api.model
    def _subgroup_facts(self, group_ids, order):
        """Read who waits for a subgroup and how full the existing ones are.

        :return: ``{group id: [line ids]}`` and
            ``{group id: [(subgroup id, students, number)]}``
        """
        self.env.flush_all()
        by_group = SQL("a.name, ") if order == "group" else SQL("")
        self.env.cr.execute(
            SQL(
                """
                SELECT l.class_group_id,
                       array_agg(l.id ORDER BY %(by_group)s s.sort_key, l.id)
                  FROM registrar_study_plan_line l
                  JOIN registrar_study_plan p ON p.id = l.plan_id
                  JOIN registrar_student s ON s.id = l.student_id
             LEFT JOIN registrar_group a ON a.id = p.group_id
                 WHERE l.class_group_id = ANY(%(groups)s) AND l.subgroup_id IS NULL
                   AND l.is_cancelled IS NOT TRUE
                 GROUP BY l.class_group_id
                """,
                by_group=by_group,
                groups=group_ids,
            )
        )
        waiting = defaultdict(list, self.env.cr.fetchall())
        self.env.cr.execute(
            SQL(
                """
                SELECT b.class_group_id, b.id, COUNT(l.id), b.number
                  FROM registrar_class_subgroup b
             LEFT JOIN registrar_study_plan_line l
                    ON l.subgroup_id = b.id AND l.is_cancelled IS NOT TRUE
                 WHERE b.class_group_id = ANY(%s)
                 GROUP BY b.id
                 ORDER BY b.number, b.id
                """,
                group_ids,
            )
        )
        placed = defaultdict(list)
        for group, *row in self.env.cr.fetchall():
            placed[group].append(tuple(row))
        return waiting, placed

    @api.model
    def _write_subgroups(self, targets):
        Subgroup = self.env["registrar.class.subgroup"]
        if not targets:
            return Subgroup
        lines, subgroups = zip(*targets, strict=True)
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_study_plan_line l
                   SET subgroup_id = v.subgroup_id, write_uid = %(uid)s,
                       write_date = %(now)s
                  FROM UNNEST(%(lines)s::int[], %(subgroups)s::int[])
                       AS v(id, subgroup_id)
                 WHERE l.id = v.id
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                lines=list(lines),
                subgroups=list(subgroups),
            )
        )
        self.env["registrar.study.plan.line"].invalidate_model(["subgroup_id"])
        Subgroup.invalidate_model(["line_ids", "student_count"])
        return Subgroup.browse(sorted(set(subgroups))).sorted()
