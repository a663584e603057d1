"""Twitch's own poll beside ours: when there is to be one, which one it is, and what its votes come to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from bot.domain.ballots import Method
from bot.domain.ledger import Fact
from bot.domain.native_polls import (
    COUNTED,
    SECONDS_MAX,
    SECONDS_MIN,
    Native,
    NativeAsk,
    NativeEnd,
    NativeFault,
    NativePoll,
    fitted,
)
from bot.domain.polls import PassRole, Poll, PollKind, PollPlan, PollState
from bot.domain.time import MINUTE, SECOND, Micros

# By how much Twitch's clock and ours may differ.
SKEW_MAX: Micros = 2 * MINUTE
EARLIER: Micros = SECOND


class NativeWish(StrEnum):
    """What is wanted of Twitch now: that it shows the poll, ends it, takes it away, or nothing any more."""

    SHOWN = "shown"
    ENDED = "ended"
    TAKEN_AWAY = "taken-away"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class NoteNative:
    """The poll on Twitch beside our poll `poll` is over."""

    channel_id: int
    poll: str
    end: NativeEnd


@dataclass(frozen=True, slots=True)
class Together:
    """What Twitch's anonymous votes come to beside a result, by the numbers of the options. `sums` are those with
    our own ballots and `ahead` who has the most of them, several where they are level; empty where nothing is
    added."""

    counts: tuple[int, ...]
    sums: tuple[int, ...] = ()
    ahead: tuple[int, ...] = ()

    @property
    def votes(self) -> int:
        return sum(self.counts)


def is_casual(plan: PollPlan) -> bool:
    """Whether it does not matter who votes: then anonymous votes may be added."""
    weighs = plan.pass_role is not PassRole.NONE or plan.pass_weight != 1
    asks_who = plan.kind is PollKind.MOD_VOTE or bool(plan.electorate) or plan.quorum > 0 or weighs
    return plan.method is Method.PLURALITY and not plan.hidden and not asks_who


def native_fault(plan: PollPlan) -> NativeFault | None:
    """Why Twitch cannot show this poll; None for one that fits."""
    shown = _shown(plan)
    return shown if isinstance(shown, NativeFault) else None


def native_for(plan: PollPlan, wanted: Native) -> Native:
    """What is declared of a poll where the channel wants this much: nothing where it does not fit, and nothing
    added where it matters who votes."""
    if wanted is Native.OFF or native_fault(plan) is not None:
        return Native.OFF
    return wanted if is_casual(plan) else Native.BESIDE


def native_wish(poll: Poll) -> NativeWish:
    """What is wanted of Twitch for this poll. Twitch can neither pause nor prolong, so what is paused or goes on
    without the stream goes on in chat and on Discord alone."""
    if poll.plan.native is Native.OFF or poll.native is not None:
        return NativeWish.NOTHING
    if poll.state is PollState.CANCELLED:
        return NativeWish.TAKEN_AWAY
    return NativeWish.SHOWN if poll.open and not poll.paused and not poll.goes_on else NativeWish.ENDED


def native_ask(poll: Poll, moment: Micros) -> NativeAsk | NativeFault:
    """What Twitch is asked to show from now on, or why that is not worth asking.

    It ends `EARLIER` than ours where it can, so that its votes are known when the result is told."""
    shown = _shown(poll.plan)
    if isinstance(shown, NativeFault):
        return shown
    left = poll.closes_at - moment
    if left < SECONDS_MIN * SECOND:
        return NativeFault.TOO_SHORT
    title, choices = shown
    return NativeAsk(title, choices, min(SECONDS_MAX, max(SECONDS_MIN, (left - EARLIER) // SECOND)))


def ours_among(poll: Poll, seen: Iterable[NativePoll], taken: Collection[str]) -> NativePoll | None:
    """The poll on Twitch that was opened beside this one: nobody notes its id before it is there, and whoever was
    stopped in between finds it again. `taken` are the ids of other polls of ours, and what was over when ours was
    opened is none."""
    shown = _shown(poll.plan)
    if isinstance(shown, NativeFault):
        return None
    over_at = poll.closes_at if poll.closed_at is None else poll.closed_at
    span = range(poll.opened_at - SKEW_MAX, over_at + SKEW_MAX + 1)
    same = [
        each
        for each in seen
        if (each.title, each.choices) == shown
        and each.id not in taken
        and each.started_at in span
        and (each.ended_at is None or each.ended_at > poll.opened_at)
    ]
    return min(same, key=lambda each: abs(each.started_at - poll.opened_at), default=None)


def end_of(seen: NativePoll, moment: Micros) -> NativeEnd | None:
    """What is to be noted of a poll that was seen on Twitch; None while it runs, and of one whose votes Twitch has
    thrown away."""
    if seen.status not in COUNTED:
        return None
    ended_at = moment if seen.ended_at is None else seen.ended_at
    return NativeEnd(seen.id, seen.counts, str(seen.status), ended_at)


def native_fact(poll: Poll | None, command: NoteNative) -> Fact | None:
    """The fact that a note makes: one for a poll, however often Twitch tells of the end, and in whatever words."""
    if poll is None or native_wish(poll) in (NativeWish.NOTHING, NativeWish.TAKEN_AWAY):
        return None
    if len(command.end.counts) != len(poll.plan.options):
        return None
    return Fact("poll.native", poll.scope, command.end.as_public())


def together(poll: Poll) -> Together | None:
    """The votes on Twitch beside the result of a poll; None until both are known.

    Where the sums are level nobody is ahead by a draw: the draw was announced for our own ballots."""
    if poll.native is None or poll.result is None:
        return None
    if poll.plan.native is not Native.ADDED or not is_casual(poll.plan):
        return Together(poll.native.counts)
    own = (amount for _, amount, _ in cast("list[list[int]]", poll.result["counts"]))
    sums = tuple(ours + theirs for ours, theirs in zip(own, poll.native.counts, strict=True))
    most = max(sums)
    return Together(poll.native.counts, sums, tuple(n for n, each in enumerate(sums, 1) if most and each == most))


def native_snapshot(poll: Poll) -> dict[str, object]:
    """What news tell of it besides the plan: nothing before both ends are known, then plain values."""
    both = together(poll)
    if both is None:
        return {}
    return {
        "native_counts": list(both.counts),
        "native_sums": list(both.sums),
        "native_ahead": list(both.ahead),
    }


def _shown(plan: PollPlan) -> tuple[str, tuple[str, ...]] | NativeFault:
    if plan.method is not Method.PLURALITY:
        return NativeFault.NOT_ONE_CHOICE
    # Twitch shows every vote as it comes.
    return NativeFault.HIDDEN if plan.hidden else fitted(plan.question, plan.options, plan.window)
