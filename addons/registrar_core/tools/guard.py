"""Protection of registered documents and ledgers inside PostgreSQL.

A row is sealed when the register entry it belongs to has a digest. The triggers are
statement-level with transition tables: a bulk statement pays one join, not one call
per row.
"""

from psycopg2 import sql

# Columns that Odoo itself keeps; they say nothing about the document.
TECHNICAL_COLUMNS = frozenset(
    {"write_date", "write_uid", "message_main_attachment_id", "access_token"}
)

_FUNCTION = """
CREATE OR REPLACE FUNCTION registrar_guard() RETURNS trigger
LANGUAGE plpgsql AS $guard$
DECLARE
    seal text := TG_ARGV[0];
    link text := TG_ARGV[1];
    parent text := TG_ARGV[2];
    mutable text[] := string_to_array(TG_ARGV[3], ',');
    source text;
    sealed text;
    moved text;
    broken bigint;
    is_bulk boolean;
    nested_loops text := current_setting('enable_nestloop');
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'registered rows of % cannot be removed', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    source := CASE WHEN TG_OP = 'INSERT' THEN 'new_rows' ELSE 'old_rows' END;
    sealed := CASE seal
        WHEN 'self' THEN format(
            'SELECT o.* FROM %I o WHERE o.digest IS NOT NULL', source)
        WHEN 'entry' THEN format(
            'SELECT o.* FROM %I o JOIN registrar_register_entry e ON e.id = o.%I'
            ' AND e.digest IS NOT NULL', source, link)
        ELSE format(
            'SELECT o.* FROM %I o JOIN %I d ON d.id = o.%I'
            ' JOIN registrar_register_entry e ON e.id = d.entry_id'
            ' AND e.digest IS NOT NULL', source, parent, link)
    END;
    IF TG_OP = 'INSERT' AND seal = 'self' THEN
        RETURN NULL;
    END IF;
    -- The planner takes few of the rows for sealed and would compare old and new
    -- rows of a bulk statement each with each.
    EXECUTE format('SELECT count(*) > 200 FROM %I', source) INTO is_bulk;
    IF is_bulk THEN
        PERFORM set_config('enable_nestloop', 'off', true);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format(
            'SELECT o.id FROM (%s) o LEFT JOIN new_rows n ON n.id = o.id'
            ' WHERE n.id IS NULL'
            ' OR (to_jsonb(o) - $1) IS DISTINCT FROM (to_jsonb(n) - $1) %s LIMIT 1',
            sealed,
            CASE WHEN 'state' = ANY(mutable) THEN
                ' OR (o.state IS DISTINCT FROM n.state AND NOT'
                ' (o.state = ''registered'' AND n.state = ''cancelled''))'
            ELSE '' END)
        INTO broken USING mutable;
        -- Nothing slips under a seal that is already set.
        moved := format(
            'SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id'
            ' AND o.%1$I IS DISTINCT FROM n.%1$I', link);
        IF broken IS NULL AND seal = 'entry' THEN
            EXECUTE moved || format(
                ' JOIN registrar_register_entry e ON e.id = n.%I'
                ' AND e.digest IS NOT NULL LIMIT 1', link) INTO broken;
        ELSIF broken IS NULL AND seal = 'parent' THEN
            EXECUTE moved || format(
                ' JOIN %I d ON d.id = n.%I'
                ' JOIN registrar_register_entry e ON e.id = d.entry_id'
                ' AND e.digest IS NOT NULL LIMIT 1', parent, link) INTO broken;
        END IF;
    ELSE
        EXECUTE format('SELECT o.id FROM (%s) o LIMIT 1', sealed) INTO broken;
    END IF;
    IF is_bulk THEN
        PERFORM set_config('enable_nestloop', nested_loops, true);
    END IF;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'row % of % belongs to a registered document: % is refused',
            broken, TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$guard$
"""

_TRANSITIONS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
}


def install_guard(cr, table, *, mutable, seal, link="", parent="", operations=None):
    """Create the triggers that keep sealed rows of a table as they are.

    :param set mutable: columns that may change after sealing; ``state`` may only go
        from registered to cancelled
    :param str seal: where the digest is found: ``"self"`` in the row, ``"entry"``
        through the column ``link`` to a register entry, ``"parent"`` through the
        column ``link`` to the table ``parent`` that has an ``entry_id``
    :param operations: statements to watch, by default UPDATE and DELETE
    """
    cr.execute(_FUNCTION)
    columns = ",".join(sorted(TECHNICAL_COLUMNS | set(mutable)))
    moments = {
        f"registrar_guard_{operation.lower()}": (
            f"AFTER {operation}",
            _TRANSITIONS[operation],
        )
        for operation in operations or ("UPDATE", "DELETE")
    }
    moments["registrar_guard_truncate"] = ("BEFORE TRUNCATE", "")
    for name, (moment, transition) in moments.items():
        cr.execute(
            sql.SQL("DROP TRIGGER IF EXISTS {trigger} ON {table}").format(
                trigger=sql.Identifier(name), table=sql.Identifier(table)
            )
        )
        cr.execute(
            sql.SQL(
                f"CREATE TRIGGER {{trigger}} {moment} ON {{table}} {transition}"
                " FOR EACH STATEMENT EXECUTE FUNCTION registrar_guard({arguments})"
            ).format(
                trigger=sql.Identifier(name),
                table=sql.Identifier(table),
                arguments=sql.SQL(", ").join(
                    map(sql.Literal, (seal, link, parent, columns))
                ),
            )
        )
