"""Both chats as they happen: a live view where a terminal has room for it, else line by line."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live
from rich.text import Text

from bot.rehearsal.glance import Glance, Watched
from bot.rehearsal.live import HEIGHT_MIN, WIDTH_MIN, live_view
from bot.rehearsal.moments import SECOND
from bot.rehearsal.programme import Programme
from bot.rehearsal.spoken import clean, line_of
from bot.rehearsal.timing import system_clock
from bot.stage.record import SeenLine

_PLATFORM_STYLES = {"twitch": "magenta", "discord": "blue", "stage": "red"}


class Transcript:
    """`hear` takes every line of the record; what nobody in a chat would see is left out.

    A pipe or a file gets each line as plain text. A terminal gets the live view, which leaves nothing behind; one
    that is small or dumb gets the lines, in colour where it has any. A play in a time of its own (`virtual`) is as
    late as its latest line."""

    def __init__(
        self,
        console: Console,
        *,
        silent: bool = False,
        name: str = "microdrops rehearse",
        virtual: bool = False,
    ) -> None:
        self._console = console
        self._silent = silent
        self._virtual = virtual
        self._latest_at = 0
        self._watched = Watched(None if virtual else system_clock())
        self._lock = threading.Lock()
        self._live: Live | None = None
        if has_room(console) and not silent:
            self._live = live_view(console, self._glance, name)

    def __enter__(self) -> Transcript:
        if self._live is not None:
            self._live.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def expect(self, programme: Programme) -> None:
        """Learn what is planned; only the live view shows it."""
        with self._lock:
            self._watched.expect(programme)

    def say(self, text: str) -> None:
        """A remark of the rehearsal's own."""
        with self._lock:
            self._watched.remark(text)
        if self._live is None and not self._silent:
            self._console.print(Text(clean(text), style="dim"), soft_wrap=True)

    def hear(self, seen: SeenLine) -> None:
        if self._silent:
            return
        if self._live is not None:
            with self._lock:
                self._latest_at = seen["at"]
                self._watched.hear(seen)
        else:
            self._write(seen)

    def _glance(self) -> Glance:
        """Called by the live view's own thread."""
        with self._lock:
            return self._watched.glance(self._latest_at if self._virtual else system_clock())

    def _write(self, seen: SeenLine) -> None:
        spoken = line_of(seen)
        if spoken is None:
            return
        clock, platform = _clock(seen["at"]), f"{seen['platform']:<8}"
        if not self._console.is_terminal:
            # Thousands of lines: the bot under test needs the processor more than we do.
            who = f"{spoken.who}: " if spoken.who or seen["platform"] != "stage" else ""
            self._console.file.write(f"{clock} {platform}{who}{spoken.what}\n")
            return
        text = Text(f"{clock} ", style="dim").append(platform, _PLATFORM_STYLES.get(seen["platform"], ""))
        text.append(f"{spoken.who}: ", "bold green" if spoken.by_bot else "")
        text.append(spoken.what, "green" if spoken.by_bot else "")
        self._console.print(text, soft_wrap=True)


def has_room(console: Console) -> bool:
    """Whether a live view can be laid out here: not on a pipe, nor where there is no second screen."""
    has_screens = console.is_interactive and not console.legacy_windows
    return has_screens and console.width >= WIDTH_MIN and console.height >= HEIGHT_MIN


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at / SECOND, UTC).astimezone().strftime("%H:%M:%S")
