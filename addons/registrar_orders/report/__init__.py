from . import report_order
