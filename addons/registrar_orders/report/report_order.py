from odoo import api, models


class ReportOrder(models.AbstractModel):
    """Values of the printed order: the same document in Kazakh, then in Russian."""

    _name = "report.registrar_orders.report_order"
    _description = "Printed order"

    @api.model
    def _get_report_values(self, docids, data=None):
        orders = self.env["registrar.order"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": "registrar.order",
            "docs": orders,
            "parts": {order.id: self._parts(order) for order in orders},
        }

    @api.model
    def _parts(self, order):
        """Return the two language versions of an order."""
        return [order._print_values(language) for language in ("kk", "ru")]
