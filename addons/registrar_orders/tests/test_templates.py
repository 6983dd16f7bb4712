from odoo.tests import BaseCase

from odoo.addons.registrar_orders.tools.templates import (
    check_template,
    placeholders,
    render,
)
from odoo.addons.registrar_orders.tools.wording import polish, typeset


class TestTemplates(BaseCase):
    def test_placeholders_in_their_order(self):
        self.assertEqual(
            placeholders("с {date} на {course} курс, {date}"), ["date", "course"]
        )
        self.assertEqual(placeholders("{{так}}"), [])
        self.assertEqual(placeholders(None), [])

    def test_only_bare_names(self):
        for text in (
            "{order.env}",
            "{order[0]}",
            "{date!r}",
            "{date:>100}",
            "{0}",
            "{}",
            "{",
            "}",
            "{a b}",
        ):
            with self.subTest(text=text), self.assertRaises(ValueError):
                placeholders(text)

    def test_unknown_placeholder(self):
        check_template("{date}", {"date"})
        with self.assertRaisesRegex(ValueError, "password"):
            check_template("{password}", {"date"})

    def test_render(self):
        self.assertEqual(
            render("с {date} «{name}» {{}}", {"date": "1", "name": "{x}"}),
            "с 1 «{x}» {}",
        )
        with self.assertRaisesRegex(ValueError, "course"):
            render("{course}", {"date": "1"})

    def test_polish(self):
        self.assertEqual(
            polish("Отчислить с 2 сентября  2025 года из :", "ru"),
            "Отчислить со 2 сентября 2025 года из:",
        )
        self.assertEqual(
            polish("Отчислить с 22 сентября 2025 года", "ru"),
            "Отчислить с 22 сентября 2025 года",
        )
        self.assertEqual(polish("с 2 мамыр 2025", "kk"), "с 2 мамыр 2025")

    def test_typeset(self):
        self.assertEqual(
            typeset("от 30 октября 2018 года № 595, имени А. Б. Әуезова"),
            "от 30 октября 2018 года №\u00a0595, имени А.\u00a0Б.\u00a0Әуезова",
        )
        self.assertEqual(typeset(False), "")
