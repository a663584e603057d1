"""Votes that wait keep their order, and what was found out about somebody else's account lets nobody in."""

from __future__ import annotations

import pytest

from bot.domain.linking import DISCORD, LinkPeople, UnlinkMe
from bot.domain.poll_control import OpenPoll
from bot.domain.stream import ReportStream, Wake
from bot.domain.time import HOUR, MINUTE
from bot.domain.voting import CastVote, VoteAccepted, VoteChecking
from tests.conftest import CHANNEL, MIA, NOON, viewer
from tests.domain.poll_world import choice, poll_plan
from tests.storage.desk import Desk, desk_engine
from tests.storage.early import judging

ANN, BEN, ANN_THERE = viewer("ann"), viewer("ben"), viewer("ann", DISCORD)


@pytest.fixture
def desk(new_ledger):
    desk = Desk(desk_engine(new_ledger), NOON, stream_watched=True)
    desk.send(ReportStream(CHANNEL, live=True))
    desk.send(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan(electorate="subscriber", window=HOUR)))
    yield desk
    desk.close()


def test_the_last_choice_counts_also_of_votes_at_one_moment_whatever_their_requests_are_called(desk):
    """The clock stands, as it does for the lane while one that was set back catches up."""
    votes = [CastVote(CHANNEL, f"twitch:{name}", ANN, choice(n)) for n, name in enumerate("cab", 1)]
    assert all(isinstance(answer.decision, VoteChecking) for answer in desk.send(*votes))
    desk.restart()
    desk.send(judging("ann", 1))
    assert [answer.request_id for answer in desk.voted] == ["twitch:c", "twitch:a", "twitch:b"]
    assert desk.ask("SELECT choice FROM ballot") == [("[3]",)]


async def test_a_commit_tells_that_a_vote_waits_now(lane, clock):
    clock.at = NOON
    await lane.submit(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan(electorate="subscriber", window=HOUR)))
    heard = []
    lane.listen(lambda committed: heard.append(committed.held))
    answer = await lane.submit(CastVote(CHANNEL, "twitch:1", ANN, choice(1)))
    assert isinstance(answer.decision, VoteChecking)
    await lane.submit(judging("ann", 1))
    assert heard == [True, False]


def test_what_was_found_out_in_a_pause_about_an_account_that_is_theirs_no_more_lets_nobody_in(desk):
    (made,) = desk.send(LinkPeople(CHANNEL, "twitch:link", ANN, ANN_THERE, confirmed=True))
    desk.send(CastVote(CHANNEL, "discord:1", ANN_THERE, choice(1)))
    desk.send(ReportStream(CHANNEL, live=False))
    desk.clock.at += 5 * MINUTE
    desk.send(Wake(CHANNEL))
    desk.send(judging("ann", 1))
    assert desk.voted == []
    desk.send(UnlinkMe(CHANNEL, "discord:unlink", ANN_THERE, made.decision.link))
    desk.send(LinkPeople(CHANNEL, "twitch:link-2", BEN, ANN_THERE, confirmed=True))
    desk.send(ReportStream(CHANNEL, live=True))
    desk.clock.at += 5 * MINUTE
    desk.send(Wake(CHANNEL))
    assert desk.voted == [], "Ann subscribes; of Ben, who the voter is by now, nobody knows"
    desk.send(judging("ben", 1))
    assert [type(answer.decision) for answer in desk.voted] == [VoteAccepted]
