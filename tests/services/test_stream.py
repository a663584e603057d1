"""What the platform reports of the broadcast, and the line after a time without ears."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerDrop, Verb
from bot.domain.drops import DropState
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.polls import Poll
from bot.domain.stream import ReportStream, Wake
from bot.domain.time import HOUR, MINUTE, SECOND
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
        lane.listen(self.streams.committed)

    async def fetch(self):
        if isinstance(self.live, Exception):
            raise self.live
        return self.live

    async def open(self, *plans):
        await self.lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, plans))
        await self.wake_at(NOON)

    async def wake_at(self, at):
        self.clock.at = at
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


CLOSES = NOON + 15 * MINUTE


@pytest.mark.parametrize("heard_before", [True, False])
async def test_whoever_claimed_in_a_gap_in_which_the_drop_closed_hears_it_did_not_count(evening, heard_before):
    await evening.open(plan(), plan("coin", supply=1), plan("pin", window=HOUR))
    if heard_before:
        await evening.streams.connected(0.0)
    await evening.lane.submit(ClaimDrop(CHANNEL, "twitch:1", viewer("ann"), "coin"))
    await evening.lane.submit(ClaimDrop(CHANNEL, "twitch:2", viewer("ann"), "mug"))
    await evening.wake_at(CLOSES)
    await evening.streams.connected(60.0)
    closed, still_open = evening.said.lines
    assert "Teal Mug closed with 47 left" in closed
    # Of a drop that is sold out they have heard, and another one is still open.
    assert not any(title in closed for title in ("Teal Coin", "Teal Pin"))
    assert "Teal Pin" in still_open
    assert "Teal Mug" not in still_open
    await evening.streams.connected(0.5)
    assert "Teal Mug" not in " ".join(evening.said.lines[2:])


@pytest.mark.parametrize(("before_the_close", "word"), [(1, "type !md claim"), (0, "closed with 48 left")])
async def test_a_drop_whose_time_is_just_up_is_not_named_as_one_that_is_open(evening, before_the_close, word):
    await evening.open(plan())
    evening.clock.at = CLOSES - before_the_close
    evening.live = PlaceDown("twitch")
    await evening.streams.connected(0.5)
    (line,) = evening.said.lines
    assert "Teal Mug" in line
    assert word in line


async def test_a_drop_that_closed_before_the_gap_is_no_part_of_it(evening):
    await evening.open(plan())
    await evening.streams.connected(0.0)
    await evening.wake_at(CLOSES)
    evening.clock.at = CLOSES + MINUTE
    await evening.streams.connected(59.9)
    assert evening.said.lines == []
    await evening.streams.connected(60.0)
    assert len(evening.said.lines) == 1


async def test_a_drop_that_opens_and_closes_before_chat_is_heard_at_all_is_told_of(evening):
    await evening.open(plan())
    await evening.wake_at(CLOSES)
    await evening.streams.connected(0.0)
    (line,) = evening.said.lines
    assert "Teal Mug closed with 48 left" in line


async def test_what_was_cancelled_or_set_going_again_in_a_gap_is_told_by_its_news(evening):
    await evening.open(plan(), plan("pin", window=HOUR))
    await evening.lane.submit(SteerDrop(CHANNEL, "twitch:1", MIA, Verb.CLOSE, "mug"))
    await evening.lane.submit(SteerDrop(CHANNEL, "twitch:2", MIA, Verb.UNDO))
    await evening.lane.submit(SteerDrop(CHANNEL, "twitch:3", MIA, Verb.CANCEL, "pin", confirmed=True))
    assert {drop.key: drop.state for drop in (await evening.drops.board()).drops} == {
        "mug": DropState.OPEN,
        "pin": DropState.CANCELLED,
    }
    await evening.streams.connected(60.0)
    (line,) = evening.said.lines
    assert "type !md claim" in line
    assert "Teal Pin" not in line


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
