"""Personal files: opened on admission, filled by and by, kept apart after leaving."""

from datetime import timedelta

from odoo import Command

REQUIREMENT = "registrar_core.personal_file_requirement_{}"
# Document, share of the files that have it, form, number of sheets.
RECEIVED = (
    ("application", 1.0, "original", 1),
    ("id_copy", 0.98, "copy", 1),
    ("education", 0.97, "original", 1),
    ("education_supplement", 0.95, "original", 2),
    ("ent", 0.96, "copy", 1),
    ("medical", 0.9, "original", 2),
    ("photos", 0.86, "original", 1),
    ("contract", 0.97, "original", 4),
    ("grant", 0.97, "copy", 1),
    ("consent", 0.95, "original", 1),
    ("guardian_consent", 0.93, "original", 1),
    ("military", 0.94, "copy", 1),
    ("benefits", 0.9, "copy", 1),
    ("passport", 1.0, "copy", 1),
    ("recognition", 0.7, "copy", 1),
)
# Name, kind, purpose, what it stands in.
PLACES = (
    ("112-кабинет / Кабинет 112", "room", "current", None),
    ("1-шкаф / Шкаф 1", "cabinet", "current", 0),
    ("2-шкаф / Шкаф 2", "cabinet", "current", 0),
    ("Шығарылғандар / Отчисленные", "cabinet", "expelled", 0),
    ("Мұрағат / Архив", "room", "archive", None),
)
# Of so many orders the extract has been put into the file.
SHARE_OF_EXTRACTS = 0.92
LOAN_GROUND = "Виза алу үшін / Для получения визы"
# Originals are asked back after so many days.
LOAN = timedelta(days=14)


def create_places(demo):
    """Create the places of storage once; that of the expelled stands apart."""
    Place = demo.university.model("head", "registrar.storage.place")
    places = []
    for name, kind, purpose, parent in PLACES:
        places.append(
            Place.create(
                {
                    "name": name,
                    "kind": kind,
                    "purpose": purpose,
                    "parent_id": False if parent is None else places[parent].id,
                    "capacity": 400 if kind == "cabinet" else 0,
                }
            )
        )
    return Place.browse([place.id for place in places])


def open_files(demo, calendar, students):
    """Open the files of new students and note what they brought.

    :return: the files
    """
    if not demo.clerk("registrar.storage.place").search_count([], limit=1):
        create_places(demo)
    made, __ = demo.clerk("registrar.personal.file")._make(students)
    numbers = {file.id: file.student_id.student_number for file in made}
    for code, share, form, sheets in RECEIVED:
        brought = made.filtered(
            lambda file, code=code, share=share: (
                demo.marker.chance("file", code, numbers[file.id]) < share
            )
        )
        if not brought:
            continue
        demo.clerk("registrar.personal.file.receive").create(
            {
                "file_ids": [Command.set(brought.ids)],
                "requirement_id": demo.env.ref(REQUIREMENT.format(code)).id,
                "form": form,
                "received_date": calendar.autumn(8, 25),
                "sheet_count": sheets,
            }
        ).action_receive()
    made.action_place_as_proposed()
    return made


def keep(demo, calendar):
    """Add the extracts, number the sheets, put the files of those gone apart.

    :return: all files, and the loans of originals
    """
    all_files = demo.clerk("registrar.personal.file").search([])
    all_files.action_sync()
    extracts = demo.clerk("registrar.personal.file.document").search(
        [("file_id", "in", all_files.ids), ("entry_id", "!=", False)], order="id"
    )
    put = extracts.filtered(
        lambda line: (
            demo.marker.chance("extract", line.file_id.number, line.document_number)
            < SHARE_OF_EXTRACTS
        )
    )
    put.write(
        {
            "is_present": True,
            "form": "copy",
            "received_date": calendar.spring(7, 10),
            "sheet_count": 1,
        }
    )
    all_files.action_number_sheets()
    all_files.action_place_as_proposed()
    return all_files, _give_out(demo, calendar, all_files)


def _give_out(demo, calendar, all_files):
    """Give one certificate out that is overdue, and one that came back."""
    loans = demo.clerk("registrar.personal.file.loan")
    education = demo.env.ref(REQUIREMENT.format("education"))
    originals = demo.clerk("registrar.personal.file.document").search(
        [
            ("file_id", "in", all_files.filtered(lambda f: f.state == "current").ids),
            ("requirement_id", "=", education.id),
            ("is_present", "=", True),
            ("form", "=", "original"),
        ],
        order="id",
        limit=2,
    )
    for document, month in zip(originals, (5, 3), strict=False):
        given = calendar.spring(month, 12)
        demo.clerk("registrar.personal.file.give").create(
            {
                "file_id": document.file_id.id,
                "document_ids": [Command.set(document.ids)],
                "ground": LOAN_GROUND,
                "date_given": given,
                "date_due": given + LOAN,
            }
        ).action_give()
        own = loans.search([("document_id", "=", document.id)])
        if month == 3:
            own.action_return(date=given + LOAN)
        loans |= own
    return loans
