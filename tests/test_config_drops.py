"""[[drops]] of config.toml: each becomes a plan, or one clear sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import Config, ConfigError, load_config
from bot.domain.drop_plan import DropPlan, Opening, WhileOffline
from bot.domain.time import HOUR, MINUTE, SECOND

NOW = 1_700_000_000_000_000
CHANNEL = '[channel]\nname = "Teal Fox"\n'
MUG = """[[drops]]
name = "mug"
title = "Teal Mug"
supply = 48
opens = 2030-06-01T20:00:00
lasts = "15m"
"""

Load = Callable[[str], Config]
Wrong = Callable[[str], list[str]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def from_text(text: str) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load_config(path, {})

    return from_text


@pytest.fixture
def wrong(load: Load) -> Wrong:
    """The sentences about a text that has to be refused."""

    def sentences(text: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text)
        return [str(mistake) for mistake in caught.value.mistakes]

    return sentences


def test_a_drop_by_the_clock_becomes_a_plan(load: Load) -> None:
    text = CHANNEL + 'time_zone = "Europe/Berlin"\n' + MUG
    assert load(text).plans(NOW) == (
        DropPlan(
            key="mug",
            title="Teal Mug",
            kind="other",
            supply=48,
            held_back=0,
            per_person=1,
            opening=Opening.CLOCK,
            while_offline=WhileOffline.WAIT,
            zone="Europe/Berlin",
            announce_at=NOW,
            opens_at=1_906_567_200 * SECOND,  # 2030-06-01T18:00Z
            window=15 * MINUTE,
        ),
    )


def test_a_drop_on_cue_has_a_window_and_no_opening_time(load: Load) -> None:
    drop = 'name = "cap"\ntitle = "Cap"\nsupply = 5\nopening = "cue"\nlasts = "1h30m"\nwhile_offline = "run"\n'
    (plan,) = load(CHANNEL + "[[drops]]\n" + drop + 'announce = "2030-06-01 19:00"\n').plans(NOW)
    assert (plan.opening, plan.opens_at, plan.window) == (Opening.CUE, None, 90 * MINUTE)
    assert (plan.while_offline, plan.announce_at) == (WhileOffline.RUN, 1_906_570_800 * SECOND)


@pytest.mark.parametrize(
    ("opens", "closes", "opens_utc", "window", "note"),
    [
        ("2026-03-29 02:30", "2026-03-29 04:00", 1_774_747_800, 30 * MINUTE, "skip it; it moves forward"),
        (
            "2026-10-25 02:30",
            "2026-10-25 04:00",
            1_792_888_200,
            150 * MINUTE,
            "twice, the clocks go back; the first",
        ),
        ("2026-10-25 01:30", "2026-10-25 03:30", 1_792_884_600, 3 * HOUR, None),
    ],
)
def test_clock_changes_move_times_and_are_told(
    load: Load, opens: str, closes: str, opens_utc: int, window: int, note: str | None
) -> None:
    drop = f'[[drops]]\nname = "mug"\ntitle = "Mug"\nsupply = 1\nopens = "{opens}"\ncloses = "{closes}"\n'
    config = load(CHANNEL + 'time_zone = "Europe/Berlin"\n' + drop)
    (plan,) = config.plans(NOW)
    assert (plan.opens_at, plan.window) == (opens_utc * SECOND, window)
    assert [note in said for said in config.notes] == ([True] if note else [])


def test_a_window_that_a_clock_change_swallows_is_refused(wrong: Wrong) -> None:
    drop = (
        '[[drops]]\nname = "m"\ntitle = "M"\nsupply = 1\nopens = "2026-03-29 02:30"\ncloses = "2026-03-29 03:10"\n'
    )
    (sentence,) = wrong(CHANNEL + 'time_zone = "Europe/Berlin"\n' + drop)
    assert "it would close before it opens" in sentence


def drop(**changes: str) -> str:
    """The mug with some lines changed; an empty value takes the line away."""
    lines = {
        "name": '"mug"',
        "title": '"Teal Mug"',
        "supply": "48",
        "opens": '"2030-06-01 20:00"',
        "lasts": '"15m"',
    }
    lines |= changes
    return CHANNEL + "[[drops]]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items() if value)


@pytest.mark.parametrize(
    ("changes", "key", "what"),
    [
        ({"name": '"Teal Mug"'}, "name", "could not type"),
        ({"name": '""'}, "name", "could not type"),
        ({"name": ""}, "", "missing"),
        ({"title": '"\u200b"'}, "title", "no visible character"),
        ({"title": f'"{"x" * 10_000}"'}, "title", "longer than 60"),
        ({"title": '"<@&1> mug"'}, "title", "mention"),
        ({"title": '"/ban fox"'}, "title", "begin with"),
        ({"supply": "0"}, "supply", "at least 1"),
        ({"supply": "-5"}, "supply", "at least 1"),
        ({"supply": "100001"}, "supply", "at most 100000"),
        ({"supply": "9" * 40}, "supply", "at most 100000"),
        ({"supply": '"48"'}, "supply", "whole number"),
        ({"supply": "48.0"}, "supply", "whole number"),
        ({"supply": "true"}, "supply", "whole number"),
        ({"held_back": "48"}, "held_back", "no unit of 48 would be left"),
        ({"held_back": "-1"}, "held_back", "at least 0"),
        ({"per_person": "0"}, "per_person", "at least 1"),
        ({"per_person": "49"}, "per_person", "only 48 units"),
        ({"kind": '"mugs"'}, "kind", "none of the choices"),
        ({"opening": '"clok"'}, "opening", 'Did you mean "clock"'),
        ({"opens": ""}, "", "opens: missing"),
        ({"opens": '"2030-06-01T20:00Z"'}, "opens", "offset"),
        ({"opens": '"2030-13-01 20:00"'}, "opens", "no date and time"),
        ({"opens": '"0001-01-01 00:00"'}, "opens", "the year 1"),
        ({"opens": "9999-12-31T23:59:59"}, "opens", "the year 9999"),
        ({"opens": "2030-06-01"}, "opens", "no date and time"),
        ({"opens": "20"}, "opens", "no date and time"),
        ({"opening": '"cue"'}, "opens", "opens when you say so"),
        ({"opening": '"cue"', "opens": "", "lasts": ""}, "", "lasts: missing"),
        ({"closes": '"2030-06-01 20:15"'}, "lasts", "both closes and lasts"),
        ({"lasts": ""}, "", "lasts: missing"),
        ({"lasts": "", "closes": '"2030-06-01 19:00"'}, "closes", "close before it opens"),
        ({"lasts": '"40d"'}, "lasts", "too short or too long"),
        ({"lasts": '"-5m"'}, "lasts", "no length of time"),
        ({"lasts": '"0s"'}, "lasts", "out of range"),
        ({"lasts": '"15"'}, "lasts", "no length of time"),
        ({"lasts": "15"}, "lasts", "text with a unit"),
        ({"announce": '"2030-06-01 20:01"'}, "announce", "announced after it opens"),
    ],
)
def test_a_wrong_drop_gets_one_clear_sentence(wrong: Wrong, changes: dict[str, str], key: str, what: str) -> None:
    text = drop(**changes)
    (sentence,) = wrong(text)
    lines = [line.partition(" =")[0] for line in text.splitlines()]
    line = lines.index(key or "[[drops]]", 2) + 1  # [channel] has a name too
    assert sentence.startswith(f"config.toml line {line}, [[drops]]")
    assert what in sentence


def test_two_drops_of_one_name_are_refused(wrong: Wrong) -> None:
    (sentence,) = wrong(CHANNEL + MUG + MUG)
    assert sentence.startswith('config.toml line 10, [[drops]] mug, name: there is already a drop "mug"')
