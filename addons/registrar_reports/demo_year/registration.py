"""Prices, holds, seats with a waiting list, overrides, changes of plans."""

from datetime import timedelta

PRICE_GROUND = "Ректор бұйрығы / Приказ ректора № {number} от {day}"
PRICE, FOREIGN_PRICE, SUMMER_PRICE = 21000, 27000, 18000
HOLDS = (
    ("tuition", "Оқу ақысы төленбеген / Не внесена плата за обучение"),
    ("tuition", "Күзгі семестрдің қарызы / Задолженность за осенний семестр"),
    ("library", "Кітапханаға қарыз / Не возвращены книги в библиотеку"),
    ("missing_document", "Медициналық анықтама жоқ / Нет медицинской справки"),
)
RECEIPT = "Түбіртек / Квитанция № 118 от {day}"
OVERRIDE_GROUND = (
    "Төлемді бөліп төлеу туралы келісім / Соглашение о рассрочке оплаты № 21"
)
CHANGE_GROUND = "Студенттің өтініші / Заявление студента"
SCARCE_SEATS = 4


def set_prices(demo, calendar):
    """Enter the prices of a credit of a year.

    :return: the prices
    """
    day = f"20.06.{calendar.start}"
    base = {
        "year_id": demo.year(calendar).id,
        "ground": PRICE_GROUND.format(number=112, day=day),
    }
    return demo.university.model("head", "registrar.credit.price").create(
        [
            {**base, "price": PRICE},
            {**base, "price": FOREIGN_PRICE, "citizenship": "foreigner"},
            {**base, "price": SUMMER_PRICE, "line_type": "retake"},
        ]
    )


def set_holds(demo, students):
    """Hold the registration of some students; the last hold is lifted at once.

    :return: the holds
    """
    Hold = demo.clerk("registrar.hold")
    holds = Hold.create(
        [
            {
                "student_id": student.id,
                "kind_id": demo.env.ref(f"registrar_core.hold_kind_{kind}").id,
                "reason": reason,
            }
            for student, (kind, reason) in zip(students, HOLDS, strict=False)
        ]
    )
    if len(holds) > 1:
        holds[-1]._lift(RECEIPT.format(day=f"{demo.today:%d.%m.%Y}"))
    return holds


def override_hold(demo, plan):
    """Let the plan of one student pass in spite of the hold, as the head may."""
    return demo.university.model("head", "registrar.study.plan.override").create(
        {
            "plan_id": plan.id,
            "rule_id": demo.env.ref("registrar_core.registration_rule_hold").id,
            "ground": OVERRIDE_GROUND,
        }
    )


def fill_waiting_list(demo, offers, students):
    """Let students compete for the few seats of one elective.

    :param students: those whose plans are drafts
    :return: the offer with the list, empty when nothing can be chosen
    """
    taken = students.env["registrar.study.plan.line"].search(
        [("student_id", "in", students.ids), ("offer_id", "in", offers.ids)]
    )
    best, able = offers.browse(), students.browse()
    for offer in offers.filtered(lambda o: o.term_id.kind == "spring"):
        if offer.taken_count or offer in taken.offer_id:
            continue
        reasons = offer._refusals(students)
        free = students.filtered(lambda s, reasons=reasons: not reasons[s.id])
        if len(free) > len(able):
            best, able = offer, free
    if len(able) < 2:
        return best.browse()
    best.capacity_min = 0
    best.capacity_max = min(SCARCE_SEATS, len(able) // 2)
    for student in able.sorted("student_number"):
        best._take_seat(student)
    return best


def change_plan(demo, plans, day):
    """Exchange one elective of a registered plan for another option of its block.

    :return: the change, registered
    """
    for plan in plans:
        for line in plan.line_ids.filtered(lambda li: li.term_id.kind == "spring"):
            option = _other_option(plan, line)
            if option:
                return _exchange(demo, plan, line, option, day)
    return plans.browse()


def _other_option(plan, line):
    place = line.curriculum_line_id
    if not place.block_id:
        return place.browse()
    passed = plan._passed_disciplines(plan.student_id).get(plan.student_id.id, ())
    before = line.discipline_id.browse(passed)
    return place.curriculum_id.line_ids.filtered(
        lambda other: (
            other.block_id == place.block_id
            and other.term_number == place.term_number
            and other.discipline_id not in plan.line_ids.discipline_id
            and not other.discipline_id.prerequisite_ids - before
        )
    )[:1]


def _exchange(demo, plan, line, option, day):
    university = demo.university
    change = plan._open_change(plan.student_id, plan.year_id)
    change.write({"ground": CHANGE_GROUND, "document_date": day})
    change._drop(line, reason=CHANGE_GROUND)
    line.create(
        {
            "plan_id": change.id,
            "discipline_id": option.discipline_id.id,
            "curriculum_line_id": option.id,
            "term_id": line.term_id.id,
        }
    )
    adviser = plan.student_id.sudo().adviser_id.user_id
    steps = (
        ("submit", university.users["clerk"]),
        ("agree", adviser),
        ("sign", university.dean_of(plan.faculty_id.sudo())),
        ("register", university.users["clerk"]),
    )
    for step, user in steps:
        __, refused = change.with_user(user)._process(step)
        if refused:
            break
    return change


def later(day, days, today):
    """Return ``day`` and so many days, but not a day in the future."""
    return min(day + timedelta(days=days), today)
