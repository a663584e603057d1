"""Polls, votes and passes in the lane: what is answered is on the disk, once, and is the same after a restart."""

from __future__ import annotations

import pytest

from bot.domain.ballots import BallotFault
from bot.domain.claims import ClaimDrop, ClaimGranted
from bot.domain.night_deeds import CreateNight, NightVerb, NightVisited, VisitNight
from bot.domain.nights import NightPlan, Place
from bot.domain.pass_deeds import GivePass, PassGiven, TransferPass
from bot.domain.pass_terms import PassKind, PassOffer, PassTerms
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.poll_control import OpenPoll, PollNeedsYes, PollSteered, PollVerb, SteerPoll
from bot.domain.polls import PassRole, PollKind
from bot.domain.recounting import PollRecounted, RecountPoll
from bot.domain.stream import ReportStream, Wake
from bot.domain.time import HOUR, MINUTE, SECOND
from bot.domain.voiding import VoidUnit
from bot.domain.vote_words import VoteMistake
from bot.domain.voting import CastVote, VoteAccepted, VoteChecking, VoteRefusal, VoteRefused
from bot.storage.database import Reads
from bot.storage.polls import own_votes, read_count, read_polls, so_far
from bot.storage.rebuild import differences
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer
from tests.domain.poll_world import choice, poll_plan
from tests.storage.desk import Desk, desk_engine
from tests.storage.early import judging

ANN, BEN = viewer("ann"), viewer("ben")
MOD_VOTE = {"kind": PollKind.MOD_VOTE, "electorate": "moderator", "pass_role": PassRole.ENTRY}


@pytest.fixture
def desk(new_ledger):
    desk = Desk(desk_engine(new_ledger), NOON, stream_watched=True)
    yield desk
    desk.close()


def opened(desk, **changes):
    (answer,) = desk.send(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan(**changes)))
    assert isinstance(answer.decision, PollSteered), answer.decision
    return answer.decision.poll


def vote(name, *options, request="", **more):
    return CastVote(CHANNEL, request or f"twitch:vote-{name}", viewer(name), choice(*options), **more)


def test_votes_are_counted_once_and_the_same_request_gets_the_same_answer(desk):
    opened(desk)
    answers = desk.send(vote("ann", 1), vote("ben", 2), vote("ann", 1))
    assert [(type(answer.decision), answer.repeated) for answer in answers] == [
        (VoteAccepted, False),
        (VoteAccepted, False),
        (VoteAccepted, True),
    ]
    desk.restart()
    (again,) = desk.send(vote("ann", 1))
    assert again.repeated
    assert again.decision == answers[0].decision
    (changed,) = desk.send(vote("ann", 2, request="twitch:vote-ann-2"))
    assert changed.decision.changed
    desk.clock.at += 90 * SECOND
    desk.send(Wake(CHANNEL))
    (row,) = desk.ask("SELECT state, people, result FROM poll")
    assert row[:2] == ("closed", 2)
    (late,) = desk.send(vote("cleo", 1))
    assert late.decision == VoteRefused(VoteRefusal.CLOSED, "colour-of-the-next-mug", "Colour of the next mug?")
    (recounted,) = desk.send(RecountPoll(CHANNEL, "twitch:recount", MIA))
    assert isinstance(recounted.decision, PollRecounted)
    assert recounted.decision.agrees


def test_a_pass_is_spent_with_its_ballot_and_comes_back_with_a_cancelled_poll(desk):
    desk.send(GivePass(CHANNEL, "twitch:give", MIA, PassTerms(PassKind.MOD_VOTE), ANN))
    opened(desk, **MOD_VOTE)
    bare, wrong = desk.send(
        vote("ann", 2), CastVote(CHANNEL, "twitch:x", ANN, VoteMistake(BallotFault.UNKNOWN_OPTION), with_pass=True)
    )
    assert bare.decision.because is VoteRefusal.NOT_ENTITLED
    assert bare.decision.has_pass
    assert wrong.decision.because is VoteRefusal.BAD_CHOICE
    spent, twice = desk.send(
        vote("ann", 2, request="twitch:p", with_pass=True), vote("ann", 2, request="discord:p", with_pass=True)
    )
    assert (spent.decision.pass_spent, twice.decision.repeated) == (1, True)
    assert desk.ask("SELECT used, spent_on FROM pass") == [(1, '["poll:colour-of-the-next-mug"]')]
    desk.restart()
    assert isinstance(desk.send(vote("mia", 3, request="twitch:m"))[0].decision, VoteRefused)
    (asked,) = desk.send(SteerPoll(CHANNEL, "twitch:cancel", MIA, PollVerb.CANCEL))
    assert isinstance(asked.decision, PollNeedsYes)
    desk.send(SteerPoll(CHANNEL, "twitch:yes", MIA, PollVerb.CANCEL, confirmed=True))
    assert desk.ask("SELECT used, spent_on FROM pass") == [(0, "[]")]
    kinds = [told.kind for told in desk.news()]
    assert kinds[-2:] == ["poll.cancelled", "pass.returned"]


def test_a_pass_comes_with_its_unit_and_ends_with_time(desk):
    offer = PassOffer(PassKind.GAME_NIGHT, lasts=HOUR)
    desk.send(ApplyPlans(CHANNEL, "config:1", BOT, (plan(passes=(offer,)),)))
    desk.send(Wake(CHANNEL))
    desk.send(ClaimDrop(CHANNEL, "twitch:claim", ANN))
    assert desk.ask("SELECT kind, owner, drop_key, unit, expires_at FROM pass") == [
        ("game_night", 1, "mug", 1, NOON + HOUR)
    ]
    night = NightPlan("", "Hades night", 1, NOON + 30 * MINUTE, HOUR, 20 * MINUTE, 10 * MINUTE)
    desk.send(CreateNight(CHANNEL, "twitch:night", MIA, night))
    joined, refused = desk.send(
        VisitNight(CHANNEL, "discord:j", ANN, NightVerb.JOIN), VisitNight(CHANNEL, "discord:k", BEN, NightVerb.JOIN)
    )
    assert isinstance(joined.decision, NightVisited)
    assert joined.decision.place is Place.SEATED
    assert refused.decision.pass_because == "no-pass"
    desk.clock.at += 15 * MINUTE
    (here,) = desk.send(VisitNight(CHANNEL, "discord:h", ANN, NightVerb.CHECK_IN))
    assert here.decision.pass_spent == 1
    desk.restart()
    assert desk.ask("SELECT place, pass_number FROM night_guest") == [("here", 1)]
    desk.clock.at += 2 * HOUR
    desk.send(Wake(CHANNEL))
    assert desk.ask("SELECT used, expired FROM pass") == [(1, 0)]
    assert [told.kind for told in desk.news()][-1] == "night.ended"


def test_passes_end_with_their_unit_in_the_order_in_which_they_came_also_after_a_restart(desk):
    offers = (PassOffer(PassKind.MOD_VOTE, transferable=True), PassOffer(PassKind.GAME_NIGHT))
    desk.send(ApplyPlans(CHANNEL, "config:1", BOT, (plan(passes=offers),)))
    desk.send(Wake(CHANNEL))
    desk.send(ClaimDrop(CHANNEL, "twitch:claim", ANN))
    desk.send(TransferPass(CHANNEL, "twitch:hand-on", ANN, 1, BEN))
    desk.restart()
    desk.send(VoidUnit(CHANNEL, "twitch:void", MIA, "mug", 1, confirmed=True))
    assert [told.public["pass"] for told in desk.news() if told.kind == "pass.voided"] == [1, 2]
    with desk.connection().begin():
        assert differences(desk.connection(), CHANNEL) == []


async def test_everybody_else_reads_polls_counts_and_their_own_votes(desk, new_ledger):
    reads = Reads(new_ledger)
    opened(desk)
    desk.send(vote("ann", 1), vote("ben", 2), vote("cleo", 2))
    assert list(await read_polls(reads, CHANNEL)) == ["colour-of-the-next-mug"]
    counted = await read_count(reads, CHANNEL, "colour-of-the-next-mug")
    assert counted is not None
    assert [each.people for each in counted.counts] == [1, 2, 0]
    (own,) = await own_votes(reads, CHANNEL, BEN.key)
    assert own.vote.ballot == choice(2)
    assert await own_votes(reads, CHANNEL, ("twitch", "nobody")) == []
    await reads.close()


async def test_the_people_of_a_running_count_are_those_whose_votes_are_in_it(desk, new_ledger):
    reads = Reads(new_ledger)
    opened(desk)
    desk.send(vote("ann", 1))
    (read_before,) = (await read_polls(reads, CHANNEL)).values()
    desk.send(vote("ben", 2), vote("cleo", 2))
    standing = await so_far(reads, CHANNEL, read_before)
    assert (read_before.people, standing.poll.people) == (1, 3)
    assert standing.counts == (("teal", 1), ("plum", 2), ("sand", 0))
    desk.send(SteerPoll(CHANNEL, "twitch:close", MIA, PollVerb.CLOSE))
    (closed,) = (await read_polls(reads, CHANNEL)).values()
    assert await so_far(reads, CHANNEL, closed) == (closed, None)
    await reads.close()


def test_a_vote_that_waits_is_cast_when_somebody_can_tell_also_after_a_pause(desk):
    desk.send(ReportStream(CHANNEL, live=True))
    opened(desk, electorate="subscriber", window=30 * MINUTE)
    first, second = desk.send(vote("ann", 1), vote("ben", 2))
    assert isinstance(first.decision, VoteChecking)
    assert isinstance(second.decision, VoteChecking)
    desk.restart()
    desk.send(judging("ann", 1))
    assert [(answer.request_id, type(answer.decision)) for answer in desk.voted] == [
        ("twitch:vote-ann", VoteAccepted)
    ]
    assert desk.send(vote("ann", 1))[0].decision == desk.voted[0].decision
    desk.send(ReportStream(CHANNEL, live=False))
    desk.clock.at += 5 * MINUTE
    desk.send(Wake(CHANNEL))
    # What is found out while the poll is paused counts when it goes on.
    desk.send(judging("ben", 1))
    assert len(desk.voted) == 1
    desk.send(ReportStream(CHANNEL, live=True))
    desk.clock.at += 5 * MINUTE
    desk.send(Wake(CHANNEL))
    assert [answer.request_id for answer in desk.voted] == ["twitch:vote-ann", "twitch:vote-ben"]
    assert desk.ask("SELECT count(*) FROM ballot UNION ALL SELECT count(*) FROM held_vote") == [(2,), (0,)]


def test_the_lane_keeps_no_ballots_of_polls_that_are_over_at_hand(desk):
    opened(desk)
    desk.send(vote("ann", 1))
    part = desk.participation()
    assert len(part.ballots_at_hand) == 1
    desk.clock.at += 90 * SECOND
    (late,) = desk.send(vote("ben", 1))
    assert late.decision.because is VoteRefusal.CLOSED
    assert part.ballots_at_hand == []
    # Whoever is late is refused without a look at what the others have chosen.
    desk.send(vote("cleo", 1))
    assert part.ballots_at_hand == []
    (recounted,) = desk.send(RecountPoll(CHANNEL, "twitch:recount", MIA))
    assert (recounted.decision.agrees, recounted.decision.result["people"]) == (True, 1)


def test_a_moderator_whose_vote_waits_is_one_also_after_a_restart(desk):
    opened(desk, electorate="moderator and subscriber")
    (waits,) = desk.send(CastVote(CHANNEL, "twitch:vote-mia", MIA, choice(1)))
    assert isinstance(waits.decision, VoteChecking)
    # Only the line itself has told that its sender is a moderator.
    desk.restart()
    desk.send(judging(MIA, 1, NOON))
    (answer,) = desk.voted
    assert isinstance(answer.decision, VoteAccepted), answer.decision


def test_a_vote_that_nobody_could_judge_is_refused_when_the_poll_closes(desk):
    opened(desk, electorate="subscriber")
    desk.send(vote("ann", 1))
    desk.clock.at += 90 * SECOND
    desk.send(Wake(CHANNEL))
    (answer,) = desk.voted
    assert answer.decision.because is VoteRefusal.CLOSED
    assert desk.send(vote("ann", 1))[0].decision == answer.decision


@pytest.mark.parametrize("damage", ["ballot SET choice = '[9]'", "poll SET seed = zeroblob(32)"])
def test_a_poll_whose_rows_were_damaged_decides_nothing_and_holds_up_nobody(desk, damage):
    desk.send(ApplyPlans(CHANNEL, "config:1", BOT, (plan(window=HOUR),)))
    desk.send(GivePass(CHANNEL, "twitch:give", MIA, PassTerms(PassKind.MOD_VOTE), ANN))
    opened(desk, **MOD_VOTE)
    desk.send(vote("ann", 2, with_pass=True))
    with desk.connection().begin():
        desk.connection().exec_driver_sql(f"UPDATE {damage}")
    desk.restart()
    desk.clock.at += 90 * SECOND
    (claimed,) = desk.send(ClaimDrop(CHANNEL, "twitch:claim", BEN))
    assert isinstance(claimed.decision, ClaimGranted)
    assert desk.ask("SELECT state, closed_why FROM poll") == [("cancelled", "unreadable")]
    assert desk.ask("SELECT used, spent_on FROM pass") == [(0, "[]")]


def test_given_passes_are_numbered_on_after_a_restart(desk):
    give = [GivePass(CHANNEL, f"twitch:give-{n}", MIA, PassTerms(PassKind.MOD_VOTE), ANN) for n in range(3)]
    first, second = desk.send(*give[:2])
    desk.restart()
    (third,) = desk.send(give[2])
    assert [answer.decision.number for answer in (first, second, third)] == [1, 2, 3]
    assert isinstance(third.decision, PassGiven)
