from odoo.tests import BaseCase, tagged

from ..tools import movement


def balance(start=0, end=0, **values):
    return {**movement.new_balance(), "start": start, "end": end, **values}


@tagged("registrar_pure")
class TestMovement(BaseCase):
    """The identities of the movement, by hand."""

    def test_rows_are_complete_and_ordered(self):
        codes = [row.code for row in movement.ROWS]
        self.assertEqual(codes, sorted(set(codes)))
        self.assertEqual(set(codes), set(movement.row_values(balance())))
        for row in movement.ROWS:
            self.assertTrue(row.name_kk and row.name_ru and row.name_en, row.code)

    def test_facts_are_counted_in_their_rows(self):
        total = movement.new_balance()
        movement.add_fact(total, "start", None, 10)
        movement.add_fact(total, "arrival", "021", 3)
        movement.add_fact(total, "arrival", "021", 2)
        movement.add_fact(total, "departure", "034", 1)
        movement.add_fact(total, "reference", "080", 4)
        movement.add_fact(total, "end", None, 14)
        values = movement.row_values(total)
        self.assertEqual(
            {code: number for code, number in values.items() if number},
            {"010": 10, "020": 5, "021": 5, "030": 1, "034": 1, "050": 14, "080": 4},
        )

    def test_unknown_rows_are_counted_as_others(self):
        total = movement.new_balance()
        movement.add_fact(total, "arrival", "070", 1)
        movement.add_fact(total, "departure", None, 2)
        values = movement.row_values(total)
        self.assertEqual((values["028"], values["042"]), (1, 2))
        self.assertEqual((values["020"], values["030"]), (1, 2))

    def test_total(self):
        good = balance(10, 12, arrivals={"021": 5}, departures={"031": 3})
        self.assertTrue(movement.check_total(good).ok)
        bad = balance(10, 13, arrivals={"021": 5}, departures={"031": 3})
        verdict = movement.check_total(bad)
        self.assertFalse(verdict.ok)
        self.assertEqual(verdict.differences[0][:3], (None, 12, 13))

    def test_total_of_a_filter_counts_moves_through_it(self):
        self.assertTrue(
            movement.check_total(balance(10, 11, moved_in=3, moved_out=2)).ok
        )

    def test_segments(self):
        total = balance(10, 10)
        segments = {"a": balance(6, 5, moved_out=1), "b": balance(4, 5, moved_in=1)}
        self.assertTrue(movement.check_segments(total, segments).ok)
        segments["b"]["end"] = 4
        verdict = movement.check_segments(total, segments)
        self.assertEqual(verdict.differences, (("b", 5, 4, ()),))
        segments = {"a": balance(6, 6), "b": balance(4, 5, moved_in=1)}
        verdict = movement.check_segments(total, segments)
        self.assertEqual([d.where for d in verdict.differences], ["071"])

    def test_segments_of_a_filter(self):
        """Moves into the filter have no counterpart inside it."""
        total = balance(4, 5, moved_in=1)
        self.assertTrue(
            movement.check_segments(total, {"b": balance(4, 5, moved_in=1)}).ok
        )

    def test_neighbours(self):
        segments = {"a": balance(6, 5), "b": balance(4, 5)}
        snapshots = {"start": {"a": 6, "b": 4}, "end": {"a": 5, "b": 5}}
        self.assertTrue(movement.check_neighbours(segments, snapshots).ok)
        snapshots["end"] = {"a": 5, "b": 4, "c": 1}
        verdict = movement.check_neighbours(segments, snapshots)
        self.assertEqual(
            [d[:3] for d in verdict.differences], [("b", 4, 5), ("c", 1, 0)]
        )

    def test_people(self):
        people = [
            (1, 1, 0, 0, 0, 0, 1),
            (2, 0, 1, 0, 0, 0, 1),
            (3, 1, 0, 1, 0, 0, 0),
            (4, 0, 2, 1, 0, 0, 1),
            (5, 1, 0, 0, 0, 1, 0),
        ]
        self.assertTrue(movement.check_people(people).ok)
        verdict = movement.check_people([*people, (6, 1, 0, 0, 0, 0, 0)])
        self.assertEqual(verdict.differences, ((None, 1, 0, (6,)),))

    def test_sums(self):
        total = balance(10, 12, arrivals={"021": 2}, moved_in=0)
        segments = {
            "a": balance(6, 8, arrivals={"021": 2}, moved_in=1),
            "b": balance(4, 4, moved_out=1),
        }
        self.assertTrue(movement.check_sums(total, segments).ok)
        segments["b"]["start"] = 3
        verdict = movement.check_sums(total, segments)
        self.assertEqual(verdict.differences, (("010", 10, 9, ()),))

    def test_statuses_and_funding(self):
        lists = {
            "start": {
                "list": 10,
                "active": 8,
                "leave": 2,
                "grant": 6,
                "paid": 3,
                "other": 1,
                "nobody": (),
            }
        }
        self.assertTrue(movement.check_statuses(lists).ok)
        self.assertTrue(movement.check_funding(lists).ok)
        lists["start"].update(leave=1, other=0, nobody=(7,))
        self.assertEqual(
            movement.check_statuses(lists).differences, (("start", 10, 9, ()),)
        )
        self.assertEqual(
            movement.check_funding(lists).differences, (("start", 10, 9, (7,)),)
        )
