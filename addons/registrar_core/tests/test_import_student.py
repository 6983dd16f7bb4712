import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from odoo.addons.registrar_core.tools.iin import make_iin

from .common import IINS, ROLES, RegistrarCommon
from .importing import codes, xlsx

HEAD = "Фамилия;Имя;Отчество;ИИН;Дата рождения;Пол;Номер обучающегося"


@freeze_time("2026-08-20")
class TestImportStudent(RegistrarCommon):
    def _import(self, content, dry_run=False, mapping=None, **options):
        if isinstance(content, str):
            content = content.encode()
        return self.env["registrar.import"]._import_file(
            "student", content, "list.csv", mapping, options, dry_run
        )

    def _rows(self, *rows, head=HEAD):
        return "\n".join((head, *rows))

    def _row_vals(self, row, head):
        result = self._import(self._rows(row, head=head), dry_run=True)
        self.assertFalse(result.errors, codes(result, "error"))
        return result.rows[0]["values"]

    def _assert_refused(self, content, code, row, column=None):
        count = self.env["registrar.student"].with_context(active_test=False)
        before = count.search_count([])
        result = self._import(content)
        found = [c for c in codes(result, "error") if c[:2] == (code, row)]
        self.assertTrue(found, codes(result))
        if column:
            self.assertEqual(found[0][2], column)
        self.assertFalse(result.stored)
        self.assertEqual(count.search_count([]), before)
        return result

    @users("test_clerk")
    def test_import(self):
        result = self._import(
            self._rows(
                f"ТЕСТОВ;Арман;Серікұлы;{IINS[0]};;;S-1",
                "Тестова;Әсел;;;15.05.2003;ж;S-2",
            )
        )
        self.assertTrue(result.stored, codes(result, "error"))
        self.assertRecordValues(
            result.records,
            [
                {
                    "full_name": "Тестов Арман Серікұлы",
                    "iin": IINS[0],
                    "birth_date": datetime.date(2003, 5, 15),
                    "gender": "male",
                    "citizenship_id": self.env.ref("base.kz").id,
                    "student_number": "S-1",
                    "status": "none",
                },
                {
                    "full_name": "Тестова Әсел",
                    "iin": False,
                    "birth_date": datetime.date(2003, 5, 15),
                    "gender": "female",
                    "citizenship_id": self.env.ref("base.kz").id,
                    "student_number": "S-2",
                    "status": "none",
                },
            ],
        )
        self.assertFalse(result.records.enrolment_ids)
        self.assertEqual(result.records[0].partner_id.name, "Тестов Арман Серікұлы")
        self.assertIn(("name_case", 2, "Фамилия"), codes(result, "note"))
        self.assertIn(("iin_missing", 3, "ИИН"), codes(result, "warning"))

    @users("test_clerk")
    def test_second_run_changes_nothing(self):
        content = self._rows(
            f"Тестов;Арман;Серікұлы;{IINS[0]};;;S-1",
            "Тестова;Әсел;;;15.05.2003;ж;",
            "Безданный;Один;;;;;",
        )
        first = self._import(content)
        result = self._import(content)
        self.assertTrue(result.stored)
        self.assertEqual(dict(result.counts["registrar.student"]), {"unchanged": 3})
        self.assertEqual(result.records, first.records)

    @users("test_clerk")
    def test_found_by_each_key(self):
        person = self._import(
            self._rows(f"Тестов;Арман;;{IINS[0]};;;S-1", "Тестова;Әсел;;;15.05.2003;;")
        ).records
        result = self._import(
            self._rows(
                # By number: the IIN is not repeated; by name and birth date.
                "Тестов;Арман;Серікұлы;;;;S-1",
                f"Тестова;Әсел;;{IINS[1]};15.05.2003;;S-2",
            )
        )
        self.assertEqual(result.records, person)
        self.assertEqual(result.records[0].patronymic, "Серікұлы")
        self.assertEqual(result.records[0].iin, IINS[0])
        self.assertEqual(result.records[1].iin, IINS[1])
        self.assertEqual(dict(result.counts["registrar.student"]), {"updated": 2})
        # By IIN: everything else may change.
        result = self._import(self._rows(f"Иначев;Другой;;{IINS[0]};;;S-9"))
        self.assertEqual(result.records, person[0])
        self.assertIn("person_renamed", [c[0] for c in codes(result, "warning")])
        self.assertEqual(person[0].student_number, "S-9")
        self.assertEqual(person[0].partner_id.name, "Иначев Другой Серікұлы")

    @users("test_clerk")
    def test_many_updates_leave_a_note(self):
        """Set-wise writing does what ordinary writing does, and tells what changed."""
        head = "Фамилия;Имя;Номер обучающегося;Телефон;Электронная почта;Гражданство"
        rows = [f"Многих;Студент;M-{i};+7 1{i};a{i}@example.com;KZ" for i in range(120)]
        first = self._import(self._rows(*rows, head=head))
        self.assertTrue(first.stored, codes(first, "error"))
        rows = [f"Многих;Студент;M-{i};+7 2{i};b{i}@example.com;РФ" for i in range(120)]
        rows[7] = rows[7].replace("Студент", "Новый")
        result = self._import(self._rows(*rows, head=head))
        self.assertEqual(dict(result.counts["registrar.student"]), {"updated": 120})
        self.env.invalidate_all()
        student = result.records[7]
        self.assertEqual(student.phone, "+7 27")
        self.assertEqual(student.partner_id.email, "b7@example.com")
        self.assertEqual(student.partner_id.email_normalized, "b7@example.com")
        self.assertEqual(student.citizenship_id.code, "RU")
        self.assertEqual(student.full_name, "Многих Новый")
        self.assertEqual(student.partner_id.name, "Многих Новый")
        note = student.message_ids[:1].body
        self.assertIn("list.csv", note)
        self.assertIn("+7 17 → +7 27", note)
        again = self._import(self._rows(*rows, head=head))
        self.assertEqual(dict(again.counts["registrar.student"]), {"unchanged": 120})

    @users("test_clerk")
    def test_empty_cells_change_nothing(self):
        head = HEAD + ";Телефон"
        person = self._import(
            self._rows(f"Тестов;Арман;Серікұлы;{IINS[0]};;;S-1;+7 701", head=head)
        ).records
        self._import(self._rows(f"Тестов;Арман;;{IINS[0]};;;;", head=head))
        self.assertEqual(person.patronymic, "Серікұлы")
        self.assertEqual(person.phone, "+7 701")
        self.assertEqual(person.student_number, "S-1")

    @users("test_clerk")
    def test_bad_cells(self):
        for row, code, column in (
            ("Тестов;;;;15.05.2003;;", "required", "Имя"),
            ("Тестов1;Арман;;;15.05.2003;;", "not_a_name", "Фамилия"),
            ("Тестов;Арман;;030515500007;;;", "iin_check_digit", "ИИН"),
            ("Тестов;Арман;;12345;;;", "iin_length", "ИИН"),
            ("Тестов;Арман;;3,05155E+10;;;", "iin_rounded", "ИИН"),
            ("Тестов;Арман;;;31.02.2003;;", "no_such_date", "Дата рождения"),
            ("Тестов;Арман;;;давно;;", "not_a_date", "Дата рождения"),
            ("Тестов;Арман;;;15.05.2030;;", "born_later", "Дата рождения"),
            ("Тестов;Арман;;;15.05.2003;средний;", "unknown_value", "Пол"),
        ):
            with self.subTest(row):
                self._assert_refused(self._rows(row), code, 2, column)

    @users("test_clerk")
    def test_nothing_is_stored_when_one_row_is_wrong(self):
        rows = [f"Тестов;Арман{'а' * i};;;15.05.2003;м;" for i in range(1, 20)]
        rows.append("Тестов;Последний;;030515500007;;;")
        self._assert_refused(self._rows(*rows), "iin_check_digit", 21)

    @users("test_clerk")
    def test_duplicates_in_the_file(self):
        for rows, code in (
            ((f"А;Б;;{IINS[0]};;;", f"В;Г;;{IINS[0]};;;"), "row_twice"),
            (("А;Б;;;15.05.2003;;N1", "В;Г;;;16.05.2003;;n1"), "row_twice"),
            (("А;Б;;;15.05.2003;;", "А;Б;;;15.05.2003;;"), "row_twice"),
            (("А;Б;;;;;", "а;б;;;;;"), "row_twice"),
        ):
            with self.subTest(rows):
                result = self._assert_refused(self._rows(*rows), code, 3)
                self.assertEqual(result.errors[0].params, {"row": 2})
        result = self._import(
            self._rows(f"А;Б;;{IINS[0]};;;", f"А;Б;;{IINS[1]};15.05.2003;;")
        )
        self.assertTrue(result.stored, codes(result, "error"))
        self.assertIn("namesake_in_file", [c[0] for c in codes(result, "warning")])

    @users("test_clerk")
    def test_conflicts_with_the_register(self):
        self._import(
            self._rows(
                f"Тестов;Арман;;{IINS[0]};;;S-1",
                "Тестова;Әсел;;;16.05.2003;;S-2",
                f"Третьев;Пётр;;{IINS[1]};;;S-3",
            )
        )
        self._assert_refused(
            self._rows(f"Тестов;Арман;;{IINS[0]};;;S-2"), "keys_differ", 2
        )
        other = make_iin(datetime.date(2003, 5, 15), "male", 777)
        self._assert_refused(
            self._rows(f"Третьев;Пётр;;{other};;;S-3"), "number_taken", 2
        )
        self._assert_refused(
            self._rows(f"Тестов;Арман;;{IINS[0]};;;", "Тестов;Арман;;;;;S-1"),
            "same_record",
            3,
        )
        result = self._import(
            self._rows(f"Тестов;Арман;;{other};15.05.2003;;"), dry_run=True
        )
        self.assertIn("namesake", [c[0] for c in codes(result, "warning")])
        self.assertEqual(result.counts["registrar.student"]["created"], 1)
        result = self._import(self._rows("Тестов;Арман;;;;;"), dry_run=True)
        self.assertIn("bare_namesake", [c[0] for c in codes(result, "warning")])

    @users("test_clerk")
    def test_ambiguous_person(self):
        for number in ("S-1", "S-2"):
            self.env["registrar.student"].create(
                {
                    "last_name": "Двойник",
                    "first_name": "Иван",
                    "birth_date": "2003-05-15",
                    "student_number": number,
                }
            )
        result = self._assert_refused(
            self._rows("Двойник;Иван;;;15.05.2003;;"), "ambiguous", 2
        )
        self.assertIn("S-1", result.errors[0].params["others"])

    @users("test_clerk")
    def test_archived_person_is_found(self):
        person = self._import(self._rows(f"Тестов;Арман;;{IINS[0]};;;")).records
        person.active = False
        result = self._import(self._rows(f"Тестов;Арман;;{IINS[0]};;;"))
        self.assertIn("archived", [c[0] for c in codes(result, "warning")])
        self.assertEqual(result.records, person)

    @users("test_clerk")
    def test_iin_anomalies_are_warnings(self):
        result = self._import(
            self._rows(f"Тестов;Арман;;{IINS[0]};16.05.2003;ж;"), dry_run=True
        )
        self.assertFalse(result.errors)
        found = [c[0] for c in codes(result, "warning")]
        self.assertIn("iin_birth_date_mismatch", found)
        self.assertIn("iin_gender_mismatch", found)

    @users("test_clerk")
    def test_words_in_three_languages(self):
        kazakh = self.env["registrar.nationality"].search([("code", "=", "005")])
        for word in ("казах", "Казашка", "қазақ", "Kazakh", "Казахи", "005"):
            values = self._row_vals(f"А;Б;{word}", "Фамилия;Имя;Национальность")
            self.assertEqual(values["nationality_id"], kazakh.id, word)
        russia = self.env.ref("base.ru")
        for word in ("РФ", "Россия", "Ресей", "Russia", "RU", "rus"):
            values = self._row_vals(f"А;Б;{word}", "Тегі;Аты;Азаматтығы")
            self.assertEqual(values["citizenship_id"], russia.id, word)
        for word in ("колледж", "ТиПО", "college", "ТжКБ"):
            values = self._row_vals(f"А;Б;{word}", "Фамилия;Имя;Образование")
            self.assertEqual(values["previous_education"], "college", word)
        self._assert_refused(
            self._rows("А;Б;марсианин", head="Фамилия;Имя;Национальность"),
            "not_found",
            2,
        )

    @users("test_clerk")
    def test_social_categories(self):
        first, second = self.env["registrar.social.category"].search([], limit=2)
        values = self._row_vals(
            f"А\tБ\t{first.code}; {second.name_ru}", "Фамилия\tИмя\tЛьготы"
        )
        self.assertEqual(values["social_category_ids"], sorted((first | second).ids))
        content = self._rows(f"А\tБ\t{first.code}", head="Фамилия\tИмя\tЛьготы")
        student = self._import(content).records
        self.assertEqual(student.social_category_ids, first)
        again = self._import(content)
        self.assertEqual(again.counts["registrar.student"]["unchanged"], 1)
        self._assert_refused(
            self._rows("А\tБ\tтакой нет", head="Фамилия\tИмя\tЛьготы"),
            "category_not_found",
            2,
        )

    @users("test_clerk")
    def test_full_name_in_one_column(self):
        values = self._row_vals("1;АХМЕТОВ АЙДАР Болат ұлы", "№;ФИО")
        self.assertEqual(
            (values["last_name"], values["first_name"], values["patronymic"]),
            ("АХМЕТОВ".capitalize(), "Айдар", "Болат ұлы"),
        )
        self._assert_refused(
            self._rows("1;Ахметов", head="№;ФИО"), "full_name_parts", 2, "ФИО"
        )

    @users("test_clerk")
    def test_mixed_letters_in_names(self):
        # Latin o in a Cyrillic name.
        result = self._import(self._rows("Ивaнoв;Айдар;;;15.05.2003;;"), dry_run=True)
        self.assertEqual(result.rows[0]["values"]["last_name"], "Иванов")
        self.assertIn(("letters_repaired", 2, "Фамилия"), codes(result, "note"))

    @users("test_clerk")
    def test_spreadsheet(self):
        content = xlsx(
            [
                ["Список группы"],
                ["ИИН", "ФИО", "Дата рождения", "Телефон"],
                [30515500008, "Ахметов\u200b Айдар", None, 77010000000],
                [None, None, None, None],
                ["", "Итого: 1"],
            ],
            formats=[(2, 2, 37756, "dd.mm.yyyy")],
        )
        result = self._import(content)
        self.assertTrue(result.stored, codes(result, "error"))
        self.assertRecordValues(
            result.records,
            [
                {
                    "iin": "030515500008",
                    "full_name": "Ахметов Айдар",
                    "birth_date": datetime.date(2003, 5, 15),
                    "phone": "77010000000",
                }
            ],
        )
        self.assertIn("iin_zeros", [c[0] for c in codes(result, "warning")])
        self.assertIn("hidden_signs", [c[0] for c in codes(result, "note")])

    @users("test_clerk")
    def test_broken_files_are_reported(self):
        for content, code in (
            (b"", "empty_file"),
            (b"PK\x03\x04 damaged", "broken_file"),
            (b"%PDF-1.4", "wrong_type"),
            ("просто текст\nбез таблицы".encode(), "no_header"),
            (HEAD.encode(), "no_rows"),
            ("ИИН;Телефон\n1;2".encode(), "column_missing"),
            (xlsx([["ФИО", "ИИН"], ["А Б", "x"]])[:400], "broken_file"),
        ):
            with self.subTest(code):
                result = self._import(content)
                self.assertIn(code, [c[0] for c in codes(result, "error")])
                text = self.env["registrar.import"]._import_error_text(result)
                self.assertTrue(text)

    @users("test_clerk")
    def test_error_cells_of_a_spreadsheet(self):
        content = xlsx(
            [["ФИО", "ИИН"], ["А Б", None]], formulas=[(1, 1, "=X", "#NAME?")]
        )
        self._assert_refused(content, "cell_error", 2, "ИИН")

    @users("test_clerk")
    def test_parse_students(self):
        """A class list gives what an order of admission needs."""
        content = self._rows(
            f"Тестов;Арман;{IINS[0]};ИС-26-1;грант;очная;каз;1;25.08.2026;6T06103",
            head="Фамилия;Имя;ИИН;Группа;Финансирование;Форма обучения;Язык обучения;"
            "Курс;Дата зачисления;ОП",
        ).encode()
        (row,) = self.env["registrar.import"]._parse_students(content, "list.csv")
        self.assertEqual(row["row"], 2)
        self.assertEqual(row["values"]["last_name"], "Тестов")
        self.assertFalse(row["record"])
        self.assertEqual(
            row["proposed"],
            {
                "programme": "6T06103",
                "group": "ИС-26-1",
                "course": 1,
                "study_form": "full_time",
                "language": "kk",
                "funding": "grant",
                "admission_date": datetime.date(2026, 8, 25),
            },
        )
        result = self._import(content)
        self.assertEqual(result.rows[0]["record"], result.records)
        self.assertEqual(result.rows[0]["proposed"], row["proposed"])
        self.assertIn("proposed_kept", [c[0] for c in codes(result, "note")])
        self.assertEqual(result.records.status, "none")
        with self.assertRaises(UserError) as caught:
            self.env["registrar.import"]._parse_students(
                self._rows("Тестов;Арман;;1;;;").encode()
            )
        self.assertIn("12", str(caught.exception))

    @users("test_clerk")
    def test_messages_are_in_the_language_of_the_reader(self):
        wizard = self.env["registrar.import"].with_context(lang="ru_RU")
        result = wizard._import_file("student", self._rows("А;;;;;;").encode())
        text = wizard._import_error_text(result)
        self.assertIn("Имя", text)
        # Every code has a text that its parameters fill.
        for issue in result.issues:
            self.assertTrue(wizard._issue_texts(issue)[0])

    def test_office_only(self):
        content = self._rows("Тестов;Арман;;;15.05.2003;;").encode()
        for role in ROLES:
            wizard = self.env["registrar.import"].with_user(getattr(self, role))
            if role in ("clerk", "head"):
                self.assertTrue(wizard._import_file("student", content).stored)
                continue
            with self.subTest(role), self.assertRaises(AccessError):
                wizard._import_file("student", content)
            with self.subTest(role), self.assertRaises(AccessError):
                wizard.create({"kind": "student"})

    @users("test_clerk")
    def test_progress(self):
        told = []
        rows = [f"Тестов;Арман{'а' * i};;;15.05.2003;м;" for i in range(5)]
        self._import(
            self._rows(*rows), progress=lambda phase, done, total: told.append(phase)
        )
        self.assertEqual(told, ["reading", "checking", "storing"])


@tagged("-standard", "slow")
class TestImportSpeed(RegistrarCommon):
    def test_twenty_thousand_students(self):
        rows = ["Фамилия;Имя;Номер обучающегося;Дата рождения;Телефон"]
        for number in range(20_000):
            rows.append(f"Тестов;Арман;L-{number};15.05.2003;+7 {number}")
        content = "\n".join(rows).encode()
        wizard = self.env["registrar.import"].with_user(self.clerk)
        start = datetime.datetime.now()
        result = wizard._import_file("student", content)
        seconds = (datetime.datetime.now() - start).total_seconds()
        self.assertEqual(result.counts["registrar.student"]["created"], 20_000)
        self.assertLess(seconds, 60)
        again = wizard._import_file("student", content)
        self.assertEqual(again.counts["registrar.student"]["unchanged"], 20_000)
