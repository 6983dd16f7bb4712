"""What the card of a student holds besides marks: parents, languages, benefits …"""

from datetime import date

from odoo.addons.registrar_core.tools.translit import latin

PHONE = "+7 700 {number:03d} {rest:02d} {last:02d}"
SHARE_OF_FATHERS = 0.7
SHARE_OF_CONSENTS = 0.96
SHARE_OF_PROOFS = 0.8
ENGLISH = (("a2", 0.3), ("b1", 0.8), ("b2", 1.0))
PROOF = "Анықтама / Справка № {number}"
# Categories that are proved anew every year.
YEARLY = ("low_income", "many_children")
MARRIAGE = "Некеге тұру / Вступление в брак"
MARRIAGE_PROOF = "Неке туралы куәлік / Свидетельство о браке № {number}"
NEW_SURNAME = "Нұрланова"


def fill(demo, calendar, students):
    """Enter contacts, languages, education, proofs and consents of new students.

    :return: the contacts
    """
    numbers = {student: student.student_number for student in students}
    _enter_languages(demo, students, numbers)
    _enter_education(demo, students)
    _enter_proofs(demo, calendar, students, numbers)
    contacts = _enter_contacts(demo, students, numbers)
    _enter_consents(demo, calendar, students, numbers, contacts)
    return contacts


def _enter_contacts(demo, students, numbers):
    values_list = []
    for student, number in numbers.items():
        kinds = ["mother"]
        if demo.marker.chance("father", number) < SHARE_OF_FATHERS:
            kinds.append("father")
        values_list += [
            {
                "student_id": student.id,
                "kind": kind,
                "name": demo.people.relative(
                    student.last_name,
                    kind == "mother",
                    demo.marker.chance("parent", kind, number),
                ),
                "phone": _phone(demo, kind, number),
            }
            for kind in kinds
        ]
    return demo.clerk("registrar.student.contact").create(values_list)


def _phone(demo, kind, number):
    drawn = int(demo.marker.chance("phone", kind, number) * 10**7)
    return PHONE.format(
        number=drawn // 10**4, rest=drawn // 100 % 100, last=drawn % 100
    )


def _enter_languages(demo, students, numbers):
    ref = demo.env.ref
    kk, ru, en = (ref(f"registrar_core.language_{code}") for code in ("kk", "ru", "en"))
    values_list = []
    for student, number in numbers.items():
        own, other = (kk, ru) if student.group_id.language == "kk" else (ru, kk)
        drawn = demo.marker.chance("english", number)
        level = next(name for name, share in ENGLISH if drawn <= share)
        values_list += [
            {"student_id": student.id, "language_id": own.id, "level": "native"},
            {"student_id": student.id, "language_id": other.id, "level": "b2"},
            {
                "student_id": student.id,
                "language_id": en.id,
                "level": level,
                **({"certificate": "IELTS", "score": "6.0"} if drawn > 0.95 else {}),
            },
        ]
    demo.clerk("registrar.student.language").create(values_list)


def _enter_education(demo, students):
    """Enter the diploma of a college beside the document of admission."""
    kinds = {"college": "diploma", "school": "certificate"}
    demo.clerk("registrar.student.education").create(
        [
            {
                "student_id": student.id,
                "level": student.previous_education,
                "institution": student.previous_institution,
                "document_kind": kinds[student.previous_education],
                "number": student.previous_document,
                "document_date": student.previous_document_date,
            }
            for student in students
            if student.previous_education in kinds and student.previous_institution
        ]
    )


def _enter_proofs(demo, calendar, students, numbers):
    """Enter since when a benefit holds and, for most, the paper that proves it."""
    for line in students.category_line_ids:
        number = numbers[line.student_id]
        values = {"date_from": calendar.first_day}
        if line.category_id.code in YEARLY:
            values["date_to"] = calendar.before(-2).last_day
        drawn = demo.marker.chance("proof", line.category_id.code, number)
        if drawn < SHARE_OF_PROOFS:
            values["document"] = PROOF.format(number=int(drawn * 1000) + 1)
            values["document_date"] = calendar.autumn(8, 20)
        line.write(values)


def _enter_consents(demo, calendar, students, numbers, contacts):
    day = calendar.autumn(8, 25)
    guardians = {}
    for contact in contacts:
        guardians.setdefault(contact.student_id.id, contact)
    values_list = []
    for student, number in numbers.items():
        if demo.marker.chance("consent", number) >= SHARE_OF_CONSENTS:
            continue
        values_list.append(
            {"student_id": student.id, "kind": "personal_data", "date": day}
        )
        born = student.birth_date
        if born and born > date(day.year - 18, day.month, day.day):
            values_list.append(
                {
                    "student_id": student.id,
                    "kind": "guardian",
                    "date": day,
                    "contact_id": guardians[student.id].id,
                }
            )
    demo.clerk("registrar.student.consent").create(values_list)


def rename(demo, calendar):
    """Enter that one student married and took another surname.

    :return: the student, or nobody when no woman studies
    """
    students = demo.students().filtered(
        lambda s: (
            s.gender == "female"
            and s.last_name.endswith("ова")
            and s != demo.portal_student
        )
    )
    student = students.sorted("student_number")[-1:]
    if student:
        student.last_name_latin = latin(NEW_SURNAME)
        demo.clerk("registrar.student.rename").create(
            {
                "student_id": student.id,
                "last_name": NEW_SURNAME,
                "first_name": student.first_name,
                "patronymic": student.patronymic,
                "date": calendar.spring(8, 14),
                "ground": MARRIAGE,
                "document": MARRIAGE_PROOF.format(number="0457812"),
            }
        ).action_apply()
    return student


def enter_twice(demo):
    """Enter one person a second time, with a slip of the pen, and look for pairs.

    :return: number of pairs that may be the same person
    """
    original = demo.students().sorted("student_number")[:1]
    if original:
        demo.clerk("registrar.student").create(
            {
                "last_name": original.last_name,
                "first_name": original.first_name + "а",
                "patronymic": original.patronymic,
                "gender": original.gender,
                "birth_date": original.birth_date,
                "citizenship_id": original.citizenship_id.id,
                "phone": PHONE.format(number=555, rest=12, last=34),
            }
        )
    return demo.clerk("registrar.student.duplicate")._search_duplicates()
