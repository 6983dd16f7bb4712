"""Texts of orders with placeholders such as ``{date}``.

Only bare names are placeholders: no attributes, indexes, conversions or format
specifications, so that a text typed by a user cannot reach into objects.
"""

from string import Formatter


def placeholders(template):
    """Return the names of the placeholders of a text, in their order.

    :raises ValueError: when the text has anything but bare names in braces
    """
    names = []
    try:
        parts = list(Formatter().parse(template or ""))
    except ValueError as error:
        raise ValueError(f"unbalanced braces: {error}") from error
    for __, name, specification, conversion in parts:
        if name is None:
            continue
        if not name.isidentifier() or specification or conversion:
            raise ValueError(f"{{{name}}} is not a plain name")
        if name not in names:
            names.append(name)
    return names


def check_template(template, allowed):
    """Refuse a text with placeholders that are not in ``allowed``.

    :raises ValueError: naming the placeholder
    """
    for name in placeholders(template):
        if name not in allowed:
            raise ValueError(f"unknown placeholder {{{name}}}")


def render(template, values):
    """Return the text with its placeholders replaced.

    The values are inserted as they are; braces in them are not looked at again.

    :param dict values: texts by name
    :raises ValueError: for a placeholder without value
    """
    result = []
    for name in placeholders(template):
        if name not in values:
            raise ValueError(f"no value for {{{name}}}")
    for text, name, __, ___ in Formatter().parse(template or ""):
        result.append(text)
        if name is not None:
            result.append(str(values[name]))
    return "".join(result)
