"""Being forgotten: what a person loses by it, what has to be over before, and the fact that it was done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.drops import Drop, DropState
from bot.domain.ledger import Fact
from bot.domain.nights import Night
from bot.domain.people import Actor
from bot.domain.polls import Poll
from bot.domain.time import SECOND, Micros
from bot.domain.transparency import person_erased_fact

# For so long a yes means what was just explained.
CONFIRM_WITHIN: Micros = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is about a person: accounts as "twitch: ann", units as title, number and supply, newest first;
    `votes` in all polls, `passes` that can still be spent."""

    accounts: tuple[str, ...] = ()
    units: tuple[tuple[str, int, int], ...] = ()
    answers: int = 0
    steps: int = 0
    since: Micros | None = None
    votes: int = 0
    passes: int = 0


class ErasureRefusal(StrEnum):
    """Why not, in order of precedence."""

    NOTHING_KEPT = "nothing-kept"
    FROZEN = "frozen"
    STILL_RUNNING = "still-running"
    VOTED = "voted"
    AT_A_NIGHT = "at-a-night"


@dataclass(frozen=True, slots=True)
class EraseMe:
    """Somebody wants to be forgotten: first to hear what that means, then `confirmed`."""

    channel_id: int
    request_id: str
    actor: Actor
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class ErasureStanding:
    """What forgetting a person depends on. `drops` are those in which they hold a unit or wait for one, or somebody
    who counts as one with them does; `deeds` counts what they did as a moderator, `entries` are the numbers of all
    whose private part names them. `person_id` is None for somebody who is in no entry; then `kept` tells whether
    anything else names them. Whom they are linked with goes too: `linked_id`, and what names them alone.

    `polls` are the open ones in which they, or whoever counts as one with them there, have voted. `here` are the
    nights to which they have come, and `seats` the other places they have in nights to come, as scope and
    pseudonym. Of their passes, `passes` can still be spent."""

    kept: bool
    drops: tuple[Drop, ...] = ()
    units: int = 0
    deeds: int = 0
    person_id: int | None = None
    entries: tuple[int, ...] = ()
    linked_id: int | None = None
    linked_entries: tuple[int, ...] = ()
    settle_after: Micros = 0
    polls: tuple[Poll, ...] = ()
    here: tuple[Night, ...] = ()
    seats: tuple[tuple[str, str], ...] = ()
    passes: int = 0


# None of the three says who: they are kept where the person was, after there is none.


@dataclass(frozen=True, slots=True)
class ErasureAsked:
    """Nothing has happened yet. `units` will have no owner that anybody can name, `deeds` no doer. `linked` tells
    that there is an account on the other platform, which goes as well; `passes` will be nobody's, and unspent."""

    units: int
    deeds: int
    linked: bool = False
    passes: int = 0


@dataclass(frozen=True, slots=True)
class PersonErased:
    """Done: so many units and deeds stay, and are nobody's; `entries` have lost their private part."""

    units: int
    deeds: int
    entries: int


@dataclass(frozen=True, slots=True)
class ErasureRefused:
    """`until` is when what is in the way is over at the earliest, None where no clock decides that. `drop` may be
    the scope of a poll or a night."""

    because: ErasureRefusal
    drop: str = ""
    title: str = ""
    until: Micros | None = None


ErasureDecision = ErasureAsked | PersonErased | ErasureRefused


def decide_erasure(
    standing: ErasureStanding, command: EraseMe, moment: Micros
) -> tuple[ErasureDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes; only a confirmed one that nothing stands in the way of makes any.

    Whoever holds a unit of a drop that can still hand out some waits until it cannot: they would come back as
    somebody new and could claim once more. So does whoever has voted in a poll that is still on, or has come to a
    night: its pass may have to come back. A seat that is only kept for somebody is given up."""
    if not standing.kept:
        return ErasureRefused(ErasureRefusal.NOTHING_KEPT), ()
    unsettled = [drop for drop in standing.drops if not _settled(drop)]
    if unsettled:
        return _in_the_way(unsettled, standing.settle_after, moment), ()
    if standing.polls or standing.here:
        return _waits_for_the_end(standing.polls, standing.here), ()
    if not command.confirmed:
        return ErasureAsked(standing.units, standing.deeds, standing.linked_id is not None, standing.passes), ()
    gone = len(standing.entries) + len(standing.linked_entries)
    done = PersonErased(standing.units, standing.deeds, gone)
    persons = ((standing.person_id, standing.entries), (standing.linked_id, standing.linked_entries))
    # Nobody asked for it by name: the fact needs no private part, which would have to go at once.
    left = (Fact("night.left", scope, {"guest": guest}) for scope, guest in standing.seats)
    erased = (person_erased_fact(each, entries) for each, entries in persons if each is not None)
    return done, (*left, *erased)


def _settled(drop: Drop) -> bool:
    """Whether nobody can claim it any more. One that is only closed may be opened again by an undo."""
    return drop.state in (DropState.SETTLED, DropState.CANCELLED)


def _in_the_way(unsettled: list[Drop], settle_after: Micros, moment: Micros) -> ErasureRefused:
    frozen = next((drop for drop in unsettled if drop.frozen), None)
    if frozen is not None:
        return ErasureRefused(ErasureRefusal.FROZEN, frozen.key, frozen.title)
    ends = {drop.key: _settles_at(drop, settle_after, moment) for drop in unsettled}
    # The one that takes longest: whoever asks again after it asks only once.
    last = max(unsettled, key=lambda drop: (ends[drop.key] is None, ends[drop.key] or 0, drop.key))
    return ErasureRefused(ErasureRefusal.STILL_RUNNING, last.key, last.title, ends[last.key])


def _waits_for_the_end(polls: tuple[Poll, ...], nights: tuple[Night, ...]) -> ErasureRefused:
    if polls:
        poll = max(polls, key=lambda poll: poll.closes_at)
        until = None if poll.paused else poll.closes_at
        return ErasureRefused(ErasureRefusal.VOTED, poll.scope, poll.plan.question, until)
    night = max(nights, key=lambda night: night.ends_at)
    return ErasureRefused(ErasureRefusal.AT_A_NIGHT, night.scope, night.plan.title, night.ends_at)


def _settles_at(drop: Drop, settle_after: Micros, moment: Micros) -> Micros | None:
    """When the drop is settled if nobody steers it meanwhile; None while it waits for a hand or for the stream."""
    ends: Micros | None = None
    if drop.state is DropState.CLOSED:
        ends = drop.closed_at
    elif drop.open and not drop.paused:
        ends = drop.closes_at
    elif (
        drop.state is DropState.ANNOUNCED and drop.opens_at is not None and not (drop.on_cue or drop.postponed_why)
    ):
        ends = drop.opens_at + drop.plan.window
    if ends is None or ends + settle_after <= moment:
        return None
    return ends + settle_after
