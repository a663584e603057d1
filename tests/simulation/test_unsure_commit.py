"""A COMMIT that fails after it took effect: nobody was told, yet everybody hears, and the asker gets it once."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimChecking, ClaimDrop, ClaimGranted
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.time import MINUTE
from bot.storage.book import ChannelSettings
from bot.storage.lane import Lane
from tests.conftest import ALL_PLACES, CHANNEL, KEYS, NOON, FixedClock, plan, viewer
from tests.simulation.disk import Disk, Trap, Workbench

SETTINGS = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, stream_watched=False)


@pytest.fixture
def bench(tmp_path):
    bench = Workbench(tmp_path / "bench")
    bench.disk = Disk(lambda: 0, lambda _name, _deadly: None)
    bench.new_ledger()
    yield bench
    bench.let_go()


def test_its_news_is_looked_for_and_its_request_is_answered_with_what_was_decided(bench):
    asyncio.run(_claim_through_a_failing_commit(bench))


def test_a_claim_that_it_left_waiting_is_told_of(bench):
    asyncio.run(_claim_that_waits_through_a_failing_commit(bench))


async def _claim_that_waits_through_a_failing_commit(bench):
    lane = Lane(bench.writes, [SETTINGS], FixedClock(NOON), KEYS)
    heard = []
    await lane.start()
    early = plan(early="subscriber", early_for=MINUTE, early_units=1, opens_at=NOON + MINUTE)
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (early,)))
    lane.listen(lambda committed: heard.append(committed.held))
    bench.disk.hold_ready(Trap("failing", "after commit"))
    with pytest.raises(TryAgain):
        await lane.submit(ClaimDrop(CHANNEL, "twitch:1", viewer("ann")))
    # Nobody is left who could say that somebody waits.
    assert heard == [False]
    await lane.submit(Wake(CHANNEL))
    await lane.submit(Wake(CHANNEL))
    assert heard[1:] == [True, False]
    again = await lane.submit(ClaimDrop(CHANNEL, "twitch:1", viewer("ann")))
    assert isinstance(again.decision, ClaimChecking)
    await lane.close()


async def _claim_through_a_failing_commit(bench):
    lane = Lane(bench.writes, [SETTINGS], FixedClock(NOON), KEYS)
    heard = []
    await lane.start()
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(supply=1),)))
    lane.listen(lambda committed: heard.append(committed.places))
    bench.disk.hold_ready(Trap("failing", "after commit"))
    with pytest.raises(TryAgain):
        await lane.submit(ClaimDrop(CHANNEL, "twitch:1", viewer("ann")))
    assert heard == [frozenset()]
    await lane.submit(Wake(CHANNEL))
    await lane.submit(Wake(CHANNEL))
    assert heard[1:] == [frozenset(ALL_PLACES), frozenset()]
    again = await lane.submit(ClaimDrop(CHANNEL, "twitch:1", viewer("ann")))
    assert again.repeated
    assert isinstance(again.decision, ClaimGranted)
    await lane.close()
