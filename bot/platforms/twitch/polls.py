"""Twitch's own polls of the channel: put, read and ended with the streamer's login; their ends are heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import twitchio

from bot.domain.native_polls import NativeAsk, NativePoll, NativeStatus
from bot.domain.time import Micros, instant_of
from bot.platforms.twitch.asking import Params
from bot.platforms.twitch.bot import TwitchBot
from bot.platforms.twitch.helix import Helix
from bot.platforms.twitch.settings import TwitchSettings
from bot.services.ports import PlaceDown

PAGE_MAX = 20
NEEDS = (
    "the streamer's login (streamer_token in [twitch]) with channel:manage:polls, and a channel that is an "
    "affiliate or a partner"
)


class TwitchPolls:
    """ports.NativePolls over Helix. `bot` gives the client of the moment, `listen` has it hear how polls end.

    Nobody pays for votes: channel points are never switched on."""

    def __init__(
        self, settings: TwitchSettings, bot: Callable[[], TwitchBot | None], listen: Callable[[], None]
    ) -> None:
        self._channel_id = settings.channel_id
        self._helix = Helix(bot)
        self._listen = listen

    def listen(self) -> None:
        """See ports.NativePolls."""
        self._listen()

    async def newest(self) -> Sequence[NativePoll]:
        """See ports.NativePolls."""
        params: Params = {"broadcaster_id": self._channel_id, "first": PAGE_MAX}
        answer = await self._helix.ask("polls", params, token_for=self._channel_id, needs=NEEDS)
        return tuple(map(_poll_of, answer["data"]))

    async def open(self, ask: NativeAsk) -> NativePoll:
        """See ports.NativePolls."""
        body = {
            "broadcaster_id": self._channel_id,
            "title": ask.title,
            "choices": [{"title": choice} for choice in ask.choices],
            "duration": ask.seconds,
        }
        return _only(await self._helix.tell("POST", "polls", body, token_for=self._channel_id, needs=NEEDS))

    async def end(self, poll_id: str, *, hide: bool = False) -> NativePoll:
        """See ports.NativePolls."""
        status = "ARCHIVED" if hide else "TERMINATED"
        body = {"broadcaster_id": self._channel_id, "id": poll_id, "status": status}
        return _only(await self._helix.tell("PATCH", "polls", body, token_for=self._channel_id, needs=NEEDS))


def ended_poll(event: twitchio.ChannelPollEnd) -> NativePoll:
    """What an event tells of a poll that is over."""
    return NativePoll(
        id=event.id,
        title=event.title,
        choices=tuple(choice.title for choice in event.choices),
        counts=tuple(choice.votes or 0 for choice in event.choices),
        status=_status(event.status),
        started_at=instant_of(event.started_at),
        ended_at=instant_of(event.ended_at),
    )


def _only(answer: Mapping[str, Any]) -> NativePoll:
    if len(answer["data"]) != 1:
        raise PlaceDown("Twitch's answer is not about one poll")
    return _poll_of(answer["data"][0])


def _poll_of(row: Any) -> NativePoll:
    try:
        return NativePoll(
            id=row["id"],
            title=row["title"],
            choices=tuple(choice["title"] for choice in row["choices"]),
            counts=tuple(int(choice["votes"]) for choice in row["choices"]),
            status=_status(row["status"]),
            started_at=_instant(row["started_at"]),
            ended_at=_instant(row["ended_at"]) if row.get("ended_at") else None,
        )
    except (KeyError, TypeError, ValueError):
        raise PlaceDown("Twitch's answer about polls cannot be read") from None


def _instant(text: str) -> Micros:
    return instant_of(datetime.fromisoformat(text))


def _status(text: str) -> NativeStatus:
    """As Twitch has written it, in whichever case; what it may come up with yet is "invalid"."""
    known = text.lower()
    return NativeStatus(known) if known in NativeStatus.__members__.values() else NativeStatus.INVALID
