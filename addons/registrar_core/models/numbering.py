"""Numbers of class groups and streams within a discipline, term and language."""


def number_new(model, vals_list):
    """Give the next numbers to the records to be created that come without one.

    :param model: a model with discipline, term, language and number
    :param list vals_list: values for ``create``; completed in place
    """
    taken = {}
    for vals in vals_list:
        if vals.get("number"):
            continue
        key = (
            vals.get("discipline_id"),
            vals.get("term_id"),
            vals.get("language", "kk"),
        )
        if key not in taken:
            [[highest]] = model.sudo()._read_group(
                [
                    ("discipline_id", "=", key[0]),
                    ("term_id", "=", key[1]),
                    ("language", "=", key[2]),
                ],
                aggregates=["number:max"],
            )
            taken[key] = highest or 0
        taken[key] += 1
        vals["number"] = taken[key]
