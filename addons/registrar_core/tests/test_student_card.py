from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.registrar_core.tools.iin import make_iin

from .common import ROLES, RegistrarCommon

SENSITIVE = ("category_line_ids", "consent_ids", "missing_consents", "is_minor")


@tagged("post_install", "-at_install")
class TestStudentCard(RegistrarCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._admit()
        cls.student = cls.students[0]
        cls.category, cls.other_category = cls.env["registrar.social.category"].search(
            [], limit=2
        )

    # Declension

    def test_declined(self):
        student = self.student.with_user(self.clerk)
        self.assertEqual(student._declined("dative", "ru"), "Ахметову Айдару Серікұлы")
        self.assertEqual(student._declined("dative", "kk"), "Ахметов Айдар Серікұлына")
        self.assertEqual(student._declined("dative", "en"), student.full_name)
        student.name_dative_ru = "Ахметову Айдару Серик улы"
        self.assertEqual(student._declined("dative", "ru"), "Ахметову Айдару Серик улы")
        self.assertIn("Ахметову Айдару Серик улы", student.declension)
        self.assertEqual(
            student._declined("genitive", "ru"), "Ахметова Айдара Серікұлы"
        )

    def test_forms_by_hand_go_with_the_name(self):
        student = self.student.with_user(self.clerk)
        student.name_dative_ru = "Ахметову Айдару Серик улы"
        student.last_name = "Ахмет"
        self.assertFalse(student.name_dative_ru)
        self.assertEqual(student._declined("dative", "ru"), "Ахмету Айдару Серікұлы")
        student.write({"last_name": "Ахметов", "name_dative_kk": "Өзгеше"})
        self.assertEqual(student.name_dative_kk, "Өзгеше")

    # Names

    @freeze_time("2026-03-10")
    def test_change_of_name_writes_history(self):
        student = self.students[2].with_user(self.clerk)
        wizard = Form(
            self.env["registrar.student.rename"]
            .with_user(self.clerk)
            .with_context(default_student_id=student.id)
        )
        wizard.last_name = "Петрова"
        wizard.date = date(2026, 2, 14)
        wizard.ground = "Marriage"
        wizard.document = "No. 17"
        wizard.save().action_apply()
        self.assertEqual(student.full_name, "Петрова Мария Петровна")
        self.assertEqual(student.partner_id.name, "Петрова Мария Петровна")
        self.assertRecordValues(
            student.name_ids,
            [
                {
                    "last_name": "Петрова",
                    "date_from": date(2026, 2, 14),
                    "date_to": False,
                    "ground": "Marriage",
                    "document": "No. 17",
                },
                {
                    "last_name": "Иванова",
                    "date_from": False,
                    "date_to": date(2026, 2, 14),
                    "ground": False,
                    "document": False,
                },
            ],
        )
        self.assertEqual(student._name_at(date(2026, 2, 13)).last_name, "Иванова")
        self.assertEqual(student._name_at(date(2026, 2, 14)).last_name, "Петрова")
        self.assertEqual(
            student._name_at(date(2020, 1, 1)).full_name, "Иванова Мария Петровна"
        )

    @freeze_time("2026-03-10")
    def test_plain_write_is_a_change_of_today(self):
        student = self.students[2].with_user(self.clerk)
        student.last_name = "Сидорова"
        student.last_name = "Смирнова"
        self.assertEqual(
            [(row.last_name, row.date_from) for row in student.name_ids],
            [("Смирнова", date(2026, 3, 10)), ("Иванова", False)],
        )
        # the same name again is no change
        student.write({"last_name": "Смирнова", "first_name": "Мария"})
        self.assertEqual(len(student.name_ids), 2)

    @freeze_time("2026-03-10")
    def test_correction_of_a_mistake_has_no_history(self):
        student = self.student.with_user(self.clerk)
        wizard = self.env["registrar.student.rename"].with_user(self.clerk)
        wizard.create(
            {
                "student_id": student.id,
                "kind": "correction",
                "first_name": "Айдарбек",
                "last_name": student.last_name,
            }
        ).action_apply()
        self.assertEqual(student.first_name, "Айдарбек")
        self.assertFalse(student.name_ids)

    @freeze_time("2026-03-10")
    def test_change_before_a_later_change_is_refused(self):
        student = self.student.with_user(self.clerk)
        student.last_name = "Ахмет"
        with self.refused(UserError, "already"):
            student.with_context(name_date=date(2026, 1, 1)).last_name = "Ахметұлы"

    @freeze_time("2026-03-10")
    def test_change_in_the_future_is_refused(self):
        wizard = (
            self.env["registrar.student.rename"]
            .with_user(self.clerk)
            .create(
                {
                    "student_id": self.student.id,
                    "last_name": "Ахмет",
                    "first_name": "Айдар",
                    "date": date(2026, 3, 11),
                }
            )
        )
        with self.refused(UserError, "future"):
            wizard.action_apply()

    def test_only_the_office_changes_names(self):
        for user in (self.dean, self.adviser, self.viewer, self.teacher):
            with self.assertRaises(AccessError):
                self.env["registrar.student.rename"].with_user(user).create(
                    {
                        "student_id": self.student.id,
                        "last_name": "X",
                        "first_name": "Y",
                    }
                )
            with self.assertRaises(AccessError):
                self.student.with_user(user).last_name = "X"

    # Social categories

    @freeze_time("2026-03-10")
    def test_categories_of_today(self):
        student = self.student.with_user(self.clerk)
        student.category_line_ids = [
            Command.create(
                {
                    "category_id": self.category.id,
                    "date_from": date(2026, 1, 1),
                    "date_to": date(2026, 3, 31),
                    "document": "No. 5",
                }
            ),
            Command.create(
                {"category_id": self.other_category.id, "date_to": date(2026, 3, 9)}
            ),
        ]
        self.assertEqual(student.social_category_ids, self.category)
        with freeze_time("2026-04-01"):
            self.env["registrar.student"]._cron_refresh_state()
            self.assertFalse(student.social_category_ids)
            self.assertEqual(len(student.category_line_ids), 2)

    @freeze_time("2026-03-10")
    def test_import_writes_categories_as_before(self):
        student = self.student.with_user(self.clerk)
        student.social_category_ids = [Command.set(self.category.ids)]
        self.assertEqual(student.category_line_ids.category_id, self.category)
        self.assertFalse(student.category_line_ids.date_from)
        student.social_category_ids = [Command.set(self.other_category.ids)]
        self.env.flush_all()
        self.assertEqual(student.social_category_ids, self.other_category)
        self.assertRecordValues(
            student.category_line_ids.sorted("id"),
            [
                {"category_id": self.category.id, "date_to": date(2026, 3, 9)},
                {"category_id": self.other_category.id, "date_to": False},
            ],
        )

    def test_created_with_categories(self):
        student = (
            self.env["registrar.student"]
            .with_user(self.clerk)
            .create(
                {
                    "last_name": "Жаңа",
                    "first_name": "Адам",
                    "social_category_ids": [Command.set(self.category.ids)],
                }
            )
        )
        self.assertEqual(student.social_category_ids, self.category)
        self.assertEqual(student.category_line_ids.category_id, self.category)

    def test_categories_before_there_were_dates(self):
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO registrar_social_category_registrar_student_rel"
            " (registrar_student_id, registrar_social_category_id) VALUES (%s, %s)",
            [self.student.id, self.category.id],
        )
        for _time in range(2):
            self.env["registrar.student.category"].init()
        self.env.invalidate_all()
        self.assertEqual(self.student.category_line_ids.category_id, self.category)
        self.assertEqual(len(self.student.category_line_ids), 1)

    # Previous education

    def test_main_document_on_education(self):
        student = self.student.with_user(self.clerk)
        student.education_ids = [
            Command.create(
                {
                    "level": "college",
                    "institution": "Колледж",
                    "document_kind": "diploma",
                    "number": "ТКБ 123",
                    "document_date": date(2024, 6, 20),
                }
            ),
            Command.create({"level": "school", "institution": "Школа № 1"}),
        ]
        student.education_ids.filtered(
            lambda line: line.level == "college"
        ).action_make_main()
        self.assertEqual(student.previous_education, "college")
        self.assertEqual(student.previous_institution, "Колледж")
        self.assertEqual(student.previous_document, "Diploma ТКБ 123")
        self.assertEqual(student.previous_document_date, date(2024, 6, 20))

    # Consents

    @freeze_time("2026-03-10")
    def test_consents(self):
        student = self.student.with_user(self.clerk)
        student.birth_date = date(2008, 3, 11)
        self.assertTrue(student.is_minor)
        self.assertIn("minor", student.missing_consents)
        contact = self.env["registrar.student.contact"].create(
            {"student_id": student.id, "name": "Әлия Ахметова", "kind": "mother"}
        )
        self.assertTrue(contact.is_guardian)
        Consent = self.env["registrar.student.consent"].with_user(self.clerk)
        with self.refused(ValidationError, "representative"):
            Consent.create({"student_id": student.id, "kind": "guardian"})
        consent = Consent.create(
            {
                "student_id": student.id,
                "kind": "guardian",
                "contact_id": contact.id,
            }
        )
        own = Consent.create({"student_id": student.id})
        self.assertEqual(consent.given_by, "Әлия Ахметова")
        self.assertEqual(own.given_by, student.full_name)
        self.assertFalse(student.missing_consents)
        found = self.env["registrar.student"].with_user(self.clerk)
        self.assertIn(student, found.search([("is_minor", "=", True)]))
        self.assertNotIn(student, found.search([("is_minor", "=", False)]))
        consent.action_revoke()
        self.assertEqual(consent.revoked_date, date(2026, 3, 10))
        self.assertEqual(consent.revoked_by_id, self.clerk)
        self.assertIn("minor", student.missing_consents)
        with self.refused(UserError, "revoked"):
            consent.given_by = "X"
        with self.refused(UserError, "button"):
            own.revoked_date = date(2026, 3, 10)
        with self.refused(UserError, "revoked"):
            consent.with_user(self.head).unlink()
        with freeze_time("2026-03-11"):
            student.invalidate_recordset(["is_minor"])
            self.assertFalse(student.is_minor)

    # Files

    def test_files_belong_to_what_they_prove(self):
        second = new_test_user(
            self.env,
            login="test_second_clerk",
            groups="registrar_core.group_registrar_clerk",
        )
        Attachment = self.env["ir.attachment"].with_user(self.clerk)
        file = Attachment.create(
            {"name": "proof", "raw": b"x", "res_model": "registrar.student.category"}
        )
        with self.assertRaises(AccessError):
            file.with_user(second).read(["raw"])
        line = (
            self.env["registrar.student.category"]
            .with_user(self.clerk)
            .create(
                {
                    "student_id": self.student.id,
                    "category_id": self.category.id,
                    "attachment_ids": [Command.set(file.ids)],
                }
            )
        )
        self.assertEqual(file.res_id, line.id)
        self.assertEqual(file.with_user(second).read(["raw"])[0]["raw"], b"x")
        for user in (self.dean, self.adviser, self.viewer):
            with self.assertRaises(AccessError):
                file.with_user(user).read(["raw"])

    def test_files_of_others_are_not_taken_over(self):
        file = self.env["ir.attachment"].create({"name": "secret", "raw": b"x"})
        Education = self.env["registrar.student.education"].with_user(self.clerk)
        with self.assertRaises(AccessError):
            Education.create(
                {
                    "student_id": self.student.id,
                    "institution": "Школа",
                    "attachment_ids": [Command.link(file.id)],
                }
            )
        self.assertFalse(file.res_id)
        with self.assertRaises(AccessError):
            file.with_user(self.clerk).read(["raw"])

    def test_proof_of_a_change_of_name(self):
        wizard = (
            self.env["registrar.student.rename"]
            .with_user(self.clerk)
            .create(
                {
                    "student_id": self.student.id,
                    "last_name": "Ахмет",
                    "first_name": "Айдар",
                    "attachment_ids": [Command.create({"name": "proof", "raw": b"x"})],
                }
            )
        )
        file = wizard.attachment_ids
        file.write({"res_model": wizard._name, "res_id": wizard.id})
        wizard.action_apply()
        (row,) = self.student.name_ids.filtered("date_from")
        self.assertEqual(row.attachment_ids, file)
        self.assertEqual((file.res_model, file.res_id), (row._name, row.id))

    # Who sees what

    def test_sensitive_parts_by_role(self):
        for user in (
            self.viewer,
            self.adviser,
            self.teacher,
            self.dean,
            self.military,
            self.migration,
            self.archivist,
        ):
            names = self.env["registrar.student"].with_user(user).fields_get()
            for name in SENSITIVE:
                self.assertNotIn(name, names, user.login)
            for model in ("category", "consent", "duplicate"):
                with self.assertRaises(AccessError):
                    self.env[f"registrar.student.{model}"].with_user(user).search([])
        for user in (self.clerk, self.head):
            names = self.env["registrar.student"].with_user(user).fields_get()
            self.assertTrue(set(SENSITIVE) <= set(names))

    def test_contacts_by_role(self):
        contact = self.env["registrar.student.contact"].create(
            {"student_id": self.student.id, "name": "Әлия", "phone": "+7 700 000"}
        )
        Contact = self.env["registrar.student.contact"]
        for user in (self.clerk, self.head, self.dean, self.adviser):
            self.assertIn(contact, Contact.with_user(user).search([]))
        for user in (
            self.viewer,
            self.teacher,
            self.military,
            self.migration,
            self.archivist,
        ):
            with self.assertRaises(AccessError):
                contact.with_user(user).read(["name"])
        for user in (self.dean, self.adviser):
            with self.assertRaises(AccessError):
                contact.with_user(user).name = "X"
        # neither another adviser nor another faculty
        self.group.adviser_id = self.teacher_employee
        self.dean_employee.department_id = self.other_faculty
        self.env.invalidate_all()
        for user in (self.dean, self.adviser):
            self.assertFalse(Contact.with_user(user).search([]) & contact)
            with self.assertRaises(AccessError):
                contact.with_user(user).read(["name"])

    def test_whoever_reads_the_card_reads_its_fields(self):
        portal = new_test_user(
            self.env, login="test_card_portal", groups="base.group_portal"
        )
        portal.partner_id = self.student.partner_id
        self.student.with_user(self.clerk).write(
            {
                "last_name": "Ахмет",
                "contact_ids": [Command.create({"name": "Әлия"})],
                "category_line_ids": [
                    Command.create({"category_id": self.category.id})
                ],
                "consent_ids": [Command.create({})],
                "education_ids": [Command.create({"institution": "Школа"})],
            }
        )
        models = [
            "registrar.student",
            *(
                f"registrar.student.{name}"
                for name in (
                    "name",
                    "contact",
                    "category",
                    "consent",
                    "education",
                    "language",
                    "duplicate",
                )
            ),
        ]
        for role in (*ROLES, "portal"):
            user = portal if role == "portal" else getattr(self, role)
            for name in models:
                model = self.env[name].with_user(user)
                if not model.has_access("read"):
                    continue
                described = model.fields_get([], ["type"])
                plain = [
                    field
                    for field, facts in described.items()
                    if not facts["type"].endswith("2many")
                    and not field.startswith(("activity_", "my_activity_", "message_"))
                ]
                with self.subTest(role=role, model=name):
                    self.assertIsInstance(model.search_read([], plain, limit=2), list)

    def test_other_parts_by_role(self):
        self.student.write(
            {
                "education_ids": [Command.create({"institution": "Школа"})],
                "language_ids": [
                    Command.create(
                        {
                            "language_id": self.env.ref(
                                "registrar_core.language_en"
                            ).id,
                            "level": "b2",
                        }
                    )
                ],
            }
        )
        for name in ("education_ids", "language_ids"):
            lines = self.student[name]
            for user in (
                self.viewer,
                self.clerk,
                self.dean,
                self.adviser,
                self.archivist,
            ):
                self.assertEqual(self.student.with_user(user)[name], lines)
            for user in (self.teacher, self.military):
                with self.assertRaises(AccessError):
                    lines.with_user(user).mapped("student_id")
            for user in (self.viewer, self.dean, self.adviser, self.archivist):
                with self.assertRaises(AccessError):
                    lines.with_user(user).unlink()

    # Timeline

    def test_timeline(self):
        self.student._move(
            date(2026, 2, 2),
            {},
            "leave_medical",
            Entry(self._entry(date(2026, 2, 1))),
        )
        with freeze_time("2026-03-10"):
            self.student.with_user(self.clerk).last_name = "Ахмет"
            self.env["registrar.student.consent"].with_user(self.clerk).create(
                {"student_id": self.student.id}
            )
        events = self.student.with_user(self.clerk)._timeline()
        self.assertEqual(
            [(event["date"], event["kind"]) for event in events],
            [
                (date(2026, 3, 10), "person"),
                (date(2026, 3, 10), "person"),
                (date(2026, 2, 2), "leave"),
                (date(2025, 8, 25), "arrival"),
            ],
        )
        html = self.student.with_user(self.clerk).timeline
        self.assertIn("ИС-25-1р", html)
        self.assertLess(html.index("fa-pause"), html.index("fa-sign-in"))
        # consents are for the office only
        for user in (self.dean, self.adviser, self.viewer):
            html = self.student.with_user(user).timeline
            self.assertIn("fa-pause", html)
            self.assertNotIn("Consent", html)

    def test_personal_file_and_holds_are_events(self):
        file = self._create(
            "registrar.personal.file",
            student_id=self.student.id,
            opened_date=date(2025, 8, 26),
        )
        kind = self.env["registrar.hold.kind"].search([], limit=1)
        self.env["registrar.hold"].create(
            {
                "student_id": self.student.id,
                "kind_id": kind.id,
                "date_from": date(2026, 2, 1),
                "reason": "secret",
            }
        )
        html = self.student.with_user(self.clerk).timeline
        self.assertIn(f"/odoo/registrar.personal.file/{file.id}", html)
        self.assertIn("fa-exclamation-triangle", html)
        html = self.student.with_user(self.adviser).timeline
        self.assertNotIn("registrar.personal.file", html)
        self.assertIn(kind.name, html)
        self.assertNotIn("secret", html)

    def test_timeline_escapes_what_people_write(self):
        self.student.with_user(self.clerk).with_context(
            name_ground="<script>alert(1)</script>"
        ).last_name = "Ахмет"
        html = self.student.with_user(self.clerk).timeline
        self.assertNotIn("<script>", html)
        self.assertIn("&lt;script&gt;", html)

    def test_timeline_is_set_wise(self):
        students = self.students.with_user(self.clerk)
        self.env.flush_all()
        students[:1].timeline
        self.env.invalidate_all()
        self._warm(students[:1])
        with self._counted() as one:
            students[:1].mapped("timeline")
        self.env.invalidate_all()
        self._warm(students)
        with self._counted() as all_of_them:
            students.mapped("timeline")
        self.assertEqual(one.count, all_of_them.count)
        self.assertLess(one.count, 40)

    def _warm(self, students):
        self.env.user.has_group("base.group_user")
        students.mapped("full_name")

    def _counted(self):
        case = self

        class Counter:
            def __enter__(self):
                self.start = case.env.cr.sql_log_count
                return self

            def __exit__(self, *_args):
                self.count = case.env.cr.sql_log_count - self.start

        return Counter()


class Entry:
    def __init__(self, entry):
        self.entry_id = entry

    def sudo(self):
        return self


@tagged("post_install", "-at_install")
class TestStudentDuplicate(RegistrarCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.students[0].birth_date = date(2007, 5, 15)
        cls.students[1].birth_date = date(2007, 6, 20)
        cls.twin = cls._student("Ахметов", "Айдар", "Серикулы", date(2007, 5, 15))

    @classmethod
    def _student(cls, last, first, patronymic, birth_date=False, **values):
        return cls._create(
            "registrar.student",
            last_name=last,
            first_name=first,
            patronymic=patronymic,
            birth_date=birth_date,
            **values,
        )

    def _pair(self, first, second):
        first, second = (first | second).sorted("id")
        return self.env["registrar.student.duplicate"].search(
            [("first_id", "=", first.id), ("second_id", "=", second.id)]
        )

    def _search(self):
        return (
            self.env["registrar.student.duplicate"]
            .with_user(self.clerk)
            ._search_duplicates()
        )

    def test_found_with_reasons(self):
        swapped = self._student("Әсел", "Әлиева", "Нұрланқызы", date(2007, 6, 20))
        latin = self._student("Kасымов", "Eрлан", "Болатұлы")
        misspelt = self._student("Әлиева", "Асель", "Нұрлановна", date(2007, 6, 20))
        stranger = self._student("Ахметов", "Бауыржан", "Кенжеұлы", date(2001, 1, 1))
        self._search()
        pair = self._pair(self.students[0], self.twin)
        # ұ and у, і and и are the same in Russian spelling
        self.assertEqual(pair.reason_codes, "name,date")
        self.assertEqual(pair.score, 95)
        self.assertEqual(pair.reasons, "same name, same birth date")
        pair = self._pair(self.students[1], swapped)
        self.assertEqual(pair.reason_codes, "words,date")
        self.assertEqual(
            self._pair(self.students[3], latin).reason_codes, "name,no_date"
        )
        pair = self._pair(self.students[1], misspelt)
        self.assertEqual(pair.reason_codes, "similar,date")
        self.assertTrue(50 <= pair.score < 95)
        self.assertFalse(self._pair(self.students[0], stranger))

    def test_different_iins_speak_against(self):
        self.students[0].iin = make_iin(date(2007, 5, 15), "male", 1)
        self.twin.iin = make_iin(date(2007, 5, 15), "male", 2)
        self._search()
        pair = self._pair(self.students[0], self.twin)
        self.assertEqual(pair.score, 65)
        self.assertIn("different IINs", pair.reasons)

    def test_not_a_duplicate_stays(self):
        self._search()
        pair = self._pair(self.students[0], self.twin).with_user(self.clerk)
        self.assertEqual(self.twin.with_user(self.clerk).duplicate_count, 1)
        pair.action_different()
        self.assertEqual(pair.decided_by_id, self.clerk)
        self._search()
        self.assertEqual(pair.state, "different")
        self.twin.invalidate_recordset(["duplicate_count"])
        self.assertEqual(self.twin.with_user(self.clerk).duplicate_count, 0)
        pair.action_reopen()
        self.assertEqual(pair.state, "open")

    def test_what_is_no_longer_alike_is_forgotten(self):
        self._search()
        self.twin.write(
            {"last_name": "Жүнісов", "first_name": "Дәурен", "patronymic": False}
        )
        self._search()
        self.assertFalse(self._pair(self.students[0], self.twin))

    def test_only_the_office_compares(self):
        for user in (self.dean, self.adviser, self.viewer, self.teacher):
            with self.assertRaises(AccessError):
                self.env["registrar.student.duplicate"].with_user(
                    user
                )._search_duplicates()
            with self.assertRaises(AccessError):
                self.students[0].with_user(user)._merge(self.twin.with_user(user))

    # Merging

    def test_wizard_merges_with_chosen_values(self):
        self._admit(self.students[:1])
        kept, twin = self.students[0], self.twin
        iin = make_iin(date(2007, 5, 15), "male", 1)
        twin.write({"iin": iin, "phone": "+7 701 000 00 00", "is_rural": True})
        contact = self._create(
            "registrar.student.contact", student_id=twin.id, name="Әлия"
        )
        plan = self._create(
            "registrar.study.plan",
            student_id=twin.id,
            year_id=self.year.id,
            group_id=self.group.id,
        )
        file = self._create(
            "ir.attachment",
            name="scan",
            raw=b"x",
            res_model="registrar.student",
            res_id=twin.id,
        )
        twin.with_user(self.clerk).activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.clerk.id
        )
        self._search()
        pair = self._pair(kept, twin).with_user(self.clerk)
        action = pair.action_merge()
        wizard = (
            self.env["registrar.student.merge"]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.kept_id, kept)
        self.assertFalse(wizard.blockers)
        lines = {line.field_name: line for line in wizard.line_ids}
        self.assertEqual(lines["iin"].choice, "merged")
        self.assertEqual(lines["iin"].merged_value, iin)
        self.assertEqual(lines["patronymic"].choice, "kept")
        self.assertEqual(lines["patronymic"].merged_value, "Серикулы")
        self.assertNotIn("first_name", lines)
        lines["patronymic"].choice = "merged"
        wizard.action_merge()
        self.assertEqual(kept.iin, iin)
        self.assertFalse(twin.iin)
        self.assertEqual(kept.phone, "+7 701 000 00 00")
        self.assertEqual(kept.patronymic, "Серикулы")
        self.assertFalse(kept.name_ids)
        self.assertFalse(twin.active)
        self.assertEqual(twin.merged_into_id, kept)
        self.assertEqual(contact.student_id, kept)
        self.assertEqual(plan.student_id, kept)
        self.assertEqual(file.res_id, kept.id)
        self.assertEqual(len(kept.activity_ids), 1)
        self.assertEqual(pair.state, "merged")
        self.assertIn("Merged:", kept.message_ids[0].body)
        self.assertIn("Merged into", twin.message_ids[0].body)

    def test_ledger_rows_stay_and_are_shown(self):
        with freeze_time("2026-03-10"):
            self._admit(self.twin, day=date(2023, 8, 25))
            self.twin._move(
                date(2024, 1, 15),
                {},
                "own_wish",
                Entry(self._entry(date(2024, 1, 15))),
            )
            self._admit(self.students[:1])
            kept = self.students[0].with_user(self.clerk)
            rows = self.twin.enrolment_ids
            kept._merge(self.twin.with_user(self.clerk))
            self.assertEqual(rows.student_id, self.twin)
            self.assertEqual(
                [event["date"] for event in kept._timeline()],
                [date(2025, 8, 25), date(2024, 1, 15), date(2023, 8, 25)],
            )
            self.assertEqual(
                {event["student_id"] for event in kept._timeline()}, {kept.id}
            )
            self.assertEqual(kept.status, "studying")
            with self.refused(UserError, "archived"):
                self.twin.with_user(self.clerk).active = True
            with self.refused(AccessError, "wizard"):
                self.twin.with_user(self.head).merged_into_id = False
            with self.refused(UserError, "merged already"):
                kept._merge(self.twin.with_user(self.clerk))

    def test_overlapping_ledgers_are_refused(self):
        self._admit(self.students[0] | self.twin)
        with self.refused(UserError, "enrolled at the same time"):
            self.students[0].with_user(self.clerk)._merge(
                self.twin.with_user(self.clerk)
            )
        self.assertTrue(self.twin.active)

    def test_the_enrolled_record_is_kept(self):
        self._admit(self.twin)
        with self.refused(UserError, "keep that record"):
            self.students[0].with_user(self.clerk)._merge(
                self.twin.with_user(self.clerk)
            )
        action = (self.students[0] | self.twin).with_user(self.clerk).action_merge()
        self.assertEqual(action["context"]["default_kept_id"], self.twin.id)
        self.twin.with_user(self.clerk)._merge(self.students[0].with_user(self.clerk))
        self.assertEqual(self.students[0].merged_into_id, self.twin)

    def test_record_with_a_login_is_kept(self):
        self.env["res.users"].create(
            {
                "login": "twin",
                "partner_id": self.twin.partner_id.id,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )
        with self.refused(UserError, "login"):
            self.students[0].with_user(self.clerk)._merge(
                self.twin.with_user(self.clerk)
            )

    def test_chains_end_at_the_last_kept(self):
        third = self._student("Ахметов", "Айдар", "")
        users = self.twin.with_user(self.clerk)
        users._merge(third.with_user(self.clerk))
        self.students[0].with_user(self.clerk)._merge(users)
        self.assertEqual((third | self.twin).merged_into_id, self.students[0])

    def test_conflicts_stay_behind(self):
        english = self.env.ref("registrar_core.language_en").id
        russian = self.env.ref("registrar_core.language_ru").id
        for student in (self.students[0], self.twin):
            self._create(
                "registrar.student.language", student_id=student.id, language_id=english
            )
        self._create(
            "registrar.student.language", student_id=self.twin.id, language_id=russian
        )
        moved = (
            self.students[0]
            .with_user(self.clerk)
            ._merge(self.twin.with_user(self.clerk))
        )
        self.assertEqual(moved["registrar.student.language"], 1)
        self.assertEqual(len(self.students[0].language_ids), 2)
        self.assertEqual(len(self.twin.language_ids), 1)

    def test_two_are_chosen(self):
        with self.refused(UserError, "exactly two"):
            self.students[:3].with_user(self.clerk).action_merge()
        action = (self.students[0] | self.twin).with_user(self.clerk).action_merge()
        self.assertEqual(action["context"]["default_kept_id"], self.students[0].id)

    def test_nothing_is_half_done(self):
        contact = self._create(
            "registrar.student.contact", student_id=self.twin.id, name="Әлия"
        )
        kept = self.students[0].with_user(self.clerk)
        model = type(self.env["registrar.student"])
        with (
            patch.object(model, "_log_merge", side_effect=UserError("stop")),
            self.refused(UserError, "stop"),
            self.env.cr.savepoint(),
        ):
            kept._merge(self.twin.with_user(self.clerk))
        self.env.invalidate_all()
        self.assertEqual(contact.student_id, self.twin)
        self.assertTrue(self.twin.active)
