"""The cast of the local Twitch when nobody brings their own: a channel, its bot and a moderator, with tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.stage.twitch.model import Token, TwitchUser
from bot.stage.twitch.world import TwitchWorld

BOT_SCOPES = (
    "user:read:chat",
    "user:write:chat",
    "user:bot",
    "moderator:read:followers",
    "moderator:read:chatters",
    "moderator:manage:announcements",
    "moderator:manage:chat_messages",
    "moderator:manage:shoutouts",
)
BROADCASTER_SCOPES = (
    "channel:bot",
    "channel:manage:polls",
    "channel:read:subscriptions",
    "channel:manage:redemptions",
    "bits:read",
    "channel:moderate",
    "moderation:read",
    "channel:read:vips",
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays, and the tokens that were issued to the program for them."""

    broadcaster: TwitchUser
    bot: TwitchUser
    moderator: TwitchUser
    broadcaster_token: Token
    bot_token: Token

    def describe(self) -> dict[str, Any]:
        return {
            "broadcaster": _account(self.broadcaster, self.broadcaster_token),
            "bot": _account(self.bot, self.bot_token),
            "moderator": _account(self.moderator, None),
        }


def seed(world: TwitchWorld) -> Cast:
    """Furnish an empty world; the bot is a moderator, as streamers make their bots."""
    broadcaster = world.add_user("teapot_tv", "TeaPotTV")
    bot = world.add_user("microdrops_bot", "microdrops_bot", badges={"moderator"})
    world.set_channel(broadcaster, bot)
    return Cast(
        broadcaster=broadcaster,
        bot=bot,
        moderator=world.add_user("mod_mia", "mod_mia", badges={"moderator"}),
        broadcaster_token=world.issue_token(broadcaster, BROADCASTER_SCOPES),
        bot_token=world.issue_token(bot, BOT_SCOPES),
    )


def _account(user: TwitchUser, token: Token | None) -> dict[str, Any]:
    account: dict[str, Any] = {"id": user.id, "login": user.login, "name": user.name}
    if token is not None:
        account |= {"token": token.access, "refresh": token.refresh, "scopes": sorted(token.scopes)}
    return account
