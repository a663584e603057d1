"""Asking whether one may claim, in a real lane: it sees what a claim sees, and leaves nothing behind."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from bot.domain.claims import ClaimNeedsName, ClaimRefusal, ClaimRefused
from bot.domain.eligibility import AskEligibility, Eligible
from bot.domain.entitlements import ACCOUNT_AGE
from bot.domain.linking import LinkPeople
from bot.domain.time import DAY, HOUR, MINUTE
from bot.domain.verdicts import Accepted, RefusedUntil, Unknown
from bot.storage.book import ChannelSettings
from tests.conftest import ALL_PLACES, CHANNEL, NOON, running_lane, viewer
from tests.storage.test_early_claims import SUBSCRIBER, begin, claim, found


async def ask(lane, name, *evidence, drop="", platform="twitch"):
    command = AskEligibility(CHANNEL, viewer(name, platform), drop, evidence)
    return (await lane.submit(command)).decision


async def test_a_stranger_can_ask_and_stays_one(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await begin(lane, clock)
        answer = await ask(lane, "ann")
        assert isinstance(answer, Eligible)
        assert isinstance(answer.verdict, Unknown)
        assert answer.accounts == (viewer("ann").key,)
        assert (await ask(lane, "ann", (SUBSCRIBER, found(1)))).verdict.findings
    with create_engine(new_ledger).connect() as ledger:
        assert ledger.scalar(text("SELECT count(*) FROM person")) == 0
        assert ledger.scalar(text("SELECT count(*) FROM outcome WHERE kind LIKE 'claim.%'")) == 0
        assert ledger.scalar(text("SELECT count(*) FROM hold")) == 0


async def test_it_is_judged_with_what_the_ledger_itself_knows(new_ledger, clock):
    lists = {"founders": frozenset({viewer("ann").key})}
    settings = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, False, lists=lists)
    async with running_lane(new_ledger, clock, settings=settings) as lane:
        await begin(lane, clock, early="listed:founders")
        assert isinstance((await ask(lane, "ann")).verdict, Accepted)
        assert (await ask(lane, "ben")).verdict.at == NOON


async def test_before_the_window_it_says_from_when_on(lane, clock):
    await begin(lane, clock, opens_at=NOON + 30 * MINUTE)
    answer = await ask(lane, "ann", (SUBSCRIBER, found(1)), drop="mug")
    assert isinstance(answer.verdict, RefusedUntil)
    assert (answer.verdict.at, answer.verdict.way_in) == (NOON + 20 * MINUTE, ())
    assert (await ask(lane, "ben", (SUBSCRIBER, found(0)))).verdict.at == NOON + 30 * MINUTE


async def test_on_discord_nobody_is_a_subscriber_of_twitch_who_is_not_linked(lane, clock):
    await begin(lane, clock)
    assert (await ask(lane, "ann", platform="discord")).verdict.at == NOON


async def test_whose_claim_waits_is_told_that_it_does(lane, clock):
    await begin(lane, clock, early_units=1)
    await claim(lane, "ann")
    assert isinstance((await ask(lane, "ann")).verdict, Unknown)
    taken = await ask(lane, "ben", (SUBSCRIBER, found(1)))
    assert isinstance(taken, ClaimRefused)
    assert (taken.because, taken.retry_at) == (ClaimRefusal.EARLY_GONE, NOON)


async def test_a_name_that_means_nothing_is_answered_like_a_claim(lane, clock):
    assert (await ask(lane, "ann")).because is ClaimRefusal.NOTHING_ON
    await begin(lane, clock)
    assert (await ask(lane, "ann", drop="cup")).because is ClaimRefusal.UNKNOWN_DROP
    assert not isinstance(await ask(lane, "ann"), ClaimNeedsName)


async def test_one_of_two_accounts_does_not_tell_how_long_somebody_has_been_around(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        clock.at = NOON - HOUR
        ann, there = viewer("ann"), viewer("ann there", "discord")
        await lane.submit(LinkPeople(CHANNEL, "twitch:link", ann, there, confirmed=True))
        await begin(lane, clock, early="account_days >= 365")
        young = ((ACCOUNT_AGE, found(NOON - 3 * DAY)),)
        assert isinstance((await ask(lane, "ann", *young)).verdict, Unknown)
        of_both = AskEligibility(CHANNEL, ann, "", young, of_all=True)
        assert isinstance((await lane.submit(of_both)).decision.verdict, RefusedUntil)
