"""Study plans along their chain of signatures, class groups with teachers."""

from collections import defaultdict


def make_plans(demo, calendar, day):
    """Fill, submit, agree, sign and register the plans of all who study.

    The clerk fills and registers, the adviser of each group agrees, the dean's office
    of each faculty signs.

    :param datetime.date day: date of the plans
    :return: the plans
    """
    university = demo.university
    plans = demo.clerk("registrar.study.plan")._fill(
        demo.students(), demo.year(calendar)
    )
    plans.write({"document_date": day})
    plans = plans.sorted(lambda p: (p.group_id.name, p.student_id.sort_key, p.id))
    plans.action_submit()
    for group, own in _partition(plans, lambda plan: plan.group_id):
        own.with_user(group.adviser_id.sudo().user_id).action_agree()
    for faculty, own in _partition(plans, lambda plan: plan.faculty_id):
        own.with_user(university.dean_of(faculty.sudo())).action_sign()
    demo.register(plans)
    return plans


def form_class_groups(demo, term):
    """Form the class groups of a term and give each a teacher and an examiner.

    :return: the class groups
    """
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


def _partition(records, key):
    """Return pairs of a key and the records that have it, in order."""
    parts = {}
    for record in records:
        parts.setdefault(key(record), []).append(record.id)
    return [(value, records.browse(ids)) for value, ids in parts.items()]
