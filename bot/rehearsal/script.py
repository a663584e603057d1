"""A rehearsal script: who comes, what happens when, what goes wrong, and what must be true at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.rehearsal.options import Tempo


class Anchor(StrEnum):
    """What a moment of a script counts from. BEGINS is the first announcement as planned; ANNOUNCED, EARLY, OPENS
    and CLOSES are the advertised instants of a drop: EARLY is when it opens to some, and OPENS to everybody. OPENED
    is when everybody could see that."""

    BEGINS = "begins"
    ANNOUNCED = "announced"
    EARLY = "early"
    OPENS = "opens"
    OPENED = "opened"
    CLOSES = "closes"


@dataclass(frozen=True, slots=True)
class Moment:
    """`after` seconds after an anchor, negative before it; `drop` names a drop or a poll, "" the first drop."""

    anchor: Anchor
    after: float = 0.0
    drop: str = ""


@dataclass(frozen=True, slots=True)
class StageCue:
    """What the streamer or a moderator does: `who` is "streamer" or a moderator's login; `does` is a line typed in
    Twitch chat ("!drop open mug"), "goes live" or "goes offline"."""

    at: Moment
    who: str
    does: str


@dataclass(frozen=True, slots=True)
class PlannedPoll:
    """A poll that the moderator puts, open for whole `seconds`; `name` is what the script calls it, and
    `for_moderators` whether only they decide, with the holders of passes."""

    name: str
    question: str
    options: tuple[str, ...]
    at: Moment
    seconds: int
    for_moderators: bool = False


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault of the catalogue (bot/rehearsal/faults.py) by name: at a moment, or (`at` None) at one that the seed
    chooses within the play, with this `chance`. `seconds` None takes the catalogue's own length; `options` are the
    fault's own ("code", "status", "times", "by" seconds)."""

    name: str
    at: Moment | None
    seconds: float | None = None
    chance: float = 1.0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be true at the end, beyond the promises: one of the report's figures (`that`, a name of
    bot/rehearsal/figures), of one drop ("" means all together), within bounds."""

    that: str
    drop: str = ""
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """`name` is that of a shipped one, or the file's path; `drops` are the script's own tables, in the words of
    config.toml; without any, those of the configuration are played. `shares` are how many of a hundred people are
    of a character; those not named keep their own share. With `moderator_mistakes` the moderator first does the
    wrong thing, and takes it back."""

    name: str
    title: str
    about: str
    viewers: int = 60
    discord_viewers: int = 15
    shares: Mapping[str, int] = field(default_factory=dict)
    tempo: Tempo = field(default_factory=Tempo)
    live_at_first: bool = True
    drops: tuple[Mapping[str, Any], ...] = ()
    polls: tuple[PlannedPoll, ...] = ()
    cues: tuple[StageCue, ...] = ()
    faults: tuple[PlannedFault, ...] = ()
    expects: tuple[Expectation, ...] = ()
    moderator_mistakes: bool = False
