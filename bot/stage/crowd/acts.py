"""What a simulated person does, and on what cue: the lines of a script."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Anchor(StrEnum):
    """What an act waits for. OPENS and CLOSES are the advertised instants; ANNOUNCED, EARLY and OPENED are seen:
    EARLY that some are let in, where a drop has an early window, and OPENED that everybody is. So is REMINDED, a
    later line that says there are units left. Nobody waits for that one for ever: it need not come."""

    ANNOUNCED = "announced"
    EARLY = "early"
    OPENS = "opens"
    OPENED = "opened"
    REMINDED = "reminded"
    CLOSES = "closes"


@dataclass(frozen=True, slots=True)
class Cue:
    """`after` seconds after the anchor of a drop, or of a poll, whose key then stands in `drop`; before an
    advertised instant the number is negative."""

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


@dataclass(frozen=True, slots=True)
class Become:
    """Come to be what a gate may ask for: "subscriber", "follower", "vip" or "moderator" on Twitch, "booster" or
    "role:NAME" on Discord. The platform tells of it as it does when it happens."""

    what: str


@dataclass(frozen=True, slots=True)
class NoLonger:
    """Stop being one of these: a subscription ends, a role is taken away."""

    what: str


@dataclass(frozen=True, slots=True)
class SayCode:
    """Type a command and the code that this human's account on Discord was shown in private, or with `alone` the
    command without it; whoever was shown none types nothing."""

    command: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """Press the button of an option, counted from 1, on the newest card that asks this poll's question; where no
    button can be pressed, use the command. With `with_pass` press the one for a pass, and then the option."""

    poll: str
    option: int
    with_pass: bool = False


@dataclass(frozen=True, slots=True)
class PutPoll:
    """Put a poll with the slash command: a moderator's alone."""

    poll: str


# What a later feature lets people do is a deed here, and a case in each of the hands.
Deed = Say | Press | Slash | Rename | GoLive | GoOffline | Become | NoLonger | SayCode | Vote | PutPoll


@dataclass(frozen=True, slots=True)
class Act:
    """`unless_won`: somebody who sees their number in time does not ask again."""

    cue: Cue
    deed: Deed
    unless_won: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account has long been when the play begins, beyond its badges and its tier. `follows_days` is how
    long it has followed the channel, None for somebody who does not; the rest is of Discord: the names of its
    roles, whether it boosts the server, and how many days ago it joined."""

    gifted: bool = False
    follows_days: int | None = None
    roles: tuple[str, ...] = ()
    boosts: bool = False
    joined_days: int = 0


NOTHING_SPECIAL = Standing()


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
    # Not shown, so that whoever has none is told by the digest they have always had; see plan.digest.
    standing: Standing = field(default=NOTHING_SPECIAL, repr=False)
