"""Passes through the services and the real lane: given, spent, handed on, taken away, over, and whose they are."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerDrop, Verb
from bot.domain.linking import LinkMade, LinkPeople, UnlinkAsked, Unlinked, UnlinkMe
from bot.domain.pass_deeds import PassGiven, PassNeedsYes, PassRefused, PassRevoked, PassTransferred
from bot.domain.pass_terms import PassKind, PassOffer, PassTerms
from bot.domain.passes import PassRefusal
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.poll_control import OpenPoll, PollVerb, SteerPoll
from bot.domain.polls import PassRole, PollKind
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE, SECOND
from bot.domain.voting import CastVote, VoteAccepted, VoteRefusal, VoteRefused
from bot.services.confirming import Confirmations
from bot.services.drops import Drops
from bot.services.passes import HandOnAsked, Passes
from bot.services.receivers import Receivers
from bot.services.voiding import Voiding
from bot.storage import tables
from bot.storage.database import Reads
from bot.storage.people import KnownNames
from bot.storage.polls import read_count
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer
from tests.domain.poll_world import choice, poll_plan
from tests.services.test_control import Names

ANN, BEN = viewer("ann"), viewer("ben")
ANN_ON_DISCORD = viewer("ann", "discord")
POLL = "colour-of-the-next-mug"
MOD_VOTE = {"kind": PollKind.MOD_VOTE, "electorate": "moderator", "pass_role": PassRole.ENTRY}


@pytest.fixture
async def house(lane, new_ledger, clock):
    """The services, their lane, and a mug of which each unit brings a mod-vote pass for a day."""
    offers = (PassOffer(PassKind.MOD_VOTE, lasts=DAY, transferable=True),)
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(passes=offers),)))
    clock.at = NOON
    await lane.submit(Wake(CHANNEL))
    reads = Reads(new_ledger)
    confirming = Confirmations(lane, clock)
    receivers = Receivers(KnownNames(reads, CHANNEL), {"twitch": Names(viewer("cy"))})
    drops = Drops(lane, reads, CHANNEL, "Europe/Berlin", clock)
    yield SimpleNamespace(
        lane=lane,
        reads=reads,
        clock=clock,
        drops=drops,
        confirming=confirming,
        passes=Passes(lane, reads, CHANNEL, confirming, receivers, drops.every, "Europe/Berlin", clock),
        voiding=Voiding(lane, CHANNEL, confirming),
    )
    await reads.close()


async def claim(house, actor, request="twitch:claim"):
    return (await house.lane.submit(ClaimDrop(CHANNEL, request, actor))).decision


async def mod_vote(house, request="twitch:open"):
    await house.lane.submit(OpenPoll(CHANNEL, request, MIA, poll_plan(**MOD_VOTE)))


async def vote(house, actor, request, option=2, poll=""):
    command = CastVote(CHANNEL, request, actor, choice(option), poll, with_pass=True)
    return (await house.lane.submit(command)).decision


async def link(house):
    made = await house.lane.submit(LinkPeople(CHANNEL, "twitch:link", ANN, ANN_ON_DISCORD, confirmed=True))
    assert isinstance(made.decision, LinkMade)


# -- giving -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        ("", None),
        ("never", None),
        ("30d", NOON + 30 * DAY),
        ("1h 30m", NOON + 90 * MINUTE),
        ("in 2h", NOON + 2 * HOUR),
        ("20:00", NOON + 7 * HOUR),  # noon is one o'clock in Berlin
        ("2026-11-02 13:00", NOON + DAY),
    ],
)
async def test_a_pass_runs_out_when_it_was_said_to(house, expires, expected):
    answer = await house.passes.give(MIA, "d:1", PassKind.MOD_VOTE, ANN, why="quiz", expires=expires)
    assert answer.decision == PassGiven(1, PassTerms(PassKind.MOD_VOTE, expires_at=expected), "ann")


@pytest.mark.parametrize(
    "expires", ["soon", "2026-10-01 20:00", "0d", "13:00:00", "2026-13-01 20:00", "in 9 years"]
)
async def test_what_is_no_time_to_come_is_refused(house, expires):
    refused = (await house.passes.give(MIA, "d:1", PassKind.MOD_VOTE, ANN, why="quiz", expires=expires)).decision
    assert refused == PassRefused(PassRefusal.BAD_EXPIRY)
    unasked = (await house.passes.give(BEN, "d:2", PassKind.MOD_VOTE, ANN, why="quiz", expires=expires)).decision
    assert unasked == PassRefused(PassRefusal.NOT_ALLOWED)


async def test_a_name_is_looked_up_as_for_a_unit_that_is_given(house):
    found = (await house.passes.give(MIA, "t:1", PassKind.MOD_VOTE, "@Cy", why="quiz")).decision
    unknown = (await house.passes.give(MIA, "t:2", PassKind.MOD_VOTE, "@nobody", why="quiz")).decision
    assert (found.receiver, unknown.because) == ("cy", PassRefusal.RECEIVER_UNKNOWN)


async def test_only_a_pass_of_the_streamers_own_kind_has_a_title(house):
    song = (await house.passes.give(MIA, "t:1", PassKind.CUSTOM, ANN, why="quiz", title=" Pick a\nsong ")).decision
    plain = (await house.passes.give(MIA, "t:2", PassKind.MOD_VOTE, ANN, why="quiz", title="Pick a song")).decision
    assert (song.terms.title, plain.terms.title) == ("Pick a song", "")


# -- what somebody holds ----------------------------------------------------------------------------------------


async def test_somebody_holds_what_came_with_their_units_on_every_linked_account(house):
    await claim(house, ANN)
    await house.passes.give(MIA, "d:1", PassKind.GAME_NIGHT, ANN_ON_DISCORD, why="quiz")
    held = await house.passes.of(ANN)
    assert [(each.number, each.drop, each.unit) for each in held.passes] == [(1, "mug", 1)]
    assert held.titles == {"mug": "Teal Mug"}
    await link(house)
    assert [each.number for each in (await house.passes.of(ANN)).passes] == [1, 2]
    assert (await house.passes.of(viewer("stranger"))).passes == ()


async def test_when_a_pass_is_over_the_badge_stays(house):
    await claim(house, ANN)
    house.clock.at = NOON + DAY - 1
    assert len((await house.passes.of(ANN)).usable(house.clock.at)) == 1
    house.clock.at = NOON + DAY
    await house.lane.submit(Wake(CHANNEL))
    held = await house.passes.of(ANN)
    assert held.usable(house.clock.at) == ()
    assert [each.expired for each in held.passes] == [True]
    assert [unit.number for unit in await house.drops.held(ANN)] == [1]


# -- spending ---------------------------------------------------------------------------------------------------


async def test_two_devices_at_once_spend_one_pass_and_cast_one_ballot(house):
    await claim(house, ANN)
    await link(house)
    await mod_vote(house)
    decisions = await asyncio.gather(
        vote(house, ANN, "twitch:v", 2),
        vote(house, ANN_ON_DISCORD, "discord:v", 3),
        vote(house, ANN, "twitch:w", 2),
    )
    assert all(isinstance(each, VoteAccepted) for each in decisions)
    assert [each.pass_spent for each in decisions].count(1) == 1
    counted = await read_count(house.reads, CHANNEL, POLL)
    assert counted is not None
    assert [each.people for each in counted.counts] == [0, 1, 0]
    (held,) = (await house.passes.of(ANN)).passes
    assert (held.used, held.spent_on) == (1, (f"poll:{POLL}",))


async def test_one_pass_is_not_spent_in_a_second_poll_until_the_first_gives_it_back(house):
    await claim(house, ANN)
    await mod_vote(house)
    await vote(house, ANN, "twitch:v1")
    await house.lane.submit(SteerPoll(CHANNEL, "twitch:close", MIA, PollVerb.CLOSE))
    await mod_vote(house, "twitch:open-2")
    refused = await vote(house, ANN, "twitch:v2")
    assert isinstance(refused, VoteRefused)
    assert refused.because is VoteRefusal.NO_FITTING_PASS
    await house.lane.submit(SteerPoll(CHANNEL, "twitch:cancel", MIA, PollVerb.CANCEL, confirmed=True))
    (held,) = (await house.passes.of(ANN)).passes
    assert held.used == 1


async def test_after_parting_neither_has_the_others_pass(house):
    await claim(house, ANN)
    await link(house)
    asked = (await house.lane.submit(UnlinkMe(CHANNEL, "twitch:part", ANN))).decision
    assert isinstance(asked, UnlinkAsked)
    done = (await house.lane.submit(UnlinkMe(CHANNEL, "twitch:yes", ANN, asked.link))).decision
    assert isinstance(done, Unlinked)
    await mod_vote(house)
    refused = await vote(house, ANN_ON_DISCORD, "discord:v")
    assert isinstance(refused, VoteRefused)
    spent = await vote(house, ANN, "twitch:v")
    assert spent.pass_spent == 1


async def test_a_vote_with_a_pass_still_counts_once_when_they_are_linked_after_it(house):
    await claim(house, ANN)
    await mod_vote(house)
    await vote(house, ANN, "twitch:v", 2)
    await link(house)
    changed = await vote(house, ANN_ON_DISCORD, "discord:v", 3)
    assert isinstance(changed, VoteAccepted)
    counted = await read_count(house.reads, CHANNEL, POLL)
    assert counted is not None
    assert [each.people for each in counted.counts] == [0, 0, 1]
    (held,) = (await house.passes.of(ANN)).passes
    assert held.used == 1


# -- handing on, taking away ------------------------------------------------------------------------------------


async def test_handing_on_asks_first_and_the_yes_moves_the_right_to_spend(house):
    await claim(house, ANN)
    asked = await house.passes.hand_on(ANN, "d:1", 1, BEN)
    assert isinstance(asked, HandOnAsked)
    assert (asked.held.number, asked.receiver) == (1, "ben")
    assert [each.number for each in (await house.passes.of(ANN)).passes] == [1]
    done = await house.confirming.confirm(ANN, "d:2")
    assert isinstance(done.decision, PassTransferred)
    assert (await house.passes.of(ANN)).passes == ()
    await mod_vote(house)
    assert isinstance(await vote(house, ANN, "twitch:a"), VoteRefused)
    assert (await vote(house, BEN, "twitch:b")).pass_spent == 1
    # The badge stays whose it was.
    assert [unit.number for unit in await house.drops.held(ANN)] == [1]


@pytest.mark.parametrize(
    ("number", "receiver", "because"),
    [
        (9, BEN, PassRefusal.UNKNOWN_PASS),
        (2, BEN, PassRefusal.UNKNOWN_PASS),  # it is ben's: nobody else learns even that there is one
        (1, None, PassRefusal.RECEIVER_UNKNOWN),
        (1, ANN, PassRefusal.SAME_PERSON),
        (3, BEN, PassRefusal.NOT_TRANSFERABLE),
    ],
)
async def test_what_cannot_be_handed_on_is_refused_without_a_question(house, number, receiver, because):
    await claim(house, ANN)
    await claim(house, BEN, "twitch:ben")
    await house.passes.give(MIA, "d:1", PassKind.MOD_VOTE, ANN, why="quiz")
    refused = await house.passes.hand_on(ANN, "d:2", number, receiver)
    assert refused.decision == PassRefused(because, number)
    assert await house.confirming.confirm(ANN, "d:3") is None


async def test_taking_a_pass_away_waits_for_the_same_moderators_yes_and_says_who_and_why(house):
    await claim(house, ANN)
    asked = await house.passes.revoke(MIA, "d:1", 1, why=" sold\n on ")
    assert isinstance(asked.decision, PassNeedsYes)
    assert await house.confirming.confirm(viewer("noa", rank=MIA.rank), "d:2") is None
    done = await house.confirming.confirm(MIA, "d:3")
    assert isinstance(done.decision, PassRevoked)
    (held,) = (await house.passes.of(ANN)).passes
    assert held.voided_why == "revoked"
    assert (await house.passes.revoke(MIA, "d:4", 1, why="x")).decision.because is PassRefusal.VOIDED
    rows = await house.reads.rows(select_private("pass.voided"))
    assert '"why":"sold on"' in rows[0].private.decode()
    assert '"name":"mia"' in rows[0].private.decode()


async def test_a_yes_after_thirty_seconds_takes_nothing_away(house):
    await claim(house, ANN)
    await house.passes.revoke(MIA, "d:1", 1, why="sold on")
    house.clock.at += 30 * SECOND
    assert await house.confirming.confirm(MIA, "d:2") is None


async def test_a_unit_that_is_voided_takes_its_pass_along_and_one_that_is_given_brings_one(house):
    await claim(house, ANN)
    asked = await house.voiding.void(MIA, "d:1", "teal mug", 1, why="stolen card")
    assert (asked.decision.drop, asked.decision.name, asked.decision.passes) == ("mug", "ann", 1)
    await house.confirming.confirm(MIA, "d:2")
    (held,) = (await house.passes.of(ANN)).passes
    assert held.voided_why == "unit-voided"
    assert await house.drops.held(ANN) == ()
    await house.lane.submit(SteerDrop(CHANNEL, "d:3", MIA, Verb.GIVE, "mug", receiver=BEN, why="lost answer"))
    assert [each.unit for each in (await house.passes.of(BEN)).passes] == [2]


async def test_a_pass_that_was_spent_is_gone_for_the_vote_that_has_it_and_nobody_elses(house):
    await claim(house, ANN)
    await mod_vote(house)
    await vote(house, ANN, "twitch:v")
    await house.voiding.void(MIA, "d:1", "mug", 1)
    await house.confirming.confirm(MIA, "d:2")
    counted = await read_count(house.reads, CHANNEL, POLL)
    assert counted is not None
    # What was counted stays counted; a cancelled poll gives nothing back then.
    assert [each.people for each in counted.counts] == [0, 1, 0]
    await house.lane.submit(SteerPoll(CHANNEL, "twitch:cancel", MIA, PollVerb.CANCEL, confirmed=True))
    assert (await house.passes.of(ANN)).usable(house.clock.at) == ()


def select_private(kind):
    return select(tables.entry.c.private).where(tables.entry.c.kind == kind)
