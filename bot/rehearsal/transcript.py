"""Both chats as they happen: plain lines for a file or a pipe, colours and progress for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.text import Text

Json = Mapping[str, Any]
_SHOWN_MAX = 240
_PLATFORM_STYLES = {"twitch": "magenta", "discord": "blue"}


class Transcript:
    """`hear` takes every line of the record; what nobody in a chat would see is left out."""

    def __init__(self, console: Console, *, silent: bool = False) -> None:
        self._console = console
        self._silent = silent
        self._status: Status | None = None
        self._asked = self._answers = 0

    def __enter__(self) -> Transcript:
        if self._console.is_terminal and not self._silent:
            self._status = self._console.status("starting")
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def say(self, text: str) -> None:
        """A remark of the rehearsal's own."""
        if not self._silent:
            self._console.print(Text(text, style="dim"), soft_wrap=True)
        self.progress(text)

    def progress(self, text: str) -> None:
        """What is going on now, below the lines; only a terminal shows it."""
        if self._status is not None:
            self._status.update(text)

    def hear(self, seen: Json) -> None:
        line = line_of(seen)
        if line is None or self._silent:
            return
        who, what = line
        by_bot = bool(seen["data"].get("bot")) or seen["kind"] in ("message", "answer")
        self._answers += by_bot
        self._asked += not by_bot
        text = Text(f"{_clock(seen['at'])} ", style="dim")
        text.append(f"{seen['platform']:<8}", _PLATFORM_STYLES.get(seen["platform"], ""))
        text.append(f"{who}: ", "bold green" if by_bot else "")
        text.append(what, "green" if by_bot else "")
        self._console.print(text, soft_wrap=True)
        self.progress(f"{self._asked} lines and presses from the crowd, {self._answers} from the bot")


def line_of(seen: Json) -> tuple[str, str] | None:
    """Who did what, as somebody watching both chats would write it down; None for what is not seen there."""
    who, what = clean(seen["name"]), clean(seen["text"])
    match seen["platform"], seen["kind"]:
        case "twitch", "chat":
            return who, what
        case "twitch", "refused":
            return who, f"{what}   (swallowed: {seen['data'].get('reason', '')})"
        case "discord", "slash":
            return who, what
        case "discord", "press":
            return who, f"presses [{what}]"
        case "discord", "message":
            return who, f"{what}{_buttons(seen)} in {seen['place'].removeprefix('discord:')}"
        case "discord", "answer":
            return who, f"{what}   (only for whoever asked)" if seen["visible_to"] else what
        case "discord", "interaction-failed":
            return who, "sees “This interaction failed”"
        case "twitch", "live" | "offline":
            return who, f"is {seen['kind']}"
    return None


def _buttons(seen: Json) -> str:
    labels = [clean(label) for label, _, off in seen["data"].get("buttons", ()) if not off]
    return "".join(f" [{label}]" for label in labels)


def clean(text: str) -> str:
    """Somebody else's text on one line of a terminal: no control characters, no turned direction."""
    lines = " / ".join(line for line in text.splitlines() if line.strip())
    shown = "".join(each for each in lines if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return shown if len(shown) <= _SHOWN_MAX else shown[:_SHOWN_MAX] + "…"


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at / 1_000_000, UTC).astimezone().strftime("%H:%M:%S")
