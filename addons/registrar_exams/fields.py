import math

from odoo import fields


class Mark(fields.Float):
    """A number that may be missing: no mark is not the mark 0.

    Empty is ``False`` in Python and NULL in the database, so ``if line.score`` is
    wrong where 0 is a mark; compare with ``is False``.
    """

    falsy_value = None
    aggregator = "avg"

    def convert_to_column(self, value, record, values=None, validate=True):
        if _is_missing(value):
            return None
        return super().convert_to_column(value, record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        if _is_missing(value):
            return None
        if isinstance(value, float) and not math.isfinite(value):
            # Left as it is, so that the check of the marks can refuse it by name.
            return value
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if _is_missing(value) else value


def _is_missing(value):
    return value is None or value is False or value == ""
