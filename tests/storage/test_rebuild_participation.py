"""Polls, passes and nights folded anew from their entries, also after erasures; whatever is planted is found."""

from __future__ import annotations

import pytest

from bot.domain import pass_deeds, poll_box, poll_control
from bot.domain.claims import ClaimDrop
from bot.domain.linking import LinkPeople, UnlinkMe
from bot.domain.night_deeds import NightVerb
from bot.domain.pass_terms import PassKind
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.poll_control import PollVerb
from bot.domain.privacy import EraseMe, PersonErased
from bot.domain.recounting import RecountPoll
from bot.domain.time import HOUR, MINUTE
from bot.domain.voiding import VoidUnit
from bot.storage import batch as batches
from bot.storage.checking import Faults
from bot.storage.database import snapshot
from bot.storage.entries import read_entry_bytes
from bot.storage.fold import Folding
from bot.storage.in_step import InStep
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer
from tests.storage.deciding import BADGE, MOD_VOTE, Evening
from tests.storage.evenings import change, faults, rows

THERE = viewer("ann-there", "discord")


@pytest.fixture
def evening(lane, clock):
    return Evening(lane, clock)


async def link(evening: Evening) -> None:
    await evening.does(LinkPeople(CHANNEL, evening.request(), viewer("ann"), THERE, confirmed=True))


async def part(evening: Evening) -> None:
    asked = await evening.does(UnlinkMe(CHANNEL, evening.request(), viewer("ann")))
    await evening.does(UnlinkMe(CHANNEL, evening.request(), viewer("ann"), asked.link))


async def forget(evening: Evening, who) -> None:
    assert isinstance(await evening.does(EraseMe(CHANNEL, evening.request(), who, confirmed=True)), PersonErased)


async def badges(evening: Evening, clock, *claims: str) -> None:
    """Claims of badges and of mugs in turn."""
    clock.at = NOON - MINUTE
    plans = (plan("badge", **BADGE), plan("mug"))
    await evening.does(ApplyPlans(CHANNEL, "config:1", BOT, plans))
    clock.at = NOON
    for name in claims:
        await evening.claim(name)
        await evening.does(ClaimDrop(CHANNEL, evening.request(), viewer(name), "mug"))


async def test_people_who_link_after_the_close_had_two_votes_and_keep_them(evening, new_ledger):
    await evening.open("Next mug?")
    await evening.vote("ann", 1)
    await evening.vote("ann-there", 2, actor=THERE)
    await evening.steer(PollVerb.CLOSE)
    await link(evening)
    recounted = await evening.does(RecountPoll(CHANNEL, "twitch:recount", MIA))
    assert (recounted.agrees, recounted.result["people"]) == (True, 2)
    assert faults(new_ledger) == []


async def test_people_who_link_before_the_close_have_one_vote_also_when_it_is_counted_again(evening, new_ledger):
    await evening.open("Next mug?")
    await evening.vote("ann", 1)
    await evening.vote("ann-there", 2, actor=THERE)
    await link(evening)
    await evening.steer(PollVerb.CLOSE)
    await part(evening)
    recounted = await evening.does(RecountPoll(CHANNEL, "twitch:recount", MIA))
    assert (recounted.agrees, recounted.result["people"]) == (True, 1)
    assert faults(new_ledger) == []


@pytest.mark.parametrize("gone", [viewer("ann"), THERE], ids=["who spent", "who it came back to"])
async def test_a_pass_that_came_back_to_another_account_survives_the_erasure_of_either(evening, new_ledger, gone):
    """The entries of one of them tell no more which pass it was; those of the other one do."""
    await evening.give("ann")
    await link(evening)
    await evening.open("Next game?", **MOD_VOTE)
    assert (await evening.vote("ann", 1, with_pass=True)).pass_spent == 1
    assert (await evening.vote("", 2, actor=THERE)).changed
    await part(evening)
    await evening.steer(PollVerb.CANCEL)
    await forget(evening, gone)
    assert faults(new_ledger) == []


@pytest.mark.parametrize("gone", [viewer("ann"), THERE], ids=["who joined", "who came"])
async def test_a_guest_who_came_by_another_account_survives_the_erasure_of_either(evening, new_ledger, gone):
    await evening.give("ann", PassKind.GAME_NIGHT)
    await link(evening)
    await evening.host("Hades night", 1, needs_pass=True)
    await evening.visit(NightVerb.JOIN, "ann")
    await evening.comes(40 * MINUTE)
    await evening.visit(NightVerb.CHECK_IN, actor=THERE)
    await part(evening)
    await evening.comes(2 * HOUR)
    await forget(evening, gone)
    assert rows(new_ledger, "SELECT place FROM night_guest") == [("here",)]
    assert faults(new_ledger) == []


async def test_giver_and_owner_of_a_pass_can_both_be_forgotten(evening, new_ledger):
    await evening.give("ann")
    await evening.give("ben")
    await forget(evening, viewer("mia"))
    assert rows(new_ledger, "SELECT owner IS NULL FROM pass") == [(0,), (0,)]
    assert faults(new_ledger) == []
    await forget(evening, viewer("ann"))
    assert rows(new_ledger, "SELECT owner IS NULL FROM pass") == [(1,), (0,)]
    assert faults(new_ledger) == []


async def test_claims_between_which_passes_come_take_the_slow_way_and_others_the_quick_one(
    evening, clock, new_ledger
):
    names = [f"v{number}" for number in range(1, 9)]
    await badges(evening, clock, *names)
    said = Faults()
    with snapshot(new_ledger) as connection:
        folding = Folding(said.note)
        beside = InStep(connection, CHANNEL, folding)
        for piece in read_entry_bytes(connection, CHANNEL):
            folding.add(piece, beside.settle)
    assert beside.settled == len(names)
    assert sorted(folding.end().units) == [("badge", number) for number in range(1, len(names) + 1)]
    assert said.count == 0
    assert faults(new_ledger) == []
    change(new_ledger, "UPDATE outcome SET name = 'eve' WHERE request_id = 'twitch:evening-5'")
    assert faults(new_ledger) == [
        "outcome of twitch:evening-5: it was answered to another one than the entry names"
    ]


async def test_a_pass_that_is_not_given_with_its_unit_is_missed(evening, clock, new_ledger, monkeypatch):
    monkeypatch.setattr(batches, "_BRING_PASSES", frozenset())
    await badges(evening, clock, "ann", "ben")
    assert faults(new_ledger) == [
        f"entry {number}: here belongs a pass.granted, which goes with unit {unit} of badge"
        for number, unit in rows(
            new_ledger,
            "SELECT entry_number + 1, number FROM unit WHERE drop_key = 'badge' ORDER BY number",
        )
    ]


async def test_a_pass_that_is_not_taken_along_with_its_unit_is_missed(evening, clock, new_ledger, monkeypatch):
    await badges(evening, clock, "ann")
    monkeypatch.setattr(batches, "voided_with_unit", lambda *_: ())
    await evening.does(VoidUnit(CHANNEL, "twitch:void", MIA, "badge", 1, "for spam", confirmed=True))
    (found,) = faults(new_ledger)
    assert found.endswith("pass.voided belongs after it, which goes with unit 1 of badge")


async def test_passes_that_a_cancelled_poll_keeps_are_found(evening, new_ledger, monkeypatch):
    monkeypatch.setattr(poll_box, "given_back", lambda *_: iter(()))
    await evening.give("ann")
    await evening.open("Next game?", **MOD_VOTE)
    await evening.vote("ann", 1, with_pass=True)
    await evening.steer(PollVerb.CANCEL)
    assert faults(new_ledger) == [
        "pass 1: it was spent on the poll next-game, which was cancelled, and has not come back"
    ]


async def test_a_result_that_the_ballots_do_not_come_to_is_found(evening, new_ledger, monkeypatch):
    counted = poll_box.count

    def swapped(poll, box):
        """Whoever has won, the first one is announced."""
        votes = tuple(vote._replace(ballot=box.votes[0].ballot) for vote in box.votes)
        return counted(poll, poll_box.Box(votes, box.seed, box.one))

    monkeypatch.setattr(poll_box, "count", swapped)
    await evening.open("Next mug?")
    for name, option in (("ann", 1), ("ben", 2), ("cleo", 2)):
        await evening.vote(name, option)
    await evening.steer(PollVerb.CLOSE)
    assert faults(new_ledger) == ["poll next-mug: its ballots come to something else than was announced"]


async def test_another_seed_than_was_committed_to_is_found(evening, new_ledger, monkeypatch):
    monkeypatch.setattr(poll_control, "ties_committed", lambda *_: "00" * 32)
    await evening.open("Next mug?")
    assert [found.partition(": ")[2] for found in faults(new_ledger)] == [
        "cannot be read (ValueError: this is not the seed that the poll has committed to)"
    ]


async def test_a_pass_of_somebody_else_is_not_spent_unseen(evening, new_ledger, monkeypatch):
    monkeypatch.setattr("bot.domain.voting.is_own", lambda *_: True)
    monkeypatch.setattr("bot.storage.pass_rows.Passes.of", lambda passes, _: (passes.get(1),))
    await evening.give("ann")
    await evening.open("Next game?", **MOD_VOTE)
    await evening.vote("ben", 1, with_pass=True)
    assert any("is spent by person" in found for found in faults(new_ledger))


async def test_a_pass_that_nobody_was_granted_or_that_is_numbered_anew_is_found(evening, new_ledger, monkeypatch):
    await evening.give("ann")
    given = pass_deeds.decide_give

    def skipping(standing, command, moment):
        decision, (fact,) = given(standing, command, moment)
        return decision, (fact._replace(public={**fact.public, "pass": 9}),)

    monkeypatch.setattr("bot.storage.passes.decide_give", skipping)
    await evening.give("ben")
    assert [found.partition(": ")[2] for found in faults(new_ledger)] == [
        "pass 9 is granted, and pass 2 comes next"
    ]


async def test_whoever_waits_was_told_so(evening, new_ledger):
    await evening.open("Next mug?", electorate="subscriber")
    await evening.vote("ann", 1)
    assert faults(new_ledger) == []
    change(new_ledger, "UPDATE outcome SET kind = 'vote.refused' WHERE kind = 'vote.checking'")
    ((request,),) = rows(new_ledger, "SELECT request_id FROM held_vote")
    assert faults(new_ledger) == [f"held_vote of {request}: it waits, and was answered vote.refused"]


async def test_a_vote_and_a_seat_under_a_strangers_pseudonym_are_found(evening, new_ledger, monkeypatch):
    monkeypatch.setattr(batches.Batch, "holder", lambda _, person, scope: f"{scope}/{person.id}")
    await evening.open("Next mug?")
    await evening.vote("ann", 1)
    await evening.host("Hades night", 1, needs_pass=False)
    await evening.visit(NightVerb.JOIN, "ann")
    ann = "is not the holder that it names"
    assert [found.partition(" person ")[2].partition(" ")[2] for found in faults(new_ledger)] == [ann, ann]
