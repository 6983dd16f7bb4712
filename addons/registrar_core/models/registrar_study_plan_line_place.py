from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# Why forming found no class group for a registration.
UNPLACED_REASONS = [
    ("minimum", "Fewer students than the minimum"),
    ("full", "Groups are full, too few for one more"),
    ("closed", "Not opened by the office"),
]


class RegistrarStudyPlanLine(models.Model):
    """The place of a registration: class group and subgroup."""

    _inherit = "registrar.study.plan.line"

    class_group_id = fields.Many2one(group_expand="_read_group_class_group_id")
    subgroup_id = fields.Many2one(
        "registrar.class.subgroup",
        index=True,
        ondelete="set null",
        domain="[('class_group_id', '=', class_group_id)]",
        group_expand="_read_group_subgroup_id",
    )
    unplaced_reason = fields.Selection(
        UNPLACED_REASONS,
        string="No class group because",
        readonly=True,
        copy=False,
        help="Why the last forming of class groups found no place.",
    )
    unplaced_notified = fields.Boolean(
        "Told about it",
        readonly=True,
        copy=False,
        help="The student and the adviser know that the discipline is not opened.",
    )
    is_unplaced = fields.Boolean(
        "Without place", compute="_compute_is_unplaced", search="_search_is_unplaced"
    )
    place_language = fields.Selection(
        related="plan_id.language", string="Language of the student"
    )
    is_other_language = fields.Boolean(
        "Another language", compute="_compute_is_other_language"
    )

    _unplaced_index = models.Index(
        "(term_id, unplaced_reason) WHERE unplaced_reason IS NOT NULL"
    )

    @api.depends("class_group_id", "unplaced_reason", "is_cancelled")
    def _compute_is_unplaced(self):
        for line in self:
            line.is_unplaced = bool(
                line.unplaced_reason
                and not line.class_group_id
                and not line.is_cancelled
            )

    @api.model
    def _search_is_unplaced(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("unplaced_reason", "!=", False),
            ("class_group_id", "=", False),
            ("is_cancelled", "=", False),
        ]

    @api.depends("class_group_id.language", "plan_id.language")
    def _compute_is_other_language(self):
        for line in self:
            group = line.class_group_id.sudo().language
            student = line.sudo().plan_id.language
            line.is_other_language = bool(group and student and group != student)

    @api.constrains("class_group_id", "subgroup_id")
    def _check_subgroup(self):
        for line in self:
            subgroup = line.subgroup_id
            if subgroup and subgroup.class_group_id != line.class_group_id:
                raise ValidationError(
                    self.env._(
                        "The subgroup “%s” belongs to another class group.",
                        subgroup.display_name,
                    )
                )

    def write(self, vals):
        if not vals.keys() & {"class_group_id", "subgroup_id"}:
            return super().write(vals)
        moved = self._check_move(vals)
        vals = dict(vals)
        if vals.get("class_group_id"):
            vals["unplaced_reason"] = False
        before = {line.id: (line.class_group_id, line.subgroup_id) for line in moved}
        if "class_group_id" in vals and "subgroup_id" not in vals:
            divided = moved.filtered("subgroup_id")
            divided.with_context(place_silent=True).write({"subgroup_id": False})
        result = super().write(vals)
        moved.sudo()._log_move(before)
        return result

    def _check_move(self, vals):
        """Check who moves whom where.

        :return: the lines that get another place
        :raises AccessError: for others than the office
        :raises UserError: where a place is fixed, closed or taken
        """
        moved = self.filtered(
            lambda line: any(
                (line[name].id or False) != (vals[name] or False)
                for name in ("class_group_id", "subgroup_id")
                if name in vals
            )
        )
        user = self.env.user
        if (
            moved
            and not self.env.su
            and not user.has_group("registrar_core.group_registrar_clerk")
        ):
            raise AccessError(
                self.env._("Only the registrar's office moves students between groups.")
            )
        # Who is taken off by a document leaves the group too; that document decides.
        if "class_group_id" in vals and not vals.get("is_cancelled"):
            moved._check_place_free()
        for name in ("class_group_id", "subgroup_id"):
            if vals.get(name) and not self.env.su:
                target = self[name].browse(vals[name])
                coming = moved.filtered(
                    lambda line, name=name, target=target: line[name] != target
                )
                coming._check_places(target)
        return moved

    def _check_places(self, target):
        """Refuse a group that is not opened or, but to the head, one that is full."""
        if not self:
            return
        if target._name == "registrar.class.group" and target.state == "not_opened":
            raise UserError(
                self.env._("The class group “%s” is not opened.", target.name)
            )
        count = target.student_count + len(self)
        if (
            target.size_max
            and count > target.size_max
            and not self.env.user.has_group("registrar_core.group_registrar_head")
        ):
            raise UserError(
                self.env._(
                    "“%(group)s” would have %(count)s students; it has %(places)s "
                    "places. The head of the office may go beyond.",
                    group=target.name,
                    count=count,
                    places=target.size_max,
                )
            )

    def _check_place_free(self):
        """Refuse to move lines whose place is fixed by a document.

        :raises UserError: with the reasons of all of them
        """
        reasons = self._place_obstacles()
        if reasons:
            raise UserError("\n".join(reasons.values()))

    def _place_obstacles(self):
        """Return why lines cannot leave their class group: ``{line id: text}``.

        The floors above add their documents.
        """
        return {}

    def _log_move(self, before):
        """Write into the history of the groups who came and who went."""
        if self.env.context.get("place_silent"):
            return
        for name in ("class_group_id", "subgroup_id"):
            index = ("class_group_id", "subgroup_id").index(name)
            moves = {}
            for line in self:
                source, target = before[line.id][index].sudo(), line[name]
                if source != target:
                    moves.setdefault((source, target), []).append(line)
            bodies = {}
            for (source, target), lines in moves.items():
                names = ", ".join(
                    line.student_id.full_name
                    + (
                        self.env._(" (another language)")
                        if line.is_other_language
                        else ""
                    )
                    for line in lines
                )
                for group in source | target:
                    bodies.setdefault(group.id, Markup())
                    bodies[group.id] += Markup("<p>%s</p>") % self.env._(
                        "Moved from %(origin)s to %(target)s: %(students)s",
                        origin=source.name or "–",
                        target=target.name or "–",
                        students=names,
                    )
            if bodies:
                self[name].browse(bodies)._message_log_batch(bodies=bodies)

    def action_notify_unplaced(self):
        """Tell students and their advisers that a discipline is not opened.

        Who has been told already is left out, so it may be repeated.
        """
        lines = self.filtered(
            lambda line: line.is_unplaced and not line.unplaced_notified
        )
        lines.check_access("write")
        if not lines:
            raise UserError(self.env._("Everybody here has been told already."))
        todo = self.env.ref("mail.mail_activity_data_todo")
        for plan, part in lines.grouped("plan_id").items():
            plan = plan.sudo()
            language = plan.student_id.partner_id.lang or self.env.lang
            part = part.with_context(lang=language)
            names = ", ".join(part.discipline_id.sudo().mapped("display_name"))
            text = part.env._(
                "These disciplines are not opened: %s. Please choose others.", names
            )
            plan.message_post(
                body=text,
                partner_ids=plan.student_id.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )
            adviser = plan.student_id.adviser_id.user_id
            if adviser:
                plan.activity_schedule(
                    activity_type_id=todo.id,
                    user_id=adviser.id,
                    summary=self.env._("Register again"),
                    note=text,
                )
        lines.sudo().unplaced_notified = True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%s students and their advisers have been told.",
                    len(lines.student_id),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_give_up_offers(self):
        """Give up the offers none of whose students has a place.

        Their registrations are taken off; students and waiting list are told by the
        offer (academic.md §5.1, step 4).

        :raises UserError: when there is no such offer
        """
        unplaced = self.filtered("is_unplaced")
        offers = unplaced.offer_id
        offers.check_access("write")
        placed = self.sudo()._read_group(
            [
                ("offer_id", "in", offers.ids),
                ("class_group_id", "!=", False),
                ("is_cancelled", "=", False),
            ],
            ["offer_id"],
        )
        offers -= offers.browse([offer.id for (offer,) in placed])
        if not offers:
            raise UserError(
                self.env._(
                    "None of these registrations belongs to an offer that could be "
                    "given up as a whole."
                )
            )
        return offers.action_not_open()

    @api.model
    def _guard_mutable(self):
        return super()._guard_mutable() | {
            "subgroup_id",
            "unplaced_reason",
            "unplaced_notified",
        }

    @api.model
    def _read_group_class_group_id(self, groups, domain):
        """Show the empty class groups of the discipline and term too."""
        discipline = self.env.context.get("place_discipline_id")
        term = self.env.context.get("place_term_id")
        if not (discipline and term):
            return groups
        return groups | groups.search(
            [
                ("discipline_id", "=", discipline),
                ("term_id", "=", term),
                ("state", "!=", "not_opened"),
            ]
        )

    @api.model
    def _read_group_subgroup_id(self, subgroups, domain):
        """Show the empty subgroups of the class group too."""
        group = self.env.context.get("place_class_group_id")
        if not group:
            return subgroups
        return subgroups | subgroups.search([("class_group_id", "=", group)])
