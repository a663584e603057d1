"""Who has been told what: the notes that the lane keeps after something was said."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.time import Micros


@dataclass(frozen=True, slots=True)
class NoteTold:
    """These requests have been answered where they were asked."""

    channel_id: int
    request_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteAttempt:
    """A piece of news is about to be sent; kept so that a crash in the send is known for what it is."""

    channel_id: int
    news_id: int


@dataclass(frozen=True, slots=True)
class NoteSent:
    """A piece of news is done: "sent" with the platform's message id, "skipped", or refused for good."""

    channel_id: int
    news_id: int
    result: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class NoteCommands:
    """The digest of the slash commands that Discord knows."""

    channel_id: int
    digest: str


@dataclass(frozen=True, slots=True)
class ForgetRefusals:
    """Refusals of before this instant (microseconds) are answered anew if they ever come back; grants never go."""

    channel_id: int
    before: Micros
