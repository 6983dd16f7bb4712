from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class RegistrarClassGroupForm(models.TransientModel):
    """Form class groups, streams and subgroups: first look, then do."""

    _name = "registrar.class.group.form"
    _description = "Form class groups"

    state = fields.Selection(
        [("choose", "Choose"), ("preview", "Preview"), ("done", "Done")],
        default="choose",
        required=True,
    )
    term_id = fields.Many2one(
        "registrar.term", required=True, default=lambda self: self._default_term_id()
    )
    faculty_ids = fields.Many2many(
        "hr.department",
        "registrar_class_group_form_faculty_rel",
        string="Faculties of the students",
        domain="[('registrar_kind', '=', 'faculty')]",
    )
    department_ids = fields.Many2many(
        "hr.department",
        "registrar_class_group_form_department_rel",
        string="Departments of the disciplines",
        domain="[('registrar_kind', 'in', ('faculty', 'department'))]",
    )
    discipline_ids = fields.Many2many("registrar.discipline", string="Disciplines")
    keep_whole = fields.Boolean(
        "Never divide academic groups",
        help="Rather open one more class group than divide an academic group that "
        "fits into one.",
    )
    with_streams = fields.Boolean("Form streams too", default=True)
    with_subgroups = fields.Boolean("Form subgroups too", default=True)
    subgroup_order = fields.Selection(
        [
            ("alphabet", "By the alphabet"),
            ("group", "By academic group, then by the alphabet"),
        ],
        "Divide into subgroups",
        required=True,
        default="alphabet",
    )
    waiting_count = fields.Integer("Registrations to be placed", readonly=True)
    placed_count = fields.Integer("Placed", readonly=True)
    new_count = fields.Integer("New class groups", readonly=True)
    divided_count = fields.Integer("Academic groups divided", readonly=True)
    unplaced_count = fields.Integer("Without place", readonly=True)
    stream_count = fields.Integer("Streams", readonly=True)
    subgroup_count = fields.Integer("Subgroups", readonly=True)
    histogram_html = fields.Html("Sizes of the groups", readonly=True)
    line_ids = fields.One2many(
        "registrar.class.group.form.line", "wizard_id", "Outcome", readonly=True
    )
    class_group_ids = fields.Many2many("registrar.class.group", readonly=True)

    @api.model
    def _default_term_id(self):
        if self.env.context.get("active_model") == "registrar.term":
            return self.env.context.get("active_id")
        today = fields.Date.context_today(self)
        Term = self.env["registrar.term"]
        upcoming = Term.search([("date_from", ">", today)], order="date_from", limit=1)
        return Term._at(today) or upcoming or Term.search([], limit=1)

    @api.onchange(
        "term_id", "faculty_ids", "department_ids", "discipline_ids", "keep_whole"
    )
    def _onchange_conditions(self):
        self.state = "choose"

    def action_preview(self):
        """Work out the class groups without making them."""
        self.ensure_one()
        Group = self.env["registrar.class.group"]
        Group.check_access("create")
        courses = Group._plan_courses(
            self.term_id, self._line_domain(), keep_whole=self.keep_whole
        )
        self._show(courses)
        self.state = "preview"
        return self._reopen()

    def action_form(self):
        """Form class groups, then streams and subgroups, and show the outcome."""
        self.ensure_one()
        Group = self.env["registrar.class.group"]
        Group.check_access("create")
        Group._lock_term(self.term_id)
        courses = Group._plan_courses(
            self.term_id, self._line_domain(), keep_whole=self.keep_whole
        )
        self._show(courses)
        self.class_group_ids = Group._apply_courses(self.term_id, courses)
        domain = self._group_domain()
        if self.with_streams:
            streams = Group._form_streams(self.term_id, domain)
            self.stream_count = len(streams)
        if self.with_subgroups:
            subgroups = Group._form_subgroups(
                self.term_id, domain, order=self.subgroup_order
            )
            self.subgroup_count = len(subgroups)
        self.state = "done"
        return self._reopen()

    def action_open_class_groups(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_class_group_action"
        )
        return dict(action, domain=[("id", "in", self.class_group_ids.ids)], context={})

    def action_open_unplaced(self):
        """Show who has to register again."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_study_plan_line_action_unplaced"
        )
        return dict(
            action,
            domain=Domain("term_id", "=", self.term_id.id) & self._line_domain(),
            context={
                "search_default_unplaced": 1,
                "search_default_group_by_discipline": 1,
            },
        )

    def _line_domain(self):
        domain = Domain.TRUE
        if self.faculty_ids:
            domain &= Domain("plan_id.faculty_id", "in", self.faculty_ids.ids)
        return domain & self._discipline_domain()

    def _group_domain(self):
        domain = self._discipline_domain()
        if self.faculty_ids:
            domain &= Domain("line_ids.plan_id.faculty_id", "in", self.faculty_ids.ids)
        return domain

    def _discipline_domain(self):
        domain = Domain.TRUE
        if self.department_ids:
            domain &= Domain(
                "discipline_id.department_id", "child_of", self.department_ids.ids
            )
        if self.discipline_ids:
            domain &= Domain("discipline_id", "in", self.discipline_ids.ids)
        return domain

    def _show(self, courses):
        """Put the placement of courses into the fields of the wizard."""
        Group = self.env["registrar.class.group"]
        totals = Counter()
        sizes = Counter()
        vals_list = []
        for course in courses:
            placement = course.placement
            existing = {group["id"]: group["count"] for group in course.groups}
            for target, part in placement.existing.items():
                existing[target] += sum(number for __, number in part)
            new = [sum(number for __, number in part) for part in placement.new]
            sizes.update(new)
            sizes.update(existing.values())
            waiting = sum(len(lines) for __, lines in course.units)
            unplaced = sum(number for __, number in placement.unplaced)
            parts = Counter(
                unit
                for part in [*placement.existing.values(), *placement.new]
                for unit, __ in part
                if unit
            )
            divided = sum(1 for number in parts.values() if number > 1)
            totals.update(
                waiting=waiting,
                unplaced=unplaced,
                new=len(new),
                divided=divided,
            )
            vals_list.append(
                {
                    "wizard_id": self.id,
                    "discipline_id": course.discipline.id,
                    "language": course.language,
                    "control_form": course.control_form,
                    "waiting_count": waiting,
                    "existing_count": len(course.groups),
                    "new_count": len(new),
                    "sizes": ", ".join(
                        map(str, [*sorted(existing.values()), *sorted(new)])
                    ),
                    "divided_count": divided,
                    "unplaced_count": unplaced,
                    "reason": Group._unplaced_reason_of(course) if unplaced else False,
                }
            )
        self.line_ids.unlink()
        self.env["registrar.class.group.form.line"].create(vals_list)
        self.write(
            {
                "waiting_count": totals["waiting"],
                "placed_count": totals["waiting"] - totals["unplaced"],
                "new_count": totals["new"],
                "divided_count": totals["divided"],
                "unplaced_count": totals["unplaced"],
                "histogram_html": self._histogram(sizes),
            }
        )

    def _histogram(self, sizes):
        """Draw how many groups have how many students, in steps of five."""
        steps = Counter()
        for size, number in sizes.items():
            if size:
                steps[(size - 1) // 5] += number
        if not steps:
            return False
        highest = max(steps.values())
        return Markup("<table class='table table-sm mb-0'>%s</table>") % Markup().join(
            Markup(
                "<tr><td class='text-nowrap' style='width:6em'>%s–%s</td>"
                "<td><div class='bg-primary rounded' style='height:1em;"
                "min-width:2px;width:%s%%'></div></td>"
                "<td class='text-end' style='width:4em'>%s</td></tr>"
            )
            % (
                step * 5 + 1,
                step * 5 + 5,
                round(100 * steps[step] / highest),
                steps[step],
            )
            for step in range(min(steps), max(steps) + 1)
        )

    def _reopen(self):
        if not self.line_ids and self.state == "preview":
            raise UserError(
                self.env._("All registered students have their class groups.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Form class groups"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
