import io
from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from .common import Entry, RegistrarCommon

TODAY = "2025-10-10"


class PersonalFileCommon(RegistrarCommon):
    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(TODAY))
        super().setUpClass()
        cls._admit()
        cls.student = cls.students[0]
        cls.portal_user = new_test_user(
            cls.env, login="test_portal_f", groups="base.group_portal"
        )
        cls.portal_user.partner_id = cls.student.partner_id
        cls.files = cls.env["registrar.personal.file"]

    def _make(self, students=None, user=None):
        files, __ = self.files.with_user(user or self.clerk)._make(
            self.student if students is None else students
        )
        return files

    def _line(self, file, code):
        return file.document_ids.filtered(lambda x: x.requirement_id.code == code)

    def _codes(self, file):
        return set(file.sudo().document_ids.requirement_id.mapped("code"))

    def _expel(self, students, kind="own_wish", day=date(2025, 10, 10)):
        students._move(day, {}, kind, Entry(self._entry(day)))

    def _original(self, file=None):
        file = file or self._make()
        line = self._line(file, "education")
        line.write({"is_present": True, "form": "original", "sheet_count": 2})
        return line

    def _give(self, line, **values):
        action = (
            self.env["registrar.personal.file.give"]
            .with_user(self.clerk)
            .create(
                {
                    "file_id": line.file_id.id,
                    "document_ids": line.ids,
                    "ground": "для визы",
                    "date_due": "2025-10-20",
                    **values,
                }
            )
            .action_give()
        )
        self.assertEqual(action["type"], "ir.actions.report")
        return line.loan_ids[:1].with_user(self.clerk)


class TestPersonalFile(PersonalFileCommon):
    def test_checklist_by_category(self):
        file = self._make()
        codes = self._codes(file)
        self.assertLessEqual(
            {"application", "id_copy", "education", "ent", "grant", "military"}, codes
        )
        self.assertFalse(
            codes & {"passport", "kt", "contract", "guardian_consent", "benefits"}
        )
        self.assertFalse(codes & {"clearance", "diploma_copy"}, "only at the end")
        self.assertEqual(file.number, "T25-001")
        self.assertEqual(file.opened_date, date(2025, 8, 25))
        missing = file.document_ids.filtered("is_required")
        self.assertEqual(file.missing_count, len(missing))

    def test_checklist_follows_the_person(self):
        file = self._make()
        self.student.with_user(self.clerk).write(
            {
                "citizenship_id": self.env.ref("base.tr").id,
                "birth_date": date(2008, 1, 1),
                "social_category_ids": [
                    Command.link(
                        self.env.ref("registrar_core.social_category_orphan").id
                    )
                    if self.env.ref("registrar_core.social_category_orphan", False)
                    else Command.link(
                        self.env["registrar.social.category"].search([], limit=1).id
                    )
                ],
            }
        )
        codes = self._codes(file)
        self.assertLessEqual(
            {"passport", "recognition", "guardian_consent", "benefits"}, codes
        )
        self.assertFalse(codes & {"id_copy", "ent", "military"})

    def test_what_is_in_the_file_stays_in_it(self):
        file = self._make()
        self._line(file, "military").is_present = True
        self.student.gender = "female"
        self.assertIn("military", self._codes(file))
        self._line(file, "military").is_present = False
        file.action_sync()
        self.assertNotIn("military", self._codes(file))

    def test_levels(self):
        self.programme.level = "master_science"
        codes = self._codes(self._make())
        self.assertIn("kt", codes)
        self.assertNotIn("ent", codes)

    def test_dated_list(self):
        line = self.env.ref("registrar_core.personal_file_requirement_medical")
        line.date_to = date(2025, 6, 30)
        self.env["registrar.personal.file.requirement"].create(
            {
                "code": "new_form",
                "name_kk": "Жаңа анықтама",
                "name_ru": "Новая справка",
                "date_from": date(2025, 7, 1),
            }
        )
        codes = self._codes(self._make())
        self.assertNotIn("medical", codes)
        self.assertIn("new_form", codes)

    def test_head_changes_the_list(self):
        file = self._make()
        lines = self.env["registrar.personal.file.requirement"]
        with self.assertRaises(AccessError):
            lines.with_user(self.clerk).create(
                {"code": "x", "name_kk": "х", "name_ru": "х"}
            )
        photos = self.env.ref("registrar_core.personal_file_requirement_photos")
        before = file.missing_count
        photos.with_user(self.head).is_required = False
        photos.with_user(self.head).action_apply()
        self.assertEqual(file.missing_count, before - 1)
        self.assertFalse(self._line(file, "photos").is_missing)

    def test_making_again_makes_nothing(self):
        files, refused = self.files.with_user(self.clerk)._make(self.students)
        self.assertEqual(len(files), 4)
        self.assertFalse(refused)
        files, refused = self.files.with_user(self.clerk)._make(self.students)
        self.assertFalse(files)
        self.assertEqual(refused.keys(), set(self.students.ids))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.files.create({"student_id": self.student.id})
            self.env.flush_all()

    def test_wizard_reports_who_was_left_out(self):
        self._make()
        self._expel(self.students[1])
        wizard = (
            self.env["registrar.personal.file.make"]
            .with_user(self.clerk)
            .create({"student_ids": self.students.ids})
        )
        wizard.action_make()
        self.assertEqual(wizard.made_count, 2)
        self.assertIn(self.student.full_name, wizard.report_html)
        self.assertIn(self.students[1].full_name, wizard.report_html)
        again = wizard.create({"group_ids": self.group.ids})
        again.action_make()
        self.assertEqual(again.made_count, 0)

    def test_numbers_of_the_register(self):
        self.env["ir.config_parameter"].set_param(
            "registrar_core.file_numbering", "register"
        )
        files = self._make(self.students)
        first = files[0].sequence
        self.assertEqual(
            files.mapped("sequence"), list(range(first, first + len(files)))
        )
        self.assertEqual(files[0].number, str(first))
        self.assertEqual(files.register_id.code, "personal_files")
        self.assertEqual(files.register_id.retention_years, 75)

    def test_making_is_set_wise(self):
        people = self.env["registrar.student"].create(
            [
                {
                    "last_name": f"Студент{n}",
                    "first_name": "А",
                    "student_number": f"N{n}",
                }
                for n in range(60)
            ]
        )
        self._admit(people)
        self.env.flush_all()
        counts = []
        for part in (people[:5], people[5:]):
            before = self.env.cr.sql_log_count
            self.files._make(part)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 15)

    def test_extracts_of_orders_are_proposed(self):
        file = self._make()
        extract = self._line(file, "order_extract")
        self.assertEqual(len(extract), 1)
        self.assertEqual(extract.document_date, date(2025, 8, 25))
        self.assertTrue(extract.is_missing)
        self.student._move(
            date(2025, 10, 1),
            {"funding": "paid"},
            "funding_to_paid",
            Entry(self._entry(date(2025, 10, 1))),
        )
        file.action_sync()
        file.action_sync()
        self.assertEqual(len(self._line(file, "order_extract")), 2)
        self.assertIn("contract", self._codes(file))

    def test_original_is_asked_for(self):
        line = self._line(self._make(), "education")
        line.write({"is_present": True, "form": "copy"})
        self.assertTrue(line.is_missing)
        line.form = "original"
        self.assertFalse(line.is_missing)
        self.assertEqual(line.received_date, date(2025, 10, 10))

    def test_sheets(self):
        file = self._make()
        for code, count in (("application", 1), ("education", 2), ("photos", 1)):
            self._line(file, code).write({"is_present": True, "sheet_count": count})
        self._line(file, "consent").write({"is_present": True, "form": "electronic"})
        file.action_number_sheets()
        self.assertEqual(self._line(file, "application").sheets, "1")
        self.assertEqual(self._line(file, "education").sheets, "2–3")
        self.assertEqual(self._line(file, "photos").sheets, "4")
        self.assertFalse(self._line(file, "consent").sheets)
        # What comes later is added at the end, old numbers stay.
        self._line(file, "id_copy").write({"is_present": True, "sheet_count": 1})
        file.action_number_sheets()
        self.assertEqual(self._line(file, "id_copy").sheets, "5")
        self.assertEqual(self._line(file, "photos").sheets, "4")
        file.action_renumber_sheets()
        self.assertEqual(self._line(file, "id_copy").sheets, "2")
        self.assertEqual(file.sheet_total, 5)

    def test_receive_in_many_files(self):
        files = self._make(self.students)
        wizard = (
            self.env["registrar.personal.file.receive"]
            .with_user(self.clerk)
            .create(
                {
                    "file_ids": files.ids,
                    "requirement_id": self.env.ref(
                        "registrar_core.personal_file_requirement_military"
                    ).id,
                }
            )
        )
        self.assertEqual(wizard.lacking_count, 2, "two are women")
        wizard.action_receive()
        self.assertTrue(self._line(files[0], "military").is_present)
        wizard.invalidate_recordset(["already_count"])
        self.assertEqual(wizard.already_count, 2)

    def test_nobody_changes_numbers_and_states(self):
        file = self._make()
        for vals in (
            {"number": "1"},
            {"state": "archived"},
            {"place_id": False},
            {"archive_act": "1"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                file.write(vals)
        with self.refused(UserError, "change its student"):
            file.student_id = self.students[1]
        self._line(file, "photos").is_present = True
        with self.refused(UserError, "Only the head"):
            self._line(file, "photos").unlink()
        with self.refused(UserError, "cannot be deleted"):
            file.with_user(self.head).unlink()


class TestPersonalFileLoan(PersonalFileCommon):
    def test_out_and_back(self):
        line = self._original()
        loan = self._give(line)
        self.assertTrue(line.is_out)
        self.assertEqual(line.file_id.out_count, 1)
        self.assertEqual(loan.receiver, self.student.full_name)
        self.assertEqual(loan.given_by_id, self.clerk)
        with self.refused(UserError, "given out"):
            line.is_present = False
        loan.action_return()
        loan.action_return()
        self.assertFalse(line.is_out)
        self.assertRecordValues(
            loan,
            [{"returned_date": date(2025, 10, 10), "returned_to_id": self.clerk.id}],
        )
        self._give(line)
        self.assertEqual(len(line.loan_ids), 2)

    @mute_logger("odoo.sql_db")
    def test_not_twice(self):
        line = self._original()
        self._give(line)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._give(line)

    def test_only_originals_in_the_file(self):
        line = self._line(self._make(), "education")
        with self.refused(UserError, "no original"):
            self._give(line)
        line.write({"is_present": True, "form": "copy"})
        with self.refused(UserError, "no original"):
            self._give(line)
        other = self._original(self._make(self.students[1]))
        with self.refused(UserError, "another file"):
            self._give(other, file_id=line.file_id.id)

    def test_receipts_are_not_changed(self):
        loan = self._give(self._original())
        with self.assertRaises(AccessError):
            loan.receiver = "Другой"
        with self.assertRaises(AccessError):
            loan.returned_date = date(2025, 10, 10)
        loan.date_due = date(2025, 11, 1)
        with self.assertRaises(AccessError):
            loan.unlink()

    def test_overdue_reminds_once(self):
        line = self._original()
        loan = self._give(line)
        file = line.file_id.sudo()
        loans = self.env["registrar.personal.file.loan"]
        loans._cron_overdue()
        self.assertFalse(file.activity_ids)
        with freeze_time("2025-10-21"):
            loan.invalidate_recordset(["is_overdue"])
            self.assertTrue(loan.is_overdue)
            self.assertIn(loan, loans.search([("is_overdue", "=", True)]))
            loans._cron_overdue()
            loans._cron_overdue()
            self.assertEqual(len(file.activity_ids), 1)
            self.assertEqual(file.activity_ids.user_id, self.clerk)
            loan.action_return()
            self.assertFalse(file.activity_ids)
            self.assertFalse(loans.search([("is_overdue", "=", True)]))

    def test_one_receipt_for_what_went_together(self):
        file = self._make()
        lines = self._original(file) | self._line(file, "education_supplement")
        lines[1].write({"is_present": True, "form": "original"})
        self._give(lines)
        loans = lines.loan_ids
        self.assertEqual(len(loans), 2)
        self.assertEqual(len(loans._receipts()), 1)
        self.assertEqual(loans[0]._together(), loans.sorted("id"))


class TestPersonalFileStorage(PersonalFileCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Place = cls.env["registrar.storage.place"]
        Place.search([]).active = False
        cls.room = Place.create({"name": "Кабинет 112", "kind": "room"})
        cls.shelf = Place.create({"name": "Полка 1", "parent_id": cls.room.id})
        cls.apart = Place.create(
            {"name": "Сейф", "kind": "cabinet", "purpose": "expelled"}
        )
        cls.archive = Place.create(
            {"name": "Архив", "kind": "room", "purpose": "archive"}
        )

    def test_places(self):
        self.assertEqual(self.shelf.complete_name, "Кабинет 112 / Полка 1")
        self.assertEqual(self.shelf.purpose, "current")
        file = self._make()
        self.assertTrue(file.is_misplaced)
        self.assertEqual(file.proposed_place_id, self.shelf)
        file.action_place_as_proposed()
        self.assertEqual(file.place_id, self.shelf)
        self.assertFalse(file.is_misplaced)
        self.room.invalidate_recordset(["file_count"])
        self.assertEqual(self.room.file_count, 1)
        self.shelf.capacity = 1
        self.assertTrue(self.shelf.is_full)
        self.assertFalse(self._make(self.students[1]).proposed_place_id)

    def test_place_of_a_faculty_comes_first(self):
        own = self.shelf.create(
            {"name": "Я полка", "faculty_ids": self.faculty.ids, "kind": "shelf"}
        )
        self.assertEqual(self._make().proposed_place_id, own)
        own.faculty_ids = self.other_faculty
        file = self._make(self.students[1])
        self.assertEqual(file.proposed_place_id, self.shelf)

    def test_expelled_files_are_kept_apart(self):
        file = self._make()
        file.action_place_as_proposed()
        self._expel(self.student)
        self.assertRecordValues(
            file,
            [
                {
                    "state": "expelled",
                    "closed_date": date(2025, 10, 10),
                    "proposed_place_id": self.apart.id,
                    "is_misplaced": True,
                    "retention_until": date(2100, 10, 10),
                }
            ],
        )
        self.assertIn(file, self.files.search([("is_misplaced", "=", True)]))
        codes = self._codes(file)
        self.assertLessEqual({"clearance", "unfinished"}, codes)
        self.assertNotIn("diploma_copy", codes)
        file.action_place_as_proposed()
        self.assertEqual(file.place_id, self.apart)

    def test_graduates(self):
        file = self._make()
        self._expel(self.student, "graduation")
        self.assertEqual(file.state, "graduated")
        self.assertIn("diploma_copy", self._codes(file))

    def test_reinstated_student_has_the_old_file(self):
        file = self._make()
        self._expel(self.student)
        day = date(2025, 10, 10)
        state = {
            "programme_id": self.programme.id,
            "group_id": self.group.id,
            "course": 1,
            "study_form": "full_time",
            "language": "ru",
            "funding": "paid",
        }
        with freeze_time("2025-12-01"):
            self.student._move(
                date(2025, 12, 1), state, "reinstatement", Entry(self._entry(day))
            )
            self.assertEqual(file.state, "current")
            self.assertFalse(file.closed_date)

    def test_new_admission_has_a_new_file(self):
        file = self._make()
        self._expel(self.student)
        with freeze_time("2026-08-25"):
            self._admit(self.student, date(2026, 8, 25))
            self.assertEqual(file.state, "expelled")
            new = self._make()
            self.assertEqual(new.number, "T25-001/2")
            self.assertEqual(new.opened_date, date(2026, 8, 25))

    def test_archive(self):
        file = self._make()
        line = self._original(file)
        move = self.env["registrar.personal.file.move"].with_user(self.archivist)
        vals = {
            "file_ids": file.ids,
            "operation": "archive",
            "act": "Акт № 4",
            "place_id": self.archive.id,
        }
        with self.refused(UserError, "None of the files"):
            move.create(vals).action_move()
        loan = self._give(line)
        self._expel(self.student)
        self.assertIn("Originals", move.create(vals).obstacle_html)
        loan.action_return()
        move.create(vals).action_move()
        self.assertRecordValues(
            file,
            [
                {
                    "state": "archived",
                    "archive_date": date(2025, 10, 10),
                    "archive_act": "Акт № 4",
                    "place_id": self.archive.id,
                }
            ],
        )

    def test_sent_to_another_university(self):
        file = self._make()
        self._expel(self.student, "transfer_out")
        move = self.env["registrar.personal.file.move"].with_user(self.clerk)
        wizard = move.create({"file_ids": file.ids, "operation": "send", "act": "12"})
        with self.refused(UserError, "Name the university"):
            wizard.action_move()
        wizard.destination = "КазНУ"
        wizard.action_move()
        self.assertEqual(file.state, "sent")
        self.assertEqual(file.sent_to, "КазНУ")


class TestPersonalFileAccess(PersonalFileCommon):
    def test_roles(self):
        file = self._make()
        line = self._original(file)
        line.write({"scan": b"c2Nhbg==", "scan_name": "scan.pdf"})
        for user in (self.clerk, self.head, self.archivist):
            with self.subTest(user=user.login):
                self.assertTrue(line.with_user(user).scan)
                self.assertTrue(file.with_user(user).missing_count)
        dean = file.with_user(self.dean)
        self.assertTrue(dean.missing_count)
        self.assertTrue(dean.missing_names)
        with self.assertRaises(AccessError):
            line.with_user(self.dean).read(["scan"])
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", line._name), ("res_field", "=", "scan")])
        )
        self.assertTrue(attachment)
        with self.assertRaises(AccessError):
            attachment.with_user(self.dean).read(["raw"])
        for user in (self.dean, self.archivist, self.portal_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                line.with_user(user).write({"is_present": False})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                file.with_user(user).write({"opened_date": "2025-09-01"})
        for user in (
            self.military,
            self.migration,
            self.teacher,
            self.adviser,
            self.viewer,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                file.with_user(user).read(["number"])
            self.assertEqual(self.student.with_user(user).personal_file_count, 0)

    def test_dean_sees_the_own_faculty(self):
        file = self._make()
        self.assertEqual(self.files.with_user(self.dean).search([]), file)
        self.dean_employee.department_id = self.other_faculty
        self.assertFalse(self.files.with_user(self.dean).search([]))
        with self.assertRaises(AccessError):
            file.with_user(self.dean).read(["number"])
        self.dean_employee.department_id = self.faculty
        with self.assertRaises(AccessError):
            file.with_user(self.dean).action_place_as_proposed()
        with self.assertRaises(AccessError):
            file.with_user(self.dean).loan_ids.create({})

    def test_archivist_keeps_but_does_not_write(self):
        file = self._make()
        place = (
            self.env["registrar.storage.place"]
            .with_user(self.archivist)
            .create({"name": "Стеллаж 9", "kind": "cabinet"})
        )
        file.with_user(self.archivist)._place(place)
        self.assertEqual(file.place_id, place)
        with self.assertRaises(AccessError):
            self._make(self.students[1], self.archivist)
        with self.assertRaises(AccessError):
            self.env["registrar.personal.file.give"].with_user(self.archivist).create(
                {"file_id": file.id, "ground": "x"}
            )

    def test_portal(self):
        file = self._make(self.students)[0]
        self._original(file)
        student = self.student.with_user(self.portal_user)
        found = self.files.with_user(self.portal_user).search([])
        self.assertEqual(found, file)
        checklist = student._portal_checklist()
        names = {line["name"]: line for line in checklist}
        education = names["Document of previous education (original)"]
        self.assertTrue(education["is_present"])
        self.assertFalse(education["is_missing"])
        self.assertTrue(names["Application for admission"]["is_missing"])
        with self.assertRaises(AccessError):
            self.students[1].with_user(self.portal_user)._portal_checklist()
        found.read(["number", "state", "missing_count", "place_id", "is_misplaced"])
        with self.assertRaises(AccessError):
            found.document_ids.read(["scan"])

    def test_student_form_counts(self):
        file = self._make()
        student = self.student.with_user(self.clerk)
        self.assertEqual(student.personal_file_count, 1)
        self.assertEqual(student.missing_document_count, file.missing_count)
        self.assertEqual(student.action_open_personal_files()["res_id"], file.id)


class TestPersonalFilePapers(PersonalFileCommon):
    def _pdf(self, report, records, lang="ru_RU"):
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(self.clerk)
            .with_context(force_report_rendering=True, lang=lang)
            ._render_qweb_pdf(report, records.ids)
        )
        self.assertEqual(kind, "pdf")
        pages = PdfFileReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def test_inventory(self):
        file = self._make()
        self._original(file)
        for number in range(20):
            self.env["registrar.personal.file.document"].create(
                {
                    "file_id": file.id,
                    "title": f"Заявление {number}",
                    "is_present": True,
                    "sheet_count": 1,
                }
            )
        file.action_number_sheets()
        text = self._pdf("registrar_core.action_report_personal_file_inventory", file)
        self.assertIn("Внутренняя опись", text)
        self.assertIn(self.student.full_name, text)
        self.assertIn("21 (двадцать один)", text)
        self.assertIn("22 (двадцать два)", text)
        self.assertIn("подлинник", text)
        text = self._pdf(
            "registrar_core.action_report_personal_file_inventory", file, "kk_KZ"
        )
        self.assertIn("ішкі тізімдемесі", text)
        self.assertIn("22 (жиырма екі)", text)
        text = self._pdf(
            "registrar_core.action_report_personal_file_inventory", file, "en_US"
        )
        self.assertIn("Inventory", text)

    def test_receipt_and_label(self):
        line = self._original()
        loan = self._give(line, proxy="№ 15 от 01.10.2025")
        text = self._pdf("registrar_core.action_report_personal_file_receipt", loan)
        self.assertIn("Документ о предыдущем образовании", text)
        self.assertIn("20.10.2025", text)
        self.assertIn("№ 15", text)
        self.assertIn("обучающегося Ахметова Айдара", text)
        text = self._pdf(
            "registrar_core.action_report_personal_file_label", line.file_id, "kk_KZ"
        )
        self.assertIn("T25-001", text)
        self.assertIn("75 жыл", text)
