"""On which evenings the bot runs, and what of a configuration stays as it stands."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.domain.time import DAY, HOUR, MINUTE
from bot.rehearsal.compress import PlayedDrop
from bot.rehearsal.fast.dates import dated, evenings
from bot.stage.server import Stage
from tests.rehearsal.fast.quick import dated_config

EIGHT = 20 * HOUR


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
    _, play = dated(path, {**Stage().describe(), "endpoints": {}}, folder)
    before, after = (tomllib.loads(text) for text in (path.read_text("utf-8"), play.text))
    assert (after["drops"], after["channel"]) == (before["drops"], before["channel"])
    assert after.get("pace") == before.get("pace")
    assert after["ledger"]["url"] == str(folder / "ledger.db")
    first, second = play.drops
    assert second.opens_at - first.opens_at == 7 * DAY
    assert (first.closes_at - first.opens_at, first.opens_at - first.announces_at) == (10 * MINUTE, 30 * MINUTE)
