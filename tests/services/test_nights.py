"""Game nights through the services and the real lane: seats, the waiting list, who comes, and who does not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bot.domain.linking import LinkPeople
from bot.domain.night_deeds import NightHosted, NightNeedsYes, NightRefusal, NightVerb, NightVisited
from bot.domain.nights import NightState, Place
from bot.domain.pass_deeds import GivePass
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.passes import PassRefusal
from bot.domain.stream import Wake
from bot.domain.time import HOUR, MINUTE, SECOND
from bot.services.claims import BURST_MAX, TooFast
from bot.services.confirming import Confirmations
from bot.services.nights import CHECKIN_FOR, KEPT_FOR, Nights
from bot.storage.database import Reads
from bot.storage.passes import passes_of
from tests.conftest import CHANNEL, MIA, NOON, viewer

STARTS = NOON + 7 * HOUR  # eight in the evening in Berlin
ANN, BEN, CY = viewer("ann"), viewer("ben"), viewer("cy")
JOIN, CHECK_IN, LEAVE = NightVerb.JOIN, NightVerb.CHECK_IN, NightVerb.LEAVE


@pytest.fixture
async def house(lane, new_ledger, clock):
    clock.at = NOON
    reads = Reads(new_ledger)
    confirming = Confirmations(lane, clock)
    for number, guest in enumerate((ANN, BEN, CY)):
        terms = PassTerms(PassKind.GAME_NIGHT)
        await lane.submit(GivePass(CHANNEL, f"twitch:give-{number}", MIA, terms, guest))
    nights = Nights(lane, reads, CHANNEL, confirming, "Europe/Berlin", clock, clock)
    yield SimpleNamespace(lane=lane, reads=reads, clock=clock, confirming=confirming, nights=nights, requests=0)
    await reads.close()


async def host(house, **changes):
    form = {"title": "Hades night", "seats": 1, "starts": "20:00", **changes}
    return (await house.nights.create(MIA, f"discord:host-{form['title']}", **form)).decision


async def visit(house, who, verb, night=""):
    house.requests += 1
    # Nobody in these stories types faster than they may.
    house.clock.at += SECOND
    return (await house.nights.visit(who, f"discord:{house.requests}", verb, night)).decision


async def later(house, at):
    house.clock.at = at
    await house.lane.submit(Wake(CHANNEL))


async def used(house, who):
    (held,) = await passes_of(house.reads, CHANNEL, who.key)
    return held.used


async def guests(house):
    return await house.nights.guests("hades-night")


async def test_a_night_is_planned_as_it_was_typed(house):
    assert await host(house, lasts="2h 30m", needs_pass=False) == NightHosted(
        NightVerb.CREATE, "hades-night", "Hades night"
    )
    (night,) = await house.nights.every()
    assert (night.plan.starts_at, night.ends_at) == (STARTS, STARTS + 150 * MINUTE)
    assert (night.checkin_at, night.plan.kept_for) == (STARTS - CHECKIN_FOR, KEPT_FOR)
    assert not night.plan.needs_pass


async def test_without_a_length_it_lasts_three_hours_and_two_of_a_name_have_keys_of_their_own(house):
    await host(house, starts="2026-11-02 20:00")
    again = await house.nights.create(MIA, "discord:again", title="Hades night!", seats=4, starts="in 2h")
    assert again.decision.night == "hades-night-2"
    soon, other = await house.nights.every()
    assert (soon.key, soon.plan.starts_at) == ("hades-night-2", NOON + 2 * HOUR)
    assert other.ends_at - other.plan.starts_at == 3 * HOUR


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"starts": "soon"}, NightRefusal.BAD_TIME),
        ({"starts": "2026-10-31 20:00"}, NightRefusal.BAD_TIME),
        ({"lasts": "long"}, NightRefusal.BAD_TIME),
        ({"lasts": "3d"}, NightRefusal.BAD_TIME),
        ({"seats": 0}, NightRefusal.BAD_SEATS),
        ({"title": "​"}, NightRefusal.BAD_TITLE),
        ({"title": "https://evil.example"}, NightRefusal.BAD_TITLE),
    ],
)
async def test_a_form_that_cannot_be_is_refused_with_its_reason(house, changes, because):
    assert (await host(house, **changes)).because is because
    assert await house.nights.every() == ()


async def test_whoever_stays_away_loses_the_seat_to_the_first_who_waits_and_keeps_the_pass(house):
    await host(house)
    assert (await visit(house, ANN, JOIN)).place is Place.SEATED
    waiting = await visit(house, BEN, JOIN)
    assert (waiting.place, waiting.ahead) == (Place.WAITING, 0)
    assert (await visit(house, CY, JOIN)).ahead == 1
    await later(house, STARTS + KEPT_FOR - 1)
    assert await guests(house) == [("ann", Place.SEATED), ("ben", Place.WAITING), ("cy", Place.WAITING)]
    await later(house, STARTS + KEPT_FOR)
    assert await guests(house) == [("ben", Place.SEATED), ("cy", Place.WAITING)]
    here = await visit(house, BEN, CHECK_IN)
    assert isinstance(here, NightVisited)
    assert (here.place, here.pass_spent) == (Place.HERE, 2)
    assert [await used(house, who) for who in (ANN, BEN, CY)] == [0, 1, 0]
    # Who is there does not lose the seat any more.
    await later(house, STARTS + HOUR)
    assert await guests(house) == [("ben", Place.HERE), ("cy", Place.WAITING)]
    assert (await visit(house, CY, CHECK_IN)).because is NightRefusal.NO_SEAT_YET


async def test_a_seat_that_is_given_back_goes_to_the_next_at_once(house):
    await host(house)
    await visit(house, ANN, JOIN)
    await visit(house, BEN, JOIN)
    left = await visit(house, ANN, LEAVE)
    assert (left.place, left.pass_spent) == (None, 0)
    assert await guests(house) == [("ben", Place.SEATED)]


async def test_checking_in_begins_half_an_hour_before_and_without_a_pass_nobody_joins(house):
    await host(house)
    refused = await visit(house, viewer("dora"), JOIN)
    assert (refused.because, refused.pass_because) == (NightRefusal.NO_FITTING_PASS, PassRefusal.NO_PASS)
    await visit(house, ANN, JOIN)
    early = await visit(house, ANN, CHECK_IN)
    assert (early.because, early.retry_at) == (NightRefusal.TOO_EARLY, STARTS - CHECKIN_FOR)
    await later(house, STARTS - CHECKIN_FOR)
    assert (await visit(house, ANN, CHECK_IN)).place is Place.HERE


async def test_one_person_on_two_platforms_has_one_seat_and_spends_one_pass(house):
    await host(house, seats=2)
    on_discord = viewer("ann", "discord")
    await house.lane.submit(LinkPeople(CHANNEL, "twitch:link", ANN, on_discord, confirmed=True))
    await visit(house, ANN, JOIN)
    assert (await visit(house, on_discord, JOIN)).because is NightRefusal.ALREADY_IN
    await later(house, STARTS)
    assert (await visit(house, on_discord, CHECK_IN)).pass_spent == 1
    assert (await visit(house, ANN, CHECK_IN)).because is NightRefusal.ALREADY_HERE
    assert await used(house, ANN) == 1


async def test_a_night_that_is_called_off_gives_every_pass_back_and_asks_before(house):
    await host(house)
    await visit(house, ANN, JOIN)
    await later(house, STARTS)
    await visit(house, ANN, CHECK_IN)
    asked = await house.nights.cancel(MIA, "discord:cancel")
    assert asked.decision == NightNeedsYes(NightVerb.CANCEL, "hades-night", "Hades night", 1)
    assert await used(house, ANN) == 1
    done = await house.confirming.confirm(MIA, "discord:yes")
    assert (done.decision.night, done.decision.guests) == ("hades-night", 1)
    assert await used(house, ANN) == 0


async def test_a_yes_is_about_the_night_that_was_asked_about_and_not_one_that_comes_first_by_then(house):
    await host(house)
    await house.nights.cancel(MIA, "discord:cancel")
    await host(house, title="Chess", starts="in 5m")
    await house.confirming.confirm(MIA, "discord:yes")
    states = {night.key: night.state for night in await house.nights.every()}
    assert states == {"chess": NightState.ON, "hades-night": NightState.CANCELLED}


async def test_whoever_is_no_moderator_hosts_nothing(house):
    refused = await house.nights.create(ANN, "discord:1", title="Mine", seats=4, starts="20:00")
    assert refused.decision.because is NightRefusal.NOT_ALLOWED
    await host(house)
    assert (await house.nights.cancel(ANN, "discord:2")).decision.because is NightRefusal.NOT_ALLOWED


async def test_somebody_who_presses_without_end_is_stopped_before_the_ledger(house):
    await host(house)
    for number in range(BURST_MAX):
        await house.nights.visit(ANN, f"discord:{number}", JOIN)
    with pytest.raises(TooFast):
        await house.nights.visit(ANN, "discord:more", JOIN)
    assert await guests(house) == [("ann", Place.SEATED)]
