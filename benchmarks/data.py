"""Rows for the benchmarks, made by PostgreSQL itself.

Thousands of students in seconds: ``generate_series`` instead of the ORM. The shapes are
those of a real university: groups of 25, ten programmes, four years of study, orders of
at most 300 people, six disciplines a term. Everything is sealed as after registration,
so the guards of the database are at work while the suite is measured.
"""

import re
from datetime import date

PROGRAMMES = 10
GROUP_SIZE = 25
ORDER_SIZE = 300
# The autumn in which the oldest students began.
FIRST_YEAR = 2021
YEARS = 5
DISCIPLINES_PER_TERM = 6
CHANGED_TABLE = re.compile(r"\b(?:INSERT INTO|UPDATE)\s+(\w+)")
GROWING_TABLES = (
    "res_partner",
    "registrar_academic_year",
    "registrar_class_group",
    "registrar_curriculum",
    "registrar_curriculum_block",
    "registrar_curriculum_line",
    "registrar_discipline",
    "registrar_enrolment",
    "registrar_group",
    "registrar_register_entry",
    "registrar_result",
    "registrar_student",
    "registrar_study_plan",
    "registrar_study_plan_line",
    "registrar_term",
)


class Data:
    """Makes and knows the rows.

    :param int students: how many students there are
    """

    def __init__(self, env, students):
        self.env = env
        self.students = students
        self.cr = env.cr

    def execute(self, query, **values):
        """Run a statement that makes rows, and count what is there.

        Nothing is committed, so autovacuum does not; with the statistics of an empty
        table the next join would take minutes.
        """
        self.env.flush_all()
        self.cr.execute(query, {"students": self.students, **values})
        rows = self.cr.fetchall() if self.cr.description else []
        if found := CHANGED_TABLE.search(query):
            self.cr.execute(f"ANALYZE {found.group(1)}")
        return rows

    def ids(self, table):
        self.cr.execute(f"SELECT id FROM {table} ORDER BY id")
        return [row[0] for row in self.cr.fetchall()]

    def finish(self):
        """Let PostgreSQL and the ORM see what is there now."""
        self.env.flush_all()
        self.cr.execute("ANALYZE " + ", ".join(GROWING_TABLES))
        self.env.invalidate_all()

    def structure(self):
        """Make faculties, programmes, disciplines, years and terms."""
        env = self.env
        faculty = env["hr.department"].create(
            {"name": "Bench faculty", "registrar_kind": "faculty"}
        )
        departments = env["hr.department"].create(
            [
                {
                    "name": f"Bench department {number}",
                    "registrar_kind": "department",
                    "parent_id": faculty.id,
                }
                for number in range(PROGRAMMES)
            ]
        )
        self.programmes = env["registrar.programme"].create(
            [
                {
                    "code": f"6B9{number:04d}",
                    "name_kk": f"Бағдарлама {number}",
                    "name_ru": f"Программа {number}",
                    "level": "bachelor",
                    "department_id": department.id,
                }
                for number, department in enumerate(departments)
            ]
        )
        self.years = env["registrar.academic.year"].create(
            [
                {
                    "name": f"{year}/{year + 1}",
                    "date_from": date(year, 9, 1),
                    "date_to": date(year + 1, 8, 31),
                }
                for year in range(FIRST_YEAR, FIRST_YEAR + YEARS)
            ]
        )
        self.years.action_add_usual_terms()
        terms = self.years.term_ids.filtered(lambda term: term.kind != "summer")
        self.terms = terms.sorted("date_from")
        self.disciplines = env["registrar.discipline"].create(
            [
                {
                    "code": f"BNC {1000 + number}",
                    "name_kk": f"Пән {number}",
                    "name_ru": f"Дисциплина {number}",
                    "department_id": departments[number % PROGRAMMES].id,
                }
                for number in range(DISCIPLINES_PER_TERM * 10)
            ]
        )

    def people(self):
        """Make groups and students; people of one group stand together."""
        self.execute(
            """
            INSERT INTO registrar_group
                (name, active, programme_id, faculty_id, intake_year_id, study_form,
                 language, course)
            SELECT 'B-' || n, TRUE, p.id, p.faculty_id, y.id, 'full_time',
                   CASE WHEN n %% 3 = 0 THEN 'ru' ELSE 'kk' END, 1 + n %% 4
              FROM generate_series(0, (%(students)s - 1) / %(size)s) AS series(n)
              JOIN registrar_programme p
                ON p.id = (%(programmes)s::int[])[1 + n %% %(count)s]
              JOIN registrar_academic_year y
                ON y.id = (%(years)s::int[])[4 - n %% 4]
             ORDER BY n
            """,
            size=GROUP_SIZE,
            programmes=self.programmes.ids,
            count=PROGRAMMES,
            years=self.years.ids,
        )
        self.groups = self.ids("registrar_group")
        self.execute(
            """
            INSERT INTO res_partner (name, active, type, lang, complete_name)
            SELECT v.name, TRUE, 'contact', 'en_US', v.name
              FROM (SELECT n, 'Тегі' || n || ' Аты' AS name
                      FROM generate_series(1, %(students)s) n) v
             ORDER BY v.n
            """
        )
        self.execute(
            """
            INSERT INTO registrar_student
                (partner_id, active, last_name, first_name, patronymic, full_name,
                 sort_key, gender, birth_date, citizenship_id, nationality_id,
                 student_number, status)
            SELECT p.id, TRUE, 'Тегі' || n, 'Аты', 'Әкесі', p.name,
                   lpad(n::text, 8, '0'),
                   CASE WHEN n %% 2 = 0 THEN 'male' ELSE 'female' END,
                   DATE '2004-01-01' + (n %% 1400)::int, %(country)s,
                   (SELECT MIN(id) FROM registrar_nationality), 'B' || n, 'studying'
              FROM (SELECT id, name, row_number() OVER (ORDER BY id) AS n
                      FROM res_partner WHERE name LIKE 'Тегі%%') p
             ORDER BY p.id
            """,
            country=self.env.ref("base.kz").id,
        )

    def curricula(self):
        """Give each programme an approved curriculum of four years.

        Five compulsory disciplines a term, and one to choose out of three.
        """
        env = self.env
        per_term = DISCIPLINES_PER_TERM + 2
        disciplines = self.disciplines
        blocks = {}
        lines = []
        curricula = env["registrar.curriculum"].create(
            [
                {
                    "programme_id": programme.id,
                    "intake_year_id": self.years[0].id,
                    "study_form": "full_time",
                }
                for programme in self.programmes
            ]
        )
        terms = range(1, 9)
        for curriculum in curricula:
            created = env["registrar.curriculum.block"].create(
                [
                    {
                        "curriculum_id": curriculum.id,
                        "code": f"КВ {term}",
                        "choose": 1,
                    }
                    for term in terms
                ]
            )
            blocks[curriculum] = dict(zip(terms, created, strict=True))
        for number, curriculum in enumerate(curricula):
            for term in terms:
                for place in range(per_term):
                    index = 7 * number + per_term * (term - 1) + place
                    elective = place >= DISCIPLINES_PER_TERM - 1
                    lines.append(
                        {
                            "curriculum_id": curriculum.id,
                            "discipline_id": disciplines[index % len(disciplines)].id,
                            "block_id": elective and blocks[curriculum][term].id,
                            "is_default": place == DISCIPLINES_PER_TERM - 1,
                            "component": "kv" if elective else "vk",
                            "term_number": term,
                            "credits": 5,
                            "sequence": place,
                        }
                    )
        env["registrar.curriculum.line"].create(lines)
        self.execute("UPDATE registrar_curriculum SET state = 'approved'")
        self.execute(
            "UPDATE registrar_group g SET curriculum_id = c.id"
            " FROM registrar_curriculum c WHERE c.programme_id = g.programme_id"
        )
        env.invalidate_all()

    def documents(self, register, model, count, day, period="bench"):
        """Make register entries, still open; return their ids in order."""
        rows = self.execute(
            """
            INSERT INTO registrar_register_entry
                (register_id, period, sequence, number, document_date, registered_at,
                 registered_by_id, res_model, res_id, verification_code, state)
            SELECT r.id, %(period)s, n, n::text, %(day)s, now(), %(uid)s, %(model)s, n,
                   md5(random()::text || n), 'registered'
              FROM generate_series(1, %(count)s) AS series(n)
              JOIN registrar_register r ON r.code = %(register)s
             ORDER BY series.n
            RETURNING id
            """,
            register=register,
            model=model,
            count=count,
            day=day,
            period=period,
            uid=self.env.uid,
        )
        return [row[0] for row in rows]

    def seal(self):
        """Close all entries; from then on the guards refuse changes."""
        self.execute(
            "UPDATE registrar_register_entry SET digest = md5(id::text)"
            " WHERE digest IS NULL"
        )

    def enrolments(self):
        """Give each student a history: admission, then a row for each year begun.

        A few went on leave and came back.
        """
        kinds = {
            kind.code: kind.id
            for kind in self.env["registrar.movement.kind"].search([])
        }
        for number in range(4):
            year = FIRST_YEAR + number
            entries = self.documents(
                "orders_students",
                "registrar.group",
                (self.students - 1) // ORDER_SIZE + 1,
                date(year, 9, 1),
                str(year),
            )
            self.execute(
                """
                INSERT INTO registrar_enrolment
                    (entry_id, student_id, previous_id, date_from, date_to, kind_id,
                     programme_id, group_id, course, study_form, language, funding,
                     status)
                SELECT (%(entries)s::int[])[1 + (s.n - 1) / %(order)s], s.id, e.id,
                       %(day)s,
                       CASE WHEN %(number)s < 3 THEN %(next)s::date END,
                       CASE WHEN e.id IS NULL THEN %(admission)s ELSE %(transfer)s END,
                       g.programme_id, g.id, %(number)s - (4 - g.course) + 1,
                       'full_time', g.language,
                       CASE WHEN s.n %% 3 = 0 THEN 'grant' ELSE 'paid' END,
                       CASE WHEN s.n %% 97 = 0 AND e.id IS NOT NULL
                            THEN 'leave' ELSE 'studying' END
                  FROM (SELECT id, row_number() OVER (ORDER BY id) AS n
                          FROM registrar_student) s
                  JOIN registrar_group g
                    ON g.id = (%(groups)s::int[])[1 + (s.n - 1) / %(size)s]
             LEFT JOIN registrar_enrolment e
                    ON e.student_id = s.id AND e.date_to = %(day)s
                 WHERE %(number)s >= 4 - g.course
                 ORDER BY s.id
                """,
                entries=entries,
                order=ORDER_SIZE,
                number=number,
                day=date(year, 9, 1),
                next=date(year + 1, 9, 1),
                admission=kinds["admission"],
                transfer=kinds["course_transfer"],
                groups=self.groups,
                size=GROUP_SIZE,
            )
        self.seal()
        self.env["registrar.student"]._refresh_state()

    def plans(self, year, course=None, per_term=DISCIPLINES_PER_TERM):
        """Register a study plan with some disciplines a term for everybody.

        Students of one programme, course and language study the same.

        :param int course: year of study; by default that of the group
        """
        entries = self.documents(
            "study_plans",
            "registrar.study.plan",
            self.students,
            year.date_from,
            year.name,
        )
        self.execute(
            """
            INSERT INTO registrar_study_plan
                (student_id, year_id, kind, state, number, document_date, entry_id,
                 group_id, programme_id, faculty_id, course, language, credits_total)
            SELECT s.id, %(year)s, 'main', 'registered', s.n::text, %(day)s,
                   (%(entries)s::int[])[s.n], g.id, g.programme_id, g.faculty_id,
                   COALESCE(%(course)s, g.course), g.language, 60
              FROM (SELECT id, row_number() OVER (ORDER BY id) AS n
                      FROM registrar_student) s
              JOIN registrar_group g
                ON g.id = (%(groups)s::int[])[1 + (s.n - 1) / %(size)s]
             ORDER BY s.id
            """,
            year=year.id,
            day=year.date_from,
            course=course,
            entries=entries,
            groups=self.groups,
            size=GROUP_SIZE,
        )
        terms = year.term_ids.filtered(lambda t: t.kind != "summer").sorted("number")
        self.execute(
            """
            INSERT INTO registrar_study_plan_line
                (plan_id, student_id, year_id, discipline_id, term_id, credits,
                 line_type, is_paid, attempt, cycle, component, control_form, in_gpa,
                 is_cancelled, sequence)
            SELECT p.id, p.student_id, p.year_id,
                   (%(disciplines)s::int[])[
                       1 + (7 * p.programme_id + %(per_term)s
                            * (2 * p.course + t.position) + d.n) %% %(count)s],
                   t.id, 5, 'main', FALSE, 1, 'bd', 'vk', 'exam', TRUE, FALSE, d.n
              FROM registrar_study_plan p
        CROSS JOIN UNNEST(%(terms)s::int[]) WITH ORDINALITY t(id, position)
        CROSS JOIN generate_series(1, %(per_term)s) d(n)
             WHERE p.year_id = %(year)s
             ORDER BY p.id, t.position, d.n
            """,
            year=year.id,
            terms=terms.ids,
            disciplines=self.disciplines.ids,
            count=len(self.disciplines),
            per_term=per_term,
        )
        self.execute(
            "UPDATE registrar_register_entry e SET res_id = p.id"
            " FROM registrar_study_plan p WHERE p.entry_id = e.id"
        )
        self.seal()

    def results(self):
        """Give every registration a result; FX is resat once, then passed."""
        scale = self.env["registrar.grade.scale"].search([], limit=1)
        for term in self.terms:
            self._results_of(term, scale)
        self.seal()

    def _results_of(self, term, scale):
        ((count,),) = self.execute(
            "SELECT COUNT(*) FROM registrar_study_plan_line WHERE term_id = %(term)s",
            term=term.id,
        )
        entries = self.documents(
            "sheets",
            "registrar.sheet",
            count // ORDER_SIZE + 1,
            term.date_to,
            f"results {term.date_to}",
        )
        columns = """
            (entry_id, kind, plan_line_id, student_id, discipline_id, term_id, year_id,
             programme_id, course, credits, cycle, line_type, attempt, resit_number,
             admission, exam_score, score, letter, points, traditional, passed, in_gpa,
             scale_id, result_date)
        """
        values = {"scale": scale.id, "term": term.id, "day": term.date_to}
        self.execute(
            f"""
            INSERT INTO registrar_result {columns}
            SELECT (%(entries)s::int[])[1 + v.n / %(order)s], 'exam', v.id,
                   v.student_id, v.discipline_id, v.term_id, v.year_id,
                   v.programme_id, v.course, v.credits, v.cycle, v.line_type, 1, 0,
                   v.score, v.score, v.score, g.letter, g.points, g.traditional,
                   g.passed, TRUE, g.scale_id, %(day)s
              FROM (SELECT l.*, p.programme_id, p.course,
                           row_number() OVER (ORDER BY l.id) - 1 AS n,
                           45 + (l.student_id * 7919 + l.discipline_id * 104729 + l.id)
                                %% 56 AS score
                      FROM registrar_study_plan_line l
                      JOIN registrar_study_plan p ON p.id = l.plan_id
                     WHERE l.term_id = %(term)s) v
              JOIN registrar_grade_scale_line g
                ON g.scale_id = %(scale)s
               AND v.score BETWEEN g.score_min AND g.score_max
             ORDER BY v.id
            """,
            entries=entries,
            order=ORDER_SIZE,
            **values,
        )
        entries = self.documents(
            "sheets", "registrar.sheet", 1, term.date_to, f"resits {term.date_to}"
        )
        self.execute(
            f"""
            INSERT INTO registrar_result {columns}
            SELECT %(entry)s, 'resit', r.plan_line_id, r.student_id, r.discipline_id,
                   r.term_id, r.year_id, r.programme_id, r.course, r.credits, r.cycle,
                   r.line_type, 1, 1, r.admission, 60, 60, g.letter, g.points,
                   g.traditional, g.passed, TRUE, g.scale_id, %(day)s
              FROM registrar_result r
              JOIN registrar_grade_scale_line g
                ON g.scale_id = %(scale)s AND 60 BETWEEN g.score_min AND g.score_max
             WHERE r.term_id = %(term)s AND r.letter = 'FX'
             ORDER BY r.id
            """,
            entry=entries[0],
            **values,
        )
        self.execute(
            """
            UPDATE registrar_result o
               SET superseded_by_id = n.id
              FROM registrar_result n
             WHERE n.plan_line_id = o.plan_line_id AND n.resit_number = 1
               AND o.resit_number = 0 AND n.term_id = %(term)s
            """,
            term=term.id,
        )

    def user(self, role):
        """Return a user who has one role."""
        return (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "login": f"bench_{role}",
                    "name": f"Bench {role}",
                    "group_ids": [
                        (4, self.env.ref(f"registrar_core.group_registrar_{role}").id)
                    ],
                }
            )
        )
