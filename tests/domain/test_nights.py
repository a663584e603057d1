"""Game nights: seats and the waiting list, checking in with a pass, and the seats of those who stay away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ledger import canonical_bytes
from bot.domain.night_deeds import (
    SEATS_MAX,
    CancelNight,
    CreateNight,
    NightHosted,
    NightNeedsYes,
    NightRefusal,
    NightRefused,
    NightStanding,
    NightVerb,
    NightVisited,
    Seat,
    VisitNight,
    decide_cancel,
    decide_create,
    decide_visit,
)
from bot.domain.nights import (
    Night,
    NightPlan,
    NightState,
    Place,
    due_in_night,
    evolve_night,
    next_due_in_night,
    night_of_scope,
    night_plan_of,
)
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.passes import Pass, PassRefusal, evolve_pass, pass_of
from bot.domain.time import DAY, HOUR, MINUTE
from tests.conftest import CHANNEL, MIA, NOON, viewer
from tests.domain.poll_world import account

STARTS = NOON + 2 * HOUR
PLAN = NightPlan("friday", "Friday Game Night", 2, STARTS, 3 * HOUR, 30 * MINUTE, 10 * MINUTE)
JOIN, CHECK_IN, LEAVE = NightVerb.JOIN, NightVerb.CHECK_IN, NightVerb.LEAVE
CHEAP = settings(max_examples=40, deadline=None, derandomize=True)


class Evening:
    """A night and its guests; person 1 is "g1" there, and everybody has a game-night pass of that number."""

    def __init__(self, **changes) -> None:
        self.now = NOON
        self.night: Night | None = None
        self.seats: dict[str, Seat] = {}
        self.linked: set[int] = set()
        terms = PassTerms(PassKind.GAME_NIGHT)
        self.passes = {number: Pass(number, terms, owner=number) for number in range(1, 7)}
        self.kinds: list[str] = []
        decision, facts = decide_create(CreateNight(CHANNEL, "discord:1", MIA, replace(PLAN, **changes)), NOON)
        assert isinstance(decision, NightHosted)
        self.fold(facts)

    def fold(self, facts) -> None:
        for fact in facts:
            assert night_of_scope(fact.drop) == "friday"
            self.kinds.append(fact.kind)
            self.night = evolve_night(self.night, fact.kind, fact.public, self.now)
            number = pass_of(fact)
            if number is not None:
                self.passes[number] = evolve_pass(self.passes[number], fact)
                guest = fact.public["holder"]
                self.seats[guest] = Seat(guest, fact.private["person"], number)

    def come(self, moment: int) -> list[str]:
        self.now, before = moment, len(self.kinds)
        while (due := due_in_night(self.night, moment)) is not None:
            self.fold([due])
        return self.kinds[before:]

    def visit(self, person: int, verb: NightVerb):
        self.come(self.now)
        together = (person, *sorted(self.linked - {person})) if person in self.linked else (person,)
        passes = tuple(held for held in self.passes.values() if held.owner in together)
        names = tuple(f"g{each}" for each in together)
        standing = NightStanding(self.night, person, f"g{person}", together, names, passes)
        decision, facts = decide_visit(standing, VisitNight(CHANNEL, "x", account(person), verb), self.now)
        self.fold(facts)
        self.come(self.now)
        return decision

    @property
    def places(self) -> dict[str, str]:
        return {guest.guest: str(guest.place) for guest in self.night.guests}


def joined(*people: int, **changes) -> Evening:
    evening = Evening(**changes)
    for person in people:
        evening.visit(person, JOIN)
    return evening


def test_a_night_is_what_was_announced():
    assert night_plan_of("friday", PLAN.as_public()) == PLAN
    assert canonical_bytes(PLAN.as_public())
    assert (Night(PLAN).scope, night_of_scope("friday"), night_of_scope("poll:friday")) == (
        "night:friday",
        None,
        None,
    )


def test_seats_go_to_whoever_joins_first_and_the_others_wait():
    evening = joined(1, 2, 3)
    assert evening.places == {"g1": "seated", "g2": "seated", "g3": "waiting"}
    fourth = evening.visit(4, JOIN)
    assert (fourth.place, fourth.ahead) == (Place.WAITING, 1)
    assert all(held.uses_left == 1 for held in evening.passes.values()), "joining spends nothing"


def test_a_seat_that_is_given_up_goes_to_the_first_who_waits():
    evening = joined(1, 2, 3, 4)
    left = evening.visit(1, LEAVE)
    assert (left.place, evening.places) == (None, {"g2": "seated", "g3": "seated", "g4": "waiting"})


def test_checking_in_spends_the_pass_in_the_same_decision():
    evening = joined(1)
    evening.come(STARTS - 30 * MINUTE)
    done = evening.visit(1, CHECK_IN)
    assert (done.place, done.pass_spent, evening.passes[1].uses_left) == (Place.HERE, 1, 0)
    assert evening.kinds[-2:] == ["pass.spent", "night.checked-in"]


def test_who_stays_away_loses_the_seat_and_keeps_the_pass():
    evening = joined(1, 2, 3)
    evening.come(STARTS)
    evening.visit(2, CHECK_IN)
    assert evening.come(STARTS + 10 * MINUTE - 1) == []
    assert evening.come(STARTS + 10 * MINUTE) == ["night.released", "night.seated"]
    assert evening.places == {"g2": "here", "g3": "seated"}
    assert evening.passes[1].uses_left == 1
    # Whoever is offered a seat late has as long to come as everybody else.
    assert evening.come(STARTS + 20 * MINUTE - 1) == []
    assert evening.come(STARTS + 20 * MINUTE) == ["night.released"]
    assert evening.visit(1, JOIN).place is Place.SEATED


@pytest.mark.parametrize(
    ("before", "moment", "verb", "because"),
    [
        ("cancelled", STARTS + 3 * HOUR, CHECK_IN, NightRefusal.CANCELLED),
        ("", STARTS + 3 * HOUR, CHECK_IN, NightRefusal.ENDED),
        ("", NOON, CHECK_IN, NightRefusal.NOT_IN),
        ("", NOON, LEAVE, NightRefusal.NOT_IN),
        ("joined", NOON, JOIN, NightRefusal.ALREADY_IN),
        ("here", STARTS, CHECK_IN, NightRefusal.ALREADY_HERE),
        ("here", STARTS, LEAVE, NightRefusal.ALREADY_HERE),
        ("waiting", STARTS - 30 * MINUTE - 1, CHECK_IN, NightRefusal.TOO_EARLY),
        ("waiting", STARTS - 30 * MINUTE, CHECK_IN, NightRefusal.NO_SEAT_YET),
        ("without", NOON, JOIN, NightRefusal.NO_FITTING_PASS),
    ],
)
def test_a_visit_is_refused_for_the_first_reason_that_applies(before, moment, verb, because):
    evening = joined(2, 3) if before == "waiting" else Evening()
    if before in ("joined", "waiting", "here"):
        evening.visit(1, JOIN)
    if before in ("without", "waiting"):
        evening.passes.pop(1)
    if before == "cancelled":
        evening.fold(decide_cancel(evening.night, (), CancelNight(CHANNEL, "x", MIA, confirmed=True))[1])
    evening.come(moment)
    if before == "here":
        evening.visit(1, CHECK_IN)
    facts = len(evening.kinds)
    refused = evening.visit(1, verb)
    assert isinstance(refused, NightRefused)
    assert (refused.because, len(evening.kinds)) == (because, facts)
    assert (refused.retry_at is not None) == (because is NightRefusal.TOO_EARLY)


def test_a_pass_that_went_before_its_holder_came_lets_nobody_in():
    evening = joined(1)
    evening.come(STARTS)
    evening.passes[1] = replace(evening.passes[1], voided_why="revoked")
    refused = evening.visit(1, CHECK_IN)
    assert (refused.because, refused.pass_because) == (NightRefusal.NO_FITTING_PASS, PassRefusal.VOIDED)
    assert evening.places == {"g1": "seated"}


def test_a_night_for_everybody_asks_for_no_pass():
    evening = Evening(needs_pass=False)
    evening.passes = {}
    evening.visit(1, JOIN)
    evening.come(STARTS)
    assert evening.visit(1, CHECK_IN) == NightVisited(
        CHECK_IN, "friday", "Friday Game Night", Place.HERE, starts_at=STARTS
    )


def test_two_accounts_of_one_person_have_one_seat_and_spend_one_pass():
    evening = joined(1, 2, 3)
    evening.linked = {2, 3}
    assert evening.visit(2, JOIN).because is NightRefusal.ALREADY_IN
    evening.come(STARTS)
    evening.visit(3, CHECK_IN)
    assert evening.places == {"g1": "seated", "g2": "here"}
    assert evening.visit(2, CHECK_IN).because is NightRefusal.ALREADY_HERE
    assert sorted(held.uses_left for held in evening.passes.values()) == [0, 1, 1, 1, 1, 1]


def test_a_night_that_is_cancelled_gives_back_what_it_took():
    evening = joined(1, 2)
    evening.come(STARTS)
    evening.visit(1, CHECK_IN)
    command = CancelNight(CHANNEL, "x", MIA)
    seats = [*evening.seats.values(), Seat("g2", 2)]
    asked = decide_cancel(evening.night, seats, command)
    assert asked == (NightNeedsYes(NightVerb.CANCEL, "friday", "Friday Game Night", 2), ())
    done, facts = decide_cancel(evening.night, seats, replace(command, confirmed=True))
    evening.fold(facts)
    assert (done.guests, evening.night.state, evening.passes[1].uses_left) == (2, NightState.CANCELLED, 1)


@pytest.mark.parametrize(
    ("actor", "changes", "because"),
    [
        (viewer("ann"), {"seats": 0}, NightRefusal.NOT_ALLOWED),
        (MIA, {"title": "", "seats": 0}, NightRefusal.BAD_TITLE),
        (MIA, {"title": "@everyone"}, NightRefusal.BAD_TITLE),
        (MIA, {"seats": 0, "starts_at": NOON}, NightRefusal.BAD_SEATS),
        (MIA, {"seats": SEATS_MAX + 1}, NightRefusal.BAD_SEATS),
        (MIA, {"starts_at": NOON}, NightRefusal.BAD_TIME),
        (MIA, {"starts_at": NOON + 367 * DAY}, NightRefusal.BAD_TIME),
        (MIA, {"window": 0}, NightRefusal.BAD_TIME),
        (MIA, {"window": 2 * DAY + 1}, NightRefusal.BAD_TIME),
    ],
)
def test_a_night_is_not_created_for_the_first_reason_that_applies(actor, changes, because):
    decision, facts = decide_create(CreateNight(CHANNEL, "x", actor, replace(PLAN, **changes)), NOON)
    assert isinstance(decision, NightRefused)
    assert (decision.because, facts) == (because, ())


@pytest.mark.parametrize(
    ("actor", "night", "because"),
    [
        (viewer("ann"), None, NightRefusal.NOT_ALLOWED),
        (MIA, None, NightRefusal.UNKNOWN_NIGHT),
        (MIA, Night(PLAN, NightState.ENDED), NightRefusal.ENDED),
        (MIA, Night(PLAN, NightState.CANCELLED), NightRefusal.CANCELLED),
    ],
)
def test_a_night_is_not_cancelled_for_the_first_reason_that_applies(actor, night, because):
    decision, facts = decide_cancel(night, (), CancelNight(CHANNEL, "x", actor, confirmed=True))
    assert isinstance(decision, NightRefused)
    assert (decision.because, facts) == (because, ())


@pytest.mark.parametrize(
    ("kind", "guest", "wrong"),
    [
        ("night.created", "", "created twice"),
        ("night.joined", "g1", "joins the night friday twice"),
        ("night.left", "g9", "not in the night"),
        ("night.seated", "g1", "who is seated"),
        ("night.seated", "g3", "who is waiting"),
        ("night.checked-in", "g3", "who is waiting"),
        ("night.released", "g3", "who is waiting"),
        ("night.painted", "g1", "who is seated"),
    ],
)
def test_what_cannot_have_happened_is_an_error(kind, guest, wrong):
    night = joined(1, 2, 3).night
    with pytest.raises(ValueError, match=wrong):
        evolve_night(night, kind, {"guest": guest}, NOON)


def test_nothing_happens_to_a_night_that_is_over_or_never_was():
    with pytest.raises(ValueError, match="never was"):
        evolve_night(None, "night.joined", {"guest": "g1"}, NOON)
    with pytest.raises(ValueError, match="is ended"):
        evolve_night(Night(PLAN, NightState.ENDED), "night.joined", {"guest": "g1"}, NOON)


deeds = st.tuples(
    st.sampled_from([JOIN, JOIN, CHECK_IN, LEAVE]), st.integers(1, 6), st.sampled_from([0, 0, 10, 40])
)


@CHEAP
@given(deeds=st.lists(deeds, max_size=40), seats=st.integers(1, 3), linked=st.sampled_from([set(), {1, 2}]))
def test_there_are_never_more_guests_than_seats_and_a_pass_is_spent_by_exactly_those_who_came(deeds, seats, linked):
    evening = Evening(seats=seats)
    evening.linked = linked
    for verb, person, minutes in deeds:
        due = next_due_in_night(evening.night)
        if due is not None and due > evening.now:
            assert due_in_night(evening.night, due - 1) is None
        evening.come(evening.now + minutes * MINUTE)
        order = [guest.guest for guest in evening.night.waiting]
        evening.visit(person, verb)
        waiting = [guest.guest for guest in evening.night.waiting]
        assert evening.night.seats_left >= 0
        assert not waiting or evening.night.seats_left == 0, "nobody waits beside a seat that is free"
        assert [guest for guest in order if guest in waiting] == waiting[: len([g for g in waiting if g in order])]
    came = evening.kinds.count("night.checked-in")
    assert came == sum(1 - held.uses_left for held in evening.passes.values())
    assert came <= seats
