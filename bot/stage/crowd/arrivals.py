"""When people ask: most of them at once, and some until the very end.

How long people take from a call to the deed has a heavy tail: after a sudden event the number who respond in each
moment falls like 1 / t**(1 + theta), with theta about 0.4 (R. Crane and D. Sornette, "Robust dynamic classes
revealed by measuring the response function of a social system", PNAS 105 (2008) 15649,
doi:10.1073/pnas.0803685105). With a moment to read and type before it, and cut off where the window ends, this is a
shifted, truncated Lomax distribution (Pareto of the second kind). All its times are parts of the window, so that a
window of twenty seconds has the shape of one of fifteen minutes: there, half have asked after 16 s, four in five
after a minute and a half.
"""

from __future__ import annotations

import math
from random import Random

from bot.stage.crowd.scene import StagedDrop

THETA = 0.4
# In parts of the window: what reading and typing take at least, and the scale of the tail.
_AT_LEAST = 1 / 600
_SCALE = 1 / 200
# A line about the last units hurries people: the same curve, over this part of the window.
_HURRY = 0.1


def arrival(random: Random, drop: StagedDrop) -> float:
    """Seconds from seeing that the drop is open to asking for a unit; less than the window is meant to last."""
    return round(drop.seconds * _part(random.random()), 3)


def early_arrival(random: Random, drop: StagedDrop) -> float:
    """Seconds from seeing that some are let in early to asking: whoever has waited for it is there within the first
    half of that time."""
    return round(random.uniform(0.04, 0.5) * (drop.early_seconds or drop.seconds), 3)


def response(random: Random, seconds: float) -> float:
    """Seconds from seeing a question to answering it, of so many that there are: most in the middle."""
    return round(seconds * random.betavariate(2.0, 3.0), 3)


def second_wave(random: Random, drop: StagedDrop) -> float:
    """Seconds from a line that says units are left to asking for one."""
    return round(drop.seconds * _HURRY * _part(random.random()), 3)


def _part(chance: float) -> float:
    """The part of the window by which `chance` (0 to 1) of the people have asked: the inverse of the curve."""
    room = (1 - _AT_LEAST) / _SCALE
    ever = 1.0 - math.pow(1.0 + room, -THETA)
    return _AT_LEAST + _SCALE * (math.pow(1.0 - chance * ever, -1 / THETA) - 1.0)


def stream_delay(random: Random, drop: StagedDrop) -> float:
    """How many seconds late somebody sees the stream: 2 to 15, and in a short window at most a quarter of it."""
    return random.uniform(min(2.0, drop.seconds / 20), min(15.0, drop.seconds / 4))
