"""Study plans along their chain of signatures, class groups with teachers."""

from collections import defaultdict

# So many disciplines does a student take again who repeats a year without debts.
RAISED = 6
STEPS = ("submit", "agree", "sign", "register")


def make_plans(demo, calendar, day):
    """Fill, submit, agree, sign and register the plans of all who study.

    The clerk fills and registers, the adviser of each group agrees, the dean's office
    of each faculty signs.

    :param datetime.date day: date of the plans
    :return: the plans registered, and those left as drafts
    """
    plans, left = draft_plans(demo, calendar, day, demo.students())
    sign(demo, plans, STEPS)
    return plans, left


def draft_plans(demo, calendar, day, students):
    """Fill the plans of some students and put them right.

    :return: the drafts that may be submitted, and those that may not
    """
    plans = demo.clerk("registrar.study.plan")._fill(students, demo.year(calendar))
    _put_off(plans)
    _raise_grades(plans)
    plans.write({"document_date": day})
    # Whose plan cannot be put right stays with a draft.
    errors = plans.sudo()._errors()
    left = plans.filtered(lambda plan: errors[plan.id])
    return (plans - left).sorted(_place), left


def sign(demo, plans, steps):
    """Take plans some steps along their chain.

    The clerk submits and registers, the adviser of each student agrees, the dean's
    office of each faculty signs.

    :param steps: the first of ``STEPS``
    """
    plans = plans.sorted(_place)
    for step in steps:
        if step == "submit":
            plans.action_submit()
        elif step == "agree":
            for adviser, own in _partition(plans, lambda p: p.student_id.adviser_id):
                own.with_user(adviser.sudo().user_id).action_agree()
        elif step == "sign":
            for faculty, own in _partition(plans, lambda plan: plan.faculty_id):
                own.with_user(demo.university.dean_of(faculty.sudo())).action_sign()
        else:
            demo.register(plans)


def _place(plan):
    return plan.group_id.name, plan.student_id.sort_key, plan.id


def _put_off(plans):
    """Take off what needs a discipline that the student has not passed.

    It is studied when the prerequisite is passed. Of an elective block another option
    is taken, if there is one without that prerequisite.
    """
    passed = plans._passed_disciplines(plans.student_id)
    for plan in plans:
        done = plan.line_ids.discipline_id.browse(passed.get(plan.student_id.id, ()))
        unready = _unready(plan, done)
        while unready:
            for line in unready:
                _replace(plan, line, done)
            unready.unlink()
            unready = _unready(plan, done)


def _unready(plan, done):
    """Return the lines whose prerequisites are neither passed nor planned before."""
    return plan.line_ids.filtered(
        lambda line: line.discipline_id.prerequisite_ids - done - _before(plan, line)
    )


def _before(plan, line):
    """Return what the plan has before a line; who repeats has failed it already."""
    earlier = plan.line_ids.filtered(
        lambda other: (
            other.term_id.date_from < line.term_id.date_from
            and other.line_type == "main"
        )
    )
    return earlier.discipline_id


def _replace(plan, line, done):
    place = line.curriculum_line_id
    if not place.block_id:
        return
    others = place.curriculum_id.line_ids.filtered(
        lambda other: (
            other.block_id == place.block_id
            and other.term_number == place.term_number
            and other != place
            and not other.discipline_id.prerequisite_ids - done
        )
    )
    if others:
        line.create(
            {
                "plan_id": plan.id,
                "discipline_id": others[0].discipline_id.id,
                "curriculum_line_id": others[0].id,
                "term_id": line.term_id.id,
            }
        )


def _raise_grades(plans):
    """Let those who repeat a year without debts study the weakest results again."""
    empty = plans.filtered(lambda plan: not plan.line_ids)
    if not empty:
        return
    results = empty.env["registrar.result"].search(
        [
            ("student_id", "in", empty.student_id.ids),
            ("superseded_by_id", "=", False),
            ("in_gpa", "=", True),
        ],
        order="student_id, points, id",
    )
    values_list = []
    for plan in empty:
        own = results.filtered(lambda r, plan=plan: r.student_id == plan.student_id)
        terms = {term.kind: term for term in plan.year_id.term_ids}
        values_list += [
            {
                "plan_id": plan.id,
                "discipline_id": result.discipline_id.id,
                "curriculum_line_id": result.curriculum_line_id.id,
                "term_id": terms[result.term_id.kind].id,
                "line_type": "gpa_raise",
                "attempt": result.attempt + 1,
            }
            for result in own[:RAISED]
        ]
    empty.env["registrar.study.plan.line"].create(values_list)


def form_class_groups(demo, term):
    """Form the class groups of a term and give each a teacher and an examiner.

    :return: the class groups
    """
    # A university with one group a year opens electives for a few students too.
    sizes = demo.university.model("head", "registrar.group.size")
    sizes.search([("kind", "=", "class_group")]).is_exempt = True
    groups = demo.clerk("registrar.class.group")._form(term)
    load = defaultdict(int)
    for group in groups.sorted(lambda g: (-g.student_count, g.name)):
        staff = demo.university.staff_of(group.discipline_id.department_id, "teacher")
        teacher = min(staff, key=lambda person: (load[person], person.id))
        load[teacher] += group.student_count
        others = [person for person in staff if person != teacher] or staff
        examiner = min(others, key=lambda person: (load[person], person.id))
        group.write({"teacher_id": teacher.id, "examiner_id": examiner.id})
    return groups


def form_streams(demo, term):
    """Form the streams for lectures and the subgroups; the teachers follow the groups.

    :return: numbers of streams and subgroups
    """
    Group = demo.clerk("registrar.class.group")
    streams = Group._form_streams(term)
    for teacher, own in _partition(
        streams, lambda stream: stream.class_group_ids[:1].teacher_id
    ):
        own.write({"teacher_id": teacher.id})
    subgroups = Group._form_subgroups(term)
    for teacher, own in _partition(
        subgroups, lambda subgroup: subgroup.class_group_id.teacher_id
    ):
        own.write({"teacher_id": teacher.id})
    return len(streams), len(subgroups)


def _partition(records, key):
    """Return pairs of a key and the records that have it, in order."""
    parts = {}
    for record in records:
        parts.setdefault(key(record), []).append(record.id)
    return [(value, records.browse(ids)) for value, ids in parts.items()]
