"""Cards that are edited in place: those of drops, polls and game nights show what holds now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import structlog

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS, NewsKind, snapshot
from bot.domain.drops import Drop, DropState
from bot.domain.nights import Night, night_of_scope, night_scope
from bot.domain.poll_news import night_snapshot, poll_snapshot
from bot.domain.polls import Poll, poll_of_scope
from bot.domain.time import DAY, Micros
from bot.services.ports import BoardSender, Clock, PlaceDown, SendRefused
from bot.storage.database import Reads
from bot.storage.drops import read_drops
from bot.storage.nights import read_nights
from bot.storage.polls import read_polls, so_far
from bot.storage.telling import PostedCard, last_card
from bot.wording.announcing import control_card, live_card
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.checkpoints import note_blocks
from bot.wording.nights import live_night_card
from bot.wording.polls import live_poll_card

log = structlog.get_logger(__name__)

# Discord slows down whoever edits one message more often than this.
EDIT_GAP_SECONDS = 1.5
# News whose cards are edited in place from then on.
KEPT = frozenset({NewsKind.OPENED, NewsKind.CONTROL, NewsKind.POLL_OPENED, NewsKind.NIGHT_CREATED})
# What is over for longer was brought up to date by whichever process saw its end.
OVER_LATELY = DAY

Draw = Callable[[PostedCard, Micros], Awaitable[Card]]
"""The card as it is to stand now, where it was posted like this."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger says of everything that has cards, by the names under which entries tell of it."""

    drops: Mapping[str, Drop] = field(default_factory=dict)
    polls: Mapping[str, Poll] = field(default_factory=dict)
    nights: Mapping[str, Night] = field(default_factory=dict)


class KeptCards:
    """Cards are edited together, and no sooner than `edit_gap_seconds` after the last time."""

    def __init__(
        self,
        reads: Reads,
        channel_id: int,
        words: Wording,
        clock: Clock,
        *,
        board: BoardSender | None,
        places: Iterable[str],
        edit_gap_seconds: float = EDIT_GAP_SECONDS,
    ) -> None:
        self._reads = reads
        self._channel_id = channel_id
        self._words = words
        self._clock = clock
        self._board = board
        self._places = frozenset(places)
        self._edit_gap_seconds = edit_gap_seconds
        self._stale: set[str] = set()
        self._wake = asyncio.Event()
        self._shown: dict[tuple[str, str], Card] = {}

    def changed(self, scopes: Iterable[str]) -> None:
        """These drops, polls and nights are not as their cards show them."""
        self._stale.update(scopes)
        self._wake.set()

    def wake(self) -> None:
        """The place may be back: try again."""
        self._wake.set()

    async def mark_all(self) -> None:
        """Whatever an earlier process may have left behind as it was."""
        known, since = await self._read(drops=True, polls=None, nights=True), self._clock.now() - OVER_LATELY
        stale = {key for key, drop in known.drops.items() if drop.public and drop.state is not DropState.SETTLED}
        stale |= {poll.scope for poll in known.polls.values() if poll.open or (poll.closed_at or 0) > since}
        stale |= {night_scope(key) for key, night in known.nights.items() if night.on or night.ends_at > since}
        self.changed(stale)

    async def run(self) -> None:
        """Keep them, for ever; cancel to stop."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            stale, self._stale = self._stale, set()
            known = await self._known(stale)
            for scope in sorted(stale):
                try:
                    for place, kind, draw in self._cards(known, scope):
                        await self._refresh(scope, place, kind, draw)
                except PlaceDown:
                    self._stale.add(scope)
                except Exception:
                    log.exception("a card could not be brought up to date", drop=scope)
            await asyncio.sleep(self._edit_gap_seconds)
            if self._stale:
                self._wake.set()

    async def _known(self, scopes: Collection[str]) -> _Known:
        polls = {poll for scope in scopes if (poll := poll_of_scope(scope)) is not None}
        nights = any(night_of_scope(scope) is not None for scope in scopes)
        drops = any(poll_of_scope(scope) is None and night_of_scope(scope) is None for scope in scopes)
        return await self._read(drops=drops, polls=polls, nights=nights)

    async def _read(self, *, drops: bool, polls: Collection[str] | None, nights: bool) -> _Known:
        """Of the polls only those of these keys, None for all: a channel may have had hundreds."""
        return _Known(
            await read_drops(self._reads, self._channel_id) if drops else {},
            await read_polls(self._reads, self._channel_id, polls) if polls is None or polls else {},
            await read_nights(self._reads, self._channel_id) if nights else {},
        )

    def _cards(self, known: _Known, scope: str) -> list[tuple[str, NewsKind, Draw]]:
        """Where something has cards, by the news that they were posted with."""
        poll, night = known.polls.get(poll_of_scope(scope) or ""), known.nights.get(night_of_scope(scope) or "")
        drop = known.drops.get(scope)
        if poll is not None:
            return [(DISCORD_ANNOUNCEMENTS, NewsKind.POLL_OPENED, self._poll(poll))]
        if night is not None:
            return [(DISCORD_ANNOUNCEMENTS, NewsKind.NIGHT_CREATED, self._night(night))]
        # What the cards of a frozen drop show is the witness of what the ledger has forgotten.
        if drop is None or drop.frozen:
            return []
        return [
            (DISCORD_ANNOUNCEMENTS, NewsKind.OPENED, self._drop(drop, live_card)),
            (DISCORD_MODERATORS, NewsKind.CONTROL, self._drop(drop, control_card)),
        ]

    def _drop(self, drop: Drop, render: Callable[[Wording, Mapping[str, object], Micros], Card]) -> Draw:
        async def draw(posted: PostedCard, now: Micros) -> Card:
            # What was signed when the card was posted stays on it, whatever the drop has come to since.
            return render(self._words, {**snapshot(drop), "note": posted.about.get("note", "")}, now)

        return draw

    def _poll(self, poll: Poll) -> Draw:
        async def draw(posted: PostedCard, now: Micros) -> Card:
            now_on, counts = await so_far(self._reads, self._channel_id, poll)
            card = live_poll_card(self._words, poll_snapshot(now_on), counts, now)
            return replace(card, blocks=(*card.blocks, *note_blocks(self._words, posted.about)))

        return draw

    def _night(self, night: Night) -> Draw:
        async def draw(posted: PostedCard, now: Micros) -> Card:
            return live_night_card(self._words, night_snapshot(night), now)

        return draw

    async def _refresh(self, scope: str, place: str, kind: NewsKind, draw: Draw) -> None:
        """Bring one card up to date. Raises PlaceDown."""
        if place not in self._places or self._board is None:
            return
        posted = await last_card(self._reads, self._channel_id, place, scope, kind)
        if posted is None:
            return
        wanted = await draw(posted, self._clock.now())
        if self._shown.get((place, posted.reference)) == wanted:
            return
        try:
            await self._board.edit(place, posted.reference, wanted)
        except SendRefused as refused:
            if refused.retry_after_seconds is not None:
                self._stale.add(scope)
                return
            log.info("a card cannot be kept up to date", place=place, reason=refused.reason)
        self._shown[place, posted.reference] = wanted
