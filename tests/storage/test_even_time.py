"""Somebody sets the machine's clock by hours while people vote: the poll ends when its time has passed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.answers import TryAgain
from bot.domain.ballots import Method
from bot.domain.poll_control import OpenPoll
from bot.domain.stream import ReportStream, Wake
from bot.domain.time import HOUR, SECOND
from bot.domain.voting import CastVote, VoteAccepted, VoteRefusal
from bot.storage.book import ChannelSettings
from bot.storage.database import Reads
from bot.storage.even_time import EvenTime
from bot.storage.polls import read_polls
from bot.storage.rebuild import differences
from tests.conftest import ALL_PLACES, CHANNEL, MIA, NOON, FixedClock, running_lane, viewer
from tests.domain.poll_world import choice, poll_plan


@dataclass
class Machine:
    """Its clock, which somebody may set, and the time that really passes."""

    wall: FixedClock
    steady: FixedClock

    def wait(self, span: int) -> None:
        self.wall.at += span
        self.steady.at += span


@pytest.fixture
def machine() -> Machine:
    return Machine(FixedClock(NOON), FixedClock(5 * HOUR))


async def vote(lane, name: str, option: int):
    return (await lane.submit(CastVote(CHANNEL, f"twitch:{name}", viewer(name), choice(option)))).decision


@pytest.mark.parametrize("by", [3 * HOUR, -3 * HOUR, 5 * SECOND, -5 * SECOND])
async def test_a_poll_keeps_its_length_and_its_votes_whatever_the_clock_is_set_to(new_ledger, machine, by):
    async with running_lane(new_ledger, machine.wall, steady=machine.steady) as lane:
        await lane.submit(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan()))
        machine.wait(10 * SECOND)
        assert isinstance(await vote(lane, "ann", 1), VoteAccepted)
        machine.wall.at += by
        machine.wait(79 * SECOND)
        assert isinstance(await vote(lane, "ben", 2), VoteAccepted)
        machine.wait(1 * SECOND)
        assert (await vote(lane, "cleo", 2)).because is VoteRefusal.CLOSED
    reads = Reads(new_ledger)
    (poll,) = (await read_polls(reads, CHANNEL)).values()
    await reads.close()
    assert poll.result is not None
    assert poll.result["people"] == 2
    assert poll.plan.method is Method.PLURALITY


async def test_what_moves_along_with_the_clock_stands_in_the_ledger(new_ledger, machine):
    async with running_lane(new_ledger, machine.wall, steady=machine.steady) as lane:
        opened = await lane.submit(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan()))
        machine.wall.at += HOUR
        await lane.submit(Wake(CHANNEL))
        machine.wait(100 * SECOND)
        await lane.submit(Wake(CHANNEL))
    reads = Reads(new_ledger)
    (poll,) = (await read_polls(reads, CHANNEL)).values()
    assert poll.closes_at == opened.decision.closes_at + HOUR
    assert await reads.consult(lambda connection: differences(connection, CHANNEL)) == []
    await reads.close()


class FailingDisk:
    """Refuses one batch at a point of the lane: before its COMMIT, or after that has taken effect."""

    def __init__(self) -> None:
        self.fails_at = ""

    def probe(self, point: str) -> None:
        if point == self.fails_at:
            self.fails_at = ""
            raise OperationalError("COMMIT", None, Exception("disk I/O error"))


@pytest.mark.parametrize("point", ["lane.before-commit", "lane.after-commit"])
async def test_a_disk_that_fails_when_the_clock_was_set_changes_no_polls_length(new_ledger, machine, point):
    disk = FailingDisk()
    async with running_lane(new_ledger, machine.wall, steady=machine.steady, probe=disk.probe) as lane:
        await lane.submit(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan()))
        machine.wait(10 * SECOND)
        machine.wall.at += HOUR
        disk.fails_at = point
        with pytest.raises(TryAgain):
            await vote(lane, "ann", 1)
        machine.wait(79 * SECOND)
        assert isinstance(await vote(lane, "ben", 1), VoteAccepted)
        machine.wait(1 * SECOND)
        assert (await vote(lane, "cleo", 2)).because is VoteRefusal.CLOSED


async def test_a_disk_that_fails_later_on_does_not_make_the_stream_gone_for_as_long_as_the_clock_was_set(
    new_ledger, machine
):
    disk, settings = FailingDisk(), ChannelSettings(CHANNEL, "teapot", ALL_PLACES, stream_watched=True)
    keeping = running_lane(new_ledger, machine.wall, steady=machine.steady, probe=disk.probe, settings=settings)
    async with keeping as lane:
        await lane.submit(ReportStream(CHANNEL, live=True))
        await lane.submit(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan()))
        await lane.submit(ReportStream(CHANNEL, live=False))
        machine.wait(2 * SECOND)
        machine.wall.at += HOUR
        await lane.submit(Wake(CHANNEL))
        disk.fails_at = "lane.before-commit"
        with pytest.raises(TryAgain):
            await vote(lane, "ann", 1)
        assert isinstance(await vote(lane, "ann", 1), VoteAccepted)


def test_a_clock_that_was_set_back_is_waited_for_where_nobody_counts_on_time():
    wall, steady = FixedClock(NOON), FixedClock(0)
    time = EvenTime(wall, steady)
    assert time.now(evenly=False) == NOON
    wall.at, steady.at = NOON - HOUR, 10 * SECOND
    assert time.now(evenly=True) == NOON + 10 * SECOND
    wall.at, steady.at = NOON - HOUR + SECOND, 11 * SECOND
    assert time.now(evenly=False) == NOON + 10 * SECOND
    wall.at, steady.at = NOON + HOUR, HOUR
    assert time.now(evenly=False) == NOON + HOUR


def test_a_clock_that_is_set_back_and_right_again_was_not_set_forward():
    wall, steady = FixedClock(NOON), FixedClock(0)
    time = EvenTime(wall, steady)
    time.now(evenly=True)
    wall.at, steady.at = NOON - HOUR, SECOND
    time.now(evenly=True)
    wall.at, steady.at = NOON + 2 * SECOND, 2 * SECOND
    assert time.now(evenly=True) == NOON + 2 * SECOND
    assert time.taken_forward() == 0


def test_whoever_counts_on_time_only_later_also_gets_it_evenly():
    wall, steady = FixedClock(NOON), FixedClock(0)
    time = EvenTime(wall, steady)
    time.now(evenly=False)
    wall.at, steady.at = NOON - HOUR, 5 * SECOND
    assert time.now(evenly=False) == NOON
    wall.at, steady.at = NOON - HOUR + 4 * SECOND, 9 * SECOND
    assert time.now(evenly=True) == NOON + 4 * SECOND


def test_a_clock_that_is_kept_right_little_by_little_was_not_set():
    wall, steady = FixedClock(NOON), FixedClock(0)
    time = EvenTime(wall, steady)
    time.now(evenly=True)
    for _ in range(100):
        wall.at += 10 * SECOND + SECOND // 2
        steady.at += 10 * SECOND
        assert time.now(evenly=True) == wall.at
    assert time.taken_forward() == 0
    wall.at += HOUR
    time.now(evenly=True)
    assert time.taken_forward() == HOUR
    assert time.taken_forward() == 0
