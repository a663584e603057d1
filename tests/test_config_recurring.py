"""Recurring drops, early windows, pacing and lists in config.toml: plans, or one clear sentence for each slip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from bot.config import Config, ConfigError, load_config
from bot.domain.pacing import PacingRules, QuietHours
from bot.domain.recurrence import DaySpan
from bot.domain.time import DAY, HOUR, MINUTE, in_zone
from tests.domain.cadences import utc

CHANNEL = '[channel]\nname = "Teal Fox"\ntime_zone = "Europe/Berlin"\n'
PLATFORMS = """[twitch]
channel = "tealfox"
channel_id = "1001"
bot_id = "1002"
client_id = "id"
client_secret = "env:A"
bot_token = "env:B"
bot_refresh_token = "env:C"
"""
STREAMER = 'streamer_token = "env:D"\nstreamer_refresh_token = "env:E"\n'
NOW = utc("2026-11-01 12:00")

Load = Callable[[str], Config]
Wrong = Callable[[str], list[str]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def from_text(text: str) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load_config(path, {}, secrets="optional")

    return from_text


@pytest.fixture
def wrong(load: Load) -> Wrong:
    """The sentences about a text that has to be refused."""

    def sentences(text: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text)
        return [str(mistake) for mistake in caught.value.mistakes]

    return sentences


def drop(**changes: str) -> str:
    """A mug each Friday with some lines changed; an empty value takes the line away."""
    lines = {"name": '"mug"', "title": '"Teal Mug"', "supply": "48", "every": '"friday 20:00"', "lasts": '"15m"'}
    lines |= changes
    return CHANNEL + "[[drops]]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items() if value)


def local_times(config: Config, now: int = NOW) -> list[str]:
    return [f"{in_zone(plan.opens_at or 0, config.zone):%m-%d %H:%M}" for plan in config.plans(now)]


def test_a_rule_becomes_a_plan_for_each_of_the_next_five_times(load: Load) -> None:
    config = load(drop())
    plans = config.plans(NOW)
    assert local_times(config) == ["11-06 20:00", "11-13 20:00", "11-20 20:00", "11-27 20:00", "12-04 20:00"]
    first = plans[0]
    assert (first.key, first.series, first.title, first.zone) == (
        "mug-2026-11-06",
        "mug",
        "Teal Mug",
        "Europe/Berlin",
    )
    assert (first.opens_at, first.window) == (utc("2026-11-06 19:00"), 15 * MINUTE)
    assert first.announce_at == first.opens_at - DAY
    assert config.series == frozenset({"mug"})


def test_a_time_counts_as_coming_until_its_window_is_over(load: Load) -> None:
    config = load(drop())
    closes_at = utc("2026-11-06 19:15")
    assert local_times(config, closes_at - 1)[0] == "11-06 20:00"
    assert local_times(config, closes_at)[0] == "11-13 20:00"


def test_plans_are_the_same_whenever_they_are_asked_for(load: Load) -> None:
    config = load(drop(early='"vip"', announce_before='"3d"'))
    later = {plan.key: plan for plan in config.plans(NOW + 20 * DAY)}
    both = [plan for plan in config.plans(NOW) if plan.key in later]
    assert both == [later[plan.key] for plan in both] != []


def test_a_season_starts_and_skips(load: Load) -> None:
    season = '["2026-12-05 20:00", 2026-12-12T21:30:00, "2026-11-20 8pm", "2026-12-24 20:00"]'
    config = load(drop(every="", season=season, starts="2026-12-01", skip='["2026-12-24 to 2027-01-06"]'))
    assert local_times(config) == ["12-05 20:00", "12-12 21:30"]
    assert config.plans(utc("2027-01-01 00:00")) == ()
    assert config.series == frozenset({"mug"})


def test_whatever_is_to_be_announced_within_a_day_is_planned_however_many_come_before_it(load: Load) -> None:
    config = load(drop(every='"daily 20:00"', announce_before='"10d"'))
    assert len(config.plans(NOW)) == 11
    announced = [plan for plan in config.plans(NOW) if plan.announce_at <= NOW + DAY]
    assert len(announced) == 11


def test_early_access_needs_one_line(load: Load) -> None:
    (first, *_) = load(drop(early='"subscribers, VIPs"', supply="47")).plans(NOW)
    assert (first.early, first.early_for, first.early_units) == ("subscriber or vip", 10 * MINUTE, 23)
    assert first.opens_at == utc("2026-11-06 19:00")
    assert first.begins_at == utc("2026-11-06 18:50")
    assert first.announce_at == first.begins_at - DAY


@pytest.mark.parametrize(
    ("share", "units"), [('"50%"', 23), ('"33 %"', 15), ('"12"', 12), ("12", 12), ('"1%"', 1), ('"100%"', 46)]
)
def test_the_share_is_of_what_viewers_can_claim(load: Load, share: str, units: int) -> None:
    changes = {"held_back": "2", "early": '"vip"', "early_for": '"1h"', "early_share": share}
    (first, *_) = load(drop(**changes)).plans(NOW)
    assert (first.early_units, first.early_for) == (units, HOUR)


def test_a_drop_on_cue_may_open_early(load: Load) -> None:
    (cue,) = load(drop(every="", opening='"cue"', early='"vip"')).plans(NOW)
    assert (cue.opens_at, cue.begins_at, cue.early_for) == (None, None, 10 * MINUTE)


def test_pacing_and_lists_become_plain_values(load: Load) -> None:
    pacing = '[pacing]\ngap = "3d"\nper_week = 2\nblackout = ["2026-12-24 to 2026-12-26", 2026-12-31]\n'
    lists = '[lists]\nFounders = ["twitch:1234567", "Discord: 100000000000000009"]\nempty = []\n'
    config = load(drop(early='"listed:founders"') + pacing + 'quiet = "11pm to 08:00"\n' + lists)
    christmas = DaySpan(date(2026, 12, 24), date(2026, 12, 26))
    new_year = DaySpan(date(2026, 12, 31), date(2026, 12, 31))
    quiet = QuietHours(time(23), time(8))
    assert config.pacing == PacingRules("Europe/Berlin", 3 * DAY, 2, (christmas, new_year), quiet)
    founders = frozenset({("twitch", "1234567"), ("discord", "100000000000000009")})
    assert config.lists == {"founders": founders, "empty": frozenset()}


def test_without_these_sections_nothing_is_ruled_and_nobody_listed(load: Load) -> None:
    config = load(drop())
    assert (config.pacing, config.lists) == (PacingRules("Europe/Berlin"), {})


@pytest.mark.parametrize(
    ("changes", "key", "what"),
    [
        ({"every": '"fridy 20:00"'}, "every", 'Did you mean "friday"'),
        ({"every": '"friday"'}, "every", "character 7: there is no time of day"),
        ({"every": '""'}, "every", "it does not say on which days"),
        ({"every": "20"}, "every", "a rule is text in quotes"),
        ({"every": '["friday 20:00"]'}, "every", "a rule is text in quotes"),
        ({"every": f'"{"friday " * 50}"'}, "every", "too long"),
        ({"every": '"FREQ=DAILY 20:00"'}, "every", "no frequency"),
        ({"every": '"every 2 weeks on friday 20:00"'}, "", "starts: without a first date"),
        ({"every": '"friday 20:00 until 2026-01-01"', "starts": "2026-02-01"}, "every", "it would end"),
        ({"every": '"FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=1FR 20:00"'}, "every", "there is no such date"),
        ({"every": "", "season": '"2026-12-05 20:00"'}, "season", "has to be a list"),
        ({"every": "", "season": "[]"}, "season", "a season has 1 to 366 dates"),
        ({"every": "", "season": "[5]"}, "season", "entry 1 is something else"),
        ({"every": "", "season": '["2026-12-05 25:00"]'}, "season", "no time of day"),
        ({"every": "", "season": "[2026-12-05T20:00:30]"}, "season", "no time of day"),
        ({"every": "", "season": "[2026-12-05T20:00:00Z]"}, "season", "entry 1 is something else"),
        ({"every": "", "season": '["2026-12-05 20:00", "2026-12-05 21:00"]'}, "season", "two times on"),
        ({"season": '["2026-12-05 20:00"]'}, "season", "both every and season"),
        ({"starts": '"soon"'}, "starts", '"soon" is no date'),
        ({"starts": "5"}, "starts", "this is no date"),
        ({"starts": "2026-12-05T20:00:00"}, "starts", "this is no date"),
        ({"skip": '"2026-12-24"'}, "skip", "has to be a list"),
        ({"skip": '["24.12.2026"]'}, "skip", "is no date"),
        ({"skip": '["2027-01-06 to 2026-12-24"]'}, "skip", "Write the earlier date first"),
        ({"skip": '["2026-01-01 to 2199-01-01"]'}, "skip", "longer than a year"),
        ({"skip": "[true]"}, "skip", "entry 1 is something else"),
        ({"announce_before": '"soon"'}, "announce_before", "no length of time"),
        ({"announce_before": '"0s"'}, "announce_before", "out of range"),
        ({"name": f'"{"x" * 30}"'}, "name", "Use at most 29 characters"),
        ({"opening": '"cue"'}, "opening", "opens by the clock"),
        ({"opens": '"2026-12-05 20:00"'}, "opens", "Leave it out: every says when"),
        ({"closes": '"2026-12-05 20:00"', "lasts": ""}, "closes", "no single date"),
        ({"announce": '"2026-12-05 20:00"'}, "announce", 'announce_before = "1d"'),
        ({"lasts": ""}, "", "lasts: missing"),
        ({"lasts": '"40d"'}, "lasts", "too short or too long"),
        ({"every": "", "opening": '"cue"', "starts": "2026-12-05"}, "starts", "only a drop that recurs"),
        ({"every": "", "opening": '"cue"', "skip": "[]"}, "skip", "only a drop that recurs"),
        (
            {"every": "", "opening": '"cue"', "announce_before": '"1d"'},
            "announce_before",
            "only a drop that recurs",
        ),
        ({"early": '"subscribers, vipz"'}, "early", 'character 14: found "vipz"'),
        ({"early": '""'}, "early", "this is empty"),
        ({"early": "true"}, "early", "a gate is text in quotes"),
        ({"early": '"listed:fuonders"'}, "early", 'there is no list "fuonders"'),
        ({"early": f'"{"x" * 3_000}"'}, "early", "at most 2000 characters"),
        ({"early_for": '"10m"'}, "early_for", "there is no early window"),
        ({"early_share": '"50%"'}, "early_share", "there is no early window"),
        ({"early": '"vip"', "early_for": '"40d"'}, "early_for", "too short or too long"),
        ({"early": '"vip"', "early_for": "10"}, "early_for", "text with a unit"),
        ({"early": '"vip"', "early_share": '"half"'}, "early_share", "this is no share"),
        ({"early": '"vip"', "early_share": '"101%"'}, "early_share", "this is no share"),
        ({"early": '"vip"', "early_share": "-5"}, "early_share", "this is no share"),
        ({"early": '"vip"', "early_share": "true"}, "early_share", "this is no share"),
        ({"early": '"vip"', "early_share": "0"}, "early_share", "nobody could claim early"),
        ({"early": '"vip"', "early_share": "47", "held_back": "2"}, "early_share", "only 46 can be claimed"),
        (
            {"every": "", "opens": '"2026-12-05 20:00"', "announce": '"2026-12-05 19:55"', "early": '"vip"'},
            "announce",
            "after its early window has begun",
        ),
    ],
)
def test_a_slip_gets_one_clear_sentence(wrong: Wrong, changes: dict[str, str], key: str, what: str) -> None:
    text = drop(**changes)
    (sentence,) = wrong(text)
    lines = [line.partition(" =")[0] for line in text.splitlines()]
    line = lines.index(key or "[[drops]]", 3) + 1  # [channel] has a name too
    assert sentence.startswith(f"config.toml line {line}, [[drops]]")
    assert what in sentence


@pytest.mark.parametrize(
    ("section", "what"),
    [
        ('[pacing]\ngap = "soon"', "[pacing] gap: "),
        ('[pacing]\ngaps = "3d"', 'Did you mean "gap"?'),
        ("[pacing]\nper_week = 0", "[pacing] per_week: it has to be at least 1."),
        ('[pacing]\nper_week = "2"', "this has to be a whole number"),
        ('[pacing]\nblackout = ["christmas"]', '"christmas" is no date'),
        ('[pacing]\nblackout = "2026-12-24"', "this has to be a list"),
        ('[pacing]\nquiet = "23:00"', "these are no hours"),
        ('[pacing]\nquiet = "25:00 to 08:00"', "these are no hours"),
        ('[pacing]\nquiet = "08:00 to 8am"', "end when they begin"),
        ("[pacing]\nquiet = 23", "these are no hours"),
        ('[lists]\nfounders = "twitch:1"', "[lists] founders: this has to be a list"),
        ("[lists]\nfounders = [1]", "an account is text in quotes"),
        (
            '[lists]\nfounders = ["twitch:1"]\nFounders = ["twitch:2"]',
            '[lists] Founders: there is already a list "founders". Put their accounts together into one.',
        ),
        ('[lists]\nfounders = ["tealfan"]', '"tealfan" is no account'),
        ('[lists]\nfounders = ["twitch:tealfan"]', "`microdrops person export NAME` shows it"),
        ('[lists]\nfounders = ["discord:fan"]', "Copy User ID"),
        ('[lists]\n"my friends" = ["twitch:1"]', "a gate could not name this list"),
        ("lists = 5", "this has to be a section"),
    ],
)
def test_a_wrong_rule_or_list_gets_one_clear_sentence(wrong: Wrong, section: str, what: str) -> None:
    text = f"{section}\n{CHANNEL}" if section.startswith("lists") else CHANNEL + section + "\n"
    (sentence,) = wrong(text)
    assert what in sentence


def test_a_name_that_an_occurrence_will_have_is_refused(wrong: Wrong) -> None:
    other = '[[drops]]\nname = "mug-2031-01-03"\ntitle = "Cap"\nsupply = 1\nopening = "cue"\nlasts = "5m"\n'
    (sentence,) = wrong(drop() + other)
    assert sentence == (
        'config.toml line 11, [[drops]] mug-2031-01-03, name: "mug" recurs, and is called "mug-2031-01-03" on that '
        "day. Give one of them another name."
    )


def test_all_slips_of_a_file_are_told_at_once(wrong: Wrong) -> None:
    text = drop(early='"listed:foo"', every='"fridy 20:00"', early_share='"half"') + '[pacing]\nquiet = "x"\n'
    assert [sentence.partition(", ")[0] for sentence in wrong(text)] == [
        f"config.toml line {n}" for n in (8, 10, 11, 13)
    ]


def test_what_is_wrong_is_pointed_at(load: Load) -> None:
    with pytest.raises(ConfigError) as caught:
        load(drop(early='"subscribers, vipz"', every='"fridy 20:00"'))
    pointed = [mistake.pointed for mistake in caught.value.mistakes]
    assert pointed == ["fridy 20:00\n^", "subscribers, vipz\n             ^"]


@pytest.mark.parametrize(
    ("early", "platforms", "notes"),
    [
        ("vip", PLATFORMS + STREAMER, []),
        ("vip", PLATFORMS.replace("1002", "1001"), []),
        (
            "subscriber or vip or follower",
            PLATFORMS,
            ["early asks for subscriber and vip, which Twitch tells your own login alone: set streamer_token"],
        ),
        (
            "vip or role:patron",
            PLATFORMS,
            ["role:patron, which lets nobody in without a [discord] section", "vip, which Twitch tells your own"],
        ),
        ("follower, vip", "", ["follower and vip, which lets nobody in without a [twitch] section"]),
        ("badge:mug", "", []),
        ("badge:mgu", "", ["no drop of this file is called mgu: only units of an earlier drop of that name count"]),
        ("pass:mod-vote, pass:game_night", "", []),
        ("pass:mug", "", ['pass:mug, which lets nobody in: mug is no drop of kind = "pass"']),
    ],
)
def test_a_gate_that_lets_in_fewer_than_it_seems_is_noted(
    load: Load, early: str, platforms: str, notes: list[str]
) -> None:
    said = load(drop(early=f'"{early}"') + platforms).notes
    assert len(said) == len(notes)
    assert all(note in each for note, each in zip(notes, said, strict=True))
