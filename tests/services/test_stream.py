"""What the platform reports of the broadcast, and the line after a time without ears."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerDrop, Verb
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.polls import Poll
from bot.domain.stream import ReportStream, Wake
from bot.domain.time import SECOND
from bot.services import stream as stream_module
from bot.services.drops import Drops
from bot.services.ports import PlaceDown
from bot.services.stream import Streams
from bot.storage.database import Reads
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer
from tests.domain.poll_world import poll_plan
from tests.services.fakes import WORDS, NotingLane


class Said:
    """The part of Telling that is used here."""

    def __init__(self):
        self.lines: list[str] = []

    def say_now(self, text):
        self.lines.append(text)


class Evening:
    def __init__(self, lane, reads, clock):
        self.lane, self.clock, self.said = lane, clock, Said()
        self.drops = Drops(lane, reads, CHANNEL, "UTC", clock)
        self.live: bool | Exception = True
        self.poll: Poll | None = None
        self.streams = Streams(self.drops, self.said, WORDS, clock, self.fetch, poll_on=lambda: self.poll)

    async def fetch(self):
        if isinstance(self.live, Exception):
            raise self.live
        return self.live

    async def open(self, *plans):
        await self.lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, plans))
        self.clock.at = NOON
        await self.lane.submit(Wake(CHANNEL))


@pytest.fixture
async def evening(lane, new_ledger, clock):
    reads = Reads(new_ledger)
    yield Evening(lane, reads, clock)
    await reads.close()


@pytest.mark.parametrize(("gap", "lines"), [(0.0, 0), (0.4, 0), (0.5, 1), (300.0, 1)])
async def test_after_a_real_gap_one_line_asks_to_claim_again(evening, gap, lines):
    await evening.open(plan())
    await evening.streams.connected(gap)
    assert len(evening.said.lines) == lines
    assert all("Teal Mug" in line and "claim" in line for line in evening.said.lines)


async def test_the_line_names_each_drop_that_can_be_claimed_and_no_other(evening):
    await evening.open(plan(), plan("print"), plan("coin", supply=1), plan("pin", opens_at=NOON + 10**9))
    await evening.lane.submit(ClaimDrop(CHANNEL, "twitch:1", viewer("ann"), "coin"))
    await evening.lane.submit(SteerDrop(CHANNEL, "twitch:2", MIA, Verb.PAUSE, "print"))
    await evening.streams.connected(60.0)
    (line,) = evening.said.lines
    assert "Teal Mug" in line
    assert not any(title in line for title in ("Teal Print", "Teal Coin", "Teal Pin"))


async def test_a_second_gap_soon_after_is_told_in_other_words_which_twitch_does_not_swallow(evening):
    await evening.open(plan())
    await evening.streams.connected(60.0)
    await evening.streams.connected(60.0)
    first, second = evening.said.lines
    assert first != second
    assert "Teal Mug" in second
    assert "claim" in second


async def test_whoever_voted_in_a_gap_is_asked_to_vote_again_in_words_that_twitch_does_not_swallow(evening):
    evening.poll = Poll(poll_plan(key="next-mug"), "", NOON, NOON + 90 * SECOND)
    await evening.streams.connected(0.4)
    assert evening.said.lines == []
    await evening.streams.connected(1.0)
    await evening.streams.connected(1.0)
    first, second = evening.said.lines
    assert "Colour of the next mug?" in first
    assert "!vote" in first
    assert first != second
    # A paused poll takes no votes, so none was lost.
    evening.poll = replace(evening.poll, paused_at=NOON)
    await evening.streams.connected(1.0)
    assert len(evening.said.lines) == 2


async def test_without_an_open_drop_a_gap_is_nobodys_business(evening):
    await evening.lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
    await evening.streams.connected(60.0)
    assert evening.said.lines == []


async def test_a_platform_that_cannot_say_whether_the_stream_is_live_is_no_reason_to_keep_quiet(evening):
    evening.live = PlaceDown("twitch")
    await evening.open(plan())
    await evening.streams.connected(60.0)
    assert len(evening.said.lines) == 1


async def test_connecting_tells_the_ledger_whether_the_stream_is_live(clock):
    for live in (True, False):
        lane = NotingLane()

        async def fetch(live=live):
            return live

        await Streams(Drops(lane, None, CHANNEL, "UTC", clock), Said(), WORDS, clock, fetch).connected(0.0)
        assert lane.commands == [ReportStream(CHANNEL, live)]


async def test_a_busy_ledger_is_told_again(clock, monkeypatch):
    waited = []

    async def wait(seconds):
        waited.append(seconds)

    monkeypatch.setattr(stream_module.asyncio, "sleep", wait)
    lane = NotingLane(TryAgain("busy"), TryAgain("busy"))
    await Streams(Drops(lane, None, CHANNEL, "UTC", clock), Said(), WORDS, clock, None).reported(False)
    assert lane.commands == [ReportStream(CHANNEL, False)]
    assert waited == [1, 2]
