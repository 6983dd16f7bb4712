from odoo.tests import BaseCase

from odoo.addons.registrar_core.tools.collation import KAZAKH
from odoo.addons.registrar_core.tools.translit import latin


class TestTranslit(BaseCase):
    def test_names(self):
        for name, expected in (
            ("Нұрсұлтан Әбішұлы", "Nursultan Abishuly"),
            ("Қайрат", "Kairat"),
            ("Шәкен Айманов", "Shaken Aimanov"),
            ("Ғалымжан Жәкиянов", "Galymzhan Zhakiyanov"),
            ("Айгүл Мұратқызы", "Aigul Muratkyzy"),
            ("Дәулет Өтеген", "Daulet Otegen"),
            ("Щербаков Илья", "Shcherbakov Ilya"),
            ("Хасен Цой-Ли", "Khasen Tsoi-Li"),
            ("Подъячев Юрий", "Podyachev Yurii"),
            ("Еркін", "Erkin"),
        ):
            self.assertEqual(latin(name), expected)

    def test_capitals(self):
        self.assertEqual(latin("ШӘКЕН ЮН"), "SHAKEN YUN")
        self.assertEqual(latin("Ш. Ю."), "Sh. Yu.")

    def test_every_kazakh_letter_becomes_ascii(self):
        self.assertTrue(latin(KAZAKH + KAZAKH.upper()).isascii())

    def test_other_text_stays(self):
        self.assertEqual(latin("Smith 5"), "Smith 5")
        for empty in (None, False, ""):
            self.assertEqual(latin(empty), "")
