from datetime import date

from freezegun import freeze_time

from .common import OrdersCommon


@freeze_time("2026-07-01")
class TestPerformance(OrdersCommon):
    """The number of queries does not grow with the number of persons."""

    def _people(self, count, prefix):
        return self.env["registrar.student"].create(
            [
                {"last_name": f"{prefix}{index}", "first_name": "Айгүл"}
                for index in range(count)
            ]
        )

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _counts(self, size, prefix):
        """Return the queries of drafting, agreeing and registering two orders."""
        people = self._people(size, prefix)
        counts = {}
        orders = {}

        def draft(code, day, **values):
            orders[code] = self._draft_order(code, day, people, **values)

        counts["draft"] = self._count(
            lambda: draft(
                "enrolment",
                date(2025, 8, 25),
                group_id=self.group.id,
                funding="grant",
            )
        )
        order = orders["enrolment"]
        counts["agree"] = self._count(order.action_agree)
        counts["register"] = self._count(order.with_user(self.head).action_register)
        for person in people:
            self._gpa(person, 3.0)
        counts["draft transfer"] = self._count(
            lambda: draft("course_transfer", date(2026, 6, 30), year_id=self.year.id)
        )
        order = orders["course_transfer"]
        counts["agree transfer"] = self._count(order.action_agree)
        counts["register transfer"] = self._count(
            order.with_user(self.head).action_register
        )
        return counts

    def test_queries_do_not_grow(self):
        self._counts(2, "Разогрев")
        small = self._counts(5, "Малый")
        large = self._counts(80, "Большой")
        for step, count in large.items():
            with self.subTest(step=step):
                # Odoo itself inserts in batches of 100 rows.
                self.assertLessEqual(count, small[step] + 3)
