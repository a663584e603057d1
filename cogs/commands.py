"""Chat commands on a Twitch client of the library."""

from __future__ import annotations

from typing import Any

from twitchio.ext import commands

from bot.platforms.twitch.bot import TwitchBot
from bot.platforms.twitch.people import actor_of
from cogs.names import Answering, Asked, CommandList, CommandNames


class ChatCommands(CommandList):
    """The commands of one Twitch client. They are functions made for it alone: the library keeps the commands of
    a Component on its class, where a second client would take them over."""

    def __init__(self, bot: TwitchBot, names: CommandNames) -> None:
        self._bot = bot
        super().__init__(names)

    def _register(self, names: tuple[str, ...], answering: Answering) -> None:
        async def run(context: commands.Context[TwitchBot], *, text: str = "") -> None:
            if context.message is not None:
                request_id = f"twitch:{context.message.id}"
                await answering(Asked(actor_of(context.chatter), request_id, text.strip()))

        command: commands.Command[Any, ...] = commands.Command(run, name=names[0], aliases=list(names[1:]))
        self._bot.add_command(command)
