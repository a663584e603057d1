"""After a restore: which drops are frozen, and what the last number that was made public says about the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from bot.domain.drops import Drop, DropState
from bot.domain.ledger import Fact
from bot.domain.time import Micros


@dataclass(frozen=True, slots=True)
class FreezeDrops:
    """The ledger was put back from a copy: freeze every drop that may have handed out units since."""

    channel_id: int


@dataclass(frozen=True, slots=True)
class DropsFrozen:
    """The keys of the drops that are frozen now."""

    drops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThawDrop:
    """Let a frozen drop go on. `last_public` is the highest number of it that anybody has been told; None says that
    it has handed out nothing since the copy was taken."""

    channel_id: int
    drop: str
    last_public: int | None


class ThawRefusal(StrEnum):
    """Why not, in order of precedence."""

    UNKNOWN_DROP = "unknown-drop"
    NOT_FROZEN = "not-frozen"
    BELOW_LEDGER = "below-ledger"
    ABOVE_SUPPLY = "above-supply"


@dataclass(frozen=True, slots=True)
class DropThawed:
    """`lost` are the numbers that were written off; `closes_at` is None where no window runs."""

    drop: str
    title: str
    lost: tuple[int, ...]
    supply: int
    units_left: int
    units_to_give: int
    closes_at: Micros | None


@dataclass(frozen=True, slots=True)
class ThawRefused:
    """`last_number` is the highest that the ledger knows of, `choices` are the drops that are frozen."""

    because: ThawRefusal
    drop: str
    last_number: int = 0
    supply: int = 0
    choices: tuple[str, ...] = ()


ThawDecision = DropThawed | ThawRefused


def may_have_handed_out(drop: Drop) -> bool:
    """Whether units may have left it since the copy was taken.

    Nearly always: one that was still planned may have been opened by hand, and of one that is over a moderator may
    have given what was left."""
    return drop.state is not DropState.CANCELLED and drop.units_to_give > 0


def freeze_facts(drops: Sequence[Drop], since: Micros) -> tuple[Fact, ...]:
    """Freeze them; `since` is the last moment that the copy knows of. What is frozen already stays as it is."""
    return tuple(
        Fact("drop.frozen", drop.key, {"why": "restored", "since": since})
        for drop in drops
        if may_have_handed_out(drop) and not drop.frozen
    )


def decide_thaw(
    drops: Mapping[str, Drop], taken: Collection[int], command: ThawDrop, moment: Micros
) -> tuple[ThawDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes; a refusal makes none. `taken` are the drop's numbers that are out.

    Each number up to the last public one that has no owner is written off: whoever holds it is somewhere out there,
    and it must never be handed out twice. That includes one that was taken back before the copy: it was the next
    to be handed out after it."""
    drop, last = drops.get(command.drop), command.last_public
    choices = tuple(key for key, each in drops.items() if each.frozen)
    if drop is None:
        return ThawRefused(ThawRefusal.UNKNOWN_DROP, command.drop, choices=choices), ()
    known, supply = drop.last_number, drop.plan.supply
    if not drop.frozen:
        return ThawRefused(ThawRefusal.NOT_FROZEN, drop.key, known, supply, choices), ()
    if last is not None and last < known:
        return ThawRefused(ThawRefusal.BELOW_LEDGER, drop.key, known, supply), ()
    if last is not None and last > supply:
        return ThawRefused(ThawRefusal.ABOVE_SUPPLY, drop.key, known, supply), ()
    lost = tuple(number for number in range(1, (last or 0) + 1) if number not in taken)
    added = time_lost(drop, moment)
    closes_at = None if drop.closes_at is None else drop.closes_at + added
    thawed = {"lost": ranges_of(lost), "last_public": known if last is None else last, "added": added}
    facts = [Fact("unit.lost", drop.key, {"number": number, "why": "restored"}) for number in lost]
    windows = {"closes_at": closes_at}
    if drop.early and drop.public_at is not None:
        windows["public_at"] = drop.public_at + added
    facts.append(Fact("drop.thawed", drop.key, {**thawed, **windows}))
    left = max(0, drop.units_left - len(lost))
    to_give = drop.units_to_give - len(lost)
    shown = closes_at if drop.open else None
    return DropThawed(drop.key, drop.title, lost, supply, left, to_give, shown), tuple(facts)


def time_lost(drop: Drop, moment: Micros) -> Micros:
    """What is added at the end of the window: from when the copy knows no more until now. A pause within it gives
    back its own time when it ends."""
    since = cast(Micros, drop.frozen_at)
    until = moment if drop.paused_at is None else drop.paused_at
    return max(0, until - since) if drop.open else 0


def ranges_of(numbers: Sequence[int]) -> list[list[int]]:
    """Ascending numbers as the first and last of each unbroken run."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs
