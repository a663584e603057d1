"""Opening a poll and steering it by hand: what a moderator may do, and what it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.drop_plan import WhileOffline
from bot.domain.ledger import Fact, Part
from bot.domain.people import Actor
from bot.domain.poll_box import Box, cancelling_facts, closing_facts, ties_committed
from bot.domain.polls import Poll, PollPlan, free_key
from bot.domain.stream import Stream
from bot.domain.text import is_named
from bot.domain.time import DAY, SECOND, Micros

ADDED_MAX: Micros = DAY
REASON_CHARACTERS_MAX = 200


class PollVerb(StrEnum):
    OPEN = "open"
    CLOSE = "close"
    CANCEL = "cancel"
    EXTEND = "extend"
    RECOUNT = "recount"
    SHOW = "show"


class PollRefusal(StrEnum):
    """Why not, in order of precedence."""

    NOT_ALLOWED = "not-allowed"
    NOTHING_ON = "nothing-on"
    NAME_NEEDED = "name-needed"
    UNKNOWN_POLL = "unknown-poll"
    ONE_IS_ON = "one-is-on"
    STREAM_OFFLINE = "stream-offline"
    ALREADY_OVER = "already-over"
    BAD_TIME = "bad-time"


@dataclass(frozen=True, slots=True)
class OpenPoll:
    """A moderator puts a question. Its words have been checked; the plan's key is "" and is found when it opens."""

    channel_id: int
    request_id: str
    actor: Actor
    plan: PollPlan


@dataclass(frozen=True, slots=True)
class SteerPoll:
    """A moderator's deed. `poll` is what they typed, possibly nothing; `added` is what an extension adds."""

    channel_id: int
    request_id: str
    actor: Actor
    verb: PollVerb
    poll: str = ""
    added: Micros = 0
    why: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class PollSteered:
    """Done. `poll` is as it was before, but for one that has just been opened."""

    verb: PollVerb
    poll: Poll
    closes_at: Micros
    added: Micros = 0


@dataclass(frozen=True, slots=True)
class PollRefused:
    """`poll` and `question` are of the one in the way, or that was meant; `choices` the keys to choose from."""

    because: PollRefusal
    verb: PollVerb
    poll: str = ""
    question: str = ""
    choices: tuple[str, ...] = ()
    asked_for: str = ""


@dataclass(frozen=True, slots=True)
class PollNeedsYes:
    """It cannot be taken back, so the same person says so once more. So many people have voted."""

    verb: PollVerb
    poll: str
    question: str
    people: int


OpenDecision = PollSteered | PollRefused
SteerPollDecision = PollSteered | PollRefused | PollNeedsYes


def decide_open(
    polls: tuple[Poll, ...], stream: Stream, command: OpenPoll, seed: bytes, moment: Micros
) -> tuple[OpenDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes. `polls` are all there ever were, `seed` is fresh chance of SEED_BYTES.

    A bare "2" in chat means one poll: another opens when that is over, or when it goes on without the stream."""
    if not command.actor.steers:
        return PollRefused(PollRefusal.NOT_ALLOWED, PollVerb.OPEN), ()
    on = next((poll for poll in polls if poll.open and not poll.goes_on), None)
    if on is not None:
        return PollRefused(PollRefusal.ONE_IS_ON, PollVerb.OPEN, on.key, on.plan.question), ()
    plan = replace(command.plan, key=free_key(command.plan.question, (poll.key for poll in polls)))
    if plan.while_offline is WhileOffline.WAIT and stream.watched and stream.live is False:
        return PollRefused(PollRefusal.STREAM_OFFLINE, PollVerb.OPEN, question=plan.question), ()
    ties = ties_committed(seed, plan.key, len(plan.options))
    opened = Poll(plan, ties, opened_at=moment, closes_at=moment + plan.window)
    rules = {"key": plan.key, **plan.as_public(), "ties": ties, "closes_at": opened.closes_at}
    return PollSteered(PollVerb.OPEN, opened, opened.closes_at), (
        Fact("poll.opened", opened.scope, rules, _by(command.actor)),
        # Apart from who has opened it: nobody is shown the seed with what is kept of them, and it outlives them.
        Fact("poll.seeded", opened.scope, {"ties": ties}, {"seed": seed.hex()}),
    )


def meant_poll(polls: tuple[Poll, ...], verb: PollVerb, text: str) -> Poll | PollRefused:
    """The poll that was named, or the only one that is open; with several nothing is guessed."""
    running = [poll for poll in polls if poll.open]
    if not text.strip():
        if len(running) == 1:
            return running[0]
        because = PollRefusal.NAME_NEEDED if running else PollRefusal.NOTHING_ON
        return PollRefused(because, verb, choices=tuple(poll.key for poll in running))
    # The newest of several that have asked the same, unless one of them is still open.
    found = [poll for poll in (*polls, *running) if is_named(text, poll.key, poll.plan.question)]
    if found:
        return found[-1]
    return PollRefused(
        PollRefusal.UNKNOWN_POLL, verb, choices=tuple(poll.key for poll in running), asked_for=text[:40]
    )


def decide_steer_poll(
    poll: Poll | PollRefused, box: Box, command: SteerPoll, moment: Micros
) -> tuple[SteerPollDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes; a refusal makes none. `poll` is what `meant_poll` has found, `box` what
    was cast in it."""
    verb = command.verb
    if not command.actor.steers:
        return PollRefused(PollRefusal.NOT_ALLOWED, verb), ()
    if isinstance(poll, PollRefused):
        return poll, ()
    if not poll.open:
        return PollRefused(PollRefusal.ALREADY_OVER, verb, poll.key, poll.plan.question), ()
    by = _by(command.actor)
    match verb:
        case PollVerb.CLOSE:
            closed = Fact("poll.closed", poll.scope, {"why": "moderator", "late": False}, by)
            return PollSteered(verb, poll, moment), closing_facts(poll, closed, box)
        case PollVerb.CANCEL:
            if not command.confirmed:
                return PollNeedsYes(verb, poll.key, poll.plan.question, poll.people), ()
            private = {**by, "why": command.why[:REASON_CHARACTERS_MAX]}
            cancelled = Fact("poll.cancelled", poll.scope, {"why": "moderator"}, private)
            return PollSteered(verb, poll, moment), cancelling_facts(poll, cancelled, box.votes)
        case PollVerb.EXTEND if SECOND <= command.added <= ADDED_MAX:
            # While it is paused, the time until it goes on comes on top.
            closes_at = poll.closes_at + command.added
            later = {"closes_at": closes_at, "added": command.added}
            extended = Fact("poll.extended", poll.scope, later, by)
            return PollSteered(verb, poll, closes_at, command.added), (extended,)
        case PollVerb.EXTEND:
            return PollRefused(PollRefusal.BAD_TIME, verb, poll.key, poll.plan.question), ()
        case PollVerb.OPEN | PollVerb.RECOUNT | PollVerb.SHOW:
            raise ValueError(f"{verb} is not done by steering")


def _by(actor: Actor) -> Part:
    return {"by": {"platform": actor.platform, "user": actor.user_id, "name": actor.name}}
