from freezegun import freeze_time

from odoo.exceptions import UserError

from .common import ExamsCommon


@freeze_time("2026-01-20")
class TestPlace(ExamsCommon):
    """A student changes the class group while sheets are open, not after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.class_groups.filtered(
            lambda group: group.discipline_id == cls.disciplines[0]
        )
        cls.other = cls.group.copy({"number": 2, "name": "TST 1101-ru-02"})
        cls.other.examiner_id = cls.examiner_employee
        cls.line = cls.group.line_ids.filtered(
            lambda line: line.student_id == cls.students[0]
        )

    def _move(self, line=None):
        (line or self.line).with_user(self.clerk).class_group_id = self.other

    def test_open_sheets_follow(self):
        neighbour = self.group.line_ids - self.line
        neighbour[0].with_user(self.clerk).class_group_id = self.other
        sheets = self.env["registrar.sheet"]._open_session(
            self.autumn, [("id", "in", (self.group | self.other).ids)]
        )
        old, new = sheets.sorted(lambda sheet: sheet.class_group_id.number)
        self.assertEqual((len(old.line_ids), len(new.line_ids)), (3, 1))
        self._move()
        self.assertEqual((len(old.line_ids), len(new.line_ids)), (2, 2))
        self.assertIn(self.students[0], new.line_ids.student_id)
        self.assertNotIn(self.students[0], old.line_ids.student_id)

    def test_marks_hold(self):
        sheet = self._sheet(self.disciplines[0])
        self._enter(sheet, [(90, 90, 90), (80, 80, 80), (70, 70, 70), (60, 60, 60)])
        with self.refused(UserError, "has marks on the sheet"):
            self._move()
        sheet.with_user(self.examiner_user).action_submit()
        with self.refused(UserError, "stays in the class group"):
            self._move()
        with self.refused(UserError, "stays in the class group"):
            self.group.with_user(self.head).action_close()
        self.assertEqual(self.line.class_group_id, self.group)

    def test_sheet_of_each_class_group(self):
        (self.group.line_ids - self.line).with_user(
            self.head
        ).class_group_id = self.other
        sheets = self.env["registrar.sheet"]._open_session(
            self.autumn, [("discipline_id", "=", self.disciplines[0].id)]
        )
        self.assertEqual(sheets.class_group_id, self.group | self.other)
        self.assertEqual(sorted(len(sheet.line_ids) for sheet in sheets), [1, 3])
