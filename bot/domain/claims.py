"""Asking for a unit: who gets which number, who is refused, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from bot.domain.codes import CodeRefusal
from bot.domain.drops import Drop, DropState
from bot.domain.entitlements import NOTHING_KNOWN, PLATFORM_OF, Evidence, Found, Question
from bot.domain.gates import Gate, conditions
from bot.domain.ledger import Entry, Fact
from bot.domain.people import Account, Actor
from bot.domain.series import soonest_of_each
from bot.domain.text import normalise_command, slug
from bot.domain.time import Micros
from bot.domain.verdicts import Accepted, Refused, RefusedUntil, Unknown, evaluate

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")


class ClaimRefusal(StrEnum):
    """Why not, in order of precedence: the first that applies is the answer."""

    NOTHING_ON = "nothing-on"
    UNKNOWN_DROP = "unknown-drop"
    BAD_CODE = "bad-code"
    CANCELLED = "cancelled"
    ALREADY_YOURS = "already-yours"
    FROZEN = "frozen"
    NOT_OPEN_YET = "not-open-yet"
    SOLD_OUT = "sold-out"
    CLOSED = "closed"
    PAUSED = "paused"
    EARLY_GONE = "early-gone"
    NOT_ENTITLED = "not-entitled"


# Nothing that happens to the drop makes these untrue.
_FOR_GOOD = (ClaimRefusal.UNKNOWN_DROP, ClaimRefusal.BAD_CODE, ClaimRefusal.CANCELLED, ClaimRefusal.ALREADY_YOURS)


@dataclass(frozen=True, slots=True)
class ClaimDrop:
    """Somebody asks for a unit. `drop` is what they typed after the command, possibly nothing; `evidence` is what
    the platforms have told of them, as far as it is known at once; `code` the digest of a claim code that they have
    typed as well, b"" for none."""

    channel_id: int
    request_id: str
    actor: Actor
    drop: str = ""
    evidence: tuple[tuple[Question, Found], ...] = ()
    code: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class JudgeHolds:
    """What was found out about people whose claims wait for it: account, question and answer."""

    channel_id: int
    evidence: tuple[tuple[Account, Question, Found], ...]


class ClaimStanding(NamedTuple):
    """The facts a claim depends on: the drop that was meant, the numbers that the asker has of it under any of
    their accounts, the next free number. In an early window also its gate, what is known of the asker, which are
    their accounts, how many early units are held for claims that wait for evidence, and whether theirs is one.
    `bad_code` is why the code that they typed is none of theirs."""

    drop: Drop
    numbers_held: tuple[int, ...]
    next_number: int
    gate: Gate | None = None
    evidence: Evidence = NOTHING_KNOWN
    accounts: tuple[Account, ...] = ()
    held: int = 0
    holds_own: bool = False
    bad_code: CodeRefusal | None = None


@dataclass(frozen=True, slots=True)
class ClaimGranted:
    """`entry` and `leaf`, its hash in hex, are the winner's receipt: 0 and "" before the grant is in the ledger."""

    drop: str
    title: str
    number: int
    supply: int
    units_left: int
    entry: int = 0
    leaf: str = ""


@dataclass(frozen=True, slots=True)
class ClaimRefused:
    """`retry_at` is when asking again can help (None: it cannot, or nobody knows); `early_from` is when those whom
    the gate lets in may ask, before everybody; `way_in` are the conditions, in a gate's words, that would let the
    asker in at once; `code_because` is why the code that they typed does not."""

    because: ClaimRefusal
    drop: str = ""
    title: str = ""
    supply: int = 0
    numbers: tuple[int, ...] = ()
    retry_at: Micros | None = None
    on_cue: bool = False
    asked_for: str = ""
    early_from: Micros | None = None
    way_in: tuple[str, ...] = ()
    elsewhere: str = ""
    code_because: CodeRefusal | None = None


@dataclass(frozen=True, slots=True)
class ClaimChecking:
    """Nobody can say yet whether the gate lets this person in: a unit is held until somebody can. `unanswered` are
    the questions, in a gate's words, and `accounts` whom they are about."""

    drop: str
    title: str
    unanswered: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimNeedsName:
    """Several drops are open and no name was given: nothing is granted, the names are listed."""

    drops: tuple[str, ...]
    titles: tuple[str, ...]


ClaimDecision = ClaimGranted | ClaimRefused | ClaimNeedsName | ClaimChecking


def find_drop(drops: Sequence[Drop], text: str) -> Drop | None:
    """The drop a person means by key, title or an unambiguous beginning of either; None when nobody can tell."""
    wanted = _plain(text).strip("\"'“”‘’«»#! .")
    if not wanted:
        return None
    by_date = next((d for d in drops if d.plan.series and d.key in (wanted, slug(wanted))), None)
    if by_date is not None:
        return by_date
    drops = soonest_of_each(drops)
    names = [(d, {d.key, d.plan.series} - {""}, _plain(d.title)) for d in drops]
    exact = [d for d, keys, title in names if wanted == title or not keys.isdisjoint((wanted, slug(wanted)))]
    if exact:
        # A title may return next month: the one that is not over is meant.
        return next((d for d in exact if not d.over), exact[-1])
    begun = [d for d in drops if d.key.startswith(wanted) or _plain(d.title).startswith(wanted)]
    alive = [d for d in begun if not d.over] or begun
    return alive[0] if len(alive) == 1 else None


def _plain(name: str) -> str:
    """A name as it is compared: phones make a long dash of two short ones, and of some that stand alone."""
    return normalise_command(name).translate(_DASHES)


def choose_drop(drops: Sequence[Drop], text: str) -> Drop | ClaimNeedsName | ClaimRefused:
    """Which drop a claim is about. A bare claim means the one open drop, or else the one that comes next."""
    public = [d for d in drops if d.public]
    if text.strip():
        found = find_drop(public, text)
        if found is not None:
            return found
        if not normalise_command(text):
            return choose_drop(drops, "")
        return ClaimRefused(ClaimRefusal.UNKNOWN_DROP, asked_for=text[:40])
    opened = [d for d in public if d.open]
    # What is sold out, paused or frozen is open by name only: it must not make anybody choose.
    opened = [d for d in opened if not (d.sold_out or d.paused or d.frozen)] or opened
    if len(opened) > 1:
        return ClaimNeedsName(tuple(d.key for d in opened), tuple(d.title for d in opened))
    if opened:
        return opened[0]
    coming = [d for d in public if d.state is DropState.ANNOUNCED]
    if coming:
        return min(coming, key=lambda d: (d.opens_at is None, d.opens_at or 0, d.key))
    over = [d for d in public if d.state in (DropState.CLOSED, DropState.SETTLED)]
    if over:
        return max(over, key=lambda d: (d.closed_at or 0, d.key))
    return ClaimRefused(ClaimRefusal.NOTHING_ON)


def decide_claim(standing: ClaimStanding, command: ClaimDrop, moment: Micros) -> ClaimDecision:
    """Grant the next number or refuse with the first reason that applies.

    What is due at `moment` has been applied to the drop before: its window is [opened_at, closes_at). In its early
    part evidence is asked for as well, and has to cover the moment."""
    return decided_now(standing, moment)


def decide_held(standing: ClaimStanding, moment: Micros) -> ClaimGranted | ClaimRefused | None:
    """What becomes of a claim that waits for evidence; None while it goes on waiting, as it does through a pause.

    Its unit is its own: `standing` counts it among the held ones no more."""
    drop = standing.drop
    if drop.open and (drop.paused or drop.frozen):
        return None
    decided = decided_now(standing, moment)
    return None if isinstance(decided, ClaimChecking) else decided


def decided_now(standing: ClaimStanding, moment: Micros) -> ClaimGranted | ClaimRefused | ClaimChecking:
    """What a claim at this moment comes to, whoever wants to know."""
    decided = _decided(standing)
    if not isinstance(decided, ClaimGranted) or not standing.drop.early:
        return decided
    return _early(standing, decided, moment)


def _early(
    standing: ClaimStanding, granted: ClaimGranted, moment: Micros
) -> ClaimGranted | ClaimRefused | ClaimChecking:
    drop, gate = standing.drop, standing.gate
    room = drop.early_units_left > standing.held
    if not room and not standing.holds_own:
        return _refused(standing, ClaimRefusal.EARLY_GONE, drop.public_at)
    # A gate that cannot be read lets nobody in.
    verdict = Refused() if gate is None else evaluate(gate, standing.evidence, moment, drop.public_at)
    match verdict:
        case Accepted():
            # A claim of their own that waits has one of the places that are kept; this one must not take another.
            return granted if room else _refused(standing, ClaimRefusal.EARLY_GONE, drop.public_at)
        case Unknown(unanswered=unanswered):
            return ClaimChecking(drop.key, drop.title, tuple(map(str, unanswered)), standing.accounts)
        case RefusedUntil(at, way_in=way):
            because, retry_at = ClaimRefusal.NOT_ENTITLED, at
        case Refused(way_in=way):
            because, retry_at = ClaimRefusal.NOT_ENTITLED, drop.public_at or 0
    refused = _refused(standing, because, retry_at)
    return replace(refused, way_in=tuple(map(str, way)), elsewhere=not_known_on(standing))


def not_known_on(standing: ClaimStanding) -> str:
    """The platform that the gate asks and where the person has no account that we know of; "" for none."""
    asked = {PLATFORM_OF.get(question.source, "") for question in _asked(standing.gate)}
    return max(asked - {platform for platform, _ in standing.accounts}, default="")


def _decided(standing: ClaimStanding) -> ClaimGranted | ClaimRefused:
    drop, state, left = standing.drop, standing.drop.state, standing.drop.units_left
    if standing.bad_code is not None:
        return replace(_refused(standing, ClaimRefusal.BAD_CODE), code_because=standing.bad_code)
    if state is DropState.CANCELLED:
        return _refused(standing, ClaimRefusal.CANCELLED)
    if len(standing.numbers_held) >= drop.plan.per_person:
        return _refused(standing, ClaimRefusal.ALREADY_YOURS)
    if drop.frozen and not drop.over:
        return _refused(standing, ClaimRefusal.FROZEN)
    if state is DropState.PLANNED or state is DropState.ANNOUNCED:
        waiting = drop.on_cue or drop.postponed_why
        not_yet = _refused(standing, ClaimRefusal.NOT_OPEN_YET, None if waiting else drop.opens_at)
        return replace(not_yet, early_from=drop.begins_at) if drop.plan.early and not waiting else not_yet
    if left == 0:
        return _refused(standing, ClaimRefusal.SOLD_OUT)
    if state is not DropState.OPEN:
        return _refused(standing, ClaimRefusal.CLOSED)
    if drop.paused_at is not None:
        return _refused(standing, ClaimRefusal.PAUSED, drop.resume_at)
    return ClaimGranted(drop.plan.key, drop.plan.title, standing.next_number, drop.plan.supply, left - 1)


@dataclass(frozen=True, slots=True)
class ClaimOpenNow:
    """In place of a refusal that is told late: what it refused can be had by now. In an early window that is so for
    those whom the gate `early` lets in, and for everybody at `public_at`."""

    drop: str
    title: str
    early: str = ""
    public_at: Micros | None = None


ClaimUngranted = ClaimRefused | ClaimNeedsName | ClaimChecking | ClaimOpenNow


def told_late(refused: ClaimRefused | ClaimOpenNow, drops: Mapping[str, Drop]) -> ClaimRefused | ClaimOpenNow:
    """What a refusal has become by the time it is told: the reason that holds now, or that the drop is open. One
    that was about no drop in particular is overtaken by the first that is open."""
    open_now = (drop for drop in drops.values() if drop.open and not (drop.paused or drop.sold_out or drop.frozen))
    if isinstance(refused, ClaimRefused) and refused.because is ClaimRefusal.NOTHING_ON:
        first = next(open_now, None)
        return refused if first is None else _open_by_now(refused, first)
    drop = drops.get(refused.drop)
    if drop is None or (isinstance(refused, ClaimRefused) and refused.because in _FOR_GOOD):
        return refused
    decision = _decided(ClaimStanding(drop, (), 1))
    return _open_by_now(refused, drop) if isinstance(decision, ClaimGranted) else decision


def _open_by_now(refused: ClaimRefused | ClaimOpenNow, drop: Drop) -> ClaimRefused | ClaimOpenNow:
    if not drop.early:
        return ClaimOpenNow(drop.key, drop.title)
    if isinstance(refused, ClaimRefused) and refused.because is ClaimRefusal.NOT_ENTITLED:
        # A pause may have moved every instant since: the one at which everybody is let in is never too early.
        return replace(refused, retry_at=drop.public_at)
    if drop.early_units_left == 0:
        return _refused(ClaimStanding(drop, (), 1), ClaimRefusal.EARLY_GONE, drop.public_at)
    return ClaimOpenNow(drop.key, drop.title, drop.plan.early, drop.public_at)


def _refused(standing: ClaimStanding, because: ClaimRefusal, retry_at: Micros | None = None) -> ClaimRefused:
    drop = standing.drop
    return ClaimRefused(
        because,
        drop=drop.key,
        title=drop.title,
        supply=drop.plan.supply,
        numbers=standing.numbers_held,
        retry_at=retry_at,
        on_cue=drop.on_cue,
    )


def grant_fact(request_id: str, actor: Actor, granted: ClaimGranted, holder: str, person_id: int) -> Fact:
    """The ledger's fact of a grant: the number and the holder's pseudonym are public, whose it is stands in the
    private part."""
    return Fact(
        "unit.granted",
        granted.drop,
        {"number": granted.number, "how": "claim", "holder": holder},
        {
            "person": person_id,
            "platform": actor.platform,
            "user": actor.user_id,
            "name": actor.name,
            "request": request_id,
        },
        person_id,
    )


def early_grant_fact(granted: Fact, standing: ClaimStanding, moment: Micros) -> Fact:
    """The same for a unit that went early. That it did is public; the gate's evidence is nobody's business but that
    person's."""
    found = [
        [str(question), *current]
        for question in _asked(standing.gate)
        if (current := standing.evidence.get(question)) is not None and current.covers(moment)
    ]
    private = {**granted.private, "gate": standing.drop.plan.early, "evidence": found}
    return granted._replace(public={**granted.public, "window": "early"}, private=private)


def _asked(gate: Gate | None) -> list[Question]:
    return [] if gate is None else list(dict.fromkeys(condition.question for condition in conditions(gate)))


def with_receipt(granted: ClaimGranted, entry: Entry) -> ClaimGranted:
    """The same answer with the entry that proves it: anybody can look it up in the public log."""
    what = (granted.drop, granted.title, granted.number, granted.supply, granted.units_left)
    return ClaimGranted(*what, entry.number, entry.leaf_hash.hex())
