from datetime import date

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .common import ReportsCommon


@tagged("post_install", "-at_install")
class TestTours(ReportsCommon, HttpCase):
    """A clerk reads the reports and looks behind the figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-09-15"):
            cls._history()

    def _open(self, report, tour):
        self.start_tour(
            f"/odoo/action-registrar_reports.{report._table}_action/{report.id}",
            tour,
            login="test_clerk",
        )

    def test_contingent(self):
        report = (
            self.env["registrar.contingent.report"]
            .with_user(self.clerk)
            .create(
                {
                    "date": date(2025, 10, 1),
                    "group_ids": self.group.ids,
                    "dimension_1": "programme_id",
                }
            )
        )
        self._open(report, "registrar_reports_contingent")

    def test_movement(self):
        report = (
            self.env["registrar.movement.report"]
            .with_user(self.clerk)
            .create(
                {
                    "date_from": date(2025, 9, 1),
                    "date_to": date(2026, 8, 31),
                    "group_ids": (self.group | self.other_group).ids,
                }
            )
        )
        self._open(report, "registrar_reports_movement")
