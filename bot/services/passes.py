"""Passes by hand: shown to their owners, given and taken away by moderators, handed on by whoever may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.answers import Answer
from bot.domain.drops import Drop
from bot.domain.moments import read_moment
from bot.domain.pass_deeds import (
    GiveDecision,
    GivePass,
    PassNeedsYes,
    RevokeDecision,
    RevokePass,
    TransferDecision,
    TransferPass,
)
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.passes import Pass
from bot.domain.people import Actor
from bot.domain.text import label, normalise_command
from bot.domain.time import SECOND, Micros, read_span
from bot.services.confirming import Confirmations
from bot.services.ports import Clock, LedgerLane
from bot.services.receivers import Receivers
from bot.storage.database import Reads
from bot.storage.passes import passes_of

YES_WITHIN = 30 * SECOND
# What cannot be read is refused as what has passed is, in the order that reasons have.
_UNREADABLE: Micros = 0


@dataclass(frozen=True, slots=True)
class HeldPasses:
    """Somebody's passes, oldest first, and the titles of the drops whose units brought them, by key."""

    passes: tuple[Pass, ...]
    titles: Mapping[str, str]

    def usable(self, moment: Micros) -> tuple[Pass, ...]:
        """Those that can be spent now."""
        return tuple(held for held in self.passes if held.why_not(moment) is None)


@dataclass(frozen=True, slots=True)
class HandOnAsked:
    """Nothing has happened yet: whoever hands a pass on does not get it back, and is asked first."""

    held: Pass
    receiver: str


class Passes:
    """`drops` gives all drops by key, `zone` is the one in which times are meant."""

    def __init__(
        self,
        lane: LedgerLane,
        reads: Reads,
        channel_id: int,
        confirmations: Confirmations,
        receivers: Receivers,
        drops: Callable[[], Awaitable[Mapping[str, Drop]]],
        zone: str,
        clock: Clock,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._confirmations = confirmations
        self._receivers = receivers
        self._drops = drops
        self._zone = zone
        self._clock = clock

    async def of(self, whom: Actor) -> HeldPasses:
        """What somebody holds, on all accounts that are linked now: also what is spent, over or taken away."""
        passes = tuple(await passes_of(self._reads, self._channel_id, whom.key))
        brought = {held.drop for held in passes if held.drop}
        drops = await self._drops() if brought else {}
        return HeldPasses(passes, {key: drops[key].title for key in brought & drops.keys()})

    async def give(
        self,
        actor: Actor,
        request_id: str,
        kind: PassKind,
        receiver: str | Actor | None,
        *,
        why: str,
        uses: int = 1,
        expires: str = "",
        transferable: bool = False,
        title: str = "",
    ) -> Answer[GiveDecision]:
        """Give somebody a pass; `expires` is "30d", "2026-12-01 20:00" or "" for never, and `title` names one of
        the streamer's own kind. Raises TryAgain."""
        to = await self._receivers.meant(receiver, actor.platform)
        named = label(title) if kind is PassKind.CUSTOM else ""
        terms = PassTerms(kind, uses, self._expiry(expires), transferable, named)
        answer: Answer[Any] = await self._lane.submit(
            GivePass(self._channel_id, request_id, actor, terms, to, " ".join(why.split()))
        )
        return answer

    async def revoke(self, actor: Actor, request_id: str, number: int, *, why: str) -> Answer[RevokeDecision]:
        """Take a pass away, first asking for a yes. Raises TryAgain."""
        command = RevokePass(self._channel_id, request_id, actor, number, " ".join(why.split()))
        answer: Answer[Any] = await self._lane.submit(command)
        if isinstance(answer.decision, PassNeedsYes):
            self._confirmations.ask(replace(command, confirmed=True), within=YES_WITHIN)
        return answer

    async def hand_on(
        self, actor: Actor, request_id: str, number: int, receiver: str | Actor | None
    ) -> Answer[TransferDecision] | HandOnAsked:
        """Hand a pass of one's own on, first asking for a yes where it can be. Raises TryAgain."""
        to = await self._receivers.meant(receiver, actor.platform)
        command = TransferPass(self._channel_id, request_id, actor, number, to)
        usable = (await self.of(actor)).usable(self._clock.now())
        held = next((each for each in usable if each.number == number and each.terms.transferable), None)
        if held is not None and to is not None and to.key != actor.key:
            self._confirmations.ask(command, within=YES_WITHIN)
            return HandOnAsked(held, to.name)
        answer: Answer[Any] = await self._lane.submit(command)
        return answer

    def _expiry(self, text: str) -> Micros | None:
        plain = normalise_command(text)
        if plain in ("", "never"):
            return None
        now, span = self._clock.now(), read_span(plain)
        at = read_moment(plain, self._zone, now) if span is None else now + span
        return _UNREADABLE if at is None else at
