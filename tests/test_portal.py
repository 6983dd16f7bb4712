"""A student of the portal tries everything on the records of others.

Nothing of another person may come back, whatever is asked and however, and nothing in
the database may change. That the student finds the own records shows that the attempts
are real.
"""

import html
import io
import json
import re

import openpyxl
import pypdf
import pytest
from test_access import read_table

LOGIN = "student"
ROUTES = """
modules = sorted(env.registry._init_modules)
router = env["ir.http"]
result = [
    {
        "url": url,
        "type": endpoint.routing.get("type"),
        "methods": sorted(endpoint.routing.get("methods") or []),
        "module": getattr(endpoint, "func", endpoint).__module__.split(".")[2],
    }
    for url, endpoint in router._generate_routing_rules(
        modules, router._get_converters()
    )
]
"""
REPORTS = """
data = env["ir.model.data"].search([("model", "=", "ir.actions.report")])
result = sorted(
    {
        record.complete_name: env["ir.actions.report"].browse(record.res_id).model
        for record in data
        if record.module.startswith("registrar")
    }.items()
)
"""
METHODS = """
import inspect
result = []
for name in values["models"]:
    cls = type(env[name])
    for method in sorted(dir(cls)):
        if method.startswith("_"):
            continue
        function = inspect.unwrap(getattr(cls, method, None) or (lambda: 0))
        module = getattr(function, "__module__", "") or ""
        if callable(function) and module.startswith("odoo.addons.registrar"):
            result.append([name, method, bool(getattr(function, "_api_model", False))])
"""
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind = 'r'
   AND (c.relname LIKE 'registrar_%' OR c.relname LIKE 'hr_%'
        OR c.relname IN ('res_users', 'mail_activity', 'ir_rule', 'ir_model_access'))
 ORDER BY c.relname
"""
# Without the scripts and styles that a page may bring along.
FILES = """
SELECT count(*), max(write_date) FROM ir_attachment WHERE res_model LIKE 'registrar.%'
"""
# Scheduled jobs of the server write messages too, as the system user.
MESSAGES = """
SELECT count(*), max(write_date) FROM mail_message WHERE write_uid <> 1
"""
# Whose ids are tried in the addresses of the suite.
TARGETS = (
    "registrar.student",
    "registrar.study.plan",
    "registrar.sheet",
    "registrar.order",
    "registrar.result",
    "registrar.transcript",
)
# They end the session of whoever calls them, which is no secret.
FAREWELLS = ("/web/session/logout", "/web/session/destroy", "/odoo/logout")


@pytest.fixture(scope="module")
def secrets(year):
    """What nobody but the owner may read: names and numbers of the other students."""
    rows = year.site.sql(
        "SELECT s.full_name, s.last_name || ' ' || s.first_name, s.iin, "
        "s.student_number FROM registrar_student s WHERE s.id <> %s",
        [year.facts["students"]["is"][0]],
    )
    found = {text for row in rows for text in row if text}
    assert len(found) > 20
    return found


@pytest.fixture(scope="module")
def state(year, command_line):
    """Return a function that gives digests of all tables that matter."""
    tables = [name for (name,) in year.site.sql(TABLES)]

    def digests():
        return {
            table: year.site.sql(command_line.FINGERPRINT.format(table=table))[0]
            for table in tables
        } | {"files": year.site.sql(FILES), "messages": year.site.sql(MESSAGES)}

    return digests


@pytest.fixture(scope="module")
def api(year):
    return year.site.json2(year.site.api_keys(LOGIN)[LOGIN])


@pytest.fixture(scope="module")
def victims(year):
    """Ids of records of other people, by model: at most three of each."""
    own = year.facts["students"]["is"][0]
    head = year.office.as_("head")
    result = {}
    for model in read_table():
        fields = head[model].fields_get(["student_id"], ["type"])
        domain = [["id", "!=", own]] if model == "registrar.student" else []
        if "student_id" in fields:
            domain = [["student_id", "!=", own]]
        result[model] = head[model].search(domain, limit=3)
    for model in ("registrar.student", "registrar.result", "registrar.order.line"):
        assert result[model], model
    return result


@pytest.fixture(scope="module")
def reports(year):
    """The printed forms of the suite and their models."""
    found = year.site.evaluate(REPORTS)
    assert len(found) >= 4
    return found


def readable(answer):
    """Return everything a person can read in an answer, as text."""
    content = answer.content
    if content.startswith(b"%PDF"):
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())
    if content.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = (c.value for sheet in book for row in sheet.rows for c in row)
        return " ".join(str(value) for value in cells if value is not None)
    text = answer.text
    if "json" in answer.headers.get("Content-Type", ""):
        text = json.dumps(answer.json(), ensure_ascii=False)
    return html.unescape(text)


def leaks(answer, secrets):
    text = readable(answer)
    return sorted(secret for secret in secrets if secret in text)


def fill(url, row_id, model):
    """Put ids and names of victims into the places of a route."""

    def value(match):
        converter, name = match[1] or "string", match[2]
        if converter.startswith(("int", "model")):
            return str(row_id)
        if "model" in name:
            return model
        if name in ("docids", "ids", "res_ids"):
            return str(row_id)
        return {"field": "name", "filename": "x", "converter": "pdf"}.get(
            name, str(row_id)
        )

    return re.sub(r"<(?:([^:<>]+(?:\([^)]*\))?):)?(\w+)>", value, url)


def test_reads_the_own_records(year, api):
    """The student has a life here, or the attempts below would prove nothing."""
    own = year.facts["students"]["is"][0]
    [me] = api.call("registrar.student", "search_read", domain=[], fields=["full_name"])
    assert me["id"] == own
    for model in (
        "registrar.enrolment",
        "registrar.study.plan",
        "registrar.study.plan.line",
        "registrar.result",
        "registrar.gpa",
        "registrar.transcript",
    ):
        rows = api.call(model, "search_read", domain=[], fields=["student_id"])
        assert rows, model
        assert {row["student_id"][0] for row in rows} == {own}, model


def test_reads_nothing_of_others(year, api, secrets, victims):
    found = []
    for model in read_table():
        ids = victims.get(model, [])
        names = api.post(model, "fields_get", attributes=["type"])
        described = names.json() if names.status_code == 200 else {}
        fields = list(described) or ["id"]
        plain = [n for n in described if not described[n]["type"].endswith("2many")]
        attempts = {
            "search_read": {"domain": [], "fields": plain},
            "read": {"ids": ids, "fields": plain},
            "export_data": {"ids": ids, "fields_to_export": ["id", "display_name"]},
            "web_read": {"ids": ids, "specification": {name: {} for name in fields}},
            "web_search_read": {
                "domain": [],
                "specification": {name: {} for name in fields},
            },
            "name_search": {"name": ""},
            "get_metadata": {"ids": ids},
            "message_read": {"ids": ids},
            "formatted_read_group": {
                "domain": [],
                "groupby": ["student_id"] if "student_id" in fields else ["id"],
                "aggregates": ["__count"],
            },
        }
        for method, arguments in attempts.items():
            answer = api.post(model, method, **arguments)
            for secret in leaks(answer, secrets):
                found.append(f"{model}.{method}: {secret}")
            if method == "read" and model == "registrar.student":
                assert answer.status_code == 403
    assert not found, "\n".join(found)


def test_searches_do_not_tell_about_others(year, api):
    """A condition on somebody else's data finds nothing, whatever the path."""
    mate = year.facts["students"]["is"][1]
    [(name,)] = year.site.sql(
        "SELECT full_name FROM registrar_student WHERE id = %s", [mate]
    )
    paths = {
        "registrar.group": "student_ids.full_name",
        "registrar.class.group": "line_ids.student_id.full_name",
        "registrar.term": "id",
        "res.partner": "name",
        "registrar.programme": "group_ids.student_ids.full_name",
    }
    for model, path in paths.items():
        if path == "id":
            continue
        answer = api.post(model, "search_count", domain=[[path, "=", name]])
        assert answer.status_code != 200 or answer.json() == 0, (model, path)
    answer = api.post(
        "registrar.student", "search_count", domain=[["iin", "like", "0"]]
    )
    assert answer.status_code == 403


def test_changes_nothing(year, api, victims, state):
    """Neither the records of others nor the own ones."""
    before = state()
    accepted = []
    for model in read_table():
        attempts = [("create", {"vals_list": [{}]}), ("load", LOADED)]
        for ids in (victims[model][:1], _own_rows(api, model)[:1]):
            if ids:
                attempts += [
                    ("write", {"ids": ids, "vals": {"create_uid": 1}}),
                    ("web_save", {"ids": ids, "vals": {}, "specification": {}}),
                    ("unlink", {"ids": ids}),
                    ("copy", {"ids": ids}),
                    ("action_archive", {"ids": ids}),
                    ("message_post", {"ids": ids, "body": "x"}),
                    ("activity_schedule", {"ids": ids}),
                ]
        for method, arguments in attempts:
            answer = api.post(model, method, **arguments)
            harmless = method in ("load", "web_save", "message_post")
            if answer.status_code == 200 and not harmless:
                accepted.append(f"{model}.{method}: {answer.text[:100]}")
    assert not accepted, "\n".join(accepted)
    after = state()
    assert after == before, [name for name in after if after[name] != before[name]]


LOADED = {"fields": ["id"], "data": [["x"]]}


def _own_rows(api, model):
    answer = api.post(model, "search", domain=[])
    return answer.json() if answer.status_code == 200 else []


def test_methods_do_nothing_for_a_stranger(year, api, secrets, victims, state):
    """Every public method of the suite, called on the records of others."""
    methods = year.site.evaluate(METHODS, models=list(read_table()))
    assert len(methods) > 100
    before = state()
    found = []
    for model, method, on_model in methods:
        arguments = {} if on_model else {"ids": victims.get(model, [])}
        answer = api.post(model, method, **arguments)
        found += [f"{model}.{method}: {secret}" for secret in leaks(answer, secrets)]
    assert not found, "\n".join(found)
    after = state()
    assert after == before, [name for name in after if after[name] != before[name]]


def test_onchange_tells_nothing(year, api, secrets):
    """A form that was never saved does not read others either."""
    stranger = year.facts["students"]["mn"][1]
    found = []
    for model in read_table():
        names = api.post(model, "fields_get", attributes=["type", "relation"])
        if names.status_code != 200:
            continue
        links = [
            name
            for name, field in names.json().items()
            if field.get("relation") == "registrar.student"
            and field["type"] == "many2one"
        ]
        if not links:
            continue
        answer = api.post(
            model,
            "onchange",
            ids=[],
            values={name: stranger for name in links},
            field_names=links,
            fields_spec={
                name: {"fields": {"display_name": {}}} if field.get("relation") else {}
                for name, field in names.json().items()
            },
        )
        found += [f"{model}: {secret}" for secret in leaks(answer, secrets)]
    assert not found, "\n".join(found)


def test_crawls_every_route(year, secrets, victims, state):
    """All routes of the server, with the ids of others in every place."""
    routes = year.site.evaluate(ROUTES)
    own_modules = {route["module"] for route in routes}
    assert {"registrar_core", "registrar_reports"} <= own_modules
    before = state()
    found, asked = [], 0
    web = year.site.web(LOGIN)
    targets = [(model, victims[model][-1]) for model in TARGETS]
    for route in routes:
        url = route["url"]
        if url in FAREWELLS or "path:" in url:
            continue
        ours = route["module"].startswith("registrar") or url.startswith("/my")
        places = "<" in url
        for model, row_id in targets if ours and places else targets[:1]:
            path = fill(url, row_id, model)
            if route["type"] == "http" and route["methods"] != ["POST"]:
                answer = web.get(path, allow_redirects=False)
            elif ours:
                answer = web.session.post(
                    web.url + path,
                    json={"jsonrpc": "2.0", "params": {"id": row_id, "ids": [row_id]}},
                    allow_redirects=False,
                )
            else:
                continue
            asked += 1
            found += [f"{path}: {secret}" for secret in leaks(answer, secrets)]
    assert asked > 100
    assert not found, "\n".join(found)
    assert web.json("/web/session/get_session_info")["uid"], "the session was lost"
    after = state()
    assert after == before, [name for name in after if after[name] != before[name]]


def test_prints_nothing_of_others(year, secrets, victims, reports):
    web = year.site.web(LOGIN)
    found = []
    for name, model in reports:
        for row_id in victims.get(model, []):
            for converter in ("pdf", "html", "text"):
                answer = web.get(f"/report/{converter}/{name}/{row_id}")
                found += [
                    f"{answer.url}: {secret}" for secret in leaks(answer, secrets)
                ]
                if answer.content.startswith(b"%PDF"):
                    found.append(f"{answer.url}: gave a document")
    assert not found, "\n".join(found)


def test_downloads_no_file_of_others(year, secrets):
    """The frozen PDFs and everything else attached to records of the suite."""
    web = year.site.web(LOGIN)
    [(partner,)] = year.site.sql(
        "SELECT partner_id FROM registrar_student WHERE id = %s",
        [year.facts["students"]["is"][0]],
    )
    files = year.site.sql(
        "SELECT id, res_model FROM ir_attachment WHERE res_model LIKE 'registrar.%%'"
    )
    assert len(files) > 20
    found = []
    for file_id, model in files:
        for path in (
            f"/web/content/{file_id}",
            f"/web/content/{file_id}?download=true",
            f"/web/image/{file_id}",
            f"/web/content/ir.attachment/{file_id}/raw",
        ):
            answer = web.get(path)
            if answer.content.startswith(b"%PDF"):
                found.append(f"{path} of {model}: gave a document")
    for row_id in [
        row[0]
        for row in year.site.sql(
            "SELECT partner_id FROM registrar_student WHERE partner_id <> %s", [partner]
        )
    ]:
        answer = web.get(f"/web/image/res.partner/{row_id}/avatar_128")
        found += [f"{answer.url}: {secret}" for secret in leaks(answer, secrets)]
    assert not found, "\n".join(found)


def test_own_transcript_comes_and_others_do_not(year):
    web = year.site.web(LOGIN)
    own = set(year.facts["transcripts"]["student"])
    assert own
    for (row_id,) in year.site.sql("SELECT id FROM registrar_transcript"):
        answer = web.get(f"/my/transcript/{row_id}/pdf")
        assert (answer.status_code == 200) == (row_id in own), row_id
        assert answer.content.startswith(b"%PDF") == (row_id in own), row_id


@pytest.mark.parametrize("login", [None, "accountant"])
def test_people_without_a_role_get_nothing(year, login, victims, reports):
    """Neither the public nor an employee without a role reads documents."""
    web = year.site.web(login)
    found = []
    for name, model in reports:
        for row_id in victims.get(model, [])[:1]:
            answer = web.get(f"/report/pdf/{name}/{row_id}")
            if answer.content.startswith(b"%PDF"):
                found.append(answer.url)
    for (file_id,) in year.site.sql(
        "SELECT id FROM ir_attachment WHERE res_model LIKE 'registrar.%%' LIMIT 30"
    ):
        answer = web.get(f"/web/content/{file_id}")
        if answer.content.startswith(b"%PDF"):
            found.append(answer.url)
    for row_id in year.facts["transcripts"]["student"]:
        answer = web.get(f"/my/transcript/{row_id}/pdf")
        if answer.content.startswith(b"%PDF"):
            found.append(answer.url)
    assert not found
