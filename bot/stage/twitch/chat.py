"""The chat room of the channel: what is typed or sent, what is dropped, and what everybody saw."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Protocol

from bot.stage.record import SECOND
from bot.stage.twitch.limits import (
    CHARACTERS_MAX,
    SENDS_A_SECOND_MAX,
    SENDS_MAX,
    SENDS_MAX_AS_MODERATOR,
    WINDOW_SECONDS,
    Recent,
    length,
)
from bot.stage.twitch.model import Ban, ChatMessage, Dropped, DropReason, TwitchUser
from bot.stage.twitch.room import RoomRules


class Company(Protocol):
    """What the room has to know of people."""

    def moderates(self, user: TwitchUser) -> bool:
        """Moderators and the broadcaster."""
        ...

    def following_since(self, user: TwitchUser) -> int | None: ...
    def subscribes(self, user: TwitchUser) -> bool: ...


class Chat:
    """One room, on a clock in microseconds."""

    def __init__(self, clock: Callable[[], int], company: Company) -> None:
        self._clock = clock
        self._company = company
        self.log: dict[str, ChatMessage] = {}
        self.bans: dict[TwitchUser, Ban] = {}
        self.rules = RoomRules()
        self.held_next = 0
        recent = partial(Recent, clock, WINDOW_SECONDS)
        self._texts: defaultdict[TwitchUser, Recent] = defaultdict(recent)
        self._sends: defaultdict[TwitchUser, Recent] = defaultdict(recent)
        self._last: dict[TwitchUser, int] = {}
        self._said_before: set[str] = set()

    def post(
        self,
        sender: TwitchUser,
        text: str,
        *,
        reply_to: ChatMessage | None = None,
        shared_from: TwitchUser | None = None,
        message_id: str | None = None,
        from_api: bool = False,
        reward_id: str | None = None,
    ) -> ChatMessage | Dropped:
        """Put a line into the room, unless Twitch would drop it.

        A person's budget of lines is not imitated: only a program's sends are counted.
        """
        reason = self._refusal(sender, text, from_api=from_api)
        if reason is not None:
            return Dropped(reason)
        self._texts[sender].add(text)
        self._last[sender] = self._clock()
        if from_api:
            self._sends[sender].add()
        if self.rules.unique:
            self._said_before.add(text)
        message = ChatMessage(
            id=message_id or str(uuid.uuid4()),
            sender=sender,
            text=text,
            at=self._clock(),
            reply_to=reply_to,
            shared_from=shared_from,
            from_api=from_api,
            reward_id=reward_id,
        )
        self.log[message.id] = message
        return message

    def set_rules(self, rules: RoomRules) -> None:
        if not rules.unique:
            self._said_before.clear()
        self.rules = rules

    def ban_of(self, user: TwitchUser) -> Ban | None:
        """The ban, or the time-out that is not over, which keeps somebody from speaking."""
        ban = self.bans.get(user)
        if ban is not None and ban.until is not None and ban.until <= self._clock():
            del self.bans[user]
            return None
        return ban

    def _refusal(self, sender: TwitchUser, text: str, *, from_api: bool) -> DropReason | None:
        if self.bans and (ban := self.ban_of(sender)) is not None:
            return DropReason.BANNED if ban.until is None else DropReason.TIMED_OUT
        if not text.strip():
            return DropReason.EMPTY
        if length(text) > CHARACTERS_MAX:
            return DropReason.TOO_LONG
        moderates = self._company.moderates(sender)
        if from_api and (reason := self._over_budget(sender, moderates=moderates)):
            return reason
        # Moderators may repeat themselves by hand. A program is held to the stricter rule whatever its rank,
        # so that it also works in a channel where it is not a moderator.
        if (from_api or not moderates) and text in self._texts[sender]:
            return DropReason.DUPLICATE
        if self.rules.any and not moderates and "vip" not in sender.badges:
            return self._against_the_rules(sender, text)
        return None

    def _over_budget(self, sender: TwitchUser, *, moderates: bool) -> DropReason | None:
        if self.held_next:
            self.held_next -= 1
            return DropReason.HELD
        sends = self._sends[sender]
        if len(sends) >= (SENDS_MAX_AS_MODERATOR if moderates else SENDS_MAX):
            return DropReason.RATE_LIMIT
        if not moderates and sends.count_within(1) >= SENDS_A_SECOND_MAX:
            return DropReason.RATE_LIMIT
        return None

    def _against_the_rules(self, sender: TwitchUser, text: str) -> DropReason | None:
        rules, now = self.rules, self._clock()
        if rules.subscribers_only and not self._company.subscribes(sender):
            return DropReason.SUBSCRIBERS_ONLY
        if rules.followers_minutes is not None:
            since = self._company.following_since(sender)
            if since is None or now - since < rules.followers_minutes * 60 * SECOND:
                return DropReason.FOLLOWERS_ONLY
        if rules.emotes_only:
            return DropReason.EMOTES_ONLY  # the stage knows no emotes
        slow_until = self._last.get(sender, 0) + (rules.slow_seconds or 0) * SECOND
        if rules.slow_seconds is not None and now < slow_until:
            return DropReason.SLOW_MODE
        if rules.unique and text in self._said_before:
            return DropReason.NOT_UNIQUE
        return None
