"""Twitch's own polls beside ours: put, ended and counted; whatever goes wrong there stops no poll of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog
from cachetools import LRUCache

from bot.domain.announcing import DISCORD_MODERATORS
from bot.domain.answers import TryAgain
from bot.domain.native_polls import NativeFault, NativePoll, NativeStatus
from bot.domain.native_rules import (
    NativeWish,
    NoteNative,
    end_of,
    native_ask,
    native_fault,
    native_wish,
    ours_among,
)
from bot.domain.polls import Poll, poll_of_scope
from bot.domain.time import HOUR, Micros
from bot.services.ports import BoardSender, Clock, LedgerLane, NativePolls, NotAllowed, PlaceDown, SendRefused
from bot.services.waiting import woken
from bot.storage.database import Reads
from bot.storage.lane import Committed
from bot.storage.native_polls import recent_polls
from bot.wording.catalogue import Wording
from bot.wording.native_polls import native_away_card, native_away_line

log = structlog.get_logger(__name__)

GAP_SECONDS = 0.5  # votes are committed all the time, and none of them asks anything of Twitch
BACK_OFF_SECONDS_MAX = 30.0
# For so long after the close an end is asked for: whoever was away longer has nothing to add to a result.
LOOK_BACK: Micros = HOUR
_POLLS_MAX = 100


class NativePolling:
    """`say` puts a line into chat, for a channel without Discord."""

    def __init__(
        self,
        lane: LedgerLane,
        reads: Reads,
        channel_id: int,
        words: Wording,
        clock: Clock,
        *,
        twitch: NativePolls,
        board: BoardSender | None,
        say: Callable[[str], None],
        gap_seconds: float = GAP_SECONDS,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._words = words
        self._clock = clock
        self._twitch = twitch
        self._board = board
        self._say = say
        self._gap_seconds = gap_seconds
        self._wake, self._back = asyncio.Event(), asyncio.Event()
        # By our poll's key: the one on Twitch as it was last seen. No truth: after a start it is found again.
        self._seen: LRUCache[str, NativePoll] = LRUCache(_POLLS_MAX)
        # Polls of which nothing is to be asked any more, by key.
        self._done: LRUCache[str, bool] = LRUCache(_POLLS_MAX)
        self._deaf = False
        self._told_not_allowed = False

    def committed(self, committed: Committed) -> None:
        """Hear what the lane has just made durable."""
        if any(poll_of_scope(scope) is not None for scope in committed.drops):
            self._wake.set()

    def heard(self, ended: NativePoll) -> None:
        """Twitch tells that a poll is over, whoever has put it; it may do so several times."""
        for key, seen in self._seen.items():
            if seen.id == ended.id and seen.active:
                self._seen[key] = ended
                self._wake.set()
                return

    def wake(self) -> None:
        """Twitch may be back, and what it told meanwhile is lost: look again."""
        self._deaf = True
        self._wake.set()
        self._back.set()

    async def run(self) -> None:
        """Keep Twitch's polls in step with ours, for ever; cancel to stop."""
        back_off = 0.0
        while True:
            try:
                await self.look()
                back_off = 0.0
            except (PlaceDown, TryAgain) as down:
                asked = down.retry_after_seconds if isinstance(down, PlaceDown) else None
                back_off = asked or min(BACK_OFF_SECONDS_MAX, max(1.0, back_off * 2))
            if back_off:
                await woken(self._back, back_off)
            else:
                # First of all the pause: an end that comes now is noted at once, and ours is about to close.
                await asyncio.sleep(self._gap_seconds)
                await woken(self._wake, None)

    async def look(self) -> None:
        """Do what is to be done now. Raises PlaceDown or TryAgain: the rest comes later.

        A poll with which Twitch is in trouble holds up no other."""
        deaf, self._deaf = self._deaf, False
        trouble: PlaceDown | TryAgain | None = None
        polls = await recent_polls(self._reads, self._channel_id, self._clock.now() - LOOK_BACK)
        # An end is taken for one poll alone, also where two that asked the same were open within a minute.
        noted = {poll.native.id for poll in polls if poll.native is not None}
        for poll in polls:
            wish = native_wish(poll)
            if wish is NativeWish.NOTHING or poll.key in self._done:
                continue
            taken = noted | {seen.id for key, seen in self._seen.items() if key != poll.key}
            try:
                await self._keep(poll, wish, taken, again=deaf)
            except (PlaceDown, TryAgain) as later:
                trouble = later
            except SendRefused as refused:
                await self._give_up(poll, refused)
        if trouble is not None:
            self._deaf = deaf or self._deaf
            raise trouble

    async def _keep(self, poll: Poll, wish: NativeWish, taken: set[str], *, again: bool) -> None:
        """Bring the poll on Twitch in step with ours; with `again` what is known of it may be out of date."""
        seen = self._seen.get(poll.key)
        if seen is None or (again and seen.active):
            seen = self._found(poll, await self._twitch.newest(), taken)
        if seen is None and wish is NativeWish.SHOWN:
            await self._put(poll, taken)
            return
        if seen is None:
            self._done[poll.key] = True
            return
        if seen.active and wish is NativeWish.SHOWN:
            return
        if seen.active:
            seen = self._seen[poll.key] = await self._ended(seen, hide=wish is NativeWish.TAKEN_AWAY)
        end = end_of(seen, self._clock.now())
        if end is not None and wish is not NativeWish.TAKEN_AWAY:
            await self._lane.submit(NoteNative(self._channel_id, poll.key, end))
        elif wish is not NativeWish.TAKEN_AWAY:
            await self._tell(poll, "")
        self._done[poll.key] = True

    async def _put(self, poll: Poll, taken: set[str]) -> None:
        """Have Twitch show the poll, unless there is too little time left for that."""
        ask = native_ask(poll, self._clock.now())
        if isinstance(ask, NativeFault):
            self._done[poll.key] = True
            if native_fault(poll.plan) is not None:
                await self._tell(poll, ask)
            return
        self._twitch.listen()
        try:
            self._seen[poll.key] = await self._twitch.open(ask)
        except NotAllowed:
            raise
        except SendRefused:
            # Perhaps one runs because it is ours: the answer was lost, and Twitch's list lags behind.
            if self._found(poll, await self._twitch.newest(), taken) is None:
                raise
        self._told_not_allowed = False

    def _found(self, poll: Poll, newest: Sequence[NativePoll], taken: set[str]) -> NativePoll | None:
        """The poll on Twitch beside ours as it is now, by its id where we know that."""
        seen = self._seen.get(poll.key)
        if seen is not None:
            # While we asked, an event may have told of the end.
            seen = _by_id(newest, seen.id) or seen if seen.active else seen
        else:
            seen = ours_among(poll, newest, taken)
        if seen is not None:
            self._twitch.listen()
            self._seen[poll.key] = seen
        return seen

    async def _ended(self, seen: NativePoll, *, hide: bool) -> NativePoll:
        """The poll on Twitch as it has ended, now or just before. Raises PlaceDown where it has done neither."""
        try:
            return await self._twitch.end(seen.id, hide=hide)
        except NotAllowed:
            raise
        except SendRefused:
            now = _by_id(await self._twitch.newest(), seen.id)
        if now is not None and now.active:
            raise PlaceDown("Twitch neither ends the poll nor says that it is over")
        return now or replace(seen, status=NativeStatus.INVALID)

    async def _give_up(self, poll: Poll, refused: SendRefused) -> None:
        """Ours goes on without; the moderators hear it, of a right that is missing once and not at every poll."""
        self._done[poll.key] = True
        log.warning("Twitch refuses a poll of its own", poll=poll.key, reason=refused.reason)
        if not poll.open or (isinstance(refused, NotAllowed) and self._told_not_allowed):
            return
        self._told_not_allowed = isinstance(refused, NotAllowed)
        await self._tell(poll, refused.reason)

    async def _tell(self, poll: Poll, why: NativeFault | str) -> None:
        """Tell the moderators why there is none, where they can be reached."""
        if self._board is not None:
            card = native_away_card(self._words, poll.plan.question, why)
            try:
                await self._board.post(DISCORD_MODERATORS, card, nonce=f"native-{self._clock.now():x}"[:25])
            except (PlaceDown, SendRefused):
                log.warning("the moderators cannot be told about Twitch's own poll", poll=poll.key)
            else:
                return
        if poll.open:
            self._say(native_away_line(self._words))


def _by_id(polls: Sequence[NativePoll], poll_id: str) -> NativePoll | None:
    return next((each for each in polls if each.id == poll_id), None)
