"""The chat room of the channel: what is typed or sent, what is dropped, and what everybody saw."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from bot.stage.twitch.limits import (
    CHARACTERS_MAX,
    SENDS_MAX,
    SENDS_MAX_AS_MODERATOR,
    WINDOW_SECONDS,
    Recent,
    length,
)
from bot.stage.twitch.model import ChatMessage, Dropped, DropReason, TwitchUser


class Chat:
    """One room. `is_moderator(user)` is true for moderators and the broadcaster."""

    def __init__(self, clock: Callable[[], int], is_moderator: Callable[[TwitchUser], bool]) -> None:
        self._clock = clock
        self._is_moderator = is_moderator
        self.log: dict[str, ChatMessage] = {}
        self.banned: set[TwitchUser] = set()
        recent = partial(Recent, clock, WINDOW_SECONDS)
        self._texts: defaultdict[TwitchUser, Recent] = defaultdict(recent)
        self._sends: defaultdict[TwitchUser, Recent] = defaultdict(recent)

    def post(
        self,
        sender: TwitchUser,
        text: str,
        *,
        reply_to: ChatMessage | None = None,
        shared_from: TwitchUser | None = None,
        message_id: str | None = None,
        from_api: bool = False,
    ) -> ChatMessage | Dropped:
        """Put a line into the room, unless Twitch would drop it.

        A person's budget of lines is not imitated: only a program's sends are counted.
        """
        reason = self._refusal(sender, text, from_api=from_api)
        if reason is not None:
            return Dropped(reason)
        self._texts[sender].add(text)
        if from_api:
            self._sends[sender].add()
        message = ChatMessage(
            id=message_id or str(uuid.uuid4()),
            sender=sender,
            text=text,
            at=self._clock(),
            reply_to=reply_to,
            shared_from=shared_from,
            from_api=from_api,
        )
        self.log[message.id] = message
        return message

    def _refusal(self, sender: TwitchUser, text: str, *, from_api: bool) -> DropReason | None:
        if sender in self.banned:
            return DropReason.BANNED
        if not text.strip():
            return DropReason.EMPTY
        if length(text) > CHARACTERS_MAX:
            return DropReason.TOO_LONG
        moderates = self._is_moderator(sender)
        if from_api and len(self._sends[sender]) >= (SENDS_MAX_AS_MODERATOR if moderates else SENDS_MAX):
            return DropReason.RATE_LIMIT
        # Moderators may repeat themselves by hand. A program is held to the stricter rule whatever its rank,
        # so that it also works in a channel where it is not a moderator.
        if (from_api or not moderates) and text in self._texts[sender]:
            return DropReason.DUPLICATE
        return None
