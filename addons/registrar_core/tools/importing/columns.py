"""Fields of the imports: headings in three languages, words of closed lists.

Headings and words are data, not screen texts: files come in any of the languages
whatever the language of the clerk.
"""

import difflib
from typing import NamedTuple

from .cells import word_key

LANGUAGE_CODES = ("kk", "ru", "en")


class Field(NamedTuple):
    """A column that can be imported.

    ``headings``: (kk, ru, en), as in the template; ``also``: other headings met in
    real files; ``hint``: (kk, ru, en), comment of the template's heading; ``keys``:
    takes part in finding the record again.
    """

    key: str
    type: str
    headings: tuple
    also: tuple = ()
    required: bool = False
    keys: bool = False
    hint: tuple = ()
    example: object = ""

    def heading(self, language):
        return self.headings[LANGUAGE_CODES.index(language)]

    def comment(self, language):
        return self.hint[LANGUAGE_CODES.index(language)] if self.hint else ""


# Closed lists: field → target → words by language; the first one stands in templates.
CHOICES = {
    "cycle": {
        "ood": {
            "kk": ("ЖББП", "Жалпы білім беретін пәндер", "ЖБП"),
            "ru": ("ООД", "Общеобразовательные дисциплины"),
            "en": (
                "OOD",
                "GED",
                "General education",
                "General educational disciplines",
            ),
        },
        "bd": {
            "kk": ("БП", "Базалық пәндер"),
            "ru": ("БД", "Базовые дисциплины"),
            "en": ("BD", "Basic disciplines"),
        },
        "pd": {
            "kk": ("КП", "Кәсіптік пәндер", "Бейіндеуші пәндер", "Кәсіби пәндер"),
            "ru": ("ПД", "Профилирующие дисциплины"),
            "en": ("PD", "Profile disciplines", "Major disciplines"),
        },
        "ia": {
            "kk": ("ҚА", "Қорытынды аттестаттау", "Қорытынды аттестация"),
            "ru": ("ИА", "Итоговая аттестация"),
            "en": ("IA", "FA", "Final attestation", "Final certification"),
        },
        "dvo": {
            "kk": ("ОҚТ", "Оқытудың қосымша түрлері"),
            "ru": ("ДВО", "Дополнительные виды обучения"),
            "en": ("DVO", "Additional training", "Additional types of training"),
        },
    },
    "component": {
        "ok": {
            "kk": ("МК", "Міндетті компонент"),
            "ru": ("ОК", "Обязательный компонент"),
            "en": ("OK", "Compulsory component", "Mandatory component"),
        },
        "vk": {
            "kk": ("ЖК", "ЖООК", "ЖОО компоненті"),
            "ru": ("ВК", "Вузовский компонент"),
            "en": ("VK", "UC", "University component"),
        },
        "kv": {
            "kk": ("ТК", "Таңдау компоненті"),
            "ru": ("КВ", "Компонент по выбору"),
            "en": ("KV", "EC", "Elective component"),
        },
    },
    "control_form": {
        "exam": {
            "kk": ("Емтихан",),
            "ru": ("Экзамен", "Экз", "Э"),
            "en": ("Exam", "Examination"),
        },
        "state_exam": {
            "kk": ("Мемлекеттік емтихан", "МЕ"),
            "ru": (
                "Государственный экзамен",
                "Гос. экзамен",
                "Госэкзамен",
                "ГЭ",
                "Комплексный экзамен",
            ),
            "en": ("State exam", "STATE_EXAM", "State examination"),
        },
        "credit_test": {
            "kk": ("Сынақ", "Дифференциалды сынақ", "Сараланған сынақ"),
            "ru": (
                "Зачёт",
                "Дифференцированный зачёт",
                "Дифзачёт",
                "Диф. зачёт",
            ),
            "en": ("Credit test", "CREDIT_TEST", "Test", "Pass/fail test"),
        },
        "course_work": {
            "kk": ("Курстық жұмыс", "Курстық жоба"),
            "ru": ("Курсовая работа", "Курсовой проект", "КР"),
            "en": ("Course work", "Course paper", "Term paper", "Course project"),
        },
        "report": {
            "kk": ("Есеп", "Есеп қорғау", "Есепті қорғау", "Тәжірибе есебі"),
            "ru": (
                "Отчёт",
                "Защита отчёта",
                "Отчёт по практике",
                "Защита практики",
            ),
            "en": ("Report", "PRACTICE_REPORT", "Report defence", "Practice report"),
        },
        "thesis_defence": {
            "kk": ("Дипломдық жұмысты қорғау", "Диплом қорғау"),
            "ru": (
                "Защита дипломной работы",
                "Защита диплома",
                "Защита дипломной работы (проекта)",
                "Защита диссертации",
            ),
            "en": ("Thesis defence", "THESIS_DEFENSE", "Thesis defense", "Thesis"),
        },
    },
    "gender": {
        "male": {
            "kk": ("ер", "ер адам", "еркек"),
            "ru": ("мужской", "муж", "м", "мужчина"),
            "en": ("male", "m", "man"),
        },
        "female": {
            "kk": ("әйел", "әйел адам", "қыз"),
            "ru": ("женский", "жен", "ж", "женщина"),
            "en": ("female", "f", "woman"),
        },
    },
    "study_form": {
        "full_time": {
            "kk": ("күндізгі", "күндізгі оқу"),
            "ru": ("очная", "очно", "очное", "дневная", "очное обучение"),
            "en": ("full-time", "full_time", "daytime"),
        },
        "part_time": {
            "kk": ("сырттай", "сырттай оқу"),
            "ru": ("заочная", "заочно", "заочное", "очно-заочная"),
            "en": ("part-time", "part_time", "extramural"),
        },
        "evening": {
            "kk": ("кешкі", "кешкі оқу"),
            "ru": ("вечерняя", "вечернее"),
            "en": ("evening",),
        },
        "online": {
            "kk": ("онлайн", "қашықтан", "қашықтан оқыту"),
            "ru": ("онлайн", "дистанционная", "дистанционно", "ДОТ"),
            "en": ("online", "distance"),
        },
        "external": {
            "kk": ("экстернат",),
            "ru": ("экстернат",),
            "en": ("external", "externship"),
        },
    },
    "language": {
        "kk": {
            "kk": ("қазақша", "қазақ", "қазақ тілі", "қаз", "қ", "мемлекеттік"),
            "ru": ("казахский", "каз", "казахское", "государственный"),
            "en": ("Kazakh", "kk", "kaz", "kz"),
        },
        "ru": {
            "kk": ("орысша", "орыс", "орыс тілі"),
            "ru": ("русский", "рус", "русское", "р"),
            "en": ("Russian", "ru", "rus"),
        },
        "en": {
            "kk": ("ағылшынша", "ағылшын", "ағылшын тілі"),
            "ru": ("английский", "англ", "английское"),
            "en": ("English", "en", "eng"),
        },
        "other": {
            "kk": ("басқа",),
            "ru": ("другой", "иной"),
            "en": ("Other",),
        },
    },
    "funding": {
        "grant": {
            "kk": (
                "мемлекеттік грант",
                "грант",
                "білім беру гранты",
                "мемлекеттік тапсырыс",
                "республикалық бюджет",
            ),
            "ru": (
                "государственный грант",
                "грант",
                "гос. грант",
                "госгрант",
                "государственный образовательный грант",
                "образовательный грант",
                "бюджет",
                "республиканский бюджет",
                "государственный образовательный заказ",
                "гос. заказ",
                "госзаказ",
            ),
            "en": ("state grant", "grant", "budget"),
        },
        "local": {
            "kk": ("жергілікті бюджет", "әкім гранты", "әкімдік гранты"),
            "ru": ("местный бюджет", "грант акима", "грант акимата", "МИО"),
            "en": ("local budget", "local"),
        },
        "state_body": {
            "kk": ("басқа мемлекеттік орган",),
            "ru": ("иной государственный орган", "другой государственный орган"),
            "en": ("other state body", "state_body"),
        },
        "employer": {
            "kk": ("жұмыс беруші", "жұмыс берушінің қаражаты"),
            "ru": ("работодатель", "за счёт работодателя", "средства работодателя"),
            "en": ("employer",),
        },
        "paid": {
            "kk": ("ақылы", "ақылы негізде", "келісімшарт", "ақылы бөлім"),
            "ru": (
                "платное",
                "платно",
                "платный",
                "платная основа",
                "на платной основе",
                "договор",
                "договорная основа",
                "контракт",
                "внебюджет",
                "собственные средства",
            ),
            "en": ("paid", "contract", "self-funded", "tuition fee"),
        },
    },
    "previous_education": {
        "school": {
            "kk": ("мектеп", "жалпы орта", "жалпы орта білім", "орта"),
            "ru": (
                "школа",
                "СОШ",
                "общее среднее",
                "среднее",
                "среднее общее",
                "основное среднее",
                "гимназия",
                "лицей",
                "НИШ",
            ),
            "en": ("school", "secondary", "general secondary", "secondary school"),
        },
        "college": {
            "kk": ("колледж", "ТжКБ", "техникалық және кәсіптік", "ТКБ"),
            "ru": (
                "колледж",
                "ТиПО",
                "техническое и профессиональное",
                "среднее специальное",
                "среднее профессиональное",
                "послесреднее",
            ),
            "en": ("college", "technical and vocational", "TVET", "vocational"),
        },
        "higher": {
            "kk": ("жоғары", "ЖОО", "бакалавр", "бакалавриат"),
            "ru": ("высшее", "вуз", "бакалавриат", "бакалавр", "специалитет"),
            "en": ("higher", "bachelor", "university"),
        },
        "postgraduate": {
            "kk": ("жоғары оқу орнынан кейінгі", "магистратура", "магистр"),
            "ru": ("послевузовское", "магистратура", "магистр"),
            "en": ("postgraduate", "master", "master's"),
        },
    },
}


def choice_words(field):
    """Return {word key: target} of a closed list, with the targets themselves."""
    words = {}
    for target, by_language in CHOICES.get(field, {}).items():
        words[word_key(target)] = target
        for spellings in by_language.values():
            for word in spellings:
                words.setdefault(word_key(word), target)
    return words


def template_choices(field, language):
    """Return the words of a closed list that the template offers."""
    return [words[language][0] for words in CHOICES.get(field, {}).values()]


CURRICULUM = (
    Field(
        "slot_no",
        "text",
        ("Позиция №", "№ позиции", "Position No."),
        ("slot_no", "№", "№ п/п", "р/с №", "№ р/с", "п/п", "slot"),
        keys=True,
        hint=(
            "Оқу жоспарындағы позицияның нөмірі. Бір позицияның таңдау пәндері "
            "бірнеше жолда жазылады, нөмірі бірдей болады.",
            "Номер позиции учебного плана. Дисциплины на выбор одной позиции "
            "записываются в нескольких строках с одним номером.",
            "Number of the position of the curriculum. Options of one position stand "
            "in several rows with the same number.",
        ),
        example=1,
    ),
    Field(
        "slot_code",
        "text",
        ("Позиция коды", "Код позиции", "Position code"),
        ("slot_code",),
        example="1101",
    ),
    Field(
        "module_no",
        "integer",
        ("Модуль №", "№ модуля", "Module No."),
        ("module_no", "номер модуля", "модуль нөмірі"),
        example=1,
    ),
    Field(
        "module_code",
        "code",
        ("Модуль коды", "Код модуля", "Module code"),
        ("module_code",),
        example="UM/OM/SM",
    ),
    Field(
        "module_kk",
        "text",
        ("Модуль қазақша", "Модуль на казахском", "Module in Kazakh"),
        ("module_kk", "модуль (каз)", "модуль (қаз)", "наименование модуля каз"),
        example="Үлгі модуль",
    ),
    Field(
        "module_ru",
        "text",
        ("Модуль орысша", "Модуль на русском", "Module in Russian"),
        ("module_ru", "модуль (рус)", "модуль (орыс)", "модуль", "наименование модуля"),
        example="Образец модуля",
    ),
    Field(
        "module_en",
        "text",
        ("Модуль ағылшынша", "Модуль на английском", "Module in English"),
        ("module_en", "модуль (англ)", "модуль (ағыл)", "module"),
        example="Sample module",
    ),
    Field(
        "cycle",
        "choice",
        ("Цикл", "Цикл", "Cycle"),
        ("cycle", "пән циклі", "цикл дисциплин"),
        required=True,
        example="ood",
    ),
    Field(
        "component",
        "choice",
        ("Компонент", "Компонент", "Component"),
        ("component",),
        required=True,
        example="ok",
    ),
    Field(
        "credits",
        "number",
        ("Кредит саны", "Кредиты", "Credits"),
        ("credits", "количество кредитов", "кол-во кредитов", "кредит", "ECTS"),
        required=True,
        hint=(
            "Бір пәннің академиялық кредиттері.",
            "Академические кредиты одной дисциплины.",
            "Academic credits of one discipline.",
        ),
        example=5,
    ),
    Field(
        "hours_total",
        "number",
        ("Барлық сағат", "Всего часов", "Hours in total"),
        ("hours_total", "часы", "часов", "объём часов", "сағат", "hours"),
        example=150,
    ),
    Field(
        "hours_lecture",
        "number",
        ("Дәріс", "Лекции", "Lectures"),
        ("hours_lecture", "лекц", "лек", "дәрістер", "лекция"),
        example=30,
    ),
    Field(
        "hours_practical",
        "number",
        ("Практикалық сабақтар", "Практические занятия", "Practical classes"),
        (
            "hours_practical",
            "практические",
            "практ",
            "семинары",
            "семинар",
            "практикалық",
            "practical",
            "практика/семинар",
        ),
        example=15,
    ),
    Field(
        "hours_laboratory",
        "number",
        ("Зертханалық сабақтар", "Лабораторные занятия", "Laboratory classes"),
        ("hours_lab", "hours_laboratory", "лабораторные", "лаб", "зертханалық", "lab"),
        example=0,
    ),
    Field(
        "hours_studio",
        "number",
        ("Студиялық сабақтар", "Студийные занятия", "Studio classes"),
        ("hours_studio", "студийные", "студиялық", "studio"),
        example=0,
    ),
    Field(
        "hours_supervised",
        "number",
        ("ОБӨЖ", "СРОП", "Independent work with teacher"),
        ("hours_srsp", "hours_supervised", "СРСП", "СӨЖО", "ОСӨЖ", "СРМП"),
        example=15,
    ),
    Field(
        "hours_independent",
        "number",
        ("БӨЖ", "СРО", "Independent work"),
        ("hours_srs", "hours_independent", "СРС", "СӨЖ", "СРМ"),
        example=90,
    ),
    Field(
        "hours_practice",
        "number",
        (
            "Кәсіптік практика, сағат",
            "Профессиональная практика, часов",
            "Practice, hours",
        ),
        ("hours_field_practice", "hours_practice", "практика", "practice"),
        example=0,
    ),
    Field(
        "hours_thesis",
        "number",
        ("Дипломдық жұмыс, сағат", "Дипломная работа, часов", "Thesis, hours"),
        ("hours_thesis", "дипломная работа", "дипломдық жұмыс", "thesis"),
        example=0,
    ),
    Field(
        "control_form",
        "choice",
        ("Бақылау түрі", "Форма контроля", "Form of control"),
        ("control_form", "бақылау нысаны", "вид контроля", "итоговый контроль"),
        required=True,
        example="exam",
    ),
    Field(
        "control_term",
        "integer",
        ("Бақылау семестрі", "Семестр контроля", "Term of control"),
        ("control_semester", "control_term"),
        example=1,
    ),
    Field(
        "terms",
        "terms",
        ("Семестрлер", "Семестры", "Terms"),
        ("semesters", "terms", "семестр", "semester", "term"),
        required=True,
        hint=(
            "Семестр:кредит, бірнешеуі | арқылы, мысалы 1:5|2:5.",
            "Семестр:кредиты, несколько через |, например 1:5|2:5.",
            "Term:credits, several joined by |, e.g. 1:5|2:5.",
        ),
        example="1:5",
    ),
    Field(
        "choose",
        "integer",
        ("Таңдалатын пән саны", "Сколько дисциплин выбирают", "How many to choose"),
        ("choose_n", "choose", "выбрать", "таңдау"),
        example=1,
    ),
    Field(
        "option_no",
        "integer",
        ("Таңдау нұсқасы №", "№ варианта выбора", "Option No."),
        ("option_no", "вариант", "нұсқа", "option"),
        example=1,
    ),
    Field(
        "is_default",
        "flag",
        ("Әдепкі таңдау", "По умолчанию", "Default option"),
        ("is_default", "default"),
        example=True,
    ),
    Field(
        "discipline_code",
        "code",
        ("Пән коды", "Код дисциплины", "Discipline code"),
        ("discipline_code", "код", "code", "пәннің коды", "шифр"),
        required=True,
        keys=True,
        hint=(
            "Үш тілдегі код қиғаш сызық арқылы: KT/IK/HK 1101. Латын әріптерімен.",
            "Код на трёх языках через косую черту: KT/IK/HK 1101. Латинские буквы.",
            "Code in three languages joined by a slash: KT/IK/HK 1101. Latin letters.",
        ),
        example="UP/OD/SD 0000",
    ),
    Field(
        "name_kk",
        "text",
        ("Пән атауы қазақша", "Дисциплина на казахском", "Discipline in Kazakh"),
        ("name_kk", "пән атауы", "пән", "дисциплина (каз)", "наименование каз"),
        required=True,
        example="Үлгі пән",
    ),
    Field(
        "name_ru",
        "text",
        ("Пән атауы орысша", "Дисциплина на русском", "Discipline in Russian"),
        (
            "name_ru",
            "дисциплина (рус)",
            "наименование дисциплины",
            "дисциплина",
            "наименование рус",
        ),
        required=True,
        example="Образец дисциплины",
    ),
    Field(
        "name_en",
        "text",
        ("Пән атауы ағылшынша", "Дисциплина на английском", "Discipline in English"),
        ("name_en", "дисциплина (англ)", "discipline", "наименование англ"),
        example="Sample discipline",
    ),
    Field(
        "in_gpa",
        "flag",
        ("GPA-ға кіреді", "Входит в GPA", "Counts in GPA"),
        ("in_gpa", "gpa"),
        example=True,
    ),
)

_NAME_HINT = (
    "Жеке куәліктегідей жазылады.",
    "Как в удостоверении личности.",
    "As in the identity document.",
)
_DATE_HINT = ("КК.АА.ЖЖЖЖ", "ДД.ММ.ГГГГ", "DD.MM.YYYY")
_PROPOSED_HINT = (
    "Қабылдау туралы бұйрыққа ұсыныс; тікелей сақталмайды.",
    "Предложение для приказа о зачислении; само по себе не сохраняется.",
    "A proposal for the order of admission; not stored by itself.",
)

STUDENT = (
    Field(
        "full_name",
        "text",
        ("Тегі, аты, әкесінің аты", "Фамилия Имя Отчество", "Full name"),
        (
            "full_name",
            "ФИО",
            "Ф.И.О.",
            "ФИО студента",
            "ФИО обучающегося",
            "аты-жөні",
            "ТАӘ",
            "Т.А.Ә.",
            "студент",
            "білім алушы",
            "student",
            "name",
        ),
        hint=(
            "Бөлек бағандар болмаса: тегі, аты, әкесінің аты бір ұяшықта.",
            "Если нет отдельных столбцов: фамилия, имя, отчество в одной ячейке.",
            "Instead of separate columns: last, first name and patronymic in one cell.",
        ),
    ),
    Field(
        "last_name",
        "name",
        ("Тегі", "Фамилия", "Last name"),
        ("last_name", "surname", "family name"),
        required=True,
        keys=True,
        hint=_NAME_HINT,
        example={"kk": "Үлгібаева", "ru": "Образцова", "en": "Sample"},
    ),
    Field(
        "first_name",
        "name",
        ("Аты", "Имя", "First name"),
        ("first_name", "given name"),
        required=True,
        keys=True,
        hint=_NAME_HINT,
        example={"kk": "Үлгі", "ru": "Пример", "en": "Person"},
    ),
    Field(
        "patronymic",
        "name",
        ("Әкесінің аты", "Отчество", "Patronymic"),
        ("patronymic", "middle name"),
        keys=True,
        hint=_NAME_HINT,
        example={"kk": "Үлгіқызы", "ru": "Примеровна", "en": ""},
    ),
    Field(
        "last_name_latin",
        "name",
        ("Тегі латынша", "Фамилия латиницей", "Last name in Latin letters"),
        ("last_name_latin", "фамилия (лат)", "surname latin"),
        example="Sample",
    ),
    Field(
        "first_name_latin",
        "name",
        ("Аты латынша", "Имя латиницей", "First name in Latin letters"),
        ("first_name_latin", "имя (лат)"),
        example="Person",
    ),
    Field(
        "patronymic_latin",
        "name",
        ("Әкесінің аты латынша", "Отчество латиницей", "Patronymic in Latin letters"),
        ("patronymic_latin", "отчество (лат)"),
        example="",
    ),
    Field(
        "iin",
        "iin",
        ("ЖСН", "ИИН", "IIN"),
        ("iin", "ИИН студента", "жеке сәйкестендіру нөмірі"),
        keys=True,
        hint=(
            "12 сан; ұяшық пішімі – мәтін.",
            "12 цифр; формат ячейки – текстовый.",
            "12 digits; the cell format is text.",
        ),
        example="000000000000",
    ),
    Field(
        "birth_date",
        "date",
        ("Туған күні", "Дата рождения", "Birth date"),
        ("birth_date", "дата рожд", "туған жылы күні айы", "date of birth", "birthday"),
        keys=True,
        hint=_DATE_HINT,
        example="15.03.2005",
    ),
    Field(
        "gender",
        "choice",
        ("Жынысы", "Пол", "Sex"),
        ("gender", "жыныс"),
        example="female",
    ),
    Field(
        "citizenship",
        "lookup",
        ("Азаматтығы", "Гражданство", "Citizenship"),
        ("citizenship", "страна", "азаматтық", "country"),
        hint=(
            "Елдің атауы немесе екі әріпті коды.",
            "Название страны или её код из двух букв.",
            "Name of the country or its two-letter code.",
        ),
        example="KZ",
    ),
    Field(
        "nationality",
        "lookup",
        ("Ұлты", "Национальность", "Nationality"),
        ("nationality", "ұлт", "ethnicity"),
        example={"kk": "қазақ", "ru": "казашка", "en": "Kazakh"},
    ),
    Field(
        "student_number",
        "text",
        ("Білім алушының нөмірі", "Номер обучающегося", "Student number"),
        (
            "student_number",
            "студенческий билет",
            "№ зачётной книжки",
            "зачётная книжка",
            "номер студенческого билета",
            "табельный номер",
            "ID",
            "student id",
            "ID студента",
        ),
        keys=True,
        example="26-00001",
    ),
    Field(
        "previous_education",
        "choice",
        ("Алдыңғы білімі", "Предыдущее образование", "Previous education"),
        ("previous_education", "образование", "базовое образование", "білімі"),
        example="school",
    ),
    Field(
        "previous_institution",
        "text",
        (
            "Бітірген оқу орны",
            "Оконченное учебное заведение",
            "Previous institution",
        ),
        (
            "previous_institution",
            "что окончил",
            "школа",
            "учебное заведение",
            "наименование школы",
            "мектеп",
            "school",
        ),
        example={
            "kk": "№ 12 орта мектеп, Түркістан қ.",
            "ru": "СШ № 12, г. Туркестан",
            "en": "School No. 12, Turkistan",
        },
    ),
    Field(
        "previous_document",
        "text",
        (
            "Білімі туралы құжат",
            "Документ об образовании",
            "Document on education",
        ),
        (
            "previous_document",
            "аттестат",
            "номер аттестата",
            "серия и номер аттестата",
            "аттестат нөмірі",
            "диплом",
        ),
        example={
            "kk": "аттестат ЖОБ № 0012345",
            "ru": "аттестат ЖОБ № 0012345",
            "en": "certificate ЖОБ No. 0012345",
        },
    ),
    Field(
        "previous_document_date",
        "date",
        (
            "Білімі туралы құжаттың күні",
            "Дата документа об образовании",
            "Date of the document on education",
        ),
        ("previous_document_date", "дата аттестата", "дата выдачи аттестата"),
        hint=_DATE_HINT,
        example="14.06.2026",
    ),
    Field(
        "is_rural",
        "flag",
        ("Ауыл мектебі", "Сельская школа", "Rural school"),
        ("is_rural", "село", "ауыл", "сельская местность", "сельская квота"),
        example=False,
    ),
    Field(
        "social_categories",
        "lookup_many",
        ("Әлеуметтік санаттары", "Социальные категории", "Social categories"),
        ("social_categories", "льготы", "жеңілдіктер", "квота", "социальный статус"),
        hint=(
            "Бірнешеуі нүктелі үтір арқылы.",
            "Несколько – через точку с запятой.",
            "Several are joined by semicolons.",
        ),
    ),
    Field(
        "email",
        "email",
        ("Электрондық пошта", "Электронная почта", "E-mail"),
        ("email", "e-mail", "почта", "эл. почта", "mail"),
        example="sample@example.com",
    ),
    Field(
        "phone",
        "text",
        ("Телефоны", "Телефон", "Phone"),
        ("phone", "моб. телефон", "сотовый", "контактный телефон", "телефон нөмірі"),
        example="+7 701 000 00 00",
    ),
    Field(
        "programme",
        "text",
        ("Білім беру бағдарламасы", "Образовательная программа", "Programme"),
        ("programme", "ОП", "код ОП", "БББ", "специальность", "мамандық", "program"),
        hint=_PROPOSED_HINT,
        example="6B01601",
    ),
    Field(
        "group",
        "text",
        ("Тобы", "Группа", "Group"),
        ("group", "топ", "академическая группа", "академиялық топ"),
        hint=_PROPOSED_HINT,
        example="ИС-26-1",
    ),
    Field(
        "course",
        "integer",
        ("Курс", "Курс", "Year of study"),
        ("course", "year", "курсы"),
        hint=_PROPOSED_HINT,
        example=1,
    ),
    Field(
        "study_form",
        "choice",
        ("Оқу нысаны", "Форма обучения", "Form of study"),
        ("study_form", "оқу түрі", "форма"),
        hint=_PROPOSED_HINT,
        example="full_time",
    ),
    Field(
        "language",
        "choice",
        ("Оқу тілі", "Язык обучения", "Language of study"),
        ("language", "язык", "тілі", "отделение", "бөлімі", "языковое отделение"),
        hint=_PROPOSED_HINT,
        example="kk",
    ),
    Field(
        "funding",
        "choice",
        ("Қаржыландыру", "Финансирование", "Funding"),
        (
            "funding",
            "форма оплаты",
            "источник финансирования",
            "основа обучения",
            "грант/платное",
            "төлем түрі",
            "оплата",
        ),
        hint=_PROPOSED_HINT,
        example="grant",
    ),
    Field(
        "admission_date",
        "date",
        ("Қабылданған күні", "Дата зачисления", "Date of admission"),
        ("admission_date", "дата поступления"),
        hint=_PROPOSED_HINT,
        example="25.08.2026",
    ),
)

# Fields without which a file makes no sense; one of each tuple is enough.
REQUIRED_COLUMNS = {
    "curriculum": [(spec.key,) for spec in CURRICULUM if spec.required],
    "student": [("last_name", "full_name"), ("first_name", "full_name")],
}
KINDS = {"curriculum": CURRICULUM, "student": STUDENT}
# What an order of admission decides; an import only hands it on.
PROPOSED = (
    "programme",
    "group",
    "course",
    "study_form",
    "language",
    "funding",
    "admission_date",
)


def field(kind, key):
    """Return the :class:`Field` of a kind by its key."""
    return _BY_KEY[kind][key]


_BY_KEY = {kind: {spec.key: spec for spec in specs} for kind, specs in KINDS.items()}


def example_value(spec, language):
    """Return what the template's example row shows in a column."""
    value = spec.example
    if isinstance(value, dict):
        return value[language]
    if spec.key in CHOICES:
        return CHOICES[spec.key][value][language][0]
    if isinstance(value, bool):
        return FLAG_WORDS[language][0 if value else 1]
    return value


FLAG_WORDS = {"kk": ("иә", "жоқ"), "ru": ("да", "нет"), "en": ("yes", "no")}


def heading_key(heading):
    """Return the form in which headings are compared."""
    return word_key(str(heading or "").replace("№", "N"))


def vocabulary(kind):
    """Return {heading key: field key}; the own headings win over the others."""
    found = {}
    for spec in KINDS[kind]:
        for heading in (*spec.headings, spec.key):
            found.setdefault(heading_key(heading), spec.key)
    for spec in KINDS[kind]:
        for heading in spec.also:
            found.setdefault(heading_key(heading), spec.key)
    return found


_VOCABULARIES = {kind: vocabulary(kind) for kind in KINDS}


def find_header(rows, kind, headings=()):
    """Return the index of the row with the headings among the first 20 rows.

    It is the row in which most headings are known; of equal rows the last one (two
    storeys of headings, the upper of them merged). None if no row has two known ones,
    or a required one.

    :param headings: more known headings (of a saved mapping)
    """
    words = _VOCABULARIES[kind]
    known = {*words, *map(heading_key, headings)} - {""}
    required = {key for keys in REQUIRED_COLUMNS[kind] for key in keys}
    best, best_score = None, 0
    for index, (_number, values) in enumerate(rows[:20]):
        texts = {str(v).strip() for v in values if isinstance(v, str)}
        keys = known.intersection(map(heading_key, texts))
        # One heading is enough when it is the one that matters (a list of names).
        score = len(keys) + any(words.get(key) in required for key in keys)
        if score >= max(best_score, 2):
            best, best_score = index, score
    return best


def unique_headings(values):
    """Return the headings as texts; empty ones "", repeated ones numbered."""
    headings, seen = [], {}
    for value in values:
        text = " ".join(str(value if value is not None else "").split())
        if text:
            seen[text] = seen.get(text, 0) + 1
            if seen[text] > 1:
                text = f"{text} ({seen[text]})"
        headings.append(text)
    return headings


def propose(headings, kind):
    """Return {column index: field key} for headings that are recognised.

    Exact first, then the closest spelling; every field once.
    """
    known = _VOCABULARIES[kind]
    found, taken = {}, set()
    for index, heading in enumerate(headings):
        key = known.get(heading_key(heading))
        if heading and key and key not in taken:
            found[index] = key
            taken.add(key)
    for index, heading in enumerate(headings):
        word = heading_key(heading)
        if index in found or len(word) < 5:
            continue
        for close in difflib.get_close_matches(word, known, n=3, cutoff=0.88):
            if len(close) >= 5 and known[close] not in taken:
                found[index] = known[close]
                taken.add(known[close])
                break
    return found
