"""Synthetic students: names common in Kazakhstan, valid numbers, no real person.

The same seed gives the same people. Numbers carry a correct check digit but are
drawn at random; whoever bears such a number in reality is not meant.
"""

from datetime import date, timedelta
from random import Random

from odoo.addons.registrar_core.tools.iin import make_iin
from odoo.addons.registrar_core.tools.translit import latin

from .files import table

# Share of people with Russian names in groups taught in a language.
RUSSIAN_NAMES = {"kk": 0.02, "ru": 0.55, "en": 0.3}
FOREIGNERS = 0.07
COUNTRIES = {"kk": ("UZ", "CN", "MN", "TR"), "ru": ("UZ", "RU", "KG")}
# Codes of the classifier of nationalities.
KAZAKHS, RUSSIANS = "005", "001"
OTHER_NATIONALITIES = {
    "kk": ("004", "122"),
    "ru": ("002", "115", "039", "112"),
}
SOCIAL = (
    ("many_children", 0.08),
    ("low_income", 0.05),
    ("single_parent", 0.03),
    ("orphan", 0.01),
    ("disability_3", 0.01),
    ("altyn_belgi", 0.02),
)
SCHOOLS = {
    "kk": "№ {number} жалпы білім беретін мектеп, {place}",
    "ru": "Общеобразовательная школа № {number}, {place}",
}
COLLEGES = {
    "kk": "{place} политехникалық колледжі",
    "ru": "Политехнический колледж, {place}",
}
# Invented places, as the university itself.
TOWNS = {
    "kk": ("Тобылғы қаласы", "Қарасай қаласы", "Ақсай қаласы"),
    "ru": ("город Тобылгы", "город Карасай", "город Аксай"),
}
VILLAGES = {
    "kk": ("Жаңатаң ауылы", "Көктерек ауылы", "Бәйтерек ауылы", "Сарыөзен ауылы"),
    "ru": ("село Жанатан", "село Коктерек", "село Байтерек", "село Сарыозен"),
}


class People:
    """Draws students one after another.

    :param int seed: start of the random numbers
    """

    def __init__(self, seed):
        self._random = Random(seed)
        self._names = set()
        self._numbers = set()
        self._given = _by_key("given_names", ("lang", "gender"))
        self._surnames = _by_key("surnames", ("lang",))
        self._fathers = _by_key("patronymics", ("lang",))
        self._forms = {
            row[form]: row
            for row in table("surnames")
            for form in ("masculine", "feminine")
        }

    def student(self, language, intake, number):
        """Return one student as plain values.

        :param str language: language of study, ``kk`` or ``ru``
        :param int intake: calendar year of admission
        :param str number: number of the student
        :return: fields of ``registrar.student``; ``country``, ``nationality`` and
            ``categories`` stand for records and hold their codes
        :rtype: dict
        """
        random = self._random
        gender = random.choice(("male", "female"))
        names = "ru" if random.random() < RUSSIAN_NAMES[language] else "kk"
        values = self._unique_name(names, gender)
        birth_date = date(intake - 18, 3, 1) + timedelta(days=random.randrange(480))
        country, nationality = self._origin(names, language)
        with_number = country == "KZ" or random.random() < 0.5
        return {
            **values,
            "gender": gender,
            "birth_date": birth_date,
            "iin": self._iin(birth_date, gender) if with_number else False,
            "student_number": number,
            "email": f"s{number.replace('-', '')}@student.tobylgy.example",
            "country": country,
            "nationality": nationality,
            "categories": [
                code
                for code, share in SOCIAL
                if random.random() < share and country == "KZ"
            ],
            **self._school(names, intake, country),
        }

    def relative(self, surname, female, chance):
        """Return surname and given name of a relative of somebody.

        :param str surname: of the student
        :param float chance: from 0 to 1, chooses the given name
        """
        row = self._forms.get(surname, {"lang": "kk"})
        form, gender = ("feminine", "female") if female else ("masculine", "male")
        names = self._given[row["lang"], gender]
        given = names[int(chance * len(names))]["name"]
        return f"{row.get(form, surname)} {given}"

    def _unique_name(self, language, gender):
        while True:
            values = self._name(language, gender)
            key = (values["last_name"], values["first_name"], values["patronymic"])
            if key not in self._names:
                self._names.add(key)
                return values

    def _name(self, language, gender):
        random = self._random
        given = random.choice(self._given[language, gender])
        surname = random.choice(self._surnames[(language,)])
        father = random.choice(self._fathers[(language,)])
        female = gender == "female"
        form = "feminine" if female else "masculine"
        kazakh = language == "kk" and random.random() < 0.7
        if kazakh:
            ending = "kyzy" if female else "uly"
        else:
            ending = "ovna" if female else "ovich"
        patronymic = father[f"{form}_{ending}"]
        # In documents in Russian the patronymic has its Russian letters too.
        plain = (
            father["father_passport_ru"] + ("кызы" if female else "улы")
            if kazakh
            else patronymic
        )
        return {
            "last_name": surname[form],
            "first_name": given["name"],
            "patronymic": patronymic,
            "last_name_latin": latin(surname[f"{form}_passport_ru"]),
            "first_name_latin": given["name_latin"],
            "patronymic_latin": latin(plain),
        }

    def _origin(self, names, language):
        """Return the codes of the citizenship and the nationality."""
        random = self._random
        nationality = KAZAKHS if names == "kk" else RUSSIANS
        if random.random() < FOREIGNERS:
            country = random.choice(COUNTRIES["kk" if names == "kk" else "ru"])
            return country, nationality
        if random.random() < 0.06:
            nationality = random.choice(OTHER_NATIONALITIES[names])
        return "KZ", nationality

    def _iin(self, birth_date, gender):
        while True:
            try:
                number = make_iin(birth_date, gender, self._random.randrange(10000))
            except ValueError:
                continue  # no check digit exists for this serial number
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def _school(self, language, intake, country):
        random = self._random
        college = random.random() < 0.15
        rural = country == "KZ" and random.random() < 0.4
        place = random.choice((VILLAGES if rural and not college else TOWNS)[language])
        kind = COLLEGES if college else SCHOOLS
        series = random.choice(("ЖБ", "ОБ")) if not college else "ТКБ"
        return {
            "is_rural": rural,
            "previous_education": "college" if college else "school",
            "previous_institution": kind[language].format(
                number=random.randrange(1, 60), place=place
            ),
            "previous_document": f"{series} № {random.randrange(10**6, 10**7)}",
            "previous_document_date": date(intake, 6, 10)
            + timedelta(days=random.randrange(15)),
        }


def _by_key(name, columns):
    result = {}
    for row in table(name):
        result.setdefault(tuple(row[column] for column in columns), []).append(row)
    return result
