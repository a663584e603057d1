"""Dated weekly drops with one crowd for all of them, each evening with a bot that was off all week."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.domain.time import MINUTE
from bot.rehearsal.fast.season import as_dated, play_season
from bot.rehearsal.main import report_of
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.script_file import SKELETON
from tests.rehearsal.fast.quick import broken, dated_config
from tests.tiers import sampled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WEEKS, VIEWERS, FANS, CPU_SECONDS_MAX = sampled((3, 96, 24, 15.0), (8, 320, 80, 60.0))
DATELESS = """
[[drops]]
name = "mug"
title = "Teal Mug"
supply = 12
opens = "2030-06-01 20:00"
lasts = "15m"

[[drops]]
name = "pin"
title = "Teal Pin"
supply = 12
opening = "cue"
lasts = "15m"
"""

GATED = """
[[drops]]
name = "mug"
title = "Teal Mug"
supply = 12
announce = "2030-05-31 19:30"
opens = "2030-06-01 20:00"
lasts = "15m"
early = "subscribers"
"""

MONTHLY = """
[[drops]]
name = "mug"
title = "Teal Mug"
supply = 12
season = ["2030-06-01 20:00", "2030-07-06 20:00"]
lasts = "15m"
announce_before = "30m"
"""


def test_a_season_with_its_crowd_is_played_in_less_than_a_minute(tmp_path: Path, record_property) -> None:
    """In whole, eight weeks with 400 people; a thin round is asked for a quarter of that time."""
    options = RehearseOptions(dated_config(tmp_path, weeks=WEEKS), seed=8, viewers=VIEWERS, discord_viewers=FANS)
    folder = tmp_path / "season"
    folder.mkdir()
    # The processor's own time: what else runs on the machine is not what is measured.
    began = time.process_time()
    performance = play_season(options, folder, lambda seen: None)
    took = time.process_time() - began
    record_property("cpu_seconds", round(took, 1))
    print(f"{WEEKS} weeks: {took:.1f} s of processor time, {len(performance.record)} lines")
    report = report_of(performance, as_dated(options))
    assert (performance.complete, broken(report)) == (True, {})
    assert took < CPU_SECONDS_MAX
    starts = [seen for seen in performance.record if (seen["kind"], seen["text"]) == ("socket", "opened")]
    assert len(starts) == WEEKS
    by_drop = {drop.key: drop.supply for drop in performance.play.drops}
    assert list(by_drop.values()) == [40 + 15 * week for week in range(WEEKS)]


def test_what_says_nothing_of_its_announcement_is_announced_on_the_first_evening(tmp_path: Path) -> None:
    """One drop has no time of announcement, the other one is on cue and has no time at all."""
    text = SKELETON.read_text("utf-8") + DATELESS
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    options = RehearseOptions(path, seed=8, viewers=30, discord_viewers=8)
    folder = tmp_path / "season"
    folder.mkdir()
    performance = play_season(options, folder, lambda seen: None)
    report = report_of(performance, as_dated(options))
    assert (performance.complete, broken(report)) == (True, {})
    mug, pin = performance.play.drops
    assert mug.announces_at == pin.announces_at == mug.opens_at - 15 * MINUTE
    assert [drop.units > 0 for drop in report.figures.drops] == [True, True]


def test_chat_is_heard_on_every_evening_when_a_gate_asks_what_twitch_tells_the_streamer_alone(
    tmp_path: Path,
) -> None:
    """The drop is announced on one evening, and opens on another: the bot starts with its gate in the ledger."""
    path = tmp_path / "config.toml"
    path.write_text(SKELETON.read_text("utf-8") + GATED, "utf-8")
    options = RehearseOptions(path, seed=8, viewers=30, discord_viewers=8)
    folder = tmp_path / "season"
    folder.mkdir()
    performance = play_season(options, folder, lambda seen: None)
    report = report_of(performance, as_dated(options))
    assert (performance.complete, broken(report)) == (True, {})
    # One evening on which it is announced while the bot listens, one on which the bot begins to listen.
    heard = [seen for seen in performance.record if seen["text"] == "created channel.subscription.end"]
    assert len(heard) == 2
    assert "stumbled" not in (folder / "bot.log").read_text("utf-8")


def test_a_bot_that_was_off_for_more_than_a_month_speaks_in_chat_again(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(SKELETON.read_text("utf-8") + MONTHLY, "utf-8")
    options = RehearseOptions(path, seed=8, viewers=30, discord_viewers=8)
    folder = tmp_path / "season"
    folder.mkdir()
    performance = play_season(options, folder, lambda seen: None)
    report = report_of(performance, as_dated(options))
    assert (performance.complete, broken(report)) == (True, {})
