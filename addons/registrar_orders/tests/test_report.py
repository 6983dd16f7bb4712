import io
from datetime import date

import pypdf
from freezegun import freeze_time

from odoo import Command

from .common import OrdersCommon


def pdf_text(content):
    reader = pypdf.PdfReader(io.BytesIO(content))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@freeze_time("2026-07-01")
class TestReport(OrdersCommon):
    prints = True

    def test_registered_order(self):
        order = self._enrol()
        pages = pdf_text(order.entry_id.attachment_id.raw)
        self.assertEqual(len(pages), 2)
        kazakh, russian = pages
        for text in (
            "Сынақ университеті",
            "БҰЙРЫҚ",
            "2025 жылғы 25 тамыз",
            "Шымкент қаласы",
            "№ 1-т",
            "Білім алушылар қатарына қабылдау туралы",
            "БҰЙЫРАМЫН:",
            "2025 жылғы 25 тамыздан бастап",
            "Тегі, аты, әкесінің аты",
            "Әлиева Әсел Нұрланқызы",
            "Негіздеме: қабылдау комиссиясы отырысының хаттамасы",
            "Басқарма Төрағасы – Ректор",
            "А. Б. Сейітов",
        ):
            self.assertIn(text, kazakh)
        for text in (
            "Проверочный университет",
            "ПРИКАЗ",
            "25 августа 2025 года",
            "О зачислении в число обучающихся",
            "ПРИКАЗЫВАЮ:",
            "1. Зачислить с 25 августа 2025 года",
            "2. Офису регистратора",
            "3. Деканам факультетов",
            "4. Контроль за исполнением",
            "Қасымов Ерлан Болатұлы",
            "очная",
            "Основание: протокол заседания приёмной комиссии",
            "Председатель Правления – Ректор",
        ):
            self.assertIn(text, russian)
        for page in pages:
            self.assertIn(order.verification_code[:4], page)

    def test_persons_in_the_order_of_the_alphabet(self):
        order = self._enrol(self.third | self.fourth | self.second | self.first)
        kazakh = pdf_text(order.entry_id.attachment_id.raw)[0]
        places = [
            kazakh.index(name) for name in ("Ахметов", "Әлиева", "Иванова", "Қасымов")
        ]
        self.assertEqual(places, sorted(places))

    def test_change_is_shown(self):
        self._enrol(self.first)
        order = self._register_order(
            self._draft_order(
                "programme_transfer",
                date(2026, 2, 1),
                self.first,
                programme_id=self.other_programme.id,
                group_id=self.other_group.id,
            )
        )
        text = pdf_text(order.entry_id.attachment_id.raw)[1]
        self.assertIn("→ 6T01601", text)
        self.assertIn("6T06103", text)

    def test_two_reasons(self):
        """Each paragraph with a reason of its own has a basis of its own."""
        self._enrol(self.first | self.second)
        order = self._draft_order(
            "expulsion", date(2026, 6, 2), self.first, reason="own_wish"
        )
        order.line_ids = [
            Command.create(
                {
                    "student_id": self.second.id,
                    "kind_id": self.env.ref(
                        "registrar_core.movement_kind_transfer_out"
                    ).id,
                    "institution": "КазНУ им. аль-Фараби",
                }
            )
        ]
        self._register_order(order)
        text = pdf_text(order.entry_id.attachment_id.raw)[1]
        self.assertIn("1. Отчислить со 2 июня 2026 года", text)
        self.assertIn("по собственному желанию", text)
        self.assertIn("Основание: заявление, запрос принимающей организации", text)
        self.assertIn("Основание: заявление, обходной лист.", text)
        self.assertIn("КазНУ им.", text)

    def test_debts_and_gpa_are_printed(self):
        self._enrol(self.first)
        self._gpa(self.first, 2.345)
        order = self._register_order(
            self._draft_order(
                "course_transfer", date(2026, 7, 1), self.first, year_id=self.year.id
            )
        )
        text = pdf_text(order.entry_id.attachment_id.raw)[1]
        self.assertIn("1 → 2", text)
        self.assertIn("2.35", text)

    def test_draft_has_no_number_and_no_code(self):
        order = self._admission(self.first)
        content = self.env["ir.actions.report"]._render_plutoprint_records(
            "registrar_orders.action_report_order", order
        )[order.id]
        text = " ".join(pdf_text(content))
        self.assertIn("№ ________", text)
        self.assertIn("ПРОЕКТ", text)
        self.assertNotIn("Проверка:", text)

    def test_long_list(self):
        """300 persons: the head of the table is repeated on every page."""
        names = self.env["registrar.student"].create(
            [
                {
                    "last_name": f"Тестов{index:03d}",
                    "first_name": "Нұрсұлтан",
                    "patronymic": "Бауыржанұлы",
                }
                for index in range(300)
            ]
        )
        order = self._enrol(names)
        pages = pdf_text(order.entry_id.attachment_id.raw)
        self.assertGreater(len(pages), 12)
        with_rows = [page for page in pages if "Тестов" in page]
        for page in with_rows:
            self.assertTrue("Оқу нысаны" in page or "Форма обучения" in page)
        self.assertIn("Тестов299", pages[-1] + pages[-2])

    def test_digest_does_not_depend_on_the_language_of_the_head(self):
        self.head.lang = "ru_RU"
        order = self._enrol(self.first)
        self.assertFalse(self.register.with_context(lang="en_US").verify_chain())
        self.assertFalse(self.register.with_context(lang="kk_KZ").verify_chain())
        self.assertEqual(
            order.with_context(lang="kk_KZ").display_name.split(" бұйрық")[0],
            "«Білім алушылар қатарына қабылдау туралы»",
        )

    def test_print_buttons(self):
        draft = self._admission(self.first)
        self.assertEqual(draft.action_print()["type"], "ir.actions.report")
        order = self._register_order(draft)
        self.assertEqual(order.action_print()["type"], "ir.actions.act_url")
