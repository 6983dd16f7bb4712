from odoo.tests import BaseCase

from odoo.addons.registrar_core.tools.normalise import (
    Change,
    code_key,
    fold_lookalikes,
    fold_to_latin,
    is_mixed,
    normalise_code,
    normalise_letter_grade,
    normalise_text,
    split_code,
)


class TestLookalikes(BaseCase):
    def test_one_foreign_letter_is_replaced_and_reported(self):
        # The first letter is Cyrillic С.
        text, changes = fold_lookalikes("History and Сultural studies")
        self.assertEqual(text, "History and Cultural studies")
        self.assertEqual(changes, [Change(12, "Сultural", "Cultural", "script")])

    def test_the_letters_of_one_alphabet_only_decide(self):
        # Latin C, a, o in a Russian word: more twins than sure letters.
        self.assertEqual(fold_lookalikes("Cтрахование")[0], "Страхование")
        self.assertEqual(fold_lookalikes("Cоциология")[0], "Социология")
        # A Kazakh word with Latin i.
        self.assertEqual(fold_lookalikes("қауiпсiздiк")[0], "қауіпсіздік")
        self.assertEqual(fold_lookalikes("YЙдегі")[0], "ҮЙдегі")
        self.assertEqual(fold_lookalikes("əлеуметтану")[0], "әлеуметтану")

    def test_majority_then_context(self):
        self.assertEqual(fold_lookalikes("КET")[0], "KET")  # К is Cyrillic
        self.assertEqual(fold_lookalikes("TТ/ TV/ TS")[0], "TT/ TV/ TS")
        self.assertEqual(fold_lookalikes("MВ")[0], "MB")
        self.assertEqual(fold_lookalikes("блок MВ")[0], "блок МВ")

    def test_words_in_one_alphabet_stay(self):
        for text in (
            "Программирование на C",
            "IT-жоба және Web",
            "ТОО «Сауда»",
            "3D-модельдеу",
            "",
        ):
            self.assertEqual(fold_lookalikes(text), (text, []))
        self.assertEqual(fold_lookalikes(None), ("", []))

    def test_what_cannot_be_repaired_is_said(self):
        text, changes = fold_lookalikes("Webсайт")
        self.assertEqual(text, "Webсайт")
        self.assertEqual([change.kind for change in changes], ["unresolved"])

    def test_repair_is_stable_and_leaves_one_alphabet(self):
        for text in ("Сultural", "қауiпсiздiк", "КET/ DIK", "TТ", "Cтрахование"):
            fixed, changes = fold_lookalikes(text)
            self.assertTrue(changes)
            self.assertFalse(is_mixed(fixed))
            self.assertEqual(fold_lookalikes(fixed), (fixed, []))

    def test_roman_numbers(self):
        self.assertEqual(fold_to_latin("ІІІ"), "III")
        self.assertEqual(fold_to_latin("ХІV"), "XIV")


class TestTexts(BaseCase):
    def test_spaces_quotes_dashes_brackets(self):
        for before, after in (
            (" Қазақ\u00a0 тілі\n", "Қазақ тілі"),
            ("Экономика\u200b", "Экономика"),
            ('Дисциплина "Право"', "Дисциплина «Право»"),
            ('" Онлайн радио"', "«Онлайн радио»"),
            ("“Мәңгілік ел”", "«Мәңгілік ел»"),
            ("учебно‑методический", "учебно-методический"),
            ("Практика — учебная", "Практика – учебная"),
            ("Практика - учебная", "Практика – учебная"),
            ("2024–2025", "2024-2025"),
            ("қазақ (орыс ) тілі", "қазақ (орыс) тілі"),
            ("практика( педагогическая)", "практика (педагогическая)"),
            ("Жан’ар", "Жан'ар"),
        ):
            clean, changes = normalise_text(before)
            self.assertEqual(clean, after)
            self.assertTrue(changes, before)
            self.assertEqual(normalise_text(clean), (clean, []))

    def test_clean_text_stays(self):
        for text in ("Физика (механика), 1 бөлім", "Ким-Ли", "K(O)T/K(R)Ya"):
            self.assertEqual(normalise_text(text), (text, []))
        self.assertEqual(normalise_text(None), ("", []))

    def test_combined_letters_are_composed(self):
        self.assertEqual(normalise_text("Йога")[0], "Йога")


class TestCodes(BaseCase):
    def test_codes_of_a_real_plan(self):
        for before, after in (
            ("КET/ DIK/ AHK 1209", "KET/DIK/AHK 1209"),
            ("TТ/ TV/ TS 1216", "TT/TV/TS 1216"),
            ("Fil/ Fil / Phil 2102", "Fil/Fil/Phil 2102"),
            ("KP/ PP/ PP) 1214", "KP/PP/PP 1214"),
            ("DSh / FK/ PT 1(2)107", "DSh/FK/PT 1(2)107"),
            ("K(O)T/ K(R)Ya/ K(R)L 1105", "K(O)T/K(R)Ya/K(R)L 1105"),
            ("6В06103", "6B06103"),  # Cyrillic В
        ):
            clean, changes = normalise_code(before)
            self.assertEqual(clean, after)
            self.assertTrue(changes, before)
            self.assertEqual(normalise_code(clean), (clean, []))

    def test_plainly_cyrillic_code_stays(self):
        self.assertEqual(normalise_code("АХ АП AW 2208"), ("АХ АП AW 2208", []))

    def test_keys_of_spellings_are_equal(self):
        self.assertEqual(code_key("КET 1209"), code_key("ket1209"))
        self.assertEqual(code_key("6В06103"), "6B06103")
        self.assertNotEqual(code_key("KET 1209"), code_key("KET 1210"))

    def test_split(self):
        self.assertEqual(
            split_code("KT/ IK/ HK 4101"), ("KT 4101", "IK 4101", "HK 4101")
        )
        self.assertEqual(
            split_code("DSh / FK/ PT 1(2)107"),
            ("DSh 1(2)107", "FK 1(2)107", "PT 1(2)107"),
        )
        self.assertEqual(split_code("ICT 1105"), ("ICT 1105",) * 3)
        self.assertEqual(split_code("DK FK 12"), ("DK 12", "FK 12", "FK 12"))
        self.assertEqual(split_code("6B06103"), ("6B06103",) * 3)

    def test_letter_grades(self):
        for before, after in (
            ("A-", "A-"),
            ("A−", "A-"),
            ("А-", "A-"),
            ("а –", "A-"),
            ("В+", "B+"),
            ("С", "C"),
            ("FХ", "FX"),
            ("fx", "FX"),
            ("АW", "AW"),
            ("І", "I"),
            ("NР", "NP"),
        ):
            self.assertEqual(normalise_letter_grade(before), after)
        for bad in ("", None, "G", "A--", "AA", "95", "Отлично"):
            with self.assertRaises(ValueError):
                normalise_letter_grade(bad)
