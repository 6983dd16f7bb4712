from datetime import date

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .load_common import DAY, LoadCommon


@freeze_time(DAY)
class TestLoadBuild(LoadCommon):
    def test_hours_of_plan_times_groups(self):
        result = self._build()
        plan = result["plans"]
        self.assertEqual(plan.department_id, self.department)
        self.assertEqual(result["created"], 14)
        for group in self.groups:
            found = {
                line.kind_id.code: (line.hours, line.student_count, line.unit_name)
                for line in plan.line_ids
                if line.class_group_id == group
            }
            self.assertEqual(
                found,
                {
                    "lecture": (15, 3, group.name),
                    "practical": (30, 3, group.name),
                    "laboratory": (15, 3, group.name),
                    "supervised": (15, 3, group.name),
                    "midterm": (0.3, 3, group.name),
                    "consultation": (2, 3, group.name),
                    "exam": (0.75, 3, group.name),
                },
            )
        line = plan.line_ids[0]
        self.assertEqual(line.programme_ids, self.programme)
        self.assertRecordValues(
            line,
            [
                {
                    "course_text": "1",
                    "language": "ru",
                    "level": "bachelor",
                    "source": "computed",
                    "state": "actual",
                    "teacher_id": False,
                    "year_id": self.year.id,
                    "create_uid": self.clerk.id,
                }
            ],
        )
        self.assertEqual(plan.hours_total, 156.1)
        self.assertIn("text-danger", plan.control_html)
        self._build(term=self.spring)
        plan.invalidate_recordset()
        self.assertIn("text-success", plan.control_html)

    def test_repeat_keeps_teachers_manual_lines_and_parts(self):
        plan = self._plan()
        group = self.groups[0]
        practical = self._lines(plan, "practical", group)
        practical.teacher_id = self.teacher_employee
        lecture = self._lines(plan, "lecture", group)
        lecture._split([(self.teacher_employee, 50), (self.adviser_employee, 50)])
        manual = self.Line.with_user(self.clerk).create(
            {
                "plan_id": plan.id,
                "kind_id": self.env.ref("registrar_core.load_kind_other").id,
                "hours": 12,
            }
        )
        ids = set(plan.line_ids.ids)
        result = self._build()
        self.assertEqual(
            {key: result[key] for key in ("created", "updated", "removed", "vanished")},
            {"created": 0, "updated": 0, "removed": 0, "vanished": 0},
        )
        self.assertEqual(set(plan.line_ids.ids), ids)
        self.assertEqual(practical.teacher_id, self.teacher_employee)
        parts = self._lines(plan, "lecture", group)
        self.assertEqual(parts.mapped("hours"), [7.5, 7.5])
        self.assertEqual(
            parts.teacher_id, self.teacher_employee | self.adviser_employee
        )
        self.assertEqual((manual.hours, manual.source), (12, "manual"))

    def test_changed_norm_changes_hours_of_all_parts(self):
        plan = self._plan()
        lecture = self._lines(plan, "lecture", self.groups[0])
        lecture._split([(self.teacher_employee, 75), (self.adviser_employee, 25)])
        norm = self.env.ref("registrar_core.load_norm_lecture")
        self.assertTrue(norm.is_default)
        norm.with_user(self.head).value = 2
        self.assertFalse(norm.is_default)
        result = self._build()
        self.assertEqual(result["updated"], 3)
        parts = self._lines(plan, "lecture", self.groups[0])
        self.assertEqual(parts.mapped("hours"), [22.5, 7.5])

    def test_streams_and_subgroups(self):
        group = self.groups[0]
        second = self._second_group(group, group.line_ids[2])
        stream = self._stream(group | second)
        subgroups = self.env["registrar.class.subgroup"].create(
            [
                {
                    "class_group_id": group.id,
                    "kind": "laboratory",
                    "number": number,
                    "name": f"Lab {number}",
                }
                for number in (1, 2)
            ]
        )
        for line, subgroup in zip(group.line_ids, subgroups, strict=True):
            line.subgroup_id = subgroup
        plan = self._plan()
        lectures = self._lines(plan, "lecture").filtered("stream_id")
        self.assertRecordValues(
            lectures,
            [
                {
                    "stream_id": stream.id,
                    "class_group_id": False,
                    "hours": 15,
                    "student_count": 3,
                    "unit_name": stream.name,
                }
            ],
        )
        labs = self._lines(plan, "laboratory").filtered("subgroup_id")
        self.assertEqual(labs.subgroup_id, subgroups)
        self.assertEqual(labs.mapped("student_count"), [1, 1])
        self.assertEqual(self._lines(plan, "laboratory", second).hours, 15)
        self.assertEqual(len(self._lines(plan, "practical", second)), 1)
        control = {(row[0], row[1].code): row[2:] for row in plan.sudo()._control()}
        discipline = group.discipline_id
        self.assertEqual(control[discipline, "lecture"], ([15], 1, 15, 15))
        self.assertEqual(control[discipline, "laboratory"], ([15], 3, 45, 45))
        self.assertEqual(control[discipline, "practical"], ([30], 2, 60, 60))

    def test_vanished_sources(self):
        plan = self._plan()
        group = self.groups[0]
        lecture = self._lines(plan, "lecture", group)
        lecture.teacher_id = self.teacher_employee
        group.line_ids.class_group_id = False
        result = self._build()
        self.assertEqual((result["removed"], result["vanished"]), (6, 1))
        self.assertEqual((lecture.state, lecture.hours), ("vanished", 0))
        self.assertEqual(lecture.teacher_id, self.teacher_employee)
        with self.refused(UserError, "no longer exist"):
            plan.action_agree()
        lecture.unlink()
        plan.action_agree()

    def test_vanished_source_comes_back(self):
        plan = self._plan()
        group = self.groups[0]
        lecture = self._lines(plan, "lecture", group)
        lecture.teacher_id = self.teacher_employee
        lines = group.line_ids
        lines.class_group_id = False
        self._build()
        lines.class_group_id = group
        self._build()
        self.assertEqual((lecture.state, lecture.hours), ("actual", 15))
        self.assertEqual(lecture.teacher_id, self.teacher_employee)

    def test_cancelled_and_not_opened_do_not_count(self):
        self.groups[0].line_ids[0].sudo().is_cancelled = True
        self.groups[1].state = "not_opened"
        plan = self._plan()
        self.assertEqual(plan.line_ids.class_group_id, self.groups[0])
        self.assertEqual(set(plan.line_ids.mapped("student_count")), {2})

    def test_curricula_that_differ_are_marked(self):
        other = self.curriculum.copy()
        other.line_ids.filtered(
            lambda line: line.discipline_id == self.disciplines[0]
        ).write({"hours_lecture": 30, "hours_independent": 60})
        other.action_approve()
        group = self.group.copy({"name": "ИС-25-2р", "curriculum_id": other.id})
        self._admit(self.students[3], group_id=group.id)
        self._register(self.students[3])
        self.env["registrar.class.group"]._form(self.autumn)
        plan = self._plan()
        lecture = self._lines(plan, "lecture", self.groups[0])
        self.assertTrue(lecture.is_mixed)
        self.assertEqual(lecture.hours, 30)
        self.assertIn("different hours", plan.remark_html)

    def test_discipline_without_department_takes_that_of_the_programme(self):
        self.groups.discipline_id.department_id = False
        plan = self._plan()
        self.assertEqual(len(plan.line_ids), 14)
        self.assertTrue(all(plan.line_ids.mapped("is_department_guessed")))

    def test_practice_and_thesis(self):
        practice, thesis = self.disciplines[:2]
        practice.kind = "practice"
        thesis.kind = "attestation"
        self.groups[1].control_form = "thesis_defence"
        self.groups[0].line_ids.class_group_id = False
        plan = self._plan()
        found = {
            (line.kind_id.code, line.discipline_id): line.hours
            for line in plan.line_ids
        }
        # 5 credits = 150 hours = 5 weeks of 30; 15 and 1.5 hours per student
        self.assertEqual(found["practice", practice], 10)
        self.assertEqual(found["thesis", thesis], 45)
        self.assertEqual(found["commission", thesis], 4.5)
        self.assertNotIn(("exam", practice), found)
        self.assertFalse(
            self._lines(plan, "practice").class_group_id, "needs no class group"
        )

    def _many_groups(self, count, start=1000):
        """Register the students for ``count`` more disciplines with class groups."""
        disciplines = self.env["registrar.discipline"].create(
            [
                {
                    "code": f"MNY {start + index}",
                    "name_kk": f"Пән {index}",
                    "name_ru": f"Дисциплина {index}",
                    "department_id": self.department.id,
                }
                for index in range(count)
            ]
        )
        groups = self.env["registrar.class.group"].create(
            [
                {
                    "name": f"{discipline.code}-ru",
                    "discipline_id": discipline.id,
                    "term_id": self.autumn.id,
                    "language": "ru",
                }
                for discipline in disciplines
            ]
        )
        plan = self.env["registrar.study.plan"].create(
            {
                "student_id": self.students[0].id,
                "year_id": self.year.id,
                "kind": "addition",
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "discipline_id": group.discipline_id.id,
                            "term_id": self.autumn.id,
                            "line_type": "additional",
                            "class_group_id": group.id,
                        },
                    )
                    for group in groups
                ],
            }
        )
        plan.sudo().state = "registered"
        self.env.flush_all()
        return groups

    def _queries_of_build(self):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = self._build()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def test_queries_do_not_grow_with_class_groups(self):
        self._build()
        self._many_groups(3)
        few, result = self._queries_of_build()
        # Midterm, consultation and exam: the disciplines are in no curriculum.
        self.assertEqual(result["created"], 9)
        self._many_groups(60, start=2000)
        many, result = self._queries_of_build()
        self.assertEqual(result["created"], 180)
        self.assertEqual(many, few)
        self.assertLess(many, 60)

    def test_who_computes(self):
        for user in (self.dean, self.manager, self.head):
            with self.subTest(user=user.login):
                result = self._build(user)
                self.assertEqual(result["plans"].department_id, self.department)
        for user in (self.viewer, self.adviser):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._build(user)
        self.assertFalse(self._build(self.teacher)["plans"])
        with self.refused(AccessError, "do not distribute"):
            self._build(self.teacher, departments=self.department)
        self.dean_employee.department_id = self.other_faculty
        with self.refused(AccessError, "do not distribute"):
            self._build(self.dean, departments=self.department)


@freeze_time(DAY)
class TestLoadNorm(LoadCommon):
    def test_head_sets_norms(self):
        norm = self.env.ref("registrar_core.load_norm_exam")
        norm.with_user(self.head).write({"valid_to": date(2025, 12, 31)})
        self.env["registrar.load.norm"].with_user(self.head).create(
            {
                "kind_id": norm.kind_id.id,
                "basis": "student",
                "value": 1,
                "valid_from": date(2026, 1, 1),
            }
        )
        self._build()
        self._build(term=self.spring)
        exams = self.env["registrar.load.line"].search(
            [
                ("kind_id", "=", norm.kind_id.id),
                ("department_id", "=", self.department.id),
            ]
        )
        by_term = {line.term_id: line.hours for line in exams}
        self.assertEqual(by_term, {self.autumn: 0.75, self.spring: 3})
        for user in (self.clerk, self.dean, self.teacher):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                norm.with_user(user).value = 5

    def test_confirming_a_default(self):
        norm = self.env.ref("registrar_core.load_norm_exam").with_user(self.head)
        norm.action_confirm_default()
        self.assertFalse(norm.is_default)

    @mute_logger("odoo.sql_db")
    def test_norms_do_not_overlap(self):
        norm = self.env.ref("registrar_core.load_norm_exam")
        with self.assertRaises(psycopg2.IntegrityError):
            norm.copy()

    def test_code_of_used_kind_stays(self):
        self._build()
        kind = self.env.ref("registrar_core.load_kind_lecture")
        with self.refused(UserError, "cannot change"):
            kind.with_user(self.head).code = "lectures"

    def test_annual_norm_of_the_closest_description(self):
        RateNorm = self.env["registrar.load.rate.norm"].with_user(self.head)
        RateNorm.create(
            [
                {
                    "academic_title": "professor",
                    "hours": 500,
                    "valid_from": date(2020, 1, 1),
                },
                {
                    "academic_degree": "phd",
                    "hours": 600,
                    "valid_from": date(2020, 1, 1),
                },
            ]
        )
        self.teacher_employee.academic_degree = "phd"
        self.adviser_employee.write(
            {"academic_degree": "phd", "academic_title": "professor"}
        )
        self.assertEqual(self._rate().norm_hours, 600)
        self.assertEqual(self._rate(self.adviser_employee, rate=0.5).norm_hours, 250)
        self.assertEqual(self._rate(self.manager_employee).norm_hours, 680)
        self.assertEqual(self._rate(self.manager_employee, kind="hourly").norm_hours, 0)


@freeze_time(DAY)
class TestLoadDistribution(LoadCommon):
    def test_over_and_underload(self):
        plan = self._plan()
        rate = self._rate(norm_hours=40)
        other = self._rate(self.adviser_employee, norm_hours=40)
        self._lines(plan, "practical").teacher_id = self.teacher_employee
        self._lines(plan, "lecture", self.groups[0]).teacher_id = self.adviser_employee
        self.assertRecordValues(
            rate | other,
            [
                {
                    "hours_assigned": 60,
                    "hours_autumn": 60,
                    "hours_spring": 0,
                    "difference": 20,
                    "load_state": "over",
                },
                {
                    "hours_assigned": 15,
                    "hours_autumn": 15,
                    "hours_spring": 0,
                    "difference": -25,
                    "load_state": "under",
                },
            ],
        )
        Rate = self.env["registrar.load.rate"]
        self.assertEqual(
            Rate.search([("load_state", "in", ["over"])]) & (rate | other), rate
        )
        self.assertIn("+20", plan.remark_html)

    def test_paid_separately_is_beside_the_norm(self):
        plan = self._plan()
        rate = self._rate(norm_hours=40)
        lines = self._lines(plan, "practical")
        lines.teacher_id = self.teacher_employee
        lines[0].action_pay_separately()
        self.assertEqual((rate.hours_assigned, rate.hours_paid), (30, 30))
        hourly = self._rate(kind="hourly")
        rate.invalidate_recordset()
        self.assertEqual((rate.hours_paid, hourly.hours_paid), (0, 30))
        self.assertEqual(plan.hours_paid, 30)

    def test_two_rates_share_the_load(self):
        plan = self._plan()
        main = self._rate(norm_hours=40)
        second = self._rate(norm_hours=20, kind="internal")
        self._lines(plan, "practical").teacher_id = self.teacher_employee
        self.assertEqual((main.hours_assigned, second.hours_assigned), (40, 20))
        self._lines(plan, "lecture").teacher_id = self.teacher_employee
        (main | second).invalidate_recordset()
        self.assertEqual((main.hours_assigned, second.hours_assigned), (70, 20))

    def test_computed_hours_are_not_typed_over(self):
        line = self._lines(self._plan(), "lecture", self.groups[0])
        with self.refused(UserError, "follows class groups"):
            line.hours = 99
        with self.refused(UserError, "class group goes"):
            line.unlink()
        with self.refused(AccessError, "computation"):
            self.Line.with_user(self.clerk).create(
                {
                    "plan_id": line.plan_id.id,
                    "kind_id": line.kind_id.id,
                    "hours": 5,
                    "source": "computed",
                }
            )

    def test_split_and_merge(self):
        line = self._lines(self._plan(), "practical", self.groups[0])
        action = line.action_split()
        wizard = self.env["registrar.load.split"].with_user(self.clerk)
        wizard = wizard.browse(action["res_id"])
        wizard.part_ids = [
            (0, 0, {"teacher_id": self.teacher_employee.id, "share": 30}),
            (0, 0, {"teacher_id": self.adviser_employee.id, "share": 30}),
        ]
        with self.refused(UserError, "160"):
            wizard.action_apply()
        wizard.action_equal()
        wizard.action_apply()
        parts = line._parts()
        self.assertEqual(sum(parts.mapped("hours")), 30)
        self.assertEqual(len(parts), 3)
        self.assertEqual(parts.mapped("part"), [1, 2, 3])
        self.assertEqual(parts.programme_ids, self.programme)
        merged = parts[1]._split([(self.teacher_employee, 100)])
        self.assertEqual(merged, parts[0])
        self.assertEqual((merged.hours, merged.teacher_id), (30, self.teacher_employee))

    def test_split_of_a_manual_line(self):
        plan = self._plan()
        manual = self.Line.with_user(self.clerk).create(
            {
                "plan_id": plan.id,
                "kind_id": self.env.ref("registrar_core.load_kind_other").id,
                "hours": 10,
            }
        )
        parts = manual._split([(self.teacher_employee, 2), (self.adviser_employee, 1)])
        self.assertEqual(parts.mapped("hours"), [6.67, 3.33])
        self.assertEqual(set(parts.mapped("source")), {"manual"})
        for shares in ([], [(self.teacher_employee, 0)]):
            with self.subTest(shares=shares), self.refused(UserError, "above zero"):
                manual._split(shares)

    def test_proposal(self):
        plan = self._plan()
        self._rate(norm_hours=100)
        self._rate(self.adviser_employee, norm_hours=40)
        group = self.groups[0]
        group.teacher_id = self.teacher_employee
        wizard = (
            self.env["registrar.load.propose"]
            .with_user(self.dean)
            .create({"plan_id": plan.id})
        )
        wizard.action_preview()
        reasons = {
            item.line_id: (item.teacher_id, item.reason) for item in wizard.line_ids
        }
        for line in plan.sudo().line_ids:
            if line.class_group_id == group:
                self.assertEqual(reasons[line], (self.teacher_employee, "group"))
        self.assertTrue(wizard.left_count)
        self.assertFalse(plan.sudo().line_ids.teacher_id, "a preview changes nothing")
        for row in wizard.teacher_ids:
            self.assertLessEqual(row.after, row.norm)
        taken = self._lines(plan, "lecture", group)
        taken.teacher_id = self.adviser_employee
        wizard.action_apply()
        self.assertEqual(taken.teacher_id, self.adviser_employee)
        self.assertEqual(
            self._lines(plan, "practical", group).teacher_id, self.teacher_employee
        )
        repeat = wizard.create({"plan_id": plan.id})
        repeat.action_preview()
        self.assertEqual(
            repeat.line_ids.line_id,
            plan.sudo().line_ids.filtered(lambda line: not line.teacher_id),
        )

    def test_proposal_takes_lecturer_examiner_and_subgroup(self):
        group = self.groups[0]
        stream = self._stream(group)
        stream.teacher_id = self.adviser_employee
        group.examiner_id = self.manager_employee
        subgroup = self.env["registrar.class.subgroup"].create(
            {
                "class_group_id": group.id,
                "kind": "laboratory",
                "name": "Lab",
                "teacher_id": self.teacher_employee.id,
            }
        )
        group.line_ids.subgroup_id = subgroup
        plan = self._plan()
        for employee in (
            self.teacher_employee,
            self.adviser_employee,
            self.manager_employee,
        ):
            self._rate(employee)
        found = {
            (line.kind_id.code, line.discipline_id): (teacher, why)
            for line, teacher, why in self.Line.with_user(self.clerk)._propose(plan)
        }
        discipline = group.discipline_id
        self.assertEqual(
            found["lecture", discipline], (self.adviser_employee, "stream")
        )
        self.assertEqual(
            found["laboratory", discipline], (self.teacher_employee, "subgroup")
        )
        self.assertEqual(found["exam", discipline], (self.manager_employee, "examiner"))

    def test_assign_shows_the_result_first(self):
        plan = self._plan()
        self._rate(norm_hours=40)
        lines = self._lines(plan, "practical")
        wizard = (
            self.env["registrar.load.assign"]
            .with_user(self.manager)
            .create(
                {
                    "line_ids": [(6, 0, lines.ids)],
                    "teacher_id": self.teacher_employee.id,
                }
            )
        )
        self.assertRecordValues(
            wizard, [{"hours": 60, "norm": 40, "after": 60, "load_state": "over"}]
        )
        wizard.action_apply()
        self.assertEqual(lines.teacher_id, self.teacher_employee)

    def test_columns_of_the_kanban(self):
        plan = self._plan()
        self._rate(norm_hours=40)
        Line = self.Line.with_user(self.clerk).with_context(
            registrar_load_plan=plan.id, read_group_expand=True
        )
        groups = Line.web_read_group(
            [("plan_id", "=", plan.id)], ["teacher_id"], ["hours:sum"]
        )["groups"]
        names = {group["teacher_id"] and group["teacher_id"][1] for group in groups}
        self.assertEqual(names, {False, "Test teacher (norm 40)"})
        opened = Line.web_read_group(
            [("plan_id", "=", plan.id)],
            ["teacher_id"],
            ["hours:sum"],
            auto_unfold=True,
            unfold_read_specification={"hours": {}},
        )["groups"]
        by_teacher = {bool(group["teacher_id"]): group for group in opened}
        self.assertEqual(len(by_teacher[False]["__records"]), 14)
        self._lines(plan, "lecture").with_user(self.manager).write(
            {"teacher_id": self.teacher_employee.id}
        )

    def test_rates_are_filled_and_carried_over(self):
        plan = self._plan(self.dean)
        plan.action_fill_rates()
        rates = self.env["registrar.load.rate"].search(
            [("year_id", "=", self.year.id), ("department_id", "=", self.department.id)]
        )
        self.assertEqual(
            rates.employee_id,
            self.teacher_employee | self.adviser_employee | self.manager_employee,
        )
        plan.action_fill_rates()
        rates.filtered(lambda r: r.employee_id == self.teacher_employee).rate = 0.25
        after = self._create(
            "registrar.academic.year",
            name="T2026/2027",
            date_from=date(2026, 9, 1),
            date_to=date(2027, 8, 31),
        )
        fresh = self.env["registrar.load.rate"]._fill(after, self.department)
        self.assertEqual(len(fresh), 3)
        self.assertEqual(
            fresh.filtered(lambda r: r.employee_id == self.teacher_employee).rate, 0.25
        )


@freeze_time(DAY)
class TestLoadApproval(LoadCommon):
    def _approved(self):
        plan = self._plan()
        self._lines(plan, "lecture").teacher_id = self.teacher_employee
        plan.action_agree()
        plan.with_user(self.head).action_approve()
        return plan

    def test_steps(self):
        plan = self._plan(self.manager)
        with self.assertRaises(UserError):
            plan.with_user(self.head).action_approve()
        plan.action_agree()
        self.assertRecordValues(
            plan, [{"state": "agreed", "agreed_by_id": self.manager.id}]
        )
        with self.refused(UserError, "agreed or approved"):
            plan.line_ids[0].teacher_id = self.teacher_employee
        plan.with_user(self.dean).action_return()
        plan.action_agree()
        for user in (self.clerk, self.dean, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                plan.with_user(user).action_approve()
        plan.with_user(self.head).action_approve()
        self.assertEqual(plan.approved_date, date(2025, 9, 5))

    def test_state_is_set_by_actions_only(self):
        plan = self._plan()
        for user in (self.clerk, self.head, self.dean):
            for vals in ({"state": "approved"}, {"version": 5}, {"active": False}):
                with self.subTest(user=user.login, vals=vals):
                    with self.assertRaises(AccessError):
                        plan.with_user(user).write(vals)
        with self.assertRaises(AccessError):
            self.env["registrar.load.plan"].with_user(self.head).create(
                {
                    "department_id": self.faculty.id,
                    "year_id": self.year.id,
                    "state": "approved",
                }
            )

    def test_approved_is_frozen(self):
        plan = self._approved()
        result = self._build()
        self.assertEqual(result["frozen"], plan)
        self.assertFalse(result["created"])
        line = plan.line_ids[0]
        for action in (
            lambda: line.write({"teacher_id": self.adviser_employee.id}),
            lambda: line.sudo().unlink(),
            lambda: line.sudo()._split([(self.teacher_employee, 100)]),
            lambda: plan.unlink(),
            lambda: self._rate(),
            lambda: self.Line.create(
                {"plan_id": plan.id, "kind_id": line.kind_id.id, "hours": 1}
            ),
        ):
            with self.assertRaises(UserError):
                action()

    @mute_logger("odoo.sql_db")
    def test_database_keeps_approved_lines(self):
        plan = self._approved()
        self.env.flush_all()
        line = plan.line_ids[0].id
        for query in (
            "UPDATE registrar_load_line SET hours = 1 WHERE id = %s",
            "UPDATE registrar_load_line SET teacher_id = NULL WHERE id = %s",
            "DELETE FROM registrar_load_line WHERE id = %s",
            "INSERT INTO registrar_load_line (plan_id, kind_id, hours, source, state)"
            " SELECT plan_id, kind_id, 1, 'manual', 'actual' FROM registrar_load_line"
            " WHERE id = %s",
            "UPDATE registrar_load_plan SET state = 'draft' FROM registrar_load_line l"
            " WHERE l.plan_id = registrar_load_plan.id AND l.id = %s",
            "DELETE FROM registrar_load_plan p USING registrar_load_line l"
            " WHERE l.plan_id = p.id AND l.id = %s",
        ):
            with self.subTest(query=query), self.assertRaises(psycopg2.IntegrityError):
                with self.env.cr.savepoint():
                    self.env.cr.execute(query, (line,))

    def test_dissolved_group_leaves_its_name(self):
        plan = self._approved()
        group = self.groups[0]
        lecture = self._lines(plan, "lecture", group)
        group.line_ids.class_group_id = False
        name = group.name
        group.sudo().unlink()
        self.assertFalse(lecture.class_group_id)
        self.assertEqual(lecture.unit_name, name)

    def test_change_makes_a_version(self):
        plan = self._approved()
        total = plan.hours_total
        lecture = self._lines(plan, "lecture", self.groups[0])
        entry = self.env["registrar.load.entry"].create(
            {"line_id": lecture.id, "month": date(2025, 9, 1), "hours": 4}
        )
        action = plan.with_user(self.dean).action_change()
        wizard = (
            self.env["registrar.load.change"]
            .with_user(self.dean)
            .with_context(**action["context"])
            .create({"ground": "Order 15"})
        )
        wizard.action_apply()
        self.assertRecordValues(
            plan,
            [
                {
                    "state": "draft",
                    "version": 2,
                    "ground": "Order 15",
                    "approved_by_id": False,
                    "version_count": 1,
                    "hours_total": total,
                }
            ],
        )
        lecture.teacher_id = self.adviser_employee
        kept = plan.version_ids
        self.assertRecordValues(
            kept,
            [{"state": "replaced", "version": 1, "approved_by_id": self.head.id}],
        )
        copies = kept.with_context(active_test=False).line_ids
        self.assertEqual(kept.hours_total, total)
        self.assertEqual(copies.teacher_id, self.teacher_employee)
        self.assertEqual(copies.programme_ids, self.programme)
        self.assertEqual(len(copies), len(plan.line_ids))
        self.assertEqual(entry.line_id, lecture)
        self.assertFalse(
            self.Line.search([("id", "in", copies.ids)]), "versions are out of totals"
        )
        with self.assertRaises(UserError):
            copies[0].sudo().write({"teacher_id": False})
        plan.action_agree()
        plan.with_user(self.head).action_approve()
        plan.with_user(self.dean).action_change("Order 16")
        self.assertEqual(plan.version, 3)
        self.assertEqual(len(plan.version_ids), 2)
        with self.refused(UserError, "not approved"):
            plan.action_change("Order 17")


@freeze_time("2025-10-10")
class TestLoadActual(LoadCommon):
    def setUp(self):
        super().setUp()
        self.plan = self._plan()
        self.lecture = self._lines(self.plan, "lecture", self.groups[0])
        self.lecture.teacher_id = self.teacher_employee

    def _enter(self, user, **values):
        return (
            self.env["registrar.load.entry"]
            .with_user(user)
            .create({"line_id": self.lecture.id, "hours": 6, **values})
        )

    def test_teacher_enters_department_confirms(self):
        entry = self._enter(self.teacher)
        self.assertRecordValues(
            entry,
            [
                {
                    "teacher_id": self.teacher_employee.id,
                    "month": date(2025, 10, 1),
                    "department_id": self.department.id,
                    "state": "draft",
                }
            ],
        )
        with self.assertRaises(AccessError):
            entry.action_confirm()
        with self.assertRaises(AccessError):
            entry.state = "confirmed"
        self.assertEqual(self.lecture.hours_actual, 0)
        entry.with_user(self.manager).action_confirm()
        self.lecture.invalidate_recordset()
        self.assertEqual((self.lecture.hours_actual, self.lecture.hours_left), (6, 9))
        with self.refused(UserError, "reopen"):
            entry.hours = 1
        with self.assertRaises(AccessError):
            entry.unlink()
        with self.refused(UserError, "reopen"):
            entry.with_user(self.manager).hours = 1
        entry.with_user(self.manager).action_reopen()
        entry.hours = 5

    def test_teacher_enters_own_hours_only(self):
        other = self._lines(self.plan, "practical", self.groups[0])
        other.teacher_id = self.adviser_employee
        with self.assertRaises(AccessError):
            self._enter(self.teacher, line_id=other.id)
        with self.assertRaises(AccessError):
            self._enter(self.teacher, teacher_id=self.adviser_employee.id)
        with self.assertRaises(AccessError):
            self._enter(self.teacher, state="confirmed")
        with self.assertRaises(AccessError):
            self._enter(self.viewer)

    def test_substitution(self):
        entry = self._enter(self.dean, teacher_id=self.adviser_employee.id)
        self.assertTrue(entry.is_substitution)

    def test_month_is_of_the_year(self):
        with self.refused(ValidationError, "not within"):
            self._enter(self.clerk, month=date(2026, 10, 1))
        self.assertEqual(
            self._enter(self.clerk, month=date(2025, 11, 17)).month, date(2025, 11, 1)
        )

    def test_many_at_once(self):
        lines = self._lines(self.plan, "practical") | self.lecture
        wizard = (
            self.env["registrar.load.record"]
            .with_user(self.dean)
            .create({"line_ids": [(6, 0, lines.ids)], "portion": 60})
        )
        self.assertIn("1 lines, 9 hours", wizard.result)
        wizard.action_apply()
        wizard.action_apply()
        self.assertFalse(wizard._prepare_entries(), "nothing is left")
        self.assertEqual(self.lecture.entry_ids.mapped("hours"), [9, 6])

    def test_planned_beside_done(self):
        self._enter(self.clerk).action_confirm()
        self._enter(self.clerk, hours=2)
        domain = [
            ("department_id", "=", self.department.id),
            ("teacher_id", "=", self.teacher_employee.id),
        ]
        fields = ("hours_planned", "hours_actual", "hours_entered", "deviation")
        for user in (self.clerk, self.dean, self.viewer, self.teacher, self.manager):
            with self.subTest(user=user.login):
                Report = self.env["registrar.load.report"].with_user(user)
                ((*sums,),) = Report._read_group(
                    domain, [], [f"{name}:sum" for name in fields]
                )
                self.assertEqual(sums, [15, 6, 2, -9])

    def test_work_with_hours_done_is_marked_when_its_group_goes(self):
        self._enter(self.clerk).action_confirm()
        self.lecture.teacher_id = False
        self.groups[0].line_ids.class_group_id = False
        self._build()
        self.assertEqual(self.lecture.state, "vanished")
        self.assertEqual(self.lecture.hours_actual, 6)


@freeze_time(DAY)
class TestLoadAccess(LoadCommon):
    def setUp(self):
        super().setUp()
        self.plan = self._plan()
        self.rate = self._rate()
        self.lecture = self._lines(self.plan, "lecture", self.groups[0])
        self.lecture.teacher_id = self.teacher_employee

    def test_who_sees(self):
        Line, Rate = self.Line, self.env["registrar.load.rate"]
        domain = [("department_id", "=", self.department.id)]
        for user in (self.clerk, self.head, self.viewer, self.dean, self.manager):
            with self.subTest(user=user.login):
                self.assertEqual(Line.with_user(user).search_count(domain), 14)
                self.assertEqual(Rate.with_user(user).search(domain), self.rate)
        own = Line.with_user(self.teacher).search(domain)
        self.assertEqual(own, self.lecture)
        self.assertEqual(Rate.with_user(self.teacher).search(domain), self.rate)
        self.assertFalse(
            self.env["registrar.load.plan"].with_user(self.teacher).search(domain)
        )
        self.dean_employee.department_id = self.other_faculty
        self.assertFalse(Line.with_user(self.dean).search(domain))
        with self.assertRaises(AccessError):
            Line.with_user(self.adviser).search(domain)

    def test_who_distributes(self):
        for user in (self.clerk, self.dean, self.manager):
            with self.subTest(user=user.login):
                line = self._lines(self.plan, "practical", self.groups[0])
                line.with_user(user).teacher_id = self.teacher_employee
                line.teacher_id = False
        for user in (self.viewer, self.teacher, self.adviser):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.lecture.with_user(user).write({"teacher_id": False})
        with self.assertRaises(AccessError):
            self.rate.with_user(self.teacher).rate = 0.1
        with self.assertRaises(AccessError):
            self.lecture.with_user(self.teacher)._split([(self.teacher_employee, 100)])
        with self.assertRaises(AccessError):
            self.plan.with_user(self.teacher).action_agree()

    def test_every_role_reads_all_plain_fields(self):
        names = (
            "registrar.load.line",
            "registrar.load.rate",
            "registrar.load.plan",
            "registrar.load.entry",
            "registrar.load.report",
        )
        self.env["registrar.load.entry"].create(
            {"line_id": self.lecture.id, "hours": 1}
        )
        for user in (self.viewer, self.teacher, self.manager, self.dean, self.clerk):
            for name in names:
                model = self.env[name].with_user(user)
                fields = [
                    field
                    for field, described in model.fields_get([], ["type"]).items()
                    if not described["type"].endswith("2many")
                ]
                with self.subTest(user=user.login, model=name):
                    model.search_read([], fields, limit=3)
