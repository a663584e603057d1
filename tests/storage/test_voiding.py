"""A unit that is taken back for good: nobody has it, nobody gets its number, and its passes end with it."""

from __future__ import annotations

import pytest

from bot.domain.claims import ClaimDrop, ClaimGranted, ClaimRefused
from bot.domain.control import SteerDrop, SteerRefusal, Verb
from bot.domain.pass_terms import PassKind, PassOffer
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.privacy import EraseMe, PersonErased
from bot.domain.restore import FreezeDrops
from bot.domain.stream import Wake
from bot.domain.time import DAY, HOUR, MINUTE
from bot.domain.voiding import UnitVoided, VoidNeedsYes, VoidRefusal, VoidRefused, VoidUnit
from bot.storage.database import Reads
from bot.storage.passes import passes_of
from bot.storage.people import units_held
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer
from tests.storage.desk import Desk, desk_engine
from tests.storage.evenings import faults

ANN, BEN = viewer("ann"), viewer("ben")


@pytest.fixture
def desk(new_ledger):
    desk = Desk(desk_engine(new_ledger), NOON)
    yield desk
    desk.close()


def planned(desk, **changes):
    desk.send(ApplyPlans(CHANNEL, "config:1", BOT, (plan(**changes),)))
    desk.send(Wake(CHANNEL))


def claim(name, request="", drop=""):
    return ClaimDrop(CHANNEL, request or f"twitch:claim-{name}", viewer(name), drop)


def void(number=1, *, request="discord:void", drop="mug", actor=MIA, confirmed=True, why="a stolen card"):
    return VoidUnit(CHANNEL, request, actor, drop, number, why, confirmed)


def given(desk, receiver, request="twitch:give"):
    deed = SteerDrop(CHANNEL, request, MIA, Verb.GIVE, "mug", receiver=receiver, why="lost answer")
    return desk.send(deed)[0].decision


async def test_a_voided_unit_is_nobodys_and_its_number_never_goes_out_again(desk, new_ledger):
    planned(desk, supply=3)
    first, *_ = desk.send(claim("ann"), claim("ben"))
    (asked,) = desk.send(void(confirmed=False, request="discord:ask"))
    assert asked.decision == VoidNeedsYes("mug", "Teal Mug", 1, "ann")
    (done,) = desk.send(void())
    assert done.decision == UnitVoided("mug", "Teal Mug", 1)
    told = desk.news()[-1]
    assert (told.kind, told.public) == ("unit.retired", {"number": 1, "how": "claim"})
    assert told.private["why"] == "a stolen card"
    assert told.private["by"]["name"] == "mia"
    reads = Reads(new_ledger)
    assert await units_held(reads, CHANNEL, ANN) == []
    await reads.close()
    (anew,) = desk.send(claim("ann", "twitch:anew"))
    assert isinstance(anew.decision, ClaimGranted)
    assert anew.decision.number == 3
    desk.restart()
    again, too_many = desk.send(claim("ann"), claim("cleo"))
    assert (again.repeated, again.decision) == (True, first.decision)
    assert isinstance(too_many.decision, ClaimRefused)
    assert desk.ask("SELECT claimed, given, lost, last_number FROM 'drop'") == [(2, 0, 1, 3)]


def test_a_number_that_an_undone_gift_has_freed_does_not_stand_in_the_way(desk):
    planned(desk)
    assert given(desk, ANN).number == 1
    desk.send(claim("ben"))
    desk.send(SteerDrop(CHANNEL, "twitch:undo", MIA, Verb.UNDO))
    assert isinstance(desk.send(void(2))[0].decision, UnitVoided)
    desk.restart()
    numbers = [desk.send(claim(name))[0].decision.number for name in ("cleo", "dora")]
    assert numbers == [1, 3]


def test_its_passes_end_with_it_wherever_they_are_by_now(desk):
    offers = (PassOffer(PassKind.MOD_VOTE, transferable=True), PassOffer(PassKind.GAME_NIGHT, lasts=DAY))
    planned(desk, passes=offers)
    desk.send(claim("ann"), claim("ben"))
    (done,) = desk.send(void())
    assert done.decision.passes == 2
    assert desk.ask("SELECT number, voided_why FROM pass ORDER BY number") == [
        (1, "unit-voided"),
        (2, "unit-voided"),
        (3, ""),
        (4, ""),
    ]


async def test_passes_of_a_voided_unit_are_told_as_voided(desk, new_ledger):
    planned(desk, passes=(PassOffer(PassKind.MOD_VOTE),))
    desk.send(claim("ann"), void())
    reads = Reads(new_ledger)
    (held,) = await passes_of(reads, CHANNEL, ANN.key)
    await reads.close()
    assert held.voided


def test_a_unit_that_went_early_counts_no_more_among_the_early_ones(desk):
    cap = plan("cap", opens_at=NOON - HOUR, announce_at=NOON - 2 * HOUR, window=DAY)
    mug = plan(early="badge:cap", early_for=10 * MINUTE, early_units=2, opens_at=NOON + 10 * MINUTE)
    desk.send(ApplyPlans(CHANNEL, "config:1", BOT, (cap, mug)))
    desk.send(Wake(CHANNEL))
    desk.send(claim("ann", "twitch:cap", "cap"), claim("ann", drop="mug"))
    assert desk.ask("SELECT early_claimed, lost FROM 'drop' WHERE key = 'mug'") == [(1, 0)]
    desk.send(void())
    assert desk.news()[-1].public == {"number": 1, "how": "claim", "window": "early"}
    assert desk.ask("SELECT early_claimed, lost FROM 'drop' WHERE key = 'mug'") == [(0, 1)]


def test_the_unit_of_somebody_forgotten_is_taken_back_without_naming_them_again(desk, new_ledger):
    planned(desk, passes=(PassOffer(PassKind.MOD_VOTE),))
    desk.send(claim("ann"), claim("ben"))
    desk.clock.at += HOUR
    desk.send(Wake(CHANNEL))
    desk.clock.at += HOUR
    (erased,) = desk.send(EraseMe(CHANNEL, "twitch:forget", ANN, confirmed=True))
    assert isinstance(erased.decision, PersonErased)
    (asked,) = desk.send(void(confirmed=False, request="discord:ask"))
    assert asked.decision.name == ""
    desk.send(void())
    ((private, person_id),) = desk.ask("SELECT private, person_id FROM entry WHERE kind = 'unit.retired'")
    assert (b'"person"' in private, person_id) == (False, None)
    assert desk.ask("SELECT number FROM lost_unit") == [(1,)]
    assert faults(new_ledger) == []


def test_everything_agrees_with_the_entries_after_units_were_voided(desk, new_ledger):
    planned(desk, supply=5, passes=(PassOffer(PassKind.MOD_VOTE),))
    desk.send(claim("ann"), claim("ben"), claim("cleo"))
    desk.send(void(2), void(1, request="discord:again"))
    desk.send(claim("ann", "twitch:anew"))
    assert faults(new_ledger) == []


def test_a_gift_that_was_voided_cannot_be_undone_once_more(desk):
    planned(desk)
    given(desk, ANN)
    desk.send(void())
    (undone,) = desk.send(SteerDrop(CHANNEL, "twitch:undo", MIA, Verb.UNDO))
    assert undone.decision.because is SteerRefusal.NOTHING_TO_UNDO


@pytest.mark.parametrize(
    ("command", "because"),
    [
        (void(actor=ANN), VoidRefusal.NOT_ALLOWED),
        (void(drop="nothing"), VoidRefusal.UNKNOWN_DROP),
        (void(drop=""), VoidRefusal.UNKNOWN_DROP),
        (void(2), VoidRefusal.UNKNOWN_UNIT),
        (void(0), VoidRefusal.UNKNOWN_UNIT),
    ],
)
def test_what_cannot_be_voided_is_refused_with_the_first_reason(desk, command, because):
    planned(desk)
    desk.send(claim("ann"))
    (refused,) = desk.send(command)
    assert isinstance(refused.decision, VoidRefused)
    assert refused.decision.because is because
    assert "unit.retired" not in [told.kind for told in desk.news()]


def test_nothing_is_voided_of_a_drop_that_nobody_was_told_of_or_that_is_frozen(desk):
    desk.send(ApplyPlans(CHANNEL, "config:1", BOT, (plan(announce_at=NOON + MINUTE, opens_at=NOON + 2 * MINUTE),)))
    assert desk.send(void())[0].decision.because is VoidRefusal.NOT_ANNOUNCED
    desk.clock.at = NOON + 3 * MINUTE
    desk.send(claim("ann"))
    desk.send(FreezeDrops(CHANNEL))
    assert desk.send(void(request="discord:2"))[0].decision.because is VoidRefusal.FROZEN


def test_a_unit_is_voided_once_and_the_question_is_not_kept(desk):
    planned(desk)
    desk.send(claim("ann"))
    desk.send(void(confirmed=False, request="discord:ask"))
    first, again = desk.send(void(), void())
    assert (first.repeated, again.repeated) == (False, True)
    (other,) = desk.send(void(request="discord:other"))
    assert other.decision.because is VoidRefusal.UNKNOWN_UNIT
    assert desk.ask("SELECT request_id FROM outcome WHERE kind = 'void.needs-yes'") == []
