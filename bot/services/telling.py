"""Answers in Twitch chat, without a flood: winners share lines, equal refusals share one, nobody is forgotten."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence

import structlog
from cachetools import TTLCache

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS
from bot.domain.answers import Answer, TryAgain
from bot.domain.claims import ClaimChecking, ClaimDecision, ClaimGranted
from bot.domain.people import Account, Actor
from bot.domain.telling import NoteTold
from bot.domain.time import MINUTE, SECOND, Micros
from bot.domain.voting import VoteRefused
from bot.services.asides import NAMED_A_LINE
from bot.services.ports import BoardSender, ChatSender, Clock, LedgerLane, PlaceDown, SendRefused
from bot.services.shared_lines import Line, SharedLines
from bot.services.waiting import woken
from bot.storage.database import Reads
from bot.storage.drops import read_drops
from bot.storage.lane import Committed
from bot.storage.telling import Untold, answered_since, untold
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.claims import told_late_lines
from bot.wording.drops import Units
from bot.wording.votes import vote_refused_lines, vote_text

log = structlog.get_logger(__name__)

# An answer that is this old and still untold has lost its teller: a crash, or a Discord press that expired.
LOST_AFTER = 20 * SECOND
BUDGET_LOOK_SECONDS = 0.1
DOWN_LOOK_SECONDS = 1.0
# For so long it is remembered whose claim has been checked, in case that it was is handed in later.
CHECKED_LATELY = MINUTE


class Telling:
    """`answer_gap` (microseconds) is how long a person who was answered in chat is not answered again, unless with
    a grant."""

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
        steady: Clock | None = None,
        receipts_in_chat: bool = False,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._chat = chat
        self._board = board
        self._words = words
        self._clock = clock
        self._steady = steady or clock
        self._lines = SharedLines(words, clock, answer_gap=answer_gap, steady=steady, receipts=receipts_in_chat)
        self._checked: TTLCache[tuple[Account, str], Micros] = TTLCache(
            10_000, CHECKED_LATELY, timer=self._steady.now
        )
        self._wake = asyncio.Event()
        self._in_hand: set[str] = set()
        # Refused on Discord, where nothing can be said to one person once the press has expired.
        self._unreachable: set[str] = set()
        # Told, but the ledger could not take the note yet.
        self._unnoted: set[str] = set()
        # What an earlier process decided and told nobody: lost for certain, however young it is.
        self._orphans: frozenset[str] = frozenset()
        # When a sweep first found it untold, by the steady clock.
        self._met: dict[str, Micros] = {}

    # -- what the cogs hand in ------------------------------------------------------------------------------

    def claim_decided(self, actor: Actor, answer: Answer[ClaimDecision]) -> None:
        """Take a decision to be told in chat. A repeated one has been, or will be, by its first call.

        That a claim is being checked is worth a line only if its answer takes longer than those do anyway."""
        if isinstance(answer.decision, ClaimChecking):
            if not answer.repeated and self._checked.get((actor.key, answer.decision.drop), -1) < answer.at:
                self._lines.decided(actor, answer.request_id, answer.decision)
                self._wake.set()
        elif not answer.repeated and answer.request_id not in self._in_hand:
            self._wait(actor, answer.request_id, answer.decision)

    def committed(self, committed: Committed) -> None:
        """Hear what the lane has just made durable: here, the answers to claims and votes that were being checked.

        Somebody on Discord hears theirs where they pressed, or else from a sweep."""
        for actor, answer in committed.settled:
            if actor.platform != "twitch" or self._chat is None:
                continue
            self._checked[actor.key, answer.decision.drop] = answer.at
            self._in_hand.add(answer.request_id)
            self._lines.completed(actor, answer.request_id, answer.decision)
            self._wake.set()
        for actor, answer in committed.voted:
            # A vote that counts is silent.
            if actor.platform == "twitch" and isinstance(answer.decision, VoteRefused):
                self.vote_refused(actor, answer.decision)

    def say_to(self, actor: Actor, text: str, *, topic: str) -> bool:
        """Say something to somebody: the same text is said once in a while for all, a person is answered once.
        False when nothing will be said for that."""
        will_be_said = self._lines.aside(actor, text, topic)
        self._wake.set()
        return will_be_said

    def forget(self, actor: Actor) -> None:
        """Drop whatever waits to be told to somebody whom the ledger does not know any more."""
        self._in_hand.difference_update(self._lines.forget(actor))

    def vote_refused(self, actor: Actor, refused: VoteRefused, options: Sequence[str] = ()) -> None:
        """Tell somebody why their vote does not count; whoever is refused for the same reason shares the line, and
        it is given once in a while. `options` are the poll's."""
        words, now = self._words, self._clock.now()
        reason = vote_text(words, refused, now, discord=False, options=options)

        def naming(names: Sequence[str]) -> str:
            lines = vote_refused_lines(words, refused, names, now, options=options, named_max=NAMED_A_LINE)
            return lines[0] if len(lines) == 1 else reason

        self._lines.aside(actor, reason, "vote", naming)
        self._wake.set()

    def say_holding(self, actor: Actor, units: Units, besides: str = "") -> None:
        """Tell somebody what they hold, with a sentence on what they have `besides`; whoever holds the like shares
        the line, a person is answered once."""
        self._lines.holding(actor, units, besides)
        self._wake.set()

    def say_now(self, text: str) -> None:
        """Say something about a deed, ahead of the answers."""
        self._lines.urgent(text)
        self._wake.set()

    async def told(self, request_id: str) -> None:
        """Note that a request was answered where it was asked."""
        await self._note((request_id,))

    # -- the work -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Tell what waits, for ever; cancel to stop."""
        while True:
            line = self._lines.next_line(self._lines_ready)
            if line is None:
                await self._until_something_is_due()
            elif await self._is_corrected(line):
                continue
            elif await self._send(line):
                self._lines.settled(line)
                await self._note(line.requests)
            elif not self._lines.apart(line):
                log.warning("an answer cannot be said in chat; the moderators' card at the close names its person")

    async def _is_corrected(self, line: Line) -> bool:
        """Whether the line was put back: told that late, it would have misled."""
        if not self._lines.is_old(line):
            return False
        try:
            drops = await read_drops(self._reads, self._channel_id)
        except Exception:
            # As in _send: the line must not be lost with the error.
            log.exception("could not look up whether a refusal is still true; it is told as it was decided")
            return False
        return self._lines.corrected(line, drops)

    @property
    def _lines_ready(self) -> int:
        return 0 if self._chat is None else self._chat.lines_ready

    async def _until_something_is_due(self) -> None:
        due_at = self._lines.due_at()
        # Something is due and yet unsaid: the budget is short, so look again soon.
        seconds = None if due_at is None else max(BUDGET_LOOK_SECONDS, (due_at - self._steady.now()) / SECOND)
        await woken(self._wake, seconds)

    async def sweep(self, *, at_start: bool = False) -> None:
        """Find decisions that nobody heard of and tell them now, late as it is.

        At the start all of them were lost with an earlier process; later only those that are old enough, besides
        the ones of the start whose place was not connected yet."""
        await self._note(tuple(self._unnoted))
        passed_over = self._in_hand | self._unreachable
        found = [u for u in await untold(self._reads, self._channel_id) if u.request_id not in passed_over]
        if at_start:
            self._orphans = frozenset(u.request_id for u in found)
        # Counted from when a sweep first met it: the moments in the ledger are the wall clock's, which may be set.
        now = self._steady.now()
        self._met = {u.request_id: self._met.get(u.request_id, now) for u in found}
        lost = [u for u in found if u.request_id in self._orphans or self._met[u.request_id] <= now - LOST_AFTER]
        lost = await self._without_overtaken(lost)
        for each in lost:
            if each.actor.platform == "twitch" and self._chat is not None:
                self._wait(each.actor, each.request_id, each.decision, late=True)
        await self._tell_on_board([u for u in lost if u.actor.platform == "discord"])

    async def _without_overtaken(self, lost: list[Untold]) -> list[Untold]:
        """Whoever asked once more and heard the answer to that is owed no refusal of before: it would only mislead
        them, the more so if they have won since. It is noted as told."""
        refused = [each for each in lost if not isinstance(each.decision, ClaimGranted)]
        overtaken = await answered_since(self._reads, self._channel_id, refused)
        await self._note(tuple(overtaken))
        return [each for each in lost if each.request_id not in overtaken]

    def _wait(self, actor: Actor, request_id: str, decision: ClaimDecision, *, late: bool = False) -> None:
        self._in_hand.add(request_id)
        self._lines.decided(actor, request_id, decision, late=late)
        self._wake.set()

    async def _send(self, line: Line) -> bool:
        """True when the line is out (or had no words); False when chat will never take it."""
        while line.text and self._chat is not None:
            try:
                await self._chat.say(line.text, priority=line.priority)
            except PlaceDown:
                await asyncio.sleep(DOWN_LOOK_SECONDS)
            except SendRefused as refused:
                if refused.repeats:
                    break  # the very same words stand there, said moments ago and perhaps by an earlier process
                if refused.retry_after_seconds is None:
                    log.warning("chat refused a line for good", reason=refused.reason)
                    return False
                await asyncio.sleep(refused.retry_after_seconds)
            except Exception:
                # The line must not be lost with the error, nor hold up the lines behind it for ever.
                log.exception("a line could not be sent; whoever it answers is told after a restart")
                return False
            else:
                break
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
                # A refused press is pressed again. Told it was not, so the moderators' card counts its person.
                self._unreachable.add(each.request_id)
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
