"""Votes over a real ledger: read, cast, looked up, and of many in a row never the last one lost."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.answers import TryAgain
from bot.domain.ballots import Ballot, BallotFault, Method
from bot.domain.claims import JudgeHolds
from bot.domain.entitlements import Entitlement, Found, Question
from bot.domain.pass_deeds import GivePass
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.poll_asked import PollDefaults, PollForm, read_form
from bot.domain.poll_control import PollVerb
from bot.domain.polls import PollKind
from bot.domain.time import HOUR, SECOND
from bot.domain.voting import VoteAccepted, VoteChecking, VoteRefusal, VoteRefused
from bot.services.claims import BURST_MAX, AskerBudget, TooFast
from bot.services.confirming import Confirmations
from bot.services.polls import Polls
from bot.services.voting import LEAD, Voting
from bot.storage.database import Reads
from bot.storage.polls import own_votes
from tests.conftest import CHANNEL, MIA, NOON, FixedClock, viewer
from tests.domain.poll_world import choice
from tests.services.fakes import until

ANN, BEN = viewer("ann"), viewer("ben")
KEY = "next-mug"
SUBSCRIBER = Question(Entitlement.SUBSCRIBER)


class People:
    """Whoever looks people up: knows what a test lets it know, and notes whom it is asked about."""

    def __init__(self):
        self.found = {}
        self.wanted = []

    def known(self, account):
        return tuple(self.found.get(account, ()))

    def want(self, accounts, unanswered):
        self.wanted.append((tuple(accounts), tuple(unanswered)))


class Desk:
    """Both services over one lane; `steady` measures how fast somebody asks."""

    def __init__(self, lane, reads, clock, **usual):
        self.lane, self.reads, self.clock = lane, reads, clock
        self.steady = FixedClock()
        self.people = People()
        self.polls = Polls(lane, reads, CHANNEL, Confirmations(lane, self.steady), PollDefaults(**usual))
        self.voting = Voting(lane, reads, CHANNEL, self.polls, clock, self.steady, self.people)
        # Real time lets a choice go that waits: within a test, nobody's turn comes again of itself.
        self.voting._budget = AskerBudget(self.steady, refill=HOUR)
        lane.listen(self.voting.committed)
        self.requests = 0

    def request(self):
        self.requests += 1
        return f"twitch:{self.requests}"

    async def open(self, **more):
        form = PollForm(**{"question": "Next mug?", "options": "teal, plum, sand", **more})
        return (await self.polls.open(MIA, self.request(), read_form(form))).decision.poll

    async def vote(self, actor, ballot, **more):
        return (await self.voting.vote(actor, self.request(), ballot, **more)).decision

    async def bare(self, actor, line):
        answer = await self.voting.vote_bare(actor, self.request(), line)
        return None if answer is None else answer.decision

    async def choice_of(self, actor):
        (own,) = await own_votes(self.reads, CHANNEL, actor.key)
        return own.vote.ballot

    async def use_up(self, actor):
        for turn in range(BURST_MAX):
            await self.vote(actor, str(1 + turn % 2))


@pytest.fixture
async def desk(lane, new_ledger, clock):
    clock.at = NOON
    reads = Reads(new_ledger)
    yield Desk(lane, reads, clock)
    await reads.close()


@pytest.mark.parametrize("line", ["hello", "2 of them", "!2", "2nd", "", "2026", "!vote 2", "1 2"])
async def test_talk_is_no_vote(desk, line):
    await desk.open()
    assert await desk.bare(ANN, line) is None


async def test_without_a_poll_a_number_is_talk_and_a_command_is_told_that_nothing_is_on(desk):
    assert not desk.voting.takes_numbers
    assert await desk.bare(ANN, "2") is None
    refused = await desk.vote(ANN, "2")
    assert refused == VoteRefused(VoteRefusal.NOTHING_ON)


@pytest.mark.parametrize("line", ["2", " #2 ", "2.", "(2)", "２"])
async def test_a_number_alone_is_a_vote(desk, line):
    await desk.open()
    assert desk.voting.takes_numbers
    accepted = await desk.bare(ANN, line)
    assert isinstance(accepted, VoteAccepted)
    assert await desk.choice_of(ANN) == choice(2)


async def test_a_number_that_no_option_has_is_refused_without_the_ledger(desk, monkeypatch):
    await desk.open()
    monkeypatch.setattr(desk.lane, "submit", None)
    refused = await desk.bare(ANN, "7")
    assert isinstance(refused, VoteRefused)
    assert (refused.because, refused.poll) == (VoteRefusal.BAD_CHOICE, KEY)
    assert refused.mistake.because is BallotFault.UNKNOWN_OPTION


async def test_a_moderators_number_is_a_vote_too(desk):
    await desk.open()
    assert isinstance(await desk.bare(MIA, "1"), VoteAccepted)


async def test_what_was_typed_is_read_by_the_polls_method(desk):
    await desk.open(method=Method.RANKED)
    accepted = await desk.vote(ANN, "plum > teal")
    assert accepted.ballot == Ballot(Method.RANKED, (2, 1))
    refused = await desk.vote(BEN, "plum > mauve")
    assert refused.mistake.because is BallotFault.UNKNOWN_OPTION
    refused = await desk.vote(BEN, "")
    assert refused.mistake.because is BallotFault.NOTHING_SAID


async def test_a_button_of_a_poll_that_is_over_or_was_never_there_is_refused(desk):
    await desk.open()
    await desk.polls.steer(MIA, "twitch:close", PollVerb.CLOSE)
    await desk.polls.load()
    assert (await desk.vote(ANN, choice(1), poll=KEY)).because is VoteRefusal.CLOSED
    assert (await desk.vote(ANN, choice(1), poll="no-such-poll")).because is VoteRefusal.UNKNOWN_POLL
    # Typed, it means the one that was on.
    assert (await desk.vote(ANN, "1")).because is VoteRefusal.CLOSED


async def test_a_button_of_another_method_is_refused(desk):
    await desk.open(method=Method.SCORE)
    refused = await desk.vote(ANN, choice(1), poll=KEY)
    assert (refused.because, refused.mistake.because) == (VoteRefusal.BAD_CHOICE, BallotFault.UNCLEAR)


async def test_whoever_changes_their_mind_fast_has_the_last_choice_counted(desk):
    await desk.open()
    await desk.use_up(ANN)
    changes = [asyncio.create_task(desk.vote(ANN, str(1 + turn % 3))) for turn in range(9)]
    await until(lambda: desk.voting._later)
    assert await desk.choice_of(ANN) == choice(1)
    # What is no choice does not take its place.
    with pytest.raises(TooFast):
        await desk.vote(ANN, "mauve")
    desk.steady.at += HOUR
    await desk.voting.flush()
    decisions = {await change for change in changes}
    assert [decision.ballot for decision in decisions] == [choice(3)]
    assert await desk.choice_of(ANN) == choice(3)
    assert isinstance(await desk.vote(BEN, "1"), VoteAccepted)


async def test_a_choice_that_waits_goes_in_by_itself_when_its_person_may_ask_again(desk, monkeypatch):
    await desk.open()
    await desk.use_up(ANN)
    monkeypatch.setattr(desk.voting._budget, "ready_in", lambda actor: 1_000)
    assert (await desk.vote(ANN, "3")).ballot == choice(3)


async def test_a_choice_that_waits_goes_in_before_the_close(desk):
    poll = await desk.open()
    await desk.use_up(ANN)
    desk.clock.at = poll.closes_at - LEAD
    # Of itself it would have to wait for an hour.
    async with asyncio.timeout(60):
        assert (await desk.vote(ANN, "3")).ballot == choice(3)


async def test_a_choice_that_waits_goes_in_before_a_moderators_close(desk):
    await desk.open()
    await desk.use_up(ANN)
    waiting = asyncio.create_task(desk.vote(ANN, "3"))
    await until(lambda: desk.voting._later)
    await desk.polls.steer(MIA, "twitch:close", PollVerb.CLOSE)
    assert (await waiting).ballot == choice(3)
    assert await desk.choice_of(ANN) == choice(3)


async def test_a_choice_that_waits_goes_in_before_the_bot_stops(desk):
    await desk.open()
    await desk.use_up(ANN)
    keeping = asyncio.create_task(desk.voting.run())
    waiting = asyncio.create_task(desk.vote(ANN, "3"))
    await until(lambda: desk.voting._later)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert await desk.choice_of(ANN) == choice(3)
    assert (await waiting).ballot == choice(3)


async def test_whoever_wanted_a_pass_spent_wants_it_for_the_last_choice_too(desk):
    await desk.lane.submit(GivePass(CHANNEL, "twitch:give", MIA, PassTerms(PassKind.MOD_VOTE), ANN))
    await desk.open(kind=PollKind.MOD_VOTE)
    for _ in range(BURST_MAX):
        assert (await desk.vote(ANN, "1")).because is VoteRefusal.NOT_ENTITLED
    spending = asyncio.create_task(desk.vote(ANN, "2", with_pass=True))
    await until(lambda: desk.voting._later)
    changing = asyncio.create_task(desk.vote(ANN, "3"))
    await asyncio.sleep(0)
    await desk.voting.flush()
    assert (await spending) == (await changing)
    assert ((await spending).ballot, (await spending).pass_spent) == (choice(3), 1)


async def test_trouble_with_a_choice_that_waited_reaches_everybody_who_waits_for_it(desk, monkeypatch):
    await desk.open()
    await desk.use_up(ANN)
    waiting = [asyncio.create_task(desk.vote(ANN, option)) for option in "23"]
    await until(lambda: desk.voting._later)

    async def busy(command):
        raise TryAgain

    monkeypatch.setattr(desk.lane, "submit", busy)
    await desk.voting.flush()
    for each in waiting:
        with pytest.raises(TryAgain):
            await each


async def test_whoever_has_to_be_looked_up_waits_until_somebody_knows(desk):
    await desk.open(who="subscribers")
    answer = await desk.voting.vote(ANN, "twitch:v", "2")
    assert isinstance(answer.decision, VoteChecking)
    assert desk.people.wanted == [((ANN.key,), ("subscriber",))]
    coming = asyncio.create_task(desk.voting.checked(ANN, answer, seconds=60))
    await asyncio.sleep(0)
    found = Found(1, NOON, NOON + HOUR)
    await desk.lane.submit(JudgeHolds(CHANNEL, ((ANN.key, SUBSCRIBER, found),)))
    assert isinstance(await coming, VoteAccepted)
    # Whoever asks only afterwards hears the same.
    assert isinstance(await desk.voting.checked(ANN, answer, seconds=0), VoteAccepted)
    assert await desk.choice_of(ANN) == choice(2)


async def test_nobody_waits_for_ever(desk):
    await desk.open(who="subscribers")
    answer = await desk.voting.vote(ANN, "twitch:v", "2")
    assert await desk.voting.checked(ANN, answer, seconds=0.001) == answer.decision


async def test_what_is_known_of_somebody_goes_with_their_vote(desk):
    await desk.open(who="subscribers")
    desk.people.found[ANN.key] = ((SUBSCRIBER, Found(1, NOON, NOON + HOUR)),)
    desk.people.found[BEN.key] = ((SUBSCRIBER, Found(0, NOON, NOON + HOUR)),)
    assert isinstance(await desk.vote(ANN, "2"), VoteAccepted)
    assert (await desk.vote(BEN, "2")).because is VoteRefusal.NOT_ENTITLED
    assert desk.people.wanted == []


async def test_the_votes_that_somebody_has_are_those_in_what_is_on(desk):
    assert await desk.voting.own(ANN) == []
    await desk.open()
    await desk.vote(ANN, "2")
    (own,) = await desk.voting.own(ANN)
    assert (own.poll.plan.question, own.vote.ballot) == ("Next mug?", choice(2))
    await desk.polls.steer(MIA, "twitch:close", PollVerb.CLOSE)
    await desk.open(question="And then?")
    assert await desk.voting.own(ANN) == []


async def test_the_same_line_delivered_twice_is_one_vote_and_the_same_answer(desk):
    await desk.open()
    first = await desk.voting.vote_bare(ANN, "twitch:same", "2")
    again = await desk.voting.vote_bare(ANN, "twitch:same", "2")
    assert (again.repeated, again.decision) == (True, first.decision)


async def test_after_the_close_nothing_that_waited_is_lost_or_late(desk):
    poll = await desk.open(lasts="10s")
    await desk.use_up(ANN)
    desk.clock.at = poll.closes_at
    late = await desk.vote(BEN, "1")
    assert late.because is VoteRefusal.CLOSED
    assert await desk.choice_of(ANN) == choice(1)
    assert desk.clock.at - NOON == 10 * SECOND
