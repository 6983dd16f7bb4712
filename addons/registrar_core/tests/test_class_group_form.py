import io

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from .common import RegistrarCommon

# Not in alphabetical order, with Kazakh letters in it.
LAST_NAMES = (
    "Яковлев Үсенов Абаев Ілиясов Әбенов Борисов Қасенов Ким Ыбыраев Өмірбеков Ғабитов "
    "Омаров Иванов Һакимов Ұлықбеков Ниязов"
).split()


class PlaceCommon(RegistrarCommon):
    """Two academic groups of eight students; small sizes, so that few are enough."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.curriculum_lines[1].component = "kv"
        cls.curriculum_lines[0].write(
            {"hours_lecture": 15, "hours_laboratory": 30, "hours_independent": 105}
        )
        cls.curriculum.action_approve()
        cls.group_b = cls.group.copy({"name": "ИС-25-2р"})
        cls.people = cls.env["registrar.student"].create(
            [
                {"last_name": name, "first_name": "Аты", "student_number": f"P{index}"}
                for index, name in enumerate(LAST_NAMES)
            ]
        )
        cls.sizes = cls.env["registrar.group.size"].search([])
        with freeze_time("2025-09-05"):
            cls._admit(cls.people[:8])
            cls._admit(cls.people[8:], group_id=cls.group_b.id)
            cls.plans = cls._register(cls.people)

    @classmethod
    def _register(cls, students):
        plans = cls.env["registrar.study.plan"]._fill(students, cls.year)
        plans.sudo().write({"state": "dean", "document_date": "2025-09-03"})
        plans.action_register()
        return plans

    @classmethod
    def _size(cls, kind="class_group", **values):
        return cls._create("registrar.group.size", kind=kind, **values)

    def _limit(self, minimum, maximum, kind="class_group", **values):
        size = self.sizes.filtered(lambda size: size.kind == kind)
        size.write({"size_min": minimum, "size_max": maximum, **values})

    def _form(self, domain=None, user=None, **kwargs):
        groups = self.env["registrar.class.group"].with_user(user or self.clerk)
        return groups._form(self.autumn, domain, **kwargs)

    def _of(self, groups, number):
        discipline = self.disciplines[number]
        return groups.filtered(lambda group: group.discipline_id == discipline)

    def _line(self, student, number=0):
        return self.plans.line_ids.filtered(
            lambda line: (
                line.student_id == student
                and line.discipline_id == self.disciplines[number]
            )
        )


@freeze_time("2025-09-05")
class TestForm(PlaceCommon):
    def test_usual_sizes_make_one_group(self):
        groups = self._form()
        self.assertEqual(groups.mapped("student_count"), [16, 16])
        self.assertRecordValues(
            groups[0],
            [
                {
                    "name": "TST 1101-ru",
                    "number": 1,
                    "state": "open",
                    "size_min": 10,
                    "size_max": 30,
                    "size_problem": False,
                }
            ],
        )
        self.assertEqual(groups[0].academic_group_ids, self.group | self.group_b)

    def test_academic_groups_stay_together(self):
        self._limit(2, 10)
        groups = self._of(self._form(), 0)
        self.assertEqual(groups.mapped("name"), ["TST 1101-ru-01", "TST 1101-ru-02"])
        self.assertEqual(groups.mapped("student_count"), [8, 8])
        self.assertEqual(groups[0].line_ids.student_id, self.people[:8].sorted())
        self.assertEqual(groups[1].academic_group_ids, self.group_b)

    def test_as_few_groups_as_possible_in_order_of_the_alphabet(self):
        self._limit(2, 6)
        groups = self._of(self._form(), 0)
        self.assertEqual(len(groups), 3)
        self.assertEqual(sum(groups.mapped("student_count")), 16)
        self.assertLessEqual(max(groups.mapped("student_count")), 6)

    def test_never_divide(self):
        self._limit(2, 9)
        more = self.students
        self._admit(more)
        self._register(more)
        # 20 students: three groups of nine, the academic groups have 12 and 8.
        self.assertEqual(len(self._of(self._form(), 0)), 3)

    def test_minimum_of_an_elective(self):
        self._limit(17, 30)
        groups = self._form()
        self.assertEqual(groups.discipline_id, self.disciplines[0], "compulsory")
        self.assertEqual(groups.size_problem, "under")
        waiting = self.plans.line_ids.filtered(
            lambda line: (
                line.term_id == self.autumn
                and line.discipline_id == self.disciplines[1]
            )
        )
        self.assertFalse(waiting.class_group_id)
        self.assertEqual(set(waiting.mapped("unplaced_reason")), {"minimum"})
        found = self.env["registrar.study.plan.line"].search(
            [("is_unplaced", "=", True), ("term_id", "=", self.autumn.id)]
        )
        self.assertEqual(found, waiting)
        # One more makes the minimum: all get a place, the reason goes.
        self._admit(self.students[0])
        self._register(self.students[0])
        group = self._of(self._form(), 1)
        self.assertEqual(group.student_count, 17)
        self.assertEqual(set(waiting.mapped("unplaced_reason")), {False})
        self.assertFalse(any(waiting.mapped("is_unplaced")))

    def test_who_is_exempt_from_the_minimum(self):
        self._limit(17, 30, minimum_scope="all")
        self.assertFalse(self._form())
        self.disciplines[0].is_small_contingent = True
        self.assertEqual(self._form().discipline_id, self.disciplines[0])
        self._size(
            discipline_id=self.disciplines[1].id,
            size_min=17,
            size_max=30,
            is_exempt=True,
        )
        self.assertEqual(self._form().discipline_id, self.disciplines[1])

    def test_most_specific_size_in_force(self):
        Size = self.env["registrar.group.size"]
        self._size(language="ru", size_min=1, size_max=20)
        self._size(level="bachelor", size_min=1, size_max=19)
        self._size(department_id=self.faculty.id, size_min=1, size_max=18)
        near = self._size(department_id=self.department.id, size_min=1, size_max=17)
        key = (self.disciplines[0], "ru", "bachelor")

        def maximum(day=self.autumn.date_from, key=key):
            (limit,) = Size._limits("class_group", {key}, day).values()
            return limit.maximum

        self.assertEqual(maximum(), 17)
        own = self._size(discipline_id=key[0].id, size_min=1, size_max=16)
        self.assertEqual(maximum(), 16)
        own.valid_to = "2025-08-31"
        self.assertEqual(maximum(), 17)
        near.valid_from = "2026-01-01"
        self.assertEqual(maximum(), 18)
        other = self.disciplines[0].copy({"code": "TST 1999", "department_id": False})
        self.assertEqual(maximum(key=(other, "ru", "bachelor")), 20)
        self.assertEqual(maximum(key=(other, "kk", "bachelor")), 19)
        self.assertEqual(maximum(key=(other, "kk", "doctorate")), 30)
        self.assertEqual(
            list(
                Size._limits("subgroup_practical", {key}, self.year.date_from).values()
            ),
            [(0, 0, True, False)],
        )

    def test_sizes_do_not_overlap(self):
        with self.refused(ValidationError, "End that one first"):
            self._size(size_min=1, size_max=2, valid_from="2025-09-01")
        for user in (self.clerk, self.dean, self.viewer):
            with self.assertRaises(AccessError):
                self.sizes[0].with_user(user).size_max = 5
        with self.assertRaises(AccessError):
            self.sizes[0].with_user(self.teacher).read(["size_max"])
        size = self.sizes[0].with_user(self.head)
        size.size_max = 45
        self.assertEqual(size.size_max, 45)

    def test_the_placed_stay(self):
        self._limit(2, 10)
        groups = self._of(self._form(), 0)
        before = {line.id: line.class_group_id for line in groups.line_ids}
        self._admit(self.students)
        self._register(self.students)
        touched = self._of(self._form(), 0)
        for line in self.env["registrar.study.plan.line"].browse(before):
            self.assertEqual(line.class_group_id, before[line.id])
        # Two places beside their own academic group, two in the other one.
        self.assertEqual(touched, groups)
        self.assertEqual(groups.mapped("student_count"), [10, 10])
        self.assertFalse(self._form())

    def test_new_group_goes_on_counting(self):
        self._limit(2, 16)
        first = self._of(self._form(), 0)
        self._admit(self.students)
        self._register(self.students)
        second = self._of(self._form(), 0)
        self.assertEqual(first.name, "TST 1101-ru")
        self.assertEqual(second.name, "TST 1101-ru-02")
        self.assertEqual(second.number, 2)

    def test_queries_do_not_grow(self):
        self._limit(2, 10)
        with self.assertQueryCount(35):
            self._form()

    def test_without_sizes_one_group(self):
        self.sizes.unlink()
        groups = self._form()
        self.assertEqual(groups.mapped("student_count"), [16, 16])
        self.assertEqual(groups.mapped("size_max"), [0, 0])

    def test_closed_by_the_office(self):
        group = self._of(self._form(), 1).with_user(self.clerk)
        lines = group.line_ids
        group.action_close()
        self.assertEqual(group.state, "not_opened")
        self.assertFalse(lines.class_group_id)
        self.assertEqual(set(lines.mapped("unplaced_reason")), {"closed"})
        self.assertFalse(self._form())
        self.assertEqual(set(lines.mapped("unplaced_reason")), {"closed"})
        group.action_reopen()
        self.assertEqual(self._form(), group)
        self.assertEqual(group.student_count, 16)
        self.assertEqual(group.state, "open")

    def test_filters(self):
        groups = self._form()
        search = self.env["registrar.class.group"].search
        mine = [("id", "in", groups.ids)]
        self.assertFalse(search([("size_problem", "=", "over"), *mine]))
        groups[0].size_max = 15
        groups[1].size_min = 17
        self.assertEqual(search([("size_problem", "=", "over"), *mine]), groups[0])
        self.assertEqual(search([("size_problem", "=", "under"), *mine]), groups[1])
        self.assertEqual(search([("size_problem", "!=", False), *mine]), groups)
        self.assertEqual(groups.mapped("size_problem"), ["over", "under"])

    def test_wizard(self):
        self._limit(17, 30)
        Wizard = self.env["registrar.class.group.form"].with_user(self.clerk)
        with Form(Wizard) as form:
            form.term_id = self.autumn
            form.department_ids.add(self.department)
        wizard = form.save()
        wizard.action_preview()
        self.assertRecordValues(
            wizard,
            [
                {
                    "state": "preview",
                    "waiting_count": 32,
                    "placed_count": 16,
                    "new_count": 1,
                    "unplaced_count": 16,
                }
            ],
        )
        self.assertIn("16–20", wizard.histogram_html)
        self.assertRecordValues(
            wizard.line_ids.sorted("unplaced_count"),
            [
                {"sizes": "16", "unplaced_count": 0, "reason": False},
                {"sizes": "", "unplaced_count": 16, "reason": "minimum"},
            ],
        )
        mine = [("term_id", "=", self.autumn.id)]
        self.assertFalse(self.env["registrar.class.group"].search(mine))
        wizard.action_form()
        self.assertEqual(wizard.state, "done")
        self.assertEqual(wizard.class_group_ids.student_count, 16)
        self.assertEqual(wizard.subgroup_count, 2)
        action = wizard.action_open_unplaced()
        lines = self.env["registrar.study.plan.line"].search(action["domain"])
        self.assertEqual(len(lines.filtered("is_unplaced")), 16)
        for user in (self.teacher, self.dean, self.viewer, self.adviser):
            with self.assertRaises(AccessError):
                Wizard.with_user(user).create({"term_id": self.autumn.id})

    def test_class_groups_in_the_language_of_the_offer(self):
        offer = self._create(
            "registrar.offer",
            discipline_id=self.disciplines[1].id,
            term_id=self.autumn.id,
            language="en",
        )
        lines = self.env["registrar.study.plan.line"].search(
            [("discipline_id", "=", self.disciplines[1].id)]
        )
        lines.sudo().write({"offer_id": offer.id})
        self.assertEqual(self._of(self._form(), 1).language, "en")

    def test_give_up_the_offer(self):
        self._limit(17, 30)
        self._form()
        lines = self.env["registrar.study.plan.line"].search(
            [("is_unplaced", "=", True), ("plan_id", "in", self.plans.ids)]
        )
        with self.refused(UserError, "None of these registrations"):
            (lines - lines.filtered("offer_id")).with_user(
                self.clerk
            ).action_give_up_offers()

    def test_tell_students_and_advisers(self):
        self._limit(17, 30)
        self._form()
        lines = self.env["registrar.study.plan.line"].search(
            [("is_unplaced", "=", True), ("plan_id", "in", self.plans.ids)]
        )
        lines.with_user(self.clerk).action_notify_unplaced()
        self.assertTrue(all(lines.mapped("unplaced_notified")))
        plan = lines[0].plan_id
        self.assertIn(plan.student_id.partner_id, plan.message_ids.notified_partner_ids)
        self.assertEqual(plan.activity_ids.user_id, self.adviser)
        with self.refused(UserError, "told already"):
            lines.with_user(self.clerk).action_notify_unplaced()


@tagged("post_install", "-at_install")
@freeze_time("2025-09-05")
class TestMove(PlaceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sizes.filtered(lambda size: size.kind == "class_group").write(
            {"size_min": 2, "size_max": 9}
        )
        with freeze_time("2025-09-05"):
            groups = cls.env["registrar.class.group"]._form(cls.autumn)
        cls.first, cls.second = groups.filtered(
            lambda group: group.discipline_id == cls.disciplines[0]
        )

    def test_clerk_moves_a_student(self):
        line = self._line(self.people[0]).with_user(self.clerk)
        self.assertEqual(line.class_group_id, self.first)
        line.class_group_id = self.second
        self.assertEqual(self.second.student_count, 9)
        for group in (self.first, self.second):
            body = group.message_ids[0].body
            self.assertIn("Яковлев", body)
            self.assertIn("TST 1101-ru-02", body)
            self.assertEqual(group.message_ids[0].author_id, self.clerk.partner_id)

    def test_places_are_kept(self):
        lines = self._line(self.people[0]) | self._line(self.people[1])
        with self.refused(UserError, "would have 10 students; it has 9"):
            lines.with_user(self.clerk).class_group_id = self.second
        lines.with_user(self.head).class_group_id = self.second
        self.assertEqual(self.second.student_count, 10)
        self.assertEqual(self.second.size_problem, "over")

    def test_others_do_not_move(self):
        self.first.teacher_id = self.teacher_employee
        for user in (self.adviser, self.teacher, self.dean, self.viewer):
            line = self._line(self.people[0]).with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                line.class_group_id = self.second

    def test_not_to_another_discipline_or_closed_group(self):
        line = self._line(self.people[0]).with_user(self.clerk)
        other = self.env["registrar.class.group"].search(
            [("discipline_id", "=", self.disciplines[1].id)], limit=1
        )
        with self.refused(ValidationError, "another discipline or term"):
            line.class_group_id = other
        self.second.with_user(self.clerk).action_close()
        with self.refused(UserError, "not opened"):
            line.class_group_id = self.second

    def test_another_language_is_shown(self):
        kazakh = self.first.copy({"language": "kk", "number": 1, "name": "TST-kk"})
        line = self._line(self.people[0]).with_user(self.clerk)
        line.class_group_id = kazakh
        self.assertTrue(line.is_other_language)
        self.assertIn("another language", kazakh.message_ids[0].body)

    def test_kanban_shows_empty_groups(self):
        empty = self.first.copy({"number": 7})
        action = self.first.with_user(self.clerk).action_place_students()
        lines = self.env["registrar.study.plan.line"].with_user(self.clerk)
        context = dict(action["context"], read_group_expand=True)
        found = lines.with_context(**context).web_read_group(
            action["domain"], ["class_group_id"], auto_unfold=True
        )
        shown = {
            group["class_group_id"] and group["class_group_id"][0]
            for group in found["groups"]
        }
        self.assertEqual(shown, {self.first.id, self.second.id, empty.id})

    def test_merge(self):
        both = self.first | self.second
        with self.refused(UserError, "16 students; it has 9"):
            both.with_user(self.clerk).action_merge()
        self.first.size_max = 16
        both.with_user(self.clerk).action_merge()
        self.assertEqual(self.first.student_count, 16)
        self.assertEqual(self.second.state, "not_opened")
        with self.refused(UserError, "two class groups"):
            self.first.action_merge()

    def test_number_is_given(self):
        group = self.env["registrar.class.group"].create(
            {
                "discipline_id": self.disciplines[0].id,
                "term_id": self.autumn.id,
                "language": "ru",
            }
        )
        self.assertEqual((group.number, group.name), (3, "TST 1101-ru-03"))
        self.assertEqual((group.size_min, group.size_max), (2, 9))

    # Subgroups

    def test_subgroups_for_laboratory(self):
        self._limit(2, 5, kind="subgroup_laboratory")
        Group = self.env["registrar.class.group"].with_user(self.clerk)
        subgroups = Group._form_subgroups(self.autumn)
        self.assertEqual(subgroups.class_group_id, self.first | self.second)
        self.assertEqual(subgroups.mapped("student_count"), [4, 4, 4, 4])
        self.assertEqual(set(subgroups.mapped("kind")), {"laboratory"})
        # The alphabet goes on from one to the next.
        names = [
            line.student_id.sort_key
            for subgroup in subgroups[:2]
            for line in subgroup.line_ids.sorted(lambda line: line.student_id.sort_key)
        ]
        self.assertEqual(names, sorted(names))
        self.assertFalse(Group._form_subgroups(self.autumn))
        # A newcomer joins, nobody else moves.
        before = {line: line.subgroup_id for line in subgroups.line_ids}
        self._admit(self.students[0])
        self._register(self.students[0])
        self._form()
        self.assertEqual(Group._form_subgroups(self.autumn).student_count, 5)
        for line, subgroup in before.items():
            self.assertEqual(line.subgroup_id, subgroup)

    def test_no_subgroups_where_none_are_needed(self):
        Group = self.env["registrar.class.group"].with_user(self.clerk)
        self.assertFalse(Group._form_subgroups(self.autumn))
        self._limit(2, 5, kind="subgroup_language")
        self.disciplines[1].is_language = True
        subgroups = Group._form_subgroups(self.autumn)
        self.assertEqual(subgroups.discipline_id, self.disciplines[1])
        self.assertEqual(set(subgroups.mapped("kind")), {"language"})

    def test_subgroup_follows_the_class_group(self):
        self._limit(2, 5, kind="subgroup_laboratory")
        Group = self.env["registrar.class.group"].with_user(self.clerk)
        subgroups = Group._form_subgroups(self.autumn)
        line = self._line(self.people[0]).with_user(self.clerk)
        other = (subgroups & self.second.subgroup_ids)[:1]
        with self.refused(ValidationError, "belongs to another class group"):
            line.subgroup_id = other
        line.subgroup_id = self.first.subgroup_ids - line.subgroup_id
        self.assertIn("Яковлев", line.subgroup_id.sudo().message_ids[0].body)
        line.class_group_id = self.second
        self.assertFalse(line.subgroup_id)

    # Streams

    def test_streams(self):
        self._limit(10, 120, kind="stream")
        Group = self.env["registrar.class.group"].with_user(self.clerk)
        (self.first | self.second).teacher_id = self.teacher_employee
        stream = Group._form_streams(self.autumn)
        # Only the first discipline has lectures.
        self.assertRecordValues(
            stream.filtered(lambda s: s.discipline_id == self.disciplines[0]),
            [
                {
                    "name": "TST 1101-ru-S1",
                    "student_count": 16,
                    "class_group_count": 2,
                    "teacher_id": self.teacher_employee.id,
                    "size_max": 120,
                }
            ],
        )
        self.assertFalse(Group._form_streams(self.autumn))

    def test_streams_below_the_minimum(self):
        Group = self.env["registrar.class.group"].with_user(self.clerk)
        self.assertFalse(Group._form_streams(self.autumn))

    def test_join_and_leave_a_stream(self):
        self._limit(2, 10, kind="stream")
        both = (self.first | self.second).with_user(self.clerk)
        with self.refused(UserError, "16 students; it has 10"):
            both.action_join_stream()
        self._limit(2, 20, kind="stream")
        both.action_join_stream()
        stream = both.stream_id
        self.assertEqual(stream.class_group_ids, both)
        with self.refused(ValidationError, "another discipline or term"):
            stream.discipline_id = self.disciplines[1]
        stream.invalidate_recordset()
        both.action_leave_stream()
        self.assertFalse(stream.exists())
        both.action_join_stream()
        both.stream_id.action_dissolve()
        self.assertFalse(both.stream_id)

    def test_lecturer_sees_the_stream(self):
        self._limit(2, 20, kind="stream")
        both = self.first | self.second
        both.action_join_stream()
        found = self.env["registrar.class.group"].with_user(self.teacher)
        self.assertFalse(found.search([]) & both)
        both.stream_id.teacher_id = self.teacher_employee
        self.assertEqual(found.search([]) & both, both)
        streams = self.env["registrar.stream"].with_user(self.teacher)
        self.assertEqual(streams.search([]), both.stream_id)
        lines = self.env["registrar.study.plan.line"].with_user(self.teacher)
        self.assertEqual(lines.search([]), both.line_ids)
        students = self.env["registrar.student"].with_user(self.teacher)
        self.assertEqual(students.search([]), self.people.sorted())
        with self.assertRaises(AccessError):
            both.stream_id.with_user(self.teacher).teacher_id = False

    def test_teacher_of_a_subgroup_sees_only_it(self):
        self._limit(2, 5, kind="subgroup_laboratory")
        subgroups = self.env["registrar.class.group"]._form_subgroups(self.autumn)
        subgroups[0].teacher_id = self.teacher_employee
        found = self.env["registrar.class.subgroup"].with_user(self.teacher)
        self.assertEqual(found.search([]), subgroups[0])
        lines = self.env["registrar.study.plan.line"].with_user(self.teacher)
        self.assertEqual(lines.search([]), subgroups[0].line_ids)

    def test_portal_sees_the_own_places(self):
        user = self.env["res.users"].create(
            {
                "login": "place_student",
                "partner_id": self.people[0].partner_id.id,
                "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )
        self._limit(2, 5, kind="subgroup_laboratory")
        self._limit(2, 20, kind="stream")
        subgroups = self.env["registrar.class.group"]._form_subgroups(self.autumn)
        (self.first | self.second).action_join_stream()
        own = self._line(self.people[0]).subgroup_id
        self.assertIn(own, subgroups)
        for model, expected in (
            ("registrar.class.subgroup", own),
            ("registrar.stream", self.first.stream_id),
        ):
            found = self.env[model].with_user(user)
            self.assertEqual(found.search([]), expected)
            with self.assertRaises(AccessError):
                found.search([]).write({"number": 9})
        with self.assertRaises(AccessError):
            self._line(self.people[0]).with_user(user).class_group_id = self.second


@tagged("post_install", "-at_install")
class TestLists(PlaceCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2025-09-05"):
            cls.groups = cls.env["registrar.class.group"]._form(cls.autumn)
        cls.clerk.password = cls.teacher.password = "Пароль-2025"

    def _url(self, extension, **values):
        values = {"ids": ",".join(map(str, self.groups.ids)), **values}
        query = "&".join(f"{name}={value}" for name, value in values.items())
        return f"/registrar/lists/class-groups.{extension}?{query}"

    def test_workbook_in_kazakh_order(self):
        self.authenticate(self.clerk.login, "Пароль-2025")
        answer = self.url_open(self._url("xlsx", lang="kk", columns="5"))
        self.assertEqual(answer.status_code, 200)
        book = load_workbook(io.BytesIO(answer.content))
        self.assertEqual(len(book.worksheets), 2)
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        head = next(i for i, row in enumerate(rows) if row[0] == "№")
        self.assertEqual(rows[head][1], "Тегі, аты, әкесінің аты")
        names = [row[1].split()[0] for row in rows[head + 1 :]]
        self.assertEqual(
            names,
            [person.last_name for person in self.people.sorted("sort_key")],
        )
        self.assertLess(names.index("Қасенов"), names.index("Омаров"))
        self.assertLess(names.index("Ким"), names.index("Қасенов"))
        self.assertEqual(names[:2], ["Абаев", "Әбенов"])

    def test_pdf(self):
        self.authenticate(self.clerk.login, "Пароль-2025")
        for language in ("kk", "ru", "en"):
            answer = self.url_open(self._url("pdf", lang=language))
            self.assertEqual(answer.status_code, 200, language)
            self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report.with_user(self.clerk)._render_qweb_pdf(
            "registrar_core.action_report_class_list", self.groups.ids
        )
        self.assertEqual((content[:5], kind), (b"%PDF-", "pdf"))

    def test_who_may_not(self):
        self.authenticate(self.teacher.login, "Пароль-2025")
        self.assertEqual(self.url_open(self._url("xlsx")).status_code, 404)
        self.groups[0].teacher_id = self.teacher_employee
        answer = self.url_open(self._url("xlsx"))
        self.assertEqual(len(load_workbook(io.BytesIO(answer.content)).worksheets), 1)
        for url in (
            self._url("xlsx", ids="1;DROP"),
            self._url("xlsx", columns="99"),
            self._url("pdf", lang="xx"),
        ):
            self.assertEqual(self.url_open(url).status_code, 400, url)
        self.assertEqual(self.url_open("/registrar/lists/x.pdf").status_code, 404)

    def test_streams_and_subgroups(self):
        self.env["registrar.group.size"].search([("kind", "=", "stream")]).size_min = 2
        self.groups[0].size_max = 8
        subgroups = self.groups._form_subgroups(self.autumn)
        copy = self.groups[0].copy({"number": 2})
        self._line(self.people[0]).class_group_id = copy
        (self.groups[0] | copy).action_join_stream()
        for model, records in (
            ("report_stream_list", copy.stream_id),
            ("report_subgroup_list", subgroups),
        ):
            report = self.env[f"report.registrar_core.{model}"]
            sheets = report.with_user(self.clerk)._prepare_lists(records)
            self.assertEqual(set(sheets), set(records.ids))
        stream = self.env["report.registrar_core.report_stream_list"]._prepare_lists(
            copy.stream_id
        )[copy.stream_id.id]
        self.assertEqual(len(stream["rows"]), 16)
        self.assertEqual(stream["rows"][-1]["part"], copy.name)

    def test_wizard(self):
        wizard = (
            self.env["registrar.class.list.print"]
            .with_user(self.clerk)
            .with_context(
                active_model="registrar.class.group", active_ids=self.groups.ids
            )
            .create({"language": "kk", "file_type": "xlsx", "column_count": 0})
        )
        self.assertEqual(wizard.list_count, 2)
        self.assertIn(
            "class-groups.xlsx?lang=kk&columns=0", wizard.action_print()["url"]
        )
        wizard.column_count = 40
        with self.refused(UserError, "0 to 20"):
            wizard.action_print()
