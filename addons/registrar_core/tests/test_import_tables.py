import datetime
import io
import zipfile

from odoo.tests import BaseCase

from odoo.addons.registrar_core.tools.importing import cells, columns, tables
from odoo.addons.registrar_core.tools.importing.curriculum import split_hours
from odoo.addons.registrar_core.tools.importing.issues import CellError, TableError

from .importing import xlsx


class TestTables(BaseCase):
    def _refused(self, content, code, sheet=None, **limits):
        with self.assertRaises(TableError) as caught:
            tables.read_table(content, sheet, tables.Limits(**limits))
        self.assertEqual(caught.exception.code, code)
        return caught.exception.params

    def test_csv_delimiters_and_encodings(self):
        text = "Фамилия{0}Имя{0}Балл\nӘлиев{0}Ерлан{0}5\n"
        for delimiter in (";", ",", "\t"):
            for encoding in ("utf-8", "utf-8-sig", "utf-16"):
                table = tables.read_table(text.format(delimiter).encode(encoding))
                self.assertEqual(
                    table.rows,
                    [(1, ["Фамилия", "Имя", "Балл"]), (2, ["Әлиев", "Ерлан", "5"])],
                )

    def test_old_encodings(self):
        table = tables.read_table("Фамилия;Имя\nИванов;Пётр\n".encode("cp1251"))
        self.assertEqual(table.rows[1], (2, ["Иванов", "Пётр"]))
        self.assertEqual([i.code for i in table.issues], ["encoding_cp1251"])
        table = tables.read_table("Тегі;Аты\nӘлиев;Нұрғали\n".encode("kz1048"))
        self.assertEqual(table.rows[1], (2, ["Әлиев", "Нұрғали"]))
        self.assertFalse(table.issues)

    def test_csv_details(self):
        table = tables.read_table(b'sep=;\r\na;b\r\n\r\n"x;1";"y\nz"\r\n')
        self.assertEqual(table.rows, [(2, ["a", "b"]), (4, ["x;1", "y\nz"])])
        self.assertEqual(
            tables.read_table("ФИО\nАхметов Айдар\n".encode()).rows[1][1],
            ["Ахметов Айдар"],
        )

    def test_bad_text_files(self):
        self._refused(b"", "empty_file")
        self._refused(b"\xef\xbb\xbf \n", "empty_file")
        self._refused(b"%PDF-1.7 ...", "wrong_type")
        self._refused(b"\x89PNG\r\n", "wrong_type")
        self._refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old_excel")
        self._refused(bytes(range(256)) * 20, "wrong_type")
        self._refused(b'a;b\n"x;1\n2;3\n', "broken_csv")
        self._refused(b"\xff\xfea\x00\x00\xd8", "wrong_encoding")
        self._refused(b"a;b\n" * 20, "too_many_rows", rows=10)
        self._refused(b";".join([b"a"] * 20), "too_many_columns", columns=10)
        self._refused(b"a;b\n" * 20, "file_too_large", file_bytes=10)

    def test_xlsx_values(self):
        content = xlsx(
            [["ФИО", "x"], ["Әлиев", 5], [None, 2.5], ["", None], [True, "0012"]],
            formats=[
                (1, 2, 37756, "dd.mm.yyyy"),
                (1, 3, 37756, "0"),
                (2, 2, 0.2951388889, "h:mm"),
                (2, 3, 37756.5, 'yyyy"ж."mm'),
            ],
        )
        table = tables.read_table(content)
        self.assertEqual(table.kind, "xlsx")
        self.assertEqual(
            table.rows,
            [
                (1, ["ФИО", "x"]),
                (2, ["Әлиев", 5, datetime.date(2003, 5, 15), 37756]),
                (
                    3,
                    [
                        None,
                        2.5,
                        datetime.time(7, 5),
                        datetime.datetime(2003, 5, 15, 12),
                    ],
                ),
                (5, [True, "0012"]),
            ],
        )

    def test_xlsx_sheets(self):
        content = xlsx([["a", "b"]], sheets=("Empty", "Список"))
        self.assertEqual(tables.sheet_names(content), ["Empty", "Список"])
        self.assertEqual(tables.read_table(content).sheet, "Список")
        self.assertEqual(tables.read_table(content, "Empty").rows, [])
        params = self._refused(content, "sheet_missing", "Другой")
        self.assertEqual(params["sheets"], "Empty, Список")

    def test_xlsx_merged_cells(self):
        content = xlsx(
            [[None] * 3, ["a", "b", "c"], ["x", 1, 2], [None, 3, 4], [None, 5, 6]],
            merges=[(0, 0, 0, 2, "Title"), (2, 0, 4, 0, "x")],
        )
        table = tables.read_table(content)
        self.assertEqual(table.titles, {1})
        self.assertEqual(
            [values for _n, values in table.rows[2:]],
            [["x", 1, 2], ["x", 3, 4], ["x", 5, 6]],
        )

    def test_xlsx_formulas_and_errors(self):
        content = xlsx(
            [["a", "b", "c"]],
            formulas=[(1, 0, "=1+2", 3), (1, 1, "=A9", "#REF!"), (1, 2, "=A1", "x")],
        )
        table = tables.read_table(content)
        self.assertEqual(table.rows[1][1][0], 3)
        self.assertEqual(table.rows[1][1][2], "x")
        self.assertEqual([i.params for i in table.issues], [{"count": 3}])
        with self.assertRaises(CellError) as caught:
            cells.plain(table.rows[1][1][1])
        self.assertEqual(caught.exception.code, "cell_error")

    def test_formula_that_was_never_computed(self):
        content = self._edit(
            xlsx([["a"], [1]], formulas=[(1, 0, "=1+2", 3)]),
            "xl/worksheets/sheet1.xml",
            lambda data: data.replace(b"<v>3</v>", b""),
        )
        (_header, (_number, [cell])) = tables.read_table(content).rows
        with self.assertRaises(CellError) as caught:
            cells.plain(cell)
        self.assertEqual(caught.exception.code, "formula_without_value")

    def test_broken_archives(self):
        content = xlsx([["a", "b"], ["c", "d"]])
        self._refused(content[: len(content) // 2], "broken_file")
        self._refused(content[:300] + b"\x00" * 200 + content[500:], "broken_file")
        self._refused(b"PK\x03\x04 not an archive", "broken_file")
        for path in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
            self._refused(
                self._edit(content, path, lambda data: data[: len(data) // 2]),
                "broken_file",
            )
        self._refused(self._archive({"word/document.xml": b"<a/>"}), "wrong_type")
        self._refused(
            self._archive({"mimetype": b"x", "content.xml": b"<a/>"}), "open_document"
        )

    def test_bombs(self):
        content = xlsx([["a", "b"]])
        self._refused(
            self._edit(content, "xl/worksheets/sheet1.xml", lambda d: d + b" " * 10**7),
            "unfolds_too_far",
            unpacked_bytes=10**6,
        )
        self._refused(
            self._archive({f"x{i}": b"" for i in range(60)}),
            "unfolds_too_far",
            members=50,
        )
        doctype = (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;'
            b"</worksheet>"
        )
        for path in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
            self._refused(self._edit(content, path, lambda _d: doctype), "broken_file")
        self._refused(xlsx([["a"]] * 30), "too_many_rows", rows=10)
        self._refused(xlsx([["a"] * 30]), "too_many_columns", columns=10)

    def test_hundred_thousand_rows(self):
        rows = "".join(
            f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="inlineStr"><is>'
            f"<t>x{n}</t></is></c></row>"
            for n in range(1, 100_001)
        )
        content = self._edit(
            xlsx([["a"]]),
            "xl/worksheets/sheet1.xml",
            lambda _data: (
                '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
                f'2006/main"><sheetData>{rows}</sheetData></worksheet>'
            ).encode(),
        )
        table = tables.read_table(content)
        self.assertEqual(len(table.rows), 100_000)
        self.assertEqual(table.rows[-1], (100_000, [100_000, "x100000"]))

    @staticmethod
    def _archive(parts):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, data in parts.items():
                archive.writestr(path, data)
        return buffer.getvalue()

    def _edit(self, content, path, change):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts[path] = change(parts[path])
        return self._archive(parts)


class TestCells(BaseCase):
    def _refused(self, code, parse, *args):
        with self.assertRaises(CellError, msg=args) as caught:
            parse(*args)
        self.assertEqual(caught.exception.code, code, args)

    def test_numbers(self):
        for value, number in (
            ("5", 5),
            ("5,5", 5.5),
            ("1 000", 1000),
            (5, 5),
            ("", None),
            ("–", None),
        ):
            self.assertEqual(cells.parse_number(value), number)
        self._refused("not_a_number", cells.parse_number, "пять")
        self._refused("not_a_number", cells.parse_number, "1e9")
        self._refused("negative_number", cells.parse_number, "-1")
        self._refused("not_whole", cells.parse_number, "1.5", True)
        self._refused("number_is_date", cells.parse_number, datetime.date(2026, 5, 1))

    def test_dates(self):
        day = datetime.date(2003, 5, 15)
        for value, guess in (
            (day, None),
            (datetime.datetime(2003, 5, 15, 10, 0), None),
            ("15.05.2003", None),
            ("15/05/2003", None),
            ("15-05-2003 г.", None),
            ("2003-05-15", None),
            ("2003-05-15T00:00:00", None),
            ("20030515", None),
            ("15 мая 2003 г.", None),
            ("2003 ж. 15 мамыр", None),
            ("2003 жылғы 15 мамыр", None),
            ("15 May 2003", None),
            ("15.05.03", "short_year"),
            ("05/15/2003", "american"),
            (37756, "serial"),
            ("37756", "serial"),
        ):
            self.assertEqual(cells.parse_date(value), (day, guess), value)
        self.assertEqual(cells.parse_date("15.05.99")[0], datetime.date(1999, 5, 15))
        self.assertEqual(cells.parse_date(""), (None, None))
        for value in ("31.02.2003", "15.13.2003", "2003-02-30"):
            self._refused("no_such_date", cells.parse_date, value)
        for value in ("вчера", "2003", "15 2003", "мая 2003", True):
            self._refused("not_a_date", cells.parse_date, value)

    def test_flags(self):
        for value in ("да", "Иә", "yes", 1, True, "+", "TRUE"):
            self.assertIs(cells.parse_flag(value), True)
        for value in ("нет", "Жоқ", "No", 0, False, "-"):
            self.assertIs(cells.parse_flag(value), False)
        self.assertIsNone(cells.parse_flag(""))
        self._refused("not_a_flag", cells.parse_flag, "может быть")

    def test_iin(self):
        self.assertEqual(cells.parse_iin("030515500008"), ("030515500008", None))
        self.assertEqual(
            cells.parse_iin("030515 500008"), ("030515500008", "iin_cleaned")
        )
        self.assertEqual(cells.parse_iin(30515500008), ("030515500008", "iin_zeros"))
        self.assertEqual(cells.parse_iin(None), (None, None))
        self._refused("iin_rounded", cells.parse_iin, "3,05155E+10")
        self._refused("iin_length", cells.parse_iin, "12345678901")
        self._refused("iin_check_digit", cells.parse_iin, "030515500007")
        self._refused("iin_date", cells.parse_iin, "033515500008")
        self._refused("iin_digits", cells.parse_iin, "03051550000О")

    def test_terms(self):
        for value, credits, terms in (
            ("1:5|2:5", 10, [(1, 5), (2, 5)]),
            ("2:5; 1:5", 10, [(1, 5), (2, 5)]),
            ("3", 5, [(3, 5)]),
            (3, 5, [(3, 5)]),
            ("1-4", 8, [(1, 2), (2, 2), (3, 2), (4, 2)]),
            ("1,2", 5, [(1, 2.5), (2, 2.5)]),
            (datetime.time(7, 5), 5, [(7, 5)]),
            ("", 5, []),
        ):
            self.assertEqual(cells.parse_terms(value, credits), terms, value)
        self._refused("terms_sum", cells.parse_terms, "1:5|2:4", 10)
        self._refused("term_twice", cells.parse_terms, "1:5|1:5", 10)
        self._refused("terms_unclear", cells.parse_terms, "осень", 10)
        self._refused("terms_unclear", cells.parse_terms, "1:5|2", 10)
        self._refused("terms_is_date", cells.parse_terms, datetime.date(2026, 5, 1), 5)

    def test_names(self):
        for value, name in (
            ("АХМЕТОВ", "Ахметов"),
            ("ахметов", "Ахметов"),
            ("ҚАСЫМ-ЗАДЕ", "Қасым-Заде"),
            ("МАМЕД ОГЛЫ", "Мамед оглы"),
            ("О'Нил", "О'Нил"),
            ("Сәлім ұлы", "Сәлім ұлы"),
        ):
            self.assertEqual(cells.parse_name(value, value), name)
        for value in ("Ахметов1", "Ахметов, А.", "?"):
            self._refused("not_a_name", cells.parse_name, value, value)
        self.assertEqual(
            cells.split_full_name("Әлиев Ерлан Болат ұлы"),
            ("Әлиев", "Ерлан", "Болат ұлы"),
        )
        self._refused("full_name_parts", cells.split_full_name, "Әлиев")

    def test_word_keys(self):
        # Latin and Cyrillic spellings of the same word are equal.
        self.assertEqual(cells.word_key("ОК"), cells.word_key("OK"))
        self.assertEqual(cells.word_key("Зачёт "), cells.word_key("зачет"))
        self.assertEqual(cells.word_key("гос. экзамен"), cells.word_key("Госэкзамен"))
        self.assertNotEqual(cells.word_key("ОК"), cells.word_key("ВК"))

    def test_hours_are_split_exactly(self):
        for hours, weights in (
            ({"lecture": 15, "practical": 30, "independent": 165}, [3, 4]),
            ({"practical": 240}, [2, 2, 2, 2]),
            ({"lecture": 1, "practical": 1, "independent": 88}, [1, 1, 1]),
            ({"lecture": 22.5, "independent": 52.5}, [1.5, 1]),
        ):
            parts = split_hours(hours, weights)
            for kind, total in hours.items():
                self.assertAlmostEqual(sum(part[kind] for part in parts), total)
            whole = sum(hours.values())
            for part, weight in zip(parts, weights, strict=True):
                share = whole * weight / sum(weights)
                self.assertAlmostEqual(sum(part.values()), share, delta=0.51)
                self.assertGreaterEqual(min(part.values()), 0)


class TestColumns(BaseCase):
    def test_headings_in_three_languages(self):
        for kind, specs in columns.KINDS.items():
            for language in columns.LANGUAGE_CODES:
                headings = [
                    spec.heading(language) + (" *" if spec.required else "")
                    for spec in specs
                ]
                found = columns.propose(headings, kind)
                self.assertEqual(
                    [found.get(i) for i in range(len(headings))],
                    [spec.key for spec in specs],
                    (kind, language),
                )

    def test_texts_are_complete(self):
        for kind, specs in columns.KINDS.items():
            for spec in specs:
                self.assertEqual(len(spec.headings), 3, spec.key)
                self.assertIn(len(spec.hint), (0, 3), spec.key)
                self.assertEqual(columns.field(kind, spec.key), spec)
        for targets in columns.CHOICES.values():
            for target, words in targets.items():
                self.assertEqual(set(words), set(columns.LANGUAGE_CODES), target)

    def test_words_are_not_ambiguous(self):
        for field, targets in columns.CHOICES.items():
            seen = {}
            for target, by_language in targets.items():
                for language, words in by_language.items():
                    # "Магистратура" is one word in Kazakh and in Russian.
                    for word in {cells.word_key(word) for word in words}:
                        other = seen.setdefault(word, target)
                        self.assertEqual(other, target, (field, language, word))

    def test_headings_of_real_lists(self):
        headings = ["№ п/п", "Ф.И.О. студента", "ИИН", "Дата рожд.", "Пол", "Нац-ть"]
        self.assertEqual(
            columns.propose(headings, "student"),
            {1: "full_name", 2: "iin", 3: "birth_date", 4: "gender"},
        )

    def test_header_is_found_below_titles(self):
        rows = [
            (1, ["Список группы ИС-26-1"]),
            (2, ["№", "Сведения", "Сведения"]),
            (3, ["№", "Фамилия", "Имя"]),
            (4, [1, "Ахметов", "Айдар"]),
        ]
        self.assertEqual(columns.find_header(rows, "student"), 2)
        self.assertIsNone(columns.find_header(rows[:2], "student"))
        self.assertEqual(columns.find_header([(1, ["ФИО"])], "student"), 0)
