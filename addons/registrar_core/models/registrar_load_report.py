from odoo import fields, models
from odoo.tools import SQL

from .selections import LANGUAGES_OF_STUDY


class RegistrarLoadReport(models.Model):
    """Planned hours beside hours done. Keeps no facts: a query over both."""

    _name = "registrar.load.report"
    _description = "Teaching load, planned and done"
    _auto = False
    _order = "year_id desc, department_id, teacher_id, id"
    _rec_name = "line_id"
    _depends = {
        "registrar.load.line": [
            "active",
            "year_id",
            "term_id",
            "department_id",
            "teacher_id",
            "kind_id",
            "discipline_id",
            "language",
            "is_paid_separately",
            "hours",
        ],
        "registrar.load.entry": ["line_id", "teacher_id", "month", "hours", "state"],
    }

    line_id = fields.Many2one("registrar.load.line", "Work", readonly=True)
    entry_id = fields.Many2one("registrar.load.entry", "Hours done", readonly=True)
    year_id = fields.Many2one("registrar.academic.year", "Academic year", readonly=True)
    term_id = fields.Many2one("registrar.term", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    teacher_id = fields.Many2one("hr.employee", readonly=True)
    kind_id = fields.Many2one("registrar.load.kind", "Kind of work", readonly=True)
    discipline_id = fields.Many2one("registrar.discipline", readonly=True)
    language = fields.Selection(LANGUAGES_OF_STUDY, readonly=True)
    month = fields.Date(readonly=True)
    is_paid_separately = fields.Boolean("Paid separately", readonly=True)
    hours_planned = fields.Float("Planned", digits=(9, 2), readonly=True)
    hours_actual = fields.Float("Done", digits=(9, 2), readonly=True)
    hours_entered = fields.Float("Entered, not confirmed", digits=(9, 2), readonly=True)
    deviation = fields.Float(digits=(9, 2), readonly=True, help="Done − planned.")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT l.id * 2 AS id, l.id AS line_id, NULL::int AS entry_id, l.year_id,
                   l.term_id, l.department_id, l.teacher_id, l.kind_id,
                   l.discipline_id, l.language, NULL::date AS month,
                   l.is_paid_separately, l.hours AS hours_planned,
                   0::numeric AS hours_actual, 0::numeric AS hours_entered,
                   -l.hours AS deviation
              FROM registrar_load_line l
             WHERE l.active
            UNION ALL
            SELECT e.id * 2 + 1, e.line_id, e.id, e.year_id, e.term_id,
                   e.department_id, e.teacher_id, e.kind_id, e.discipline_id,
                   l.language, e.month, l.is_paid_separately, 0::numeric,
                   CASE WHEN e.state = 'confirmed' THEN e.hours ELSE 0 END,
                   CASE WHEN e.state = 'confirmed' THEN 0 ELSE e.hours END,
                   CASE WHEN e.state = 'confirmed' THEN e.hours ELSE 0 END
              FROM registrar_load_entry e
              JOIN registrar_load_line l ON l.id = e.line_id
            """
        )
