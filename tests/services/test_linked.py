"""What is counted in front of the lane is counted by person, whichever account asks."""

from __future__ import annotations

import pytest

from bot.domain.linking import LinkPeople, UnlinkMe
from bot.services.claims import BURST_MAX, Claims, TooFast
from bot.services.linked import LinkedAccounts
from bot.storage.database import Reads
from tests.conftest import CHANNEL, viewer

ANN, ANN_THERE = viewer("ann"), viewer("ann there", "discord")


async def link(lane) -> int:
    answer = await lane.submit(LinkPeople(CHANNEL, "twitch:link", ANN, ANN_THERE, confirmed=True))
    return answer.decision.link


@pytest.fixture
async def reads(new_ledger):
    reads = Reads(new_ledger)
    yield reads
    await reads.close()


async def test_linked_accounts_are_one_at_once_after_a_restart_and_until_they_part(lane, reads):
    linked = LinkedAccounts(reads, CHANNEL)
    lane.listen(linked.committed)
    number = await link(lane)
    assert {linked.one(ANN.key), linked.one(ANN_THERE.key)} == {ANN.key}
    later = LinkedAccounts(reads, CHANNEL)
    assert later.one(ANN_THERE.key) == ANN_THERE.key
    await later.load()
    assert later.one(ANN_THERE.key) == ANN.key
    await lane.submit(UnlinkMe(CHANNEL, "discord:part", ANN_THERE, number))
    assert (linked.one(ANN_THERE.key), linked.one(ANN.key)) == (ANN_THERE.key, ANN.key)
    await later.load()
    assert later.one(ANN_THERE.key) == ANN_THERE.key


async def test_whoever_asks_with_both_accounts_asks_no_faster_for_it(lane, reads, clock):
    linked = LinkedAccounts(reads, CHANNEL)
    lane.listen(linked.committed)
    claims = Claims(lane, CHANNEL, clock, one=linked.one)
    await link(lane)
    for n in range(BURST_MAX):
        await claims.claim((ANN, ANN_THERE)[n % 2], f"request:{n}")
    with pytest.raises(TooFast):
        await claims.claim(ANN_THERE, "discord:more")
