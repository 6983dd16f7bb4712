"""Who may do what: the table of models, roles and operations, and its rules.

`access_table.csv` is read by people. A cell names what a role may do with a model at
all: c(reate), r(ead), w(rite), d(elete), `-` for nothing. What a role sees of a model
is the business of record rules, which are tested with the records of the main path.
"""

import csv
from pathlib import Path

import pytest
from odoorpc.error import RPCError
from office import PEOPLE, ROLES

TABLE = Path(__file__).with_name("access_table.csv")
# Role of the table -> login; `none` works at the university without a role here.
LOGINS = {role: role for role in (*ROLES, "portal")} | {
    "none": "accountant",
    "portal": "student",
}
ACTUAL = """
operations = {"c": "create", "r": "read", "w": "write", "d": "unlink"}
ours = {"report_plutoprint"} | {
    name for name in env.registry._init_modules if name.startswith("registrar")
}
data = env["ir.model.data"].search(
    [("module", "in", list(ours)), ("model", "=", "ir.model.access")]
)
access = env["ir.model.access"].browse(data.mapped("res_id"))
opened = set(access.mapped("model_id.model"))
names = {
    name
    for name in env.registry
    if name.startswith("registrar.") and not env[name]._abstract
} | opened
users = {
    role: env["res.users"].search([("login", "=", login)])
    for role, login in values["logins"].items()
}
result = {
    name: {
        "transient": env[name]._transient,
        "ledger": "registrar.ledger" in env[name]._inherit
        or name == "registrar.register.entry",
        "roles": {
            role: "".join(
                letter
                for letter, operation in operations.items()
                if env[name].with_user(user).has_access(operation)
            )
            or "-"
            for role, user in users.items()
        },
    }
    for name in sorted(names)
}
"""


def read_table():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row.pop("model"): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def actual(year):
    return year.site.evaluate(ACTUAL, logins=LOGINS)


def test_every_model_stands_in_the_table(actual):
    table = read_table()
    roles = list(next(iter(table.values())))
    missing = [
        ",".join([name, *(actual[name]["roles"][role] for role in roles)])
        for name in actual
        if name not in table
    ]
    assert not missing, "think about these and add them:\n" + "\n".join(missing)
    assert not table.keys() - actual.keys(), "these models do not exist any more"
    assert list(table) == sorted(table)


def test_roles_of_the_table_are_all_roles():
    for name, row in read_table().items():
        assert row.keys() == LOGINS.keys(), name


def test_access_is_as_the_table_says(actual):
    table = read_table()
    wrong = [
        f"{name}, {role}: the table says {allowed}, reality is {real}"
        for name, row in table.items()
        for role, allowed in row.items()
        if (real := actual.get(name, {"roles": {}})["roles"].get(role)) != allowed
    ]
    assert not wrong, "\n".join(wrong)


def test_whoever_reads_a_model_reads_its_records(year, actual):
    """No number or name on a record needs more than the role has.

    Lists of other records are left out: a view shows them to those who may see them.
    """
    refused = []
    for role, login in LOGINS.items():
        models = year.office.as_(login)
        for name, facts in actual.items():
            if "r" not in facts["roles"][role] or not name.startswith("registrar."):
                continue
            fields = models[name].fields_get([], ["type"])
            plain = [
                field
                for field, described in fields.items()
                if not described["type"].endswith("2many")
                and not field.startswith(PARTNER_FIELDS)
            ]
            try:
                models[name].search_read([], plain, limit=2)
            except RPCError as error:
                refused.append(f"{name}, {role}: {error}".partition("\n")[0])
    assert not refused, "\n".join(refused)


# Odoo's own, on the partner of a student and in the chatter.
PARTNER_FIELDS = ("activity_", "my_activity_", "message_", "rtc_", "signup_", "im_")


def test_nobody_writes_the_ledgers(actual):
    for name, facts in actual.items():
        if facts["ledger"]:
            assert set("".join(facts["roles"].values())) <= {"r", "-"}, name


def test_those_who_only_read_only_read(actual):
    wrong = [
        (name, role)
        for name, facts in actual.items()
        for role in ("viewer", "portal")
        if not facts["transient"] and set(facts["roles"][role]) - {"r", "-"}
    ]
    assert not wrong


def test_people_without_a_role_have_no_access(actual):
    wrong = {
        name: facts["roles"]["none"]
        for name, facts in actual.items()
        if name.startswith("registrar.") and facts["roles"]["none"] != "-"
    }
    assert not wrong


def test_head_may_do_what_the_clerk_may(actual):
    wrong = [
        name
        for name, facts in actual.items()
        if set(facts["roles"]["clerk"]) - set(facts["roles"]["head"]) - {"-"}
    ]
    assert not wrong


def test_every_role_has_a_person():
    roles = {role for _login, roles, *_rest in PEOPLE for role in roles}
    assert roles == set(ROLES)
