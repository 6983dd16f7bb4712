"""The three languages of documents.

A document is written in Kazakh, Russian or English; the data carry the texts in
fields with the suffixes ``_kk``, ``_ru`` and ``_en``.
"""

LANGUAGES = {"kk": "kk_KZ", "ru": "ru_RU", "en": "en_US"}

# Where a text is missing in the language asked for, the next one stands in.
FALLBACKS = {
    "kk": ("kk", "ru", "en"),
    "ru": ("ru", "kk", "en"),
    "en": ("en", "ru", "kk"),
}


def short_language(code):
    """Return ``'kk'``, ``'ru'`` or ``'en'`` for a language code of Odoo.

    Unknown and empty codes give ``'en'``, the language of the sources.
    """
    prefix = (code or "").split("_")[0].split("-")[0]
    return prefix if prefix in LANGUAGES else "en"


def text_in(record, field, language):
    """Return ``record[<field>_<language>]``, or the next language that has a text.

    :param record: anything with items ``<field>_kk``, ``<field>_ru``, ``<field>_en``
    :param str field: name of the triple without suffix, e.g. ``"name"``
    :param str language: ``"kk"``, ``"ru"`` or ``"en"``
    :rtype: str
    """
    for code in FALLBACKS[language]:
        if text := record[f"{field}_{code}"]:
            return text
    return ""
