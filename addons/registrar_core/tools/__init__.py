"""Plain Python helpers of the suite: values in, values out, no ORM.

Every module here imports nothing but the standard library and none of its
neighbours, so it can be loaded by file path, outside Odoo, by imports, by the
command line and by tests.
"""
