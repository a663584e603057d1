"""Interactions and their callbacks as JSON."""

from __future__ import annotations

from typing import Any

from bot.stage.discord import model
from bot.stage.discord.channels import DirectChannel
from bot.stage.discord.guild import Member
from bot.stage.discord.payloads.messages import INTERACTION_TYPES, message
from bot.stage.discord.payloads.people import member, user
from bot.stage.discord.payloads.server import channel

Json = dict[str, Any]


def interaction(act: model.Interaction, bot: Member) -> Json:
    server = act.member.guild
    in_channel = server.permissions_of(act.member, act.channel)
    body: Json = {
        "id": act.id,
        "application_id": act.application_id,
        "type": INTERACTION_TYPES[act.kind],
        "token": act.token,
        "version": 1,
        "data": act.data,
        "channel_id": act.channel.id,
        "channel": channel(act.channel, server) | {"permissions": str(int(in_channel))},
        "app_permissions": str(int(server.permissions_of(bot, act.channel))),
        "locale": "en-US",
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": 10_485_760,
    }
    if isinstance(act.channel, DirectChannel):
        body |= {"user": user(act.member), "authorizing_integration_owners": {"0": "0"}, "context": 1}
    else:
        body |= {
            "guild_id": server.id,
            "guild": {"id": server.id, "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": member(act.member) | {"permissions": str(int(in_channel))},
            "authorizing_integration_owners": {"0": server.id},
            "context": 0,
        }
    if act.message is not None:
        body["message"] = message(act.message)
    return body


def callback(act: model.Interaction, response_type: int) -> Json:
    """What a callback with `with_response` is told; only messages have a resource."""
    told: Json = {"id": act.id, "type": INTERACTION_TYPES[act.kind]}
    shown = act.original
    if shown is not None:
        told |= {
            "response_message_id": shown.id,
            "response_message_loading": bool(shown.flags & model.LOADING),
            "response_message_ephemeral": bool(shown.flags & model.EPHEMERAL),
        }
    body: Json = {"interaction": told}
    if shown is not None and response_type in (4, 7):
        body["resource"] = {"type": response_type, "message": message(shown)}
    return body
