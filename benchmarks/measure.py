"""Measuring and printing."""

import gc
import time
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Result:
    """One line of the table.

    ``aims`` are pairs of a text and whether it was reached.
    """

    name: str
    students: int
    rows: int
    seconds: float
    floor_seconds: float | None
    floor_text: str
    aims: list = field(default_factory=list)

    @property
    def ratio(self):
        return self.seconds / self.floor_seconds if self.floor_seconds else None

    def aim(self, text, reached):
        """Note an aim; return the result itself."""
        self.aims.append((text, reached))
        return self

    def missed(self):
        return [
            f"{self.name}, {self.students} students: {text}"
            for text, reached in self.aims
            if not reached
        ]

    def as_dict(self):
        return {
            "name": self.name,
            "students": self.students,
            "rows": self.rows,
            "seconds": round(self.seconds, 4),
            "floor_seconds": self.floor_seconds and round(self.floor_seconds, 4),
            "ratio": self.ratio and round(self.ratio, 3),
        }


class Bench:
    """What a benchmark gets: the environment, its size, clocks."""

    def __init__(self, env, name, students):
        self.env = env
        self.name = name
        self.students = students

    @contextmanager
    def clock(self):
        """Measure a block in wall-clock time; everything pending is flushed.

        :return: a list that holds the seconds after the block
        """
        self.env.flush_all()
        gc.collect()
        spent = []
        start = time.perf_counter()
        yield spent
        self.env.flush_all()
        spent.append(time.perf_counter() - start)

    def best(self, function, times=3):
        """Return the last result of ``function`` and its shortest time.

        The caches of records are emptied before each time.
        """
        seconds = []
        for __ in range(times):
            self.env.invalidate_all()
            with self.clock() as spent:
                result = function()
            seconds += spent
        return result, min(seconds)

    def rolled_back(self, function):
        """Run ``function`` in a savepoint and undo it; return its result and time."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            with self.clock() as spent:
                result = function()
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        return result, spent[0]

    def result(self, rows, seconds, floor_seconds, floor_text):
        return Result(
            self.name, self.students, rows, seconds, floor_seconds, floor_text
        )


def format_header():
    return (
        f"{'benchmark':<16} {'students':>8} {'rows':>9} {'seconds':>9} "
        f"{'rows/s':>10} {'floor':>9} {'ratio':>7}  floor is"
    )


def format_result(result):
    floor = f"{result.floor_seconds:9.3f}" if result.floor_seconds else f"{'–':>9}"
    ratio = f"{result.ratio:7.2f}" if result.ratio else f"{'–':>7}"
    return (
        f"{result.name:<16} {result.students:>8} {result.rows:>9} "
        f"{result.seconds:9.3f} {result.rows / result.seconds:>10.0f} "
        f"{floor} {ratio}  {result.floor_text}"
    )
