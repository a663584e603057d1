"""When people ask: most at once, some to the very end, in every window with the same shape."""

from __future__ import annotations

from random import Random
from statistics import median, quantiles

import pytest

from bot.stage.crowd.acts import Anchor
from bot.stage.crowd.arrivals import THETA, arrival, second_wave, stream_delay
from bot.stage.crowd.plan import plan
from bot.stage.crowd.scene import Scene, StagedDrop
from tests.stage.crowd.theatre import NOON, SECOND


def window(seconds: float) -> StagedDrop:
    return StagedDrop("mug", "Teal Mug", NOON, NOON + 6 * SECOND, NOON + round((6 + seconds) * SECOND))


def arrivals(seconds: float, people: int = 20_000) -> list[float]:
    dice = Random(5)
    return [arrival(dice, window(seconds)) for _ in range(people)]


def test_half_have_asked_in_the_first_seconds_and_some_ask_at_the_very_end() -> None:
    found = arrivals(900)
    assert median(found) == pytest.approx(16.2, rel=0.1)
    assert quantiles(found, n=10)[7] == pytest.approx(91, rel=0.1)
    assert sum(each > 450 for each in found) / len(found) == pytest.approx(0.044, abs=0.01)
    assert min(found) >= 1.5
    assert max(found) < 900


def test_the_tail_falls_as_the_source_has_it() -> None:
    """From 1 to 10 % of the window the density falls by nearly 10 ** (1 + theta): the scale, 5 s, is still felt."""
    found = arrivals(1000, 200_000)
    here = sum(10 <= each < 12 for each in found)
    there = sum(100 <= each < 120 for each in found) / 10
    assert here / there == pytest.approx(((110 + 3.3) / (11 + 3.3)) ** (1 + THETA), rel=0.1)


def test_a_compressed_window_has_the_same_shape() -> None:
    long, short = arrivals(900), arrivals(20)
    for each, scaled in zip(quantiles(long, n=20), quantiles(short, n=20), strict=True):
        assert scaled == pytest.approx(each * 20 / 900, abs=0.002)


def test_a_reminder_hurries_people() -> None:
    dice = Random(5)
    found = [second_wave(dice, window(900)) for _ in range(5_000)]
    assert median(found) < 3
    assert max(found) < 90


@pytest.mark.parametrize(("seconds", "from_", "to"), [(900, 2.0, 15.0), (20, 1.0, 5.0), (4, 0.2, 1.0)])
def test_the_stream_is_seen_some_seconds_late_and_less_in_a_short_window(
    seconds: float, from_: float, to: float
) -> None:
    dice = Random(5)
    found = [stream_delay(dice, window(seconds)) for _ in range(5_000)]
    assert from_ <= min(found) < from_ * 1.1
    assert to * 0.98 < max(found) <= to


def test_the_crowd_as_a_whole_comes_like_that() -> None:
    """Whatever the characters add: in a window of fifteen minutes half have asked within the first 4 %."""
    people = plan(1, 2000, 400, Scene((window(900),)))
    first = [
        next(act.cue.after for act in person.acts if act.cue.anchor is Anchor.OPENED)
        for person in people
        if person.character not in ("lurker", "guest")
        and any(act.cue.anchor is Anchor.OPENED for act in person.acts)
    ]
    assert len(first) > 1800
    assert median(first) < 36
    assert sum(each > 300 for each in first) > 50
