from collections import defaultdict

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

REMINDER_KINDS = [
    ("missing", "No plan yet"),
    ("draft", "The draft is to be submitted"),
    ("adviser", "Plans wait for the adviser"),
]


class RegistrarStudyPlanReminder(models.Model):
    """Whom the office reminded of study plans; at most once a day for one matter."""

    _name = "registrar.study.plan.reminder"
    _description = "Reminder of study plans"
    _order = "date desc, id desc"
    _rec_name = "date"

    date = fields.Date(required=True, readonly=True, index=True)
    kind = fields.Selection(REMINDER_KINDS, required=True, readonly=True)
    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    group_id = fields.Many2one(
        "registrar.group", readonly=True, index=True, ondelete="cascade"
    )
    faculty_id = fields.Many2one(related="group_id.faculty_id")
    student_id = fields.Many2one(
        "registrar.student", readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Adviser", readonly=True, index=True, ondelete="cascade"
    )
    by_id = fields.Many2one("res.users", "Sent by", readonly=True)

    _student_once = models.UniqueIndex(
        "(student_id, year_id, date) WHERE student_id IS NOT NULL",
        "The student was reminded today.",
    )
    _user_once = models.UniqueIndex(
        "(user_id, group_id, year_id, date) WHERE user_id IS NOT NULL",
        "The adviser was reminded today.",
    )

    @api.model
    def _remind(self, rows):
        """Remind students without a submitted plan and advisers with work to do.

        :param rows: ``registrar.study.plan.control``
        :return: how many ``students`` and ``users`` were reminded, how many had been
            reminded today ``before``, have no e-mail (``silent``), and how many groups
            have nobody to remind (``alone``)
        :rtype: dict[str, int]
        """
        result = dict.fromkeys(("students", "users", "before", "silent", "alone"), 0)
        for year, of_year in rows.grouped("year_id").items():
            self._remind_students(year, of_year, result)
            self._remind_advisers(year, of_year, result)
        return result

    @api.model
    def _remind_students(self, year, rows, result):
        missing = rows._students(without_plan=True)
        drafts = self.env["registrar.study.plan"].search(
            rows._plan_domain() & self._domain_of_drafts()
        )
        wanted = [("missing", s) for s in missing.sudo()]
        wanted += [("draft", s) for s in drafts.sudo().student_id - missing.sudo()]
        silent = [pair for pair in wanted if not pair[1].email]
        result["silent"] += len(silent)
        reachable = [pair for pair in wanted if pair[1].email]
        new = self._note(
            year,
            [(kind, s.group_id.id, s.id, None) for kind, s in reachable],
        )
        fresh = [pair for pair in reachable if pair[1].id in new]
        result["before"] += len(reachable) - len(fresh)
        result["students"] += len(fresh)
        self._send(year, fresh)

    @api.model
    def _domain_of_drafts(self):
        return Domain("state", "=", "draft")

    @api.model
    def _remind_advisers(self, year, rows, result):
        wanted = []
        for row in rows:
            waiting = row.submitted_count
            behind = row.missing_count + row.draft_count
            if not waiting and not behind:
                continue
            user = row.group_id.sudo().adviser_id.user_id
            if user:
                wanted.append((row.group_id, user, waiting, behind))
            else:
                result["alone"] += 1
        new = self._note(
            year,
            [("adviser", group.id, None, user.id) for group, user, __, __ in wanted],
        )
        for group, user, waiting, behind in wanted:
            if (user.id, group.id) not in new:
                result["before"] += 1
                continue
            result["users"] += 1
            texts = self.with_context(lang=user.lang)
            group.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=texts.env._("Study plans of %s", year.name),
                note=texts.env._(
                    "Waiting for you: %(waiting)s. Not yet submitted: %(behind)s.",
                    waiting=waiting,
                    behind=behind,
                ),
            )

    @api.model
    def _note(self, year, rows):
        """Write the log; who was reminded today already is left out.

        :param rows: tuples of kind, group id, student id, user id
        :return: ids of the new students, or pairs of user and group
        :rtype: set
        """
        if not rows:
            return set()
        today = fields.Date.context_today(self)
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO registrar_study_plan_reminder
                    (date, kind, year_id, group_id, student_id, user_id, by_id,
                     create_uid, create_date, write_uid, write_date)
                SELECT %(today)s, kind, %(year)s, group_id, student_id, user_id,
                       %(uid)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(kinds)s::varchar[], %(groups)s::int[],
                              %(students)s::int[], %(users)s::int[])
                    AS v(kind, group_id, student_id, user_id)
                    ON CONFLICT DO NOTHING
                RETURNING student_id, user_id, group_id
                """,
                today=today,
                year=year.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                kinds=[row[0] for row in rows],
                groups=[row[1] or None for row in rows],
                students=[row[2] for row in rows],
                users=[row[3] for row in rows],
            )
        )
        self.invalidate_model()
        return {
            student or (user, group) for student, user, group in self.env.cr.fetchall()
        }

    @api.model
    def _send(self, year, pairs):
        """Queue the messages to students, each in the language of the student."""
        if not pairs:
            return
        url = self.env["ir.config_parameter"].sudo().get_param("web.base.url", "")
        by_language = defaultdict(list)
        for kind, student in pairs:
            by_language[student.lang or self.env.lang].append((kind, student))
        sender = self.env.user.email_formatted or self.env.company.email_formatted
        values_list = []
        for language, of_language in by_language.items():
            texts = self.with_context(lang=language)
            subject = texts.env._("Individual study plan for %s", year.name)
            bodies = {
                "missing": texts.env._(
                    "Your individual study plan for %s has not been made yet. Please "
                    "turn to your adviser.",
                    year.name,
                ),
                "draft": texts.env._(
                    "Your individual study plan for %s has not been submitted yet. "
                    "Please choose your disciplines and submit it.",
                    year.name,
                ),
            }
            values_list += [
                {
                    "subject": subject,
                    "body_html": Markup("<p>%s</p><p>%s</p><p><a href='%s'>%s</a></p>")
                    % (student.full_name, bodies[kind], f"{url}/my", url),
                    "recipient_ids": [Command.link(student.partner_id.id)],
                    "email_from": sender,
                    "auto_delete": True,
                }
                for kind, student in of_language
            ]
        self.env["mail.mail"].sudo().create(values_list)
