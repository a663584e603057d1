"""The local Helix's chat endpoints: sending a line and announcing."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.stage.twitch import fields
from bot.stage.twitch.access import json_body, need_moderator, need_same, need_scope, token_of
from bot.stage.twitch.answers import no_content
from bot.stage.twitch.limits import ANNOUNCEMENT_SECONDS, CHARACTERS_MAX, Recent, length
from bot.stage.twitch.model import ChatMessage, Dropped, Problem, Token, TwitchUser
from bot.stage.twitch.world import TwitchWorld

_COLORS = ("blue", "green", "orange", "purple", "primary")


class HelixChat:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._announced = Recent(world.clock, ANNOUNCEMENT_SECONDS)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/helix/chat/messages", self.send_message),
            web.post("/helix/chat/announcements", self.announce),
        ]

    async def send_message(self, request: web.Request) -> web.Response:
        token = token_of(self._world, request)
        body = await _given(request)
        text = fields.text(body, "message")
        on_send = self._world.faults.on_send
        if on_send is not None:
            await on_send("received", text)
        sender = self._sender(token, body)
        if length(text) > CHARACTERS_MAX:
            self._world.note("refused", text, sender, place="twitch:chat", reason="msg_too_long")
            raise Problem(422, "The message is too large.")
        reply_to = body.get("reply_parent_message_id")
        said = self._world.send(
            sender, text, reply_to=str(reply_to) if reply_to else None, through_app=token.user is None
        )
        if on_send is not None:
            await on_send("answering", text)
        return web.json_response({"data": [_outcome(said)]})

    def _sender(self, token: Token, body: dict[str, Any]) -> TwitchUser:
        """The account that speaks, if the token lets it; raises Problem 400, 401 or 403."""
        if fields.text(body, "broadcaster_id") != self._world.broadcaster.id:
            raise Problem(400, "The ID in broadcaster_id is not valid.")
        sender = self._world.users.get(fields.text(body, "sender_id"))
        if sender is None:
            raise Problem(400, "The ID in sender_id is not valid.")
        if token.user is not None:
            if "for_source_only" in body:
                raise Problem(400, "Cannot set for_source_only if User Access Token is used.")
            need_same(token.user, sender.id, "sender_id")
            need_scope(token, "user:write:chat")
            return sender
        granted = self._world.tokens.granted(sender)
        if not {"user:bot", "user:write:chat"} <= granted:
            raise Problem(401, "The sender has not granted user:write:chat and user:bot.")
        channel_granted = self._world.tokens.granted(self._world.broadcaster)
        if "channel:bot" not in channel_granted and not self._world.moderates(sender):
            raise Problem(403, "The sender is not permitted to send chat messages to the broadcaster's chat room.")
        return sender

    async def announce(self, request: web.Request) -> web.Response:
        user = need_moderator(self._world, request, "moderator:manage:announcements")
        body = await json_body(request)
        text, color = fields.text(body, "message"), str(body.get("color", "primary"))
        if color not in _COLORS:
            raise Problem(400, "The color is not valid.")
        if len(self._announced):
            raise Problem(429, "One announcement may be sent every 2 seconds.")
        self._announced.add()
        # Twitch cuts an announcement instead of refusing it.
        self._world.announce(user, text[:CHARACTERS_MAX], color)
        return no_content()


async def _given(request: web.Request) -> dict[str, Any]:
    """The body's fields; some clients send them as query parameters, and Twitch takes that, too."""
    if request.body_exists:
        return await json_body(request)
    return dict(request.query)


def _outcome(said: ChatMessage | Dropped) -> dict[str, Any]:
    if isinstance(said, Dropped):
        reason = {"code": str(said.reason), "message": said.reason.sentence}
        return {"message_id": "", "is_sent": False, "drop_reason": reason}
    return {"message_id": said.id, "is_sent": True}
