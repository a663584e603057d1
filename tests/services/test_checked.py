"""Waiting for the answer to a claim that is being checked, and asking whether one may claim at all."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.answers import Answer
from bot.domain.claims import ClaimChecking, ClaimDrop
from bot.domain.eligibility import Eligible
from bot.domain.entitlements import ACCOUNT_AGE, Entitlement, Found, Question
from bot.domain.time import HOUR, SECOND
from bot.domain.verdicts import Accepted, Unknown
from bot.services import eligibility as eligibility_module
from bot.services.claims import BURST_MAX, Claims, TooFast
from bot.services.eligibility import Eligibility
from bot.storage.lane import Committed
from tests.conftest import CHANNEL, NOON, FixedClock, viewer
from tests.services.fakes import NotingLane, answer, granted, until

ANN = viewer("ann")
SUBSCRIBER = Question(Entitlement.SUBSCRIBER)
YES = (SUBSCRIBER, Found(1, NOON, NOON + HOUR))
CHECKING = ClaimChecking("mug", "Teal Mug", ("subscriber",), (ANN.key, ("discord", "7")))
UNKNOWN = Eligible("mug", "Teal Mug", Unknown((), (SUBSCRIBER,)), accounts=(ANN.key, ("discord", "7")))


class Desk:
    """Whoever looks people up: knows what a test lets it know."""

    def __init__(self, *known):
        self.found = {ANN.key: known}
        self.wanted = []

    def known(self, account):
        return tuple(self.found.get(account, ()))

    def want(self, accounts, unanswered):
        self.wanted.append((tuple(accounts), tuple(unanswered)))


def claims(lane, desk=None):
    return Claims(lane, CHANNEL, FixedClock(NOON), desk)


def settled(actor, decision, at=NOON, request="discord:1"):
    return Committed(settled=((actor, Answer(request, decision, at)),))


async def test_a_claim_brings_what_is_known_and_asks_for_what_is_not():
    lane, desk = NotingLane(decision=CHECKING), Desk(YES)
    await claims(lane, desk).claim(ANN, "twitch:1", "mug")
    assert lane.commands == [ClaimDrop(CHANNEL, "twitch:1", ANN, "mug", (YES,))]
    assert desk.wanted == [((ANN.key, ("discord", "7")), ("subscriber",))]


async def test_a_claim_that_was_decided_asks_for_nothing():
    desk = Desk()
    await claims(NotingLane(decision=granted(1)), desk).claim(ANN, "twitch:1")
    assert desk.wanted == []


async def test_two_presses_of_one_person_both_hear_what_came_of_the_claim():
    service = claims(NotingLane())
    asked = answer("discord:1", CHECKING)
    waiting = [asyncio.create_task(service.checked(ANN, asked, seconds=60)) for _ in range(2)]
    await asyncio.sleep(0)
    service.committed(settled(viewer("bob"), granted(1)))
    service.committed(settled(ANN, granted(2, "print")))
    service.committed(settled(ANN, granted(3)))
    assert [each.number for each in await asyncio.gather(*waiting)] == [3, 3]


async def test_who_begins_to_wait_after_the_answer_hears_it_and_not_the_one_of_an_earlier_claim():
    service = claims(NotingLane())
    service.committed(settled(ANN, granted(3), NOON))
    assert (await service.checked(ANN, answer("discord:1", CHECKING), seconds=60)).number == 3
    later = Answer("discord:2", CHECKING, NOON + SECOND)
    assert await service.checked(ANN, later, seconds=0) is CHECKING


async def test_an_answer_that_comes_after_the_wait_is_kept_for_the_next_one():
    service = claims(NotingLane())
    asked = answer("discord:1", CHECKING)
    assert await service.checked(ANN, asked, seconds=0) is CHECKING
    service.committed(settled(ANN, granted(3), NOON + SECOND))
    assert (await service.checked(ANN, asked, seconds=60)).number == 3


class Judging:
    """A lane that says yes once the evidence is there."""

    def __init__(self):
        self.commands = []

    async def submit(self, command):
        self.commands.append(command)
        yes = Eligible("mug", "Teal Mug", Accepted())
        return Answer("", yes if YES in command.evidence else UNKNOWN, NOON)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(eligibility_module, "LOOK_SECONDS", 0.001)


async def test_what_is_known_already_answers_at_once():
    desk = Desk(YES)
    found = await Eligibility(Judging(), CHANNEL, FixedClock(NOON), desk).ask(ANN)
    assert isinstance(found.verdict, Accepted)
    assert desk.wanted == []


@pytest.mark.parametrize("account", [ANN.key, ("discord", "7")])
async def test_what_is_not_known_is_looked_up_on_every_account_and_then_judged_once_more(quick, account):
    desk, lane = Desk(), Judging()
    asking = asyncio.create_task(Eligibility(lane, CHANNEL, FixedClock(NOON), desk, seconds=60).ask(ANN, "mug"))
    await until(lambda: desk.wanted)
    desk.found[account] = (YES,)
    assert isinstance((await asking).verdict, Accepted)
    assert desk.wanted == [((ANN.key, ("discord", "7")), ("subscriber",))]
    assert [command.drop for command in lane.commands] == ["mug", "mug"]


async def test_the_age_of_the_account_that_asks_counts_at_once_when_it_is_the_older_one():
    old, young = ((ACCOUNT_AGE, Found(since, NOON, NOON + HOUR)) for since in (NOON - HOUR, NOON - SECOND))
    desk, asked = Desk(old), []
    desk.found["discord", "7"] = (young,)

    class Aging(Judging):
        async def submit(self, command):
            asked.append((command.of_all, command.evidence))
            return Answer("", Eligible("mug", "Teal Mug", Accepted()) if command.of_all else UNKNOWN, NOON)

    found = await Eligibility(Aging(), CHANNEL, FixedClock(NOON), desk, seconds=0).ask(ANN)
    assert isinstance(found.verdict, Accepted)
    assert asked == [(False, (old,)), (True, (old,))]


async def test_what_cannot_be_looked_up_in_time_is_said_to_be_unknown(quick):
    found = await Eligibility(Judging(), CHANNEL, FixedClock(NOON), Desk(), seconds=0).ask(ANN)
    assert found is UNKNOWN


async def test_nobody_asks_faster_than_they_can_claim():
    service = Eligibility(Judging(), CHANNEL, FixedClock(NOON), Desk(YES))
    for _ in range(BURST_MAX):
        await service.ask(ANN)
    with pytest.raises(TooFast):
        await service.ask(ANN)
