from odoo import api, fields, models

STAGES = [
    ("enrolment", "Enrolment"),
    ("study", "During studies"),
    ("end", "End of studies"),
]

# Groups of levels of education: by which box of a requirement a level is covered.
LEVEL_BOXES = {
    "bachelor": "for_bachelor",
    "specialist": "for_bachelor",
    "master_science": "for_master",
    "master_profile": "for_master",
    "doctorate": "for_doctorate",
    "doctorate_profile": "for_doctorate",
}
ADULT_AGE = 18


class RegistrarPersonalFileRequirement(models.Model):
    """A line of the checklist: which document whose personal file must have.

    Source: administrative.md §10.1. The university edits the list; lines are dated,
    files follow the list of the day they were opened.
    """

    _name = "registrar.personal.file.requirement"
    _description = "Document of a personal file"
    _inherit = ["registrar.trilingual"]
    _order = "stage_order, sequence, id"

    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    stage = fields.Selection(STAGES, required=True, default="enrolment")
    stage_order = fields.Integer(compute="_compute_stage_order", store=True)
    is_required = fields.Boolean(
        "Required", default=True, help="Its absence makes the file incomplete."
    )
    needs_original = fields.Boolean(
        "Original", help="A copy is not enough while the person studies."
    )
    is_extract = fields.Boolean(
        "Extract of an order", help="Proposed for every order on the student."
    )
    # Whom it concerns
    for_bachelor = fields.Boolean("Bachelor and specialist", default=True)
    for_master = fields.Boolean("Master", default=True)
    for_doctorate = fields.Boolean("Doctorate", default=True)
    for_other = fields.Boolean("Other levels", default=True)
    citizenship = fields.Selection(
        [("any", "Any"), ("citizen", "Citizens"), ("foreign", "Foreign citizens")],
        required=True,
        default="any",
    )
    funding = fields.Selection(
        [("any", "Any"), ("grant", "State grant"), ("paid", "Paid")],
        required=True,
        default="any",
    )
    gender = fields.Selection(
        [("any", "Any"), ("male", "Men"), ("female", "Women")],
        required=True,
        default="any",
    )
    only_minor = fields.Boolean("Only for minors", help="Under 18 at admission.")
    only_benefit = fields.Boolean(
        "Only with a social category", help="Those who have benefits."
    )
    social_category_ids = fields.Many2many(
        "registrar.social.category",
        "registrar_file_requirement_category_rel",
        string="Only of these categories",
        help="Empty: of any category.",
    )
    leaving = fields.Selection(
        [
            ("any", "Any"),
            ("graduated", "Graduates"),
            ("expelled", "Expelled without a diploma"),
        ],
        required=True,
        default="any",
        help="For documents of the end of studies.",
    )
    date_from = fields.Date("In force from")
    date_to = fields.Date("In force until")

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a document with this code."
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "The line ends before it begins.",
    )

    @api.depends("stage")
    def _compute_stage_order(self):
        order = {stage: index for index, (stage, __) in enumerate(STAGES)}
        for line in self:
            line.stage_order = order.get(line.stage, 0)

    def _code_in_name(self):
        return False

    def action_apply(self):
        """Bring the checklists of open files in line with the list."""
        files = self.env["registrar.personal.file"].search(
            [("state", "in", ("current", "expelled", "graduated"))]
        )
        changed = files._sync_checklist()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(files)s files compared, %(lines)s lines changed.",
                    files=len(files),
                    lines=changed,
                ),
            },
        }

    def _concerns(self, facts):
        """Say whether the document belongs into a file.

        :param dict facts: see ``registrar.personal.file._checklist_facts``
        """
        self.ensure_one()
        day = facts["date"]
        return (
            not self.is_extract
            and (not self.date_from or self.date_from <= day)
            and (not self.date_to or self.date_to >= day)
            and self[LEVEL_BOXES.get(facts["level"], "for_other")]
            and (
                self.citizenship == "any"
                or (self.citizenship == "foreign") == facts["is_foreign"]
            )
            and self._concerns_funding(facts)
            and self.gender in ("any", facts["gender"])
            and (not self.only_minor or facts["is_minor"])
            and self._concerns_category(facts)
            and self._concerns_leaving(facts)
        )

    def _concerns_funding(self, facts):
        if self.funding == "any":
            return True
        is_paid = facts["funding"] in ("paid", "employer")
        return bool(facts["funding"]) and (self.funding == "paid") == is_paid

    def _concerns_category(self, facts):
        if not self.only_benefit and not self.social_category_ids:
            return True
        wanted = set(self.social_category_ids.ids)
        return bool(facts["categories"] & wanted if wanted else facts["categories"])

    def _concerns_leaving(self, facts):
        """Documents of the end are asked for when the end has come."""
        if self.stage != "end":
            return True
        if facts["leaving"] is None:
            return False
        return self.leaving in ("any", facts["leaving"])
