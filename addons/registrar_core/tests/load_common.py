from freezegun import freeze_time

from .common import RegistrarCommon

DAY = "2025-09-05"
HOURS = {
    "hours_lecture": 15,
    "hours_practical": 30,
    "hours_laboratory": 15,
    "hours_supervised": 15,
    "hours_independent": 75,
}


class LoadCommon(RegistrarCommon):
    """Three students registered for two disciplines in each term, groups formed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.curriculum_lines.write(HOURS)
        cls.curriculum.action_approve()
        with freeze_time(DAY):
            cls._admit(cls.students[:3])
            cls.study_plans = cls._register(cls.students[:3])
            Group = cls.env["registrar.class.group"]
            cls.groups = Group._form(cls.autumn)
            cls.spring_groups = Group._form(cls.spring)
        cls.manager = cls.env["res.users"].create(
            {
                "name": "Test manager",
                "login": "test_manager",
                "group_ids": [
                    (4, cls.env.ref("registrar_core.group_registrar_teacher").id)
                ],
            }
        )
        cls.manager_employee = cls._employee(cls.manager, cls.department)
        cls.department.manager_id = cls.manager_employee
        cls.Line = cls.env["registrar.load.line"]

    @classmethod
    def _register(cls, students):
        plans = cls.env["registrar.study.plan"]._fill(students, cls.year)
        plans.action_submit()
        plans.action_agree()
        plans.action_sign()
        plans.action_register()
        return plans

    def _build(self, user=None, term=None, departments=None):
        Line = self.Line.with_user(user or self.clerk)
        return Line._build(term or self.autumn, departments)

    def _plan(self, user=None):
        self._build()
        plan = self.env["registrar.load.plan"].search(
            [("department_id", "=", self.department.id), ("year_id", "=", self.year.id)]
        )
        self.env.invalidate_all()
        return plan.with_user(user or self.clerk)

    def _lines(self, plan, code, group=None):
        lines = plan.sudo().line_ids.filtered(
            lambda line: (
                line.kind_id.code == code
                and (group is None or line.class_group_id == group)
            )
        )
        return lines.with_env(plan.env)

    def _rate(self, employee=None, **values):
        return self.env["registrar.load.rate"].create(
            {
                "employee_id": (employee or self.teacher_employee).id,
                "year_id": self.year.id,
                "department_id": self.department.id,
                **values,
            }
        )

    def _stream(self, groups):
        stream = self.env["registrar.stream"].create(
            {
                "discipline_id": groups[0].discipline_id.id,
                "term_id": groups[0].term_id.id,
                "language": groups[0].language,
                "name": "Test stream",
            }
        )
        groups.stream_id = stream
        return stream

    def _second_group(self, group, lines):
        """Move registrations of a class group to another one of the discipline."""
        second = group.copy({"number": 2, "name": f"{group.name}-2"})
        lines.class_group_id = second
        return second
