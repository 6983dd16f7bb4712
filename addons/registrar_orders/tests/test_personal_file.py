from datetime import date

from freezegun import freeze_time

from .common import OrdersCommon


@freeze_time("2026-07-01")
class TestPersonalFileOrders(OrdersCommon):
    def test_extracts_of_registered_orders(self):
        order = self._enrol(self.first)
        files = self.env["registrar.personal.file"].with_user(self.clerk)
        file, __ = files._make(self.first)
        extract = file.document_ids.filtered("entry_id")
        self.assertEqual(extract.entry_id.id, order.sudo().entry_id.id)
        self.assertEqual(extract.document_number, order.number)
        # A draft gives no extract.
        draft = self._draft_order("expulsion", date(2026, 6, 1), self.first)
        file.action_sync()
        self.assertEqual(len(file.document_ids.filtered("entry_id")), 1)
        self._register_order(draft)
        self.assertEqual(file.state, "expelled")
        self.assertEqual(file.closed_date, date(2026, 6, 1))
        file.action_sync()
        extracts = file.document_ids.filtered("entry_id")
        self.assertEqual(
            extracts.entry_id.ids,
            [order.sudo().entry_id.id, draft.sudo().entry_id.id],
        )
        self.assertIn("Приказ", extracts[0]._inventory_name("ru"))

    def test_nobody_elses_orders(self):
        self._enrol(self.first)
        file, __ = self.env["registrar.personal.file"]._make(self.second)
        self.assertFalse(file.document_ids.filtered("entry_id"))
