"""A claim that is checked first: chat hears of that only if it lasts, and each hears the final answer once."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.answers import Answer
from bot.domain.claims import ClaimChecking, ClaimOpenNow, ClaimRefusal
from bot.domain.telling import NoteTold
from bot.domain.time import MINUTE, SECOND
from bot.services import telling as telling_module
from bot.storage.database import Reads
from bot.storage.lane import Committed
from bot.storage.telling import untold
from tests.conftest import CHANNEL, NOON, FixedClock, running_lane, viewer
from tests.services.fakes import NotingLane, RecordingChat, answer, granted, refused, until
from tests.services.test_shared_lines import Chat
from tests.services.test_telling import GAP, made, running
from tests.storage.test_early_claims import begin, claim, judge

CHECKING = ClaimChecking("mug", "Teal Mug", ("subscriber",))
PUBLIC_AT = NOON + 10 * MINUTE


@pytest.fixture
def chat():
    return Chat()


def complete(chat, name, decision):
    chat.lines.completed(viewer(name), f"twitch:{name}", decision)


def test_what_is_checked_within_two_seconds_is_answered_at_once(chat):
    chat.decided("ann", CHECKING)
    assert chat.hear(after=SECOND) == []
    complete(chat, "ann", granted(1))
    assert chat.hear(after=SECOND) == ["@ann Teal Mug #1 of 48 is yours!"]
    assert chat.hear(after=GAP) == []


def test_all_who_are_checked_for_longer_share_a_line_and_are_owed_their_answer(chat):
    for name in ("ann", "bob"):
        chat.decided(name, CHECKING)
    (line,) = chat.hear()
    assert line.startswith("@ann, @bob: I am checking whether Teal Mug is open to you yet; your place is kept")
    assert chat.settled == []
    complete(chat, "bob", granted(1))
    complete(chat, "ann", granted(2))
    assert chat.hear() == ["Teal Mug is yours: @bob #1, @ann #2 (of 48)"]
    assert sorted(chat.settled) == ["twitch:ann", "twitch:bob"]


def test_who_is_checked_and_refused_hears_it_as_soon_as_they_may_be_answered_again(chat):
    chat.decided("ann", CHECKING)
    assert len(chat.hear()) == 1
    complete(chat, "ann", refused(ClaimRefusal.NOT_ENTITLED, retry_at=PUBLIC_AT))
    assert chat.hear() == []
    (line,) = chat.hear(after=GAP)
    assert line.startswith("@ann: Teal Mug opens to you at 12:10")
    assert chat.settled == ["twitch:ann"]


def test_who_asks_again_while_they_are_checked_hears_nothing_twice(chat):
    chat.decided("ann", CHECKING, "twitch:ann")
    assert len(chat.hear()) == 1
    chat.decided("ann", CHECKING, "twitch:again")
    assert chat.hear() == []
    complete(chat, "ann", granted(1))
    assert chat.hear() == ["@ann Teal Mug #1 of 48 is yours!"]
    assert chat.hear(after=2 * GAP) == []


def test_another_drops_answer_leaves_the_check_of_this_one(chat):
    chat.decided("ann", CHECKING)
    complete(chat, "ann", granted(1, "print"))
    assert "Teal Print" in chat.hear(after=SECOND)[0]
    chat.clock.at += GAP
    assert "checking whether Teal Mug" in chat.hear()[0]


def test_a_refusal_that_differs_in_when_or_in_a_free_way_in_has_a_line_of_its_own(chat):
    early = {"retry_at": PUBLIC_AT}
    chat.decided("ann", refused(ClaimRefusal.NOT_ENTITLED, **early))
    chat.decided("bob", refused(ClaimRefusal.NOT_ENTITLED, retry_at=PUBLIC_AT - MINUTE))
    chat.decided("cy", refused(ClaimRefusal.NOT_ENTITLED, **early, way_in=("follower",)))
    chat.decided("dee", refused(ClaimRefusal.NOT_ENTITLED, **early))
    first, second, third = chat.hear()
    assert first.startswith("@ann, @dee: Teal Mug opens to you at 12:10")
    assert second.startswith("@bob: Teal Mug opens to you at 12:09")
    assert third.startswith(
        "@cy: Teal Mug opens to you at 12:10 (in 10 min), or right now by following the channel"
    )


def test_who_has_not_paid_for_what_shares_a_line_with_everybody_else(chat):
    ways = (
        (),
        ("subscriber",),
        ("subscriber >= 2",),
        ("vip",),
        ("follower", "subscriber"),
        ("follower_days >= 9",),
    )
    for number, way in enumerate(ways):
        refusal = refused(ClaimRefusal.NOT_ENTITLED, retry_at=PUBLIC_AT, way_in=way)
        chat.decided(f"v{number}", refusal)
    (line,) = chat.hear()
    names = ", ".join(f"@v{number}" for number in range(len(ways)))
    assert line == f"{names}: Teal Mug opens to you at 12:10 (in 10 min); type !claim mug then."


def test_a_refusal_from_before_the_early_window_is_corrected_for_whom_it_is(chat):
    chat.decided("ann", ClaimOpenNow("mug", "Teal Mug", "subscriber or vip", PUBLIC_AT))
    (line,) = chat.hear()
    assert line.startswith(
        "@ann: Teal Mug is open now for subscribers and VIPs, and at 12:10 (in 10 min) for everybody"
    )


# -- the teller, with what the lane says ----------------------------------------------------------------------


@pytest.fixture
def clock():
    return FixedClock(NOON)


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch):
    monkeypatch.setattr(telling_module, "DOWN_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(telling_module, "BUDGET_LOOK_SECONDS", 0.001)


def settled(name, decision, at=NOON, platform="twitch"):
    return Committed(settled=((viewer(name, platform), Answer(f"{platform}:{name}", decision, at)),))


async def test_that_something_is_checked_is_never_noted_as_told_and_its_answer_is(clock):
    lane, said = NotingLane(), RecordingChat()
    telling = made(lane, said, clock)
    async with running(telling):
        telling.claim_decided(viewer("ann"), answer("twitch:ann", CHECKING))
        clock.at += 2 * SECOND
        await until(lambda: said.lines)
        telling.committed(settled("ann", granted(1), NOON + SECOND))
        clock.at += SECOND
        await until(lambda: lane.told)
    assert [line.partition(" ")[0] for line in said.lines] == ["@ann:", "@ann"]
    assert lane.told == ["twitch:ann"]


NOT_IN = refused(ClaimRefusal.NOT_ENTITLED, retry_at=PUBLIC_AT)


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize(("decision", "heard"), [(granted(1), "is yours"), (NOT_IN, "opens to you")])
async def test_an_answer_that_overtakes_the_news_of_the_check_is_told_alone(clock, early, decision, heard):
    """The lane tells its listeners of a completed claim before whoever asked it runs again."""
    lane, said = NotingLane(), RecordingChat()
    telling = made(lane, said, clock)
    steps = [
        lambda: telling.committed(settled("ann", decision)),
        lambda: telling.claim_decided(viewer("ann"), answer("twitch:ann", CHECKING)),
    ]
    async with running(telling):
        for step in steps if early else reversed(steps):
            step()
        clock.at += 2 * SECOND
        telling.say_now("some time later")
        await until(lambda: lane.told)
        clock.at += GAP
        telling.say_now("the end")
        await until(lambda: said.lines[-1] == "the end")
    (line,) = [line for line in said.lines if "ann" in line]
    assert heard in line


async def test_what_was_checked_for_discord_is_not_said_in_chat(clock):
    lane, said = NotingLane(), RecordingChat()
    telling = made(lane, said, clock)
    async with running(telling):
        telling.committed(settled("ann", granted(1), platform="discord"))
        clock.at += GAP
        telling.say_now("the end")
        await until(lambda: said.lines)
    assert (said.lines, lane.told) == (["the end"], [])


# -- over a real ledger, and through a crash ------------------------------------------------------------------


async def test_after_a_crash_only_what_was_answered_is_owed_and_the_rest_is_told_when_it_is(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await begin(lane, clock)
        for name in ("ann", "bob"):
            await claim(lane, name)
        await judge(lane, "ann", 1)
    reads = Reads(new_ledger)
    async with running_lane(new_ledger, clock) as lane:
        said = RecordingChat()
        telling = made(lane, said, clock, reads=reads)
        lane.listen(telling.committed)
        await telling.sweep(at_start=True)
        async with running(telling):
            clock.at += SECOND
            telling.say_now("so far")
            await until(lambda: len(said.lines) == 2)
            clock.at += 9 * SECOND
            telling.say_now("much later")
            await until(lambda: len(said.lines) == 3)
            await judge(lane, "bob", 1, at=clock.at)
            clock.at += SECOND
            telling.say_now("the end")
            await until(lambda: len(said.lines) == 5)
            async with asyncio.timeout(60):
                while await untold(reads, CHANNEL):
                    pass
    await reads.close()
    assert sorted(said.lines) == sorted(
        [
            "so far",
            "I was away and still owe an answer: Teal Mug is yours, @ann #1 (of 48)",
            "much later",
            "the end",
            "@bob Teal Mug #2 of 48 is yours!",
        ]
    )


async def test_a_note_that_somebody_was_told_of_the_check_does_not_settle_their_answer(lane, new_ledger, clock):
    await begin(lane, clock)
    await claim(lane, "ann")
    await lane.submit(NoteTold(CHANNEL, ("twitch:ann",)))
    reads = Reads(new_ledger)
    assert await untold(reads, CHANNEL) == []
    await judge(lane, "ann", 0)
    (owed,) = await untold(reads, CHANNEL)
    await reads.close()
    assert (owed.actor.name, owed.decision.because) == ("ann", ClaimRefusal.NOT_ENTITLED)
