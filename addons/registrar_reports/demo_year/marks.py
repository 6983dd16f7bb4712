"""Plausible marks: every student has an ability, every discipline a difficulty.

No order of calls matters: the marks of a student in a discipline and a term follow
from the seed and the three names alone.
"""

from random import Random
from typing import NamedTuple

MEAN_ABILITY, SPREAD_OF_ABILITY = 80, 8
# Some struggle in everything; they become debtors, repeaters, the expelled.
SHARE_OF_WEAK, WEAK_ABILITY = 0.035, 54
SPREAD_OF_RATING, SPREAD_OF_EXAM = 6, 9
EXAM_SLUMP, SLUMP = 0.04, 30
ABSENT, EXCUSED = 0.006, 0.004


class Marks(NamedTuple):
    """Marks of one student in one discipline and term.

    ``ratings`` are the marks of the two halves of the term, 0 to 100. ``exam`` is None
    when the student was absent; ``absence`` says whether with a valid reason.
    """

    ratings: tuple
    exam: int | None
    absence: str | None


class Marker:
    """Gives marks.

    :param seed: whatever distinguishes one demonstration from another
    """

    def __init__(self, seed):
        self._seed = seed

    def marks(self, student, discipline, term):
        """Return what a student gets in a discipline the first time.

        :param str student: number of the student
        :param str discipline: code of the discipline
        :param str term: name of the term, the same in every run
        :rtype: Marks
        """
        level = self._ability(student) + self._difficulty(discipline)
        random = self._random(student, discipline, term)
        ratings = tuple(
            _whole(random.gauss(level + 3, SPREAD_OF_RATING)) for __ in range(2)
        )
        exam = random.gauss(level, SPREAD_OF_EXAM)
        if random.random() < EXAM_SLUMP:
            exam -= SLUMP
        fate = random.random()
        if fate < ABSENT:
            return Marks(ratings, None, "unexcused")
        if fate < ABSENT + EXCUSED:
            return Marks(ratings, None, "excused")
        return Marks(ratings, _whole(exam), None)

    def later_exam(self, student, discipline, term):
        """Return the mark of a resit or of an exam sat later, 0 to 100."""
        random = self._random(student, discipline, term, "later")
        level = max(self._ability(student), 60) + self._difficulty(discipline)
        return _whole(random.gauss(level, SPREAD_OF_EXAM))

    def chance(self, *names):
        """Return a number from 0 to 1 that belongs to these names."""
        return self._random("chance", *names).random()

    def _ability(self, student):
        random = self._random("ability", student)
        if random.random() < SHARE_OF_WEAK:
            return random.gauss(WEAK_ABILITY, 4)
        return random.gauss(MEAN_ABILITY, SPREAD_OF_ABILITY)

    def _difficulty(self, discipline):
        return self._random("difficulty", discipline).gauss(0, 3)

    def _random(self, *names):
        return Random("|".join(map(str, (self._seed, *names))))


def _whole(mark):
    return round(min(max(mark, 0), 100))
