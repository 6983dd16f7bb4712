from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .selections import NOT_APPROVED

_FUNCTION = """
CREATE OR REPLACE FUNCTION registrar_guard_curriculum() RETURNS trigger
LANGUAGE plpgsql AS $guard$
DECLARE
    link text := TG_ARGV[0];
    frozen text[] := string_to_array(TG_ARGV[1], ',');
    source text;
    broken bigint;
BEGIN
    source := CASE WHEN TG_OP = 'INSERT' THEN 'new_rows' ELSE 'old_rows' END;
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format(
            'SELECT o.id FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id'
            ' JOIN registrar_curriculum c ON c.id IN (o.%1$I, n.%1$I)'
            ' AND c.state NOT IN (''draft'', ''agreement'')'
            ' CROSS JOIN LATERAL unnest($1) AS f(name)'
            ' WHERE (to_jsonb(o) -> f.name) IS DISTINCT FROM (to_jsonb(n) -> f.name)'
            ' LIMIT 1', link)
        INTO broken USING frozen;
    ELSE
        EXECUTE format(
            'SELECT o.id FROM %2$I o'
            ' JOIN registrar_curriculum c ON c.id = o.%1$I'
            ' AND c.state NOT IN (''draft'', ''agreement'')'
            ' LIMIT 1', link, source)
        INTO broken;
    END IF;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'row % of % belongs to an approved curriculum: % is refused',
            broken, TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$guard$
"""

# What the trigger of each event sees of the rows.
_TRANSITIONS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
}


class RegistrarCurriculumPart(models.AbstractModel):
    """What belongs to a curriculum and is frozen by its approval.

    Python gives the readable refusal; statement-level triggers refuse what goes
    round Python.
    """

    _name = "registrar.curriculum.part"
    _description = "Part of a curriculum"

    # Columns that do not change once the curriculum is approved.
    _frozen_columns = ()

    def init(self):
        result = super().init()
        if self._abstract:
            return result
        cr = self.env.cr
        cr.execute(_FUNCTION)
        table = SQL.identifier(self._table)
        columns = ",".join(self._frozen_columns)
        for operation, transition in _TRANSITIONS.items():
            name = SQL.identifier(f"registrar_curriculum_{operation.lower()}")
            cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", name, table))
            cr.execute(
                SQL(
                    "CREATE TRIGGER %(name)s AFTER %(event)s ON %(table)s "
                    "%(transition)s FOR EACH STATEMENT EXECUTE FUNCTION "
                    "registrar_guard_curriculum('curriculum_id', %(columns)s)",
                    name=name,
                    event=SQL(operation),
                    transition=SQL(transition),
                    table=table,
                    columns=columns,
                )
            )
        return result

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals.get("curriculum_id") for vals in vals_list}
        self.env["registrar.curriculum"].browse(filter(None, ids))._check_draft()
        parts = super().create(vals_list)
        parts.curriculum_id._content_changed()
        return parts

    def write(self, vals):
        if vals.keys() & set(self._frozen_columns):
            self.curriculum_id._check_draft()
            if vals.get("curriculum_id"):
                self.curriculum_id.browse(vals["curriculum_id"])._check_draft()
            self.curriculum_id._content_changed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        curricula = self.curriculum_id
        if any(curriculum.state not in NOT_APPROVED for curriculum in curricula):
            raise UserError(
                self.env._("Parts of an approved curriculum cannot be deleted.")
            )
        curricula._content_changed()
