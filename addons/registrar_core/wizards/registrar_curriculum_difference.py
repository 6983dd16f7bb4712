from markupsafe import Markup

from odoo import api, fields, models

from ..models.registrar_curriculum_line import HOUR_FIELDS
from ..tools.curriculum_difference import ADDED, CHANGED, REMOVED, compare
from ..tools.workbook import Book, landscape, table

HEAD_FIELDS = (
    "programme_id",
    "intake_year_id",
    "study_form",
    "language",
    "duration_years",
    "credits_total",
    "standard_profile_id",
)
MODULE_FIELDS = ("number", "code", "name_kk", "name_ru", "name_en", "credits_total")
BLOCK_FIELDS = ("code", "choose")
LINE_FIELDS = (
    "slot",
    "module_id",
    "block_id",
    "is_default",
    "discipline_id",
    "cycle",
    "component",
    "credits",
    "term_number",
    "hours_total",
    *HOUR_FIELDS,
    "control_form",
    "in_gpa",
)
COLORS = {ADDED: "success", REMOVED: "danger", CHANGED: "warning"}


class RegistrarCurriculumDifference(models.TransientModel):
    """Show what is different in two versions of a curriculum; nothing is stored."""

    _name = "registrar.curriculum.difference"
    _description = "Difference between curricula"

    old_id = fields.Many2one("registrar.curriculum", "Before", required=True)
    new_id = fields.Many2one("registrar.curriculum", "After", required=True)
    kind = fields.Selection(
        [(ADDED, "Added"), (REMOVED, "Removed"), (CHANGED, "Changed")],
        "Show only",
    )
    summary = fields.Char(compute="_compute_difference")
    difference_html = fields.Html("Difference", compute="_compute_difference")

    @api.depends("old_id", "new_id", "kind")
    def _compute_difference(self):
        for wizard in self:
            if not wizard.old_id or not wizard.new_id:
                wizard.summary = wizard.difference_html = False
                continue
            sections = wizard._sections()
            kinds = [c.kind for __, changes in sections for c in changes]
            wizard.summary = self.env._(
                "Added: %(added)s, removed: %(removed)s, changed: %(changed)s",
                added=kinds.count(ADDED),
                removed=kinds.count(REMOVED),
                changed=kinds.count(CHANGED),
            )
            wizard.difference_html = wizard._html(sections)

    def action_xlsx(self):
        """Return the download of the difference as XLSX."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/registrar/curriculum/difference/{self.old_id.id}"
            f"/{self.new_id.id}",
            "target": "download",
        }

    def _sections(self):
        """Return what differs: ``[(title, [Change])]``, values as people read them."""
        self.ensure_one()
        old, new = self.old_id, self.new_id
        identity = [lambda record: record["id"]]
        parts = [
            (
                self.env._("Curriculum"),
                HEAD_FIELDS,
                (old, new),
                identity,
                lambda record: 0,
            ),
            (
                self.env._("Modules"),
                MODULE_FIELDS,
                (old.module_ids, new.module_ids),
                [
                    lambda r: (r["number"], r["name_ru"]),
                    lambda r: r["name_ru"],
                    lambda r: r["number"],
                ],
                lambda record: record.id,
            ),
            (
                self.env._("Elective blocks"),
                BLOCK_FIELDS,
                (old.block_ids, new.block_ids),
                [lambda r: r["code"]],
                lambda record: record.id,
            ),
            (
                self.env._("Disciplines"),
                LINE_FIELDS,
                (old.line_ids, new.line_ids),
                [
                    lambda r: (r["id"], r["term_number"]),
                    lambda r: (r["id"], r["slot"]),
                    lambda r: r["id"],
                ],
                lambda line: line.discipline_id.id,
            ),
        ]
        result = []
        for title, names, (before, after), keys, identify in parts:
            changes = compare(
                [self._values(record, names, identify) for record in before],
                [self._values(record, names, identify) for record in after],
                keys,
            )
            labels = self._labels(before, names)
            result.append((title, [self._readable(c, labels) for c in changes]))
        return result

    def _values(self, record, names, identify):
        """Return the values of a record as texts, by field."""
        values = {"id": identify(record), "name": record.display_name}
        for name in names:
            field, value = record._fields[name], record[name]
            if field.type == "many2one":
                value = value.display_name or ""
            elif field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value, "")
            elif field.type == "boolean":
                value = self.env._("yes") if value else self.env._("no")
            elif field.type in ("float", "integer"):
                value = round(value, 2) or 0
            else:
                value = value or ""
            values[name] = value
        return values

    def _labels(self, records, names):
        described = records.fields_get(names, ["string"])
        return {name: described[name]["string"] for name in names}

    def _readable(self, change, labels):
        """Put labels instead of names of fields, texts instead of values."""
        fields_ = tuple(
            (labels[name], self._text_of(old), self._text_of(new))
            for name, old, new in change.fields
        )
        return change._replace(fields=fields_)

    @staticmethod
    def _text_of(value):
        if value is None:
            return ""
        return f"{value:g}" if isinstance(value, int | float) else str(value)

    def _kind_labels(self):
        return dict(self._fields["kind"]._description_selection(self.env))

    def _html(self, sections):
        labels = self._kind_labels()
        parts = []
        for title, changes in sections:
            changes = [c for c in changes if not self.kind or c.kind == self.kind]
            if not changes:
                continue
            rows = Markup().join(
                self._html_row(change, labels[change.kind]) for change in changes
            )
            parts.append(
                Markup(
                    "<h4 class='mt-3'>%s</h4><table class='table table-sm'>"
                    "<tbody>%s</tbody></table>"
                )
                % (title, rows)
            )
        if not parts:
            return Markup("<p class='text-muted'>%s</p>") % self.env._(
                "There is no difference."
            )
        return Markup().join(parts)

    def _html_row(self, change, label):
        details = Markup("<br/>").join(
            Markup("%s: <del class='text-danger'>%s</del> → <b>%s</b>")
            % (name, old or "–", new or "–")
            if change.kind == CHANGED
            else Markup("%s: %s") % (name, new or old)
            for name, old, new in change.fields
        )
        return Markup(
            "<tr><td style='width: 90px'><span class='badge text-bg-%s'>%s</span></td>"
            "<td style='width: 40%%'>%s</td><td class='small'>%s</td></tr>"
        ) % (COLORS[change.kind], label, change.name, details)

    @api.model
    def _workbook(self, old, new):
        """Return the difference as XLSX: a row per field that differs."""
        wizard = self.new({"old_id": old.id, "new_id": new.id})
        labels = wizard._kind_labels()
        rows = []
        for title, changes in wizard._sections():
            for change in changes:
                for name, before, after in change.fields or (("", "", ""),):
                    rows.append(
                        (title, labels[change.kind], change.name, name, before, after)
                    )
        book = Book()
        sheet = book.sheet(self.env._("Difference"))
        landscape(sheet)
        sheet.write(0, 0, f"{old.display_name} → {new.display_name}")
        head = (
            self.env._("Part"),
            self.env._("Change"),
            self.env._("Name"),
            self.env._("Field"),
            self.env._("Before"),
            self.env._("After"),
        )
        table(book, sheet, head, rows, (16, 12, 50, 24, 28, 28), first_row=2)
        return book.content()
