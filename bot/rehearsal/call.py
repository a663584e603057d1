"""What was typed behind `microdrops rehearse`, completed by what the script says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.config import ConfigError, Mistake
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.script import Script
from bot.rehearsal.script_file import SKELETON, load_script, shipped_scripts

GENTLE = "first-drop"


@dataclass(frozen=True, slots=True)
class Call:
    """As it was typed; None for what was left out."""

    script: str | None = None
    config: Path | None = None
    seed: int = 1
    viewers: int | None = None
    discord_viewers: int | None = None
    json: bool = False
    keep: Path | None = None
    quiet: bool = False
    report: Path | None = None
    fast: bool = False
    dated: bool = False


def options_for(call: Call, default_config: Path) -> RehearseOptions:
    """A script with drops of its own plays in a channel of its own, unless a configuration is named; without a
    script, the configuration's drops have the gentle script's crowd. Raises ConfigError for a bad script, and for
    one that cannot be played on dates."""
    script = load_script(call.script) if call.script is not None else _tonight()
    own = SKELETON if script.drops else default_config
    if call.dated and script.drops:
        what = "the drops of this script have no dates"
        raise ConfigError([Mistake(str(call.script), None, "", what, "Leave out the script, or --dated.")])
    options = RehearseOptions(
        config=call.config or own,
        script=script if call.script is not None else None,
        seed=call.seed,
        viewers=script.viewers if call.viewers is None else call.viewers,
        discord_viewers=script.discord_viewers if call.discord_viewers is None else call.discord_viewers,
        json=call.json,
        keep=call.keep,
        quiet=call.quiet,
        report=call.report,
        tempo=script.tempo,
        fast=call.fast,
        dated=call.dated,
    )
    return _at_its_own_pace(options) if call.dated else options


def _at_its_own_pace(options: RehearseOptions) -> RehearseOptions:
    # Not before it is needed: it comes with the whole bot.
    from bot.rehearsal.fast.season import as_dated

    return as_dated(options)


def _tonight() -> Script:
    return replace(load_script(GENTLE), name="", title="", about="", drops=(), expects=())


def list_scripts(*, as_json: bool) -> Iterator[str]:
    """The lines of `microdrops rehearse --list`."""
    scripts = [load_script(name) for name in shipped_scripts()]
    if as_json:
        listed = [{"name": each.name, "title": each.title, "about": each.about} for each in scripts]
        yield json.dumps({"scripts": listed}, ensure_ascii=False, indent=2)
        return
    width = max(len(each.name) for each in scripts)
    for each in scripts:
        yield f"{each.name:<{width}}  {each.title}. {each.about}"
