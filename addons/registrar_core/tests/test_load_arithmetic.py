from decimal import Decimal

from odoo.tests import BaseCase

from ..tools import load

LECTURE = load.Kind(1, "lecture", "hours", "hours_lecture")
PRACTICAL = load.Kind(
    2, "practical", "hours", "hours_practical", subgroup_kinds=("practical", "language")
)
LAB = load.Kind(
    3, "laboratory", "hours", "hours_laboratory", subgroup_kinds=("laboratory",)
)
EXAM = load.Kind(4, "exam", "control")
MIDTERM = load.Kind(5, "midterm", "discipline")
PRACTICE = load.Kind(6, "practice", "practice", "hours_practice")
THESIS = load.Kind(
    7, "thesis", "attestation", "hours_thesis", control_form="thesis_defence"
)
HOURS = {"hours_lecture": 15, "hours_practical": 30, "hours_laboratory": 15}


def unit(number, **values):
    defaults = {
        "key": f"g{number}",
        "term_id": 1,
        "discipline_id": 10,
        "department_id": 5,
        "students": 20,
        "class_group_id": number,
        "name": f"G{number}",
        "hours": HOURS,
    }
    return load.Unit(**(defaults | values))


class TestLoadArithmetic(BaseCase):
    def test_rounding_is_half_up(self):
        for value, step, expected in (
            (2.345, 0, "2.35"),
            (2.5, 1, "3"),
            (2.25, 0.5, "2.5"),
            (2.24, 0.5, "2"),
            (7, 2, "8"),
        ):
            with self.subTest(value=value, step=step):
                self.assertEqual(load.round_hours(value, step), Decimal(expected))

    def test_bases(self):
        for basis, values, expected in (
            (load.PLAN_STREAM, {"plan_hours": 15}, 15),
            (load.PLAN_GROUP, {"plan_hours": 15, "students": 99}, 15),
            (load.STUDENT, {"students": 20}, 5),
            (load.STUDENT_CAPPED, {"students": 20}, 4),
            (load.STUDENT_CAPPED, {"students": 8}, 2),
            (load.GROUP, {"students": 20}, 1),
            (load.STREAM, {"students": 20}, 1),
            (load.WEEK, {"plan_hours": 120}, 4),
        ):
            value = Decimal("0.25") if values.keys() == {"students"} else 1
            if basis in (load.GROUP, load.STREAM):
                value = 1
            norm = load.Norm(basis, Decimal(value), cap=Decimal(4))
            with self.subTest(basis=basis, values=values):
                self.assertEqual(load.hours(norm, **values), expected)
        with self.assertRaises(ValueError):
            load.hours(load.Norm("moon"))

    def test_plan_hours_times_streams_and_groups(self):
        units = [
            unit(1, stream_id=7, stream_name="S7"),
            unit(2, stream_id=7, stream_name="S7", students=15),
            unit(3),
        ]
        norms = {
            (LECTURE.id, None): load.Norm(load.PLAN_STREAM),
            (PRACTICAL.id, None): load.Norm(load.PLAN_GROUP),
        }
        lines = load.compute(units, (LECTURE, PRACTICAL, LAB), norms)
        self.assertEqual(
            [(line.key, line.hours, line.students) for line in lines],
            [
                ("lecture|s7", 15, 35),
                ("lecture|g3", 15, 20),
                ("practical|g1", 30, 20),
                ("practical|g2", 30, 15),
                ("practical|g3", 30, 20),
            ],
        )
        stream = lines[0]
        self.assertEqual(
            (stream.stream_id, stream.class_group_id, stream.name), (7, None, "S7")
        )
        self.assertEqual((lines[2].stream_id, lines[2].class_group_id), (None, 1))

    def test_subgroups_divide_the_work_they_are_made_for(self):
        parts = (
            load.Part(31, "laboratory", 10, "a"),
            load.Part(32, "laboratory", 10, "b"),
            load.Part(33, "language", 20, "c"),
        )
        norms = {
            (PRACTICAL.id, None): load.Norm(load.PLAN_SUBGROUP),
            (LAB.id, None): load.Norm(load.PLAN_SUBGROUP),
        }
        lines = load.compute([unit(1, parts=parts)], (PRACTICAL, LAB), norms)
        self.assertEqual(
            [(line.key, line.hours, line.subgroup_id) for line in lines],
            [
                ("practical|b33", 30, 33),
                ("laboratory|b31", 15, 31),
                ("laboratory|b32", 15, 32),
            ],
        )
        lines = load.compute([unit(1)], (LAB,), norms)
        self.assertEqual([line.key for line in lines], ["laboratory|g1"])

    def test_stream_of_different_plans_takes_the_longer(self):
        units = [
            unit(1, stream_id=7, level="bachelor"),
            unit(2, stream_id=7, hours={"hours_lecture": 30}, level="bachelor"),
        ]
        norms = {(LECTURE.id, None): load.Norm(load.PLAN_STREAM)}
        (line,) = load.compute(units, (LECTURE,), norms)
        self.assertEqual(line.hours, 30)
        self.assertTrue(line.unit.is_mixed)

    def test_norm_of_the_level_goes_first(self):
        norms = {
            (EXAM.id, None): load.Norm(load.STUDENT, Decimal("0.25")),
            (EXAM.id, "doctorate"): load.Norm(load.STUDENT, Decimal(1)),
        }
        lines = load.compute([unit(1), unit(2, level="doctorate")], (EXAM,), norms)
        self.assertEqual([line.hours for line in lines], [5, 20])

    def test_where_kinds_apply(self):
        practice = unit(
            1, discipline_kind="practice", control_form="report", credits=4, hours={}
        )
        thesis = unit(
            2, discipline_kind="attestation", control_form="thesis_defence", hours={}
        )
        credit_test = unit(3, control_form="credit_test")
        expected = {
            (PRACTICE.code, "g1"),
            (THESIS.code, "g2"),
            (MIDTERM.code, "g3"),
            (LECTURE.code, "g3"),
        }
        found = {
            (kind.code, one.key)
            for kind in (PRACTICE, THESIS, MIDTERM, LECTURE, EXAM)
            for one in (practice, thesis, credit_test)
            if load.applies(kind, one)
        }
        self.assertEqual(found, expected)
        self.assertEqual(load.hours_of_plan(PRACTICE, practice), 120)
        self.assertFalse(
            load.applies(load.Kind(9, "x", "manual"), unit(1)),
        )

    def test_parts_add_up_to_the_whole(self):
        for total in (Decimal("0.01"), Decimal(10), Decimal("33.33"), Decimal(100)):
            for shares in ((1, 1, 1), (50, 50), (33.33, 33.33, 33.33), (1,), (0, 5)):
                with self.subTest(total=total, shares=shares):
                    parts = load.split(total, shares)
                    self.assertEqual(sum(parts), total)
                    self.assertGreaterEqual(min(parts), 0)
        for shares in ((), (0, 0), (-1, 2)):
            with self.subTest(shares=shares), self.assertRaises(ValueError):
                load.split(10, shares)

    def test_spread_over_rates(self):
        self.assertEqual(load.spread(900, (680, 340)), [680, 220])
        self.assertEqual(load.spread(1100, (680, 340)), [760, 340])
        self.assertEqual(load.spread(100, ()), [])

    def test_judgement(self):
        for assigned, expected in (
            (0, "under"),
            (645, "under"),
            (646, "normal"),
            (714, "normal"),
            (714.01, "over"),
        ):
            with self.subTest(assigned=assigned):
                self.assertEqual(load.judge(680, assigned, 5), expected)

    def test_proposal(self):
        tasks = [
            load.Task(1, Decimal(30), 10, ((1, "group"),)),
            load.Task(2, Decimal(45), 11, ((9, "group"),)),
            load.Task(3, Decimal(15), 10),
            load.Task(4, Decimal(500), 12),
        ]
        found = load.propose(
            tasks, {1: (100, 0), 2: (100, 0)}, taught={(2, 13)}, tolerance=0
        )
        self.assertEqual(
            found, {1: (1, "group"), 2: (2, "balance"), 3: (1, "discipline")}
        )

    def test_proposal_never_overloads(self):
        tasks = [load.Task(index, Decimal(30), index) for index in range(1, 41)]
        teachers = {number: (200, 0) for number in range(1, 6)}
        found = load.propose(tasks, teachers, tolerance=5)
        given = {number: 0 for number in teachers}
        for teacher, __ in found.values():
            given[teacher] += 30
        self.assertEqual(len(found), 35)
        self.assertEqual(set(given.values()), {210})
        self.assertFalse(load.propose(tasks, {}, tolerance=5))

    def test_proposal_keeps_a_class_group_in_one_hand(self):
        tasks = [
            load.Task(number * 10 + index, Decimal(hours), number, unit=f"g{number}")
            for number in (1, 2)
            for index, hours in enumerate((30, 15, 15, 2))
        ]
        found = load.propose(tasks, {1: (70, 0), 2: (70, 0)})
        self.assertEqual(
            {task: teacher for task, (teacher, __) in found.items()},
            {10: 1, 11: 1, 12: 1, 13: 1, 20: 2, 21: 2, 22: 2, 23: 2},
        )
        self.assertEqual(len(load.propose(tasks, {1: (50, 0)})), 4)
