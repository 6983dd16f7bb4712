"""Issues the transcripts and leaves the documents of the year in a folder."""

from pathlib import Path

from odoo.addons.registrar_core.tools.translit import latin

# Transcripts are issued when the orders of the summer are signed.
TRANSCRIPT_DAY = (7, 10)
SAMPLES = 6
FOLDERS = {
    "remarks": "0_imports",
    "orders": "1_orders",
    "curricula": "2_curricula",
    "plans": "3_study_plans",
    "sheets": "4_sheets",
    "transcripts": "5_transcripts",
    "reports": "6_reports",
}
TRANSCRIPT_REPORT = "registrar_reports.action_report_transcript"


def issue_transcripts(demo, calendar):
    """Register a transcript for everybody of the groups who has results.

    :return: the transcripts
    """
    students = demo.clerk("registrar.student").search(
        [
            ("group_id", "in", [group.id for group in demo.groups.values()]),
            ("status", "in", ("studying", "leave")),
        ]
    )
    with_results = students.browse(
        {
            student.id
            for [student] in demo.clerk("registrar.result")._read_group(
                [("student_id", "in", students.ids)], ["student_id"]
            )
        }
    )
    day = calendar.spring(*TRANSCRIPT_DAY)
    transcripts = demo.clerk("registrar.transcript").create(
        [
            {"student_id": student.id, "document_date": day}
            for student in with_results.sorted(lambda s: (s.group_id.name, s.sort_key))
        ]
    )
    demo.register(transcripts)
    return transcripts


class Folder:
    """Where the documents go.

    :param path: the folder; it is created when it is missing
    """

    def __init__(self, path):
        self.path = Path(path)
        self.count = 0

    def write(self, folder, name, content):
        """Write one file; its name becomes Latin letters, digits and dashes."""
        stem, __, suffix = name.rpartition(".")
        clean = "".join(
            char if char.isascii() and (char.isalnum() or char in "-_.") else "-"
            for char in latin(stem)
        )
        while "--" in clean:
            clean = clean.replace("--", "-")
        target = self.path / FOLDERS[folder]
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{clean.strip('-')}.{suffix}").write_bytes(content)
        self.count += 1

    def write_frozen(self, folder, document, name):
        """Write the PDF that was frozen when the document was registered."""
        self.write(folder, f"{name}.pdf", document.sudo().entry_id.attachment_id.raw)


def write_orders(demo, folder):
    """Write all orders, in the order of their dates."""
    orders = demo.clerk("registrar.order").search(
        [("state", "!=", "draft")], order="document_date, id"
    )
    for order in orders:
        number = f"{order.document_date}_{order.number}"
        folder.write_frozen("orders", order, f"{number}_{order.type_id.code}")


def write_curricula(demo, folder):
    """Write the printed form of the curricula, where the suite has one."""


def write_samples(demo, calendar, folder):
    """Write some study plans and sheets of the year, from different groups."""
    plans = demo.clerk("registrar.study.plan").search(
        [("year_id", "=", demo.year(calendar).id)], order="group_id, id"
    )
    for plan in _one_per(plans, "group_id")[:SAMPLES]:
        name = f"{plan.group_id.name}_{plan.student_id.student_number}"
        folder.write_frozen("plans", plan, name)
    sheets = demo.clerk("registrar.sheet").search(
        [("term_id.year_id", "=", demo.year(calendar).id)], order="id"
    )
    samples = _one_per(sheets, "kind") | _one_per(sheets, "faculty_id")
    for sheet in samples[: 2 * SAMPLES]:
        name = f"{sheet.number}_{sheet.kind}_{sheet.class_group_id.name}"
        folder.write_frozen("sheets", sheet, name)


def _one_per(records, field):
    found = {}
    for record in records:
        found.setdefault(record[field], record.id)
    return records.browse(found.values())


def write_transcripts(demo, transcripts, folder):
    """Write one PDF per group with the transcripts in alphabetical order."""
    report = demo.clerk("ir.actions.report").with_context(force_report_rendering=True)
    for group in transcripts.group_id.sorted("name"):
        own = transcripts.filtered(lambda t, group=group: t.group_id == group)
        own = own.sorted(lambda t: (t.sort_key or "", t.id))
        pdf, __ = report._render_qweb_pdf(TRANSCRIPT_REPORT, own.ids)
        folder.write("transcripts", f"{group.name}.pdf", pdf)


def write_reports(demo, calendar, folder):
    """Write the contingent as of 1 October and the movement of the year.

    :return: number of students in the contingent and whether the movement balances
    """
    contingent = demo.clerk("registrar.contingent.report").create(
        {
            "date": calendar.autumn(10, 1),
            "dimension_1": "faculty_id",
            "dimension_2": "programme_id",
            "dimension_3": "course",
            "dimension_4": "group_id",
        }
    )
    movement = demo.clerk("registrar.movement.report").create(
        {
            "date_from": calendar.first_day,
            "date_to": calendar.last_day,
            "dimension_1": "faculty_id",
            "dimension_2": "course",
        }
    )
    if folder:
        for report in (contingent, movement):
            content = report._xlsx_content()
            folder.write("reports", report._xlsx_file_name(), content)
    (total,) = demo.clerk("registrar.enrolment")._contingent(contingent.date)
    return total["count"], movement.is_balanced
