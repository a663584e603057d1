"""Taking a unit back for good: its number never goes out again, and the passes that came with it end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.claims import find_drop
from bot.domain.drops import Drop
from bot.domain.ledger import Fact
from bot.domain.people import Actor
from bot.domain.series import soonest_of_each

REASON_CHARACTERS_MAX = 200
_ASKED_FOR_CHARACTERS_MAX = 40


class VoidRefusal(StrEnum):
    """Why not, in order of precedence: the first that applies is the answer."""

    NOT_ALLOWED = "not-allowed"
    UNKNOWN_DROP = "unknown-drop"
    NOT_ANNOUNCED = "not-announced"
    FROZEN = "frozen"
    UNKNOWN_UNIT = "unknown-unit"


@dataclass(frozen=True, slots=True)
class VoidUnit:
    """A moderator takes a unit back for good: first to be asked, then `confirmed`. `drop` is what they typed."""

    channel_id: int
    request_id: str
    actor: Actor
    drop: str
    number: int
    why: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class OwnedUnit:
    """A unit that is out: how it went, whether in the early window, and its owner's name, "" for one who was
    forgotten. `person_id` is None for them too. So many passes that came with it still stand."""

    how: str
    early: bool = False
    person_id: int | None = None
    name: str = ""
    passes: int = 0


@dataclass(frozen=True, slots=True)
class UnitVoided:
    """Done: nobody holds it any more, nobody ever will, and so many passes have ended with it."""

    drop: str
    title: str
    number: int
    passes: int = 0


@dataclass(frozen=True, slots=True)
class VoidNeedsYes:
    """Nothing has happened yet: it cannot be taken back. `name` is whose unit it is, "" for somebody forgotten.

    A question is not kept: nothing in the ledger would tell, once its owner is forgotten, that it names them."""

    drop: str
    title: str
    number: int
    name: str
    passes: int = 0


@dataclass(frozen=True, slots=True)
class VoidRefused:
    """`choices` are the drops that could have been meant, where none was."""

    because: VoidRefusal
    drop: str = ""
    number: int = 0
    title: str = ""
    choices: tuple[str, ...] = ()
    asked_for: str = ""


VoidDecision = UnitVoided | VoidNeedsYes | VoidRefused


def drop_to_void(drops: Sequence[Drop], command: VoidUnit) -> Drop | VoidRefused:
    """The drop of which a unit is to be taken back, or why none can be."""
    if not command.actor.steers:
        return VoidRefused(VoidRefusal.NOT_ALLOWED)
    drop = find_drop(drops, command.drop)
    if drop is None:
        known = tuple(each.key for each in soonest_of_each(drops) if each.public)
        asked_for = command.drop.strip()[:_ASKED_FOR_CHARACTERS_MAX]
        return VoidRefused(VoidRefusal.UNKNOWN_DROP, number=command.number, choices=known, asked_for=asked_for)
    if not drop.public or drop.frozen:
        # Of a drop that is being repaired nobody knows yet which numbers are out.
        because = VoidRefusal.FROZEN if drop.public else VoidRefusal.NOT_ANNOUNCED
        return VoidRefused(because, drop.key, command.number, drop.title)
    return drop


def decide_void(drop: Drop, unit: OwnedUnit | None, command: VoidUnit) -> tuple[VoidDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes; only a confirmed one makes any.

    What was answered to the claim stays as it was: asked again, the same request is told the same. The limit for
    each person counts what they hold, so whoever loses a unit may claim another while the drop is open; to keep
    them out is for the platform's own ban. `unit` is None where nobody holds that number."""
    number = command.number
    if unit is None:
        return VoidRefused(VoidRefusal.UNKNOWN_UNIT, drop.key, number, drop.title), ()
    if not command.confirmed:
        return VoidNeedsYes(drop.key, drop.title, number, unit.name, unit.passes), ()
    public: dict[str, object] = {"number": number, "how": unit.how}
    if unit.early:
        public["window"] = "early"
    actor = command.actor
    private: dict[str, object] = {
        "by": {"platform": actor.platform, "user": actor.user_id, "name": actor.name},
        "why": command.why[:REASON_CHARACTERS_MAX],
        "request": command.request_id,
    }
    if unit.person_id is not None:
        private["person"] = unit.person_id
    retired = Fact("unit.retired", drop.key, public, private, unit.person_id)
    return UnitVoided(drop.key, drop.title, number, unit.passes), (retired,)
