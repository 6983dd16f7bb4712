"""Individual identification number (IIN, ЖСН, ИИН) of Kazakhstan.

Twelve digits: 1-6 birth date YYMMDD; 7 century and sex (1/2 XIX, 3/4 XX,
5/6 XXI; odd male, even female; 0 occurs for some foreigners and says nothing);
8-11 serial; 12 check digit. The check digit is the weighted sum modulo 11 with
weights 1..11; when that is 10, with weights 3..11, 1, 2; when it is 10 again
the number is never issued.

Source: rules of forming the identification number; algorithm as published for
the national registers of identification numbers.
"""

import datetime
from typing import NamedTuple

LENGTH = 12
WEIGHTS_FIRST = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
WEIGHTS_SECOND = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)

MALE = "male"
FEMALE = "female"

# Seventh digit -> (number of the century, first year of its two-digit count, sex).
CENTURY_AND_SEX = {
    1: (19, 1800, MALE),
    2: (19, 1800, FEMALE),
    3: (20, 1900, MALE),
    4: (20, 1900, FEMALE),
    5: (21, 2000, MALE),
    6: (21, 2000, FEMALE),
}
FOREIGNER_DIGIT = 0

#: Rules in the order in which they are tried: code -> what it says.
RULES = {
    "length": "an IIN has exactly 12 digits",
    "digits": "an IIN consists of digits only",
    "century": "the seventh digit (century and sex) must be 0 to 6",
    "date": "the first six digits are not a date of birth (YYMMDD)",
    "no_check_digit": "no check digit exists for these eleven digits",
    "check_digit": "the twelfth digit (check digit) is wrong",
}


class IIN(NamedTuple):
    """What an IIN says about its holder.

    ``century`` is the number of the century of birth (19, 20, 21). All three
    are None when the seventh digit is 0: such a number (some foreigners) names
    neither century nor sex, so the full date cannot be told.
    """

    birth_date: datetime.date | None
    gender: str | None
    century: int | None


class IINError(ValueError):
    """An IIN that breaks a rule; ``rule`` is a key of :data:`RULES`."""

    def __init__(self, rule, detail=""):
        self.rule = rule
        message = f"IIN rule '{rule}': {RULES[rule]}"
        super().__init__(f"{message} ({detail})" if detail else message)


def check_digit(body):
    """Return the check digit (0-9) of the first 11 digits, None if there is none."""
    digits = [int(char) for char in body[: LENGTH - 1]]
    for weights in (WEIGHTS_FIRST, WEIGHTS_SECOND):
        rest = sum(d * w for d, w in zip(digits, weights, strict=True)) % 11
        if rest < 10:
            return rest
    return None


def check_iin(value):
    """Check an IIN and say what it tells; raise ValueError naming the broken rule.

    :param str value: 12 ASCII digits, nothing around them
    :rtype: IIN
    :raises IINError: a ValueError with ``rule`` (a key of :data:`RULES`)
    """
    if not isinstance(value, str):
        raise IINError("digits", f"text expected, got {type(value).__name__}")
    if len(value) != LENGTH:
        raise IINError("length", f"got {len(value)} characters")
    if not (value.isascii() and value.isdigit()):
        raise IINError("digits")
    century_digit = int(value[6])
    if century_digit != FOREIGNER_DIGIT and century_digit not in CENTURY_AND_SEX:
        raise IINError("century", f"got {century_digit}")
    result = _decode(value, century_digit)
    expected = check_digit(value)
    if expected is None:
        raise IINError("no_check_digit")
    if expected != int(value[-1]):
        raise IINError("check_digit", f"expected {expected}, got {value[-1]}")
    return result


def _decode(value, century_digit):
    year, month, day = int(value[:2]), int(value[2:4]), int(value[4:6])
    if century_digit == FOREIGNER_DIGIT:
        # The century is unknown: 29 February is possible whenever it was a leap
        # year in at least one century (1900 was not, 2000 was).
        result, base = IIN(None, None, None), 2000
    else:
        century, base, gender = CENTURY_AND_SEX[century_digit]
        result = IIN(None, gender, century)
    try:
        birth_date = datetime.date(base + year, month, day)
    except ValueError:
        raise IINError("date", f"got {value[:6]}") from None
    if result.century is None:
        return result
    return result._replace(birth_date=birth_date)


def iin_anomalies(iin, birth_date=None, gender=None, is_foreigner=False, today=None):
    """List what does not fit between an IIN and the person's other data.

    Numbers with such differences exist and are valid: the state issued them and
    the person lives with them. They are shown for a second look, never refused.
    Century and sex are not compared for foreigners.

    :param iin: text or empty (empty gives no codes)
    :param datetime.date birth_date: as in the identity document, or empty
    :param str gender: ``male`` or ``female``, or empty
    :param datetime.date today: gives ``birth_date_future``; not compared if empty
    :returns: codes: ``invalid_<rule>`` (see :data:`RULES`; then nothing else is
        said), ``birth_date_mismatch``, ``century_mismatch`` (the same day in
        another century), ``gender_mismatch``, ``foreigner_number`` (a number
        without century and sex on a citizen), ``birth_date_future``
    :rtype: list[str]
    """
    if not iin:
        return []
    try:
        told = check_iin(iin)
    except IINError as error:
        return [f"invalid_{error.rule}"]
    codes = []
    if birth_date and birth_date.strftime("%y%m%d") != iin[:6]:
        codes.append("birth_date_mismatch")
    elif birth_date and told.birth_date and not is_foreigner:
        if birth_date != told.birth_date:
            codes.append("century_mismatch")
    if gender and told.gender and not is_foreigner and gender != told.gender:
        codes.append("gender_mismatch")
    if told.century is None and not is_foreigner:
        codes.append("foreigner_number")
    if today and told.birth_date and told.birth_date > today:
        codes.append("birth_date_future")
    return codes


def make_iin(birth_date, gender, serial):
    """Build a synthetic IIN (demonstrations and tests, never for real people).

    :param datetime.date birth_date: from 1800 to 2099
    :param str gender: ``male`` or ``female``
    :param int serial: 0 to 9999
    :rtype: str
    :raises ValueError: bad input, or no check digit exists (take the next serial)
    """
    if not 0 <= serial <= 9999:
        raise ValueError(f"the serial must be 0 to 9999, got {serial}")
    digit = next(
        (
            digit
            for digit, (_century, base, sex) in CENTURY_AND_SEX.items()
            if sex == gender and base <= birth_date.year < base + 100
        ),
        None,
    )
    if digit is None:
        raise ValueError(
            f"no century and sex digit for {gender!r} born on {birth_date.isoformat()}"
        )
    body = f"{birth_date:%y%m%d}{digit}{serial:04d}"
    last = check_digit(body)
    if last is None:
        raise IINError("no_check_digit", body)
    return f"{body}{last}"
