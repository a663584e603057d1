"""Native polls over REST: who voted for what, and ending one early."""

from __future__ import annotations

from bot.stage.discord import errors, payloads
from bot.stage.discord.permissions import Permission
from bot.stage.discord.routes.lookups import message_of, number
from bot.stage.discord.routes.route import Call, Reply, Route
from bot.stage.discord.world import DiscordWorld


def voters(world: DiscordWorld, call: Call) -> Reply:
    message = message_of(world, call, Permission.READ_MESSAGE_HISTORY)
    answer = call.params["answer_id"]
    if message.poll is None or not answer.isdecimal() or int(answer) not in message.poll.votes:
        raise errors.unknown_poll_answer()
    limit, after = number(call, "limit", 25, 1, 100), int(call.query.get("after", "0"))
    found = [user_id for user_id in sorted(message.poll.votes[int(answer)], key=int) if int(user_id) > after]
    return Reply(200, {"users": [payloads.user(world.guild.user(user_id)) for user_id in found[:limit]]})


def expire(world: DiscordWorld, call: Call) -> Reply:
    message = message_of(world, call, Permission.VIEW_CHANNEL)
    if message.author is not world.bot:
        raise errors.foreign_message()
    world.polls.end(message)
    return Reply(200, payloads.message(message))


_POLL = "/channels/{channel_id}/polls/{message_id}"

ROUTES = (
    Route("GET", f"{_POLL}/answers/{{answer_id}}", voters, major="channel_id"),
    Route("POST", f"{_POLL}/expire", expire, major="channel_id"),
)
