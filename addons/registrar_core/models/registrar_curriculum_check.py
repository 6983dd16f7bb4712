from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from .curriculum_checks import ERROR, NEVER_OVERRIDDEN, violations
from .selections import NOT_APPROVED


class RegistrarCurriculum(models.Model):
    """What is wrong with a curriculum, and approval in spite of it."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.curriculum"

    standard_profile_id = fields.Many2one(
        "registrar.standard.profile",
        "Standard",
        ondelete="restrict",
        tracking=True,
        help="Empty: the profile of the level and volume in force when the students "
        "were admitted.",
    )
    applied_profile_id = fields.Many2one(
        "registrar.standard.profile",
        "Standard applied",
        compute="_compute_applied_profile_id",
    )
    check_level = fields.Selection(
        [("ok", "In order"), ("warning", "Remarks"), ("error", "Errors")],
        "Check",
        compute="_compute_check_level",
        store=True,
        index=True,
        compute_sudo=True,
    )
    error_count = fields.Integer(
        "Errors",
        compute="_compute_check_level",
        store=True,
        compute_sudo=True,
        aggregator=None,
    )
    warning_count = fields.Integer(
        "Remarks",
        compute="_compute_check_level",
        store=True,
        compute_sudo=True,
        aggregator=None,
    )
    problem_html = fields.Html(
        "What is wrong",
        compute="_compute_problem_html",
        groups="registrar_core.group_registrar_user",
    )
    check_html = fields.Html(
        "Result of the check",
        compute="_compute_problem_html",
        groups="registrar_core.group_registrar_user",
    )
    has_problems = fields.Boolean(compute="_compute_problem_html")
    override_ground = fields.Text(
        "Ground of approval in spite of errors",
        readonly=True,
        copy=False,
        tracking=True,
        groups="registrar_core.group_registrar_user",
    )
    override_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        groups="registrar_core.group_registrar_user",
    )

    _action_columns = frozenset(
        {
            "state",
            "approved_by_id",
            "approved_date",
            "override_ground",
            "override_by_id",
            "submitted_by_id",
            "submitted_date",
            "department_agreed_by_id",
            "department_agreed_date",
            "dean_agreed_by_id",
            "dean_agreed_date",
            "return_reason",
        }
    )

    @api.depends(
        "standard_profile_id",
        "programme_id.level",
        "programme_id.credits_required",
        "intake_year_id",
    )
    def _compute_applied_profile_id(self):
        profiles = self.env["registrar.standard.profile"]._for(self)
        for curriculum in self:
            curriculum.applied_profile_id = profiles[curriculum]

    @api.depends(
        "standard_profile_id",
        "programme_id.level",
        "programme_id.credits_required",
        "intake_year_id",
        "duration_years",
        "module_ids.name_kk",
        "module_ids.name_ru",
        "module_ids.name_en",
        "block_ids.choose",
        "line_ids.block_id",
        "line_ids.slot",
        "line_ids.is_default",
        "line_ids.cycle",
        "line_ids.component",
        "line_ids.credits",
        "line_ids.term_number",
        "line_ids.hours_total",
        "line_ids.hours_lecture",
        "line_ids.hours_practical",
        "line_ids.hours_laboratory",
        "line_ids.hours_studio",
        "line_ids.hours_supervised",
        "line_ids.hours_independent",
        "line_ids.hours_practice",
        "line_ids.hours_thesis",
        "line_ids.control_form",
        "line_ids.discipline_id.name_kk",
        "line_ids.discipline_id.name_ru",
        "line_ids.discipline_id.name_en",
        "line_ids.discipline_id.code_kk",
        "line_ids.discipline_id.code_ru",
        "line_ids.discipline_id.code_en",
        "line_ids.discipline_id.prerequisite_ids",
        "line_ids.discipline_id.corequisite_ids",
    )
    def _compute_check_level(self):
        found = self._violations()
        for curriculum in self:
            own = found[curriculum.id]
            errors = sum(violation.level == ERROR for violation in own)
            curriculum.error_count = errors
            curriculum.warning_count = len(own) - errors
            curriculum.check_level = "error" if errors else "warning" if own else "ok"

    @api.depends(
        "state",
        "credits_total",
        "check_level",
        "error_count",
        "warning_count",
        "line_ids",
        "block_ids",
        "duration_years",
    )
    @api.depends_context("lang")
    def _compute_problem_html(self):
        found = self._violations()
        for curriculum in self:
            own = found[curriculum.id]
            errors = [violation for violation in own if violation.level == ERROR]
            warnings = [violation for violation in own if violation.level != ERROR]
            waiting = curriculum.state in NOT_APPROVED
            curriculum.has_problems = waiting and bool(errors)
            curriculum.problem_html = (
                self._bullets(errors) if waiting and errors else False
            )
            parts = []
            if errors:
                parts += [
                    Markup("<h4 class='text-danger'>%s</h4>") % self.env._("Errors"),
                    self._bullets(errors),
                ]
            if warnings:
                parts += [
                    Markup("<h4 class='text-warning mt-3'>%s</h4>")
                    % self.env._("Remarks"),
                    self._bullets(warnings),
                ]
            if not own:
                parts.append(
                    Markup("<p class='text-success'>%s</p>")
                    % self.env._("Everything is in order.")
                )
            curriculum.check_html = Markup().join(parts)

    def action_check(self):
        """Check again, e.g. after the standard has changed."""
        self.check_access("read")
        self.sudo()._refresh_checks()
        return True

    def action_open_override(self):
        """Ask on what ground the curricula are approved in spite of errors."""
        self._check_may_approve()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approve in spite of errors"),
            "res_model": "registrar.curriculum.override",
            "view_mode": "form",
            "target": "new",
            "context": {"default_curriculum_ids": self.ids},
        }

    def action_approve_on_ground(self, ground):
        """Approve curricula with errors; the ground and the errors are kept.

        :raises UserError: without a ground, or for errors nobody can override
        """
        self._check_may_approve()
        self._check_draft()
        ground = (ground or "").strip()
        if not ground:
            raise UserError(self.env._("State the ground."))
        found = self._violations()
        for curriculum in self:
            errors = [v for v in found[curriculum.id] if v.level == ERROR]
            if not errors:
                continue
            curriculum.sudo().write(
                {"override_ground": ground, "override_by_id": self.env.uid}
            )
            curriculum.sudo().message_post(
                body=Markup("<p>%s</p>%s")
                % (
                    self.env._(
                        "%(user)s approves in spite of errors: %(ground)s",
                        user=self.env.user.name,
                        ground=ground,
                    ),
                    self._bullets(errors),
                )
            )
        return self.action_approve()

    def _violations(self):
        """Return everything that is wrong with each curriculum.

        :return: ``{curriculum id: [Violation(level, code, text)]}``
        """
        return violations(self)

    def _approval_problems(self):
        """Return the errors of one curriculum as texts.

        :rtype: list[str]
        """
        self.ensure_one()
        return [v.text for v in self._violations()[self.id] if v.level == ERROR]

    def _refusals(self):
        """Return what stands against the approval: ``{curriculum: [text]}``.

        Errors overridden with a ground do not count.
        """
        found = self._violations()
        refused = {}
        for curriculum in self:
            texts = [
                violation.text
                for violation in found[curriculum.id]
                if violation.level == ERROR
                and not (
                    curriculum.override_ground
                    and violation.code not in NEVER_OVERRIDDEN
                )
            ]
            texts += curriculum._missing_agreements()
            if texts:
                refused[curriculum] = texts
        return refused

    @api.model
    def _refresh_checks(self):
        """Compute the flags again; without records, of all that are not approved."""
        curricula = self or self.search([("state", "in", NOT_APPROVED)])
        for name in ("check_level", "error_count", "warning_count"):
            self.env.add_to_compute(self._fields[name], curricula)

    @api.model
    def _bullets(self, found):
        return Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % violation.text for violation in found
        )
