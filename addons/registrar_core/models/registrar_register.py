from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RegistrarRegister(models.Model):
    """One line of the nomenclature of files: a journal that gives numbers.

    Numbers are gapless and unique per register and period; see
    ``registrar.register.entry`` for how they are given.
    Source: administrative.md §10.3, academic.md §8.7.
    """

    _name = "registrar.register"
    _description = "Register of documents"
    _inherit = ["registrar.trilingual"]
    _order = "index, id"
    _rec_names_search = ["index", "name_kk", "name_ru", "name_en"]

    code = fields.Char(
        required=True,
        copy=False,
        help="Technical name by which the suite finds the register.",
    )
    index = fields.Char(
        required=True, help="Index in the nomenclature of files, e.g. 05-12."
    )
    active = fields.Boolean(default=True)
    retention_years = fields.Integer(
        default=75, help="Years of storage; 0 means permanent."
    )
    retention_article = fields.Char(
        help="Article of the list of typical documents with storage terms."
    )
    number_pattern = fields.Char(
        required=True,
        default="{number}",
        help="Placeholders: {number} or {number:04d}, {year}, {year2}, {period}, "
        "{index}. Example: {number}-с.",
    )
    reset = fields.Selection(
        [
            ("calendar", "Every calendar year"),
            ("academic", "Every academic year"),
            ("never", "Never"),
        ],
        required=True,
        default="calendar",
        help="When the numbers start again from 1.",
    )
    chronological = fields.Boolean(
        default=True,
        help="A document may not be dated earlier than the previous number.",
    )
    entry_ids = fields.One2many("registrar.register.entry", "register_id")
    entry_count = fields.Integer(compute="_compute_entry_count")

    _code_unique = models.Constraint(
        "UNIQUE (code)", "The technical name of a register must be unique."
    )
    _retention_positive = models.Constraint(
        "CHECK (retention_years >= 0)", "The storage term cannot be negative."
    )

    def _compute_entry_count(self):
        counts = dict(
            self.env["registrar.register.entry"]._read_group(
                [("register_id", "in", self.ids)], ["register_id"], ["__count"]
            )
        )
        for register in self:
            register.entry_count = counts.get(register._origin, 0)

    @api.depends("index")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for register in self:
            register.display_name = f"{register.index} {register.name}"
        return result

    @api.constrains("number_pattern")
    def _check_number_pattern(self):
        for register in self:
            try:
                first = register._format_number(1, date(2026, 9, 1))
                second = register._format_number(2, date(2026, 9, 1))
            except (KeyError, IndexError, ValueError) as error:
                raise ValidationError(
                    self.env._(
                        "The number pattern “%(pattern)s” cannot be used: %(error)s.",
                        pattern=register.number_pattern,
                        error=error,
                    )
                ) from error
            if first == second:
                raise ValidationError(
                    self.env._("The number pattern must contain {number}.")
                )

    def write(self, vals):
        if "reset" in vals and self.filtered(
            lambda r: r.reset != vals["reset"] and r.entry_count
        ):
            raise ValidationError(
                self.env._(
                    "The register already has numbers; when they start again can no "
                    "longer be changed. Create a new register."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.env["registrar.register.entry"].search_count(
            [("register_id", "in", self.ids)], limit=1
        ):
            raise ValidationError(
                self.env._("A register with registered documents cannot be deleted.")
            )

    def action_open_entries(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "registrar.register.entry",
            "view_mode": "list,form",
            "domain": [("register_id", "=", self.id)],
        }

    def action_verify_chain(self):
        """Check the registers and show the verdict to the user."""
        problems = self.verify_chain()
        if problems:
            shown = "\n".join(
                f"{problem['number']}: {problem['problem']}"
                for problem in problems[:10]
            )
            message = self.env._(
                "%(count)s discrepancies were found:\n%(list)s",
                count=len(problems),
                list=shown,
            )
        else:
            message = self.env._(
                "All %(count)s entries agree with their digests.",
                count=sum(self.mapped("entry_count")),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if problems else "success",
                "message": message,
                "sticky": bool(problems),
            },
        }

    def verify_chain(self):
        """Compare every registered document and ledger row with its digest.

        :return: one dict ``{"entry_id", "number", "problem"}`` per discrepancy, in
            the order of the register; an empty list when everything agrees
        :rtype: list[dict]
        """
        self.check_access("read")
        problems = []
        for register in self:
            problems += register.sudo()._verify_chain()
        return problems

    @api.model
    def _by_code(self, code):
        """Return the register with the technical name ``code``.

        :raises ValidationError: when there is none
        """
        register = self.sudo().search([("code", "=", code)], limit=1)
        if not register:
            raise ValidationError(
                self.env._("There is no register “%(code)s”.", code=code)
            )
        return register.sudo(self.env.su)

    def _period(self, document_date):
        """Return the name of the numbering period of a date.

        An academic year begins on 1 September.
        """
        self.ensure_one()
        if self.reset == "calendar":
            return str(document_date.year)
        if self.reset == "academic":
            start = document_date.year - (document_date.month < 9)
            return f"{start}/{start + 1}"
        return ""

    def _format_number(self, sequence, document_date):
        """Return the number as printed, e.g. ``"17-с"``."""
        self.ensure_one()
        return self.number_pattern.format(
            number=sequence,
            year=document_date.year,
            year2=f"{document_date.year % 100:02d}",
            period=self._period(document_date),
            index=self.index,
        )

    def _verify_chain(self):
        self.ensure_one()
        entries = self.env["registrar.register.entry"].search(
            [("register_id", "=", self.id)], order="id"
        )
        return entries._verify()
