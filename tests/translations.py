"""Compare the translations of the addons with their sources.

`./registrar i18n-check`, `i18n-export` and `test` run this file inside Odoo's shell
and call `main(env, values)`:

- `check`: the committed template equals the exported one, and the Russian and Kazakh
  catalogues translate every term of it;
- `export`: write the template and merge it into the catalogues. Translations that
  exist are kept, new terms stay empty, terms that are gone are removed.
"""

import io
import json
import re
from pathlib import Path

import polib

from odoo.tools.translate import trans_export

LANGUAGES = ("ru", "kk")

# Python's %-formatting and format() place holders
PLACE_HOLDER = re.compile(r"%(?:\(\w+\))?[sdifr]|\{\w*\}")


def exported(env, addon):
    """Return the catalogue of the terms in the sources of an addon."""
    buffer = io.BytesIO()
    if not trans_export(None, [addon], buffer, "po", env):
        return polib.POFile()
    return polib.pofile(buffer.getvalue().decode())


def keyed(catalogue):
    return {entry.msgid: entry for entry in catalogue}


def check_template(fresh, path):
    """Return how the committed template differs from the exported terms."""
    if not path.exists():
        return [f"{path.name} is missing"] if len(fresh) else []
    committed = polib.pofile(str(path))
    old, new = keyed(committed), keyed(fresh)
    problems = [f"new term: {text!r}" for text in sorted(new.keys() - old.keys())]
    problems += [f"gone term: {text!r}" for text in sorted(old.keys() - new.keys())]
    for text in sorted(old.keys() & new.keys()):
        if sorted(old[text].occurrences) != sorted(new[text].occurrences):
            problems.append(f"used elsewhere: {text!r}")
    return problems


def check_catalogue(fresh, path):
    """Return the terms that a catalogue does not translate."""
    if not path.exists():
        return [f"{path.name} is missing"] if len(fresh) else []
    catalogue = keyed(polib.pofile(str(path)))
    problems = []
    for text in keyed(fresh):
        entry = catalogue.get(text)
        if entry is None or entry.obsolete or entry.fuzzy or not entry.msgstr.strip():
            problems.append(f"not translated: {text!r}")
        elif sorted(PLACE_HOLDER.findall(text)) != sorted(
            PLACE_HOLDER.findall(entry.msgstr)
        ):
            problems.append(f"other place holders: {text!r} -> {entry.msgstr!r}")
    return problems


def write_template(fresh, path):
    path.parent.mkdir(exist_ok=True)
    for key in ("POT-Creation-Date", "PO-Revision-Date"):
        fresh.metadata.pop(key, None)
    fresh.save(str(path))


def merge(fresh, path, language):
    """Bring a catalogue up to date and return how many terms are not translated."""
    old = keyed(polib.pofile(str(path))) if path.exists() else {}
    catalogue = polib.POFile()
    catalogue.header = fresh.header
    catalogue.metadata = {**fresh.metadata, "Language": language}
    for entry in fresh:
        known = old.get(entry.msgid)
        catalogue.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=known.msgstr if known else "",
                occurrences=entry.occurrences,
                comment=entry.comment,
                flags=[flag for flag in entry.flags if flag != "fuzzy"],
            )
        )
    catalogue.save(str(path))
    return len(catalogue.untranslated_entries())


def main(env, values):
    """Write the results as JSON into the file `values["report"]`."""
    report = []
    for addon, folder in values["addons"].items():
        folder = Path(folder) / "i18n"
        fresh = exported(env, addon)
        template = folder / f"{addon}.pot"
        if values["mode"] == "export":
            write_template(fresh, template)
            for language in LANGUAGES:
                path = folder / f"{language}.po"
                missing = merge(fresh, path, language)
                problems = [f"{missing} terms to translate"] if missing else []
                report.append({"name": f"{addon}/{path.name}", "problems": problems})
            continue
        problems = check_template(fresh, template)
        report.append({"name": f"{addon}/{template.name}", "problems": problems})
        for language in LANGUAGES:
            path = folder / f"{language}.po"
            problems = check_catalogue(fresh, path)
            report.append({"name": f"{addon}/{path.name}", "problems": problems})
    Path(values["report"]).write_text(json.dumps(report))
