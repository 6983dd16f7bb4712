from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.registrar_student_merge import MERGE_FIELDS


class RegistrarStudentMerge(models.TransientModel):
    """Two records of one person side by side: which is kept, and with what."""

    _name = "registrar.student.merge"
    _description = "Merge records of one person"

    kept_id = fields.Many2one("registrar.student", "Kept record", required=True)
    merged_id = fields.Many2one("registrar.student", "Merged record", required=True)
    line_ids = fields.One2many(
        "registrar.student.merge.line",
        "wizard_id",
        "Differences",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    blockers = fields.Text(compute="_compute_blockers")
    kept_timeline = fields.Html(related="kept_id.timeline", string="History (kept)")
    merged_timeline = fields.Html(
        related="merged_id.timeline", string="History (merged)"
    )

    @api.depends("kept_id", "merged_id")
    def _compute_line_ids(self):
        for wizard in self:
            lines = [Command.clear()]
            for name in MERGE_FIELDS:
                kept, merged = wizard.kept_id[name], wizard.merged_id[name]
                if not merged or kept == merged:
                    continue
                lines.append(
                    Command.create(
                        {
                            "field_name": name,
                            "choice": "kept" if kept else "merged",
                        }
                    )
                )
            wizard.line_ids = lines

    @api.depends("kept_id", "merged_id")
    def _compute_blockers(self):
        for wizard in self:
            wizard.blockers = "\n".join(
                wizard.kept_id._merge_blockers(wizard.merged_id)
                if wizard.kept_id and wizard.merged_id
                else []
            )

    def action_swap(self):
        """Keep the other record."""
        self.ensure_one()
        self.write({"kept_id": self.merged_id.id, "merged_id": self.kept_id.id})
        return self._reopen()

    def action_merge(self):
        self.ensure_one()
        if self.kept_id == self.merged_id:
            raise UserError(self.env._("These are not two records."))
        kept = self.kept_id
        kept._merge(self.merged_id, self._chosen_values())
        return {
            "type": "ir.actions.act_window",
            "res_model": "registrar.student",
            "res_id": kept.id,
            "view_mode": "form",
        }

    def action_different(self):
        """Say that these are two persons."""
        self.ensure_one()
        first, second = (self.kept_id | self.merged_id).sorted("id")
        Pair = self.env["registrar.student.duplicate"]
        pair = Pair.search(
            [("first_id", "=", first.id), ("second_id", "=", second.id)]
        ) or Pair.create({"first_id": first.id, "second_id": second.id})
        pair.action_different()
        return {"type": "ir.actions.act_window_close"}

    def _chosen_values(self):
        """Return what changes on the kept record."""
        merged = self.merged_id
        values = {}
        for line in self.line_ids.filtered(lambda line: line.choice == "merged"):
            if line.field_name not in MERGE_FIELDS:
                continue
            value = merged[line.field_name]
            field = merged._fields[line.field_name]
            values[line.field_name] = value.id if field.relational else value
        return values

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class RegistrarStudentMergeLine(models.TransientModel):
    """One difference between two records."""

    _name = "registrar.student.merge.line"
    _description = "Difference between two records"
    _order = "id"

    wizard_id = fields.Many2one(
        "registrar.student.merge", required=True, ondelete="cascade"
    )
    field_name = fields.Char(required=True, readonly=True)
    label = fields.Char("Field", compute="_compute_values")
    kept_value = fields.Char("Kept record", compute="_compute_values")
    merged_value = fields.Char("Merged record", compute="_compute_values")
    choice = fields.Selection(
        [("kept", "Of the kept record"), ("merged", "Of the merged record")],
        "Take",
        required=True,
        default="kept",
    )

    @api.depends("field_name", "wizard_id.kept_id", "wizard_id.merged_id")
    def _compute_values(self):
        names = self.env["registrar.student"].fields_get(MERGE_FIELDS, ["string"])
        for line in self:
            name = line.field_name if line.field_name in MERGE_FIELDS else False
            line.label = names[name]["string"] if name in names else False
            line.kept_value = line._text(line.wizard_id.kept_id, name)
            line.merged_value = line._text(line.wizard_id.merged_id, name)

    @api.model
    def _text(self, student, name):
        if not name or not student[name]:
            return ""
        field = student._fields[name]
        if field.type == "boolean":
            return self.env._("yes")
        return str(field.convert_to_export(student[name], student))
