from odoo import api, fields, models

from ..tools.names import CASES, decline
from .registrar_student_name import NAME_FIELDS

OVERRIDES = tuple(f"name_{case}_{lang}" for lang in ("ru", "kk") for case in CASES)


class RegistrarStudent(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.student"

    # Only where the rules of tools/names.py do not give what the person uses.
    name_genitive_ru = fields.Char("Genitive, Russian", copy=False, tracking=True)
    name_dative_ru = fields.Char("Dative, Russian", copy=False, tracking=True)
    name_accusative_ru = fields.Char("Accusative, Russian", copy=False, tracking=True)
    name_genitive_kk = fields.Char("Genitive, Kazakh", copy=False, tracking=True)
    name_dative_kk = fields.Char("Dative, Kazakh", copy=False, tracking=True)
    name_accusative_kk = fields.Char("Accusative, Kazakh", copy=False, tracking=True)
    declension = fields.Text(
        "Name in documents",
        compute="_compute_declension",
        help="How orders and certificates write the name, with the entries made by "
        "hand.",
    )

    @api.depends(*NAME_FIELDS, "gender", *OVERRIDES)
    def _compute_declension(self):
        labels = {
            name: self._fields[name]._description_string(self.env) for name in OVERRIDES
        }
        for student in self:
            student.declension = "\n".join(
                f"{labels[f'name_{case}_{lang}']}: {student._declined(case, lang)}"
                for lang in ("ru", "kk")
                for case in CASES
            )

    def write(self, vals):
        if not vals.keys() & set(NAME_FIELDS):
            return super().write(vals)
        before = {student.id: student._name_parts() for student in self}
        result = super().write(vals)
        # Forms entered by hand are those of the name before.
        kept = vals.keys() & set(OVERRIDES)
        stale = dict.fromkeys(set(OVERRIDES) - kept, False)
        changed = self.filtered(
            lambda student: (
                student._name_parts() != before[student.id]
                and any(student[name] for name in stale)
            )
        )
        if changed:
            super(RegistrarStudent, changed).write(stale)
        return result

    def _declined(self, case, lang):
        """Return the full name in a case; what is entered by hand comes first.

        :param str case: ``genitive``, ``dative`` or ``accusative``
        :param str lang: ``ru`` or ``kk``; in other languages names have no cases
        """
        self.ensure_one()
        if lang not in ("ru", "kk"):
            return self.full_name
        return self[f"name_{case}_{lang}"] or decline(
            self.last_name, self.first_name, self.patronymic, self.gender, case, lang
        )
