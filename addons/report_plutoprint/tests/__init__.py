from . import test_engine, test_http, test_layout, test_report
