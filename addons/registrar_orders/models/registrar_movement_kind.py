from odoo import fields, models

from odoo.addons.registrar_core.models.registrar_student import STATE_FIELDS
from odoo.addons.registrar_core.models.selections import FUNDINGS

STATE_LABELS = {
    "programme_id": "Programme",
    "group_id": "Group",
    "course": "Year of study",
    "study_form": "Form of study",
    "language": "Language of study",
    "funding": "Funding",
}


class RegistrarMovementKind(models.Model):
    """What orders have to know about a movement: words and conditions.

    Source: administrative.md §1.5–1.10.
    """

    _inherit = "registrar.movement.kind"

    clause_kk = fields.Char(
        "Words in Kazakh", help="How an order names the reason: «өз еркімен»."
    )
    clause_ru = fields.Char(
        "Words in Russian",
        help="How an order names the reason: «по собственному желанию».",
    )
    basis_kk = fields.Char("Usual basis in Kazakh")
    basis_ru = fields.Char("Usual basis in Russian")
    leave_condition = fields.Selection(
        [
            ("any", "Whether on leave or not"),
            ("never", "Only who is not on leave"),
            ("only", "Only who is on leave"),
        ],
        "Academic leave",
        required=True,
        default="any",
    )
    requires_institution = fields.Boolean(
        "Other university", help="The other university has to be named."
    )
    requires_end_date = fields.Boolean("Last day", help="The last day has to be given.")
    changes_field = fields.Selection(
        [(name, STATE_LABELS[name]) for name in STATE_FIELDS],
        "Changes",
        help="What has to be different after the movement.",
    )
    new_funding = fields.Selection(
        FUNDINGS, help="Funding proposed to whoever is moved in this way."
    )
