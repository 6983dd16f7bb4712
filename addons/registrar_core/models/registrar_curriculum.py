from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .curriculum_checks import OUTSIDE_TOTAL
from .selections import CYCLES, LANGUAGES_OF_STUDY, NOT_APPROVED, STUDY_FORMS

# Columns that do not change once the curriculum is approved.
FROZEN_COLUMNS = (
    "programme_id",
    "intake_year_id",
    "study_form",
    "language",
    "duration_years",
    "version",
)

_GUARD = """
CREATE OR REPLACE FUNCTION registrar_guard_curriculum_head() RETURNS trigger
LANGUAGE plpgsql AS $guard$
DECLARE
    name text;
BEGIN
    IF OLD.state IN ('draft', 'agreement') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND (
        NEW.state = OLD.state OR (OLD.state = 'approved' AND NEW.state = 'archived')
    ) THEN
        FOREACH name IN ARRAY string_to_array(TG_ARGV[0], ',') LOOP
            IF to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name THEN
                RAISE EXCEPTION 'curriculum %% is approved: %% cannot change',
                    OLD.id, name USING ERRCODE = 'restrict_violation';
            END IF;
        END LOOP;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'curriculum %% is approved: %% is refused', OLD.id, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$guard$;
DROP TRIGGER IF EXISTS registrar_guard_curriculum_head ON registrar_curriculum;
CREATE TRIGGER registrar_guard_curriculum_head
    BEFORE UPDATE OR DELETE ON registrar_curriculum
    FOR EACH ROW EXECUTE FUNCTION registrar_guard_curriculum_head(%s)
"""


class RegistrarCurriculum(models.Model):
    """Working curriculum of a programme for one intake.

    It is approved once and then never changes; a new version replaces it.
    Source: academic.md §4.2–4.3.
    """

    _name = "registrar.curriculum"
    _description = "Curriculum"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "programme_id, intake_year_id desc, study_form, language, version desc"
    _rec_names_search = ["programme_id", "intake_year_id"]

    programme_id = fields.Many2one(
        "registrar.programme",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    faculty_id = fields.Many2one(
        "hr.department", related="programme_id.faculty_id", store=True, index=True
    )
    intake_year_id = fields.Many2one(
        "registrar.academic.year",
        "Year of admission",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    study_form = fields.Selection(
        STUDY_FORMS, required=True, default="full_time", tracking=True
    )
    language = fields.Selection(
        LANGUAGES_OF_STUDY,
        "Language of study",
        help="Empty: the curriculum is the same in every language.",
        tracking=True,
    )
    duration_years = fields.Float(
        "Duration, years",
        compute="_compute_duration_years",
        store=True,
        readonly=False,
        precompute=True,
        digits=(3, 1),
        aggregator=None,
    )
    version = fields.Integer(default=1, required=True, copy=False, aggregator=None)
    previous_id = fields.Many2one(
        "registrar.curriculum", "Previous version", readonly=True, copy=False
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("agreement", "Under agreement"),
            ("approved", "Approved"),
            ("archived", "Archived"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    approval_basis = fields.Char(
        "Basis of approval",
        copy=False,
        help="E.g. protocol No. 1 of the academic council of 28 August 2026.",
        tracking=True,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_date = fields.Date(readonly=True, copy=False)
    module_ids = fields.One2many(
        "registrar.curriculum.module", "curriculum_id", "Modules"
    )
    block_ids = fields.One2many(
        "registrar.curriculum.block", "curriculum_id", "Elective blocks"
    )
    line_ids = fields.One2many("registrar.curriculum.line", "curriculum_id", "Lines")
    credits_total = fields.Float(
        "Credits", compute="_compute_credits_total", store=True, digits=(6, 1)
    )
    credits_required = fields.Integer(
        "Credits of the programme", related="programme_id.credits_required"
    )
    credits_by_term = fields.Char("Credits by term", compute="_compute_credits_summary")
    credits_by_cycle = fields.Char(
        "Credits by cycle", compute="_compute_credits_summary"
    )
    group_ids = fields.One2many("registrar.group", "curriculum_id", "Groups")
    group_count = fields.Integer("Number of groups", compute="_compute_group_count")
    line_count = fields.Integer("Number of lines", compute="_compute_line_count")

    # Columns that the actions write and nobody else.
    _action_columns = frozenset({"state", "approved_by_id", "approved_date"})

    _version_unique = models.UniqueIndex(
        "(programme_id, intake_year_id, study_form, COALESCE(language, ''),"
        " duration_years, version)",
        "There is already a curriculum of this programme, intake, form, language and "
        "duration with this version.",
    )

    def init(self):
        result = super().init()
        self.env.cr.execute(_GUARD, (",".join(FROZEN_COLUMNS),))
        return result

    @api.depends("programme_id", "intake_year_id", "study_form", "language", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        forms = dict(self._fields["study_form"]._description_selection(self.env))
        for curriculum in self:
            parts = [
                curriculum.programme_id.code,
                curriculum.intake_year_id.name,
                (forms.get(curriculum.study_form) or "").lower(),
                curriculum.language,
                f"v{curriculum.version}",
            ]
            curriculum.display_name = " ".join(part for part in parts if part)

    @api.depends("programme_id")
    def _compute_duration_years(self):
        for curriculum in self:
            curriculum.duration_years = curriculum.programme_id.duration_years

    @api.depends(
        "line_ids.credits",
        "line_ids.cycle",
        "line_ids.block_id",
        "line_ids.is_default",
        "line_ids.discipline_id",
        "block_ids.choose",
    )
    def _compute_credits_total(self):
        for curriculum in self:
            curriculum.credits_total = sum(
                line.credits
                for line in curriculum._chosen_lines()
                if line.cycle != OUTSIDE_TOTAL
            )

    @api.depends("credits_total", "line_ids.term_number")
    @api.depends_context("lang")
    def _compute_credits_summary(self):
        cycles = dict(
            self.env["registrar.curriculum.line"]
            ._fields["cycle"]
            ._description_selection(self.env)
        )
        for curriculum in self:
            by_term, by_cycle = Counter(), Counter()
            for line in curriculum._chosen_lines():
                by_cycle[line.cycle] += line.credits
                if line.cycle != OUTSIDE_TOTAL:
                    by_term[line.term_number] += line.credits
            last = max(by_term, default=0)
            curriculum.credits_by_term = " / ".join(
                f"{by_term[number]:g}" for number in range(1, last + 1)
            )
            curriculum.credits_by_cycle = " · ".join(
                f"{cycles[cycle]} {by_cycle[cycle]:g}"
                for cycle, __ in CYCLES
                if cycle in by_cycle
            )

    def _compute_group_count(self):
        counts = dict(
            self.env["registrar.group"]._read_group(
                [("curriculum_id", "in", self.ids)], ["curriculum_id"], ["__count"]
            )
        )
        for curriculum in self:
            curriculum.group_count = counts.get(curriculum._origin, 0)

    @api.depends("line_ids")
    def _compute_line_count(self):
        for curriculum in self:
            curriculum.line_count = len(curriculum.line_ids)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(
            vals.get("state", "draft") != "draft" for vals in vals_list
        ):
            raise AccessError(self.env._("A curriculum is born as a draft."))
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & self._action_columns and not self.env.su:
            raise AccessError(self.env._("The state is set by the actions only."))
        frozen = vals.keys() & {*FROZEN_COLUMNS, "approval_basis"}
        if frozen:
            self._check_draft()
        result = super().write(vals)
        if frozen - {"approval_basis"}:
            self._content_changed()
        return result

    def copy_data(self, default=None):
        default = dict(default or {})
        vals_list = super().copy_data(default)
        for curriculum, vals in zip(self, vals_list, strict=True):
            if "version" not in default:
                vals["version"] = curriculum._next_version()
        return vals_list

    def copy(self, default=None):
        copies = super().copy(default)
        for curriculum, copied in zip(self, copies, strict=True):
            curriculum._copy_content(copied)
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._check_draft()

    def action_approve(self):
        """Approve curricula; from now on they cannot be changed.

        The version each of them was made from is archived.

        :raises UserError: with everything that is wrong with the curricula
        """
        self._check_may_approve()
        self._check_draft()
        refused = self._refusals()
        if refused:
            raise UserError(
                "\n\n".join(
                    "\n".join([curriculum.display_name, *(f"– {p}" for p in problems)])
                    for curriculum, problems in refused.items()
                )
            )
        self.env.flush_all()
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        self.sudo().write(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_date": fields.Date.context_today(self),
            }
        )
        previous = self.previous_id.filtered(lambda c: c.state == "approved")
        previous.sudo().write({"state": "archived"})
        return True

    def action_archive_curriculum(self):
        """Take approved curricula out of use; groups keep following them."""
        self._check_may_manage()
        if any(curriculum.state != "approved" for curriculum in self):
            raise UserError(self.env._("Only approved curricula can be archived."))
        self.sudo().write({"state": "archived"})
        return True

    def action_new_version(self):
        """Copy an approved curriculum into a draft of the next version."""
        self.ensure_one()
        if self.state in NOT_APPROVED:
            raise UserError(
                self.env._("A draft can be changed; it needs no new version.")
            )
        version = self.copy({"previous_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": version.id,
            "view_mode": "form",
        }

    def action_take_over_groups(self):
        """Let the groups of the previous version follow this one."""
        self.ensure_one()
        self._check_may_manage()
        if self.state != "approved":
            raise UserError(
                self.env._("Groups can follow an approved curriculum only.")
            )
        self.previous_id.group_ids.write({"curriculum_id": self.id})
        return True

    def action_open_groups(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_group_action"
        )
        return dict(
            action,
            domain=[("curriculum_id", "=", self.id)],
            context={
                "default_curriculum_id": self.id,
                "default_programme_id": self.programme_id.id,
                "default_intake_year_id": self.intake_year_id.id,
                "default_study_form": self.study_form,
            },
        )

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_curriculum_line_action"
        )
        return dict(
            action,
            domain=[("curriculum_id", "=", self.id)],
            context={
                "default_curriculum_id": self.id,
                "search_default_group_by_term": 1,
            },
        )

    def _check_may_manage(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "registrar_core.group_registrar_clerk"
        ):
            raise AccessError(
                self.env._("Curricula are kept by the registrar's office.")
            )

    def _check_may_approve(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "registrar_core.group_registrar_head"
        ):
            raise AccessError(
                self.env._("Curricula are approved by the head of the office.")
            )

    def _check_draft(self):
        """Refuse to change what is approved.

        :raises UserError: naming the first curriculum that is approved or archived
        """
        for curriculum in self:
            if curriculum.state not in NOT_APPROVED:
                raise UserError(
                    self.env._(
                        "The curriculum “%s” is approved and cannot be changed. "
                        "Make a new version of it.",
                        curriculum.display_name,
                    )
                )

    def _next_version(self):
        self.ensure_one()
        latest = self.search(
            [
                ("programme_id", "=", self.programme_id.id),
                ("intake_year_id", "=", self.intake_year_id.id),
                ("study_form", "=", self.study_form),
                ("language", "=", self.language),
                ("duration_years", "=", self.duration_years),
            ],
            order="version desc",
            limit=1,
        )
        return latest.version + 1

    def _copy_content(self, target):
        """Copy modules, blocks and lines to another, empty curriculum."""
        self.ensure_one()
        parts = {}
        for field in ("module_ids", "block_ids"):
            records = self[field]
            vals_list = records.copy_data({"curriculum_id": target.id})
            copies = records.create(vals_list)
            parts.update(zip(records, copies, strict=True))
        vals_list = []
        for line, vals in zip(
            self.line_ids,
            self.line_ids.copy_data({"curriculum_id": target.id}),
            strict=True,
        ):
            vals["module_id"] = line.module_id and parts[line.module_id].id
            vals["block_id"] = line.block_id and parts[line.block_id].id
            vals["hours_total"] = line.hours_total
            vals_list.append(vals)
        self.line_ids.create(vals_list)

    def _chosen_lines(self):
        """Return what a student studies who takes the default options.

        Of an elective block these are ``choose`` disciplines: those marked as
        default first, then in the order of the curriculum.
        """
        chosen = self.env["registrar.curriculum.line"]
        for curriculum in self:
            options = defaultdict(list)
            for line in curriculum.line_ids:
                if not line.block_id:
                    chosen |= line
                elif line.discipline_id not in options[line.block_id]:
                    options[line.block_id].append(line.discipline_id)
            for block, disciplines in options.items():
                lines = curriculum.line_ids.filtered(
                    lambda line, block=block: line.block_id == block
                )
                default = lines.filtered("is_default").discipline_id
                disciplines.sort(key=lambda d, default=default: d not in default)
                taken = disciplines[: block.choose]
                chosen |= lines.filtered(
                    lambda line, taken=taken: line.discipline_id in taken
                )
        return chosen
