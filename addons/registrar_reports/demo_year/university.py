"""The university itself: structure, people who work there, programmes, years."""

from dataclasses import dataclass, field

from odoo import Command
from odoo.fields import Domain

from odoo.addons.registrar_core.tools.languages import LANGUAGES

from . import files, logo

ROLE = "registrar_core.group_registrar_{}"
# Login (and password) of one person per role; the rest of the staff has no password.
LOGINS = (
    "head",
    "clerk",
    "dean",
    "adviser",
    "teacher",
    "viewer",
    "military",
    "migration",
    "archivist",
    "student",
)
# Teachers who stand for a role in the demonstration.
DEAN, ADVISER, TEACHER = "T01", "T04", "T03"
# Office staff: role, name, post in Kazakh, Russian and English. None: a signatory.
OFFICE = (
    ("head", "registrar_head", ("Тіркеу офисінің басшысы",
     "Руководитель офиса регистратора", "Head of the Registrar's Office")),
    ("clerk", "Тұрсынова Индира Сабырқызы", ("Тіркеуші", "Регистратор", "Registrar")),
    ("viewer", "vice_rector", ("Академиялық мәселелер жөніндегі проректор",
     "Проректор по академическим вопросам", "Vice-Rector for Academic Affairs")),
    ("military", "Громов Олег Викторович", ("Әскери есеп жөніндегі маман",
     "Специалист по воинскому учёту", "Military registration officer")),
    ("migration", "Омарова Дана Ержанқызы", ("Шетелдік студенттермен жұмыс маманы",
     "Специалист по работе с иностранными студентами", "International officer")),
    ("archivist", "Лебедева Нина Андреевна", ("Мұрағатшы", "Архивариус", "Archivist")),
)  # fmt: skip
OFFICE_NAMES = {
    "kk": "Тіркеу офисі",
    "ru": "Офис регистратора",
    "en": "Registrar's Office",
}
DEAN_POSITIONS = {"kk": "Декан", "ru": "Декан", "en": "Dean"}
TIMEZONE = "Asia/Almaty"


@dataclass
class University:
    """What the steps of the year need to find again."""

    env: object
    company: object
    users: dict = field(default_factory=dict)
    departments: dict = field(default_factory=dict)
    teachers: dict = field(default_factory=dict)
    programmes: dict = field(default_factory=dict)
    years: dict = field(default_factory=dict)

    def as_user(self, login, records):
        """Return records with the rights of the person with this login."""
        return records.with_user(self.users[login])

    def model(self, login, name):
        """Return an empty recordset of a model with the rights of a person."""
        return self.as_user(login, self.env[name])

    def staff_of(self, department, role):
        """Return the teachers of a department who have a role.

        When it has none, those of all departments.

        :param str role: ``teacher`` or ``adviser``
        """
        group = ROLE.format(role)
        able = [
            teacher
            for teacher in self.teachers.values()
            if teacher.user_id.has_group(group)
        ]
        own = [teacher for teacher in able if teacher.department_id == department]
        return own or able

    def dean_of(self, faculty):
        """Return the user who signs for the dean's office of a faculty."""
        return faculty.manager_id.user_id


def build(env, calendar):
    """Create the university with its people, calendar and programmes.

    :param calendar: the academic year that the demonstration shows
    :rtype: University
    """
    university = University(env, env.company)
    _fill_company(university)
    _create_departments(university)
    _create_staff(university)
    _create_years(university, calendar)
    _create_signatories(university, calendar)
    return university


def programme(university, row):
    """Return the programme of a row of ``programmes.csv``, entered if it is new."""
    if row["code"] in university.programmes:
        return university.programmes[row["code"]]
    group = university.env["registrar.programme.group"].search(
        [("code", "=", row["programme_group"])], limit=1
    )
    names = ("name_kk", "name_ru", "name_en", "degree_kk", "degree_ru", "degree_en")
    record = university.model("head", "registrar.programme").create(
        {
            "code": row["code"],
            "programme_group_id": group.id,
            "level": row["level"],
            "department_id": university.departments[row["department"]].id,
            "duration_years": float(row["duration_years"]),
            "credits_required": int(row["credits"]),
            **{name: row[name] for name in names},
        }
    )
    university.programmes[record.code] = record
    return record


def signature(name):
    """Return a full name as printed beside a signature: ``Қ. Б. Әбдірахманов``."""
    surname, *given = name.split()
    return " ".join([*(f"{part[0]}." for part in given), surname])


def _fill_company(university):
    data = files.university()
    texts = {
        "university_name": data["full_name"],
        "university_short_name": data["short_name"],
        "city": data["city"],
    }
    university.company.write(
        {
            "name": data["name"]["ru"],
            "street": data["address"]["ru"],
            "city": data["city"]["ru"],
            "country_id": university.env.ref("base.kz").id,
            "bin": data["bin"],
            "email": "office@tobylgy.example",
            "logo": logo.draw(data["short_name"]["kk"]),
            **{
                f"{name}_{language}": text
                for name, translations in texts.items()
                for language, text in translations.items()
            },
        }
    )


def _create_departments(university):
    data = files.university()
    root = _department(university, "TU", "university", data["name"], None)
    for row in files.table("faculties"):
        _department(university, row["code"], "faculty", _names(row), root)
    for row in files.table("departments"):
        faculty = university.departments[row["faculty"]]
        _department(university, row["code"], "department", _names(row), faculty)
    _department(university, "REG", "office", OFFICE_NAMES, root)


def _department(university, code, kind, names, parent):
    department = university.env["hr.department"].create(
        {
            "name": names["en"],
            "registrar_code": code,
            "registrar_kind": kind,
            "parent_id": parent and parent.id,
        }
    )
    _translate(department, "name", names)
    university.departments[code] = department
    return department


def _create_staff(university):
    """Create teachers and office staff, each with a user and an employee."""
    signatories = {
        person["role"]: person["name"] for person in files.university()["signatories"]
    }
    jobs = {
        row["code"]: _job(university, _names(row)) for row in files.table("positions")
    }
    people = []
    deans = {row["dean"]: row["code"] for row in files.table("faculties")}
    logins = {DEAN: "dean", ADVISER: "adviser", TEACHER: "teacher"}
    for row in files.table("teachers"):
        code = row["code"]
        roles = ("dean",) if code in deans else ("teacher", "adviser")
        people.append(
            {
                "code": code,
                "login": logins.get(code, code.lower()),
                "roles": (logins[code],) if code in logins else roles,
                "name": f"{row['last_name']} {row['first_name']} {row['patronymic']}",
                "department": row["department"],
                "job": jobs[row["position"]],
                "values": {
                    "is_teacher": True,
                    "academic_degree": row["academic_degree"] or False,
                    "academic_title": row["academic_title"] or False,
                },
            }
        )
    for role, name, names in OFFICE:
        people.append(
            {
                "code": role,
                "login": role,
                "roles": [role],
                "name": signatories.get(name, name),
                "department": "TU" if role == "viewer" else "REG",
                "job": _job(university, dict(zip(LANGUAGES, names, strict=True))),
                "values": {},
            }
        )
    _create_people(university, people)
    _appoint(university)


def _create_people(university, people):
    env = university.env
    users = _user_model(env).create(
        [
            {
                "login": person["login"],
                "name": person["name"],
                "email": f"{person['login']}@tobylgy.example",
                "tz": TIMEZONE,
                "notification_type": "inbox",
                "group_ids": [
                    Command.link(env.ref(ROLE.format(role)).id)
                    for role in ("user", *person["roles"])
                ],
                **_password(person["login"]),
            }
            for person in people
        ]
    )
    employees = env["hr.employee"].create(
        [
            {
                "name": person["name"],
                "user_id": user.id,
                "department_id": university.departments[person["department"]].id,
                "job_id": person["job"].id,
                "work_email": user.email,
                **person["values"],
            }
            for person, user in zip(people, users, strict=True)
        ]
    )
    for person, user, employee in zip(people, users, employees, strict=True):
        university.users[person["login"]] = user
        if person["values"]:
            university.teachers[person["code"]] = employee


def create_student_user(university, student):
    """Give one student access to the portal."""
    user = _user_model(university.env).create(
        {
            "login": "student",
            "partner_id": student.partner_id.id,
            "tz": TIMEZONE,
            "group_ids": [Command.set(university.env.ref("base.group_portal").ids)],
            **_password("student"),
        }
    )
    university.users["student"] = user
    return user


def _password(login):
    # Hashing takes a while on purpose, so only those who log in have a password.
    return {"password": login} if login in LOGINS else {}


def _user_model(env):
    return env["res.users"].with_context(
        no_reset_password=True, mail_create_nolog=True, mail_create_nosubscribe=True
    )


def _appoint(university):
    """Name the heads of departments and the deans."""
    for row in files.table("departments"):
        university.departments[row["code"]].manager_id = university.teachers[
            row["head"]
        ]
    for row in files.table("faculties"):
        university.departments[row["code"]].manager_id = university.teachers[
            row["dean"]
        ]


def _create_years(university, calendar):
    """Create two years before, the year itself and the one after."""
    for number in (-2, -1, 0, 1):
        days = calendar.before(-number)
        university.years[days.start] = university.model(
            "head", "registrar.academic.year"
        ).create(
            {
                "name": days.name,
                "date_from": days.first_day,
                "date_to": days.last_day,
                "term_ids": [
                    Command.create(
                        {"kind": kind, "number": n, "date_from": first, "date_to": last}
                    )
                    for kind, n, first, last in days.terms()
                ],
            }
        )


def _create_signatories(university, calendar):
    since = calendar.before(3).first_day
    values_list = [
        {
            "role": person["role"],
            "name": signature(person["name"]),
            "date_from": since,
            **{f"position_{key}": text for key, text in person["position"].items()},
        }
        for person in files.university()["signatories"]
    ]
    for row in files.table("faculties"):
        dean = university.teachers[row["dean"]]
        values_list.append(
            {
                "role": "dean",
                "name": signature(dean.name),
                "department_id": university.departments[row["code"]].id,
                "employee_id": dean.id,
                "date_from": since,
                **{f"position_{key}": text for key, text in DEAN_POSITIONS.items()},
            }
        )
    university.model("head", "registrar.signatory").sudo().create(values_list)


def _job(university, names):
    job = university.env["hr.job"].search([("name", "=", names["en"])], limit=1)
    if not job:
        job = university.env["hr.job"].create({"name": names["en"]})
        _translate(job, "name", names)
    return job


def _translate(record, name, names):
    """Write a translated field in every language that the database has."""
    installed = {code for code, __ in record.env["res.lang"].get_installed()}
    for language, code in LANGUAGES.items():
        if code in installed:
            record.with_context(lang=code)[name] = names[language]


def _names(row):
    return {language: row[f"name_{language}"] for language in LANGUAGES}


def exists(env, calendar):
    """Whether the database already has what the demonstration would create."""
    return bool(
        env["registrar.academic.year"].search_count(
            Domain("date_from", "<=", calendar.last_day)
            & Domain("date_to", ">=", calendar.first_day),
            limit=1,
        )
        or env["registrar.student"].with_context(active_test=False).search_count([], 1)
    )
