"""The program `./registrar` as a maintainer types it."""

import json
import os
import re
import signal
import socket
import subprocess
import tarfile
import time
import urllib.request

import psycopg2
import pytest
import requests
import websocket
from conftest import ROOT

SCRATCH = {**os.environ, "REGISTRAR_CLUSTER": "scratch"}


@pytest.fixture(scope="module")
def running(site, command_line):
    """Return the address of `./registrar run` on the database of the site."""
    port = command_line.free_port()
    arguments = ["run", "--no-demo", "--db", site.database, "--port", str(port)]
    process = subprocess.Popen(
        [ROOT / "registrar", *arguments],
        env=SCRATCH,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl+C" in line:
            break
    assert f"http://localhost:{port}" in "".join(lines), process.stderr.read()
    yield f"127.0.0.1:{port}"
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def log_in(address, database):
    session = requests.Session()
    user = {"db": database, "login": "admin", "password": "admin"}
    answer = session.post(
        f"http://{address}/web/session/authenticate",
        json={"jsonrpc": "2.0", "params": user},
        timeout=60,
    )
    assert answer.json()["result"]["username"] == "admin"
    return session


def test_run_serves_pages_and_web_sockets_on_one_port(running, site):
    session = log_in(running, site.database)
    cookie = f"session_id={session.cookies['session_id']}"
    page = session.get(f"http://{running}/web/login", timeout=60)
    assert page.status_code == 200
    client = websocket.create_connection(
        f"ws://{running}/websocket?version=19.0-2", cookie=cookie, timeout=30
    )
    try:
        assert client.getstatus() == 101
        client.send(json.dumps({"event_name": "subscribe", "data": {}}))
        client.ping()
        assert client.connected
    finally:
        client.close()


def test_run_passes_large_bodies_of_both_kinds(running, site):
    session = log_in(running, site.database)
    body = json.dumps({"jsonrpc": "2.0", "params": {}, "padding": "x" * 3_000_000})
    blocks = (body[i : i + 70_001].encode() for i in range(0, len(body), 70_001))
    for data in (body, blocks):
        answer = session.post(
            f"http://{running}/web/session/get_session_info",
            data=data,
            headers={"Content-Type": "application/json"},
            timeout=60,
        )
        assert answer.json()["result"]["username"] == "admin"


def test_run_survives_what_is_not_http(running):
    host, port = running.split(":")
    for nonsense in (
        b"\x16\x03\x01\x02\x00\r\n\r\n",
        b"x" * 200_000,
        b"GET / HTTP/1.1",
    ):
        with socket.create_connection((host, int(port)), timeout=10) as client:
            try:
                client.sendall(nonsense)
            except OSError:
                pass  # the door was shut before everything was said
    with urllib.request.urlopen(f"http://{running}/web/health", timeout=30) as answer:
        assert answer.status == 200


def test_run_names_a_port_in_use(running, site):
    port = running.split(":")[1]
    done = site.command("run", "--db", site.database, "--port", port, check=False)
    assert done.returncode == 1
    assert f"port {port} cannot be used" in done.stderr
    assert "--port" in done.stderr


def test_backup_of_a_running_site_restores_equal(site, tmp_path, request):
    archive = tmp_path / "backup.tar"
    copy = f"{site.database}_copy"
    request.addfinalizer(lambda: site.command("dropdb", copy))
    site.command("backup", archive, "--db", site.database)
    done = site.command("restore", archive, "--db", copy)
    assert "registrar_enrolment" in done.stdout
    assert "digest equal" in done.stdout
    assert site.odoo.server.exists(copy)
    files = site.odoo.server.filestore(copy)
    query = "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname > ''"
    names = site.sql(query)
    assert names
    assert all((files / name).is_file() for (name,) in names)
    # a second time the name is taken, and the copy stays as it is
    again = site.command("restore", archive, "--db", copy, check=False)
    assert again.returncode == 1
    assert "is left alone" in again.stderr


def repack(source, target, change):
    """Copy an archive; `change(name, content)` returns the new content or None."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            content = change(member.name, old.extractfile(member).read())
            if content is not None:
                path = target.parent / "member"
                path.write_bytes(content)
                new.add(path, member.name)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda name, content: (
                content[:-1] + b"?" if name.startswith("filestore/") else content
            ),
            "is damaged",
        ),
        (
            lambda name, content: (
                content[: len(content) // 2] if name.endswith(".dump") else content
            ),
            "pg_restore",
        ),
        (
            lambda name, content: (
                re.sub(rb'"fingerprint": "\d+"', b'"fingerprint": "17"', content)
                if name == "manifest.json"
                else content
            ),
            "differ",
        ),
        (
            lambda name, content: None if name == "manifest.json" else content,
            "not a readable backup",
        ),
    ],
    ids=["file", "dump", "ledger", "manifest"],
)
def test_damaged_backup_is_refused_and_leaves_nothing(site, tmp_path, damage, message):
    archive, broken = tmp_path / "backup.tar", tmp_path / "broken.tar"
    site.command("backup", archive, "--db", site.database)
    repack(archive, broken, damage)
    name = f"{site.database}_broken"
    done = site.command("restore", broken, "--db", name, check=False)
    assert done.returncode == 1
    assert message in done.stderr
    server = site.odoo.server
    left = server.sql(f"SELECT datname FROM pg_database WHERE datname LIKE '{name}%'")
    assert not left
    assert not server.filestore(f"{name}_part").exists()


def test_backup_needs_a_database_and_a_folder(site, tmp_path):
    done = site.command("backup", tmp_path / "x.tar", "--db", "no_such", check=False)
    assert (done.returncode, "no database 'no_such'" in done.stderr) == (1, True)
    target = tmp_path / "absent" / "x.tar"
    done = site.command("backup", target, "--db", site.database, check=False)
    assert (done.returncode, "does not exist" in done.stderr) == (1, True)


def test_garbage_collection_waits_for_a_backup(site, command_line):
    """The lock a backup holds is the one Odoo's collector of files waits for."""
    with command_line.Session(site.odoo.server, site.database) as session:
        session.sql("BEGIN")
        session.sql("LOCK TABLE ir_attachment IN ROW EXCLUSIVE MODE")
        with pytest.raises(psycopg2.errors.LockNotAvailable):
            site.sql("LOCK TABLE ir_attachment IN SHARE MODE NOWAIT")
        site.sql("UPDATE ir_attachment SET name = name WHERE false")


def test_filter_without_tests_fails(site):
    done = site.command("test", "tests/test_no_such_file.py", check=False)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "0 passed, 0 failed, 0 skipped"


def test_interrupted_start_is_repaired(command_line, tmp_path):
    """A start that died between two steps leaves only a name to be removed."""
    odoo = command_line.Odoo(command_line.scratch_cluster())
    name = odoo.scratch_name("repair")
    part = f"{name}_part"
    try:
        odoo.server.sql(f'CREATE DATABASE "{part}"')
        odoo.server.filestore(part).mkdir(parents=True)
        began = time.monotonic()
        command_line.prepare_database(odoo, name, demo=False, language="ru_RU")
        assert odoo.server.exists(name)
        assert not odoo.server.exists(part)
        query = "SELECT count(*) FROM ir_module_module WHERE state = 'installed'"
        assert int(odoo.server.sql(query, name)) > 40
        first = time.monotonic() - began
        began = time.monotonic()
        command_line.prepare_database(odoo, name, demo=False, language="ru_RU")
        assert time.monotonic() - began < max(2.0, first / 5)
    finally:
        odoo.server.drop(name)
