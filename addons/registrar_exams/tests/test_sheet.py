from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import AUTUMN_DAY, TODAY, ExamsCommon


@freeze_time(TODAY)
class TestOpenSession(ExamsCommon):
    def test_one_sheet_per_class_group_in_kazakh_order(self):
        sheets = self.env["registrar.sheet"].with_user(self.clerk)
        sheets = sheets._open_session(self.autumn)
        sheets = sheets.filtered(lambda s: s.class_group_id in self.class_groups)
        self.assertEqual(
            sheets.class_group_id,
            self.class_groups.filtered(lambda g: g.term_id == self.autumn),
        )
        self.assertEqual(len(sheets), 3)
        for sheet in sheets:
            self.assertRecordValues(
                sheet,
                [
                    {
                        "state": "draft",
                        "kind": "exam",
                        "teacher_id": self.teacher_employee.id,
                        "examiner_id": self.examiner_employee.id,
                        "faculty_id": self.faculty.id,
                        "department_id": self.department.id,
                        "language": "ru",
                        "resit_number": 0,
                        "line_count": 4,
                        "entered_count": 0,
                        "scale_id": self.env.ref("registrar_exams.grade_scale_2019").id,
                    }
                ],
            )
            self.assertEqual(
                sheet.line_ids.mapped("student_id.last_name"),
                ["Ахметов", "Әлиева", "Иванова", "Қасымов"],
            )
        self.assertEqual(sorted({line.credits for line in sheets.line_ids}), [2, 5])

    def test_may_be_repeated(self):
        first = self._sheets()
        lines = first.line_ids
        again = self._sheets()
        self.assertEqual(first, again)
        self.assertEqual(again.line_ids, lines)

    def test_late_student_is_added_to_drafts_and_open_sheets_only(self):
        sheets = self._sheets()
        submitted = sheets[0]
        sheets.action_open()
        self._enter(submitted, [(90, 90, 90)] * 4)
        submitted.with_user(self.teacher).action_submit()
        student = self._new_students(1)
        again = self._sheets()
        self.assertEqual(again, sheets - submitted)
        for sheet in again:
            self.assertIn(student, sheet.line_ids.student_id)
        self.assertNotIn(student, submitted.line_ids.student_id)

    def test_those_who_have_left_get_no_line(self):
        self.students[1]._move(
            date(2025, 12, 1),
            {},
            "own_wish",
            self._entry_document(date(2025, 12, 1)),
        )
        for sheet in self._sheets():
            self.assertEqual(
                sheet.line_ids.student_id, self.students - self.students[1]
            )

    def test_kind_follows_the_control_form(self):
        groups = self.class_groups.filtered(lambda g: g.term_id == self.autumn)
        groups[0].control_form = "report"
        groups[1].control_form = "state_exam"
        sheets = self._sheets()
        kinds = {sheet.class_group_id: sheet for sheet in sheets}
        self.assertEqual(kinds[groups[0]].kind, "practice")
        self.assertEqual(kinds[groups[0]].scheme_id.code, "EXAM_ONLY")
        self.assertEqual(kinds[groups[1]].kind, "state_exam")
        self.assertEqual(self._sheets(kind="practice"), kinds[groups[0]])
        self.assertFalse(self._sheets(kind="attestation"))
        # Without a rating everybody is admitted, the defence is the grade.
        sheet = kinds[groups[0]]
        sheet.action_open()
        line = sheet.line_ids[0].with_user(self.teacher)
        self.assertEqual(line.admission, "admitted")
        line.exam_score = 77
        self.assertEqual((line.score, line.letter), (77, "B-"))

    def test_one_live_sheet_per_class_group_and_kind(self):
        sheet = self._sheets()[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._copy(sheet)
            self.env.flush_all()

    def test_annulled_sheet_makes_room(self):
        sheet = self._sheets()[0]
        sheet.with_user(self.clerk).action_annul()
        self.assertEqual(sheet.state, "cancelled")
        again = self._sheets()
        self.assertNotIn(sheet, again)
        self.assertIn(sheet.class_group_id, again.class_group_id)

    def test_teacher_cannot_make_sheets(self):
        with self.assertRaises(AccessError):
            self.env["registrar.sheet"].with_user(self.teacher)._open_session(
                self.autumn
            )

    def test_number_of_queries_does_not_grow_with_students(self):
        self._sheets().action_annul()  # fills the caches
        few = self._count_queries(lambda: self._sheets())
        self._sheets().action_annul()
        self._new_students(15)
        many = self._count_queries(lambda: self._sheets())
        self.assertEqual(len(self._sheets()[0].line_ids), 19)
        self.assertEqual(few, many)

    def test_sheet_follows_the_class_group_until_submitted(self):
        sheet = self._sheets()[0]
        sheet.class_group_id.teacher_id = self.other_employee
        self.assertEqual(sheet.teacher_id, self.other_employee)
        sheet.class_group_id.teacher_id = self.teacher_employee
        sheet.action_open()
        self._finish(sheet, [(90, 90, 90)] * 4)
        sheet.class_group_id.teacher_id = self.other_employee
        self.env.flush_all()
        self.assertEqual(sheet.teacher_id, self.teacher_employee)

    def test_wizard_makes_and_opens(self):
        wizard = (
            self.env["registrar.sheet.open"]
            .with_user(self.clerk)
            .create({"term_id": self.autumn.id, "faculty_ids": self.faculty.ids})
        )
        self.assertEqual(wizard.class_group_count, 3)
        action = wizard.action_make()
        sheets = self.env["registrar.sheet"].search(action["domain"])
        self.assertEqual(set(sheets.mapped("state")), {"open"})
        wizard.faculty_ids = self.other_faculty
        with self.refused(UserError, "nothing to make"):
            wizard.action_make()

    def _sheets(self, **kwargs):
        return self.env["registrar.sheet"]._open_session(
            self.autumn, [("id", "in", self.class_groups.ids)], **kwargs
        )

    def _copy(self, sheet):
        return self.env["registrar.sheet"].create(
            {
                "kind": sheet.kind,
                "class_group_id": sheet.class_group_id.id,
                "scheme_id": sheet.scheme_id.id,
            }
        )

    def _new_students(self, count):
        students = self.env["registrar.student"].create(
            [
                {"last_name": f"Студентов{index:02d}", "first_name": "Арман"}
                for index in range(count)
            ]
        )
        self._admit(students)
        self._register_plans(students)
        for term in self.autumn | self.spring:
            self.env["registrar.class.group"]._form(term)
        return students

    def _count_queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _entry_document(self, day):
        entry = self._entry(day)

        class Document:
            entry_id = entry

            def sudo(self):
                return self

        return Document()


@freeze_time(TODAY)
class TestMarks(ExamsCommon):
    def setUp(self):
        super().setUp()
        self.sheet = self._sheet(self.disciplines[0])
        self.line = self.sheet.line_ids[0].with_user(self.teacher)

    def test_rating_admission_and_letter_at_once(self):
        self.line.rating_1 = 80
        self.assertEqual(self.line.admission, "pending")
        self.line.rating_2 = 90
        self.assertEqual(self.line.admission_rating, 85)
        self.assertEqual(self.line.admission, "admitted")
        self.assertFalse(self.line.is_complete)
        self.line.exam_score = 70
        # 0.6 × 85 + 0.4 × 70 = 79
        self.assertRecordValues(
            self.line,
            [
                {
                    "score": 79,
                    "letter": "B-",
                    "points": 2.67,
                    "traditional": "good",
                    "passed": True,
                    "reason": False,
                    "is_complete": True,
                }
            ],
        )

    def test_zero_is_a_mark_and_empty_is_none(self):
        self.line.write({"rating_1": 100, "rating_2": 0})
        self.assertEqual(self.line.admission_rating, 50)
        self.line.exam_score = 0
        self.assertEqual((self.line.letter, self.line.score), ("F", 0))
        self.assertEqual(self.line.reason, "exam_failed")
        self.line.exam_score = False
        self.assertFalse(self.line.is_complete)
        self.assertIs(self.line.score, False)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIs(self.line.exam_score, False)
        self.assertEqual(self.line.rating_2, 0)
        self.assertIsNot(self.line.rating_2, False)
        lines = self.sheet.line_ids
        self.assertEqual(lines.search([("rating_2", "=", 0)]) & lines, lines[0])
        self.assertEqual(
            lines.search([("rating_2", "=", False)]) & lines, lines - lines[0]
        )

    def test_failed_exam_overrides_the_weighted_sum(self):
        self.line.write({"rating_1": 90, "rating_2": 90, "exam_score": 40})
        self.assertEqual((self.line.letter, self.line.score), ("FX", 40))
        self.assertEqual(self.line.reason, "exam_fx")
        self.line.exam_score = 24
        self.assertEqual(self.line.letter, "F")
        self.line.exam_score = 49.5
        self.assertEqual(self.line.letter, "C+")  # 50: passed, 0.6 × 90 + 20 = 74

    def test_rating_below_the_threshold_bars_from_the_exam(self):
        self.line.write({"rating_1": 40, "rating_2": 59})
        self.assertRecordValues(
            self.line,
            [
                {
                    "admission": "admitted",  # 49.5 is rounded to 50
                    "admission_rating": 50,
                    "is_complete": False,
                }
            ],
        )
        self.line.rating_2 = 58
        self.assertRecordValues(
            self.line,
            [
                {
                    "admission": "not_admitted",
                    "admission_reason": "rating_below_threshold",
                    "score": 0,
                    "letter": "F",
                    "reason": "not_admitted",
                    "is_complete": True,
                }
            ],
        )
        with self.refused(ValidationError, "Ахметов.*not admitted"):
            self.line.exam_score = 90

    def test_other_reasons_bar_too(self):
        self.line.write({"rating_1": 90, "rating_2": 90})
        self.line.bar_reason = "attendance"
        self.assertEqual(self.line.admission, "not_admitted")
        self.assertEqual(self.line.admission_reason, "attendance")
        self.assertEqual(self.line.letter, "F")

    def test_every_midterm_has_a_threshold_in_another_scheme(self):
        sheet = self.env["registrar.sheet"]._open_session(
            self.autumn, [("discipline_id", "=", self.disciplines[1].id)]
        )
        sheet.scheme_id = self.env.ref("registrar_exams.rating_scheme_m2")
        sheet.action_open()
        line = sheet.line_ids[0].with_user(self.teacher)
        line.write({"rating_1": 49, "rating_2": 100})
        self.assertEqual(line.admission_reason, "part_below_threshold")

    def test_order_of_rounding(self):
        self.line.write({"rating_1": 79, "rating_2": 80, "exam_score": 79})
        self.assertEqual((self.line.score, self.line.letter), (80, "B"))
        other = self.env["registrar.sheet"]._open_session(
            self.autumn, [("discipline_id", "=", self.disciplines[1].id)]
        )
        scheme = other.scheme_id.copy({"code": "EXACT", "round_admission": False})
        other.scheme_id = scheme
        other.action_open()
        line = other.line_ids[0].with_user(self.teacher)
        line.write({"rating_1": 79, "rating_2": 80, "exam_score": 79})
        self.assertEqual(line.admission_rating, 79.5)
        self.assertEqual((line.score, line.letter), (79, "B-"))

    def test_absence(self):
        self.line.write({"rating_1": 90, "rating_2": 90, "absence": "unexcused"})
        self.assertEqual((self.line.letter, self.line.reason), ("F", "absent"))
        self.line.absence = "excused"
        self.assertEqual(
            (self.line.letter, self.line.reason, self.line.is_complete),
            (False, "incomplete", True),
        )
        with self.refused(ValidationError, "noted as absent"):
            self.line.exam_score = 90
        self.line.absence = False
        self.line.exam_score = 90
        self.line.absence = "unexcused"
        self.assertIs(self.line.exam_score, False)

    def test_101_is_refused_with_name_and_value(self):
        for name in ("rating_1", "exam_score"):
            for value in (101, -1, float("nan")):
                with self.refused(ValidationError, "Ахметов Айдар.*is not a mark"):
                    self.line[name] = value
                self.env.invalidate_all(flush=False)
        with self.refused(ValidationError, r"101.* is not a mark.*0 and 100"):
            self.line.exam_score = 101

    def test_101_is_refused_at_creation(self):
        student = self.env["registrar.student"].create(
            {"last_name": "Жаңа", "first_name": "Студент"}
        )
        with self.refused(ValidationError, "Жаңа Студент.*101"):
            self.env["registrar.sheet.line"].create(
                {
                    "sheet_id": self.sheet.id,
                    "student_id": student.id,
                    "exam_score": 101,
                }
            )

    def test_101_is_refused_by_the_database(self):
        for column in ("rating_1", "exam_score", "score"):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.cr.execute(
                    f"UPDATE registrar_sheet_line SET {column} = 101 WHERE id = %s",
                    [self.line.id],
                )

    def test_points_of_the_scheme_limit_the_marks(self):
        sheet = self.env["registrar.sheet"]._open_session(
            self.autumn, [("discipline_id", "=", self.disciplines[1].id)]
        )
        sheet.scheme_id = self.env.ref("registrar_exams.rating_scheme_60_40")
        sheet.action_open()
        line = sheet.line_ids[0].with_user(self.teacher)
        line.write({"rating_1": 30, "rating_2": 25})
        with self.refused(ValidationError, "0 and 40"):
            line.exam_score = 41
        line.exam_score = 40
        self.assertEqual((line.score, line.letter), (95, "A"))

    def test_form_shows_the_letter_before_saving(self):
        with Form(self.sheet.with_user(self.teacher)) as form:
            with form.line_ids.edit(0) as line:
                line.rating_1 = 100
                line.rating_2 = 100
                line.exam_score = 100
                self.assertEqual(line.letter, "A")
        self.assertEqual(self.line.letter, "A")
        self.assertEqual(self.line.entered_by_id, self.teacher)

    def test_progress(self):
        self._enter(
            self.sheet, [(90, 90, 90), (90, 90, 80), (40, 40, None), (90, 90, None)]
        )
        self.sheet.invalidate_recordset()
        self.assertRecordValues(
            self.sheet,
            [{"line_count": 4, "entered_count": 3, "progress": 75.0}],
        )
        self.assertEqual(self.sheet.progress_text, "3 of 4")

    def test_quality_indicators(self):
        # 5, 4, 3 and one who was not admitted: unattested.
        self._enter(
            self.sheet, [(95, 95, 95), (80, 80, 80), (60, 60, 60), (40, 40, None)]
        )
        self.sheet.invalidate_recordset()
        self.assertRecordValues(
            self.sheet,
            [
                {
                    "success_percent": 75.0,
                    "quality_percent": 50.0,
                    "mean_mark": 3.0,
                    "sou_percent": 51.75,  # (100 + 64 + 36 + 7) / 4
                }
            ],
        )

    def test_figures_are_the_same_for_every_reader(self):
        draft = self.env["registrar.sheet"]._open_session(
            self.autumn, [("discipline_id", "=", self.disciplines[1].id)]
        )
        both = (self.sheet | draft).with_user(self.teacher)
        # The teacher may not read the draft; what the clerk sees is not less.
        self.assertEqual(both[0].line_count, 4)
        self.assertEqual(draft.with_user(self.clerk).line_count, 4)
        draft.with_user(self.clerk).action_open()

    def test_rating_schemes_with_four_marks(self):
        sheet = self.env["registrar.sheet"]._open_session(
            self.autumn, [("discipline_id", "=", self.disciplines[1].id)]
        )
        sheet.scheme_id = self.env.ref("registrar_exams.rating_scheme_tc4")
        sheet.action_open()
        line = sheet.line_ids[0].with_user(self.teacher)
        line.write({"rating_1": 70, "rating_2": 80, "rating_3": 90})
        self.assertEqual(line.admission, "pending")
        line.rating_4 = 82
        self.assertEqual(line.admission_rating, 81)  # 80.5 is rounded up

    def test_marks_of_periods_in_groups(self):
        sheet = self.env["registrar.sheet"]._open_session(
            self.autumn, [("discipline_id", "=", self.disciplines[1].id)]
        )
        sheet.scheme_id = self.env.ref("registrar_exams.rating_scheme_min_n")
        sheet.action_open()
        line = sheet.line_ids[0].with_user(self.teacher)
        line.write({"rating_1": 70, "rating_2": 81})
        self.assertEqual(line.admission_rating, 76)


@freeze_time(TODAY)
class TestLifeCycle(ExamsCommon):
    def setUp(self):
        super().setUp()
        self.sheet = self._sheet(self.disciplines[0])

    def test_from_draft_to_registered(self):
        sheet = self.sheet
        self._enter(sheet, [(90, 90, 90)] * 4)
        sheet.with_user(self.teacher).action_submit()
        self.assertRecordValues(
            sheet, [{"state": "submitted", "submitted_by_id": self.teacher.id}]
        )
        self._register(sheet)
        self.assertEqual(sheet.state, "registered")
        self.assertTrue(sheet.number)
        self.assertEqual(sheet.entry_id.register_id.code, "sheets")
        self.assertEqual(sheet.result_count, 4)
        self.assertTrue(sheet.entry_id.attachment_id.raw.startswith(b"%PDF"))

    def test_incomplete_sheet_is_refused_with_the_missing_students(self):
        self._enter(
            self.sheet, [(90, 90, 90), (90, 90, None), (90, 90, 90), (90, None, None)]
        )
        with self.refused(UserError, "Әлиева Әсел Нұрланқызы, Қасымов Ерлан"):
            self.sheet.with_user(self.teacher).action_submit()
        self.assertEqual(self.sheet.state, "open")

    def test_marks_are_read_only_before_opening_and_after_submitting(self):
        draft = self.env["registrar.sheet"]._open_session(
            self.autumn, [("discipline_id", "=", self.disciplines[1].id)]
        )
        with self.refused(UserError, "not open for marks"):
            draft.line_ids[0].with_user(self.clerk).rating_1 = 90
        # A teacher does not even see a draft.
        with self.assertRaises(AccessError):
            draft.line_ids[0].with_user(self.teacher).rating_1 = 90
        self._enter(self.sheet, [(90, 90, 90)] * 4)
        self.sheet.with_user(self.teacher).action_submit()
        for user in (self.teacher, self.clerk):
            with self.refused(UserError, "not open for marks"):
                self.sheet.line_ids[0].with_user(user).exam_score = 95

    def test_clerk_returns_with_a_reason(self):
        sheet = self.sheet
        self._enter(sheet, [(90, 90, 90)] * 4)
        sheet.with_user(self.teacher).action_submit()
        with self.assertRaises(AccessError):
            sheet.with_user(self.teacher).action_return("Mistake")
        action = sheet.with_user(self.clerk).action_return()
        self.assertEqual(action["res_model"], "registrar.sheet.return")
        self.env["registrar.sheet.return"].with_user(self.clerk).create(
            {"sheet_ids": sheet.ids, "reason": "Second column"}
        ).action_return()
        self.assertRecordValues(
            sheet, [{"state": "open", "return_reason": "Second column"}]
        )
        self.assertIn("Second column", sheet.message_ids[0].body)
        sheet.line_ids[0].with_user(self.teacher).exam_score = 91
        with self.refused(UserError, "has not been submitted"):
            sheet.with_user(self.clerk).action_return("Again")

    def test_whoever_entered_marks_cannot_register(self):
        sheet = self.sheet
        self._enter(sheet, [(90, 90, 90)] * 4)
        sheet.line_ids[0].with_user(self.clerk).exam_score = 95
        sheet.line_ids[0].with_user(self.teacher).exam_score = 90
        self.assertEqual(sheet.author_ids, self.teacher | self.clerk)
        sheet.with_user(self.teacher).action_submit()
        with self.refused(UserError, "You entered or submitted marks"):
            sheet.with_user(self.clerk).action_register()
        sheet.with_user(self.second_clerk).write({"document_date": AUTUMN_DAY})
        sheet.with_user(self.second_clerk).action_register()
        self.assertEqual(sheet.state, "registered")

    def test_whoever_submitted_cannot_register(self):
        self._enter(self.sheet, [(90, 90, 90)] * 4)
        self.sheet.with_user(self.clerk).action_submit()
        with self.refused(UserError, "You entered or submitted marks"):
            self.sheet.with_user(self.clerk).action_register()
        with self.refused(UserError, "You entered or submitted marks"):
            # A head is no exception.
            self.sheet.sudo().author_ids = self.head
            self.sheet.with_user(self.head).action_register()

    def test_traces_cannot_be_written_by_hand(self):
        for name, value in (
            ("author_ids", False),
            ("submitted_by_id", self.head.id),
            ("return_reason", "x"),
            ("state", "submitted"),
        ):
            with self.assertRaises(AccessError):
                self.sheet.with_user(self.clerk).write({name: value})
        line = self.sheet.line_ids[0]
        for name, value in (
            ("entered_by_id", self.head.id),
            ("letter", "A"),
            ("score", 100),
            ("points", 4),
            ("passed", True),
            ("admission", "admitted"),
        ):
            for user in (self.teacher, self.clerk, self.head):
                with self.assertRaises(AccessError):
                    line.with_user(user).write({name: value})
        with self.assertRaises(AccessError):
            line.with_user(self.clerk).create(
                {
                    "sheet_id": self.sheet.id,
                    "student_id": self.students[0].id,
                    "letter": "A",
                }
            )

    def test_rating_taken_over_by_hand_makes_an_author(self):
        line = self.sheet.line_ids[0]
        line.with_user(self.clerk).carried_rating = 90
        self.assertIn(self.clerk, self.sheet.author_ids)

    def test_registered_sheet_is_not_cancelled(self):
        self._finish(self.sheet, [(90, 90, 90)] * 4)
        with self.refused(UserError, "a protocol corrects"):
            self.sheet._cancel_by(self.sheet)

    def test_teacher_may_not_register_nor_open_nor_annul(self):
        self._enter(self.sheet, [(90, 90, 90)] * 4)
        self.sheet.with_user(self.teacher).action_submit()
        for action in ("action_register", "action_open", "action_annul"):
            with self.assertRaises(AccessError):
                getattr(self.sheet.with_user(self.examiner_user), action)()

    def test_examiner_enters_marks_and_a_stranger_does_not(self):
        line = self.sheet.line_ids[0]
        line.with_user(self.examiner_user).rating_1 = 90
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            line.with_user(self.other_teacher).rating_1 = 80
        for user in (self.dean, self.viewer, self.adviser):
            with self.assertRaises(AccessError):
                line.with_user(user).rating_1 = 80

    def test_teacher_keeps_to_the_marks(self):
        line = self.sheet.line_ids[0].with_user(self.teacher)
        for vals in ({"credits": 9}, {"student_id": self.students[2].id}):
            with self.assertRaises(AccessError):
                line.write(vals)
        sheet = self.sheet.with_user(self.teacher)
        sheet.exam_date = "2026-01-09"
        for vals in ({"scheme_id": False}, {"teacher_id": self.other_employee.id}):
            with self.assertRaises(UserError):
                sheet.write(vals)
        with self.assertRaises(AccessError):
            line.unlink()

    def test_what_is_examined_is_settled_once_open(self):
        with self.refused(UserError, "no draft any more"):
            self.sheet.with_user(self.clerk).scheme_id = self.env.ref(
                "registrar_exams.rating_scheme_m2"
            )

    def test_students_without_marks_may_be_taken_off(self):
        lines = self.sheet.line_ids.with_user(self.clerk)
        lines[3].unlink()
        lines[0].rating_1 = 80
        with self.refused(UserError, "already has marks"):
            lines[0].unlink()
        with self.refused(UserError, "already has marks"):
            self.sheet.with_user(self.clerk).unlink()

    def test_double_registration_is_refused(self):
        self._finish(self.sheet, [(90, 90, 90)] * 4)
        with self.refused(UserError, "already registered"):
            self.sheet.with_user(self.clerk).action_register()
        with self.refused(UserError, "not open for marks"):
            self.sheet.with_user(self.teacher).action_submit()
        self.assertEqual(
            self.env["registrar.result"].search_count(
                [("sheet_id", "=", self.sheet.id)]
            ),
            4,
        )

    def test_second_sheet_for_the_same_attempt_is_refused(self):
        self._finish(self.sheet, [(90, 90, 90)] * 4)
        other = self.env["registrar.sheet"].create(
            {
                "kind": "difference",
                "class_group_id": self.sheet.class_group_id.id,
            }
        )
        other.action_fill_lines()
        other.action_open()
        self._enter(other, [(90, 90, 100)] * 4)
        other.with_user(self.teacher).action_submit()
        with self.refused(UserError, "already a registered result for Ахметов"):
            self._register(other)

    def test_registered_sheet_and_lines_are_sealed(self):
        self._finish(self.sheet, [(90, 90, 90)] * 4)
        with self.assertRaises(UserError):
            self.sheet.line_ids[0].with_user(self.clerk).exam_score = 10
        for query in (
            "UPDATE registrar_sheet_line SET exam_score = 10 WHERE id = %s",
            "DELETE FROM registrar_sheet_line WHERE id = %s",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.cr.execute(query, [self.sheet.line_ids[0].id])
        with self.refused(UserError, "registered"):
            self.sheet.with_user(self.clerk).action_annul()

    def test_date_before_the_control_is_refused(self):
        self._enter(self.sheet, [(90, 90, 90)] * 4)
        self.sheet.with_user(self.teacher).exam_date = "2026-01-12"
        self.sheet.with_user(self.teacher).action_submit()
        with self.refused(UserError, "before the control took place"):
            self._register(self.sheet, AUTUMN_DAY)
        self._register(self.sheet, date(2026, 1, 13))

    def test_no_query_per_student_at_registration(self):
        sheets = self.env["registrar.sheet"]
        counts = []
        for discipline, size in (
            (self.training, 1),  # fills the caches
            (self.disciplines[1], 1),
            (self.disciplines[0], 4),
        ):
            sheet = self._sheet(discipline)
            sheet.line_ids[size:].with_user(self.clerk).unlink()
            self._enter(sheet, [(90, 90, 90)] * size)
            sheet.with_user(self.teacher).action_submit()
            sheets |= sheet
        for sheet in sheets:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._register(sheet)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@freeze_time(TODAY)
class TestFollowingSheets(ExamsCommon):
    def test_midterm_marks_reach_the_exam_sheet(self):
        discipline = self.disciplines[0]
        for part, marks in ((1, (80, 70, 60, 30)), (2, (90, 80, 70, 40))):
            sheet = self._sheet(discipline, kind="midterm", part_number=part)
            self.assertEqual(sheet.part_number, part)
            for line, mark in zip(sheet.line_ids, marks, strict=True):
                line.with_user(self.teacher)[f"rating_{part}"] = mark
            sheet.with_user(self.teacher).action_submit()
            self._register(sheet)
            self.assertFalse(sheet.result_count)
        exam = self._sheet(discipline)
        self.assertEqual(exam.line_ids.mapped("admission_rating"), [85, 75, 65, 35])
        self.assertEqual(
            exam.line_ids.mapped("admission"), ["admitted"] * 3 + ["not_admitted"]
        )

    def test_midterm_sheet_takes_only_its_own_mark(self):
        sheet = self._sheet(self.disciplines[0], kind="midterm")
        line = sheet.line_ids[0].with_user(self.teacher)
        with self.refused(ValidationError, "no exam mark"):
            line.exam_score = 90
        line.rating_1 = 90
        self.assertTrue(line.is_complete)
        self.assertFalse(line.letter)

    def test_resit_keeps_the_rating_and_replaces_the_result(self):
        discipline = self.disciplines[0]
        sheet = self._sheet(discipline)
        self._finish(sheet, [(90, 90, 40), (80, 80, 30), (90, 90, 90), (90, 90, 20)])
        resits = self.env["registrar.sheet"].with_user(self.clerk)
        resit = resits._open_resits(
            self.autumn, [("discipline_id", "=", discipline.id)]
        )
        self.assertRecordValues(
            resit,
            [
                {
                    "kind": "resit",
                    "resit_of_id": sheet.id,
                    "resit_number": 1,
                    "state": "draft",
                    "line_count": 2,
                }
            ],
        )
        self.assertEqual(resit.line_ids.student_id, self.students[:2])
        self.assertEqual(resit.line_ids.mapped("admission_rating"), [90, 80])
        again = resits._open_resits(
            self.autumn, [("discipline_id", "=", discipline.id)]
        )
        self.assertEqual(again, resit)
        self.assertEqual(len(again.line_ids), 2)
        resit.action_open()
        self._finish(resit, [75, 45], date(2026, 1, 15))
        first = self._result(self.students[0], discipline)
        self.assertRecordValues(
            first,
            [
                {
                    "letter": "FX",
                    "resit_number": 0,
                    "attempt": 1,
                    "is_current": False,
                    "superseded_by_id": first[1].id,
                },
                {
                    "letter": "B",  # 0.6 × 90 + 0.4 × 75 = 84
                    "resit_number": 1,
                    "attempt": 1,
                    "is_current": True,
                    "superseded_by_id": False,
                },
            ],
        )
        self.assertEqual(first[1].score, 84)
        # FX once more: there is no second resit without studying again.
        self.assertFalse(
            resits._open_resits(self.autumn, [("discipline_id", "=", discipline.id)])
        )
        self.env.company.registrar_resit_limit = 2
        second = resits._open_resits(
            self.autumn, [("discipline_id", "=", discipline.id)]
        )
        self.assertEqual(second.resit_of_id, resit)
        self.assertEqual(second.resit_number, 2)
        self.assertEqual(second.line_ids.student_id, self.students[1])

    def test_individual_sheet_after_a_valid_absence(self):
        discipline = self.disciplines[0]
        sheet = self._sheet(discipline)
        self._finish(
            sheet, [(90, 90, "excused"), (80, 80, 80), (90, 90, 90), (90, 90, 90)]
        )
        self.assertFalse(self._result(self.students[0], discipline))
        Sheet = self.env["registrar.sheet"].with_user(self.clerk)
        with self.refused(UserError, "registered absence"):
            Sheet._open_individual(sheet.line_ids[1], "Certificate")
        own = Sheet._open_individual(sheet.line_ids[0], "Certificate 5", "2026-02-01")
        with self.refused(UserError, "already has an individual sheet"):
            Sheet._open_individual(sheet.line_ids[0], "Certificate 5")
        self.assertRecordValues(
            own,
            [
                {
                    "kind": "individual",
                    "resit_of_id": sheet.id,
                    "resit_number": 0,
                    "ground": "Certificate 5",
                    "line_count": 1,
                }
            ],
        )
        self.assertEqual(own.line_ids.admission_rating, 90)
        self.assertFalse(own.author_ids)
        own.action_open()
        self._finish(own, [60], date(2026, 1, 20))
        result = self._result(self.students[0], discipline)
        self.assertRecordValues(
            result,
            [{"score": 78, "letter": "B-", "attempt": 1, "kind": "individual"}],
        )
