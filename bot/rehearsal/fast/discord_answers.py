"""Private answers without a client: at once if possible, deferred if the decision takes longer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import structlog

from bot.domain.people import Actor, Rank
from bot.domain.text import label
from bot.rehearsal.fast.discord_board import NOBODY, shown, uploads
from bot.rehearsal.fast.discord_rest import AnswerLost, Rest
from bot.stage.discord.errors import ApiError
from bot.stage.discord.files import Upload
from bot.wording.cards import Card

log = structlog.get_logger(__name__)

PLATFORM = "discord"
# As the real answers have them; a test compares the two.
TEXT_MAX = 2000
DEFER_AFTER = 1.0
_MESSAGE, _DEFER = 4, 5
_EPHEMERAL = 1 << 6
_ADMINISTRATOR, _MANAGE_MESSAGES = 1 << 3, 1 << 13
Json = dict[str, Any]


@dataclass(slots=True)
class Act:
    """An interaction as the gateway told it; `owner_id` is the server's. Once `acknowledged`, by an answer or
    by a sign that we think, whatever is said follows up on that."""

    told: Json
    owner_id: str
    acknowledged: bool = False

    @property
    def request_id(self) -> str:
        return f"discord:{self.told['id']}"

    @property
    def actor(self) -> Actor:
        """Whoever acted, with the rank that Discord vouches for in this very interaction."""
        member = self.told.get("member") or {"user": self.told["user"], "permissions": "0"}
        user = member["user"]
        user_id = str(user["id"])
        display = member.get("nick") or user.get("global_name") or user["username"]
        name = label(display) or label(user["username"]) or user_id
        held = int(member["permissions"])
        if held & _ADMINISTRATOR or user_id == self.owner_id:
            return Actor(PLATFORM, user_id, name, Rank.STREAMER)
        return Actor(PLATFORM, user_id, name, Rank.MODERATOR if held & _MANAGE_MESSAGES else Rank.VIEWER)


async def answer_within(rest: Rest, act: Act, deciding: Awaitable[str | Card]) -> bool:
    """Answer with what `deciding` gives; when it takes longer than a second, show that we think.

    False when Discord did not take it."""
    decision = asyncio.ensure_future(deciding)
    try:
        done, _ = await asyncio.wait({decision}, timeout=DEFER_AFTER)
        if not done and not act.acknowledged:
            act.acknowledged = await _take(rest, act, _DEFER, {"flags": _EPHEMERAL})
        said = await decision
    finally:
        decision.cancel()
    body: Json = shown(said) if isinstance(said, Card) else {"content": said[:TEXT_MAX]}
    body |= {"flags": _EPHEMERAL, "allowed_mentions": NOBODY}
    files = uploads(said) if isinstance(said, Card) else ()
    if not act.acknowledged:
        act.acknowledged = await _take(rest, act, _MESSAGE, body, files)
        return act.acknowledged
    told = act.told
    return await _ask(rest, act, f"/webhooks/{told['application_id']}/{told['token']}", body, files)


async def _take(rest: Rest, act: Act, kind: int, data: Json, files: tuple[Upload, ...] = ()) -> bool:
    path = f"/interactions/{act.told['id']}/{act.told['token']}/callback"
    return await _ask(rest, act, path, {"type": kind, "data": data}, files)


async def _ask(rest: Rest, act: Act, path: str, body: Json, files: tuple[Upload, ...]) -> bool:
    try:
        await rest.ask("POST", path, body, files=files)
    except (ApiError, AnswerLost, TimeoutError) as error:
        log.warning("discord.answer-lost", interaction_id=act.told["id"], code=getattr(error, "code", None))
        return False
    return True
