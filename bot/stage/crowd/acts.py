"""What a simulated person does, and on what cue: the lines of a script."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Anchor(StrEnum):
    """What an act waits for. OPENS and CLOSES are the advertised instants, ANNOUNCED and OPENED are seen; so is
    REMINDED, a later line that says there are units left. Nobody waits for that one for ever: it need not come."""

    ANNOUNCED = "announced"
    OPENS = "opens"
    OPENED = "opened"
    REMINDED = "reminded"
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


@dataclass(frozen=True, slots=True)
class Rename:
    """Change the account's login and the name it shows."""

    login: str
    name: str


@dataclass(frozen=True, slots=True)
class GoLive:
    """Start the stream: the streamer's alone."""


@dataclass(frozen=True, slots=True)
class GoOffline:
    """End the stream: the streamer's alone."""


# What a later feature lets people do (vote, spend a pass) is a deed here, and a case in each of the hands.
Deed = Say | Press | Slash | Rename | GoLive | GoOffline


@dataclass(frozen=True, slots=True)
class Act:
    """`unless_won`: somebody who sees their number in time does not ask again."""

    cue: Cue
    deed: Deed
    unless_won: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One account of the crowd, on "twitch" or "discord"; acts stand in the order they are meant to happen.

    On Twitch, `badges` are shown beside the name beyond those a subscription brings, `tier` ("1000" to "3000") is
    what the account subscribes to, and `home` is the login of the channel it chats in when that is another one than
    ours. `owner` is the same for all accounts of one human, and empty for somebody who has only one."""

    platform: str
    login: str
    name: str
    character: str
    acts: tuple[Act, ...]
    badges: tuple[str, ...] = ()
    tier: str = ""
    home: str = ""
    owner: str = ""
