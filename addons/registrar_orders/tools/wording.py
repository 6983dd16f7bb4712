"""Words of orders in Kazakh and Russian that do not depend on a type.

Sources: administrative.md §0, §1.3.
"""

import re

HEADINGS = {"kk": "БҰЙРЫҚ", "ru": "ПРИКАЗ"}
COMMANDS = {"kk": "БҰЙЫРАМЫН:", "ru": "ПРИКАЗЫВАЮ:"}
BASIS = {"kk": "Негіздеме", "ru": "Основание"}
EXECUTORS = {"kk": "Орындаған", "ru": "Исполнитель"}
BLANK_DATES = {
    "kk": "20__ жылғы «__» _________",
    "ru": "«__» _________ 20__ года",
}
QUOTED_TITLES = {
    "kk": "«{title}» бұйрық",
    "ru": "Приказ «{title}»",
    "en": "Order “{title}”",
}

# Heads of the columns of the table of persons.
COLUMNS = {
    "number": {"kk": "№", "ru": "№"},
    "student": {"kk": "Тегі, аты, әкесінің аты", "ru": "Фамилия, имя, отчество"},
    "programme": {
        "kk": "Білім беру бағдарламасы",
        "ru": "Образовательная программа",
    },
    "course": {"kk": "Курс", "ru": "Курс"},
    "group": {"kk": "Топ", "ru": "Группа"},
    "form": {"kk": "Оқу нысаны", "ru": "Форма обучения"},
    "language": {"kk": "Оқу тілі", "ru": "Язык обучения"},
    "funding": {"kk": "Оқу негізі", "ru": "Основа обучения"},
    "gpa": {"kk": "GPA", "ru": "GPA"},
    "note": {"kk": "Ескертпе", "ru": "Примечание"},
}

STUDY_FORMS = {
    "full_time": {"kk": "күндізгі", "ru": "очная"},
    "part_time": {"kk": "сырттай", "ru": "заочная"},
    "evening": {"kk": "кешкі", "ru": "вечерняя"},
    "online": {"kk": "онлайн", "ru": "онлайн"},
    "external": {"kk": "экстернат", "ru": "экстернат"},
}

LANGUAGES_OF_STUDY = {
    "kk": {"kk": "қазақ", "ru": "казахский"},
    "ru": {"kk": "орыс", "ru": "русский"},
    "en": {"kk": "ағылшын", "ru": "английский"},
    "other": {"kk": "басқа", "ru": "другой"},
}

# In a cell of the table.
FUNDINGS = {
    "grant": {"kk": "грант", "ru": "грант"},
    "local": {"kk": "жергілікті бюджет", "ru": "местный бюджет"},
    "state_body": {"kk": "мемлекеттік орган", "ru": "государственный орган"},
    "employer": {"kk": "жұмыс беруші", "ru": "работодатель"},
    "paid": {"kk": "ақылы", "ru": "платная"},
}

# In a sentence: enrolled …
FUNDING_CLAUSES = {
    "grant": {
        "kk": "мемлекеттік білім беру гранты негізінде",
        "ru": "на основе государственного образовательного гранта",
    },
    "local": {
        "kk": "жергілікті бюджет қаражаты есебінен",
        "ru": "за счёт средств местного бюджета",
    },
    "state_body": {
        "kk": "мемлекеттік органның қаражаты есебінен",
        "ru": "за счёт средств государственного органа",
    },
    "employer": {
        "kk": "жұмыс берушінің қаражаты есебінен",
        "ru": "за счёт средств работодателя",
    },
    "paid": {"kk": "ақылы негізде", "ru": "на платной основе"},
}

# In a sentence: students who …; the key is the decision by GPA and debts.
DECISION_CLAUSES = {
    "transfer": {
        "kk": "оқу жоспарын орындаған және ауысу балын жинаған",
        "ru": "выполнивших учебный план и набравших переводной балл",
    },
    "transfer_with_debts": {
        "kk": "ауысу балын жинаған, академиялық берешегі бар пәндерді ақылы негізде "
        "қайта оқитын",
        "ru": "набравших переводной балл, с повторным изучением на платной основе "
        "дисциплин, по которым имеется академическая задолженность",
    },
    "repeat": {
        "kk": "ауысу балын жинамаған немесе оқу жоспарын орындамаған",
        "ru": "не набравших переводной балл или не выполнивших учебный план",
    },
    "": {
        "kk": "ұсынылған негіздеме бойынша ерекше тәртіппен",
        "ru": "в порядке исключения по представленным основаниям",
    },
}

DEBTS = {"kk": "Академиялық берешегі: {debts}", "ru": "Задолженность: {debts}"}
NONE = "–"


def word(words, key, language):
    """Return the word for ``key``, or a dash when there is none."""
    return words[key][language] if key in words else NONE


def polish(text, language):
    """Return a text with single spaces and, in Russian, «со 2 сентября».

    An empty placeholder leaves two spaces behind; before «второе» the preposition
    «с» takes a vowel.
    """
    text = " ".join(text.split()).replace(" ,", ",").replace(" :", ":")
    if language == "ru":
        text = re.sub(r"\b([Сс]) (?=2 [а-я]+ \d{4})", r"\1о ", text)
    return text


def typeset(text):
    """Return a text whose numbers and initials stay with what follows them."""
    text = re.sub(r"№ ", "№\u00a0", text or "")
    return re.sub(r"\b([А-ЯЁӘҒҚҢӨҰҮҺІ]\.) (?=[А-ЯЁӘҒҚҢӨҰҮҺІ])", "\\1\u00a0", text)
