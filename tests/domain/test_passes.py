"""Passes: the fold of their facts, which one is spent, how they change hands, and how they end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.claims import ClaimGranted, grant_fact
from bot.domain.ledger import Fact
from bot.domain.pass_deeds import (
    USES_MAX,
    GivePass,
    PassGiven,
    PassNeedsYes,
    PassRefused,
    PassRevoked,
    PassStanding,
    PassTransferred,
    RevokePass,
    TransferPass,
    decide_give,
    decide_revoke,
    decide_transfer,
    granted_with_unit,
    moved_with_unit,
    voided_with_unit,
)
from bot.domain.passes import (
    Pass,
    PassKind,
    PassRefusal,
    PassTerms,
    due_in_pass,
    evolve_pass,
    fitting_pass,
    next_due_in_pass,
    pass_of,
    returned_fact,
    spent_fact,
)
from bot.domain.time import DAY, HOUR
from tests.conftest import CHANNEL, MIA, NOON, viewer
from tests.domain.poll_world import World

ANN, BEN = viewer("ann"), viewer("ben")
TERMS = PassTerms(PassKind.MOD_VOTE, uses=2, expires_at=NOON + DAY, transferable=True)
HELD = Pass(1, TERMS, owner=1)
VOIDED, EXPIRED, USED_UP = replace(HELD, voided_why="revoked"), replace(HELD, expired=True), replace(HELD, used=2)


def told(held: Pass | None, *facts: Fact) -> Pass:
    for fact in facts:
        held = evolve_pass(held, fact)
    assert held is not None
    return held


def returned(scope: str) -> Fact:
    return returned_fact(1, scope, "x", 1, "cancelled")


def test_a_pass_is_what_its_grant_says():
    for terms in (TERMS, PassTerms(PassKind.CUSTOM, title="One song"), PassTerms(PassKind.GAME_NIGHT)):
        public = {"pass": 7, **terms.as_public(), "drop": "mug", "unit": 3}
        held = evolve_pass(None, Fact("pass.granted", "", public, {"person": 5}, 5))
        assert held == Pass(7, terms, owner=5, drop="mug", unit=3)


def test_each_use_is_spent_once_and_can_come_back():
    once = told(HELD, spent_fact(HELD, "poll:a", "x", 1))
    assert (once.uses_left, once.spent_on) == (1, ("poll:a",))
    twice = told(once, spent_fact(once, "poll:b", "y", 1))
    assert twice.uses_left == 0
    back = told(twice, returned("poll:a"))
    assert (back.uses_left, back.spent_on) == (1, ("poll:b",))


@pytest.mark.parametrize(
    ("held", "fact"),
    [
        (None, spent_fact(HELD, "poll:a", "x", 1)),
        (HELD, Fact("pass.granted", "", {"pass": 1, **TERMS.as_public()})),
        (USED_UP, spent_fact(HELD, "poll:c", "x", 1)),
        (VOIDED, spent_fact(HELD, "poll:a", "x", 1)),
        (EXPIRED, spent_fact(HELD, "poll:a", "x", 1)),
        (replace(HELD, used=1, spent_on=("poll:a",)), spent_fact(HELD, "poll:a", "x", 1)),
        (HELD, returned("poll:a")),
        (VOIDED, Fact("pass.voided", "", {"pass": 1, "why": "revoked"})),
        (HELD, Fact("pass.painted", "", {"pass": 1})),
    ],
)
def test_what_cannot_have_happened_is_an_error(held, fact):
    with pytest.raises(ValueError, match="pass"):
        evolve_pass(held, fact)


def test_a_pass_is_good_until_the_very_instant_it_expires():
    assert HELD.why_not(NOON + DAY - 1) is None
    assert HELD.why_not(NOON + DAY) is PassRefusal.EXPIRED, "also before anybody has said so"
    assert due_in_pass(HELD, NOON + DAY - 1) is None
    assert next_due_in_pass(HELD) == NOON + DAY
    fact = due_in_pass(HELD, NOON + DAY)
    assert fact is not None
    over = told(HELD, fact)
    assert (over.expired, over.owner, due_in_pass(over, NOON + DAY), next_due_in_pass(over)) == (
        True,
        1,
        None,
        None,
    )


@pytest.mark.parametrize("held", [VOIDED, USED_UP, replace(HELD, terms=PassTerms(PassKind.CUSTOM))])
def test_nobody_is_told_that_something_useless_has_expired(held):
    assert due_in_pass(held, NOON + 10 * DAY) is None
    assert next_due_in_pass(held) is None


def test_one_that_comes_back_after_its_time_expires_then():
    spent = replace(HELD, used=2, spent_on=("poll:a", "poll:b"))
    assert due_in_pass(told(spent, returned("poll:a")), NOON + 2 * DAY) is not None


def test_the_pass_that_expires_first_is_spent_and_then_the_oldest():
    def lasting(number: int, until: int | None) -> Pass:
        return Pass(number, replace(TERMS, expires_at=until), owner=1)

    ever, late, soon, soon_too = (
        lasting(1, None),
        lasting(2, NOON + DAY),
        lasting(3, NOON + 1),
        lasting(4, NOON + 1),
    )
    order = []
    left = [soon_too, ever, soon, late]
    while left:
        held = fitting_pass(left, PassKind.MOD_VOTE, "poll:a", NOON)
        assert isinstance(held, Pass)
        order.append(held.number)
        left.remove(held)
    assert order == [3, 4, 2, 1]


@pytest.mark.parametrize(
    ("passes", "because"),
    [
        ([], PassRefusal.NO_PASS),
        ([replace(HELD, terms=PassTerms(PassKind.GAME_NIGHT))], PassRefusal.NO_PASS),
        ([VOIDED], PassRefusal.VOIDED),
        ([EXPIRED, VOIDED], PassRefusal.EXPIRED),
        ([USED_UP, EXPIRED, VOIDED], PassRefusal.USED_UP),
        ([replace(HELD, used=1, spent_on=("poll:a",))], PassRefusal.USED_UP),
    ],
)
def test_without_a_fitting_pass_the_nearest_miss_is_the_answer(passes, because):
    assert fitting_pass(passes, PassKind.MOD_VOTE, "poll:a", NOON) is because


# -- giving -----------------------------------------------------------------------------------------------------


def test_a_moderator_gives_a_pass_and_it_is_known_who_did():
    command = GivePass(CHANNEL, "discord:1", MIA, TERMS, ANN, "won the quiz")
    decision, (fact,) = decide_give(PassStanding(receiver=(1, 2), number=9), command, NOON)
    assert decision == PassGiven(9, TERMS, "ann")
    assert told(None, fact) == Pass(9, TERMS, owner=1)
    assert (fact.private["by"]["name"], fact.private["why"], fact.person_id) == ("mia", "won the quiz", 1)


@pytest.mark.parametrize(
    ("actor", "receiver", "terms", "because"),
    [
        (BEN, None, replace(TERMS, uses=0, expires_at=NOON), PassRefusal.NOT_ALLOWED),
        (MIA, None, replace(TERMS, uses=0, expires_at=NOON), PassRefusal.RECEIVER_UNKNOWN),
        (MIA, ANN, replace(TERMS, uses=0, expires_at=NOON), PassRefusal.BAD_USES),
        (MIA, ANN, replace(TERMS, uses=USES_MAX + 1), PassRefusal.BAD_USES),
        (MIA, ANN, replace(TERMS, expires_at=NOON), PassRefusal.BAD_EXPIRY),
    ],
)
def test_a_pass_is_not_given_for_the_first_reason_that_applies(actor, receiver, terms, because):
    command = GivePass(CHANNEL, "discord:1", actor, terms, receiver)
    standing = PassStanding(receiver=(1,) if receiver else (), number=9)
    assert decide_give(standing, command, NOON) == (PassRefused(because), ())


# -- handing on -------------------------------------------------------------------------------------------------


def test_a_pass_goes_to_somebody_else_with_the_uses_it_has_left():
    held = replace(HELD, used=1, spent_on=("poll:a",))
    command = TransferPass(CHANNEL, "discord:1", ANN, 1, BEN)
    decision, (fact,) = decide_transfer(PassStanding(held, (3, 1), (2,)), command, NOON)
    assert decision == PassTransferred(1, TERMS, "ben", 1)
    assert told(held, fact) == replace(held, owner=2)
    # Its first owner may be forgotten, and all that they spent: the new one has no use more for that.
    assert told(HELD, fact).uses_left == 1


@pytest.mark.parametrize(
    ("held", "receiver", "together", "because"),
    [
        (None, None, (), PassRefusal.UNKNOWN_PASS),
        (replace(VOIDED, owner=9), None, (), PassRefusal.UNKNOWN_PASS),
        (replace(VOIDED, terms=replace(TERMS, transferable=False)), None, (), PassRefusal.VOIDED),
        (replace(EXPIRED, terms=replace(TERMS, transferable=False)), None, (), PassRefusal.EXPIRED),
        (replace(USED_UP, terms=replace(TERMS, transferable=False)), None, (), PassRefusal.USED_UP),
        (replace(HELD, terms=replace(TERMS, transferable=False)), None, (), PassRefusal.NOT_TRANSFERABLE),
        (HELD, None, (), PassRefusal.RECEIVER_UNKNOWN),
        (HELD, ANN, (3, 1), PassRefusal.SAME_PERSON),
    ],
)
def test_a_pass_stays_for_the_first_reason_that_applies(held, receiver, together, because):
    command = TransferPass(CHANNEL, "discord:1", ANN, 1, receiver)
    decision, facts = decide_transfer(PassStanding(held, (1, 3), together), command, NOON)
    assert (decision, facts) == (PassRefused(because, 1), ())


# -- taking away ------------------------------------------------------------------------------------------------


def test_a_pass_is_taken_away_after_a_yes():
    command = RevokePass(CHANNEL, "discord:1", MIA, 1, "for spam")
    assert decide_revoke(PassStanding(HELD), command, NOON) == (PassNeedsYes(1, TERMS, 2), ())
    decision, (fact,) = decide_revoke(PassStanding(HELD), replace(command, confirmed=True), NOON)
    assert decision == PassRevoked(1, TERMS, 2)
    assert told(HELD, fact).why_not(NOON) is PassRefusal.VOIDED
    assert (fact.public, fact.private["why"]) == ({"pass": 1, "why": "revoked"}, "for spam")


@pytest.mark.parametrize(
    ("actor", "held", "because"),
    [
        (ANN, None, PassRefusal.NOT_ALLOWED),
        (MIA, None, PassRefusal.UNKNOWN_PASS),
        (MIA, VOIDED, PassRefusal.VOIDED),
        (MIA, EXPIRED, PassRefusal.EXPIRED),
    ],
)
def test_nothing_is_taken_away_for_the_first_reason_that_applies(actor, held, because):
    decision, facts = decide_revoke(PassStanding(held), RevokePass(CHANNEL, "discord:1", actor, 1), NOON)
    assert isinstance(decision, PassRefused)
    assert (decision.because, facts) == (because, ())


def test_one_that_was_spent_and_is_taken_away_does_not_come_back():
    spent = replace(HELD, used=2, spent_on=("poll:a", "poll:b"))
    command = RevokePass(CHANNEL, "discord:1", MIA, 1, confirmed=True)
    facts = decide_revoke(PassStanding(spent), command, NOON)[1]
    assert told(spent, *facts, returned("poll:a")).why_not(NOON) is PassRefusal.VOIDED


# -- with the badge ---------------------------------------------------------------------------------------------

UNIT = grant_fact("twitch:1", ANN, ClaimGranted("mug", "Teal Mug", 3, 48, 45), "f00d", 1)


def test_a_badge_brings_its_pass_to_the_same_person():
    fact = granted_with_unit(4, TERMS, UNIT)
    assert told(None, fact) == Pass(4, TERMS, owner=1, drop="mug", unit=3)
    assert (fact.person_id, fact.private["name"], pass_of(fact)) == (1, "ann", 4)


def test_a_badge_that_is_taken_back_takes_its_pass_along_and_no_other():
    passes = [replace(HELD, number=n, drop="mug", unit=n) for n in (1, 2, 3)] + [replace(HELD, number=4)]
    passes.append(replace(EXPIRED, number=5, drop="mug", unit=3))
    passes.append(replace(VOIDED, number=6, drop="mug", unit=3))
    facts = voided_with_unit(passes, "mug", 3)
    assert [(fact.kind, pass_of(fact), fact.public["why"]) for fact in facts] == [
        ("pass.voided", 3, "unit-voided"),
        ("pass.voided", 5, "unit-voided"),
    ]


@pytest.mark.parametrize(
    ("held", "follows"),
    [
        (HELD, True),
        (replace(HELD, used=1), True),
        (USED_UP, False),
        (EXPIRED, False),
        (replace(HELD, terms=replace(TERMS, transferable=False)), False),
        (replace(HELD, owner=2), False),
    ],
)
def test_what_is_unspent_follows_the_badge_if_it_may(held, follows):
    facts = moved_with_unit([replace(held, drop="mug", unit=3)], "mug", 3, 2, BEN, NOON + HOUR)
    assert [fact.kind for fact in facts] == (["pass.transferred"] if follows else [])
    assert all(told(held, fact).owner == 2 for fact in facts)


def test_which_pass_a_fact_is_about_can_be_forgotten():
    assert pass_of(UNIT) is None
    assert pass_of(Fact("pass.spent", "poll:a", {"holder": "x"})) is None


def test_expiry_takes_nothing_but_the_pass():
    world = World()
    world.grant(1, expires_at=NOON + HOUR)
    assert world.come(NOON + HOUR) == ["pass.expired"]
