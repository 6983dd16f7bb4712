import io
from datetime import date

from freezegun import freeze_time
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ReportsCommon

REPORT = "registrar_reports.action_report_transcript"


def pages_of(content):
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def text_of(content):
    return " ".join(" ".join(pages_of(content)).split())


class TranscriptCommon(ReportsCommon):
    """Results posted straight into the ledger, as sheets would."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-07-10"):
            cls._admit()
            cls.env.company.write(
                {
                    "university_name_kk": "Сынақ университеті",
                    "university_name_ru": "Проверочный университет",
                    "university_name_en": "Test University",
                }
            )
            for role, name, department in (
                ("vice_rector", "П. П. Проректоров", False),
                ("dean", "Д. Д. Деканов", cls.faculty.id),
                ("registrar_head", "О. О. Регистраторов", False),
            ):
                cls._create(
                    "registrar.signatory",
                    role=role,
                    name=name,
                    department_id=department,
                    position_kk=f"kk {role}",
                    position_ru=f"ru {role}",
                    position_en=f"en {role}",
                    date_from=date(2020, 1, 1),
                )
            cls.aidar.write(
                {"last_name_latin": "Akhmetov", "first_name_latin": "Aidar"}
            )
            cls.scale = cls.env["registrar.grade.scale"]._at(date(2026, 1, 10))
            cls._grade(cls.aidar, 0, 92)
            cls._grade(cls.aidar, 1, 30)
            cls._grade(cls.aidar, 1, 70, resit_number=1)
            cls._grade(cls.aidar, 2, 85, term=cls.spring, day=date(2026, 6, 1))
            cls._grade(cls.asel, 0, 100)
            cls.env.flush_all()

    @classmethod
    def _grade(cls, student, index, score, **values):
        """Post one result for the discipline with that index."""
        discipline = values.pop("discipline", None) or cls.disciplines[index]
        term = values.pop("term", cls.autumn)
        day = values.pop("day", date(2026, 1, 10))
        line = cls.scale.line_ids.filtered(
            lambda row: row.score_min <= score <= row.score_max
        )
        Result = cls.env["registrar.result"].sudo()
        earlier = Result.search(
            [
                ("student_id", "=", student.id),
                ("discipline_id", "=", discipline.id),
                ("superseded_by_id", "=", False),
            ]
        )
        result = Result.create(
            {
                "entry_id": cls._entry(day).id,
                "kind": "resit" if values.get("resit_number") else "exam",
                "student_id": student.id,
                "discipline_id": discipline.id,
                "term_id": term.id,
                "year_id": term.year_id.id,
                "programme_id": cls.programme.id,
                "course": 1,
                "credits": 5,
                "cycle": "bd",
                "line_type": "main",
                "attempt": 1,
                "resit_number": 0,
                "score": score,
                "letter": line.letter,
                "points": line.points,
                "traditional": line.traditional,
                "passed": line.passed,
                "in_gpa": True,
                "scale_id": cls.scale.id,
                "result_date": day,
                **values,
            }
        )
        earlier.superseded_by_id = result
        return result

    def _transcript(self, student, day=date(2026, 7, 1), user=None, **values):
        return (
            self.env["registrar.transcript"]
            .with_user(user or self.clerk)
            .create({"student_id": student.id, "document_date": day, **values})
        )

    def _registered(self, student, **values):
        transcript = self._transcript(student, **values)
        transcript.action_register()
        return transcript


@tagged("post_install", "-at_install")
@freeze_time("2026-07-10")
class TestTranscript(TranscriptCommon):
    def test_totals_by_hand(self):
        """(3.67·5 + 2.33·5 + 3.33·5) / 15 = 3.11; the FX is replaced by its resit."""
        transcript = self._registered(self.aidar)
        self.assertRecordValues(
            transcript,
            [
                {
                    "state": "registered",
                    "kind": "current",
                    "credits_total": 15,
                    "gpa": 3.11,
                    "result_count": 4,
                    "group_id": self.group.id,
                }
            ],
        )
        self.assertTrue(transcript.number)

    def test_printed_document(self):
        transcript = self._registered(self.aidar)
        text = text_of(transcript.entry_id.attachment_id.raw)
        for expected in (
            "Сынақ университеті",
            "Test University",
            "Проверочный университет",
            "ТРАНСКРИПТ / TRANSCRIPT",
            "Ахметов Айдар Серікұлы",
            "Akhmetov Aidar",
            "6T06103 Ақпараттық жүйелер",
            "6T06103 Information systems",
            "6T06103 Информационные системы",
            "Сынақ пәні 1",
            "Test discipline 1",
            "Проверочная дисциплина 1",
            "орыс / Russian / русский",
            "күндізгі / full-time / очная",
            "Қанағат-сыз / Unsat / Неуд",
            "1-курс GPA / Year 1 GPA / 1 курс GPA – 3.11",
            "Общее число кредитов 15",
            "GPA) 3.11",
            "П. П. Проректоров",
            "Д. Д. Деканов",
            "О. О. Регистраторов",
            "М.О. / Seal / М.П.",
            transcript.number,
            transcript.verification_code,
            "01.07.2026",
            "1 / 1",
            "повторное изучение или пересдача",
            self.clerk.name,
        ):
            with self.subTest(expected):
                self.assertIn(expected, text)
        # Every attempt is listed, with its letter; the resit has its asterisk.
        for letter, points in (("A-", "3.67"), ("FX", "0.50"), ("C+", "2.33")):
            self.assertIn(f"{points} ", text)
            self.assertIn(f" {letter} ", text)
        self.assertIn("Test discipline 2 *", text)

    def test_as_of_the_date(self):
        transcript = self._registered(self.aidar, day=date(2026, 2, 1))
        # (3.67 + 2.33) / 2; the spring is not known yet.
        self.assertRecordValues(
            transcript, [{"credits_total": 10, "gpa": 3.0, "result_count": 3}]
        )

    def test_corrected_result_is_not_listed(self):
        self._grade(self.asel, 0, 60, kind="correction", day=date(2026, 3, 1))
        before = self._registered(self.asel, day=date(2026, 2, 1))
        after = self._registered(self.asel)
        self.assertEqual((before.gpa, before.result_count), (4.0, 1))
        self.assertEqual((after.gpa, after.result_count), (1.67, 1))

    def test_frozen_document_does_not_change(self):
        transcript = self._registered(self.asel)
        frozen = transcript.entry_id.attachment_id.raw
        self._grade(self.asel, 1, 55)
        reports = self.env["ir.actions.report"].with_user(self.clerk)
        content, kind = reports.with_context(
            force_report_rendering=True
        )._render_qweb_pdf(REPORT, transcript.ids)
        self.assertEqual(kind, "pdf")
        self.assertEqual(content, frozen)
        self.assertEqual(
            transcript.action_print()["url"],
            f"/web/content/{transcript.entry_id.attachment_id.id}?download=true",
        )

    def test_draft_has_a_watermark_and_no_number(self):
        transcript = self._transcript(self.aidar)
        pdf = self.env["ir.actions.report"]._render_plutoprint_records(
            REPORT, transcript
        )
        text = text_of(pdf[transcript.id])
        self.assertIn("Жоба Draft Проект", text)
        registered = self._registered(self.aidar)
        text = text_of(registered.entry_id.attachment_id.raw)
        self.assertNotIn("Draft", text)

    def test_one_language(self):
        transcript = self._registered(self.aidar, language="kk")
        text = text_of(transcript.entry_id.attachment_id.raw)
        self.assertIn("Сынақ пәні 1", text)
        self.assertNotIn("Test discipline", text)
        self.assertNotIn("Проверочная", text)

    def test_signatures_are_never_alone_on_a_page(self):
        disciplines = self.env["registrar.discipline"].create(
            [
                {
                    "code": f"PAG {number}",
                    "name_kk": f"Бет {number}",
                    "name_ru": f"Страница {number}",
                    "name_en": f"Sheet {number}",
                }
                for number in range(1000, 1040)
            ]
        )
        transcripts = self.env["registrar.transcript"]
        counts = range(14, 40)
        students = self.env["registrar.student"].create(
            [
                {"last_name": f"Page{count}", "first_name": "A", "gender": "male"}
                for count in counts
            ]
        )
        self._admit(students)
        values = self._grade(self.maria, 3, 80)
        self.env["registrar.result"].sudo().create(
            [
                {
                    **values.copy_data()[0],
                    "student_id": student.id,
                    "discipline_id": discipline.id,
                    "superseded_by_id": False,
                }
                for student, count in zip(students, counts, strict=True)
                for discipline in disciplines[:count]
            ]
        )
        for student in students:
            transcripts |= self._transcript(student)
        pdfs = self.env["ir.actions.report"]._render_plutoprint_records(
            REPORT, transcripts
        )
        lengths = set()
        for transcript, count in zip(transcripts, counts, strict=True):
            pages = pages_of(pdfs[transcript.id])
            lengths.add(len(pages))
            self.assertIn(f"Sheet {999 + count}", pages[-1], count)
            self.assertIn("О. О. Регистраторов", pages[-1])
            self.assertIn("Letter / Буквенная", " ".join(pages[-1].split()))
            for page in pages:
                # Each page with rows has the head of the table.
                self.assertIn("Name of discipline", page)
        self.assertEqual(lengths, {1, 2})

    def test_without_grades_it_is_refused(self):
        transcript = self._transcript(self.maria)
        with self.assertRaisesRegex(UserError, "no grades"):
            transcript.action_register()
        self.assertFalse(transcript.number)

    def test_expelled_student(self):
        self._do(self.aidar, date(2026, 6, 20), "academic_failure")
        transcript = self._registered(self.aidar)
        self.assertEqual(transcript.kind, "expelled")
        text = text_of(transcript.entry_id.attachment_id.raw)
        self.assertIn("6T06103 Information systems", text)
        self.assertIn("FX", text)

    def test_totals_cannot_be_entered(self):
        with self.assertRaises(UserError):
            self._transcript(self.aidar, gpa=4.0)
        transcript = self._transcript(self.aidar)
        with self.assertRaises(UserError):
            transcript.write({"credits_total": 240})

    def test_registered_transcript_cannot_be_changed(self):
        transcript = self._registered(self.aidar)
        with self.assertRaises(UserError):
            transcript.write({"purpose": "x"})
        with self.assertRaises(UserError):
            transcript.unlink()

    def test_roles(self):
        transcript = self._registered(self.aidar)
        self.env.invalidate_all()
        for user in (self.viewer, self.dean, self.adviser, self.archivist):
            with self.subTest(user.name):
                self.assertTrue(transcript.with_user(user).number)
                with self.assertRaises(AccessError):
                    self._transcript(self.asel, user=user)
        for user in (self.teacher, self.military, self.migration):
            with self.subTest(user.name), self.assertRaises(AccessError):
                transcript.with_user(user).read(["number"])
        stranger = self.env["hr.employee"].search([("user_id", "=", self.dean.id)])
        stranger.department_id = self.other_faculty
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        with self.assertRaises(AccessError):
            transcript.with_user(self.dean).read(["number"])

    def test_new_transcript_replaces_a_wrong_one(self):
        wrong = self._registered(self.aidar)
        other = self._registered(self.asel)
        right = self._transcript(self.aidar, replaces_id=other.id)
        with self.assertRaisesRegex(UserError, "same student"):
            right.action_register()
        right.replaces_id = wrong
        right.action_register()
        self.assertEqual((wrong.state, right.state), ("cancelled", "registered"))
        entry = wrong.sudo().entry_id
        self.assertEqual(entry.state, "cancelled")
        self.assertEqual(entry.cancelled_by_id, right.sudo().entry_id)
        third = self._transcript(self.aidar, replaces_id=wrong.id)
        with self.assertRaisesRegex(UserError, "registered transcript"):
            third.action_register()

    def test_digest_agrees(self):
        transcript = self._registered(self.aidar)
        self.env.flush_all()
        register = transcript.entry_id.register_id
        problems = register.with_user(self.head).verify_chain()
        self.assertNotIn(
            transcript.entry_id.id, [problem["entry_id"] for problem in problems]
        )

    def test_query_count_does_not_depend_on_the_number_of_students(self):
        students = self.env["registrar.student"].create(
            [
                {"last_name": f"Many{n:02d}", "first_name": "A", "gender": "male"}
                for n in range(30)
            ]
        )
        self._admit(students)
        for student in students:
            self._grade(student, 0, 90)
            self._grade(student, 1, 60)

        def count(group):
            transcripts = self.env["registrar.transcript"]
            for student in group:
                transcripts |= self._transcript(student)
            self.env.flush_all()
            self.env.invalidate_all()
            report = self.env["report.registrar_reports.report_transcript"]
            before = self.env.cr.sql_log_count
            report._get_plutoprint_values(transcripts.ids, {})
            values = self.env.cr.sql_log_count - before
            before = self.env.cr.sql_log_count
            self.env["ir.actions.report"]._render_plutoprint_records(
                REPORT, transcripts
            )
            return values, self.env.cr.sql_log_count - before

        count(students[:2])
        few = count(students[:2])
        many = count(students[2:])
        self.assertEqual(few[0], many[0])
        self.assertLessEqual(many[1], few[1] + 2)
        self.assertLess(many[0], 30)


@tagged("post_install", "-at_install")
@freeze_time("2026-07-10")
class TestTranscriptIssue(TranscriptCommon):
    def _wizard(self, records, user=None, **values):
        return (
            self.env["registrar.transcript.issue"]
            .with_user(user or self.clerk)
            .with_context(active_model=records._name, active_ids=records.ids)
            .create({"date": date(2026, 7, 1), **values})
        )

    def test_group_in_one_go(self):
        wizard = self._wizard(self.group)
        self.assertEqual(wizard.student_count, 2)
        self.assertEqual(wizard.without_grades_ids, self.maria | self.erlan)
        action = wizard.action_issue_and_print()
        transcripts = self.env["registrar.transcript"].search(
            [("student_id", "in", self.students.ids)], order="number"
        )
        # Kazakh alphabet: Ахметов before Әлиева.
        self.assertEqual([t.student_id for t in transcripts], [self.aidar, self.asel])
        self.assertEqual(set(transcripts.mapped("state")), {"registered"})
        self.assertEqual(action["report_name"], "registrar_reports.report_transcript")
        content, __ = (
            self.env["ir.actions.report"]
            .with_user(self.clerk)
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(REPORT, transcripts.ids)
        )
        pages = pages_of(content)
        self.assertEqual(len(pages), 2)
        self.assertIn("Ахметов", pages[0])
        self.assertIn("Әлиева", pages[1])

    def test_selected_students_and_purpose(self):
        action = self._wizard(
            self.asel, purpose="Болашақ", kind="mobility", language="en"
        ).action_prepare()
        (transcript,) = self.env["registrar.transcript"].search(action["domain"])
        self.assertRecordValues(
            transcript,
            [
                {
                    "student_id": self.asel.id,
                    "state": "draft",
                    "kind": "mobility",
                    "purpose": "Болашақ",
                    "language": "en",
                }
            ],
        )

    def test_group_button_prints_the_last_ones(self):
        with self.assertRaisesRegex(UserError, "Issue"):
            self.group.with_user(self.clerk).action_print_transcripts()
        self._wizard(self.group).action_issue()
        self._wizard(self.aidar).action_issue()
        transcripts = self.env["registrar.transcript"]._latest_of_groups(self.group)
        self.assertEqual(len(transcripts), 2)
        last = self.env["registrar.transcript"].search(
            [("student_id", "=", self.aidar.id)], order="id desc", limit=1
        )
        self.assertIn(last, transcripts)

    def test_nobody_with_grades(self):
        with self.assertRaises(UserError):
            self._wizard(self.maria).action_issue()

    def test_only_the_office_issues(self):
        for user in (self.viewer, self.dean, self.adviser, self.teacher):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self._wizard(self.aidar, user=user).action_issue()

    def test_count_on_the_student(self):
        self._wizard(self.group).action_issue()
        self.assertEqual(self.aidar.with_user(self.clerk).transcript_count, 1)
        self.assertEqual(self.aidar.with_user(self.teacher).sudo().transcript_count, 1)
        action = self.aidar.with_user(self.clerk).action_open_transcripts()
        found = self.env["registrar.transcript"].search(action["domain"])
        self.assertEqual(found.student_id, self.aidar)
