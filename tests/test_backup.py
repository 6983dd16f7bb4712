"""A backup of a working university comes back as it was, or not at all."""

import json
import tarfile
import threading
import uuid

import pytest
from odoorpc.error import RPCError

DIGESTS = (
    "SELECT r.code, count(*), "
    "md5(string_agg(e.digest, ',' ORDER BY e.id)) FROM registrar_register_entry e "
    "JOIN registrar_register r ON r.id = e.register_id GROUP BY r.code ORDER BY 1"
)


class Restored:
    """A restored database, as far as the tests need one."""

    def __init__(self, site):
        self.name = f"registrar_site_{uuid.uuid4().hex[:8]}"
        self.server = site.odoo.server
        self.odoo = site.odoo

    def sql(self, query):
        rows = self.server.sql(query, self.name).splitlines()
        return [tuple(row.split("|")) for row in rows]


@pytest.fixture
def restored(year):
    made = Restored(year.site)
    yield made
    made.server.drop(made.name)


@pytest.fixture(scope="module")
def archive(year, tmp_path_factory):
    """A backup made while people work: transcripts are registered meanwhile."""
    path = tmp_path_factory.mktemp("backup") / "university.tar"
    stop, failures = threading.Event(), []

    def work():
        clerk = year.site.rpc("clerk").env["registrar.transcript.issue"]
        students = year.facts["students"]["is"][:2]
        while not stop.is_set():
            wizard = clerk.create(
                {"student_ids": [[6, 0, students]], "date": "2026-10-20"}
            )
            try:
                clerk.action_issue([wizard])
            except RPCError as error:
                failures.append(str(error))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        year.site.command("backup", path, "--db", year.site.database)
    finally:
        stop.set()
        worker.join()
    assert not failures, failures
    return path


def manifest_of(path):
    with tarfile.open(path) as archive:
        return json.load(archive.extractfile("manifest.json"))


def test_counts_and_digests_come_back(year, archive, restored):
    done = year.site.command("restore", archive, "--db", restored.name)
    manifest = manifest_of(archive)
    for table, ledger in manifest["ledgers"].items():
        assert ledger["rows"] > 0, table
        assert f"{table}: {ledger['rows']} rows, digest equal" in done.stdout
        assert restored.sql(f"SELECT count(*) FROM {table}") == [(str(ledger["rows"]),)]
    assert manifest["ledgers"].keys() >= {
        "registrar_enrolment",
        "registrar_result",
        "registrar_register_entry",
    }
    # what was registered before the backup is there, digest by digest
    before = {
        (code, int(count)): digest for code, count, digest in restored.sql(DIGESTS)
    }
    for (code, count), digest in before.items():
        [(same,)] = year.site.sql(
            "SELECT md5(string_agg(digest, ',' ORDER BY id)) FROM (SELECT e.id, "
            "e.digest FROM registrar_register_entry e JOIN registrar_register r "
            "ON r.id = e.register_id WHERE r.code = %s ORDER BY e.id LIMIT %s) x",
            [code, count],
        )
        assert same == digest, code
    # the restored university says itself that nothing was touched
    restored.odoo.script(restored.name, VERIFY)


VERIFY = """
problems = env["registrar.register"].search([]).verify_chain()
if problems:
    raise SystemExit(str(problems[:5]))
"""


def test_archive_with_a_better_mark_is_refused(year, archive, restored, tmp_path):
    """Somebody changes a mark in the dump and packs the archive again."""
    server = restored.server
    forged = f"{restored.name}_forged"
    try:
        year.site.command("restore", archive, "--db", forged)
        server.sql(
            "ALTER TABLE registrar_result DISABLE TRIGGER USER;"
            "UPDATE registrar_result SET score = score + 1 WHERE id = "
            "(SELECT max(id) FROM registrar_result)",
            forged,
        )
        dump = tmp_path / "database.dump"
        server.client(
            "pg_dump", "--format=custom", "--no-owner", "--file", dump, forged
        )
    finally:
        server.drop(forged)
    packed = tmp_path / "forged.tar"
    with tarfile.open(archive) as source, tarfile.open(packed, "w") as target:
        for member in source:
            if member.name == "database.dump":
                target.add(dump, member.name)
            else:
                target.addfile(member, source.extractfile(member))
    done = year.site.command("restore", packed, "--db", restored.name, check=False)
    assert done.returncode == 1
    assert "the restored data differ" in done.stderr
    assert "registrar_result" in done.stderr
    assert not server.exists(restored.name)
    assert not server.exists(f"{restored.name}_part")
