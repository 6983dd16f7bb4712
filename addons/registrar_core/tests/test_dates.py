from datetime import date

from odoo.tests import BaseCase

from odoo.addons.registrar_core.tools.dates import (
    KAZAKH_ENDINGS,
    MONTHS,
    date_in_words,
)


class TestDates(BaseCase):
    def test_plain(self):
        day = date(2025, 8, 25)
        self.assertEqual(date_in_words(day, "kk"), "2025 жылғы 25 тамыз")
        self.assertEqual(date_in_words(day, "ru"), "25 августа 2025 года")
        self.assertEqual(date_in_words(day, "en"), "25 August 2025")

    def test_kazakh_cases_of_every_month(self):
        expected = {
            1: ("қаңтардан", "қаңтарға", "қаңтардағы"),
            2: ("ақпаннан", "ақпанға", "ақпандағы"),
            3: ("наурыздан", "наурызға", "наурыздағы"),
            4: ("сәуірден", "сәуірге", "сәуірдегі"),
            5: ("мамырдан", "мамырға", "мамырдағы"),
            6: ("маусымнан", "маусымға", "маусымдағы"),
            7: ("шілдеден", "шілдеге", "шілдедегі"),
            8: ("тамыздан", "тамызға", "тамыздағы"),
            9: ("қыркүйектен", "қыркүйекке", "қыркүйектегі"),
            10: ("қазаннан", "қазанға", "қазандағы"),
            11: ("қарашадан", "қарашаға", "қарашадағы"),
            12: ("желтоқсаннан", "желтоқсанға", "желтоқсандағы"),
        }
        for month, (ablative, dative, attributive) in expected.items():
            day = date(2026, month, 1)
            prefix = "2026 жылғы 1 "
            self.assertEqual(date_in_words(day, "kk", "ablative"), prefix + ablative)
            self.assertEqual(date_in_words(day, "kk", "dative"), prefix + dative)
            self.assertEqual(
                date_in_words(day, "kk", "attributive"), prefix + attributive
            )

    def test_other_languages_have_no_cases(self):
        day = date(2026, 9, 1)
        self.assertEqual(date_in_words(day, "ru", "dative"), "1 сентября 2026 года")
        self.assertEqual(date_in_words(day, "en", "ablative"), "1 September 2026")

    def test_twelve_of_everything(self):
        for names in (*MONTHS.values(), *KAZAKH_ENDINGS.values()):
            self.assertEqual(len(names), 12)

    def test_refusals(self):
        with self.assertRaises(ValueError):
            date_in_words(date(2026, 9, 1), "de")
        with self.assertRaises(ValueError):
            date_in_words(date(2026, 9, 1), "kk", "genitive")
