"""All that there is to tell of one play, and what of it a reader has not seen yet."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.rehearsal.page.hearing import Hearing
from bot.rehearsal.page.looking import Standing
from bot.rehearsal.page.people import Eyes, People
from bot.rehearsal.page.poll_box import PollBox
from bot.rehearsal.page.rooms import STAFF_ROOM, Line, Rooms
from bot.rehearsal.page.stock import Stock
from bot.stage.record import SeenLine

Json = Mapping[str, Any]
_MISHAPS_MAX, _MISHAPS_SHOWN = 12, 5
_COMING = ("planned", "announced", "open")
_ROOMS = ("discord:#announcements", "discord:#lounge")


class Phase(StrEnum):
    WAITING = "waiting"
    SETTING = "setting"
    PLAYING = "playing"
    JUDGING = "judging"
    OVER = "over"
    FAILED = "failed"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Phase.WAITING: "Nothing is on yet",
    Phase.SETTING: "Setting the stage…",
    Phase.PLAYING: "On stage",
    Phase.JUDGING: "The judge is looking…",
    Phase.OVER: "The play is over",
    Phase.FAILED: "The play broke off",
}
_POLLING = (
    "/poll open Next game? options:Hades, Celeste lasts:60s",
    "/poll extend 60",
    "/poll close",
)
_STEERING = ("open", "pause", "resume", "extend", "close", "undo")


BUSY = (Phase.SETTING, Phase.PLAYING, Phase.JUDGING)
"""While one of these lasts no other play can begin."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which play is wanted: a script by name ("" for what was called for), a seed, how many come, and for how many
    seconds a drop is open; None is as the script has it."""

    script: str = ""
    seed: int = 1
    viewers: int | None = None
    discord_viewers: int | None = None
    window: int | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a play ended: `broken` are sentences on what was not kept, `page` is the report as HTML."""

    kept: bool
    headline: str
    broken: tuple[str, ...] = ()
    page: str = ""

    def as_public(self) -> dict[str, Any]:
        return {
            "kept": self.kept,
            "headline": self.headline,
            "broken": self.broken,
            "report": bool(self.page),
        }


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a reader has come; what a lost connection is resumed from. `boot` is this process."""

    boot: str
    play: int
    lines: int
    facts: int

    def __str__(self) -> str:
        return f"{self.boot}.{self.play}.{self.lines}.{self.facts}"

    @classmethod
    def read(cls, text: str) -> Mark | None:
        """The mark that was written so, or None for anything else."""
        boot, *numbers = text.split(".")
        if len(numbers) != 3 or not all(each.isascii() and each.isdigit() for each in numbers):
            return None
        return cls(boot, *map(int, numbers))


class Told:
    """One play as it is told. `facts` counts the changes of everything but the chats."""

    def __init__(self, number: int, wish: Wish | None = None) -> None:
        self.number = number
        self.wish = wish
        self.phase = Phase.WAITING if wish is None else Phase.SETTING
        self.people = People()
        self.rooms = Rooms()
        self.ending: Ending | None = None
        self.trouble = ""
        self.standing = Standing()
        self.facts = 0
        self._hearing = Hearing(self.rooms, self.people)
        self._mishaps: deque[dict[str, Any]] = deque(maxlen=_MISHAPS_MAX)
        self.live = False
        self._asked = self._answered = 0

    def hear(self, seen: SeenLine) -> None:
        """Take in a line of the record."""
        match seen["platform"], seen["kind"]:
            case "stage", "fault":
                self._note_mishap(seen)
                self.facts += 1
            case "twitch", "live" | "offline":
                self.live = seen["kind"] == "live"
                self.facts += 1
            case "twitch", "chat":
                self._answered += bool(seen["data"].get("bot"))
                self._asked += not seen["data"].get("bot")
            case "discord", "message" | "answer":
                self._answered += 1
            case "discord", "slash" | "press":
                self._asked += 1
        self._hearing.hear(seen)

    def _note_mishap(self, seen: SeenLine) -> None:
        """A fault that ends is the last one of its name that began."""
        name, state = str(seen["data"].get("name", "")), str(seen["data"].get("state", ""))
        began = (each for each in reversed(self._mishaps) if (each["name"], each["state"]) == (name, "begins"))
        if state == "ends" and (before := next(began, None)) is not None:
            before["state"] = state
            return
        text = f"{seen['text']} {seen['data'].get('why', '')}".strip()
        self._mishaps.append({"at": seen["at"] // 1000, "name": name, "state": state, "text": text})

    def mark(self, boot: str) -> Mark:
        """Where a reader is who has seen everything."""
        return Mark(boot, self.number, self.rooms.changed, self.facts)

    def since(self, mark: Mark | None, eyes: Eyes) -> Json:
        """What these eyes have not seen; with no mark of this play, all that is left of it."""
        lines = self.rooms.since(0 if mark is None else mark.lines, eyes, self.people)
        news: dict[str, Any] = {
            "now": time.time_ns() // 1_000_000,
            "counts": [len(self.people), self._asked, self._answered],
            "rooms": self._rooms(eyes),
            "lines": [self._shown(line, eyes) for line in lines],
        }
        if mark is None:
            news["play"] = self.number
            # Whoever comes anew has closed their forms, as after opening Discord again.
            for line in news["lines"]:
                line.pop("form", None)
        if mark is None or mark.facts != self.facts:
            news["facts"] = self._shown_facts(eyes)
        return news

    def _shown(self, line: Line, eyes: Eyes) -> dict[str, Any]:
        if not line.mentions or not self.people.means(line.mentions, eyes):
            return line.as_public()
        return line.as_public(mine=True, own=self.people.names_of(eyes))

    def _rooms(self, eyes: Eyes) -> list[str]:
        """Discord's channels as these eyes have them, the usual ones first."""
        usual = (*_ROOMS, STAFF_ROOM) if eyes.staff else _ROOMS
        others = (room for room in self.rooms.names(eyes, self.people) if room.startswith("discord:"))
        return list(dict.fromkeys((*usual, *others)))

    def _shown_facts(self, eyes: Eyes) -> dict[str, Any]:
        return {
            "phase": self.phase,
            "busy": self.phase in BUSY,
            "begin": "Begin" if self.phase is Phase.WAITING else "Begin again",
            "sentence": self.phase.sentence + ("" if self.wish is None else f", seed {self.wish.seed}"),
            "live": self.live,
            "standing": self.standing.as_public(),
            "commands": self._commands(eyes),
            "mishaps": [_with_a_word(each) for each in reversed(self._mishaps)][:_MISHAPS_SHOWN],
            "trouble": self.trouble,
            "ending": None if self.ending is None else self.ending.as_public(),
            **self._coming(),
        }

    def _coming(self) -> dict[str, Any]:
        """What the poll that is on or the next drop does, in words, and when if somebody knows (milliseconds since
        the epoch, UTC)."""
        if self.phase is Phase.PLAYING:
            poll = next((each for each in self.standing.polls if each.is_open), None)
            stock = next((each for each in self.standing.stocks if each.state in _COMING), None)
            if poll is not None:
                return _of_poll(poll)
            if stock is not None:
                return _of_drop(stock)
        return {"next": "", "due": None}

    def _commands(self, eyes: Eyes) -> list[str]:
        """What to suggest where a slash command is typed."""
        keys = [stock.key for stock in self.standing.stocks]
        voting = [f"/vote {option}" for poll in self.standing.polls[:1] if poll.is_open for option in poll.options]
        steering = [f"/drop {verb} {key}" for key in keys for verb in _STEERING]
        own = [*(f"/claim {key}" for key in keys), *voting, "/mine", "/drops", "/pass list", "/help"]
        return [*own, *steering, *_POLLING] if eyes.staff else own


def _of_poll(poll: PollBox) -> dict[str, Any]:
    if poll.word == "paused":
        return {"next": f"{poll.question} is paused", "due": None}
    return {"next": f"{poll.question} closes", "due": poll.closes_at // 1000}


def _of_drop(stock: Stock) -> dict[str, Any]:
    is_open = stock.state == "open"
    due = stock.closes_at if is_open else stock.opens_at
    if stock.paused:
        return {"next": f"{stock.title} is paused", "due": None}
    if due is None:
        return {"next": f"{stock.title} waits for the cue", "due": None}
    return {"next": f"{stock.title} {'closes' if is_open else 'opens'}", "due": due // 1000}


def _with_a_word(mishap: Json) -> Json:
    """What stands behind a fault on the page: nothing while it lasts."""
    word = {"begins": "", "ends": "Over."}.get(mishap["state"], mishap["state"])
    return {**mishap, "word": word}
