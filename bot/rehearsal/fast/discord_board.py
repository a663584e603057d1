"""The board as the bot keeps it without a client: cards that are posted, found again and edited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.time import MINUTE, Micros
from bot.platforms.discord.shapes import embed_shape, row_shapes
from bot.rehearsal.fast.discord_rest import AnswerLost, Rest, as_port_says
from bot.services.ports import PlaceDown, SendRefused
from bot.stage.discord.errors import ApiError
from bot.stage.discord.files import Upload
from bot.stage.discord.snowflakes import EPOCH_MS
from bot.wording.cards import Card

CLOCKS_APART_MAX = MINUTE
LOOKED_BACK_MAX = 100
NOBODY: Mapping[str, Any] = {"parse": []}
_SNOWFLAKE_BITS = 22


class QuickBoard:
    """The sender behind ports.BoardSender. `channels` maps a place to a channel id; `online` tells whether the
    gateway is there."""

    def __init__(
        self, rest: Rest, channels: Mapping[str, str], role_id: str, bot_id: str, online: Callable[[], bool]
    ) -> None:
        self._rest = rest
        self._channels = channels
        self._role_id = role_id
        self._bot_id = bot_id
        self._online = online

    async def post(self, place: str, card: Card, *, nonce: str) -> str:
        """Post a card; see ports.BoardSender."""
        body: dict[str, Any] = {**shown(card), "nonce": nonce, "enforce_nonce": True, "allowed_mentions": NOBODY}
        if card.ping and self._role_id:
            mention = {"roles": [self._role_id], "parse": []}
            body |= {"content": f"<@&{self._role_id}>", "allowed_mentions": mention}
        if card.lead:
            body["content"] = "\n".join(filter(None, (body.get("content"), card.lead)))
        posted = await self._ask(place, "POST", "", body, files=uploads(card))
        return str(posted["id"])

    async def find(self, place: str, card: Card, *, since: Micros) -> tuple[str, ...]:
        """The message ids of this card as it was posted since then, oldest first; see ports.BoardSender."""
        wanted = _words_of(embed_shape(card))
        after = max(0, ((since - CLOCKS_APART_MAX) // 1000 - EPOCH_MS) << _SNOWFLAKE_BITS)
        query = {"limit": str(LOOKED_BACK_MAX), "after": str(after)}
        messages = await self._ask(place, "GET", "", None, query)
        return tuple(
            str(message["id"])
            for message in reversed(messages)
            if message["author"]["id"] == self._bot_id
            and any(_words_of(embed) == wanted for embed in message["embeds"])
        )

    async def edit(self, place: str, message_id: str, card: Card) -> None:
        """Replace a card; see ports.BoardSender."""
        body = {"components": [], **shown(card), "allowed_mentions": NOBODY}
        await self._ask(place, "PATCH", f"/{message_id}", body)

    async def _ask(
        self,
        place: str,
        method: str,
        message: str,
        body: Any,
        query: Mapping[str, str] | None = None,
        files: tuple[Upload, ...] = (),
    ) -> Any:
        channel_id = self._channels.get(place)
        if channel_id is None:
            raise SendRefused(f"no channel is set for {place}")
        if not self._online():
            raise PlaceDown("not connected to Discord")
        try:
            return await self._rest.ask(method, f"/channels/{channel_id}/messages{message}", body, query, files)
        except (ApiError, AnswerLost, TimeoutError) as error:
            raise as_port_says(place, error) from None


def shown(card: Card) -> dict[str, Any]:
    """A card as a request's body has it."""
    body: dict[str, Any] = {"embeds": [embed_shape(card)]}
    return body | {"components": row_shapes(card)} if card.buttons else body


def uploads(card: Card) -> tuple[Upload, ...]:
    """A card's files as they come beside a request's body."""
    return tuple(
        Upload(str(number), file.name, "application/octet-stream", file.content)
        for number, file in enumerate(card.files)
    )


def _words_of(embed: Mapping[str, Any]) -> tuple[Any, ...]:
    fields = [(each["name"], each["value"]) for each in embed.get("fields") or []]
    return embed.get("title") or None, embed.get("description") or None, fields
