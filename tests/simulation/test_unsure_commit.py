"""A COMMIT that fails after it took effect: nobody was told, yet everybody hears, and the asker gets it once."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimDrop, ClaimGranted
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.storage.book import ChannelSettings
from bot.storage.lane import Lane
from tests.conftest import ALL_PLACES, CHANNEL, KEYS, NOON, FixedClock, plan, viewer
from tests.simulation.disk import Disk, Trap, Workbench


@pytest.fixture
def bench(tmp_path):
    bench = Workbench(tmp_path / "bench")
    bench.disk = Disk(lambda: 0, lambda _name, _deadly: None)
    bench.new_ledger()
    yield bench
    bench.let_go()


def test_its_news_is_looked_for_and_its_request_is_answered_with_what_was_decided(bench):
    asyncio.run(_claim_through_a_failing_commit(bench))


async def _claim_through_a_failing_commit(bench):
    settings = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, stream_watched=False)
    lane = Lane(bench.writes, [settings], FixedClock(NOON), KEYS)
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
