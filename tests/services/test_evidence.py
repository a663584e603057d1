"""What is believed of people, and for how long."""

from __future__ import annotations

import pytest

from bot.domain.entitlements import KINDS, Entitlement, Found, Question, Source
from bot.domain.time import DAY, MINUTE, SECOND
from bot.services.evidence import KnownEvidence, answered, answered_from_outside
from tests.conftest import NOON, FixedClock

ANN = ("twitch", "ann")
SUBSCRIBER, FOLLOWER = Question(Entitlement.SUBSCRIBER), Question(Entitlement.FOLLOWER)


@pytest.mark.parametrize(
    ("about", "yes_holds"),
    [
        (Entitlement.SUBSCRIBER, 10 * MINUTE),
        (Entitlement.FOLLOWER, DAY),
        (Entitlement.VIP, 10 * MINUTE),
        (Entitlement.MODERATOR, 10 * MINUTE),
        (Entitlement.BOOSTER, MINUTE),
        (Entitlement.FOUNDER, 30 * DAY),
        (Entitlement.ACCOUNT_DAYS, 30 * DAY),
    ],
)
def test_a_yes_holds_as_long_as_its_source_says_and_a_no_for_a_minute(about: Entitlement, yes_holds: int) -> None:
    assert answered(Question(about), 1, NOON) == Found(1, NOON, NOON + yes_holds)
    assert answered(Question(about), 0, NOON) == Found(0, NOON, NOON + MINUTE)


def test_every_question_is_answered_by_a_platform_or_by_the_ledger_and_the_configuration() -> None:
    at_home = {Source.UNITS, Source.PASSES, Source.UNLOCKS, Source.CODES, Source.LISTS}
    assert {kind.source for kind in KINDS.values() if not answered_from_outside(kind.source)} == at_home


def test_what_is_known_is_what_holds_now() -> None:
    clock = FixedClock(NOON)
    known = KnownEvidence(clock)
    known.put(ANN, {SUBSCRIBER: answered(SUBSCRIBER, 1, NOON), FOLLOWER: answered(FOLLOWER, 0, NOON)})
    assert set(known.of(ANN)) == {SUBSCRIBER, FOLLOWER}
    clock.at = NOON + MINUTE
    assert set(known.of(ANN)) == {SUBSCRIBER}
    clock.at = NOON + 10 * MINUTE
    assert known.of(ANN) == {}


def test_an_older_answer_never_replaces_a_newer_one() -> None:
    known = KnownEvidence(FixedClock(NOON + SECOND))
    known.put(ANN, {FOLLOWER: answered(FOLLOWER, NOON, NOON + SECOND)})  # an event
    known.put(ANN, {FOLLOWER: answered(FOLLOWER, 0, NOON)})  # a look-up that began before it
    assert known.of(ANN)[FOLLOWER].value == NOON


def test_what_was_voided_is_unknown_until_a_look_up_that_began_afterwards() -> None:
    clock = FixedClock(NOON)
    known = KnownEvidence(clock)
    known.put(ANN, {SUBSCRIBER: answered(SUBSCRIBER, 1, NOON)})
    clock.at = NOON + 2 * SECOND
    known.void(ANN, [SUBSCRIBER])
    assert known.of(ANN) == {}
    known.put(ANN, {SUBSCRIBER: answered(SUBSCRIBER, 1, NOON + SECOND)})
    assert known.of(ANN) == {}
    clock.at = NOON + 3 * SECOND
    known.put(ANN, {SUBSCRIBER: answered(SUBSCRIBER, 0, NOON + 3 * SECOND)})
    assert known.of(ANN)[SUBSCRIBER].value == 0


def test_whom_nobody_asked_about_for_long_is_forgotten_first() -> None:
    known = KnownEvidence(FixedClock(NOON), people_max=2)
    for name in ("ann", "bob"):
        known.put(("twitch", name), {SUBSCRIBER: answered(SUBSCRIBER, 1, NOON)})
    known.of(ANN)
    known.put(("twitch", "cleo"), {SUBSCRIBER: answered(SUBSCRIBER, 1, NOON)})
    assert known.of(ANN)
    assert not known.of(("twitch", "bob"))
