"""What a simulated person does, and on what cue: the lines of a script."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Anchor(StrEnum):
    """What an act waits for. OPENS and CLOSES are the advertised instants, ANNOUNCED and OPENED are seen."""

    ANNOUNCED = "announced"
    OPENS = "opens"
    OPENED = "opened"
    CLOSES = "closes"


@dataclass(frozen=True, slots=True)
class Cue:
    """`after` seconds after the anchor of a drop; before an advertised instant the number is negative."""

    drop: str
    anchor: Anchor
    after: float


@dataclass(frozen=True, slots=True)
class Say:
    """Type a line in Twitch chat; `instead` is typed a moment later when the platform swallowed it."""

    text: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """Press the Claim button of the drop's newest card; where no button can be pressed, use the command."""

    drop: str


@dataclass(frozen=True, slots=True)
class Slash:
    """Use a slash command; `drop` is what is written into its option, "" leaves it out."""

    command: str
    drop: str = ""


Deed = Say | Press | Slash


@dataclass(frozen=True, slots=True)
class Act:
    """`unless_won`: somebody who sees their number in time does not ask again."""

    cue: Cue
    deed: Deed
    unless_won: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One of the crowd. `platform` is "twitch" or "discord"; acts stand in the order they are meant to happen."""

    platform: str
    login: str
    name: str
    character: str
    acts: tuple[Act, ...]
