"""What the page offers to begin with: the scripts, the faults, and how many come."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.rehearsal.faults import FAULTS
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.script import Script
from bot.rehearsal.script_file import load_script, shipped_scripts

_WHERE = (
    ("twitch", "Twitch"),
    ("discord", "Discord"),
    ("bot", "The bot"),
    ("disk", "The disk"),
    ("clock", "The clock"),
)
_OWN_TITLE = "Your own drops"
_OWN_ABOUT = "The drops of your configuration, with their windows compressed; nothing goes wrong by itself."


def catalogue(options: RehearseOptions) -> dict[str, Any]:
    """In the words of the page: first what was called for, then the scripts that are shipped."""
    called = options.script or Script("", _OWN_TITLE, _OWN_ABOUT)
    own = replace(called, viewers=options.viewers, discord_viewers=options.discord_viewers, tempo=options.tempo)
    others = [load_script(name) for name in shipped_scripts() if name != called.name]
    return {
        "scripts": [_offered("", own), *(_offered(script.name, script) for script in others)],
        "faults": {title: [each for each in FAULTS.values() if each.where == where] for where, title in _WHERE},
        "seed": options.seed,
    }


def _offered(name: str, script: Script) -> dict[str, Any]:
    offered: dict[str, Any] = {"name": name, "title": script.title, "about": script.about}
    offered |= {"viewers": script.viewers, "discord_viewers": script.discord_viewers}
    return offered | {"window": script.tempo.window}
