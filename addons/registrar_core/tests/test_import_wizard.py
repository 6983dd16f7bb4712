import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged, users

from odoo.addons.registrar_core.tools.importing import columns

from .common import ROLES, RegistrarCommon
from .importing import SMALL, xlsx

STUDENTS = "ФИО;ИИН;Дата рождения\nТестов Арман;;15.05.2003\nТестова Әсел;;16.05.2003\n"


class TestImportWizard(RegistrarCommon):
    def _wizard(self, content, name="list.csv", kind="student", **values):
        return self.env["registrar.import"].create(
            {
                "kind": kind,
                "data_file": base64.b64encode(content),
                "file_name": name,
                **values,
            }
        )

    @users("test_clerk")
    def test_students_step_by_step(self):
        wizard = self._wizard(STUDENTS.encode())
        action = wizard.action_read_file()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(wizard.state, "mapping")
        self.assertEqual(
            wizard.column_ids.mapped("student_field"),
            ["full_name", "iin", "birth_date"],
        )
        self.assertIn("Тестов Арман", wizard.column_ids[0].sample)
        wizard.action_check()
        self.assertEqual(wizard.state, "check")
        self.assertEqual(wizard.error_count, 0)
        self.assertIn("2", wizard.summary_html)
        self.assertFalse(self._found())
        wizard.action_import()
        self.assertEqual(wizard.state, "done")
        self.assertEqual(len(self._found()), 2)
        self.assertEqual(wizard.student_ids, self._found())
        action = wizard.action_open_records()
        self.assertEqual(action["domain"], [("id", "in", self._found().ids)])

    def _found(self):
        return self.env["registrar.student"].search(
            [("last_name", "in", ("Тестов", "Тестова"))]
        )

    @users("test_clerk")
    def test_errors_keep_the_wizard_at_the_trial(self):
        wizard = self._wizard((STUDENTS + "Третий Студент;123;\n").encode())
        wizard.action_read_file()
        wizard.action_check()
        self.assertEqual(wizard.error_count, 1)
        self.assertRecordValues(
            wizard.issue_ids[:1],
            [
                {
                    "level": "error",
                    "row": "4",
                    "column": "ИИН",
                    "value": "123",
                    "message": "An IIN has exactly 12 digits.",
                    "hint": "Compare with the identity document.",
                }
            ],
        )
        wizard.action_import()
        self.assertEqual(wizard.state, "check")
        self.assertFalse(self._found())
        wizard.action_back()
        self.assertEqual(wizard.state, "mapping")
        wizard.action_back()
        self.assertEqual(wizard.state, "file")

    @users("test_clerk")
    def test_columns_chosen_by_hand(self):
        wizard = self._wizard(b"A;B;C\n15.05.2003;\xd0\x90;\xd0\x91\n")
        with self.assertRaises(UserError):
            self._wizard(b"%PDF-1.4").action_read_file()
        wizard = self._wizard("Фамилия;Имя;Заметка\nТестов;Арман;15.05.2003\n".encode())
        wizard.action_read_file()
        self.assertFalse(wizard.column_ids[2].student_field)
        wizard.column_ids[2].student_field = "birth_date"
        with self.assertRaises(UserError):
            wizard.action_save_mapping()
        wizard.mapping_name = "Own class list"
        wizard.action_save_mapping()
        self.assertEqual(wizard.mapping_id.name, "Own class list")
        self.assertEqual(
            wizard.mapping_id.line_ids.mapped("field_key"),
            ["last_name", "first_name", "birth_date"],
        )
        # Saving once more under the same name replaces the columns.
        wizard.action_save_mapping()
        self.assertEqual(len(wizard.mapping_id.line_ids), 3)
        wizard.action_import()
        self.assertEqual(str(self._found().birth_date), "2003-05-15")
        # The next file of the layout finds the mapping by its headings.
        wizard = self._wizard("Фамилия;Имя;Заметка\nА;Б;16.05.2003\n".encode())
        wizard.action_read_file()
        self.assertEqual(wizard.mapping_id.name, "Own class list")
        self.assertEqual(wizard.column_ids[2].student_field, "birth_date")

    @users("test_clerk")
    def test_sheets(self):
        content = xlsx([["ФИО"], ["Тестов Арман"]], sheets=("Пустой", "Список"))
        wizard = self._wizard(content, "list.xlsx")
        wizard.action_read_file()
        self.assertEqual(wizard.sheet_ids.mapped("name"), ["Пустой", "Список"])
        self.assertEqual(wizard.sheet_id.name, "Список")
        wizard.action_check()
        self.assertEqual(wizard.error_count, 0)
        wizard.action_back()
        with Form(wizard) as form:
            form.sheet_id = wizard.sheet_ids[0]
        self.assertFalse(wizard.column_ids)
        wizard.action_check()
        self.assertEqual(
            wizard.issue_ids.mapped("message"), ["The table has no rows to import."]
        )

    @users("test_clerk")
    def test_curriculum(self):
        wizard = self._wizard(SMALL.read_bytes(), "6T06103.csv", "curriculum")
        wizard.action_read_file()
        self.assertEqual(
            wizard.mapping_id,
            self.env.ref("registrar_core.import_mapping_working_curriculum"),
        )
        wizard.write(
            {
                "programme_id": self.programme.id,
                "intake_year_id": self.year.id,
                "language": "kk",
            }
        )
        wizard.action_check()
        self.assertEqual(wizard.error_count, 0, wizard.issue_ids.mapped("message"))
        self.assertIn("24", wizard.summary_html)
        wizard.action_import()
        self.assertEqual(wizard.curriculum_id.credits_total, 24)
        self.assertEqual(
            wizard.action_open_records()["res_id"], wizard.curriculum_id.id
        )

    @users("test_clerk")
    def test_programme_is_guessed_from_the_file_name(self):
        programme = self.env["registrar.programme"].create(
            {
                "code": "6B09977",
                "name_kk": "Ә",
                "name_ru": "А",
                "department_id": self.department.id,
            }
        )
        wizard = self._wizard(SMALL.read_bytes(), "РУП_6В09977_2026.csv", "curriculum")
        wizard.action_read_file()
        self.assertEqual(wizard.programme_id, programme)

    @users("test_clerk")
    def test_template(self):
        for language in ("en_US", "ru_RU", "kk_KZ"):
            for kind, specs in columns.KINDS.items():
                wizard = self.env["registrar.import"].with_context(lang=language)
                content = wizard._template(kind)
                book = openpyxl.load_workbook(io.BytesIO(content))
                sheet = book.worksheets[0]
                headings = [cell.value for cell in sheet[1]]
                short = language[:2]
                self.assertEqual(
                    headings,
                    [
                        spec.heading(short) + (" *" if spec.required else "")
                        for spec in specs
                    ],
                )
                self.assertTrue(all(cell.comment for cell in sheet[1]))
                lists = [spec for spec in specs if spec.type in ("choice", "flag")]
                self.assertEqual(len(sheet.data_validations.dataValidation), len(lists))
                # The example is left out, and the columns are all recognised.
                result = wizard._import_file(kind, content)
                self.assertEqual([issue.code for issue in result.errors], ["no_rows"])
                self.assertIn(
                    "example_skipped", [issue.code for issue in result.issues]
                )
                self.assertNotIn(
                    "columns_unused", [issue.code for issue in result.issues]
                )

    @users("test_clerk")
    def test_filled_template(self):
        """What the template offers is what the import understands."""
        for language in ("en_US", "ru_RU", "kk_KZ"):
            wizard = self.env["registrar.import"].with_context(lang=language)
            book = openpyxl.load_workbook(io.BytesIO(wizard._template("student")))
            sheet = book.worksheets[0]
            keys = [spec.key for spec in columns.STUDENT]
            sheet.cell(2, keys.index("iin") + 1).value = "030515500008"
            buffer = io.BytesIO()
            book.save(buffer)
            result = wizard._import_file("student", buffer.getvalue(), dry_run=True)
            self.assertFalse(result.errors, wizard._import_error_text(result))
            values = result.rows[0]["values"]
            self.assertEqual(values["gender"], "female")
            self.assertEqual(values["previous_education"], "school")
            self.assertEqual(result.rows[0]["proposed"]["funding"], "grant")

    def test_wizards_of_others_are_hidden(self):
        wizard = self.env["registrar.import"].with_user(self.clerk).create({})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            wizard.with_user(self.head).read(["file_name"])

    @users("test_clerk")
    def test_progress_of_own_imports_only(self):
        progress = self.env["registrar.import.progress"]
        progress.create({"token": "t", "phase": "storing", "done": 5, "total": 10})
        self.assertEqual(
            progress.get_progress("t"), {"phase": "storing", "done": 5, "total": 10}
        )
        self.assertEqual(progress.get_progress("other"), {})
        self.assertEqual(progress.with_user(self.head).get_progress("t"), {})


@tagged("post_install", "-at_install")
class TestImportRoutes(HttpCase, RegistrarCommon):
    def test_template_and_remarks(self):
        wizard = (
            self.env["registrar.import"]
            .with_user(self.clerk)
            .create(
                {
                    "kind": "student",
                    "data_file": base64.b64encode("ФИО;ИИН\n=1+1 Б;123\n".encode()),
                    "file_name": "list.csv",
                }
            )
        )
        urls = [f"/registrar/import/template/{kind}" for kind in columns.KINDS]
        urls.append(f"/registrar/import/{wizard.id}/remarks")
        self.authenticate("test_clerk", "test_clerk")
        for url in urls:
            response = self.url_open(url)
            self.assertEqual(response.status_code, 200, url)
            book = openpyxl.load_workbook(io.BytesIO(response.content))
            self.assertTrue(book.worksheets[0].max_row > 1)
        # Values from outside are never formulas.
        cells = [c for row in book.worksheets[0].iter_rows() for c in row]
        self.assertIn("=1+1 Б", [cell.value for cell in cells])
        self.assertFalse([cell for cell in cells if cell.data_type == "f"])
        self.assertEqual(
            self.url_open("/registrar/import/template/other").status_code, 404
        )
        self.authenticate("test_head", "test_head")
        self.assertEqual(self.url_open(urls[-1]).status_code, 404)
        for role in ROLES:
            if role in ("clerk", "head"):
                continue
            self.authenticate(f"test_{role}", f"test_{role}")
            for url in urls:
                self.assertEqual(self.url_open(url).status_code, 403, (role, url))

    def test_tour(self):
        """The whole import in the web client: an error first, then the mended file."""
        self.start_tour(
            "/odoo/action-registrar_core.registrar_import_action_student",
            "registrar_import_tour",
            login="test_clerk",
        )
        students = self.env["registrar.student"].search(
            [("last_name", "in", ("Туров", "Турова"))]
        )
        self.assertEqual(len(students), 2)
        self.assertIn("030515500008", students.mapped("iin"))
        # The progress of the import was told while it ran.
        self.assertTrue(
            self.env["registrar.import.progress"].search(
                [("create_uid", "=", self.clerk.id), ("phase", "=", "storing")]
            )
        )
