"""Claims that wait for evidence, in virtual time: few calls, quick answers, and silence is neither yes nor no."""

from __future__ import annotations

import asyncio
import random

import pytest

from bot.domain.answers import TryAgain
from bot.domain.drops import Drop, DropState
from bot.domain.entitlements import Source
from bot.domain.time import MINUTE, SECOND
from bot.platforms.twitch.evidence_lists import moderators, vips
from bot.platforms.twitch.evidence_subscriptions import TwitchSubscriptions
from bot.services.evidence import answered
from bot.services.ports import PlaceDown, SendRefused
from bot.storage.holds import OpenHold
from bot.storage.lane import Committed
from tests.conftest import NOON, plan
from tests.services.evidence_fakes import (
    FOLLOWER,
    MODERATOR,
    ROLE,
    SUBSCRIBER,
    VIP,
    CountingHelix,
    House,
    play,
    working,
)

SUBSCRIPTIONS, FOLLOWERS, VIPS = Source.TWITCH_SUBSCRIPTIONS, Source.TWITCH_FOLLOWERS, Source.TWITCH_VIPS
MEMBERS = Source.DISCORD_MEMBERS

CHANGED = Committed(drops=frozenset({"mug"}))


def gated(gate: str, state: DropState = DropState.ANNOUNCED, **changes: object) -> Drop:
    """A mug that opens for those whom the gate lets in half an hour after noon, and for all ten minutes later."""
    early = plan(early=gate, early_for=10 * MINUTE, early_units=24, opens_at=NOON + 40 * MINUTE)
    values = {"plan": early, "state": state, "opens_at": early.opens_at, **changes}
    return Drop(**values)  # type: ignore[arg-type]  # by name


async def all_answered(house: House, seconds: float = 120.0) -> None:
    async with asyncio.timeout(seconds):
        while house.ledger.holds:  # noqa: ASYNC110  # the fake ledger has no event for that
            await asyncio.sleep(0.05)


def test_a_single_claim_is_looked_up_at_once_and_judged() -> None:
    async def scene(house: House) -> None:
        house.platforms[SUBSCRIPTIONS].values = {"ann": 2}
        began = house.clock.now()
        house.claim("ann")
        await all_answered(house)
        assert house.ledger.answers == {"ann": {SUBSCRIBER: 2}}
        assert house.ledger.answered_at["ann"] - began < SECOND // 2

    play(scene)


def test_what_is_known_is_known_at_once_and_not_asked_again() -> None:
    async def scene(house: House) -> None:
        house.claim("ann")
        await all_answered(house)
        [(question, found)] = house.service.known(("twitch", "ann"))
        assert (question, found.value) == (SUBSCRIBER, 0)
        house.claim("ann")
        await all_answered(house)
        assert len(house.platforms[SUBSCRIPTIONS].calls) == 1

    play(scene)


@pytest.mark.parametrize("arrival", ["evenly", "at random", "in a rush", "in waves"])
def test_a_thousand_early_claims_in_ten_seconds_cost_at_most_fifteen_calls(arrival: str) -> None:
    chance = random.Random(arrival)
    moments = {
        "evenly": [number / 100 for number in range(1000)],
        "at random": sorted(chance.uniform(0, 10) for _ in range(1000)),
        "in a rush": sorted(min(10.0, chance.expovariate(0.5)) for _ in range(1000)),
        "in waves": sorted(wave + chance.uniform(0, 0.5) for wave in (0, 3, 6, 9) for _ in range(250)),
    }[arrival]

    async def scene(house: House) -> None:
        """Every third subscribes, and a few are VIPs and moderators."""
        now, fans = house.clock.now, [f"fan-{number}" for number in range(1000)]
        helix = CountingHelix(fans[::3], fans[10:20], fans[20:25])
        lists = (vips(helix, "streamer", now), moderators(helix, "streamer", now))
        house.service = house.serving([TwitchSubscriptions(helix, "streamer", now), *lists])
        house.ledger.needs = (SUBSCRIBER, VIP, MODERATOR)
        async with working(house.service):
            began = house.loop.time()
            for fan, moment in zip(fans, moments, strict=True):
                await asyncio.sleep(max(0.0, began + moment - house.loop.time()))
                house.claim(fan, "subscriber or vip or moderator")
            await all_answered(house)
        assert len(helix.calls) <= 15
        assert house.ledger.answers == {
            fan: {
                SUBSCRIBER: int(fan in fans[::3]),
                VIP: int(fan in fans[10:20]),
                MODERATOR: int(fan in fans[20:25]),
            }
            for fan in fans
        }
        answered_at = house.ledger.answered_at
        waited = [answered_at[fan] - NOON - (began + at) * SECOND for fan, at in zip(fans, moments, strict=True)]
        assert max(waited) < 5 * SECOND

    play(scene)


@pytest.mark.parametrize(
    "fault",
    [PlaceDown("Twitch answers 500"), PlaceDown("Twitch answers 429", 12.0), ConnectionResetError("gone")],
    ids=["down", "too many", "a bug"],
)
def test_while_the_platform_fails_nobody_is_answered_and_afterwards_everybody_is(
    fault: Exception,
) -> None:
    async def scene(house: House) -> None:
        platform = house.platforms[SUBSCRIPTIONS]
        platform.values, platform.faults = {"ann": 1}, [fault] * 4
        house.claim("ann")
        house.claim("bob")
        await asyncio.sleep(1.0)
        assert set(house.ledger.holds) == {"ann", "bob"}
        await all_answered(house)
        assert {user: answer[SUBSCRIBER] for user, answer in house.ledger.answers.items()} == {"ann": 1, "bob": 0}
        gaps = [after - before for (before, _), (after, _) in zip(platform.calls, platform.calls[1:], strict=False)]
        assert [round(gap, 3) for gap in gaps] == sorted(round(gap, 3) for gap in gaps)
        if isinstance(fault, PlaceDown) and fault.retry_after_seconds:
            assert min(gaps) >= fault.retry_after_seconds
        assert house.refusals == []

    play(scene)


def test_a_platform_that_never_answers_is_asked_again_and_holds_nobody_up_for_ever() -> None:
    async def scene(house: House) -> None:
        platform = house.platforms[SUBSCRIPTIONS]
        platform.seconds = 3600.0
        house.claim("ann")
        await asyncio.sleep(15.0)
        platform.seconds = 0.1
        await all_answered(house)
        assert len(platform.calls) == 2

    play(scene)


def test_through_an_outage_one_call_at_a_time_tries_whether_it_is_over() -> None:
    async def scene(house: House) -> None:
        platform = house.platforms[FOLLOWERS]
        house.ledger.needs, platform.faults = (FOLLOWER,), [PlaceDown("Twitch answers 503")] * 1000
        for number in range(100):
            house.claim(f"fan-{number}", "follower")
        await asyncio.sleep(100.0)
        assert len(platform.calls) <= 4 + 8
        platform.faults.clear()
        await all_answered(house)

    play(scene, FOLLOWERS)


def test_a_refusal_is_told_once_and_asked_again_rarely_until_it_is_mended() -> None:
    async def scene(house: House) -> None:
        platform = house.platforms[SUBSCRIPTIONS]
        platform.faults = [SendRefused("Missing scope: channel:read:subscriptions")] * 1000
        for number in range(30):
            house.claim(f"fan-{number}")
            await asyncio.sleep(60.0)
        assert house.refusals == [(SUBSCRIPTIONS, "twitch", "Missing scope: channel:read:subscriptions")]
        assert len(house.ledger.holds) == 30
        assert len(platform.calls) <= 6
        platform.faults.clear()
        await all_answered(house, 700.0)
        platform.faults = [SendRefused("Missing scope: channel:read:subscriptions")]
        await asyncio.sleep(11 * 60.0)
        house.claim("late")
        await all_answered(house)
        assert len(house.refusals) == 2

    play(scene)


def test_one_source_that_is_down_does_not_keep_the_other_from_answering() -> None:
    async def scene(house: House) -> None:
        house.platforms[SUBSCRIPTIONS].faults = [PlaceDown("Twitch answers 500")] * 1000
        house.ledger.needs = (VIP,)
        house.claim("ann")
        await all_answered(house, 5.0)

    play(scene, SUBSCRIPTIONS, VIPS)


def test_a_claim_that_waits_through_a_pause_is_asked_about_again_and_answered_when_the_drop_goes_on() -> None:
    async def scene(house: House) -> None:
        platform = house.platforms[MEMBERS]
        house.ledger.needs, house.ledger.paused = (ROLE,), True
        platform.values = {"7": 1}
        house.claim("ann", "role:patron", ("discord", "7"))
        await asyncio.sleep(3600.0)
        assert set(house.ledger.holds) == {"ann"}
        # What was found held for a minute: it is found anew, and not in a loop.
        assert 20 <= len(platform.calls) <= 70
        house.ledger.paused = False
        resumed = house.clock.now()
        house.service.committed(CHANGED)
        await all_answered(house)
        assert house.ledger.answered_at["ann"] - resumed < 2 * SECOND

    play(scene, MEMBERS)


def test_after_a_restart_the_claims_that_an_earlier_process_took_are_looked_up() -> None:
    async def scene(house: House) -> None:
        house.platforms[SUBSCRIPTIONS].faults = [PlaceDown("Twitch answers 500")] * 3
        house.claim("ann")
        await asyncio.sleep(1.0)
        anew = House(house.loop, SUBSCRIPTIONS)
        anew.ledger.holds = dict(house.ledger.holds)
        anew.platforms[SUBSCRIPTIONS].values = {"ann": 3}
        async with working(anew.service):
            await all_answered(anew)
        assert anew.ledger.answers == {"ann": {SUBSCRIBER: 3}}

    play(scene)


def test_a_claim_that_waits_is_looked_up_also_if_its_asker_went_away_before_it_was_answered() -> None:
    async def scene(house: House) -> None:
        house.platforms[SUBSCRIPTIONS].values = {"ann": 2}
        # The last look at the ledger was long ago, and found nobody.
        await asyncio.sleep(300.0)
        house.ledger.holds["ann"] = OpenHold("ann", "mug", "subscriber", (("twitch", "ann"),))
        house.service.committed(Committed(held=True))
        await all_answered(house)
        assert house.ledger.answers == {"ann": {SUBSCRIBER: 2}}

    play(scene)


def test_a_ledger_that_is_busy_is_told_again() -> None:
    async def scene(house: House) -> None:
        house.ledger.faults = [TryAgain("busy"), TryAgain("busy")]
        house.claim("ann")
        await all_answered(house, 10.0)

    play(scene)


def test_a_ledger_that_was_busy_is_told_again_also_while_another_source_refuses() -> None:
    async def scene(house: House) -> None:
        house.platforms[FOLLOWERS].faults = [SendRefused("the bot is no moderator")] * 1000
        house.platforms[SUBSCRIPTIONS].values = {"ann": 1}
        house.ledger.faults = [TryAgain("the disk is full")]
        house.claim("ann", "subscriber or follower")
        await all_answered(house, 10.0)

    play(scene, SUBSCRIPTIONS, FOLLOWERS)


def test_everything_that_is_known_of_a_person_is_judged_together() -> None:
    """One answer of two comes late: it must not come alone."""

    async def scene(house: House) -> None:
        house.ledger.needs = (SUBSCRIBER, ROLE)
        house.platforms[MEMBERS].values = {"7": 1}
        house.platforms[SUBSCRIPTIONS].faults = [PlaceDown("Twitch answers 500")] * 2
        house.claim("ann", "subscriber and role:patron", ("discord", "7"))
        await all_answered(house)
        assert house.ledger.answers["ann"] == {SUBSCRIBER: 0, ROLE: 1}

    play(scene, SUBSCRIPTIONS, MEMBERS)


def test_each_account_is_asked_about_on_its_own_platform_alone() -> None:
    async def scene(house: House) -> None:
        house.ledger.needs = (SUBSCRIBER, ROLE)
        house.claim("ann", "subscriber and role:patron", ("discord", "7"))
        await all_answered(house)
        assert [users for _, users in house.platforms[SUBSCRIPTIONS].calls] == [("ann",)]
        assert [users for _, users in house.platforms[MEMBERS].calls] == [("7",)]

    play(scene, SUBSCRIPTIONS, MEMBERS)


def test_what_an_event_proves_answers_a_claim_that_waits_while_the_platform_is_down() -> None:
    async def scene(house: House) -> None:
        house.platforms[SUBSCRIPTIONS].faults = [PlaceDown("Twitch answers 500")] * 1000
        house.claim("ann")
        await asyncio.sleep(5.0)
        house.service.note(("twitch", "ann"), {SUBSCRIBER: answered(SUBSCRIBER, 1, house.clock.now())})
        await all_answered(house, 2.0)
        assert house.ledger.answers == {"ann": {SUBSCRIBER: 1}}

    play(scene)


def test_an_answer_that_left_before_the_subscription_ended_is_not_believed() -> None:
    async def scene(house: House) -> None:
        platform = house.platforms[SUBSCRIPTIONS]
        platform.values, platform.seconds = {"ann": 1}, 2.0
        house.claim("ann")
        await asyncio.sleep(1.0)
        house.service.void(("twitch", "ann"), (SUBSCRIBER,))
        platform.values.clear()
        await all_answered(house, 20.0)
        assert house.ledger.answers == {"ann": {SUBSCRIBER: 0}}
        assert len(platform.calls) == 2

    play(scene)


def test_a_source_that_cannot_tell_about_somebody_lets_them_wait_and_is_asked_now_and_then() -> None:
    async def scene(house: House) -> None:
        platform = house.platforms[SUBSCRIPTIONS]
        platform.silent_about = {"ann"}
        house.claim("ann")
        await asyncio.sleep(300.0)
        assert 3 <= len(platform.calls) <= 15
        platform.silent_about.clear()
        await all_answered(house)

    play(scene)


def test_nobody_is_asked_about_for_a_claim_that_is_over() -> None:
    async def scene(house: House) -> None:
        platform = house.platforms[SUBSCRIPTIONS]
        platform.faults = [PlaceDown("Twitch answers 500")] * 1000
        house.claim("ann")
        await asyncio.sleep(10.0)
        house.ledger.holds.clear()  # the window has ended, and with it the wait
        await asyncio.sleep(60.0)
        calls = len(platform.calls)
        await asyncio.sleep(600.0)
        assert len(platform.calls) == calls

    play(scene)


def test_whoever_asks_without_claiming_is_looked_up_as_well_and_then_let_go() -> None:
    async def scene(house: House) -> None:
        house.platforms[SUBSCRIPTIONS].values = {"bob": 1}
        house.claim("ann")
        await asyncio.sleep(0.2)
        house.service.want([("twitch", "bob")], ["subscriber"])
        await asyncio.sleep(2.0)
        [(_, found)] = house.service.known(("twitch", "bob"))
        assert found.value == 1
        await asyncio.sleep(120.0)
        looks = house.ledger.looks
        await asyncio.sleep(600.0)
        assert house.ledger.looks == looks

    play(scene)


def test_without_claims_that_wait_the_ledger_is_not_read_again_and_again() -> None:
    async def scene(house: House) -> None:
        looks = house.ledger.looks
        await asyncio.sleep(3600.0)
        assert house.ledger.looks == looks

    play(scene)


def test_followers_are_asked_singly_within_the_budget_and_those_who_wait_come_first() -> None:
    async def scene(house: House) -> None:
        platform = house.platforms[FOLLOWERS]
        house.ledger.needs = (FOLLOWER,)
        house.ledger.drops = {"mug": gated("followers", DropState.OPEN, early_open=True)}
        for number in range(300):
            house.service.seen(("twitch", f"lurker-{number}"))
        house.service.committed(CHANGED)
        await asyncio.sleep(5.0)
        house.claim("ann", "follower")
        began = house.clock.now()
        await all_answered(house)
        assert house.ledger.answered_at["ann"] - began < SECOND
        await asyncio.sleep(60.0)
        asked = [user for _, users in platform.calls for user in users]
        assert len(asked) == len(set(asked)) == 302  # and the streamer, to see whether we may ask
        moments = [moment for moment, _ in platform.calls]
        assert max(sum(start <= each < start + 10.0 for each in moments) for start in moments) <= 16 + 8 * 10

    play(scene, FOLLOWERS)


def test_who_was_seen_is_looked_up_before_the_window_and_known_when_it_opens() -> None:
    async def scene(house: House) -> None:
        platform = house.platforms[FOLLOWERS]
        platform.values = {"ann": NOON - MINUTE}
        house.ledger.drops = {"mug": gated("followers")}
        house.service.seen(("twitch", "ann"))
        house.ledger.holders = [("twitch", "bob"), ("discord", "7"), ("twitch", "ann")]
        house.service.committed(CHANGED)
        await asyncio.sleep(24 * 60.0)
        assert [users for _, users in platform.calls] == [("streamer",)]
        await asyncio.sleep(6 * 60.0)
        [(question, found)] = house.service.known(("twitch", "ann"))
        assert (question, found.value) == (FOLLOWER, NOON - MINUTE)
        assert [users for _, users in platform.calls] == [("streamer",), ("ann",), ("bob",)]

    play(scene, FOLLOWERS)


def test_a_source_that_refuses_shows_when_its_gate_is_announced() -> None:
    async def scene(house: House) -> None:
        house.platforms[SUBSCRIPTIONS].faults = [SendRefused("there is no login of the streamer")]
        house.ledger.drops = {"mug": gated("subscribers")}
        house.service.committed(CHANGED)
        await asyncio.sleep(5.0)
        assert house.refusals == [(SUBSCRIPTIONS, "twitch", "there is no login of the streamer")]
        assert house.listening == [frozenset({SUBSCRIPTIONS})]
        assert house.service.questions(SUBSCRIPTIONS) == (SUBSCRIBER,)
        house.ledger.drops = {}
        house.service.committed(CHANGED)
        await asyncio.sleep(5.0)
        assert house.listening[-1] == frozenset()

    play(scene)


def test_who_may_vote_in_an_open_poll_is_listened_for_until_it_is_over() -> None:
    async def scene(house: House) -> None:
        house.ledger.polls = ("subscriber",)
        house.service.committed(CHANGED)
        await asyncio.sleep(5.0)
        assert house.listening == [frozenset({SUBSCRIPTIONS})]
        assert house.service.questions(SUBSCRIPTIONS) == (SUBSCRIBER,)
        house.ledger.polls = ()
        house.service.committed(CHANGED)
        await asyncio.sleep(5.0)
        assert house.listening[-1] == frozenset()

    play(scene)
