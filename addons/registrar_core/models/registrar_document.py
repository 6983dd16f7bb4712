import hashlib

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.languages import LANGUAGES, short_language


class RegistrarDocument(models.AbstractModel):
    """Everything that has a number: orders, sheets, study plans, certificates.

    A registered document is never edited or deleted. Another document amends or
    cancels it.
    """

    _name = "registrar.document"
    _description = "Numbered document"
    _inherit = ["registrar.sealed", "mail.thread", "mail.activity.mixin"]
    _rec_names_search = ["number"]

    # Technical name of the register, unless _document_register() says otherwise.
    _register_code = None
    # XML id of the report that becomes the frozen PDF; None: there is no PDF.
    _document_report = None
    # States from which a document may be registered.
    _register_states = ("draft",)
    # Who may register.
    _document_register_groups = "registrar_core.group_registrar_head"

    number = fields.Char(readonly=True, copy=False, index="trigram", tracking=True)
    document_date = fields.Date(copy=False, tracking=True)
    register_id = fields.Many2one(
        "registrar.register",
        string="Register of documents",
        compute="_compute_register_id",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("registered", "Registered"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    entry_id = fields.Many2one(
        "registrar.register.entry",
        "Register entry",
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
    )
    # Whoever reads the document may have its code; the register is for the office.
    verification_code = fields.Char(
        related="entry_id.verification_code",
        groups="base.group_user,base.group_portal",
    )
    digest = fields.Char(related="entry_id.digest")
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        "Attachments",
        domain=lambda self: [("res_model", "=", self._name)],
        copy=False,
    )

    @api.model
    def _guard_mutable(self):
        return super()._guard_mutable() | {"state"}

    def _compute_register_id(self):
        for document in self:
            document.register_id = document._document_register()

    @api.depends("number", "document_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        language = self._reader_language()
        for document in self:
            title = document._document_title(language)
            if document.number:
                title = self.env._(
                    "%(title)s No. %(number)s", title=title, number=document.number
                )
            document.display_name = title

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                if vals.get("state", "draft") != "draft" or vals.keys() & {
                    "number",
                    "entry_id",
                }:
                    raise AccessError(
                        self.env._("A document is born as a draft without a number.")
                    )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_writable(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_registered(self):
        for document in self:
            if document.entry_id:
                raise UserError(
                    self.env._(
                        "“%s” is registered. It cannot be deleted; another document "
                        "can cancel it.",
                        document.display_name,
                    )
                )

    def action_register(self):
        """Give the numbers, apply the effects, freeze the PDFs and seal.

        All documents of the recordset are registered in one transaction, in their
        order; if one may not be registered, none is.

        :raises UserError: with the reasons of every document that is refused
        :raises AccessError: when the role of the user does not register such documents
        """
        documents = self.sorted(lambda d: (d.document_date or d._today(), d.id))
        documents._check_may_register()
        documents._lock()
        reasons = documents._check_registration()
        refused = [
            "\n".join([document.display_name, *(f"– {reason}" for reason in found)])
            for document in documents
            if (found := reasons.get(document.id))
        ]
        if refused:
            raise UserError("\n\n".join(refused))
        entries = self.env["registrar.register.entry"].sudo()
        for document in documents.filtered(lambda d: not d.document_date):
            document.sudo().document_date = document._today()
        by_register = {}
        for document in documents:
            register = document._document_register()
            by_register[register] = by_register.get(register, self.browse()) | document
        opened = []
        # In the order of ids, so that two transactions cannot wait for each other.
        for register in sorted(by_register, key=lambda r: r.id):
            group = by_register[register]
            group_entries = entries._open(register.sudo(), group)
            for document, entry in zip(group, group_entries, strict=True):
                document.sudo().with_context(mail_notrack=True).write(
                    {
                        "number": entry.number,
                        "entry_id": entry.id,
                        "state": "registered",
                    }
                )
            opened.append((group, group_entries))
        documents._apply_registration()
        for group, group_entries in opened:
            group._freeze(group_entries)
            group_entries._seal(group)
        documents.sudo()._message_log_batch(
            bodies={
                document.id: self.env._("Registered as No. %s.", document.number)
                for document in documents
            }
        )
        documents._after_registration()
        return True

    def action_print(self, lang=None):
        """Return the action that downloads the PDF.

        The frozen PDF of a registered document is given out as it is. Drafts, and
        other languages than that of the frozen PDF, are rendered anew.

        :param str lang: ``"kk"``, ``"ru"`` or ``"en"``
        """
        if len(self) == 1 and self.entry_id.attachment_id and not lang:
            return self.entry_id.action_download()
        if not self._document_report:
            raise UserError(self.env._("There is no printed form of this document."))
        report = self.env.ref(self._document_report)
        if lang:
            report = report.with_context(lang=LANGUAGES[lang])
        return report.report_action(self, config=False)

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_open_entry(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "registrar.register.entry",
            "res_id": self.entry_id.id,
            "view_mode": "form",
        }

    @api.model
    def _reader_language(self):
        return short_language(self.env.lang or self.env.user.lang)

    def _today(self):
        return fields.Date.context_today(self)

    def _set_state(self, state):
        """Write the state after the checks of an action have passed.

        Users cannot write it themselves, or a step of the chain could be skipped
        through the external API.
        """
        self.sudo().write({"state": state})

    def _check_writable(self, vals):
        """Refuse what only actions of documents may write.

        :raises AccessError: for the number, the state and the seal
        :raises UserError: for any field of a registered document
        """
        if vals.keys() & {"number", "entry_id", "state"}:
            raise AccessError(
                self.env._("The number and the state are set by the actions only.")
            )
        free = {
            name
            for name in vals
            if name in self._guard_mutable()
            or not self._fields[name].store
            or name.startswith(("message_", "activity_", "attachment_"))
        }
        if vals.keys() - free:
            for document in self:
                if document.entry_id:
                    raise UserError(
                        self.env._(
                            "“%s” is registered and cannot be changed any more. "
                            "Another document can amend or cancel it.",
                            document.display_name,
                        )
                    )

    def _check_may_register(self):
        self.check_access("write")
        if not self.env.su and not any(
            self.env.user.has_group(group.strip())
            for group in self._document_register_groups.split(",")
        ):
            raise AccessError(
                self.env._("Your role may prepare this document but not register it.")
            )

    def _lock(self):
        """Wait for others who work on the same documents; a double click ends here."""
        self.env.cr.execute(
            f'SELECT id FROM "{self._table}" WHERE id = ANY(%s) ORDER BY id FOR UPDATE',
            [self.ids],
        )
        self.invalidate_recordset(["state", "entry_id"])

    def _check_registration(self):
        """Return the reasons against registration.

        :rtype: dict[int, list[str]]
        """
        reasons = {}
        today = self._today()
        for document in self:
            found = []
            if document.entry_id:
                found.append(self.env._("It is already registered."))
            elif document.state not in document._register_states:
                found.append(
                    self.env._("It has not passed the steps before registration.")
                )
            if document.document_date and document.document_date > today:
                found.append(self.env._("Its date lies in the future."))
            if found:
                reasons[document.id] = found
        return reasons

    def _document_register(self):
        """Return the register that gives the number of one document."""
        return self.env["registrar.register"]._by_code(self._register_code)

    def _document_title(self, language):
        """Return the kind of the document in ``language`` for people to read."""
        return self.env._(self._description)

    def _document_recipient(self):
        """Return whom the document concerns, short enough for a public page."""
        return ""

    def _document_language(self):
        """Return the language of the frozen PDF: ``"kk"``, ``"ru"`` or ``"en"``.

        Documents that carry all their languages on one page need not care.
        """
        return "kk"

    def _apply_registration(self):
        """Carry out the effects; runs once, inside the transaction."""

    def _after_registration(self):
        """Tell people; runs once after sealing, inside the transaction."""

    def _freeze(self, entries):
        """Render the PDFs and keep them with the entries."""
        if not self._document_report:
            return
        report = self.env["ir.actions.report"].sudo()
        contents = {}
        for language, documents in self.grouped(
            lambda document: document._document_language()
        ).items():
            contents |= report._render_plutoprint_records(
                self._document_report, documents, lang=LANGUAGES[language]
            )
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": document._document_file_name(),
                        "raw": contents[document.id],
                        "mimetype": "application/pdf",
                        "res_model": document._name,
                        "res_id": document.id,
                    }
                    for document in self
                ]
            )
        )
        for entry, attachment in zip(entries, attachments, strict=True):
            entry.write(
                {
                    "attachment_id": attachment.id,
                    "pdf_digest": hashlib.sha256(attachment.raw).hexdigest(),
                }
            )

    def _document_file_name(self):
        self.ensure_one()
        name = self.display_name.replace("/", "-")
        return f"{name}.pdf"

    def _verification_url(self):
        """Return the address of the public page that confirms the document."""
        self.ensure_one()
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url", "")
        code = self.sudo().verification_code
        return f"{base}/verify/{code}" if code else ""

    def _cancel_by(self, document):
        """Mark registered documents as cancelled by another registered document.

        Only the other document's ``_apply_registration`` calls it.
        """
        if not document.entry_id:
            raise UserError(self.env._("The cancelling document is not registered."))
        for cancelled in self.sudo():
            if cancelled.state != "registered":
                raise UserError(
                    self.env._(
                        "“%s” is not in force and cannot be cancelled.",
                        cancelled.display_name,
                    )
                )
            cancelled.state = "cancelled"
            cancelled.entry_id.write(
                {"state": "cancelled", "cancelled_by_id": document.entry_id.id}
            )

    def copy_data(self, default=None):
        default = dict(default or {}, attachment_ids=[Command.clear()])
        return super().copy_data(default)
