"""A small university whose year is led by its own people over the external interface.

Every step is taken by the role it belongs to, with the methods that the buttons of the
screens call. The main path stands here once: `test_main_path` looks at what it leaves,
and all other tests work in copies of that database.
"""

from datetime import date

# Login (and password), groups, department, full name.
PEOPLE = (
    ("head", ["head"], "REG", "Сейтқали Гүлнәр Асқарқызы"),
    ("clerk", ["clerk"], "REG", "Тұрсынова Индира Сабырқызы"),
    ("clerk2", ["clerk"], "REG", "Орлова Вера Ильинична"),
    ("dean", ["dean"], "FIT", "Жұмабаев Ербол Қайратұлы"),
    ("dean2", ["dean"], "FEM", "Соколова Анна Петровна"),
    ("adviser", ["adviser"], "FIT", "Омаров Данияр Серікұлы"),
    ("adviser2", ["adviser"], "FEM", "Ким Людмила Андреевна"),
    ("teacher", ["teacher"], "FIT", "Әбдіхалықов Нұрлан Төлегенұлы"),
    ("teacher2", ["teacher"], "FEM", "Петров Игорь Васильевич"),
    ("viewer", ["viewer"], "TOP", "Мұратбеков Асан Өмірұлы"),
    ("military", ["military"], "REG", "Громов Олег Викторович"),
    ("migration", ["migration"], "REG", "Омарова Дана Ержанқызы"),
    ("archivist", ["archivist"], "REG", "Лебедева Нина Андреевна"),
    ("accountant", [], "REG", "Белова Ольга Юрьевна"),
)
TEACHERS = ("teacher", "teacher2", "adviser", "adviser2", "dean", "dean2")
ROLES = (
    "viewer",
    "adviser",
    "teacher",
    "dean",
    "clerk",
    "head",
    "military",
    "migration",
    "archivist",
)
DEPARTMENTS = (
    ("TOP", "university", None, "Test university"),
    ("FIT", "faculty", "TOP", "Faculty of information technology"),
    ("FEM", "faculty", "TOP", "Faculty of economics and management"),
    ("DIS", "department", "FIT", "Department of information systems"),
    ("DMG", "department", "FEM", "Department of management"),
    ("REG", "office", "TOP", "Registrar's office"),
)
YEAR = "2025/2026"
YEARS = (
    ("2025/2026", date(2025, 9, 1), date(2026, 8, 31)),
    ("2026/2027", date(2026, 9, 1), date(2027, 8, 31)),
)
TERMS = (
    ("autumn", 1, (9, 1), (1, 17)),
    ("spring", 2, (1, 26), (6, 6)),
    ("summer", 3, (6, 15), (7, 31)),
)
ADMITTED = date(2025, 8, 25)


class Office:
    """The people of the university, each with a connection of their own."""

    def __init__(self, site):
        self.site = site
        self._clients = {}

    def as_(self, login):
        """Return the models as this user sees them: `as_("clerk")["res.partner"]`."""
        if login not in self._clients:
            self._clients[login] = self.site.rpc(login)
        return self._clients[login].env

    def find(self, login, model, *domain, **options):
        """Return the ids of records that a user finds."""
        return self.as_(login)[model].search(list(domain), **options)

    def read(self, login, model, ids, *names):
        """Return the values of fields of records, in the order of the ids."""
        rows = self.as_(login)[model].read(ids, list(names))
        by_id = {row["id"]: row for row in rows}
        return [by_id[record_id] for record_id in ids]

    def ref(self, xml_id):
        """Return the id of a record of the addons' data."""
        module, name = xml_id.split(".")
        rows = self.site.sql(
            "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s",
            [module, name],
        )
        return rows[0][0]


def build_people(office):
    """The administrator creates departments, users and employees."""
    admin = office.as_("admin")
    departments = {}
    for code, kind, parent, name in DEPARTMENTS:
        departments[code] = admin["hr.department"].create(
            {
                "name": name,
                "registrar_code": code,
                "registrar_kind": kind,
                "parent_id": departments.get(parent, False),
            }
        )
    users = admin["res.users"].create(
        [
            {
                "login": login,
                "name": name,
                "email": f"{login}@university.example",
                "password": login,
                "tz": "Asia/Almaty",
                "group_ids": [
                    [4, office.ref(f"registrar_core.group_registrar_{role}"), 0]
                    for role in roles
                ],
            }
            for login, roles, _department, name in PEOPLE
        ]
    )
    employees = admin["hr.employee"].create(
        [
            {
                "name": name,
                "user_id": user,
                "department_id": departments[department],
                "is_teacher": login in TEACHERS,
            }
            for user, (login, _roles, department, name) in zip(
                users, PEOPLE, strict=True
            )
        ]
    )
    logins = [person[0] for person in PEOPLE]
    return departments, dict(zip(logins, employees, strict=True))


def create_years(office):
    """The head of the office enters the calendar and who signs documents."""
    head = office.as_("head")
    years = {}
    for name, first, last in YEARS:
        terms = [
            {
                "kind": kind,
                "number": number,
                "date_from": _day(first, start),
                "date_to": _day(first, end),
            }
            for kind, number, start, end in TERMS
        ]
        years[name] = head["registrar.academic.year"].create(
            {
                "name": name,
                "date_from": first.isoformat(),
                "date_to": last.isoformat(),
                "term_ids": [[0, 0, term] for term in terms],
            }
        )
    for role, person, post in SIGNATORIES:
        kk, ru, en = post
        head["registrar.signatory"].create(
            {
                "role": role,
                "name": person,
                "position_kk": kk,
                "position_ru": ru,
                "position_en": en,
                "date_from": "2020-01-01",
            }
        )
    return years


def _day(first_day, month_and_day):
    month, day = month_and_day
    year = first_day.year + (month < first_day.month)
    return date(year, month, day).isoformat()


SIGNATORIES = (
    ("rector", "Қ. Б. Әбдірахманов", ("Ректор", "Ректор", "Rector")),
    (
        "vice_rector",
        "А. Ө. Мұратбеков",
        ("Проректор", "Проректор", "Vice-rector"),
    ),
    (
        "registrar_head",
        "Г. А. Сейтқали",
        (
            "Тіркеу офисінің басшысы",
            "Руководитель офиса регистратора",
            "Head of the registrar's office",
        ),
    ),
)
PROGRAMMES = {
    "is": {
        "code": "6B06103",
        "group": "B057",
        "department": "DIS",
        "name_kk": "Ақпараттық жүйелер",
        "name_ru": "Информационные системы",
        "name_en": "Information systems",
        "letters": "IS",
        "language": "ru",
        "group_name": "ИС-25-1р",
        "adviser": "adviser",
        "teacher": "teacher",
        "dean": "dean",
    },
    "mn": {
        "code": "6B04101",
        "group": "B044",
        "department": "DMG",
        "name_kk": "Менеджмент",
        "name_ru": "Менеджмент",
        "name_en": "Management",
        "letters": "MN",
        "language": "kk",
        "group_name": "МН-25-1к",
        "adviser": "adviser2",
        "teacher": "teacher2",
        "dean": "dean2",
    },
}
# Per term: four disciplines for all, one of two to choose; each of six credits.
COMPULSORY, OPTIONS, CREDITS = 4, 2, 6
COURSES = 2
SUBJECTS = (
    ("Алгоритмдер", "Алгоритмы", "Algorithms"),
    ("Дерекқорлар", "Базы данных", "Databases"),
    ("Математика", "Математика", "Mathematics"),
    ("Тарих", "История", "History"),
    ("Экология", "Экология", "Ecology"),
    ("Құқық", "Право", "Law"),
)


def create_programme(office, key, departments, employees, years):
    """The clerk enters programme, disciplines and curriculum; the head approves."""
    data = PROGRAMMES[key]
    clerk, head = office.as_("clerk"), office.as_("head")
    [group] = office.find(
        "clerk", "registrar.programme.group", ["code", "=", data["group"]]
    )
    programme = clerk["registrar.programme"].create(
        {
            "code": data["code"],
            "programme_group_id": group,
            "level": "bachelor",
            "department_id": departments[data["department"]],
            "duration_years": COURSES,
            "credits_required": COURSES * 2 * (COMPULSORY + 1) * CREDITS,
            "degree_kk": "бакалавр",
            "degree_ru": "бакалавр",
            "degree_en": "bachelor",
            **{name: data[name] for name in ("name_kk", "name_ru", "name_en")},
        }
    )
    curriculum = clerk["registrar.curriculum"].create(
        {
            "programme_id": programme,
            "intake_year_id": years[YEAR],
            "study_form": "full_time",
            "duration_years": COURSES,
        }
    )
    lines = _create_disciplines(
        clerk, data, departments[data["department"]], curriculum
    )
    clerk["registrar.curriculum.line"].create(lines)
    head["registrar.curriculum"].action_approve([curriculum])
    group = clerk["registrar.group"].create(
        {
            "name": data["group_name"],
            "programme_id": programme,
            "curriculum_id": curriculum,
            "intake_year_id": years[YEAR],
            "language": data["language"],
            "course": 1,
            "adviser_id": employees[data["adviser"]],
        }
    )
    return {
        **data,
        "programme": programme,
        "curriculum": curriculum,
        "academic_group": group,
    }


def _create_disciplines(clerk, data, department, curriculum):
    lines = []
    for term in range(1, 2 * COURSES + 1):
        block = clerk["registrar.curriculum.block"].create(
            {"curriculum_id": curriculum, "code": f"{term}E", "choose": 1}
        )
        for number, names in enumerate(SUBJECTS, start=1):
            kk, ru, en = (f"{name} {term}" for name in names)
            discipline = clerk["registrar.discipline"].create(
                {
                    "code": f"{data['letters']} {term}{number:02d}1",
                    "name_kk": kk,
                    "name_ru": ru,
                    "name_en": en,
                    "department_id": department,
                }
            )
            elective = number > COMPULSORY
            lines.append(
                {
                    "curriculum_id": curriculum,
                    "discipline_id": discipline,
                    "slot": f"{term}.{min(number, COMPULSORY + 1)}",
                    "term_number": term,
                    "credits": CREDITS,
                    "cycle": "bd",
                    "component": "kv" if elective else "vk",
                    "control_form": "exam",
                    "hours_lecture": 30,
                    "hours_practical": 30,
                    "hours_supervised": 30,
                    "hours_independent": 90,
                    **(
                        {"block_id": block, "is_default": number == COMPULSORY + 1}
                        if elective
                        else {}
                    ),
                }
            )
    return lines


# Last name, first name, patronymic, gender, birth date, country, funding.
STUDENTS = {
    "is": (
        ("Ахметов", "Айдар", "Серікұлы", "male", "2007-03-15", "kz", "grant"),
        ("Әлиева", "Әсел", "Нұрланқызы", "female", "2007-05-02", "kz", "grant"),
        ("Иванова", "Мария", "Петровна", "female", "2007-11-23", "kz", "paid"),
        ("Каримов", "Рустам", "Бахтиярович", "male", "2006-08-09", "uz", "paid"),
        ("Қасымов", "Ерлан", "Болатұлы", "male", "2007-01-30", "kz", "grant"),
        ("Ли", "Виктория", "Олеговна", "female", "2007-07-17", "kz", "paid"),
        ("Нұрғалиев", "Бауыржан", "Маратұлы", "male", "2006-12-12", "kz", "paid"),
        ("Өмірзақова", "Жансая", "Ерланқызы", "female", "2007-09-05", "kz", "grant"),
    ),
    "mn": (
        ("Бекова", "Айгүл", "Дәуренқызы", "female", "2007-02-11", "kz", "grant"),
        ("Ғабитов", "Олжас", "Қайратұлы", "male", "2007-04-28", "kz", "paid"),
        ("Тлеубаев", "Мирас", "Асқарұлы", "male", "2007-06-19", "kz", "paid"),
        ("Ұзақбаева", "Дана", "Серікқызы", "female", "2007-10-01", "kz", "grant"),
        ("Хамитова", "Ақбота", "Ермекқызы", "female", "2007-08-21", "kz", "paid"),
        ("Шәріпов", "Данияр", "Бекұлы", "male", "2006-12-30", "kz", "paid"),
    ),
}
HEADER_OF_STUDENTS = (
    "last_name",
    "first_name",
    "patronymic",
    "gender",
    "birth_date",
    "country",
    "funding",
)


def create_students(office, key, make_iin, first_number):
    """The clerk enters the files of new students; return their ids in order."""
    clerk = office.as_("clerk")
    values_list = []
    for number, row in enumerate(STUDENTS[key], start=first_number):
        person = dict(zip(HEADER_OF_STUDENTS, row, strict=True))
        person.pop("funding")
        country = person.pop("country")
        born = date.fromisoformat(person["birth_date"])
        values_list.append(
            {
                **person,
                "iin": make_iin(born, person["gender"], 500 + number),
                "citizenship_id": office.ref(f"base.{country}"),
                "student_number": f"25-{number:04d}",
                "previous_education": "school",
                "previous_document": f"Аттестат ЖОБ № {7000000 + number}",
                "previous_document_date": "2025-06-10",
            }
        )
    return clerk["registrar.student"].create(values_list)


def draft_order(office, type_code, lines, login="clerk", **header):
    """Somebody of the office drafts an order and has it checked; return its id."""
    orders = office.as_(login)["registrar.order"]
    [order_type] = office.find(login, "registrar.order.type", ["code", "=", type_code])
    reason = header.pop("reason", None)
    if reason:
        [header["kind_id"]] = office.find(
            login, "registrar.movement.kind", ["code", "=", reason]
        )
    created = orders.create(
        {
            "type_id": order_type,
            "basis_kk": "өтініш",
            "basis_ru": "заявление",
            **header,
        }
    )
    orders.write([created], {"line_ids": [[0, 0, line] for line in lines]})
    return created


def register_order(office, order, author="clerk"):
    """The author agrees the draft, the head of the office registers it."""
    office.as_(author)["registrar.order"].action_agree([order])
    office.as_("head")["registrar.order"].action_register([order])
    return order


def admit(office, key, programme, students):
    """Admission order of one programme, grant holders and payers together."""
    lines = [
        {
            "student_id": student,
            "group_id": programme["academic_group"],
            "funding": row[6],
        }
        for student, row in zip(students, STUDENTS[key], strict=True)
    ]
    order = draft_order(
        office,
        "enrolment",
        lines,
        reason="admission",
        effective_date="2025-09-01",
        document_date=ADMITTED.isoformat(),
    )
    return register_order(office, order)


def make_plans(office, key, programme, years, student_logins):
    """Study plans along their chain: student or clerk, adviser, dean, clerk."""
    clerk = office.as_("clerk")
    wizard = clerk["registrar.study.plan.fill"].create(
        {
            "year_id": years[YEAR],
            "group_ids": [[6, 0, [programme["academic_group"]]]],
        }
    )
    clerk["registrar.study.plan.fill"].action_fill([wizard])
    plans = office.find(
        "clerk",
        "registrar.study.plan",
        ["group_id", "=", programme["academic_group"]],
        ["year_id", "=", years[YEAR]],
    )
    clerk["registrar.study.plan"].write(plans, {"document_date": "2025-09-05"})
    for login in student_logins:
        own = office.find(login, "registrar.study.plan")
        office.as_(login)["registrar.study.plan"].action_submit(own)
    waiting = office.find(
        "clerk",
        "registrar.study.plan",
        ["id", "in", plans],
        ["state", "=", "draft"],
    )
    clerk["registrar.study.plan"].action_submit(waiting)
    office.as_(programme["adviser"])["registrar.study.plan"].action_agree(plans)
    office.as_(programme["dean"])["registrar.study.plan"].action_sign(plans)
    clerk["registrar.study.plan"].action_register(plans)
    return plans


def change_a_plan(office, programme, discipline, student, years):
    """A student adds a discipline of another programme and drops it again.

    Two changes of the registered plan; the second one against a rule, on a ground.
    """
    clerk = office.as_("clerk")
    plans = clerk["registrar.study.plan"]
    [main] = office.find(
        "clerk",
        "registrar.study.plan",
        ["student_id", "=", student],
        ["year_id", "=", years[YEAR]],
    )
    [term] = office.find(
        "clerk",
        "registrar.term",
        ["year_id", "=", years[YEAR]],
        ["kind", "=", "spring"],
    )
    added = None
    for day in ("2025-09-06", "2025-09-08"):
        change = plans.action_open_change([main])["res_id"]
        plans.write([change], {"document_date": day, "ground": "Заявление студента"})
        if added:
            clerk["registrar.study.plan.drop"].create(
                {"plan_id": change, "line_id": added, "reason": "Передумал"}
            )
            office.as_("head")["registrar.study.plan.override"].create(
                {
                    "plan_id": change,
                    "rule_id": office.ref(
                        "registrar_core.registration_rule_prerequisites"
                    ),
                    "ground": "Распоряжение № 3",
                }
            )
        else:
            added = clerk["registrar.study.plan.line"].create(
                {
                    "plan_id": change,
                    "discipline_id": discipline,
                    "term_id": term,
                    "line_type": "additional",
                    "credits": CREDITS,
                }
            )
        plans.action_submit([change])
        office.as_(programme["adviser"])["registrar.study.plan"].action_agree([change])
        office.as_(programme["dean"])["registrar.study.plan"].action_sign([change])
        plans.action_register([change])


def form_class_groups(office, years, employees, programmes):
    """The clerk forms the class groups of both terms and names the teachers."""
    # A university as small as this one opens electives for a few students too.
    sizes = office.find("head", "registrar.group.size", ["kind", "=", "class_group"])
    office.as_("head")["registrar.group.size"].write(sizes, {"is_exempt": True})
    clerk = office.as_("clerk")
    terms = office.find(
        "clerk",
        "registrar.term",
        ["year_id", "=", years[YEAR]],
        ["kind", "!=", "summer"],
        order="number",
    )
    # A university of fourteen students opens its electives for fewer than ten.
    office.as_("head")["registrar.group.size"].write(
        [office.ref("registrar_core.registrar_group_size_class_group")],
        {"size_min": 1},
    )
    clerk["registrar.term"].action_form_class_groups(terms)
    groups = {}
    for key, programme in programmes.items():
        groups[key] = office.find(
            "clerk",
            "registrar.class.group",
            ["term_id", "in", terms],
            ["discipline_id.code", "like", programme["letters"]],
            order="term_id, name",
        )
        teacher = employees[programme["teacher"]]
        clerk["registrar.class.group"].write(
            groups[key], {"teacher_id": teacher, "examiner_id": teacher}
        )
    return terms, groups


def grant_portal(office, student, login):
    """The administrator gives a student access to the portal."""
    [row] = office.read("admin", "registrar.student", [student], "partner_id")
    return office.as_("admin")["res.users"].create(
        {
            "login": login,
            "password": login,
            "partner_id": row["partner_id"][0],
            "tz": "Asia/Almaty",
            "group_ids": [[6, 0, [office.ref("base.group_portal")]]],
        }
    )


# Marks of a student: both ratings and the exam, by place in the list of the group.
# Who is not named here does well. Keys: (key of the programme, place).
GOOD = (75, 80, 85)
HABITS = {
    ("is", 0): (96, 98, 97),
    ("is", 2): (70, 72, 78),
    ("is", 3): (88, 90, 91),
    ("is", 4): (60, 64, 58),
    ("mn", 0): (91, 92, 95),
    ("mn", 3): (55, 61, 62),
}
# (programme, place, number of the term, place of the discipline): marks, absence.
# 25–49 in the exam is FX and may be taken again; below is F.
EXCEPTIONS = {
    ("is", 5, 1, 0): ((70, 70, 40), None),
    ("is", 6, 2, 0): ((65, 70, 10), None),
    ("is", 7, 1, 0): ((30, 40, None), None),
    ("is", 7, 1, 1): ((35, 20, None), None),
    ("is", 7, 2, 0): ((60, 60, 12), None),
    ("is", 7, 2, 1): ((55, 60, 20), None),
    ("mn", 1, 1, 1): ((80, 75, None), "unexcused"),
    ("mn", 4, 2, 1): ((70, 70, 35), None),
}
AFTER_RESIT = 66


def marks_of(key, place, term, number):
    """Return what the teacher enters for one student on one sheet."""
    (first, second, exam), absence = EXCEPTIONS.get(
        (key, place, term, number), (HABITS.get((key, place), GOOD), None)
    )
    values = {"rating_1": first, "rating_2": second}
    if exam is not None:
        values["exam_score"] = exam
    if absence:
        values["absence"] = absence
    return values


def hold_session(office, facts, term_number):
    """Sheets of a term: the clerk opens, the teachers enter, the clerk registers."""
    term = facts["terms"][term_number - 1]
    first_day = date(2026, 1, 5) if term_number == 1 else date(2026, 5, 25)
    sheets = _make_sheets(office, term, "exam", first_day.isoformat())
    for key, programme in facts["programmes"].items():
        own = _sheets_of_teacher(office, programme["teacher"], sheets)
        assert len(own) == COMPULSORY + 1, own
        for number, sheet in enumerate(own):
            marks = {
                student: marks_of(key, place, term_number, number)
                for place, student in enumerate(facts["students"][key])
            }
            _enter(office, programme["teacher"], sheet, marks)
    _register_sheets(office, sheets, first_day)
    return sheets


def hold_resits(office, facts, term_number):
    """Those with FX sit the exam again and pass."""
    term = facts["terms"][term_number - 1]
    day = date(2026, 1, 15) if term_number == 1 else date(2026, 6, 4)
    sheets = _make_sheets(office, term, "resit", day.isoformat())
    for programme in facts["programmes"].values():
        teacher = programme["teacher"]
        for sheet in _sheets_of_teacher(office, teacher, sheets):
            lines = office.find(
                teacher, "registrar.sheet.line", ["sheet_id", "=", sheet]
            )
            rows = office.read(teacher, "registrar.sheet.line", lines, "student_id")
            marks = {row["student_id"][0]: {"exam_score": AFTER_RESIT} for row in rows}
            _enter(office, teacher, sheet, marks)
    _register_sheets(office, sheets, day)
    return sheets


def _make_sheets(office, term, kind, exam_date):
    clerk = office.as_("clerk")
    wizard = clerk["registrar.sheet.open"].create(
        {"term_id": term, "kind": kind, "open_now": False}
    )
    action = clerk["registrar.sheet.open"].action_make([wizard])
    [[_field, _operator, sheets]] = action["domain"]
    clerk["registrar.sheet"].write(sheets, {"exam_date": exam_date})
    clerk["registrar.sheet"].action_open(sheets)
    return sheets


def _sheets_of_teacher(office, login, sheets):
    found = office.find(
        login, "registrar.sheet", ["state", "=", "open"], order="discipline_id"
    )
    assert set(found) <= set(sheets)
    return found


def _enter(office, login, sheet, marks):
    """A teacher enters the marks of a sheet by student and submits it."""
    teacher = office.as_(login)
    lines = office.find(login, "registrar.sheet.line", ["sheet_id", "=", sheet])
    commands = [
        [1, row["id"], marks[row["student_id"][0]]]
        for row in office.read(login, "registrar.sheet.line", lines, "student_id")
    ]
    teacher["registrar.sheet"].write([sheet], {"line_ids": commands})
    teacher["registrar.sheet"].action_submit([sheet])


def _register_sheets(office, sheets, exam_day):
    clerk = office.as_("clerk")
    day = exam_day.replace(day=exam_day.day + 1).isoformat()
    clerk["registrar.sheet"].write(sheets, {"document_date": day})
    clerk["registrar.sheet"].action_register(sheets)


def correct_result(office, result, **marks):
    """The clerk drafts the protocol on a wrong mark, the head registers it."""
    correction = office.as_("clerk")["registrar.result.correction"].create(
        {
            "ground": "Служебная записка преподавателя",
            "document_date": "2026-06-12",
            "line_ids": [[0, 0, {"result_id": result, **marks}]],
        }
    )
    office.as_("head")["registrar.result.correction"].action_register([correction])
    return correction


def decide_about_transfer(office, key, facts):
    """The query by GPA and debts, the orders made from it, registered by the head."""
    clerk = office.as_("clerk")
    selection = clerk["registrar.order.selection"].create(
        {
            "purpose": "transfer",
            "year_id": facts["years"][YEAR],
            "effective_date": "2026-09-01",
            "programme_id": facts["programmes"][key]["programme"],
        }
    )
    clerk["registrar.order.selection"].action_select([selection])
    clerk["registrar.order.selection"].action_make_orders([selection])
    orders = office.find("clerk", "registrar.order", ["selection_id", "=", selection])
    clerk["registrar.order"].write(
        orders,
        {
            "document_date": "2026-08-31",
            "basis_kk": "деканаттың ұсынысы",
            "basis_ru": "представление деканата",
        },
    )
    for order in orders:
        register_order(office, order)
    return selection, orders


def cancel_order(office, order, day):
    """The clerk drafts the cancellation, the head registers it."""
    clerk = office.as_("clerk")
    action = clerk["registrar.order"].action_cancel_order([order])
    cancellation = action["res_id"]
    clerk["registrar.order"].write(
        [cancellation],
        {
            "document_date": day,
            "basis_kk": "қызметтік жазба",
            "basis_ru": "служебная записка",
        },
    )
    return register_order(office, cancellation)


def issue_transcripts(office, programmes):
    """The clerk issues transcripts to whole groups."""
    clerk = office.as_("clerk")
    wizard = clerk["registrar.transcript.issue"].create(
        {
            "group_ids": [
                [6, 0, [programme["academic_group"] for programme in programmes]]
            ],
            "date": "2026-10-05",
        }
    )
    action = clerk["registrar.transcript.issue"].action_issue([wizard])
    [[_field, _operator, transcripts]] = action["domain"]
    return transcripts


def lead_year(office, make_iin):
    """Lead one academic year; return the ids of what was made, by name."""
    parts = ("programmes", "students", "plans", "orders", "selections")
    facts = {part: {} for part in parts}
    facts["departments"], facts["employees"] = build_people(office)
    facts["years"] = create_years(office)
    number = 1
    for key in PROGRAMMES:
        programme = create_programme(
            office, key, facts["departments"], facts["employees"], facts["years"]
        )
        students = create_students(office, key, make_iin, number)
        number += len(students)
        facts["programmes"][key] = programme
        facts["students"][key] = students
        facts["orders"][f"admission_{key}"] = admit(office, key, programme, students)
    portal = {"student": ("is", 0), "student2": ("mn", 0)}
    for login, (key, place) in portal.items():
        grant_portal(office, facts["students"][key][place], login)
    for key, programme in facts["programmes"].items():
        logins = [login for login, (owner, _place) in portal.items() if owner == key]
        facts["plans"][key] = make_plans(office, key, programme, facts["years"], logins)
    [foreign, *_rest] = office.find(
        "clerk",
        "registrar.discipline",
        ["code", "like", facts["programmes"]["is"]["letters"]],
        order="code",
    )
    change_a_plan(
        office,
        facts["programmes"]["mn"],
        foreign,
        facts["students"]["mn"][2],
        facts["years"],
    )
    facts["terms"], facts["class_groups"] = form_class_groups(
        office, facts["years"], facts["employees"], facts["programmes"]
    )
    facts["sheets"] = []
    for term in (1, 2):
        facts["sheets"] += hold_session(office, facts, term)
        if term == 1:
            facts["resits"] = hold_resits(office, facts, term)
    [facts["open_sheet"]] = _make_sheets(
        office, facts["terms"][1], "resit", "2026-06-04"
    )
    facts["correction"] = _correct_somebody(office, facts)
    for key in PROGRAMMES:
        selection, orders = decide_about_transfer(office, key, facts)
        facts["selections"][key] = selection
        facts["orders"][f"transfer_{key}"] = orders
    _move_people(office, facts)
    transcripts = issue_transcripts(office, list(facts["programmes"].values()))
    rows = office.read("clerk", "registrar.transcript", transcripts, "student_id")
    facts["transcripts"] = {
        login: [
            row["id"]
            for row in rows
            if row["student_id"][0] == facts["students"][key][place]
        ]
        for login, (key, place) in portal.items()
    }
    facts["transcripts"]["all"] = transcripts
    return facts


def _correct_somebody(office, facts):
    [result] = office.find(
        "clerk",
        "registrar.result",
        ["student_id", "=", facts["students"]["mn"][2]],
        ["term_id", "=", facts["terms"][0]],
        limit=1,
    )
    return correct_result(office, result, new_exam=71)


def _move_people(office, facts):
    """Leave, expulsion and a leave that is cancelled; one order stays a draft."""
    students = facts["students"]
    facts["orders"]["leave"] = register_order(
        office,
        draft_order(
            office,
            "academic_leave",
            [{"student_id": students["is"][4], "end_date": "2027-09-01"}],
            reason="leave_medical",
            effective_date="2026-09-14",
            document_date="2026-09-12",
        ),
    )
    facts["orders"]["expulsion"] = register_order(
        office,
        draft_order(
            office,
            "expulsion",
            [{"student_id": students["mn"][5]}],
            reason="own_wish",
            effective_date="2026-09-21",
            document_date="2026-09-21",
        ),
    )
    mistaken = register_order(
        office,
        draft_order(
            office,
            "academic_leave",
            [{"student_id": students["mn"][2], "end_date": "2027-09-01"}],
            reason="leave_army",
            effective_date="2026-09-23",
            document_date="2026-09-23",
        ),
    )
    facts["orders"]["mistaken"] = mistaken
    facts["orders"]["cancellation"] = cancel_order(office, mistaken, "2026-09-25")
    facts["orders"]["draft"] = draft_order(
        office,
        "expulsion",
        [{"student_id": students["mn"][1]}],
        reason="non_payment",
        effective_date="2026-11-02",
        document_date="2026-11-02",
    )
