"""A quick play and its report, in a line."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.rehearsal.fast.play import play_fast
from bot.rehearsal.main import report_of
from bot.rehearsal.options import RehearseOptions, Tempo
from bot.rehearsal.performance import Performance
from bot.rehearsal.promises import Verdict
from bot.rehearsal.report import Report
from bot.rehearsal.script_file import SKELETON, load_script

SHORT = Tempo(before_opening=3.0, window=8, answer_gap=2)


def options_for(name: str, seed: int, **changes: Any) -> RehearseOptions:
    """A shipped script with the crowd and the pace that it asks for."""
    script = load_script(name)
    options = RehearseOptions(
        config=SKELETON,
        script=script,
        seed=seed,
        viewers=script.viewers,
        discord_viewers=script.discord_viewers,
        tempo=script.tempo,
    )
    return replace(options, **changes)


def played(
    options: RehearseOptions, folder: Path, sabotage: AbstractContextManager[object] | None = None
) -> tuple[Performance, Report]:
    performance = play_fast(options, folder, lambda seen: None, sabotage=sabotage)
    return performance, report_of(performance, options)


def broken(report: Report) -> dict[str, str]:
    """The broken promises with everything that was found."""
    return {each.key: " ".join(each.details) for each in report.promises if each.verdict is Verdict.BROKEN}


def dated_config(folder: Path, *, weeks: int) -> Path:
    """A configuration with a drop on each of so many Fridays, announced half an hour before it opens."""
    text = SKELETON.read_text("utf-8")
    for week in range(weeks):
        opens = datetime(2026, 3, 6, 20, 0, tzinfo=UTC) + timedelta(weeks=week)
        announce = opens - timedelta(minutes=30)
        text += f"""
[[drops]]
name = "friday-{week + 1}"
title = "Friday Print {week + 1}"
kind = "print"
supply = {40 + 15 * week}
announce = "{announce:%Y-%m-%d %H:%M}"
opens = "{opens:%Y-%m-%d %H:%M}"
lasts = "10m"
"""
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path
