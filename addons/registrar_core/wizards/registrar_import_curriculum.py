import difflib
from collections import defaultdict
from datetime import date

from markupsafe import Markup

from odoo import models
from odoo.tools.misc import formatLang

from ..models.registrar_term import TERMS_PER_YEAR
from ..models.selections import COMPONENTS, CYCLES, NOT_APPROVED
from ..tools.importing import cells
from ..tools.importing.curriculum import HOURS, expand_lines, parse_curriculum
from ..tools.importing.issues import ERROR, WARNING
from ..tools.normalise import code_key, normalise_code

# Two names nearer than this are spellings of one discipline.
SAME_NAME = 0.75
LINE_FIELDS = (
    "sequence",
    "slot",
    "cycle",
    "component",
    "credits",
    "hours_total",
    *HOURS,
    "control_form",
    "in_gpa",
    "is_default",
)


class Plan:
    """What the import of one curriculum is going to do."""

    def __init__(self):
        self.programme = None
        self.programme_vals = None
        self.year = None
        self.year_vals = None
        self.head = {}
        self.curriculum = None
        self.previous = None
        # code key → discipline record, or values of a new one
        self.disciplines = {}
        self.discipline_updates = []
        self.modules = {}
        self.blocks = {}
        self.lines = []


class RegistrarImportCurriculum(models.AbstractModel):
    """Import of curricula, a part of the wizard."""

    _name = "registrar.import.curriculum"
    _description = "Import: curriculum"

    def _import_curriculum(self, sheet, filename, options, result):
        """Import a curriculum: one row is one option of a slot.

        A curriculum is found again by programme, year of admission, form, language,
        duration and version; its lines by discipline and term, modules by number,
        elective blocks by slot. The file is the whole curriculum: lines it lacks are
        removed from the draft. Disciplines are found by their normalised code.
        """
        parsed = parse_curriculum(sheet)
        result.issues += sheet.issues
        result.summary = parsed.totals()
        plan = Plan()
        self._plan_head(plan, options, result)
        if not result.errors:
            self._plan_disciplines(plan, parsed, options, sheet, result)
            self._plan_content(plan, parsed, options, result)
            self._check_volume(plan, parsed, result)
        if result.errors:
            return
        if result.dry_run:
            result.records = plan.curriculum
            return
        self._apply_plan(plan, options, result)
        result.records = plan.curriculum
        result.stored = True
        if any(
            counter[what]
            for counter in result.counts.values()
            for what in ("created", "updated", "deleted")
        ):
            plan.curriculum.message_post(
                body=self.env._("Imported from the file %s.", filename or "–")
            )

    # -- head -----------------------------------------------------------------------

    def _plan_head(self, plan, options, result):
        self._plan_programme(plan, options, result)
        self._plan_year(plan, options, result)
        if result.errors:
            return
        programme = plan.programme
        years = options.get("duration_years") or programme.duration_years
        if not years:
            years = self._usual_years(options.get("level") or "bachelor")
        plan.head = {
            "study_form": options.get("study_form") or "full_time",
            "language": options.get("language") or False,
            "duration_years": years,
        }
        Curriculum = self.env["registrar.curriculum"]
        plan.curriculum = Curriculum
        versions = Curriculum
        if programme and plan.year:
            versions = Curriculum.search(
                [
                    ("programme_id", "=", programme.id),
                    ("intake_year_id", "=", plan.year.id),
                    ("study_form", "=", plan.head["study_form"]),
                    ("language", "=", plan.head["language"]),
                    ("duration_years", "=", years),
                ],
                order="version desc",
            )
        latest = versions[:1]
        wanted = options.get("version")
        if wanted:
            latest = versions.filtered(lambda c: c.version == wanted)
            if not latest:
                following = (versions[:1].version or 0) + 1
                if wanted != following:
                    result.add(ERROR, "version_missing", version=wanted, next=following)
                plan.previous = versions[:1]
        plan.curriculum = latest
        plan.head["version"] = wanted or (latest.version if latest else 1)

    def _plan_programme(self, plan, options, result):
        Programme = self.env["registrar.programme"]
        programme = options.get("programme") or options.get("programme_code")
        code = ""
        if isinstance(programme, int) and programme:
            programme = Programme.browse(programme).exists()
        elif isinstance(programme, str):
            code = normalise_code(programme.upper())[0]
            programme = Programme.with_context(active_test=False).search(
                [("code", "=", code)], limit=1
            )
        plan.programme = programme or Programme
        if plan.programme:
            return
        if not (code and options.get("create_programme")):
            result.add(
                ERROR,
                "head_new_programme"
                if options.get("create_programme")
                else "head_programme",
            )
            return
        department = self._record_id(options.get("department"))
        plan.programme_vals = {
            "code": code,
            "name_kk": options.get("programme_name_kk"),
            "name_ru": options.get("programme_name_ru"),
            "name_en": options.get("programme_name_en") or False,
            "level": options.get("level") or "bachelor",
            "department_id": department,
        }
        if not (
            plan.programme_vals["name_kk"]
            and plan.programme_vals["name_ru"]
            and department
        ):
            result.add(ERROR, "head_new_programme")
            return
        result.count("registrar.programme", "created")

    def _plan_year(self, plan, options, result):
        Year = self.env["registrar.academic.year"]
        year = options.get("intake_year")
        if isinstance(year, str):
            name = year.replace("-", "/").replace(" ", "")
            first = name.partition("/")[0]
            year = Year.search([("name", "=", name)], limit=1)
            may_create = options.get("create_year") and Year.has_access("create")
            if not year and may_create and first.isdigit():
                start = int(first)
                plan.year_vals = {
                    "name": f"{start}/{start + 1}",
                    "date_from": date(start, 9, 1),
                    "date_to": date(start + 1, 8, 31),
                }
                result.count("registrar.academic.year", "created")
        elif isinstance(year, int) and year:
            year = Year.browse(year).exists()
        plan.year = year or Year
        if not plan.year and not plan.year_vals:
            result.add(ERROR, "head_year")

    def _usual_years(self, level):
        programme = self.env["registrar.programme"].new({"level": level})
        return programme.duration_years

    @staticmethod
    def _record_id(value):
        return value if isinstance(value, int) else value.id if value else False

    # -- disciplines ----------------------------------------------------------------

    def _plan_disciplines(self, plan, parsed, options, sheet, result):
        """Find every discipline of the file, or plan a new one."""
        Discipline = self.env["registrar.discipline"].with_context(active_test=False)
        known = {}
        for discipline in Discipline.search_fetch(
            [], ["code", "code_kk", "code_ru", "code_en", "kind", "name_kk", "name_ru"]
        ):
            known.setdefault(code_key(discipline.code), discipline)
        shared = self._shared_disciplines(plan, parsed, known)
        rows = {row.number: row for row in sheet.rows}
        first_issue = len(sheet.issues)
        department = self._record_id(options.get("department"))
        code = plan.programme.code or plan.programme_vals["code"]
        for slot in parsed.slots:
            for option in slot.options:
                self._plan_discipline(
                    plan, slot, option, known, shared, rows, options, result, code
                )
        for values in plan.disciplines.values():
            if isinstance(values, dict):
                values["department_id"] = department
        result.issues += sheet.issues[first_issue:]

    def _shared_disciplines(self, plan, parsed, known):
        """Return the ids of disciplines that other curricula or plans use."""
        ids = [
            known[key].id
            for slot in parsed.slots
            for option in slot.options
            if (key := code_key(option.code)) in known
        ]
        others = [("discipline_id", "in", ids)]
        if plan.curriculum.state in NOT_APPROVED:
            others.append(("curriculum_id", "!=", plan.curriculum.id))
        lines = self.env["registrar.curriculum.line"]._read_group(
            others,
            ["discipline_id"],
        )
        plans = (
            self.env["registrar.study.plan.line"]
            .sudo()
            ._read_group([("discipline_id", "in", ids)], ["discipline_id"])
        )
        return {discipline.id for (discipline,) in (*lines, *plans)}

    def _plan_discipline(
        self, plan, slot, option, known, shared, rows, options, result, programme_code
    ):
        key = code_key(option.code)
        if key in plan.disciplines:
            return
        values = {
            "code": option.code,
            **{
                f"code_{language}": normalise_code(part)[0]
                for language, part in zip(("kk", "ru", "en"), option.codes, strict=True)
            },
            "name_kk": option.name_kk,
            "name_ru": option.name_ru,
            "name_en": option.name_en or False,
            "kind": slot.kind,
        }
        found = known.get(key)
        if found and found.id in shared and not self._is_same_name(found, option):
            distinct = f"{option.code} ({programme_code})"
            rows[option.row].warn(
                "discipline_of_another",
                "discipline_code",
                other=found.name_ru,
                becomes=distinct,
            )
            values["code"] = distinct
            found = known.get(code_key(distinct))
        model = "registrar.discipline"
        if not found:
            plan.disciplines[key] = values
            result.count(model, "created")
            return
        plan.disciplines[key] = found
        if not option.name_en:
            del values["name_en"]
        changes = self._differences(found, values)
        if found.id in shared and not options.get("update_disciplines"):
            names = [name for name in changes if name.startswith("name_")]
            if names:
                rows[option.row].warn(
                    "discipline_name_kept", names[0], kept=found[names[0]]
                )
            changes = {}
        if changes:
            plan.discipline_updates.append((found, changes))
        result.count(model, "updated" if changes else "unchanged")

    @staticmethod
    def _is_same_name(discipline, option):
        for name in ("name_kk", "name_ru"):
            ours = cells.word_key(discipline[name])
            theirs = cells.word_key(getattr(option, name))
            if difflib.SequenceMatcher(None, ours, theirs).ratio() >= SAME_NAME:
                return True
        return False

    # -- content --------------------------------------------------------------------

    def _plan_content(self, plan, parsed, options, result):
        """Compare modules, blocks and lines with the curriculum there is."""
        curriculum = plan.curriculum
        before = {model: dict(c) for model, c in result.counts.items()}
        self._compare_parts(plan, parsed, options, result)
        if not curriculum or curriculum.state in NOT_APPROVED:
            return
        changed = any(
            result.counts.get(model, {}).get(what)
            for model in (
                "registrar.curriculum.module",
                "registrar.curriculum.block",
                "registrar.curriculum.line",
            )
            for what in ("created", "updated", "deleted")
        )
        if not changed:
            return
        if not options.get("new_version"):
            result.add(ERROR, "curriculum_approved", name=curriculum.display_name)
            return
        # Everything is new in the draft of the next version.
        result.counts = {
            model: result.counts[model].__class__(counter)
            for model, counter in before.items()
        }
        result.issues = [
            issue for issue in result.issues if issue.code != "lines_removed"
        ]
        plan.previous = curriculum
        plan.curriculum = curriculum.browse()
        plan.head["version"] = curriculum._next_version()
        plan.modules, plan.blocks, plan.lines = {}, {}, []
        self._compare_parts(plan, parsed, options, result)

    def _compare_parts(self, plan, parsed, options, result):
        curriculum = plan.curriculum
        result.count("registrar.curriculum", "unchanged" if curriculum else "created")
        self._compare_modules(plan, parsed, result)
        self._compare_blocks(plan, parsed, result)
        self._compare_lines(plan, parsed, options, result)

    def _compare_modules(self, plan, parsed, result):
        model = "registrar.curriculum.module"
        known = {module.number: module for module in plan.curriculum.module_ids}
        for module in parsed.modules:
            values = {
                "number": module.number,
                "code": module.code or False,
                "name_kk": module.name_kk,
                "name_ru": module.name_ru,
            }
            if module.name_en:
                values["name_en"] = module.name_en
            self._compare(plan.modules, module.number, known, values, model, result)
        self._count_deleted(plan.modules, known, model, result)

    def _compare_blocks(self, plan, parsed, result):
        model = "registrar.curriculum.block"
        known = {block.code: block for block in plan.curriculum.block_ids}
        for slot in parsed.slots:
            if slot.is_block:
                values = {
                    "code": slot.number,
                    "choose": slot.choose,
                    "sequence": slot.position,
                }
                self._compare(plan.blocks, slot.number, known, values, model, result)
        self._count_deleted(plan.blocks, known, model, result)

    def _compare(self, target, key, known, values, model, result):
        """Note in ``target`` what becomes of a part: (record, changed values)."""
        record = known.get(key)
        changes = self._differences(record, values) if record else values
        target[key] = (record, changes)
        if record:
            result.count(model, "updated" if changes else "unchanged")
        else:
            result.count(model, "created")

    @staticmethod
    def _count_deleted(target, known, model, result):
        if missing := known.keys() - target.keys():
            result.count(model, "deleted", len(missing))

    def _compare_lines(self, plan, parsed, options, result):
        model = "registrar.curriculum.line"
        known = {
            (line.discipline_id.id, line.term_number): line
            for line in plan.curriculum.line_ids
        }
        for slot in parsed.slots:
            for line in expand_lines(slot):
                discipline = plan.disciplines[code_key(line["option"].code)]
                record = None
                if not isinstance(discipline, dict):
                    record = known.pop((discipline.id, line["term_number"]), None)
                values = {name: line[name] for name in LINE_FIELDS}
                links = (slot.module, slot.number if slot.is_block else None)
                changes = values
                if record:
                    changes = self._differences(record, values)
                    module = record.module_id.number if record.module_id else None
                    if (module, record.block_id.code or None) != links:
                        changes["links"] = True
                plan.lines.append((record, changes, line, links))
                if record:
                    result.count(model, "updated" if changes else "unchanged")
                else:
                    result.count(model, "created")
        if known and options.get("keep_missing"):
            result.count(model, "unchanged", len(known))
        elif known:
            result.count(model, "deleted", len(known))
            result.add(
                WARNING,
                "lines_removed",
                count=len(known),
                lines="; ".join(line.display_name for line in known.values()),
            )

    @staticmethod
    def _differences(record, values):
        """Return the values that differ from those of the record."""
        changes = {}
        for name, value in values.items():
            current = record[name]
            if isinstance(value, float):
                same = round(value - current, 2) == 0
            else:
                same = (current or False) == (value or False)
            if not same:
                changes[name] = value
        return changes

    def _check_volume(self, plan, parsed, result):
        programme = plan.programme or self.env["registrar.programme"].new(
            {"level": plan.programme_vals["level"]}
        )
        total = result.summary["credits"]
        if programme.credits_required and round(total - programme.credits_required, 1):
            result.add(
                WARNING,
                "credits_total",
                total=f"{total:g}",
                required=programme.credits_required,
            )
        last = max(result.summary["terms"], default=0)
        years = plan.head["duration_years"]
        if last > round(years * TERMS_PER_YEAR):
            result.add(WARNING, "terms_of_duration", term=last, years=f"{years:g}")

    # -- storing --------------------------------------------------------------------

    def _apply_plan(self, plan, options, result):
        quiet = {"tracking_disable": True, "mail_create_nolog": True}
        if plan.programme_vals:
            plan.programme = self.env["registrar.programme"].create(plan.programme_vals)
        if plan.year_vals:
            plan.year = self.env["registrar.academic.year"].create(plan.year_vals)
        new = {
            key: values
            for key, values in plan.disciplines.items()
            if isinstance(values, dict)
        }
        self._report_progress(options, "storing", 1, 4)
        Discipline = self.env["registrar.discipline"].with_context(**quiet)
        created = Discipline.create(list(new.values()))
        plan.disciplines.update(zip(new, created.with_env(self.env), strict=True))
        for discipline, changes in plan.discipline_updates:
            discipline.write(changes)
        if not plan.curriculum:
            plan.curriculum = self.env["registrar.curriculum"].create(
                {
                    **plan.head,
                    "programme_id": plan.programme.id,
                    "intake_year_id": plan.year.id,
                    "previous_id": plan.previous.id if plan.previous else False,
                }
            )
        if plan.curriculum.state in NOT_APPROVED:
            self._report_progress(options, "storing", 2, 4)
            self._apply_parts(plan, options)
        self._report_progress(options, "storing", 4, 4)

    def _apply_parts(self, plan, options):
        curriculum = plan.curriculum
        kept = self.env["registrar.curriculum.line"].browse(
            record.id for record, *_rest in plan.lines if record
        )
        if not options.get("keep_missing"):
            (curriculum.line_ids - kept).unlink()
        modules = self._apply_records(curriculum, "module_ids", plan.modules)
        blocks = self._apply_records(curriculum, "block_ids", plan.blocks)
        vals_list = []
        for record, changes, line, (module, block) in plan.lines:
            if not changes:
                continue
            values = dict(changes)
            if not record or values.pop("links", False):
                values["module_id"] = modules[module].id if module else False
                values["block_id"] = blocks[block].id if block else False
            if record:
                record.write(values)
                continue
            discipline = plan.disciplines[code_key(line["option"].code)]
            values.update(
                curriculum_id=curriculum.id,
                discipline_id=discipline.id,
                term_number=line["term_number"],
            )
            vals_list.append(values)
        self.env["registrar.curriculum.line"].create(vals_list)
        self._drop_unused_parts(curriculum, plan)

    def _apply_records(self, curriculum, field, target):
        """Create and change modules or blocks; return them by key."""
        records, new = {}, {}
        for key, (record, changes) in target.items():
            if not record:
                new[key] = {**changes, "curriculum_id": curriculum.id}
                continue
            if changes:
                record.write(changes)
            records[key] = record
        created = curriculum[field].create(list(new.values()))
        records.update(zip(new, created, strict=True))
        return records

    def _drop_unused_parts(self, curriculum, plan):
        curriculum.invalidate_recordset()
        for field, name, target in (
            ("block_ids", "code", plan.blocks),
            ("module_ids", "number", plan.modules),
        ):
            curriculum[field].filtered(
                lambda part, name=name, target=target: (
                    part[name] not in target and not part.line_ids
                )
            ).unlink()

    # -- summary --------------------------------------------------------------------

    def _totals_lines(self, result):
        """Return the totals of a curriculum as lines of text."""
        summary = result.summary
        line = self.env["registrar.curriculum.line"]
        cycles = dict(line._fields["cycle"]._description_selection(self.env))
        components = dict(line._fields["component"]._description_selection(self.env))
        parts = defaultdict(list)
        for cycle, __ in CYCLES:
            for component, __ in COMPONENTS:
                volume = summary["components"].get((cycle, component))
                if volume:
                    parts[cycle].append(
                        f"{components[component].lower()} {self._number(volume)}"
                    )
        return [
            self.env._(
                "%(credits)s credits, %(slots)s positions, %(options)s disciplines.",
                credits=self._number(summary["credits"]),
                slots=summary["slots"],
                options=summary["options"],
            ),
            Markup("<br/>").join(
                f"{cycles[cycle]}: {self._number(summary['cycles'][cycle])} "
                f"({', '.join(parts[cycle])})"
                for cycle, __ in CYCLES
                if cycle in summary["cycles"]
            ),
            self.env._(
                "Credits by terms: %s",
                " / ".join(self._number(v) for v in summary["terms"].values()),
            ),
        ]

    def _number(self, value):
        return formatLang(self.env, value, digits=0 if value == int(value) else 1)
