"""The things a local Twitch knows: users, tokens, chat lines, streams, and how a request is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

# Without a zone, and all of it UTC: that formats several times as fast, twice for every line of chat.
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # see above


def rfc3339(at: int) -> str:
    """An instant in microseconds as EventSub writes it, for example 2026-02-03T20:00:00.000001Z."""
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds") + "Z"


def rfc3339_seconds(at: int) -> str:
    """An instant in microseconds as Helix writes it, in whole seconds."""
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="seconds") + "Z"


class Problem(Exception):
    """A request that Twitch refuses: an HTTP status and the message a client reads."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def body(self) -> dict[str, str | int]:
        return {"error": HTTPStatus(self.status).phrase, "status": self.status, "message": self.message}


class NotImitated(Problem):
    """A request the stage does not imitate: the wire records it, which makes a rehearsal fail."""

    def __init__(self, what: str) -> None:
        super().__init__(501, f"the stage does not imitate {what}")
        self.what = what


@dataclass(eq=False, slots=True)
class TwitchUser:
    """An account. The id never changes; login and name may. Badges are set ids such as "moderator" or "vip"."""

    id: str
    login: str
    name: str
    created_at: int
    badges: set[str] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Token:
    """An access token with its refresh token; `user` is None for an app token, which has no refresh token.

    A `public` token was given to a client without a secret: its refresh token is good once, for a time.
    """

    access: str
    refresh: str | None
    user: TwitchUser | None
    scopes: frozenset[str]
    expires_at: int
    revoked: bool = False
    public: bool = True
    refresh_expires_at: int | None = None


@dataclass(frozen=True, eq=False, slots=True)
class ChatMessage:
    """A line that everybody in the channel saw. `from_api` tells a program's line from a typed one; `reward_id`
    is the channel-point reward that it was typed for."""

    id: str
    sender: TwitchUser
    text: str
    at: int
    reply_to: ChatMessage | None = None
    shared_from: TwitchUser | None = None
    from_api: bool = False
    reward_id: str | None = None


class DropReason(StrEnum):
    """Why a line never appeared, in the codes that Twitch answers with."""

    TOO_LONG = "msg_too_long"
    EMPTY = "msg_empty"
    DUPLICATE = "msg_duplicate"
    RATE_LIMIT = "msg_ratelimit"
    BANNED = "msg_banned"
    TIMED_OUT = "msg_timedout"
    SLOW_MODE = "msg_slowmode"
    FOLLOWERS_ONLY = "msg_followersonly"
    SUBSCRIBERS_ONLY = "msg_subsonly"
    EMOTES_ONLY = "msg_emoteonly"
    NOT_UNIQUE = "msg_r9k"
    HELD = "automod_held"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    DropReason.TOO_LONG: "Your message was not sent because it is too long.",
    DropReason.EMPTY: "Your message was not sent because it is empty.",
    DropReason.DUPLICATE: "Your message is identical to the previous one you sent, less than 30 seconds ago.",
    DropReason.RATE_LIMIT: "Your message was not sent because you are sending messages too quickly.",
    DropReason.BANNED: "You are permanently banned from talking in this channel.",
    DropReason.TIMED_OUT: "You are banned from talking in this channel for a while.",
    DropReason.SLOW_MODE: "This room is in slow mode and you are sending messages too quickly.",
    DropReason.FOLLOWERS_ONLY: "This room is in followers-only mode.",
    DropReason.SUBSCRIBERS_ONLY: "This room is in subscribers only mode.",
    DropReason.EMOTES_ONLY: "This room is in emote only mode.",
    DropReason.NOT_UNIQUE: "This room is in unique chat mode and your message is not unique.",
    DropReason.HELD: "Your message is being checked by mods and has not been sent.",
}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A typed line that never appeared."""

    reason: DropReason


@dataclass(frozen=True, slots=True)
class Ban:
    """Somebody may not speak; `until` is None for good, instants are microseconds."""

    moderator: TwitchUser
    reason: str
    at: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Stream:
    """A broadcast that is running."""

    id: str
    started_at: int
    title: str


@dataclass(frozen=True, slots=True)
class PaidSubscription:
    """A viewer's subscription to the channel; tier is "1000", "2000" or "3000"."""

    user: TwitchUser
    tier: str
    is_gift: bool
