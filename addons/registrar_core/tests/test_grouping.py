import doctest
import random
import time

from odoo.tests import BaseCase

from odoo.addons.registrar_core.tools import grouping
from odoo.addons.registrar_core.tools.grouping import Group, pack, place, quotas


def count(parts):
    return sum(number for __, number in parts)


class TestGrouping(BaseCase):
    """The arithmetic of class groups: examples, then properties on random inputs."""

    def assertPlaced(self, units, groups, minimum, maximum, result):
        """Check what holds for every result; return the number of cuts."""
        parts = {}
        placed = [*result.existing.values(), *result.new, result.unplaced]
        for key, number in (pair for part in placed for pair in part):
            self.assertGreater(number, 0)
            parts.setdefault(key, []).append(number)
        wanted = {}
        for key, size in units:
            wanted[key] = wanted.get(key, 0) + size
        self.assertEqual({key: sum(n) for key, n in parts.items()}, wanted)
        free = {group.key: group.free for group in groups}
        for key, part in result.existing.items():
            if free[key] is not None:
                self.assertLessEqual(count(part), free[key])
        for part in result.new:
            self.assertLessEqual(count(part), maximum)
            self.assertGreaterEqual(count(part), minimum)
        return sum(len(n) - 1 for key, n in parts.items() if key is not None)

    def test_examples_of_the_module(self):
        self.assertEqual(doctest.testmod(grouping).failed, 0)

    def test_academic_groups_stay_whole(self):
        result = place([("a", 25), ("b", 24), ("c", 5), ("d", 6)], maximum=30)
        self.assertEqual(result.new, [[("a", 25), ("c", 5)], [("b", 24), ("d", 6)]])

    def test_as_few_groups_as_possible(self):
        units = [(name, 25) for name in "abcdef"]
        result = place(units, minimum=10, maximum=30)
        self.assertEqual([count(part) for part in result.new], [30] * 5)
        self.assertEqual(self.assertPlaced(units, (), 10, 30, result), 4)
        whole = place(units, minimum=10, maximum=30, keep_whole=True)
        self.assertEqual(whole.new, [[unit] for unit in units])

    def test_groups_are_even(self):
        result = place([("a", 31)], minimum=10, maximum=30)
        self.assertEqual(len(result.new), 2)
        self.assertGreaterEqual(min(count(part) for part in result.new), 10)
        units = [(str(index), 10) for index in range(8)]
        result = place(units, minimum=10, maximum=30)
        sizes = sorted(count(part) for part in result.new)
        self.assertEqual(sizes, [20, 30, 30])
        self.assertEqual(self.assertPlaced(units, (), 10, 30, result), 0)

    def test_below_the_minimum_nothing_opens(self):
        self.assertEqual(
            place([("a", 5), ("b", 4)], minimum=10, maximum=30),
            ({}, [], [("a", 5), ("b", 4)]),
        )
        result = place([("a", 5), ("b", 4)], minimum=10, maximum=30, exempt=True)
        self.assertEqual(result.new, [[("a", 5), ("b", 4)]])

    def test_a_rest_below_the_minimum_waits(self):
        """31 people make no two groups of 20: one is full, the smallest unit waits."""
        result = place([("a", 25), ("b", 6)], minimum=20, maximum=30)
        self.assertEqual(result.new, [[("a", 25), ("b", 5)]])
        self.assertEqual(result.unplaced, [("b", 1)])

    def test_existing_groups_are_filled_first(self):
        groups = [Group("g1", 4, {"b"}), Group("g2", 10, {"a"})]
        result = place([("a", 3), ("b", 4)], groups, minimum=10, maximum=30)
        self.assertEqual(result.existing, {"g1": [("b", 4)], "g2": [("a", 3)]})
        self.assertFalse(result.new)

    def test_a_new_group_gets_its_minimum(self):
        """Seven places are left, but then the new group would have only five."""
        groups = [Group("g1", 7, ())]
        result = place([("a", 6), ("b", 6)], groups, minimum=10, maximum=30)
        self.assertFalse(result.existing)
        self.assertEqual(result.new, [[("a", 6), ("b", 6)]])
        result = place([("a", 31)], groups, minimum=10, maximum=30)
        self.assertEqual(len(result.new), 1)
        self.assertGreaterEqual(count(result.new[0]), 24)

    def test_an_open_group_takes_few(self):
        result = place([("a", 1)], [Group("g1", None, ())], minimum=10, maximum=30)
        self.assertEqual(result.existing, {"g1": [("a", 1)]})

    def test_without_limits_one_group(self):
        result = place([("a", 400), (None, 3)])
        self.assertEqual(result.new, [[("a", 400), (None, 3)]])
        self.assertEqual(place([]), ({}, [], []))

    def test_properties_on_random_inputs(self):
        chance = random.Random(20250901)
        for __ in range(3000):
            maximum = chance.randint(1, 35)
            minimum = chance.randint(0, maximum)
            units = [
                (f"u{i}", chance.randint(1, 2 * maximum))
                for i in range(chance.randint(1, 14))
            ]
            if chance.random() < 0.3:
                units.append((None, chance.randint(1, 9)))
            groups = [
                Group(
                    f"g{i}",
                    chance.randint(0, maximum),
                    {f"u{chance.randint(0, 13)}"},
                )
                for i in range(chance.randint(0, 3))
            ]
            exempt = chance.random() < 0.3
            result = place(units, groups, minimum, maximum, exempt)
            self.assertEqual(result, place(units, groups, minimum, maximum, exempt))
            floor = 0 if exempt else minimum
            cuts = self.assertPlaced(units, groups, floor, maximum, result)
            total = count(units)
            free = sum(group.free for group in groups)
            needed = grouping.groups_needed(total, free, maximum)
            if exempt or total >= needed * minimum:
                self.assertEqual(len(result.new), needed)
                self.assertFalse(result.unplaced)
            else:
                # One group fewer, and only who does not fit waits.
                self.assertLess(len(result.new), needed)
                room = free + len(result.new) * maximum
                self.assertEqual(count(result.unplaced), max(0, total - room))
            if not minimum or exempt:
                self.assertLessEqual(cuts, max(0, len(groups) + len(result.new) - 1))

    def test_no_cut_where_none_is_needed(self):
        """Units made by cutting full groups fit again without a cut."""
        chance = random.Random(7)
        for __ in range(200):
            sizes = []
            for __ in range(chance.randint(1, 5)):
                first = chance.randint(1, 29)
                sizes += [first, 30 - first]
            chance.shuffle(sizes)
            units = [(f"u{i}", size) for i, size in enumerate(sizes)]
            result = place(units, minimum=10, maximum=30)
            self.assertEqual(self.assertPlaced(units, (), 10, 30, result), 0)

    def test_whole_units_on_random_inputs(self):
        chance = random.Random(11)
        for __ in range(500):
            units = [
                (f"u{i}", chance.randint(1, 30)) for i in range(chance.randint(1, 20))
            ]
            result = place(units, maximum=30, keep_whole=True)
            self.assertEqual(self.assertPlaced(units, (), 0, 30, result), 0)

    def test_worst_case_of_a_university(self):
        """A compulsory discipline of everybody: 400 academic groups at once."""
        chance = random.Random(3)
        units = [(index, chance.randint(14, 31)) for index in range(400)]
        start = time.perf_counter()
        result = place(units, minimum=10, maximum=30)
        self.assertLess(time.perf_counter() - start, 5)
        self.assertPlaced(units, (), 10, 30, result)
        self.assertEqual(len(result.new), -(-count(units) // 30))

    def test_streams(self):
        sizes = [("a", 30), ("b", 30), ("c", 30), ("d", 30), ("e", 30)]
        existing, new, left = pack(sizes, 120, minimum=30)
        self.assertEqual((existing, new, left), ({}, [["a", "c", "e"], ["b", "d"]], []))
        self.assertEqual(pack([("a", 25)], 120, minimum=30), ({}, [], ["a"]))
        self.assertEqual(
            pack([("a", 10), ("b", 10)], 120, minimum=30), ({}, [], ["a", "b"])
        )
        existing, new, left = pack(sizes[:2], 120, [Group("s", 40, ())], 30)
        self.assertEqual((existing, new, left), ({"s": ["a"]}, [], ["b"]))

    def test_streams_on_random_inputs(self):
        chance = random.Random(5)
        for __ in range(500):
            sizes = [(i, chance.randint(1, 40)) for i in range(chance.randint(1, 15))]
            known = dict(sizes)
            groups = [Group("s", chance.randint(0, 60), ())]
            existing, new, left = pack(sizes, 120, groups, 30)
            found = [key for keys in existing.values() for key in keys]
            found += [key for keys in new for key in keys] + left
            self.assertEqual(sorted(found), sorted(known))
            self.assertLessEqual(
                sum(known[key] for key in existing.get("s", ())), groups[0].free
            )
            for keys in new:
                self.assertGreater(len(keys), 1)
                self.assertLessEqual(sum(known[key] for key in keys), 120)
                self.assertGreaterEqual(sum(known[key] for key in keys), 30)

    def test_parts_are_even(self):
        for total in range(1, 70):
            newcomers = quotas(total, [], 15)
            self.assertEqual(len(newcomers), 0 if total <= 15 else -(-total // 15))
            if newcomers:
                self.assertEqual(sum(newcomers), total)
                self.assertLessEqual(max(newcomers) - min(newcomers), 1)
        self.assertEqual(quotas(30, [14, 10], 15), [1, 5])
        self.assertEqual(quotas(14, [14], 15), [0])
        self.assertEqual(quotas(5, [], 0), [])
