"""Fixtures of the black-box tests: real servers on real databases.

The tests run without Odoo in their interpreter. They reach a server over HTTP, its
database over SQL and its screens through Chromium, as anybody outside would.

    site        a server on a new database with the suite, for one test module
    demo_site   the same with the demo academic year in it
    year        a server on a small university whose year was led by `office.py`
    year_on     a function that makes further ones: `year_on("--workers", "3")`
    new_site    a function that makes further databases and servers
    browser     headless Chromium (Playwright), for the whole run

A `Site` has `url` and `database`, and can be stopped, killed and started again.
"""

import importlib.machinery
import importlib.util
import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import odoorpc
import psycopg2
import pytest
import requests
from office import Office, lead_year
from playwright.sync_api import sync_playwright
from test_arithmetic import iin

ROOT = Path(__file__).resolve().parent.parent


def load_command_line():
    """Return the program `registrar` as a module."""
    path = str(ROOT / "registrar")
    loader = importlib.machinery.SourceFileLoader("registrar_command", path)
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


class Refused(Exception):
    """The server answered with an error; the text is what the user reads."""


class Web:
    """A session over HTTP, as a browser has it after the login page."""

    def __init__(self, site, login=None, password=None):
        self.url = site.url
        self.session = requests.Session()
        if login:
            self.json(
                "/web/session/authenticate",
                db=site.database,
                login=login,
                password=password,
            )

    def json(self, path, **parameters):
        """Call a route for scripts and return its result."""
        answer = self.session.post(
            self.url + path, json={"jsonrpc": "2.0", "params": parameters}
        )
        answer.raise_for_status()
        body = answer.json()
        if "error" in body:
            raise Refused(body["error"]["data"]["message"])
        return body.get("result")

    def call(self, model, method, *args, **kwargs):
        """Call a method of a model as the web client does."""
        return self.json(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def get(self, path, **options):
        return self.session.get(self.url + path, **options)

    def download(self, path):
        """Return the content behind a link, which must be there."""
        answer = self.get(path)
        answer.raise_for_status()
        return answer.content


class Json2:
    """A client of the JSON-2 interface: one call is one request."""

    def __init__(self, url, key):
        self.url = f"{url}/json/2"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"bearer {key}"

    def post(self, model, method, **arguments):
        """Call a method and return the answer as it is."""
        return self.session.post(f"{self.url}/{model}/{method}", json=arguments)

    def call(self, model, method, **arguments):
        """Call a method and return its result."""
        answer = self.post(model, method, **arguments)
        if answer.status_code != 200:
            raise Refused(answer.json().get("message", answer.text))
        return answer.json()


API_KEYS = """
from datetime import datetime, timedelta
tomorrow = datetime.now() + timedelta(days=1)
result = {}
for user in env["res.users"].search([("login", "in", values["logins"])]):
    keys = env["res.users.apikeys"].with_user(user).sudo()
    result[user.login] = keys._generate("rpc", "tests", tomorrow)
env.cr.commit()
"""


class Site:
    """A database with the suite, and the server that answers for it."""

    def __init__(self, odoo, template, free_port, log):
        self.odoo = odoo
        self.database = odoo.scratch_name("site")
        self.free_port = free_port
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self.process = None
        odoo.server.copy(template, self.database)

    # The server

    def start(self, *options):
        """Start the server with further options of Odoo and wait for its answer."""
        command = self.odoo.command(
            *("-d", self.database, "--http-port", self.port),
            # with workers the web sockets have a port of their own
            *("--gevent-port", self.free_port()),
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

    def web(self, login=None, password=None):
        """Return a session of a browser without scripts, logged in as this user."""
        return Web(self, login, password or login)

    def json2(self, key):
        """Return a client of the JSON-2 interface with this key."""
        return Json2(self.url, key)

    def api_keys(self, *logins):
        """Return a key of the external interface for each of these users."""
        return self.evaluate(API_KEYS, logins=logins)

    def evaluate(self, source, **values):
        """Run Python in Odoo's shell and return what it leaves in `result`."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "result.json"
            source = f"import json\n{source}\n"
            source += "open(values['path'], 'w').write(json.dumps(result))\n"
            self.script(source, path=str(path), **values)
            return json.loads(path.read_text())

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
        done = subprocess.run(
            [ROOT / "registrar", *map(str, arguments)],
            env={**os.environ, "REGISTRAR_CLUSTER": "scratch"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not (check and done.returncode), done.stdout + done.stderr
        return done


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
        site = Site(odoo, template, command_line.free_port, log)
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


class Year:
    """A copy of the university in which a year was led, and its people."""

    def __init__(self, site, facts):
        self.site = site
        self.facts = facts
        self.office = Office(site)

    def restart(self, *options):
        """Start the server anew; the old connections are gone."""
        self.site.stop()
        self.site.start(*options)
        self.office = Office(self.site)


@pytest.fixture(scope="session")
def _led_year(_sites, suite_template):
    """Lead the year of `office.py` once; return its database and what was made."""
    site = _sites(suite_template)
    facts = lead_year(Office(site), iin.make_iin)
    site.stop()
    yield site.database, facts
    site.remove()


@pytest.fixture(scope="module")
def year(year_on):
    """The university after the year, for one test module."""
    return year_on()


@pytest.fixture(scope="module")
def year_on(_sites, _led_year):
    """Make a copy of the university: `year_on(*options)`, the options go to Odoo."""
    template, facts = _led_year
    made = []

    def make(*options):
        made.append(_sites(template, *options))
        return Year(made[-1], facts)

    yield make
    for site in made:
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
