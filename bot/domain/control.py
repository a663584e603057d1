"""Steering a drop by hand: what a moderator may do, what it does, and how it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from bot.domain.claims import find_drop
from bot.domain.drop_plan import WhileOffline
from bot.domain.drops import Drop, DropState
from bot.domain.due import open_fact, resume_fact
from bot.domain.ledger import Fact
from bot.domain.moved import Move, MoveReason, moved_fact, window_fault, window_of
from bot.domain.people import Actor
from bot.domain.plan import BY_MODERATOR
from bot.domain.series import soonest_of_each
from bot.domain.stream import Pace, Stream
from bot.domain.time import MINUTE, Micros

EXTEND_MINUTES_MAX = 240
REASON_CHARACTERS_MAX = 200


class Verb(StrEnum):
    OPEN = "open"
    CLOSE = "close"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    CANCEL = "cancel"
    GIVE = "give"
    UNDO = "undo"


class SteerRefusal(StrEnum):
    """Why not, in order of precedence."""

    NOT_ALLOWED = "not-allowed"
    NAME_NEEDED = "name-needed"
    UNKNOWN_DROP = "unknown-drop"
    NOTHING_FITS = "nothing-fits"
    FROZEN = "frozen"
    STREAM_OFFLINE = "stream-offline"
    ALREADY_OPEN = "already-open"
    NOT_OPEN = "not-open"
    ALREADY_PAUSED = "already-paused"
    NOT_PAUSED = "not-paused"
    ALREADY_OVER = "already-over"
    BAD_MINUTES = "bad-minutes"
    RECEIVER_UNKNOWN = "receiver-unknown"
    RECEIVER_HAS_ENOUGH = "receiver-has-enough"
    NO_UNIT_LEFT = "no-unit-left"
    NOTHING_TO_UNDO = "nothing-to-undo"
    LAST_DEED_ELSEWHERE = "last-deed-elsewhere"
    OVERTAKEN = "overtaken"
    WINDOW_OVER = "window-over"


@dataclass(frozen=True, slots=True)
class SteerDrop:
    """A moderator's deed. `receiver` is who gets a given unit; `minutes` is what an extension adds."""

    channel_id: int
    request_id: str
    actor: Actor
    verb: Verb
    drop: str = ""
    minutes: int = 0
    receiver: Actor | None = None
    why: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """The caller's last deed that was not taken back, as the ledger knows it."""

    entry_number: int
    kind: str
    drop: str
    at: Micros
    number: int = 0
    minutes: int = 0
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class SteerStanding:
    """What a deed depends on. `receiver_*` describe who is to get a unit, `units_kept` how many are held for other
    people's claims; `last` is the caller's last deed."""

    drops: tuple[Drop, ...]
    stream: Stream
    pace: Pace
    next_numbers: dict[str, int]
    last: Deed | None = None
    receiver_id: int | None = None
    receiver_holder: str = ""
    receiver_numbers: tuple[int, ...] = ()
    units_kept: int = 0


@dataclass(frozen=True, slots=True)
class DropSteered:
    """Done. `undone` names the deed that was taken back and the fact that did it, `receiver_platform` a new owner's
    home. Until `public_at` only those come whom the gate `early` lets in."""

    verb: Verb
    drop: str
    title: str
    closes_at: Micros | None = None
    number: int = 0
    supply: int = 0
    units_left: int = 0
    receiver: str = ""
    minutes: int = 0
    undone: str = ""
    receiver_platform: str = ""
    early: str = ""
    public_at: Micros | None = None


@dataclass(frozen=True, slots=True)
class SteerRefused:
    because: SteerRefusal
    verb: Verb
    drop: str = ""
    title: str = ""
    choices: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    asked_for: str = ""


@dataclass(frozen=True, slots=True)
class SteerNeedsYes:
    """It cannot be taken back, so the same person says so once more within 30 seconds."""

    verb: Verb
    drop: str
    title: str
    units_out: int


SteerDecision = DropSteered | SteerRefused | SteerNeedsYes


def fits(verb: Verb, drop: Drop) -> bool:
    """Whether the verb can be about this drop when no name was given."""
    match verb:
        case Verb.OPEN:
            return drop.state in (DropState.PLANNED, DropState.ANNOUNCED)
        case Verb.CLOSE | Verb.EXTEND:
            return drop.open
        case Verb.PAUSE:
            return drop.open and not drop.paused
        case Verb.RESUME:
            return drop.paused
        case Verb.CANCEL:
            return not drop.over
        case Verb.GIVE:
            return drop.open or drop.state is DropState.CLOSED
        case Verb.UNDO:
            return False


def _suits(verb: Verb, drop: Drop) -> bool:
    return drop.public if verb is Verb.GIVE else fits(verb, drop)


def meant_drop(drops: Sequence[Drop], verb: Verb, text: str) -> Drop | SteerRefused:
    """The named drop, or the only one that fits; with several nothing is guessed."""
    if text.strip():
        found = find_drop(drops, text)
        if found is not None and found.plan.series and found.key not in text and not _suits(verb, found):
            # Next week's is planned already, and tonight's is meant.
            its = [d for d in drops if d.plan.series == found.plan.series and _suits(verb, d)]
            found = soonest_of_each(its)[0] if its else found
        return found or SteerRefused(
            SteerRefusal.UNKNOWN_DROP,
            verb,
            asked_for=text[:40],
            choices=tuple(d.key for d in soonest_of_each(drops) if not d.over),
        )
    fitting = soonest_of_each(d for d in drops if fits(verb, d))
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        return SteerRefused(SteerRefusal.NOTHING_FITS, verb)
    return SteerRefused(SteerRefusal.NAME_NEEDED, verb, choices=tuple(d.key for d in fitting))


def decide_steer(
    standing: SteerStanding, command: SteerDrop, moment: Micros
) -> tuple[SteerDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes; a refusal makes none."""
    verb = command.verb
    if not command.actor.steers:
        return SteerRefused(SteerRefusal.NOT_ALLOWED, verb), ()
    if verb is Verb.UNDO:
        return _undo(standing, command, moment)
    drop = meant_drop(standing.drops, verb, command.drop)
    if isinstance(drop, SteerRefused):
        return drop, ()
    refusal = SteerRefusal.FROZEN if drop.frozen and _hands_out(verb) else _why_not(standing, command, drop)
    if refusal is not None:
        return SteerRefused(refusal, verb, drop=drop.key, title=drop.title, numbers=standing.receiver_numbers), ()
    if verb is Verb.CANCEL and not command.confirmed:
        return SteerNeedsYes(verb, drop.key, drop.title, drop.units_owned), ()
    facts = _facts(standing, command, drop, moment)
    last = facts[-1]
    # Only a gift's entry names the receiver, and only what stands in an entry is found when they are erased.
    receiver = command.receiver if verb is Verb.GIVE else None
    done = DropSteered(
        verb,
        drop.key,
        drop.title,
        closes_at=cast("Micros | None", last.public.get("closes_at", drop.closes_at)),
        number=cast(int, last.public.get("number", 0)),
        supply=drop.plan.supply,
        units_left=drop.units_left,
        receiver=receiver.name if receiver else "",
        minutes=cast(int, last.public.get("minutes", 0)),
        receiver_platform=receiver.platform if receiver else "",
    )
    if verb is Verb.OPEN and drop.plan.early:
        public_at = cast(Micros, last.public["public_at"])
        done = replace(done, units_left=drop.early_units_left, early=drop.plan.early, public_at=public_at)
    return done, facts


def _hands_out(verb: Verb) -> bool:
    """Whether the deed gives a unit away, or lets a drop do so."""
    return verb in (Verb.OPEN, Verb.RESUME, Verb.GIVE)


def _why_not(standing: SteerStanding, command: SteerDrop, drop: Drop) -> SteerRefusal | None:
    match command.verb:
        case Verb.OPEN:
            if drop.open or drop.over:
                return SteerRefusal.ALREADY_OPEN if drop.open else SteerRefusal.ALREADY_OVER
            return SteerRefusal.STREAM_OFFLINE if _waits_for_stream(standing, drop) else None
        case Verb.CLOSE:
            return None if drop.open else _not_open(drop)
        case Verb.PAUSE:
            if not drop.open:
                return _not_open(drop)
            return SteerRefusal.ALREADY_PAUSED if drop.paused and drop.paused_why != "offline" else None
        case Verb.RESUME:
            if not drop.open:
                return _not_open(drop)
            if not drop.paused:
                return SteerRefusal.NOT_PAUSED
            return SteerRefusal.STREAM_OFFLINE if _waits_for_stream(standing, drop) else None
        case Verb.EXTEND:
            if not 1 <= command.minutes <= EXTEND_MINUTES_MAX:
                return SteerRefusal.BAD_MINUTES
            return None if drop.open else _not_open(drop)
        case Verb.CANCEL:
            return SteerRefusal.ALREADY_OVER if drop.over else None
        case Verb.GIVE:
            if drop.state is DropState.CANCELLED:
                return SteerRefusal.ALREADY_OVER
            if not drop.public:
                # A gift would tell chat of a drop that is still a secret.
                return SteerRefusal.NOT_OPEN
            if command.receiver is None:
                return SteerRefusal.RECEIVER_UNKNOWN
            if len(standing.receiver_numbers) >= drop.plan.per_person:
                return SteerRefusal.RECEIVER_HAS_ENOUGH
            return SteerRefusal.NO_UNIT_LEFT if drop.units_to_give <= standing.units_kept else None
        case Verb.UNDO:
            return None


def _waits_for_stream(standing: SteerStanding, drop: Drop) -> bool:
    """The stream is known to be off, and the drop would pause at once."""
    stream = standing.stream
    return drop.plan.while_offline is WhileOffline.WAIT and stream.watched and stream.live is False


def _not_open(drop: Drop) -> SteerRefusal:
    return SteerRefusal.ALREADY_OVER if drop.over else SteerRefusal.NOT_OPEN


def _facts(standing: SteerStanding, command: SteerDrop, drop: Drop, moment: Micros) -> tuple[Fact, ...]:
    by = {"by": {"platform": command.actor.platform, "user": command.actor.user_id, "name": command.actor.name}}
    match command.verb:
        case Verb.OPEN:
            opened = open_fact(drop, moment)
            opened = Fact(opened.kind, drop.key, opened.public, by)
            return (opened,) if drop.public else (Fact("drop.announced", drop.key, {}, by), opened)
        case Verb.CLOSE:
            return (Fact("drop.closed", drop.key, {"why": "moderator", "late": False}, by),)
        case Verb.PAUSE:
            return (Fact("drop.paused", drop.key, {"why": "moderator"}, by),)
        case Verb.RESUME:
            return (Fact("drop.resumed", drop.key, resume_fact(drop, moment).public, by),)
        case Verb.EXTEND:
            closes_at = cast(Micros, drop.closes_at) + command.minutes * MINUTE
            return (Fact("drop.extended", drop.key, {"closes_at": closes_at, "minutes": command.minutes}, by),)
        case Verb.CANCEL:
            # The file still asks for what nobody has heard of: it must not come back.
            why: dict[str, object] = {} if drop.public else {"why": BY_MODERATOR}
            return (Fact("drop.cancelled", drop.key, why, by),)
        case Verb.GIVE | Verb.UNDO:
            return (_give(standing, command, drop, by),)


def _give(standing: SteerStanding, command: SteerDrop, drop: Drop, by: dict[str, dict[str, str]]) -> Fact:
    receiver = cast(Actor, command.receiver)
    return Fact(
        "unit.granted",
        drop.key,
        {"number": standing.next_numbers[drop.key], "how": "hand", "holder": standing.receiver_holder},
        {
            "person": standing.receiver_id,
            "platform": receiver.platform,
            "user": receiver.user_id,
            "name": receiver.name,
            "why": command.why[:REASON_CHARACTERS_MAX],
            "request": command.request_id,
            **by,
        },
        standing.receiver_id,
    )


def _undo(standing: SteerStanding, command: SteerDrop, moment: Micros) -> tuple[SteerDecision, tuple[Fact, ...]]:
    last = standing.last
    if last is None or moment > last.at + standing.pace.undo_within:
        return SteerRefused(SteerRefusal.NOTHING_TO_UNDO, Verb.UNDO), ()
    drop = next((d for d in standing.drops if d.key == last.drop), None)
    if drop is None:
        return SteerRefused(SteerRefusal.NOTHING_TO_UNDO, Verb.UNDO), ()
    named = find_drop(standing.drops, command.drop)
    if command.drop.strip() and (named is None or named.key != drop.key):
        elsewhere = SteerRefusal.LAST_DEED_ELSEWHERE
        return SteerRefused(elsewhere, Verb.UNDO, drop=drop.key, title=drop.title, asked_for=command.drop[:40]), ()
    # Who remembers an evening that the ledger has forgotten means another deed than the last one in it.
    fact = SteerRefusal.FROZEN if drop.frozen else _reversal(standing, drop, last, moment)
    if isinstance(fact, SteerRefusal):
        return SteerRefused(fact, Verb.UNDO, drop=drop.key, title=drop.title), ()
    by = {"platform": command.actor.platform, "user": command.actor.user_id, "name": command.actor.name}
    fact = Fact(fact.kind, fact.drop, {**fact.public, "undoes": last.entry_number}, {"by": by})
    done = DropSteered(
        Verb.UNDO,
        drop.key,
        drop.title,
        closes_at=cast("Micros | None", fact.public.get("closes_at", drop.closes_at)),
        number=last.number,
        supply=drop.plan.supply,
        units_left=drop.units_left,
        undone=f"{last.kind}>{fact.kind}",
    )
    return done, (fact,)


def _reversal(standing: SteerStanding, drop: Drop, last: Deed, moment: Micros) -> Fact | SteerRefusal:
    match last.kind:
        case "drop.opened":
            if not drop.open:
                return SteerRefusal.OVERTAKEN
            if drop.units_out == 0:
                return Fact("drop.returned", drop.key)
            return Fact("drop.paused", drop.key, {"why": "moderator"})
        case "drop.closed":
            if drop.state is not DropState.CLOSED:
                return SteerRefusal.OVERTAKEN
            # While a drop is paused its window waits: closing it then has cut off nothing that time would have.
            if drop.paused_at is None and moment >= cast(Micros, drop.closes_at):
                return SteerRefusal.WINDOW_OVER
            return Fact("drop.reopened", drop.key, {"closes_at": drop.closes_at})
        case "drop.paused" if not drop.paused:
            return SteerRefusal.OVERTAKEN
        case "drop.paused":
            return SteerRefusal.STREAM_OFFLINE if _waits_for_stream(standing, drop) else resume_fact(drop, moment)
        case "drop.resumed":
            if not drop.open or drop.paused:
                return SteerRefusal.OVERTAKEN
            return Fact("drop.paused", drop.key, {"why": "moderator"})
        case "drop.extended":
            closes_at = (drop.closes_at or 0) - last.minutes * MINUTE
            if not drop.open:
                return SteerRefusal.OVERTAKEN
            # While it is paused its window waits.
            if closes_at <= (drop.paused_at or moment):
                return SteerRefusal.WINDOW_OVER
            return Fact("drop.extended", drop.key, {"closes_at": closes_at, "minutes": -last.minutes})
        case "drop.moved" if last.move is not None:
            # Another move since, or one by the file, is what viewers were told last.
            if drop.state is not DropState.ANNOUNCED or window_of(drop.plan) != last.move.became:
                return SteerRefusal.OVERTAKEN
            if window_fault(drop, last.move.was, moment) is not None:
                return SteerRefusal.WINDOW_OVER
            return moved_fact(drop, last.move.was, MoveReason.UNDONE)
        case "unit.granted":
            return Fact("unit.voided", drop.key, {"number": last.number, "how": "hand", "why": "undone"})
    return SteerRefusal.NOTHING_TO_UNDO
