import hashlib
import json
import secrets
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..tools.guard import install_guard
from ..tools.languages import LANGUAGES, short_language, text_in

# First key of the advisory locks of registers; any constant of our own will do.
LOCK_CLASS = 0x52454749
# Letters and digits that cannot be mistaken for one another when read aloud.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12
# Who sees whom the documents concern; the others see it on the documents that are
# theirs to read.
READERS = (
    "registrar_core.group_registrar_clerk,registrar_core.group_registrar_viewer,"
    "registrar_core.group_registrar_archivist"
)


class RegistrarRegisterEntry(models.Model):
    """A line of a register: the number of one document and the seal on it.

    The line is opened with the number, the document has its effects, then the line
    is sealed: the digest covers the document, its lines, the ledger rows it caused,
    its PDF and the digest of the previous line. From then on the database refuses
    any change of them.
    """

    _name = "registrar.register.entry"
    _description = "Entry of a register"
    _order = "id desc"
    _rec_name = "number"
    _rec_names_search = ["number"]
    _allow_sudo_commands = False

    register_id = fields.Many2one(
        "registrar.register",
        string="Register of documents",
        required=True,
        index=True,
        ondelete="restrict",
    )
    period = fields.Char(required=True)
    sequence = fields.Integer(required=True, aggregator=None)
    number = fields.Char(required=True, index="trigram")
    document_date = fields.Date(required=True, index=True)
    registered_at = fields.Datetime(required=True, default=fields.Datetime.now)
    registered_by_id = fields.Many2one(
        "res.users", required=True, default=lambda self: self.env.user
    )
    res_model = fields.Char("Document model", required=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, index=True
    )
    title_kk = fields.Char("Title in Kazakh")
    title_ru = fields.Char("Title in Russian")
    title_en = fields.Char("Title in English")
    title = fields.Char(compute="_compute_title")
    recipient = fields.Char(
        groups=READERS,
        help="Whom the document concerns, in short form for the public page.",
    )
    verification_code = fields.Char(
        required=True,
        copy=False,
        default=lambda self: self._new_code(),
        groups=READERS,
    )
    state = fields.Selection(
        [("registered", "Registered"), ("cancelled", "Cancelled")],
        required=True,
        default="registered",
    )
    cancelled_by_id = fields.Many2one("registrar.register.entry", ondelete="restrict")
    attachment_id = fields.Many2one("ir.attachment", "PDF", ondelete="restrict")
    pdf_digest = fields.Char("Digest of the PDF")
    payload = fields.Text(groups="base.group_system")
    previous_digest = fields.Char()
    digest = fields.Char()

    _number_unique = models.UniqueIndex(
        "(register_id, period, sequence)", "The number is already used."
    )
    _code_unique = models.UniqueIndex(
        "(verification_code)", "The verification code is already used."
    )
    _document_index = models.Index("(res_model, res_id)")

    def init(self):
        install_guard(
            self.env.cr,
            self._table,
            mutable={"state", "cancelled_by_id"},
            seal="self",
        )
        return super().init()

    @api.depends("title_kk", "title_ru", "title_en")
    @api.depends_context("lang")
    def _compute_title(self):
        language = short_language(self.env.lang)
        for entry in self:
            entry.title = text_in(entry, "title", language)

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def action_download(self):
        self.ensure_one()
        if not self.attachment_id:
            raise UserError(self.env._("This document has no PDF."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "self",
        }

    @api.model
    def _new_code(self):
        return "".join(secrets.choice(CODE_ALPHABET) for __ in range(CODE_LENGTH))

    def _document(self):
        """Return the document of the entry, with the rights of the user."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    @api.model
    def _open(self, register, documents):
        """Give the next numbers of ``register`` to ``documents``, in their order.

        Whoever asks first holds the register until the end of the transaction; the
        others wait. The last number is then read through a fresh connection, since
        the own snapshot may be older than the lock. A rollback gives the number
        back, so there are no gaps.

        :param documents: records of one model that have a ``document_date``
        :return: the new entries, one per document
        """
        cr = self.env.cr
        cr.execute("SET LOCAL lock_timeout = '60s'")
        cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK_CLASS, register.id))
        cr.execute("SET LOCAL lock_timeout = DEFAULT")
        last = self._last_entries(register)
        values_list = []
        for document in documents:
            date = document.document_date
            period = register._period(date)
            previous = last["periods"].get(period, (0, None))
            if register.chronological and previous[1] and date < previous[1]:
                raise UserError(
                    self.env._(
                        "“%(document)s” is dated %(date)s, but number %(number)s of "
                        "the register “%(register)s” is already dated %(last)s.",
                        document=document.display_name,
                        date=format_date(self.env, date),
                        number=previous[0],
                        register=register.display_name,
                        last=format_date(self.env, previous[1]),
                    )
                )
            sequence = previous[0] + 1
            last["periods"][period] = (sequence, date)
            values_list.append(
                {
                    "register_id": register.id,
                    "period": period,
                    "sequence": sequence,
                    "number": register._format_number(sequence, date),
                    "document_date": date,
                    "registered_by_id": self.env.uid,
                    "res_model": document._name,
                    "res_id": document.id,
                    "title_kk": document._document_title("kk"),
                    "title_ru": document._document_title("ru"),
                    "title_en": document._document_title("en"),
                    "recipient": document._document_recipient(),
                }
            )
        return self.create(values_list)

    @api.model
    def _last_entries(self, register):
        """Return the last number and date per period and the last digest.

        Both the own transaction and what others have committed meanwhile count.
        """
        self.flush_model()
        query = SQL(
            """
            SELECT DISTINCT ON (period) period, sequence, document_date
              FROM registrar_register_entry
             WHERE register_id = %s
             ORDER BY period, sequence DESC
            """,
            register.id,
        )
        digest_query = SQL(
            """
            SELECT id, digest
              FROM registrar_register_entry
             WHERE register_id = %s
             ORDER BY id DESC
             LIMIT 1
            """,
            register.id,
        )
        periods = {}
        latest = (0, None)
        with self.env.registry.cursor() as fresh:
            for cr in (self.env.cr, fresh):
                cr.execute(query)
                for period, sequence, date in cr.fetchall():
                    if sequence > periods.get(period, (0, None))[0]:
                        periods[period] = (sequence, date)
                cr.execute(digest_query)
                latest = max(latest, cr.fetchone() or (0, None), key=lambda r: r[0])
        return {"periods": periods, "digest": latest[1]}

    def _seal(self, documents):
        """Compute digests of opened entries and close them for good.

        :param documents: the documents of the entries, in the same order
        """
        if not self:
            return
        payloads = self._payloads(documents)
        previous_by_register = {}
        for entry in self:
            register = entry.register_id
            if register not in previous_by_register:
                previous_by_register[register] = entry._previous_digest()
            payload = _canonical(payloads[entry.id])
            previous = previous_by_register[register]
            digest = _digest(previous, entry._header(), payload, entry.pdf_digest)
            previous_by_register[register] = digest
            entry.write(
                {"payload": payload, "previous_digest": previous, "digest": digest}
            )
        self.flush_recordset()

    def _previous_digest(self):
        """Return the digest of the entry before this one in its register."""
        query = SQL(
            """
            SELECT id, digest
              FROM registrar_register_entry
             WHERE register_id = %s AND id < %s
             ORDER BY id DESC
             LIMIT 1
            """,
            self.register_id.id,
            self.id,
        )
        latest = (0, "")
        with self.env.registry.cursor() as fresh:
            for cr in (self.env.cr, fresh):
                cr.execute(query)
                latest = max(latest, cr.fetchone() or (0, ""), key=lambda r: r[0])
        if latest[1] is None:
            raise UserError(
                self.env._(
                    "Another document of the register “%(register)s” is being "
                    "registered in the same operation.",
                    register=self.register_id.display_name,
                )
            )
        return latest[1]

    def _header(self):
        """Return the facts of the entry itself that the digest covers."""
        return _canonical(
            {
                "register": self.register_id.code,
                "period": self.period,
                "sequence": self.sequence,
                "number": self.number,
                "date": self.document_date.isoformat(),
                "code": self.verification_code,
                "model": self.res_model,
                "id": self.res_id,
                "titles": [self[f"title_{code}"] or "" for code in LANGUAGES],
                "recipient": self.recipient or "",
                "registered_at": fields.Datetime.to_string(self.registered_at),
                "registered_by": self.registered_by_id.id,
            }
        )

    @api.model
    def _ledger_models(self):
        """Return the models whose rows are caused by documents."""
        names = self.env.registry.descendants(["registrar.ledger"], "_inherit")
        return [
            self.env[name] for name in sorted(names) if not self.env[name]._abstract
        ]

    @api.model
    def _line_models(self, model_name):
        """Return the models of the lines of documents ``model_name``."""
        names = self.env.registry.descendants(["registrar.document.line"], "_inherit")
        models_of_lines = [self.env[name] for name in sorted(names)]
        return [
            model
            for model in models_of_lines
            if not model._abstract
            and model._fields[model._document_field].comodel_name == model_name
        ]

    def _payloads(self, documents):
        """Return what the digests cover, read from the database set-wise.

        :return: ``{entry id: {"document": row, "lines": {...}, "ledger": {...},
            "reversed": {...}, "cancelled": [...]}}``; rows are dicts of columns,
            without those that may change later; the last two name what the document
            took back: rows of ledgers and entries
        :rtype: dict[int, dict]
        """
        self.env.flush_all()
        payloads = {
            entry.id: {
                "document": None,
                "lines": {},
                "ledger": {},
                "reversed": {},
                "cancelled": [],
            }
            for entry in self
        }
        model = self.env[documents._name]
        rows = self._rows(model._table, "id", documents.ids, model._guard_mutable())
        by_document = {row["id"]: row for __, row in rows}
        entry_of = {}
        for entry in self:
            payloads[entry.id]["document"] = by_document.get(entry.res_id)
            entry_of[entry.res_id] = entry.id
        for lines in self._line_models(documents._name):
            column = lines._document_field
            for parent, row in self._rows(
                lines._table, column, documents.ids, lines._guard_mutable()
            ):
                payload = payloads[entry_of[parent]]["lines"]
                payload.setdefault(lines._name, []).append(row)
        for ledger in self._ledger_models():
            for parent, row in self._rows(
                ledger._table, "entry_id", self.ids, ledger._guard_mutable()
            ):
                payload = payloads[parent]["ledger"]
                payload.setdefault(ledger._name, []).append(row)
            if "reversal_entry_id" in ledger._fields:
                for parent, row in self._rows(
                    ledger._table, "reversal_entry_id", self.ids, set()
                ):
                    payload = payloads[parent]["reversed"]
                    payload.setdefault(ledger._name, []).append(row["id"])
        for parent, row in self._rows(
            self._table, "cancelled_by_id", self.ids, {"payload"}
        ):
            payloads[parent]["cancelled"].append(row["id"])
        return payloads

    def _rows(self, table, column, ids, without):
        """Return ``(value of column, row as dict)`` of the rows of a table."""
        self.env.cr.execute(
            SQL(
                """
                SELECT t.%(column)s, (to_jsonb(t) - %(without)s::text[])::text
                  FROM %(table)s t
                 WHERE t.%(column)s = ANY(%(ids)s)
                 ORDER BY t.id
                """,
                column=SQL.identifier(column),
                without=sorted(without),
                table=SQL.identifier(table),
                ids=list(ids),
            )
        )
        return [(value, json.loads(text)) for value, text in self.env.cr.fetchall()]

    def _verify(self):
        """Check sealed entries of one register, given in the order of the chain.

        :rtype: list[dict]
        """
        problems = []

        def report(entry, problem):
            problems.append(
                {"entry_id": entry.id, "number": entry.number, "problem": problem}
            )

        current = {}
        by_model = defaultdict(self.browse)
        for entry in self:
            by_model[entry.res_model] |= entry
        for model, entries in by_model.items():
            if model in self.env:
                current |= entries._payloads(
                    self.env[model].browse(entries.mapped("res_id"))
                )
        previous = ""
        expected = {}
        for entry in self:
            number = expected.get(entry.period, 0) + 1
            if entry.sequence != number:
                report(entry, self.env._("A number is missing before this one."))
            expected[entry.period] = entry.sequence
            if not entry.digest:
                report(entry, self.env._("The entry has not been sealed."))
                continue
            if (entry.previous_digest or "") != previous:
                report(entry, self.env._("The chain is broken before this entry."))
            previous = entry.digest
            if entry.digest != _digest(
                entry.previous_digest or "",
                entry._header(),
                entry.payload,
                entry.pdf_digest or False,
            ):
                report(entry, self.env._("The entry itself was changed."))
            for path in _differences(
                json.loads(entry.payload), current.get(entry.id, {})
            ):
                report(entry, self.env._("Changed after registration: %s", path))
            if entry.pdf_digest:
                content = entry.attachment_id.raw
                if not content or _sha256(content) != entry.pdf_digest:
                    report(entry, self.env._("The stored PDF was changed or lost."))
        for entry, problem in self._verify_states(by_model):
            report(entry, problem)
        for ledger in self._ledger_models():
            for entry_id, problem in ledger._verify_rows(self):
                report(self.browse(entry_id), problem)
        return problems

    def _verify_states(self, by_model):
        """Check what may change after sealing: whether documents are in force.

        Which entry cancelled which is sealed with the cancelling one.

        :param dict by_model: the entries by the model of their documents
        :return: pairs of an entry and a problem
        """
        for entry in self:
            if (entry.state == "cancelled") != bool(entry.cancelled_by_id):
                yield entry, self.env._("It is cancelled, but no document cancels it.")
        for model, entries in by_model.items():
            if model not in self.env or "entry_id" not in self.env[model]._fields:
                continue
            self.env.cr.execute(
                SQL(
                    """
                    SELECT e.id, d.id = e.res_id
                      FROM %(table)s d
                      JOIN registrar_register_entry e ON e.id = d.entry_id
                     WHERE e.id = ANY(%(entries)s)
                       AND (d.id <> e.res_id OR d.state <> e.state)
                     ORDER BY e.id
                    """,
                    table=SQL.identifier(self.env[model]._table),
                    entries=entries.ids,
                )
            )
            for entry_id, is_own in self.env.cr.fetchall():
                if is_own:
                    text = self.env._("The document is in another state than here.")
                else:
                    text = self.env._("Another document claims this number.")
                yield self.browse(entry_id), text


def _canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sha256(content):
    return hashlib.sha256(content).hexdigest()


def _digest(previous, header, payload, pdf_digest):
    """Return the digest of an entry: SHA-256 over its parts, one per line."""
    text = "\n".join((previous or "", header, payload or "", pdf_digest or ""))
    return _sha256(text.encode())


def _differences(sealed, current, path=""):
    """Yield where ``current`` no longer says what was sealed.

    Columns that came with a later version of the suite are not differences.
    """
    if isinstance(sealed, dict) and isinstance(current, dict):
        for key, value in sealed.items():
            yield from _differences(value, current.get(key), f"{path}/{key}")
    elif isinstance(sealed, list) and isinstance(current, list):
        if len(sealed) != len(current):
            yield f"{path} ({len(sealed)} → {len(current)})"
            return
        for index, (left, right) in enumerate(zip(sealed, current, strict=True)):
            yield from _differences(left, right, f"{path}/{index + 1}")
    elif sealed != current:
        yield f"{path}: {sealed!r} → {current!r}"
