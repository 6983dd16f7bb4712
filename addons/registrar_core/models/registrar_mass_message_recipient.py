from odoo import fields, models


class RegistrarMassMessageRecipient(models.Model):
    """A student who gets, or got, a mass message; a line of its log."""

    _name = "registrar.mass.message.recipient"
    _description = "Recipient of a message"
    _order = "message_id desc, id"
    _rec_name = "student_id"

    message_id = fields.Many2one(
        "registrar.mass.message", required=True, index=True, ondelete="cascade"
    )
    student_id = fields.Many2one(
        "registrar.student", required=True, index=True, ondelete="cascade"
    )
    group_id = fields.Many2one(related="student_id.group_id")
    has_email = fields.Boolean("By e-mail", readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Sent")],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
    )
    mail_message_id = fields.Many2one(
        "mail.message", "Letter", readonly=True, ondelete="set null"
    )

    _student_once = models.UniqueIndex(
        "(message_id, student_id)", "A student gets a message once."
    )
