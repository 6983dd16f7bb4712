import itertools
import random

from odoo.tests import BaseCase

from odoo.addons.registrar_core.tools.collation import KAZAKH, sort_key

ALPHABET = (
    "А Ә Б В Г Ғ Д Е Ё Ж З И Й К Қ Л М Н Ң О Ө "
    "П Р С Т У Ұ Ү Ф Х Һ Ц Ч Ш Щ Ъ Ы І Ь Э Ю Я"
).split()


class TestCollation(BaseCase):
    def assertOrder(self, expected):
        shuffled = list(expected)
        random.Random(7).shuffle(shuffled)
        # Bytes, as the collation C compares.
        by_bytes = sorted(shuffled, key=lambda text: sort_key(text).encode())
        self.assertEqual(by_bytes, list(expected))

    def test_alphabet(self):
        self.assertEqual(len(ALPHABET), 42)
        self.assertEqual(KAZAKH.upper(), "".join(ALPHABET))
        self.assertOrder(ALPHABET)
        self.assertOrder([letter.lower() for letter in ALPHABET])
        # The letter decides wherever it stands.
        self.assertOrder([f"Жа{letter.lower()}а" for letter in ALPHABET])

    def test_kazakh_names(self):
        self.assertOrder(
            [
                "Абай", "Айгүл", "Асыл", "Әйгерім", "Әлем", "Бала", "Гүлнар", "Ғалым",
                "Едіге", "Ёлкин", "Жанар", "Кенже", "Қазақ", "Қайрат", "Нұрлан",
                "Ңәж", "Олжас", "Өмір", "Умар", "Ұлан", "Үміт", "Хасен", "Һарон",
                "Шынар", "Ыбырай", "Ілияс", "Эльмира", "Юлия", "Яна",
            ]
        )  # fmt: skip

    def test_shorter_word_and_parts_of_names(self):
        self.assertOrder(["Ким", "Ким Анна", "Ким-Ли Анна", "Кима", "Кимов Аян"])
        self.assertOrder(["Ахмет Ян", "Ахметов Абай", "Ахметова Абай"])

    def test_numbers_by_value(self):
        self.assertOrder(
            ["1-топ", "2-топ", "10-топ", "ИС-24-1", "ИС-24-2", "ИС-24-10", "ИС-25-1"]
        )
        long_number = "9" * 12
        self.assertOrder(["7", "07", "8", "100000000", "999999999", long_number])

    def test_blocks(self):
        self.assertOrder(["", "- ", "1", "Aa", "Zz", "Аа", "Яя", "中"])
        self.assertOrder(["Anna", "Ánna", "Anny"])
        self.assertOrder(["Ели", "Ёли", "Жели"])

    def test_case_decides_last(self):
        self.assertEqual(sort_key("Абай"), sort_key("Абай "))
        self.assertOrder(["Абай", "абай", "Абайа"])
        self.assertNotEqual(sort_key("Абай"), sort_key("АБАЙ"))
        self.assertOrder(["Абай", "АБАЙ", "Абайұлы"])

    def test_empty(self):
        for empty in (None, False, "", "  "):
            self.assertEqual(sort_key(empty), "")

    def test_key_is_short_digits(self):
        for text in ("Әлімбекұлы Нұрсұлтан Қайратұлы", "Smith-Jones", "É中ß «Ұ» №5 ї"):
            self.assertRegex(sort_key(text), r"^\d+$")
        name = "Әлімбекұлы Нұрсұлтан"
        self.assertEqual(len(sort_key(name)), 2 * len(name))

    def test_total_order_of_all_short_texts(self):
        """The key compares as the sequence of letters does, for every pair."""
        letters = ["а", "ә", "б", "і", "я"]
        words = [
            "".join(word)
            for size in range(4)
            for word in itertools.product(letters, repeat=size)
        ]
        expected = sorted(words, key=lambda word: [KAZAKH.index(c) for c in word])
        self.assertEqual(
            sorted(words, key=lambda w: sort_key(w.capitalize())), expected
        )
