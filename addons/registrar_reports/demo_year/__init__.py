"""The demonstration: an invented university goes through an academic year.

Not imported by the server; the command line calls ``run_demo_year``.
"""

from .main import demo_logins, run_demo_year
