import csv
import io

from odoo.tests import users

from .common import RegistrarCommon
from .importing import SMALL, codes, xlsx


class TestImportCurriculum(RegistrarCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.content = SMALL.read_bytes()
        cls.programme.credits_required = 24
        cls.options = {
            "programme": cls.programme.code,
            "intake_year": cls.year.name,
            "study_form": "full_time",
            "language": "kk",
        }

    def _import(self, content=None, dry_run=False, mapping=None, **options):
        return self.env["registrar.import"]._import_file(
            "curriculum",
            self.content if content is None else content,
            "small.csv",
            mapping=mapping,
            options={**self.options, **options},
            dry_run=dry_run,
        )

    def _changed(self, change):
        """Return the small curriculum with its rows changed by a function."""
        rows = list(csv.DictReader(io.StringIO(self.content.decode())))
        rows = change(rows) or rows
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        return buffer.getvalue().encode()

    def _set(self, index, **values):
        return self._changed(lambda rows: rows[index].update(values))

    def _assert_refused(self, content, code, row=None, **options):
        before = self.env["registrar.curriculum.line"].search_count([])
        result = self._import(content, **options)
        self.assertIn((code, row), [c[:2] for c in codes(result, "error")])
        self.assertFalse(result.stored)
        self.assertEqual(self.env["registrar.curriculum.line"].search_count([]), before)
        self.assertTrue(self.env["registrar.import"]._import_error_text(result))
        return result

    @users("test_clerk")
    def test_dry_run_stores_nothing(self):
        disciplines = self.env["registrar.discipline"].search_count([])
        result = self._import(dry_run=True)
        self.assertFalse(result.errors)
        self.assertFalse(result.stored)
        self.assertFalse(result.records)
        self.assertEqual(result.counts["registrar.curriculum.line"]["created"], 9)
        self.assertEqual(self.env["registrar.discipline"].search_count([]), disciplines)

    @users("test_clerk")
    def test_import(self):
        result = self._import()
        self.assertTrue(result.stored)
        curriculum = result.records
        self.assertRecordValues(
            curriculum,
            [
                {
                    "programme_id": self.programme.id,
                    "intake_year_id": self.year.id,
                    "language": "kk",
                    "version": 1,
                    "state": "draft",
                    "credits_total": 24,
                    "credits_by_term": "6 / 6 / 6 / 6",
                }
            ],
        )
        self.assertEqual(curriculum._approval_problems(), [])
        language = curriculum.line_ids.filtered(lambda line: line.slot == "1")
        # The state exam is held once, at the end.
        self.assertRecordValues(
            language.sorted("term_number"),
            [
                {
                    "term_number": 1,
                    "credits": 5,
                    "hours_total": 150,
                    "hours_practical": 60,
                    "hours_independent": 75,
                    "hours_supervised": 15,
                    "control_form": "exam",
                },
                {
                    "term_number": 2,
                    "credits": 5,
                    "hours_total": 150,
                    "hours_practical": 60,
                    "hours_independent": 75,
                    "hours_supervised": 15,
                    "control_form": "state_exam",
                },
            ],
        )
        discipline = language.discipline_id
        self.assertRecordValues(
            discipline,
            [
                {
                    "code": "ITK/ITR/ITE 1101",
                    "code_kk": "ITK 1101",
                    "code_ru": "ITR 1101",
                    "code_en": "ITE 1101",
                    "name_ru": "Проверочный язык",
                    "kind": "discipline",
                }
            ],
        )
        self.assertRecordValues(
            curriculum.block_ids, [{"code": "3", "choose": 1, "option_count": 2}]
        )
        options = curriculum.block_ids.line_ids.sorted("sequence")
        self.assertEqual(options.mapped("is_default"), [False, True])
        self.assertEqual(
            options.discipline_id.mapped("code"),
            ["IAK/IAR/IAE 2203", "IBK/IBR/IBE 2203"],
        )
        self.assertIn(("letters_repaired", 5, "discipline_code"), codes(result, "note"))
        practice = curriculum.line_ids.filtered(lambda line: line.slot == "4")
        self.assertEqual(practice.control_form, "report")
        self.assertEqual(practice.discipline_id.kind, "practice")
        self.assertEqual(
            curriculum.module_ids.sorted("number").mapped("code"),
            ["OMK/OMR/OME", "BMK/BMR/BME"],
        )
        self.assertEqual(result.summary["cycles"], {"ood": 14.0, "bd": 5.0, "pd": 5.0})

    @users("test_clerk")
    def test_second_run_changes_nothing(self):
        curriculum = self._import().records
        lines = curriculum.line_ids
        moments = lines.mapped("write_date")
        result = self._import()
        self.assertTrue(result.stored)
        for what in ("created", "updated", "deleted"):
            self.assertEqual(result.total(what), 0, what)
        self.assertEqual(result.records, curriculum)
        self.assertEqual(curriculum.line_ids, lines)
        self.assertEqual(lines.mapped("write_date"), moments)

    @users("test_clerk")
    def test_update_by_key(self):
        curriculum = self._import().records
        lines = curriculum.line_ids

        def change(rows):
            rows[0].update(control_form="EXAM", module_ru="Другой модуль")
            rows[1].update(module_ru="Другой модуль")
            rows[2].update(name_ru="Первый выбор, исправлено")
            # The options of the slot are chosen two of three now.
            extra = dict(
                rows[3], option_no="3", is_default="0", name_kk="Үшінші таңдау"
            )
            extra.update(discipline_code="IDK/ IDR/ IDE 2203", name_ru="Третий выбор")
            rows[2].update(is_default="1")
            for row in (*rows[2:4], extra):
                row["choose_n"] = "2"
            return [*rows[:4], extra]

        result = self._import(self._changed(change))
        self.assertTrue(result.stored, codes(result, "error"))
        self.assertEqual(
            dict(result.counts["registrar.curriculum.line"]),
            {"updated": 2, "unchanged": 6, "created": 1, "deleted": 1},
        )
        self.assertEqual(
            dict(result.counts["registrar.discipline"]),
            {"unchanged": 3, "updated": 1, "created": 1},
        )
        self.assertIn("lines_removed", [c[0] for c in codes(result, "warning")])
        self.assertEqual(len(curriculum.line_ids & lines), 8)
        self.assertFalse(curriculum.line_ids.filtered(lambda line: line.slot == "4"))
        self.assertEqual(curriculum.block_ids.choose, 2)
        self.assertEqual(curriculum.block_ids.option_count, 3)
        self.assertEqual(
            curriculum.module_ids.sorted("number").mapped("name_ru"),
            ["Другой модуль", "Базовый модуль"],
        )
        self.assertEqual(
            set(
                curriculum.line_ids.filtered(lambda line: line.slot == "1").mapped(
                    "control_form"
                )
            ),
            {"exam"},
        )

    @users("test_clerk")
    def test_missing_lines_may_stay(self):
        curriculum = self._import().records
        result = self._import(self._changed(lambda rows: rows[:4]), keep_missing=True)
        self.assertEqual(result.total("deleted"), 0)
        self.assertEqual(len(curriculum.line_ids), 9)

    @users("test_clerk")
    def test_block_and_module_that_are_gone(self):
        curriculum = self._import().records
        # The second option and the whole module 2 go.
        result = self._import(
            self._changed(
                lambda rows: [
                    dict(row, module_no="1", module_kk="", module_ru="", module_code="")
                    if index > 1
                    else row
                    for index, row in enumerate(rows)
                    if index != 3
                ]
            )
        )
        self.assertTrue(result.stored, codes(result, "error"))
        self.assertFalse(curriculum.block_ids)
        self.assertEqual(curriculum.module_ids.mapped("number"), [1])
        self.assertFalse(curriculum.line_ids.block_id)
        self.assertEqual(curriculum.line_ids.module_id, curriculum.module_ids)

    @users("test_clerk")
    def test_approved_curriculum_is_never_changed(self):
        curriculum = self._import().records
        curriculum.with_user(self.head).action_approve()
        # The same file is no change.
        result = self._import()
        self.assertTrue(result.stored)
        self.assertEqual(result.records, curriculum)
        changed = self._set(0, control_form="EXAM")
        result = self._assert_refused(changed, "curriculum_approved")
        text = self.env["registrar.import"]._import_error_text(result)
        self.assertIn("new version", text)
        result = self._import(changed, new_version=True)
        self.assertRecordValues(
            result.records,
            [{"version": 2, "state": "draft", "previous_id": curriculum.id}],
        )
        self.assertEqual(result.counts["registrar.curriculum.line"]["created"], 9)
        # Again: the draft of the new version is found and nothing changes.
        again = self._import(changed, new_version=True)
        self.assertEqual(again.records, result.records)
        self.assertEqual(again.total("created") + again.total("updated"), 0)

    @users("test_clerk")
    def test_names_of_an_approved_curriculum_stay(self):
        curriculum = self._import().records
        curriculum.with_user(self.head).action_approve()
        result = self._import(self._set(0, name_ru="Проверочный язык (новый)"))
        self.assertTrue(result.stored)
        self.assertIn(("discipline_name_kept", 2, "name_ru"), codes(result, "warning"))
        self.assertIn(
            "Проверочный язык", curriculum.line_ids.discipline_id.mapped("name_ru")
        )
        result = self._import(
            self._set(0, name_ru="Проверочный язык (новый)"), update_disciplines=True
        )
        self.assertEqual(result.counts["registrar.discipline"]["updated"], 1)

    @users("test_clerk")
    def test_code_of_another_discipline(self):
        """A shared code with quite another name makes a discipline of its own."""
        other = self.env["registrar.discipline"].create(
            {
                "code": "ITK/ITR/ITE 1101",
                "name_kk": "Құқық негіздері",
                "name_ru": "Основы права",
            }
        )
        self.env["registrar.curriculum.line"].create(
            {
                "curriculum_id": self.curriculum.id,
                "discipline_id": other.id,
                "credits": 5,
                "term_number": 3,
            }
        )
        result = self._import()
        self.assertIn(
            ("discipline_of_another", 2, "discipline_code"), codes(result, "warning")
        )
        self.assertEqual(other.name_ru, "Основы права")
        line = result.records.line_ids.filtered(lambda line: line.slot == "1")
        self.assertEqual(line.discipline_id.code, "ITK/ITR/ITE 1101 (6T06103)")
        again = self._import()
        self.assertEqual(again.total("created") + again.total("updated"), 0)

    @users("test_clerk")
    def test_new_programme(self):
        options = {
            "programme": "6в09901",
            "create_programme": True,
            "programme_name_kk": "Жаңа",
            "programme_name_ru": "Новая",
            "department": self.department.id,
        }
        self._assert_refused(self.content, "head_programme", programme="6B09901")
        self._assert_refused(
            self.content, "head_new_programme", **{**options, "department": False}
        )
        result = self._import(**options)
        programme = result.records.programme_id
        self.assertEqual(programme.code, "6B09901")
        self.assertEqual(result.records.duration_years, 4)
        self.assertIn("credits_total", [c[0] for c in codes(result, "warning")])
        again = self._import(**options)
        self.assertEqual(again.records, result.records)

    @users("test_clerk")
    def test_year_of_admission(self):
        self._assert_refused(self.content, "head_year", intake_year="2039/2040")
        # Only the head may enter a year.
        self._assert_refused(
            self.content, "head_year", intake_year="2039/2040", create_year=True
        )
        self.uid = self.head.id
        result = self._import(intake_year="2039-2040", create_year=True)
        self.assertEqual(result.records.intake_year_id.name, "2039/2040")

    @users("test_clerk")
    def test_versions(self):
        self._assert_refused(self.content, "version_missing", version=7)
        first = self._import(version=1).records
        self.assertEqual(first.version, 1)
        self.assertEqual(self._import(version=1).records, first)

    @users("test_clerk")
    def test_errors_by_row_and_column(self):
        for index, values, code in (
            (0, {"credits": "0"}, "bad_credits"),
            (0, {"credits": "много"}, "not_a_number"),
            (0, {"credits": ""}, "required"),
            (0, {"cycle": "XX"}, "unknown_value"),
            (0, {"component": ""}, "required"),
            (0, {"control_form": "ПИСЬМО"}, "unknown_value"),
            (0, {"semesters": "1:5|2:4"}, "terms_sum"),
            (0, {"semesters": "1:5|99:5"}, "term_too_late"),
            (0, {"semesters": ""}, "required"),
            (0, {"discipline_code": ""}, "required"),
            (0, {"name_kk": ""}, "required"),
            (0, {"choose_n": "2"}, "bad_choose"),
            (3, {"credits": "6"}, "slot_differs"),
            (3, {"discipline_code": "IAK/ IAR/ IAE 2203"}, "option_twice"),
            (
                1,
                {
                    "discipline_code": "ITK/ITR/ITE 1101",
                    "name_kk": "Сынақ тілі",
                    "name_ru": "Проверочный язык",
                },
                "discipline_twice",
            ),
        ):
            with self.subTest(values):
                self._assert_refused(self._set(index, **values), code, index + 2)

    @users("test_clerk")
    def test_all_errors_are_listed(self):
        def change(rows):
            rows[0].update(credits="x", cycle="YY")
            rows[2].update(name_ru="")
            rows[4].update(semesters="9:9")

        result = self._assert_refused(self._changed(change), "terms_sum", 6)
        self.assertEqual(
            set(codes(result, "error")),
            {
                ("not_a_number", 2, "credits"),
                ("unknown_value", 2, "cycle"),
                ("required", 4, "name_ru"),
                ("terms_sum", 6, "semesters"),
            },
        )

    @users("test_clerk")
    def test_warnings(self):
        for index, values, code in (
            (0, {"control_semester": "5"}, "control_term"),
            (0, {"hours_total": "290"}, "hours_norm"),
            (0, {"hours_lab": "30"}, "hours_sum"),
            (0, {"name_en": ""}, "name_missing"),
            (0, {"name_ru": "Test language"}, "names_shifted"),
            (0, {"name_ru": "Проверочный тіл"}, "kazakh_in_russian"),
            (0, {"name_en": "Тестовый language"}, "not_english"),
            (0, {"name_kk": "Test"}, "not_kazakh"),
            (0, {"module_ru": "Иначе"}, "module_differs"),
            (2, {"is_default": "1"}, "defaults"),
            (3, {"discipline_code": "ҚД 2203"}, "cyrillic_code"),
            (1, {"slot_code": "1101"}, "position_code_twice"),
            (3, {"discipline_code": "ITK/ITR/ITE 1101"}, "code_of_another"),
            (4, {"semesters": "9:5", "control_semester": "9"}, "terms_of_duration"),
        ):
            with self.subTest(values):
                result = self._import(self._set(index, **values), dry_run=True)
                self.assertFalse(result.errors, codes(result, "error"))
                self.assertIn(code, [c[0] for c in codes(result, "warning")])

    @users("test_clerk")
    def test_spreadsheet_with_merged_cells_in_russian(self):
        """A plan as offices draw it: titles, two-storey heading, merged positions."""
        content = xlsx(
            [
                ["Рабочий учебный план 6T06103"],
                ["№ п/п", "Цикл", "Компонент", "Кредиты", "Часы", None, None, "Семестр"]
                + ["Форма контроля", "Код дисциплины"]
                + ["Дисциплина на казахском", "Дисциплина на русском"],
                [None] * 4 + ["Всего часов", "Лекции", "СРО"] + [None] * 5,
                [1, "БД", "КВ", 5, 150, 50, 100, 1, "Экзамен", "AA 1101", "Ә", "А"],
                [None] * 9 + ["BB 1101", "Б бір", "Б один"],
                [2, "ПД", "ВК", "5", 150, 50, 100, 2, "дифзачёт", "CC 1102", "В", "В"],
                ["Итого", None, None, 10],
            ],
            merges=[
                (0, 0, 0, 11, "Рабочий учебный план 6T06103"),
                (1, 4, 1, 6, "Часы"),
                *[
                    (1, column, 2, column, heading)
                    for column, heading in (
                        (0, "№ п/п"),
                        (1, "Цикл"),
                        (2, "Компонент"),
                        (3, "Кредиты"),
                        (7, "Семестр"),
                        (8, "Форма контроля"),
                        (9, "Код дисциплины"),
                        (10, "Дисциплина на казахском"),
                        (11, "Дисциплина на русском"),
                    )
                ],
                (3, 0, 4, 0, 1),
            ],
        )
        result = self._import(content)
        self.assertTrue(result.stored, codes(result, "error"))
        self.assertIn("row_skipped", [c[0] for c in codes(result, "note")])
        self.assertEqual(result.summary["options"], 3)
        self.assertRecordValues(
            result.records.line_ids.sorted("sequence"),
            [
                {"slot": "1", "term_number": 1, "is_default": True, "cycle": "bd"},
                {"slot": "1", "term_number": 1, "is_default": False, "cycle": "bd"},
                {"slot": "2", "term_number": 2, "is_default": False, "cycle": "pd"},
            ],
        )
        self.assertEqual(
            result.records.line_ids.sorted("sequence")[2].control_form, "credit_test"
        )

    @users("test_clerk")
    def test_missing_column(self):
        content = self._changed(
            lambda rows: [
                {k: v for k, v in row.items() if k != "credits"} for row in rows
            ]
        )
        result = self._assert_refused(content, "column_missing")
        self.assertEqual(result.errors[0].params, {"field": "credits"})

    @users("test_clerk")
    def test_mapping_by_dict_and_by_name(self):
        content = self.content.replace(b"credits,", b"K,", 1)
        self._assert_refused(content, "column_missing")
        result = self._import(content, mapping={"K": "credits"}, dry_run=True)
        self.assertFalse(result.errors)
        mapping = self.env["registrar.import.mapping"].create(
            {
                "name": "Own layout",
                "kind": "curriculum",
                "line_ids": [
                    (0, 0, {"heading": "K", "curriculum_field": "credits"}),
                    (0, 0, {"heading": "name_en", "curriculum_field": False}),
                ],
                "value_ids": [
                    (0, 0, {"source": "СЕССИЯ", "target": "control_form:exam"})
                ],
            }
        )
        content = content.replace(b"STATE_EXAM", "СЕССИЯ".encode())
        for given in (mapping, "Own layout"):
            result = self._import(content, mapping=given, dry_run=True)
            self.assertFalse(result.errors, codes(result, "error"))
            # The column that the mapping leaves out is not recognised again.
            self.assertIn("name_missing", [c[0] for c in codes(result)])
