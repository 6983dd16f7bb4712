"""One printed sample of each document of the office, in turn in three languages."""

from odoo.addons.registrar_core.tools.languages import LANGUAGES

REPORT = "registrar_core.action_report_{}"


def write(demo, calendar, folder, load):
    """Write the samples.

    :param load: approved load sheets of the year
    """
    curriculum = demo.clerk("registrar.curriculum").search([], limit=1)
    year = demo.year(calendar)
    catalogue = demo.clerk("registrar.catalogue").search(
        [("year_id", "=", year.id)], limit=1
    )
    groups = demo.clerk("registrar.class.group").search(
        [("term_id.year_id", "=", year.id)]
    )
    group = groups.sorted(lambda g: (-g.student_count, g.id))[:1]
    file = demo.clerk("registrar.personal.file").search([], order="id", limit=1)
    rate = demo.clerk("registrar.load.rate").search(
        [("year_id", "=", year.id), ("department_id", "in", load.department_id.ids)],
        order="id",
        limit=1,
    )
    advisers = demo.clerk("registrar.adviser.list").create(
        {"date": calendar.autumn(10, 1), "language": "en"}
    )
    made = demo.academic_calendars[calendar.start]
    for name, records, language in (
        ("curriculum", curriculum, "ru"),
        ("calendar_graph", made, "kk"),
        ("catalogue", catalogue, "kk"),
        ("class_list", group, "kk"),
        ("load_plan", load[:1], "ru"),
        ("load_rate", rate, "en"),
        ("personal_file_inventory", file, "kk"),
        ("adviser_list", advisers, "en"),
    ):
        if records:
            _print(demo, folder, name, records, language)
    if curriculum:
        book = demo.clerk("report.registrar_core.report_curriculum")._workbook(
            curriculum, "en", "module"
        )
        folder.put("samples", "curriculum_en.xlsx", book)


def _print(demo, folder, name, records, language):
    report = demo.clerk("ir.actions.report").with_context(
        force_report_rendering=True, lang=LANGUAGES[language]
    )
    data = {"language": language, "lang": language}
    pdf, __ = report._render_qweb_pdf(REPORT.format(name), records.ids, data=data)
    folder.put("samples", f"{name}_{language}.pdf", pdf)
