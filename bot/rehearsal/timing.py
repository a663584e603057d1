"""When the moments of a script come: instants where they are known ahead, and the dice of what comes by chance."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from bot.rehearsal.moments import SECOND
from bot.rehearsal.played import Played, PlayedDrop, PlayedPoll
from bot.rehearsal.script import Anchor, Moment, PlannedFault, PlannedPoll, Script


def system_clock() -> int:
    """Microseconds UTC."""
    return time.time_ns() // 1000


def stage_polls(polls: Sequence[PlannedPoll], drops: Sequence[PlayedDrop]) -> tuple[PlayedPoll, ...]:
    """The polls of a script with their times; each may count from the drops, and from polls before it."""
    staged: list[PlayedPoll] = []
    for poll in polls:
        opens_at = instant(poll.at, (*drops, *staged))
        assert opens_at is not None, "a script that counts a poll from what nobody knows ahead is refused"
        closes_at = opens_at + poll.seconds * SECOND
        rules = (poll.name, poll.question, poll.options)
        staged.append(PlayedPoll(*rules, opens_at, closes_at, poll.for_moderators))
    return tuple(staged)


def drop_of(moment: Moment, drops: Sequence[Played]) -> Played:
    """The drop or poll that a moment counts from; the first one where none is named. Raises KeyError for a
    stranger."""
    if not moment.drop:
        return drops[0]
    for drop in drops:
        if drop.key == moment.drop:
            return drop
    raise KeyError(moment.drop)


def instant(moment: Moment, drops: Sequence[Played]) -> int | None:
    """Microseconds UTC; None for what counts from an opening, which nobody can know ahead."""
    drop = drop_of(moment, drops)
    match moment.anchor:
        case Anchor.BEGINS:
            base = min(drop.announces_at for drop in drops)
        case Anchor.ANNOUNCED:
            base = drop.announces_at
        case Anchor.EARLY:
            base = drop.begins_at
        case Anchor.OPENS:
            base = drop.opens_at
        case Anchor.CLOSES:
            base = drop.closes_at
        case Anchor.OPENED:
            return None
    return base + round(moment.after * SECOND)


def cast_faults(script: Script, seed: int, drops: Sequence[PlayedDrop]) -> tuple[PlannedFault, ...]:
    """The faults of one play, each with a moment: the same seed decides the same, whatever else is in the script.

    By chance a fault comes between the first announcement and the last advertised close."""
    begins = min(drop.announces_at for drop in drops)
    seconds = (max(drop.closes_at for drop in drops) - begins) / SECOND
    happening = []
    for number, fault in enumerate(script.faults):
        dice = Random(f"{seed}:fault:{number}:{fault.name}")
        strikes, after = dice.random() < fault.chance, round(dice.random() * seconds, 2)
        if fault.at is not None:
            happening.append(fault)
        elif strikes:
            happening.append(replace(fault, at=Moment(Anchor.BEGINS, after)))
    return tuple(happening)
