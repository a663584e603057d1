"""Everybody's news: each place empties its own part of the outbox."""

from __future__ import annotations

import asyncio
from collections import Counter

import structlog

from bot.domain.announcing import (
    DISCORD_MODERATORS,
    TWITCH_CHAT,
    NewsKind,
    Priority,
)
from bot.domain.answers import TryAgain
from bot.domain.publishing import Publishing
from bot.domain.stream import Pace
from bot.domain.telling import NoteAttempt, NoteSent
from bot.domain.time import SECOND, Micros
from bot.services.kept_cards import EDIT_GAP_SECONDS, KEPT, KeptCards
from bot.services.ports import BoardSender, ChatSender, Clock, LedgerLane, PlaceDown, ResultsFiles, SendRefused
from bot.services.results import Results, no_files
from bot.services.waiting import woken
from bot.storage.database import Reads
from bot.storage.lane import Committed
from bot.storage.links import read_link
from bot.storage.telling import PendingNews, is_noted, pending_news, untold
from bot.wording.announcing import card as card_of
from bot.wording.announcing import chat_line, frozen_card, lost_card, repair_card
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.codes import burned_card
from bot.wording.linking import merge_card

log = structlog.get_logger(__name__)

BACK_OFF_SECONDS_MAX = 30.0
# After this an answer to a claim is late, and the moderators should hear of it.
ANSWERS_TAKE = 30 * SECOND
NOTE_AGAIN_SECONDS = 1.0
STUMBLES_MAX = 4
_ONCE_MORE = "·"
_USUAL = Publishing()
# What moderators read of a repair is not what viewers read.
_MODERATORS_CARDS = {
    NewsKind.FROZEN: frozen_card,
    NewsKind.THAWED: lost_card,
    NewsKind.CODE_BURNED: burned_card,
}


class Announcing:
    """One sender per place. A place that is down keeps its news and never holds up another. Cards that were posted
    are kept up to date, all of them together, and no sooner than `edit_gap_seconds` after the last time.

    `moments` is the ledger's time, by which windows and polls end: somebody may set `clock` back meanwhile."""

    def __init__(
        self,
        lane: LedgerLane,
        reads: Reads,
        channel_id: int,
        words: Wording,
        clock: Clock,
        pace: Pace,
        *,
        chat: ChatSender | None,
        board: BoardSender | None,
        places: tuple[str, ...],
        edit_gap_seconds: float = EDIT_GAP_SECONDS,
        publishing: Publishing = _USUAL,
        results_files: ResultsFiles = no_files,
        moments: Clock | None = None,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._words = words
        self._clock = clock
        self._moments = moments or clock
        self._pace = pace
        self._chat = chat
        self._board = board
        self._fingerprints = publishing.fingerprints
        self._results = Results(words, publishing, results_files)
        self._wakes = {place: asyncio.Event() for place in places}
        self._kept = KeptCards(
            reads, channel_id, words, clock, board=board, places=places, edit_gap_seconds=edit_gap_seconds
        )
        self._last_line_at: Micros = 0
        self._stumbles: Counter[int] = Counter()

    def committed(self, committed: Committed) -> None:
        """Hear what the lane has just made durable."""
        for place, wake in self._wakes.items():
            if place in committed.places:
                wake.set()
        if committed.drops:
            self._kept.changed(committed.drops)

    def wake_all(self) -> None:
        """A place may be back: look again."""
        for wake in self._wakes.values():
            wake.set()
        self._kept.wake()

    async def run(self) -> None:
        """Announce and keep cards, for ever; cancel to stop."""
        self.wake_all()
        await self._kept.mark_all()
        async with asyncio.TaskGroup() as group:
            for place in self._wakes:
                group.create_task(self._empty(place), name=f"announce {place}")
            if self._board is not None:
                group.create_task(self._kept.run(), name="keep cards")

    async def _empty(self, place: str) -> None:
        """Say what is to be said in one place. Whatever goes wrong here goes wrong in no other place."""
        back_off = 0.0
        while True:
            try:
                news = await pending_news(self._reads, self._channel_id, place)
                early = [each for each in news if await self._too_early(each)]
                for each in news:
                    if each not in early:
                        await self._announce_or_stumble(each)
                back_off = 0.0
                if early:
                    await self._pause(place, 1.0)
                elif not news:
                    await self._wakes[place].wait()
                    self._wakes[place].clear()
            except (PlaceDown, TryAgain):
                back_off = min(BACK_OFF_SECONDS_MAX, max(0.5, back_off * 2))
                await self._pause(place, back_off)
            except SendRefused as refused:
                await asyncio.sleep(refused.retry_after_seconds or 1.0)
            except Exception:
                log.exception("a place stumbled over its news", place=place)
                back_off = min(BACK_OFF_SECONDS_MAX, max(1.0, back_off * 2))
                await asyncio.sleep(back_off)

    async def _announce_or_stumble(self, news: PendingNews) -> None:
        """News that fails in an unforeseen way is given up after some tries, or nothing after it is ever said."""
        try:
            await self._announce(news)
        except (PlaceDown, TryAgain, SendRefused):
            raise
        except Exception:
            self._stumbles[news.id] += 1
            if self._stumbles[news.id] < STUMBLES_MAX:
                raise
            log.exception("a piece of news is given up", place=news.place, kind=str(news.kind))
            await self._note_sent(NoteSent(self._channel_id, news.id, "failed"))

    async def _pause(self, place: str, seconds: float) -> None:
        """Wait before the next try, or until the place says that it is back."""
        await woken(self._wakes[place], seconds)

    async def _announce(self, news: PendingNews) -> None:
        """Say one piece of news and note it. Raises PlaceDown, TryAgain, or SendRefused with a time to wait."""
        now = self._moments.now()
        if self._not_worth_saying(news, now):
            await self._lane.submit(NoteSent(self._channel_id, news.id, "skipped"))
            return
        await self._lane.submit(NoteAttempt(self._channel_id, news.id))
        try:
            result, reference = "sent", await self._send(news, now)
        except SendRefused as refused:
            if refused.repeats and news.attempted_at is not None:
                # The attempt whose answer we never got has reached everybody: this is not ours to say again.
                result, reference = "sent", ""
            elif refused.retry_after_seconds is not None:
                raise
            else:
                log.warning("a place refused the news for good", place=news.place, reason=refused.reason)
                result, reference = f"refused: {refused.reason}"[:200], ""
        await self._note_sent(NoteSent(self._channel_id, news.id, result, reference))
        if reference and news.kind in KEPT:
            # The card shows the drop of when the news was made; meanwhile it may have been claimed empty.
            self._kept.changed((news.drop,))

    async def _note_sent(self, note: NoteSent) -> None:
        """Have the ledger take this note, however long that lasts: what was said must not be said again."""
        while True:
            try:
                await self._lane.submit(note)
            except TryAgain:
                await asyncio.sleep(NOTE_AGAIN_SECONDS)
            else:
                return

    async def _too_early(self, news: PendingNews) -> bool:
        """Whoever is still waiting for an answer at the close has not been forgotten yet."""
        # A clock that was set back must not keep it from the moderators until it has caught up.
        if news.kind is not NewsKind.REPAIR or abs(self._clock.now() - news.created_at) > ANSWERS_TAKE:
            return False
        return bool(await untold(self._reads, self._channel_id, drop=news.drop))

    def _not_worth_saying(self, news: PendingNews, now: Micros) -> bool:
        if news.expires_at is not None and now >= news.expires_at:
            return True
        milestone = news.place == TWITCH_CHAT and news.priority is Priority.MILESTONE
        # A clock that was set back must not silence milestones until it has caught up.
        return milestone and 0 <= now - self._last_line_at < self._pace.milestone_gap

    async def _send(self, news: PendingNews, now: Micros) -> str:
        if news.place == TWITCH_CHAT:
            if self._chat is None:
                raise PlaceDown(news.place)
            line = chat_line(self._words, news.kind, news.about, now, fingerprints=self._fingerprints)
            reference = await self._say(self._chat, line, news)
            self._last_line_at = now
            return reference
        if self._board is None:
            raise PlaceDown(news.place)
        card = await self._card(news, now)
        if news.attempted_at is not None:
            # Discord forgets a nonce after some minutes, and this attempt may be older.
            posted = await self._posted(news.place, card, news.attempted_at)
            if posted:
                return posted
        nonce = _nonce_of(news)
        if news.kind is NewsKind.CLOSED:
            return await self._results.post(self._board, news.place, card, drop=news.drop, nonce=nonce)
        return await self._board.post(news.place, card, nonce=nonce)

    async def _say(self, chat: ChatSender, line: str, news: PendingNews) -> str:
        try:
            return await chat.say(line, priority=news.priority)
        except SendRefused as refused:
            if not refused.repeats or news.attempted_at is not None:
                raise
        # The same poll once more, say: those are other news in the same words, which Twitch takes as a repetition.
        return await chat.say(f"{line} {_ONCE_MORE}", priority=news.priority)

    async def _posted(self, place: str, card: Card, since: Micros) -> str:
        try:
            found = await self._board.find(place, card, since=since) if self._board is not None else ()
        except SendRefused as refused:
            log.info("cannot look back whether a card was posted", place=place, reason=refused.reason)
            return ""
        for message_id in found:
            # Closed, reopened and closed again within a minute: the first closing's card is not the second's. And
            # the card of a poll that was put a moment ago says by now that it is cancelled, as the news of that do.
            if not await is_noted(self._reads, self._channel_id, place, message_id):
                return message_id
        return ""

    async def _card(self, news: PendingNews, now: Micros) -> Card:
        if news.kind is NewsKind.REPAIR:
            lost = await untold(self._reads, self._channel_id, drop=news.drop)
            return repair_card(self._words, news.about, list(dict.fromkeys(u.actor.name for u in lost)), now)
        if news.kind is NewsKind.LINK_MERGES:
            number = int(news.about["link"])
            link = await self._reads.consult(lambda connection: read_link(connection, self._channel_id, number))
            accounts = {} if link is None else link.accounts
            names = {platform: account.name for platform, account in accounts.items()}
            return merge_card(self._words, news.about, names)
        if news.place == DISCORD_MODERATORS and news.kind in _MODERATORS_CARDS:
            return _MODERATORS_CARDS[news.kind](self._words, news.about)
        return card_of(self._words, news.kind, news.about, now)


def _nonce_of(news: PendingNews) -> str:
    """At most 25 characters. A restored ledger counts its news anew: with the number alone, Discord would take the
    first cards after a repair for repetitions of those from before."""
    return f"md-{news.created_at:x}-{news.id}"[:25]
