"""On which evenings the bot runs, and what of a configuration stays as it stands."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import load_config
from bot.domain.time import DAY, HOUR, MINUTE, SECOND
from bot.rehearsal.fast.dates import dated, evenings, known_from
from bot.rehearsal.played import PlayedDrop
from bot.stage.server import Stage
from tests.rehearsal.fast.quick import dated_config

EIGHT = 20 * HOUR


def micros(at: datetime) -> int:
    return round(at.timestamp()) * SECOND


def drop(announces_at: int, opens_at: int, minutes: int = 10) -> PlayedDrop:
    return PlayedDrop("mug", "Teal Mug", 48, 0, 1, False, announces_at, opens_at, opens_at + minutes * MINUTE)


@pytest.mark.parametrize(
    ("drops", "expected"),
    [
        ([drop(EIGHT - 30 * MINUTE, EIGHT)], [(EIGHT - 33 * MINUTE, EIGHT + 18 * MINUTE, True)]),
        (
            [drop(EIGHT - 2 * DAY, EIGHT)],
            [
                (EIGHT - 2 * DAY - 3 * MINUTE, EIGHT - 2 * DAY + 3 * MINUTE, False),
                (EIGHT - 15 * MINUTE, EIGHT + 18 * MINUTE, True),
            ],
        ),
        (
            [drop(EIGHT - HOUR, EIGHT), drop(EIGHT - HOUR, EIGHT + 20 * MINUTE)],
            [
                (EIGHT - 63 * MINUTE, EIGHT - 57 * MINUTE, False),
                (EIGHT - 15 * MINUTE, EIGHT + 38 * MINUTE, True),
            ],
        ),
    ],
)
def test_the_bot_runs_around_announcements_and_windows(
    drops: list[PlayedDrop], expected: list[tuple[int, int, bool]]
) -> None:
    assert [(each.begins_at, each.ends_at, each.live) for each in evenings(drops)] == expected


def test_only_where_a_configuration_points_is_changed(tmp_path: Path) -> None:
    path = dated_config(tmp_path, weeks=2)
    folder = tmp_path / "play"
    folder.mkdir()
    _, play = dated(path, {**Stage().describe(), "endpoints": {}}, folder, known_at=EIGHT)
    before, after = (tomllib.loads(text) for text in (path.read_text("utf-8"), play.text))
    assert (after["drops"], after["channel"]) == (before["drops"], before["channel"])
    assert after.get("pace") == before.get("pace")
    assert after["ledger"]["url"] == str(folder / "ledger.db")
    first, second = play.drops
    assert second.opens_at - first.opens_at == 7 * DAY
    assert (first.closes_at - first.opens_at, first.opens_at - first.announces_at) == (10 * MINUTE, 30 * MINUTE)


def test_each_time_of_a_drop_that_recurs_is_played_as_one_of_its_own(tmp_path: Path) -> None:
    path = dated_config(tmp_path, weeks=1)
    mug = '[[drops]]\nname = "mug"\ntitle = "Mug"\nsupply = 5\nlasts = "9m"\n'
    every = 'every = "saturday 20:00 until 2026-03-20"\n'
    path.write_text(path.read_text("utf-8") + mug + every, "utf-8")
    known_at = micros(datetime(2026, 3, 6, tzinfo=UTC))
    (tmp_path / "play").mkdir()
    config, play = dated(path, {**Stage().describe(), "endpoints": {}}, tmp_path / "play", known_at)
    wanted = load_config(path, {}, secrets="optional").plans(known_at)
    assert [drop.key for drop in play.drops] == ["friday-1", "mug-2026-03-07", "mug-2026-03-14"]
    assert [(drop.announces_at, drop.opens_at) for drop in play.drops] == [
        (plan.announce_at, plan.opens_at) for plan in wanted
    ]
    # Each can be told from the others by its title.
    assert len({drop.title for drop in play.drops}) == 3
    assert config.series == frozenset()


WITHOUT_DATES = '[channel]\nname = "Fox"\n[[drops]]\nname = "mug"\ntitle = "Mug"\nsupply = 3\nlasts = "9m"\n'


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('opens = "2030-06-02 20:00"', datetime(2030, 6, 2, 19, 45, tzinfo=UTC)),
        ('announce = "2030-06-01 20:00"\nopens = "2030-06-02 20:00"', datetime(2030, 6, 1, 19, 45, tzinfo=UTC)),
        ('opening = "cue"', datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_bot_learns_of_the_drops_before_the_first_date_there_is(
    tmp_path: Path, lines: str, expected: datetime
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(WITHOUT_DATES + lines, "utf-8")
    now = micros(datetime(2026, 1, 1, tzinfo=UTC))
    assert known_from(load_config(path, {}), now) == micros(expected)
