from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import TODAY, ExamsCommon

MODELS = (
    "registrar.sheet",
    "registrar.sheet.line",
    "registrar.result",
    "registrar.gpa",
    "registrar.debt",
    "registrar.result.correction",
    "registrar.result.correction.line",
)

# What each role may do at all: model → operations.
MAY = {
    "viewer": {model: "r" for model in MODELS},
    "adviser": {
        "registrar.result": "r",
        "registrar.gpa": "r",
        "registrar.debt": "r",
    },
    "teacher": {
        "registrar.sheet": "rw",
        "registrar.sheet.line": "rw",
        "registrar.result": "r",
    },
    "dean": {model: "r" for model in MODELS},
    "clerk": {
        "registrar.sheet": "rwcu",
        "registrar.sheet.line": "rwcu",
        "registrar.result": "r",
        "registrar.gpa": "r",
        "registrar.debt": "r",
        "registrar.result.correction": "rwcu",
        "registrar.result.correction.line": "rwcu",
    },
    "military": {},
    "migration": {},
    "archivist": {"registrar.result": "r", "registrar.gpa": "r"},
}
MAY["head"] = MAY["clerk"]
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


@freeze_time(TODAY)
class TestAccessRights(ExamsCommon):
    def setUp(self):
        super().setUp()
        self.sheet = self._sheet(self.disciplines[0])
        self._finish(self.sheet, [(90, 90, 40)] + [(90, 90, 90)] * 3)

    def test_table_of_roles(self):
        for role, may in MAY.items():
            user = getattr(self, role)
            for model in MODELS:
                for letter, operation in OPERATIONS.items():
                    self.assertEqual(
                        self.env[model].with_user(user).has_access(operation),
                        letter in may.get(model, ""),
                        f"{role} {operation} {model}",
                    )

    def test_teacher_sees_the_own_sheets(self):
        self.assertIn(self.sheet, self._seen(self.teacher, "registrar.sheet"))
        self.assertIn(self.sheet, self._seen(self.examiner_user, "registrar.sheet"))
        for model in ("registrar.sheet", "registrar.sheet.line", "registrar.result"):
            self.assertTrue(self._seen(self.teacher, model), model)
            self.assertFalse(self._seen(self.other_teacher, model), model)
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.other_teacher).read(["kind"])
        # An examiner reads the names of those to be examined.
        student = self.students[0].with_user(self.examiner_user)
        self.assertEqual(student.full_name, "Ахметов Айдар Серікұлы")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.students[0].with_user(self.other_teacher).read(["full_name"])

    def test_dean_sees_the_own_faculty(self):
        stranger = new_test_user(
            self.env, login="other_dean", groups="registrar_core.group_registrar_dean"
        )
        self._employee(stranger, self.other_faculty)
        for model in MODELS[:5]:
            self.assertTrue(self._seen(self.dean, model), model)
            self.assertFalse(self._seen(stranger, model), model)

    def test_adviser_sees_the_own_students(self):
        stranger = new_test_user(
            self.env,
            login="other_adviser",
            groups="registrar_core.group_registrar_adviser",
        )
        self._employee(stranger, self.department)
        for model in ("registrar.result", "registrar.gpa", "registrar.debt"):
            self.assertTrue(self._seen(self.adviser, model), model)
            self.assertFalse(self._seen(stranger, model), model)

    def test_viewer_reads_everything_and_changes_nothing(self):
        for model in MODELS[:5]:
            self.assertTrue(self._seen(self.viewer, model), model)
        with self.assertRaises(AccessError):
            self.sheet.with_user(self.viewer).action_return("No")

    def test_student_sees_only_the_own_results(self):
        user = self.portal_student
        for model in ("registrar.result", "registrar.gpa", "registrar.debt"):
            seen = self._seen(user, model)
            self.assertEqual(seen.sudo().student_id, self.students[0], model)
        for model in ("registrar.sheet", "registrar.sheet.line"):
            with self.assertRaises(AccessError):
                self._seen(user, model)
        other = self._result(self.students[1], self.disciplines[0])
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            other.with_user(user).read(["letter"])

    def test_dean_sees_corrections_of_the_own_faculty(self):
        protocol = self.env["registrar.result.correction"].create(
            {
                "ground": "Memo",
                "line_ids": [
                    Command.create(
                        {
                            "result_id": self._result(
                                self.students[1], self.disciplines[0]
                            ).id
                        }
                    )
                ],
            }
        )
        self.assertIn(protocol, self._seen(self.dean, protocol._name))

    def test_wizards(self):
        may = {
            "registrar.sheet.open": {"clerk", "head"},
            "registrar.sheet.return": {"clerk", "head"},
            "registrar.sheet.import": {"clerk", "head", "teacher"},
        }
        for model, roles in may.items():
            for role in MAY:
                self.assertEqual(
                    self.env[model].with_user(getattr(self, role)).has_access("create"),
                    role in roles,
                    f"{role} {model}",
                )

    def test_my_sheets(self):
        for user, expected in (
            (self.teacher, True),
            (self.examiner_user, True),
            (self.clerk, False),
        ):
            sheet = self.sheet.with_user(user)
            sheet.invalidate_recordset(["is_mine"])
            self.assertEqual(sheet.is_mine, expected)
            mine = sheet.search([("is_mine", "=", True)])
            self.assertEqual(sheet in mine, expected)

    def _seen(self, user, model):
        self.env.invalidate_all()
        records = self.env[model].with_user(user)
        if model in ("registrar.sheet", "registrar.result.correction"):
            return records.search([])
        if model == "registrar.sheet.line":
            return records.search([("sheet_id", "=", self.sheet.id)])
        return records.search([])
