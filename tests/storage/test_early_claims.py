"""The early window in the lane: in by evidence, in later, not in; and a place that is kept meanwhile."""

from __future__ import annotations

from bot.domain.claims import ClaimChecking, ClaimDrop, ClaimGranted, ClaimRefusal, ClaimRefused, JudgeHolds
from bot.domain.entitlements import Entitlement, Question
from bot.domain.linking import LinkPeople, UnlinkMe
from bot.domain.time import DAY, HOUR
from tests.conftest import CHANNEL, NOON, running_lane, viewer
from tests.storage.early import BEGINS, SUBSCRIBER, Settled, begin, claim, found, judging


async def judge(lane, name, value, at=BEGINS):
    return await lane.submit(judging(name, value, at))


async def test_a_subscriber_is_in_and_who_is_none_learns_when_everybody_is(lane, clock):
    await begin(lane, clock)
    granted = await claim(lane, "ann", (SUBSCRIBER, found(1)))
    refused = await claim(lane, "ben", (SUBSCRIBER, found(0)))
    assert isinstance(granted, ClaimGranted)
    assert granted.number == 1
    assert refused == ClaimRefused(
        ClaimRefusal.NOT_ENTITLED, "mug", "Teal Mug", 48, retry_at=NOON, way_in=("subscriber",)
    )


async def test_whom_nobody_can_judge_keeps_a_place_through_a_restart_and_is_answered_once(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await begin(lane, clock)
        waiting = await claim(lane, "ann")
        assert waiting == ClaimChecking("mug", "Teal Mug", ("subscriber",), (viewer("ann").key,))
        assert isinstance(await claim(lane, "ben", (SUBSCRIBER, found(1))), ClaimGranted)
        gone = await claim(lane, "cleo", (SUBSCRIBER, found(1)))
        assert isinstance(gone, ClaimRefused)
        assert gone.because is ClaimRefusal.EARLY_GONE
    async with running_lane(new_ledger, clock) as lane:
        told = []
        lane.listen(lambda committed: told.extend(committed.settled))
        assert isinstance(await claim(lane, "ann", request="twitch:ann"), ClaimChecking)
        await judge(lane, "ann", 1)
        ((actor, answer),) = told
        assert (actor, answer.request_id, answer.decision.number) == (viewer("ann"), "twitch:ann", 2)
        again = await lane.submit(ClaimDrop(CHANNEL, "twitch:ann", viewer("ann")))
        assert (again.decision, again.repeated) == (answer.decision, True)
        await judge(lane, "ann", 1)
        assert len(told) == 1


async def test_who_still_waits_when_everybody_is_let_in_goes_first(lane, clock):
    await begin(lane, clock)
    told = []
    lane.listen(lambda committed: told.extend(committed.settled))
    await claim(lane, "ann")
    clock.at = NOON
    first_of_the_crowd = await claim(lane, "ben")
    assert [answer.decision.number for _, answer in told] == [1]
    assert first_of_the_crowd.number == 2


async def test_evidence_has_to_cover_the_very_moment(lane, clock):
    await begin(lane, clock)
    assert isinstance(await claim(lane, "ann", (SUBSCRIBER, found(1, until=BEGINS))), ClaimChecking)
    assert isinstance(await claim(lane, "ben", (SUBSCRIBER, found(1, at=BEGINS + 1))), ClaimChecking)
    clock.at = BEGINS + 1
    assert isinstance(await claim(lane, "ben", (SUBSCRIBER, found(1, at=BEGINS + 1)), request="2"), ClaimRefused)


async def test_of_two_linked_accounts_the_older_one_tells_how_long_somebody_is_around(lane, clock):
    clock.at = NOON - HOUR
    ann, on_discord = viewer("ann"), viewer("ann on discord", "discord")
    await lane.submit(LinkPeople(CHANNEL, "twitch:link", ann, on_discord, confirmed=True))
    await begin(lane, clock, early="account_days >= 365")
    told = []
    lane.listen(lambda committed: told.extend(committed.settled))
    age = Question(Entitlement.ACCOUNT_DAYS)
    old, young = found(BEGINS - 400 * DAY), found(BEGINS - 3 * DAY)
    # The one that is known by itself tells nothing yet.
    assert isinstance(await claim(lane, on_discord, (age, young)), ClaimChecking)
    await lane.submit(JudgeHolds(CHANNEL, ((on_discord.key, age, young),)))
    assert told == []
    await lane.submit(JudgeHolds(CHANNEL, ((ann.key, age, old),)))
    assert [answer.decision.number for _, answer in told] == [1]


async def test_an_account_that_is_not_there_any_more_makes_nobody_younger(lane, clock):
    clock.at = NOON - HOUR
    ann, on_discord = viewer("ann"), viewer("ann on discord", "discord")
    await lane.submit(LinkPeople(CHANNEL, "twitch:link", ann, on_discord, confirmed=True))
    await begin(lane, clock, early="account_days >= 365")
    told = Settled(lane)
    assert isinstance(await claim(lane, on_discord), ClaimChecking)
    age = Question(Entitlement.ACCOUNT_DAYS)
    known = ((on_discord.key, age, found(BEGINS - 400 * DAY)), (ann.key, age, found(0)))
    await lane.submit(JudgeHolds(CHANNEL, known))
    assert list(told.numbers().values()) == [1]


async def test_nobody_takes_a_place_that_is_kept_for_somebody_else_besides_their_own(lane, clock):
    """Linked until after the announcement, two accounts count as one, and yet wait for different evidence."""
    clock.at = NOON - HOUR
    ann, on_discord, patron = (
        viewer("ann"),
        viewer("ann on discord", "discord"),
        Question(Entitlement.ROLE, "patron"),
    )
    await lane.submit(LinkPeople(CHANNEL, "twitch:link", ann, on_discord, confirmed=True))
    await begin(lane, clock, early="subscriber or role:patron", per_person=1)
    asked = (await lane.submit(UnlinkMe(CHANNEL, "twitch:part", ann))).decision
    await lane.submit(UnlinkMe(CHANNEL, "twitch:yes", ann, asked.link))
    told = Settled(lane)
    assert [type(await claim(lane, name)) for name in ("ann", "ben")] == [ClaimChecking, ClaimChecking]
    full = await claim(lane, on_discord, (patron, found(1)))
    assert (full.because, full.retry_at) == (ClaimRefusal.EARLY_GONE, NOON)
    await judge(lane, "ben", 1)
    await judge(lane, "ann", 1)
    assert told.numbers() == {"twitch:ben": 1, "twitch:ann": 2}
