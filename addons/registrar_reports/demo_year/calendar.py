"""Days of an academic year as an office plans them."""

from datetime import date

# The academic year of the demonstration; a clock that has not reached its end gets
# the last completed year instead, since documents are not dated in the future.
USUAL_START = 2025


class Calendar:
    """Dates of the academic year that begins in the autumn of ``start``."""

    def __init__(self, start):
        self.start = start
        self.name = f"{start}/{start + 1}"
        self.first_day = self.autumn(9, 1)
        self.last_day = self.spring(8, 31)

    def autumn(self, month, day):
        """Return a day of the calendar year in which the academic year begins."""
        return date(self.start, month, day)

    def spring(self, month, day):
        """Return a day of the calendar year in which the academic year ends."""
        return date(self.start + 1, month, day)

    def terms(self):
        """Return kind, number, first and last day of the terms."""
        return (
            ("autumn", 1, self.autumn(9, 1), self.spring(1, 24)),
            ("spring", 2, self.spring(1, 25), self.spring(6, 20)),
            ("summer", 3, self.spring(6, 22), self.spring(8, 8)),
        )

    def before(self, years=1):
        """Return the calendar of an earlier academic year."""
        return Calendar(self.start - years)


def demo_calendar(today):
    """Return the calendar of the demonstration on the day ``today``."""
    completed = today.year - 1 if (today.month, today.day) >= (9, 1) else today.year - 2
    return Calendar(min(USUAL_START, completed))
