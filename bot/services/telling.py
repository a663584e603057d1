"""Answers in Twitch chat, without a flood: winners share lines, equal refusals share one, nobody is forgotten."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from cachetools import TTLCache

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, Priority
from bot.domain.answers import Answer, TryAgain
from bot.domain.claims import ClaimDecision, ClaimGranted, ClaimRefusal
from bot.domain.people import Actor
from bot.domain.telling import NoteTold
from bot.domain.time import SECOND, Micros
from bot.services.ports import BoardSender, ChatSender, Clock, LedgerLane, PlaceDown, SendRefused
from bot.storage.database import Reads
from bot.storage.telling import Untold, untold
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.claims import refused_lines, told_late_lines, winner_lines

log = structlog.get_logger(__name__)

WINNERS_A_LINE = 12
NAMED_MAX = 60
# An answer that is this old and still untold has lost its teller: a crash, or a Discord press that expired.
LOST_AFTER = 20 * SECOND


@dataclass(slots=True)
class _Waiting:
    """One decision to be told in chat, not before `not_before`."""

    actor: Actor
    request_id: str
    decision: ClaimDecision
    late: bool = False
    not_before: Micros = 0


@dataclass(slots=True)
class _Line:
    """A finished line and what it settles."""

    text: str
    requests: tuple[str, ...] = ()
    priority: Priority = Priority.ANSWER
    people: tuple[Actor, ...] = field(default=())
    topic: Hashable = None


class Telling:
    """`gather_seconds` is how long answers wait for company; `answer_gap` (microseconds) is how long a person who
    was answered in chat is not answered again, unless with a grant."""

    def __init__(
        self,
        lane: LedgerLane,
        reads: Reads,
        channel_id: int,
        chat: ChatSender | None,
        board: BoardSender | None,
        words: Wording,
        clock: Clock,
        *,
        answer_gap: Micros,
        gather_seconds: float = 0.5,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._chat = chat
        self._board = board
        self._words = words
        self._clock = clock
        self._answer_gap = answer_gap
        self._gather_seconds = gather_seconds
        self._waiting: list[_Waiting] = []
        self._lines: list[_Line] = []
        self._wake = asyncio.Event()
        self._in_hand: set[str] = set()
        # Told, but the ledger could not take the note yet.
        self._unnoted: set[str] = set()
        # What an earlier process decided and told nobody: lost for certain, however young it is.
        self._orphans: frozenset[str] = frozenset()
        self._answered: TTLCache[tuple[str, str], Hashable] = TTLCache(50_000, answer_gap, timer=clock.now)
        self._said: TTLCache[str, bool] = TTLCache(1_000, answer_gap, timer=clock.now)

    # -- what the cogs hand in ------------------------------------------------------------------------------

    def claim_decided(self, actor: Actor, answer: Answer[ClaimDecision]) -> None:
        """Take a decision to be told in chat. A repeated one has been, or will be, by its first call."""
        if not answer.repeated and answer.request_id not in self._in_hand:
            self._wait(_Waiting(actor, answer.request_id, answer.decision))

    def say_to(self, actor: Actor, text: str, *, topic: str) -> None:
        """Say something to somebody: the same text is said once in a while for all, a person is answered once."""
        if text in self._said or actor.key in self._answered:
            return
        self._said[text] = True
        self._put(_Line(text, people=(actor,), topic=topic))

    def say_now(self, text: str) -> None:
        """Say something about a deed, ahead of the answers."""
        self._put(_Line(text, priority=Priority.WINDOW))

    async def told(self, request_id: str) -> None:
        """Note that a request was answered where it was asked."""
        await self._note((request_id,))

    # -- the work -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Tell what waits, for ever; cancel to stop."""
        while True:
            await self._next_turn()
            try:
                await self._flush()
            except PlaceDown:
                await asyncio.sleep(1)

    async def sweep(self, *, at_start: bool = False) -> None:
        """Find decisions that nobody heard of and tell them now, late as it is.

        At the start all of them were lost with an earlier process; later only those that are old enough, besides
        the ones of the start whose place was not connected yet."""
        await self._note(tuple(self._unnoted))
        now = self._clock.now()
        found = [u for u in await untold(self._reads, self._channel_id) if u.request_id not in self._in_hand]
        if at_start:
            self._orphans = frozenset(u.request_id for u in found)
        lost = [u for u in found if u.request_id in self._orphans or u.at < now - LOST_AFTER]
        for each in lost:
            if each.actor.platform == "twitch" and self._chat is not None:
                self._wait(_Waiting(each.actor, each.request_id, each.decision, late=True))
        await self._tell_on_board([u for u in lost if u.actor.platform == "discord"])

    def _wait(self, waiting: _Waiting) -> None:
        self._in_hand.add(waiting.request_id)
        self._waiting.append(waiting)
        self._wake.set()

    def _put(self, line: _Line) -> None:
        self._lines.append(line)
        self._lines.sort(key=lambda each: each.priority)
        self._wake.set()

    async def _next_turn(self) -> None:
        """Wait until there is something to say, then a moment longer for company."""
        now = self._clock.now()
        due = [max(0, w.not_before - now) / SECOND for w in self._waiting]
        if not self._lines:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), min(due, default=None))
            if not self._lines:
                await asyncio.sleep(self._gather_seconds)
        self._wake.clear()

    async def _flush(self) -> None:
        self._compose()
        while self._lines:
            line = self._lines[0]
            if await self._send(line):
                await self._note(line.requests)
            self._lines.remove(line)
            # What came meanwhile joins: window lines overtake, answers find company.
            self._compose()

    def _compose(self) -> None:
        """Turn what waits into lines: grants at once, refusals when their person may be answered again."""
        now = self._clock.now()
        ready = [w for w in self._waiting if w.not_before <= now]
        self._waiting = [w for w in self._waiting if w.not_before > now]
        self._compose_grants([w for w in ready if isinstance(w.decision, ClaimGranted)])
        self._compose_refusals([w for w in ready if not isinstance(w.decision, ClaimGranted)], now)

    def _compose_grants(self, ready: list[_Waiting]) -> None:
        groups: dict[tuple[str, bool], list[_Waiting]] = {}
        for each in ready:
            groups.setdefault((each.decision.title, each.late), []).append(each)  # type: ignore[union-attr]  # grants
        for (title, late), group in groups.items():
            for some in _pieces(group, WINNERS_A_LINE):
                grants = [w.decision for w in some if isinstance(w.decision, ClaimGranted)]
                winners = [(w.actor.name, g.number) for w, g in zip(some, grants, strict=True)]
                render = told_late_lines if late else winner_lines
                self._add(render(self._words, title, grants[0].supply, winners), some, topic="grant")

    def _compose_refusals(self, ready: list[_Waiting], now: Micros) -> None:
        groups: dict[Hashable, list[_Waiting]] = {}
        covered: list[str] = []
        for each in ready:
            topic = _topic(each.decision)
            last = self._answered.get(each.actor.key)
            if last == topic or (last == "grant" and _already_yours(each.decision)):
                covered.append(each.request_id)  # told the very same a moment ago
            elif last is not None:
                each.not_before = now + self._answer_gap
                self._waiting.append(each)
                # A person waits for one answer at most: the latest says it all.
                for older in [w for w in self._waiting if w is not each and _replaces(each, w)]:
                    self._waiting.remove(older)
                    covered.append(older.request_id)
            else:
                groups.setdefault(topic, []).append(each)
        for topic, group in groups.items():
            names = list(dict.fromkeys(w.actor.name for w in group))
            decision = group[-1].decision
            if not isinstance(decision, ClaimGranted):
                lines = refused_lines(self._words, decision, names, now, named_max=NAMED_MAX)
                self._add(lines, group, topic=topic)
        if covered:
            self._lines.append(_Line("", tuple(covered)))

    def _add(self, texts: list[str], group: Sequence[_Waiting], *, topic: Hashable) -> None:
        """Lines that together settle a group: the last of them carries the note."""
        requests = tuple(w.request_id for w in group)
        people = tuple(w.actor for w in group)
        for person in people:
            self._answered[person.key] = topic
        for text in texts[:-1]:
            self._lines.append(_Line(text))
        self._lines.append(_Line(texts[-1], requests, people=people, topic=topic))

    async def _send(self, line: _Line) -> bool:
        """True when the line is out (or had no words). Raises PlaceDown: then it stays for the next turn."""
        if not line.text or self._chat is None:
            return True
        while True:
            try:
                await self._chat.say(line.text, priority=line.priority)
            except SendRefused as refused:
                if refused.retry_after_seconds is None:
                    log.warning("chat refused a line for good", reason=refused.reason)
                    return False
                await asyncio.sleep(refused.retry_after_seconds)
            else:
                for person in line.people:
                    self._answered[person.key] = line.topic
                return True

    async def _note(self, requests: tuple[str, ...]) -> None:
        if not requests:
            return
        try:
            await self._lane.submit(NoteTold(self._channel_id, requests))
        except TryAgain:
            # They have heard it, so no sweep tells them again. After a restart one does: better twice than never.
            log.warning("could not note who was told", requests=len(requests))
            self._unnoted.update(requests)
            self._in_hand.update(requests)
            return
        self._unnoted.difference_update(requests)
        self._in_hand.difference_update(requests)

    async def _tell_on_board(self, lost: list[Untold]) -> None:
        """A Discord answer that was lost cannot be given privately any more; winners are named on the board."""
        grants: dict[str, list[tuple[Untold, ClaimGranted]]] = {}
        for each in lost:
            if isinstance(each.decision, ClaimGranted):
                grants.setdefault(each.decision.title, []).append((each, each.decision))
            else:
                await self._note((each.request_id,))  # a refused press is pressed again; the card says why
        if self._board is None:
            return
        for title, winners in grants.items():
            named = [(each.actor.name, grant.number) for each, grant in winners]
            supply = winners[0][1].supply
            text = "\n".join(told_late_lines(self._words, title, supply, named, discord=True))
            requests = tuple(each.request_id for each, _ in winners)
            self._in_hand.update(requests)
            try:
                await self._board.post(DISCORD_ANNOUNCEMENTS, Card(title="", text=text), nonce=_nonce_of(requests))
            except (PlaceDown, SendRefused):
                self._in_hand.difference_update(requests)
                return  # the next sweep finds them again
            await self._note(requests)


def _nonce_of(requests: tuple[str, ...]) -> str:
    """One nonce for just these requests: with one more winner it is another card, or that winner is never named."""
    return f"late-{hashlib.blake2b(' '.join(requests).encode(), digest_size=10).hexdigest()}"


def _topic(decision: Any) -> Hashable:
    return (getattr(decision, "because", "needs-name"), getattr(decision, "drop", ""))


def _already_yours(decision: ClaimDecision) -> bool:
    return getattr(decision, "because", None) is ClaimRefusal.ALREADY_YOURS


def _replaces(newer: _Waiting, older: _Waiting) -> bool:
    return older.actor.key == newer.actor.key and not isinstance(older.decision, ClaimGranted)


def _pieces(items: list[_Waiting], size: int) -> list[list[_Waiting]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
