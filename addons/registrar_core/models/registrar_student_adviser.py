from odoo import api, fields, models
from odoo.tools import SQL


class RegistrarStudent(models.Model):
    _inherit = "registrar.student"

    adviser_assignment_ids = fields.One2many(
        "registrar.adviser.assignment", "student_id", "Personal advisers"
    )

    @api.model
    def _projection_fields(self):
        return super()._projection_fields() | {"adviser_id"}

    def _refresh_state(self, date=None):
        result = super()._refresh_state(date)
        self._refresh_advisers(date)
        return result

    @api.model
    def _cron_refresh_state(self):
        """Assignments begin and end by the calendar too."""
        self.env["registrar.group"]._refresh_advisers()
        return super()._cron_refresh_state()

    def _refresh_advisers(self, date=None):
        """Project the assignments valid on ``date`` (today) on the students.

        The personal adviser comes before that of the group. One statement; without
        records the whole table is refreshed.
        """
        date = date or fields.Date.context_today(self)
        self.env["registrar.adviser.assignment"].flush_model()
        self.env["registrar.group"].flush_model(["adviser_id"])
        self.env["registrar.student"].flush_model(["group_id", "adviser_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE registrar_student s SET adviser_id = v.adviser_id
                  FROM (SELECT t.id,
                               COALESCE(a.employee_id, g.adviser_id) AS adviser_id
                          FROM registrar_student t
                     LEFT JOIN registrar_group g ON g.id = t.group_id
                     LEFT JOIN registrar_adviser_assignment a
                            ON a.student_id = t.id AND a.date_from <= %(date)s
                           AND (a.date_to IS NULL OR a.date_to >= %(date)s)
                         WHERE %(scope)s) v
                 WHERE v.id = s.id AND s.adviser_id IS DISTINCT FROM v.adviser_id
                """,
                date=date,
                scope=SQL("t.id = ANY(%s)", self.ids) if self else SQL("TRUE"),
            )
        )
        self.env["registrar.student"].invalidate_model(["adviser_id"])
        self.env["registrar.study.plan"].invalidate_model(["adviser_id"])

    def action_open_advisers(self):
        """Open who advised the student and when, personally and through groups."""
        self.ensure_one()
        groups = self.enrolment_ids.group_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Advisers of %s", self.full_name),
            "res_model": "registrar.adviser.assignment",
            "view_mode": "list,form",
            "domain": [
                "|",
                ("student_id", "=", self.id),
                ("group_id", "in", groups.ids),
            ],
            "context": {"default_student_id": self.id},
        }
