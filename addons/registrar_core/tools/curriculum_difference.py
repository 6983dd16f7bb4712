"""Difference between two versions of a curriculum, line by line. No ORM.

Records are plain dictionaries of printable values; how they are read is the business
of the caller.
"""

from typing import NamedTuple

ADDED = "added"
REMOVED = "removed"
CHANGED = "changed"
# Values of a record that say which one it is; they are not compared.
IDENTITY = ("id", "name")
_ORDER = {REMOVED: 0, CHANGED: 1, ADDED: 2}


class Change(NamedTuple):
    """One record that differs.

    ``fields`` are triples (name of the field, old value, new value); of an added or
    removed record those that are not empty, with ``None`` on the other side.
    """

    kind: str
    name: str
    fields: tuple


def compare(old, new, keys):
    """Return the changes from ``old`` to ``new``.

    Records are paired by the first key, what is left by the next one, and so on; so a
    discipline that moved to another term is changed, not removed and added.

    :param old: list of dicts with ``id``, ``name`` and the values to compare
    :param new: the same of the other version
    :param keys: functions of a record, from the strictest to the loosest
    :rtype: list[Change]
    """
    pairs, old, new = _pair(list(old), list(new), keys)
    changes = []
    for before, after in pairs:
        fields = tuple(
            (field, before.get(field), after.get(field))
            for field in after
            if field not in IDENTITY and before.get(field) != after.get(field)
        )
        if fields:
            changes.append(Change(CHANGED, after["name"], fields))
    for record in old:
        changes.append(Change(REMOVED, record["name"], _values(record, old=True)))
    for record in new:
        changes.append(Change(ADDED, record["name"], _values(record, old=False)))
    return sorted(changes, key=lambda change: _ORDER[change.kind])


def _pair(old, new, keys):
    pairs = []
    for key in keys:
        found = {}
        for record in old:
            found.setdefault(key(record), []).append(record)
        left = []
        for record in new:
            same = found.get(key(record))
            if same:
                pairs.append((same.pop(0), record))
            else:
                left.append(record)
        old = [record for records in found.values() for record in records]
        new = left
    return pairs, old, new


def _values(record, old):
    return tuple(
        (field, value, None) if old else (field, None, value)
        for field, value in record.items()
        if field not in IDENTITY and value not in (None, "", False, 0)
    )
