"""Twitch's own poll beside ours, from the lane to the wire and back: put, voted in, ended, told twice, lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.domain.native_polls import Native
from bot.domain.poll_control import OpenPoll, PollVerb, SteerPoll
from bot.domain.polls import Poll
from bot.opening import SystemClock
from bot.platforms.twitch.platform import TwitchPlatform
from bot.services.native_polls import NativePolling
from bot.stage.server import Stage
from bot.storage.database import Reads
from bot.storage.lane import Lane
from bot.storage.polls import read_polls
from tests.conftest import CHANNEL, MIA, running_lane
from tests.domain.poll_world import poll_plan
from tests.platforms.rig import Heard, open_stage, running, twitch_settings, until
from tests.services.fakes import WORDS, RecordingBoard

REQUESTS = count()
KEY = "colour-of-the-next-mug"


@dataclass
class Evening:
    """A ledger and a connected bot, as far as polls go."""

    stage: Stage
    lane: Lane
    reads: Reads
    board: RecordingBoard
    platform: TwitchPlatform
    polling: NativePolling

    async def opened(self, **changes: Any) -> None:
        plan = poll_plan(**{"native": Native.ADDED, **changes})
        await self.lane.submit(OpenPoll(CHANNEL, f"twitch:{next(REQUESTS)}", MIA, plan))
        await until(lambda: self.stage.twitch.polls.running)

    async def steered(self, verb: PollVerb) -> None:
        await self.lane.submit(SteerPoll(CHANNEL, f"twitch:{next(REQUESTS)}", MIA, verb, confirmed=True))

    async def hears_ends(self) -> None:
        await until(
            lambda: any(each.type.name == "channel.poll.end" for each in self.stage.twitch.sessions.subscriptions())
        )

    async def noted(self) -> Poll:
        """Our poll, once the ledger knows how Twitch's has ended."""
        async with asyncio.timeout(60):
            while (poll := (await read_polls(self.reads, CHANNEL))[KEY]).native is None:  # noqa: ASYNC110  # no event tells it
                await asyncio.sleep(0.02)
        return poll

    def votes(self, **of: int) -> None:
        for login, choice in of.items():
            assert self.stage.twitch.vote(self.stage.twitch.add_user(login), choice)


@asynccontextmanager
async def an_evening(stage: Stage, url: Any) -> AsyncIterator[Evening]:
    heard, board, reads, clock = Heard(), RecordingBoard(), Reads(url), SystemClock()

    async def connected(gap_seconds: float) -> None:
        polling.wake()
        await heard.on_connected(gap_seconds)

    platform = TwitchPlatform(
        twitch_settings(stage),
        install=heard.install,
        on_connected=connected,
        on_poll=lambda ended: polling.heard(ended),
    )
    async with running_lane(url, clock) as lane:
        polling = NativePolling(
            lane,
            reads,
            CHANNEL,
            WORDS,
            clock,
            twitch=platform.polls,
            board=board,
            say=lambda text: None,
            gap_seconds=0.0,
        )
        lane.listen(polling.committed)
        async with running(platform.run):
            await until(lambda: heard.gaps, within=60.0)
            following = asyncio.create_task(polling.run())
            try:
                yield Evening(stage, lane, reads, board, platform, polling)
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
    await reads.close()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as opened:
        yield opened


@pytest.fixture
async def evening(stage: Stage, new_ledger: Any) -> AsyncIterator[Evening]:
    async with an_evening(stage, new_ledger) as made:
        yield made


async def test_a_poll_that_closes_ends_on_twitch_and_its_votes_are_kept(evening: Evening) -> None:
    await evening.opened()
    on = evening.stage.twitch.polls.running
    assert on is not None
    assert (on.title, on.points_per_vote) == ("Colour of the next mug?", 0)
    evening.votes(ann=1, bob=2, cleo=2)
    await evening.steered(PollVerb.CLOSE)
    poll = await evening.noted()
    assert poll.native is not None
    assert (poll.native.id, poll.native.counts, poll.native.status) == (on.id, (1, 2, 0), "terminated")
    assert evening.board.posts == []


async def test_an_end_that_twitch_tells_of_itself_is_kept_once(evening: Evening) -> None:
    evening.stage.twitch.polls.archive_seconds = 0.05
    await evening.opened()
    await evening.hears_ends()
    evening.votes(ann=3)
    on = evening.stage.twitch.polls.running
    assert on is not None
    evening.stage.twitch.polls.end(on.id, "TERMINATED")
    poll = await evening.noted()
    assert poll.open
    await until(lambda: on.status == "ARCHIVED")
    await evening.steered(PollVerb.CLOSE)
    poll = await evening.noted()
    assert poll.native is not None
    assert (poll.native.counts, poll.native.status) == ((0, 0, 1), "terminated")


async def test_an_end_that_is_lost_while_the_connection_moves_is_read_afterwards(evening: Evening) -> None:
    await evening.opened()
    await evening.hears_ends()
    evening.votes(ann=1)
    on = evening.stage.twitch.polls.running
    assert on is not None
    evening.stage.twitch.faults.lose_next(1)
    evening.stage.twitch.polls.end(on.id, "TERMINATED")
    evening.stage.twitch.faults.close_sockets(4003)
    poll = await evening.noted()
    assert poll.native is not None
    assert poll.native.counts == (1, 0, 0)
    assert poll.open


async def test_a_bot_that_starts_again_takes_up_the_poll_it_has_put(stage: Stage, new_ledger: Path) -> None:
    async with an_evening(stage, new_ledger) as evening:
        await evening.opened()
        evening.votes(ann=1)
    async with an_evening(stage, new_ledger) as evening:
        evening.votes(bob=1)
        await evening.steered(PollVerb.CLOSE)
        poll = await evening.noted()
    assert poll.native is not None
    assert poll.native.counts == (2, 0, 0)
    assert len(stage.twitch.polls.newest_first) == 1


async def test_a_channel_that_is_no_affiliate_loses_nothing(evening: Evening) -> None:
    evening.stage.twitch.broadcaster_type = ""
    await evening.lane.submit(OpenPoll(CHANNEL, "twitch:poor", MIA, poll_plan(native=Native.ADDED)))
    await until(lambda: evening.board.posts)
    await evening.steered(PollVerb.CLOSE)
    poll = (await read_polls(evening.reads, CHANNEL))[KEY]
    assert poll.result is not None
    assert poll.native is None
    (posted,) = evening.board.posts
    assert "affiliate" in posted[1].text
