"""Claim codes on a Discord client of the library: `/code` for everybody, `/drop codes` and `/drop code`."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.choices import TYPED_MAX
from cogs.control import receiver_of
from cogs.dialogues.codes import make_code_for, make_codes, own_codes
from cogs.presses import request_id

# As many as one message of Discord shows.
_COUNT_MAX = 50
_Typed = app_commands.Range[str, 0, TYPED_MAX]


def install_discord(bot: DiscordBot, services: Services, steering: app_commands.Group) -> None:
    words = services.words

    @bot.tree.command(name="code", description=words.say("slash-code", discord=True)[:100])
    @app_commands.guild_only()
    async def own(interaction: discord.Interaction[Any]) -> None:
        await answer_within(interaction, own_codes(services, actor_of(interaction)))

    @steering.command(name="codes", description=words.say("slash-codes", discord=True)[:100])
    @app_commands.rename(code_set="set")
    @app_commands.describe(
        code_set=words.say("slash-option-set", discord=True)[:100],
        count=words.say("slash-option-count", discord=True)[:100],
        expires=words.say("slash-option-expires", discord=True)[:100],
    )
    async def several(
        interaction: discord.Interaction[Any],
        code_set: _Typed,
        count: app_commands.Range[int, 1, _COUNT_MAX] = 1,
        expires: _Typed = "",
    ) -> None:
        making = make_codes(services, actor_of(interaction), request_id(interaction), code_set, count, expires)
        await answer_within(interaction, making)

    @steering.command(name="code", description=words.say("slash-code-for", discord=True)[:100])
    @app_commands.rename(code_set="set")
    @app_commands.describe(
        member=words.say("slash-option-code-member", discord=True)[:100],
        code_set=words.say("slash-option-set", discord=True)[:100],
        expires=words.say("slash-option-expires", discord=True)[:100],
    )
    async def one(
        interaction: discord.Interaction[Any], member: discord.Member, code_set: _Typed, expires: _Typed = ""
    ) -> None:
        making = make_code_for(
            services, actor_of(interaction), request_id(interaction), code_set, receiver_of(member), expires
        )
        await answer_within(interaction, making)
