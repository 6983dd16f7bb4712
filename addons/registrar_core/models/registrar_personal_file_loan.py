from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class RegistrarPersonalFileLoan(models.Model):
    """An original given out of a personal file against a receipt, and its return.

    Source: administrative.md §10.1.
    """

    _name = "registrar.personal.file.loan"
    _description = "Original given out"
    _order = "date_given desc, id desc"
    _rec_name = "document_id"

    document_id = fields.Many2one(
        "registrar.personal.file.document",
        required=True,
        index=True,
        ondelete="restrict",
    )
    file_id = fields.Many2one(
        "registrar.personal.file", related="document_id.file_id", store=True, index=True
    )
    student_id = fields.Many2one(
        "registrar.student", related="document_id.student_id", store=True, index=True
    )
    group_id = fields.Many2one(related="student_id.group_id")
    ground = fields.Char("Why", required=True)
    receiver = fields.Char(
        required=True, help="The student, or who has a power of attorney."
    )
    proxy = fields.Char(
        "Power of attorney",
        help="Number, date and notary, when another person takes it.",
    )
    date_given = fields.Date(
        "Given on", required=True, default=lambda self: fields.Date.context_today(self)
    )
    date_due = fields.Date("To be returned by")
    given_by_id = fields.Many2one(
        "res.users", required=True, readonly=True, default=lambda self: self.env.uid
    )
    returned_date = fields.Date("Returned on", readonly=True, copy=False)
    returned_to_id = fields.Many2one("res.users", readonly=True, copy=False)
    return_note = fields.Char("Remarks on the return", readonly=True, copy=False)
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    reminded_date = fields.Date(readonly=True, copy=False)

    _one_out = models.UniqueIndex(
        "(document_id) WHERE returned_date IS NULL",
        "This original is already given out.",
    )
    _dates_ordered = models.Constraint(
        "CHECK ((date_due IS NULL OR date_due >= date_given)"
        " AND (returned_date IS NULL OR returned_date >= date_given))",
        "A document comes back after it was given out.",
    )

    @api.depends("date_due", "returned_date")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for loan in self:
            loan.is_overdue = (
                not loan.returned_date and bool(loan.date_due) and loan.date_due < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return Domain("returned_date", "=", False) & Domain("date_due", "<", today)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                if vals.keys() & {"returned_date", "returned_to_id", "given_by_id"}:
                    raise AccessError(self.env._("The return is noted by its action."))
        loans = super().create(vals_list)
        for loan in loans:
            document = loan.document_id
            if not document.is_present or document.form != "original":
                raise UserError(
                    self.env._(
                        "The file has no original of “%s”.", document.display_name
                    )
                )
            if loan.file_id.state == "sent":
                raise UserError(self.env._("The file is not here any more."))
        return loans

    def write(self, vals):
        free = {"date_due", "reminded_date"}
        if not self.env.su and vals.keys() - free:
            raise AccessError(
                self.env._("A receipt is not changed; only its term may be.")
            )
        return super().write(vals)

    def action_return(self, date=None, note=None):
        """Note that the originals came back; those already back stay as they are."""
        self.check_access("write")
        open_loans = self.filtered(lambda loan: not loan.returned_date)
        open_loans.sudo().write(
            {
                "returned_date": date or fields.Date.context_today(self),
                "returned_to_id": self.env.uid,
                "return_note": note or False,
            }
        )
        done = self.env["mail.activity"].sudo()
        activities = done.search(
            [
                ("res_model", "=", "registrar.personal.file"),
                ("res_id", "in", open_loans.file_id.ids),
                ("activity_type_id", "=", self._reminder_type().id),
            ]
        )
        still_out = self.sudo().search(
            [("file_id", "in", open_loans.file_id.ids), ("is_overdue", "=", True)]
        )
        activities.filtered(
            lambda activity: activity.res_id not in still_out.file_id.ids
        ).action_feedback()
        for loan in open_loans.sudo():
            loan.file_id._message_log(
                body=self.env._("Original returned: %s", loan.document_id.display_name)
            )
        return True

    def action_print_receipt(self):
        """Print the receipts, one for each file and day."""
        report = self.env.ref("registrar_core.action_report_personal_file_receipt")
        return report.report_action(self._receipts(), config=False)

    def _receipts(self):
        """Return one loan for each receipt: what went out together stands on one."""
        seen, first = set(), []
        for loan in self.sorted("id"):
            if (key := loan._receipt_key()) not in seen:
                seen.add(key)
                first.append(loan.id)
        return self.browse(first)

    def _receipt_key(self):
        return (self.file_id.id, self.date_given, self.receiver, self.given_by_id.id)

    def _together(self):
        """Return the loans that stand on the same receipt."""
        self.ensure_one()
        return self.search(
            [
                ("file_id", "=", self.file_id.id),
                ("date_given", "=", self.date_given),
                ("receiver", "=", self.receiver),
                ("given_by_id", "=", self.given_by_id.id),
            ],
            order="id",
        )

    @api.model
    def _reminder_type(self):
        return self.env.ref("registrar_core.mail_activity_type_original_overdue")

    @api.model
    def _cron_overdue(self):
        """Remind those who gave originals out that they are not back in time."""
        today = fields.Date.context_today(self)
        loans = self.search([("is_overdue", "=", True), ("reminded_date", "=", False)])
        for file, own in loans.grouped("file_id").items():
            for user, given in own.grouped("given_by_id").items():
                file.activity_schedule(
                    "registrar_core.mail_activity_type_original_overdue",
                    date_deadline=today,
                    user_id=user.id,
                    summary=self.env._("Originals are not returned"),
                    note=", ".join(given.document_id.mapped("display_name")),
                )
        loans.write({"reminded_date": today})
