import datetime

from odoo.tests import BaseCase

from odoo.addons.registrar_core.tools.iin import (
    FEMALE,
    IIN,
    MALE,
    RULES,
    IINError,
    check_digit,
    check_iin,
    iin_anomalies,
    make_iin,
)

BORN = datetime.date(2003, 5, 15)


class TestIIN(BaseCase):
    def assertRule(self, value, rule):
        with self.assertRaises(ValueError) as caught:
            check_iin(value)
        self.assertEqual(caught.exception.rule, rule, value)
        self.assertIn(RULES[rule], str(caught.exception))

    def test_valid_in_both_passes(self):
        self.assertEqual(check_iin("030515500008"), IIN(BORN, MALE, 21))
        self.assertEqual(check_iin("030515500900"), IIN(BORN, MALE, 21))

    def test_each_rule_is_named(self):
        for value in ("", "03051550000", "0305155000080", " 030515500008"):
            self.assertRule(value, "length")
        for value in ("03051550000x", "0305155 0008", "٠٣٠٥١٥٥٠٠٠٠٨", "²30515500008"):
            self.assertRule(value, "digits")
        for value in (None, False, 30515500008):
            self.assertRule(value, "digits")
        for digit in "789":
            self.assertRule(f"030515{digit}00008", "century")
        for day in ("031315", "030015", "030500", "030532", "030230", "030431"):
            self.assertRule(f"{day}500008", "date")
        self.assertRule("030515500009", "check_digit")
        for last in range(10):
            self.assertRule(f"03051550095{last}", "no_check_digit")

    def test_only_one_check_digit_fits(self):
        for last in range(10):
            value = f"03051550000{last}"
            if last == 8:
                check_iin(value)
            else:
                self.assertRule(value, "check_digit")

    def test_century_and_sex(self):
        for digit, century, year, gender in (
            (1, 19, 1803, MALE),
            (2, 19, 1803, FEMALE),
            (3, 20, 1903, MALE),
            (4, 20, 1903, FEMALE),
            (5, 21, 2003, MALE),
            (6, 21, 2003, FEMALE),
        ):
            born = datetime.date(year, 5, 15)
            iin = make_iin(born, gender, 7)
            self.assertEqual(iin[6], str(digit))
            self.assertEqual(check_iin(iin), IIN(born, gender, century))

    def test_leap_day_depends_on_the_century(self):
        body = "0002295001"
        for serial in range(10):
            last = check_digit(f"{body}{serial}")
            if last is not None:
                told = check_iin(f"{body}{serial}{last}")
                self.assertEqual(told.birth_date, datetime.date(2000, 2, 29))
        self.assertRule("000229300010", "date")

    def test_foreigner_without_century(self):
        body = "03051500001"
        iin = f"{body}{check_digit(body)}"
        self.assertEqual(check_iin(iin), IIN(None, None, None))
        self.assertRule("031315000010", "date")
        self.assertEqual(iin_anomalies(iin, BORN, FEMALE, is_foreigner=True), [])
        self.assertEqual(iin_anomalies(iin, BORN, FEMALE), ["foreigner_number"])

    def test_anomalies_are_listed_not_refused(self):
        iin = "030515500008"
        self.assertEqual(iin_anomalies(iin, BORN, MALE), [])
        self.assertEqual(iin_anomalies(iin), [])
        self.assertEqual(iin_anomalies(False, BORN, MALE), [])
        other_day = datetime.date(2003, 5, 16)
        self.assertEqual(
            iin_anomalies(iin, other_day, FEMALE),
            ["birth_date_mismatch", "gender_mismatch"],
        )
        earlier = datetime.date(1903, 5, 15)
        self.assertEqual(iin_anomalies(iin, earlier, MALE), ["century_mismatch"])
        self.assertEqual(iin_anomalies(iin, earlier, FEMALE, is_foreigner=True), [])
        self.assertEqual(
            iin_anomalies(iin, other_day, FEMALE, is_foreigner=True),
            ["birth_date_mismatch"],
        )
        self.assertEqual(
            iin_anomalies(iin, today=datetime.date(2003, 5, 14)),
            ["birth_date_future"],
        )
        self.assertEqual(
            iin_anomalies("030515500009", BORN, MALE), ["invalid_check_digit"]
        )

    def test_made_numbers_are_valid(self):
        made = 0
        for serial in range(2000):
            try:
                iin = make_iin(BORN, FEMALE, serial)
            except IINError as error:
                self.assertEqual(error.rule, "no_check_digit")
                continue
            made += 1
            self.assertEqual(check_iin(iin), IIN(BORN, FEMALE, 21))
        # About one body in 121 has no check digit.
        self.assertGreater(made, 1950)
        self.assertLess(made, 2000)

    def test_bad_input_makes_no_number(self):
        for born, gender, serial in (
            (BORN, "other", 1),
            (datetime.date(1799, 1, 1), MALE, 1),
            (datetime.date(2100, 1, 1), MALE, 1),
            (BORN, MALE, 10000),
            (BORN, MALE, -1),
        ):
            with self.assertRaises(ValueError):
                make_iin(born, gender, serial)
