from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .selections import LEVELS, LINE_TYPES

CITIZENSHIPS = [("citizen", "Citizens"), ("foreigner", "Foreigners")]


class RegistrarCreditPrice(models.Model):
    """What one credit of a paid registration costs in an academic year.

    By the yearly order of the rector (academic.md §5.3). The most exact price applies:
    programme before faculty before level, then kind of registration, then citizenship.
    """

    _name = "registrar.credit.price"
    _description = "Price of a credit"
    _inherit = ["mail.thread"]
    _order = "year_id desc, level, programme_id, faculty_id, line_type, id"
    _rec_name = "year_id"

    year_id = fields.Many2one(
        "registrar.academic.year",
        "Academic year",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["registrar.academic.year"]._present(),
    )
    level = fields.Selection(LEVELS, help="Empty: all levels.")
    faculty_id = fields.Many2one(
        "hr.department",
        domain="[('registrar_kind', '=', 'faculty')]",
        ondelete="restrict",
        help="Empty: all faculties.",
    )
    programme_id = fields.Many2one(
        "registrar.programme", ondelete="restrict", help="Empty: all programmes."
    )
    line_type = fields.Selection(
        LINE_TYPES, "Registration", help="Empty: all kinds of registration."
    )
    citizenship = fields.Selection(CITIZENSHIPS, help="Empty: everybody.")
    price = fields.Monetary("Price of a credit", required=True, tracking=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self._default_currency_id()
    )
    ground = fields.Char(help="Number and date of the order that sets the price.")
    active = fields.Boolean(default=True)

    _price_positive = models.Constraint(
        "CHECK (price >= 0)", "The price of a credit cannot be negative."
    )

    @api.model
    def _default_currency_id(self):
        # Without the query of env.ref(), as computes ask record by record.
        tenge = self.env["ir.model.data"]._xmlid_to_res_id("base.KZT")
        return self.env["res.currency"].browse(tenge or self.env.company.currency_id.id)

    @api.depends("year_id", "price", "currency_id")
    def _compute_display_name(self):
        for price in self:
            price.display_name = f"{price.year_id.name or ''}: {price.price:g}"

    @api.constrains(
        "year_id",
        "level",
        "faculty_id",
        "programme_id",
        "line_type",
        "citizenship",
        "active",
    )
    def _check_unique(self):
        names = (
            "year_id",
            "level",
            "faculty_id",
            "programme_id",
            "line_type",
            "citizenship",
        )
        for price in self.filtered("active"):
            domain = [("id", "!=", price.id)]
            domain += [
                (name, "=", price[name].id if name.endswith("_id") else price[name])
                for name in names
            ]
            if self.search(domain, limit=1):
                raise ValidationError(
                    self.env._("There is already a price for the same registrations.")
                )

    def action_refresh_lines(self):
        """Put the prices on the paid lines of plans that are not registered yet."""
        lines = self.env["registrar.study.plan.line"].search(
            [
                ("year_id", "in", self.year_id.ids),
                ("is_paid", "=", True),
                ("plan_id.state", "not in", ("registered", "cancelled")),
            ]
        )
        lines.sudo()._set_prices()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Prices set on %s paid disciplines.", len(lines)),
            },
        }

    @api.model
    def _price(
        self,
        year,
        level=None,
        programme=None,
        faculty=None,
        line_type=None,
        is_foreigner=False,
    ):
        """Return the price record that applies, or an empty one.

        :param year: ``registrar.academic.year``
        :param str level: level of the programme
        :param programme: ``registrar.programme``; its faculty and level are taken when
            they are not given
        """
        if programme:
            level = level or programme.level
            faculty = faculty or programme.faculty_id
        citizenship = "foreigner" if is_foreigner else "citizen"
        prices = self._of_year(year).filtered(
            lambda price: (
                price.level in (False, level)
                and (not price.programme_id or price.programme_id == programme)
                and (not price.faculty_id or price.faculty_id == faculty)
                and price.line_type in (False, line_type)
                and price.citizenship in (False, citizenship)
            )
        )
        if not prices:
            return self.browse()
        return max(
            prices,
            key=lambda price: (
                bool(price.programme_id),
                bool(price.faculty_id),
                bool(price.level),
                bool(price.line_type),
                bool(price.citizenship),
                price.id,
            ),
        )

    @api.model
    def _of_year(self, year):
        return self.search([("year_id", "=", year.id)]) if year else self.browse()

    @api.model
    def _prices_of(self, lines):
        """Return the price of a credit of each line: ``{line: price}``."""
        cache, result = {}, {}
        for line in lines:
            plan = line.plan_id
            country = plan.student_id.citizenship_id
            key = (
                line.year_id,
                plan.programme_id,
                line.line_type,
                bool(country) and country.code != "KZ",
            )
            if key not in cache:
                year, programme, line_type, is_foreigner = key
                cache[key] = self._price(
                    year,
                    programme=programme,
                    line_type=line_type,
                    is_foreigner=is_foreigner,
                ).price
            result[line] = cache[key]
        return result
