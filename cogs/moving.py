"""`/drop move` on a Discord client of the library: an announced drop gets another time, with a reason."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.domain.moved import REASONS
from bot.domain.moving import movable
from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from bot.wording.moving import reason_text
from cogs.choices import TYPED_MAX, choices
from cogs.dialogues.moving import MoveOrder, move_drop
from cogs.presses import request_id

_Typed = app_commands.Range[str, 0, TYPED_MAX]


def install_discord(services: Services, steering: app_commands.Group) -> None:
    """`move` in the moderators' group."""
    words = services.words

    @steering.command(name="move", description=words.say("slash-move", discord=True)[:100])
    @app_commands.describe(
        opens=words.say("slash-option-move-opens", discord=True)[:100],
        reason=words.say("slash-option-move-why", discord=True)[:100],
        drop=words.say("slash-option-drop", discord=True)[:100],
        lasts=words.say("slash-option-move-lasts", discord=True)[:100],
    )
    @app_commands.choices(
        reason=[app_commands.Choice(name=reason_text(words, each)[:100], value=str(each)) for each in REASONS]
    )
    async def move(
        interaction: discord.Interaction[Any], opens: _Typed, reason: str, drop: _Typed = "", lasts: _Typed = ""
    ) -> None:
        order = MoveOrder(drop, opens, reason, lasts)
        deciding = move_drop(services, actor_of(interaction), request_id(interaction), order)
        await answer_within(interaction, deciding)

    @move.autocomplete("drop")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        # Which drops there are is for viewers to know only once they are announced; these are.
        return choices((d for d in (await services.drops.every()).values() if movable(d)), typed)
