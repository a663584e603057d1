"""What a bundle tells of an early window is held against what was announced: its length, its share, its end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.domain.bundle import BundleRefused, check_bundle
from bot.domain.time import MINUTE, SECOND
from tests.conftest import NOON, plan
from tests.small_log import SmallLog, early_evening, short_early_drop, verify

Lie = Callable[[SmallLog], object]


def refusal(log: SmallLog) -> str:
    """Why its bundle is refused, "" if it holds."""
    log.sign(log.key)
    try:
        check_bundle(log.bundle(), verify)
    except BundleRefused as refused:
        return str(refused)
    return ""


def opened(log: SmallLog, *, begins: int = 0, early: int = 10 * MINUTE, window: int = 15 * MINUTE) -> None:
    """An opening that comes one second later, with windows of such lengths, from `begins` off that moment on."""
    public_at = log.at + SECOND + begins + early
    log.tell("drop.opened", public_at=public_at, closes_at=public_at + window, late=False)


def announced(**changes) -> SmallLog:
    log = SmallLog()
    log.announce(**{"early": "subscriber", "early_for": 10 * MINUTE, "early_units": 2, "supply": 6, **changes})
    return log


def paused(log: SmallLog) -> SmallLog:
    log.tell("drop.paused", why="moderator")
    return log


def frozen(log: SmallLog) -> SmallLog:
    log.tell("drop.frozen", why="restored", since=log.at)
    return log


# After entry 4: open early since a second. Each is told under a good signature.
LIES: list[tuple[str, Lie, int, str]] = [
    ("everybody before the time", lambda log: log.claim(1), 5, "only some were let in"),
    ("another window", lambda log: log.claim(1, window="vip"), 5, "only some were let in"),
    (
        "a gift that goes early",
        lambda log: log.claim(1, how="hand", window="early"),
        5,
        "no claim of an early window",
    ),
    (
        "more than the share",
        lambda log: [log.claim(number, window="early") for number in (1, 2, 3)],
        7,
        "number 3 is claimed early, and 2 is all that may go early",
    ),
    (
        "early at the moment of everybody",
        lambda log: log.claim(1, window="early", after=10 * MINUTE),
        5,
        "after the early window has closed",
    ),
    (
        "early after everybody was let in",
        lambda log: (log.let_all_in(), log.claim(1, window="early")),
        6,
        "no claim of an early window",
    ),
    ("in the public window too soon", lambda log: log.let_all_in(after=-1), 5, "before the time"),
    ("in twice", lambda log: (log.let_all_in(), log.tell("drop.public", late=False)), 6, "not open early"),
    ("in in a pause", lambda log: paused(log).let_all_in(), 6, "while the drop hands out nothing"),
    ("in while frozen", lambda log: frozen(log).let_all_in(), 6, "while the drop hands out nothing"),
    ("in when it is over", lambda log: (log.close(), log.tell("drop.public", late=False)), 6, "not open early"),
    (
        "more time than was lost",
        lambda log: paused(log).give_back("drop.resumed", SECOND + 1),
        6,
        "longer or shorter than was lost",
    ),
    (
        "less time than was lost",
        lambda log: paused(log).give_back("drop.resumed", SECOND - 1),
        6,
        "longer or shorter than was lost",
    ),
    (
        "no word of everybody after a pause",
        lambda log: paused(log).tell("drop.resumed", closes_at=log.at + 20 * MINUTE, added=SECOND),
        6,
        "longer or shorter than was lost",
    ),
    ("going on without a pause", lambda log: log.give_back("drop.resumed", SECOND), 5, "was not paused"),
    (
        "more time than a restore has lost",
        lambda log: frozen(log).give_back("drop.thawed", SECOND + 1, lost=[], last_public=0),
        6,
        "longer or shorter than was lost",
    ),
    (
        "a thaw of what is not frozen",
        lambda log: log.give_back("drop.thawed", SECOND, lost=[], last_public=0),
        5,
        "it says when everybody is let in",
    ),
    ("opening once more", opened, 5, "opens early once more, it is open"),
    (
        "taking an early one back",
        lambda log: (log.claim(1, window="early"), log.tell("unit.voided", number=1, how="claim", window="early")),
        6,
        "not taken back",
    ),
]


@pytest.mark.parametrize(("lie", "entry", "words"), [each[1:] for each in LIES], ids=[each[0] for each in LIES])
def test_a_lie_under_a_good_signature_is_named_by_its_entry(lie, entry, words):
    log = SmallLog()
    log.open_early()
    lie(log)
    said = refusal(log)
    assert said.startswith(f"entry {entry}: ")
    assert words in said


PLANS = [
    ({"early": "subscriber", "early_for": 0}, "with such numbers"),
    ({"early_units": 7}, "with such numbers"),
    ({"early_units": -1}, "with such numbers"),
    ({"early_for": True}, "with such numbers"),
    ({"early_for": "10m"}, "with such numbers"),
]


@pytest.mark.parametrize(("changes", "words"), PLANS)
def test_a_plan_that_cannot_be_is_refused(changes, words):
    said = refusal(announced(**changes))
    assert said.startswith("entry 2: ")
    assert words in said


@pytest.mark.parametrize("name", ["early", "early_for", "early_units"])
def test_a_plan_that_tells_half_of_an_early_window_is_refused(name):
    log, whole = SmallLog(), plan(early="subscriber", early_for=MINUTE, early_units=2).as_public()
    del whole[name]
    log.tell("drop.planned", key="mug", origin="config", **whole)
    log.tell("drop.announced")
    assert refusal(log).startswith("entry 2: ")


WINDOWS = [
    ({}, ""),
    # At its time, which was a moment before anybody looked; the plan begins ten minutes before noon.
    ({"begins": -2 * SECOND}, ""),
    ({"begins": -2 * SECOND - 1}, "early window is not as long"),
    ({"begins": 1}, "early window is not as long"),
    ({"early": 10 * MINUTE + 1}, "early window is not as long"),
    ({"early": 10 * MINUTE - 1}, "early window is not as long"),
    ({"window": 15 * MINUTE - 1}, "window for everybody is not as long"),
    ({"window": 15 * MINUTE + 1}, "window for everybody is not as long"),
]


@pytest.mark.parametrize(("windows", "words"), WINDOWS)
def test_both_windows_are_as_long_as_was_announced(windows, words):
    log = announced()
    log.at = NOON - 10 * MINUTE + SECOND
    opened(log, **windows)
    said = refusal(log)
    assert said.startswith("entry 4: ") is bool(words)
    assert words in said


def test_an_early_window_that_nobody_was_told_of_is_refused():
    log = SmallLog()
    log.announce()
    opened(log)
    assert "which was not announced" in refusal(log)


def test_an_opening_that_was_announced_early_says_when_for_everybody():
    log = announced()
    log.tell("drop.opened", closes_at=log.at + 25 * MINUTE, late=False)
    assert "does not say when for everybody" in refusal(log)


@pytest.mark.parametrize("honest", [early_evening, short_early_drop])
def test_an_honest_evening_holds(honest):
    log = honest()
    report = check_bundle(log.bundle(), verify)
    assert [unit.number for unit in report.units] == sorted({unit.number for unit in report.units})
    assert report.size == len(log.entries)


def test_the_last_microsecond_of_the_early_window_is_in_time():
    log = SmallLog()
    log.open_early()
    log.claim(1, window="early", after=10 * MINUTE - 1)
    assert refusal(log) == ""


def test_an_early_drop_that_was_rescheduled_opens_at_its_new_time():
    log = announced()
    log.tell("drop.postponed", why="offline")
    log.tell("drop.rescheduled", opens_at=NOON + 10 * MINUTE)
    log.at = NOON
    opened(log, begins=-SECOND)
    assert refusal(log) == ""
