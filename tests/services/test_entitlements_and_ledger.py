"""Claims that wait, between a real ledger and a platform: kept places, restarts, and a clock that somebody sets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from bot.domain.claims import ClaimChecking, ClaimDecision, ClaimGranted, ClaimRefused
from bot.domain.entitlements import Source
from bot.domain.planning import PlanDrop
from bot.domain.time import HOUR, MINUTE
from bot.services.claims import Claims
from bot.services.entitlements import Entitlements
from bot.services.evidence import answered
from bot.services.ports import PlaceDown
from bot.storage.database import Reads
from bot.storage.drops import read_drops
from bot.storage.holds import open_holds
from bot.storage.lane import Committed, Lane
from bot.storage.regulars import regulars
from tests.conftest import CHANNEL, MIA, NOON, FixedClock, plan, running_lane, viewer
from tests.services.evidence_fakes import FOLLOWER, SUBSCRIBER, Platform

EARLY = {"early": "subscriber", "early_for": 10 * MINUTE, "early_units": 2, "opens_at": NOON + 10 * MINUTE}


@dataclass
class House:
    lane: Lane
    claims: Claims
    service: Entitlements
    platform: Platform
    settled: list[tuple[str, ClaimDecision]]


async def refused(source: Source, platform: str, reason: str) -> None:
    raise AssertionError("nobody is refused here")


@asynccontextmanager
async def house(url: str, clock: FixedClock, **values: int) -> AsyncIterator[House]:
    """One life of the program, as far as claims are concerned; its platform knows who subscribes."""
    reads, settled = Reads(url), []
    async with running_lane(url, clock) as lane:
        platform = Platform(lane, Source.TWITCH_SUBSCRIPTIONS, values, seconds=0.01)
        service = Entitlements(
            lane,
            CHANNEL,
            [platform],
            lane,
            open_holds=lambda: open_holds(reads, CHANNEL),
            drops=lambda: read_drops(reads, CHANNEL),
            regulars=lambda: regulars(reads, CHANNEL),
            on_refused=refused,
        )

        def committed(committed: Committed) -> None:
            settled.extend((actor.name, answer.decision) for actor, answer in committed.settled)

        lane.listen(committed)
        lane.listen(service.committed)
        working = asyncio.create_task(service.run())
        try:
            yield House(lane, Claims(lane, CHANNEL, clock, service), service, platform, settled)
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
            await reads.close()


async def until_settled(house: House, number: int) -> dict[str, ClaimDecision]:
    async with asyncio.timeout(60.0):
        while len(house.settled) < number:  # noqa: ASYNC110  # commits are told to a list
            await asyncio.sleep(0.01)
    return dict(house.settled)


async def claim(house: House, name: str) -> ClaimDecision:
    return (await house.claims.claim(viewer(name), f"twitch:{name}")).decision


async def test_who_waits_is_answered_once_the_platform_has_told(new_ledger, clock):
    async with house(new_ledger, clock, **{"id-ann": 1}) as tonight:
        clock.at = NOON
        await tonight.lane.submit(PlanDrop(CHANNEL, "plan", MIA, plan(**EARLY)))
        for name in ("ann", "bob"):
            assert isinstance(await claim(tonight, name), ClaimChecking)
        told = await until_settled(tonight, 2)
        assert isinstance(told["ann"], ClaimGranted)
        assert isinstance(told["bob"], ClaimRefused)
        # The same request is answered with what came of it.
        assert isinstance(await claim(tonight, "ann"), ClaimGranted)


async def test_a_claim_that_a_killed_process_left_waiting_is_taken_up_by_the_next(new_ledger, clock):
    async with house(new_ledger, clock) as tonight:
        clock.at = NOON
        tonight.platform.faults = [PlaceDown("Twitch answers 500")] * 100
        await tonight.lane.submit(PlanDrop(CHANNEL, "plan", MIA, plan(**EARLY)))
        assert isinstance(await claim(tonight, "ann"), ClaimChecking)
    async with house(new_ledger, clock, **{"id-ann": 1}) as tonight:
        assert isinstance((await until_settled(tonight, 1))["ann"], ClaimGranted)


async def test_a_clock_that_is_set_back_keeps_nobody_out(new_ledger, clock):
    async with house(new_ledger, clock, **{"id-ann": 1}) as tonight:
        clock.at = NOON
        await tonight.lane.submit(PlanDrop(CHANNEL, "plan", MIA, plan(**EARLY)))
        clock.at = NOON - HOUR
        assert isinstance(await claim(tonight, "ann"), ClaimChecking)
        assert isinstance((await until_settled(tonight, 1))["ann"], ClaimGranted)


async def test_a_subscription_that_ends_while_the_rest_is_looked_up_counts_no_more(new_ledger, clock):
    both, ann = {**EARLY, "early": "subscriber and follower"}, viewer("ann").key
    async with house(new_ledger, clock, **{"id-ann": 1}) as tonight:
        clock.at = NOON
        await tonight.lane.submit(PlanDrop(CHANNEL, "plan", MIA, plan(**both)))
        assert isinstance(await claim(tonight, "ann"), ClaimChecking)
        async with asyncio.timeout(60.0):
            while SUBSCRIBER not in dict(tonight.service.known(ann)):  # noqa: ASYNC110  # it has no event for that
                await asyncio.sleep(0.01)
        clock.at += 1
        tonight.platform.values.clear()
        tonight.service.void(ann, (SUBSCRIBER,))
        tonight.service.note(ann, {FOLLOWER: answered(FOLLOWER, NOON - HOUR, clock.at)})
        assert isinstance((await until_settled(tonight, 1))["ann"], ClaimRefused)
