"""Votes that do not count are told why: together, once in a while, and to nobody whose vote counts."""

from __future__ import annotations

import pytest

from bot.domain.answers import Answer
from bot.domain.ballots import BallotFault
from bot.domain.time import MINUTE, SECOND
from bot.domain.vote_words import VoteMistake
from bot.domain.voting import VoteAccepted, VoteRefusal, VoteRefused
from bot.services import telling as telling_module
from bot.storage.lane import Committed
from tests.conftest import NOON, FixedClock, viewer
from tests.domain.poll_world import choice
from tests.services.fakes import NotingLane, RecordingChat, until
from tests.services.test_telling import made, running

OPTIONS = ("teal", "plum", "sand")


@pytest.fixture
def clock():
    return FixedClock(NOON)


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch):
    monkeypatch.setattr(telling_module, "BUDGET_LOOK_SECONDS", 0.001)


def refused(because=VoteRefusal.BAD_CHOICE, mistake=BallotFault.UNKNOWN_OPTION):
    return VoteRefused(because, "next-mug", "Next mug?", VoteMistake(mistake, "9"))


async def test_whoever_is_refused_for_the_same_reason_shares_a_line(clock):
    chat = RecordingChat()
    telling = made(NotingLane(), chat, clock)
    async with running(telling):
        for name in ("ann", "ben", "cleo", "ann"):
            telling.vote_refused(viewer(name), refused(), OPTIONS)
        telling.vote_refused(viewer("dan"), refused(VoteRefusal.CLOSED))
        telling.vote_refused(viewer("eve"), refused(VoteRefusal.NOT_ENTITLED))
        clock.at += 3 * SECOND
        await until(lambda: len(chat.lines) == 3)
    assert chat.lines == [
        "@ann, @ben, @cleo: that is no option here: the numbers go from 1 to 3.",
        "@dan: “Next mug?” is closed, so that came too late and changed nothing.",
        "To whoever just voted and is not counted: you are not among those who can vote on “Next mug?”.",
    ]


async def test_the_same_reason_is_given_once_in_a_while_and_nobody_is_answered_twice(clock):
    chat = RecordingChat()
    telling = made(NotingLane(), chat, clock)
    async with running(telling):
        telling.vote_refused(viewer("ann"), refused(), OPTIONS)
        telling.vote_refused(viewer("ben"), refused(), OPTIONS)
        clock.at += 3 * SECOND
        await until(lambda: chat.lines)
        telling.vote_refused(viewer("zoe"), refused(), OPTIONS)
        telling.vote_refused(viewer("ben"), refused(VoteRefusal.PAUSED))
        telling.say_to(viewer("eve"), "something else", topic="other")
        clock.at += 3 * SECOND
        await until(lambda: len(chat.lines) == 2)
        assert chat.lines[1] == "something else"
        clock.at += MINUTE
        telling.vote_refused(viewer("zoe"), refused(), OPTIONS)
        clock.at += 3 * SECOND
        await until(lambda: len(chat.lines) == 3)
    assert chat.lines[2].startswith("@zoe: ")


async def test_a_crowd_is_told_in_one_line(clock):
    chat = RecordingChat()
    telling = made(NotingLane(), chat, clock)
    async with running(telling):
        for number in range(500):
            telling.vote_refused(viewer(f"viewer_{number:03}"), refused(), OPTIONS)
        clock.at += 3 * SECOND
        await until(lambda: chat.lines)
        clock.at += 20 * SECOND
        telling.say_to(viewer("eve"), "something else", topic="other")
        await until(lambda: len(chat.lines) == 2)
    assert chat.lines[0] == "To the 500 people who just voted: that is no option here: the numbers go from 1 to 3."


async def test_a_vote_that_was_looked_into_is_answered_only_where_it_does_not_count(clock):
    chat = RecordingChat()
    telling = made(NotingLane(), chat, clock)
    accepted = VoteAccepted("next-mug", "Next mug?", choice(2))
    voted = (
        (viewer("ann"), Answer("twitch:1", accepted, NOON)),
        (viewer("ben"), Answer("twitch:2", refused(VoteRefusal.NOT_ENTITLED), NOON)),
        (viewer("cleo", "discord"), Answer("discord:3", refused(VoteRefusal.NOT_ENTITLED), NOON)),
    )
    async with running(telling):
        telling.committed(Committed(voted=voted))
        clock.at += 3 * SECOND
        await until(lambda: chat.lines)
    assert chat.lines == [
        "To whoever just voted and is not counted: you are not among those who can vote on “Next mug?”."
    ]
