"""Polls by hand over a real ledger: put, steered, confirmed, and at hand at once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from bot.domain.answers import TryAgain
from bot.domain.ballots import Method
from bot.domain.poll_asked import PollAsked, PollDefaults, read_asked
from bot.domain.poll_control import PollNeedsYes, PollRefusal, PollRefused, PollSteered, PollVerb
from bot.domain.polls import PassRole, PollKind, PollState
from bot.domain.recounting import PollRecounted
from bot.domain.stream import ReportStream, Wake
from bot.domain.time import MINUTE, SECOND
from bot.services.confirming import Confirmations
from bot.services.polls import Polls, ShownPoll
from bot.storage.book import ChannelSettings
from bot.storage.database import Reads
from bot.storage.polls import running_electorates
from tests.conftest import ALL_PLACES, CHANNEL, MIA, NOON, FixedClock, running_lane, viewer
from tests.services.fakes import NotingLane, until

BEN = viewer("ben", "discord")


def asked(text, kind=PollKind.POLL):
    read = read_asked(text, kind)
    assert isinstance(read, PollAsked)
    return read


NEXT = '"Next mug?" teal, plum, sand'


class Desk:
    """The service over its lane."""

    def __init__(self, lane, reads, clock, usual):
        self.lane, self.reads, self.clock = lane, reads, clock
        self.confirmations = Confirmations(lane, FixedClock())
        self.polls = Polls(lane, reads, CHANNEL, self.confirmations, usual)
        self.requests = 0
        lane.listen(self.polls.committed)

    def request(self):
        self.requests += 1
        return f"twitch:{self.requests}"

    async def open(self, text=NEXT, actor=MIA, kind=PollKind.POLL):
        return (await self.polls.open(actor, self.request(), asked(text, kind))).decision

    async def steer(self, verb, actor=MIA, **more):
        return (await self.polls.steer(actor, self.request(), verb, **more)).decision

    @asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.polls.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def usual():
    return PollDefaults(goes_on_for=10 * MINUTE)


@pytest.fixture
async def desk(lane, new_ledger, clock, usual):
    clock.at = NOON
    reads = Reads(new_ledger)
    yield Desk(lane, reads, clock, usual)
    await reads.close()


async def test_a_poll_is_at_hand_before_anybody_has_looked_into_the_ledger(desk):
    opened = await desk.open()
    assert isinstance(opened, PollSteered)
    assert desk.polls.bare is not None
    assert desk.polls.bare.plan.options == ("teal", "plum", "sand")
    assert desk.polls.bare.closes_at == NOON + 60 * SECOND
    assert desk.polls.options(opened.poll.key) == ("teal", "plum", "sand")


async def test_what_is_over_by_the_clock_is_let_go_and_its_options_stay_known(desk):
    async with desk.running():
        opened = await desk.open()
        desk.clock.at += 60 * SECOND
        await desk.lane.submit(Wake(CHANNEL))
        await until(lambda: not desk.polls.running)
    assert desk.polls.bare is None
    assert desk.polls.options(opened.poll.key) == ("teal", "plum", "sand")
    assert desk.polls.options("no-such-poll") == ()


async def test_a_poll_that_an_earlier_process_has_put_is_at_hand_at_the_start(desk, usual):
    await desk.open()
    again = Polls(desk.lane, desk.reads, CHANNEL, desk.confirmations, usual)
    assert again.bare is None
    await again.load()
    assert again.bare is not None


async def test_where_numbers_alone_are_no_votes_none_is_at_hand_for_them(desk):
    polls = Polls(desk.lane, desk.reads, CHANNEL, desk.confirmations, PollDefaults(bare=False))
    await polls.open(MIA, "twitch:x", asked(NEXT))
    assert polls.bare is None
    assert polls.meant() is not None


async def test_there_is_one_poll_at_a_time(desk):
    await desk.open()
    second = await desk.open('"And then?" yes, no')
    assert isinstance(second, PollRefused)
    assert second.because is PollRefusal.ONE_IS_ON
    assert [poll.plan.question for poll in desk.polls.running] == ["Next mug?"]


@pytest.mark.parametrize("actor", [viewer("ann"), BEN])
async def test_a_viewer_puts_and_steers_nothing(desk, actor):
    assert (await desk.open(actor=actor)).because is PollRefusal.NOT_ALLOWED
    await desk.open()
    for verb in (PollVerb.CLOSE, PollVerb.CANCEL, PollVerb.EXTEND):
        assert (await desk.steer(verb, actor, added=MINUTE)).because is PollRefusal.NOT_ALLOWED
    recounted = (await desk.polls.recount(actor, "twitch:r")).decision
    assert recounted.because is PollRefusal.NOT_ALLOWED
    # Nobody was asked anything either.
    assert await desk.confirmations.confirm(actor, "twitch:y") is None


async def test_the_same_request_puts_one_poll(desk):
    first = await desk.polls.open(MIA, "twitch:same", asked(NEXT))
    again = await desk.polls.open(MIA, "twitch:same", asked(NEXT))
    assert (again.repeated, again.decision) == (True, first.decision)
    await desk.steer(PollVerb.CLOSE)
    desk.polls.running = ()
    late = await desk.polls.open(MIA, "twitch:same", asked(NEXT))
    assert late.repeated
    assert desk.polls.running == ()


async def test_a_poll_gets_more_time_and_is_closed(desk):
    await desk.open()
    more = await desk.steer(PollVerb.EXTEND, added=MINUTE)
    assert more.closes_at == NOON + 2 * MINUTE
    assert (await desk.steer(PollVerb.EXTEND, added=0)).because is PollRefusal.BAD_TIME
    assert (await desk.steer(PollVerb.CLOSE, poll="nothing like it")).because is PollRefusal.UNKNOWN_POLL
    assert isinstance(await desk.steer(PollVerb.CLOSE), PollSteered)
    assert (await desk.steer(PollVerb.CLOSE)).because is PollRefusal.NOTHING_ON
    recounted = (await desk.polls.recount(MIA, "twitch:r")).decision
    assert isinstance(recounted, PollRecounted)
    assert recounted.agrees


async def test_cancelling_waits_for_a_yes_about_this_very_poll(desk):
    await desk.open()
    asked_first = await desk.steer(PollVerb.CANCEL)
    assert isinstance(asked_first, PollNeedsYes)
    assert await desk.confirmations.confirm(viewer("zoe"), "twitch:other") is None
    await desk.steer(PollVerb.CLOSE)
    await desk.open('"And then?" yes, no')
    answer = await desk.confirmations.confirm(MIA, "twitch:yes")
    assert answer is not None
    assert answer.decision.because is PollRefusal.ALREADY_OVER
    assert [poll.plan.question for poll in await desk.polls.every() if poll.open] == ["And then?"]


async def test_a_busy_ledger_is_told_to_whoever_asked(new_ledger):
    reads = Reads(new_ledger)
    lane = NotingLane(TryAgain())
    polls = Polls(lane, reads, CHANNEL, Confirmations(lane, FixedClock()))
    with pytest.raises(TryAgain):
        await polls.open(MIA, "twitch:1", asked(NEXT))
    assert polls.running == ()
    await reads.close()


async def test_what_comes_at_once_after_another_is_what_votes_mean(desk):
    await desk.open()
    await desk.steer(PollVerb.CLOSE)
    # Nothing has looked into the ledger meanwhile.
    await desk.open('"And then?" yes, no')
    meant = desk.polls.meant()
    assert meant is not None
    assert meant.plan.question == "And then?"
    assert desk.polls.bare == meant


async def test_show_finds_the_one_that_is_meant(desk):
    assert await desk.polls.shown() == PollRefused(PollRefusal.NOTHING_ON, PollVerb.SHOW)
    await desk.open()
    shown = await desk.polls.shown()
    assert isinstance(shown, ShownPoll)
    assert shown.counts == (("teal", 0), ("plum", 0), ("sand", 0))
    await desk.steer(PollVerb.CLOSE)
    await desk.open('hidden "And then?" yes, no')
    hidden = await desk.polls.shown()
    assert isinstance(hidden, ShownPoll)
    assert (hidden.poll.plan.question, hidden.counts) == ("And then?", None)
    first = await desk.polls.shown("next mug?")
    assert isinstance(first, ShownPoll)
    assert (first.poll.state, first.counts) == (PollState.CLOSED, None)
    await desk.steer(PollVerb.CLOSE)
    last = await desk.polls.shown()
    assert isinstance(last, ShownPoll)
    assert last.poll.plan.question == "And then?"


async def test_a_mod_vote_is_decided_by_moderators_and_its_gate_is_known(desk):
    opened = await desk.open("ranked Next game? Hades, Celeste", kind=PollKind.MOD_VOTE)
    plan = opened.poll.plan
    assert (plan.method, plan.electorate, plan.pass_role) == (Method.RANKED, "moderator", PassRole.ENTRY)
    assert await running_electorates(desk.reads, CHANNEL) == ("moderator",)
    await desk.steer(PollVerb.CLOSE)
    assert await running_electorates(desk.reads, CHANNEL) == ()


async def test_a_mod_vote_that_outlives_the_stream_leaves_numbers_to_the_next_poll(new_ledger, clock, usual):
    clock.at = NOON
    reads = Reads(new_ledger)
    settings = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, True)
    async with running_lane(new_ledger, clock, settings=settings) as lane:
        desk = Desk(lane, reads, clock, usual)
        await lane.submit(ReportStream(CHANNEL, True))
        await desk.open('"Next game?" Hades, Celeste 1h', kind=PollKind.MOD_VOTE)
        await lane.submit(ReportStream(CHANNEL, False))
        clock.at += 21 * MINUTE
        await lane.submit(Wake(CHANNEL))
        await desk.polls.load()
        (going_on,) = desk.polls.running
        assert going_on.goes_on
        assert desk.polls.bare == going_on
        await lane.submit(ReportStream(CHANNEL, True))
        await desk.open()
        await desk.polls.load()
        assert [poll.plan.question for poll in desk.polls.running] == ["Next game?", "Next mug?"]
        assert desk.polls.bare.plan.question == "Next mug?"
        assert desk.polls.meant(going_on.key) is not None
    await reads.close()
