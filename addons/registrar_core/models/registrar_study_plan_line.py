from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .registration_rules import FREE_LINE_TYPES, PAID_LINE_TYPES
from .selections import COMPONENTS, CONTROL_FORMS, CYCLES, LINE_TYPES


class RegistrarStudyPlanLine(models.Model):
    """Registration of one student for one discipline in one term."""

    _name = "registrar.study.plan.line"
    _description = "Registration for a discipline"
    _inherit = ["registrar.document.line"]
    _order = "plan_id, sequence, id"
    _rec_name = "discipline_id"
    _document_field = "plan_id"
    _mutable_columns = frozenset({"class_group_id", "is_cancelled", "is_withdrawn"})

    plan_id = fields.Many2one(
        "registrar.study.plan",
        "Study plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(
        compute="_compute_sequence", store=True, readonly=False, precompute=True
    )
    student_id = fields.Many2one(
        related="plan_id.student_id", store=True, index=True, precompute=True
    )
    year_id = fields.Many2one(
        related="plan_id.year_id", store=True, index=True, precompute=True
    )
    group_id = fields.Many2one(related="plan_id.group_id", string="Group")
    plan_state = fields.Selection(related="plan_id.state", string="State of the plan")
    discipline_id = fields.Many2one(
        "registrar.discipline", required=True, index=True, ondelete="restrict"
    )
    term_id = fields.Many2one(
        "registrar.term",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('year_id', '=', year_id)]",
    )
    curriculum_line_id = fields.Many2one(
        "registrar.curriculum.line",
        "Line of the curriculum",
        compute="_compute_curriculum_line_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    credits = fields.Float(
        compute="_compute_from_curriculum",
        store=True,
        readonly=False,
        precompute=True,
        digits=(5, 1),
    )
    cycle = fields.Selection(
        CYCLES,
        compute="_compute_from_curriculum",
        store=True,
        readonly=False,
        precompute=True,
    )
    component = fields.Selection(
        COMPONENTS,
        compute="_compute_from_curriculum",
        store=True,
        readonly=False,
        precompute=True,
    )
    control_form = fields.Selection(
        CONTROL_FORMS,
        compute="_compute_from_curriculum",
        store=True,
        readonly=False,
        precompute=True,
    )
    in_gpa = fields.Boolean(
        "In GPA",
        compute="_compute_from_curriculum",
        store=True,
        readonly=False,
        precompute=True,
    )
    line_type = fields.Selection(
        LINE_TYPES, "Type", required=True, default="main", index=True
    )
    is_paid = fields.Boolean(
        "Paid",
        compute="_compute_is_paid",
        store=True,
        readonly=False,
        precompute=True,
        help="Paid per credit, even by holders of a grant.",
    )
    # Stored, as grouped lists add up amounts by currency; set by create(), because a
    # default would be written on sealed rows when the column is added.
    currency_id = fields.Many2one("res.currency", readonly=True)
    price = fields.Monetary(
        "Price of a credit",
        compute="_compute_price",
        store=True,
        readonly=False,
        aggregator=None,
    )
    amount = fields.Monetary(compute="_compute_amount", store=True)
    attempt = fields.Integer(default=1, aggregator=None)
    class_group_id = fields.Many2one(
        "registrar.class.group",
        "Class group",
        index=True,
        ondelete="set null",
        domain="[('discipline_id', '=', discipline_id), ('term_id', '=', term_id)]",
    )
    is_cancelled = fields.Boolean("Cancelled", readonly=True, default=False)
    is_withdrawn = fields.Boolean(
        "Withdrawn (W)",
        readonly=True,
        help="The student withdrew from the discipline after add and drop had ended.",
    )
    drop_ids = fields.One2many("registrar.study.plan.drop", "line_id", "Dropped by")

    _registered_once = models.UniqueIndex(
        "(student_id, discipline_id, term_id) WHERE is_cancelled IS NOT TRUE",
        "A student is registered twice for the same discipline and term.",
    )
    _credits_positive = models.Constraint(
        "CHECK (credits >= 0)", "The number of credits cannot be negative."
    )
    _attempt_positive = models.Constraint(
        "CHECK (attempt > 0)", "Attempts are counted from 1."
    )
    _placing_index = models.Index(
        "(term_id, discipline_id) WHERE class_group_id IS NULL"
    )

    @api.depends("discipline_id", "student_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = ": ".join(
                part
                for part in (
                    line.student_id.short_name,
                    line.discipline_id.display_name,
                )
                if part
            )

    @api.depends("term_id", "curriculum_line_id")
    def _compute_sequence(self):
        for line in self:
            position = min(line.curriculum_line_id.sequence or 9999, 9999)
            line.sequence = (line.term_id.number or 0) * 10000 + position

    @api.depends("discipline_id", "term_id", "plan_id")
    def _compute_curriculum_line_id(self):
        """Find the line of the student's curriculum that is closest to the term."""
        for line in self:
            plan = line.plan_id
            candidates = plan.curriculum_id.line_ids.filtered(
                lambda c, line=line: c.discipline_id == line.discipline_id
            )
            expected = (max(plan.course, 1) - 1) * 2 + (line.term_id.number or 1)
            line.curriculum_line_id = candidates.sorted(
                lambda c, expected=expected: abs(c.term_number - expected)
            )[:1]

    @api.depends("curriculum_line_id")
    def _compute_from_curriculum(self):
        for line in self:
            source = line.curriculum_line_id
            line.credits = source.credits or line.credits
            line.cycle = source.cycle or line.cycle or "dvo"
            line.component = source.component or line.component
            line.control_form = source.control_form or line.control_form or "exam"
            line.in_gpa = source.in_gpa if source else line.in_gpa

    @api.depends("line_type", "term_id")
    def _compute_is_paid(self):
        """Repeated and further studies and the whole summer term (§5.3, §5.4)."""
        for line in self:
            line.is_paid = (
                line.line_type in PAID_LINE_TYPES or line.term_id.kind == "summer"
            )

    @api.model
    def _default_currency_id(self):
        return self.env["registrar.credit.price"]._default_currency_id()

    @api.depends("is_paid", "line_type", "term_id", "plan_id")
    def _compute_price(self):
        """Take the price of the year; a later price does not reach a sealed line."""
        paid = self.filtered("is_paid")
        (self - paid).price = 0
        if paid:
            prices = self.env["registrar.credit.price"].sudo()._prices_of(paid)
            for line in paid:
                line.price = prices[line]

    @api.depends("price", "credits")
    def _compute_amount(self):
        for line in self:
            line.amount = line.price * line.credits

    @api.constrains("discipline_id", "line_type", "plan_id")
    def _check_discipline_of_curriculum(self):
        for line in self:
            if (
                line.line_type not in FREE_LINE_TYPES
                and line.discipline_id
                not in line.plan_id.curriculum_id.sudo().line_ids.discipline_id
            ):
                raise ValidationError(
                    self.env._(
                        "“%(discipline)s” is not in the curriculum of %(student)s. "
                        "Register it as difference, additional, minor or mobility.",
                        discipline=line.discipline_id.display_name,
                        student=line.student_id.display_name,
                    )
                )

    @api.constrains("term_id", "plan_id")
    def _check_term(self):
        for line in self:
            if line.term_id.year_id != line.plan_id.year_id:
                raise ValidationError(
                    self.env._(
                        "“%(term)s” is not a term of the academic year %(year)s.",
                        term=line.term_id.display_name,
                        year=line.plan_id.year_id.display_name,
                    )
                )

    @api.constrains("class_group_id", "discipline_id", "term_id")
    def _check_class_group(self):
        for line in self:
            group = line.class_group_id
            if group and (
                group.discipline_id != line.discipline_id
                or group.term_id != line.term_id
            ):
                raise ValidationError(
                    self.env._(
                        "The class group “%s” is for another discipline or term.",
                        group.display_name,
                    )
                )

    @api.onchange("discipline_id")
    def _onchange_discipline_id(self):
        """Propose the term in which the curriculum has the discipline."""
        for line in self:
            plan = line.plan_id
            position = plan.curriculum_id.line_ids.filtered(
                lambda c, line=line, plan=plan: (
                    c.discipline_id == line.discipline_id and c.course == plan.course
                )
            )[:1]
            if position and not line.term_id:
                number = position._number_in_year()
                line.term_id = plan.year_id.term_ids.filtered(
                    lambda term, number=number: term.number == number
                )[:1]

    @api.model_create_multi
    def create(self, vals_list):
        currency = self._default_currency_id()
        vals_list = [{"currency_id": currency.id, **vals} for vals in vals_list]
        plans = self.env["registrar.study.plan"].sudo()
        self._check_free(
            [
                (
                    plans.browse(vals.get("plan_id")).student_id.id,
                    vals.get("discipline_id"),
                    vals.get("term_id"),
                )
                for vals in vals_list
            ]
        )
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & {"discipline_id", "term_id"}:
            live = self.filtered(lambda line: not line.is_cancelled)
            live._check_free(
                [
                    (
                        line.student_id.id,
                        vals.get("discipline_id", line.discipline_id.id),
                        vals.get("term_id", line.term_id.id),
                    )
                    for line in live
                ]
            )
        return super().write(vals)

    def _check_free(self, keys):
        """Refuse a second registration for the same discipline and term.

        The unique index stands behind it; here the reader learns who and what.

        :param keys: triples of student, discipline and term that are to be written
            by ``self`` or created
        :raises ValidationError: naming the first of them
        """
        if not keys:
            return
        students, disciplines, terms = (set(ids) for ids in zip(*keys, strict=True))
        taken = {
            (student.id, discipline.id, term.id)
            for student, discipline, term in self.sudo()._read_group(
                [
                    ("student_id", "in", list(students)),
                    ("discipline_id", "in", list(disciplines)),
                    ("term_id", "in", list(terms)),
                    ("is_cancelled", "=", False),
                    ("id", "not in", self.ids),
                ],
                ["student_id", "discipline_id", "term_id"],
            )
        }
        for key in keys:
            if key in taken and all(key):
                raise ValidationError(
                    self.env._(
                        "%(student)s is already registered for “%(discipline)s” in "
                        "%(term)s.",
                        student=self.env["registrar.student"]
                        .sudo()
                        .browse(key[0])
                        .full_name,
                        discipline=self.env["registrar.discipline"]
                        .browse(key[1])
                        .display_name,
                        term=self.env["registrar.term"].browse(key[2]).display_name,
                    )
                )
            taken.add(key)

    def _check_document_open(self):
        result = super()._check_document_open()
        if not self.env.su:
            for plan in self.plan_id:
                if plan.sudo().state != "draft":
                    raise UserError(
                        self.env._(
                            "“%s” is under way; return it before you change its "
                            "disciplines.",
                            plan.display_name,
                        )
                    )
        return result

    # Prices, drops

    def _set_prices(self):
        """Put today's prices on the paid lines of plans that are open."""
        lines = self.filtered(
            lambda line: line.is_paid and line.plan_id.sudo()._is_open()
        )
        if not lines:
            return
        prices = self.env["registrar.credit.price"].sudo()._prices_of(lines)
        for price, batch in lines.grouped(lambda line: prices[line]).items():
            batch.filtered(lambda line, price=price: line.price != price).write(
                {"price": price}
            )

    def _drop_obstacles(self):
        """Return why registrations cannot be dropped any more: ``{line id: text}``.

        The floor of exams knows of results.
        """
        return {}

    def _before_dropped(self):
        """Let the floors above let go of these registrations."""

    def _after_dropped(self):
        """Tell the other parts that these registrations have been taken off."""
