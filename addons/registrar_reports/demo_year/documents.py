"""Issues the transcripts and leaves the documents of the year in a folder."""

from pathlib import Path

from odoo.addons.registrar_core.tools.translit import latin

from ..tools import table, xlsx

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
    "samples": "7_samples",
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

    def put(self, folder, name, content):
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
        self.put(folder, f"{name}.pdf", document.sudo().entry_id.attachment_id.raw)


def write_orders(demo, folder):
    """Write all orders, in the order of their dates."""
    orders = demo.clerk("registrar.order").search(
        [("state", "!=", "draft")], order="document_date, id"
    )
    for order in orders:
        number = f"{order.document_date}_{order.number}"
        folder.write_frozen("orders", order, f"{number}_{order.type_id.code}")


def write_curricula(demo, folder):
    """Write the approved curricula as tables, disciplines by term."""
    for curriculum in demo.clerk("registrar.curriculum").search([]):
        name = f"{curriculum.programme_id.code}_{curriculum.intake_year_id.name}"
        content = xlsx.render(_curriculum_sheet(curriculum))
        folder.put("curricula", f"{name.replace('/', '-')}.xlsx", content)


def _curriculum_sheet(curriculum):
    company = curriculum.env.company.sudo()
    programme = curriculum.programme_id
    heads = [
        [
            table.head_cell(label, number=False)
            for label in ("Код / Code", "Пән / Дисциплина / Discipline", "Цикл")
        ]
        + [
            table.head_cell(label)
            for label in ("Семестр", "Кредит", "Сағат / Часы", "Аудит.", "СӨЖ / СРО")
        ]
    ]
    rows = []
    for line in curriculum.line_ids.sorted("term_number"):
        discipline = line.discipline_id
        names = [discipline[f"name_{code}"] for code in ("kk", "ru", "en")]
        contact = line.hours_lecture + line.hours_practical + line.hours_laboratory
        numbers = (line.term_number, line.credits, line.hours_total, contact)
        cells = [
            table.text_cell(discipline.code),
            table.text_cell(" / ".join(dict.fromkeys(filter(None, names)))),
            table.text_cell(_cycle(line)),
            *map(table.number_cell, (*numbers, line.hours_independent)),
        ]
        rows.append({"style": "", "cells": cells})
    total = [table.text_cell(text) for text in ("Барлығы / Всего", "", "", "")]
    total.append(table.number_cell(curriculum.credits_total))
    total += [table.text_cell("")] * 3
    rows.append({"style": "total", "cells": total})
    return xlsx.Sheet(
        name=programme.code,
        organisation=company._text("university_name", "ru"),
        title=f"Рабочий учебный план {programme.code} «{programme.name_ru}»",
        subtitles=(
            f"{programme.name_kk} / {programme.name_ru} / {programme.name_en}",
            f"{curriculum.intake_year_id.name}; {curriculum.approval_basis}",
        ),
        table={"heads": heads, "texts": 3, "rows": rows},
    )


def _cycle(line):
    cycles = {"ood": "ООД", "bd": "БД", "pd": "ПД", "ia": "ИА", "dvo": "ДВО"}
    components = {"ok": "ОК", "vk": "ВК", "kv": "КВ"}
    return f"{cycles[line.cycle]} {components[line.component]}"


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
        folder.put("transcripts", f"{group.name}.pdf", pdf)


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
            folder.put("reports", report._xlsx_file_name(), content)
    (total,) = demo.clerk("registrar.enrolment")._contingent(contingent.date)
    return total["count"], movement.is_balanced


def _office_language(env):
    """Return the language in which the office reports."""
    installed = {code for code, __ in env["res.lang"].get_installed()}
    return "ru_RU" if "ru_RU" in installed else env.lang
