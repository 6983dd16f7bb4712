from odoo import models


class RegistrarGroup(models.Model):
    _inherit = "registrar.group"

    def _follow_students(self):
        """Set the year of study to that of most students of the group.

        Counts the last states, also those that begin in the future: plans of the
        next year are made before it begins.
        """
        self.env["registrar.enrolment"].flush_model()
        self.env.cr.execute(
            """
            SELECT DISTINCT ON (group_id) group_id, course
              FROM (SELECT group_id, course, COUNT(*) AS students
                      FROM registrar_enrolment
                     WHERE group_id = ANY(%s) AND date_to IS NULL AND course > 0
                       AND reversal_entry_id IS NULL
                       AND status IN ('studying', 'leave')
                     GROUP BY group_id, course) counted
             ORDER BY group_id, students DESC, course DESC
            """,
            [self.ids],
        )
        for group_id, course in self.env.cr.fetchall():
            group = self.browse(group_id).sudo()
            if group.course != course:
                group.course = course
