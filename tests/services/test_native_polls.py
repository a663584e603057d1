"""Twitch's own polls follow ours: through ends that come twice or never, refusals, crashes and gaps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from bot.domain.ballots import Method
from bot.domain.native_polls import Native, NativeAsk, NativePoll, NativeStatus
from bot.domain.poll_control import OpenPoll, PollSteered, PollVerb, SteerPoll
from bot.domain.polls import Poll
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE, SECOND
from bot.services.native_polls import NativePolling
from bot.services.ports import NotAllowed, PlaceDown, SendRefused
from bot.storage.database import Reads
from bot.storage.lane import Lane
from bot.storage.polls import read_polls
from tests.conftest import CHANNEL, MIA, NOON, FixedClock, running_lane
from tests.domain.poll_world import poll_plan
from tests.services.fakes import WORDS, RecordingBoard, until

REQUESTS = count()
KEY = "colour-of-the-next-mug"


@dataclass
class FakeTwitch:
    """Twitch as far as polls matter: one runs at a time, and `faults` come first, by what is asked."""

    clock: FixedClock
    polls: list[NativePoll] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    faults: dict[str, list[Exception]] = field(default_factory=dict)
    after_open: Callable[[], None] = lambda: None
    listens: bool = False
    lags: int = 0
    seconds: list[int] = field(default_factory=list)

    def listen(self) -> None:
        self.listens = True

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.faults.get(what):
            raise self.faults[what].pop(0)

    async def newest(self) -> list[NativePoll]:
        self._ask("newest")
        return self.polls[self.lags :]

    async def open(self, ask: NativeAsk) -> NativePoll:
        self._ask("open")
        assert 15 <= ask.seconds <= 1800
        if any(poll.active for poll in self.polls):
            raise SendRefused("Twitch answers 400 (The broadcaster already has a poll that's running.)")
        self.seconds.append(ask.seconds)
        counts = (0,) * len(ask.choices)
        made = NativePoll(
            f"t{len(self.polls) + 1}", ask.title, ask.choices, counts, NativeStatus.ACTIVE, self.clock.now()
        )
        self.polls.insert(0, made)
        self.after_open()
        return made

    async def end(self, poll_id: str, *, hide: bool = False) -> NativePoll:
        self._ask("hide" if hide else "end")
        if not self[poll_id].active:
            raise SendRefused("Twitch answers 400 (The poll must be active to terminate or archive it.)")
        return self.over(poll_id, NativeStatus.ARCHIVED if hide else NativeStatus.TERMINATED)

    def __getitem__(self, poll_id: str) -> NativePoll:
        return next(poll for poll in self.polls if poll.id == poll_id)

    def put(self, poll: NativePoll) -> NativePoll:
        self.polls = [poll if each.id == poll.id else each for each in self.polls]
        return poll

    def over(self, poll_id: str, status: NativeStatus = NativeStatus.COMPLETED) -> NativePoll:
        """It is over; the event that tells of it."""
        return self.put(replace(self[poll_id], status=status, ended_at=self.clock.now()))

    def votes(self, poll_id: str, *counts: int) -> None:
        self.put(replace(self[poll_id], counts=counts))


@dataclass
class Desk:
    """A lane, a Twitch, and what keeps the one in step with the other."""

    lane: Lane
    clock: FixedClock
    reads: Reads
    twitch: FakeTwitch
    board: RecordingBoard
    said: list[str]
    polling: NativePolling

    async def opened(self, **changes: Any) -> Poll:
        plan = poll_plan(**{"native": Native.ADDED, **changes})
        answer = await self.lane.submit(OpenPoll(CHANNEL, f"twitch:{next(REQUESTS)}", MIA, plan))
        assert isinstance(answer.decision, PollSteered), answer
        await self.polling.look()
        return answer.decision.poll

    async def steered(self, verb: PollVerb, **more: Any) -> None:
        command = SteerPoll(CHANNEL, f"twitch:{next(REQUESTS)}", MIA, verb, confirmed=True, **more)
        await self.lane.submit(command)
        await self.polling.look()

    async def at(self, moment: int) -> None:
        self.clock.at = moment
        await self.lane.submit(Wake(CHANNEL))
        await self.polling.look()

    async def poll(self, key: str = KEY) -> Poll:
        return (await read_polls(self.reads, CHANNEL))[key]

    async def counts(self, key: str = KEY) -> tuple[int, ...] | None:
        """What the ledger has of the votes on Twitch."""
        end = (await self.poll(key)).native
        return None if end is None else end.counts

    @property
    def told(self) -> list[str]:
        return [f"{card.title}: {card.text}" for _, card, _ in self.board.posts]


@asynccontextmanager
async def a_desk(url: Any, clock: FixedClock, twitch: FakeTwitch, *, discord: bool = True) -> AsyncIterator[Desk]:
    reads, board, said = Reads(url), RecordingBoard(), list[str]()
    async with running_lane(url, clock) as lane:
        polling = NativePolling(
            lane,
            reads,
            CHANNEL,
            WORDS,
            clock,
            twitch=twitch,
            board=board if discord else None,
            say=said.append,
            gap_seconds=0.0,
        )
        lane.listen(polling.committed)
        try:
            yield Desk(lane, clock, reads, twitch, board, said, polling)
        finally:
            await reads.close()


@pytest.fixture
def twitch(clock: FixedClock) -> FakeTwitch:
    clock.at = NOON
    return FakeTwitch(clock)


@pytest.fixture
async def desk(new_ledger: Any, clock: FixedClock, twitch: FakeTwitch) -> AsyncIterator[Desk]:
    async with a_desk(new_ledger, clock, twitch) as made:
        yield made


async def test_a_poll_is_put_once_and_then_twitch_is_left_in_peace(desk: Desk) -> None:
    await desk.opened()
    (poll,) = desk.twitch.polls
    assert (poll.title, poll.choices) == ("Colour of the next mug?", ("teal", "plum", "sand"))
    assert desk.twitch.seconds == [89]
    assert desk.twitch.listens
    await desk.at(NOON + 30 * SECOND)
    assert desk.twitch.asked == ["newest", "open"]


async def test_a_poll_without_one_asks_twitch_nothing(desk: Desk) -> None:
    await desk.opened(native=Native.OFF)
    await desk.at(NOON + 90 * SECOND)
    assert desk.twitch.asked == []
    assert not desk.twitch.listens


async def test_an_end_that_is_told_twice_counts_once_and_before_the_close(desk: Desk) -> None:
    await desk.opened()
    desk.twitch.votes("t1", 5, 30, 2)
    desk.clock.at = NOON + 89 * SECOND
    desk.polling.heard(desk.twitch.over("t1"))
    await desk.polling.look()
    desk.twitch.votes("t1", 9, 9, 9)
    desk.polling.heard(desk.twitch.over("t1", NativeStatus.ARCHIVED))
    await desk.at(NOON + 90 * SECOND)
    assert await desk.counts() == (5, 30, 2)
    assert desk.twitch.asked == ["newest", "open"]


async def test_an_end_of_somebody_elses_poll_is_nothing_to_us(desk: Desk) -> None:
    await desk.opened()
    desk.polling.heard(replace(desk.twitch["t1"], id="other", status=NativeStatus.COMPLETED))
    await desk.polling.look()
    assert await desk.counts() is None


async def test_an_end_that_never_came_is_fetched_at_the_close(desk: Desk) -> None:
    await desk.opened()
    desk.twitch.votes("t1", 5, 30, 2)
    desk.clock.at = NOON + 89 * SECOND
    desk.twitch.over("t1")
    await desk.at(NOON + 90 * SECOND)
    assert await desk.counts() == (5, 30, 2)
    assert desk.twitch.asked == ["newest", "open", "end", "newest"]


async def test_a_poll_that_closes_early_ends_on_twitch(desk: Desk) -> None:
    await desk.opened()
    desk.twitch.votes("t1", 0, 1, 0)
    await desk.steered(PollVerb.CLOSE)
    assert desk.twitch["t1"].status is NativeStatus.TERMINATED
    assert await desk.counts() == (0, 1, 0)


async def test_a_cancelled_poll_is_taken_off_the_screen_and_counts_for_nothing(desk: Desk) -> None:
    await desk.opened()
    await desk.steered(PollVerb.CANCEL)
    assert desk.twitch["t1"].status is NativeStatus.ARCHIVED
    assert await desk.counts() is None
    await desk.at(NOON + MINUTE)
    assert desk.twitch.asked == ["newest", "open", "hide"]


async def test_more_time_is_ours_alone(desk: Desk) -> None:
    await desk.opened()
    await desk.steered(PollVerb.EXTEND, added=MINUTE)
    desk.clock.at = NOON + 89 * SECOND
    desk.twitch.votes("t1", 1, 0, 0)
    desk.polling.heard(desk.twitch.over("t1"))
    await desk.at(NOON + 100 * SECOND)
    assert (await desk.poll()).open
    assert await desk.counts() == (1, 0, 0)
    assert len(desk.twitch.polls) == 1


async def test_a_poll_that_the_streamer_ends_on_twitch_goes_on_with_us(desk: Desk) -> None:
    await desk.opened()
    desk.polling.heard(desk.twitch.over("t1", NativeStatus.TERMINATED))
    await desk.polling.look()
    assert (await desk.poll()).open
    assert await desk.counts() == (0, 0, 0)


@pytest.mark.parametrize("lags", [0, 1])
async def test_an_answer_that_was_lost_puts_no_second_poll(desk: Desk, lags: int) -> None:
    """Whether or not Twitch lists at once what it has made."""

    def lose() -> None:
        raise PlaceDown("the answer was lost")

    desk.twitch.after_open = lose
    with pytest.raises(PlaceDown):
        await desk.opened()
    desk.twitch.after_open = lambda: None
    desk.twitch.lags = lags
    if lags:
        desk.twitch.faults["newest"] = [PlaceDown("still down")]
        with pytest.raises(PlaceDown):
            await desk.polling.look()
    real_open = desk.twitch.open

    async def open_and_catch_up(ask: NativeAsk) -> NativePoll:
        desk.twitch.lags = 0
        return await real_open(ask)

    desk.twitch.open = open_and_catch_up  # type: ignore[method-assign]  # the list lags until it is asked to open
    await desk.polling.look()
    assert [poll.active for poll in desk.twitch.polls] == [True]
    await desk.steered(PollVerb.CLOSE)
    assert await desk.counts() == (0, 0, 0)
    assert desk.told == []


async def test_a_bot_that_was_killed_between_putting_and_noting_finds_its_poll(new_ledger, clock, twitch) -> None:
    async with a_desk(new_ledger, clock, twitch) as desk:
        await desk.opened()
    clock.at += 20 * SECOND
    async with a_desk(new_ledger, clock, twitch) as desk:
        await desk.polling.look()
        assert twitch.asked == ["newest", "open", "newest"]
        twitch.votes("t1", 5, 30, 2)
        desk.polling.heard(twitch.over("t1"))
        await desk.polling.look()
        assert await desk.counts() == (5, 30, 2)


async def test_a_bot_that_starts_after_the_close_fetches_what_it_missed(new_ledger, clock, twitch) -> None:
    async with a_desk(new_ledger, clock, twitch) as desk:
        await desk.opened()
    twitch.votes("t1", 5, 30, 2)
    clock.at = NOON + 89 * SECOND
    twitch.over("t1")
    clock.at = NOON + 10 * MINUTE
    async with a_desk(new_ledger, clock, twitch) as desk:
        await desk.at(clock.at)
        assert not (await desk.poll()).open
        assert await desk.counts() == (5, 30, 2)


async def test_a_bot_that_was_away_for_hours_leaves_twitch_alone(new_ledger, clock, twitch) -> None:
    async with a_desk(new_ledger, clock, twitch) as desk:
        await desk.opened()
        # Nothing is done at the close, as if the bot had been killed.
        clock.at = NOON + 90 * SECOND
        await desk.lane.submit(Wake(CHANNEL))
    asked = list(twitch.asked)
    clock.at = NOON + 2 * HOUR
    async with a_desk(new_ledger, clock, twitch) as desk:
        await desk.polling.look()
        assert twitch.asked == asked


async def test_two_polls_with_the_same_words_keep_their_own_votes(new_ledger, clock, twitch) -> None:
    """One is closed and the same is asked again at once; then the bot is started anew."""
    async with a_desk(new_ledger, clock, twitch) as desk:
        await desk.opened()
        twitch.votes("t1", 1, 0, 0)
        clock.at += 20 * SECOND
        await desk.steered(PollVerb.CANCEL)
        await desk.opened()
        twitch.votes("t2", 0, 2, 0)
    clock.at += 10 * SECOND
    async with a_desk(new_ledger, clock, twitch) as desk:
        await desk.polling.look()
        await desk.steered(PollVerb.CLOSE)
        assert await desk.counts(KEY) is None
        assert await desk.counts(f"{KEY}-2") == (0, 2, 0)


async def test_after_a_gap_an_end_that_was_lost_is_read(desk: Desk) -> None:
    await desk.opened()
    desk.twitch.votes("t1", 5, 30, 2)
    desk.twitch.over("t1", NativeStatus.TERMINATED)
    await desk.polling.look()
    assert await desk.counts() is None
    desk.polling.wake()
    desk.twitch.faults["newest"] = [PlaceDown("not yet")]
    with pytest.raises(PlaceDown):
        await desk.polling.look()
    await desk.polling.look()
    assert await desk.counts() == (5, 30, 2)


async def test_another_poll_that_runs_leaves_ours_to_chat_and_the_moderators_hear_why(desk: Desk) -> None:
    other = NativePoll("x", "Who wins?", ("us", "them"), (0, 0), NativeStatus.ACTIVE, NOON - MINUTE)
    desk.twitch.polls.append(other)
    await desk.opened()
    await desk.at(NOON + 10 * SECOND)
    (told,) = desk.told
    assert "Colour of the next mug?" in told
    assert "already has a poll" in told
    await desk.at(NOON + 90 * SECOND)
    assert desk.twitch["x"].active
    assert await desk.counts() is None
    assert (await desk.poll()).result is not None
    assert len(desk.told) == 1


async def test_a_right_that_is_missing_is_told_once_and_not_at_every_poll(desk: Desk) -> None:
    desk.twitch.faults["newest"] = [NotAllowed("Twitch answers 403: it takes an affiliate")] * 2
    for _ in range(2):
        await desk.opened()
        await desk.steered(PollVerb.CLOSE)
    assert len(desk.told) == 1
    assert "affiliate" in desk.told[0]
    # It worked meanwhile: then a refusal is news again.
    await desk.opened()
    await desk.steered(PollVerb.CLOSE)
    desk.twitch.faults["newest"] = [NotAllowed("Twitch answers 403: it takes an affiliate")]
    await desk.opened()
    assert len(desk.told) == 2


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"options": tuple("abcdef")}, "at most 5 options"),
        ({"window": 10 * SECOND}, "at least 15 seconds"),
        ({"window": HOUR}, "at most 30 minutes"),
        ({"question": "x" * 61}, "60 characters"),
        ({"options": ("y" * 26, "n")}, "25 characters"),
        ({"hidden": True}, "this count is hidden"),
        ({"method": Method.APPROVAL}, "one choice"),
    ],
)
async def test_what_does_not_fit_is_not_asked_for(desk: Desk, changes: dict[str, Any], why: str) -> None:
    await desk.opened(**changes)
    await desk.at(NOON + 5 * SECOND)
    assert desk.twitch.asked == ["newest"] or desk.twitch.asked == []
    assert desk.twitch.polls == []
    (told,) = desk.told
    assert why in told


async def test_a_poll_that_is_nearly_over_is_not_put_any_more(new_ledger, clock, twitch) -> None:
    async with a_desk(new_ledger, clock, twitch) as desk:
        twitch.faults["newest"] = [PlaceDown("down")]
        with pytest.raises(PlaceDown):
            await desk.opened()
        await desk.at(NOON + 80 * SECOND)
        assert twitch.polls == []
        assert desk.told == []


async def test_votes_that_twitch_has_thrown_away_are_not_counted(desk: Desk) -> None:
    await desk.opened()
    desk.polling.heard(desk.twitch.over("t1", NativeStatus.MODERATED))
    await desk.polling.look()
    assert await desk.counts() is None
    (told,) = desk.told
    assert "taken it down" in told


async def test_a_poll_that_has_vanished_from_twitch_is_not_asked_for_again(desk: Desk) -> None:
    await desk.opened()
    gone = desk.twitch.polls.pop()
    desk.twitch.faults["end"] = [SendRefused(f"Twitch answers 400 (no poll {gone.id})")]
    await desk.at(NOON + 90 * SECOND)
    asked = len(desk.twitch.asked)
    await desk.at(NOON + 91 * SECOND)
    assert len(desk.twitch.asked) == asked
    assert await desk.counts() is None


async def test_a_poll_that_twitch_will_not_end_is_tried_again(desk: Desk) -> None:
    await desk.opened()
    desk.twitch.faults["end"] = [SendRefused("Twitch answers 400 (not now)")]
    with pytest.raises(PlaceDown):
        await desk.at(NOON + 90 * SECOND)
    await desk.polling.look()
    assert await desk.counts() == (0, 0, 0)


async def test_a_poll_that_twitch_will_not_end_is_not_taken_for_the_next_with_the_same_words(desk: Desk) -> None:
    """Nor does it hold up what is to be done for the next: that moderators hear why it has none."""
    await desk.opened()
    desk.twitch.votes("t1", 9, 9, 9)
    desk.twitch.faults["end"] = [PlaceDown("gone")] * 9
    with pytest.raises(PlaceDown):
        await desk.steered(PollVerb.CLOSE)
    with pytest.raises(PlaceDown):
        await desk.opened()
    assert len(desk.told) == 1
    assert "already has a poll" in desk.told[0]
    del desk.twitch.faults["end"]
    await desk.polling.look()
    assert [await desk.counts(), await desk.counts(f"{KEY}-2")] == [(9, 9, 9), None]


async def test_without_discord_chat_hears_where_to_vote_and_no_reason(new_ledger, clock, twitch) -> None:
    async with a_desk(new_ledger, clock, twitch, discord=False) as desk:
        twitch.faults["newest"] = [NotAllowed("it takes the streamer's login (streamer_token in [twitch])")]
        await desk.opened()
        assert desk.said == ["Twitch's own poll is not there this time: vote here in chat."]


async def test_a_discord_that_is_down_does_not_keep_it_from_being_told(desk: Desk) -> None:
    desk.board.down = PlaceDown("gone")
    desk.twitch.faults["newest"] = [SendRefused("Twitch answers 400")]
    await desk.opened()
    assert desk.said == ["Twitch's own poll is not there this time: vote here in chat."]


async def test_running_it_follows_what_is_committed_and_what_is_heard(desk: Desk) -> None:
    desk.twitch.faults["newest"] = [PlaceDown("Twitch is not there yet", 0.01)]
    running = asyncio.create_task(desk.polling.run())
    try:
        plan = poll_plan(native=Native.BESIDE)
        await desk.lane.submit(OpenPoll(CHANNEL, "twitch:run", MIA, plan))
        await until(lambda: desk.twitch.polls)
        desk.twitch.votes("t1", 5, 30, 2)
        desk.clock.at = NOON + 89 * SECOND
        desk.polling.heard(desk.twitch.over("t1"))
        async with asyncio.timeout(60):
            while await desk.counts() is None:  # noqa: ASYNC110  # the ledger has no event to wait for
                await asyncio.sleep(0)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert desk.twitch.asked == ["newest", "newest", "open"]
