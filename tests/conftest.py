"""Fixtures of the black-box tests: real servers on real databases.

The tests run without Odoo in their interpreter. They reach a server over HTTP, its
database over SQL and its screens through Chromium, as anybody outside would.

    site        a server on a new database with the suite, for one test module
    demo_site   the same with the demo academic year in it
    new_site    a function that makes further databases and servers
    browser     headless Chromium (Playwright), for the whole run

A `Site` has `url` and `database`, and can be stopped, killed and started again.
"""

import importlib.machinery
import importlib.util
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import odoorpc
import psycopg2
import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent


def load_command_line():
    """Return the program `registrar` as a module."""
    path = str(ROOT / "registrar")
    loader = importlib.machinery.SourceFileLoader("registrar_command", path)
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


class Site:
    """A database with the suite, and the server that answers for it."""

    def __init__(self, odoo, template, port, log):
        self.odoo = odoo
        self.database = f"registrar_site_{uuid.uuid4().hex[:8]}"
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self.process = None
        odoo.server.copy(template, self.database)

    # The server

    def start(self, *options):
        """Start the server with further options of Odoo and wait for its answer."""
        command = self.odoo.command(
            *("-d", self.database, "--http-port", self.port),
            *("--logfile", self.log),
            *options,
        )
        self.process = subprocess.Popen(
            command, env=self.odoo.environment, start_new_session=True
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/web/health", timeout=5):
                    return self
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        raise RuntimeError(f"the server did not start:\n{self.read_log()[-4000:]}")

    def stop(self):
        """End the server as an administrator does; nothing when it is down."""
        self._end(signal.SIGTERM)

    def kill(self):
        """End the server as a power cut does."""
        self._end(signal.SIGKILL)

    def _end(self, number):
        if self.process is None:
            return
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        self.process.wait(timeout=60)
        self.process = None

    def read_log(self):
        return self.log.read_text() if self.log.exists() else ""

    def remove(self):
        self.kill()
        self.odoo.server.drop(self.database)

    # Its clients

    def rpc(self, login, password=None):
        """Return an RPC client (odoorpc) logged in as this user."""
        client = odoorpc.ODOO("127.0.0.1", port=self.port, timeout=600)
        client.login(self.database, login, password or login)
        return client

    def connect(self):
        """Return a connection (psycopg2) to the database, as its owner."""
        variables = self.odoo.server.environment
        return psycopg2.connect(
            dbname=self.database,
            host=variables["PGHOST"],
            port=variables["PGPORT"],
            user=variables["PGUSER"],
        )

    def sql(self, query, parameters=None):
        """Run one statement, commit it and return its rows, if it has any."""
        connection = self.connect()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def script(self, source, **values):
        """Run Python in Odoo's shell: `env` and the dictionary `values` are there."""
        self.odoo.script(self.database, source, **values)

    def command(self, *arguments, check=True):
        """Run `./registrar` on the databases of the tests; return the process."""
        return subprocess.run(
            [ROOT / "registrar", *map(str, arguments)],
            env={**os.environ, "REGISTRAR_CLUSTER": "scratch"},
            capture_output=True,
            text=True,
            check=check,
        )


@pytest.fixture(scope="session")
def command_line():
    return load_command_line()


@pytest.fixture(scope="session")
def odoo(command_line):
    return command_line.Odoo(command_line.scratch_cluster())


@pytest.fixture(scope="session")
def suite_template(odoo):
    """Name of the database with the suite and without any data."""
    return odoo.suite_template(assets=True)


@pytest.fixture(scope="session")
def demo_template(odoo):
    """Name of the database with the demo academic year."""
    return odoo.demo_template()


@pytest.fixture(scope="session")
def _sites(command_line, odoo, tmp_path_factory):
    sites = []

    def make(template, *options):
        log = tmp_path_factory.mktemp("site") / "odoo.log"
        site = Site(odoo, template, command_line.free_port(), log)
        sites.append(site)
        return site.start(*options)

    yield make
    for site in sites:
        site.remove()


@pytest.fixture(scope="module")
def site(_sites, suite_template):
    site = _sites(suite_template)
    yield site
    site.remove()


@pytest.fixture(scope="module")
def demo_site(_sites, demo_template):
    site = _sites(demo_template)
    yield site
    site.remove()


@pytest.fixture(scope="module")
def new_site(_sites, suite_template, request):
    """Make a site: `new_site(*options)` or, with the demo year, `new_site(demo=True)`.

    The options go to Odoo, for example `"--workers", "4"`.
    """
    made = []

    def make(*options, demo=False):
        template = suite_template
        if demo:
            template = request.getfixturevalue("demo_template")
        made.append(_sites(template, *options))
        return made[-1]

    yield make
    for site in made:
        site.remove()


@pytest.fixture(scope="session")
def browser(command_line):
    path = command_line.find_browser()
    assert path, "there is no Chromium; `./registrar test` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Return `open_page(site, login)`: a page of a person who has just logged in.

    The test fails when the page reported an error in its console.
    """
    contexts, errors = [], []

    def open_it(site, login=None, password=None, lang="en-US", **options):
        context = browser.new_context(base_url=site.url, locale=lang, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on(
            "console",
            lambda message: message.type == "error" and errors.append(message.text),
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        if login:
            page.goto("/web/login")
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", password or login)
            page.click("form.oe_login_form button[type=submit]")
            page.wait_for_url(lambda url: "/web/login" not in url)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not errors, f"errors in the console of the browser: {errors}"
