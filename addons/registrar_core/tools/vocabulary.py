"""Words of closed lists as documents print them, in Kazakh, Russian and English.

Screens translate the labels of selections; a document is written in the language that
was asked for, whatever languages are installed. Sources: academic.md §15 (glossary),
classifiers of disciplines and control forms.
"""

STUDY_FORM_NAMES = {
    "full_time": {"kk": "күндізгі", "ru": "очная", "en": "full-time"},
    "part_time": {"kk": "сырттай", "ru": "заочная", "en": "part-time"},
    "evening": {"kk": "кешкі", "ru": "вечерняя", "en": "evening"},
    "online": {"kk": "онлайн", "ru": "онлайн", "en": "online"},
    "external": {"kk": "экстернат", "ru": "экстернат", "en": "external"},
}

LANGUAGE_NAMES = {
    "kk": {"kk": "қазақ", "ru": "казахский", "en": "Kazakh"},
    "ru": {"kk": "орыс", "ru": "русский", "en": "Russian"},
    "en": {"kk": "ағылшын", "ru": "английский", "en": "English"},
    "other": {"kk": "басқа", "ru": "другой", "en": "other"},
}

LEVEL_NAMES = {
    "bachelor": {"kk": "бакалавриат", "ru": "бакалавриат", "en": "bachelor"},
    "specialist": {"kk": "мамандық", "ru": "специалитет", "en": "specialist"},
    "master_science": {
        "kk": "ғылыми-педагогикалық магистратура",
        "ru": "научно-педагогическая магистратура",
        "en": "master (scientific and pedagogical)",
    },
    "master_profile": {
        "kk": "бейіндік магистратура",
        "ru": "профильная магистратура",
        "en": "master (profile)",
    },
    "doctorate": {"kk": "докторантура (PhD)", "ru": "докторантура (PhD)", "en": "PhD"},
    "doctorate_profile": {
        "kk": "бейіндік докторантура",
        "ru": "профильная докторантура",
        "en": "doctorate (profile)",
    },
    "residency": {"kk": "резидентура", "ru": "резидентура", "en": "residency"},
    "internship": {"kk": "интернатура", "ru": "интернатура", "en": "internship"},
    "preparatory": {
        "kk": "дайындық бөлімі",
        "ru": "подготовительное отделение",
        "en": "preparatory department",
    },
}

CYCLE_SHORT = {
    "ood": {"kk": "ЖББП", "ru": "ООД", "en": "GED"},
    "bd": {"kk": "БП", "ru": "БД", "en": "BD"},
    "pd": {"kk": "КП", "ru": "ПД", "en": "PD"},
    "ia": {"kk": "ҚА", "ru": "ИА", "en": "FA"},
    "dvo": {"kk": "ОҚТ", "ru": "ДВО", "en": "AT"},
}

COMPONENT_SHORT = {
    "ok": {"kk": "МК", "ru": "ОК", "en": "CC"},
    "vk": {"kk": "ЖК", "ru": "ВК", "en": "UC"},
    "kv": {"kk": "ТК", "ru": "КВ", "en": "EC"},
}

CONTROL_FORM_NAMES = {
    "exam": {"kk": "емтихан", "ru": "экзамен", "en": "exam"},
    "state_exam": {
        "kk": "мемлекеттік емтихан",
        "ru": "государственный экзамен",
        "en": "state exam",
    },
    "credit_test": {"kk": "сынақ", "ru": "зачёт", "en": "credit test"},
    "course_work": {
        "kk": "курстық жұмыс",
        "ru": "курсовая работа",
        "en": "course work",
    },
    "report": {"kk": "есеп қорғау", "ru": "защита отчёта", "en": "report defence"},
    "thesis_defence": {
        "kk": "дипломдық жұмысты қорғау",
        "ru": "защита дипломной работы",
        "en": "thesis defence",
    },
}

LINE_TYPE_NAMES = {
    "main": {"kk": "негізгі", "ru": "основная", "en": "main"},
    "retake": {"kk": "қайта оқу", "ru": "повторное изучение", "en": "re-study"},
    "difference": {
        "kk": "академиялық айырмашылық",
        "ru": "академическая разница",
        "en": "academic difference",
    },
    "additional": {"kk": "қосымша", "ru": "дополнительная", "en": "additional"},
    "gpa_raise": {
        "kk": "GPA көтеру",
        "ru": "повышение GPA",
        "en": "raising GPA",
    },
    "minor": {"kk": "минор", "ru": "минор", "en": "minor"},
    "mobility": {
        "kk": "академиялық ұтқырлық",
        "ru": "академическая мобильность",
        "en": "academic mobility",
    },
}


def word(names, key, language):
    """Return the word of ``key`` in ``language``; an unknown key gives no text."""
    return names.get(key, {}).get(language, "")
