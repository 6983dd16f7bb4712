from odoo import api, fields, models
from odoo.exceptions import UserError


class RegistrarHoldSet(models.TransientModel):
    """Set a hold on many students: chosen, of groups, or by a list of numbers.

    May be repeated: who already has such a hold in force gets no second one.
    """

    _name = "registrar.hold.set"
    _description = "Set holds"

    kind_id = fields.Many2one("registrar.hold.kind", required=True)
    reason = fields.Text()
    date_from = fields.Date("Since", required=True, default=fields.Date.context_today)
    date_to = fields.Date("Until")
    student_ids = fields.Many2many(
        "registrar.student",
        string="Students",
        default=lambda self: self._default_student_ids(),
    )
    group_ids = fields.Many2many("registrar.group", string="Groups")
    numbers = fields.Text(
        "Student numbers",
        help="One student per line: the number of the student, then, if wanted, the "
        "amount due. Copy two columns from a workbook.",
    )

    @api.model
    def _default_student_ids(self):
        if self.env.context.get("active_model") == "registrar.student":
            return self.env.context.get("active_ids", [])
        return []

    def action_set(self):
        self.ensure_one()
        amounts, unknown = self._read_numbers()
        students = self.student_ids | self.group_ids.student_ids
        students |= self.env["registrar.student"].browse(amounts)
        if not students and not unknown:
            raise UserError(self.env._("Choose students or groups."))
        present = self.env["registrar.hold"]._active(students, self.date_from)
        has = students.filtered(
            lambda student: any(
                hold.kind_id == self.kind_id for hold in present.get(student.id, ())
            )
        )
        holds = self.env["registrar.hold"].create(
            [
                {
                    "student_id": student.id,
                    "kind_id": self.kind_id.id,
                    "reason": self.reason,
                    "amount": amounts.get(student.id, 0),
                    "date_from": self.date_from,
                    "date_to": self.date_to,
                }
                for student in students - has
            ]
        )
        rows = [
            {
                "student_id": student.id,
                "reason": self.env._("There is already such a hold in force."),
            }
            for student in has
        ]
        rows += [
            {"text": text, "reason": self.env._("No student has this number.")}
            for text in unknown
        ]
        return self.env["registrar.mass.report"]._show(
            self.env._("Holds"),
            self.env._(
                "%(done)s holds set, %(rest)s left out.",
                done=len(holds),
                rest=len(rows),
            ),
            holds,
            rows,
        )

    def _read_numbers(self):
        """Return amounts by student id and the lines that name nobody."""
        parsed = []
        for text in (self.numbers or "").splitlines():
            parts = text.replace(";", "\t").split("\t")
            number = parts[0].strip()
            if number:
                parsed.append((number, self._amount(parts[1] if parts[1:] else "")))
        found = {
            student.student_number: student.id
            for student in self.env["registrar.student"].search(
                [("student_number", "in", [number for number, __ in parsed])]
            )
        }
        amounts = {
            found[number]: amount for number, amount in parsed if number in found
        }
        return amounts, [number for number, __ in parsed if number not in found]

    @api.model
    def _amount(self, text):
        try:
            return float("".join(text.split()).replace(",", ".") or 0)
        except ValueError:
            return 0
