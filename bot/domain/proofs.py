"""Which unit somebody wants the proof of, and what can be said of it: facts that anybody may know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bot.domain.claims import find_drop
from bot.domain.drops import Drop, DropState
from bot.domain.text import normalise_command
from bot.domain.time import Micros

_NUMBER = re.compile(r"#?([0-9]+)")
_ANY_TOO_HIGH = 10**9


class ProofRefusal(StrEnum):
    """Why there is nothing to prove, in order of precedence: the first that applies is the answer."""

    UNCLEAR = "unclear"
    UNKNOWN_DROP = "unknown-drop"
    NOTHING_YET = "nothing-yet"
    SEVERAL_OPEN = "several-open"
    NO_SUCH_NUMBER = "no-such-number"
    LOST = "lost"
    TAKEN_BACK = "taken-back"
    NOT_GIVEN = "not-given"
    UNSOUND = "unsound"


class SeenAt(StrEnum):
    """When everybody was shown the checkpoint that a unit is proved against."""

    SOLD_OUT = "sold-out"
    CLOSE = "close"
    OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class ProofFound:
    """A unit's grant is `entry` of the ledger, made at `at`, with this hash of its leaf in hex; `text` proves it
    against the checkpoint `size` with this fingerprint, signed at `signed_at`."""

    drop: str
    title: str
    number: int
    entry: int
    leaf: str
    at: Micros
    size: int
    fingerprint: str
    seen: SeenAt
    signed_at: Micros
    text: str


@dataclass(frozen=True, slots=True)
class ProofPending:
    """The unit's entry stands in the ledger, and no checkpoint has been signed over it yet. One will be when the
    drop sells out or closes; where that is `over`, at the next turn of another."""

    drop: str
    title: str
    number: int
    entry: int
    leaf: str
    at: Micros
    over: bool = False


@dataclass(frozen=True, slots=True)
class ProofUnknown:
    """There is nothing to prove. The rest is of the drop that was meant, if one was, or `drop` one to choose."""

    because: ProofRefusal
    drop: str = ""
    title: str = ""
    number: int = 0
    supply: int = 0


@dataclass(frozen=True, slots=True)
class ProofPlaces:
    """Where a proof leads: `url` is where the results are published, "" for nowhere; `on_discord` tells whether the
    file can be had there."""

    url: str = ""
    on_discord: bool = True


ProofAnswer = ProofFound | ProofPending | ProofUnknown


class UnitAsked(NamedTuple):
    """A unit as somebody asks for it: its number, and the name of its drop, which may be left out."""

    number: int
    drop: str = ""


def read_unit(text: str) -> UnitAsked | None:
    """The unit in what somebody typed: "17", "#17 mug" or "teal mug 17"; None where there is no number.

    A number beyond all that there can be stays one, however many digits it has."""
    words = normalise_command(text).split()
    if not words:
        return None
    for number, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
        if found := _NUMBER.fullmatch(number):
            digits = found[1].lstrip("0") or "0"
            return UnitAsked(int(digits) if len(digits) < 10 else _ANY_TOO_HIGH, " ".join(rest))
    return None


def choose_drop(drops: Sequence[Drop], text: str) -> Drop | ProofUnknown:
    """Which drop is meant. Without a name the one that is open, or else the one that closed last. A drop that
    nobody was told of is as unknown as one that does not exist."""
    public = [drop for drop in drops if drop.public]
    if normalise_command(text):
        return find_drop(public, text) or ProofUnknown(ProofRefusal.UNKNOWN_DROP)
    opened = [drop for drop in public if drop.open]
    if len(opened) > 1:
        return ProofUnknown(ProofRefusal.SEVERAL_OPEN, min(drop.key for drop in opened))
    # Of one that was cancelled before it gave out anything there is nothing to ask.
    over = [drop for drop in public if drop.over and (drop.state is not DropState.CANCELLED or drop.last_number)]
    latest = max(over, key=lambda drop: (drop.closed_at or 0, drop.key), default=None)
    return (opened[0] if opened else latest) or ProofUnknown(ProofRefusal.NOTHING_YET)


def why_not_given(drop: Drop, number: int, *, lost: bool) -> ProofRefusal:
    """Why nobody has this number of the drop. Numbers go out without a gap, so one up to the highest was out."""
    if lost:
        return ProofRefusal.LOST
    return ProofRefusal.TAKEN_BACK if number <= drop.last_number else ProofRefusal.NOT_GIVEN


def seen_at(kind: str, *, same_drop: bool) -> SeenAt:
    """When everybody saw the checkpoint that was signed with an entry of this kind."""
    if same_drop and kind == "drop.closed":
        return SeenAt.CLOSE
    if same_drop and kind in ("unit.granted", "unit.lost"):
        return SeenAt.SOLD_OUT
    return SeenAt.OTHERWISE
