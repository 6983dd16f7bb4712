from collections import namedtuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .selections import LANGUAGES_OF_STUDY, LEVELS

#: What limits hold for: fewest and most students, and whether the fewest count.
Limit = namedtuple("Limit", "minimum maximum exempt electives_only")
UNLIMITED = Limit(0, 0, True, False)


class RegistrarGroupSize(models.Model):
    """How many students a class group, stream or subgroup has.

    Dated data, not constants: every university has its own sizes (academic.md §4.5,
    §11). Of the rows in force the most specific one counts: that of the discipline
    before that of the department, then language, then level.
    """

    _name = "registrar.group.size"
    _description = "Size of groups"
    _inherit = ["mail.thread"]
    _order = "kind, valid_from desc, id"

    kind = fields.Selection(
        [
            ("class_group", "Class group"),
            ("stream", "Stream"),
            ("subgroup_laboratory", "Laboratory subgroup"),
            ("subgroup_language", "Language subgroup"),
            ("subgroup_practical", "Subgroup for practical classes"),
        ],
        required=True,
        default="class_group",
        index=True,
        tracking=True,
    )
    level = fields.Selection(LEVELS, help="Empty: all levels.")
    language = fields.Selection(LANGUAGES_OF_STUDY, help="Empty: all languages.")
    department_id = fields.Many2one(
        "hr.department",
        index=True,
        domain="[('registrar_kind', 'in', ('faculty', 'department'))]",
        help="Of the discipline, with the departments below; empty: all.",
    )
    discipline_id = fields.Many2one(
        "registrar.discipline", index=True, help="Empty: all disciplines."
    )
    size_min = fields.Integer("Fewest students", tracking=True, aggregator=None)
    size_max = fields.Integer(
        "Most students", tracking=True, aggregator=None, help="0: no limit."
    )
    is_exempt = fields.Boolean(
        "Opened with fewer too",
        tracking=True,
        help="Small programmes and disciplines are opened with any number of students.",
    )
    minimum_scope = fields.Selection(
        [
            ("electives", "Elective disciplines"),
            ("all", "All disciplines"),
        ],
        "Fewest students hold for",
        required=True,
        default="electives",
        tracking=True,
        help="A compulsory discipline is taught however few students have it; an "
        "elective one is not opened below the minimum.",
    )
    valid_from = fields.Date(
        "In force from", required=True, default="2000-01-01", tracking=True
    )
    valid_to = fields.Date("In force to", tracking=True)

    _sizes_ordered = models.Constraint(
        "CHECK (size_min >= 0 AND size_max >= 0"
        " AND (size_max = 0 OR size_max >= size_min))",
        "The most students cannot be fewer than the fewest.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_to >= valid_from)",
        "The size ends before it begins.",
    )

    @api.depends("kind", "level", "language", "department_id", "discipline_id")
    def _compute_display_name(self):
        kinds, levels, languages = (
            dict(self._fields[name]._description_selection(self.env))
            for name in ("kind", "level", "language")
        )
        for size in self:
            parts = (
                kinds.get(size.kind),
                levels.get(size.level),
                languages.get(size.language),
                size.department_id.name,
                size.discipline_id.code,
            )
            size.display_name = ", ".join(part for part in parts if part)

    @api.constrains(
        "kind",
        "level",
        "language",
        "department_id",
        "discipline_id",
        "valid_from",
        "valid_to",
    )
    def _check_overlap(self):
        for size in self:
            domain = Domain("id", "!=", size.id)
            for name in ("kind", "level", "language"):
                domain &= Domain(name, "=", size[name])
            for name in ("department_id", "discipline_id"):
                domain &= Domain(name, "=", size[name].id)
            domain &= Domain("valid_to", "=", False) | Domain(
                "valid_to", ">=", size.valid_from
            )
            if size.valid_to:
                domain &= Domain("valid_from", "<=", size.valid_to)
            if other := self.search(domain, limit=1):
                raise ValidationError(
                    self.env._(
                        "The size “%(size)s” is already given from %(day)s. End that "
                        "one first.",
                        size=size.display_name,
                        day=other.valid_from,
                    )
                )

    @api.model
    def _limits(self, kind, keys, day):
        """Return the limits in force on ``day``.

        :param str kind: e.g. ``"class_group"``
        :param keys: triples of discipline record, language and level; the last two may
            be empty
        :return: ``{(discipline id, language, level): Limit}``; nothing in force means
            no limits
        """
        rules = self.sudo().search(
            Domain("kind", "=", kind)
            & Domain("valid_from", "<=", day)
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", day))
        )
        facts = [
            (
                rule.discipline_id.id,
                rule.department_id.id,
                rule.language,
                rule.level,
                Limit(
                    rule.size_min,
                    rule.size_max,
                    rule.is_exempt,
                    rule.minimum_scope == "electives",
                ),
            )
            for rule in rules
        ]
        result, paths = {}, {}
        for discipline, language, level in keys:
            if discipline not in paths:
                path = discipline.sudo().department_id.parent_path or ""
                paths[discipline] = [int(part) for part in path.split("/") if part]
            best = None
            for of_discipline, of_department, of_language, of_level, limit in facts:
                if (
                    (of_discipline and of_discipline != discipline.id)
                    or (of_department and of_department not in paths[discipline])
                    or (of_language and of_language != language)
                    or (of_level and of_level != level)
                ):
                    continue
                depth = (
                    paths[discipline].index(of_department) + 1 if of_department else 0
                )
                rank = (bool(of_discipline), depth, bool(of_language), bool(of_level))
                if best is None or rank > best[0]:
                    best = (rank, limit)
            result[discipline.id, language, level] = best[1] if best else UNLIMITED
        return result
