"""Catalogues of electives and the seats that are offered by them."""

from . import files

BASIS = "Факультеттер кеңесінің хаттамасы / Протокол совета факультетов № 9 от {day}"
# Of an elective block most take the usual option; the others have few places.
SMALL_GROUP = 25
ROUND = 5
MINIMUM = 5


def publish(demo, calendar, close=False):
    """Generate the cards of a year, complete and publish them.

    :param bool close: the year is over, nothing is to be chosen any more
    :return: the catalogue, empty when the curricula have no electives
    """
    catalogue = demo.clerk("registrar.catalogue").create(
        {
            "year_id": demo.year(calendar).id,
            "approval_basis": BASIS.format(day=f"15.05.{calendar.start}"),
            **_introduction(),
        }
    )
    catalogue._generate()
    if not catalogue.card_ids:
        catalogue.unlink()
        return catalogue.browse()
    _write_texts(catalogue)
    _name_teachers(demo, catalogue)
    _set_places(demo, calendar, catalogue)
    catalogue._publish()
    if close:
        catalogue.action_close()
    return catalogue


def offer(demo, calendar):
    """Offer the electives of a published catalogue with their seats.

    :return: the offers of both terms
    """
    offers = demo.clerk("registrar.offer")
    for kind in ("autumn", "spring"):
        offers |= offers._generate(demo.term(calendar, kind), "catalogue")
    return offers


def _introduction():
    rows = {row["name_ru"]: row for row in files.table("catalogue")}
    row = rows["*"]
    return {f"intro_{key}": row[f"description_{key}"] for key in ("kk", "ru", "en")}


def _write_texts(catalogue):
    rows = {row["name_ru"]: row for row in files.table("catalogue")}
    names = [
        f"{name}_{key}"
        for name in ("description", "outcomes")
        for key in ("kk", "ru", "en")
    ]
    for card in catalogue.card_ids:
        if row := rows.get(card.discipline_id.name_ru):
            card.write({name: row[name] for name in names})


def _name_teachers(demo, catalogue):
    """Two teachers of the department for each card, by turns."""
    for number, card in enumerate(catalogue.card_ids):
        staff = demo.university.staff_of(card.department_id, "teacher")
        chosen = {
            staff[number % len(staff)].id,
            staff[(number + 1) % len(staff)].id,
        }
        card.teacher_ids = sorted(chosen)


def _set_places(demo, calendar, catalogue):
    """Give the usual option of a block room for everybody of the year of study."""
    groups = demo.groups.values()
    for card in catalogue.card_ids:
        counts = {}
        usual = card.curriculum_line_ids.filtered("is_default")
        for group in groups:
            course = calendar.start - group.intake_year_id.date_from.year + 1
            if any(
                line.curriculum_id == group.curriculum_id and line.course == course
                for line in usual
            ):
                size = len(group.student_ids)
                counts[group.language] = counts.get(group.language, 0) + size
        places = max(counts.values(), default=0)
        card.write(
            {
                "capacity_min": MINIMUM,
                "capacity_max": max(
                    -(-places // ROUND) * ROUND + ROUND if places else 0, SMALL_GROUP
                ),
            }
        )
