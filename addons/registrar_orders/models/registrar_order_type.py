from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.registrar_core.tools.languages import short_language, text_in

from ..effects import EFFECT_SELECTION, EFFECTS
from ..tools.templates import check_template, placeholders

# Placeholders of the paragraphs about persons; see registrar.order.section.
SECTION_PLACEHOLDERS = frozenset(
    {
        "date",
        "date_from",
        "date_to",
        "reason",
        "course",
        "programme",
        "funding",
        "decision",
        "student",
        "student_genitive",
        "student_dative",
        "student_accusative",
        "year",
        "university",
        "cancelled_number",
        "cancelled_date",
        "cancelled_title",
    }
)
# Placeholders of everything else.
ORDER_PLACEHOLDERS = frozenset(
    {
        "date",
        "date_from",
        "year",
        "university",
        "cancelled_number",
        "cancelled_date",
        "cancelled_title",
    }
)
ORDER_TEXTS = ("preamble", "instruction", "control", "basis")


class RegistrarOrderType(models.Model):
    """A type of order: texts, reasons, register and effect, all of it data.

    Source: administrative.md §1.2–1.14.
    """

    _name = "registrar.order.type"
    _description = "Type of order"
    _inherit = ["registrar.trilingual"]
    _order = "sequence, id"

    code = fields.Char(
        required=True, copy=False, help="Technical name, e.g. course_transfer."
    )
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    # Printed title
    title_kk = fields.Char("Title in Kazakh", required=True)
    title_ru = fields.Char("Title in Russian", required=True)
    title_en = fields.Char("Title in English")
    # What it does
    effect = fields.Selection(EFFECT_SELECTION, required=True)
    kind_ids = fields.Many2many(
        "registrar.movement.kind",
        string="Reasons",
        help="Movements that an order of this type may cause.",
    )
    default_kind_id = fields.Many2one(
        "registrar.movement.kind",
        "Usual reason",
        domain="[('id', 'in', kind_ids)]",
    )
    register_id = fields.Many2one(
        "registrar.register",
        "Register of documents",
        required=True,
        default=lambda self: self._default_register(),
    )
    signatory_role = fields.Selection(
        selection=lambda self: self._signatory_roles(),
        required=True,
        default="rector",
    )
    year_shift = fields.Integer(
        "Academic year, days",
        help="The order belongs to the academic year of its date shifted by so many "
        "days: 31 for admission in August, -31 for results of the year over.",
    )
    epvo_type = fields.Char("ЕПВО type")
    epvo_category = fields.Char(
        "ЕПВО category", help="If the reason has no category of its own."
    )
    # Paragraphs about persons
    split_by_programme = fields.Boolean("Paragraph per programme")
    split_by_course = fields.Boolean("Paragraph per year of study")
    split_by_funding = fields.Boolean("Paragraph per funding")
    split_by_decision = fields.Boolean("Paragraph per decision")
    section_kk = fields.Text("Paragraph in Kazakh", required=True)
    section_ru = fields.Text("Paragraph in Russian", required=True)
    # Other texts
    preamble_kk = fields.Text("Preamble in Kazakh", required=True)
    preamble_ru = fields.Text("Preamble in Russian", required=True)
    instruction_kk = fields.Text(
        "Instructions in Kazakh", help="One numbered paragraph per line."
    )
    instruction_ru = fields.Text(
        "Instructions in Russian", help="One numbered paragraph per line."
    )
    control_kk = fields.Text("Control in Kazakh")
    control_ru = fields.Text("Control in Russian")
    basis_kk = fields.Text("Basis in Kazakh")
    basis_ru = fields.Text("Basis in Russian")
    legal_basis_kk = fields.Text("Legal basis in Kazakh")
    legal_basis_ru = fields.Text("Legal basis in Russian")
    legal_basis_en = fields.Text("Legal basis in English")
    attachments_kk = fields.Text(
        "Documents in Kazakh", help="Documents to be attached, one per line."
    )
    attachments_ru = fields.Text(
        "Documents in Russian", help="Documents to be attached, one per line."
    )
    attachments_en = fields.Text(
        "Documents in English", help="Documents to be attached, one per line."
    )
    legal_basis = fields.Text(compute="_compute_texts")
    attachments = fields.Text("Documents to attach", compute="_compute_texts")
    basis_required = fields.Boolean(
        "Basis required", default=True, help="No registration without a basis."
    )
    attachment_required = fields.Boolean(
        "File required", help="No registration without an attached file."
    )
    order_count = fields.Integer("Number of orders", compute="_compute_order_count")

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a type of order with this code."
    )

    @api.model
    def _default_register(self):
        return self.env["registrar.register"].search(
            [("code", "=", "orders_students")], limit=1
        )

    @api.model
    def _signatory_roles(self):
        role = self.env["registrar.signatory"]._fields["role"]
        return role._description_selection(self.env)

    @api.depends(
        *(
            f"{name}_{language}"
            for name in ("legal_basis", "attachments")
            for language in ("kk", "ru", "en")
        )
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        language = short_language(self.env.lang)
        for order_type in self:
            order_type.legal_basis = text_in(order_type, "legal_basis", language)
            order_type.attachments = text_in(order_type, "attachments", language)

    def _compute_order_count(self):
        Order = self.env["registrar.order"]
        counts = {}
        if Order.has_access("read"):
            counts = dict(
                Order._read_group(
                    [("type_id", "in", self.ids)], ["type_id"], ["__count"]
                )
            )
        for order_type in self:
            order_type.order_count = counts.get(order_type._origin, 0)

    @api.constrains(
        *(
            f"{name}_{language}"
            for name in ("section", *ORDER_TEXTS)
            for language in ("kk", "ru")
        ),
        "split_by_programme",
        "split_by_course",
        "split_by_funding",
        "split_by_decision",
    )
    def _check_templates(self):
        for order_type in self:
            for language in ("kk", "ru"):
                order_type._check_template("section", language, SECTION_PLACEHOLDERS)
                for name in ORDER_TEXTS:
                    order_type._check_template(name, language, ORDER_PLACEHOLDERS)
                order_type._check_split(language)

    @api.constrains("effect", "kind_ids", "default_kind_id")
    def _check_kinds(self):
        for order_type in self:
            movements = order_type._effect().movements
            for kind in order_type.kind_ids:
                if order_type.effect != "cancellation" and kind.effect not in movements:
                    raise ValidationError(
                        self.env._(
                            "Orders “%(type)s” cannot cause the movement “%(kind)s”.",
                            type=order_type.name,
                            kind=kind.name,
                        )
                    )
            if (
                order_type.default_kind_id
                and order_type.default_kind_id not in order_type.kind_ids
            ):
                raise ValidationError(
                    self.env._(
                        "The usual reason of “%s” is not one of its reasons.",
                        order_type.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for order_type in self:
            if (
                self.env["registrar.order"]
                .sudo()
                .search_count([("type_id", "=", order_type.id)], limit=1)
            ):
                raise ValidationError(
                    self.env._(
                        "There are orders of the type “%s”. Archive it instead.",
                        order_type.name,
                    )
                )

    def action_open_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_orders.registrar_order_action"
        )
        return dict(
            action,
            domain=[("type_id", "=", self.id)],
            context={"default_type_id": self.id},
        )

    def _code_in_name(self):
        return False

    @api.model
    def _by_code(self, code):
        """Return the type with the technical name ``code``.

        :raises ValidationError: when there is none
        """
        order_type = self.search([("code", "=", code)], limit=1)
        if not order_type:
            raise ValidationError(self.env._("There is no type of order “%s”.", code))
        return order_type

    def _effect(self):
        """Return the effect of the type, ready to work."""
        self.ensure_one()
        return EFFECTS[self.effect](self.env)

    def _names_persons(self):
        """Tell whether the paragraphs name the persons in their text."""
        self.ensure_one()
        return any(
            name.startswith("student")
            for language in ("kk", "ru")
            for name in placeholders(self[f"section_{language}"])
        )

    def _check_template(self, name, language, allowed):
        text = self[f"{name}_{language}"]
        try:
            check_template(text, allowed)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "The text “%(field)s” of “%(type)s” cannot be used: %(error)s.\n"
                    "Placeholders are: %(names)s.",
                    field=self._fields[f"{name}_{language}"]._description_string(
                        self.env
                    ),
                    type=self.name,
                    error=error,
                    names=", ".join(f"{{{item}}}" for item in sorted(allowed)),
                )
            ) from error

    def _check_split(self, language):
        """A value named in a paragraph must be the same for all its persons."""
        for name in placeholders(self[f"section_{language}"]):
            if f"split_by_{name}" in self._fields and not self[f"split_by_{name}"]:
                raise ValidationError(
                    self.env._(
                        "The paragraph of “%(type)s” names {%(name)s}; then it has to "
                        "be split by it.",
                        type=self.name,
                        name=name,
                    )
                )
