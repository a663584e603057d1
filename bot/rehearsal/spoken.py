"""A line of the record as somebody watching both chats would write it down, safe to print."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import NamedTuple

from bot.rehearsal.moments import SECOND
from bot.stage.record import SeenLine

_SHOWN_MAX = 240
# What could move the cursor, turn the direction of a line, or stands for no letter that is known here.
_UNPRINTABLE = ("Cc", "Cf", "Cs", "Co", "Cn")
# Letters that take no room, or take it from their neighbours, where terminals disagree about how much.
_WIDTHLESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {chr(0xFE00 + each) for each in range(16)}
# More marks than this on one letter are drawn into the lines around it.
_MARKS_MAX = 2


class Spoken(NamedTuple):
    """Who did what; `by_bot` where the bot said it."""

    who: str
    what: str
    by_bot: bool


def line_of(seen: SeenLine) -> Spoken | None:
    """None for what nobody sees in a chat."""
    said = _said(seen, text_of(seen))
    if said is None:
        return None
    by_bot = bool(seen["data"].get("bot")) or seen["kind"] in ("message", "answer")
    who = clean(seen["name"])
    if seen["kind"] == "message":
        who = f"{who} in {clean(seen['place']).removeprefix('discord:')}"
    return Spoken(who, said, by_bot)


def text_of(seen: SeenLine) -> str:
    """The words alone; times and roles as Discord's own programs show them."""
    return words_of(seen["platform"], seen["text"], seen["at"])


def words_of(platform: str, text: str, at: int) -> str:
    """As `text_of`, for a text that was shown at an instant (microseconds UTC)."""
    if platform == "discord":
        text = _TIME.sub(lambda found: time_shown(int(found[1]), found[2], at), text)
        text = _ROLE.sub("@role", text)
        text = _SMALL_PRINT.sub("", text)
    return clean(text)


_TIME = re.compile(r"<t:(\d{1,11})(?::([a-zA-Z]))?>")
_ROLE = re.compile(r"<@&\d+>")
# A checkpoint's code and a receipt's hash are there to be copied, not to be read.
_SMALL_PRINT = re.compile(r"\n?(?:^.*\n```\n[^`]*```|^-# .*)", re.MULTILINE)


def time_shown(second: int, style: str | None, now: int) -> str:
    """A stamp of Discord's (seconds UTC) as its own programs show it at an instant (microseconds UTC)."""
    if style == "R":
        seconds = second - now // SECOND
        return f"in {seconds} s" if seconds >= 0 else f"{-seconds} s ago"
    return datetime.fromtimestamp(second, UTC).astimezone().strftime("%H:%M")


def _said(seen: SeenLine, what: str) -> str | None:
    match seen["platform"], seen["kind"]:
        case ("twitch", "chat") | ("discord", "slash"):
            return what
        case "twitch", "refused":
            return f"{what}   (swallowed: {clean(str(seen['data'].get('reason', '')))})"
        case "twitch", "live" | "offline":
            return f"is {seen['kind']}"
        case "discord", "press":
            return f"presses [{what}]"
        case "discord", "message":
            return f"{what}{_buttons(seen)}"
        case "discord", "answer":
            return f"{what}   (only for whoever asked)" if seen["visible_to"] else what
        case "discord", "interaction-failed":
            return "sees “This interaction failed”"
        case "stage", "fault":
            return f"{clean(str(seen['data'].get('name', '')))} {seen['data'].get('state', '')}: {what}"
    return None


def _buttons(seen: SeenLine) -> str:
    labels = [clean(label) for label, _, off in seen["data"].get("buttons", ()) if not off]
    return "".join(f" [{label}]" for label in labels)


def clean(text: str) -> str:
    """Somebody else's text on one line of a terminal: no control characters, no turned direction, no towers."""
    lines = " / ".join(line for line in text.splitlines() if line.strip())
    kept: list[str] = []
    marks = 0
    for each in lines:
        category = unicodedata.category(each)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category not in _UNPRINTABLE and each not in _WIDTHLESS and marks <= _MARKS_MAX:
            kept.append(each)
            if len(kept) > _SHOWN_MAX:
                kept[-1] = "…"
                break
    return "".join(kept)
