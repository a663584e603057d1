"""Many votes at once through the running lane: each is counted once, a pass is spent once, and none costs more."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from bot.domain.claims import ClaimDrop
from bot.domain.linking import DISCORD, LinkPeople
from bot.domain.pass_deeds import GivePass
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.people import BOT, Actor
from bot.domain.planning import ApplyPlans
from bot.domain.poll_control import OpenPoll, PollVerb, SteerPoll
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE
from bot.domain.voting import CastVote, VoteAccepted
from bot.storage.database import Reads
from bot.storage.lane import BATCH_MAX
from bot.storage.passes import passes_of
from bot.storage.polls import read_polls
from tests.conftest import CHANNEL, MIA, NOON, FixedClock, plan, running_lane, viewer
from tests.domain.poll_world import choice, poll_plan
from tests.storage.desk import Desk, desk_engine
from tests.storage.poll_stories import KEY, MOD_VOTE

ANN, ANN_THERE = viewer("ann"), viewer("ann", DISCORD)
VOTES, PRESSES = 1_000, 200


def vote(who: Actor, option: int, request: str = "", *, poll: str = KEY, with_pass: bool = False) -> CastVote:
    return CastVote(CHANNEL, request or f"{who.platform}:{who.name}", who, choice(option), poll, with_pass)


async def open_poll(lane, **changes) -> None:
    await lane.submit(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan(**{"window": HOUR, **changes})))


async def close_poll(lane, reads):
    await lane.submit(SteerPoll(CHANNEL, "twitch:close", MIA, PollVerb.CLOSE))
    return (await read_polls(reads, CHANNEL))[KEY]


@pytest.fixture
async def running(new_ledger):
    """A lane, its clock, and what everybody else reads."""
    clock, reads = FixedClock(NOON), Reads(new_ledger)
    async with running_lane(new_ledger, clock) as lane:
        yield lane, clock, reads
    await reads.close()


async def test_one_pass_that_is_offered_on_both_platforms_at_once_is_spent_once(running):
    lane, _, reads = running
    await lane.submit(GivePass(CHANNEL, "twitch:give", MIA, PassTerms(PassKind.MOD_VOTE), ANN))
    await lane.submit(LinkPeople(CHANNEL, "twitch:link", ANN, ANN_THERE, confirmed=True))
    await open_poll(lane, **MOD_VOTE)
    both = [(n, who) for n in range(10) for who in (ANN, ANN_THERE)]
    offers = [vote(who, 1 + n % 3, f"{who.platform}:{n}", with_pass=True) for n, who in both]
    answers = await asyncio.gather(*(lane.submit(offer) for offer in offers))
    decisions = [answer.decision for answer in answers]
    assert all(isinstance(decision, VoteAccepted) for decision in decisions)
    assert sum(decision.pass_spent > 0 for decision in decisions) == 1
    poll = await close_poll(lane, reads)
    assert (poll.people, [count[1] for count in poll.result["counts"]]) == (1, [1, 0, 0])
    (held,) = await passes_of(reads, CHANNEL, ANN_THERE.key)
    assert (held.used, held.spent_on) == (1, (f"poll:{KEY}",))


async def test_a_thousand_votes_and_two_hundred_presses_are_each_counted_once(running):
    """Each comes twice, as Twitch and whoever presses twice have it."""
    lane, _, reads = running
    await open_poll(lane)
    crowd = [viewer(f"v{n}") for n in range(VOTES)] + [viewer(f"d{n}", DISCORD) for n in range(PRESSES)]
    votes = [vote(who, 1 + n % 3) for n, who in enumerate(crowd)]
    answers = await asyncio.gather(*(lane.submit(each) for each in (*votes, *votes[::-1])))
    assert Counter(answer.repeated for answer in answers) == {False: 1_200, True: 1_200}
    poll = await close_poll(lane, reads)
    assert poll.people == VOTES + PRESSES < BATCH_MAX
    assert [count[1] for count in poll.result["counts"]] == [400, 400, 400]


async def test_a_clock_that_is_moved_by_hours_loses_no_vote(running):
    """Set back, moments stand still until the clock has caught up; set right again, it goes on."""
    lane, clock, reads = running
    await open_poll(lane)
    moments = []
    for n, moved in enumerate((0, -5 * HOUR, 0, -5 * HOUR + MINUTE, MINUTE)):
        clock.at = NOON + moved
        answer = await lane.submit(vote(viewer(f"v{n}"), 1))
        assert isinstance(answer.decision, VoteAccepted)
        moments.append(answer.at)
    assert moments == [NOON, NOON, NOON, NOON, NOON + MINUTE]
    poll = await close_poll(lane, reads)
    assert [count[1] for count in poll.result["counts"]] == [5, 0, 0]


def test_a_vote_costs_the_same_among_a_thousand_voters_and_after_a_hundred_polls(new_ledger):
    """Counted in the interpreter's steps, which no busy machine changes."""
    desk = Desk(desk_engine(new_ledger), NOON)

    def fifty(poll: str, begins: int, more: int = 0) -> list[CastVote]:
        numbers = range(begins, begins + 50)
        return [vote(viewer(f"v{n}"), 1 + (n + more) % 3, f"{poll}:{n}+{more}", poll=poll) for n in numbers]

    def opening(question: str) -> OpenPoll:
        return OpenPoll(CHANNEL, f"twitch:{question}", MIA, poll_plan(question=question, window=HOUR))

    try:
        desk.send(opening("first"))
        # What the first of them reads, the later ones know.
        desk.send(*fifty("first", 0))
        few = steps_of(lambda: desk.send(*fifty("first", 50)))
        for n in range(100):
            desk.send(SteerPoll(CHANNEL, f"twitch:close-{n}", MIA, PollVerb.CLOSE), opening(f"poll {n}"))
        desk.send(SteerPoll(CHANNEL, "twitch:close", MIA, PollVerb.CLOSE), opening("last"))
        for begins in range(0, 950, 50):
            desk.send(*fifty("last", begins))
        many = steps_of(lambda: desk.send(*fifty("last", 950)))
        assert desk.ask("SELECT count(*) FROM poll") == [(102,)]
        assert many < 1.1 * few
        assert steps_of(lambda: desk.send(*fifty("last", 50, 1))) < 1.5 * few
        assert desk.ask("SELECT count(*) FROM ballot WHERE poll_key = 'last'") == [(1_000,)]
    finally:
        desk.close()


def test_a_vote_that_comes_alone_costs_about_what_a_claim_does(new_ledger):
    desk = Desk(desk_engine(new_ledger), NOON)
    try:
        desk.send(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)), Wake(CHANNEL))
        desk.send(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan(window=HOUR)))
        claims = [ClaimDrop(CHANNEL, f"twitch:claim-{n}", viewer(f"v{n}")) for n in range(10)]
        votes = [vote(viewer(f"v{n}"), 1) for n in range(10)]
        # The least of several: the first of each reads what the others know.
        a_claim, a_vote = (
            min(steps_of(lambda command=command: desk.send(command)) for command in commands)
            for commands in (claims, votes)
        )
        assert a_vote < 1.5 * a_claim
    finally:
        desk.close()


def steps_of(deed: Callable[[], object]) -> int:
    """How many instructions the interpreter has carried out."""
    steps = 0

    def note(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal steps
        frame.f_trace_opcodes = True
        steps += event == "opcode"
        return note

    sys.settrace(note)
    try:
        deed()
    finally:
        sys.settrace(None)
    return steps
