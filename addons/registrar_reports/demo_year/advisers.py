"""Advisers: one group gets another one, one student a personal one."""

from odoo import Command

CHANGE_GROUND = "Декан өкімі / Распоряжение декана № 14"
PERSONAL_GROUND = "Студенттің өтініші / Заявление студента"


def change(demo, calendar):
    """Change the adviser of a group within the year, and of one student.

    :return: the assignments made
    """
    groups = [
        group
        for group in demo.groups.values()
        if group.adviser_id.sudo().user_id.login != "adviser"
    ]
    rows = demo.clerk("registrar.adviser.assignment")
    if not groups:
        return rows
    group = groups[-1]
    other = _another(demo, group)
    rows |= _assign(
        demo,
        group,
        other,
        calendar.spring(2, 2),
        CHANGE_GROUND,
        group_ids=[Command.set(group.ids)],
    )
    students = demo.students().filtered(lambda s: s.group_id == groups[0])
    if students:
        rows |= _assign(
            demo,
            groups[0],
            _another(demo, groups[0]),
            calendar.spring(3, 2),
            PERSONAL_GROUND,
            student_ids=[Command.set(students[-1:].ids)],
        )
    return rows


def _another(demo, group):
    """Return an adviser of the department who does not advise the group yet."""
    staff = demo.university.staff_of(group.programme_id.department_id, "adviser")
    others = [person for person in staff if person != group.adviser_id]
    return others[-1] if others else group.adviser_id


def _assign(demo, group, employee, day, ground, **targets):
    """Assign as the dean's office does, through its window."""
    dean = demo.university.dean_of(group.programme_id.faculty_id.sudo())
    wizard = (
        demo.env["registrar.adviser.assign"]
        .with_user(dean)
        .create(
            {
                "employee_id": employee.id,
                "date_from": day,
                "ground": ground,
                **targets,
            }
        )
    )
    wizard.action_assign()
    rows = demo.clerk("registrar.adviser.assignment")
    return rows.search(
        [("employee_id", "=", employee.id), ("date_from", "=", day)], order="id"
    )
