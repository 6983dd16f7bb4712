"""What is registered stays as it is: the database refuses, the chain of digests tells.

The statements come from outside, as the owner of the database; nothing of the suite
stands between.
"""

import contextlib
import re

import psycopg2
import pytest

# Columns that Odoo keeps for itself; they say nothing about a document.
TECHNICAL = {"write_date", "write_uid", "message_main_attachment_id", "access_token"}
# Columns that change after registration for a reason, by table.
LATER = {
    # a state ends when the next begins, or is taken back by another document
    "registrar_enrolment": {"date_to", "reversal_entry_id"},
    # a better or corrected attempt takes the place of a result
    "registrar_result": {"superseded_by_id"},
    # a document is cancelled by another one
    "registrar_register_entry": {"state", "cancelled_by_id"},
    "registrar_order": {"state"},
    # the faculty follows the discipline or the programme when a department moves
    "registrar_sheet": {"state", "department_id", "faculty_id"},
    # figures of the last check follow later changes
    "registrar_study_plan": {
        "state",
        "faculty_id",
        "error_count",
        "warning_count",
        "credit_state",
        "checked_at",
    },
    "registrar_study_plan_drop": {"class_group_id"},
    # lists follow the name of a person
    "registrar_transcript": {"state", "sort_key"},
    # class groups are formed after registration; a cancelled plan frees its lines
    "registrar_study_plan_line": {
        "class_group_id",
        "is_cancelled",
        "subgroup_id",
        "unplaced_reason",
        "unplaced_notified",
        # seats are numbered anew when an offer gets a limit; W is a change's
        "offer_id",
        "seat_number",
        "is_withdrawn",
    },
}
FACTS_OF_MODELS = """
def tables(name):
    names = env.registry.descendants([name], "_inherit")
    return sorted(env[n]._table for n in names if not env[n]._abstract)
result = {
    "documents": tables("registrar.document"),
    "lines": tables("registrar.document.line"),
    "ledgers": tables("registrar.ledger"),
}
"""
GUARDS = """
SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  JOIN pg_proc p ON p.oid = t.tgfoid
 WHERE p.proname = 'registrar_guard' AND t.tgenabled = 'O'
"""
COLUMNS = """
SELECT a.attname, format_type(a.atttypid, NULL),
       (SELECT k.confrelid::regclass::text FROM pg_constraint k
         WHERE k.contype = 'f' AND k.conrelid = a.attrelid
           AND k.conkey = ARRAY[a.attnum])
  FROM pg_attribute a
 WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
"""
CHANGED = {
    "character varying": "coalesce({0}, '') || 'x'",
    "text": "coalesce({0}, '') || 'x'",
    "integer": "coalesce({0}, 0) + 1",
    "bigint": "coalesce({0}, 0) + 1",
    "numeric": "coalesce({0}, 0) + 1",
    "double precision": "coalesce({0}, 0) + 1",
    "boolean": "NOT coalesce({0}, false)",
    "date": "coalesce({0}, '2020-01-01') + 1",
    "timestamp without time zone": "coalesce({0}, '2020-01-01') + interval '1 day'",
    "jsonb": """'{{"en_US": "x"}}'""",
}


@pytest.fixture(scope="module")
def kinds(year):
    """The tables of documents, their lines and ledgers, as the models have them."""
    return year.site.evaluate(FACTS_OF_MODELS)


@pytest.fixture(scope="module")
def sealed_tables(year):
    """How each protected table is sealed: `{table: (kind, link, parent)}`."""
    result = {}
    for table, _name, definition in year.site.sql(GUARDS):
        arguments = definition.partition("registrar_guard(")[2]
        result[table] = tuple(re.findall(r"'([^']*)'", arguments)[:3])
    return result


@pytest.fixture
def connection(year):
    """A connection whose changes are always taken back."""
    connection = year.site.connect()
    yield connection
    connection.rollback()
    connection.close()


def sealed_row(cursor, table, sealed_tables):
    """Return the id of a row that belongs to a registered document."""
    kind, link, parent = sealed_tables[table]
    entries = "SELECT id FROM registrar_register_entry WHERE digest IS NOT NULL"
    condition = {
        "self": "t.digest IS NOT NULL",
        "entry": f"t.{link} IN ({entries})",
        "parent": f"t.{link} IN (SELECT id FROM {parent or table} WHERE entry_id IN "
        f"({entries}))",
    }[kind]
    cursor.execute(f"SELECT min(t.id) FROM {table} t WHERE {condition}")
    return cursor.fetchone()[0]


def changed(column, kind, target, row_id, table):
    """Return the expression of another value that the column could have."""
    if target:
        return (
            f"(SELECT max(o.id) FROM {target} o WHERE o.id IS DISTINCT FROM "
            f"(SELECT {column} FROM {table} WHERE id = {row_id}))"
        )
    return CHANGED[kind].format(column)


@contextlib.contextmanager
def savepoint(cursor):
    cursor.execute("SAVEPOINT attempt")
    yield
    cursor.execute("ROLLBACK TO SAVEPOINT attempt")


def test_every_document_line_and_ledger_is_guarded(year, kinds, sealed_tables):
    names = {name for _table, name, _definition in year.site.sql(GUARDS)}
    assert names >= {f"registrar_guard_{w}" for w in ("update", "delete", "truncate")}
    tables = {table for group in kinds.values() for table in group}
    assert tables | {"registrar_register_entry"} <= sealed_tables.keys()
    assert {"registrar_order", "registrar_sheet", "registrar_study_plan"} <= set(
        kinds["documents"]
    )
    assert {"registrar_enrolment", "registrar_result"} <= set(kinds["ledgers"])


def test_no_column_of_a_sealed_row_can_be_changed(connection, sealed_tables):
    cursor = connection.cursor()
    accepted = []
    for table in sealed_tables:
        row_id = sealed_row(cursor, table, sealed_tables)
        assert row_id, f"the main path left no registered row in {table}"
        cursor.execute(COLUMNS, [table])
        for column, kind, target in cursor.fetchall():
            if column in TECHNICAL or column in LATER.get(table, ()):
                continue
            value = changed(column, kind, target, row_id, table)
            with savepoint(cursor):
                cursor.execute(
                    f"SELECT {column} IS DISTINCT FROM {value} FROM {table} "
                    f"WHERE id = {row_id}"
                )
                if not cursor.fetchone()[0]:
                    continue  # the table it points at has no other row
                try:
                    cursor.execute(
                        f"UPDATE {table} SET {column} = {value} WHERE id = {row_id}"
                    )
                    accepted.append(f"{table}.{column}")
                except psycopg2.IntegrityError:
                    pass
    assert not accepted


def test_refusal_names_the_table_and_the_row(connection, sealed_tables):
    cursor = connection.cursor()
    row_id = sealed_row(cursor, "registrar_result", sealed_tables)
    with pytest.raises(psycopg2.errors.RestrictViolation) as caught:
        cursor.execute(
            "UPDATE registrar_result SET score = 100 WHERE id = %s", [row_id]
        )
    assert f"row {row_id} of registrar_result" in str(caught.value)


def test_no_sealed_row_can_be_deleted(connection, sealed_tables):
    cursor = connection.cursor()
    accepted = []
    for table in sealed_tables:
        row_id = sealed_row(cursor, table, sealed_tables)
        for statement in (
            f"DELETE FROM {table} WHERE id = {row_id}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with savepoint(cursor):
                try:
                    cursor.execute(statement)
                    accepted.append(statement)
                except psycopg2.IntegrityError:
                    pass
    assert not accepted


def test_nothing_is_added_to_a_registered_document(connection, kinds, sealed_tables):
    cursor = connection.cursor()
    accepted = []
    for table in (*kinds["ledgers"], *kinds["lines"]):
        row_id = sealed_row(cursor, table, sealed_tables)
        cursor.execute(COLUMNS, [table])
        names = [name for name, *_rest in cursor.fetchall() if name != "id"]
        values = {
            # keep the constraints of the table out of the way
            "previous_id": "NULL",
            "date_from": "date '1990-01-01'",
            "date_to": "date '1990-01-02'",
            "student_id": "(SELECT max(id) FROM registrar_student)",
        }
        columns = ", ".join(names)
        selected = ", ".join(values.get(name, name) for name in names)
        with savepoint(cursor):
            try:
                cursor.execute(
                    f"INSERT INTO {table} ({columns}) "
                    f"SELECT {selected} FROM {table} WHERE id = {row_id}"
                )
                accepted.append(table)
            except psycopg2.IntegrityError:
                pass
    assert not accepted


def test_nothing_is_moved_into_a_registered_document(connection, year):
    """Neither a line of a draft nor the draft itself slips under another's seal."""
    cursor = connection.cursor()
    draft = year.facts["orders"]["draft"]
    sealed = year.facts["orders"]["leave"]
    for statement in (
        f"UPDATE registrar_order_line SET order_id = {sealed} WHERE order_id = {draft}",
        "UPDATE registrar_order SET (entry_id, number, state) = "
        "(SELECT entry_id, number, state FROM registrar_order "
        f"WHERE id = {sealed}) WHERE id = {draft}",
    ):
        with savepoint(cursor), pytest.raises(psycopg2.IntegrityError):
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("before", "after"),
    [("registered", "draft"), ("cancelled", "registered"), ("cancelled", "draft")],
)
def test_states_do_not_go_back(connection, kinds, before, after):
    cursor = connection.cursor()
    for table in kinds["documents"]:
        cursor.execute(f"SELECT id FROM {table} WHERE state = %s LIMIT 1", [before])
        for (row_id,) in cursor.fetchall():
            with savepoint(cursor), pytest.raises(psycopg2.errors.RestrictViolation):
                cursor.execute(
                    f"UPDATE {table} SET state = %s WHERE id = %s", [after, row_id]
                )


def test_approved_curriculum_is_settled(connection, year):
    cursor = connection.cursor()
    curriculum = year.facts["programmes"]["is"]["curriculum"]
    for statement in (
        "UPDATE registrar_curriculum SET version = 9 WHERE id = {}",
        "UPDATE registrar_curriculum SET state = 'draft' WHERE id = {}",
        "UPDATE registrar_curriculum_line SET credits = 9 WHERE curriculum_id = {}",
        "UPDATE registrar_curriculum_block SET choose = 2 WHERE curriculum_id = {}",
        "DELETE FROM registrar_curriculum_line WHERE curriculum_id = {}",
        "DELETE FROM registrar_curriculum WHERE id = {}",
        "INSERT INTO registrar_curriculum_line (curriculum_id, discipline_id, credits, "
        "term_number, cycle, component, control_form) SELECT curriculum_id, "
        "discipline_id, 1, 9, cycle, component, control_form "
        "FROM registrar_curriculum_line WHERE curriculum_id = {} LIMIT 1",
    ):
        with savepoint(cursor), pytest.raises(psycopg2.Error) as caught:
            cursor.execute(statement.format(curriculum))
        used = "is referenced from" in str(caught.value)
        assert used or "approved" in str(caught.value), statement


def test_unregistered_rows_are_free(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT id FROM registrar_order WHERE entry_id IS NULL LIMIT 1")
    [(draft,)] = cursor.fetchall()
    cursor.execute("UPDATE registrar_order SET note = 'x' WHERE id = %s", [draft])
    assert cursor.rowcount == 1


# Forced changes


def verify(year):
    """Check all registers as the head of the office; return what was found."""
    registers = year.office.find("head", "registrar.register")
    return year.office.as_("head")["registrar.register"].verify_chain(registers)


@contextlib.contextmanager
def forced(year, table, *statements):
    """Change a table with its triggers disabled; take it back afterwards."""
    connection = year.site.connect()
    backup = f"copy_of_{table}"

    def run(*queries):
        with connection, connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for query in queries:
                cursor.execute(query)
                assert cursor.rowcount, f"nothing was changed: {query}"
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {backup} AS TABLE {table}")
        cursor.execute(COLUMNS, [table])
        names = [row[0] for row in cursor.fetchall()]
    run(*statements)
    try:
        yield
    finally:
        columns = ", ".join(names)
        sources = ", ".join(f"b.{name}" for name in names)
        with connection, connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                f"DELETE FROM {table} WHERE id NOT IN (SELECT id FROM {backup})"
            )
            cursor.execute(
                f"UPDATE {table} t SET ({columns}) = ROW({sources}) FROM {backup} b "
                "WHERE b.id = t.id AND to_jsonb(t) IS DISTINCT FROM to_jsonb(b)"
            )
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {backup} b "
                f"WHERE b.id NOT IN (SELECT id FROM {table})"
            )
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"DROP TABLE {backup}")
        connection.close()


def test_chain_of_the_main_path_is_whole(year):
    assert verify(year) == []


SEALED_ORDER = "(SELECT max(id) FROM registrar_order WHERE state = 'registered')"
SEALED_SHEET = "(SELECT max(id) FROM registrar_sheet WHERE state = 'registered')"
SEALED_PLAN = (
    "(SELECT max(id) FROM registrar_study_plan"
    " WHERE state = 'registered' AND kind = 'main')"
)
FIRST_ENTRY = (
    "(SELECT min(id) FROM registrar_register_entry WHERE res_model = '{}' "
    "AND digest IS NOT NULL)"
)
FORGERIES = {
    "a better mark": (
        "registrar_result",
        "UPDATE registrar_result SET score = score + 1 "
        "WHERE id = (SELECT max(id) FROM registrar_result)",
    ),
    "a result that is gone": (
        "registrar_result",
        "DELETE FROM registrar_result WHERE id = (SELECT max(id) FROM registrar_result "
        "WHERE id NOT IN (SELECT superseded_by_id FROM registrar_result "
        "WHERE superseded_by_id IS NOT NULL))",
    ),
    "another funding": (
        "registrar_enrolment",
        "UPDATE registrar_enrolment SET funding = 'grant' "
        "WHERE id = (SELECT max(id) FROM registrar_enrolment WHERE funding = 'paid')",
    ),
    "a state that ends early": (
        "registrar_enrolment",
        "UPDATE registrar_enrolment SET date_to = date_from + 10 WHERE id = "
        "(SELECT max(id) FROM registrar_enrolment WHERE date_to IS NULL "
        "AND reversal_entry_id IS NULL)",
    ),
    "a movement reversed by nobody": (
        "registrar_enrolment",
        "UPDATE registrar_enrolment SET reversal_entry_id = "
        "(SELECT min(entry_id) FROM registrar_enrolment) WHERE id = "
        "(SELECT max(id) FROM registrar_enrolment WHERE date_to IS NULL "
        "AND reversal_entry_id IS NULL)",
    ),
    "an order with another text": (
        "registrar_order",
        f"UPDATE registrar_order SET basis_ru = 'устно' WHERE id = {SEALED_ORDER}",
    ),
    "an order of another day": (
        "registrar_order",
        "UPDATE registrar_order SET document_date = document_date - 1 "
        f"WHERE id = {SEALED_ORDER}",
    ),
    "an order back in draft": (
        "registrar_order",
        f"UPDATE registrar_order SET state = 'draft' WHERE id = {SEALED_ORDER}",
    ),
    "an order cancelled by nobody": (
        "registrar_order",
        f"UPDATE registrar_order SET state = 'cancelled' WHERE id = {SEALED_ORDER}",
    ),
    "a person in an order": (
        "registrar_order_line",
        "UPDATE registrar_order_line SET funding = 'grant', basis = 'x' "
        f"WHERE order_id = {SEALED_ORDER}",
    ),
    "a sheet with another mark": (
        "registrar_sheet_line",
        "UPDATE registrar_sheet_line SET exam_score = 99 WHERE id = "
        f"(SELECT max(id) FROM registrar_sheet_line WHERE sheet_id = {SEALED_SHEET})",
    ),
    "a sheet of another teacher": (
        "registrar_sheet",
        "UPDATE registrar_sheet SET teacher_id = (SELECT max(id) FROM hr_employee) "
        f"WHERE id = {SEALED_SHEET}",
    ),
    "a plan with more credits": (
        "registrar_study_plan_line",
        "UPDATE registrar_study_plan_line SET credits = credits + 1 "
        f"WHERE id = (SELECT max(id) FROM registrar_study_plan_line "
        f"WHERE plan_id = {SEALED_PLAN})",
    ),
    "a plan signed by another": (
        "registrar_study_plan",
        f"UPDATE registrar_study_plan SET signed_by_id = 1 WHERE id = {SEALED_PLAN}",
    ),
    "another number": (
        "registrar_register_entry",
        "UPDATE registrar_register_entry SET number = number || 'a' WHERE id = "
        + FIRST_ENTRY.format("registrar.order"),
    ),
    "another person on the public page": (
        "registrar_register_entry",
        "UPDATE registrar_register_entry SET recipient = 'Ф. А.' WHERE id = "
        + FIRST_ENTRY.format("registrar.order"),
    ),
    "another title on the public page": (
        "registrar_register_entry",
        "UPDATE registrar_register_entry SET title_ru = 'Диплом' WHERE id = "
        + FIRST_ENTRY.format("registrar.order"),
    ),
    "another person who registered": (
        "registrar_register_entry",
        "UPDATE registrar_register_entry SET registered_by_id = 1 WHERE id = "
        + FIRST_ENTRY.format("registrar.order"),
    ),
    "an entry cancelled by nobody": (
        "registrar_register_entry",
        "UPDATE registrar_register_entry SET state = 'cancelled' WHERE id = "
        + FIRST_ENTRY.format("registrar.order"),
    ),
    "a digest computed anew": (
        "registrar_register_entry",
        "UPDATE registrar_register_entry SET digest = md5(digest) || md5(payload) "
        "WHERE id = " + FIRST_ENTRY.format("registrar.order"),
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forced_change_is_found(year, name):
    with forced(year, *FORGERIES[name]):
        found = verify(year)
    assert found, f"nobody noticed: {name}"
    assert all(problem["number"] and problem["problem"] for problem in found)
    assert verify(year) == []


def test_forged_pdf_is_found(year):
    [(name, number)] = year.site.sql(
        "SELECT a.store_fname, e.number FROM registrar_register_entry e "
        "JOIN ir_attachment a ON a.id = e.attachment_id ORDER BY e.id LIMIT 1"
    )
    path = year.site.odoo.server.filestore(year.site.database) / name
    content = path.read_bytes()
    # a new file: the old one may be linked to those of the template
    path.unlink()
    path.write_bytes(content.replace(b"%PDF-1", b"%PDF-2", 1))
    try:
        assert number in [problem["number"] for problem in verify(year)]
        path.unlink()
        assert number in [problem["number"] for problem in verify(year)]
    finally:
        path.write_bytes(content)
    assert verify(year) == []
