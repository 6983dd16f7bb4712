from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty

# Up to so many letters are sent while the sender waits, the rest by the scheduler.
SEND_AT_ONCE = 200
NAMES_SHOWN = 20


class RegistrarMassMessage(models.Model):
    """One letter to many students, each of whom gets it in the own history.

    Kept as a log: who wrote what to whom and when. Every recipient stands in it
    once, so sending may be repeated without anybody getting the letter twice.
    """

    _name = "registrar.mass.message"
    _description = "Message to students"
    _order = "id desc"
    _rec_name = "subject"

    subject = fields.Char(required=True)
    body = fields.Html(required=True, sanitize_style=True)
    sender_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.uid,
        copy=False,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("sending", "Being sent"), ("sent", "Sent")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    sent_at = fields.Datetime("Sent on", readonly=True, copy=False)
    student_ids = fields.Many2many(
        "registrar.student",
        string="To",
        default=lambda self: self._default_student_ids(),
    )
    recipient_ids = fields.One2many(
        "registrar.mass.message.recipient",
        "message_id",
        "Recipients",
        readonly=True,
        copy=False,
    )
    recipient_count = fields.Integer("Number of recipients", compute="_compute_counts")
    waiting_count = fields.Integer("Still to be sent", compute="_compute_counts")
    email_count = fields.Integer("By e-mail", compute="_compute_counts")
    no_email_count = fields.Integer("Without e-mail", compute="_compute_counts")
    no_email_names = fields.Text("Who has no e-mail", compute="_compute_counts")

    @api.model
    def _default_student_ids(self):
        chosen = self.env.context.get("registrar_desk_domain")
        if chosen:
            return self.env["registrar.student"].search(chosen)
        if self.env.context.get("active_model") == "registrar.student":
            return self.env.context.get("active_ids", [])
        if self.env.context.get("active_model") == "registrar.group":
            groups = self.env.context.get("active_ids", [])
            return self.env["registrar.student"].search(
                [("group_id", "in", groups), ("status", "in", ("studying", "leave"))]
            )
        return []

    @api.depends("student_ids", "recipient_ids.state", "state")
    def _compute_counts(self):
        counts = {}
        sent = self.filtered(lambda message: message._origin.state != "draft")
        rows = self.env["registrar.mass.message.recipient"].sudo()
        for message, state, has_email, count in rows._read_group(
            [("message_id", "in", sent._origin.ids)],
            ["message_id", "state", "has_email"],
            ["__count"],
        ):
            counts.setdefault(message.id, []).append((state, has_email, count))
        for message in self:
            if message.state == "draft":
                students = message.student_ids
                without = students.filtered(lambda student: not student.email)
                message.recipient_count = len(students)
                message.waiting_count = 0
                message.email_count = len(students) - len(without)
                message.no_email_count = len(without)
            else:
                found = counts.get(message._origin.id, [])
                message.recipient_count = sum(count for *__, count in found)
                message.waiting_count = sum(
                    count for state, __, count in found if state == "waiting"
                )
                message.email_count = sum(
                    count for __, has_email, count in found if has_email
                )
                message.no_email_count = message.recipient_count - message.email_count
                without = (
                    message.sudo()
                    .recipient_ids.filtered(lambda row: not row.has_email)
                    .student_id
                )
            names = [
                f"{student.full_name} ({student.group_id.name or '–'})"
                for student in without[:NAMES_SHOWN]
            ]
            if len(without) > NAMES_SHOWN:
                names.append("…")
            message.no_email_names = "\n".join(names)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                if vals.keys() & {"state", "sent_at"}:
                    raise AccessError(self.env._("A message is born as a draft."))
                vals["sender_id"] = self.env.uid
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if vals.keys() & {"state", "sent_at", "sender_id"}:
                raise AccessError(self.env._("Only sending changes these fields."))
            if vals.keys() & {"subject", "body", "student_ids"} and any(
                message.state != "draft" for message in self
            ):
                raise UserError(self.env._("A message that was sent stays as it is."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(message.state != "draft" for message in self):
            raise UserError(self.env._("Messages that were sent are kept as a log."))

    def action_send(self):
        """Send to everybody chosen, once; a second call does nothing more."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.su and self.sender_id != self.env.user:
            raise AccessError(self.env._("Only its author sends a message."))
        self.env.cr.execute(
            "SELECT state FROM registrar_mass_message WHERE id = %s FOR UPDATE",
            [self.id],
        )
        self.invalidate_recordset(["state"])
        if self.state == "draft":
            self._check_content()
            self._open()
            self._process(SEND_AT_ONCE)
            if self.state == "sending":
                self.env.ref("registrar_core.ir_cron_mass_message")._trigger()
        if self.state == "sending":
            text = self.env._(
                "%(count)s letters are sent in the background.",
                count=self.waiting_count,
            )
        else:
            text = self.env._("Sent to %(count)s.", count=self.recipient_count)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": text,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_content(self):
        if is_html_empty(self.body):
            raise UserError(self.env._("The message has no text."))
        students = self.sudo().student_ids
        if not students:
            raise UserError(self.env._("Choose the students."))
        students = students.sudo(self.env.su)
        foreign = students - self._sendable(students)
        if foreign:
            raise AccessError(
                self.env._(
                    "These are not your students: %s",
                    ", ".join(foreign[:NAMES_SHOWN].sudo().mapped("full_name")),
                )
            )

    @api.model
    def _sendable(self, students):
        """Return those of ``students`` to whom the user may write.

        Advisers write to own students, the dean's office to its faculties, the
        registrar's office to all.
        """
        user = self.env.user
        domain = Domain("id", "in", students.ids)
        if not self.env.su and not user.has_group(
            "registrar_core.group_registrar_clerk"
        ):
            scopes = [Domain.FALSE]
            if user.has_group("registrar_core.group_registrar_dean"):
                faculties = user.sudo().registrar_faculty_ids
                scopes.append(Domain("faculty_id", "in", faculties.ids))
            if user.has_group("registrar_core.group_registrar_adviser"):
                scopes.append(Domain("adviser_id.user_id", "=", user.id))
            domain &= Domain.OR(scopes)
        return students.with_context(active_test=False).search(domain)

    def _open(self):
        """Write down the recipients; from here on they are fixed."""
        students = self.sudo().student_ids
        self.env["registrar.mass.message.recipient"].sudo().create(
            [
                {
                    "message_id": self.id,
                    "student_id": student.id,
                    "has_email": bool(student.email),
                }
                for student in students
            ]
        )
        self.sudo().write({"state": "sending", "sent_at": fields.Datetime.now()})

    def _process(self, limit):
        """Send to the next ``limit`` recipients.

        :return: how many still wait
        :rtype: int
        """
        self.ensure_one()
        rows = self.env["registrar.mass.message.recipient"].sudo()
        waiting = Domain("message_id", "=", self.id) & Domain("state", "=", "waiting")
        batch = rows.search(waiting, limit=limit).try_lock_for_update()
        message = self.sudo()
        author = message.sender_id.partner_id
        for row in batch:
            posted = row.student_id.with_context(
                mail_post_autofollow=False, mail_post_autofollow_author_skip=True
            ).message_post(
                body=Markup(message.body),
                subject=message.subject,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=author.id,
                email_from=author.email_formatted or None,
                partner_ids=row.student_id.partner_id.ids if row.has_email else [],
                notify_skip_followers=True,
                force_send=False,
            )
            row.write({"state": "sent", "mail_message_id": posted.id})
        remaining = rows.search_count(waiting)
        if not remaining:
            message.state = "sent"
        self.invalidate_recordset(["state", "recipient_count", "waiting_count"])
        return remaining

    @api.model
    def _cron_send(self, batch=SEND_AT_ONCE):
        """Send what is under way, in batches that are committed one by one."""
        cron = self.env["ir.cron"]
        messages = self.search([("state", "=", "sending")], order="id")
        cron._commit_progress(remaining=sum(messages.mapped("waiting_count")))
        for message in messages:
            remaining = message.waiting_count
            while remaining:
                left = message._process(batch)
                if not cron._commit_progress(remaining - left) or left == remaining:
                    return
                remaining = left
            if message.state == "sending":
                message._process(batch)
