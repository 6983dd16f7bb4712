from freezegun import freeze_time

from .common import TODAY, ExamsCommon


@freeze_time(TODAY)
class TestAdviserDeskOfExams(ExamsCommon):
    def _tile(self, user):
        data = self.env["registrar.adviser.desk"].with_user(user).get_data()
        (tile,) = [tile for tile in data["tiles"] if tile["key"] == "debts"]
        return tile, data["groups"]

    def test_students_with_debts(self):
        self.assertEqual(self._tile(self.adviser)[0]["count"], 0)
        sheet = self._sheet(self.disciplines[0])
        self._finish(sheet, [(90, 80, 70), (40, 40, None), (90, 90, 30), (90, 90, 100)])
        self.autumn.invalidate_recordset()
        debts = self.env["registrar.debt"].with_user(self.adviser).search([])
        tile, groups = self._tile(self.adviser)
        self.assertTrue(debts)
        self.assertEqual(tile["count"], len(debts.student_id))
        found = self.env["registrar.debt"].search(tile["action"]["domain"])
        self.assertEqual(found.student_id, debts.student_id.with_env(self.env))
        figures = {
            figure["key"]: figure["count"] for figure in groups["rows"][0]["extra"]
        }
        self.assertEqual(figures["debts"], len(debts.student_id))
