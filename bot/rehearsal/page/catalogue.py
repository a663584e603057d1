"""What the page offers to begin with: the scripts, the faults, and how many come."""

from __future__ import annotations

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
    """In the words of the page: the configuration's own drops first, then the scripts that are shipped."""
    own: dict[str, Any] = {"name": "", "title": _OWN_TITLE, "about": _OWN_ABOUT}
    own |= {"viewers": options.viewers, "discord_viewers": options.discord_viewers}
    return {
        "scripts": [own, *(_offered(load_script(name)) for name in shipped_scripts())],
        "faults": {title: [each for each in FAULTS.values() if each.where == where] for where, title in _WHERE},
        "seed": options.seed,
    }


def _offered(script: Script) -> dict[str, Any]:
    offered: dict[str, Any] = {"name": script.name, "title": script.title, "about": script.about}
    return offered | {"viewers": script.viewers, "discord_viewers": script.discord_viewers}
