"""What a drop promised to give with each of its units is checked in its bundle, and so is a poll in between."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.domain.bundle import BundleRefused, check_bundle
from bot.domain.ledger import Fact
from bot.domain.pass_terms import PassKind, PassOffer, PassTerms
from bot.domain.time import DAY
from tests.small_log import SmallLog, badge_evening, verify


def test_an_honest_evening_holds_and_counts_what_is_gone_for_good():
    log = badge_evening()
    report = check_bundle(log.bundle(), verify)
    retired = next(entry.number for entry in log.entries if entry.kind == "unit.retired")
    assert [unit.number for unit in report.units] == [1, 3]
    assert report.lost == ((2, retired),)
    assert len(report.taken_back) == 1
    assert (report.drop.claimed, report.drop.given, report.drop.lost) == (2, 0, 1)


def granted(log: SmallLog, **changes: object) -> None:
    """The pass of unit 1, as it has to be but for these."""
    terms = PassTerms(PassKind.MOD_VOTE, expires_at=log.at + DAY).as_public()
    log.append(Fact("pass.granted", "", {"pass": 1, **terms, "drop": "mug", "unit": 1, **changes}))


def voided(log: SmallLog, number: int = 1) -> None:
    log.append(Fact("pass.voided", "", {"pass": number, "why": "unit-voided"}))


LIES: list[tuple[Callable[[SmallLog], object], str]] = [
    (lambda log: log.claim(2), "here belongs a pass.granted, which goes with unit 1 of mug"),
    (lambda log: granted(log, uses=2), "here belongs a pass.granted"),
    (lambda log: granted(log, expires_at=None), "here belongs a pass.granted"),
    (lambda log: granted(log, unit=2), "here belongs a pass.granted"),
    (lambda log: (granted(log), granted(log, **{"pass": 2})), "pass 2 is said to come with a unit, and does not"),
    (lambda log: (granted(log), granted(log, **{"pass": 3, "drop": "cap"})), "pass 3 is granted, and pass 2 comes"),
    (
        lambda log: (granted(log), log.tell("unit.retired", number=1, how="claim"), log.claim(2)),
        "here belongs a pass.voided, which goes with unit 1 of mug",
    ),
    (
        lambda log: (granted(log), log.tell("unit.retired", number=1, how="claim"), voided(log, 2)),
        "here belongs a pass.voided",
    ),
    (lambda log: (granted(log), log.tell("unit.retired", number=2, how="claim")), "nobody has it that way"),
    (lambda log: (granted(log), log.tell("unit.retired", number=1, how="hand")), "nobody has it that way"),
    (
        lambda log: (granted(log), log.tell("unit.retired", number=1, how="claim", window="early"), voided(log)),
        "did not go in that window",
    ),
    (
        lambda log: (granted(log), log.tell("unit.retired", number=1, how="claim"), voided(log), log.claim(1)),
        "number 1 was written off with entry",
    ),
    (lambda log: log.plan("secret"), "that belongs to a unit is hidden"),
]


@pytest.mark.parametrize(("lie", "words"), LIES)
def test_a_lie_under_a_good_signature_is_told_as_what_it_is(lie, words):
    log = SmallLog()
    log.open(passes=(PassOffer(PassKind.MOD_VOTE, lasts=DAY),))
    log.claim(1)
    lie(log)
    log.close()
    with pytest.raises(BundleRefused, match=words):
        check_bundle(log.bundle(), verify)


def test_a_poll_between_is_judged_and_one_from_before_is_not():
    log = SmallLog()
    log.open()
    log.decide()
    log.append(Fact("vote.cast", "poll:next", {"voter": "cleo"}))
    log.close()
    with pytest.raises(BundleRefused, match="a vote is cast while the poll is closed"):
        check_bundle(log.bundle(), verify)
    before = SmallLog()
    before.decide()
    before.open()
    before.append(Fact("vote.cast", "poll:next", {"voter": "cleo"}))
    before.close()
    assert check_bundle(before.bundle(), verify).drop.over
