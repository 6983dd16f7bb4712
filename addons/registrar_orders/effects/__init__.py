"""What orders do to the ledger: one small class per effect, found by its name.

A class is registered by the decorator ``effect``; order types refer to it by its
``code``. An addon that brings an effect of its own registers the class and adds the
code to the selection of ``registrar.order.type``.
"""

from .base import EFFECTS, Effect, effect
from . import admission
from . import move
from . import course_transfer
from . import repeat_year
from . import leave
from . import leave_return
from . import departure
from . import cancellation

EFFECT_SELECTION = [(code, cls.label) for code, cls in EFFECTS.items()]
