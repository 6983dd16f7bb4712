from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase

from odoo.addons.registrar_orders.tools.transfer import (
    NOT_CONSIDERED,
    REPEAT,
    SUMMER,
    TRANSFER,
    TRANSFER_WITH_DEBTS,
    Facts,
    Policy,
    ScoreRow,
    decide,
    find_score,
)


class TestDecision(BaseCase):
    """The table of academic.md §3.3, row by row."""

    def _decide(self, gpa, debts=0, score="2.00", policy=None, **facts):
        return decide(
            Facts(
                gpa=None if gpa is None else Decimal(gpa),
                score=None if score is None else Decimal(score),
                debts=debts,
                course=facts.pop("course", 1),
                last_course=facts.pop("last_course", 4),
                **facts,
            ),
            policy or Policy(),
        )

    def test_score_reached_without_debts(self):
        decision = self._decide("2.00")
        self.assertEqual(decision.outcome, TRANSFER)
        self.assertEqual(decision.reasons, ("gpa_reached", "no_debts"))

    def test_score_reached_with_debts(self):
        decision = self._decide("3.10", debts=2)
        self.assertEqual(decision.outcome, TRANSFER_WITH_DEBTS)
        self.assertEqual(decision.reasons, ("gpa_reached", "has_debts"))

    def test_stricter_policy(self):
        before = self._decide(
            "3.10", debts=1, policy=Policy(with_debts=False, after_summer=False)
        )
        self.assertEqual(before.outcome, SUMMER)
        self.assertIn("debts_not_allowed", before.reasons)
        after = self._decide(
            "3.10", debts=1, policy=Policy(with_debts=False, after_summer=True)
        )
        self.assertEqual(after.outcome, REPEAT)
        self.assertIn("summer_over", after.reasons)

    def test_below_before_and_after_summer(self):
        before = self._decide("1.99", policy=Policy(after_summer=False))
        self.assertEqual(before.outcome, SUMMER)
        self.assertEqual(before.reasons, ("gpa_below", "no_debts", "summer_possible"))
        for debts in (0, 3):
            after = self._decide("1.99", debts=debts)
            self.assertEqual(after.outcome, REPEAT)
            self.assertEqual(after.reasons[0], "gpa_below")

    def test_compared_as_printed(self):
        self.assertEqual(self._decide("1.995").outcome, TRANSFER)
        self.assertEqual(self._decide("1.99499").outcome, REPEAT)

    def test_master_and_doctoral_plans_are_fulfilled_completely(self):
        for level in ("master_science", "doctorate", "doctorate_profile"):
            decision = self._decide("4.00", debts=1, level=level, last_course=2)
            self.assertEqual(decision.outcome, REPEAT)
            self.assertIn("plan_not_fulfilled", decision.reasons)
            decision = self._decide("4.00", level=level, last_course=2)
            self.assertEqual(decision.outcome, TRANSFER)

    def test_not_considered(self):
        cases = (
            (self._decide("4.00", on_leave=True), "on_leave"),
            (self._decide("4.00", course=4), "last_course"),
            (self._decide("4.00", score=None), "no_score"),
            (self._decide(None), "no_results"),
        )
        for decision, reason in cases:
            with self.subTest(reason=reason):
                self.assertEqual(decision.outcome, NOT_CONSIDERED)
                self.assertEqual(decision.reasons, (reason,))


class TestScore(BaseCase):
    rows = [
        ScoreRow(None, "bachelor", 1, "", Decimal("1.80")),
        ScoreRow(None, "bachelor", 1, "part_time", Decimal("1.00")),
        ScoreRow(date(2025, 9, 1), "bachelor", 1, "", Decimal("2.10")),
        ScoreRow(date(2027, 9, 1), "bachelor", 1, "", Decimal("2.50")),
        ScoreRow(None, "doctorate", 1, "", Decimal("2.33")),
    ]

    def _find(self, year, level="bachelor", course=1, form="full_time"):
        return find_score(self.rows, date(year, 9, 1), level, course, form)

    def test_default_until_approved(self):
        self.assertEqual(self._find(2024), Decimal("1.80"))
        self.assertEqual(self._find(2024, form="part_time"), Decimal("1.00"))

    def test_the_latest_approved_holds(self):
        self.assertEqual(self._find(2025), Decimal("2.10"))
        self.assertEqual(self._find(2026), Decimal("2.10"))
        self.assertEqual(self._find(2027), Decimal("2.50"))

    def test_a_year_wins_over_a_form_without_year(self):
        self.assertEqual(self._find(2025, form="part_time"), Decimal("2.10"))

    def test_nothing_found(self):
        self.assertIsNone(self._find(2025, course=2))
        self.assertIsNone(self._find(2025, level="residency"))
        self.assertEqual(self._find(2025, level="doctorate"), Decimal("2.33"))
