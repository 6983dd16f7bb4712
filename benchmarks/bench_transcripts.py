"""Transcripts with 50 results each: created, numbered, rendered, sealed."""

import os
import time

from data import Data

from odoo.addons.report_plutoprint.lib import engine

SIZES = (100,)
PER_TERM = 5
PER_SECOND = 15
REPORT = "registrar_reports.action_report_transcript"
# The stock way is too slow to render everything for a comparison.
STOCK_SAMPLE = 10


def run(bench):
    env = bench.env
    data = Data(env, bench.students)
    data.structure()
    data.people()
    data.enrolments()
    for course, year in enumerate(data.years, start=1):
        data.plans(year, course, PER_TERM)
    data.results()
    data.finish()
    students = env["registrar.student"].search([])
    Transcript = env["registrar.transcript"].with_user(data.user("clerk"))

    def suite():
        transcripts = Transcript.create(
            [
                {"student_id": student.id, "document_date": data.terms[-1].date_to}
                for student in students
            ]
        )
        transcripts.action_register()
        return transcripts.ids

    with _one_core():
        # The renderer of PDF starts with the first document and then stays.
        env["ir.actions.report"]._render_plutoprint(["<p>warm</p>"])
        ids, seconds = bench.rolled_back(suite)
        if len(ids) != bench.students:
            raise AssertionError("a transcript is missing")
        floor_seconds = _stock(bench, Transcript, students, data)
    text = "stock wkhtmltopdf, one core"
    if not floor_seconds:
        text += " (not installed)"
    result = bench.result(bench.students, seconds, floor_seconds, text)
    speed = bench.students / seconds
    return [result.aim(f"at least {PER_SECOND} per second", speed >= PER_SECOND)]


def _stock(bench, Transcript, students, data):
    """Return the time wkhtmltopdf would take, or None if it is not installed."""
    env = bench.env
    report = env.ref(REPORT)
    state = env["ir.actions.report"].with_context(plutoprint_other_engine=True)
    if state.get_wkhtmltopdf_state() not in ("ok", "upgrade"):
        return None
    drafts = Transcript.create(
        [{"student_id": student.id} for student in students[:STOCK_SAMPLE]]
    )
    report.write({"pdf_engine": "wkhtmltopdf", "attachment": False})
    start = time.perf_counter()
    for draft in drafts:
        env["ir.actions.report"].with_context(
            force_report_rendering=True
        )._render_qweb_pdf(REPORT, draft.ids)
    return (time.perf_counter() - start) * bench.students / len(drafts)


class _one_core:
    """Keep Odoo and the renderer on one core."""

    def __enter__(self):
        engine.pool.close()
        if hasattr(os, "sched_getaffinity"):
            self._cores = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {min(self._cores)})

    def __exit__(self, *details):
        engine.pool.close()
        if hasattr(os, "sched_getaffinity"):
            os.sched_setaffinity(0, self._cores)
